"""A rate term: training that pays for bits.

A vanilla autoencoder can be made to give integers: round its latents on a grid of step Δ. They cost
what their entropy is, and nothing in training asked for that to be small: every latent uses
whatever range makes reconstruction easiest. A rate term, −log₂ p of the noisy latents under a
density learnt with them, makes training pay: a latent spreads as far as its bits are worth. The
noise comes with it, so a control is trained with the noise and a price of 0 for bits. The network
starts as PCA of 8×8 squares (`nacre/pca.py`) with a correction around it (`nacre/transforms.py`).

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

from lab.blocks import Autoencoder, conv
from lab.data import Data, Setting, photographs
from lab.experiment import Check, Experiment, Measured, Models
from lab.experiments.coding import entropy_bytes
from lab.figures import panels, table
from lab.measures import psnr
from lab.trainer import Recipe, mse
from nacre.evaluate import bd_rate
from nacre.gaussian import bits
from nacre.pca import principal_components

LATENTS, UNIT, GRIDS = 24, 0.2, (0.35, 0.7, 1.4, 2.8)
"""Channels, how many pixel values one of their units is, and steps Δ to round on."""


class Around(nn.Module):
    """A linear map of every place, and a correction of it that starts small."""

    def __init__(self, weight: Tensor, bias: Tensor) -> None:
        super().__init__()
        b, a = weight.shape
        self.linear = nn.Conv2d(a, b, 1)
        self.linear.weight.data, self.linear.bias.data = weight[..., None, None].clone(), bias
        self.branch = nn.Sequential(conv(a, 64), nn.ReLU(), conv(64, b))
        self.branch[-1].weight.data.mul_(0.1)

    def forward(self, x: Tensor) -> Tensor:
        return self.linear(x) + self.branch(x)


def latent_codec(data: Data) -> Autoencoder:
    """An autoencoder with latents at 1/8 of the size, and the scale of each of them."""
    squares = F.pixel_unshuffle(data.train, 8).permute(0, 2, 3, 1).reshape(-1, 192)
    components, mean, values = (v.float() for v in principal_components(squares, LATENTS))
    analysis = Around(components / UNIT, -components @ mean / UNIT)
    synthesis = Around(UNIT * components.T, mean)
    model = Autoencoder(
        nn.Sequential(nn.PixelUnshuffle(8), analysis), nn.Sequential(synthesis, nn.PixelShuffle(8))
    )
    model.log_scale = nn.Parameter(0.5 * values[:LATENTS].log() - math.log(UNIT))
    return model


def rate_distortion(model: nn.Module, given: Tensor, target: Tensor, price: float = 1) -> Tensor:
    """λ · 255² · MSE + price · bits a pixel, noise in place of rounding (as `nacre/model.py`)."""
    y = model.encoder(given)
    y = y + torch.rand_like(y) - 0.5
    rate = bits(y, model.log_scale.exp()[:, None, None]).sum() / target[:, 0].numel()
    return 0.01 * 255**2 * (model.decoder(y) - target).square().mean() + price * rate


@torch.no_grad()
def measure(data: Data, models: Models, setting: Setting) -> Measured:
    curves, spent, rows = {}, {}, []
    for name, model in models.items():
        for step in GRIDS:
            symbols = (model.encoder(data.test) / step).round()
            each = [entropy_bytes(channel.numpy()) for channel in symbols.transpose(0, 1)[:, None]]
            each = np.array(each) * 8 / data.test[:, 0].numel()
            quality = psnr(model.decoder(symbols * step), data.test)
            rows.append([name, step, float(each.sum()), quality])
            spent[name] = spent.get(name, each)
        points = zip(*(row[2:] for row in rows[-len(GRIDS) :]), strict=True)
        curves[name] = dict(zip(("bpp", "psnr-rgb"), map(list, points), strict=True))
    vanilla, noise, paid = curves.values()
    values = {"rate": bd_rate(vanilla, paid), "noise": bd_rate(vanilla, noise)}
    values["over noise"] = bd_rate(noise, paid)
    figure, (trade, channels) = panels("Crops of photographs", f"Bits by latent, Δ = {GRIDS[0]}")
    for name, found in curves.items():
        trade.plot(found["bpp"], found["psnr-rgb"], "o-", label=name)
        channels.plot(np.sort(spent[name])[::-1], label=name)
    trade.set(xlabel="entropy, bits per pixel", ylabel="PSNR (dB)")
    channels.set(xlabel="latent, by bits", ylabel="bits per pixel")
    channels.legend()
    return Measured(values, table(["", "Δ", "entropy (bpp)", "PSNR (dB)"], rows), figure)


control = partial(rate_distortion, price=0)
LOSSES = {"vanilla": mse, "with noise": control, "with a rate term": rate_distortion}
SPEC = Experiment(
    group=10,
    title="A rate term",
    claim="Trained with a rate term, an autoencoder with rounded latents needs fewer bits "
    "(entropy) for the same PSNR than without, whether with the same noise or with none.",
    data=photographs,
    trains={
        name: Recipe(latent_codec, loss, steps=500, quick=250, batch=16, rate=1e-3)
        for name, loss in LOSSES.items()
    },
    measure=measure,
    checks=(
        Check("rate", "<", 0, "BD-rate of the rate term against vanilla, %"),
        Check("over noise", "<", 0, "BD-rate of the rate term against noise alone, %"),
    ),
    result="BD-rates: the rate term {rate:+.0f} % against vanilla and {over noise:+.0f} % against "
    "noise alone, which is {noise:+.0f} % against vanilla.",
)
