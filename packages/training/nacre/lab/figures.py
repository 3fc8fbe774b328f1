"""Figures as small SVG files: curves, bars, and strips of pictures.

Not here: what is shown (the experiments).
"""

from __future__ import annotations

import io
from collections.abc import Sequence

import matplotlib
import numpy as np
from torch import Tensor

matplotlib.use("Agg")
import matplotlib.pyplot as plt  # noqa: E402
from matplotlib.axes import Axes  # noqa: E402
from matplotlib.figure import Figure  # noqa: E402

matplotlib.rcParams.update(
    {
        "svg.fonttype": "none",
        "svg.hashsalt": "nacre",
        "font.family": "sans-serif",
        "font.size": 9,
        "axes.grid": True,
        "grid.alpha": 0.3,
        "legend.frameon": False,
    }
)


def panels(*titles: str, size: tuple[float, float] = (3.4, 2.6)) -> tuple[Figure, list[Axes]]:
    """A row of empty axes with titles."""
    figure, axes = plt.subplots(
        1, len(titles), figsize=(size[0] * len(titles), size[1]), squeeze=False
    )
    for one, title in zip(axes[0], titles, strict=True):
        one.set_title(title, fontsize=9)
    return figure, list(axes[0])


def bars(axes: Axes, values: dict[str, float], label: str) -> None:
    """One bar for each name, with its value on it."""
    drawn = axes.bar(list(values), list(values.values()), color="C0", width=0.6)
    axes.bar_label(drawn, fmt="%.3g", fontsize=8)
    axes.set_ylabel(label)
    axes.margins(y=0.15)
    axes.grid(axis="x", visible=False)


def busiest(pictures: Tensor, count: int) -> Tensor:
    """The pictures with the most contrast, which show best what a network does."""
    return pictures[pictures.flatten(1).std(1).topk(count).indices]


def show(axes: Axes, rows: dict[str, Tensor]) -> None:
    """Rows of pictures of one size, each with its name at the left.

    Shape:
        - Each row: `(n, C, H, W)` in 0..1, with 1 or 3 channels.
    """
    strips = []
    for row in rows.values():
        padded = np.pad(
            row.clamp(0, 1).numpy(), ((0, 0), (0, 0), (1, 1), (1, 1)), constant_values=1
        )
        strips.append(np.concatenate(list(padded), 2).transpose(1, 2, 0))
    sheet = (np.concatenate(strips, 0) * 255).round().astype(np.uint8)
    sheet = sheet.repeat(3, 2) if sheet.shape[2] == 1 else sheet
    axes.imshow(sheet, interpolation="none")
    height = sheet.shape[0] / len(rows)
    axes.set_yticks([(i + 0.5) * height for i in range(len(rows))], list(rows))
    axes.set_xticks([])
    axes.tick_params(length=0)
    axes.grid(False)
    for side in axes.spines.values():
        side.set_visible(False)


def svg(figure: Figure) -> str:
    """The figure as the text of an SVG file, the same for the same figure; closes it."""
    figure.tight_layout()
    written = io.StringIO()
    # Tight: rows of pictures keep their shape and would leave half of the panel empty.
    figure.savefig(
        written, format="svg", bbox_inches="tight", metadata={"Date": None, "Creator": None}
    )
    plt.close(figure)
    return "\n".join(line.rstrip() for line in written.getvalue().splitlines()) + "\n"


def table(header: Sequence[str], rows: Sequence[Sequence[object]]) -> str:
    """A Markdown table; numbers to four significant digits."""

    def cell(value: object) -> str:
        return f"{value:.4g}" if isinstance(value, float) else str(value)

    lines = [list(header), ["---"] * len(header), *([cell(v) for v in row] for row in rows)]
    return "\n".join("| " + " | ".join(line) + " |" for line in lines)
