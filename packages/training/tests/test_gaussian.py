"""Tables and code lengths agree with each other and with the two Gaussians they stand for."""

import math
from statistics import NormalDist

import pytest
import torch

from nacre.gaussian import (
    PRECISION,
    SCALE_MIN,
    SCALES,
    WIDE_RATIO,
    WIDE_SHARE,
    bits,
    frequency_tables,
    scale_of,
)
from nacre.rates import KNOTS, LEVELS, PerLevel, interpolation_matrix, lmbda_table


def test_rows_are_what_the_format_asks():
    rows = frequency_tables()
    assert len(rows) == SCALES
    for row in rows:
        assert sum(row) == 2**PRECISION and min(row) >= 1 and len(row) % 2 == 0
        k = len(row) // 2 - 1
        assert row[:k] == row[k + 1 : -1][::-1]


def test_scales_run_geometrically_from_the_least_to_64():
    scales = scale_of(torch.arange(SCALES).float())
    assert scales[0].item() == pytest.approx(SCALE_MIN) and scales[-1].item() == pytest.approx(64)
    ratios = scales[1:] / scales[:-1]
    assert torch.allclose(ratios, ratios[0].expand_as(ratios), rtol=1e-5)


def test_code_length_is_that_of_two_gaussians_with_the_scale_together():
    share, scale = WIDE_SHARE, 1.7
    narrow = scale / math.sqrt(1 + share * (WIDE_RATIO**2 - 1))
    one, other = NormalDist(0, narrow), NormalDist(0, WIDE_RATIO * narrow)
    assert (1 - share) * one.variance + share * other.variance == pytest.approx(scale**2)

    def below(x: float) -> float:
        return (1 - share) * one.cdf(x) + share * other.cdf(x)

    for s in range(-6, 7):
        expected = -math.log2(below(s + 0.5) - below(s - 0.5))
        found = bits(torch.tensor(float(s)), torch.tensor(scale)).item()
        assert found == pytest.approx(expected, rel=1e-4)


def test_tables_cost_what_training_counts():
    """Mean length of symbols drawn from a row, by its frequencies and by `bits`: within 0.1 %."""
    rows = frequency_tables()
    for index in (12, 30, 50, 63):
        row = torch.tensor(rows[index][:-1], dtype=torch.float64)
        k = len(row) // 2
        p = row / row.sum()
        by_table = -(p * torch.log2(row / 2**PRECISION)).sum()
        scale = scale_of(torch.tensor(float(index)))
        by_bits = (p * bits(torch.arange(-k, k + 1).float(), scale)).sum()
        assert by_table.item() == pytest.approx(by_bits.item(), rel=1e-3)


def test_impossible_residuals_still_pull_the_scale():
    scale = torch.tensor(0.5, requires_grad=True)
    bits(torch.tensor(6.5), scale).backward()  # 12 standard deviations: beyond the bound
    assert scale.grad is not None and scale.grad < 0


def test_lmbda_is_geometric():
    table = lmbda_table(0.001, 0.1)
    assert len(table) == LEVELS
    assert table[0].item() == pytest.approx(0.001) and table[-1].item() == pytest.approx(0.1)
    ratios = table[1:] / table[:-1]
    assert torch.allclose(ratios, ratios[0].expand_as(ratios), rtol=1e-4)


def test_levels_interpolate_between_knots():
    assert torch.allclose(interpolation_matrix().sum(1), torch.ones(LEVELS))
    vector = PerLevel(2, torch.arange(KNOTS).float())
    table = vector.table()
    assert table[0, 0].item() == 0 and table[-1, 0].item() == pytest.approx(KNOTS - 1)
    assert torch.equal(vector(torch.tensor([7, 3]))[:, :, 0, 0], table[[7, 3]])
    assert (table[1:] > table[:-1]).all()
