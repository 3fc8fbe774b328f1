"""How every network here is trained: losses, recipes and the one loop.

Not here: networks (blocks.py), and losses that one experiment alone needs.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from lab.data import Data, Setting

Loss = Callable[[nn.Module, Tensor, Tensor], Tensor]
"""Called as `loss(model, given, target)`; returns a scalar."""


def mse(model: nn.Module, given: Tensor, target: Tensor) -> Tensor:
    """Mean squared error: up to scale and offset a Gaussian code length (see `likelihood`)."""
    return F.mse_loss(model(given), target)


def sparse(model: nn.Module, given: Tensor, target: Tensor) -> Tensor:
    """Mean absolute value of the code (a Laplacian prior on it).

    Reference:
        Olshausen and Field, Nature 381, 1996.
    """
    return model.encoder(given).abs().mean()


def plus(loss: Loss, weight: float, penalty: Loss) -> Loss:
    """`loss + weight · penalty`."""
    return lambda *batch: loss(*batch) + weight * penalty(*batch)


@dataclass(frozen=True)
class Recipe:
    """What is trained, declared.

    Attributes:
        model: makes the network for the data.
        loss: what is minimised.
        corrupt: what the network is given of a batch `(B, C, H, W)`; without it, the batch itself.
        labels: the target is the label, not the image.
        steps: of Adam, at a rate that falls from `rate` to 0 by a cosine.
        quick: steps when quick; without it, `steps`.
        batch: images in a step.
        weight_decay: decoupled, as in AdamW.
    """

    model: Callable[[Data], nn.Module]
    loss: Loss = mse
    corrupt: Callable[[Tensor], Tensor] | None = None
    labels: bool = False
    steps: int = 1000
    quick: int | None = None
    batch: int = 128
    rate: float = 2e-3
    weight_decay: float = 0.0


def fit(recipe: Recipe, data: Data, setting: Setting) -> nn.Module:
    """Trains a recipe from its seed; the global generator is left seeded.

    Returns:
        The network, in evaluation mode.

    Reference:
        Kingma and Ba, "Adam", ICLR 2015; Loshchilov and Hutter, "Decoupled weight decay
        regularization", ICLR 2019.
    """
    torch.manual_seed(setting.seed)
    model = recipe.model(data).train()
    targets = data.train_labels if recipe.labels else data.train
    steps = recipe.quick if setting.quick and recipe.quick else recipe.steps
    optimiser = torch.optim.AdamW(
        model.parameters(), lr=recipe.rate, weight_decay=recipe.weight_decay, fused=True
    )
    schedule = torch.optim.lr_scheduler.CosineAnnealingLR(optimiser, steps)
    for _ in range(steps):
        chosen = torch.randint(len(data.train), (recipe.batch,))
        given = recipe.corrupt(data.train[chosen]) if recipe.corrupt else data.train[chosen]
        optimiser.zero_grad()
        recipe.loss(model, given, targets[chosen]).backward()
        optimiser.step()
        schedule.step()
    return model.eval()


def train(recipes: dict[str, Recipe], data: Data, setting: Setting) -> dict[str, nn.Module]:
    """Trains each recipe from the same seed."""
    return {name: fit(recipe, data, setting) for name, recipe in recipes.items()}
