"""Exports a checkpoint as a model folder: model.json, four ONNX graphs and a model card.

Not here: how a graph is written (onnx_graph.py), and the graph of previews (preview.py). The
export checks itself before it leaves anything behind: the scale network is provably exact and gives
the same indices in ONNX Runtime as in PyTorch, and images agree within 1/255.

    python -m nacre.export runs/photo-6/checkpoint.pt ../../models/photo-6 --images KODAK
"""

from __future__ import annotations

import argparse
import copy
import shutil
import tempfile
from pathlib import Path
from typing import Any

import onnx
import torch

from nacre.blending import blend, reach_lower
from nacre.card import write_card
from nacre.checkpoint import load_codec
from nacre.command import count, input_errors, share
from nacre.description import describe, write_json
from nacre.evaluate import images_in
from nacre.exactness import exactness_cases
from nacre.model import Codec
from nacre.onnx_graph import write_graphs
from nacre.shipped import load_shipped
from nacre.verification import verify


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


def export(
    codec: Codec, out: Path, tuned_for: str, training: dict[str, Any], images: list[Path]
) -> Codec:
    """Writes and verifies a model folder; replaces `out` only when every check has passed.

    Args:
        codec: trained model.
        out: `models/<id>`; its name is the model's id.
        tuned_for: "psnr" or "eye".
        training: facts for model.json.
        images: images the graphs are checked on.

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
    worst = verify(codec, graphs, images)
    print(f"checked on {len(images)} images: indices equal, pixels within {worst:.3f}/255")
    out.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=out.parent) as temporary:
        folder = Path(temporary) / out.name
        folder.mkdir()
        for name, model in graphs.items():
            onnx.save(model, folder / f"{name}.onnx")
        write_json(folder / "model.json", describe(codec, folder, out.name, tuned_for, training))
        write_json(folder / "exactness.json", {"cases": exactness_cases(codec)})
        shutil.rmtree(out, ignore_errors=True)
        folder.rename(out)
    return codec


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
    parser.add_argument("--images", type=Path, required=True, help="PNG files to check on")
    parser.add_argument("--check", type=count, default=4, help="how many of them to check on")
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
        help="for the card: the data sets, how many images of each, and their licences",
    )
    args = parser.parse_args(arguments)
    codec, state = load_codec(args.checkpoint)
    if args.blend:
        a = codec.architecture
        began = load_shipped(args.blend[0], a.analysis_blocks, a.synthesis_blocks)
        blend(codec, began, args.blend[1])
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
    # Before there was a choice, every run was for squared error.
    tuned_for = "eye" if state["settings"].get("distortion") == "eye" else "psnr"
    export(codec, args.out, tuned_for, facts, images_in(args.images)[: args.check])
    blended = f" --blend {args.blend[0]} {args.blend[1]}" if args.blend else ""
    reached = f" --reach {args.reach}" if args.reach else ""
    command = f"python -m nacre.export CHECKPOINT models/{args.out.name} --images KODAK"
    write_card(args.out, tuned_for, facts, f"{command}{blended}{reached}")


if __name__ == "__main__":
    main()
