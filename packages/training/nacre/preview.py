"""Adds a preview network to a model folder: latents to an image an eighth as wide and high.

Not here: the transforms. The preview is one linear layer on the latents, fitted in closed form, so
a thumbnail needs no synthesis transform. It stands outside the hashed part of model.json: it may be
fitted again without a new model.

    python -m nacre.preview ../../models/photo-6 DATA
"""

from __future__ import annotations

import argparse
import copy
import json
import math
import os
from pathlib import Path

import numpy as np
import onnx
import onnxruntime as ort
import torch
import torch.nn.functional as F
from torch import Tensor, nn

from nacre.command import count, crop_side, input_errors
from nacre.data import Images
from nacre.description import entry, write_json
from nacre.evaluate import images_in, pad_to_multiple, psnr, read_image
from nacre.exactness import made_up_integers
from nacre.model import Codec
from nacre.onnx_graph import share_weights, write_preview
from nacre.rates import LEVELS
from nacre.shipped import load_shipped
from nacre.transforms import depth_to_space, space_to_depth
from nacre.verification import CHECK_LEVELS

SHRINK = 8
"""Pixels of the image to one of the preview, along each side; TypeScript relies on it."""

RIDGE = 1e-6
"""Weight of the penalty on large weights, beside a mean squared error of values in 0..1."""


def shrink(x: Tensor) -> Tensor:
    """What a preview should be: means of 8×8 pixels of what a decoder shows."""
    return F.avg_pool2d(x.clamp(0, 1), SHRINK)


@torch.no_grad()
def scaled_latents(codec: Codec, symbols: Tensor, z: Tensor, level: Tensor) -> Tensor:
    """y_hat with its gain undone, as the synthesis transform is given it.

    Shape:
        - symbols: `(B, M, H/16, W/16)`; z: `(B, hyper, H/64, W/64)`; level: `(B,)`.
        - Output: like symbols.
    """
    y_hat = symbols + codec.means(lambda mu: symbols + mu, z, level)
    return y_hat * codec.inverse_gain(level).exp()


@torch.no_grad()
def fit_preview(
    codec: Codec, images: Images, batches: int, batch: int = 4, seed: int = 0
) -> nn.Conv2d:
    """The linear layer whose previews come closest to the decoded images, averaged 8×8.

    ::

        y_hat ×inverse gain ─ 3×3 ─ D2S 2 ─ + ½ ─ preview

    Least squares with a small ridge, over random crops at random levels.

    Args:
        codec: with weights as stored.
        images: training images.
        batches, batch: how many crops are looked at.

    Returns:
        A convolution from M to 12 channels: those of 2×2 pixels, in the order of DepthToSpace.

    Reference:
        Hoerl and Kennard, "Ridge regression", Technometrics 1970.
    """
    generator = torch.Generator().manual_seed(seed)
    m = codec.architecture.m
    size = 9 * m + 1
    gram, moments = torch.zeros(size, size), torch.zeros(size, 4 * 3)
    places_seen = 0
    for _ in range(batches):
        x = images.batch(batch, generator)
        level = torch.randint(LEVELS, (batch,), generator=generator)
        coded = codec.quantize(x, level)
        latents = scaled_latents(codec, coded["symbols"], coded["z"], level)
        places = F.unfold(latents, 3, padding=1).transpose(1, 2).flatten(0, 1)
        places = F.pad(places, (0, 1), value=1.0)
        wanted = (
            space_to_depth(shrink(coded["x_hat"]) - 0.5, 2).flatten(2).transpose(1, 2).flatten(0, 1)
        )
        gram += places.T @ places
        moments += places.T @ wanted
        places_seen += len(places)
    gram, moments = gram.double() / places_seen, moments.double() / places_seen
    weights = torch.linalg.solve(gram + RIDGE * torch.eye(size, dtype=torch.float64), moments)
    layer = nn.Conv2d(m, 12, 3, padding=1)
    layer.weight.copy_(weights[:-1].T.view(12, m, 3, 3))
    layer.bias.copy_(weights[-1])
    return layer


@torch.no_grad()
def verify_preview(path: Path, codec: Codec, layer: nn.Conv2d) -> None:
    """Compares ONNX Runtime with PyTorch on made-up symbols and hyper-latents at three levels.

    Args:
        path: of the graph, beside the file that it shares weights with.
        codec, layer: of the graph, which holds their weights as fp16.

    Raises:
        ValueError: when a value differs by more than 1/255, or is not a number.
    """
    a, (height, width) = codec.architecture, (2, 3)
    z = made_up_integers(a.hyper * height * width, 1).reshape(1, a.hyper, height, width)
    shape = (1, a.m, 4 * height, 4 * width)
    symbols = made_up_integers(math.prod(shape), 2).reshape(shape)
    session = ort.InferenceSession(str(path), providers=["CPUExecutionProvider"])
    stored = copy.deepcopy(layer).half().float()
    for level in CHECK_LEVELS:
        feeds = {"symbols": symbols, "z": z, "level": np.array([level], np.int32)}
        (found,) = session.run(None, feeds)
        integers = (torch.from_numpy(x) for x in (symbols, z))
        latents = scaled_latents(codec, *integers, torch.tensor([level]))
        expected = depth_to_space(stored(latents), 2) + 0.5
        difference = float(np.abs(found - expected.numpy()).max()) * 255
        if not difference <= 1:
            raise ValueError(f"A preview differs by {difference:.2f}/255 from the layer's")


def add_preview(folder: Path, codec: Codec, layer: nn.Conv2d) -> Path:
    """Writes `preview.onnx` into a model folder and names it in model.json.

    The weights of the means stay where they are: the file refers to those in `synthesis.onnx`.
    It is written and checked beside the one that it replaces.

    Args:
        folder: `models/<id>`.
        codec: with weights as stored.
        layer: see `fit_preview`.

    Raises:
        ValueError: when the graph does not give what the layer does; the folder stays as it was.
    """
    description = json.loads((folder / "model.json").read_text())
    model = write_preview(codec, layer)
    share_weights(model, folder / description["bitstream"]["graphs"]["synthesis"]["file"])
    path, beside = folder / "preview.onnx", folder / "preview.partial"
    described = folder / "model.partial"
    try:
        beside.write_bytes(model.SerializeToString())
        onnx.checker.check_model(str(beside), full_check=True)
        verify_preview(beside, codec, layer)
        write_json(described, description | {"preview": entry(beside) | {"file": path.name}})
        os.replace(beside, path)
        os.replace(described, folder / "model.json")
    finally:
        for left in (beside, described):
            left.unlink(missing_ok=True)
    return path


@torch.no_grad()
def fidelity(path: Path, codec: Codec, images: list[Path], level: int) -> float:
    """PSNR of previews against the decoded images averaged 8×8, in dB, mean over the images.

    Args:
        path: of `preview.onnx`, run by ONNX Runtime on what `codec` makes of the images.
    """
    session, at = ort.InferenceSession(str(path)), torch.tensor([level])
    found = []
    for image in images:
        coded = codec.quantize(pad_to_multiple(read_image(image)), at)
        feeds = {name: coded[name].numpy() for name in ("symbols", "z")}
        (preview,) = session.run(None, feeds | {"level": np.array([level], np.int32)})
        shown = torch.from_numpy(preview).clamp(0, 1).mul(255).round() / 255
        found.append(psnr(shown, shrink(coded["x_hat"])))
    return sum(found) / len(found)


@input_errors()
def main(arguments: list[str] | None = None) -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("folder", type=Path, help="models/<id>")
    parser.add_argument("data", type=Path, nargs="+", help="training shards, folders or images")
    parser.add_argument("--images", type=Path, help="folder of images to judge previews on")
    parser.add_argument("--size", type=crop_side, default=384, help="side of the crops")
    parser.add_argument("--batches", type=count, default=120, help="of four crops")
    args = parser.parse_args(arguments)
    codec = load_shipped(args.folder).eval()
    layer = fit_preview(codec, Images(args.data, args.size), args.batches)
    path = add_preview(args.folder, codec, layer)
    print(f"{path}: {path.stat().st_size} bytes")
    for level in CHECK_LEVELS if args.images else ():
        found = fidelity(path, codec, images_in(args.images), level)
        print(f"level {level}: {found:.2f} dB against the decoded images, averaged 8×8")


if __name__ == "__main__":
    main()
