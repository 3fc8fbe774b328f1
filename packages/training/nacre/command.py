"""Command lines: the numbers they take, and one line on stderr where the input is at fault.

Not here: the options of each command, which stand in its own module.
"""

from __future__ import annotations

import argparse
import contextlib
import sys
from collections.abc import Iterator


@contextlib.contextmanager
def input_errors() -> Iterator[None]:
    """Ends the process with status 2 and one line, no traceback, when input is missing or wrong.

    Any other exception is a fault of the code and keeps its traceback.

    Example:
        >>> with input_errors():
        ...     codec, facts = load_codec(Path("no-such-file"))
        error: [Errno 2] No such file or directory: 'no-such-file'
    """
    try:
        yield
    except (OSError, ValueError) as error:
        print("error:", " ".join(str(error).split()), file=sys.stderr)
        sys.exit(2)


def count(text: str) -> int:
    """An integer of at least 1."""
    if not text.isdecimal() or int(text) < 1:
        raise argparse.ArgumentTypeError(f"expected an integer of at least 1 but received {text}")
    return int(text)


def crop_side(text: str) -> int:
    """A positive multiple of 64, the stride of the hyper-latents."""
    if not text.isdecimal() or int(text) < 64 or int(text) % 64:
        raise argparse.ArgumentTypeError(f"expected a multiple of 64 but received {text}")
    return int(text)


def share(text: str) -> float:
    """A number in 0..1."""
    with contextlib.suppress(ValueError):
        if 0 <= float(text) <= 1:
            return float(text)
    raise argparse.ArgumentTypeError(f"expected a number in 0..1 but received {text}")
