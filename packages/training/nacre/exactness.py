"""Scale indices that PyTorch finds for made-up hyper-latents, for tests on other runtimes.

Not here: those runtimes (test/exactness.ts holds the twin of the recipe). Each exported model
carries the hashes in `exactness.json`, so that a test needs neither Python nor pictures.
"""

from __future__ import annotations

import hashlib
from typing import Any

import numpy as np
import torch

from nacre.exact import Z_MAX
from nacre.model import Codec

CASES = ((0, 64, 64, 1), (20, 128, 192, 2), (50, 256, 192, 3), (80, 192, 320, 4), (99, 320, 320, 5))
"""Level, height and width of the padded picture, and seed."""


def made_up_hyper_latents(count: int, seed: int) -> np.ndarray:
    """z symbols in −127..127, many small and some extreme.

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


@torch.no_grad()
def exactness_cases(codec: Codec) -> list[dict[str, Any]]:
    """Runs the scale network on every case; see `made_up_hyper_latents` for z.

    Returns:
        `{"level", "height", "width", "seed", "sha256"}` each; the hash is over the indices as
        bytes in the order channel, row, column.
    """
    found = []
    for level, height, width, seed in CASES:
        shape = (1, codec.architecture.hyper, height // 64, width // 64)
        z = torch.from_numpy(made_up_hyper_latents(int(np.prod(shape)), seed).reshape(shape))
        index = codec.scales(z, torch.tensor([level]))
        digest = hashlib.sha256(index.to(torch.uint8).numpy().tobytes()).hexdigest()
        case = {"level": level, "height": height, "width": width, "seed": seed, "sha256": digest}
        found.append(case)
    return found
