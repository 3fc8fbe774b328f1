"""What people fill in and answer: forms of controls, dialogs, and desktops with windows.

Not here: lists of things (lists.py).
"""

from __future__ import annotations

from nacre.render import lists
from nacre.render.look import Look
from nacre.render.markup import Html, element


def _control(look: Look) -> Html:
    """A field, a choice, boxes to check, a slider, a switch, tabs, a progress bar or a text."""
    c, write = look.chance, look.write
    kind = c.choice(("field", "menu", "checks", "slider", "switch", "tabs", "meter", "text"))
    if kind == "field":
        return element(".field.grow.muted", write.words(1, 3))
    if kind == "menu":
        return element(".field.grow.row", element(".grow", write.word()), "▾")
    if kind == "checks":
        labels = []
        for _ in range(c.randint(1, 3)):
            look_of_it, mark = c.choice(((".check.accent", "✓"), (".check.panel", "")))
            labels.append(element(look_of_it, mark, border_radius=c.choice((0, 3, 7))))
            labels.append(element("span", write.word()))
        return element(".grow", *labels)
    if kind == "slider":
        share = c.randint(0, 100)
        ground = f"linear-gradient(90deg,{look.accent} {share}%,{look.line} {share}%)"
        knob = element(".knob", left=f"{share}%", border_radius=c.choice((2, 8, 8)))
        return element(".slider", knob, background=ground)
    if kind == "switch":
        ground, left = c.choice(((look.accent, 18), (look.line, 2)))
        return element(".switch", element("div", margin_left=left), background=ground)
    if kind == "tabs":
        labels = [element("div", write.word()) for _ in range(c.randint(1, 3))]
        labels.insert(c.randint(0, len(labels)), element(".accent", write.word()))
        return element(".tabs", *labels)
    if kind == "meter":
        stripes = f"{c.choice((45, 90))}deg,{look.accent} 0 10px,{look.colour()} 10px 20px"
        ground = c.choice((look.accent, f"repeating-linear-gradient({stripes})"))
        done = element("div", width=f"{c.randint(5, 100)}%", background=ground)
        return element(".meter", done, height=c.choice((6, 10, 18)))
    return element(".field.grow", write.paragraph(), height=c.randint(30, 90), overflow="hidden")


def form(look: Look) -> Html:
    """Groups of labelled controls, with buttons below."""
    c, write = look.chance, look.write
    width, between = c.choice(("25%", "35%")), c.choice(("", ".lined"))
    groups = []
    for _ in look.rows(160):
        rows = []
        for _ in range(c.randint(2, 6)):
            label = element("div", write.words(1, 3), width=width, flex="none")
            rows.append(element(f".row.pad{between}", label, _control(look)))
        buttons = (look.button(primary=i == 0) for i in range(c.randint(1, 3)))
        foot = element("div", *buttons, text_align=c.choice(("start", "end")))
        title = element(".bold.pad", write.words(1, 3), color=c.choice((look.ink, look.accent)))
        kind = c.choice((".card", "div"))
        groups.append(element(kind, title, *rows, foot, margin=look.gap))
    return element(".columns", *groups, column_count=2 if look.width > 900 else 1)


def dialog(look: Look) -> Html:
    """Messages with an icon and buttons."""
    c, write = look.chance, look.write
    cards = []
    for _ in look.cells(360, 190):
        icon = look.icon(c.choice((24, 36, 48)), look.accent)
        head = element(".row", icon, element(".bold.big", write.words(2, 6)))
        buttons = (look.button(primary=i == 0) for i in range(c.randint(1, 3)))
        foot = element("div", *buttons, text_align=c.choice(("end", "center")))
        card = element(
            c.choice((".card", ".card", ".panel.raised")),
            element(".pad", head, element("p", write.paragraph(1, 3)), foot),
            width=c.randint(240, 460),
            margin=f"{c.randint(5, 40)}px {c.randint(5, 60)}px",
            box_shadow=f"0 4px {c.randint(0, 30)}px #0006",
            align_self="start",
        )
        cards.append(card)
    return element(".wrap", *cards)


def window(look: Look, inside: Html) -> Html:
    """A window with a title bar, flat, round or raised, some with a menu."""
    c, write = look.chance, look.write
    title = element(".grow.one-line", write.words(1, 4))
    menu = element(".row.panel.pad", *(element("div", write.word()) for _ in range(4)))
    parts = (menu, inside) if c.random() < 0.4 else (inside,)
    size = {"width": c.randint(220, 560), "height": c.randint(160, 420)}
    if c.random() < 0.25:
        signs = (element(".panel.raised", sign, width=16, color=look.ink) for sign in "–□×")
        bar = element(".title.accent", title, *signs)
        return element(".window.raised", bar, *parts, **size)
    icons = element(".row", *(look.icon(14, look.muted) for _ in range(3)))
    bar = element(".title.panel.lined", *c.choice(((title, icons), (icons, title))))
    shadow = f"0 {c.randint(0, 12)}px {c.randint(0, 40)}px #0008"
    style = {"border_radius": c.choice((0, 0, 10)), "box_shadow": shadow}
    return element(".window", bar, *parts, border=f"1px solid {look.line}", **style, **size)


def desktop(look: Look) -> Html:
    """Overlapping windows and icons on a photograph, a gradient or one colour."""
    c, write = look.chance, look.write
    grounds = (
        lambda: look.photo("100%", "100%"),
        lambda: element(".ground", background=look.gradient()),
        lambda: element(".ground", background=look.colour()),
    )
    parts = [c.choice(grounds)()]
    for _ in range(c.randint(4, 12)):
        icon, name = look.icon(40, look.colour()), element("div", write.words(1, 2))
        place = {"left": 84 * c.randint(0, 12), "top": 84 * c.randint(0, 8)}
        parts.append(element(".shortcut", icon, name, **place))
    for _ in range(len(look.cells(500, 500)) + 1):
        inside = c.choice((form, dialog, lists.files, lists.mail, lists.chat))(look)
        left, top = c.uniform(-60, look.width - 200), c.uniform(-30, look.height - 150)
        parts.append(element("div", window(look, inside), left=left, top=top))
    return element(".desktop", *parts, height=look.height)
