"""Encoders and decoders to compose: dense, tied and convolutional.

Not here: the codec's own transforms (nacre/transforms.py).
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from functools import partial
from itertools import pairwise

import torch
import torch.nn.functional as F
from torch import Tensor, nn

Resample = Callable[[int, int], nn.Module]
"""Makes a layer that changes the resolution by 2, from channels in and channels out."""


class Autoencoder(nn.Module):
    """decoder(encoder(x)); the code lies between.

    Shape:
        - Input and output: `(B, C, H, W)`; code `(B, d)` or `(B, d, h, w)`.
    """

    def __init__(self, encoder: nn.Module, decoder: nn.Module) -> None:
        super().__init__()
        self.encoder, self.decoder = encoder, decoder

    def forward(self, x: Tensor) -> Tensor:
        return self.decoder(self.encoder(x))


class Transposed(nn.Module):
    """The weights of a linear layer, transposed (W' = Wᵀ), and an offset of its own."""

    def __init__(self, layer: nn.Linear) -> None:
        super().__init__()
        self.layer, self.bias = layer, nn.Parameter(torch.zeros(layer.in_features))

    def forward(self, x: Tensor) -> Tensor:
        return F.linear(x, self.layer.weight.T, self.bias)


def _with_relu(layers: Sequence[nn.Module], dropout: float) -> list[nn.Module]:
    """ReLU and dropout between layers, none after the last."""
    between = [m for layer in layers for m in (layer, nn.ReLU(), nn.Dropout(dropout))]
    return between[:-2]


def dense(
    shape: tuple[int, int, int],
    *hidden: int,
    tied: bool = False,
    bound: bool = True,
    dropout: tuple[float, float] = (0.0, 0.0),
    code: nn.Module | None = None,
) -> Autoencoder:
    """A dense autoencoder, its decoder the mirror of its encoder.

    Args:
        shape: channels, height, width of an image.
        hidden: widths, the last one that of the code.
        tied: the decoder uses the encoder's weights transposed.
        bound: end in a sigmoid, so that pixels stay in 0..1.
        dropout: after the hidden layers of encoder and decoder.
        code: nonlinearity of the code, if any.
    """
    there = [nn.Linear(a, b) for a, b in pairwise((math.prod(shape), *hidden))]
    back = [
        Transposed(layer) if tied else nn.Linear(layer.out_features, layer.in_features)
        for layer in reversed(there)
    ]
    last = [nn.Sigmoid()] if bound else []
    return Autoencoder(
        nn.Sequential(nn.Flatten(), *_with_relu(there, dropout[0]), code or nn.Identity()),
        nn.Sequential(*_with_relu(back, dropout[1]), *last, nn.Unflatten(1, shape)),
    )


def conv(a: int, b: int, stride: int = 1) -> nn.Conv2d:
    """3×3, zeros around; the same size at stride 1."""
    return nn.Conv2d(a, b, 3, stride, 1)


strided = partial(conv, stride=2)
"""Halves: a convolution that computes every second place alone."""


def resize(a: int, b: int) -> nn.Module:
    """Doubles: every pixel four times, then a convolution."""
    return nn.Sequential(nn.Upsample(scale_factor=2, mode="nearest"), conv(a, b))


def sub_pixel(a: int, b: int) -> nn.Module:
    """Doubles: four channels for each, one for each of the four new pixels."""
    return nn.Sequential(conv(a, 4 * b), nn.PixelShuffle(2))


def convolutional(
    shape: tuple[int, int, int],
    down: Resample = strided,
    up: Resample = resize,
    depth: tuple[int, int] = (1, 1),
) -> Autoencoder:
    """Two halvings, 16 channels wide, to a code of 4 channels, and back.

    Args:
        depth: convolutions in each stage of encoder and decoder, the resampling one included.
    """
    colours = shape[0]

    def stage(resample: nn.Module, count: int) -> list[nn.Module]:
        more = [m for _ in range(count - 1) for m in (conv(16, 16), nn.ReLU())]
        return [resample, nn.ReLU(), *more]

    return Autoencoder(
        nn.Sequential(
            *stage(down(colours, 16), depth[0]), *stage(down(16, 16), depth[0]), conv(16, 4)
        ),
        nn.Sequential(*stage(up(4, 16), depth[1]), *stage(up(16, 16), depth[1]), conv(16, colours)),
    )
