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
from torch import Tensor, nn

from lab.blocks import dense
from lab.data import Data, Setting, small_digits
from lab.experiment import Check, Experiment, Measured, Models
from lab.figures import panels, show, table
from lab.measures import error
from nacre.pca import principal_components

CODE = 6


def data(setting: Setting) -> Data:
    """1,000 images: few enough that every step can see them all."""
    return small_digits(setting).only(slice(1000))


def converge(data: Data, seed: int, tied: bool) -> nn.Module:
    """A linear autoencoder at the minimum of its error, by L-BFGS on all images in float64."""
    torch.manual_seed(seed)
    model, images = dense(data.shape, CODE, tied=tied, bound=False).double(), data.train.double()
    optimiser = torch.optim.LBFGS(
        model.parameters(), max_iter=1500, history_size=50, line_search_fn="strong_wolfe",
        tolerance_grad=1e-9, tolerance_change=1e-13,
    )  # fmt: skip

    def closure() -> Tensor:
        optimiser.zero_grad()
        # The sum over an image: the tolerances above are for values of that size.
        loss = (model(images) - images).square().sum() / len(images)
        loss.backward()
        return loss

    optimiser.step(closure)
    return model.float()


def principal_angles(a: Tensor, b: Tensor) -> Tensor:
    """Angles in degrees between the row spaces of `(d, D)` matrices, in rising order.

    By their sines, from what of one basis lies outside the other (Björck and Golub, 1973): the
    cosines of small angles differ from 1 by less than float can tell.
    """
    p, q = (torch.linalg.qr(m.double().T).Q for m in (a, b))
    sines = torch.linalg.svdvals(q - p @ (p.T @ q)).clamp(max=1)
    return sines.flip(0).asin().rad2deg()


def measure(data: Data, models: Models, setting: Setting) -> Measured:
    models = {name: converge(data, setting.seed, name == "tied") for name in ("untied", "tied")}
    flat = data.train.flatten(1).double()
    components, mean, values = principal_components(flat, CODE)
    discarded = values[CODE:].sum().item() / data.pixels
    rows, angles = [], []
    for name, model in models.items():
        encoder, decoder = model.encoder[1].weight.detach(), model.decoder[0]
        columns = encoder if name == "tied" else decoder.weight.detach().T
        # An encoder is free where pixels never vary: its codes of the images are compared.
        codes = [rows.double() @ (flat - mean).T for rows in (encoder, components)]
        pairs = (codes, (columns, components))
        angles += [principal_angles(*pair).max().item() for pair in pairs]
        left = error(model, data.train)
        rows.append([name, *angles[-2:], left, discarded, left / discarded - 1])
    values = {
        "angle": max(angles),
        "excess": max(abs(row[-1]) for row in rows),
        "orthonormal": (encoder @ encoder.T - torch.eye(CODE)).abs().max().item(),
    }
    figure, (axes,) = panels("Rows of the encoder, and the same space by PCA", size=(6, 2.6))
    strips = {
        "tied weights": encoder,
        "PCA": components,
        "PCA through\nthe network": components.float() @ encoder.T @ encoder,
    }
    for name, strip in strips.items():
        scaled = strip / strip.abs().amax(1, keepdim=True) / 2 + 0.5
        strips[name] = scaled.float().unflatten(1, data.shape)
    show(axes, strips)
    header = ["weights", "encoder (°)", "decoder (°)", "error", "discarded eigenvalues", "excess"]
    return Measured(values, table(header, rows), figure)


SPEC = Experiment(
    group=1,
    title="A linear autoencoder is PCA",
    claim="A linear autoencoder with a code of d values, its weights tied or not, learns the "
    "space of the d leading principal components; its error is the sum of the eigenvalues "
    "left out.",
    data=data,
    measure=measure,
    checks=(
        Check("angle", "<", 1.0, "largest principal angle of encoders and decoder, degrees"),
        Check("excess", "<", 1e-3, "|error over the sum of the discarded eigenvalues − 1|"),
        Check("orthonormal", "<", 0.02, "largest entry of WWᵀ − I, tied"),
    ),
    result="The largest principal angle is {angle:.3f}° and the error differs from the "
    "discarded eigenvalues by {excess:.1e} of themselves. Single weights are not the components, "
    "only their span is; with tied weights they are orthonormal to {orthonormal:.0e}.",
)
