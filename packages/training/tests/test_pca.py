"""The warm start is the optimal linear autoencoder."""

import pytest
import torch

from nacre.pca import principal_components, warm_start
from nacre.transforms import Analysis, Synthesis, depth_to_space, space_to_depth

LEVEL = torch.tensor([50])


def test_error_is_the_sum_of_discarded_eigenvalues():
    vectors = torch.randn(500, 12, dtype=torch.float64) @ torch.randn(12, 12, dtype=torch.float64)
    components, mean, values = principal_components(vectors, 5)
    projected = (vectors - mean) @ components.T @ components + mean
    error = (vectors - projected).square().sum(1).mean()
    assert error.item() == pytest.approx(values[5:].sum().item(), rel=1e-9)


def test_no_other_projection_of_that_rank_is_better():
    vectors = torch.randn(500, 12, dtype=torch.float64) @ torch.randn(12, 12, dtype=torch.float64)
    _, mean, values = principal_components(vectors, 5)
    for seed in range(20):
        random = torch.randn(12, 5, generator=torch.Generator().manual_seed(seed)).double()
        basis = torch.linalg.qr(random).Q
        projected = (vectors - mean) @ basis @ basis.T + mean
        assert (vectors - projected).square().sum(1).mean() > values[5:].sum()


def without_residuals(n: int, m: int) -> tuple[Analysis, Synthesis]:
    analysis, synthesis = Analysis(n, m, 1), Synthesis(n, m, 1)
    for block in (*analysis.blocks, *synthesis.blocks):
        for last in (block.conv2, block.project):
            last.weight.data.zero_()
    return analysis, synthesis


@torch.no_grad()
def test_warm_start_is_a_linear_transform_codec_with_the_error_pca_promises():
    images = torch.rand(80, 3, 64, 64, generator=torch.Generator().manual_seed(1))
    images = torch.nn.functional.avg_pool2d(images, 3, 1, 1)  # neighbours depend on each other
    analysis, synthesis = without_residuals(192, 300)
    values = warm_start(analysis, synthesis, images)
    error = (synthesis(analysis(images, LEVEL), LEVEL) - images).square().mean() * 768
    # With all 192 components of the first stage kept, only the second one discards.
    assert error.item() == pytest.approx(values[300:].sum().item(), rel=1e-3)


@torch.no_grad()
def test_full_rank_warm_start_is_perfect():
    images = torch.rand(2, 3, 32, 32, generator=torch.Generator().manual_seed(2))
    analysis, synthesis = without_residuals(192, 768)
    warm_start(analysis, synthesis, images)
    assert torch.allclose(synthesis(analysis(images, LEVEL), LEVEL), images, atol=1e-4)


def test_depth_to_space_inverts_space_to_depth():
    x = torch.arange(2 * 3 * 8 * 12).reshape(2, 3, 8, 12)
    assert torch.equal(depth_to_space(space_to_depth(x, 4), 4), x)
    assert space_to_depth(x, 4)[0, (1 * 4 + 2) * 3 + 1, 0, 1] == x[0, 1, 1, 6]
