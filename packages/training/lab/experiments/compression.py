"""From autoencoder to codec: all of it on one rate–distortion plot.

A vanilla autoencoder makes files: round its latents on a grid and code the integers (see `coding`).
How well that is done their entropy tells, the length with the best table of each channel known from
the start: a file that learns the tables as it goes is longer, for the leader of the symbols so far
never beats the leader of all.

It loses to JPEG, whose transform is fixed but whose bits were thought about for years. With a rate
term (see `rate`) the same network comes closer. What is left to gain is to know the probabilities
better at each place, and a deeper transform: the hyperprior, four steps and blocks of Nacre.

Nacre's rate is estimated, as `nacre/evaluate.py` does: its files are within 1 % of it.

Reference:
    Ballé et al., "Variational image compression with a scale hyperprior", ICLR 2018.
"""

from __future__ import annotations

import io
import math
from functools import partial

import numpy as np
import torch
from PIL import Image
from torch import Tensor, nn

from lab.data import ROOT, SAMPLES, Data, Setting, photographs
from lab.experiment import Check, Experiment, Measured, Models
from lab.experiments import rate
from lab.experiments.coding import entropy_bytes, range_code
from lab.figures import panels, table
from nacre.evaluate import bd_rate, pad_to_multiple, psnr, rate_distortion, read_image
from nacre.shipped import load_shipped


def as_file(model: nn.Module, x: Tensor, step: float) -> tuple[int, Tensor, float]:
    """Bytes of an image's file, the image decoded, and the entropy of the symbols in bytes."""
    symbols = (model.encoder(pad_to_multiple(x)) / step).round()
    output = model.decoder(symbols * step)[:, :, : x.shape[2], : x.shape[3]]
    written = symbols[0].int().numpy()
    decoded = output.clamp(0, 1).mul(255).round() / 255
    return len(range_code(written)), decoded, entropy_bytes(written)


def as_jpeg(x: Tensor, quality: int) -> tuple[int, Tensor, float]:
    """The same of Pillow's JPEG (4:2:0, optimised), whose symbols are not looked at."""
    file = io.BytesIO()
    pixels = (x[0].permute(1, 2, 0) * 255).round().byte().numpy()
    Image.fromarray(pixels).save(file, "JPEG", quality=quality, optimize=True)
    decoded = torch.from_numpy(np.array(Image.open(file))).permute(2, 0, 1)[None] / 255
    return file.tell(), decoded, math.nan


@torch.no_grad()
def measure(data: Data, models: Models, setting: Setting) -> Measured:
    paths = SAMPLES[-1 if setting.quick else 0 :]
    coders = {name: (partial(as_file, model), rate.GRIDS) for name, model in models.items()}
    coders["JPEG"] = (as_jpeg, (5, 15, 40, 75, 90))
    curves = {name: {"bpp": [], "psnr-rgb": [], "entropy": []} for name in coders}
    for name, (coder, points) in coders.items():
        for point in points:
            found = []
            for x in map(read_image, paths):
                size, decoded, entropy = coder(x, point)
                found.append(
                    (size * 8 / x[0, 0].numel(), psnr(decoded, x), entropy * 8 / x[0, 0].numel())
                )
            for values, mean in zip(curves[name].values(), np.mean(found, 0), strict=True):
                values.append(float(mean))
    # The newest model there is, by its number.
    newest = max((ROOT / "models").glob("*-*"), key=lambda path: int(path.name.rsplit("-")[-1]))
    curves["Nacre"] = rate_distortion(load_shipped(newest), paths, (0, 24, 49, 74))
    values = {
        "rate": bd_rate(curves["vanilla"], curves["with a rate term"]),
        "vanilla": bd_rate(curves["JPEG"], curves["vanilla"]),
        "nacre": bd_rate(curves["JPEG"], curves["Nacre"]),
    }
    vanilla = curves["vanilla"]
    over = [a / b - 1 for a, b in zip(vanilla["bpp"], vanilla["entropy"], strict=True)]
    values |= {"least": min(over), "most": max(over)}
    figure, (axes,) = panels("Photographs of the repository", size=(5.5, 3.6))
    rows = []
    for name, curve in curves.items():
        axes.plot(curve["bpp"], curve["psnr-rgb"], "o-", label=name)
        bound = ["" if math.isnan(e) else e for e in curve.get("entropy", [math.nan] * 4)]
        rows += [[name, *p] for p in zip(bound, curve["bpp"], curve["psnr-rgb"], strict=True)]
    axes.set(xlabel="bits per pixel", ylabel="PSNR (dB)", xlim=(0, 3))
    axes.legend()
    return Measured(values, table(["", "entropy (bpp)", "bpp", "PSNR (dB)"], rows), figure)


SPEC = Experiment(
    group=10,
    title="Compression",
    claim="A vanilla autoencoder whose latents are rounded and coded makes files less than a tenth "
    "above their entropy, and needs more bytes than JPEG at the same PSNR; trained with a rate "
    "term it needs fewer than without; Nacre, which also knows where to expect what, needs far "
    "fewer than JPEG.",
    data=photographs,
    trains={name: rate.SPEC.trains[name] for name in ("vanilla", "with a rate term")},
    measure=measure,
    checks=(
        Check(
            "least", ">", 0, "bytes of vanilla over the entropy, less 1, the least of four grids"
        ),
        Check("most", "<", 0.1, "the same, the most"),
        Check("vanilla", ">", 0, "BD-rate of the vanilla autoencoder against JPEG, %"),
        Check("rate", "<", 0, "BD-rate of the rate term against vanilla, %"),
        Check("nacre", "<", -30, "BD-rate of Nacre against JPEG, %"),
    ),
    result="Vanilla's files are {least:.1%} to {most:.1%} longer than the entropy. BD-rates: "
    "vanilla {vanilla:+.0f} % against JPEG, with a rate term {rate:+.0f} % "
    "against vanilla, Nacre {nacre:+.0f} % against JPEG.",
)
