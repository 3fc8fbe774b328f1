"""What the tests share: a few drawn images, and a run small enough for seconds."""

from pathlib import Path

import pytest
import torch
from drawn import write_images
from make_fixture import SIZES

from nacre.train import Run, parser

torch.set_num_threads(1)


@pytest.fixture(scope="session")
def drawn(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder of eight drawn images, 128 pixels a side."""
    return write_images(tmp_path_factory.mktemp("drawn"), 8, 128)


@pytest.fixture
def tiny_run(drawn: Path):
    """Makes a `Run` of the tiny architecture; arguments are appended to the command line."""

    def make(out: Path, *arguments: str) -> Run:
        fixed = [str(drawn), "--out", str(out), "--device", "cpu", *SIZES.split()]
        fixed += [
            "--crop",
            "64",
            "--batch",
            "4",
            "--log-every",
            "5",
            "--no-compile",
            "--distortion",
            "mse",
        ]
        return Run(parser().parse_args([*fixed, *arguments]))

    return make
