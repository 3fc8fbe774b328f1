"""Butteraugli, differentiable and batched: a distance that models the eye's masking.

Not here: the tool that measures files (libjxl's butteraugli_main), and the loss (distortion.py).

::

    sRGB ─ linear ─ opsin dynamics ─┬─ LF  (blur 7.2) ─ squares ───────── × DC mask ─┐
                                    ├─ MF  (blur 3.2) ─ Malta + squares ─┐           │
                                    ├─ HF  (blur 1.6) ─ Malta + squares ─┼ × AC mask ┼─ √ ─ map
                                    └─ UHF (the rest) ─ Malta ───────────┘           │
                          change of the activity in HF and UHF ────── × AC mask ─────┘

The masks follow from the eroded activity of the original. Malta is a sum of squared sums along
short lines, so errors that line up count for more.

The same at half size is added, and the distance is the mean of the map's 3-, 6- and 12-norms.

Reference:
    Alakuijala et al., "Guetzli: Perceptually guided JPEG encoder", arXiv:1703.04421; the constants
    are those of libjxl's lib/jxl/butteraugli (seen at 80 nits, no asymmetry).
"""

from __future__ import annotations

import functools
import math

import torch
import torch.nn.functional as F
from torch import Tensor

from nacre.ssimulacra2 import halve, to_linear

NITS = 80.0
SIGMA_OPSIN, SIGMA_MASK = 1.2, 2.7
SIGMA_LF, SIGMA_HF, SIGMA_UHF = 7.15593339443, 3.22489901262, 1.56416327805

ABSORBANCE = (
    (0.29956550340058319, 0.63373087833825936, 0.077705617820981968, 1.7557483643287353),
    (0.22158691104574774, 0.69391388044116142, 0.0987313588422, 1.7557483643287353),
    (0.02, 0.02, 0.20480129041026129, 12.226454707163354),
)
"""Rows of long, medium and short cones: their shares of R, G and B, and an offset."""

SQUARES_HF = (400.0, 1.50815703118)
SQUARES_MF = (2150.0, 10.6195433239, 16.2176043152)
SQUARES_LF = (29.2353797994, 0.844626970982, 0.703646627719)
"""Weights of squared differences, by plane."""

GOOD = 17.83 * 0.79079917404
"""Distances are in units of this."""

FULL = (
    (1, ((0, 1), (0, 2), (0, 3), (0, 4))),
    (1, ((1, 0), (2, 0), (3, 0), (4, 0))),
    (1, ((1, 1), (2, 2), (3, 3))),
    (1, ((1, -1), (2, -2), (3, -3))),
    (2, ((1, 0), (2, -1), (3, -1), (4, -1))),
    (2, ((1, 0), (2, 1), (3, 1), (4, 1))),
    (2, ((0, 1), (1, 2), (1, 3), (1, 4))),
    (2, ((0, 1), (-1, 2), (-1, 3), (-1, 4))),
    (1, ((1, 1), (2, 1), (3, 2))),
    (1, ((1, -1), (2, -1), (3, -2))),
    (1, ((1, 1), (1, 2), (2, 3))),
    (1, ((1, -1), (1, -2), (2, -3))),
)
SPARSE = (
    (1, ((0, 2), (0, 4))),
    (1, ((2, 0), (4, 0))),
    (1, ((2, 2), (3, 3))),
    (1, ((2, -2), (3, -3))),
    (1, ((2, -1), (4, -1))),
    (1, ((2, 1), (4, 1))),
    (1, ((1, 2), (1, 4))),
    (1, ((-1, 2), (-1, 4))),
    (1, ((2, 1), (3, 2))),
    (1, ((2, -1), (3, -2))),
    (1, ((1, 2), (2, 3))),
    (1, ((1, -2), (2, -3))),
    (1, ((1, -2), (2, -4))),
    (1, ((1, 2), (2, 4))),
    (1, ((2, 1), (4, 2))),
    (1, ((2, -1), (4, -2))),
)
"""Malta's lines: how often each counts, and one half of its (row, column) steps from the centre;
the other half is its mirror image."""

MALTA_UHF = ((173.5, 5.0), (1.10039032555, 71.7800275169))
MALTA_HF = ((6923.99476109, 8051.15833247), (18.7237414387, 4498534.45232))
MALTA_MF = ((8246.75321353, 1009002.70582), (37.0819870399, 130262059.556))
"""Weight and norm of each band's X and Y plane."""


@functools.lru_cache(maxsize=64)
def _blur_matrix(side: int, sigma: float, device: torch.device) -> Tensor:
    """A truncated Gaussian whose rows are renormalised at the borders, `(side, side)`."""
    radius = max(1, int(2.25 * sigma))
    at = torch.arange(side, dtype=torch.float64)
    distance = at[:, None] - at
    matrix = torch.exp(-0.5 * (distance / sigma) ** 2) * (distance.abs() <= radius)
    return (matrix / matrix.sum(1, keepdim=True)).float().to(device)


def _blur(x: Tensor, sigma: float) -> Tensor:
    down, across = (_blur_matrix(side, sigma, x.device) for side in x.shape[-2:])
    return down @ (x @ across.T)


def _absorb(rgb: Tensor) -> Tensor:
    """Cone responses to light in nits, `(B, 3, H, W)`."""
    r, g, b = rgb.unbind(1)
    return torch.stack([m[0] * r + m[1] * g + m[2] * b + m[3] for m in ABSORBANCE], 1)


def _gamma(x: Tensor) -> Tensor:
    return 19.245013259874995 * torch.log(x.clamp(min=0) + 9.9710635769299145) - 23.16046239805755


def _opsin(linear: Tensor) -> tuple[Tensor, Tensor, Tensor]:
    """Linear RGB in 0..1 to X (red against green), Y and B: cones adapted to their surroundings."""
    light = NITS * linear
    adapted = _absorb(_blur(light, SIGMA_OPSIN))
    sensitivity = (_gamma(adapted) / adapted).clamp(min=1e-4)
    long, medium, short = (_absorb(light) * sensitivity).unbind(1)
    floor, floor_short = ABSORBANCE[0][3], ABSORBANCE[2][3]
    long, medium, short = (
        long.clamp(min=floor),
        medium.clamp(min=floor),
        short.clamp(min=floor_short),
    )
    return long - medium, long + medium, short


def _remove_around_zero(x: Tensor, width: float) -> Tensor:
    return x - x.clamp(-width, width)


def _amplify_around_zero(x: Tensor, width: float) -> Tensor:
    return x + x.clamp(-width, width)


def _soft_limit(x: Tensor, limit: float) -> Tensor:
    """Beyond the limit the slope is 0.72."""
    inside = x.clamp(-limit, limit)
    return inside + 0.724216145665 * (x - inside)


def _bands(linear: Tensor) -> dict[str, Tensor]:
    """Frequency bands, `(B, planes, H, W)`: X, Y and B of `lf` and `mf`, X and Y of `hf`, `uhf`."""
    xyb = torch.stack(_opsin(linear), 1)
    lf = _blur(xyb, SIGMA_LF)
    rest = xyb - lf
    mf = _blur(rest, SIGMA_HF)
    hf_x, hf_y = (rest - mf)[:, :2].unbind(1)
    mf_x, mf_y, mf_b = mf.unbind(1)
    mf = torch.stack([_remove_around_zero(mf_x, 0.29), _amplify_around_zero(mf_y, 0.1), mf_b], 1)
    hf_x = hf_x * (0.653020556257 + (1 - 0.653020556257) * 46 / (hf_y * hf_y + 46))
    coarse_x, coarse_y = _blur(torch.stack([hf_x, hf_y], 1), SIGMA_UHF).unbind(1)
    uhf_x = _remove_around_zero(hf_x - coarse_x, 0.04)
    coarse_x = _remove_around_zero(coarse_x, 1.5)
    coarse_y = _soft_limit(coarse_y, 28.4691806922)
    uhf_y = 2.69313763794 * _soft_limit(hf_y - coarse_y, 5.19175294647)
    coarse_y = _amplify_around_zero(2.155 * coarse_y, 0.132)
    lf_x, lf_y, lf_b = lf.unbind(1)
    lf_b = lf_b - 0.362267051518 * lf_y
    lf = torch.stack(
        [33.832837186260 * lf_x, 14.458268100570 * lf_y, 49.87984651440 * lf_b],
        1,
    )
    return {
        "lf": lf,
        "mf": mf,
        "hf": torch.stack([coarse_x, coarse_y], 1),
        "uhf": torch.stack([uhf_x, uhf_y], 1),
    }


def _half_open(a: Tensor, b: Tensor, low: float, high: float) -> Tensor:
    """By how much b, seen in the direction of a, falls short of low·|a| or exceeds high·|a|."""
    size = a.abs()
    along = torch.where(a < 0, -b, b)
    return (low * size - along).clamp(min=0) - (along - high * size).clamp(min=0)


def _line_sum(x: Tensor, half: tuple[tuple[int, int], ...]) -> Tensor:
    """The sum along one line through every pixel but the outermost 4, which have no whole line."""
    h, w = x.shape[-2] - 8, x.shape[-1] - 8

    def at(row: int, column: int) -> Tensor:
        return x[..., 4 + row : 4 + row + h, 4 + column : 4 + column + w]

    return sum((at(r, c) + at(-r, -c) for r, c in half), at(0, 0))


def _energy(padded: Tensor, lines: tuple) -> Tensor:
    return sum(times * _line_sum(padded, half) ** 2 for times, half in lines)


def _energy_gradient(padded: Tensor, grad: Tensor, lines: tuple) -> Tensor:
    return sum(_line_sum(2 * times * grad * _line_sum(padded, half), half) for times, half in lines)


class _LineEnergy(torch.autograd.Function):
    """Sum over Malta's lines of the squared sum along each, with zeros outside.

    Lines are symmetric, so the gradient is made of sums along the same lines. Autograd would go
    through a hundred slices instead.
    """

    @staticmethod
    def forward(ctx, x: Tensor, lines: tuple) -> Tensor:
        ctx.save_for_backward(x)
        ctx.lines = lines
        return KERNELS["energy"](F.pad(x, (4, 4, 4, 4)), lines)

    @staticmethod
    def backward(ctx, grad: Tensor) -> tuple[Tensor, None]:
        (x,) = ctx.saved_tensors
        padded, around = F.pad(x, (8, 8, 8, 8)), F.pad(grad, (4, 4, 4, 4))
        return KERNELS["gradient"](padded, around, ctx.lines), None


KERNELS = {"energy": _energy, "gradient": _energy_gradient}
"""What `compile_kernels` replaces."""


def _malta(a: Tensor, b: Tensor, constants: tuple, full: bool) -> Tensor:
    """Differences that line up count for more than those that do not; `(B, H, W)`."""
    scale = (0.39905817637 if full else 0.611612573796) / (3.75 * 2 + 1)
    weight, norm = (a.new_tensor(v).view(1, -1, 1, 1) for v in zip(*constants, strict=True))
    shared = norm / (norm + 0.5 * (a.abs() + b.abs()))
    outside = torch.where(a < 0, -1.0, 1.0) * _half_open(a, b, 0.55, 1.05)
    strength = scale * weight.sqrt() * shared
    difference = strength * (math.sqrt(0.5) * (a - b) + math.sqrt(0.33) * outside)
    return _LineEnergy.apply(difference, FULL if full else SPARSE).sum(1)


def _squares(a: Tensor, b: Tensor, weights: tuple[float, ...]) -> Tensor:
    weight = a.new_tensor(weights).view(1, -1, 1, 1)
    return (weight * (a - b) ** 2).sum(1)


def _activity(bands: dict[str, Tensor]) -> Tensor:
    """How much goes on at a pixel that can hide an error, smoothed, `(B, H, W)`."""
    x = 2.5 * (bands["uhf"][:, 0] + bands["hf"][:, 0])
    y = 0.4 * (bands["uhf"][:, 1] + bands["hf"][:, 1])
    size = (x * x + y * y + 1e-12).sqrt()
    mul, bias = 6.19424080439, 6.19424080439 * 12.61050594197
    return _blur((mul * size + bias).sqrt() - math.sqrt(bias), SIGMA_MASK)


def _erode(x: Tensor) -> Tensor:
    """Weighted mean of the three smallest of nine values 3 pixels apart."""
    h, w = x.shape[-2:]
    padded = F.pad(x, (3, 3, 3, 3), value=math.inf)
    first, second, third = x, 2 * x, 2 * x
    for row in (0, 3, 6):
        for column in (0, 3, 6):
            if (row, column) == (3, 3):
                continue
            value = padded[..., row : row + h, column : column + w]
            third = torch.minimum(third, torch.maximum(second, value))
            second = torch.minimum(second, torch.maximum(first, value))
            first = torch.minimum(first, value)
    return 0.45 * first + 0.3 * second + 0.25 * third


def _mask(activity: Tensor, mul: float, scale: float, offset: float) -> Tensor:
    return ((1 + mul / (scale * activity + offset)) / GOOD) ** 2


def _difference_map(a: Tensor, b: Tensor) -> Tensor:
    """The distance at every pixel of two linear images, `(B, H, W)`."""
    with torch.no_grad():
        bands_a = _bands(a)
        activity_a = _activity(bands_a)
        eroded = _erode(activity_a)
        mask_ac = _mask(eroded, 2.5485944793, 0.451936922203, 0.829591754942)
        mask_dc = _mask(eroded, 0.505054525019, 3.87449418804, 0.20025578522)
    bands_b = _bands(b)
    lf_a, mf_a, hf_a, uhf_a = (bands_a[name] for name in ("lf", "mf", "hf", "uhf"))
    lf_b, mf_b, hf_b, uhf_b = (bands_b[name] for name in ("lf", "mf", "hf", "uhf"))
    ac = (
        _malta(uhf_a, uhf_b, MALTA_UHF, True)
        + _malta(
            torch.cat([hf_a, mf_a[:, :2]], 1),
            torch.cat([hf_b, mf_b[:, :2]], 1),
            MALTA_HF + MALTA_MF,
            False,
        )
        + _squares(mf_a, mf_b, SQUARES_MF)
        + 10 * (activity_a - _activity(bands_b)) ** 2
    )
    hf_weight = 0.8 * a.new_tensor(SQUARES_HF).view(1, -1, 1, 1)
    outside = _half_open(hf_a, hf_b, 0.4, 1.0)
    ac = ac + (hf_weight * ((hf_a - hf_b) ** 2 + outside**2)).sum(1)
    return (mask_ac * ac + mask_dc * _squares(lf_a, lf_b, SQUARES_LF) + 1e-9).sqrt()


def distance_map(original: Tensor, distorted: Tensor) -> Tensor:
    """Where two images differ to the eye; about 1 where a difference just shows.

    Shape:
        - original, distorted: `(B, 3, H, W)` sRGB, nominally in 0..1.
        - Output: `(B, H, W)`.
    """
    a, b = to_linear(original.detach()), to_linear(distorted)
    h, w = a.shape[-2:]
    whole = _difference_map(a, b)
    coarse = _difference_map(halve(a), halve(b))
    coarse = coarse.repeat_interleave(2, -2).repeat_interleave(2, -1)[..., :h, :w]
    return 0.85 * whole + 0.5 * coarse


def butteraugli(original: Tensor, distorted: Tensor) -> Tensor:
    """Butteraugli's "3-norm": the mean of the 3-, 6- and 12-norms of the distance map.

    Differentiable in `distorted` alone.

    Shape:
        - original, distorted: `(B, 3, H, W)` sRGB, nominally in 0..1.
        - Output: `(B,)`; about 0 for equal images, 1 where a difference just shows.
    """
    distances = distance_map(original, distorted)
    cube = distances**3
    norms = [(cube**power).mean((-2, -1)) ** (1 / (3 * power)) for power in (1, 2, 4)]
    return sum(norms) / 3


def compile_kernels() -> None:
    """Compiles what the compiler fuses well; about twice as fast, after a minute of compiling.

    The sums along lines stay functions of their own: inlined, their padding would be computed again
    at each of a hundred reads.
    """
    global _difference_map
    KERNELS["energy"] = torch.compile(_energy, dynamic=False)
    KERNELS["gradient"] = torch.compile(_energy_gradient, dynamic=False)
    _LineEnergy.apply = torch.compiler.disable(_LineEnergy.apply)
    _difference_map = torch.compile(_difference_map, dynamic=False)
