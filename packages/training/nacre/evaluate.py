"""Rate–distortion of a trained model on a folder of images, with estimated rates.

Not here: real `.ncr` files, which `nacre compare` measures: within 1 % and the header.

    python -m nacre.evaluate runs/photo-6/checkpoint.pt KODAK --anchor ANCHOR.json
"""

from __future__ import annotations

import argparse
import json
import math
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytorch_msssim
import torch
import torch.nn.functional as F
from PIL import Image
from scipy.interpolate import PchipInterpolator
from torch import Tensor

from nacre import ssimulacra2
from nacre.butteraugli import butteraugli
from nacre.command import input_errors
from nacre.model import Codec

LEVELS_SHOWN = (0, 14, 28, 42, 56, 70, 84, 99)


def read_image(path: Path) -> Tensor:
    """One image as `(1, 3, H, W)` in 0..1."""
    pixels = np.array(Image.open(path).convert("RGB"))
    return torch.from_numpy(pixels).permute(2, 0, 1)[None].float() / 255


def pad_to_multiple(x: Tensor, multiple: int = 64) -> Tensor:
    """Repeats the last column and row until both sides are multiples of `multiple`."""
    height, width = x.shape[2:]
    return F.pad(x, (0, -width % multiple, 0, -height % multiple), mode="replicate")


def psnr(a: Tensor, b: Tensor) -> float:
    """PSNR in dB of two images of 8-bit values in 0..1, over all three channels."""
    return -10 * torch.log10((a - b).square().mean().clamp(min=1e-10)).item()


def ms_ssim(a: Tensor, b: Tensor) -> float:
    """MS-SSIM of two images of 8-bit values in 0..1, per channel, then the mean of the three.

    Computed by pytorch-msssim in float64.

    Shape:
        - a, b: `(1, 3, H, W)`, both sides 161 or more.

    Reference:
        Wang, Simoncelli and Bovik, "Multi-scale structural similarity for image quality
        assessment", Asilomar 2003: five scales, an 11×11 Gaussian window of sigma 1.5.
    """
    return pytorch_msssim.ms_ssim(a.double(), b.double(), data_range=1.0).item()


METRICS: dict[str, Callable[[Tensor, Tensor], float]] = {
    "psnr-rgb": psnr,
    "ssimulacra2": lambda a, b: ssimulacra2.score(ssimulacra2.error(a, b)).item(),
    "butteraugli": lambda a, b: butteraugli(a, b).item(),
}
"""What `rate_distortion` measures beside bpp, of an original and a decoded image."""


@torch.no_grad()
def rate_distortion(
    codec: Codec, images: list[Path], levels: tuple[int, ...] = LEVELS_SHOWN
) -> dict[str, list[float]]:
    """Estimated bpp and every metric, each per image, then averaged.

    Returns:
        `{"level": […], "bpp": […], "psnr-rgb": […], "ssimulacra2": […], "butteraugli": […]}`.
    """
    device = codec.lmbda.device
    sums = {name: np.zeros(len(levels)) for name in ("bpp", *METRICS)}
    for path in images:
        original = read_image(path)
        height, width = original.shape[2:]
        x = pad_to_multiple(original).to(device)
        for i, level in enumerate(levels):
            out = codec.quantize(x, torch.tensor([level], device=device))
            decoded = out["x_hat"][:, :, :height, :width].clamp(0, 1).mul(255).round() / 255
            decoded = decoded.cpu().contiguous(memory_format=torch.contiguous_format)
            sums["bpp"][i] += out["bits"].item() / (height * width)
            for name, metric in METRICS.items():
                sums[name][i] += metric(original, decoded)
    return {"level": list(levels)} | {
        name: (total / len(images)).tolist() for name, total in sums.items()
    }


def bd_rate(anchor: dict[str, list[float]], test: dict[str, list[float]]) -> float:
    """Bjøntegaard delta rate in per cent, negative when `test` needs fewer bits.

    The logarithm of the rate over PSNR, interpolated by SciPy's PCHIP and integrated over the PSNRs
    that both curves cover. NaN when they share none.

    Args:
        anchor: the curve compared against, as `rate_distortion` returns it.
        test: the tested curve.

    Example:
        >>> curve = {"bpp": [0.1, 0.2, 0.4], "psnr-rgb": [26.0, 28.5, 31.2]}
        >>> round(bd_rate(curve, curve | {"bpp": [0.08, 0.16, 0.32]}))
        -20

    Reference:
        Bjøntegaard, VCEG-M33, 2001; Fritsch and Carlson, SIAM J. Numer. Anal. 17(2), 1980.
    """
    curves = []
    for curve in (anchor, test):
        points = sorted(zip(curve["psnr-rgb"], np.log(curve["bpp"]), strict=True))
        curves.append(PchipInterpolator(*np.array(points).T))
    low = max(curve.x[0] for curve in curves)
    high = min(curve.x[-1] for curve in curves)
    if low >= high:
        return math.nan
    a, b = (float(curve.integrate(low, high)) for curve in curves)
    return math.expm1((b - a) / (high - low)) * 100


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


def images_in(folder: Path) -> list[Path]:
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
    parser.add_argument("images", type=Path, help="folder of PNG files")
    parser.add_argument("--anchor", type=Path, nargs="*", default=[], help="curves to compare with")
    parser.add_argument("--plot", type=Path, help="write the plot to this PNG file")
    args = parser.parse_args(arguments)
    codec, facts = load_codec(args.checkpoint)
    anchors = read_anchors(args.anchor)
    result = rate_distortion(codec, images_in(args.images))
    print(f"step {facts['step']}, {facts['pixels'] / 1e9:.2f} Gpixel")
    for level, bpp, decibels, score, distance in zip(*result.values(), strict=True):
        print(
            f"quality {level + 1:3d}  {bpp:.4f} bpp  {decibels:.3f} dB  "
            f"SSIMULACRA 2 {score:.2f}  Butteraugli {distance:.3f}"
        )
    for name, curve in anchors.items():
        print(f"BD-rate against {name}: {bd_rate(curve, result):+.2f} %")
    if args.plot:
        plot(anchors | {"nacre": result}, f"step {facts['step']}", args.plot)


if __name__ == "__main__":
    main()
