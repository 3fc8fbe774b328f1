"""Drawings: charts, maps, diagrams, icons, pixel art, barcodes, logos, drawn as inline SVG.

Not here: photographs (look.py).
"""

from __future__ import annotations

import math

from nacre.render.look import Look, box, text


def _svg(width: float, height: float, *inside: str, style: str = "") -> str:
    return f'<svg width="{width:.0f}" height="{height:.0f}" viewBox="0 0 {width:.0f} {height:.0f}" style="display:block;{style}">{"".join(inside)}</svg>'


def _label(x: float, y: float, value: str, size: float, fill: str, anchor: str = "middle") -> str:
    return f'<text x="{x:.1f}" y="{y:.1f}" font-size="{size:.1f}" fill="{fill}" text-anchor="{anchor}">{text(value)}</text>'


def _points(pairs: list[tuple[float, float]]) -> str:
    return " ".join(f"{x:.1f},{y:.1f}" for x, y in pairs)


def chart(look: Look, width: float, height: float) -> str:
    """Lines, areas, bars, points, a pie or a heat map, with axes, grid and legend."""
    c = look.chance
    kind = c.choice(("line", "line", "area", "bar", "bar", "scatter", "pie", "heat"))
    small = max(8, min(12, height / 14))
    left, bottom, top = small * 3, height - small * 2, small * 1.5
    wide, high = width - left - small, bottom - top
    parts = []
    if kind == "pie":
        radius, angle = min(width, height) * 0.42, c.random() * 6
        hole = c.choice((0, 0, 0.5, 0.7))
        for _ in range(c.randint(3, 7)):
            turn = c.uniform(0.3, 1.8)
            x0, y0, x1, y1 = (f(a) * radius for a in (angle, angle + turn) for f in (math.cos, math.sin))
            parts.append(f'<path d="M0 0L{x0:.1f} {y0:.1f}A{radius:.1f} {radius:.1f} 0 0 1 {x1:.1f} {y1:.1f}Z" fill="{look.colour()}" stroke="{look.page}" transform="translate({width / 2:.1f} {height / 2:.1f})"/>')
            angle += turn
        parts.append(f'<circle cx="{width / 2:.1f}" cy="{height / 2:.1f}" r="{radius * hole:.1f}" fill="{look.page}"/>')
        return _svg(width, height, *parts)
    if kind == "heat":
        cell = c.choice((4, 8, 12, 16, 24))
        for row in range(int(high / cell)):
            for column in range(int(wide / cell)):
                parts.append(f'<rect x="{left + column * cell:.1f}" y="{top + row * cell:.1f}" width="{cell}" height="{cell}" fill="{look.accent}" opacity="{c.random():.2f}"/>')
    ticks = c.randint(3, 7)
    for i in range(ticks + 1):
        y, x = bottom - high * i / ticks, left + wide * i / ticks
        dash = c.choice(("", 'stroke-dasharray="3 3"'))
        if kind != "heat":
            parts.append(f'<path d="M{left:.1f} {y:.1f}H{left + wide:.1f}" stroke="{look.line}" {dash}/>')
        parts.append(_label(left - 4, y + small / 3, f"{i * c.choice((10, 25, 0.5))}", small, look.muted, "end"))
        parts.append(_label(x, bottom + small * 1.3, look.write.word()[:6], small, look.muted))
    for series in range(c.randint(1, 4)):
        colour, count = look.palette[series], c.choice((6, 12, 24, 60))
        level, values = c.random(), []
        for _ in range(count):
            level = min(1, max(0, level + c.uniform(-0.2, 0.2)))
            values.append(level)
        pairs = [(left + wide * (i + 0.5) / count, bottom - high * v) for i, v in enumerate(values)]
        if kind == "line":
            stroke = c.choice((1, 1.5, 2, 3))
            parts.append(f'<polyline points="{_points(pairs)}" fill="none" stroke="{colour}" stroke-width="{stroke}"/>')
            if c.random() < 0.5:
                parts += (f'<circle cx="{x:.1f}" cy="{y:.1f}" r="{stroke + 1}" fill="{colour}"/>' for x, y in pairs)
        elif kind == "area":
            ends = [(pairs[-1][0], bottom), (pairs[0][0], bottom)]
            parts.append(f'<polygon points="{_points(pairs + ends)}" fill="{colour}" fill-opacity="{c.choice((0.3, 0.6, 1))}" stroke="{colour}"/>')
        elif kind == "bar" and series == 0:
            bar = max(1, wide / count * c.uniform(0.4, 1))
            parts += (f'<rect x="{x - bar / 2:.1f}" y="{y:.1f}" width="{bar:.1f}" height="{bottom - y:.1f}" fill="{colour}"/>' for x, y in pairs)
        elif kind == "scatter":
            parts += (f'<circle cx="{left + wide * c.random():.1f}" cy="{top + high * c.random():.1f}" r="{c.choice((1.5, 2, 3, 5))}" fill="{colour}" fill-opacity="{c.choice((0.5, 1))}"/>' for _ in range(60))
        if kind != "heat" and height > 140:
            parts.append(f'<rect x="{left + 8:.1f}" y="{top + series * small * 1.4:.1f}" width="{small:.0f}" height="{small:.0f}" fill="{colour}"/>')
            parts.append(_label(left + 12 + small, top + series * small * 1.4 + small * 0.9, look.write.word(), small, look.ink, "start"))
    parts.append(f'<path d="M{left:.1f} {top:.1f}V{bottom:.1f}H{left + wide:.1f}" fill="none" stroke="{look.ink}"/>')
    return _svg(width, height, *parts)


def charts(look: Look) -> str:
    """Large charts one below the other, with titles."""
    parts, filled = [], 0.0
    while filled < look.height:
        height = look.chance.randint(180, 420)
        parts.append(box(f"font-weight:bold;text-align:center;padding:6px;font-size:{look.size * 1.2}px", text(look.write.words(2, 6))))
        parts.append(chart(look, look.width, height))
        filled += height + 36
    return box(f"font-family:{look.chance.choice((look.sans, look.serif, look.mono))}", *parts)


def plan(look: Look) -> str:
    """A street map: areas, water, streets with edges, names along them, markers."""
    c, width, height = look.chance, look.width, look.height
    land = c.choice((look.panel, "#f2efe9", "#e8e6e1", "#1d2733"))
    parts = [f'<rect width="{width}" height="{height}" fill="{land}"/>']

    def path(steps: int, turn: float) -> list[tuple[float, float]]:
        x, y, angle = c.uniform(0, width), c.uniform(0, height), c.uniform(0, 6.3)
        pairs = []
        for _ in range(steps):
            pairs.append((x, y))
            x, y, angle = x + 90 * math.cos(angle), y + 90 * math.sin(angle), angle + c.uniform(-turn, turn)
        return pairs

    areas = ("#aad3df", "#c8facc", "#add19e", "#d6d99f", look.colour())
    for _ in range(int(width * height / 40_000) + 3):
        parts.append(f'<polygon points="{_points(path(c.randint(4, 8), 1.6))}" fill="{c.choice(areas)}"/>')
    size = c.choice((14, 22, 34))
    for _ in range(int(width * height / 2500)):
        x, y = c.uniform(0, width), c.uniform(0, height)
        parts.append(f'<rect x="{x:.1f}" y="{y:.1f}" width="{c.uniform(6, size):.1f}" height="{c.uniform(6, size):.1f}" fill="#d9d0c9" stroke="#c2b5aa" stroke-width=".7" transform="rotate({c.choice((0, 0, 15, 40))} {x:.1f} {y:.1f})"/>')
    streets = [(path(14, c.choice((0.1, 0.4))), c.choice((3, 5, 8, 12)), c.choice(("#fff", "#fff", "#fcd6a4", "#f9b29c", look.colour()))) for _ in range(int(width * height / 22_000) + 6)]
    for pairs, wide, _ in streets:
        parts.append(f'<polyline points="{_points(pairs)}" fill="none" stroke="#8886" stroke-width="{wide + 2}" stroke-linejoin="round"/>')
    for number, (pairs, wide, colour) in enumerate(streets):
        parts.append(f'<polyline id="s{number}" points="{_points(pairs)}" fill="none" stroke="{colour}" stroke-width="{wide}" stroke-linejoin="round"/>')
        (x0, y0), (x1, y1) = pairs[4:6]
        turn = math.degrees(math.atan2(y1 - y0, x1 - x0))
        parts.append(f'<g transform="translate({x0:.1f} {y0:.1f}) rotate({turn + 180 * (abs(turn) > 90):.1f})" stroke="{land}" stroke-width="2" paint-order="stroke">{_label(0, 4, look.write.words(1, 2), 10, "#333", "start")}</g>')
    for _ in range(int(width * height / 30_000)):
        x, y = c.uniform(0, width), c.uniform(0, height)
        parts.append(f'<circle cx="{x:.1f}" cy="{y:.1f}" r="7" fill="{look.colour()}" stroke="#fff" stroke-width="2"/>{_label(x, y + 20, look.write.name(), 12, "#222")}')
    return _svg(width, height, *parts)


def diagram(look: Look) -> str:
    """Boxes with text, joined by arrows, on a grid."""
    c, width, height = look.chance, look.width, look.height
    wide, high = c.choice((120, 150, 190)), c.choice((80, 100, 130))
    places = [((i + 0.5) * wide, (j + 0.5) * high) for i in range(int(width / wide) + 1) for j in range(int(height / high) + 1) if c.random() < 0.75]
    parts = [f'<path d="M0 {y}H{width:.0f}M{y} 0V{height:.0f}" stroke="{look.line}" stroke-width=".5"/>' for y in range(0, int(max(width, height)), 20)] if c.random() < 0.4 else []
    for x, y in places:
        to_x, to_y = c.choice(places)
        if abs(to_x - x) + abs(to_y - y) < 2.5 * wide:
            bend = f"H{to_x:.1f}V{to_y:.1f}" if c.random() < 0.6 else f"L{to_x:.1f} {to_y:.1f}"
            dash = c.choice(("", "", 'stroke-dasharray="5 4"'))
            parts.append(f'<path d="M{x:.1f} {y:.1f}{bend}" fill="none" stroke="{look.ink}" stroke-width="{c.choice((1, 1.5, 2))}" {dash}/>')
            middle, down = (to_x + x) / 2, (to_y + y) / 2
            parts.append(f'<polygon points="{middle:.1f},{down - 5:.1f} {middle + 9:.1f},{down:.1f} {middle:.1f},{down + 5:.1f}" fill="{look.ink}"/>')
    fills = c.choice(((look.panel,), (look.page,), look.palette))
    for x, y in places:
        w, h, fill = wide * c.uniform(0.5, 0.75), high * c.uniform(0.4, 0.6), c.choice(fills)
        shape = c.choice((f'<rect x="{x - w / 2:.1f}" y="{y - h / 2:.1f}" width="{w:.1f}" height="{h:.1f}" rx="{look.radius}"', f'<ellipse cx="{x:.1f}" cy="{y:.1f}" rx="{w / 2:.1f}" ry="{h / 2:.1f}"', f'<polygon points="{x - w / 2:.1f},{y:.1f} {x:.1f},{y - h / 2:.1f} {x + w / 2:.1f},{y:.1f} {x:.1f},{y + h / 2:.1f}"'))
        parts.append(f'{shape} fill="{fill}" stroke="{look.ink}" stroke-width="1.5"/>{_label(x, y + 4, look.write.word(), look.size * 0.85, look.on_accent if fill in look.palette else look.ink)}')
    return _svg(width, height, *parts)


def icons(look: Look) -> str:
    """Rows of icons of one size, in one colour or in many, with or without names."""
    c = look.chance
    size, many, named, tiled = c.choice((16, 24, 32, 48, 72)), c.random() < 0.5, c.random() < 0.4, c.random() < 0.3
    cell = size + (56 if named else 20)
    items = []
    for _ in range(int(look.width / cell + 1) * int(look.height / cell + 1)):
        ground = f"background:{look.colour()};border-radius:{look.radius}px;" if tiled else ""
        colour = look.on_accent if tiled else look.colour() if many else look.ink
        name = box("font-size:10px;overflow:hidden", text(look.write.word())) if named else ""
        items.append(box(f"display:inline-block;width:{cell - 8}px;margin:2px;padding:4px 0;text-align:center;{ground}", look.icon(size, colour), name))
    return box("line-height:1.2", *items)


def pixels(look: Look) -> str:
    """Pixel art: sprites, mirrored or not, and tiles, each pixel 1 to 16 device pixels wide."""
    c = look.chance
    scale, side = c.choice((1, 2, 2, 3, 4, 6, 8, 16)), c.choice((8, 16, 16, 24))
    symbols = []
    for number in range(c.randint(3, 8)):
        colours, mirrored, kind = c.sample(look.palette, c.randint(1, 4)), c.random() < 0.6, c.choice(("sprite", "brick", "dither", "glyph"))
        runs: dict[str, list[str]] = {}
        for y in range(side):
            for x in range(side):
                if kind == "brick":
                    fill = look.line if y % 4 == 0 or (x + 4 * (y // 4 % 2)) % 8 == 0 else colours[0]
                elif kind == "dither":
                    fill = colours[(x + y) % 2 * (len(colours) > 1)] if c.random() < 0.9 else look.accent
                elif kind == "glyph":
                    fill = colours[0] if c.random() < 0.35 else None
                else:
                    middle = 1 - (abs(x - side / 2 + 0.5) + abs(y - side / 2 + 0.5)) / side
                    fill = c.choice(colours) if c.random() < middle else None
                if fill and (not mirrored or x < side / 2):
                    runs.setdefault(fill, []).append(f"M{x} {y}h1v1h-1z" + (f"M{side - 1 - x} {y}h1v1h-1z" if mirrored else ""))
        drawn = "".join(f'<path d="{"".join(squares)}" fill="{fill}"/>' for fill, squares in runs.items())
        symbols.append(f'<symbol id="t{number}" viewBox="0 0 {side} {side}">{drawn}</symbol>')
    tile, share = side * scale, c.choice((0.3, 0.7, 1))
    uses = [f'<use href="#t{c.randrange(len(symbols))}" x="{x}" y="{y}" width="{tile}" height="{tile}"/>' for y in range(0, int(look.height) + 1, tile) for x in range(0, int(look.width) + 1, tile) if c.random() < share]
    return _svg(look.width, look.height, *symbols, *uses[:6000], style="shape-rendering:crispEdges")


def codes(look: Look) -> str:
    """Squares and bars as in two-dimensional codes and barcodes, with a number below."""
    c = look.chance
    items = []
    for _ in range(int(look.width * look.height / 40_000) + 2):
        module = c.choice((2, 3, 4, 6, 8))
        if c.random() < 0.6:
            side = c.choice((21, 25, 29, 33))
            dots = "".join(f"M{x} {y}h1v1h-1z" for y in range(side) for x in range(side) if c.random() < 0.48 and not ((x < 8 or x > side - 9) and y < 8 or x < 8 and y > side - 9))
            finders = "".join(f"M{x} {y}h7v7h-7zm1 1v5h5v-5zm1 1h3v3h-3z" for x, y in ((0, 0), (side - 7, 0), (0, side - 7)))
            drawn, wide, high = f'<path d="{dots}{finders}" fill-rule="evenodd"/>', side, side
        else:
            x, bars = 0, ""
            while x < 95:
                bars, x = bars + f"M{x} 0h{(w := c.randint(1, 4))}v30h-{w}z", x + w + c.randint(1, 4)
            drawn, wide, high = f'<path d="{bars}"/>', x, 30
        svg = f'<svg viewBox="0 0 {wide} {high}" width="{wide * module / 2}" height="{high * module / 2}" style="shape-rendering:crispEdges">{drawn}</svg>'
        ground, ink = ("#fff", "#000") if c.random() < 0.8 else (look.page, look.ink)
        items.append(box(f"display:inline-block;background:{ground};fill:{ink};color:{ink};padding:16px;margin:{c.randint(0, 20)}px;text-align:center;font-size:11px", svg, box("", text(look.write.number()))))
    return box("", *items)


def poster(look: Look) -> str:
    """Flat shapes and large letters of saturated colours, as in logos and illustrations."""
    c, width, height = look.chance, look.width, look.height
    parts = [f'<rect width="{width}" height="{height}" fill="{look.colour()}"/>']
    for number in range(int(width * height / c.choice((4000, 12_000, 30_000))) + 8):
        x, y, r = c.uniform(0, width), c.uniform(0, height), c.uniform(10, 160)
        fill = look.colour()
        if c.random() < 0.25:
            parts.append(f'<linearGradient id="g{number}"><stop stop-color="{look.colour()}"/><stop offset="1" stop-color="{look.colour()}"/></linearGradient>')
            fill = f"url(#g{number})"
        count = c.randint(3, 9)
        inner = c.choice((1, 0.5, 0.3))
        star = [(x + r * (inner if i % 2 else 1) * math.cos(i * math.pi / count), y + r * (inner if i % 2 else 1) * math.sin(i * math.pi / count)) for i in range(2 * count)]
        paint = f'fill="{fill}"' if c.random() < 0.7 else f'fill="none" stroke="{fill}" stroke-width="{c.choice((1, 3, 8, 16))}"'
        parts.append(
            c.choice(
                (
                    f'<circle cx="{x:.1f}" cy="{y:.1f}" r="{r:.1f}" {paint}/>',
                    f'<rect x="{x:.1f}" y="{y:.1f}" width="{r:.1f}" height="{c.uniform(10, 160):.1f}" {paint}/>',
                    f'<polygon points="{_points(star)}" {paint}/>',
                    f'<path d="M{x:.1f} {y:.1f}q{r:.1f} {-r:.1f} {2 * r:.1f} 0t{r:.1f} {r:.1f}" {paint}/>',
                    f'<g font-weight="{c.choice((300, 700, 900))}">{_label(x, y, look.write.word(capital=True), r * 0.7, fill)}</g>',
                )
            )
        )
    return _svg(width, height, *parts)
