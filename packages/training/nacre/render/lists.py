"""Lists that people look through: messages, files, mail, days, settings.

Not here: tables and spreadsheets (documents.py).
"""

from __future__ import annotations

from nacre.render.look import Look
from nacre.render.markup import Html, element

EMOJI = "😀😂🥰😎🤔👍🎉🔥🌈🍕🚀🐱🌻⚡💡❤✅"

ENDINGS = ("txt", "png", "csv", "zip", "mp4", "py", "pdf")


def chat(look: Look) -> Html:
    """Messages of several people, in bubbles or in lines, some with images."""
    c, write = look.chance, look.write
    bubbles = c.random() < 0.6
    people = [(write.name(), look.colour()) for _ in range(c.randint(2, 5))]
    photos, corner = c.random() < 0.3, c.choice(("50%", "50%", "6px"))
    parts = []
    for _ in look.rows(45):
        name, colour = c.choice(people)
        said: list[object] = [write.words(1, 6) if c.random() < 0.5 else write.sentence()]
        if c.random() < 0.25:
            said += " ", c.choice(EMOJI)
        if c.random() < 0.08:
            said.append(look.photo(c.randint(120, 260), c.randint(90, 200)))
        face = element(".face", name[:1], background=colour, border_radius=corner)
        if photos:
            face = look.photo(36, 36, border_radius=corner, flex="none")
        if not bubbles:
            top = element("b", name, color=colour)
            when = element("span.small.muted", " ", write.date())
            text = element(".grow", top, when, element("div", *said))
            parts.append(element(".row.pad", face, text, align_items="start"))
        elif name == people[0][0]:
            bubble = element(".bubble.accent", *said)
            parts.append(element(".row.pad", bubble, justify_content="end"))
        else:
            parts.append(element(".row.pad", face, element(".bubble.panel", *said)))
    return element("div", *parts)


def tree(look: Look, names: list[str]) -> Html:
    """Names with icons, indented, some of them chosen."""
    c = look.chance
    rows = []
    for name in names:
        chosen = c.choices(("", ".accent"), (94, 6))[0]
        indent = f"3px {6 + 14 * c.randint(0, 3)}px"
        rows.append(element(f".row{chosen}", look.icon(look.size), name, padding=indent))
    return element(".side", *rows, width=c.choice((140, 180)))


def files(look: Look) -> Html:
    """Files in rows, or as large icons and thumbnails, beside a tree."""
    c, write = look.chance, look.write

    def name() -> str:
        return f"{write.word()}.{c.choice(ENDINGS)}"

    def large() -> Html:
        thumbnail = look.photo(72, 56) if c.random() < 0.3 else look.icon(48, look.colour())
        return element(".small.one-line", thumbnail, element("div", name()), width=96, margin=8)

    def row() -> Html:
        columns = (write.number(), write.date())
        rest = (element(".muted", text, width="20%") for text in columns)
        icon = look.icon(look.size * 1.2, look.colour())
        return element(".row.lined.one-line", icon, element(".grow", name()), *rest)

    if c.random() < 0.5:
        items = element(
            ".wrap.grow", *(large() for _ in look.cells(120, 90)), align_content="start"
        )
    else:
        items = element(".grow", *(row() for _ in look.rows(look.size * 1.4)))
    side = tree(look, [write.words(1, 2) for _ in look.rows(24)])
    return element("div", side, items, display="flex")


def mail(look: Look) -> Html:
    """Senders, subjects, first words and dates, the unread ones bold."""
    c, write = look.chance, look.write
    rows = []
    for _ in look.rows(3 * 1.35 * look.size):
        unread = c.choices(("", ".bold"), (7, 3))[0]
        ground = c.choices(("", ".panel"), (6, 1))[0]
        when = element(".small.muted", write.date())
        top = element(".row", element(f".grow{unread}", write.name()), when)
        subject, rest = (
            element(unread, write.words(2, 7)),
            element(".small.muted", write.sentence()),
        )
        rows.append(element(f".pad.lined.one-line{ground}", top, subject, rest))
    return element("div", *rows)


def calendar(look: Look) -> Html:
    """A month with coloured entries."""
    c, write = look.chance, look.write
    height, days = c.choice((70, 84, 110)), []
    for day in range(7 * len(look.rows(height))):
        entries = (
            element(".one-line", look.badge(write.words(1, 3), "div"))
            for _ in range(c.choice((0, 0, 1, 1, 2, 3)))
        )
        kind = ".panel" if day % 7 > 4 else "div"
        number = element(".muted", day % 31 + 1)
        days.append(element(kind, number, *entries, min_height=height))
    return element(".month", *days)


def phone(look: Look) -> Html:
    """Large rows with icons under a bar, as on a small screen."""
    c, write = look.chance, look.write
    corner, rows = c.choice((0, 8, 16)), []
    for _ in look.rows(52):
        picture = look.icon(18, look.on_accent)
        icon = element(".face", picture, background=look.colour(), border_radius=corner)
        lines = [element("div", write.words(1, 4))]
        if c.random() < 0.5:
            lines.append(element(".small.muted.one-line", write.words(2, 6)))
        end = c.choice(("›", write.number(), look.icon(18, look.muted)))
        rows.append(element(".row.lined.pad", icon, element(".grow", *lines), end))
    icons = [look.icon(20, look.on_accent) for _ in range(2)]
    bar = element(".row.accent.pad.big", icons[0], element(".grow", write.words(1, 3)), icons[1])
    return element("div", bar, *rows, font_size="1.1em")
