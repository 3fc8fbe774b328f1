"""What the loss calls distortion: squared error, or what the eye sees.

Not here: the metrics themselves (ssimulacra2.py, butteraugli.py), and the rate (model.py).

The loss of a level is `distortion + bpp`, so a distortion is a price in bits per pixel. That of the
eye is a weighted mean of three prices, each fitted to give about the same rate alone:

- `lmbda * 255**2 * MSE`;
- what the SSIMULACRA 2 score lacks of 100, times the bits per pixel that is worth at that level;
- the distance of Butteraugli, times the same.

One metric alone gets gamed: with SSIMULACRA 2 alone, red threads turned orange and dark edges
frayed. ABLATIONS.md says what the shares buy.
"""

from __future__ import annotations

from collections.abc import Callable

import torch
from torch import Tensor

from nacre.butteraugli import butteraugli, compile_kernels
from nacre.ssimulacra2 import error, score

MSE_SHARE, SSIMULACRA2_SHARE, BUTTERAUGLI_SHARE = 0.2, 0.4, 0.4

Distortion = Callable[[Tensor, Tensor, Tensor, Tensor], Tensor]
"""From original and decoded images `(B, 3, H, W)` in 0..1, levels and their lmbda `(B,)` to bits
per pixel `(B,)`."""


def price_of_ssimulacra2(level: Tensor) -> Tensor:
    """Bits per pixel that ten points of SSIMULACRA 2 are worth, `(B,)`: photo-6's own slope."""
    return 0.0304 * torch.exp(0.05 * (level - 9))


def price_of_butteraugli(level: Tensor) -> Tensor:
    """Bits per pixel that a unit of `butteraugli` is worth, `(B,)`."""
    return 0.065 * torch.exp(0.0485 * (level - 9))


def loss_of_score(original: Tensor, decoded: Tensor) -> Tensor:
    """Tens of points that the SSIMULACRA 2 score is below 100, `(B,)`.

    The score, and not the error it is made from: its mean over images is what codecs are compared
    by, and an image that is hard to code counts for less.
    """
    # The slope of the score is infinite where the error is 0.
    return (100 - score(error(original, decoded) + 1e-3)) / 10


def mse(original: Tensor, decoded: Tensor, level: Tensor, lmbda: Tensor) -> Tensor:
    """`lmbda * 255**2 * MSE`, the usual loss of learned codecs, `(B,)`."""
    return lmbda * 255**2 * (decoded - original).square().mean((1, 2, 3))


def eye(original: Tensor, decoded: Tensor, level: Tensor, lmbda: Tensor) -> Tensor:
    """Squared error, SSIMULACRA 2 and Butteraugli together, `(B,)`."""
    # The metrics work on planes, row by row.
    original = original.contiguous(memory_format=torch.contiguous_format)
    decoded = decoded.contiguous(memory_format=torch.contiguous_format)
    return (
        MSE_SHARE * mse(original, decoded, level, lmbda)
        + SSIMULACRA2_SHARE * price_of_ssimulacra2(level) * loss_of_score(original, decoded)
        + BUTTERAUGLI_SHARE * price_of_butteraugli(level) * butteraugli(original, decoded)
    )


DISTORTIONS: dict[str, Distortion] = {"mse": mse, "eye": eye}
"""By the name that `--distortion` takes."""

__all__ = ["DISTORTIONS", "Distortion", "compile_kernels", "eye", "mse"]
