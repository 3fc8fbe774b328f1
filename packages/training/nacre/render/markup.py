"""HTML and SVG elements as strings, with everything escaped that is not markup already.

Not here: what pages look like, which is in pages.css and look.py.
"""

from __future__ import annotations

import html

UNITLESS = {"column_count", "flex", "font_weight", "line_height", "opacity"}
"""Properties whose numbers are not lengths in pixels."""

VOID = {"img"}
"""Elements without an end tag."""


class Html(str):
    """Text that is markup: `element` leaves it as it is."""


def _value(value: object) -> str:
    """Attribute and property values: numbers with two decimals at most."""
    return f"{value:.2f}".rstrip("0").rstrip(".") if isinstance(value, float) else str(value)


def _tag(tag: str, attributes: dict[str, object], inside: tuple[object, ...]) -> Html:
    written = "".join(
        f' {name.replace("_", "-")}="{html.escape(_value(value))}"'
        for name, value in attributes.items()
    )
    if tag in VOID:
        return Html(f"<{tag}{written}>")
    children = (i if isinstance(i, Html) else html.escape(str(i)) for i in inside)
    return Html(f"<{tag}{written}>{''.join(children)}</{tag}>")


def element(
    what: str, *inside: object, attributes: dict[str, object] | None = None, **style: object
) -> Html:
    """An HTML element.

    Args:
        what: tag and classes, as in a CSS selector; a `div` where there is no tag.
        inside: children; all but `Html` are escaped.
        attributes: attributes other than class and style.
        style: CSS properties with `_` for `-`. Numbers are pixels, apart from `UNITLESS`.

    Example:
        >>> element("p.note", "1 < 2", element("b", "!"), margin=4)
        '<p class="note" style="margin:4px">1 &lt; 2<b>!</b></p>'
    """
    tag, *classes = what.split(".")
    found = dict(attributes or {})
    if classes:
        found["class"] = " ".join(classes)
    if style:
        found["style"] = ";".join(
            f"{name.replace('_', '-')}:{_value(value)}"
            + "px" * (isinstance(value, int | float) and name not in UNITLESS)
            for name, value in style.items()
        )
    return _tag(tag or "div", found, inside)


def shape(tag: str, *inside: object, **attributes: object) -> Html:
    """An SVG element; `_` in the names of attributes is written as `-`.

    Example:
        >>> shape("circle", r=2.5, stroke_width=1)
        '<circle r="2.5" stroke-width="1"></circle>'
    """
    return _tag(tag, attributes, inside)


def drawing(width: float, height: float, *inside: object, **attributes: object) -> Html:
    """An SVG image of the given size, drawn in pixels unless `viewBox` says otherwise."""
    box = {"viewBox": f"0 0 {width:.0f} {height:.0f}"} | attributes
    return shape("svg", *inside, width=f"{width:.0f}", height=f"{height:.0f}", **box)


def points(pairs: list[tuple[float, float]]) -> str:
    """Corners for `polygon` and `polyline`."""
    return " ".join(f"{x:.1f},{y:.1f}" for x, y in pairs)
