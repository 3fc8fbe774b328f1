"""Tied weights: the decoder uses the encoder's matrices transposed.

PCA suggests it (the best linear decoder is the transpose of the encoder once its rows are
orthonormal), and it halves the parameters. With nonlinearities nothing forces the best decoder to
be the transpose: tying is a prior, cheap and often good enough, and a constraint on what may be
learnt. The codec does not tie: its encoder and decoder differ in depth, and nothing asks them to be
alike.

Reference:
    Vincent et al., JMLR 11, 2010, section 2.
"""

from __future__ import annotations

import torch

from lab.blocks import dense
from lab.data import Data, Setting, digits
from lab.experiment import Check, Experiment, Measured, Models
from lab.figures import panels, show, table
from lab.measures import error
from lab.trainer import Recipe

SIZES = (256, 128, 16)


@torch.no_grad()
def measure(data: Data, models: Models, setting: Setting) -> Measured:
    count = {n: sum(p.numel() for p in m.parameters()) for n, m in models.items()}
    errors = {n: error(m, data.test) for n, m in models.items()}
    values = {
        "parameters": count["tied"] / count["untied"],
        "error": errors["tied"] / errors["untied"],
    }
    rows = [[n, count[n], error(m, data.train), errors[n]] for n, m in models.items()]
    figure, (strip,) = panels("Reconstructions of test images", size=(5, 2.4))
    shown = data.test[:10]
    show(strip, {"original": shown} | {n: m(shown) for n, m in models.items()})
    header = ["weights", "parameters", "error in training", "error in test"]
    return Measured(values, table(header, rows), figure)


SPEC = Experiment(
    group=3,
    title="Tied weights",
    claim="Tying the decoder to the transposed encoder halves the parameters, and costs less "
    "than a third more error.",
    data=digits,
    trains={
        "untied": Recipe(lambda data: dense(data.shape, *SIZES), steps=1200, quick=800),
        "tied": Recipe(lambda data: dense(data.shape, *SIZES, tied=True), steps=1200, quick=800),
    },
    measure=measure,
    checks=(
        Check("parameters", "<", 0.52, "parameters, tied over untied"),
        Check("parameters", ">", 0.48, "parameters, tied over untied"),
        Check("error", "<", 1.33, "error in test, tied over untied"),
    ),
    result="{parameters:.3f} times the parameters give {error:.2f} times the error.",
)
