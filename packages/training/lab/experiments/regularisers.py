"""Weight decay and dropout when images are few.

With a few hundred images and a hundred times as many weights, an autoencoder learns the images
by heart: the error in training falls, the error in test does not follow. Dropout makes every unit
work without the others, which for the encoder is noise in the code and for the decoder noise in
what it draws from: learning by heart costs more, and the error in test falls. Weight decay shrinks
the weights at each step, so that the map is smoother: outputs move less when inputs change a
little. Expected here first was that it lowers the error in test as well; at strengths of 0.3 to 4
that proved false, for what it forbids to fit costs as much. (The ratio of test to training would
hide this: it falls whenever the error in training rises.)

Reference:
    Srivastava et al., "Dropout", JMLR 15, 2014; Krogh and Hertz, "A simple weight decay can improve
    generalization", NIPS 1991.
"""

from __future__ import annotations

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from lab.blocks import dense
from lab.data import Data, Setting, small_digits
from lab.experiment import Check, Experiment, Measured, Models
from lab.figures import bars, panels, table
from lab.measures import error
from lab.trainer import Recipe

NUDGE = 0.1


def data(setting: Setting) -> Data:
    return small_digits(setting).only(slice(50 if setting.quick else 200))


def recipe(weight_decay: float = 0.0, dropout: tuple[float, float] = (0.0, 0.0)) -> Recipe:
    return Recipe(
        lambda data: dense(data.shape, 256, 32, dropout=dropout),
        weight_decay=weight_decay,
        batch=64,
        steps=1200,
        quick=1000,
    )


def moves(model: nn.Module, x: Tensor) -> float:
    """How far outputs move for a small change of the input in a random direction, over it."""
    change = F.normalize(torch.randn_like(x).flatten(1)).mul(NUDGE).view_as(x)
    return (model(x + change) - model(x)).flatten(1).norm(dim=1).mean().item() / NUDGE


@torch.no_grad()
def measure(data: Data, models: Models, setting: Setting) -> Measured:
    rows = [
        [name, error(model, data.train), error(model, data.test), moves(model, data.test)]
        for name, model in models.items()
    ]
    plain = rows[0]
    values = {
        "decay": rows[1][2] / plain[2],
        "smoother": rows[1][3] / plain[3],
        "encoder": rows[2][2] / plain[2],
        "decoder": rows[3][2] / plain[2],
        "gap": plain[2] / plain[1],
    }
    figure, (left, right) = panels("Error in test", "Output moved / input moved")
    bars(left, {row[0].replace(" ", "\n"): row[2] for row in rows}, "mean squared error")
    bars(right, {row[0].replace(" ", "\n"): row[3] for row in rows}, "ratio")
    header = [
        "",
        f"error on the {len(data.train)} images",
        "error in test",
        "output moved / input moved",
    ]
    return Measured(values, table(header, rows), figure)


SPEC = Experiment(
    group=6,
    title="Weight decay and dropout",
    claim="Trained on few images, dropout in the encoder and dropout in the decoder each lower "
    "the error in test. Weight decay makes the network smoother: its output moves less when the "
    "input changes a little.",
    data=data,
    trains={
        "none": recipe(),
        "weight decay": recipe(weight_decay=1.0),
        "dropout encoder": recipe(dropout=(0.2, 0.0)),
        "dropout decoder": recipe(dropout=(0.0, 0.2)),
    },
    measure=measure,
    checks=(
        Check("encoder", "<", 1, "error in test over the plain one's, dropout in the encoder"),
        Check("decoder", "<", 1, "error in test over the plain one's, dropout in the decoder"),
        Check("smoother", "<", 1, "how far outputs move over the plain one's, weight decay"),
    ),
    result="Without, the error in test is {gap:.1f} times that in training. It becomes "
    "{encoder:.2f} (dropout in the encoder) and {decoder:.2f} (in the decoder) of itself, and "
    "{decay:.2f} with weight decay, which moves outputs {smoother:.2f} times as far.",
)
