"""The smallest learned codec: an autoencoder of 8×8 squares that starts as PCA, and its rate term.

Not here: Nacre's transforms and entropy model, which begin where this ends.
"""

from __future__ import annotations

import math

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from nacre.gaussian import bits
from nacre.lab.blocks import Autoencoder, conv
from nacre.lab.data import Data
from nacre.pca import principal_components

LATENTS, UNIT = 24, 0.2
"""Channels of the latents, and how many pixel values one of their units is."""


class Around(nn.Module):
    """A linear map, and a correction that starts small: see `nacre/transforms.py`."""

    def __init__(self, linear: nn.Conv2d) -> None:
        super().__init__()
        a, b = linear.in_channels, linear.out_channels
        self.linear, self.branch = linear, nn.Sequential(conv(a, 64), nn.ReLU(), conv(64, b))
        self.branch[-1].weight.data.mul_(0.1)

    def forward(self, x: Tensor) -> Tensor:
        return self.linear(x) + self.branch(x)


class LatentCodec(Autoencoder):
    """Latents at 1/8 of the size; starts as PCA of 8×8 squares, in units of `UNIT`."""

    def __init__(self, data: Data) -> None:
        squares = F.pixel_unshuffle(data.train, 8).permute(0, 2, 3, 1).reshape(-1, 192)
        components, mean, values = principal_components(squares, LATENTS)
        components, mean = components.float() / UNIT, mean.float()
        analysis, synthesis = nn.Conv2d(192, LATENTS, 1), nn.Conv2d(LATENTS, 192, 1)
        analysis.weight.data = components[..., None, None]
        analysis.bias.data = -components @ mean
        synthesis.weight.data = UNIT**2 * components.T[..., None, None].contiguous()
        synthesis.bias.data = mean
        super().__init__(
            nn.Sequential(nn.PixelUnshuffle(8), Around(analysis)),
            nn.Sequential(Around(synthesis), nn.PixelShuffle(8)),
        )
        self.log_scale = nn.Parameter(0.5 * values[:LATENTS].float().log() - math.log(UNIT))


def rate_distortion(model: LatentCodec, given: Tensor, target: Tensor) -> Tensor:
    """λ · 255² · MSE + bits a pixel, noise in place of rounding (as `nacre/model.py`)."""
    y = model.encoder(given)
    y = y + torch.rand_like(y) - 0.5
    rate = bits(y, model.log_scale.exp()[:, None, None]).sum() / target[:, 0].numel()
    return 0.01 * 255**2 * (model.decoder(y) - target).square().mean() + rate
