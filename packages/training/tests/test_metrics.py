"""The differentiable metrics against the reference programs' scores, and their slopes."""

import csv
from pathlib import Path

import numpy as np
import pytest
import torch
from PIL import Image

from nacre import butteraugli, distortion, ssimulacra2

PAIRS = Path(__file__).resolve().parents[3] / "test/fixtures/ssimulacra2"


def read(name: str) -> torch.Tensor:
    pixels = np.array(Image.open(PAIRS / name).convert("RGB"))
    return torch.from_numpy(pixels).permute(2, 0, 1)[None].float() / 255


def scored_pairs() -> list[dict[str, str]]:
    with (PAIRS / "scores.tsv").open() as file:
        return list(csv.DictReader(file, delimiter="\t"))


@pytest.mark.parametrize("pair", scored_pairs(), ids=lambda pair: pair["distorted"])
@torch.no_grad()
def test_scores_are_those_of_the_reference(pair: dict[str, str]):
    original, distorted = read(pair["reference"]), read(pair["distorted"])
    score = ssimulacra2.score(ssimulacra2.error(original, distorted)).item()
    # The small weights that are left out matter near 100 alone.
    identical = float(pair["ssimulacra2"]) == 100
    assert score == pytest.approx(float(pair["ssimulacra2"]), abs=1 if identical else 0.25)
    distance = butteraugli.butteraugli(original, distorted).item()
    assert distance == pytest.approx(float(pair["butteraugli_3norm"]), rel=0.05, abs=1e-3)


def noisy_pair() -> tuple[torch.Tensor, torch.Tensor]:
    generator = torch.Generator().manual_seed(0)
    original = read("raccoon.png")[..., :64, :64]
    noise = torch.randn(original.shape, generator=generator) * 0.03
    return original, (original + noise).clamp(0.01, 0.99)


@pytest.mark.parametrize("metric", [ssimulacra2.error, butteraugli.butteraugli])
def test_the_gradient_is_the_slope(metric):
    original, distorted = (image.double() for image in noisy_pair())
    distorted.requires_grad_()
    metric(original.float(), distorted.float()).sum().backward()
    direction = torch.randn(distorted.shape, generator=torch.Generator().manual_seed(1)).double()
    slope = (distorted.grad * direction).sum().item()
    with torch.no_grad():
        step = 1e-3
        ahead, behind = (
            metric(original.float(), (distorted + sign * step * direction).float()).item()
            for sign in (1, -1)
        )
    assert slope == pytest.approx((ahead - behind) / (2 * step), rel=0.05)


@pytest.mark.parametrize("metric", [ssimulacra2.error, butteraugli.butteraugli])
def test_images_of_a_batch_do_not_mix(metric):
    original, distorted = noisy_pair()
    pair = metric(torch.cat([original, original]), torch.cat([distorted, original]))
    assert pair[0].item() == pytest.approx(metric(original, distorted).item(), rel=1e-4)
    assert pair[1] < 0.02 * pair[0]


def test_every_distortion_prices_worse_images_higher():
    original, distorted = noisy_pair()
    level, lmbda = torch.tensor([40]), torch.tensor([0.01])
    worse = (original + 2 * (distorted - original)).clamp(0, 1)
    for name, price in distortion.DISTORTIONS.items():
        good, bad = (price(original, image, level, lmbda) for image in (distorted, worse))
        assert good.shape == (1,) and 0 < good < bad, name
