"""Depth against a linear map at the same bottleneck, and what the bottleneck leaves out.

A linear autoencoder can only lay a flat d-dimensional space through the data. Handwriting lies on a
curved surface: slant and stroke width change pixels nonlinearly. Hidden layers bend the surface, so
that fewer values of code reach the same error. Undercomplete (d < D) the network cannot copy: the
less room, the more it must know about the data.

Reference:
    Hinton and Salakhutdinov, "Reducing the dimensionality of data with neural networks",
    Science 313, 2006.
"""

from __future__ import annotations

import torch

from lab.blocks import dense
from lab.data import Data, Setting, digits
from lab.experiment import Check, Experiment, Measured, Models
from lab.figures import panels, show, table
from lab.measures import error
from lab.trainer import Recipe
from nacre.pca import principal_components

CODES = (2, 4, 8)


@torch.no_grad()
def measure(data: Data, models: Models, setting: Setting) -> Measured:
    flat = data.test.flatten(1)
    rows, linear, deep = [], [], []
    for code in CODES:
        # The best linear autoencoder there is, as the experiment `linear` shows.
        components, mean, _ = principal_components(data.train.flatten(1), code)
        components, mean = components.float(), mean.float()
        by_pca = ((flat - mean) @ components.T @ components + mean).reshape(data.test.shape)
        linear.append((by_pca - data.test).square().mean().item())
        deep.append(error(models[f"deep {code}"], data.test))
        rows.append([code, linear[-1], deep[-1], deep[-1] / linear[-1]])
    ratios = [a / b for a, b in zip(deep, linear, strict=True)]
    values = {
        "worst": max(ratios),
        "best": min(ratios),
        "narrow": min(deep[0] / deep[1], deep[1] / deep[2]),
        "like": deep[1] / linear[2],
    }
    figure, (curves, strip) = panels("Error on the test set", f"Code of {CODES[-1]}")
    curves.plot(CODES, linear, "o-", label="linear")
    curves.plot(CODES, deep, "o-", label="deep")
    curves.set(xlabel="values of code", ylabel="mean squared error", ylim=(0, None))
    curves.legend()
    shown = data.test[:8]
    strip_rows = {"original": shown, "linear": by_pca[:8], "deep": models["deep 8"](shown)}
    show(strip, strip_rows)
    return Measured(values, table(["code", "linear", "deep", "deep / linear"], rows), figure)


SPEC = Experiment(
    group=2,
    title="Deep against linear, undercomplete",
    claim="At the same bottleneck, hidden layers beat the best linear autoencoder on images "
    "never seen; and the narrower the code, the more is lost.",
    data=digits,
    trains={
        f"deep {code}": Recipe(
            lambda data, code=code: dense(data.shape, 256, 128, code), steps=1200, quick=800
        )
        for code in CODES
    },
    measure=measure,
    checks=(
        Check("worst", "<", 0.9, "error of the deep over the linear, worst of the three codes"),
        Check("narrow", ">", 1.2, "error at half the code over error at the code"),
    ),
    result="The deep autoencoder's error is {best:.2f} to {worst:.2f} times the linear one's. "
    "With 4 values of code it makes {like:.2f} times the error that a linear one makes "
    "with 8.",
)
