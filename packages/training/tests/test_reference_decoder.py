"""The reference decoder reads the samples as they were written, and refuses what FORMAT.md says.

Not here: its pixels beside those of the TypeScript decoder (test/reference-decoder.test.ts).
"""

import functools
import hashlib
import json
import re
import struct
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

import reference_decoder
from reference_decoder import (
    MODELS,
    DecodeError,
    Model,
    canonical_json,
    decode,
    decode_symbols,
    find_model,
    parse_file,
    step_of,
    write_png,
)
from reference_streams import RansReader, Row, crc32c, decode_alpha_tile

SAMPLES = MODELS.parent / "samples"
GOLDEN = json.loads((SAMPLES / "golden.json").read_text())
FORMAT = MODELS.parent / "packages/codec/FORMAT.md"
TINY = (SAMPLES / "tiny-50.ncr").read_bytes()
PAYLOAD = TINY[36:]


MODEL = "photo-6"
"""The model of TINY and of the example in FORMAT.md."""


@functools.cache
def load(model: str) -> Model:
    return Model(MODELS / model)


@pytest.fixture(scope="module")
def model() -> Model:
    return load(MODEL)


def write_file(
    sections: list[tuple[bytes, bytes]] = [(b"TILE", PAYLOAD)],  # noqa: B006
    header: bytes = TINY[:20],
    after: bytes = b"",
) -> bytes:
    """A file with these sections, and checksums that are right."""
    head = header[:11] + bytes([len(sections)]) + header[12:]
    for kind, payload in sections:
        head += struct.pack("<4sII", kind, len(payload), crc32c(payload))
    payloads = b"".join(payload for _, payload in sections)
    return head + struct.pack("<I", crc32c(head)) + payloads + after


def patched(data: bytes, at: int, new: bytes) -> bytes:
    return data[:at] + new + data[at + len(new) :]


def with_stream(stream: bytes) -> bytes:
    """A file of one tile with this stream, and checksums that are right."""
    assert len(stream) < 128
    index = bytes([10, len(stream)]) + struct.pack("<I", crc32c(stream))
    return write_file([(b"TILE", index + stream)])


STREAM = PAYLOAD[6:]

REFUSED: list[tuple[str, bytes]] = [
    ("not a .ncr file", patched(TINY, 0, b"\x88")),
    ("not a .ncr file", b""),
    ("version 2", patched(TINY, 4, b"\x02")),
    ("header has 20 bytes", TINY[:19]),
    ("section table", TINY[:31]),
    ("checksum of header", patched(TINY, 6, b"\x19")),
    ("flags are 128", write_file(header=patched(TINY[:20], 5, b"\x80"))),
    ("flags are 3", write_file(header=patched(TINY[:20], 5, b"\x03"))),
    ("side of 0", write_file(header=patched(TINY[:20], 6, b"\0\0"))),
    ("side of 0", write_file(header=patched(TINY[:20], 8, b"\0\0"))),
    ("more than", write_file(header=patched(TINY[:20], 6, b"\xff\xff\xff\xff"))),
    ("level 100", write_file(header=patched(TINY[:20], 10, b"\x64"))),
    ("model 0000", write_file(header=patched(TINY[:20], 12, b"\0\0"))),
    ("not four letters", write_file([(b"TIL3", PAYLOAD)])),
    ("not four letters", write_file([(b"T\xceLE", PAYLOAD)])),
    ("section Zzzz", write_file([(b"TILE", PAYLOAD), (b"Zzzz", b"")])),
    ("no section TILE", write_file([])),
    ("two sections TILE", write_file([(b"TILE", PAYLOAD)] * 2)),
    ("two sections exif", write_file([(b"exif", b"")] * 2 + [(b"TILE", PAYLOAD)])),
    ("file ends before", TINY[:-1]),
    ("follow the last section", write_file(after=b"\0")),
    ("checksum of section TILE", patched(TINY, 100, b"\0")),
    ("checksum of section zzzz", write_file([(b"TILE", PAYLOAD), (b"zzzz", b"1")])[:-1] + b"2"),
    ("k of section TILE", write_file([(b"TILE", b"")])),
    ("k of section TILE", write_file([(b"TILE", b"\x05" + PAYLOAD[1:])])),
    ("k of section TILE", write_file([(b"TILE", b"\x11" + PAYLOAD[1:])])),
    ("takes more bytes", write_file([(b"TILE", b"\x0a\xe4\0" + PAYLOAD[2:])])),
    ("within 4 bytes", write_file([(b"TILE", b"\x0a\xe4\x80\x80\x80\0" + PAYLOAD[2:])])),
    ("within 4 bytes", write_file([(b"TILE", b"\x0a" + b"\xe4" * 5)])),
    ("ends in the index", write_file([(b"TILE", b"\x0a\xe4")])),
    ("ends in the index", write_file([(b"TILE", PAYLOAD[:5])])),
    ("have 99 bytes", write_file([(b"TILE", b"\x0a\x63" + PAYLOAD[2:])])),
    ("have 101 bytes", write_file([(b"TILE", b"\x0a\x65" + PAYLOAD[2:])])),
    ("checksum of tile 0", write_file([(b"TILE", patched(PAYLOAD, 50, b"\0"))])),
    ("whole words", with_stream(b"")),
    ("whole words", with_stream(STREAM[:-1])),
    ("below 2", with_stream(b"\xff\xff\0\0" + STREAM[4:])),
    ("ends before the last symbol", with_stream(STREAM[:-2])),
    ("does not end", with_stream(STREAM + b"\0\0")),
]


@pytest.mark.parametrize("golden", GOLDEN["files"], ids=lambda golden: golden["file"])
def test_samples_decode_to_the_recorded_integers(golden: dict):
    data = (SAMPLES / golden["file"]).read_bytes()
    header, _ = parse_file(data)
    assert (header.width, header.height) == (golden["width"], golden["height"])
    symbols = decode_symbols(data, load(golden["model"]))
    digest = hashlib.sha256(symbols.z.astype("<i4").tobytes() + symbols.y.astype("<i4").tobytes())
    assert digest.hexdigest() == golden["symbolsSha256"]


WITH_ALPHA = [golden for golden in GOLDEN["files"] if "alphaSha256" in golden]


@pytest.mark.parametrize("golden", WITH_ALPHA, ids=lambda golden: golden["file"])
def test_samples_have_the_recorded_alpha(golden: dict):
    samples = decode((SAMPLES / golden["file"]).read_bytes(), load(golden["model"])).samples
    assert samples.shape == (golden["height"], golden["width"], golden["channels"])
    assert hashlib.sha256(samples[:, :, -1].tobytes()).hexdigest() == golden["alphaSha256"]


def test_example_of_the_format_is_as_printed(model: Model):
    text = FORMAT.read_text("utf-8")
    names = r"hyper-latents|their table rows|latents of step 0"
    lines = re.findall(rf"^(?:{names}) +(-?\d[-, \d]*)$", text, re.MULTILINE)
    printed = [[int(number) for number in line.split(", ")] for line in lines]
    zeros = int(re.search(r"(\d+) of its \d+ latents are 0", " ".join(text.split()))[1])
    symbols = decode_symbols(TINY, model)
    first = step_of(*symbols.y.shape) == 0
    assert symbols.z.ravel()[:12].tolist() == printed[0]
    assert model.hyper_rows[49][:12] == printed[1]
    assert symbols.y[first][:12].tolist() == printed[2]
    assert (symbols.y == 0).sum() == zeros


def test_image_is_near_the_one_it_was_made_from(model: Model):
    y, x = np.mgrid[:16, :24]
    original = np.stack([40 + 8 * x, 60 + 10 * y, 200 - 4 * (x + y)], axis=-1)
    assert np.abs(decode(TINY, model).samples - original).mean() < 5


def test_what_was_made_anew_is_the_sample():
    assert write_file() == TINY == with_stream(STREAM)


@pytest.mark.parametrize(
    ("message", "data"), REFUSED, ids=[f"{i} {message}" for i, (message, _) in enumerate(REFUSED)]
)
def test_refuses(message: str, data: bytes, model: Model):
    with pytest.raises(DecodeError, match=message):
        decode(data, model)


def test_refuses_every_truncation():
    for length in range(len(TINY)):
        with pytest.raises(DecodeError):
            parse_file(TINY[:length])


def test_skips_an_optional_section_that_it_does_not_know(model: Model):
    data = write_file([(b"zzzz", b"?"), (b"TILE", PAYLOAD)])
    assert np.array_equal(decode(data, model).samples, decode(TINY, model).samples)


def rans(slots: list[tuple[int, int]]) -> bytes:
    """Codes slots (f, F), as FORMAT.md tells an encoder: backwards from x = 2^16."""
    x, words = 1 << 16, []
    for f, start in reversed(slots):
        if x >= f << 16:
            words.append(x % (1 << 16))
            x >>= 16
        x = (x // f << 16) + x % f + start
    return struct.pack(f"<I{len(words)}H", x, *reversed(words))


@pytest.mark.parametrize(
    ("n", "m", "symbol"),
    [(0, 0, 2), (1, 0, -2), (1, 1, 3), (2, 0, -3), (15, 1, 2 + 2**14), (15, 2**15 - 1, 2 + 32767)],
)
def test_escape_codes_follow_the_text(n: int, m: int, symbol: int):
    slots = [(1 << 12, n << 12), *([(1 << 16 - n, m << 16 - n)] if n else [])]
    reader = RansReader(rans([(5, 65531), *slots]))
    assert reader.symbol(Row([20000, 25531, 20000, 5])) == symbol
    reader.finish()


def test_refuses_a_symbol_out_of_range(model: Model):
    row = model.rows[model.hyper_rows[49][0]]
    escape = (row.frequencies[-1], row.starts[-1])
    with pytest.raises(DecodeError, match="beyond ±127"):
        decode(with_stream(rans([escape, (1 << 12, 15 << 12), (2, 0)])), model)


def test_model_hash_is_over_sorted_keys_and_few_escapes():
    value = {"\U0001f600": 1, "\uffee": {"b": 2, "a": [True, None]}, 'q"\\\x1f\x7f\n': "é"}
    expected = '{"q\\"\\\\\\u001f\x7f\\n":"é","\U0001f600":1,"\uffee":{"a":[true,null],"b":2}}'
    assert canonical_json(value).decode() == expected
    with pytest.raises(ValueError, match="no integer"):
        canonical_json({"a": 1.5})


def copy_of_model(folder: Path, change: Callable[[dict], None]) -> Path:
    source = MODELS / MODEL
    description = json.loads((source / "model.json").read_text("utf-8"))
    change(description)
    (folder / "model.json").write_text(json.dumps(description), "utf-8")
    for name in ("scales.onnx", "synthesis.onnx"):
        (folder / name).write_bytes((source / name).read_bytes())
    return folder


CHANGES: list[tuple[str, Callable[[dict], object]]] = [
    ("format 2", lambda d: d.update(format=3)),
    ("cannot be read", lambda d: d.pop("bitstream")),
    ("cannot be read", lambda d: d["bitstream"].update(levels=1.5)),
    ("levels and rows", lambda d: d["bitstream"].update(levels=300)),
    ("hyperTables", lambda d: d["bitstream"].update(levels=99)),
    ("frequency row", lambda d: d["bitstream"]["tables"]["frequencies"].append([65535, 2])),
    ("not the network", lambda d: d["bitstream"]["graphs"]["scales"].update(bytes=1)),
    ("cannot be read", lambda d: d["bitstream"]["graphs"]["scales"].update(file="none.onnx")),
    ("no plain file", lambda d: d["bitstream"]["graphs"]["scales"].update(file="../a.onnx")),
]


@pytest.mark.parametrize(("message", "change"), CHANGES)
def test_refuses_a_damaged_model(message: str, change: Callable[[dict], None], tmp_path: Path):
    with pytest.raises(DecodeError, match=message):
        Model(copy_of_model(tmp_path, change))


def test_finds_the_model_by_its_hash(model: Model, tmp_path: Path):
    assert find_model(model.hash[:8]).hash == model.hash
    with pytest.raises(DecodeError, match="No model"):
        find_model(bytes(8))
    with pytest.raises(DecodeError, match="No model"):
        find_model(model.hash[:8], tmp_path)


def test_command_writes_no_image_of_a_damaged_file(tmp_path: Path):
    source, out = tmp_path / "in.ncr", tmp_path / "out.png"
    source.write_bytes(TINY[:-2])
    command = [sys.executable, reference_decoder.__file__, str(source), str(out)]
    done = subprocess.run(command, capture_output=True, text=True)
    assert done.returncode == 1 and not out.exists()
    assert done.stderr.count("\n") == 1 and "Section TILE" in done.stderr


# FORMAT.md prints it, and says which values it holds.
ALPHA_EXAMPLE = bytes.fromhex("01 89 BC DD 00 A8 16 6F D7 86 36 0C 02 2B 17 2F 53 D1 90")
ROW, COLUMN = np.mgrid[:8, :8]
ALPHA_VALUES = np.clip(30 * ROW + 20 * COLUMN - 60, 0, 255).astype(np.uint8)


def with_alpha(stream: bytes) -> bytes:
    """An image of 24×16 pixels with alpha in one tile, and checksums that are right."""
    size = bytes([len(stream) % 128 | 128, len(stream) // 128])
    payload = b"\x06" + size + struct.pack("<I", crc32c(stream)) + stream
    return write_file([(b"TILE", PAYLOAD), (b"Alph", payload)])


def test_alpha_of_the_format_is_as_printed():
    assert np.array_equal(decode_alpha_tile(ALPHA_EXAMPLE, 8, 8), ALPHA_VALUES)


def test_alpha_is_the_last_channel(model: Model):
    raw = bytes(range(256)) + bytes(128)
    samples = decode(with_alpha(b"\3" + raw), model).samples
    assert samples.shape == (16, 24, 4)
    assert samples[:, :, 3].tobytes() == raw
    assert np.array_equal(samples[:, :, :3], decode(TINY, model).samples)


@pytest.mark.parametrize(
    ("message", "stream"),
    [
        ("mode is missing", b""),
        ("mode is 04", b"\4" + ALPHA_EXAMPLE[1:]),
        ("not a state", b"\1\0\0\1"),
        ("below 2", b"\1\0\0\0\0"),
        ("ends before the last symbol", ALPHA_EXAMPLE[:-2]),
        ("does not end", ALPHA_EXAMPLE + b"\0\0"),
    ],
)
def test_refuses_alpha(message: str, stream: bytes):
    with pytest.raises(DecodeError, match=message):
        decode_alpha_tile(stream, 8, 8)


def test_grey_is_the_mean_of_the_colours(model: Model):
    colours = decode(TINY, model).samples.astype(int)
    grey = decode(write_file(header=patched(TINY[:20], 5, b"\1")), model).samples
    assert np.array_equal(grey[:, :, 0], (colours.sum(axis=2) + 1) // 3)


def test_metadata_is_kept_in_the_png(model: Model, tmp_path: Path):
    exif = b"II*\0\x08\0\0\0\0\0\0\0\0\0"
    sections = [(b"iccp", b"profile"), (b"TILE", PAYLOAD), (b"xmpp", b"<x/>"), (b"exif", exif)]
    image = decode(write_file(sections), model)
    assert (image.iccp, image.exif, image.xmpp) == (b"profile", exif, b"<x/>")
    write_png(image, tmp_path / "a.png")
    with Image.open(tmp_path / "a.png") as png:
        assert png.info["icc_profile"] == b"profile"
        assert png.info["exif"].endswith(exif)
        assert png.info["xmp"] in (b"<x/>", "<x/>")
        assert np.array_equal(np.asarray(png), image.samples)
