"""Pages to read: articles, papers, slides, tables, spreadsheets, news with photographs.

Not here: what people click on (forms.py, lists.py), code (code.py), drawings (charts.py,
drawings.py).
"""

from __future__ import annotations

import string

from nacre.render.look import Look
from nacre.render.markup import Html, element


def _inline(look: Look, sentences: int) -> Html:
    """Sentences with links, bold, italic, code and marked words among them."""
    c, write = look.chance, look.write
    parts: list[object] = []
    for _ in range(sentences):
        parts.append(write.sentence() + write.script.space)
        words = write.words(1, 4)
        special = (
            element("a", words, text_decoration=c.choice(("none", "underline"))),
            element("b", words),
            element("i", words),
            element("span.panel", words, font_family=look.mono),
            element("span", words, background=look.colour(), color=look.on_accent),
        )
        if c.random() < 0.35:
            parts += c.choice(special), write.script.space
    return element("span", *parts)


def _figure(look: Look) -> Html:
    """A photograph with a caption, in the text's way or across the column."""
    c = look.chance
    side = c.choice(("left", "right", "none"))
    width = 100 if side == "none" else c.choice((30, 40, 50))
    caption = element(".small.muted.pad", look.write.words(3, 9))
    photo = look.photo("100%", c.randint(90, 260))
    return element(".card", photo, caption, float=side, width=f"{width}%", margin=look.gap / 2)


def article(look: Look) -> Html:
    """Headings, paragraphs, lists, quotations and images with captions, in up to three columns."""
    c, write = look.chance, look.write
    align = c.choice(("justify", "start", "start"))

    def heading() -> Html:
        return element(
            c.choice(("div", ".lined")),
            write.words(2, 7),
            font_size=look.size * c.choice((1.2, 1.5, 2, 2.6)),
            font_weight=c.choice((400, 600, 700)),
            line_height=1.25,
            margin=".6em 0 .4em",
        )

    def items() -> Html:
        lines = (element("li", _inline(look, 1)) for _ in range(c.randint(2, 6)))
        return element(c.choice(("ul", "ol")), *lines)

    def quotation() -> Html:
        return element(".quotation", _inline(look, 2))

    def paragraph() -> Html:
        return element("p", _inline(look, c.randint(2, 6)), margin=".7em 0", text_align=align)

    kinds = {heading: 18, items: 12, quotation: 6, lambda: _figure(look): 14, paragraph: 50}
    parts = c.choices(list(kinds), list(kinds.values()), k=len(look.rows(120)) + 4)
    return element(
        ".pad",
        *(part() for part in parts),
        column_count=c.choice((1, 1, 1, 2, 3)) if look.width > 600 else 1,
        font_family=c.choice((look.font, look.serif)),
    )


def _formula(look: Look, number: int) -> Html:
    c = look.chance
    terms = []
    for _ in range(c.randint(3, 9)):
        index = element(c.choice(("sub", "sup")), c.choice("ijknm012"))
        terms += element("i", c.choice("αβγδελμπρσφω∑∫∂√∞∇")), index, c.choice(" =+−·/≤≈×")
    return element(".formula", *terms, element("span", f"({number})", float="right"))


def paper(look: Look) -> Html:
    """A printed page: serif, justified, dense, with formulas; sometimes as a 1-bit scan."""
    c, write = look.chance, look.write
    title = element("div", write.words(4, 9), font_size="1.6em", text_align="center")
    parts = [title, element("div", write.name(), ", ", write.name(), text_align="center")]
    for number in look.rows(60):
        parts.append(element("p", write.paragraph(2, 6), element("sup", number)))
        if c.random() < 0.35:
            parts.append(_formula(look, number))
        if c.random() < 0.15:
            parts.append(element(".bold", f"{number}  ", write.words(2, 5), margin=".7em 0"))
    return element(
        c.choices((".paper", ".paper.scan"), (7, 3))[0],
        *parts,
        column_count=c.choice((1, 2, 2)),
        font_family=look.serif,
        line_height=1.25,
        padding=24,
    )


def slide(look: Look) -> Html:
    """A few large words, coloured on coloured."""
    c, write = look.chance, look.write
    lines = []
    for _ in look.rows(80):
        family = c.choice((look.sans, look.sans, look.serif, look.mono))
        size, weight = c.choice((20, 28, 36, 48, 64, 96)), c.choice((100, 300, 400, 700, 900))
        shadow = f"2px 2px {c.choice((0, 4))}px {look.colour()}" if c.random() < 0.15 else "none"
        line = element(
            "div",
            write.words(1, 5),
            font=f"{weight} {size}px {family}",
            line_height=1.15,
            padding="8px 24px",
            text_align=c.choice(("start", "center", "end")),
            text_shadow=shadow,
            color=c.choice((look.ink, look.ink, look.accent, look.colour())),
            background=look.colour() if c.random() < 0.25 else "none",
        )
        lines.append(line)
    ground = c.choice(("none", "none", look.gradient()))
    return element("div", *lines, min_height="100%", background=ground)


def table(look: Look) -> Html:
    """Columns of words, numbers, bars, badges and dates under a header."""
    c, write = look.chance, look.write
    cells = {
        "words": lambda: write.words(1, 4),
        "name": write.name,
        "number": lambda: element(".number", write.number()),
        "date": write.date,
        "badge": lambda: look.badge(write.word()),
        "bar": lambda: element(".bar", element("div", width=f"{c.randint(2, 100)}%")),
        "icon": lambda: look.icon(look.size * 1.2, look.colour()),
    }
    most = max(4, int(look.width / 110))
    columns = c.choices(list(cells), (1, 1, 2, 1, 1, 1, 1), k=c.randint(3, most))
    head = element(
        f"tr.{c.choice(('accent', 'panel', 'lined'))}",
        *(element("th", write.words(1, 2)) for _ in columns),
    )
    rows = (
        element("tr", *(element("td", cells[kind]()) for kind in columns))
        for _ in look.rows(look.size * 1.5)
    )
    kind = c.choice(("rows", "grid", "plain")) + c.choice(("", ".stripes"))
    return element(f"table.{kind}", head, *rows)


def spreadsheet(look: Look) -> Html:
    """A grid of narrow cells under letters and beside numbers, some of them filled."""
    c, write = look.chance, look.write
    width, height = c.choice((48, 64, 80, 100)), c.choice((18, 20, 24))
    cells = {
        "number": write.number,
        "words": lambda: write.words(1, 2),
        "date": write.date,
        "empty": str,
    }
    columns = c.choices(list(cells), (2, 1, 1, 1), k=int(look.width / width) + 1)
    coloured = c.choice((0.03, 0.03, 0.03, 0.7))
    letters = (element(".head", string.ascii_uppercase[i % 26], width=width) for i in range(60))
    rows = [element(".row", element(".head", width=32), *list(letters)[: len(columns)])]
    for number in look.rows(height):
        row = [element(".head", number + 1, width=32)]
        for kind in columns:
            extra = c.choices(("", ".bold", ".focus"), (95, 5, 0.5))[0]
            ground = {"background": look.colour()} if c.random() < coloured else {}
            value = cells[kind]() if c.random() < 0.8 else ""
            align = ".number" if kind == "number" else ""
            row.append(element(extra + align, value, width=width, **ground))
        rows.append(element(".row", *row, height=height))
    size = min(look.size, height - 7)
    return element(".sheet", *rows, font_size=size, line_height=f"{height - 1}px")


def news(look: Look) -> Html:
    """Photographs with headlines, in cards, in rows, or with the text on the image."""
    c, write = look.chance, look.write
    columns = max(1, int(look.width / c.choice((160, 220, 300))))
    kind, cards = c.choice(("card", "row", "over")), []
    for _ in range(columns * len(look.rows(180))):
        size = look.size * c.choice((1.1, 1.3, 1.6))
        title = element(".bold", write.words(3, 8), font_size=size, line_height=1.2)
        small = element(".small.muted", write.name(), " · ", write.date())
        high = c.randint(80, 220)
        if kind == "over":
            inside = (look.photo("100%", high + 60), element(".shade", title))
        elif kind == "row":
            words = element(".grow", title, small, write.sentence())
            inside = (element(".row", look.photo("35%", high, flex="none"), words),)
        else:
            words = element(".pad", title, small, write.sentence())
            inside = (look.photo("100%", high), words)
        cards.append(element(".card", *inside, margin_bottom=look.gap))
    return element(".columns.pad", *cards, column_count=columns)
