"""The order in which latents are decoded: four steps, each of which sees the ones before.

Not here: what the networks make of the latents already known (model.py, exact.py).

::

    row, column even/even   even/odd   odd/odd   odd/even
    channel 0, 4, 8 …   0          2         1          3
    channel 1, 5, 9 …   1          3         0          2
    channel 2, 6, 10 …  2          0         3          1
    channel 3, 7, 11 …  3          1         2          0

Every step takes one of four places in each channel, and at each place one of four channels: so from
the second step on, a latent has neighbours both in its own channel and at its own place.

Reference:
    Li, Li and Lu, "Neural video compression with diverse contexts", CVPR 2023 (there with four
    parts of the channels in place of every fourth one).
"""

from __future__ import annotations

import functools

import torch
from torch import Tensor

STEPS = 4


def step_of(channels: int, like: Tensor) -> Tensor:
    """The step of every latent: `(2·((row + column) mod 2) + row mod 2) xor (channel mod 4)`.

    Args:
        channels: latent channels M.
        like: anything of the latents' height and width, on their device.

    Shape:
        - Output: `(1, M, H, W)` int64, channels_last.
    """
    row = torch.arange(like.shape[2], device=like.device)[:, None, None]
    column = torch.arange(like.shape[3], device=like.device)[None, :, None]
    channel = torch.arange(channels, device=like.device)
    step = (2 * ((row + column) % 2) + row % 2) ^ (channel % STEPS)
    return step.permute(2, 0, 1)[None]


@functools.lru_cache(maxsize=16)
def _masks(channels: int, height: int, width: int, device: torch.device) -> tuple[Tensor, ...]:
    step = step_of(channels, torch.empty(1, 1, height, width, device=device))
    return tuple((step == k).float() for k in range(STEPS))


def step_masks(channels: int, like: Tensor) -> tuple[Tensor, ...]:
    """For each step, 1 at its latents and 0 elsewhere, `(1, M, H, W)` float32."""
    return _masks(channels, *like.shape[2:], like.device)
