"""Saving and resuming a training run, and loading its averaged weights.

Not here: the shipped model folder (export.py).
"""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

import torch

from nacre.model import Architecture, Codec

FACTS = ("step", "pixels", "seconds", "device", "command")
"""What a checkpoint says about its run."""


def save_checkpoint(path: Path, state: dict[str, Any]) -> None:
    """Writes beside and renames, so that a run that dies leaves the last whole checkpoint."""
    beside = path.with_suffix(".partial")
    torch.save(state, beside)
    os.replace(beside, path)


def load_checkpoint(path: Path, device: torch.device | str = "cpu") -> dict[str, Any]:
    """Reads what `save_checkpoint` wrote: tensors and plain values only.

    Tensors come back on the CPU unless asked otherwise; generator states must stay there.
    """
    return torch.load(path, map_location=device, weights_only=True)


def load_codec(path: Path, device: torch.device | str = "cpu") -> tuple[Codec, dict[str, Any]]:
    """The averaged (EMA) model of a checkpoint, in evaluation mode, and the run's facts."""
    state = load_checkpoint(path)
    codec = Codec(Architecture(**state["architecture"]))
    codec.load_state_dict(state["ema"])
    facts = {key: state.get(key, "not stated") for key in FACTS}
    return codec.to(device).eval(), facts
