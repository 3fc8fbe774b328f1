"""Counts multiply–accumulates and weights of a model folder from its ONNX graphs.

Not here: run times, which depend on the machine.

    python -m nacre.macs ../../models/photo-6
"""

from __future__ import annotations

import argparse
import json
import math
from pathlib import Path

import numpy as np
import onnx
import onnxruntime as ort

from nacre.command import input_errors
from nacre.context import STEPS

DECODER = ("scales",) * STEPS + ("synthesis",)
ENCODER = ("analysis",) + ("means", "scales") * STEPS
PREVIEW = ("scales",) * STEPS + ("preview",)
"""Graph runs of one image: `synthesis` and `preview` hold the means of all steps."""

SIDE = 256


def count_macs(path: Path) -> float:
    """Multiply–accumulates per pixel of one graph (convolutions and matrix products).

    The graph runs once on zeros with every convolution's output exposed, since its shapes are
    dynamic. Pointwise operations are not counted, as is usual.
    """
    model = onnx.load(path)
    sizes = {i.name: tuple(i.dims) for i in model.graph.initializer}
    for node in model.graph.node:
        if node.op_type == "Cast" and node.input[0] in sizes:
            sizes[node.output[0]] = sizes[node.input[0]]
    counted = [n for n in model.graph.node if n.op_type in ("Conv", "MatMul")]
    for node in counted:
        kind = onnx.helper.make_tensor_value_info(node.output[0], onnx.TensorProto.FLOAT, None)
        model.graph.output.append(kind)
    session = ort.InferenceSession(model.SerializeToString(), providers=["CPUExecutionProvider"])
    stride = {"x": 1, "z": 64}
    feed = {}
    for value in session.get_inputs():
        if value.name in ("level", "step"):
            feed[value.name] = np.zeros(1, np.int32)
        else:
            side = SIDE // stride.get(value.name, 16)
            feed[value.name] = np.zeros((1, value.shape[1], side, side), np.float32)
    outputs = session.run([n.output[0] for n in counted], feed)
    total = 0
    for node, output in zip(counted, outputs, strict=True):
        weight = sizes[node.input[1]]
        per_output = math.prod(weight[1:]) if node.op_type == "Conv" else weight[0]
        total += output.size * per_output
    return total / SIDE**2


def measure(folder: Path) -> dict[str, float]:
    """kMAC/pixel and weight bytes of decoder, encoder and previews of a model folder."""
    description = json.loads((folder / "model.json").read_text())
    decoder, encoder = description["bitstream"]["graphs"], description["encoder"]["graphs"]
    preview = {"preview": description["preview"]} if "preview" in description else {}
    files = decoder | encoder | preview
    macs = {name: count_macs(folder / entry["file"]) for name, entry in files.items()}
    figures = {
        "decoderKmacPerPixel": round(sum(macs[name] for name in DECODER) / 1000, 3),
        "encoderKmacPerPixel": round(sum(macs[name] for name in ENCODER) / 1000, 3),
        "decoderBytes": sum(entry["bytes"] for entry in decoder.values()),
        "encoderBytes": sum(entry["bytes"] for entry in encoder.values()),
    }
    if preview:
        figures["previewKmacPerPixel"] = round(sum(macs[name] for name in PREVIEW) / 1000, 3)
        figures["previewBytes"] = preview["preview"]["bytes"]
    return figures


@input_errors()
def main(arguments: list[str] | None = None) -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folder", type=Path)
    for name, value in measure(parser.parse_args(arguments).folder).items():
        print(f"{name}\t{value}")


if __name__ == "__main__":
    main()
