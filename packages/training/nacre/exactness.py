"""Scale indices that PyTorch finds for made-up integers, for tests on other runtimes.

Not here: those runtimes (test/exactness.ts holds the twin of the recipe). Each exported model
carries the hashes in `exactness.json`, so that a test needs neither Python nor images.
"""

from __future__ import annotations

import hashlib
import math
from typing import Any

import numpy as np
import torch

from nacre.exact import Z_MAX
from nacre.model import Codec

CASES = ((0, 64, 64, 1), (20, 128, 192, 2), (50, 256, 192, 3), (80, 192, 320, 4), (99, 320, 320, 5))
"""Level, height and width of a padded image of one tile, and seed."""

SYMBOL_SEED = 100
"""Added to the seed of z for the symbols."""


def made_up_integers(count: int, seed: int) -> np.ndarray:
    """Symbols in −127..127, many small and some extreme.

    For each element: state = (1664525·state + 1013904223) mod 2^32;
    value = max(−127, (state >> 24) − 128) >> ((state >> 16) & 7), with >> rounding down.

    Shape:
        - Output: `(count,)` float32.

    Reference:
        The generator is the one of Press et al., "Numerical Recipes".
    """
    z = np.empty(count, np.float32)
    state = seed
    for i in range(count):
        state = (1664525 * state + 1013904223) % 2**32
        z[i] = max(-Z_MAX, (state >> 24) - 128) >> ((state >> 16) & 7)
    return z


def _made_up(shape: tuple[int, ...], seed: int) -> torch.Tensor:
    return torch.from_numpy(made_up_integers(math.prod(shape), seed).reshape(shape))


@torch.no_grad()
def exactness_cases(codec: Codec) -> list[dict[str, Any]]:
    """Runs the scale network on every case; see `made_up_integers` for z and symbols.

    Returns:
        `{"level", "height", "width", "seed", "sha256"}` each; the hash is over the indices as
        bytes in the order channel, row, column.
    """
    found = []
    for level, height, width, seed in CASES:
        a = codec.architecture
        z = _made_up((1, a.hyper, height // 64, width // 64), seed)
        symbols = _made_up((1, a.m, height // 16, width // 16), seed + SYMBOL_SEED)
        index = codec.scales(z, symbols, torch.tensor([level]))
        digest = hashlib.sha256(index.to(torch.uint8).numpy().tobytes()).hexdigest()
        case = {"level": level, "height": height, "width": width, "seed": seed, "sha256": digest}
        found.append(case)
    return found
