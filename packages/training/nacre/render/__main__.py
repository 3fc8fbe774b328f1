"""Renders training images of text and user interfaces, 512×512 each.

python -m nacre.render runs/rendered --count 1500 --photographs DATA
"""

from __future__ import annotations

import argparse
import itertools
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

import numpy as np
from PIL import Image
from tqdm import tqdm

from nacre.command import count, input_errors
from nacre.data import encoded
from nacre.render.browser import find_chromium, missing, screenshot
from nacre.render.look import FAMILIES
from nacre.render.pages import COLUMNS, SHEET, SIDE, pitch, sheet

BLOCK = 64
FILLED = 0.3
"""Least share of an image's blocks of 64×64 that must not be of one colour."""

PLAIN_KEPT = 12
"""Of so many images with fewer, one is kept: empty areas are content too."""


def filled(image: np.ndarray) -> float:
    """Share of blocks of 64×64 that have more than one colour."""
    side = SIDE // BLOCK
    blocks = image.reshape(side, BLOCK, side, BLOCK, 3)
    return float((blocks.min((1, 3)) != blocks.max((1, 3))).any(-1).mean())


def render(photographs: list[bytes]) -> Iterator[tuple[int, np.ndarray]]:
    """Seeds and images without end, nearly empty images left out.

    Shape:
        - Images: `(SIDE, SIDE, 3)` uint8.
    """
    for number in itertools.count():
        html, rendering, shown = sheet(number, len(photographs))
        step = pitch(rendering.scale)
        with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as name:
            folder = Path(name)
            for photo in shown:
                (folder / f"photo-{photo}").write_bytes(photographs[photo])
            side = step * COLUMNS
            drawn = screenshot(folder, html, side, side, rendering)
        for place in range(SHEET):
            row, column = (int(i * step * rendering.scale) for i in divmod(place, COLUMNS))
            image, seed = drawn[row : row + SIDE, column : column + SIDE], number * SHEET + place
            if filled(image) >= FILLED or seed % PLAIN_KEPT == 0:
                yield seed, image


def contact_sheet(images: list[Path], columns: int = 10, side: int = 160) -> Image.Image:
    """Images side by side, reduced, in reading order."""
    rows = -(-len(images) // columns)
    whole = Image.new("RGB", (columns * side, rows * side))
    for i, path in enumerate(images):
        with Image.open(path) as image:
            row, column = divmod(i, columns)
            small = image.resize((side, side), Image.Resampling.BOX)
            whole.paste(small, (column * side, row * side))
    return whole


@input_errors()
def main(arguments: list[str] | None = None) -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("out", type=Path, help="folder for the PNG files")
    parser.add_argument("--count", type=count, default=1500, help="number of images of 512×512")
    parser.add_argument(
        "--photographs",
        type=Path,
        nargs="+",
        default=[],
        metavar="DATA",
        help="folders or tar shards of photographs to place among the text",
    )
    parser.add_argument(
        "--contact-sheet", type=Path, metavar="FILE", help="write 100 of the images, reduced, here"
    )
    args = parser.parse_args(arguments)
    find_chromium()
    if absent := missing(FAMILIES):
        print(f"Fonts not installed, others will be used: {', '.join(absent)}", file=sys.stderr)
    photographs = [data for _, data in encoded(args.photographs)]
    args.out.mkdir(parents=True, exist_ok=True)
    written = []
    rendered = itertools.islice(render(photographs), args.count)
    for seed, image in tqdm(rendered, total=args.count, unit="image"):
        path = args.out / f"{seed:06}.png"
        Image.fromarray(image).save(path)
        written.append(path)
    if args.contact_sheet:
        contact_sheet(written[:: max(1, len(written) // 100)][:100]).save(args.contact_sheet)


if __name__ == "__main__":
    main()
