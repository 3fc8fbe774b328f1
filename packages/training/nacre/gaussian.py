"""Entropy model, two Gaussians around one mean: scales, code length, and the shipped tables.

Not here: which scale a latent gets (exact.py) and the entropy coder itself (TypeScript).
"""

from __future__ import annotations

import math

import torch
from torch import Tensor

SCALES = 64
SCALE_MIN = 0.08
SCALE_MAX = 64.0
PRECISION = 16
WIDE_SHARE, WIDE_RATIO = 0.2, 1.8
"""Probability of the wider of the two Gaussians, and how many times wider it is. No scale is known
exactly, so symbols of one table index have heavier tails than one Gaussian; see ABLATIONS.md."""

NARROW = 1 / math.sqrt(1 - WIDE_SHARE + WIDE_SHARE * WIDE_RATIO**2)
"""Scale of the narrower Gaussian when that of both together is 1."""

LIKELIHOOD_MIN = 2.0**-24
"""Probability below which a symbol costs no more in the estimate: 24 bits, the order of an escape
(16 bits for the slot, 4 for the length, then the value)."""

LOG_STEP = math.log(SCALE_MAX / SCALE_MIN) / (SCALES - 1)


def scale_of(index: Tensor) -> Tensor:
    """Scale of a (possibly fractional) table index: 0.08 at 0, 64 at 63, geometric between."""
    return SCALE_MIN * torch.exp(LOG_STEP * index)


def bits(residual: Tensor, scale: Tensor) -> Tensor:
    """Code length in bits of `residual` (value minus mean) integrated over ±½.

    Shape:
        - `residual`, `scale` and output: alike.

    Reference:
        Ballé et al., "Variational image compression with a scale hyperprior", ICLR 2018, eq. 7.
    """
    magnitude = residual.abs()
    likelihood = 0.0
    for share, width in ((1 - WIDE_SHARE, NARROW), (WIDE_SHARE, NARROW * WIDE_RATIO)):
        inverse = 1 / (scale * (width * math.sqrt(2)))
        upper = torch.erfc((magnitude - 0.5) * inverse)
        lower = torch.erfc((magnitude + 0.5) * inverse)
        likelihood = likelihood + (0.5 * share) * (upper - lower)
    likelihood = LowerBound.apply(likelihood, LIKELIHOOD_MIN)
    return -torch.log2(likelihood)


class LowerBound(torch.autograd.Function):
    """max(x, bound), whose gradient still passes where it would raise x.

    Reference:
        Ballé et al. 2018 (as in CompressAI's LowerBound).
    """

    @staticmethod
    def forward(ctx, x: Tensor, bound: float) -> Tensor:
        ctx.save_for_backward(x >= bound)
        return x.clamp(min=bound)

    @staticmethod
    def backward(ctx, grad: Tensor) -> tuple[Tensor, None]:
        (inside,) = ctx.saved_tensors
        return grad * (inside | (grad < 0)), None


def frequency_row(scale: float) -> list[int]:
    """Integer frequencies of one table: symbols −K..K, then escape; they sum to 2^16.

    K is the smallest integer with less than 2^-16 of the probability beyond ±(K + ½), at most
    1023. Every slot keeps at least 1; what rounding leaves over goes to symbol 0.
    """

    def beyond(distance: float) -> float:
        """Probability of the mixture beyond ±distance."""
        inverse = 1 / (scale * NARROW * math.sqrt(2))
        wide = math.erfc(distance * inverse / WIDE_RATIO)
        return (1 - WIDE_SHARE) * math.erfc(distance * inverse) + WIDE_SHARE * wide

    k = 0
    while beyond(k + 0.5) >= 2.0**-PRECISION and k < 1023:
        k += 1
    row = []
    for s in range(-k, k + 1):
        m = abs(s)
        p = 0.5 * (beyond(m - 0.5) - beyond(m + 0.5)) if m else 1 - beyond(0.5)
        row.append(max(1, round(p * 2**PRECISION)))
    row.append(max(1, round(beyond(k + 0.5) * 2**PRECISION)))
    row[k] += 2**PRECISION - sum(row)
    return row


def frequency_tables() -> list[list[int]]:
    """The 64 rows that `model.json` ships; whoever decodes reads them and computes nothing."""
    return [frequency_row(SCALE_MIN * math.exp(LOG_STEP * index)) for index in range(SCALES)]
