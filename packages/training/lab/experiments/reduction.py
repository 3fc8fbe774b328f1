"""Dimensionality reduction: nearest neighbours in the code against nearest neighbours in PCA.

At equal d, whoever keeps more of what tells classes apart lets a nearest-neighbour classifier do
better. With very few values PCA has room for the largest variations alone (slant, width); a deep
code folds more in. As d grows PCA keeps all that matters too, and keeps distances as they were,
which nothing asks of a code.

Reference:
    Hinton and Salakhutdinov, Science 313, 2006.
"""

from __future__ import annotations

import torch
from sklearn.neighbors import KNeighborsClassifier
from torch import Tensor

from lab.blocks import dense
from lab.data import Data, Setting, small_digits
from lab.experiment import Check, Experiment, Measured, Models
from lab.figures import panels, table
from lab.trainer import Recipe
from nacre.pca import principal_components

CODES = (2, 4, 16)


@torch.no_grad()
def measure(data: Data, models: Models, setting: Setting) -> Measured:
    def accuracy(train: Tensor, test: Tensor) -> float:
        found = KNeighborsClassifier(5).fit(train[:5000].numpy(), data.train_labels[:5000].numpy())
        return float(found.score(test.numpy(), data.test_labels.numpy()))

    rows = []
    for code in CODES:
        encoder = models[f"code {code}"].encoder
        components, mean, _ = principal_components(data.train.flatten(1), code)
        by_pca = [
            (part.flatten(1) - mean.float()) @ components.T.float()
            for part in (data.train, data.test)
        ]
        rows.append([code, accuracy(*by_pca), accuracy(encoder(data.train), encoder(data.test))])
    values = {
        "gain": rows[0][2] - rows[0][1],
        "wide": rows[-1][2] - rows[-1][1],
        "pca": rows[0][1],
        "deep": rows[0][2],
    }
    figure, (axes,) = panels("5 nearest neighbours", size=(4.5, 2.8))
    axes.plot(CODES, [row[1] for row in rows], "o-", label="PCA")
    axes.plot(CODES, [row[2] for row in rows], "o-", label="autoencoder")
    axes.set_xscale("log", base=2)
    axes.set(xlabel="values", ylabel="accuracy in test")
    axes.legend()
    return Measured(values, table(["values", "PCA", "autoencoder"], rows), figure)


SPEC = Experiment(
    group=10,
    title="Dimensionality reduction",
    claim="With 2 values, nearest neighbours in the code of a deep autoencoder tell digits "
    "better than in PCA; with 16 they do not.",
    data=small_digits,
    trains={
        f"code {code}": Recipe(
            lambda data, code=code: dense(data.shape, 128, 64, code), steps=1200, quick=900
        )
        for code in CODES
    },
    measure=measure,
    checks=(
        Check("gain", ">", 0.02, "accuracy gained over PCA with 2 values"),
        Check("wide", "<", 0.01, "accuracy gained over PCA with 16 values"),
    ),
    result="With 2 values the accuracy is {deep:.1%} in the code and {pca:.1%} in PCA; with 16 "
    "the code is {wide:+.1%} against PCA.",
)
