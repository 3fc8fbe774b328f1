"""Squared error averages what may be: the blur, predicted.

Let the same input y come with target x₁ at probability p and x₂ at 1 − p. E‖x − f(y)‖² is least at
f(y) = E[x | y] = p x₁ + (1 − p) x₂: a ghost of both, which is neither. What is left is the variance
p(1 − p)‖x₁ − x₂‖², however large the network. Absolute error is least at the median, pixel by
pixel: the likelier of two modes, sharp. A codec that is trained on MSE alone blurs for this reason
wherever its bits leave a choice open.

Here the upper half of a stroke is given, and its lower half goes left (p = 0.7) or right.

Reference:
    Bishop, "Mixture density networks", 1994; Mathieu, Couprie and LeCun, "Deep multi-scale video
    prediction beyond mean square error", ICLR 2016.
"""

from __future__ import annotations

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from lab.blocks import dense
from lab.data import Data, Setting
from lab.experiment import Check, Experiment, Measured, Models
from lab.figures import panels, show, table
from lab.trainer import Recipe, mse

SIDE, LEFT = 16, 0.7
PLACES = range(5, 11)


def l1(model: nn.Module, given: Tensor, target: Tensor) -> Tensor:
    """Mean absolute error, the code length under a Laplacian: its minimum is a median."""
    return F.l1_loss(model(given), target)


def stroke(place: int, way: int) -> Tensor:
    """A vertical stroke whose lower half leans left (−1) or right (+1), `(1, SIDE, SIDE)`."""
    rows, columns = torch.arange(SIDE)[:, None], torch.arange(SIDE)[None]
    lean = (rows - SIDE // 2).clamp(min=0) * 0.6 * way
    return torch.exp(-((columns - place - lean) ** 2) / 1.5)[None]


def modes() -> tuple[Tensor, Tensor]:
    return tuple(torch.stack([stroke(place, way) for place in PLACES]) for way in (-1, 1))


def data(setting: Setting) -> Data:
    """Strokes at six places, exactly 70 of 100 of which lean left."""
    left, right = modes()
    train = torch.cat([left.repeat(70, 1, 1, 1), right.repeat(30, 1, 1, 1)])
    return Data("drawn strokes", train, left)


def upper_half(images: Tensor) -> Tensor:
    given = images.clone()
    given[:, :, SIDE // 2 :] = 0
    return given


@torch.no_grad()
def measure(data: Data, models: Models, setting: Setting) -> Measured:
    left, right = modes()
    given = upper_half(left)
    mean = LEFT * left + (1 - LEFT) * right
    blur = LEFT * (1 - LEFT) * (left - right).square().mean().item()
    rows, outputs = [], {}
    for name, model in models.items():
        output = outputs[name] = model(given)

        def distance(to: Tensor, output: Tensor = output) -> float:
            return (output - to).square().mean().sqrt().item()

        left_over = LEFT * distance(left) ** 2 + (1 - LEFT) * distance(right) ** 2
        rows.append([name, distance(mean), distance(left), distance(right), left_over])
    values = {
        "to mean": rows[0][1],
        "modes apart": (left - right).square().mean().sqrt().item(),
        "blur": rows[0][4] / blur - 1,
        "L1 to mode": rows[1][2],
        "off mode": min(rows[0][2], rows[0][3]),
    }
    values["off"] = abs(values["blur"])
    figure, (axes,) = panels("Upper half given; 70 % go left, 30 % right", size=(5, 4))
    named = {"given": given, "left": left, "right": right, "predicted mean": mean}
    show(axes, named | {f"trained on {name}": output for name, output in outputs.items()})
    header = ["trained on", "RMS to the mean", "to left", "to right", "MSE left"]
    return Measured(values, table(header, [*rows, ["predicted", 0.0, "", "", blur]]), figure)


SPEC = Experiment(
    group=4,
    title="Squared error averages the modes",
    claim="Where the input leaves two answers open, a network trained on MSE gives their mean, "
    "and its error is their variance; trained on absolute error it gives the likelier "
    "one.",
    data=data,
    trains={
        name: Recipe(
            lambda data: dense(data.shape, 64, 16, bound=False),
            loss,
            corrupt=upper_half,
            steps=700,
        )
        for name, loss in (("MSE", mse), ("L1", l1))
    },
    measure=measure,
    checks=(
        Check("to mean", "<", 0.02, "RMS distance of the MSE output to the predicted mean"),
        Check("off", "<", 0.02, "|its error over the predicted variance − 1|"),
        Check("L1 to mode", "<", 0.02, "RMS distance of the L1 output to the likelier mode"),
        Check("off mode", ">", 0.05, "RMS distance of the MSE output to the nearer mode"),
    ),
    result="The MSE output lies {to mean:.4f} from the predicted mean (the modes lie {modes "
    "apart:.2f} apart) and its error differs from the predicted variance by {off:.1%}; "
    "the L1 output lies {L1 to mode:.4f} from the likelier mode.",
)
