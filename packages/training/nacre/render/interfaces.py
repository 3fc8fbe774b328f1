"""User interfaces: forms, dialogs, chats, lists, dashboards, calendars, desktops with windows.

Not here: pages to read (documents.py), code and terminals (code.py), drawings (graphics.py).
"""

from __future__ import annotations

from nacre.render.graphics import chart
from nacre.render.look import Look, box, text


def _control(look: Look) -> str:
    """One row of a form: a label and something to set."""
    c, write, r = look.chance, look.write, look.radius
    field = f"border:1px solid {look.line};border-radius:{r}px;background:{look.panel};padding:5px 8px"
    kind = c.randrange(8)
    on = c.random() < 0.5
    if kind == 0:
        body = box(f"{field};flex:1;color:{look.muted}", text(write.words(1, 3)))
    elif kind == 1:
        body = box(f"{field};flex:1;display:flex;justify-content:space-between", text(write.word()), "<span>▾</span>")
    elif kind == 2:
        mark = f"background:{look.accent};color:{look.on_accent}" if on else f"background:{look.panel}"
        body = "".join(box(f"display:inline-block;width:14px;height:14px;line-height:14px;text-align:center;font-size:11px;border:1px solid {look.line};border-radius:{c.choice((0, 3, 7))}px;margin:0 6px;{mark}", "✓" if on else "", tag="span") + text(write.word()) for _ in range(c.randint(1, 3)))
    elif kind == 3:
        share = c.randint(0, 100)
        knob = f"position:absolute;left:{share}%;top:-6px;width:16px;height:16px;border-radius:{c.choice((2, 8, 8))}px;background:{look.accent};border:1px solid {look.line}"
        body = box(f"flex:1;position:relative;height:4px;background:linear-gradient(90deg,{look.accent} {share}%,{look.line} {share}%)", box(knob))
    elif kind == 4:
        body = box(f"width:36px;height:20px;border-radius:10px;background:{look.accent if on else look.line}", box(f"width:16px;height:16px;border-radius:8px;background:#fff;margin:2px {18 if on else 2}px;position:relative;top:2px"))
    elif kind == 5:
        tabs = range(c.randint(2, 4))
        chosen = c.choice(tabs)
        body = box(f"display:flex;border:1px solid {look.line};border-radius:{r}px;overflow:hidden", *(box(f"padding:4px 10px;{f'background:{look.accent};color:{look.on_accent}' if i == chosen else ''}", text(write.word())) for i in tabs))
    elif kind == 6:
        body = box(f"flex:1;height:{c.choice((6, 10, 18))}px;background:{look.panel};border:1px solid {look.line}", box(f"width:{c.randint(5, 100)}%;height:100%;background:repeating-linear-gradient({c.choice((45, 90))}deg,{look.accent} 0 10px,{look.colour()} 10px 20px)"))
    else:
        body = box(f"{field};flex:1;height:{c.randint(30, 90)}px;overflow:hidden", text(write.paragraph()))
    label = box(f"flex:0 0 {c.choice((25, 35))}%", text(write.words(1, 3)))
    return box(f"display:flex;align-items:center;gap:{look.gap}px;padding:{look.gap * 0.6}px {look.gap}px;border-bottom:{c.choice((0, 0, 1))}px solid {look.line}", label, body)


def form(look: Look) -> str:
    """Settings in groups: fields, switches, sliders, tabs, and buttons below."""
    c, write = look.chance, look.write
    groups = []
    for _ in range(int(look.height / 160) + 2):
        title = box(f"font-weight:bold;padding:{look.gap}px;color:{c.choice((look.ink, look.accent))}", text(write.words(1, 3)))
        buttons = box(f"text-align:{c.choice(('start', 'end'))};padding:{look.gap}px", *(look.button(write.words(1, 2), i == 0) for i in range(c.randint(1, 3))))
        groups.append(box(f"border:{c.choice((0, 1))}px solid {look.line};border-radius:{look.radius}px;margin:{look.gap}px;background:{c.choice((look.page, look.panel))}", title, *(_control(look) for _ in range(c.randint(2, 6))), buttons))
    return box(f"columns:{2 if look.width > 900 else 1}", *groups)


def _bevel(look: Look, sunken: bool = False) -> str:
    """The borders of a raised or sunken part in old desktops."""
    light, dark = "#ffffffcc", "#00000099"
    a, b = (dark, light) if sunken else (light, dark)
    return f"border:{look.chance.choice((1, 2))}px solid;border-color:{a} {b} {b} {a}"


def window(look: Look, inside: str, width: float, height: float) -> str:
    """A window with a title bar in one of several manners."""
    c, write = look.chance, look.write
    manner = c.choice(("flat", "flat", "round", "bevel"))
    title = text(write.words(1, 4))
    if manner == "bevel":
        bar = box(f"background:linear-gradient(90deg,{look.accent},{look.colour()});color:{look.on_accent};font-weight:bold;padding:3px 5px;display:flex;gap:3px", box("flex:1", title), *(box(f"width:16px;line-height:15px;text-align:center;background:{look.panel};color:{look.ink};{_bevel(look)}", glyph) for glyph in "–□×"))
        frame = f"{_bevel(look)};padding:2px"
    else:
        icons = "".join(look.icon(14, look.muted) + "&nbsp;&nbsp;" for _ in range(3))
        order = (icons, box("flex:1;text-align:center", title))
        bar = box(f"display:flex;align-items:center;padding:8px 10px;background:{look.panel};border-bottom:1px solid {look.line}", *(order if manner == "round" else order[::-1]))
        frame = f"border:1px solid {look.line};border-radius:{0 if manner == 'flat' else 10}px;box-shadow:0 {c.randint(0, 12)}px {c.randint(0, 40)}px #0008"
    menu = box(f"display:flex;gap:14px;padding:3px 8px;background:{look.panel}", *(box("", text(write.word(capital=True))) for _ in range(c.randint(3, 6)))) if c.random() < 0.4 else ""
    return box(f"width:{width}px;height:{height}px;overflow:hidden;background:{look.page};color:{look.ink};{frame}", bar, menu, inside)


def desktop(look: Look) -> str:
    """Overlapping windows on a photograph, a gradient or one colour."""
    c, write = look.chance, look.write
    ground = c.choice((look.photo("position:absolute;width:100%;height:100%"), box(f"position:absolute;inset:0;background:linear-gradient({c.randint(0, 359)}deg,{look.colour()},{look.colour()})"), box(f"position:absolute;inset:0;background:{look.colour()}")))
    parts = [ground]
    for _ in range(c.randint(4, 12)):
        label = box("color:#fff;text-shadow:0 1px 2px #000;font-size:12px", text(write.words(1, 2)))
        parts.append(box(f"position:absolute;left:{c.randint(0, 12) * 84}px;top:{c.randint(0, 12) * 84}px;width:80px;text-align:center", look.icon(40, look.colour()), label))
    for _ in range(int(look.width * look.height / 250_000) + 2):
        width, height = c.randint(220, 560), c.randint(160, 420)
        inside = c.choice((form, files, mail, dialog, chat))(look)
        place = f"position:absolute;left:{c.randint(-60, max(0, int(look.width) - 200))}px;top:{c.randint(-30, max(0, int(look.height) - 150))}px"
        parts.append(box(place, window(look, inside, width, height)))
    return box(f"position:relative;width:{look.width}px;height:{look.height}px;overflow:hidden", *parts)


def dialog(look: Look) -> str:
    """Messages with an icon and buttons, some over a dimmed page."""
    c, write = look.chance, look.write
    cards = []
    for _ in range(int(look.height / 170) + 1):
        raised = _bevel(look) if c.random() < 0.3 else f"border:1px solid {look.line};box-shadow:0 4px {c.randint(0, 30)}px #0006"
        head = box("display:flex;gap:14px;align-items:center", look.icon(c.choice((24, 36, 48)), look.accent), box(f"font-weight:bold;font-size:{look.size * 1.2}px", text(write.words(2, 6))))
        cards.append(box(f"width:{c.randint(240, 460)}px;margin:{c.randint(5, 40)}px {c.randint(5, 60)}px;padding:{look.gap * 1.5}px;background:{look.panel};border-radius:{look.radius}px;{raised}", head, box("margin:10px 0;line-height:1.4", text(write.paragraph(1, 3))), box(f"text-align:{c.choice(('end', 'center'))}", *(look.button(write.word(capital=True), i == 0) for i in range(c.randint(1, 3))))))
    return box("display:flex;flex-wrap:wrap", *cards)


def chat(look: Look) -> str:
    """Messages of several people, in bubbles or in lines, with images and reactions."""
    c, write = look.chance, look.write
    bubbles = c.random() < 0.6
    people = [(write.name(), look.colour()) for _ in range(c.randint(2, 5))]
    emoji = "😀😂🥰😎🤔👍🎉🔥🌈🍕🚀🐱🌻⚡💡❤️✅"
    parts = []
    for _ in range(int(look.height / 45) + 4):
        name, colour = c.choice(people)
        own = name == people[0][0]
        said = text(write.words(1, 6) if c.random() < 0.5 else write.sentence())
        if c.random() < 0.25:
            said += " " + c.choice(emoji)
        if c.random() < 0.08:
            said += look.photo(f"width:{c.randint(120, 260)}px;height:{c.randint(90, 200)}px;display:block;border-radius:{look.radius}px")
        face = look.photo("width:36px;height:36px;border-radius:50%;flex:none") if c.random() < 0.3 else box(f"width:36px;height:36px;line-height:36px;border-radius:{c.choice((18, 18, 6))}px;background:{colour};color:{look.on_accent};text-align:center;flex:none", text(name[:1]))
        if bubbles:
            fill = f"background:{look.accent};color:{look.on_accent}" if own else f"background:{look.panel}"
            bubble = box(f"{fill};padding:8px 12px;border-radius:{max(look.radius, 6)}px;max-width:65%", said)
            row = (bubble,) if own else (face, bubble)
            parts.append(box(f"display:flex;gap:8px;margin:{look.gap}px;justify-content:{'end' if own else 'start'}", *row))
        else:
            top = box(f"color:{colour};font-weight:bold", text(name), box(f"color:{look.muted};font-size:.8em;font-weight:400;margin:0 8px", text(write.date()), tag="span"))
            parts.append(box(f"display:flex;gap:10px;padding:{look.gap / 2}px {look.gap}px", face, box("", top, box("line-height:1.35", said))))
    return box("", *parts)


def files(look: Look) -> str:
    """Files as rows or as large icons and thumbnails, beside a tree."""
    c, write = look.chance, look.write
    tree = [box(f"padding:3px {c.randint(0, 3) * 14 + 6}px;white-space:nowrap;{f'background:{look.accent};color:{look.on_accent}' if c.random() < 0.06 else ''}", look.icon(look.size, look.colour()), " ", text(write.words(1, 2))) for _ in range(int(look.height / 24) + 2)]
    side = box(f"width:{c.choice((140, 180))}px;flex:none;overflow:hidden;background:{look.panel};border-inline-end:1px solid {look.line}", *tree)
    ending = ("txt", "png", "csv", "zip", "mp4", "py", "pdf")
    items = []
    large = c.random() < 0.5
    for _ in range(int(look.height / (90 if large else 26)) * (6 if large else 1) + 3):
        name = text(f"{write.word()}.{c.choice(ending)}")
        if large:
            picture = look.photo("width:72px;height:56px") if c.random() < 0.3 else look.icon(48, look.colour())
            items.append(box(f"display:inline-block;width:96px;margin:8px;text-align:center;overflow:hidden;font-size:{look.size * 0.9}px", picture, box("", name)))
        else:
            items.append(box(f"display:flex;gap:10px;padding:3px 8px;border-bottom:1px solid {look.line};white-space:nowrap", look.icon(look.size * 1.2, look.colour()), box("flex:3", name), box(f"flex:1;color:{look.muted}", text(write.number())), box(f"flex:1;color:{look.muted}", text(write.date()))))
    return box("display:flex;min-height:100%", side, box("flex:1", *items))


def mail(look: Look) -> str:
    """A list of messages: senders, subjects, previews, dates, unread ones bold."""
    c, write = look.chance, look.write
    rows = []
    for _ in range(int(look.height / 44) + 3):
        unread = "font-weight:bold" if c.random() < 0.3 else ""
        ground = f"background:{look.panel};border-inline-start:3px solid {look.accent};" if c.random() < 0.15 else ""
        top = box(f"display:flex;{unread}", box("flex:1", text(write.name())), box(f"color:{look.muted};font-size:.85em", text(write.date())))
        rows.append(box(f"{ground}padding:{look.gap * 0.7}px {look.gap}px;border-bottom:1px solid {look.line};white-space:nowrap;overflow:hidden", top, box(unread, text(write.words(2, 7))), box(f"color:{look.muted};font-size:.9em", text(write.sentence()))))
    return box("", *rows)


def dashboard(look: Look) -> str:
    """Cards with large numbers and charts."""
    c, write = look.chance, look.write
    wide = c.choice((180, 240, 320))
    cards = []
    for _ in range(int(look.width / wide + 1) * (int(look.height / 170) + 1)):
        title = box(f"color:{look.muted};font-size:.9em", text(write.words(1, 4)))
        value = box(f"font-size:{look.size * 2}px;font-weight:{c.choice((300, 600))}", text(write.number()), box(f"font-size:{look.size}px;color:{look.colour()}", c.choice("▲▼"), text(write.number()), tag="span"))
        body = value if c.random() < 0.35 else chart(look, wide - 2 * look.gap, c.randint(80, 180))
        cards.append(box(f"break-inside:avoid;background:{look.panel};border:1px solid {look.line};border-radius:{look.radius}px;padding:{look.gap}px;margin-bottom:{look.gap}px;overflow:hidden", title, body))
    return box(f"columns:{max(1, int(look.width / wide))};column-gap:{look.gap}px;padding:{look.gap}px", *cards)


def calendar(look: Look) -> str:
    """A month or a week with coloured entries."""
    c, write = look.chance, look.write
    cells = []
    for day in range(7 * (int(look.height / 90) + 1)):
        entries = (box(f"background:{look.colour()};color:{look.on_accent};border-radius:{look.radius / 2}px;margin:1px;padding:0 4px;font-size:.85em;overflow:hidden;white-space:nowrap", text(write.words(1, 3))) for _ in range(c.choice((0, 0, 1, 1, 2, 3))))
        ground = f"background:{look.panel};" if day % 7 > 4 else ""
        cells.append(box(f"{ground}border:solid {look.line};border-width:0 1px 1px 0;min-height:{c.choice((70, 84))}px;min-width:0;padding:2px", box(f"color:{look.muted}", str(day % 31 + 1)), *entries))
    return box("display:grid;grid-template-columns:repeat(7,1fr)", *cells)


def phone(look: Look) -> str:
    """A list of large rows with switches, under a bar, as on a small screen."""
    c, write = look.chance, look.write
    rows = []
    for _ in range(int(look.height / 56) + 3):
        icon = box(f"width:32px;height:32px;line-height:30px;text-align:center;border-radius:{c.choice((8, 16))}px;background:{look.colour()}", look.icon(18, look.on_accent))
        lines = box("flex:1;overflow:hidden", box("", text(write.words(1, 4))), box(f"color:{look.muted};font-size:.85em;white-space:nowrap", text(write.words(2, 6))) if c.random() < 0.5 else "")
        rows.append(box(f"display:flex;align-items:center;gap:12px;padding:10px 14px;border-bottom:1px solid {look.line}", icon, lines, c.choice(("›", text(write.number()), look.icon(18, look.muted)))))
    bar = box(f"display:flex;gap:20px;padding:12px 16px;background:{look.accent};color:{look.on_accent};font-size:1.2em", look.icon(20, look.on_accent), box("flex:1", text(write.words(1, 3))), look.icon(20, look.on_accent))
    return box(f"font-size:{look.size * 1.1}px", bar, *rows)
