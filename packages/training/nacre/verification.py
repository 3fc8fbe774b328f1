"""Compares exported graphs in ONNX Runtime with the PyTorch model they came from.

Not here: the proof that the scale network is exact (exact.py), and the comparison of previews
(preview.py).
"""

from __future__ import annotations

from pathlib import Path

import numpy as np
import onnx
import onnxruntime as ort
import torch

from nacre.context import step_masks
from nacre.description import MARGIN
from nacre.evaluate import pad_to_multiple, read_image
from nacre.exact import Z_MAX, context_of
from nacre.model import Codec

CHECK_LEVELS = (10, 50, 90)
"""Rate levels that exported graphs are compared at."""

SYMBOL_DRIFT = 1e-3
"""Largest mean difference of symbols between ONNX Runtime and PyTorch."""

MARGIN_DRIFT = 0.05
"""Largest difference of a pixel between a window and the whole image, in 1/255."""


def _session(model: onnx.ModelProto) -> ort.InferenceSession:
    return ort.InferenceSession(model.SerializeToString(), providers=["CPUExecutionProvider"])


class OnnxCodec:
    """The exported graphs run the way the TypeScript pipeline runs them.

    Args:
        graphs: ONNX models by name, as `write_graphs` returns them.
    """

    def __init__(self, graphs: dict[str, onnx.ModelProto]) -> None:
        self.sessions = {name: _session(model) for name, model in graphs.items()}

    def run(self, graph: str, **inputs: np.ndarray) -> list[np.ndarray]:
        """Outputs of one graph, for its inputs by name."""
        return self.sessions[graph].run(None, inputs)

    def encode(self, x: np.ndarray, level: int) -> dict[str, np.ndarray]:
        """Symbols, hyper-latents and scale indices of a padded image taken as one tile."""
        at = np.array([level], np.int32)
        y, z = self.run("analysis", x=x, level=at)
        z = np.clip(np.floor(z + 0.5), -Z_MAX, Z_MAX)
        symbols, known, index = np.zeros_like(y), np.zeros_like(y), np.zeros_like(y)
        for k, mask in enumerate(step_masks(y.shape[1], torch.from_numpy(y))):
            at_step = {"level": at, "step": np.array([k], np.int32)}
            (mu,) = self.run("means", y_known=known, z=z, **at_step)
            context = context_of(k, torch.from_numpy(symbols)).numpy()
            (found,) = self.run("scales", z=z, context=context, level=at)
            rounded, chosen = np.floor(y - mu + 0.5), mask.numpy()
            symbols += chosen * rounded
            known += chosen * (rounded + mu)
            index += chosen * found
        return {"symbols": symbols, "z": z, "scale_index": index}

    def decode(self, symbols: np.ndarray, z: np.ndarray, level: int) -> np.ndarray:
        """The image of symbols and hyper-latents, `(1, 3, H, W)`, not clipped."""
        at = np.array([level], np.int32)
        return self.run("synthesis", symbols=symbols, z=z, level=at)[0]


def margin_drift(
    runtime: OnnxCodec, whole: np.ndarray, symbols: np.ndarray, z: np.ndarray, level: int
) -> float:
    """How far the lower right quarter of an image, decoded with `MARGIN`, is from the whole.

    Shape:
        - whole `(1, 3, H, W)`, what `runtime` decodes of symbols `(1, M, H/16, W/16)` and
          z `(1, hyper, H/64, W/64)`.

    Returns:
        Largest difference of a pixel, in 1/255.
    """
    top, left = (size // 2 for size in z.shape[2:])
    y, x = (max(0, start - MARGIN // 64) for start in (top, left))
    part = runtime.decode(symbols[:, :, 4 * y :, 4 * x :], z[:, :, y:, x:], level)
    core = part[:, :, 64 * (top - y) :, 64 * (left - x) :]
    return float(np.abs(core - whole[:, :, 64 * top :, 64 * left :]).max()) * 255


@torch.no_grad()
def verify(codec: Codec, graphs: dict[str, onnx.ModelProto], images: list[Path]) -> float:
    """Compares ONNX Runtime with PyTorch on real images at three levels.

    Args:
        codec: the PyTorch model with weights as stored.

    Returns:
        Largest difference of a pixel value, in 1/255.

    Raises:
        ValueError: when one scale index differs, a pixel by more than 1/255, or symbols on average;
            when a window with its margin differs from the whole by more than `MARGIN_DRIFT`; when
            any of these is not a number; and when there is no image.
    """
    # Every test below asks what must hold: no comparison holds for NaN.
    if not images:
        raise ValueError("There is no image to check the graphs on")
    runtime, worst = OnnxCodec(graphs), 0.0
    for path in images:
        x = pad_to_multiple(read_image(path))
        for level in CHECK_LEVELS:
            at = torch.tensor([level])
            coded = {k: torch.from_numpy(v) for k, v in runtime.encode(x.numpy(), level).items()}
            index = codec.scales(coded["z"], coded["symbols"], at)
            if not torch.equal(index, coded["scale_index"]):
                raise ValueError(f"Scale indices of {path.name} differ at level {level}")
            expected = codec.quantize(x, at)
            for name in ("symbols", "z"):
                # Float drift moves a value across a rounding border now and then.
                if not (coded[name] - expected[name]).abs().mean() <= SYMBOL_DRIFT:
                    raise ValueError(f"The {name} of {path.name} differ at level {level}")
            decoded = runtime.decode(coded["symbols"].numpy(), coded["z"].numpy(), level)
            integers = (coded[name].numpy() for name in ("symbols", "z"))
            drift = margin_drift(runtime, decoded, *integers, level)
            if not drift <= MARGIN_DRIFT:
                raise ValueError(f"A window of {path.name} differs from the whole by {drift:.3f}")
            expected_x = codec.decode(coded["symbols"], coded["z"], at)
            difference = float(np.abs(decoded - expected_x.numpy()).max()) * 255
            if not difference <= 1:
                raise ValueError(
                    f"Pixels differ by {difference:.2f}/255 between ONNX Runtime and PyTorch"
                )
            worst = max(worst, difference)
    return worst
