"""Small images drawn by rule, so that tests and the fixture model need no photographs."""

from pathlib import Path

import numpy as np
from PIL import Image


def draw_image(size: int, seed: int) -> np.ndarray:
    """Soft blobs, stripes and an edge in random colours, `(size, size, 3)` uint8."""
    random = np.random.default_rng(seed)
    rows, columns = np.indices((size, size)) / size
    image = np.zeros((size, size, 3)) + random.uniform(0.2, 0.8, 3)
    for _ in range(4):
        centre, width = random.uniform(0, 1, 2), random.uniform(0.05, 0.3)
        distance = (rows - centre[0]) ** 2 + (columns - centre[1]) ** 2
        blob = np.exp(-distance / width**2)[..., None]
        image += blob * random.uniform(-0.5, 0.5, 3)
    angle, pitch = random.uniform(0, np.pi), random.uniform(10, 40)
    stripes = np.sin(2 * np.pi * pitch * (rows * np.sin(angle) + columns * np.cos(angle)))
    image += 0.1 * stripes[..., None] * random.uniform(0, 1, 3)
    side = (rows * random.uniform(-1, 1) + columns * random.uniform(-1, 1)) > 0
    image += 0.2 * side[..., None] * random.uniform(-1, 1, 3)
    return (image.clip(0, 1) * 255).astype(np.uint8)


def write_images(folder: Path, count: int, size: int) -> Path:
    """PNG files of `count` drawn images in `folder`."""
    folder.mkdir(parents=True, exist_ok=True)
    for seed in range(count):
        Image.fromarray(draw_image(size, seed)).save(folder / f"{seed:02d}.png")
    return folder
