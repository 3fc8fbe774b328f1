"""From autoencoder to codec: why it takes a rate term and an entropy model.

A vanilla autoencoder makes files too: round its latents on a grid of step Δ and code the integers.
The file is small where symbols are few and predictable, but nothing in training asked for that:
every latent uses whatever range makes reconstruction easiest. A rate term, −log₂ p of the noisy
latents under a density learnt with them, makes training pay for bits: a latent that does not earn
its own goes to 0. What is left to gain is to know p better at each place, which takes side
information and context: the hyperprior and the four steps of Nacre.

The files are those of an adaptive range coder, decoded again; their bound is the empirical entropy
of each channel, which would need the counts beforehand.

Reference:
    Ballé, Laparra and Simoncelli, "End-to-end optimized image compression", ICLR 2017.
"""

from __future__ import annotations

from functools import partial

import numpy as np
import torch
from torch import Tensor

from nacre.evaluate import bd_rate, pad_to_multiple, psnr
from nacre.lab.coding import Nacre, eight_bits, entropy_bytes, jpeg, range_code, range_decode
from nacre.lab.data import Data, Setting, photographs, sample_pictures
from nacre.lab.experiment import Check, Experiment, Measured, Models
from nacre.lab.figures import panels, table
from nacre.lab.latent_codec import LatentCodec, rate_distortion
from nacre.lab.trainer import Recipe


def curve(pictures: list[Tensor], code) -> dict[str, list[float]]:
    """Mean bpp and PSNR; `code` gives bytes and PSNR of a picture at each of its points."""
    found = np.array([[p for p in code(x)] for x in pictures])
    found[:, :, 0] *= 8 / np.array([x[0, 0].numel() for x in pictures])[:, None]
    return dict(zip(("bpp", "psnr-rgb"), found.mean(0).T.tolist(), strict=True))


@torch.no_grad()
def measure(data: Data, models: Models, setting: Setting) -> Measured:
    pictures = list(sample_pictures().values())[-1 if setting.quick else 0 :]
    over = []

    def files(model: LatentCodec, x: Tensor):
        y = model.encoder(pad_to_multiple(x))
        for step in (0.35, 0.7, 1.4, 2.8):
            symbols = (y / step).round()
            integers = symbols[0].int().numpy()
            file = range_code(integers)
            assert np.array_equal(range_decode(file, integers.shape), integers)
            over.append((len(file), entropy_bytes(integers)))
            output = model.decoder(symbols * step)[:, :, : x.shape[2], : x.shape[3]]
            yield len(file), psnr(eight_bits(output), x)

    nacre = Nacre()
    qualities, levels = (5, 15, 40, 75, 90), (1, 25, 50, 75)
    curves = {name: curve(pictures, partial(files, model)) for name, model in models.items()}
    curves["JPEG"] = curve(pictures, lambda x: (jpeg(x, q) for q in qualities))
    curves["Nacre"] = curve(pictures, lambda x: (nacre(x, q) for q in levels))
    coded, bound = np.array(over).sum(0)
    values = {
        "over": float(coded / bound - 1),
        "rate": bd_rate(curves["vanilla"], curves["with a rate term"]),
        "vanilla": bd_rate(curves["JPEG"], curves["vanilla"]),
        "nacre": bd_rate(curves["JPEG"], curves["Nacre"]),
    }
    figure, (axes,) = panels("Photographs of the repository", size=(5.5, 3.6))
    rows = []
    for name, found in curves.items():
        axes.plot(found["bpp"], found["psnr-rgb"], "o-", label=name)
        rows += [[name, *point] for point in zip(*found.values(), strict=True)]
    axes.set(xlabel="bits per pixel", ylabel="PSNR (dB)", xlim=(0, 3))
    axes.legend()
    return Measured(values, table(["", "bpp", "PSNR (dB)"], rows), figure)


SPEC = Experiment(
    group=10,
    title="Compression",
    claim="A vanilla autoencoder whose latents are rounded and coded needs more bytes than JPEG "
    "at the same PSNR; trained with a rate term it needs fewer than without; Nacre, which "
    "also knows where to expect what, needs far fewer than JPEG. Files come close to the "
    "entropy.",
    data=partial(photographs, side=32),
    trains={
        "vanilla": Recipe(LatentCodec, steps=500, quick=250, batch=16, rate=1e-3),
        "with a rate term": Recipe(
            LatentCodec, rate_distortion, steps=500, quick=250, batch=16, rate=1e-3
        ),
    },
    measure=measure,
    checks=(
        Check("over", "<", 0.1, "bytes coded over the entropy of the symbols, less 1"),
        Check("vanilla", ">", 20, "BD-rate of the vanilla autoencoder against JPEG, %"),
        Check("rate", "<", -10, "BD-rate of the rate term against vanilla, %"),
        Check("nacre", "<", -30, "BD-rate of Nacre against JPEG, %"),
    ),
    result="BD-rates: vanilla {vanilla:+.0f} % against JPEG, with a rate term {rate:+.0f} % "
    "against vanilla, Nacre {nacre:+.0f} % against JPEG. Files are {over:.1%} longer than "
    "the entropy.",
)
