"""From autoencoder to codec: why it takes a rate term and an entropy model.

A vanilla autoencoder makes files too: round its latents on a grid of step Δ and code the integers.
The file is small where symbols are few and predictable, but nothing in training asked for that:
every latent uses whatever range makes reconstruction easiest. A rate term, −log₂ p of the noisy
latents under a density learnt with them, makes training pay for bits: a latent that does not earn
its own goes to 0. What is left to gain is to know p better at each place, which takes side
information and context: the hyperprior and the four steps of Nacre.

The files are those of an adaptive range coder, decoded again; their bound is the empirical entropy
of each channel, which would need the counts beforehand.

Reference:
    Ballé, Laparra and Simoncelli, "End-to-end optimized image compression", ICLR 2017.
"""

from __future__ import annotations

import math
from functools import partial

import numpy as np
import torch
import torch.nn.functional as F
from torch import Tensor, nn

from nacre.evaluate import bd_rate, pad_to_multiple, psnr
from nacre.gaussian import bits
from nacre.lab.blocks import Autoencoder, conv
from nacre.lab.coding import Nacre, eight_bits, entropy_bytes, jpeg, range_code, range_decode
from nacre.lab.data import Data, Setting, photographs, sample_pictures
from nacre.lab.experiment import Check, Experiment, Measured, Models
from nacre.lab.figures import panels, table
from nacre.lab.trainer import Recipe
from nacre.pca import principal_components

LATENTS, UNIT = 24, 0.2


class Around(nn.Module):
    """A linear map, and a correction that starts small: see `nacre/transforms.py`."""

    def __init__(self, linear: nn.Conv2d) -> None:
        super().__init__()
        a, b = linear.in_channels, linear.out_channels
        self.linear, self.branch = linear, nn.Sequential(conv(a, 64), nn.ReLU(), conv(64, b))
        self.branch[-1].weight.data.mul_(0.1)

    def forward(self, x: Tensor) -> Tensor:
        return self.linear(x) + self.branch(x)


class LatentCodec(Autoencoder):
    """Latents at 1/8 of the size; starts as PCA of 8×8 squares, in units of `UNIT`."""

    def __init__(self, data: Data) -> None:
        squares = F.pixel_unshuffle(data.train, 8).permute(0, 2, 3, 1).reshape(-1, 192)
        components, mean, values = principal_components(squares, LATENTS)
        components, mean = components.float() / UNIT, mean.float()
        analysis, synthesis = nn.Conv2d(192, LATENTS, 1), nn.Conv2d(LATENTS, 192, 1)
        analysis.weight.data = components[..., None, None]
        analysis.bias.data = -components @ mean
        synthesis.weight.data = UNIT**2 * components.T[..., None, None].contiguous()
        synthesis.bias.data = mean
        super().__init__(
            nn.Sequential(nn.PixelUnshuffle(8), Around(analysis)),
            nn.Sequential(Around(synthesis), nn.PixelShuffle(8)),
        )
        self.log_scale = nn.Parameter(0.5 * values[:LATENTS].float().log() - math.log(UNIT))


def rate_distortion(model: LatentCodec, given: Tensor, target: Tensor) -> Tensor:
    """λ · 255² · MSE + bits a pixel, noise in place of rounding (as `nacre/model.py`)."""
    y = model.encoder(given)
    y = y + torch.rand_like(y) - 0.5
    rate = bits(y, model.log_scale.exp()[:, None, None]).sum() / target[:, 0].numel()
    return 0.01 * 255**2 * (model.decoder(y) - target).square().mean() + rate


def curve(pictures: list[Tensor], code) -> dict[str, list[float]]:
    """Mean bpp and PSNR; `code` gives bytes and PSNR of a picture at each of its points."""
    found = np.array([[p for p in code(x)] for x in pictures])
    found[:, :, 0] *= 8 / np.array([x[0, 0].numel() for x in pictures])[:, None]
    return dict(zip(("bpp", "psnr-rgb"), found.mean(0).T.tolist(), strict=True))


@torch.no_grad()
def measure(data: Data, models: Models, setting: Setting) -> Measured:
    pictures = list(sample_pictures().values())[-1 if setting.quick else 0 :]
    over = []

    def files(model: LatentCodec, x: Tensor):
        y = model.encoder(pad_to_multiple(x))
        for step in (0.35, 0.7, 1.4, 2.8):
            symbols = (y / step).round()
            integers = symbols[0].int().numpy()
            file = range_code(integers)
            assert np.array_equal(range_decode(file, integers.shape), integers)
            over.append((len(file), entropy_bytes(integers)))
            output = model.decoder(symbols * step)[:, :, : x.shape[2], : x.shape[3]]
            yield len(file), psnr(eight_bits(output), x)

    nacre = Nacre()
    qualities, levels = (5, 15, 40, 75, 90), (1, 25, 50, 75)
    curves = {name: curve(pictures, partial(files, model)) for name, model in models.items()}
    curves["JPEG"] = curve(pictures, lambda x: (jpeg(x, q) for q in qualities))
    curves["Nacre"] = curve(pictures, lambda x: (nacre(x, q) for q in levels))
    coded, bound = np.array(over).sum(0)
    values = {
        "over": coded / bound - 1,
        "rate": bd_rate(curves["vanilla"], curves["with a rate term"]),
        "vanilla": bd_rate(curves["JPEG"], curves["vanilla"]),
        "nacre": bd_rate(curves["JPEG"], curves["Nacre"]),
    }
    figure, (axes,) = panels("Photographs of the repository", size=(5.5, 3.6))
    rows = []
    for name, found in curves.items():
        axes.plot(found["bpp"], found["psnr-rgb"], "o-", label=name)
        rows += [[name, *point] for point in zip(*found.values(), strict=True)]
    axes.set(xlabel="bits per pixel", ylabel="PSNR (dB)", xlim=(0, 3))
    axes.legend()
    return Measured(values, table(["", "bpp", "PSNR (dB)"], rows), figure)


SPEC = Experiment(
    group=10,
    title="Compression",
    claim="A vanilla autoencoder whose latents are rounded and coded needs more bytes than JPEG at "
    "the same PSNR; trained with a rate term it needs fewer than without; Nacre, which also knows "
    "where to expect what, needs far fewer than JPEG. Files come close to the entropy.",
    data=partial(photographs, side=32),
    trains={
        "vanilla": Recipe(LatentCodec, steps=500, quick=250, batch=16, rate=1e-3),
        "with a rate term": Recipe(
            LatentCodec, rate_distortion, steps=500, quick=250, batch=16, rate=1e-3
        ),
    },
    measure=measure,
    checks=(
        Check("over", "<", 0.1, "bytes coded over the entropy of the symbols, less 1"),
        Check("vanilla", ">", 20, "BD-rate of the vanilla autoencoder against JPEG, %"),
        Check("rate", "<", -10, "BD-rate of the rate term against vanilla, %"),
        Check("nacre", "<", -30, "BD-rate of Nacre against JPEG, %"),
    ),
    result="BD-rates: vanilla {vanilla:+.0f} % against JPEG, with a rate term {rate:+.0f} % against "
    "vanilla, Nacre {nacre:+.0f} % against JPEG. Files are {over:.1%} longer than the entropy.",
)
