"""A contractive penalty: small slopes of the code, everywhere but along the data.

The penalty λ E‖∂h/∂x‖²_F wants the code to ignore every change of the input; reconstruction wants
it to keep those that data make. The balance keeps the directions along the data and flattens the
others. With tied weights the network cannot cheat by a small code and a large decoder. The closed
forms for one sigmoid layer and for two ReLU layers are derived in `lab/losses.py`; here they
are held against autograd, at random weights and at the trained ones.

Reference:
    Rifai et al., "Contractive auto-encoders: explicit invariance during feature extraction", ICML
    2011.
"""

from __future__ import annotations

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from nacre.lab.blocks import layers
from nacre.lab.data import Data, Setting, small_digits
from nacre.lab.experiment import Check, Experiment, Measured, Models
from nacre.lab.figures import panels, show, table
from nacre.lab.losses import contractive_relu, contractive_sigmoid, jacobian, mse, plus
from nacre.lab.measures import error
from nacre.lab.trainer import Recipe

CODE, NUDGE = 64, 0.1


class SigmoidEncoder(nn.Module):
    def __init__(self, pixels: int) -> None:
        super().__init__()
        self.linear = nn.Linear(pixels, CODE)

    def forward(self, x: Tensor) -> Tensor:
        return self.linear(x.flatten(1)).sigmoid()


class TiedSigmoid(nn.Module):
    """x → σ(Wᵀσ(Wx + b) + c)."""

    def __init__(self, data: Data) -> None:
        super().__init__()
        self.encoder, self.shape = SigmoidEncoder(data.pixels), data.shape
        self.offset = nn.Parameter(torch.zeros(data.pixels))

    def forward(self, x: Tensor) -> Tensor:
        weight = self.encoder.linear.weight.T
        return F.linear(self.encoder(x), weight, self.offset).sigmoid().unflatten(1, self.shape)


def relative(a: Tensor, b: Tensor) -> float:
    return ((a - b).abs().max() / b.abs().max()).item()


def sensitivity(encoder: nn.Module, x: Tensor) -> tuple[float, Tensor]:
    """How far a small random change moves codes, over how far codes lie apart; and the slopes."""
    change = F.normalize(torch.randn_like(x).flatten(1)).mul(NUDGE).view_as(x)
    moved = (encoder(x + change) - encoder(x)).norm(dim=1).mean()
    apart = (encoder(x) - encoder(x.roll(1, 0))).norm(dim=1).mean()
    return (moved / apart).item(), torch.linalg.svdvals(jacobian(encoder, x[:200])).mean(0)


def measure(data: Data, models: Models, setting: Setting) -> Measured:
    x = data.test[:64].double()
    by_form, by_autograd = [], []
    for encoder in (SigmoidEncoder(data.pixels).double(), models["contractive"].encoder.double()):
        by_autograd.append(jacobian(encoder, x).square().sum((1, 2)).mean())
        by_form.append(contractive_sigmoid(nn.ModuleDict({"encoder": encoder}), x, x))
    relu = nn.Sequential(nn.Flatten(), layers((data.pixels, 48, 24)), nn.ReLU()).double()
    weights = [p for layer in (relu[1][0], relu[1][-1]) for p in (layer.weight, layer.bias)]
    of_relu = jacobian(relu, x).square().sum((1, 2))
    values = {
        "sigmoid": relative(torch.stack(by_form), torch.stack(by_autograd)),
        "relu": relative(contractive_relu(*weights, x.flatten(1)), of_relu),
    }
    figure, (curve, strip) = panels("Slopes of the code (singular values)", "Reconstructions")
    rows, shown = [], {"original": data.test[:8]}
    for name, model in models.items():
        model.float()
        moved, slopes = sensitivity(model.encoder, data.test)
        rows.append([name, moved, slopes.square().sum().item(), error(model, data.test)])
        curve.plot(slopes.detach(), label=name)
        shown[name] = model(data.test[:8]).detach()
    curve.set(xlabel="direction", ylabel="mean singular value")
    curve.legend()
    show(strip, shown)
    values |= {"moves": rows[1][1] / rows[0][1], "error": rows[1][3] / rows[0][3]}
    header = ["", f"code moved by a change of {NUDGE} / codes apart", "‖J‖²", "error"]
    return Measured(values, table(header, rows), figure)


SPEC = Experiment(
    group=6,
    title="The contractive penalty",
    claim="The penalty by autograd equals its closed form, for one sigmoid layer and for two "
    "ReLU layers; trained with it, a code moves less when the input changes a little, "
    "measured against how far the codes of different pictures lie apart.",
    data=small_digits,
    trains={
        "plain": Recipe(TiedSigmoid, steps=1200, quick=800, rate=5e-3),
        "contractive": Recipe(
            TiedSigmoid, plus(mse, 0.003, contractive_sigmoid), steps=1200, quick=800, rate=5e-3
        ),
    },
    measure=measure,
    checks=(
        Check("sigmoid", "<", 1e-5, "closed form against autograd, one sigmoid layer, relative"),
        Check("relu", "<", 1e-5, "closed form against autograd, two ReLU layers, relative"),
        Check("moves", "<", 0.8, "sensitivity, contractive over plain"),
    ),
    result="The closed forms differ from autograd by {sigmoid:.0e} and {relu:.0e}. With the "
    "penalty a small change moves the code {moves:.2f} times as far, at {error:.2f} times "
    "the error.",
)
