"""A perceptual loss: pictures are compared by what a network sees in them.

MSE prefers the mean of all pictures that fit the code, which is blurred (see `modes`). Features of
a network (edges, textures) of that mean are not the mean of the features: where texture should be,
a blur is far from every texture. So a distance of features gives up PSNR for detail that looks
right.

The features are trained here: a small network learns which of four ways a crop was turned
(self-supervised, so no labels are needed), and its first two stages judge.
Whether a second network, of another width, sees it so too is measured: not always (in the quick
mode it does not), though it was expected here first.

Reference:
    Johnson, Alahi and Fei-Fei, ECCV 2016; Gidaris, Singh and Komodakis, "Unsupervised
    representation learning by predicting image rotations", ICLR 2018; Blau and Michaeli, "The
    perception-distortion tradeoff", CVPR 2018.
"""

from __future__ import annotations

from functools import partial

import torch
from torch import Tensor, nn

from nacre.lab.blocks import conv, convolutional
from nacre.lab.data import Data, photographs
from nacre.lab.experiment import Check, Experiment, Measured, Models
from nacre.lab.figures import panels, show, table
from nacre.lab.losses import classify, mse, perceptual, plus
from nacre.lab.measures import fine_detail, mean_psnr, ssim
from nacre.lab.trainer import Recipe


def features(data: Data, width: int = 16) -> nn.Sequential:
    return nn.Sequential(
        conv(3, width, 2), nn.ReLU(), conv(width, 24), nn.ReLU(), conv(24, 32, 2), nn.ReLU(),
        nn.AdaptiveAvgPool2d(2), nn.Flatten(), nn.Linear(32 * 4, 4),
    )  # fmt: skip


def turned(model: nn.Module, given: Tensor, target: Tensor) -> Tensor:
    """Cross-entropy of the quarter turns of a batch."""
    ways = torch.arange(len(given)) % 4
    rotated = [x.rot90(i % 4, (1, 2)) for i, x in enumerate(given)]
    return classify(model, torch.stack(rotated), ways)


def autoencoder(data: Data) -> nn.Module:
    return convolutional(3, 16, 4)


def compare(data: Data, models: Models, by: str) -> Measured:
    """PSNR, SSIM and fine detail of two models, and crops side by side."""
    rows, shown = [], {"original": data.test[:8]}
    finest = fine_detail(data.test)
    for name in ("MSE", by):
        with torch.no_grad():
            output = models[name](data.test).clamp(0, 1)
        shown[name] = output[:8]
        quality = (mean_psnr(output, data.test), ssim(output, data.test))
        rows.append([name, *quality, fine_detail(output) / finest])
    values = {
        "lost": rows[0][1] - rows[1][1],
        "MSE": rows[0][3],
        "other": rows[1][3],
        "closer": abs(rows[0][3] - 1) - abs(rows[1][3] - 1),
        "ssim": rows[1][2] - rows[0][2],
    }
    for value, judge in (("own", "features"), ("another's", "another")):
        if judge in models:
            distance = perceptual(models[judge][:4])
            with torch.no_grad():
                seen = [distance(models[n], data.test, data.test).item() for n in ("MSE", by)]
            values[value] = seen[1] / seen[0]
    figure, (axes,) = panels("Crops of photographs", size=(6, 2.8))
    show(axes, shown)
    return Measured(values, table(["loss", "PSNR (dB)", "SSIM", "fine detail"], rows), figure)


SPEC = Experiment(
    group=5,
    title="A perceptual loss",
    claim="Compared with MSE, a loss on the features of a network gives up PSNR, and brings "
    "reconstructions closer to the originals in those features.",
    data=photographs,
    trains={
        "features": Recipe(features, turned, steps=300, quick=150, batch=32),
        "another": Recipe(partial(features, width=12), turned, steps=300, quick=150, batch=32),
        "MSE": Recipe(autoencoder, steps=400, quick=200, batch=16),
        "features loss": Recipe(
            autoencoder,
            uses="features",
            loss_of=lambda judge: plus(mse, 0.2, perceptual(judge[:4])),
            steps=400,
            quick=200,
            batch=16,
        ),
    },
    measure=lambda data, models, setting: compare(data, models, "features loss"),
    checks=(
        Check("lost", ">", 0.1, "PSNR given up, dB"),
        Check("own", "<", 0.95, "distance in its features over that with MSE"),
    ),
    result="The features cost {lost:.2f} dB of PSNR (and change SSIM by {ssim:+.3f}); its "
    "features see {own:.2f} times the distance, those of another network, which no loss "
    "knew, {another's:.2f} times. The power at high frequencies is {other:.2f} of the "
    "original's, with MSE {MSE:.2f}.",
)
