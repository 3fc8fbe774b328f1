"""The content of model.json, and how it is written.

Not here: the graphs it names (onnx_graph.py), and the card for people (card.py).
"""

from __future__ import annotations

import base64
import hashlib
import json
from pathlib import Path
from typing import Any

import torch

from nacre.gaussian import PRECISION, SCALES, frequency_tables
from nacre.model import Codec
from nacre.rates import LEVELS, PerLevel

DECODER_GRAPHS = ("scales", "synthesis")
ENCODER_GRAPHS = ("analysis", "means")

HALO = 256
"""In pixels: no pixel depends on latents or hyper-latents farther away."""

MARGIN = 128
"""In pixels: what is farther away moves a pixel by less than `MARGIN_DRIFT`.

Five residual blocks see 40 pixels, so 48 of latents, and each step of means after the first sees
32 more: what the last of these sees has next to no influence, as the export checks.
"""


def entry(path: Path) -> dict[str, Any]:
    """How model.json names a file of its folder."""
    data = path.read_bytes()
    return {"file": path.name, "sha256": hashlib.sha256(data).hexdigest(), "bytes": len(data)}


def hyper_tables(z_index: PerLevel) -> str:
    """Table index of every hyper-latent channel at every level, row-major bytes in base64."""
    index = z_index.table().detach().clamp(0, SCALES - 1).round().to(torch.uint8)
    return base64.b64encode(index.cpu().numpy().tobytes()).decode()


def describe(
    codec: Codec, folder: Path, name: str, tuned_for: str, training: dict[str, Any]
) -> dict[str, Any]:
    """The content of model.json for graphs that are already in `folder`."""
    a = codec.architecture
    return {
        "format": 2,
        "id": name,
        "name": f"Nacre {name}",
        "tunedFor": tuned_for,
        "license": "MIT",
        "architecture": a.to_dict(),
        "bitstream": {
            "levels": LEVELS,
            "latentChannels": a.m,
            "hyperChannels": a.hyper,
            "latentStride": 16,
            "hyperStride": 64,
            "halo": HALO,
            "tables": {"precision": PRECISION, "frequencies": frequency_tables()},
            "hyperTables": hyper_tables(codec.z_index),
            "graphs": {n: entry(folder / f"{n}.onnx") for n in DECODER_GRAPHS},
        },
        "margin": MARGIN,
        "encoder": {"graphs": {n: entry(folder / f"{n}.onnx") for n in ENCODER_GRAPHS}},
        "rates": [
            {"quality": level + 1, "lmbda": float(f"{lmbda:.4g}")}
            for level, lmbda in enumerate(codec.lmbda.tolist())
        ],
        "training": training,
    }


def write_json(path: Path, description: dict[str, Any]) -> None:
    """Indented, but with every list of numbers and every small object on one line."""
    kept: list[str] = []

    def fold(value: Any) -> Any:
        flat = isinstance(value, list) and all(isinstance(v, int | float) for v in value)
        small = isinstance(value, dict) and set(value) in (
            {"quality", "lmbda"},
            {"file", "sha256", "bytes"},
        )
        if flat or small:
            kept.append(json.dumps(value, separators=(", ", ": ")))
            return f"@{len(kept) - 1}@"
        if isinstance(value, dict):
            return {k: fold(v) for k, v in value.items()}
        return [fold(v) for v in value] if isinstance(value, list) else value

    text = json.dumps(fold(description), indent=2)
    for i, line in enumerate(kept):
        text = text.replace(f'"@{i}@"', line, 1)
    path.write_text(text + "\n")
