"""The streams of the reference decoder: rANS, the tiles of the alpha channel, and their checksums.

Written from FORMAT.md alone, as reference_decoder.py, which says what they are parts of.
"""

from __future__ import annotations

import struct
from bisect import bisect_right
from collections.abc import Iterator

import numpy as np

TOTAL = 1 << 16
"""Sum of a frequency row, and the lower bound of the rANS state."""

MODE_DIRECT, MODE_PLANE, MODE_AVERAGE, MODE_RAW = range(4)
"""What the first byte of the stream of an alpha tile says."""


class DecodeError(Exception):
    """A file, or a model folder, is not what FORMAT.md says; the message tells what and where."""


_CRC_TABLE: list[int] = []
for _byte in range(256):
    for _ in range(8):
        _byte = _byte >> 1 ^ (0x82F63B78 if _byte & 1 else 0)
    _CRC_TABLE.append(_byte)


def crc32c(data: bytes) -> int:
    """The CRC-32C of bytes.

    Example:
        >>> hex(crc32c(b"123456789"))
        '0xe3069283'

    Reference:
        RFC 3720, appendix B.4.
    """
    crc = 0xFFFFFFFF
    for byte in data:
        crc = _CRC_TABLE[(crc ^ byte) & 0xFF] ^ crc >> 8
    return crc ^ 0xFFFFFFFF


class Row:
    """One row of the model's frequency table.

    Args:
        frequencies: 2K + 2 integers ≥ 1 with the sum 2^16.

    Attributes:
        largest: K; the slots 0..2K are the symbols −K..K, slot 2K + 1 is the escape.
        frequencies: f(j) of each slot j.
        starts: F(j), the sum of the frequencies before slot j.
    """

    def __init__(self, frequencies: list[int]) -> None:
        self.largest = len(frequencies) // 2 - 1
        self.frequencies = frequencies
        self.starts = [0]
        for frequency in frequencies[:-1]:
            self.starts.append(self.starts[-1] + frequency)


class RansReader:
    """Reads symbols from the stream of a tile.

    Args:
        stream: The state x as u32, then u16 words.

    Raises:
        DecodeError: If the stream cannot be one: no state, half a word, or a state below 2^16.

    Reference:
        Duda, "Asymmetric numeral systems", 2013.
    """

    def __init__(self, stream: bytes) -> None:
        if len(stream) < 4 or len(stream) % 2:
            raise DecodeError(f"A stream of {len(stream)} bytes is not a state and whole words.")
        self._x: int = struct.unpack_from("<I", stream)[0]
        if self._x < TOTAL:
            raise DecodeError(f"The stream begins with the state {self._x}, below 2^16.")
        words = struct.unpack_from(f"<{len(stream) // 2 - 2}H", stream, 4)
        self._words: Iterator[int] = iter(words)

    def symbol(self, row: Row) -> int:
        """Decodes one symbol with a row of the table; not limited to the range of latents."""
        v = self._x % TOTAL
        j = bisect_right(row.starts, v) - 1
        self._advance(row.frequencies[j], v - row.starts[j])
        if j <= 2 * row.largest:
            return j - row.largest
        n = self._bits(4)
        m = self._bits(n) if n else 0
        e = (1 << n) + m - 1
        magnitude = row.largest + 1 + e // 2
        return -magnitude if e % 2 else magnitude

    def bit(self, one: int) -> int:
        """Decodes a slot of two; `one` of 2^16 is the frequency of the bit 1."""
        zero = TOTAL - one
        v = self._x % TOTAL
        if v < zero:
            self._advance(zero, v)
            return 0
        self._advance(one, v - zero)
        return 1

    def finish(self) -> None:
        """Checks that the stream ends here.

        Raises:
            DecodeError: If words are left, or the state is not 2^16.
        """
        if self._x != TOTAL or next(self._words, None) is not None:
            raise DecodeError("The stream does not end after the last symbol.")

    def _bits(self, count: int) -> int:
        """One of 2^count equally likely values, count in 1..15."""
        v = self._x % TOTAL
        frequency = TOTAL >> count
        self._advance(frequency, v % frequency)
        return v // frequency

    def _advance(self, frequency: int, offset: int) -> None:
        self._x = frequency * (self._x // TOTAL) + offset
        if self._x < TOTAL:
            word = next(self._words, None)
            if word is None:
                raise DecodeError("The stream ends before the last symbol.")
            self._x = self._x * TOTAL + word


# Alph


class Context:
    """How the bits of one kind went so far.

    Attributes:
        p: How likely the bit 1 is, in 2^22ths.
        n: How many bits there were, up to 255.
    """

    __slots__ = ("n", "p")

    def __init__(self) -> None:
        self.p = 1 << 21
        self.n = 0

    def decode(self, reader: RansReader) -> int:
        """Decodes a bit, and learns from it."""
        bit = reader.bit(self.p >> 6)
        numerator = 2 * ((bit << 22) - self.p)
        d = abs(numerator) // (2 * self.n + 3)
        self.p += d if numerator > 0 else -d
        self.n = min(self.n + 1, 255)
        return bit


class Contexts:
    """The contexts of one tile, which come into being when a bit first asks for them."""

    def __init__(self) -> None:
        self._of: dict[tuple, Context] = {}

    def decode(self, reader: RansReader, *key: object) -> int:
        """Decodes a bit in the context of a key."""
        context = self._of.get(key)
        if context is None:
            context = self._of[key] = Context()
        return context.decode(reader)

    def decode_byte(self, reader: RansReader, tree: int) -> int:
        """Decodes a byte with a tree of contexts, from its highest bit."""
        path = 1
        while path < 256:
            path = 2 * path + self.decode(reader, tree, path)
        return path - 256


def decode_alpha_tile(stream: bytes, height: int, width: int) -> np.ndarray:
    """Decodes the alpha of one tile.

    Shape:
        - Output: `(height, width)` uint8, 0 transparent to 255 opaque.

    Raises:
        DecodeError: If the stream is damaged.
    """
    if not stream or stream[0] > MODE_RAW:
        raise DecodeError(f"The mode is {stream[:1].hex() or 'missing'}, not 0..3.")
    mode, code = stream[0], stream[1:]
    if mode == MODE_RAW:
        if len(code) != height * width:
            raise DecodeError(f"There are {len(code)} raw values of {height * width} pixels.")
        return np.frombuffer(code, np.uint8).reshape(height, width)
    reader = RansReader(code)
    contexts = Contexts()
    # Two rows above, two columns to the left and two to the right are beyond the edge: 0.
    values = [[0] * (width + 4) for _ in range(height + 2)]
    for row in range(2, height + 2):
        for column in range(2, width + 2):
            values[row][column] = _alpha_value(reader, contexts, mode, values, row, column)
    reader.finish()
    return np.array(values, np.uint8)[2:, 2:-2]


def _alpha_value(
    reader: RansReader,
    contexts: Contexts,
    mode: int,
    values: list[list[int]],
    row: int,
    column: int,
) -> int:
    """One value from its neighbours; the names are those of FORMAT.md."""
    here, above = values[row], values[row - 1]
    ww, w = here[column - 2], here[column - 1]
    nw, n, ne, nee = above[column - 1 : column + 3]
    nne = values[row - 2][column + 1]

    mean = (w + n) // 2 + (ne - nw) // 4
    guess = _clamp(mean if mode == MODE_AVERAGE else w + n - nw)
    change = abs(w - nw) + abs(n - nw) + abs(ne - n)
    activity = bisect_right((1, 3, 8, 20, 50, 120, 250), change)
    if mode == MODE_PLANE:
        steps = _step(n - nw), _step(ne - n), _step(w - nw)
        around = (*steps, _sign(ne - nne), _sign(w - ww), _sign(nee - ne), _kind(w))
    else:
        around = (_kind(w), _kind(n), _kind(nw), _kind(ne), activity)

    if contexts.decode(reader, "guess", around):
        return guess
    if contexts.decode(reader, "extreme", around):
        if guess in (0, 255):
            return 255 - guess
        return 255 * contexts.decode(reader, "opaque", around)
    if mode == MODE_DIRECT:
        return contexts.decode_byte(reader, 0)
    if guess in (0, 255):
        up = int(guess == 0)
    else:
        up = contexts.decode(reader, "above", around)
    e = contexts.decode_byte(reader, 2 * activity + up)
    return _clamp(guess + 1 + e if up else guess - 1 - e)


def _clamp(value: int) -> int:
    return max(0, min(255, value))


def _step(d: int) -> int:
    return (0, 1, 2, 4, 3)[max(-2, min(2, d))]


def _sign(d: int) -> int:
    return (0, 1, 2)[max(-1, min(1, d))]


def _kind(value: int) -> int:
    return 0 if value == 0 else 2 if value == 255 else 1
