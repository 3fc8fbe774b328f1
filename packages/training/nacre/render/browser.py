"""HTML to pixels: one run of headless Chromium, with its fonts drawn in one of several ways.

Not here: what the pages show (pages.py).
"""

from __future__ import annotations

import os
import random
import shutil
import subprocess
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from PIL import Image

NAMES = ("chromium", "chromium-browser", "google-chrome")

SWITCHES = (
    *("--headless", "--no-sandbox", "--disable-gpu", "--hide-scrollbars", "--no-first-run"),
    *("--disable-quic", "--disable-background-networking", "--disable-component-update"),
    *("--disable-sync", "--force-color-profile=srgb", "--allow-file-access-from-files"),
)

TIMEOUT = 300
"""Seconds that a run of the browser may take. On an idle core it takes two."""

SCALES = (1, 1, 1, 1, 1, 1.25, 1.5, 1.75, 2, 2, 3)
"""Device pixels for each CSS pixel, the common ones more often. Multiples of 1/4, which is what
keeps the tiles of a sheet on whole device pixels."""

SMOOTHING = (
    *(("greyscale", "hintslight"), ("greyscale", "hintslight"), ("greyscale", "hintnone")),
    *(("greyscale", "hintfull"), ("rgb", "hintslight"), ("rgb", "hintfull"), ("rgb", "hintnone")),
    *(("bgr", "hintslight"), ("vrgb", "hintslight"), ("none", "hintfull")),
)
"""Anti-aliasing and hinting: greyscale (phones, Macs, and most pages on high-density screens), the
order of the subpixels (Windows and Linux desktops), or none (old desktops)."""


@dataclass(frozen=True)
class Rendering:
    """How a sheet is drawn: device scale factor, anti-aliasing and hinting of its text."""

    scale: float
    smoothing: str
    hinting: str

    @staticmethod
    def choose(chance: random.Random) -> Rendering:
        return Rendering(chance.choice(SCALES), *chance.choice(SMOOTHING))

    def fontconfig(self) -> str:
        """A configuration for FONTCONFIG_FILE: the system's, with these settings on top."""
        subpixels = self.smoothing not in ("greyscale", "none")
        edits = "".join(
            f'<edit name="{name}" mode="assign">{value}</edit>'
            for name, value in (
                ("antialias", f"<bool>{str(self.smoothing != 'none').lower()}</bool>"),
                ("rgba", f"<const>{self.smoothing if subpixels else 'none'}</const>"),
                ("hinting", f"<bool>{str(self.hinting != 'hintnone').lower()}</bool>"),
                ("hintstyle", f"<const>{self.hinting}</const>"),
            )
        )
        # Chromium reads the pattern for its defaults and the font for each typeface.
        matches = "".join(f'<match target="{t}">{edits}</match>' for t in ("pattern", "font"))
        return (
            '<?xml version="1.0"?><!DOCTYPE fontconfig SYSTEM "fonts.dtd"><fontconfig>'
            f'<include ignore_missing="no">/etc/fonts/fonts.conf</include>{matches}</fontconfig>'
        )


def find_chromium() -> str:
    """The browser's path: NACRE_CHROMIUM, or the first of `NAMES` on the PATH.

    Raises:
        FileNotFoundError: when there is none.
    """
    named = os.environ.get("NACRE_CHROMIUM")
    found = named or next(filter(None, map(shutil.which, NAMES)), None)
    if not found:
        raise FileNotFoundError(
            f"Found none of {', '.join(NAMES)} on the PATH. Install Chromium, or set "
            "NACRE_CHROMIUM to its path."
        )
    return found


def missing(families: set[str]) -> list[str]:
    """Those of the font families that are not installed, as far as fontconfig's `fc-list` says."""
    if not shutil.which("fc-list"):
        return []
    command = ["fc-list", ":", "family"]
    listed = subprocess.run(command, capture_output=True, text=True, check=True).stdout
    # A font has a name in each language, and `-` is written with a backslash before it.
    installed = set(listed.replace("\\", "").replace("\n", ",").split(","))
    return sorted(families - installed)


def screenshot(
    folder: Path, html: str, width: int, height: int, rendering: Rendering
) -> np.ndarray:
    """Renders a document in a viewport of the given size in CSS pixels.

    Args:
        folder: an empty scratch folder apart from the files that the document names; keeps the
            document and the browser's profile.

    Shape:
        - Output: `(height * scale, width * scale, 3)` uint8.

    Raises:
        OSError: when Chromium is missing, or leaves no image.
    """
    document, image = folder / "page.html", folder / "page.png"
    settings = folder / "fonts.conf"
    document.write_text(html, encoding="utf-8")
    settings.write_text(rendering.fontconfig())
    image.unlink(missing_ok=True)
    command = [
        *(find_chromium(), *SWITCHES, f"--user-data-dir={folder / 'profile'}"),
        *(f"--window-size={width},{height}", f"--force-device-scale-factor={rendering.scale}"),
        *(f"--screenshot={image}", document.resolve().as_uri()),
    ]
    environment = {**os.environ, "FONTCONFIG_FILE": str(settings)}
    options = {"env": environment, "capture_output": True, "text": True, "errors": "replace"}
    try:
        done = subprocess.run(command, **options, timeout=TIMEOUT)
    except subprocess.TimeoutExpired as error:
        raise OSError(f"Chromium did not end within {TIMEOUT} s") from error
    if not image.exists():
        last = done.stderr.strip().splitlines()[-1:] or ["no message"]
        raise OSError(f"Chromium ended with status {done.returncode} and no image: {last[0]}")
    with Image.open(image) as opened:
        return np.asarray(opened.convert("RGB"))
