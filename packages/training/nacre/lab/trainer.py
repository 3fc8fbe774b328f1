"""One training loop for every experiment, and the recipe that says what it trains.

Not here: networks (blocks.py) and losses (losses.py).
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import torch
from torch import Tensor, nn

from nacre.lab.data import Data, Setting
from nacre.lab.losses import Loss, mse


@dataclass(frozen=True)
class Recipe:
    """What is trained, declared.

    Attributes:
        model: makes the network for the data, and from that of `uses` unless `loss_of` takes it.
        loss: what is minimised.
        loss_of: makes the loss in its place, from the network of `uses` (None without).
        corrupt: what the network is given of a batch `(B, C, H, W)`; without it, the batch itself.
        labels: the target is the label, not the picture.
        steps: of Adam, at a rate that falls from `rate` to 0 by a cosine; see `batch`.
        quick: steps when quick; without it, `steps`.
        batch: pictures in a step; 0 for all of them, in float64 and by L-BFGS, to convergence.
        weight_decay: decoupled, as in AdamW.
        limit: train on the first so many pictures.
        uses: the name of an earlier recipe of the experiment, whose network this one needs.
    """

    model: Callable[..., nn.Module]
    loss: Loss = mse
    loss_of: Callable[[nn.Module | None], Loss] | None = None
    corrupt: Callable[[Tensor], Tensor] | None = None
    labels: bool = False
    steps: int = 1000
    quick: int | None = None
    batch: int = 128
    rate: float = 2e-3
    weight_decay: float = 0.0
    limit: int | None = None
    uses: str | None = None


def fit(recipe: Recipe, data: Data, setting: Setting, used: nn.Module | None = None) -> nn.Module:
    """Trains a recipe from its seed; the global generator is left seeded.

    Returns:
        The network, in evaluation mode.

    Reference:
        Kingma and Ba, "Adam", ICLR 2015; Loshchilov and Hutter, "Decoupled weight decay
        regularization", ICLR 2019.
    """
    torch.manual_seed(setting.seed)
    takes_network = used is not None and recipe.loss_of is None
    model = recipe.model(data, used) if takes_network else recipe.model(data)
    loss = recipe.loss_of(used) if recipe.loss_of else recipe.loss
    targets = data.train_labels if recipe.labels else data.train
    pictures, targets = data.train[: recipe.limit], targets[: recipe.limit]
    steps = recipe.quick if setting.quick and recipe.quick else recipe.steps
    if not recipe.batch:
        return _converge(model.double(), recipe, pictures.double(), targets.double(), steps)
    learnt = [p for p in model.parameters() if p.requires_grad]
    optimiser = torch.optim.AdamW(
        learnt, lr=recipe.rate, weight_decay=recipe.weight_decay, fused=True
    )
    schedule = torch.optim.lr_scheduler.CosineAnnealingLR(optimiser, steps)
    model.train()
    for _ in range(steps):
        chosen = torch.randint(len(pictures), (recipe.batch,))
        given = recipe.corrupt(pictures[chosen]) if recipe.corrupt else pictures[chosen]
        optimiser.zero_grad()
        loss(model, given, targets[chosen]).backward()
        optimiser.step()
        schedule.step()
    return model.eval()


def _converge(
    model: nn.Module, recipe: Recipe, pictures: Tensor, targets: Tensor, steps: int
) -> nn.Module:
    options = {"history_size": 50, "tolerance_grad": 1e-9, "tolerance_change": 1e-13}
    optimiser = torch.optim.LBFGS(
        model.parameters(), max_iter=steps, line_search_fn="strong_wolfe", **options
    )

    def closure() -> Tensor:
        optimiser.zero_grad()
        # The sum over a picture: the tolerances above are for values of that size.
        loss = recipe.loss(model, pictures, targets) * pictures[0].numel()
        loss.backward()
        return loss

    optimiser.step(closure)
    return model.float().eval()
