"""A second decoder of `.ncr` files, written from FORMAT.md alone, with numpy and onnxruntime.

It is there to prove that the text is enough, and to be read beside it: it follows the headings of
packages/codec/FORMAT.md. Not here: speed, tiles at once, windows, encoding, the package `nacre`.
"""

from __future__ import annotations

import argparse
import base64
import binascii
import hashlib
import json
import re
import struct
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import onnxruntime as ort
from PIL import Image
from PIL.PngImagePlugin import PngInfo

from reference_streams import TOTAL, DecodeError, RansReader, Row, crc32c, decode_alpha_tile

MAGIC = b"\x89NCR"
VERSION = 1
GREY = 1
"""The flag of an image of one channel."""

SECTIONS = ("TILE", "Alph", "iccp", "exif", "xmpp")
"""The sections that a file has at most once."""

STEPS = 4
LATENT_MAX = 32767
HYPER_LATENT_MAX = 127
CONTEXT_MAX = 15
MAX_PIXELS = 1 << 26
"""Images with more pixels are refused unless the caller allows more."""

MODELS = Path(__file__).resolve().parents[2] / "models"


# File


@dataclass(frozen=True)
class Header:
    """The fixed fields of a file.

    Attributes:
        width: Pixels in a row, 1..65535.
        height: Rows of pixels, 1..65535.
        grey: Whether a pixel is one sample, not three.
        level: Rate level of the model, from 0.
        model_hash: The first 8 bytes of the model's hash.
    """

    width: int
    height: int
    grey: bool
    level: int
    model_hash: bytes


def parse_file(data: bytes, max_pixels: int = MAX_PIXELS) -> tuple[Header, dict[str, bytes]]:
    """Reads the header and the section table, and checks all that needs no model.

    Args:
        data: A whole file.
        max_pixels: The largest width·height to accept.

    Returns:
        The header, and the payload of each section that this decoder knows, by its type.

    Raises:
        DecodeError: If a field, a length or a checksum is wrong, or an essential section unknown.
    """
    if data[:4] != MAGIC:
        raise DecodeError("The file does not begin with 89 4E 43 52: it is not a .ncr file.")
    if len(data) > 4 and data[4] != VERSION:
        raise DecodeError(f"The file has version {data[4]}; this decoder reads version {VERSION}.")
    if len(data) < 20:
        raise DecodeError(f"The header has 20 bytes, but the file ends after {len(data)}.")
    flags, width, height, level, count, model_hash = struct.unpack_from("<BHHBB8s", data, 5)
    table_end = 20 + 12 * count
    if len(data) < table_end + 4:
        raise DecodeError(f"The file ends in its section table, after {len(data)} bytes.")
    if crc32c(data[:table_end]) != struct.unpack_from("<I", data, table_end)[0]:
        raise DecodeError("The checksum of header and section table is wrong.")
    if flags & ~GREY:
        raise DecodeError(f"The flags are {flags}; this decoder knows {GREY} alone.")
    if width == 0 or height == 0:
        raise DecodeError(f"The image is {width}×{height}: a side of 0 pixels.")
    if width * height > max_pixels:
        raise DecodeError(f"The image is {width}×{height}, more than {max_pixels} pixels.")

    sections: dict[str, bytes] = {}
    start = table_end + 4
    for i in range(count):
        kind, length, checksum = struct.unpack_from("<4sII", data, 20 + 12 * i)
        if not kind.isalpha():
            raise DecodeError(f"The type of section {i} is {kind!r}, which is not four letters.")
        name = kind.decode("ascii")
        payload = data[start : start + length]
        if len(payload) < length:
            raise DecodeError(f"Section {name} has {length} bytes, but the file ends before.")
        if crc32c(payload) != checksum:
            raise DecodeError(f"The checksum of section {name} is wrong.")
        start += length
        if name in SECTIONS:
            if name in sections:
                raise DecodeError(f"The file has two sections {name}.")
            sections[name] = payload
        elif name[0].isupper():
            raise DecodeError(f"The file needs section {name}, which this decoder does not know.")
    if start < len(data):
        raise DecodeError(f"{len(data) - start} bytes follow the last section.")
    if "TILE" not in sections:
        raise DecodeError("The file has no section TILE.")
    return Header(width, height, bool(flags & GREY), level, model_hash), sections


# TILE and Alph


@dataclass(frozen=True)
class Tile:
    """One tile: its place in the image, in pixels, and its stream."""

    left: int
    top: int
    width: int
    height: int
    stream: bytes


def parse_tiles(name: str, payload: bytes, width: int, height: int) -> list[Tile]:
    """Cuts the section `TILE` or `Alph` into the streams of the tiles, in raster order.

    Args:
        name: The type of the section.
        payload: Its content.
        width: Pixels in a row of what the tiles cover: the padded image, or the image.
        height: Rows of it.

    Raises:
        DecodeError: If k, a size, a varint or a checksum is wrong.
    """
    if not payload or not 6 <= payload[0] <= 16:
        raise DecodeError(f"k of section {name} is {payload[:1].hex() or 'missing'}, not 6..16.")
    side = 1 << payload[0]
    count = -(-width // side) * -(-height // side)
    if len(payload) < 1 + 5 * count:
        raise DecodeError(f"Section {name} ends in the index, which has {count} tiles.")
    corners = [(x, y) for y in range(0, height, side) for x in range(0, width, side)]
    position = 1
    index = []
    for number in range(len(corners)):
        size, position = _varint(payload, position, number)
        if len(payload) < position + 4:
            raise DecodeError(f"Section {name} ends in the index, at tile {number}.")
        index.append((size, struct.unpack_from("<I", payload, position)[0]))
        position += 4
    there, claimed = len(payload) - position, sum(size for size, _ in index)
    if there != claimed:
        raise DecodeError(
            f"The streams of {name} have {claimed} bytes by the index, {there} are there."
        )

    tiles = []
    for number, ((left, top), (size, checksum)) in enumerate(zip(corners, index, strict=True)):
        stream = payload[position : position + size]
        position += size
        if crc32c(stream) != checksum:
            raise DecodeError(f"The checksum of tile {number} of {name} is wrong.")
        right, bottom = min(left + side, width), min(top + side, height)
        tiles.append(Tile(left, top, right - left, bottom - top, stream))
    return tiles


def _varint(payload: bytes, start: int, number: int) -> tuple[int, int]:
    """The LEB128 number at `start`, and where it ends; `number` is the tile it belongs to."""
    value = 0
    for i, byte in enumerate(payload[start : start + 4]):
        value |= (byte & 0x7F) << 7 * i
        if byte < 0x80:
            if byte == 0 and i > 0:
                raise DecodeError(f"The size of tile {number} takes more bytes than it needs.")
            return value, start + i + 1
    raise DecodeError(f"The size of tile {number} does not end within 4 bytes, or the section.")


def _padded(header: Header) -> tuple[int, int]:
    """W and H: the next multiples of 64 of width and height."""
    return -(-header.width // 64) * 64, -(-header.height // 64) * 64


# Model


class Model:
    """A model folder: what a file fixes to the bit, and the two networks of the decoder.

    Args:
        folder: Holds `model.json` and the ONNX files that it names.

    Attributes:
        levels: Number of rate levels.
        latent_channels: C.
        hyper_channels: N.
        rows: The frequency rows.
        hyper_rows: The number of the row of each hyper-latent channel. Shape: levels lists of N.
        hash: The model hash, 32 bytes.

    Raises:
        DecodeError: If the folder is not a model of format 2, or a network not the one it names.

    Example:
        >>> Model(MODELS / "photo-6").levels
        100
    """

    def __init__(self, folder: Path) -> None:
        try:
            description = json.loads((folder / "model.json").read_text("utf-8"))
            if description["format"] != 2:
                raise DecodeError(f"The model in {folder} does not have format 2.")
            bitstream = description["bitstream"]
            self.hash = hashlib.sha256(canonical_json(bitstream)).digest()
            self.levels: int = bitstream["levels"]
            self.latent_channels: int = bitstream["latentChannels"]
            self.hyper_channels: int = bitstream["hyperChannels"]
            if (bitstream["latentStride"], bitstream["hyperStride"]) != (16, 64):
                raise DecodeError(f"The strides of the model in {folder} are not 16 and 64.")
            if bitstream["tables"]["precision"] != 16:
                raise DecodeError(f"The table of the model in {folder} has not 16 bits.")
            frequencies = bitstream["tables"]["frequencies"]
            hyper_tables = base64.b64decode(bitstream["hyperTables"], validate=True)
            self._scales = _load_network(folder, bitstream["graphs"]["scales"])
            self._synthesis = _load_network(folder, bitstream["graphs"]["synthesis"])
        except (OSError, ValueError, KeyError, TypeError, binascii.Error) as error:
            raise DecodeError(f"The model in {folder} cannot be read: {error!r}") from error

        if not 1 <= self.levels <= 256 or not 1 <= len(frequencies) <= 256:
            raise DecodeError(f"The model in {folder} has not 1..256 levels and rows.")
        for row in frequencies:
            if not 2 <= len(row) <= 2048 or len(row) % 2 or min(row) < 1 or sum(row) != TOTAL:
                raise DecodeError(f"The model in {folder} has a wrong frequency row.")
        n = self.hyper_channels
        if len(hyper_tables) != self.levels * n or max(hyper_tables) >= len(frequencies):
            raise DecodeError(f"The hyperTables of the model in {folder} are wrong.")
        self.rows = [Row(row) for row in frequencies]
        self.hyper_rows = [list(hyper_tables[i * n : i * n + n]) for i in range(self.levels)]

    def scales(self, z: np.ndarray, context: np.ndarray, level: int) -> np.ndarray:
        """The number of the frequency row of every latent of a tile, for one step.

        Shape:
            - z: `(N, h, w)` integers.
            - context: `(C + 4, 4h, 4w)` integers.
            - Output: `(C, 4h, 4w)` int64; means something at the places of the step alone.

        Raises:
            DecodeError: If the network gives anything but numbers of rows.
        """
        feeds = {"z": _batch(z), "context": _batch(context), "level": np.array([level], np.int32)}
        (found,) = self._scales.run(["scale_index"], feeds)
        index = found[0].astype(np.int64)
        shape = (self.latent_channels, *context.shape[1:])
        if index.shape != shape or not np.array_equal(index, found[0]):
            raise DecodeError("The network scales gives something else than integers a latent.")
        if index.min() < 0 or index.max() >= len(self.rows):
            raise DecodeError("The network scales gives a row that the table does not have.")
        return index

    def synthesis(self, symbols: np.ndarray, z: np.ndarray, level: int) -> np.ndarray:
        """The pixels of the padded image.

        Shape:
            - symbols: `(C, H/16, W/16)` integers.
            - z: `(N, H/64, W/64)` integers.
            - Output: `(3, H, W)` float32, about 0..1.
        """
        feeds = {"symbols": _batch(symbols), "z": _batch(z), "level": np.array([level], np.int32)}
        (x_hat,) = self._synthesis.run(["x_hat"], feeds)
        return x_hat[0]


def canonical_json(value: Any) -> bytes:
    """`bitstream` as the bytes whose SHA-256 is the model hash.

    Example:
        >>> canonical_json({"b": [1, 2], "a": "é"}).decode()
        '{"a":"é","b":[1,2]}'

    Raises:
        ValueError: If a number is no integer.
    """

    def sort(value: Any) -> Any:
        if isinstance(value, float):
            raise ValueError(f"bitstream has the number {value}, which is no integer")
        if isinstance(value, list):
            return [sort(item) for item in value]
        if isinstance(value, dict):
            # By UTF-16 code units; Python would compare code points.
            keys = sorted(value, key=lambda key: key.encode("utf-16-be"))
            return {key: sort(value[key]) for key in keys}
        return value

    # Without ensure_ascii, Python escapes just what FORMAT.md lists.
    return json.dumps(sort(value), ensure_ascii=False, separators=(",", ":")).encode()


def _load_network(folder: Path, graph: dict[str, Any]) -> ort.InferenceSession:
    if not re.fullmatch(r"[\w-][\w.-]*", graph["file"], re.ASCII):
        raise DecodeError(f"{graph['file']!r} is no plain file name.")
    onnx = (folder / graph["file"]).read_bytes()
    if len(onnx) != graph["bytes"] or hashlib.sha256(onnx).hexdigest() != graph["sha256"]:
        raise DecodeError(f"{folder / graph['file']} is not the network that model.json names.")
    return ort.InferenceSession(onnx, providers=["CPUExecutionProvider"])


def _batch(integers: np.ndarray) -> np.ndarray:
    return integers[np.newaxis].astype(np.float32)


# Steps, latents, pixels


@dataclass(frozen=True)
class Symbols:
    """The integers of an image: all that decoders must agree on.

    Shape:
        - z: `(N, H/64, W/64)` int16, the hyper-latents, each in −127..127.
        - y: `(C, H/16, W/16)` int16, the latents, each in −32767..32767.
    """

    z: np.ndarray
    y: np.ndarray


def step_of(channels: int, height: int, width: int) -> np.ndarray:
    """The step, 0..3, of every latent.

    Shape:
        - Output: `(channels, height, width)`.

    Example:
        >>> step_of(4, 1, 2).tolist()
        [[[0, 2]], [[1, 3]], [[2, 0]], [[3, 1]]]
    """
    c, r, q = np.ogrid[:channels, :height, :width]
    return (2 * ((r + q) % 2) + r % 2) ^ (c % 4)


def decode_tile(stream: bytes, height: int, width: int, level: int, model: Model) -> Symbols:
    """Decodes the integers of one tile, of height×width pixels, from its stream.

    Raises:
        DecodeError: If the stream is damaged.
    """
    reader = RansReader(stream)

    z = np.zeros((model.hyper_channels, height // 64, width // 64), np.int64)
    for channel, row in enumerate(model.hyper_rows[level]):
        for place in np.ndindex(z.shape[1:]):
            symbol = reader.symbol(model.rows[row])
            z[channel][place] = _in_range(symbol, HYPER_LATENT_MAX)

    y = np.zeros((model.latent_channels, height // 16, width // 16), np.int64)
    step = step_of(*y.shape)
    for k in range(STEPS):
        known = CONTEXT_MAX * (step_of(4, *y.shape[1:]) < k)
        context = np.concatenate([np.minimum(np.abs(y), CONTEXT_MAX), known])
        index = model.scales(z, context, level)
        places = step == k
        # A mask picks in the order of the stream: channel, row, column.
        rows = (model.rows[i] for i in index[places].tolist())
        y[places] = [_in_range(reader.symbol(row), LATENT_MAX) for row in rows]
    reader.finish()
    return Symbols(z.astype(np.int16), y.astype(np.int16))


def _in_range(symbol: int, largest: int) -> int:
    if abs(symbol) > largest:
        raise DecodeError(f"The stream has the symbol {symbol}, beyond ±{largest}.")
    return symbol


def decode_symbols(data: bytes, model: Model, max_pixels: int = MAX_PIXELS) -> Symbols:
    """Decodes the integers of a file; no pixels.

    Raises:
        DecodeError: If the file is damaged, or not one of this model.
    """
    header, sections = parse_file(data, max_pixels)
    if header.model_hash != model.hash[:8]:
        wanted, there = header.model_hash.hex(), model.hash[:8].hex()
        raise DecodeError(f"The file needs the model {wanted}, but this one is {there}.")
    if header.level >= model.levels:
        raise DecodeError(f"The file has level {header.level}, the model {model.levels} levels.")
    width, height = _padded(header)
    tiles = parse_tiles("TILE", sections["TILE"], width, height)
    z = np.zeros((model.hyper_channels, height // 64, width // 64), np.int16)
    y = np.zeros((model.latent_channels, height // 16, width // 16), np.int16)
    for number, tile in enumerate(tiles):
        try:
            part = decode_tile(tile.stream, tile.height, tile.width, header.level, model)
        except DecodeError as error:
            raise DecodeError(f"Tile {number}: {error}") from error
        for whole, piece, stride in ((z, part.z, 64), (y, part.y, 16)):
            top, left = tile.top // stride, tile.left // stride
            whole[:, top : top + piece.shape[1], left : left + piece.shape[2]] = piece
    return Symbols(z, y)


def decode_alpha(payload: bytes, header: Header) -> np.ndarray:
    """Decodes the section `Alph`.

    Shape:
        - Output: `(height, width)` uint8, 0 transparent to 255 opaque.

    Raises:
        DecodeError: If the section is damaged.
    """
    alpha = np.zeros((header.height, header.width), np.uint8)
    tiles = parse_tiles("Alph", payload, header.width, header.height)
    for number, tile in enumerate(tiles):
        try:
            part = decode_alpha_tile(tile.stream, tile.height, tile.width)
        except DecodeError as error:
            raise DecodeError(f"Tile {number} of Alph: {error}") from error
        alpha[tile.top : tile.top + tile.height, tile.left : tile.left + tile.width] = part
    return alpha


@dataclass(frozen=True)
class DecodedImage:
    """What a file holds.

    Attributes:
        samples: Grey, or red, green and blue, and then alpha, if the file has it.
            Shape: `(height, width, 1..4)` uint8.
        iccp: The ICC profile of the samples; without it they are sRGB.
        exif: EXIF, from its byte order mark on.
        xmpp: XMP in UTF-8.
    """

    samples: np.ndarray
    iccp: bytes | None
    exif: bytes | None
    xmpp: bytes | None


def decode(data: bytes, model: Model, max_pixels: int = MAX_PIXELS) -> DecodedImage:
    """Decodes a file.

    Args:
        data: A whole file.
        model: The model that the file names.
        max_pixels: The largest width·height to accept; memory grows with it.

    Raises:
        DecodeError: If the file is damaged, or not one of this model; there is no image then.

    Example:
        >>> samples = MODELS.parent / "samples"
        >>> image = decode((samples / "tiny-50.ncr").read_bytes(), Model(MODELS / "photo-6"))
        >>> image.samples.shape
        (16, 24, 3)
    """
    header, sections = parse_file(data, max_pixels)
    symbols = decode_symbols(data, model, max_pixels)
    alpha = decode_alpha(sections["Alph"], header) if "Alph" in sections else None
    x_hat = model.synthesis(symbols.y, symbols.z, header.level)
    planes = np.clip(np.floor(255 * x_hat + 0.5), 0, 255).astype(np.uint8)
    samples = planes[:, : header.height, : header.width].transpose(1, 2, 0)
    if header.grey:
        total = samples.astype(np.int64).sum(axis=2, keepdims=True)
        samples = ((total + 1) // 3).astype(np.uint8)
    if alpha is not None:
        samples = np.concatenate([samples, alpha[:, :, np.newaxis]], axis=2)
    metadata = (sections.get(name) for name in ("iccp", "exif", "xmpp"))
    return DecodedImage(samples, *metadata)


def write_png(image: DecodedImage, path: Path) -> None:
    """Writes an image and what belongs to it."""
    info = PngInfo()
    if image.xmpp is not None:
        info.add_itxt("XML:com.adobe.xmp", image.xmpp.decode("utf-8", "replace"))
    also = {"icc_profile": image.iccp, "exif": image.exif}
    also = {name: value for name, value in also.items() if value is not None}
    samples = image.samples
    png = Image.fromarray(samples[:, :, 0] if samples.shape[2] == 1 else samples)
    png.save(path, format="PNG", pnginfo=info, **also)


def find_model(model_hash: bytes, models: Path = MODELS) -> Model:
    """The model with a hash, among the folders of a folder.

    Raises:
        DecodeError: If none has it.
    """
    for file in sorted(models.glob("*/model.json")):
        model = Model(file.parent)
        if model.hash[:8] == model_hash:
            return model
    raise DecodeError(f"No model in {models} has the hash {model_hash.hex()}; give --model.")


def main() -> int:
    """Decodes one file to a PNG; returns the exit status."""
    parser = argparse.ArgumentParser(description="Decodes a .ncr file to a PNG.")
    parser.add_argument("input", type=Path, metavar="IN.ncr")
    parser.add_argument("output", type=Path, metavar="OUT.png")
    parser.add_argument("--model", type=Path, help="its folder; else the one in models/ that fits")
    arguments = parser.parse_args()
    try:
        data = arguments.input.read_bytes()
        header, _ = parse_file(data)
        model = Model(arguments.model) if arguments.model else find_model(header.model_hash)
        write_png(decode(data, model), arguments.output)
    except (DecodeError, OSError) as error:
        print(f"reference_decoder: {error}", file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
