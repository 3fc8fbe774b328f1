"""Three ways to enlarge, and the checkerboard that two of them can draw.

A transposed convolution of 3×3 with stride 2 lays windows that overlap unevenly: of the output
pixels, some get four contributions, some two, some one. Unless training evens that out, a flat
region comes out with period 2. Sub-pixel convolution computes each of the four phases with filters
of their own, which start unrelated: the same period. Resizing first and then convolving treats all
pixels alike. Period 2 is three places of the spectrum: (½, ½), (½, 0) and (0, ½).

The codec enlarges by sub-pixel steps (DepthToSpace) all the same: they cost least, its PCA start
relates the phases, and training does the rest.

Reference:
    Odena, Dumoulin and Olah, "Deconvolution and checkerboard artifacts", Distill, 2016; Shi et al.,
    CVPR 2016 (sub-pixel).
"""

from __future__ import annotations

from functools import partial

import torch

from nacre.lab.blocks import convolutional
from nacre.lab.data import Data, Setting, photographs
from nacre.lab.experiment import Check, Experiment, Measured, Models
from nacre.lab.figures import panels, show, table
from nacre.lab.measures import checkerboard, mean_psnr
from nacre.lab.trainer import Recipe

KINDS = ("transposed", "sub-pixel", "resize")


def network(data: Data, kind: str) -> torch.nn.Module:
    return convolutional(3, 16, 4, ups=kind)


@torch.no_grad()
def measure(data: Data, models: Models, setting: Setting) -> Measured:
    # What a decoder that was never trained makes of a flat code, borders cut off.
    untrained, flat = {}, {}
    for kind in KINDS:
        drawn = []
        for seed in range(16):
            torch.manual_seed(seed)
            code = torch.ones(1, 4, 12, 12) * torch.randn(1, 4, 1, 1)
            drawn.append(network(data, kind).decoder(code)[:, :, 8:40, 8:40])
        pictures = torch.cat(drawn)
        pictures = pictures - pictures.mean((2, 3), keepdim=True)
        untrained[kind] = pictures.std((1, 2, 3)).mean().item()
        flat[kind] = (pictures[:6] / pictures[:6].std((1, 2, 3), keepdim=True).clamp(min=0.02)) / 6
    rows, trained = [], {}
    for kind, model in models.items():
        output = model(data.test)
        trained[kind] = checkerboard(output - data.test)
        rows.append([kind, untrained[kind], trained[kind], mean_psnr(output, data.test)])
    values = {
        "flat transposed": untrained["transposed"],
        "flat sub-pixel": untrained["sub-pixel"],
        "flat resize": untrained["resize"],
        "trained": trained["transposed"] / trained["resize"],
    }
    figure, (before, after) = panels("Never trained, a flat code (contrast raised)", "Trained")
    show(before, {kind: pictures[..., :16, :16] + 0.5 for kind, pictures in flat.items()})
    shown = data.test[:6]
    show(after, {"original": shown} | {kind: model(shown) for kind, model in models.items()})
    header = ["", "ripple of a flat code", "checkerboard of the error, trained", "PSNR (dB)"]
    return Measured(values, table(header, rows), figure)


SPEC = Experiment(
    group=7,
    title="Enlarging and its checkerboard",
    claim="Before training, transposed and sub-pixel convolution turn a flat code into a pattern of "
    "period 2, and resizing then convolving does not; after training on photographs, transposed "
    "convolution still errs more at period 2 than resizing does.",
    data=partial(photographs, side=16),
    trains={
        kind: Recipe(
            lambda data, kind=kind: network(data, kind), steps=1000, quick=300, batch=16
        )
        for kind in KINDS
    },
    measure=measure,
    checks=(
        Check("flat transposed", ">", 0.01, "ripple of an untrained transposed convolution"),
        Check("flat sub-pixel", ">", 0.01, "ripple of an untrained sub-pixel convolution"),
        Check("flat resize", "<", 1e-4, "ripple of an untrained resize + convolution"),
        Check("trained", ">", 1.1, "checkerboard of the error, transposed over resize, trained"),
    ),
    result="Untrained, a flat code comes out with a ripple of {flat transposed:.3f} (transposed), "
    "{flat sub-pixel:.3f} (sub-pixel) and {flat resize:.0e} (resize). Trained, the error of transposed "
    "convolution has {trained:.2f} times the checkerboard of resizing.",
)
