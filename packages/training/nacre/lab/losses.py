"""What is minimised: distances of a reconstruction, and penalties on the code.

Not here: weight decay, which the optimiser does (trainer.py), and dropout, a layer (blocks.py).
Each is called as `loss(model, given, target)` and returns a scalar.
"""

from __future__ import annotations

from collections.abc import Callable

import torch
import torch.nn.functional as F
from torch import Tensor, nn

Loss = Callable[[nn.Module, Tensor, Tensor], Tensor]


def mse(model: nn.Module, given: Tensor, target: Tensor) -> Tensor:
    """Mean squared error: up to scale and offset a Gaussian code length (see `likelihood`)."""
    return F.mse_loss(model(given), target)


def classify(model: nn.Module, given: Tensor, target: Tensor) -> Tensor:
    """Cross-entropy of logits and labels."""
    return F.cross_entropy(model(given), target)


def plus(loss: Loss, weight: float, penalty: Loss) -> Loss:
    """`loss + weight · penalty`."""
    return lambda model, given, target: (
        loss(model, given, target) + weight * penalty(model, given, target)
    )


def perceptual(features: nn.Module) -> Loss:
    """Distance of the features that a fixed network finds, each channel to unit variance.

    Reference:
        Johnson, Alahi and Fei-Fei, "Perceptual losses for real-time style transfer and
        super-resolution", ECCV 2016.
    """
    features.requires_grad_(False)

    def loss(model: nn.Module, given: Tensor, target: Tensor) -> Tensor:
        wanted = features(target)
        spread = wanted.std((0, 2, 3), keepdim=True) + 1e-3
        return ((features(model(given)) - wanted) / spread).square().mean()

    return loss


def jacobian(encode: nn.Module, x: Tensor) -> Tensor:
    """Jacobian of the code by autograd, for every picture.

    Shape:
        - Input: `(B, …)` of D values a picture. Output: `(B, d, D)`.
    """
    x = x.detach().requires_grad_()
    code = encode(x)
    rows = [
        torch.autograd.grad(code[:, j].sum(), x, create_graph=True)[0].flatten(1)
        for j in range(code.shape[1])
    ]
    return torch.stack(rows, 1)


def contractive_sigmoid(model: nn.Module, given: Tensor, target: Tensor) -> Tensor:
    """Mean over pictures of ‖∂code/∂x‖²_F, in closed form for one sigmoid layer h = σ(Wx + b).

    ∂h_j/∂x_i = h_j (1 − h_j) W_ji, so ‖J‖²_F = Σ_j (h_j (1 − h_j))² Σ_i W_ji².

    Reference:
        Rifai et al., "Contractive auto-encoders", ICML 2011, eq. 5.
    """
    h = model.encoder(given)
    weights = model.encoder.linear.weight.square().sum(1)
    return ((h * (1 - h)).square() @ weights).mean()


def contractive_relu(w1: Tensor, b1: Tensor, w2: Tensor, b2: Tensor, x: Tensor) -> Tensor:
    """‖J‖²_F of two ReLU layers h = r(W₂ r(W₁x + b₁) + b₂), for every picture.

    A ReLU's slope is 1 where its input is positive and 0 elsewhere. With D₁, D₂ the diagonal
    matrices of these, the chain rule gives J = D₂ W₂ D₁ W₁: the sub-matrix of W₂W₁ that passes
    through active units alone. So J is constant within each cell of inputs with the same active
    units, and ‖J‖²_F = Σ_j D₂_jj Σ_i (Σ_k W₂_jk D₁_kk W₁_ki)²; a penalty on it reaches the weights
    only through active units, and never the biases.

    Shape:
        - w1 `(K, D)`, w2 `(d, K)`, x `(B, D)`. Output: `(B,)`.
    """
    inner = x @ w1.T + b1
    outer = inner.relu() @ w2.T + b2
    first, second = (inner > 0).to(x.dtype), (outer > 0).to(x.dtype)
    through = torch.einsum("jk,bk,ki->bji", w2, first, w1)
    return (second[:, :, None] * through).square().sum((1, 2))


def sparse(model: nn.Module, given: Tensor, target: Tensor) -> Tensor:
    """Mean absolute value of the code (a Laplacian prior on it).

    Reference:
        Olshausen and Field, Nature 381, 1996.
    """
    return model.encoder(given).abs().mean()
