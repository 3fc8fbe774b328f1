"""Entropy coding: a file is as long as its symbols are surprising.

A range coder writes a symbol of probability p in −log₂ p bits, so what decides the length is how
well p is known. Here it is counted from what has been coded so far: where n_s of n symbols were s,
p = (n_s + a) / (n + ka) for each of k. All together then take log₂ Γ(n+ka)/Γ(ka) − Σ log₂
Γ(n_s+a)/Γ(a) bits, the cost of learning p included. One table for all latents knows least; one for
each latent knows how far it spreads; one for each latent and neighbourhood also knows where the
image is busy. Nacre's are chosen by side information and four steps of context, and learnt
beforehand, so that no file pays for them. The latents here are principal components of 8×8 squares.

Reference:
    Rissanen and Langdon, "Arithmetic coding", IBM J. Res. Dev. 23(2), 1979.
"""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import torch
import torch.nn.functional as F
from constriction import stream

from lab.data import SAMPLES, Data, Setting, photographs
from lab.experiment import Check, Experiment, Measured, Models
from lab.figures import bars, panels, table
from nacre.evaluate import pad_to_multiple, read_image
from nacre.pca import principal_components

LATENTS, STEP, START = 24, 0.14, 0.1
"""Channels, width of a symbol in pixel values, and a: few of a table's symbols occur at all."""


def adaptive(
    channel: np.ndarray, size: int
) -> Iterator[tuple[np.ndarray, stream.model.Categorical]]:
    """Each row, and its distribution by the rows before, which a decoder has filled by then."""
    counts = np.full(size, START)
    for row in channel if size > 1 else []:
        yield row, stream.model.Categorical(counts / counts.sum(), perfect=False)
        counts += np.bincount(row, minlength=size)


def range_code(symbols: np.ndarray) -> bytes:
    """A file of integers `(channels, rows, columns)`: the range of each channel, then its rows."""
    ranges = np.stack([symbols.min((1, 2)), symbols.max((1, 2))], 1).astype(np.int16)
    encoder = stream.queue.RangeEncoder()
    for channel, (low, high) in zip(symbols.astype(np.int32), ranges.astype(int), strict=True):
        for row, model in adaptive(channel - low, high - low + 1):
            encoder.encode(row.astype(np.int32), model)
    return ranges.tobytes() + encoder.get_compressed().tobytes()


def range_decode(data: bytes, shape: tuple[int, int, int]) -> np.ndarray:
    """The symbols of `range_code`."""
    ranges = np.frombuffer(data, np.int16, 2 * shape[0]).reshape(-1, 2).astype(int)
    decoder = stream.queue.RangeDecoder(np.frombuffer(data, np.uint32, offset=ranges.size * 2))
    symbols = np.zeros(shape, np.int64)
    for channel, (low, high) in zip(symbols, ranges, strict=True):
        for row, model in adaptive(channel, high - low + 1):
            row[:] = decoder.decode(model, shape[2])
    return symbols + ranges[:, :1, None]


def entropy_bytes(symbols: np.ndarray) -> float:
    """Empirical entropy of all channels: no code with one table for each is shorter."""
    counts = [np.unique(channel, return_counts=True)[1] for channel in symbols]
    return sum(-(n * np.log2(n / n.sum())).sum() / 8 for n in counts)


def learnt_bytes(symbols: np.ndarray, table: np.ndarray) -> float:
    """What the counts so far make of symbols, each with the number of its table: see above."""
    start = np.full((table.max() + 1, np.ptp(symbols) + 1), START)
    end = start.copy()
    np.add.at(end, (table, symbols - symbols.min()), 1)
    counts = torch.from_numpy(np.stack([start, end]))
    before, after = torch.lgamma(counts).sum((1, 2)) - torch.lgamma(counts.sum(2)).sum(1)
    return (before - after).item() / np.log(2) / 8


def measure(data: Data, models: Models, setting: Setting) -> Measured:
    squares = F.pixel_unshuffle(data.train, 8).permute(0, 2, 3, 1).reshape(-1, 192)
    components, mean, _ = (v.float() for v in principal_components(squares, LATENTS))
    total = np.zeros(5)
    for path in SAMPLES:
        blocks = F.pixel_unshuffle(pad_to_multiple(read_image(path)), 8)[0] - mean[:, None, None]
        symbols = torch.einsum("md,dhw->mhw", components / STEP, blocks).round().int().numpy()
        file = range_code(symbols)
        assert np.array_equal(range_decode(file, symbols.shape), symbols)
        channel = np.broadcast_to(np.arange(LATENTS)[:, None, None], symbols.shape)
        # How busy it is: the magnitudes at the left and above, which a decoder knows.
        known = np.pad(np.abs(symbols), ((0, 0), (1, 0), (1, 0)))
        busy = np.digitize(known[:, 1:, :-1] + known[:, :-1, 1:], (1, 3, 8))
        tables = (channel * 0, channel, channel * 4 + busy)
        lengths = (learnt_bytes(symbols.ravel(), t.ravel()) for t in tables)
        total += (*lengths, entropy_bytes(symbols), len(file))
    one, each, context, bound, coded = total.tolist()
    values = {"over": coded / bound - 1, "each": each / one - 1, "context": context / each - 1}
    names = ("one table", "one a latent", "and by neighbours", "entropy", "file")
    found = dict(zip(names, (total / 1000).tolist(), strict=True))
    figure, (axes,) = panels("Latents of three photographs, kB", size=(5.5, 2.6))
    bars(axes, {name.replace(" ", "\n"): size for name, size in found.items()}, "kB")
    return Measured(values, table(["", "kB"], list(found.items())), figure)


SPEC = Experiment(
    group=10,
    title="Entropy coding",
    claim="A range coder's file comes close to the entropy. The better a symbol's probability is "
    "known, by which latent it is and by what lies around it, the shorter.",
    data=photographs,
    measure=measure,
    checks=(
        Check("over", "<", 0.1, "bytes coded over the entropy by latent, less 1"),
        Check("each", "<", 0, "bytes with a table for each latent over one for all, less 1"),
        Check("context", "<", 0, "bytes with one by neighbourhood too over that, less 1"),
    ),
    result="The file is {over:.1%} longer than the entropy. A table for each latent takes "
    "{each:+.0%}, one for each neighbourhood another {context:+.0%}.",
)
