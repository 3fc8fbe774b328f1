"""Three ways to enlarge, and the checkerboard that two of them draw.

A transposed convolution of 3×3 with stride 2 lays windows that overlap unevenly: of the output
pixels, some get four contributions, some two, some one. Unless training evens that out, a flat
region comes out with period 2. Sub-pixel convolution computes each of the four phases with filters
of their own, which start unrelated: the same period. Resizing first and then convolving treats all
pixels alike, so what is flat stays flat. Two such steps give patterns of period 2 and 4: in the
spectrum, the multiples of ¼.

The codec enlarges by sub-pixel steps (DepthToSpace) all the same: they cost least, its PCA start
relates the phases, and training does most of the rest.

Reference:
    Odena, Dumoulin and Olah, "Deconvolution and checkerboard artifacts", Distill, 2016; Shi et al.,
    CVPR 2016 (sub-pixel).
"""

from __future__ import annotations

from functools import partial

import torch
from torch import nn

from lab.blocks import convolutional, resize, sub_pixel
from lab.data import Data, Setting, photographs
from lab.experiment import Check, Experiment, Measured, Models
from lab.figures import panels, show, table
from lab.measures import psnr, spectrum
from lab.trainer import Recipe


def transposed(a: int, b: int) -> nn.Module:
    """3×3 with stride 2: windows that overlap unevenly."""
    return nn.ConvTranspose2d(a, b, 3, 2, 1, output_padding=1)


KINDS = {"transposed": transposed, "sub-pixel": sub_pixel, "resize": resize}


def ripple(images: torch.Tensor) -> tuple[float, float]:
    """Standard deviation of what should be flat, borders cut off, and the share of its power that
    the spectrum has at multiples of ¼."""
    inner = images[:, :, 24:56, 24:56]
    inner = inner - inner.mean((2, 3), keepdim=True)
    power = spectrum(inner)
    return inner.std().item(), (power[::8, ::8].sum() / power.sum()).item()


@torch.no_grad()
def measure(data: Data, models: Models, setting: Setting) -> Measured:
    rows, values, drawn = [], {}, ({}, {})
    colours = data.test[:16].mean((2, 3), keepdim=True).expand(-1, -1, 80, 80)
    for kind, model in models.items():
        torch.manual_seed(setting.seed)
        codes = torch.randn(16, 4, 1, 1).expand(-1, -1, 20, 20)
        flat = (convolutional(data.shape, up=KINDS[kind]).decoder(codes), model(colours))
        (before, _), (after, share) = (ripple(images) for images in flat)
        for shown, images in zip(drawn, flat, strict=True):
            middle = images[:6, :, 32:48, 32:48]
            middle = middle - middle.mean((2, 3), keepdim=True)
            shown[kind] = middle / (8 * middle.std().clamp(min=1e-3)) + 0.5
        quality = psnr(model(data.test), data.test)
        rows.append([kind, before, after, share if kind != "resize" else "", quality])
        values |= {f"before {kind}": before, f"after {kind}": after, f"share {kind}": share}
        values[f"dB {kind}"] = quality
    values["least before"] = min(values["before transposed"], values["before sub-pixel"])
    values["least after"] = min(values["after transposed"], values["after sub-pixel"])
    values["share"] = min(values["share transposed"], values["share sub-pixel"])
    values["resize"] = max(values["before resize"], values["after resize"])
    figure, axes = panels(
        "Never trained, a flat code\n(contrast raised to the same ripple)", "Trained, a flat colour"
    )
    for one, shown in zip(axes, drawn, strict=True):
        show(one, shown)
    header = ["", "ripple, untrained", "ripple, trained", "share at multiples of ¼", "PSNR (dB)"]
    return Measured(values, table(header, rows), figure)


SPEC = Experiment(
    group=7,
    title="Enlarging and its checkerboard",
    claim="Transposed and sub-pixel convolution give what is flat a pattern of period 2 and 4, "
    "before training and after it; resizing and then convolving gives none.",
    data=partial(photographs, side=16),
    trains={
        kind: Recipe(
            lambda data, up=up: convolutional(data.shape, up=up), steps=500, quick=250, batch=16
        )
        for kind, up in KINDS.items()
    },
    measure=measure,
    checks=(
        Check("least before", ">", 1e-3, "ripple before training, transposed or sub-pixel"),
        Check("least after", ">", 1e-3, "ripple after training, transposed or sub-pixel"),
        Check("share", ">", 0.9, "share of its power in the spectrum at multiples of ¼"),
        Check("resize", "<", 1e-5, "ripple of resize + convolution, before and after"),
    ),
    result="A flat colour comes out of the trained networks with a ripple of {after "
    "transposed:.4f} (transposed) and {after sub-pixel:.4f} (sub-pixel), {share:.0%} of "
    "it at multiples of ¼; of resizing with {after resize:.0e}. Yet on photographs "
    "transposed reaches {dB transposed:.1f} dB, sub-pixel {dB sub-pixel:.1f} dB and "
    "resizing {dB resize:.1f} dB.",
)
