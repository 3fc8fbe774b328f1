"""Rendered pages: made from their seeds alone, well-formed, and drawn in the size asked for."""

import os
import random
import xml.etree.ElementTree as xml
from html.parser import HTMLParser
from pathlib import Path

import numpy as np
import pytest
from drawn import write_images
from PIL import Image

from nacre.render.__main__ import contact_sheet, filled, main
from nacre.render.browser import SCALES, SMOOTHING, Rendering, find_chromium
from nacre.render.look import Look
from nacre.render.markup import VOID, Html, element, shape
from nacre.render.pages import KINDS, SHEET, SIDE, page, pitch, sheet
from nacre.render.words import SCRIPTS, Script, Writer


class Checker(HTMLParser):
    """Collects the text of a document and complains where its elements are not nested."""

    def __init__(self) -> None:
        super().__init__()
        self.open: list[str] = []
        self.text, self.images = "", set[str]()
        self.ids: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        found = dict(attrs)
        assert all(value is not None for value in found.values())
        self.ids += [found["id"]] if "id" in found else []
        if tag == "img":
            self.images.add(found["src"])
        if tag not in VOID:
            self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag

    def handle_data(self, data: str) -> None:
        self.text += data


def check(html: str) -> Checker:
    checker = Checker()
    checker.feed(html)
    checker.close()
    assert checker.open == []
    return checker


def test_elements_escape_all_that_is_not_markup():
    text = """<script>"'&amp;"""
    html = element("p.a.b", text, element("b", "&"), attributes={"title": text}, margin_left=1.5)
    assert check(html).text == text + "&"
    assert html.startswith('<p title="&lt;script&gt;&quot;&#x27;&amp;amp;" class="a b" style="')
    assert element("", line_height=1.5, width=2, __gap="1px") == Html(
        '<div style="line-height:1.5;width:2px;--gap:1px"></div>'
    )
    assert (
        shape("path", d='"', stroke_width=0.125) == '<path d="&quot;" stroke-width="0.12"></path>'
    )


@pytest.mark.parametrize("kind", KINDS, ids=lambda kind: kind.__name__)
def test_every_kind_is_well_formed_and_follows_from_its_seed(kind, monkeypatch: pytest.MonkeyPatch):
    def draw(seed: int) -> str:
        return kind(Look(random.Random(seed), 800, 600, 3))

    assert draw(1) == draw(1) != draw(2)
    # Letters that open elements and end attributes: where one is not escaped, nesting breaks.
    hostile = Script("x", (("<b>", "<i ", '"', "'>"),), ("Noto Sans",), ("Noto Serif",))
    monkeypatch.setattr(Writer, "choose", lambda chance: Writer(chance, hostile))
    for seed in range(4):
        checker = check(draw(seed))
        assert len(set(checker.ids)) == len(checker.ids)


def test_a_sheet_follows_from_its_number():
    html, rendering, photographs = sheet(5, 7)
    assert (html, rendering, photographs) == sheet(5, 7)
    assert html != sheet(6, 7)[0]
    # The head's meta has no end tag.
    checker = check(html.split("</style>")[1])
    assert checker.images == {f"photo-{number}" for number in photographs}
    assert photographs <= set(range(7))
    assert html.count('class="view"') == SHEET
    assert page(5 * SHEET, pitch(rendering.scale), 7)[0] in html


def test_pages_have_many_kinds_and_scripts():
    views = [page(seed, SIDE, 0)[0] for seed in range(160)]
    languages = {view.split('lang="')[1].split('"')[0] for view in views}
    assert len(languages) > 0.7 * len(SCRIPTS)
    assert len(set(views)) == len(views)


@pytest.mark.parametrize("scale", sorted(set(SCALES)))
def test_views_begin_at_whole_device_pixels(scale: float):
    assert pitch(scale) * scale == int(pitch(scale) * scale) >= SIDE


@pytest.mark.parametrize(("smoothing", "hinting"), sorted(set(SMOOTHING)))
def test_fontconfig_says_how_text_is_drawn(smoothing: str, hinting: str):
    root = xml.fromstring(Rendering(1, smoothing, hinting).fontconfig())
    assert [match.get("target") for match in root.findall("match")] == ["pattern", "font"]
    for match in root.findall("match"):
        found = {edit.get("name"): edit[0].text for edit in match}
        assert found["antialias"] == ("false" if smoothing == "none" else "true")
        assert found["rgba"] == (smoothing if smoothing in ("rgb", "bgr", "vrgb") else "none")
        assert found["hintstyle"] == hinting


def test_filled_counts_blocks_of_more_than_one_colour():
    image = np.full((SIDE, SIDE, 3), 7, np.uint8)
    assert filled(image) == 0
    image[0, 0, 2] = image[100, 100, 0] = image[101, 101, 1] = 8
    assert filled(image) == 2 / 64


def test_the_contact_sheet_has_images_in_reading_order(tmp_path: Path):
    paths = [tmp_path / f"{value}.png" for value in (10, 20, 30)]
    for value, path in zip((10, 20, 30), paths, strict=True):
        Image.new("RGB", (SIDE, SIDE), (value, 0, 0)).save(path)
    image = np.asarray(contact_sheet(paths, columns=2, side=4))
    assert image.shape == (8, 8, 3)
    assert image[::4, ::4, 0].tolist() == [[10, 20], [30, 0]]


def test_missing_chromium_is_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys):
    monkeypatch.delenv("NACRE_CHROMIUM", raising=False)
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(SystemExit):
        main([str(tmp_path / "out")])
    assert "Install Chromium" in capsys.readouterr().err
    assert not (tmp_path / "out").exists()


def test_chromium_renders_the_same_images_again(tmp_path: Path):
    try:
        find_chromium()
    except FileNotFoundError as error:
        if os.environ.get("CI"):
            raise
        pytest.skip(str(error))
    photographs = write_images(tmp_path / "photographs", 2, 64)
    runs = [tmp_path / "a", tmp_path / "b"]
    for out in runs:
        sheet_file = tmp_path / f"{out.name}.png"
        arguments = ["--photographs", str(photographs), "--contact-sheet", str(sheet_file)]
        main([str(out), "--count", "5", *arguments])
        assert Image.open(sheet_file).size == (1600, 160)
    first, second = (sorted(out.iterdir()) for out in runs)
    assert len(first) == 5 and [p.name for p in first] == [p.name for p in second]
    colours = []
    for one, again in zip(first, second, strict=True):
        image = Image.open(one)
        assert (image.size, image.mode) == ((SIDE, SIDE), "RGB")
        assert one.read_bytes() == again.read_bytes()
        colours.append(len(image.getcolors(SIDE * SIDE)))
    assert np.median(colours) > 20
