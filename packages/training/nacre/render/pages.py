"""What an image may show, and sheets of such pages that one run of the browser renders.

Not here: the pages themselves (documents.py, interfaces.py, code.py, graphics.py).
"""

from __future__ import annotations

import math
import random
from collections.abc import Callable

from nacre.render import code, documents, graphics, interfaces
from nacre.render.browser import Rendering
from nacre.render.look import Look, box, text

SIDE = 512
"""Side of an image in pixels."""

COLUMNS = 4
SHEET = COLUMNS**2
"""Images in a sheet. They share the scale and the anti-aliasing, which belong to the browser's run."""

KINDS: dict[Callable[[Look], str], float] = {
    **{documents.article: 3, documents.paper: 2, documents.slide: 2, documents.table: 2},
    **{documents.spreadsheet: 1.5, documents.news: 2},
    **{interfaces.form: 2, interfaces.desktop: 2, interfaces.dialog: 1, interfaces.chat: 1.5},
    **{interfaces.files: 1.5, interfaces.mail: 1, interfaces.dashboard: 1.5},
    **{interfaces.calendar: 1, interfaces.phone: 1},
    **{code.editor: 3, code.terminal: 2, code.difference: 0.7, code.dump: 0.5},
    **{graphics.charts: 2, graphics.plan: 0.8, graphics.diagram: 1.5, graphics.icons: 1.5},
    **{graphics.pixels: 1.5, graphics.codes: 0.7, graphics.poster: 1.5},
}
"""Every kind of page, and how often it is drawn relative to the others."""


def page(seed: int, view: float, photographs: int) -> tuple[str, set[int]]:
    """One page, and a view of it that begins at a random place.

    Args:
        seed: the same seed gives the same page.
        view: side of the view in CSS pixels.
        photographs: how many there are to choose from.

    Returns:
        HTML that fills a square of side `view`, and the photographs that it shows.
    """
    chance = random.Random(f"page {seed}")
    width = max(view, chance.choice((360, 420, 640, 800, 1024, 1280)))
    height = view + chance.uniform(0, 400)
    look = Look(chance, width, height, photographs)
    kind = chance.choices(list(KINDS), list(KINDS.values()))[0]
    inside = kind(look)
    left, top = chance.uniform(0, width - view), chance.uniform(0, height - view)
    script = look.write.script
    style = (
        f"position:absolute;left:{-left:.2f}px;top:{-top:.2f}px;width:{width}px;"
        f"min-height:{height:.2f}px;background:{look.page};color:{look.ink};"
        f"font:{look.size}px {look.font};direction:{script.direction}"
    )
    # A shadow root keeps the ids of one page's drawings from another's.
    body = box(style, inside)
    shadow = f'<template shadowrootmode="open">{body}</template>'
    return f'<div lang="{text(script.language)}" class="view">{shadow}</div>', look.photos


def pitch(scale: float) -> int:
    """Distance of views in a sheet in CSS pixels: whole device pixels, at least `SIDE` of them."""
    return 4 * math.ceil(SIDE / scale / 4)


def sheet(number: int, photographs: int) -> tuple[str, Rendering, set[int]]:
    """The pages of `SHEET` seeds, from `number * SHEET` on, in rows of `COLUMNS`.

    Returns:
        The document, how to render it, and the photographs it names `photo-0`, `photo-1`, ….
    """
    rendering = Rendering.choose(random.Random(f"sheet {number}"))
    view = pitch(rendering.scale)
    seeds = range(number * SHEET, (number + 1) * SHEET)
    pages = [page(seed, view, photographs) for seed in seeds]
    html = (
        '<!doctype html><meta charset="utf-8"><style>body{margin:0;display:grid;'
        f"grid-template-columns:repeat({COLUMNS},{view}px);grid-auto-rows:{view}px}}"
        ".view{position:relative;overflow:hidden}</style>" + "".join(p[0] for p in pages)
    )
    return html, rendering, set[int]().union(*(p[1] for p in pages))
