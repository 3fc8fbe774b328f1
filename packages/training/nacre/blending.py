"""Adjusts trained weights before an export: a blend with an earlier model, a longer reach.

Not here: training (train.py), and rounding to what the graphs store (export.py).
"""

from __future__ import annotations

import torch

from nacre.model import Codec
from nacre.rates import PerLevel


@torch.no_grad()
def blend(codec: Codec, other: Codec, share: float) -> None:
    """Moves all weights towards those of a model from which the training of this one began.

    Between the two, what the later training was for is mostly there, and less of what it cost.

    Args:
        codec: changed in place.
        other: of the same architecture.
        share: of `other`, 0..1.

    Raises:
        ValueError: when the architectures differ.

    Reference:
        Wortsman et al., "Robust fine-tuning of zero-shot models", CVPR 2022.
    """
    if codec.architecture != other.architecture:
        raise ValueError("Models of different architectures have no blend")
    torch._foreach_lerp_(list(codec.parameters()), list(other.parameters()), share)


@torch.no_grad()
def reach_lower(codec: Codec, share: float) -> None:
    """Moves the first knot of every per-level table outwards, for lower rates at the first levels.

    Args:
        codec: changed in place.
        share: of the distance from the second knot to the first; 0 changes nothing.
    """
    for module in codec.modules():
        if isinstance(module, PerLevel):
            module.knots[0] += share * (module.knots[0] - module.knots[1])
