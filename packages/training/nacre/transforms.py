"""Analysis and synthesis transforms (g_a, g_s): images to latents at 1/16 and back.

Not here: rates, entropy model and quantisation (model.py), and the PCA start (pca.py).
"""

from __future__ import annotations

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from nacre.rates import PerLevel

SLOPE = 0.1
"""Negative slope of every LeakyReLU."""


def space_to_depth(x: Tensor, block: int) -> Tensor:
    """Moves each `block`×`block` square into channels, in ONNX SpaceToDepth order.

    Channel `(dy * block + dx) * C + c` of the output is pixel (dy, dx) of channel c. In
    channels_last memory this moves whole runs of C values, which PyTorch's pixel_unshuffle
    (channel-major) does not.

    Shape:
        - Input: `(B, C, H, W)`. Output: `(B, block²·C, H/block, W/block)`.
    """
    b, c, h, w = x.shape
    x = x.permute(0, 2, 3, 1).reshape(b, h // block, block, w // block, block, c)
    x = x.permute(0, 1, 3, 2, 4, 5).reshape(b, h // block, w // block, block * block * c)
    return x.permute(0, 3, 1, 2)


def depth_to_space(x: Tensor, block: int) -> Tensor:
    """Inverse of `space_to_depth` (ONNX DepthToSpace, mode DCR)."""
    b, c, h, w = x.shape
    c //= block * block
    x = x.permute(0, 2, 3, 1).reshape(b, h, w, block, block, c)
    x = x.permute(0, 1, 3, 2, 4, 5).reshape(b, h * block, w * block, c)
    return x.permute(0, 3, 1, 2)


def in_float32(conv: nn.Conv2d, x: Tensor) -> Tensor:
    """`conv(x)` in float32 even under autocast, for what is rounded or compared with pixels.

    bf16 keeps 8 bits: coarser than the quantiser for large latents at high rates.
    """
    with torch.autocast(x.device.type, enabled=False):
        return conv(x.float())


class Modulation(nn.Module):
    """Scale and offset per channel and rate level: `scale(level)·x + offset(level)`.

    What a network should keep of its input depends on how coarsely the latents are rounded, so the
    thresholds of its nonlinearities move with the rate. Starts as the identity.

    Shape:
        - Input and output: `(B, C, H, W)`; level `(B,)`.

    Reference:
        Perez et al., "FiLM: Visual reasoning with a general conditioning layer", AAAI 2018.
    """

    def __init__(self, channels: int) -> None:
        super().__init__()
        self.scale, self.offset = PerLevel(channels, 1.0), PerLevel(channels)

    def forward(self, x: Tensor, level: Tensor) -> Tensor:
        return x * self.scale(level) + self.offset(level)


class ResidualBlock(nn.Module):
    """Spatial branch, then channel branch, both residual.

    ::

        x ──┬─ 1×1 ─ modulation ─ LeakyReLU ─ depthwise 3×3 ─ 1×1 ─ + ──
            └────────────────────────────────────────────────────────┘
        x ──┬─ 1×1 (2N) ─ modulation ─ LeakyReLU ─ 1×1 ─ + ──
            └──────────────────────────────────────────────┘

    The last convolution of each branch starts at a tenth of its usual size, so that a fresh
    network is close to its linear path (see pca.py).

    Shape:
        - Input and output: `(B, N, H, W)`; level `(B,)`.
    """

    def __init__(self, channels: int) -> None:
        super().__init__()
        self.conv1 = nn.Conv2d(channels, channels, 1)
        self.modulation1 = Modulation(channels)
        self.depthwise = nn.Conv2d(channels, channels, 3, padding=1, groups=channels)
        self.conv2 = nn.Conv2d(channels, channels, 1)
        self.expand = nn.Conv2d(channels, 2 * channels, 1)
        self.modulation2 = Modulation(2 * channels)
        self.project = nn.Conv2d(2 * channels, channels, 1)
        for last in (self.conv2, self.project):
            last.weight.data.mul_(0.1)
            last.bias.data.zero_()

    def forward(self, x: Tensor, level: Tensor) -> Tensor:
        inner = F.leaky_relu(self.modulation1(self.conv1(x), level), SLOPE)
        x = x + self.conv2(self.depthwise(inner))
        inner = F.leaky_relu(self.modulation2(self.expand(x), level), SLOPE)
        return x + self.project(inner)


class Analysis(nn.Module):
    """Analysis transform g_a.

    ::

        x − ½ ─ SpaceToDepth 8 ─ 1×1 (N) ─ blocks ─ SpaceToDepth 2 ─ 1×1 ─ y (M)

    Args:
        n: channels N at 1/8 resolution.
        m: latent channels M.
        blocks: number of residual blocks.

    Shape:
        - Input: `(B, 3, H, W)` in 0..1, H and W multiples of 16; level `(B,)`.
        - Output: `(B, M, H/16, W/16)`.
    """

    def __init__(self, n: int, m: int, blocks: int) -> None:
        super().__init__()
        self.stem = nn.Conv2d(192, n, 1)
        self.blocks = nn.ModuleList(ResidualBlock(n) for _ in range(blocks))
        self.head = nn.Conv2d(4 * n, m, 1)

    def forward(self, x: Tensor, level: Tensor) -> Tensor:
        x = self.stem(space_to_depth(x - 0.5, 8))
        for block in self.blocks:
            x = block(x, level)
        return in_float32(self.head, space_to_depth(x, 2))


class Synthesis(nn.Module):
    """Synthesis transform g_s, the mirror image of `Analysis`.

    Shape:
        - Input: `(B, M, H/16, W/16)`; level `(B,)`.
        - Output: `(B, 3, H, W)`, nominally in 0..1, not clipped.
    """

    def __init__(self, n: int, m: int, blocks: int) -> None:
        super().__init__()
        self.head = nn.Conv2d(m, 4 * n, 1)
        self.blocks = nn.ModuleList(ResidualBlock(n) for _ in range(blocks))
        self.stem = nn.Conv2d(n, 192, 1)

    def forward(self, y: Tensor, level: Tensor) -> Tensor:
        x = depth_to_space(self.head(y), 2)
        for block in self.blocks:
            x = block(x, level)
        return depth_to_space(in_float32(self.stem, x), 8) + 0.5
