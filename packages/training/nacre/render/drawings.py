"""Drawings: maps, diagrams, icons, pixel art, barcodes, posters, as inline SVG.

Not here: charts (charts.py), and photographs (look.py).
"""

from __future__ import annotations

import itertools
import math

from nacre.render.charts import label
from nacre.render.look import Look
from nacre.render.markup import Html, drawing, element, points, shape

LAND = ("#f2efe9", "#e8e6e1", "#1d2733")
AREAS = ("#aad3df", "#c8facc", "#add19e", "#d6d99f")
STREETS = ("#fff", "#fff", "#fcd6a4", "#f9b29c")


def _place(look: Look) -> tuple[float, float]:
    return look.chance.uniform(0, look.width), look.chance.uniform(0, look.height)


def _path(look: Look, steps: int, turn: float) -> list[tuple[float, float]]:
    """A way that turns by `turn` radians at most between steps of 90 pixels."""
    (x, y), angle, pairs = _place(look), look.chance.uniform(0, 6.3), []
    for _ in range(steps):
        pairs.append((x, y))
        x, y = x + 90 * math.cos(angle), y + 90 * math.sin(angle)
        angle += look.chance.uniform(-turn, turn)
    return pairs


def city(look: Look) -> Html:
    """A street map: water and parks, houses, streets with edges and names, markers."""
    c = look.chance
    land, parts = c.choice((look.panel, *LAND)), []
    for _ in look.cells(200, 200):
        area = points(_path(look, c.randint(4, 8), 1.6))
        parts.append(shape("polygon", points=area, fill=c.choice((*AREAS, look.colour()))))
    largest, house = c.choice((14, 22, 34)), {"fill": "#d9d0c9", "stroke": "#c2b5aa"}
    for _ in look.cells(50, 50):
        (x, y), turn = _place(look), c.choice((0, 0, 15, 40))
        size = {"width": c.uniform(6, largest), "height": c.uniform(6, largest)}
        turned = f"rotate({turn} {x:.1f} {y:.1f})"
        parts.append(shape("rect", x=x, y=y, transform=turned, **size, **house))
    edges, streets, names = [], [], []
    for _ in look.cells(150, 150):
        way, wide = _path(look, 14, c.choice((0.1, 0.4))), c.choice((3, 5, 8, 12))
        line = {"points": points(way), "fill": "none", "stroke_linejoin": "round"}
        edges.append(shape("polyline", **line, stroke="#999", stroke_width=wide + 2))
        colour = c.choice((*STREETS, look.colour()))
        streets.append(shape("polyline", **line, stroke=colour, stroke_width=wide))
        (x, y), (to_x, to_y) = way[4:6]
        turn = math.degrees(math.atan((to_y - y) / (to_x - x or 1)))
        name = label(0, 4, look.write.words(1, 2), 10, "#333", "start")
        halo = {"stroke": land, "stroke_width": 2, "paint_order": "stroke"}
        turned = f"translate({x:.1f} {y:.1f}) rotate({turn:.1f})"
        names.append(shape("g", name, transform=turned, **halo))
    for _ in look.cells(200, 200):
        x, y = _place(look)
        mark = {"r": 7, "fill": look.colour(), "stroke": "#fff", "stroke_width": 2}
        names.append(shape("circle", cx=x, cy=y, **mark))
        names.append(label(x, y + 20, look.write.name(), 12, "#222"))
    ground = shape("rect", width="100%", height="100%", fill=land)
    return drawing(look.width, look.height, ground, *parts, *edges, *streets, *names)


def diagram(look: Look) -> Html:
    """Boxes with a word each, joined by arrows, some on a grid."""
    c = look.chance
    wide, high = c.choice((120, 150, 190)), c.choice((80, 100, 130))
    across, down = range(int(look.width / wide) + 1), range(int(look.height / high) + 1)
    spots = [((i + 0.5) * wide, (j + 0.5) * high) for i, j in itertools.product(across, down)]
    places = c.sample(spots, max(2, int(0.75 * len(spots))))
    parts = []
    if c.random() < 0.4:
        lines = "".join(f"M0 {at}H4000M{at} 0V4000" for at in range(0, 2000, 20))
        parts.append(shape("path", d=lines, stroke=look.line, stroke_width=0.5))
    bent, dash = c.random() < 0.6, c.choice(("none", "none", "5 4"))
    stroke = {"fill": "none", "stroke": look.ink, "stroke_width": c.choice((1, 1.5, 2))}
    for x, y in places:
        near = [p for p in places if 0 < math.dist(p, (x, y)) < 1.6 * wide] or places
        to_x, to_y = c.choice(near)
        line = f"M{x} {y}" + (f"H{to_x}V{to_y}" if bent else f"L{to_x} {to_y}")
        parts.append(shape("path", d=line, stroke_dasharray=dash, **stroke))
        at = y if bent else (y + to_y) / 2
        tip = [((x + to_x) / 2 + dx, at + dy) for dx, dy in ((0, -5), (9, 0), (0, 5))]
        parts.append(shape("polygon", points=points(tip), fill=look.ink))
    fills = c.choice(((look.panel,), (look.page,), tuple(look.palette)))
    for x, y in places:
        w, h, fill = wide * c.uniform(0.25, 0.4), high * c.uniform(0.2, 0.3), c.choice(fills)
        paint = {"fill": fill, "stroke": look.ink, "stroke_width": 1.5}
        rhombus = points([(x - w, y), (x, y - h), (x + w, y), (x, y + h)])
        outline = c.choice(
            (
                shape("rect", x=x - w, y=y - h, width=2 * w, height=2 * h, rx=look.radius, **paint),
                shape("ellipse", cx=x, cy=y, rx=w, ry=h, **paint),
                shape("polygon", points=rhombus, **paint),
            )
        )
        ink = look.on_accent if fill in look.palette else look.ink
        parts += outline, label(x, y + 4, look.write.word(), 0.85 * look.size, ink)
    return drawing(look.width, look.height, *parts)


def icons(look: Look) -> Html:
    """Icons of one size in rows, in one colour or in many, on tiles or not, some with names."""
    c = look.chance
    size, ground = c.choice((16, 24, 32, 48, 72)), c.choice(("none", "none", "tiles"))
    many, named = c.random() < 0.5, c.random() < 0.4
    cell, parts = size + (56 if named else 20), []
    for _ in look.cells(cell, cell + 20 * named):
        fill = look.colour() if ground == "tiles" else "none"
        ink = look.on_accent if ground == "tiles" else look.colour() if many else look.ink
        name = [element(".small.one-line", look.write.word())] if named else []
        style = {"width": cell - 8, "margin": 2, "padding": "4px 0", "text_align": "center"}
        picture = look.icon(size, ink)
        corner = look.radius
        parts.append(element("div", picture, *name, background=fill, border_radius=corner, **style))
    return element(".wrap", *parts)


def _sprite(look: Look, side: int) -> list[Html]:
    """Pixels of a few colours: a figure, bricks, a dithered area or noise."""
    c = look.chance
    kind, mirrored = c.choice(("figure", "figure", "bricks", "dither", "noise")), c.random() < 0.7
    colours = c.sample(look.palette, c.randint(1, 4))

    def colour(x: int, y: int) -> str | None:
        if kind == "bricks":
            return look.line if y % 4 == 0 or (x + y // 4 % 2 * 4) % 8 == 0 else colours[0]
        if kind == "dither":
            return colours[(x + y) % 2 % len(colours)] if c.random() < 0.9 else look.accent
        middle = 1 - (abs(x - side / 2 + 0.5) + abs(y - side / 2 + 0.5)) / side
        return c.choice(colours) if c.random() < (middle if kind == "figure" else 0.35) else None

    squares: dict[str, str] = {}
    for y, x in itertools.product(range(side), range(side)):
        twin = min(x, side - 1 - x) != x and mirrored and kind == "figure"
        fill = None if twin else colour(x, y)
        if fill:
            both = {x, side - 1 - x} if mirrored and kind == "figure" else {x}
            squares[fill] = squares.get(fill, "") + "".join(
                f"M{i} {y}h1v1h-1z" for i in sorted(both)
            )
    return [shape("path", d=d, fill=fill) for fill, d in squares.items()]


def pixels(look: Look) -> Html:
    """Pixel art: sprites and tiles, each of their pixels 1 to 16 CSS pixels wide."""
    c = look.chance
    side, scale = c.choice((8, 16, 16, 24)), c.choice((1, 2, 2, 3, 4, 6, 8, 16))
    kinds = range(c.randint(3, 8))
    box = f"0 0 {side} {side}"
    name = look.name()
    symbols = [shape("symbol", *_sprite(look, side), id=f"{name}-{k}", viewBox=box) for k in kinds]
    step, share = side * scale, c.choice((0.3, 0.7, 1))
    down, across = (range(0, int(length) + 1, step) for length in (look.height, look.width))
    uses = []
    for y, x in itertools.product(down, across):
        if c.random() < share:
            place = {"x": x, "y": y, "width": step, "height": step}
            uses.append(shape("use", href=f"#{name}-{c.choice(kinds)}", **place))
    return element(".crisp", drawing(look.width, look.height, *symbols, *uses))


def _matrix(look: Look) -> tuple[str, int, int]:
    """Squares as in a QR code, with its three finders; no content."""
    c, side = look.chance, look.chance.choice((21, 25, 29, 33))
    finders = ((0, 0), (side - 7, 0), (0, side - 7))
    path = "".join(f"M{x} {y}h7v7h-7zm1 1v5h5v-5zm1 1h3v3h-3z" for x, y in finders)
    for x, y in itertools.product(range(side), range(side)):
        near = any(-1 <= x - left < 8 and -1 <= y - top < 8 for left, top in finders)
        if not near and c.random() < 0.48:
            path += f"M{x} {y}h1v1h-1z"
    return path, side, side


def _bars(look: Look) -> tuple[str, int, int]:
    """Bars as in a barcode; no content."""
    path, x = "", 0
    while x < 95:
        wide = look.chance.randint(1, 4)
        path += f"M{x} 0h{wide}v30h{-wide}z"
        x += wide + look.chance.randint(1, 4)
    return path, x, 30


def codes(look: Look) -> Html:
    """QR codes and barcodes, with a number below, mostly black on white."""
    c, parts = look.chance, []
    for _ in look.cells(200, 200):
        path, wide, high = c.choice((_matrix, _bars))(look)
        module = c.choice((1, 1.5, 2, 3, 4))
        ground, ink = c.choice((("#fff", "#000"),) * 4 + ((look.page, look.ink),))
        squares = shape("path", d=path, fill=ink, fill_rule="evenodd")
        code = drawing(wide * module, high * module, squares, viewBox=f"0 0 {wide} {high}")
        style = {"background": ground, "color": ink, "margin": c.randint(0, 20)}
        parts.append(element(".code.crisp", code, look.write.number(), **style))
    return element("div", *parts)


def poster(look: Look) -> Html:
    """Flat shapes and large letters of saturated colours, as in logos and illustrations."""
    c, name = look.chance, look.name()
    parts = [shape("rect", width="100%", height="100%", fill=look.colour())]
    spread = c.choice((60, 110, 170))
    for number in look.cells(spread, spread):
        (x, y), r, fill = _place(look), c.uniform(10, 160), look.colour()
        if c.random() < 0.25:
            stops = (shape("stop", stop_color=look.colour(), offset=at) for at in (0, 1))
            parts.append(shape("linearGradient", *stops, id=f"{name}-{number}"))
            fill = f"url(#{name}-{number})"
        paint = {"fill": fill}
        if c.random() < 0.3:
            paint = {"fill": "none", "stroke": fill, "stroke_width": c.choice((1, 3, 8, 16))}
        corners, inner = c.randint(3, 9), c.choice((1, 0.5, 0.3))
        star = []
        for i in range(2 * corners):
            angle, far = i * math.pi / corners, r * (inner if i % 2 else 1)
            star.append((x + far * math.cos(angle), y + far * math.sin(angle)))
        wave = f"M{x:.1f} {y:.1f}q{r:.1f} {-r:.1f} {2 * r:.1f} 0t{r:.1f} {r:.1f}"
        word = label(x, y, look.write.word(capital=True), 0.7 * r, fill)
        one = (
            shape("circle", cx=x, cy=y, r=r, **paint),
            shape("rect", x=x, y=y, width=r, height=c.uniform(10, 160), **paint),
            shape("polygon", points=points(star), **paint),
            shape("path", d=wave, **paint),
            shape("g", word, font_weight=c.choice((300, 700, 900))),
        )
        parts.append(c.choice(one))
    return drawing(look.width, look.height, *parts)
