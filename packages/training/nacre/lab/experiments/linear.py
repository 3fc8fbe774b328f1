"""A linear autoencoder is principal component analysis.

Proof sketch. Let x be centred with covariance C, encoder W (d×D), decoder V (D×d), so that the
error is E‖x − VWx‖² = tr C − 2 tr(VWC) + tr(VWCWᵀVᵀ). For a fixed V the best W solves the normal
equations: W = (VᵀV)⁻¹Vᵀ, and VW becomes P, the orthogonal projection on the columns of V. The
error is then tr C − tr(PC). Over all projections of rank d, tr(PC) is largest when P projects on
the d leading eigenvectors (Ky Fan): the error left is the sum of the other eigenvalues. Every
other stationary point is the span of other eigenvectors and a saddle (Baldi and Hornik), so
gradient descent finds the best. Only the span is determined: for any invertible A, (AW, VA⁻¹) does
as well. With V = Wᵀ the optimum needs WᵀW = P: the rows of W are orthonormal, and A must be a
rotation.

`nacre/pca.py` starts the codec at this point, which `nacre/train.py` then leaves.

Reference:
    Baldi and Hornik, Neural Networks 2(1), 1989; Eckart and Young, Psychometrika 1(3), 1936.
"""

from __future__ import annotations

import torch

from nacre.lab.blocks import Tied, dense
from nacre.lab.data import Data, Setting, small_digits
from nacre.lab.experiment import Check, Experiment, Measured, Models
from nacre.lab.figures import panels, show, table
from nacre.lab.measures import error, principal_angles
from nacre.lab.trainer import Recipe
from nacre.pca import principal_components

CODE = 6


def data(setting: Setting) -> Data:
    """1,000 pictures: few enough that every step can see them all."""
    return small_digits(setting).only(slice(1000))


@torch.no_grad()
def measure(data: Data, models: Models, setting: Setting) -> Measured:
    components, mean, values = principal_components(data.train.flatten(1), CODE)
    discarded = values[CODE:].sum().item() / data.pixels
    tied, untied = models["tied"].maps[0].weight, models["untied"].encoder[1][0].weight
    decoder = models["untied"].decoder[0][0].weight.T
    centred = data.train.flatten(1).double() - mean

    def angle(rows: torch.Tensor) -> float:
        return principal_angles(rows, components).max().item()

    def code_angle(rows: torch.Tensor) -> float:
        # An encoder is free where pixels never vary: its codes of the pictures are compared.
        codes = rows.double() @ centred.T
        return principal_angles(codes, components @ centred.T).max().item()

    encoders = {"untied": code_angle(untied), "tied": code_angle(tied)}
    decoders = {"untied": angle(decoder), "tied": angle(tied)}
    errors = {name: error(model, data.train) for name, model in models.items()}
    lengths = (tied @ tied.T - torch.eye(CODE)).abs().max().item()
    values = {
        "angle": max(*encoders.values(), *decoders.values()),
        "excess": max(errors.values()) / discarded - 1,
        "orthonormal": lengths,
    }
    figure, (axes,) = panels("Rows of the encoder, and the same space by PCA", size=(6, 2.6))

    def as_pictures(rows: torch.Tensor) -> torch.Tensor:
        return (rows / rows.abs().amax(1, keepdim=True) / 2 + 0.5).reshape(-1, *data.shape).float()

    onto = as_pictures((components.float() @ tied.T) @ tied)
    show(
        axes,
        {
            "tied weights": as_pictures(tied),
            "PCA": as_pictures(components),
            "PCA through\nthe network": onto,
        },
    )
    rows = [
        [n, encoders[n], decoders[n], errors[n], discarded, errors[n] / discarded - 1]
        for n in models
    ]
    header = ["weights", "encoder (°)", "decoder (°)", "error", "discarded eigenvalues", "excess"]
    return Measured(values, table(header, rows), figure)


SPEC = Experiment(
    group=1,
    title="A linear autoencoder is PCA",
    claim="A linear autoencoder with a code of d values, its weights tied or not, learns the "
    "space of the d leading principal components; its error is the sum of the eigenvalues "
    "left out.",
    data=data,
    trains={
        "untied": Recipe(lambda data: dense(data.shape, CODE, bound=False), steps=1500, batch=0),
        "tied": Recipe(lambda data: Tied(data.shape, CODE, bound=False), steps=1500, batch=0),
    },
    measure=measure,
    checks=(
        Check("angle", "<", 1.0, "largest principal angle of encoders and decoder, degrees"),
        Check("excess", "<", 1e-3, "error over the sum of the discarded eigenvalues, less 1"),
        Check("orthonormal", "<", 0.02, "largest entry of WWᵀ − I, tied"),
    ),
    result="The largest principal angle is {angle:.3f}° and the error exceeds the discarded "
    "eigenvalues by {excess:.1e} of themselves. Single weights are not the components, "
    "only their span is; with tied weights they are orthonormal to {orthonormal:.0e}.",
)
