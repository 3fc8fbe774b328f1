"""How experiments measure images: error, PSNR, SSIM, spectra.

Not here: losses that are trained on (trainer.py), and what one experiment alone measures.
"""

from __future__ import annotations

import math

import torch
import torch.nn.functional as F
from torch import Tensor, nn


@torch.no_grad()
def error(model: nn.Module, images: Tensor, given: Tensor | None = None) -> float:
    """Mean squared error of the reconstructions, a value."""
    output = model(images if given is None else given)
    return F.mse_loss(output, images).item()


def psnr(a: Tensor, b: Tensor) -> float:
    """PSNR in dB of the mean error of a batch (flat crops would decide a mean of dB); peak 1."""
    return -10 * math.log10((a - b).square().mean())


def ssim(a: Tensor, b: Tensor) -> float:
    """Structural similarity over an 11×11 Gaussian window (σ = 1.5), mean of all channels.

    Reference:
        Wang et al., "Image quality assessment: from error visibility to structural similarity",
        IEEE Trans. Image Processing 13(4), 2004.
    """
    line = torch.exp(-((torch.arange(11) - 5.0) ** 2) / (2 * 1.5**2))
    window = (line[:, None] * line / line.sum() ** 2)[None, None]
    a, b = (x.flatten(0, 1)[:, None] for x in (a, b))
    mean_a, mean_b, aa, bb, ab = (F.conv2d(x, window) for x in (a, b, a * a, b * b, a * b))
    lightness = (2 * mean_a * mean_b + 0.01**2) / (mean_a**2 + mean_b**2 + 0.01**2)
    variances, covariance = aa - mean_a**2 + bb - mean_b**2, ab - mean_a * mean_b
    return (lightness * (2 * covariance + 0.03**2) / (variances + 0.03**2)).mean().item()


def spectrum(images: Tensor) -> Tensor:
    """Mean power at every frequency, mean over images and channels, frequency 0 in the corner.

    Shape:
        - Input: `(B, C, H, W)`. Output: `(H, W)`.
    """
    return torch.fft.fft2(images, norm="ortho").abs().square().mean((0, 1))


def fine_detail(images: Tensor) -> float:
    """Power at frequencies above half of the highest, in either direction."""
    rows, columns = (torch.fft.fftfreq(side).abs() for side in images.shape[2:])
    return spectrum(images)[(rows[:, None] > 0.25) | (columns > 0.25)].sum().item()
