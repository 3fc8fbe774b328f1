"""A contractive penalty: small slopes of the code, everywhere but along the data.

The penalty λ E‖∂h/∂x‖²_F wants the code to ignore every change of the input; reconstruction wants
it to keep those that data make. The balance keeps the directions along the data and flattens the
others. With tied weights the network cannot cheat by a small code and a large decoder. Closed forms
are derived below for one sigmoid layer, which is trained, and for two ReLU layers; both are held
against autograd.

Reference:
    Rifai et al., "Contractive auto-encoders: explicit invariance during feature extraction", ICML
    2011.
"""

from __future__ import annotations

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from lab.blocks import dense
from lab.data import Data, Setting, small_digits
from lab.experiment import Check, Experiment, Measured, Models
from lab.figures import panels, show, table
from lab.measures import error
from lab.trainer import Recipe, mse, plus

NUDGE = 0.1


def jacobian(encode: nn.Module, x: Tensor) -> Tensor:
    """∂code/∂x of every image by autograd, `(B, d, D)`; no image's code knows another."""
    by_code = torch.autograd.functional.jacobian(lambda x: encode(x).sum(0), x)
    return by_code.transpose(0, 1).flatten(2)


def contractive_sigmoid(model: nn.Module, given: Tensor, target: Tensor) -> Tensor:
    """Mean over images of ‖J‖²_F for one sigmoid layer h = σ(Wx + b) (Rifai et al., eq. 5).

    ∂h_j/∂x_i = h_j (1 − h_j) W_ji, so ‖J‖²_F = Σ_j (h_j (1 − h_j))² Σ_i W_ji².
    """
    h = model.encoder(given)
    return ((h * (1 - h)).square() @ model.encoder[1].weight.square().sum(1)).mean()


def contractive_relu(w1: Tensor, b1: Tensor, w2: Tensor, b2: Tensor, x: Tensor) -> Tensor:
    """‖J‖²_F of two ReLU layers h = r(W₂ r(W₁x + b₁) + b₂), for every image.

    A ReLU's slope is 1 where its input is positive and 0 elsewhere. With D₁, D₂ the diagonal
    matrices of these, the chain rule gives J = D₂ W₂ D₁ W₁: the sub-matrix of W₂W₁ that passes
    through active units alone. So J is constant within each cell of inputs with the same active
    units, and ‖J‖²_F = Σ_j D₂_jj Σ_i (Σ_k W₂_jk D₁_kk W₁_ki)²; a penalty on it reaches the weights
    only through active units, and never the biases.

    Shape:
        - w1 `(K, D)`, w2 `(d, K)`, x `(B, D)`. Output: `(B,)`.
    """
    inner = x @ w1.T + b1
    outer = inner.relu() @ w2.T + b2
    through = torch.einsum("bj,jk,bk,ki->bji", (outer > 0).to(x), w2, (inner > 0).to(x), w1)
    return through.square().sum((1, 2))


def measure(data: Data, models: Models, setting: Setting) -> Measured:
    x = data.test[:64].double()
    relu = dense(data.shape, 48, 24, code=nn.ReLU()).encoder.double()
    by_autograd = jacobian(relu, x).square().sum((1, 2))
    by_form = contractive_relu(*relu.parameters(), x.flatten(1))
    values = {"sigmoid": 0.0, "relu": ((by_form / by_autograd - 1).abs().max()).item()}
    figure, (curve, strip) = panels("Slopes of the code (singular values)", "Reconstructions")
    rows, shown = [], {"original": data.test[:8]}
    for name, model in models.items():
        by_form = contractive_sigmoid(model.double(), x, x)
        by_autograd = jacobian(model.encoder, x).square().sum((1, 2)).mean()
        values["sigmoid"] = max(values["sigmoid"], (by_form / by_autograd - 1).abs().item())
        encode, x32 = model.float().encoder, data.test
        change = F.normalize(torch.randn_like(x32).flatten(1)).mul(NUDGE).view_as(x32)
        moved = (encode(x32 + change) - encode(x32)).norm(dim=1).mean()
        apart = (encode(x32) - encode(x32.roll(1, 0))).norm(dim=1).mean()
        slopes = torch.linalg.svdvals(jacobian(encode, x32[:200])).mean(0)
        square = slopes.square().sum().item()
        rows.append([name, (moved / apart).item(), square, error(model, data.test)])
        curve.plot(slopes, label=name)
        shown[name] = model(data.test[:8]).detach()
    curve.set(xlabel="direction", ylabel="mean singular value")
    curve.legend()
    show(strip, shown)
    values |= {"moves": rows[1][1] / rows[0][1], "error": rows[1][3] / rows[0][3]}
    header = ["", f"code moved by a change of {NUDGE} / codes apart", "‖J‖²", "error"]
    return Measured(values, table(header, rows), figure)


def network(data: Data) -> nn.Module:
    return dense(data.shape, 64, tied=True, code=nn.Sigmoid())


TRAINING = {"steps": 1200, "quick": 800, "rate": 5e-3}
SPEC = Experiment(
    group=6,
    title="The contractive penalty",
    claim="The penalty by autograd equals its closed form, for one sigmoid layer and for two "
    "ReLU layers; trained with it, a code moves less when the input changes a little, "
    "measured against how far the codes of different images lie apart.",
    data=small_digits,
    trains={
        "plain": Recipe(network, **TRAINING),
        "contractive": Recipe(network, plus(mse, 0.003, contractive_sigmoid), **TRAINING),
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
