"""How experiments measure: subspaces, picture quality, spectra, neighbours.

Not here: losses that are trained on (losses.py).
"""

from __future__ import annotations

import torch
import torch.nn.functional as F
from sklearn.neighbors import NearestNeighbors
from torch import Tensor, nn


@torch.no_grad()
def error(model: nn.Module, pictures: Tensor, given: Tensor | None = None) -> float:
    """Mean squared error of the reconstructions, a value."""
    output = model(pictures if given is None else given)
    return (output - pictures).square().mean().item()


def principal_angles(a: Tensor, b: Tensor) -> Tensor:
    """Angles in degrees between the row spaces of two matrices, in rising order.

    The sines are taken from what of one basis lies outside the other: the cosines of small angles
    differ from 1 by less than float can tell.

    Shape:
        - a `(d, D)`, b `(d, D)`, d ≤ D. Output: `(d,)`.

    Reference:
        Björck and Golub, "Numerical methods for computing angles between linear subspaces", 1973.
    """
    p, q = (torch.linalg.qr(m.double().T).Q for m in (a, b))
    sines = torch.linalg.svdvals(q - p @ (p.T @ q)).clamp(max=1)
    return sines.flip(0).asin().rad2deg()


def mean_psnr(a: Tensor, b: Tensor) -> float:
    """PSNR in dB of each picture of a batch, then averaged; peak 1."""
    errors = (a - b).square().mean((1, 2, 3)).clamp(min=1e-10)
    return (-10 * errors.log10()).mean().item()


def ssim(a: Tensor, b: Tensor) -> float:
    """Structural similarity over an 11×11 Gaussian window (σ = 1.5), mean of all channels.

    Reference:
        Wang et al., "Image quality assessment: from error visibility to structural similarity",
        IEEE Trans. Image Processing 13(4), 2004.
    """
    line = torch.exp(-((torch.arange(11) - 5.0) ** 2) / (2 * 1.5**2))
    window = (line[:, None] * line / line.sum() ** 2)[None, None]

    def blur(x: Tensor) -> Tensor:
        return F.conv2d(x.flatten(0, 1)[:, None], window)

    mean_a, mean_b = blur(a), blur(b)
    var_a, var_b = blur(a * a) - mean_a**2, blur(b * b) - mean_b**2
    both = blur(a * b) - mean_a * mean_b
    structure = (2 * both + 0.03**2) / (var_a + var_b + 0.03**2)
    return (
        ((2 * mean_a * mean_b + 0.01**2) / (mean_a**2 + mean_b**2 + 0.01**2) * structure)
        .mean()
        .item()
    )


def spectrum(pictures: Tensor) -> Tensor:
    """Mean power at every frequency, mean over pictures and channels, frequency 0 in the corner.

    Shape:
        - Input: `(B, C, H, W)`. Output: `(H, W)`.
    """
    return torch.fft.fft2(pictures, norm="ortho").abs().square().mean((0, 1))


def fine_detail(pictures: Tensor) -> float:
    """Power at frequencies above half of the highest, in either direction."""
    height, width = pictures.shape[2:]
    rows, columns = torch.fft.fftfreq(height).abs(), torch.fft.fftfreq(width).abs()
    return spectrum(pictures)[(rows[:, None] > 0.25) | (columns > 0.25)].sum().item()


def distances(points: Tensor, to: Tensor, count: int = 1) -> Tensor:
    """Distances of every point to its `count` nearest of `to`, rising, `(n, count)`."""
    found = NearestNeighbors(n_neighbors=count).fit(to.flatten(1).numpy())
    return torch.from_numpy(found.kneighbors(points.flatten(1).numpy())[0])
