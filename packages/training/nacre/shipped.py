"""Reads a model folder back into PyTorch, so that training can go on from shipped weights.

Not here: exact resuming, which takes a run's own checkpoint (checkpoint.py). A model folder holds
the averaged weights as fp16 and the integers of the scale network, and no state of an optimizer.
"""

from __future__ import annotations

import base64
import json
from dataclasses import replace
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
def load_shipped(
    folder: Path, analysis_blocks: int | None = None, synthesis_blocks: int | None = None
) -> Codec:
    """The codec of a model folder, its float weights as stored.

    The scale network becomes float weights that round to the same integers, but for the offsets per
    level, which are fitted.

    Args:
        folder: `models/<id>`.
        analysis_blocks, synthesis_blocks: more residual blocks than the folder has: the new ones,
            after the old ones, begin as the identity.

    Raises:
        ValueError: when a weight of the architecture is not in the folder.
    """
    description = json.loads((folder / "model.json").read_text())
    architecture = Architecture(**description["architecture"])
    wanted = {"analysis_blocks": analysis_blocks, "synthesis_blocks": synthesis_blocks}
    grown = {
        name: max(number, getattr(architecture, name)) for name, number in wanted.items() if number
    }
    codec = Codec(replace(architecture, **grown))
    new = [
        *codec.g_a.blocks[architecture.analysis_blocks :],
        *codec.g_s.blocks[architecture.synthesis_blocks :],
    ]
    for block in new:
        for last in (block.conv2, block.project):
            last.weight.zero_()
    kept = {id(parameter) for block in new for parameter in block.parameters()}
    arrays = _initializers(folder)

    def stored(name: str) -> Tensor:
        if name not in arrays:
            raise ValueError(f"{folder} has no weight {name}")
        return torch.from_numpy(arrays[name])

    for name, parameter in codec.named_parameters():
        exact = name.startswith("scales.") or name == "z_index.knots"
        if not exact and id(parameter) not in kept:
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
