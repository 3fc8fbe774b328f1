"""Halving by stride or by pooling, and where to put the layers.

A strided convolution computes only what it keeps; pooling computes all and throws three quarters
away, or takes the largest, which forgets where it was but, computing four times as much, may do
better (that stride is not behind it was expected here first, and proved false). A decoder that
mirrors the encoder is a habit: at the same number of layers they may sit on either side. A codec
decodes far more often than it encodes, so Nacre puts more blocks into the encoder (4 against 3).

Reference:
    Springenberg et al., "Striving for simplicity: the all convolutional net", ICLR workshop 2015.
"""

from __future__ import annotations

from functools import partial

import torch
from torch import nn

from nacre.lab.blocks import conv, convolutional
from nacre.lab.data import Data, Setting, photographs
from nacre.lab.experiment import Check, Experiment, Measured, Models
from nacre.lab.figures import bars, panels, table
from nacre.lab.measures import mean_psnr
from nacre.lab.trainer import Recipe


def max_pooling(a: int, b: int) -> nn.Module:
    return nn.Sequential(conv(a, b), nn.MaxPool2d(2))


def mean_pooling(a: int, b: int) -> nn.Module:
    return nn.Sequential(conv(a, b), nn.AvgPool2d(2))


NETWORKS = {
    "strided": {},
    "max pooling": {"down": max_pooling},
    "mean pooling": {"down": mean_pooling},
    "deep encoder": {"depth": (2, 1)},
    "deep decoder": {"depth": (1, 2)},
}


@torch.no_grad()
def measure(data: Data, models: Models, setting: Setting) -> Measured:
    quality = {name: mean_psnr(m(data.test), data.test) for name, m in models.items()}
    rows = [
        [name, sum(p.numel() for p in model.parameters()), quality[name]]
        for name, model in models.items()
    ]
    values = {
        "max": quality["strided"] - quality["max pooling"],
        "mean": quality["strided"] - quality["mean pooling"],
        "sides": quality["deep decoder"] - quality["deep encoder"],
    }
    values["spread"] = max(quality.values()) - min(quality.values())
    figure, (axes,) = panels("PSNR on photographs (dB)", size=(5.5, 2.6))
    bars(axes, {name.replace(" ", "\n"): q for name, q in quality.items()}, "dB")
    axes.set_ylim(min(quality.values()) - 1, max(quality.values()) + 0.7)
    return Measured(values, table(["", "parameters", "PSNR (dB)"], rows), figure)


SPEC = Experiment(
    group=7,
    title="Stride or pooling, symmetric or not",
    claim="Halving by stride, by max pooling or by mean pooling, and one more layer in the "
    "encoder or in the decoder, all come within 2.5 dB of each other: none of these "
    "choices makes or breaks an autoencoder, and they may be made by cost.",
    data=partial(photographs, side=16),
    trains={
        name: Recipe(
            lambda data, options=options: convolutional(data.shape, **options),
            steps=500,
            quick=250,
            batch=16,
        )
        for name, options in NETWORKS.items()
    },
    measure=measure,
    checks=(Check("spread", "<", 2.5, "PSNR of the best less that of the worst, dB"),),
    result="Strided convolution is {max:+.2f} dB against max pooling and {mean:+.2f} dB against "
    "mean pooling; a deep decoder is {sides:+.2f} dB against a deep encoder.",
)
