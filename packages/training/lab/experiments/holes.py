"""Why one cannot sample from an autoencoder: its latent space has holes.

Training asks for good decodings at the codes of images, and says nothing about the rest. On the
straight path between the codes of two classes the decoder is on its own: what it draws in the
middle lies farther from every image than what it draws at the ends. Codes drawn from a Gaussian
of the same mean and covariance fall into such holes as well. A variational autoencoder fills them
by asking that codes follow a prior; a codec asks for a prior of another use, one that makes codes
cheap to write (see `compression`).

Off-manifold score: the distance of a decoded image to the nearest training image, over the mean
of that of reconstructions.

Reference:
    Kingma and Welling, "Auto-encoding variational Bayes", ICLR 2014.
"""

from __future__ import annotations

import torch
from sklearn.neighbors import NearestNeighbors
from torch import Tensor

from lab.blocks import dense
from lab.data import Data, Setting, small_digits
from lab.experiment import Check, Experiment, Measured, Models
from lab.figures import panels, show, table
from lab.trainer import Recipe

STEPS, PAIRS = 9, 100


@torch.no_grad()
def measure(data: Data, models: Models, setting: Setting) -> Measured:
    model, codes = models["dense"], models["dense"].encoder(data.test)
    images = NearestNeighbors(n_neighbors=1).fit(data.train[:4000].flatten(1).numpy())

    def distance(codes: Tensor) -> float:
        return float(images.kneighbors(model.decoder(codes).flatten(1).numpy())[0].mean())

    usual = distance(codes[:500])

    a, b = torch.randint(len(codes), (2, 20 * PAIRS))
    different = data.test_labels[a] != data.test_labels[b]
    same = ~different & (a != b)
    paths = {}
    for name, chosen in (("two classes", different), ("one class", same)):
        start, end = codes[a[chosen][:PAIRS]], codes[b[chosen][:PAIRS]]
        at = torch.linspace(0, 1, STEPS)
        paths[name] = [distance(start.lerp(end, t.item())) / usual for t in at]
    centre = codes - codes.mean(0)
    root = torch.linalg.cholesky(centre.T @ centre / len(codes))
    drawn = codes.mean(0) + torch.randn(500, codes.shape[1]) @ root.T
    values = {
        "middle": paths["two classes"][STEPS // 2],
        "control": paths["one class"][STEPS // 2],
        "ends": paths["two classes"][0],
        "drawn": distance(drawn) / usual,
    }
    values["hole"] = values["middle"] / values["ends"]
    values["more"] = values["middle"] / values["control"]
    figure, (curve, strip) = panels("Off-manifold score along paths", "Paths, and codes drawn")
    for name, scores in paths.items():
        curve.plot(torch.linspace(0, 1, STEPS), scores, "o-", label=name)
    curve.axhline(values["drawn"], color="C2", linestyle="--", label="drawn from a Gaussian")
    curve.set(xlabel="place on the path", ylabel="score (1: reconstructions)")
    curve.legend()
    pairs = torch.nonzero(different)[:3, 0]
    rows = {
        f"path {i + 1}": model.decoder(
            codes[a[p]].lerp(codes[b[p]], torch.linspace(0, 1, STEPS)[:, None])
        )
        for i, p in enumerate(pairs)
    }
    show(strip, rows | {"drawn": model.decoder(drawn[:STEPS])})
    found = [[name, scores[0], scores[STEPS // 2]] for name, scores in paths.items()]
    found.append(["drawn from a Gaussian", values["drawn"], ""])
    return Measured(values, table(["", "score at the ends", "in the middle"], found), figure)


SPEC = Experiment(
    group=9,
    title="Holes, and why one cannot sample",
    claim="Half way between the codes of two classes, and at codes drawn from a Gaussian of the "
    "same mean and covariance, decoded images lie farther from all images than "
    "reconstructions do; half way within one class, less so.",
    data=small_digits,
    trains={"dense": Recipe(lambda data: dense(data.shape, 128, 16), steps=1200, quick=1000)},
    measure=measure,
    checks=(
        Check("hole", ">", 1.1, "score in the middle over that at the ends, two classes"),
        Check("drawn", ">", 1.1, "score of codes drawn from a Gaussian"),
        Check("more", ">", 1.05, "score in the middle, two classes over one class"),
    ),
    result="The score is {middle:.2f} in the middle of paths between two classes, {control:.2f} "
    "within one, and {drawn:.2f} for codes drawn from a Gaussian (1 for reconstructions).",
)
