"""Saving and resuming a training run, and loading its averaged weights.

Not here: the shipped model folder (export.py).
"""

from __future__ import annotations

import os
import pickle
from pathlib import Path
from typing import Any

import torch

from nacre.model import Architecture, Codec

FACTS = ("step", "pixels", "seconds", "device", "command", "settings")
"""What a checkpoint says about its run."""


def save_checkpoint(path: Path, state: dict[str, Any]) -> None:
    """Writes beside and renames, so that a run that dies leaves the last whole checkpoint."""
    beside = path.with_suffix(".partial")
    torch.save(state, beside)
    os.replace(beside, path)


def load_checkpoint(path: Path, device: torch.device | str = "cpu") -> dict[str, Any]:
    """Reads what `save_checkpoint` wrote: tensors and plain values only.

    Tensors come back on the CPU unless asked otherwise; generator states must stay there.

    Raises:
        ValueError: when the file is no checkpoint.
    """
    try:
        return torch.load(path, map_location=device, weights_only=True)
    except (pickle.UnpicklingError, RuntimeError, EOFError) as error:
        raise ValueError(f"{path} is no checkpoint, or not all of one") from error


def load_codec(path: Path, device: torch.device | str = "cpu") -> tuple[Codec, dict[str, Any]]:
    """The averaged (EMA) model of a checkpoint, in evaluation mode, and the run's facts.

    Raises:
        ValueError: when the file is no checkpoint of this version's model.
    """
    state = load_checkpoint(path)
    try:
        codec = Codec(Architecture(**state["architecture"]))
        codec.load_state_dict(state["ema"])
    except (KeyError, TypeError, RuntimeError) as error:
        raise ValueError(f"{path} holds no model of this version") from error
    facts = {key: state.get(key, "not stated") for key in FACTS}
    return codec.to(device).eval(), facts
