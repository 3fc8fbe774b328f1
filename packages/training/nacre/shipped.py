"""Reads a model folder back into PyTorch, so that training can go on from shipped weights.

Not here: exact resuming, which takes a run's own checkpoint (checkpoint.py). A model folder holds
the averaged weights as fp16 and the integers of the scale network, and no state of an optimizer.
"""

from __future__ import annotations

import base64
import json
from pathlib import Path

import numpy as np
import onnx
import torch
from onnx import numpy_helper
from torch import Tensor

from nacre.exact import ExactConv
from nacre.model import Architecture, Codec
from nacre.rates import interpolation_matrix


def _initializers(folder: Path) -> dict[str, np.ndarray]:
    """The stored arrays of all graphs, by name, their integers and halves as float32."""
    arrays = {}
    for path in sorted(folder.glob("*.onnx")):
        for initializer in onnx.load(path).graph.initializer:
            # What several graphs hold under one name is the same in all.
            arrays[initializer.name] = numpy_helper.to_array(initializer).astype(np.float32)
    return arrays


def _knots(table: Tensor) -> Tensor:
    """Knots whose interpolation comes closest to a table of all levels.

    Shape:
        - Input: `(levels, channels)`. Output: `(knots, channels)`.
    """
    weights = interpolation_matrix().double()
    return torch.linalg.lstsq(weights, table.double()).solution.float()


@torch.no_grad()
def load_shipped(folder: Path) -> Codec:
    """The codec of a model folder, its float weights as stored.

    The scale network becomes float weights that round to the same integers, but for the offsets per
    level, which are fitted.

    Args:
        folder: `models/<id>`.

    Raises:
        ValueError: when a weight of the architecture is not in the folder.
    """
    description = json.loads((folder / "model.json").read_text())
    codec = Codec(Architecture(**description["architecture"]))
    arrays = _initializers(folder)

    def stored(name: str) -> Tensor:
        if name not in arrays:
            raise ValueError(f"{folder} has no weight {name}")
        return torch.from_numpy(arrays[name])

    for name, parameter in codec.named_parameters():
        if not name.startswith("scales.") and name != "z_index.knots":
            parameter.copy_(stored(name))
    for name, conv in codec.scales.named_children():
        if not isinstance(conv, ExactConv):
            continue
        weight, bias, multiplier = (
            stored(f"scales.{name}.{part}") for part in ("weight", "bias", "multiplier")
        )
        # The inverse of ExactConv.integers.
        unit = multiplier.flatten() * 2.0 ** (conv.in_shift - conv.out_shift)
        conv.weight.copy_(weight * unit.view(-1, 1, 1, 1))
        offset = bias.flatten(1) * unit * 2.0**-conv.in_shift - 2.0 ** (-conv.out_shift - 1)
        if len(offset) > 1:  # One bias for each level: all of it goes into the offsets.
            codec.scales.level.knots.copy_(_knots(offset))
            conv.bias.zero_()
        else:
            conv.bias.copy_(offset[0])
    rows = torch.tensor(list(base64.b64decode(description["bitstream"]["hyperTables"])))
    codec.z_index.knots.copy_(_knots(rows.view(-1, codec.architecture.hyper)))
    return codec
