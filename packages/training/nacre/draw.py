"""Draws training images that no photograph is like: saturated shapes, text, pixel patterns.

Not here: photographs. A model trained on those alone meets hard edges between saturated colours or
a one-pixel checkerboard for the first time when somebody compresses a logo, and may fail visibly.

    python -m nacre.draw runs/drawn --count 192
"""

from __future__ import annotations

import argparse
import string
from collections.abc import Callable
from pathlib import Path

import numpy as np
from PIL import Image, ImageDraw, ImageFont

from nacre.command import count, input_errors

PANEL = 256
"""Side of a panel in pixels; an image is two by two of them, so that crops see borders too."""


def _colour(random: np.random.Generator) -> tuple[int, int, int]:
    """Any colour, half of the time one at the corners of the RGB cube."""
    if random.random() < 0.5:
        return tuple(int(v) for v in random.integers(0, 2, 3) * 255)
    return tuple(int(v) for v in random.integers(0, 256, 3))


def shapes(random: np.random.Generator) -> np.ndarray:
    """Ellipses, boxes, polygons and lines of one colour each, their edges smooth or not."""
    factor = int(random.choice([1, 4]))
    side = PANEL * factor
    image = Image.new("RGB", (side, side), _colour(random))
    draw = ImageDraw.Draw(image)
    for _ in range(random.integers(1, 9)):
        x0, x1 = np.sort(random.integers(0, side, 2)).tolist()
        y0, y1 = np.sort(random.integers(0, side, 2)).tolist()
        kind = random.integers(4)
        if kind == 0:
            draw.ellipse((x0, y0, x1, y1), fill=_colour(random))
        elif kind == 1:
            draw.rectangle((x0, y0, x1, y1), fill=_colour(random))
        elif kind == 2:
            corners = random.integers(0, side, (random.integers(3, 7), 2))
            draw.polygon([tuple(c) for c in corners.tolist()], fill=_colour(random))
        else:
            draw.line((x0, y1, x1, y0), fill=_colour(random), width=factor * random.integers(1, 9))
    return np.asarray(image.resize((PANEL, PANEL), Image.Resampling.BOX), np.float32)


def text(random: np.random.Generator) -> np.ndarray:
    """Lines of random words of one size, as on a page or on a screen."""
    image = Image.new("RGB", (PANEL, PANEL), _colour(random))
    draw, colour = ImageDraw.Draw(image), _colour(random)
    size = int(random.integers(9, 40))
    font = ImageFont.load_default(size)
    letters = list(string.ascii_letters + string.digits + "    .,:-()")
    for y in range(0, PANEL, int(size * 1.4)):
        draw.text((4, y), "".join(random.choice(letters, 60)), fill=colour, font=font)
    return np.asarray(image, np.float32)


def bars(random: np.random.Generator) -> np.ndarray:
    """Upright bars of one width, each of another colour."""
    width = int(random.integers(2, 64))
    colours = np.array([_colour(random) for _ in range(PANEL // width + 1)], np.float32)
    return np.broadcast_to(colours[np.arange(PANEL) // width], (PANEL, PANEL, 3))


def checks(random: np.random.Generator) -> np.ndarray:
    """A checkerboard or stripes of two colours, from one pixel wide on."""
    height, width = (int(v) for v in 2 ** random.integers(0, 6, 2))
    rows, columns = np.indices((PANEL, PANEL))
    which = (rows // height * int(random.integers(2)) + columns // width) % 2
    return np.array([_colour(random), _colour(random)], np.float32)[which]


def waves(random: np.random.Generator) -> np.ndarray:
    """A zone plate: rings that grow finer outwards."""
    rows, columns = np.indices((PANEL, PANEL))
    centre, pitch = random.uniform(0, PANEL, 2), random.uniform(200, 3000)
    phase = ((rows - centre[0]) ** 2 + (columns - centre[1]) ** 2) / pitch
    colours = np.array([_colour(random), _colour(random)], np.float32)
    share = (0.5 + 0.5 * np.cos(phase))[..., None]
    return share * colours[0] + (1 - share) * colours[1]


def gradient(random: np.random.Generator) -> np.ndarray:
    """A plane of colours between four corners."""
    corners = np.array([_colour(random) for _ in range(4)], np.float32).reshape(2, 2, 3)
    along = np.linspace(0, 1, PANEL)[:, None, None]
    top = corners[0, 0] * (1 - along) + corners[0, 1] * along
    bottom = corners[1, 0] * (1 - along) + corners[1, 1] * along
    down = np.linspace(0, 1, PANEL)[:, None, None]
    return top.transpose(1, 0, 2) * (1 - down) + bottom.transpose(1, 0, 2) * down


def noise(random: np.random.Generator) -> np.ndarray:
    """Gaussian noise on one colour, the same in all channels or not."""
    channels = int(random.choice([1, 3]))
    drawn = random.normal(0, random.uniform(2, 60), (PANEL, PANEL, channels))
    return np.array(_colour(random), np.float32) + drawn


KINDS: tuple[Callable[[np.random.Generator], np.ndarray], ...] = (
    *(shapes, shapes, shapes, text, text, bars),
    *(checks, waves, gradient, noise),
)
"""What a panel may show; what is drawn more often stands here more often."""


def draw_image(seed: int) -> np.ndarray:
    """Two by two panels, each of a kind drawn at random.

    Args:
        seed: the same seed gives the same image with the same versions of Pillow and FreeType,
            which draw the text and smooth it, and of NumPy.

    Shape:
        - Output: `(512, 512, 3)` uint8.
    """
    random = np.random.default_rng(seed)
    panels = [KINDS[random.integers(len(KINDS))](random) for _ in range(4)]
    rows = [np.concatenate(panels[i : i + 2], 1) for i in (0, 2)]
    return np.concatenate(rows).clip(0, 255).round().astype(np.uint8)


@input_errors()
def main(arguments: list[str] | None = None) -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("out", type=Path, help="folder for the PNG files")
    parser.add_argument("--count", type=count, default=192, help="number of images of 512×512")
    args = parser.parse_args(arguments)
    args.out.mkdir(parents=True, exist_ok=True)
    for seed in range(args.count):
        Image.fromarray(draw_image(seed)).save(args.out / f"{seed:04d}.png")


if __name__ == "__main__":
    main()
