"""PCA warm start: the linear path of g_a and g_s begins as the optimal linear autoencoder.

Not here: training. The best linear autoencoder of rank k projects on the k leading
eigenvectors of the covariance, and its error is the sum of the eigenvalues left out.

Reference:
    Baldi and Hornik, "Neural networks and principal component analysis: learning from examples
    without local minima", Neural Networks 2(1), 1989.
"""

from __future__ import annotations

import torch
from torch import Tensor

from nacre.transforms import Analysis, Synthesis, space_to_depth


def principal_components(vectors: Tensor, count: int) -> tuple[Tensor, Tensor, Tensor]:
    """Leading eigenvectors of the covariance of `vectors`.

    Shape:
        - Input: `(samples, D)`.
        - Output: components `(count, D)` (orthonormal rows), mean `(D,)`, and all D eigenvalues
          in falling order, float64.
    """
    vectors = vectors.double()
    mean = vectors.mean(0)
    centred = vectors - mean
    values, basis = torch.linalg.eigh(centred.T @ centred / len(centred))
    return basis.flip(1)[:, :count].T.contiguous(), mean, values.flip(0)


def _as_vectors(x: Tensor) -> Tensor:
    return x.permute(0, 2, 3, 1).reshape(-1, x.shape[1])


@torch.no_grad()
def warm_start(analysis: Analysis, synthesis: Synthesis, images: Tensor) -> Tensor:
    """Sets the four linear convolutions of g_a and g_s to principal components.

    The 1×1 on 8×8×3 squares takes the N leading components, the latent 1×1 the M leading
    components of the 2×2 groups of those; the decoder takes the transposes. With the residual
    branches at zero the pair is a 16×16 linear transform codec.

    Args:
        images: `(B, 3, S, S)` in 0..1, S a multiple of 16, enough for some 10,000 squares.

    Returns:
        Eigenvalues of the second PCA, `(4N,)`: what each latent carries.
    """
    squares = space_to_depth(images - 0.5, 8)
    first, mean, _ = principal_components(_as_vectors(squares), analysis.stem.out_channels)
    first, mean = first.float(), mean.float()
    analysis.stem.weight.copy_(first[:, :, None, None])
    analysis.stem.bias.copy_(-first @ mean)
    synthesis.stem.weight.copy_(first.T[:, :, None, None])
    synthesis.stem.bias.copy_(mean)

    groups = space_to_depth(analysis.stem(squares), 2)
    second, mean, values = principal_components(_as_vectors(groups), analysis.head.out_channels)
    second, mean = second.float(), mean.float()
    analysis.head.weight.copy_(second[:, :, None, None])
    analysis.head.bias.copy_(-second @ mean)
    synthesis.head.weight.copy_(second.T[:, :, None, None])
    synthesis.head.bias.copy_(mean)
    return values
