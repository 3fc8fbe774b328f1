"""Rate levels: lmbda of each level and the parameters that vary with the level.

Not here: what the parameters multiply (see model.py) and the quality scale of the command line.
"""

from __future__ import annotations

import math

import torch
from torch import Tensor, nn

LEVELS = 100
"""Number of rate levels; quality q of the encoder is level q - 1."""

KNOTS = 12
"""Knots between which per-level parameters are interpolated."""


def lmbda_table(lmbda_min: float, lmbda_max: float, levels: int = LEVELS) -> Tensor:
    """Geometric lmbda per level, for the loss `lmbda * 255^2 * MSE + bpp`.

    Args:
        lmbda_min: lmbda of level 0 (smallest file).
        lmbda_max: lmbda of the last level.
        levels: number of levels.

    Shape:
        - Output: `(levels,)`, float32, strictly increasing.
    """
    steps = torch.linspace(math.log(lmbda_min), math.log(lmbda_max), levels, dtype=torch.float64)
    return steps.exp().float()


def interpolation_matrix(levels: int = LEVELS, knots: int = KNOTS) -> Tensor:
    """Hat functions: row l holds the weights of the knots at level l (rows sum to 1).

    Shape:
        - Output: `(levels, knots)`.
    """
    position = torch.linspace(0, knots - 1, levels).unsqueeze(1)
    return (1 - (position - torch.arange(knots)).abs()).clamp(min=0)


class PerLevel(nn.Module):
    """A vector of parameters per rate level, linear between a few knots.

    Neighbouring levels share their knots, so a level learns from the samples of its neighbours
    and the curve over levels stays smooth, which keeps quality monotone.

    Args:
        channels: length of the vector.
        initial: value per knot (all channels alike), or one number.

    Shape:
        - Input: levels `(B,)` int64.
        - Output: `(B, channels, 1, 1)`.

    Reference:
        Gain units after Cui et al., "Asymmetric Gained Deep Image Compression with Continuous
        Rate Adaptation", CVPR 2021 (there geometric between pairs of levels).
    """

    def __init__(self, channels: int, initial: Tensor | float = 0.0) -> None:
        super().__init__()
        start = torch.as_tensor(initial, dtype=torch.float32).reshape(-1, 1)
        self.knots = nn.Parameter(start.expand(KNOTS, channels).clone())
        self.register_buffer("weights", interpolation_matrix(), persistent=False)

    def table(self) -> Tensor:
        """All levels at once, `(levels, channels)`, float32 even under autocast."""
        with torch.autocast(self.knots.device.type, enabled=False):
            return self.weights @ self.knots

    def forward(self, level: Tensor) -> Tensor:
        # By way of the whole table, so that training, evaluation and export see the same floats.
        return self.table()[level][:, :, None, None]
