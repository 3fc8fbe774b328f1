"""A reconstruction loss is a likelihood: MSE is a Gaussian, BCE a Bernoulli.

If pixels are x = f(code) + noise with Gaussian noise of variance σ², then for D pixels −log p(x |
code) = ‖x − f‖² / 2σ² + (D/2) log 2πσ². The gradient by the weights is that of the squared error
over 2σ²: minimising MSE is maximising the likelihood, whatever σ. The best σ² is the MSE itself
(set the derivative by σ² to 0), and the code length is then (D/2)(log(2π·MSE) + 1): halving the
MSE saves half a bit a pixel. For pixels that are 0 or 1, BCE is the Bernoulli code length. For
pixels between, BCE has the right minimum (f = E[x]) but is the length of no code: even a perfect
reconstruction has H(x) = −x log x − (1 − x) log(1 − x) > 0.

Reference:
    Bishop, "Pattern recognition and machine learning", 2006, sections 1.2.5 and 5.2.
"""

from __future__ import annotations

import math
from dataclasses import replace

import torch
import torch.nn.functional as F
from torch import Tensor, nn
from torch.distributions import Bernoulli, Distribution, Normal

from lab.blocks import dense
from lab.data import Data, Setting, small_digits
from lab.experiment import Check, Experiment, Measured, Models
from lab.figures import panels, show, table
from lab.measures import error
from lab.trainer import Loss, Recipe, mse, train

NEARLY = (1e-6, 1 - 1e-6)  # 0 and 1, where a logarithm would be infinite.


def bce(model: nn.Module, given: Tensor, target: Tensor) -> Tensor:
    """Binary cross-entropy, the Bernoulli code length in nats, of outputs in 0..1."""
    return F.binary_cross_entropy(model(given).clamp(*NEARLY), target)


def nats(distribution: Distribution, target: Tensor) -> Tensor:
    """Mean code length of values, −log of their probability or density."""
    return -distribution.log_prob(target).mean()


TRAINS = {
    name: Recipe(lambda data: dense(data.shape, 128, 16), loss, steps=1000, quick=700)
    for name, loss in (("MSE", mse), ("BCE", bce))
}


def gradient(model: nn.Module, loss: Tensor) -> Tensor:
    return torch.cat([g.flatten() for g in torch.autograd.grad(loss, list(model.parameters()))])


def measure(data: Data, models: Models, setting: Setting) -> Measured:
    model, x = models["MSE"].double(), data.test.double()
    squares = error(model, x)
    # Against PyTorch's own densities: the same gradient up to 1/2σ², and σ² = MSE is the best.
    by_mse = gradient(model, mse(model, x, x)) / (2 * 0.1)
    by_nats = gradient(model, nats(Normal(model(x), 0.1**0.5), x))
    variances = squares * torch.linspace(0.5, 2, 151, dtype=torch.float64)
    output, bits = model(x).detach(), (x > 0.5).double()
    lengths = [nats(Normal(output, v.sqrt()), x).item() for v in variances]
    best = variances[torch.tensor(lengths).argmin()].item()
    shortest = 0.5 * (math.log(2 * math.pi * squares) + 1)
    values = {
        "gradient": ((by_mse - by_nats).norm() / by_nats.norm()).item(),
        "variance": abs(best / squares - 1),
        "length": abs(min(lengths) - shortest),
        "BCE": abs(bce(model, x, bits) / nats(Bernoulli(output.clamp(*NEARLY)), bits) - 1).item(),
        "floor": bce(lambda x: x, x, x).item(),
    }
    model.float()
    binary = replace(data, train=(data.train > 0.5).float(), test=(data.test > 0.5).float())
    on_binary = train(TRAINS, binary, setting)
    rows = []

    def judge(loss: Loss, models: Models, images: torch.Tensor) -> list[float]:
        with torch.no_grad():
            return [loss(m, images, images).item() for m in models.values()]

    for name, trained, images in (
        ("0 and 1", on_binary, binary.test),
        ("continuous", models, data.test),
    ):
        for what, loss in (("MSE", mse), ("BCE (nats)", bce)):
            rows.append([name, what, *judge(loss, trained, images)])
    values["bernoulli"] = rows[1][2] - rows[1][3]
    figure, (curve, strip) = panels("Gaussian code length", "Pixels that are 0 or 1")
    curve.plot(variances, lengths)
    curve.axvline(squares, color="C1", linestyle="--", label="σ² = MSE")
    curve.set(xlabel="σ²", ylabel="nats a pixel")
    curve.legend()
    shown = binary.test[:8]
    with torch.no_grad():
        show(strip, {"original": shown} | {n: m(shown) for n, m in on_binary.items()})
    return Measured(values, table(["pixels", "measured by", *TRAINS], rows), figure)


SPEC = Experiment(
    group=4,
    title="Losses are likelihoods",
    claim="Minimising MSE maximises a Gaussian likelihood, whose best variance is the MSE; on "
    "pixels that are 0 or 1, BCE is the Bernoulli code length and gives the shorter code; on "
    "others it is no code length, for a perfect reconstruction does not bring it to 0.",
    data=small_digits,
    trains=TRAINS,
    measure=measure,
    checks=(
        Check("gradient", "<", 1e-9, "relative difference of ∇(Gaussian nats) and ∇MSE / 2σ²"),
        Check("variance", "<", 1e-2, "|best variance / MSE − 1|"),
        Check("length", "<", 1e-5, "|shortest code − ½(log 2π·MSE + 1)|, nats a pixel"),
        Check("BCE", "<", 1e-9, "|BCE over Bernoulli nats − 1| on pixels that are 0 or 1"),
        Check("bernoulli", ">", 0.0, "Bernoulli nats a pixel that BCE saves over MSE on 0 and 1"),
        Check("floor", ">", 0.01, "BCE of a perfect reconstruction of continuous pixels, nats"),
    ),
    result="The gradients agree to {gradient:.0e}, the best variance is the MSE to {variance:.1e}, "
    "BCE is Bernoulli nats to {BCE:.0e}. On pixels that are 0 or 1, training on it saves "
    "{bernoulli:.4f} nats a pixel; its floor on continuous ones is {floor:.3f} nats.",
)
