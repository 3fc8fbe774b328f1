"""Terminals: commands and what they print.

Not here: code (code.py).
"""

from __future__ import annotations

from nacre.render.code import identifier, mono, span
from nacre.render.look import Look
from nacre.render.markup import Html, element

PALETTES = (
    ("#000", "#c00", "#0a0", "#c50", "#00c", "#c0c", "#0aa", "#aaa"),
    ("#555", "#f55", "#5f5", "#ff5", "#55f", "#f5f", "#5ff", "#fff"),
)

GROUNDS = (
    *(("#000", "#ccc"), ("#000", "#0f0"), ("#101418", "#9ab"), ("#fff", "#000")),
    *(("#fbf3dc", "#566"), ("#201028", "#eee"), ("#111", "#fb0"), ("#00a", "#fff")),
)
"""Colours of the ground and of plain text."""

FRAMES = ("┌─┐│└┘", "╔═╗║╚╝", "╭─╮│╰╯", "+-+|++")
"""Top left, horizontal, top right, vertical, bottom left and bottom right."""


class Printer:
    """Prints lines of the kinds that fill terminals, in the colours of one palette."""

    def __init__(self, look: Look, ground: str) -> None:
        self.look, self.chance, self.ground = look, look.chance, ground
        self.palette = look.chance.choice((*PALETTES, PALETTES[1], look.palette))
        self.bar = look.chance.choice(("█░", "#.", "=-", "▓▒"))
        self.frame_lines = look.chance.choice(FRAMES)

    def _span(self, text: str, **style: object) -> Html:
        return span(self.chance.choice(self.palette), text, **style)

    def listing(self) -> Html:
        c = self.chance
        mode = "".join(c.choice((letter, "-")) for letter in "drwxr-xr-x")
        facts = f"{mode} {c.randint(1, 9)} {c.randint(0, 10**7):>9} {self.look.write.date():>10} "
        return element("div", facts, self._span(identifier(self.look), font_weight=700))

    def log(self) -> Html:
        c = self.chance
        time = f"[{c.randint(0, 23):02}:{c.randint(0, 59):02}:{c.uniform(0, 60):06.3f}] "
        level = self._span(f"{c.choice(('INFO', 'WARN', 'ERROR', 'DEBUG')):6}", font_weight=700)
        return element("div", self._span(time), level, self.look.write.sentence()[:90])

    def progress(self) -> Html:
        done = self.chance.randint(0, 40)
        full, empty = self._span(self.bar[0] * done), self.bar[1] * (40 - done)
        return element("div", f"{identifier(self.look):20.20} ", full, empty, f" {done * 5 // 2}%")

    def frame(self) -> Html:
        c = self.chance
        left, across, right, down, bottom_left, bottom_right = self.frame_lines
        width = c.randint(20, 60)
        rows = [left + across * width + right]
        for _ in range(c.randint(1, 6)):
            inside = f"{identifier(self.look)} {c.randint(0, 999)}"
            rows.append(f"{down}{inside:{width}.{width}}{down}")
        rows.append(bottom_left + across * width + bottom_right)
        return element("div", self._span("\n".join(rows)))

    def prompt(self) -> Html:
        c, names = self.chance, [identifier(self.look) for _ in range(5)]
        who = self._span(f"{names[0]}@{names[1]}", font_weight=700)
        return element("div", who, f":~/{names[2]}{c.choice('$#%>❯')} {names[3]} --{names[4]}")

    def status(self) -> Html:
        fill, write = self.chance.choice(self.palette), self.look.write
        text = f" {write.words(2, 6)}  {write.number()}"
        return element("div", text, background=fill, color=self.ground)

    def blank(self) -> Html:
        return element("div", " ")


def terminal(look: Look) -> Html:
    """Listings, logs, progress, frames and prompts, several lines of a kind at a time."""
    c = look.chance
    ground, ink = c.choice((*GROUNDS, (look.page, look.ink)))
    out = Printer(look, ground)
    every = (out.listing, out.log, out.progress, out.frame, out.prompt, out.status, out.blank)
    kinds, lines = c.choices(every, k=4), []
    for _ in look.rows(32):
        kind = c.choice(kinds)
        lines += [kind() for _ in range(c.randint(1, 6))]
    return element("div", mono(look, lines), background=ground, color=ink, min_height="100%")
