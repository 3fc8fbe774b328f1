"""Exports a checkpoint as a model folder: model.json, four ONNX graphs and a model card.

Not here: how a graph is written (onnx_graph.py), and the graph of previews (preview.py). The
export checks itself before it leaves anything behind: the scale network is provably exact and gives
the same indices in ONNX Runtime as in PyTorch, and pictures agree within 1/255.

    python -m nacre.export runs/photo-6/checkpoint.pt ../../models/photo-6 --pictures KODAK
"""

from __future__ import annotations

import argparse
import base64
import copy
import hashlib
import json
import shutil
import tempfile
from pathlib import Path
from typing import Any

import numpy as np
import onnx
import onnxruntime as ort
import torch

from nacre.checkpoint import load_codec
from nacre.command import count, input_errors, share
from nacre.context import step_masks
from nacre.evaluate import (
    bd_rate,
    pad_to_multiple,
    pictures_in,
    rate_distortion,
    read_anchors,
    read_picture,
)
from nacre.exact import Z_MAX, context_of
from nacre.exactness import exactness_cases
from nacre.gaussian import PRECISION, SCALES, frequency_tables
from nacre.macs import measure
from nacre.model import Codec
from nacre.onnx_graph import write_graphs
from nacre.rates import LEVELS, PerLevel
from nacre.shipped import load_shipped

DECODER_GRAPHS = ("scales", "synthesis")
ENCODER_GRAPHS = ("analysis", "means")
CHECK_LEVELS = (10, 50, 90)
SYMBOL_DRIFT = 1e-3
"""Largest mean difference of symbols between ONNX Runtime and PyTorch."""

HALO = 256
"""In pixels: no pixel depends on latents or hyper-latents farther away."""

MARGIN = 128
"""In pixels: what lies farther away moves a pixel by less than `MARGIN_DRIFT`.

Three residual blocks see 24 pixels, so 32 of latents, and each step of means after the first sees
32 more. Beyond lie only hyper-latents that the means of the outermost latents follow from.
"""
MARGIN_DRIFT = 0.05
"""Largest difference of a pixel between a window and the whole picture, in 1/255."""


@torch.no_grad()
def as_stored(codec: Codec) -> Codec:
    """A copy whose float weights are rounded to fp16, as the graphs store them.

    The scale network keeps its own integers, and the prior of z its table.

    Raises:
        ValueError: when a weight is not finite, or too large for fp16.
    """
    codec = copy.deepcopy(codec).eval()
    exact = set(codec.scales.parameters()) | set(codec.z_index.parameters())
    for name, parameter in codec.named_parameters():
        if parameter not in exact:
            parameter.copy_(parameter.half().float())
        if not parameter.isfinite().all():
            raise ValueError(f"{name} has a weight that is not finite, or too large for fp16")
    return codec


@torch.no_grad()
def blend(codec: Codec, other: Codec, share: float) -> None:
    """Moves all weights towards those of a model from which the training of this one began.

    Between the two, what the later training was for is mostly there, and less of what it cost.

    Args:
        codec: changed in place.
        other: of the same architecture.
        share: of `other`, 0..1.

    Raises:
        ValueError: when the architectures differ.

    Reference:
        Wortsman et al., "Robust fine-tuning of zero-shot models", CVPR 2022.
    """
    if codec.architecture != other.architecture:
        raise ValueError("Models of different architectures have no blend")
    torch._foreach_lerp_(list(codec.parameters()), list(other.parameters()), share)


@torch.no_grad()
def reach_lower(codec: Codec, share: float) -> None:
    """Moves the first knot of every per-level table outwards, for lower rates at the first levels.

    Args:
        codec: changed in place.
        share: of the distance from the second knot to the first; 0 changes nothing.
    """
    for module in codec.modules():
        if isinstance(module, PerLevel):
            module.knots[0] += share * (module.knots[0] - module.knots[1])


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
        """Symbols, hyper-latents and scale indices of a padded picture taken as one tile."""
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
        """The picture of symbols and hyper-latents, `(1, 3, H, W)`, not clipped."""
        at = np.array([level], np.int32)
        return self.run("synthesis", symbols=symbols, z=z, level=at)[0]


def margin_drift(
    runtime: OnnxCodec, whole: np.ndarray, symbols: np.ndarray, z: np.ndarray, level: int
) -> float:
    """How far the lower right quarter of a picture, decoded with `MARGIN`, is from the whole.

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
def verify(codec: Codec, graphs: dict[str, onnx.ModelProto], pictures: list[Path]) -> float:
    """Compares ONNX Runtime with PyTorch on real pictures at three levels.

    Args:
        codec: the PyTorch model with weights as stored.

    Returns:
        Largest difference of a pixel value, in 1/255.

    Raises:
        ValueError: when one scale index differs, a pixel by more than 1/255, or symbols on average;
            when a window with its margin differs from the whole by more than `MARGIN_DRIFT`; when
            any of these is not a number; and when there is no picture.
    """
    # Every test below asks what must hold: no comparison holds for NaN.
    if not pictures:
        raise ValueError("There is no picture to check the graphs on")
    runtime, worst = OnnxCodec(graphs), 0.0
    for path in pictures:
        x = pad_to_multiple(read_picture(path))
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


def entry(path: Path) -> dict[str, Any]:
    """How model.json names a file of its folder."""
    data = path.read_bytes()
    return {"file": path.name, "sha256": hashlib.sha256(data).hexdigest(), "bytes": len(data)}


def hyper_tables(z_index: PerLevel) -> str:
    """Table index of every hyper-latent channel at every level, row-major bytes in base64."""
    index = z_index.table().detach().clamp(0, SCALES - 1).round().to(torch.uint8)
    return base64.b64encode(index.cpu().numpy().tobytes()).decode()


def describe(codec: Codec, folder: Path, name: str, training: dict[str, Any]) -> dict[str, Any]:
    """The content of model.json for graphs that already lie in `folder`."""
    a = codec.architecture
    return {
        "format": 2,
        "id": name,
        "name": f"Nacre {name}",
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


def export(codec: Codec, out: Path, training: dict[str, Any], pictures: list[Path]) -> Codec:
    """Writes and verifies a model folder; replaces `out` only when every check has passed.

    Args:
        codec: trained model.
        out: `models/<id>`; its name is the model's id.
        training: facts for model.json.
        pictures: pictures the graphs are checked on.

    Returns:
        The codec with weights as stored.

    Raises:
        ValueError: when a weight cannot be stored, the scale network is not provably exact or a
            check fails.
    """
    if out.exists() and not (out / "model.json").exists():
        raise ValueError(f"{out} exists and is no model folder")
    codec = as_stored(codec)
    graphs = write_graphs(codec)
    worst = verify(codec, graphs, pictures)
    print(f"checked on {len(pictures)} pictures: indices equal, pixels within {worst:.3f}/255")
    out.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=out.parent) as temporary:
        folder = Path(temporary) / out.name
        folder.mkdir()
        for name, model in graphs.items():
            onnx.save(model, folder / f"{name}.onnx")
        write_json(folder / "model.json", describe(codec, folder, out.name, training))
        write_json(folder / "exactness.json", {"cases": exactness_cases(codec)})
        shutil.rmtree(out, ignore_errors=True)
        folder.rename(out)
    return codec


CARD = """# {id}

Variable-rate mean-and-scale hyperprior image codec for Nacre, quality 1–100. Weights under the
MIT licence.

| | |
|---|---|
| data | {data} |
| trained with | `{command}` |
| device | {device} |
| time, steps, pixels | {minutes:.0f} minutes, {step}, {gigapixels:.2f} Gpixel |
| decoder (`scales`, `synthesis`) | {decoderKmacPerPixel} kMAC/pixel, {decoderBytes} bytes |
| encoder (all but `synthesis`) | {encoderKmacPerPixel} kMAC/pixel, {encoderBytes} bytes more |

Cost: `python -m nacre.macs models/{id}`.

## Rate–distortion

{pictures}, estimated rate, PSNR (RGB, 8 bits) per picture, then averaged. The export wrote this
table (`{export}`); `npx nacre compare KODAK --model models/{id}` measures real files, and drew the
plot (its `psnr.png`).

| quality | bpp | PSNR (dB) |
|---|---|---|
{rows}

{deltas}

![Rate–distortion](rate-distortion.png)
"""


def write_card(
    codec: Codec,
    out: Path,
    facts: dict[str, Any],
    args: argparse.Namespace,
    anchors: dict[str, dict[str, list[float]]],
) -> None:
    """Evaluates the exported weights and writes README.md; `nacre compare` draws its plot."""
    result = rate_distortion(codec, pictures_in(args.pictures))
    rows = "\n".join(
        f"| {level + 1} | {bpp:.4f} | {quality:.3f} |"
        for level, bpp, quality in zip(*result.values(), strict=True)
    )
    deltas = "\n".join(
        f"- BD-rate against {name}: {bd_rate(curve, result):+.2f} %"
        for name, curve in anchors.items()
    )
    values = (
        facts
        | measure(out)
        | {
            "id": out.name,
            "gigapixels": facts["pixels"] / 1e9,
            "pictures": f"{args.pictures.name} ({len(pictures_in(args.pictures))} pictures)",
            "export": "python -m nacre.export CHECKPOINT "
            f"models/{out.name} --pictures KODAK --anchor …"
            + (f" --blend {' '.join(map(str, args.blend))}" if args.blend else "")
            + (f" --reach {args.reach}" if args.reach else ""),
            "rows": rows,
            "deltas": deltas,
        }
    )
    (out / "README.md").write_text(CARD.format(**values))


class Blend(argparse.Action):
    """Two words: a model folder, and a share in 0..1."""

    def __call__(self, parser, namespace, values, option_string=None) -> None:
        try:
            setattr(namespace, self.dest, (Path(values[0]), share(values[1])))
        except argparse.ArgumentTypeError as error:
            raise argparse.ArgumentError(self, str(error)) from error


@input_errors()
def main(arguments: list[str] | None = None) -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("checkpoint", type=Path)
    parser.add_argument("out", type=Path, help="models/<id>")
    parser.add_argument("--pictures", type=Path, required=True, help="PNG files to check on")
    parser.add_argument("--check", type=count, default=4, help="how many of them to check on")
    parser.add_argument("--anchor", type=Path, nargs="*", default=[], help="curves for the card")
    parser.add_argument(
        "--blend",
        nargs=2,
        action=Blend,
        metavar=("MODEL", "SHARE"),
        help="mix in this share of the model folder that the training began with",
    )
    parser.add_argument(
        "--reach",
        type=float,
        default=0.0,
        help="move the first knot of per-level tables outwards by this share: lower rates",
    )
    parser.add_argument(
        "--data",
        default="not stated",
        help="for the card: the data sets, how many pictures of each, and their licences",
    )
    args = parser.parse_args(arguments)
    anchors = read_anchors(args.anchor)
    codec, state = load_codec(args.checkpoint)
    if args.blend:
        blend(codec, load_shipped(args.blend[0]), args.blend[1])
    reach_lower(codec, args.reach)
    facts = {
        "data": args.data,
        "command": state["command"],
        "device": state["device"],
        "minutes": round(state["seconds"] / 60, 1),
        "step": state["step"],
        "pixels": state["pixels"],
        "torch": torch.__version__,
    }
    codec = export(codec, args.out, facts, pictures_in(args.pictures)[: args.check])
    write_card(codec, args.out, facts, args, anchors)


if __name__ == "__main__":
    main()
