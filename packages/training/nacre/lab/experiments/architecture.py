"""Halving by stride or by pooling, and where to put the layers.

A strided convolution computes only what it keeps; pooling computes all and throws three quarters
away, or takes the largest, which forgets where it was. A decoder that mirrors the encoder is a
habit: at the same number of layers they may sit on either side. A codec decodes far more often than
it encodes, so Nacre puts more blocks into the encoder (4 against 3).

Reference:
    Springenberg et al., "Striving for simplicity: the all convolutional net", ICLR workshop 2015.
"""

from __future__ import annotations

from functools import partial

import torch

from nacre.lab.blocks import convolutional
from nacre.lab.data import Data, Setting, photographs
from nacre.lab.experiment import Check, Experiment, Measured, Models
from nacre.lab.figures import bars, panels, table
from nacre.lab.measures import mean_psnr
from nacre.lab.trainer import Recipe

NETWORKS = {
    "strided": {"downs": "strided"},
    "max pooling": {"downs": "max"},
    "mean pooling": {"downs": "mean"},
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
    values["apart"] = abs(values["sides"])
    figure, (axes,) = panels("PSNR on photographs (dB)", size=(5.5, 2.6))
    bars(axes, {name.replace(" ", "\n"): q for name, q in quality.items()}, "dB")
    axes.set_ylim(min(quality.values()) - 1, max(quality.values()) + 0.7)
    return Measured(values, table(["", "parameters", "PSNR (dB)"], rows), figure)


SPEC = Experiment(
    group=7,
    title="Stride or pooling, symmetric or not",
    claim="A strided convolution is not behind a convolution with max pooling, which costs four "
    "times as much; and at the same number of layers, decoders need not mirror encoders: more "
    "layers on either side come within 1 dB of each other.",
    data=partial(photographs, side=16),
    trains={
        name: Recipe(
            lambda data, options=options: convolutional(3, 16, 4, **options),
            steps=1000,
            quick=300,
            batch=16,
        )
        for name, options in NETWORKS.items()
    },
    measure=measure,
    checks=(
        Check("max", ">", -0.2, "PSNR of strided less that of max pooling, dB"),
        Check("apart", "<", 1.0, "PSNR between deep encoder and deep decoder, dB"),
    ),
    result="Strided convolution is {max:+.2f} dB against max pooling and {mean:+.2f} dB against mean "
    "pooling; a deep decoder is {sides:+.2f} dB against a deep encoder.",
)
