"""Skips: what a bottleneck must not carry when the input holds it already.

To clean an image, most of it may pass as it is; through a bottleneck it must be coded and drawn
again. A U-Net hands the encoder's stages to the decoder, and here the input to the output, so the
middle need only tell what to change. In compression what a skip carries would have to be in the
file.

Reference:
    Ronneberger, Fischer and Brox, "U-Net", MICCAI 2015; Mao, Shen and Yang, NIPS 2016.
"""

from __future__ import annotations

from functools import partial

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from lab.blocks import conv, sub_pixel
from lab.data import Data, Setting, photographs
from lab.experiment import Check, Experiment, Measured, Models
from lab.figures import busiest, panels, show, table
from lab.measures import psnr
from lab.trainer import Recipe


class UNet(nn.Module):
    """An autoencoder with skips to its decoder, or zeros in their place: same size, same cost."""

    def __init__(self, channels: int, width: int, skips: bool) -> None:
        super().__init__()
        self.skips = skips
        self.first, self.second = conv(channels, width), conv(width, width, 2)
        self.third = conv(width, width, 2)
        self.up1, self.up2 = sub_pixel(width, width), sub_pixel(width, width)
        self.merge1, self.merge2 = conv(2 * width, width), conv(2 * width, width)
        self.last = conv(width, channels)
        self.last.weight.data.mul_(0.1)  # What is to change starts small.

    def forward(self, x: Tensor) -> Tensor:
        full = self.first(x).relu()
        half = self.second(full).relu()
        quarter = self.third(half).relu()
        kept = 1.0 if self.skips else 0.0
        y = self.merge1(torch.cat([self.up1(quarter), kept * half], 1)).relu()
        y = self.merge2(torch.cat([self.up2(y), kept * full], 1)).relu()
        return self.last(y) + kept * x


def noise(x: Tensor) -> Tensor:
    """Gaussian of σ = 0.1."""
    return x + 0.1 * torch.randn_like(x)


def blur(x: Tensor) -> Tensor:
    """Gaussian of σ = 1, edges repeated."""
    line = torch.exp(-(torch.arange(-3.0, 4.0) ** 2) / 2)
    line = (line / line.sum()).expand(x.shape[1], 1, 1, 7)
    padded = F.pad(x, (3, 3, 3, 3), mode="replicate")
    across = F.conv2d(padded, line, groups=x.shape[1])
    return F.conv2d(across, line.transpose(2, 3), groups=x.shape[1])


def halve(x: Tensor) -> Tensor:
    """Half the size, and back by bilinear interpolation: what a network of 2× has to improve."""
    return F.interpolate(F.avg_pool2d(x, 2), scale_factor=2, mode="bilinear")


TASKS = {"denoising": noise, "deblurring": blur, "2× super-resolution": halve}


@torch.no_grad()
def measure(data: Data, models: Models, setting: Setting) -> Measured:
    rows, gains = [], []
    figure, axes = panels(*TASKS)
    originals = busiest(data.test, 4)
    for (task, corrupt), drawn in zip(TASKS.items(), axes, strict=True):
        given, drawn_from = corrupt(data.test), corrupt(originals)
        shown, quality = {"given": drawn_from}, []
        for kind in ("without", "with"):
            model = models[f"{task}, {kind}"]
            shown[kind] = model(drawn_from)
            quality.append(psnr(model(given).clamp(0, 1), data.test))
        show(drawn, shown | {"original": originals})
        gains.append(quality[1] - quality[0])
        rows.append([task, psnr(given.clamp(0, 1), data.test), *quality])
    values = {"least": min(gains), "most": max(gains)} | {row[0]: row[3] - row[1] for row in rows}
    header = ["task", "given (dB)", "without skips (dB)", "with skips (dB)"]
    return Measured(values, table(header, rows), figure)


SPEC = Experiment(
    group=7,
    title="U-Net skips",
    claim="For denoising, deblurring and 2× super-resolution of photographs, a network with "
    "skips improves on what it is given; the same without them does worse.",
    data=partial(photographs, side=16),
    trains={
        f"{task}, {kind}": Recipe(
            lambda data, kind=kind: UNet(3, 16, kind == "with"),
            corrupt=corrupt,
            steps=500,
            quick=200,
            batch=16,
        )  # fmt: skip
        for task, corrupt in TASKS.items()
        for kind in ("without", "with")
    },
    measure=measure,
    checks=(
        Check("least", ">", 0.5, "PSNR gained by skips, the smallest of the three, dB"),
        Check("denoising", ">", 0, "PSNR gained over the input with skips, denoising, dB"),
        Check("deblurring", ">", 0, "the same, deblurring"),
        Check("2× super-resolution", ">", 0, "the same, 2× super-resolution"),
    ),
    result="Skips gain {least:.1f} to {most:.1f} dB over the same network without, and over the "
    "input {denoising:.1f}, {deblurring:.1f} and {2× super-resolution:.1f} dB in the three tasks.",
)
