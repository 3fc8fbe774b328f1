"""Charts: lines, areas, bars, points, pies and heat maps, alone and on dashboards.

Not here: other drawings (drawings.py).
"""

from __future__ import annotations

import itertools
import math

from nacre.render.look import Look
from nacre.render.markup import Html, drawing, element, points, shape


def label(x: float, y: float, text: str, size: float, fill: str, anchor: str = "middle") -> Html:
    """Text in a drawing, at its base line."""
    return shape("text", text, x=x, y=y, font_size=size, fill=fill, text_anchor=anchor)


class Plot:
    """The area of a chart inside its axes, in pixels from the top left of the drawing."""

    def __init__(self, look: Look, width: float, height: float) -> None:
        self.look, self.chance = look, look.chance
        self.size = max(8, min(12, height / 14))
        self.left, self.top, self.bottom = 3 * self.size, 1.5 * self.size, height - 2 * self.size
        self.wide, self.high = width - self.left - self.size, self.bottom - self.top

    def axes(self, grid: bool) -> list[Html]:
        c, look, size = self.chance, self.look, self.size
        right, parts, ticks = self.left + self.wide, [], c.randint(3, 7)
        step, dash = c.choice((0.5, 10, 25)), c.choice(("none", "3 3"))
        for i in range(ticks + 1):
            y, x = self.bottom - self.high * i / ticks, self.left + self.wide * i / ticks
            if grid:
                line = f"M{self.left:.1f} {y:.1f}H{right:.1f}"
                parts.append(shape("path", d=line, stroke=look.line, stroke_dasharray=dash))
            parts.append(label(self.left - 4, y + size / 3, f"{i * step}", size, look.muted, "end"))
            parts.append(
                label(x, self.bottom + 1.3 * size, look.write.word()[:6], size, look.muted)
            )
        corner = f"M{self.left:.1f} {self.top:.1f}V{self.bottom:.1f}H{right:.1f}"
        return [*parts, shape("path", d=corner, fill="none", stroke=look.ink)]

    def walk(self, count: int) -> list[tuple[float, float]]:
        """Points from left to right, each near the one before."""
        level, pairs = self.chance.random(), []
        for i in range(count):
            level = min(1, max(0, level + self.chance.uniform(-0.2, 0.2)))
            x = self.left + self.wide * (i + 0.5) / count
            pairs.append((x, self.bottom - self.high * level))
        return pairs

    def legend(self, series: int, colour: str) -> list[Html]:
        size, y = self.size, self.top + 1.4 * series * self.size
        square = {"x": self.left + 8, "y": y, "width": size, "height": size, "fill": colour}
        name = self.look.write.word()
        x = self.left + 12 + size
        return [
            shape("rect", **square),
            label(x, y + 0.9 * size, name, size, self.look.ink, "start"),
        ]

    def lines(self, colour: str, count: int) -> list[Html]:
        pairs, wide = self.walk(count), self.chance.choice((1, 1.5, 2, 3))
        marks = pairs if self.chance.random() < 0.5 else []
        stroke = {"fill": "none", "stroke": colour, "stroke_width": wide}
        line = shape("polyline", points=points(pairs), **stroke)
        return [line, *(shape("circle", cx=x, cy=y, r=wide + 1, fill=colour) for x, y in marks)]

    def area(self, colour: str, count: int) -> list[Html]:
        pairs = self.walk(count)
        corners = points([*pairs, (pairs[-1][0], self.bottom), (pairs[0][0], self.bottom)])
        opacity = self.chance.choice((0.3, 0.6, 1))
        fill = {"fill": colour, "fill_opacity": opacity, "stroke": colour}
        return [shape("polygon", points=corners, **fill)]

    def bars(self, colour: str, count: int) -> list[Html]:
        wide = max(1, self.wide / count * self.chance.uniform(0.2, 0.9))
        sizes = {"width": wide, "fill": colour}
        pairs = self.walk(count)
        return [
            shape("rect", x=x - wide / 2, y=y, height=self.bottom - y, **sizes) for x, y in pairs
        ]

    def scatter(self, colour: str, count: int) -> list[Html]:
        c, opacity = self.chance, self.chance.choice((0.5, 1))
        dots = []
        for _ in range(3 * count):
            x, y = self.left + self.wide * c.random(), self.top + self.high * c.random()
            r = c.choice((1.5, 2, 3, 5))
            dots.append(shape("circle", cx=x, cy=y, r=r, fill=colour, fill_opacity=opacity))
        return dots

    def heat(self) -> list[Html]:
        c, cell = self.chance, self.chance.choice((6, 8, 12, 16, 24))
        squares = []
        for row, column in itertools.product(
            range(int(self.high / cell)), range(int(self.wide / cell))
        ):
            place = {"x": self.left + column * cell, "y": self.top + row * cell}
            size = {"width": cell, "height": cell, "fill": self.look.accent}
            squares.append(shape("rect", **place, **size, opacity=c.random()))
        return squares


def _pie(look: Look, width: float, height: float) -> Html:
    c = look.chance
    radius, angle, parts = 0.42 * min(width, height), 6 * c.random(), []
    for _ in range(c.randint(3, 7)):
        turn = c.uniform(0.3, 1.8)
        ends = [(radius * math.cos(a), radius * math.sin(a)) for a in (angle, angle + turn)]
        (x0, y0), (x1, y1) = ends
        slice_ = f"M0 0L{x0:.1f} {y0:.1f}A{radius:.1f} {radius:.1f} 0 0 1 {x1:.1f} {y1:.1f}Z"
        parts.append(shape("path", d=slice_, fill=look.colour(), stroke=look.page))
        angle += turn
    parts.append(shape("circle", r=radius * c.choice((0, 0, 0.5, 0.7)), fill=look.page))
    middle = f"translate({width / 2:.1f} {height / 2:.1f})"
    return drawing(width, height, shape("g", *parts, transform=middle))


def chart(look: Look, width: float, height: float) -> Html:
    """One chart of a size, with its axes and legend."""
    c, plot = look.chance, Plot(look, width, height)
    kind = c.choice(("lines", "lines", "area", "bars", "bars", "scatter", "pie", "heat"))
    if kind == "pie":
        return _pie(look, width, height)
    parts = plot.axes(grid=kind != "heat")
    if kind == "heat":
        return drawing(width, height, *plot.heat(), *parts)
    for series in range(1 if kind == "bars" else c.randint(1, 4)):
        colour = look.palette[series]
        parts += getattr(plot, kind)(colour, c.choice((6, 12, 24, 60)))
        if height > 140:
            parts += plot.legend(series, colour)
    return drawing(width, height, *parts)


def charts(look: Look) -> Html:
    """Large charts with titles, one below the other."""
    c, parts = look.chance, []
    height = c.choice((180, 260, 420))
    for _ in look.rows(height + 36):
        title = element(".bold.big", look.write.words(2, 6), text_align="center", padding=6)
        parts += title, chart(look, look.width, height)
    return element("div", *parts, font_family=c.choice((look.sans, look.serif, look.mono)))


def dashboard(look: Look) -> Html:
    """Cards with large numbers and charts."""
    c, write = look.chance, look.write
    wide, cards = c.choice((180, 240, 320)), []
    weight = c.choice((300, 600))
    for _ in look.cells(wide, 150):
        title = element(".small.muted", write.words(1, 4))
        if c.random() < 0.35:
            change = element("span", c.choice("▲▼"), write.number(), color=look.colour())
            number = element("span", write.number(), font_size=2 * look.size, font_weight=weight)
            body = element("div", number, " ", change)
        else:
            body = chart(look, wide - 2 * look.gap, c.randint(80, 180))
        cards.append(element(".card.pad", title, body, margin_bottom=look.gap))
    return element(".columns.pad", *cards, column_count=max(1, int(look.width / wide)))
