"""Halving by stride or by pooling, and where to put the layers.

A strided convolution computes only what it keeps; pooling computes four times as much and keeps the
mean, or the largest, which forgets where it was. A decoder that mirrors the encoder is a habit: at
the same number of layers they may sit on either side. A codec decodes far more often than it
encodes, so Nacre puts more blocks into the encoder (4 against 3).

Where training starts may change more than any of these: each network is trained from three seeds,
and means are compared.

Reference:
    Springenberg et al., "Striving for simplicity: the all convolutional net", ICLR workshop 2015.
"""

from __future__ import annotations

from dataclasses import replace
from functools import partial

import torch
from torch import nn

from lab.blocks import conv, convolutional
from lab.data import Data, Setting, photographs
from lab.experiment import Check, Experiment, Measured, Models
from lab.figures import bars, panels, table
from lab.measures import psnr
from lab.trainer import Recipe, fit


def max_pooling(a: int, b: int) -> nn.Module:
    """Halves: the largest of four after a convolution."""
    return nn.Sequential(conv(a, b), nn.MaxPool2d(2))


def mean_pooling(a: int, b: int) -> nn.Module:
    """Halves: the mean of four after a convolution."""
    return nn.Sequential(conv(a, b), nn.AvgPool2d(2))


NETWORKS = {
    "strided": {},
    "max pooling": {"down": max_pooling},
    "mean pooling": {"down": mean_pooling},
    "deep encoder": {"depth": (2, 1)},
    "deep decoder": {"depth": (1, 2)},
}
STARTS = 3


def network(data: Data, options: dict) -> nn.Module:
    """The convolutional autoencoder with some of its parts changed."""
    return convolutional(data.shape, **options)


def measure(data: Data, models: Models, setting: Setting) -> Measured:
    rows, quality, by_start = [], {}, 0.0
    for name, options in NETWORKS.items():
        recipe = Recipe(partial(network, options=options), steps=500, quick=250, batch=16)
        found = []
        for start in range(STARTS):
            model = fit(recipe, data, replace(setting, seed=setting.seed + start))
            with torch.no_grad():
                found.append(psnr(model(data.test), data.test))
        quality[name] = sum(found) / STARTS
        by_start = max(by_start, max(found) - min(found))
        size = sum(p.numel() for p in model.parameters())
        rows.append([name, size, quality[name], min(found), max(found)])
    values = {
        "max": quality["strided"] - quality["max pooling"],
        "mean": quality["strided"] - quality["mean pooling"],
        "sides": quality["deep decoder"] - quality["deep encoder"],
    }
    values["starts"] = by_start
    values["spread"] = max(quality.values()) - min(quality.values())
    figure, (axes,) = panels("PSNR on photographs (dB)", size=(5.5, 2.6))
    bars(axes, {name.replace(" ", "\n"): q for name, q in quality.items()}, "dB")
    axes.set_ylim(min(quality.values()) - 1, max(quality.values()) + 0.7)
    header = ["", "parameters", "PSNR (dB), mean", "of the worst start", "of the best"]
    return Measured(values, table(header, rows), figure)


SPEC = Experiment(
    group=7,
    title="Stride or pooling, symmetric or not",
    claim="Halving by stride, by max pooling or by mean pooling, and one more layer in each stage "
    "of the encoder or of the decoder, all come within 1.25 dB of each other, in the mean of three "
    "starts: none of these choices makes or breaks an autoencoder, and they may be made by cost.",
    data=partial(photographs, side=16),
    measure=measure,
    checks=(Check("spread", "<", 1.25, "PSNR of the best less that of the worst, dB"),),
    result="Strided convolution is {max:+.2f} dB against max pooling and {mean:+.2f} dB against "
    "mean pooling; a deep decoder is {sides:+.2f} dB against a deep encoder. Starts alone change "
    "one network by up to {starts:.2f} dB.",
)
