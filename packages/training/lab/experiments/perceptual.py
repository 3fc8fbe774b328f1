"""A perceptual loss: images are compared by what a network sees in them.

MSE prefers the mean of all images that fit the code, which is blurred (see `modes`); in features
(edges, textures) a blur is far from every texture. So the two pull apart. Let the minimum of MSE +
w · distance have MSE m and distance d, that of a larger weight w' have m' and d'. Neither is beaten
at its own weight: m + wd ≤ m' + wd' and m' + w'd' ≤ m + w'd. The sum is (w' − w)(d' − d) ≤ 0: the
more features weigh, the nearer they come; then m' ≥ m: MSE pays. That is of minima, on what is
trained on. So all go on from one network that MSE has trained, the crops are of those trained on,
and the largest weight is held against none: trainings this short keep no finer order.

The features are the first two stages of a small network that tells how a crop was turned. What
another network sees, and what holds in test, is measured and not claimed.

Reference:
    Johnson, Alahi and Fei-Fei, ECCV 2016; Gidaris et al., ICLR 2018; Blau and Michaeli, CVPR 2018.
"""

from __future__ import annotations

from copy import deepcopy
from dataclasses import replace
from functools import partial

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from lab.blocks import conv, convolutional
from lab.data import Data, Setting, photographs
from lab.experiment import Check, Experiment, Measured, Models
from lab.figures import busiest, panels, show, table
from lab.measures import error, fine_detail, psnr, ssim
from lab.trainer import Loss, Recipe, fit, mse, plus

WEIGHTS = (0.0, 0.02, 0.2, 2.0)
RECIPE = Recipe(lambda data: convolutional(data.shape), steps=400, batch=16)


def features(data: Data, width: int = 16) -> nn.Sequential:
    return nn.Sequential(
        conv(3, width, 2), nn.ReLU(), conv(width, 24), nn.ReLU(), conv(24, 32, 2), nn.ReLU(),
        nn.AdaptiveAvgPool2d(2), nn.Flatten(), nn.Linear(32 * 4, 4),
    )  # fmt: skip


def turned(model: nn.Module, given: Tensor, target: Tensor) -> Tensor:
    """Cross-entropy of the quarter turns of a batch."""
    rotated = torch.stack([x.rot90(i % 4, (1, 2)) for i, x in enumerate(given)])
    return F.cross_entropy(model(rotated), torch.arange(len(given)) % 4)


def perceptual(seen: nn.Module) -> Loss:
    """Distance of the features that a fixed network finds, each channel to unit variance."""
    seen.requires_grad_(False)

    def loss(model: nn.Module, given: Tensor, target: Tensor) -> Tensor:
        wanted = seen(target)
        spread = wanted.std((0, 2, 3), keepdim=True) + 1e-3
        return ((seen(model(given)) - wanted) / spread).square().mean()

    return loss


@torch.no_grad()
def judge(data: Data, models: Models) -> tuple[list[list], dict[str, Tensor]]:
    """Name, PSNR, SSIM and fine detail over the original's of each model; the busiest crops."""
    rows, shown = [], {"original": busiest(data.test, 3)}
    for name, model in models.items():
        output = model(data.test).clamp(0, 1)
        shown[name] = model(shown["original"])
        detail = fine_detail(output) / fine_detail(data.test)
        rows.append([name, psnr(output, data.test), ssim(output, data.test), detail])
    return rows, shown


def measure(data: Data, models: Models, setting: Setting) -> Measured:
    start, *watching = models.values()
    judges = [perceptual(network[:4]) for network in watching]
    again, models = replace(RECIPE, model=lambda _: deepcopy(start)), {}
    for weight in WEIGHTS:
        loss = plus(mse, weight, judges[0])
        models[f"{weight:g}"] = fit(replace(again, loss=loss), data, setting)
    rows, shown = judge(data, models)
    for row, model in zip(rows, models.values(), strict=True):
        row += [distance(model, data.test, data.test).item() for distance in judges]
    quality, own, other = ([row[column] for row in rows] for column in (1, 4, 5))
    seen = data.train[:256]
    ends = [(judges[0](m, seen, seen).item(), error(m, seen)) for m in models.values()]
    values = {"distance": ends[-1][0] / ends[0][0], "MSE": ends[-1][1] / ends[0][1]}
    values |= {"own": own[2] / own[0], "another's": other[2] / other[0]}
    values |= {"middle": quality[2] - quality[0], "last": quality[3] - quality[0]}
    figure, (trade, strip) = panels("The trade, by weight", "Crops of photographs", size=(4, 3.2))
    trade.plot(own, quality, "o-")
    for weight, *at in zip(WEIGHTS, own, quality, strict=True):
        trade.annotate(f" {weight:g}", at)
    trade.set(xlabel="distance of features", ylabel="PSNR (dB)")
    show(strip, {name: crops for name, crops in shown.items() if name != "0.02"})
    header = "weight", "PSNR (dB)", "SSIM", "fine detail", "distance", "by another"
    return Measured(values, table(header, rows), figure)


SPEC = Experiment(
    group=5,
    title="A perceptual loss",
    claim="Where a distance of features weighs much beside MSE, reconstructions of what was "
    "trained on come nearer in those features, and lie farther away in MSE.",
    data=lambda setting: photographs(setting, side=16 if setting.quick else 32),
    trains={
        "start": RECIPE,
        "features": Recipe(features, turned, steps=300, quick=150, batch=32),
        "another": Recipe(partial(features, width=12), turned, steps=300, quick=150, batch=32),
    },
    measure=measure,
    checks=(
        Check("distance", "<", 1, "distance of features at the largest weight over that at 0"),
        Check("MSE", ">", 1, "MSE at the largest weight over that at 0"),
    ),
    result="In test, weights of 0.2 and 2 change PSNR by {middle:+.2f} and {last:+.2f} dB; 0.2 "
    "leaves {own:.2f} of the distance, {another's:.2f} in a network that no loss knew.",
)
