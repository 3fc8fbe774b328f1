"""How a page looks: its colours, fonts, sizes and images, the same all over the page.

Not here: what it shows (documents.py, interfaces.py, code.py, graphics.py).
"""

from __future__ import annotations

import colorsys
import html
import random

from nacre.render.words import Writer

MONO = (
    *("DejaVu Sans Mono", "Liberation Mono", "JetBrains Mono", "Fira Code", "Hack"),
    *("Noto Sans Mono", "FreeMono", "Terminus (TTF)", "Unifont"),
)


def text(value: object) -> str:
    """Escapes a value for HTML text and attributes."""
    return html.escape(str(value))


def box(style: str, *inside: str, tag: str = "div") -> str:
    """An element with a style, around HTML that is already escaped."""
    return f'<{tag} style="{style}">{"".join(inside)}</{tag}>'


def hsl(hue: float, saturation: float, lightness: float) -> str:
    """A colour in CSS from hue, saturation and lightness in 0..1; hues beyond it go round."""
    red, green, blue = colorsys.hls_to_rgb(hue % 1, lightness, saturation)
    return "#" + "".join(f"{round(v * 255):02x}" for v in (red, green, blue))


class Look:
    """The choices of one page, all drawn from `chance`.

    Args:
        chance: the page's source of random numbers.
        width, height: the least size that the page must fill, in CSS pixels.
        photographs: how many there are; `photo` names them by number.
    """

    def __init__(
        self, chance: random.Random, width: float, height: float, photographs: int = 0
    ) -> None:
        self.chance, self.width, self.height = chance, width, height
        self.photographs, self.photos = photographs, set[int]()
        self.write = Writer.choose(chance)
        script = self.write.script
        self.sans = self._family((*script.sans, *script.sans, "Noto Sans"), "sans-serif")
        self.serif = self._family(script.serif, "serif")
        self.mono = self._family(MONO, "monospace")
        self.font = self.sans if chance.random() < 0.85 else self.serif
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
            lightness = c.choice((1, 1, 1, 0.98, 0.96, 0.92, 0.85))
            levels = (lightness, lightness - c.uniform(0.02, 0.08), c.uniform(0, 0.2))
        elif theme == "dark":
            lightness = c.choice((0, 0.04, 0.07, 0.1, 0.13, 0.17, 0.22))
            levels = (lightness, lightness + c.uniform(0.03, 0.08), c.uniform(0.8, 1))
        else:
            # Saturated text on a saturated ground, the hardest case for subsampled chroma.
            tint, lightness = c.uniform(0.6, 1), c.uniform(0.2, 0.7)
            levels = (lightness, lightness + c.uniform(-0.1, 0.1), c.choice((0, 1, 1, 0.9)))
        page, panel, ink = levels
        self.page, self.panel = hsl(hue, tint, page), hsl(hue, tint, panel)
        opposite = hue + c.uniform(0.3, 0.7)
        self.ink = hsl(opposite, 1, c.uniform(0.5, 0.6)) if theme == "vivid" and c.random() < 0.5 else hsl(hue, tint / 2, ink)
        self.muted = hsl(hue, tint / 2, ink + (page - ink) * c.uniform(0.3, 0.5))
        self.line = hsl(hue, tint, ink + (page - ink) * c.uniform(0.65, 0.9))
        light = c.uniform(0.55, 0.75) if self.dark else c.uniform(0.3, 0.5)
        start = c.random()
        self.accent = hsl(start, c.uniform(0.6, 1), light)
        self.on_accent = "#000" if light > 0.55 else "#fff"
        step = c.choice((0.1, 0.17, 0.38, 0.618))
        vividness = c.uniform(0.4, 1)
        self.palette = [hsl(start + i * step, vividness, light + c.uniform(-0.1, 0.1)) for i in range(8)]

    def colour(self) -> str:
        return self.chance.choice(self.palette)

    def photo(self, style: str) -> str:
        """An image element that shows a photograph, or a gradient where there are none."""
        c = self.chance
        if self.photographs:
            number = c.randrange(self.photographs)
            self.photos.add(number)
            return f'<img src="photo-{number}" style="object-fit:cover;{style}">'
        stops = f"{c.randint(0, 359)}deg,{self.colour()},{self.colour()},{self.colour()}"
        return box(f"display:inline-block;background:linear-gradient({stops});{style}")

    def button(self, label: str, primary: bool = False) -> str:
        """A button, flat, outlined or raised as the rest of the page."""
        fill = f"background:{self.accent};color:{self.on_accent}" if primary else f"background:{self.panel}"
        return box(
            f"display:inline-block;padding:{self.gap * 0.6}px {self.gap * 1.5}px;{fill};"
            f"border:1px solid {self.accent if primary else self.line};border-radius:{self.radius}px;"
            f"margin:{self.gap / 2}px;white-space:nowrap",
            text(label),
        )

    def icon(self, size: float, colour: str | None = None) -> str:
        """A glyph of a symbol font, or a small drawing of one or two strokes."""
        c, colour = self.chance, colour or self.ink
        kind = c.randrange(3)
        if kind == 0:
            return box(f"font:{size}px 'Material Design Icons';color:{colour};line-height:1", f"&#x{c.randint(0xF0001, 0xF1000):x};", tag="span")
        if kind == 1:
            return box(f"font:{size * 0.9}px FontAwesome;color:{colour};line-height:1", f"&#x{c.randint(0xF000, 0xF2B0):x};", tag="span")
        points = " ".join(f"{c.randint(2, 22)},{c.randint(2, 22)}" for _ in range(c.randint(3, 5)))
        paint = f'fill="{colour}"' if c.random() < 0.3 else f'fill="none" stroke="{colour}" stroke-width="{c.choice((1, 1.5, 2, 3))}"'
        shapes = (
            f'<circle cx="12" cy="12" r="{c.randint(4, 10)}" {paint}/>',
            f'<rect x="{c.randint(2, 8)}" y="{c.randint(2, 8)}" width="13" height="{c.randint(8, 14)}" rx="{c.randint(0, 4)}" {paint}/>',
            f'<polygon points="{points}" stroke-linejoin="round" {paint}/>',
            f'<path d="M4 {c.randint(4, 20)}Q12 {c.randint(0, 24)} 20 {c.randint(4, 20)}" {paint}/>',
        )
        inside = "".join(c.sample(shapes, c.randint(1, 2)))
        return f'<svg width="{size}" height="{size}" viewBox="0 0 24 24" style="vertical-align:middle">{inside}</svg>'
