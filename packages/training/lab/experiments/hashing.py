"""Semantic hashing: codes of bits, so that images alike lie within a few flipped bits.

A sigmoid code with noise before the sigmoid cannot say much with values near ½: to get through the
noise, units learn to be far on either side, and a threshold then loses little. Such a code of 32
bits is one integer, and the distance of two is the number of ones in their exclusive or: a search
through a database needs no multiplication.

Reference:
    Salakhutdinov and Hinton, "Semantic hashing", IJAR 50(7), 2009.
"""

from __future__ import annotations

import numpy as np
import torch
from torch import Tensor, nn

from lab.blocks import dense
from lab.data import Data, Setting, small_digits
from lab.experiment import Check, Experiment, Measured, Models
from lab.figures import panels, show, table
from lab.trainer import Recipe
from nacre.pca import principal_components

BITS, NOISE, FOUND = 32, 2.0, 10


class NoisyBits(nn.Module):
    """Sigmoid behind Gaussian noise in training, without it after."""

    def forward(self, x: Tensor) -> Tensor:
        return (x + NOISE * torch.randn_like(x) if self.training else x).sigmoid()


def packed(bits: Tensor) -> np.ndarray:
    """Codes of 32 bits as integers, `(n,)` uint32."""
    return np.packbits(bits.numpy(), axis=1).view(np.uint32)[:, 0]


def search(queries: np.ndarray, base: np.ndarray, count: int) -> tuple[np.ndarray, np.ndarray]:
    """The `count` nearest of `base` by Hamming distance, and the distances, `(n, count)`."""
    apart = np.bitwise_count(queries[:, None] ^ base[None])
    nearest = np.argsort(apart, axis=1, kind="stable")[:, :count]
    return nearest, np.take_along_axis(apart, nearest, 1)


@torch.no_grad()
def measure(data: Data, models: Models, setting: Setting) -> Measured:
    flat, queries = data.train[:5000].flatten(1), data.test[:500].flatten(1)
    components, mean, _ = principal_components(flat, BITS)
    random = torch.randn(BITS, data.pixels, dtype=torch.float64)
    encoder = models["hash"].encoder
    soft = encoder(data.test)
    coders = {
        "random planes": lambda x: (x - mean) @ random.T > 0,
        "signs of PCA": lambda x: (x - mean) @ components.T > 0,
        "autoencoder": lambda x: encoder(x.float()) > 0.5,
    }
    wanted, labels = data.test_labels[:500, None].numpy(), data.train_labels[:5000].numpy()
    rows = []
    for name, coder in coders.items():
        nearest, apart = search(packed(coder(queries.double())), packed(coder(flat.double())), 100)
        right = labels[nearest] == wanted
        precision = [float(right[:, :count].mean()) for count in (FOUND, 100)]
        rows.append([name, *precision, float(apart[:, :FOUND].mean())])
    values = {
        "precision": rows[2][2],
        "pca": rows[1][2],
        "few": rows[2][1],
        "few pca": rows[1][1],
        "over": rows[2][2] - max(rows[0][2], rows[1][2]),
        "sure": ((soft < 0.1) | (soft > 0.9)).float().mean().item(),
    }
    figure, (axes,) = panels("Query, and the nearest by Hamming distance", size=(5, 3))
    show(axes, {f"query {i + 1}": torch.cat([data.test[i : i + 1], data.train[nearest[i, :9]]])
                for i in range(5)})  # fmt: skip
    header = [f"{BITS} bits by", f"precision at {FOUND}", "precision at 100", "bits apart"]
    return Measured(values, table(header, rows), figure)


SPEC = Experiment(
    group=10,
    title="Semantic hashing",
    claim="Codes of 32 bits learnt with noise are nearly binary by themselves, and a Hamming "
    "search for the hundred nearest finds more of the same class than in random planes or "
    "signs of PCA.",
    data=small_digits,
    trains={
        "hash": Recipe(
            lambda data: dense(data.shape, 128, BITS, code=NoisyBits()), steps=1500, quick=1200
        )
    },
    measure=measure,
    checks=(
        Check("over", ">", 0.02, "precision at 100 gained over the better of the two"),
        Check("sure", ">", 0.7, "units below 0.1 or above 0.9 on test images"),
    ),
    result="{precision:.1%} of the hundred nearest are of the class of the query (signs of PCA: "
    "{pca:.1%}), of the ten nearest {few:.1%} ({few pca:.1%}). {sure:.0%} of the units are "
    "within 0.1 of a bit before the threshold.",
)
