"""Pages to read: articles, papers, slides, tables, spreadsheets, news with photographs.

Not here: what people click on (interfaces.py), code (code.py), drawings (graphics.py).
"""

from __future__ import annotations

from nacre.render.look import Look, box, text


def _inline(look: Look, sentences: int) -> str:
    """A paragraph with links, bold, italic and code in it."""
    c, write = look.chance, look.write
    styles = (
        f"color:{look.accent};text-decoration:underline",
        f"color:{look.accent}",
        "font-weight:bold",
        "font-style:italic",
        f"font-family:{look.mono};background:{look.panel}",
        f"background:{look.colour()};color:{look.on_accent}",
    )
    parts = []
    for _ in range(sentences):
        parts.append(text(write.sentence()))
        if c.random() < 0.35:
            parts.append(box(c.choice(styles), text(write.words(1, 4)), tag="span"))
    return (write.script.space or "").join(parts)


def article(look: Look) -> str:
    """Headings, paragraphs, lists, quotations and images with captions, in one or two columns."""
    c, write, size = look.chance, look.write, look.size
    parts = []
    align = c.choice(("justify", "start", "start"))
    for _ in range(int(look.height / 120) + 6):
        kind = c.random()
        if kind < 0.18:
            big = size * c.choice((1.2, 1.5, 2, 2.6))
            rule = f"border-bottom:1px solid {look.line};" if c.random() < 0.4 else ""
            weight = c.choice(("400", "600", "bold"))
            parts.append(box(f"font-size:{big}px;font-weight:{weight};line-height:1.25;{rule}margin:.6em 0 .4em", text(write.words(2, 7))))
        elif kind < 0.3:
            items = (box("", _inline(look, 1), tag="li") for _ in range(c.randint(2, 6)))
            parts.append(box("margin:.4em 0;padding-inline-start:2em", *items, tag=c.choice(("ul", "ol"))))
        elif kind < 0.36:
            parts.append(box(f"border-inline-start:4px solid {look.accent};background:{look.panel};padding:.6em 1em;color:{look.muted}", _inline(look, 2)))
        elif kind < 0.5:
            side = c.choice(("left", "right", "none"))
            width = c.choice((30, 40, 50)) if side != "none" else 100
            caption = box(f"font-size:{size * 0.85}px;color:{look.muted};padding:4px", text(write.words(3, 9)))
            parts.append(box(f"float:{side};width:{width}%;margin:.4em {look.gap}px;border:1px solid {look.line};background:{look.panel}", look.photo(f"width:100%;height:{c.randint(90, 260)}px;display:block"), caption))
        else:
            parts.append(box(f"margin:.7em 0;text-align:{align}", _inline(look, c.randint(2, 6)), tag="p"))
    columns = c.choice((1, 1, 1, 2, 3)) if look.width > 600 else 1
    family = c.choice((look.font, look.serif))
    return box(f"columns:{columns};column-gap:2em;font-family:{family};padding:{look.gap * 2}px;line-height:{c.choice((1.2, 1.35, 1.5, 1.7))}", *parts)


def paper(look: Look) -> str:
    """A printed page: serif, justified, dense, with formulas and footnotes; sometimes a scan."""
    c, write = look.chance, look.write
    greek = "αβγδελμπρσφω∑∫∂√∞≤≥≠±×∈∇"
    scan = c.random() < 0.3
    parts = [box("text-align:center;font-size:1.6em;margin:.5em 0", text(write.words(4, 9)))]
    parts.append(box("text-align:center;font-style:italic", text(f"{write.name()}, {write.name()}")))
    for i in range(int(look.height / 70) + 5):
        parts.append(box("text-align:justify;text-indent:1.5em", text(write.paragraph(2, 6)), box("font-size:.7em", str(i), tag="sup"), tag="p"))
        if c.random() < 0.35:
            formula = " ".join(f"<i>{c.choice(greek)}</i><sub>{c.choice('ijknm012')}</sub>{c.choice(' =+−·/')}" for _ in range(c.randint(3, 9)))
            parts.append(box("text-align:center;font-size:1.15em;margin:.5em;font-family:'DejaVu Math TeX Gyre',serif", formula, f"<span style='float:right'>({i})</span>"))
        if c.random() < 0.15:
            parts.append(box(f"font-weight:bold;margin:{c.choice((0.5, 1))}em 0", f"{i}&ensp;", text(write.words(2, 5))))
    # Thresholded, as scanners in 1-bit mode do.
    effect = "filter:grayscale(1) contrast(30);" if scan else ""
    paint = "background:#fff;color:#000" if scan or not look.dark else ""
    return box(f"columns:{c.choice((1, 2, 2))};column-gap:1.6em;font-family:{look.serif};line-height:1.25;padding:24px;{paint};{effect}", *parts)


def slide(look: Look) -> str:
    """A few large words, coloured on coloured."""
    c, write = look.chance, look.write
    lines = []
    for _ in range(int(look.height / 90) + 3):
        size = c.choice((20, 28, 36, 48, 64, 96))
        ink = c.choice((look.ink, look.ink, look.accent, look.colour()))
        ground = f"background:{look.colour()};" if c.random() < 0.25 else ""
        weight = c.choice((100, 300, 400, 700, 900))
        family = c.choice((look.sans, look.sans, look.serif, look.mono))
        shadow = f"text-shadow:2px 2px {c.choice((0, 4))}px {look.colour()};" if c.random() < 0.15 else ""
        lines.append(box(f"font:{weight} {size}px {family};color:{ink};{ground}{shadow}padding:8px 24px;line-height:1.15;text-align:{c.choice(('start', 'center', 'end'))}", text(write.words(1, 5))))
    ground = c.choice(("", "", f"background:linear-gradient({c.randint(0, 359)}deg,{look.page},{look.panel},{look.colour()})"))
    return box(f"min-height:100%;{ground}", *lines)


def table(look: Look) -> str:
    """Columns of words, numbers, bars, badges and dates under a header."""
    c, write = look.chance, look.write
    columns = [c.choice(("words", "number", "number", "date", "badge", "bar", "icon", "name")) for _ in range(c.randint(3, max(4, int(look.width / 110))))]
    stripes, lines = c.random() < 0.5, c.choice(("row", "all", "none"))
    pad = f"{c.choice((2, 4, 6, 10))}px {c.choice((4, 8, 12))}px"
    border = {"row": f"border-bottom:1px solid {look.line}", "all": f"border:1px solid {look.line}", "none": ""}[lines]

    def cell(kind: str) -> str:
        if kind == "number":
            return box("text-align:right;font-variant-numeric:tabular-nums", text(write.number()))
        if kind == "badge":
            return box(f"background:{look.colour()};color:{look.on_accent};border-radius:{look.radius}px;padding:1px 6px;font-size:.85em", text(write.word()), tag="span")
        if kind == "bar":
            return box(f"width:80px;height:8px;background:{look.panel}", box(f"width:{c.randint(2, 100)}%;height:8px;background:{look.accent}"))
        if kind == "icon":
            return look.icon(look.size * 1.2, look.colour())
        return text({"words": lambda: write.words(1, 4), "date": write.date, "name": write.name}[kind]())

    head = "".join(box(f"padding:{pad};{border};text-align:start", text(write.words(1, 2)), tag="th") for _ in columns)
    rows = []
    for i in range(int(look.height / (look.size * 1.5)) + 2):
        ground = f"background:{look.panel}" if stripes and i % 2 else ""
        rows.append(box(ground, *(box(f"padding:{pad};{border}", cell(k), tag="td") for k in columns), tag="tr"))
    header = c.choice((f"background:{look.accent};color:{look.on_accent}", f"background:{look.panel}", ""))
    return box("border-collapse:collapse;width:100%;white-space:nowrap", box(header, head, tag="tr"), *rows, tag="table")


def spreadsheet(look: Look) -> str:
    """A grid of narrow cells with row and column headers, mostly numbers, some filled."""
    c, write = look.chance, look.write
    width, height = c.choice((48, 64, 80, 100)), c.choice((18, 20, 24))
    columns, rows = int(look.width / width) + 1, int(look.height / height) + 1
    kinds = [c.choice(("number", "number", "words", "date", "empty")) for _ in range(columns)]
    heat = c.random() < 0.25
    head = box(f"display:flex;background:{look.panel}", *(box(f"flex:0 0 {width}px;text-align:center;border:solid {look.line};border-width:0 1px 1px 0", chr(65 + i % 26)) for i in range(columns)))
    lines = []
    for r in range(rows):
        cells = [box(f"flex:0 0 32px;background:{look.panel};border:solid {look.line};border-width:0 1px 1px 0;text-align:center;color:{look.muted}", str(r + 1))]
        for kind in kinds:
            value = {"number": write.number, "words": lambda: write.words(1, 2), "date": write.date, "empty": str}[kind]() if c.random() < 0.8 else ""
            ground = f"background:{look.colour()};" if c.random() < (0.7 if heat else 0.03) else ""
            weight = "font-weight:bold;" if c.random() < 0.05 else ""
            focus = f"outline:2px solid {look.accent};outline-offset:-2px;" if c.random() < 0.005 else ""
            align = "end" if kind == "number" else "start"
            cells.append(box(f"flex:0 0 {width - 7}px;overflow:hidden;padding:0 3px;border:solid {look.line};border-width:0 1px 1px 0;text-align:{align};{ground}{weight}{focus}", text(value)))
        lines.append(box(f"display:flex;height:{height}px", *cells))
    return box(f"font-size:{min(look.size, height - 7)}px;white-space:nowrap;line-height:{height - 1}px", head, *lines)


def news(look: Look) -> str:
    """Photographs with headlines, in cards, in rows, or with the text on the image."""
    c, write = look.chance, look.write
    columns = max(1, int(look.width / c.choice((160, 220, 300))))
    kind = c.choice(("card", "row", "over"))
    cards = []
    for _ in range(columns * (int(look.height / 180) + 1)):
        title = box(f"font-weight:bold;font-size:{look.size * c.choice((1.1, 1.3, 1.6))}px;line-height:1.2", text(write.words(3, 8)))
        small = box(f"color:{look.muted};font-size:.85em", text(f"{write.name()} · {write.date()}"))
        high = c.randint(80, 220)
        if kind == "over":
            shade = "position:absolute;inset:auto 0 0 0;padding:10px;color:#fff;background:linear-gradient(transparent,#000c)"
            inside = look.photo(f"width:100%;height:{high + 60}px;display:block") + box(shade, title)
        elif kind == "row":
            inside = box("display:flex;gap:10px", look.photo(f"width:35%;height:{high}px;flex:none"), box("padding:6px", title, box("", text(write.sentence())), small))
        else:
            inside = look.photo(f"width:100%;height:{high}px;display:block") + box("padding:8px", title, small, box("", text(write.sentence())))
        cards.append(box(f"position:relative;overflow:hidden;background:{look.panel};border-radius:{look.radius}px;border:1px solid {look.line};break-inside:avoid;margin-bottom:{look.gap}px", inside))
    return box(f"columns:{columns};column-gap:{look.gap}px;padding:{look.gap}px", *cards)
