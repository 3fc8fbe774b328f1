"""Text of one width: editors, differences, hexadecimal dumps.

Not here: terminals (terminal.py), and words (words.py).
"""

from __future__ import annotations

from nacre.render.lists import tree
from nacre.render.look import Look, hsl
from nacre.render.markup import Html, element

CONSONANTS = ("b", "d", "f", "get", "k", "l", "m", "n", "p", "r", "s", "to", "v", "x")


def identifier(look: Look) -> str:
    """A name as code has them: Latin letters in every script's pages."""
    c = look.chance
    parts = []
    for _ in range(c.randint(1, 3)):
        syllables = range(c.randint(1, 3))
        parts.append("".join(c.choice(CONSONANTS) + c.choice("aeiou") for _ in syllables))
    camel = parts[0] + "".join(p.title() for p in parts[1:])
    return c.choice(("_".join(parts), camel, "".join(parts).upper()))


def span(colour: str, text: str, **style: object) -> Html:
    """Coloured text."""
    return element("span", text, color=colour, **style)


def mono(look: Look, lines: list[Html]) -> Html:
    """Lines in the page's font of one width."""
    c = look.chance
    size, leading = c.choice((11, 12, 13, 13, 14, 15, 16)), c.choice((1.15, 1.3, 1.5, 1.6))
    return element(".mono", *lines, font=f"{size}px {look.mono}", line_height=leading)


class Highlighter:
    """Writes lines of no language in particular, each part in the colour of its kind."""

    def __init__(self, look: Look) -> None:
        self.look, self.chance = look, look.chance
        kinds = ("name", "number", "string", "call", "keyword")
        self.colours = dict(zip(kinds, look.palette, strict=False))
        if self.chance.random() < 0.5:
            self.colours["name"] = look.ink
        self.weight = self.chance.choice((400, 700))

    def _name(self) -> Html:
        return span(self.colours["name"], identifier(self.look))

    def _call(self) -> Html:
        return span(self.colours["call"], identifier(self.look))

    def _keyword(self, *choices: str) -> Html:
        return span(self.colours["keyword"], self.chance.choice(choices), font_weight=self.weight)

    def _string(self) -> Html:
        quote = self.chance.choice("'\"`")
        return span(self.colours["string"], f"{quote}{self.look.write.words(1, 4)}{quote}")

    def _number(self) -> Html:
        c = self.chance
        forms = (f"{c.randint(0, 9999)}", f"0x{c.getrandbits(16):04x}", f"{c.random():.3f}")
        return span(self.colours["number"], c.choice(forms))

    def _value(self) -> Html:
        c = self.chance
        brackets = c.choice(("()", "[i]", "<T>()", "(&x, *p)"))
        called = element("span", self._call(), brackets)
        return c.choice((self._number(), self._string(), called, self._name()))

    def line(self) -> Html:
        """One line; it ends in `{` where a block begins, and is `}` where one ends."""
        c, end = self.chance, self.chance.choice((";", ";", "", ","))
        let = self._keyword("let", "const", "var", "auto", "static int")
        test = self._keyword("if", "while", "for", "match", "switch")
        back = self._keyword("return", "yield", "throw new", "await")
        define = self._keyword("function", "def", "fn", "public void")
        assign = c.choice((" = ", " += ", "->", " <- ", " := "))
        binary = c.choice((" + ", " * ", " << ", " && ", " | "))
        compare = c.choice((" < ", " == ", " != ", " >= ", " in "))
        comment = c.choice(("// ", "# ", "/* ", "-- ")) + self.look.write.sentence()
        parts = c.choice(
            (
                (let, " ", self._name(), " = ", self._value(), end),
                (self._name(), ".", self._name(), assign, self._value(), binary, self._value()),
                (test, " (", self._value(), compare, self._value(), ") {"),
                (back, " ", self._value(), end),
                (define, " ", self._call(), "(", self._name(), ", ", self._name(), ") {"),
                ("}",),
                (span(self.look.muted, comment, font_style="italic"),),
                ("<", self._keyword("div", "a", "li"), " ", self._name(), "=", self._string(), ">"),
                ("",),
            )
        )
        return Html("".join(p if isinstance(p, Html) else element("span", p) for p in parts))


def editor(look: Look) -> Html:
    """Numbered lines of code under tabs, some beside a tree of files."""
    c, highlighter = look.chance, Highlighter(look)
    depth, lines, first = 0, [], c.randint(1, 900)
    kind = c.choice(("span", "span.guide"))
    step = element(kind, " " * c.choice((2, 4)))
    for number in look.rows(14):
        line = highlighter.line()
        if "}" in line:
            depth = max(0, depth - 1)
        selected = c.choices(("", ".panel"), (24, 1))[0]
        style = (
            {"text_decoration": f"underline wavy {look.accent} 1px"} if c.random() < 0.04 else {}
        )
        count = element("span.line-number", first + number)
        lines.append(element(selected, count, *[step] * depth, line, **style))
        if "{" in line:
            depth = min(6, depth + 1)
    tabs = []
    for number in range(c.randint(2, 6)):
        name = identifier(look) + c.choice((".ts", ".rs", ".c", ".py"))
        shade = {"color": look.muted} if number else {"background": look.page}
        tabs.append(element("div", name, **shade))
    text = element(".grow", element(".tabs.panel", *tabs), mono(look, lines))
    parts = [text]
    if c.random() < 0.4:
        parts.insert(0, tree(look, [identifier(look) for _ in look.rows(22)]))
    return element("div", *parts, display="flex", direction="ltr")


def difference(look: Look) -> Html:
    """Removed and added lines on red and green."""
    c, highlighter = look.chance, Highlighter(look)
    light = 0.2 if look.dark else 0.9
    grounds = {"-": hsl(0, 0.6, light), "+": hsl(0.35, 0.5, light), " ": "none", "@": look.panel}
    lines, first = [], c.randint(1, 500)
    for number in look.rows(15):
        sign = c.choices(list(grounds), (6, 6, 15, 1))[0]
        place = f"@ -{first},{number} +{first},{c.randint(1, 30)} @@"
        body = span(look.muted, place) if sign == "@" else highlighter.line()
        count = element("span.line-number", first + number)
        lines.append(element("div", count, sign, " ", body, background=grounds[sign]))
    return mono(look, lines)


def dump(look: Look) -> Html:
    """Offsets, bytes, and their characters."""
    c, first, lines = look.chance, look.chance.getrandbits(24), []
    for row in look.rows(14):
        kinds = (0, 0, 255, c.randrange(256), c.randint(32, 126))
        data = c.choices(kinds, k=16)
        characters = "".join(chr(b) if 32 <= b < 127 else "." for b in data)
        offset = span(look.muted, f"{(first + row) * 16:08x}  ")
        ink = look.ink if row % 3 else look.accent
        inside = (span(ink, " ".join(f"{b:02x}" for b in data)), f"  |{characters}|")
        lines.append(element("div", offset, *inside))
    return mono(look, lines)
