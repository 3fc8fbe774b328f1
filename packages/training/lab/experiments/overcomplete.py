"""A code larger than the image learns to copy, unless something else stands in its way.

With d ≥ D the identity is within reach and has error 0, so nothing about the data need be learnt:
the network copies pixels mixed from many digits too. A penalty on the code (sparsity) or noise on
the input (denoising: the target is the clean image) takes the identity away from the optimum, and
what is unlike digits is copied no more. That alone cleans nothing: the sparse network leaves no
less noise on digits than the plain one; only the one that is asked to remove it does.

Reference:
    Vincent et al., "Extracting and composing robust features with denoising autoencoders", ICML
    2008; Ng, "Sparse autoencoder", CS294A lecture notes, 2011.
"""

from __future__ import annotations

import torch
from torch import Tensor, nn

from lab.blocks import dense
from lab.data import Data, Setting, small_digits
from lab.experiment import Check, Experiment, Measured, Models
from lab.figures import panels, show, table
from lab.measures import error
from lab.trainer import Recipe, mse, plus, sparse

NOISE = 0.4


def noisy(x: Tensor) -> Tensor:
    return x + NOISE * torch.randn_like(x)


def twice(data: Data) -> nn.Module:
    """A code of twice the pixels."""
    return dense(data.shape, 2 * data.pixels, bound=False, code=nn.ReLU())


@torch.no_grad()
def measure(data: Data, models: Models, setting: Setting) -> Measured:
    # Each pixel from another image: every pixel's own distribution, and none of the shapes.
    mixed = torch.rand(len(data.test), data.pixels).argsort(0)
    noise = data.test.flatten(1).gather(0, mixed).reshape(data.test.shape)
    variance = (noise - data.train.mean(0)).square().mean().item()
    given = noisy(data.test)
    before = (given - data.test).square().mean().item()
    rows, values = [], {}
    for name, model in models.items():
        copied = error(model, noise) / variance
        cleaned = error(model, data.test, given) / before
        rows.append([name, error(model, data.test), copied, cleaned])
        values |= {f"copies {name}": copied, f"cleans {name}": cleaned}
    values["least"] = min(values["copies sparse"], values["copies denoising"])
    values["others"] = min(values["cleans plain"], values["cleans sparse"])
    values["cleaner"] = values["cleans denoising"] / values["others"]
    figure, (digit, mixed) = panels("Digits with noise", "Pixels from many digits")
    for axes, images in ((digit, given[:6]), (mixed, noise[:6])):
        show(axes, {"given": images} | {n: m(images) for n, m in models.items()})
    header = ["", "error on digits", "error on mixed / variance", "noise left of noisy digits"]
    return Measured(values, table(header, rows), figure)


SPEC = Experiment(
    group=2,
    title="Overcomplete, with and without regularisation",
    claim="An autoencoder with a code twice as large as the image copies what it has never "
    "seen, pixels mixed from many digits. With a sparse code, or trained to remove noise, it "
    "does not. Of noise on digits, the one trained to remove it leaves less than half of what "
    "either of the others leaves.",
    data=small_digits,
    trains={
        "plain": Recipe(twice, steps=1000),
        "sparse": Recipe(twice, plus(mse, 0.3, sparse), steps=1000),
        "denoising": Recipe(twice, corrupt=noisy, steps=1000),
    },
    measure=measure,
    checks=(
        Check("copies plain", "<", 0.1, "error on mixed pixels over their variance, plain"),
        Check("least", ">", 0.3, "the same, sparse and denoising, the smaller of the two"),
        Check("cleaner", "<", 0.5, "noise that denoising leaves over the least that another does"),
    ),
    result="On images of which each pixel is from another digit, the plain one leaves an error "
    "of {copies plain:.3f} of the variance: it copies them. Sparse leaves {copies "
    "sparse:.2f} and denoising {copies denoising:.2f}. Of noise on digits plain leaves "
    "{cleans plain:.2f}, sparse {cleans sparse:.2f} and denoising {cleans denoising:.2f}.",
)
