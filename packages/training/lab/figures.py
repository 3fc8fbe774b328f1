"""Figures as small SVG files, and tables: panels, bars, and strips of images.

Not here: what is shown (the experiments).
"""

from __future__ import annotations

import io
from collections.abc import Sequence

import matplotlib
import torch
import torch.nn.functional as F
from torch import Tensor

matplotlib.use("Agg")
import matplotlib.pyplot as plt  # noqa: E402
from matplotlib.axes import Axes  # noqa: E402
from matplotlib.figure import Figure  # noqa: E402

plt.rc("svg", fonttype="none", hashsalt="nacre")
plt.rc("font", family="sans-serif", size=9)
plt.rc("axes", grid=True, titlesize=9)
plt.rc("grid", alpha=0.3)
plt.rc("legend", frameon=False)


def panels(*titles: str, size: tuple[float, float] = (3.4, 2.6)) -> tuple[Figure, list[Axes]]:
    """A row of empty axes with titles."""
    whole = (size[0] * len(titles), size[1])
    figure, axes = plt.subplots(1, len(titles), figsize=whole, squeeze=False)
    for one, title in zip(axes[0], titles, strict=True):
        one.set_title(title)
    return figure, list(axes[0])


def bars(axes: Axes, values: dict[str, float], label: str) -> None:
    """One bar for each name, with its value on it."""
    drawn = axes.bar(list(values), list(values.values()), color="C0", width=0.6)
    axes.bar_label(drawn, fmt="%.3g", fontsize=8)
    axes.set_ylabel(label)
    axes.margins(y=0.15)
    axes.grid(axis="x", visible=False)


def busiest(images: Tensor, count: int) -> Tensor:
    """The images with the most contrast, which show best what a network does."""
    return images[images.flatten(1).std(1).topk(count).indices]


def show(axes: Axes, rows: dict[str, Tensor]) -> None:
    """Rows of images of one size, each with its name at the left.

    Shape:
        - Each row: `(n, C, H, W)` in 0..1, with 1 or 3 channels.
    """
    framed = (F.pad(row.clamp(0, 1), (1, 1, 1, 1), value=1.0) for row in rows.values())
    sheet = torch.cat([torch.cat(list(row), 2) for row in framed], 1).expand(3, -1, -1)
    axes.imshow((sheet.permute(1, 2, 0) * 255).round().byte().numpy(), interpolation="none")
    height = sheet.shape[1] / len(rows)
    axes.set_yticks([(i + 0.5) * height for i in range(len(rows))], list(rows))
    axes.set_xticks([])
    axes.tick_params(length=0)
    axes.grid(False)
    axes.set_frame_on(False)


def svg(figure: Figure) -> str:
    """The figure as the text of an SVG file, the same for the same figure; closes it."""
    figure.tight_layout()
    written = io.StringIO()
    # Tight: rows of images keep their shape and would leave half of the panel empty.
    nothing = {"Date": None, "Creator": None}
    figure.savefig(written, format="svg", bbox_inches="tight", metadata=nothing)
    plt.close(figure)
    return "\n".join(line.rstrip() for line in written.getvalue().splitlines()) + "\n"


def table(header: Sequence[str], rows: Sequence[Sequence[object]]) -> str:
    """A Markdown table; numbers to four significant digits."""

    def cell(value: object) -> str:
        return f"{value:.4g}" if isinstance(value, float) else str(value)

    lines = [list(header), ["---"] * len(header), *([cell(v) for v in row] for row in rows)]
    return "\n".join("| " + " | ".join(line) + " |" for line in lines)
