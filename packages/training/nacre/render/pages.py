"""What an image may show, and sheets of such pages that one run of the browser renders.

Not here: the pages themselves (documents.py, forms.py, lists.py, code.py, terminal.py, charts.py,
drawings.py).
"""

from __future__ import annotations

import math
import random
from collections.abc import Callable
from pathlib import Path

from nacre.render import charts, code, documents, drawings, forms, lists, terminal
from nacre.render.browser import Rendering
from nacre.render.look import Look
from nacre.render.markup import Html, element

SIDE = 512
"""Side of an image in pixels."""

COLUMNS = 4
SHEET = COLUMNS**2
"""Images in a sheet. They share a scale and anti-aliasing, which hold for a run of the browser."""

KINDS: dict[Callable[[Look], Html], float] = {
    documents.article: 3,
    documents.paper: 2,
    documents.slide: 2,
    documents.table: 2,
    documents.spreadsheet: 1.5,
    documents.news: 2,
    forms.form: 2,
    forms.dialog: 1,
    forms.desktop: 2,
    lists.chat: 1.5,
    lists.files: 1.5,
    lists.mail: 1,
    lists.calendar: 1,
    lists.phone: 1,
    code.editor: 3,
    code.difference: 0.7,
    code.dump: 0.5,
    terminal.terminal: 2,
    charts.charts: 2,
    charts.dashboard: 1.5,
    drawings.city: 0.8,
    drawings.diagram: 1.5,
    drawings.icons: 1.5,
    drawings.pixels: 1.5,
    drawings.codes: 0.7,
    drawings.poster: 1.5,
}
"""Every kind of page, and how often it is drawn compared with the others."""


def _framed(look: Look, content: Html) -> Html:
    """The content, one time in five under a bar of links and beside a list of them."""
    c, write = look.chance, look.write
    main = element(".content", content)
    if c.random() < 0.8:
        return element(".main", main)
    links = [element("a", write.words(1, 3)) for _ in range(c.randint(4, 12))]
    bar = element(f".row.pad.{c.choice(('accent', 'panel'))}", look.icon(24), *links[:6])
    side = lists.tree(look, [write.words(1, 3) for _ in look.rows(30)])
    return Html(bar + element(".main", *c.choice(((side, main), (main, side)))))


def page(seed: int, view: float, photographs: int) -> tuple[Html, set[int]]:
    """One page, seen through a square of side `view` in CSS pixels at a random place.

    Args:
        seed: the same seed gives the same page.
        photographs: how many there are to choose from.

    Returns:
        The square, and the numbers of the photographs in it.
    """
    chance = random.Random(f"page {seed}")
    width = max(view, chance.choice((360, 420, 640, 800, 1024, 1280)))
    height = view + chance.uniform(0, 400)
    look = Look(chance, width, height, photographs, f"page-{seed}")
    kind = chance.choices(list(KINDS), list(KINDS.values()))[0]
    place = {"left": chance.uniform(view - width, 0), "top": chance.uniform(view - height, 0)}
    size = {"width": width, "min_height": height}
    inside = element(".page", _framed(look, kind(look)), **place, **size, **look.style())
    language = {"lang": look.write.script.language}
    return element(".view", inside, attributes=language), look.photos


def pitch(scale: float) -> int:
    """Side of a square in a sheet, in CSS pixels: `SIDE` device pixels or a little more.

    Squares begin at whole device pixels, as scales are multiples of 1/4.
    """
    return 4 * math.ceil(SIDE / scale / 4)


def sheet(number: int, photographs: int) -> tuple[str, Rendering, set[int]]:
    """The pages of `SHEET` seeds, from `number * SHEET` on, in rows of `COLUMNS`.

    Returns:
        The document, how to render it, and the photographs in it. It names them photo-0, photo-1
        and so on, without a folder.
    """
    rendering = Rendering.choose(random.Random(f"sheet {number}"))
    side = pitch(rendering.scale)
    seeds = range(number * SHEET, (number + 1) * SHEET)
    pages = [page(seed, side, photographs) for seed in seeds]
    rules = Path(__file__).with_name("pages.css").read_text(encoding="utf-8")
    grid = f"body{{grid:auto-flow {side}px/repeat({COLUMNS},{side}px)}}"
    head = f'<!doctype html><meta charset="utf-8"><style>{rules}{grid}</style>'
    return head + "".join(p[0] for p in pages), rendering, set().union(*(p[1] for p in pages))
