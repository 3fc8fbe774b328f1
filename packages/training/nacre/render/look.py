"""How a page looks: its colours, fonts, sizes, icons and photographs, the same all over the page.

Not here: what it shows (documents.py, forms.py, lists.py, code.py, charts.py, drawings.py), and the
rules that all pages share (pages.css).
"""

from __future__ import annotations

import colorsys
import random

from nacre.render.markup import Html, drawing, element, points, shape
from nacre.render.words import SCRIPTS, Writer

MONO = (
    *("DejaVu Sans Mono", "Liberation Mono", "JetBrains Mono", "Fira Code", "Hack"),
    *("Noto Sans Mono", "FreeMono", "Terminus (TTF)", "Unifont"),
)

ICON_FONTS = {"Material Design Icons": (0xF0001, 0xF1000), "FontAwesome": (0xF000, 0xF2B0)}
"""Symbol fonts, and the first and last code point to draw from."""


FAMILIES = {
    *(family for script in SCRIPTS.values() for family in script.sans + script.serif),
    *(*MONO, *ICON_FONTS, "Noto Color Emoji"),
}
"""Every family that a page may name."""


def hsl(hue: float, saturation: float, lightness: float) -> str:
    """A CSS colour from saturation and lightness in 0..1 and a hue that repeats after 1."""
    channels = colorsys.hls_to_rgb(hue % 1, lightness, saturation)
    return "#" + "".join(f"{round(v * 255):02x}" for v in channels)


class Look:
    """The choices of one page, all drawn from `chance`.

    Args:
        chance: the page's source of random numbers.
        width, height: the size that the page must fill at least, in CSS pixels.
        photographs: how many there are; `photo` chooses among them.
        prefix: begins the ids of the page's elements, which a whole document shares.

    Attributes:
        write: writes words of the page's script.
        page, panel, ink, muted, line: colours of the ground, of what is raised above it, of text,
            of text that matters less, and of borders.
        accent, on_accent: the colour of what is chosen or important, and of text on it.
        palette: more colours, of one family.
        photos: numbers of the photographs that the page shows.
    """

    def __init__(
        self,
        chance: random.Random,
        width: float,
        height: float,
        photographs: int = 0,
        prefix: str = "page",
    ) -> None:
        self.chance, self.width, self.height = chance, width, height
        self._prefix, self._named = prefix, 0
        self.photographs, self.photos = photographs, set[int]()
        self.write = Writer.choose(chance)
        script = self.write.script
        self.sans = self._family((*script.sans, "Noto Sans"), "sans-serif")
        self.serif = self._family(script.serif, "serif")
        self.mono = self._family(MONO, "monospace")
        self.font = chance.choices((self.sans, self.serif), (6, 1))[0]
        self.size = chance.choice((11, 12, 13, 13, 14, 14, 15, 16, 16, 18))
        self.radius = chance.choice((0, 0, 2, 3, 4, 6, 8, 12, 20))
        self.gap = chance.choice((4, 6, 8, 10, 12, 16))
        self._colours()

    def _family(self, families: tuple[str, ...], generic: str) -> str:
        return f"'{self.chance.choice(families)}',{generic}"

    def _colours(self) -> None:
        c = self.chance
        hue, tint = c.random(), c.choice((0, 0, 0.05, 0.15, 0.3))
        theme = c.choices(("light", "dark", "vivid"), (9, 8, 2))[0]
        self.dark = theme == "dark" or (theme == "vivid" and c.random() < 0.5)
        if theme == "light":
            page = c.choice((1, 1, 1, 0.98, 0.96, 0.92, 0.85))
            panel, ink = page - c.uniform(0.02, 0.08), c.uniform(0, 0.2)
        elif theme == "dark":
            page = c.choice((0, 0.04, 0.07, 0.1, 0.13, 0.17, 0.22))
            panel, ink = page + c.uniform(0.03, 0.08), c.uniform(0.8, 1)
        else:
            # Saturated text on a saturated ground: the hardest case for codecs that halve chroma.
            tint, page = c.uniform(0.6, 1), c.uniform(0.2, 0.7)
            panel, ink = page + c.uniform(-0.1, 0.1), c.choice((0, 1, 1, 0.9))

        def between(share: float, saturation: float) -> str:
            return hsl(hue, saturation, ink + (page - ink) * share)

        self.page, self.panel = hsl(hue, tint, page), hsl(hue, tint, panel)
        self.ink, self.muted = between(0, tint / 2), between(c.uniform(0.3, 0.5), tint / 2)
        self.line = between(c.uniform(0.65, 0.9), tint)
        if theme == "vivid" and c.random() < 0.5:
            self.ink = hsl(hue + c.uniform(0.3, 0.7), 1, c.uniform(0.5, 0.6))
        light = c.uniform(0.55, 0.75) if self.dark else c.uniform(0.3, 0.5)
        first, step = c.random(), c.choice((0.1, 0.17, 0.38, 0.618))
        self.accent, vividness = hsl(first, c.uniform(0.6, 1), light), c.uniform(0.4, 1)
        self.on_accent = "#000" if light > 0.55 else "#fff"
        self.palette = [
            hsl(first + i * step, vividness, light + c.uniform(-0.1, 0.1)) for i in range(8)
        ]

    def style(self) -> dict[str, object]:
        """The page's own style, with the variables of pages.css."""
        return {
            "__page": self.page,
            "__panel": self.panel,
            "__ink": self.ink,
            "__muted": self.muted,
            "__line": self.line,
            "__accent": self.accent,
            "__on_accent": self.on_accent,
            "__radius": f"{self.radius}px",
            "__gap": f"{self.gap}px",
            "__cell": f"{self.chance.choice((2, 4, 6, 10))}px {self.chance.choice((4, 8, 12))}px",
            "font": f"{self.size}px {self.font}",
            "line_height": self.chance.choice((1.2, 1.3, 1.4, 1.5)),
            "direction": self.write.script.direction,
        }

    def name(self) -> str:
        """An id that no other element of the document has."""
        self._named += 1
        return f"{self._prefix}-{self._named}"

    def rows(self, height: float) -> range:
        """As many rows of a height as fill the page."""
        return range(int(self.height / height) + 2)

    def cells(self, width: float, height: float) -> range:
        """As many cells of a size as fill the page."""
        return range(int(self.width / width + 1) * int(self.height / height + 1))

    def colour(self) -> str:
        return self.chance.choice(self.palette)

    def gradient(self) -> str:
        """A CSS gradient between two or three colours."""
        colours = ",".join(self.colour() for _ in range(self.chance.choice((2, 3))))
        return f"linear-gradient({self.chance.randint(0, 359)}deg,{colours})"

    def photo(self, width: object, height: object, **style: object) -> Html:
        """A photograph, or a gradient where there are none."""
        size = {"width": width, "height": height}
        if not self.photographs:
            return element(".photo", **size, background=self.gradient(), **style)
        number = self.chance.randrange(self.photographs)
        self.photos.add(number)
        return element("img", attributes={"src": f"photo-{number}"}, **size, **style)

    def button(self, primary: bool = False) -> Html:
        kind = "accent" if primary else "panel"
        return element(f".button.{kind}", self.write.words(1, 2))

    def badge(self, label: str, tag: str = "span") -> Html:
        return element(f"{tag}.badge", label, background=self.colour())

    def icon(self, size: float, colour: str | None = None) -> Html:
        """A glyph of a symbol font, or a drawing of one or two strokes."""
        c, colour = self.chance, colour or self.ink
        if c.random() < 0.6:
            family, (first, last) = c.choice(list(ICON_FONTS.items()))
            glyph = chr(c.randint(first, last))
            return element("span.icon", glyph, font=f"{size}px '{family}'", color=colour)
        paint: dict[str, object] = {"fill": colour}
        if c.random() < 0.7:
            paint = {"fill": "none", "stroke": colour, "stroke_width": c.choice((1, 1.5, 2, 3))}
        corners = [(c.randint(2, 22), c.randint(2, 22)) for _ in range(c.randint(3, 5))]
        left, top, high = c.randint(2, 8), c.randint(2, 8), c.randint(8, 14)
        curve = f"M4 {c.randint(4, 20)}Q12 {c.randint(0, 24)} 20 {c.randint(4, 20)}"
        strokes = (
            shape("circle", cx=12, cy=12, r=c.randint(4, 10), **paint),
            shape("rect", x=left, y=top, width=13, height=high, rx=c.randint(0, 4), **paint),
            shape("polygon", points=points(corners), stroke_linejoin="round", **paint),
            shape("path", d=curve, **paint),
        )
        drawn = drawing(size, size, *c.sample(strokes, c.randint(1, 2)), viewBox="0 0 24 24")
        return element("span.icon", drawn)
