"""How wide must a bottleneck be? The error curve bends where the data's own dimension is reached.

If images lie near a surface of dimension m, a code of d < m values must drop some of what varies,
and each value more saves much; beyond m only noise is left to save. The dimension can be estimated
without any network from how the distances to near neighbours grow: in m dimensions the k-th
neighbour lies k^(1/m) as far as the first (Levina and Bickel).

Both are rough: the elbow is one of a few powers of two, and the estimate falls short where points
are few. The elbow is held to be one of the two widths next to the estimate: between half and twice.

Reference:
    Levina and Bickel, "Maximum likelihood estimation of intrinsic dimension", NIPS 2004.
"""

from __future__ import annotations

import math

import torch
from sklearn.neighbors import NearestNeighbors
from torch import Tensor

from lab.blocks import dense
from lab.data import Data, Setting, digits
from lab.experiment import Check, Experiment, Measured, Models
from lab.figures import panels, table
from lab.measures import error
from lab.trainer import Recipe, train


def intrinsic_dimension(points: Tensor, neighbours: int = 20) -> float:
    """Maximum-likelihood estimate of the dimension of the manifold that points lie on.

    With T_j the distance to the j-th neighbour, the inverse dimension is the mean over points and
    j < k of log(T_k / T_j).

    Reference:
        Levina and Bickel, NIPS 2004; averaged as MacKay and Ghahramani (2005) correct it.
    """
    found = NearestNeighbors(n_neighbors=neighbours).fit(points.flatten(1).numpy())
    near = torch.from_numpy(found.kneighbors()[0]).clamp(min=1e-9).log()  # Itself left out.
    inverse = (near[:, -1:] - near[:, :-1]).sum(1) / (neighbours - 1)
    return (1 / inverse.mean()).item()


def elbow(x: Tensor, y: Tensor) -> int:
    """Index of the point of a falling curve that lies farthest below the line between its ends.

    Reference:
        Satopää et al., "Finding a 'kneedle' in a haystack", ICDCS workshops 2011.
    """
    x, y = (x - x[0]) / (x[-1] - x[0]), (y - y[-1]) / (y[0] - y[-1])
    return int((1 - x - y).argmax())


@torch.no_grad()
def measure(data: Data, models: Models, setting: Setting) -> Measured:
    # A code as wide as the image is no bottleneck: the small digits stop at 32.
    codes = [2**k for k in range(1, 9) if 2**k < data.pixels]
    with torch.enable_grad():
        models = train(
            {
                str(code): Recipe(
                    lambda data, code=code: dense(data.shape, 256, code), steps=700, quick=600
                )
                for code in codes
            },
            data,
            setting,
        )
    errors = [error(model, data.test) for model in models.values()]
    at = codes[elbow(torch.tensor(codes).float().log2(), torch.tensor(errors))]
    dimension = intrinsic_dimension(data.train[:4000])
    # The same estimator where the answer is known: a curved surface of dimension 5.
    draw = torch.Generator().manual_seed(0)
    flat = torch.rand(2000, 5, generator=draw)
    known = intrinsic_dimension((flat @ torch.randn(5, 40, generator=draw)).sin())
    values = {
        "elbow": float(at),
        "dimension": dimension,
        "apart": max(at / dimension, dimension / at),
        "known": known,
        "off": abs(known - 5),
        "rises": max(b / a for a, b in zip(errors, errors[1:], strict=False)),
    }
    figure, (axes,) = panels("Error in test", size=(5, 3))
    axes.plot(codes, errors, "o-")
    axes.axvline(at, color="C1", linestyle="--", label=f"elbow: {at}")
    axes.axvline(dimension, color="C2", linestyle=":", label=f"dimension: {dimension:.1f}")
    axes.set_xscale("log", base=2)
    axes.set(xlabel="values of code", ylabel="mean squared error", ylim=(0, None))
    axes.legend()
    rows = [[code, e, -10 * math.log10(e)] for code, e in zip(codes, errors, strict=True)]
    return Measured(values, table(["code", "error in test", "PSNR (dB)"], rows), figure)


SPEC = Experiment(
    group=8,
    title="The width of the bottleneck",
    claim="The error falls with the width of the code and bends at one of the two powers of two "
    "around the data's intrinsic dimension, as estimated from distances to neighbours alone.",
    data=digits,
    measure=measure,
    checks=(
        Check("apart", "<", 2, "factor between the elbow and the estimated dimension"),
        Check("off", "<", 0.6, "error of the estimate on a surface of dimension 5"),
        Check("rises", "<", 1.1, "largest error over that of half the code"),
    ),
    result="The elbow is at {elbow:.0f} values of code; neighbours say the dimension is "
    "{dimension:.1f} (and {known:.1f} where it is 5).",
)
