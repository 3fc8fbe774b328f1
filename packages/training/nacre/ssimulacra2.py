"""SSIMULACRA 2, differentiable and batched: what the eye loses between two images.

Not here: the TypeScript implementation that measures files (packages/codec/src/ssimulacra2.ts) and
the loss made from it (distortion.py).
"""

from __future__ import annotations

import functools
import math

import torch
import torch.nn.functional as F
from torch import Tensor

SIGMA = 1.5
RADIUS = 5
"""Half-width of the window: `round(3.2795 * SIGMA + 0.2546)` taps on each side."""

C2 = 0.0009
MIN_SIDE = 8
"""Images smaller than this have no score, and scales that would be are left out."""

WEIGHTS = {
    ("X", 1): ((0.0, 0.0004371155730107379, 0.0), (1.1041726426657346, 0.00066284834129271, 0.0)),
    ("X", 2): ((0.0, 0.0016406437456599754, 0.0), (1.8422455520539298, 11.441172603757666, 0.0)),
    ("X", 3): ((0.0, 0.0, 0.0), (1.8787594979546387, 10.94906990605142, 0.0)),
    ("X", 4): ((0.0, 0.9677937080626833, 0.0), (0.0, 0.9981766977854967, 0.0)),
    ("Y", 0): ((0.0, 0.0, 0.0), (7.466890328078848, 0.0, 17.445833984131262)),
    ("Y", 1): ((0.0, 0.0, 0.0), (6.683678146179332, 0.0, 1.027889937768264)),
    ("Y", 2): ((225.20515300849274, 0.0, 0.0), (19.213238186143016, 0.0, 0.0)),
    ("Y", 3): ((176.39317598450694, 0.0, 0.0), (24.43300999870476, 0.28520802612117757, 0.0)),
    ("Y", 4): ((0.0, 0.0, 0.0), (34.77906344483772, 44.835625328877896, 0.0)),
    ("B", 3): ((0.0, 0.0, 0.0), (8.826982764996862, 23.19243343998926, 0.0)),
    ("B", 4): (
        (95.1080498811086, 0.9863978034400682, 0.9834382792465353),
        (0.0, 171.2667255897307, 0.9807858872435379),
    ),
}
"""Weights of a plane at a scale: the 1-norms, then the 4-norms, of the SSIM, ringing and blurring
maps. The metric has 108 weights; those below 0.002 that are left out here move a score by less than
0.02, and leaving them out spares the full-size X and B planes and the whole last scale."""

PLANES = "XYB"


@functools.lru_cache(maxsize=32)
def blur_matrix(side: int, device: torch.device) -> Tensor:
    """The window as a matrix: a blur is `matrix @ image @ matrix.T`, with zeros outside.

    The reference blurs by a recursive filter: a sum of three truncated cosines whose response ends
    after `RADIUS` pixels. Products with a banded matrix are what CPUs and GPUs do fastest.

    Shape:
        - Output: `(side, side)` float32.

    Reference:
        Charalampidis, "Recursive implementation of the Gaussian filter using truncated cosine
        functions", IEEE Trans. Signal Process. 64(14), 2016.
    """
    n = RADIUS
    omega = torch.tensor([1.0, 3.0, 5.0], dtype=torch.float64) * math.pi / (2 * n)
    sign = torch.tensor([1.0, -1.0, 1.0], dtype=torch.float64)
    p = sign / torch.tan(omega / 2)
    r = sign * p**2 / torch.sin(omega)
    rho = torch.exp(-0.5 * SIGMA**2 * omega**2) / n
    d = torch.stack([p[i] * r[(i + 1) % 3] - r[i] * p[(i + 1) % 3] for i in range(3)])
    zeta = torch.stack([d[1] / d[0], d[2] / d[0], torch.ones_like(d[0])])
    right = torch.stack([torch.ones_like(d[0]), n**2 - SIGMA**2 + 0 * d[0], (zeta * rho).sum()])
    beta = torch.linalg.solve(torch.stack([p, r, zeta]), right)
    taps = torch.arange(-n, n + 1, dtype=torch.float64)
    kernel = (beta * torch.cos(omega * taps[:, None])).sum(1)
    matrix = torch.zeros(side, side, dtype=torch.float64)
    for tap, weight in zip(range(-n, n + 1), kernel, strict=True):
        matrix += torch.diag(weight.expand(max(0, side - abs(tap))), tap)[:side, :side]
    return matrix.float().to(device)


def blur(x: Tensor) -> Tensor:
    """Blurs the last two dimensions."""
    down, across = (blur_matrix(side, x.device) for side in x.shape[-2:])
    return down @ (x @ across.T)


def to_linear(srgb: Tensor) -> Tensor:
    """sRGB in 0..1, clamped to it, to linear light."""
    srgb = srgb.clamp(0, 1)
    return torch.where(srgb <= 0.04045, srgb / 12.92, ((srgb + 0.055) / 1.055) ** 2.4)


def halve(x: Tensor) -> Tensor:
    """Means of 2×2 pixels; an odd side repeats its last row or column."""
    x = F.pad(x, (0, x.shape[-1] % 2, 0, x.shape[-2] % 2), mode="replicate")
    b, c, h, w = x.shape
    return x.reshape(b, c, h // 2, 2, w // 2, 2).mean((3, 5))


BIAS = 0.0037930732552754493
MIX = (
    (0.30, 0.622, 0.078),
    (0.23, 0.692, 0.078),
    (0.24342268924547819, 0.20476744424496821, 0.5518098665095535),
)


def to_xyb(linear: Tensor) -> tuple[Tensor, Tensor, Tensor]:
    """Linear RGB `(B, 3, H, W)` to the metric's X, Y and B planes `(B, H, W)`, about 0..1."""
    r, g, b = linear.unbind(1)
    root = BIAS ** (1 / 3)
    long, medium, short = (
        (m[0] * r + m[1] * g + m[2] * b + BIAS).clamp(min=1e-6) ** (1 / 3) - root for m in MIX
    )
    x, y = (long - medium) / 2, (long + medium) / 2
    return 14 * x + 0.42, y + 0.01, short - y + 0.55


def _norms(map_: Tensor) -> tuple[Tensor, Tensor]:
    """1-norm and 4-norm of each map; 1e-19 keeps the slope of the root finite at 0."""
    return map_.mean((-2, -1)), ((map_**2) ** 2).mean((-2, -1)).add(1e-19) ** 0.25


def _plane_error(a: Tensor, b: Tensor, weights: tuple[tuple[float, ...], ...]) -> Tensor:
    with torch.no_grad():
        mu_a = blur(a)
        variance_a = blur(a * a) - mu_a**2
        edge_a = 1 + (a - mu_a).abs()
    mu_b = blur(b)
    error = a.new_zeros(len(a))
    if any(row[0] for row in weights):
        variance_b, covariance = blur(b * b) - mu_b**2, blur(a * b) - mu_a * mu_b
        structure = (2 * covariance + C2) / (variance_a + variance_b + C2)
        ssim = (1 - (1 - (mu_a - mu_b) ** 2) * structure).clamp(min=0)
        for row, norm in zip(weights, _norms(ssim), strict=True):
            error = error + row[0] * norm
    edge = (1 + (b - mu_b).abs()) / edge_a - 1
    for kind, map_ in ((1, edge.clamp(min=0)), (2, (-edge).clamp(min=0))):
        if any(row[kind] for row in weights):
            for row, norm in zip(weights, _norms(map_), strict=True):
                error = error + row[kind] * norm
    return error


def error(original: Tensor, distorted: Tensor) -> Tensor:
    """The weighted sum of all error maps, before the polynomial that makes it a score.

    Differentiable in `distorted` alone. Grows about linearly with the error.

    Shape:
        - original, distorted: `(B, 3, H, W)` sRGB, nominally in 0..1.
        - Output: `(B,)`, 0 for equal images.
    """
    a, b = to_linear(original.detach()), to_linear(distorted)
    total = a.new_zeros(len(a))
    for scale in range(5):
        if min(a.shape[-2:]) < MIN_SIDE:
            break
        if scale:
            a, b = halve(a), halve(b)
        planes_a, planes_b = to_xyb(a), to_xyb(b)
        for plane, x, y in zip(PLANES, planes_a, planes_b, strict=True):
            if (plane, scale) in WEIGHTS:
                total = total + _plane_error(x, y, WEIGHTS[plane, scale])
    return total


def score(error: Tensor) -> Tensor:
    """The score of an error: 100 identical, 90 visually lossless, 70 high, 50 medium, 10 poor.

    Reference:
        Sneyers, "SSIMULACRA 2", version 2.1, libjxl's tools/ssimulacra2.cc.
    """
    t = 0.9562382616834844 * error
    polynomial = 2.326765642916932 * t - 0.020884521182843837 * t**2 + 6.248496625763138e-5 * t**3
    return 100 - 10 * polynomial.clamp(min=0) ** 0.6276336467831387
