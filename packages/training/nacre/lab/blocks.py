"""Encoders and decoders to compose: dense, tied and convolutional.

Not here: the codec's own transforms (nacre/transforms.py).
"""

from __future__ import annotations

import math
from itertools import pairwise

import torch
import torch.nn.functional as F
from torch import Tensor, nn


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


def layers(sizes: tuple[int, ...], dropout: float = 0.0) -> nn.Sequential:
    """Linear layers with ReLU (and dropout) between them, none after the last."""
    made: list[nn.Module] = []
    for i, (a, b) in enumerate(pairwise(sizes)):
        made += [nn.ReLU(), nn.Dropout(dropout)] if i else []
        made.append(nn.Linear(a, b))
    return nn.Sequential(*made)


def dense(
    shape: tuple[int, int, int],
    *hidden: int,
    bound: bool = True,
    dropout: tuple[float, float] = (0.0, 0.0),
    code: nn.Module | None = None,
) -> Autoencoder:
    """A dense autoencoder, its decoder the mirror of its encoder.

    Args:
        shape: channels, height, width of a picture.
        hidden: widths, the last one that of the code.
        bound: end in a sigmoid, so that pixels stay in 0..1.
        dropout: after the hidden layers of encoder and decoder.
        code: nonlinearity of the code, if any.
    """
    sizes = (math.prod(shape), *hidden)
    last = [nn.Sigmoid()] if bound else []
    return Autoencoder(
        nn.Sequential(nn.Flatten(), layers(sizes, dropout[0]), code or nn.Identity()),
        nn.Sequential(layers(sizes[::-1], dropout[1]), *last, nn.Unflatten(1, shape)),
    )


class Tied(nn.Module):
    """A dense autoencoder whose decoder uses the encoder's weights transposed (W' = Wᵀ).

    Args:
        bound: end in a sigmoid.
    """

    def __init__(self, shape: tuple[int, int, int], *hidden: int, bound: bool = True) -> None:
        super().__init__()
        sizes = (math.prod(shape), *hidden)
        self.shape, self.bound = shape, bound
        self.maps = nn.ModuleList(nn.Linear(a, b) for a, b in pairwise(sizes))
        self.offsets = nn.ParameterList(nn.Parameter(torch.zeros(a)) for a in sizes[:-1])

    def encoder(self, x: Tensor) -> Tensor:
        x = x.flatten(1)
        for i, layer in enumerate(self.maps):
            x = layer(x.relu() if i else x)
        return x

    def decoder(self, code: Tensor) -> Tensor:
        x = code
        for i, layer in reversed(list(enumerate(self.maps))):
            x = F.linear(x, layer.weight.T, self.offsets[i])
            x = x.relu() if i else x
        return (x.sigmoid() if self.bound else x).unflatten(1, self.shape)

    def forward(self, x: Tensor) -> Tensor:
        return self.decoder(self.encoder(x))


def conv(a: int, b: int, stride: int = 1) -> nn.Conv2d:
    return nn.Conv2d(a, b, 3, stride, 1)


def down(kind: str, a: int, b: int) -> nn.Module:
    """Halves the resolution: "strided" convolution, or convolution and "max" or "mean" pooling."""
    pool = {"max": nn.MaxPool2d, "mean": nn.AvgPool2d}
    return conv(a, b, 2) if kind == "strided" else nn.Sequential(conv(a, b), pool[kind](2))


def up(kind: str, a: int, b: int) -> nn.Module:
    """Doubles the resolution by "transposed" convolution, "resize" + convolution or "sub-pixel".

    The transposed convolution is 3×3 with stride 2, whose windows overlap unevenly.
    """
    if kind == "transposed":
        return nn.ConvTranspose2d(a, b, 3, 2, 1, output_padding=1)
    if kind == "sub-pixel":
        return nn.Sequential(conv(a, 4 * b), nn.PixelShuffle(2))
    return nn.Sequential(nn.Upsample(scale_factor=2, mode="nearest"), conv(a, b))


def convolutional(
    channels: int,
    width: int,
    code: int,
    downs: str = "strided",
    ups: str = "resize",
    depth: tuple[int, int] = (1, 1),
) -> Autoencoder:
    """Two halvings to a code of `code` channels, and back.

    Args:
        channels: of the pictures.
        width: channels inside.
        depth: convolutions in each stage of encoder and decoder, the resampling one included.
    """

    def stage(resample: nn.Module, count: int) -> list[nn.Module]:
        more = [m for _ in range(count - 1) for m in (conv(width, width), nn.ReLU())]
        return [resample, nn.ReLU(), *more]

    return Autoencoder(
        nn.Sequential(
            *stage(down(downs, channels, width), depth[0]),
            *stage(down(downs, width, width), depth[0]),
            conv(width, code),
        ),
        nn.Sequential(
            *stage(up(ups, code, width), depth[1]),
            *stage(up(ups, width, width), depth[1]),
            conv(width, channels),
        ),
    )
