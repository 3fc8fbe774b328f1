"""Training images: decoded once, kept on the device as bytes, cropped and flipped there.

Not here: evaluation images, which are read one by one (evaluate.py).
"""

from __future__ import annotations

import io
import itertools
import tarfile
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import numpy as np
import torch
from PIL import Image
from torch import Tensor

IMAGE_SUFFIXES = {".jpg", ".jpeg", ".png", ".webp", ".bmp", ".tif", ".tiff"}

CHUNK = 64
"""Images that wait to be decoded, at most."""


def encoded(sources: list[Path]) -> Iterator[tuple[str, bytes]]:
    """Names and bytes of all images in files, folders and tar shards, in a fixed order."""
    for source in sources:
        if source.is_dir():
            inside = sorted(
                p for p in source.rglob("*") if p.suffix.lower() in IMAGE_SUFFIXES | {".tar"}
            )
            yield from encoded(inside)
        elif source.suffix == ".tar":
            with tarfile.open(source) as tar:
                for member in sorted(tar.getmembers(), key=lambda m: m.name):
                    if member.isfile() and Path(member.name).suffix.lower() in IMAGE_SUFFIXES:
                        yield f"{source}:{member.name}", tar.extractfile(member).read()
        else:
            yield str(source), source.read_bytes()


def _decode(named: tuple[str, bytes]) -> np.ndarray:
    name, data = named
    try:
        return np.asarray(Image.open(io.BytesIO(data)).convert("RGB"))
    except OSError as error:
        raise ValueError(f"Cannot read the image {name}: {error}") from error


def _chunk(limit: int | None, kept: int) -> int:
    """How many images to decode next: no more than are still wanted."""
    return CHUNK if limit is None else min(CHUNK, limit - kept)


class Images:
    """All training images in one flat uint8 tensor on the device.

    Args:
        sources: tar shards, folders (searched for images and shards) or single images.
        size: side of the crops in pixels; smaller images are left out.
        device: where the bytes stay and crops are cut.
        limit: keep only this many images (for dry runs and tests).

    Raises:
        ValueError: when an image cannot be read, or none is large enough.
    """

    def __init__(
        self,
        sources: list[Path],
        size: int,
        device: torch.device | str = "cpu",
        limit: int | None = None,
    ) -> None:
        kept, waiting = [], encoded(sources)
        with ThreadPoolExecutor() as pool:
            # In chunks, as the pool takes up all that it is given, needed or not.
            while some := list(itertools.islice(waiting, _chunk(limit, len(kept)))):
                decoded = pool.map(_decode, some)
                kept += (image for image in decoded if min(image.shape[:2]) >= size)
        if not kept:
            raise ValueError(f"Found no image of at least {size} pixels a side in {sources}")
        self.size = size
        self.device = torch.device(device)
        shapes = torch.tensor([p.shape[:2] for p in kept], dtype=torch.int64)
        lengths = shapes.prod(1)
        self.heights, self.widths = shapes.to(self.device).unbind(1)
        self.starts = (lengths.cumsum(0) - lengths).to(self.device)
        flat = np.concatenate([p.reshape(-1, 3) for p in kept])
        self.pixels = torch.from_numpy(flat).to(self.device)
        # Large images hold more different crops: draw them as often as their area asks.
        self.chances = (lengths.double() / lengths.sum()).float().to(self.device)

    def __len__(self) -> int:
        return len(self.starts)

    def batch(self, count: int, generator: torch.Generator) -> Tensor:
        """Random crops, flipped and transposed at random, cut on the device.

        Shape:
            - Output: `(count, 3, size, size)` float32 in 0..1, channels_last.
        """
        options = {"generator": generator, "device": self.device}
        which = torch.multinomial(self.chances, count, replacement=True, generator=generator)
        draws = torch.rand((2, count), **options)
        flips = torch.randint(0, 2, (3, count, 1, 1), **options).bool()
        top = (draws[0] * (self.heights[which] - self.size + 1)).long()
        left = (draws[1] * (self.widths[which] - self.size + 1)).long()
        line = torch.arange(self.size, device=self.device)
        rows = line[None, :, None].expand(count, -1, self.size)
        columns = line[None, None, :].expand(count, self.size, -1)
        rows = torch.where(flips[0], self.size - 1 - rows, rows)
        columns = torch.where(flips[1], self.size - 1 - columns, columns)
        rows, columns = (
            torch.where(flips[2], columns, rows),
            torch.where(flips[2], rows, columns),
        )
        start = self.starts[which] + top * self.widths[which] + left
        index = start[:, None, None] + rows * self.widths[which][:, None, None] + columns
        return self.pixels[index].permute(0, 3, 1, 2).float().div_(255)
