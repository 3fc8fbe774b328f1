"""Rate–distortion of a trained model on a folder of pictures, with estimated rates.

Not here: real `.ncr` files, which `nacre compare` measures: within 1 % and the header.

    python -m nacre.evaluate runs/photo-6/checkpoint.pt KODAK --anchor ANCHOR.json
"""

from __future__ import annotations

import argparse
import json
import math
from pathlib import Path

import numpy as np
import torch
import torch.nn.functional as F
from PIL import Image
from torch import Tensor

from nacre.command import input_errors
from nacre.model import Codec

LEVELS_SHOWN = (0, 14, 28, 42, 56, 70, 84, 99)


def read_picture(path: Path) -> Tensor:
    """One picture as `(1, 3, H, W)` in 0..1."""
    pixels = np.array(Image.open(path).convert("RGB"))
    return torch.from_numpy(pixels).permute(2, 0, 1)[None].float() / 255


def pad_to_multiple(x: Tensor, multiple: int = 64) -> Tensor:
    """Repeats the last column and row until both sides are multiples of `multiple`."""
    height, width = x.shape[2:]
    return F.pad(x, (0, -width % multiple, 0, -height % multiple), mode="replicate")


def psnr(a: Tensor, b: Tensor) -> float:
    """PSNR in dB of two pictures of 8-bit values in 0..1, over all three channels."""
    return -10 * torch.log10((a - b).square().mean().clamp(min=1e-10)).item()


def ms_ssim(a: Tensor, b: Tensor) -> float:
    """MS-SSIM of two pictures of 8-bit values in 0..1, per channel, then the mean of the three.

    Shape:
        - a, b: `(1, 3, H, W)`, both sides 161 or more.

    Reference:
        Wang, Simoncelli and Bovik, "Multi-scale structural similarity for image quality
        assessment", Asilomar 2003: five scales, an 11×11 Gaussian window of sigma 1.5.
    """
    weights = torch.tensor([0.0448, 0.2856, 0.3001, 0.2363, 0.1333], dtype=torch.float64)
    taps = torch.exp(-((torch.arange(11, dtype=torch.float64) - 5) ** 2) / (2 * 1.5**2))
    window = torch.outer(taps, taps)[None, None] / taps.sum() ** 2
    c1, c2 = 0.01**2, 0.03**2
    x, y = (picture.double().transpose(0, 1) for picture in (a, b))
    factors = []
    for scale in range(len(weights)):
        if scale > 0:
            padding = (x.shape[2] % 2, x.shape[3] % 2)
            x, y = (F.avg_pool2d(plane, 2, padding=padding) for plane in (x, y))
        mu_x, mu_y, xx, yy, xy = (F.conv2d(p, window) for p in (x, y, x * x, y * y, x * y))
        variances, covariance = xx - mu_x**2 + yy - mu_y**2, xy - mu_x * mu_y
        factor = (2 * covariance + c2) / (variances + c2)
        if scale == len(weights) - 1:
            factor = factor * (2 * mu_x * mu_y + c1) / (mu_x**2 + mu_y**2 + c1)
        factors.append(factor.mean(dim=(1, 2, 3)).clamp(min=0))
    return torch.stack(factors).pow(weights[:, None]).prod(dim=0).mean().item()


@torch.no_grad()
def rate_distortion(
    codec: Codec, pictures: list[Path], levels: tuple[int, ...] = LEVELS_SHOWN
) -> dict[str, list[float]]:
    """Estimated bpp and PSNR, each per picture, then averaged.

    Returns:
        `{"level": […], "bpp": […], "psnr-rgb": […]}`.
    """
    device = codec.lmbda.device
    bpp, quality = np.zeros(len(levels)), np.zeros(len(levels))
    for path in pictures:
        original = read_picture(path)
        height, width = original.shape[2:]
        x = pad_to_multiple(original).to(device)
        for i, level in enumerate(levels):
            out = codec.quantize(x, torch.tensor([level], device=device))
            decoded = out["x_hat"][:, :, :height, :width].clamp(0, 1).mul(255).round() / 255
            bpp[i] += out["bits"].item() / (height * width)
            quality[i] += psnr(decoded.cpu(), original)
    count = len(pictures)
    return {
        "level": list(levels),
        "bpp": (bpp / count).tolist(),
        "psnr-rgb": (quality / count).tolist(),
    }


def bd_rate(anchor: dict[str, list[float]], test: dict[str, list[float]]) -> float:
    """Bjøntegaard delta rate in per cent, negative when `test` needs less.

    Log rate over PSNR, piecewise cubic Hermite (PCHIP), integrated over the common interval; NaN
    when there is none.

    Reference:
        Bjøntegaard, VCEG-M33, 2001; Fritsch and Carlson, SIAM J. Numer. Anal. 17(2), 1980.
    """
    curves = []
    for curve in (anchor, test):
        points = sorted(zip(curve["psnr-rgb"], np.log(curve["bpp"]), strict=True))
        curves.append(tuple(np.array(points).T))
    low = max(c[0][0] for c in curves)
    high = min(c[0][-1] for c in curves)
    if low >= high:
        return math.nan
    at = np.linspace(low, high, 2001)
    a, b = (np.trapezoid(_pchip(x, y, at), at) for x, y in curves)
    return float((np.exp((b - a) / (high - low)) - 1) * 100)


def _pchip(x: np.ndarray, y: np.ndarray, at: np.ndarray) -> np.ndarray:
    """Monotone cubic Hermite interpolation with Fritsch–Butland (harmonic mean) slopes."""
    h, slope = np.diff(x), np.diff(y) / np.diff(x)
    d = np.empty_like(y)
    w1, w2 = 2 * h[1:] + h[:-1], h[1:] + 2 * h[:-1]
    same = slope[:-1] * slope[1:] > 0
    with np.errstate(divide="ignore", invalid="ignore"):
        inner = (w1 + w2) / (w1 / slope[:-1] + w2 / slope[1:])
    d[1:-1] = np.where(same, inner, 0)
    d[0] = _end_slope(h[0], h[1], slope[0], slope[1])
    d[-1] = _end_slope(h[-1], h[-2], slope[-1], slope[-2])
    k = np.clip(np.searchsorted(x, at, side="right") - 1, 0, len(h) - 1)
    t, hk = (at - x[k]) / h[k], h[k]
    return (
        y[k] * (1 + 2 * t) * (1 - t) ** 2
        + d[k] * hk * t * (1 - t) ** 2
        + y[k + 1] * t**2 * (3 - 2 * t)
        + d[k + 1] * hk * t**2 * (t - 1)
    )


def _end_slope(h0: float, h1: float, s0: float, s1: float) -> float:
    d = ((2 * h0 + h1) * s0 - h0 * s1) / (h0 + h1)
    if d * s0 <= 0:
        return 0.0
    return 3 * s0 if s0 * s1 <= 0 and abs(d) > 3 * abs(s0) else d


def plot(curves: dict[str, dict[str, list[float]]], title: str, out: Path) -> None:
    """Rate–distortion plot as PNG; `curves` maps a name to `bpp` and `psnr-rgb`."""
    import matplotlib

    matplotlib.use("Agg")
    import matplotlib.pyplot as plt

    figure, axes = plt.subplots(figsize=(7, 5))
    for name, curve in curves.items():
        axes.plot(curve["bpp"], curve["psnr-rgb"], marker="o", markersize=3, label=name)
    axes.set(xlabel="bits per pixel", ylabel="PSNR (RGB, dB)", title=title)
    axes.set_xlim(0, 2.1)
    axes.grid(alpha=0.3)
    axes.legend()
    figure.tight_layout()
    figure.savefig(out, dpi=100)
    plt.close(figure)


def read_anchors(files: list[Path]) -> dict[str, dict[str, list[float]]]:
    """Published curves, `{"name", "results": {"bpp", "psnr-rgb"}}` each, by name.

    Raises:
        ValueError: when a file is no such curve.
    """
    anchors = {}
    for file in files:
        try:
            content = json.loads(file.read_text())
            curve = {key: content["results"][key] for key in ("bpp", "psnr-rgb")}
        except (ValueError, KeyError, TypeError) as error:
            raise ValueError(f"{file} is no rate–distortion curve in JSON") from error
        anchors[content.get("name", file.stem)] = curve
    return anchors


def pictures_in(folder: Path) -> list[Path]:
    """The PNG files of a folder in order of name."""
    found = sorted(folder.glob("*.png"))
    if not found:
        raise ValueError(f"Found no PNG file in {folder}")
    return found


@input_errors()
def main(arguments: list[str] | None = None) -> None:
    from nacre.checkpoint import load_codec

    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("checkpoint", type=Path)
    parser.add_argument("pictures", type=Path, help="folder of PNG files")
    parser.add_argument("--anchor", type=Path, nargs="*", default=[], help="curves to compare with")
    parser.add_argument("--plot", type=Path, help="write the plot to this PNG file")
    args = parser.parse_args(arguments)
    codec, facts = load_codec(args.checkpoint)
    anchors = read_anchors(args.anchor)
    result = rate_distortion(codec, pictures_in(args.pictures))
    print(f"step {facts['step']}, {facts['pixels'] / 1e9:.2f} Gpixel")
    for level, bpp, quality in zip(*result.values(), strict=True):
        print(f"quality {level + 1:3d}  {bpp:.4f} bpp  {quality:.3f} dB")
    for name, curve in anchors.items():
        print(f"BD-rate against {name}: {bd_rate(curve, result):+.2f} %")
    if args.plot:
        plot(anchors | {"nacre": result}, f"step {facts['step']}", args.plot)


if __name__ == "__main__":
    main()
