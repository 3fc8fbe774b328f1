"""What is asked of the code besides a good reconstruction: small slopes, few active units.

Not here: weight decay, which the optimiser does (trainer.py), and dropout, a layer (blocks.py).
Each is called like a loss: `penalty(model, given, target)`.
"""

from __future__ import annotations

import torch
from torch import Tensor, nn


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


def contractive_by_autograd(model: nn.Module, given: Tensor, target: Tensor) -> Tensor:
    """Mean over pictures of ‖∂code/∂x‖²_F, for any encoder, at the cost of d backward passes."""
    return jacobian(model.encoder, given).square().sum((1, 2)).mean()


def contractive_sigmoid(model: nn.Module, given: Tensor, target: Tensor) -> Tensor:
    """The same in closed form for one sigmoid layer h = σ(Wx + b).

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
