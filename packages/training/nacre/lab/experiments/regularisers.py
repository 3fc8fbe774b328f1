"""Weight decay and dropout when pictures are few.

With a few hundred pictures and a hundred times as many weights, an autoencoder learns the pictures
by heart: the error in training falls, the error in test does not follow. Weight decay keeps the map
smooth (each step shrinks the weights); dropout makes every unit work without the others, which for
the encoder is noise in the code and for the decoder noise in what it draws from. All narrow the gap
between training and test. Whether the test error itself falls is another question: a squared error
also pays for what a regulariser forbids to fit.

Reference:
    Srivastava et al., "Dropout", JMLR 15, 2014; Krogh and Hertz, "A simple weight decay can improve
    generalization", NIPS 1991.
"""

from __future__ import annotations

import torch

from nacre.lab.blocks import dense
from nacre.lab.data import Data, Setting, small_digits
from nacre.lab.experiment import Check, Experiment, Measured, Models
from nacre.lab.figures import bars, panels, table
from nacre.lab.measures import error
from nacre.lab.trainer import Recipe

FEW = 200


def data(setting: Setting) -> Data:
    return small_digits(setting).only(slice(FEW))


def recipe(weight_decay: float = 0.0, dropout: tuple[float, float] = (0.0, 0.0)) -> Recipe:
    return Recipe(
        lambda data: dense(data.shape, 256, 32, dropout=dropout),
        weight_decay=weight_decay,
        batch=64,
        steps=1200,
        quick=1000,
    )


@torch.no_grad()
def measure(data: Data, models: Models, setting: Setting) -> Measured:
    rows, gaps = [], {}
    for name, model in models.items():
        seen, unseen = error(model, data.train), error(model, data.test)
        gaps[name] = unseen / seen
        rows.append([name, seen, unseen, gaps[name]])
    plain = rows[0][2]
    values = {
        "plain": gaps.pop("none"),
        "widest": max(gaps.values()),
        "decay": rows[1][2] / plain,
        "encoder": rows[2][2] / plain,
        "decoder": rows[3][2] / plain,
    }
    values["narrowed"] = values["widest"] / values["plain"]
    figure, (left, right) = panels("Error in test / in training", "Error in test")
    bars(left, {row[0].replace(" ", "\n"): row[3] for row in rows}, "ratio")
    bars(right, {row[0].replace(" ", "\n"): row[2] for row in rows}, "mean squared error")
    header = ["", f"error on the {FEW} pictures", "error in test", "ratio"]
    return Measured(values, table(header, rows), figure)


SPEC = Experiment(
    group=6,
    title="Weight decay and dropout",
    claim="Trained on few pictures, weight decay, dropout in the encoder and dropout in the "
    "decoder each narrow the gap between the error in training and in test.",
    data=data,
    trains={
        "none": recipe(),
        "weight decay": recipe(weight_decay=0.3),
        "dropout encoder": recipe(dropout=(0.2, 0.0)),
        "dropout decoder": recipe(dropout=(0.0, 0.2)),
    },
    measure=measure,
    checks=(Check("narrowed", "<", 0.9, "the widest regularised gap over the plain one"),),
    result="Without, the error in test is {plain:.1f} times that in training; with any of the "
    "three, at most {widest:.1f} times. The error in test itself becomes {decay:.2f} "
    "(weight decay), {encoder:.2f} (dropout in the encoder) and {decoder:.2f} (in the "
    "decoder) of the plain one's.",
)
