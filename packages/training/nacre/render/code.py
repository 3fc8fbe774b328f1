"""Text of one width: editors, terminals, differences, hexadecimal dumps.

Not here: words (words.py).
"""

from __future__ import annotations

from nacre.render.look import Look, box, hsl, text


def _span(colour: str, value: str, more: str = "") -> str:
    return box(f"color:{colour};{more}", text(value), tag="span")


def _identifier(look: Look) -> str:
    """A name as code has them: Latin letters whatever the page's script."""
    c = look.chance
    parts = ["".join(c.choice(("b", "d", "f", "get", "k", "l", "m", "n", "p", "r", "s", "to", "v", "x")) + c.choice("aeiou") for _ in range(c.randint(1, 3))) for _ in range(c.randint(1, 3))]
    return c.choice(("_".join(parts), parts[0] + "".join(p.title() for p in parts[1:]), "".join(parts).upper()))


def _statement(look: Look, colours: dict[str, str]) -> str:
    """One line of no language in particular, coloured by what its parts are."""
    c = look.chance

    def name() -> str:
        return _span(colours["name"], _identifier(look))

    def value() -> str:
        kind = c.randrange(4)
        if kind == 0:
            return _span(colours["number"], c.choice((str(c.randint(0, 9999)), f"0x{c.getrandbits(16):04x}", f"{c.random():.3f}")))
        if kind == 1:
            quote = c.choice("'\"`")
            return _span(colours["string"], f"{quote}{look.write.words(1, 4)}{quote}")
        if kind == 2:
            return _span(colours["call"], _identifier(look)) + text(c.choice(("()", "[i]", "<T>()", "(&x, *p)")))
        return name()

    def word(*choices: str) -> str:
        return _span(colours["keyword"], c.choice(choices), colours["bold"])

    def sign(*choices: str) -> str:
        return text(f" {c.choice(choices)} ")

    end = c.choice((";", ";", "", ","))
    return c.choice(
        (
            lambda: word("let", "const", "var", "auto", "static int") + " " + name() + " = " + value() + end,
            lambda: name() + text(".") + name() + sign("=", "+=", "->", "<-", ":=") + value() + sign("+", "*", "<<", "&&", "|") + value() + end,
            lambda: word("if", "while", "for", "match", "switch") + " (" + value() + sign("<", "==", "!=", ">=", "in") + value() + ") {",
            lambda: word("return", "yield", "throw new", "await") + " " + value() + end,
            lambda: word("function", "def", "fn", "public void") + " " + _span(colours["call"], _identifier(look)) + "(" + ", ".join(name() for _ in range(c.randint(0, 3))) + ") {",
            lambda: "}",
            lambda: _span(colours["comment"], c.choice(("// ", "# ", "/* ", "-- ")) + look.write.sentence(), "font-style:italic"),
            lambda: text("<") + word("div", "a", "li", "section") + " " + name() + "=" + _span(colours["string"], f'"{_identifier(look)}"') + text(">") + value() + text("</div>"),
            lambda: "",
        )
    )()


def _colours(look: Look) -> dict[str, str]:
    kinds = ("name", "number", "string", "call", "keyword", "comment")
    colours = dict(zip(kinds, look.palette, strict=False)) | {"comment": look.muted}
    if look.chance.random() < 0.5:
        colours["name"] = look.ink
    return colours | {"bold": look.chance.choice(("", "font-weight:bold"))}


def _mono(look: Look, *lines: str) -> str:
    c = look.chance
    size = c.choice((11, 12, 13, 13, 14, 15, 16))
    return box(f"font:{size}px {look.mono};line-height:{c.choice((1.15, 1.3, 1.5, 1.6))};white-space:pre;direction:ltr;tab-size:4", *lines)


def editor(look: Look) -> str:
    """Lines of code with numbers, one of them selected, under tabs and beside a tree."""
    c = look.chance
    colours = _colours(look)
    depth, lines, step = 0, [], c.choice((2, 4))
    first = c.randint(1, 900)
    guides = c.random() < 0.4
    for number in range(int(look.height / 14) + 2):
        line = _statement(look, colours)
        depth = max(0, depth - 1) if line == "}" else depth
        ground = f"background:{look.panel};" if c.random() < 0.04 else ""
        squiggle = f"text-decoration:underline wavy {look.accent} 1px;" if c.random() < 0.04 else ""
        guide = box(f"border-left:1px solid {look.line};padding-left:1px", " " * (step - 1), tag="span") if guides else " " * step
        lines.append(box(f"{ground}{squiggle}min-height:1em", box(f"display:inline-block;width:3.5em;text-align:right;color:{look.muted};padding-right:1.2em", str(first + number), tag="span"), guide * depth, line))
        depth = min(6, depth + 1) if line.endswith("{") else depth
    tabs = box(f"display:flex;background:{look.panel};border-bottom:1px solid {look.line}", *(box(f"padding:6px 14px;border-inline-end:1px solid {look.line};{f'background:{look.page};border-top:2px solid {look.accent}' if i == 0 else f'color:{look.muted}'}", text(_identifier(look)), text(c.choice((".ts", ".rs", ".c", ".py")))) for i in range(c.randint(2, 6))))
    parts = [box("flex:1;min-width:0", tabs, _mono(look, *lines))]
    if c.random() < 0.4:
        tree = (box(f"padding:2px {6 + 12 * c.randint(0, 3)}px", look.icon(13, look.colour()), " ", text(_identifier(look))) for _ in range(int(look.height / 20)))
        parts.insert(0, box(f"width:180px;flex:none;overflow:hidden;background:{look.panel};white-space:nowrap", *tree))
    return box("display:flex;direction:ltr", *parts)


ANSI = ("#000", "#c00", "#0a0", "#c50", "#00c", "#c0c", "#0aa", "#aaa")
BRIGHT = ("#555", "#f55", "#5f5", "#ff5", "#55f", "#f5f", "#5ff", "#fff")


def terminal(look: Look) -> str:
    """Commands and what they print: lists, logs, progress, boxes of line-drawing characters."""
    c, write = look.chance, look.write
    ground, ink = c.choice((("#000", "#ccc"), ("#000", "#0f0"), ("#002b36", "#93a1a1"), ("#fff", "#000"), ("#fdf6e3", "#586e75"), ("#300a24", "#eee"), ("#111", "#fb0"), (look.page, look.ink)))
    palette = c.choice((ANSI, BRIGHT, BRIGHT, look.palette))

    def colour() -> str:
        return c.choice(palette)

    def listing() -> str:
        mode = "".join(c.choice((letter, "-")) for letter in "drwxr-xr-x")
        return text(f"{mode} {c.randint(1, 9)} {_identifier(look)[:6]:6} {c.randint(0, 10**7):>9} {write.date():>10} ") + _span(colour(), _identifier(look), "font-weight:bold")

    def log() -> str:
        level = c.choice(("INFO", "WARN", "ERROR", "DEBUG"))
        return _span(colour(), f"[{c.randint(0, 23):02}:{c.randint(0, 59):02}:{c.randint(0, 59):02}.{c.randint(0, 999):03}]") + " " + _span(colour(), f"{level:5}", "font-weight:bold") + text(" " + write.sentence()[:90])

    def progress() -> str:
        done = c.randint(0, 40)
        bar = c.choice(("█░", "#.", "=-", "▓▒"))
        return text(f"{_identifier(look):20.20} ") + _span(colour(), bar[0] * done) + text(bar[1] * (40 - done) + f" {done * 100 // 40:3}%")

    def frame() -> str:
        width = c.randint(20, 60)
        corners = c.choice(("┌─┐│└┘", "╔═╗║╚╝", "╭─╮│╰╯", "+-+|++"))
        rows = [corners[0] + corners[1] * width + corners[2]]
        rows += [f"{corners[3]}{_identifier(look) + ' ' + str(c.randint(0, 999)):{width}.{width}}{corners[3]}" for _ in range(c.randint(1, 6))]
        return _span(colour(), "\n".join([*rows, corners[4] + corners[1] * width + corners[5]]))

    def prompt() -> str:
        return _span(colour(), f"{_identifier(look)}@{_identifier(look)}", "font-weight:bold") + text(":~/" + _identifier(look) + c.choice("$#%>❯") + " ") + text(f"{_identifier(look)} --{_identifier(look)} {_identifier(look)}")

    def bar() -> str:
        return box(f"background:{colour()};color:{ground}", text(f" {write.words(2, 6)}  {write.number()}"))

    kinds = c.choices((listing, log, progress, frame, prompt, bar, str), k=4)
    lines = []
    for _ in range(int(look.height / 16) // 2 + 2):
        kind = c.choice(kinds)
        lines += [kind() or " " for _ in range(c.randint(1, 6))]
    return box(f"background:{ground};color:{ink};min-height:100%;padding:4px", _mono(look, *(box("", line) for line in lines)))


def difference(look: Look) -> str:
    """Removed and added lines on red and green."""
    c = look.chance
    colours = _colours(look)
    light = 0.2 if look.dark else 0.9
    grounds = {"-": hsl(0, 0.6, light), "+": hsl(0.35, 0.5, light), " ": "transparent", "@": look.panel}
    lines, number = [], c.randint(1, 500)
    for _ in range(int(look.height / 15) + 2):
        sign = c.choice("  -+-+@" if c.random() < 0.9 else "@")
        number += 1
        body = _span(look.muted, f"@@ -{number},{c.randint(1, 30)} +{number},{c.randint(1, 30)} @@") if sign == "@" else _statement(look, colours)
        lines.append(box(f"background:{grounds[sign]};min-height:1em", box(f"display:inline-block;width:4em;color:{look.muted};padding:0 1em", str(number), tag="span"), f"{sign} {body}"))
    return _mono(look, *lines)


def dump(look: Look) -> str:
    """Offsets, bytes and their characters."""
    c = look.chance
    base = c.getrandbits(24) * 16
    lines = []
    for row in range(int(look.height / 14) + 2):
        data = [c.choice((0, 0, 255, c.randrange(256), c.randint(32, 126))) for _ in range(16)]
        shown = "".join(chr(b) if 32 <= b < 127 else "." for b in data)
        lines.append(box("", _span(look.muted, f"{base + row * 16:08x}  "), _span(look.ink if row % 3 else look.accent, " ".join(f"{b:02x}" for b in data)), _span(look.colour(), f"  |{shown}|")))
    return _mono(look, *lines)
