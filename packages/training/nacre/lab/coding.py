"""Files for `compression`: an adaptive range coder, JPEG, and Nacre's shipped model.

Not here: Nacre's own format and coder, which are in TypeScript; its rate is the code length under
the model's tables, within 1 % of a file.
"""

from __future__ import annotations

import base64
import io
import json
from collections.abc import Iterator

import constriction
import numpy as np
import onnx
import torch
from PIL import Image
from torch import Tensor

from nacre.evaluate import pad_to_multiple, psnr
from nacre.export import OnnxCodec
from nacre.gaussian import bits, scale_of
from nacre.lab.data import ROOT

Categorical = constriction.stream.model.Categorical


def _adaptive(size: int) -> Iterator[Categorical]:
    """Models of one channel, row by row: send it each row once it is known."""
    counts = np.ones(size)
    while True:
        row = yield Categorical(counts / counts.sum(), perfect=False)
        if row is not None:
            counts += np.bincount(row, minlength=size)
            yield None


def range_code(symbols: np.ndarray) -> bytes:
    """Each channel after its lowest and highest symbol (int16), row by row, with counts so far.

    Shape:
        - symbols: `(channels, rows, columns)` integers.
    """
    ranges = np.stack([symbols.min((1, 2)), symbols.max((1, 2))], 1).astype(np.int16)
    encoder = constriction.stream.queue.RangeEncoder()
    for channel, (low, high) in zip(symbols.astype(np.int32), ranges.astype(int), strict=True):
        models = _adaptive(high - low + 1)
        for row in channel - low if high > low else []:
            encoder.encode(row.astype(np.int32), next(models))
            models.send(row)
    return ranges.tobytes() + encoder.get_compressed().tobytes()


def range_decode(data: bytes, shape: tuple[int, int, int]) -> np.ndarray:
    """The symbols of `range_code`."""
    ranges = np.frombuffer(data, np.int16, 2 * shape[0]).reshape(-1, 2).astype(int)
    words = np.frombuffer(data, np.uint32, offset=ranges.size * 2)
    decoder = constriction.stream.queue.RangeDecoder(words)
    symbols = np.zeros(shape, np.int64) + ranges[:, :1, None]
    for channel, (low, high) in zip(symbols, ranges, strict=True):
        models = _adaptive(high - low + 1)
        for row in channel if high > low else []:
            read = decoder.decode(next(models), shape[2])
            models.send(read)
            row += read
    return symbols


def entropy_bytes(symbols: np.ndarray) -> float:
    """Empirical entropy of all channels: no code with one table for each is shorter."""
    total = 0.0
    for channel in symbols:
        counts = np.unique(channel, return_counts=True)[1]
        total -= (counts * np.log2(counts / channel.size)).sum() / 8
    return total


def eight_bits(x: Tensor) -> Tensor:
    return x.clamp(0, 1).mul(255).round() / 255


def jpeg(x: Tensor, quality: int) -> tuple[float, float]:
    """Bytes and PSNR of Pillow's JPEG (4:2:0, optimised)."""
    file = io.BytesIO()
    pixels = (x[0].permute(1, 2, 0) * 255).round().byte().numpy()
    Image.fromarray(pixels).save(file, "JPEG", quality=quality, optimize=True)
    decoded = torch.from_numpy(np.array(Image.open(file))).permute(2, 0, 1)[None] / 255
    return file.tell(), psnr(decoded, x)


class Nacre:
    """The newest model in `models/`, run as it was exported."""

    def __init__(self) -> None:
        described = (ROOT / "models").glob("*/model.json")
        folder = max(described, key=lambda path: int(path.parent.name.rsplit("-")[-1])).parent
        stream = json.loads((folder / "model.json").read_text())["bitstream"]
        index = np.frombuffer(base64.b64decode(stream["hyperTables"]), np.uint8)
        self.hyper = torch.from_numpy(index.reshape(stream["levels"], -1).astype(np.float32))
        self.codec = OnnxCodec({path.stem: onnx.load(path) for path in folder.glob("*.onnx")})

    def __call__(self, x: Tensor, quality: int) -> tuple[float, float]:
        """Bytes (estimated) and PSNR at a quality of 1..100."""
        level, (height, width) = quality - 1, x.shape[2:]
        coded = self.codec.encode(pad_to_multiple(x).contiguous().numpy(), level)
        symbols, z, index = (torch.from_numpy(coded[k]) for k in ("symbols", "z", "scale_index"))
        length = bits(symbols, scale_of(index)).sum()
        length += bits(z, scale_of(self.hyper[level])[:, None, None]).sum()
        output = torch.from_numpy(self.codec.decode(coded["symbols"], coded["z"], level))
        return length.item() / 8, psnr(eight_bits(output[:, :, :height, :width]), x)
