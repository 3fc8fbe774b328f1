"""An exported folder holds what the format asks and runs as PyTorch does."""

import base64
import hashlib
import json
import math
import shutil
from pathlib import Path

import numpy as np
import onnx
import pytest
import torch
from onnx import numpy_helper

from nacre import preview
from nacre.blending import blend, reach_lower
from nacre.checkpoint import load_codec
from nacre.data import Images
from nacre.description import HALO, MARGIN, hyper_tables
from nacre.evaluate import bd_rate, images_in, ms_ssim, pad_to_multiple, read_image
from nacre.exact import context_of
from nacre.exactness import exactness_cases, made_up_integers
from nacre.export import as_stored, export
from nacre.gaussian import bits, scale_of
from nacre.macs import measure
from nacre.onnx_graph import share_weights, write_graphs
from nacre.preview import add_preview, fidelity, fit_preview
from nacre.shipped import load_shipped
from nacre.verification import MARGIN_DRIFT, OnnxCodec, margin_drift, verify

ALLOWED = {
    "Abs", "Add", "Cast", "Clip", "Concat", "Conv", "DepthToSpace", "Div", "Exp", "Floor", "Gather",
    "Identity", "LeakyRelu", "MatMul", "Mul", "Reshape", "Shape", "SpaceToDepth", "Sub", "Tile",
}  # fmt: skip
EXACT = {
    "Add",
    "Cast",
    "Clip",
    "Concat",
    "Conv",
    "DepthToSpace",
    "Floor",
    "Gather",
    "Identity",
    "Mul",
}


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory, drawn: Path) -> Path:
    from make_fixture import SIZES

    from nacre.train import Run, parser

    out = tmp_path_factory.mktemp("export")
    command = [str(drawn), "--out", str(out), "--steps", "30", "--crop", "64", "--device", "cpu"]
    command += ["--batch", "4", "--distortion", "mse"]
    Run(parser().parse_args([*command, *SIZES.split()])).train()
    codec, _ = load_codec(out / "checkpoint.pt")
    export(codec, out / "tiny", "psnr", {}, images_in(drawn)[:2])
    return out


def graphs_of(folder: Path) -> dict[str, onnx.ModelProto]:
    return {path.stem: onnx.load(path) for path in (folder / "tiny").glob("*.onnx")}


def test_folder_is_complete(folder: Path):
    description = json.loads((folder / "tiny" / "model.json").read_text())
    bitstream = description["bitstream"]
    entries = bitstream["graphs"] | description["encoder"]["graphs"]
    assert sorted(entries) == ["analysis", "means", "scales", "synthesis"]
    for entry in entries.values():
        assert (folder / "tiny" / entry["file"]).stat().st_size == entry["bytes"]
    assert description["margin"] == MARGIN <= bitstream["halo"] == HALO
    tables = base64.b64decode(bitstream["hyperTables"])
    assert len(tables) == bitstream["levels"] * bitstream["hyperChannels"]
    assert max(tables) < len(bitstream["tables"]["frequencies"])


def test_reaching_lower_moves_the_first_knots_alone(folder: Path):
    codec, _ = load_codec(folder / "checkpoint.pt")
    before = codec.gain.knots.clone()
    reach_lower(codec, 0.5)
    assert torch.allclose(codec.gain.knots[0], before[0] + 0.5 * (before[0] - before[1]))
    assert torch.equal(codec.gain.knots[1:], before[1:])


def test_a_blend_lies_between_its_models(folder: Path):
    codec, _ = load_codec(folder / "checkpoint.pt")
    other = load_shipped(folder / "tiny")
    before, towards = codec.g_a.stem.weight.clone(), other.g_a.stem.weight + 1
    other.g_a.stem.weight.data.add_(1)
    blend(codec, other, 0.25)
    assert torch.allclose(codec.g_a.stem.weight, 0.75 * before + 0.25 * towards)
    with pytest.raises(ValueError, match="different architectures"):
        blend(codec, load_shipped(MODELS / "photo-6"), 0.25)


def test_a_run_can_start_from_an_exported_folder(folder: Path):
    """The graphs of what is read back are those of the folder; offsets per level are fitted."""
    codec = load_shipped(folder / "tiny")
    graphs = graphs_of(folder)
    for name, again in write_graphs(as_stored(codec)).items():
        stored = {i.name: numpy_helper.to_array(i) for i in graphs[name].graph.initializer}
        for initializer in again.graph.initializer:
            difference = stored[initializer.name] - numpy_helper.to_array(initializer)
            allowed = 2 if initializer.name == "scales.conv1.bias" else 0
            assert np.abs(difference).max(initial=0) <= allowed, initializer.name
    description = json.loads((folder / "tiny" / "model.json").read_text())
    rows = (description["bitstream"]["hyperTables"], hyper_tables(codec.z_index))
    before, after = (np.frombuffer(base64.b64decode(r), np.uint8).astype(int) for r in rows)
    assert np.abs(before - after).max() <= 1


def test_a_preview_is_the_image_averaged(folder: Path, drawn: Path, tmp_path: Path):
    shutil.copytree(folder / "tiny", tmp_path / "tiny")
    codec = load_shipped(tmp_path / "tiny").eval()
    layer = fit_preview(codec, Images([drawn], 64), 10)
    path = add_preview(tmp_path / "tiny", codec, layer)
    assert fidelity(path, codec, images_in(drawn)[:4], 50) > 35
    # With the layer's bias alone it would be a flat colour.
    layer.weight.data.zero_()
    flat = add_preview(tmp_path / "tiny", codec, layer)
    assert fidelity(flat, codec, images_in(drawn)[:4], 50) < 30


def test_a_preview_takes_its_means_from_the_synthesis(folder: Path, drawn: Path, tmp_path: Path):
    shutil.copytree(folder / "tiny", tmp_path / "tiny")
    before = json.loads((tmp_path / "tiny" / "model.json").read_text())
    codec = load_shipped(tmp_path / "tiny").eval()
    path = add_preview(tmp_path / "tiny", codec, torch.nn.Conv2d(16, 12, 3, padding=1))
    model = onnx.load(path, load_external_data=False)
    outside = {t.name: t.external_data for t in model.graph.initializer if t.external_data}
    assert "means.context2.weight" in outside and "preview.weight" not in outside
    assert {e.value for x in outside.values() for e in x if e.key == "location"} == {
        "synthesis.onnx"
    }
    after = json.loads((tmp_path / "tiny" / "model.json").read_text())
    digest = hashlib.sha256(path.read_bytes()).hexdigest()
    bytes_ = path.stat().st_size
    assert after.pop("preview") == {"file": "preview.onnx", "sha256": digest, "bytes": bytes_}
    assert after == before
    assert measure(tmp_path / "tiny")["previewKmacPerPixel"] > 0


def test_a_preview_that_differs_leaves_the_one_before(
    folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    shutil.copytree(folder / "tiny", tmp_path / "tiny")
    codec = load_shipped(tmp_path / "tiny").eval()
    layer = torch.nn.Conv2d(16, 12, 3, padding=1)
    add_preview(tmp_path / "tiny", codec, layer)

    def content() -> dict[str, bytes]:
        return {path.name: path.read_bytes() for path in (tmp_path / "tiny").iterdir()}

    before = content()
    nothing = torch.nn.Conv2d(16, 12, 3, padding=1)
    nothing.bias.data.fill_(math.nan)
    with pytest.raises(ValueError, match="differs by nan"):
        add_preview(tmp_path / "tiny", codec, nothing)
    assert content() == before

    def share_others(model: onnx.ModelProto, other: Path) -> None:
        """Refers to the places of weights two bytes too early."""
        share_weights(model, other)
        for tensor in model.graph.initializer:
            for item in tensor.external_data:
                if item.key == "offset":
                    item.value = str(int(item.value) - 2)

    monkeypatch.setattr(preview, "share_weights", share_others)
    with pytest.raises(ValueError, match="differs"):
        add_preview(tmp_path / "tiny", codec, layer)
    assert content() == before


def test_a_folder_without_a_weight_is_refused(folder: Path, tmp_path: Path):
    shutil.copytree(folder / "tiny", tmp_path / "tiny")
    (tmp_path / "tiny" / "means.onnx").unlink()
    (tmp_path / "tiny" / "synthesis.onnx").unlink()
    with pytest.raises(ValueError, match="has no weight g_s"):
        load_shipped(tmp_path / "tiny")
    shutil.copytree(folder / "tiny", tmp_path / "other")
    (tmp_path / "other" / "scales.onnx").unlink()
    with pytest.raises(ValueError, match="has no weight scales.conv1.weight"):
        load_shipped(tmp_path / "other")


def test_graphs_hold_only_cheap_operations_and_small_weights(folder: Path):
    for name, model in graphs_of(folder).items():
        operations = {node.op_type for node in model.graph.node}
        assert operations <= (EXACT if name == "scales" else ALLOWED), name
        for conv in (node for node in model.graph.node if node.op_type == "Conv"):
            attributes = {a.name for a in conv.attribute}
            assert "pads" in attributes and "auto_pad" not in attributes
        for tensor in model.graph.initializer:
            kind = onnx.TensorProto.DataType.Name(tensor.data_type)
            assert kind in ("FLOAT16", "INT8", "INT32", "INT64") or np.prod(tensor.dims) <= 1200


def test_scale_network_is_the_same_at_every_optimisation_level(folder: Path):
    import onnxruntime as ort

    codec = as_stored(load_codec(folder / "checkpoint.pt")[0])
    recorded = json.loads((folder / "tiny" / "exactness.json").read_text())["cases"]
    assert exactness_cases(codec) == recorded
    z = np.random.default_rng(0).integers(-30, 30, (1, 8, 6, 5)).astype(np.float32)
    symbols = torch.from_numpy(made_up_integers(16 * 480, 3).reshape(1, 16, 24, 20))
    context = context_of(2, symbols)
    prior = codec.scales.prior(torch.from_numpy(z), torch.tensor([33]))
    expected = codec.scales.step(prior, context).detach().numpy()
    model, at = (folder / "tiny" / "scales.onnx").read_bytes(), np.array([33], np.int32)
    for level in (
        ort.GraphOptimizationLevel.ORT_DISABLE_ALL,
        ort.GraphOptimizationLevel.ORT_ENABLE_BASIC,
        ort.GraphOptimizationLevel.ORT_ENABLE_EXTENDED,
        ort.GraphOptimizationLevel.ORT_ENABLE_ALL,
    ):
        for threads in (1, 2):
            options = ort.SessionOptions()
            options.graph_optimization_level = level
            options.intra_op_num_threads = threads
            session = ort.InferenceSession(model, options, providers=["CPUExecutionProvider"])
            (index,) = session.run(None, {"z": z, "context": context.numpy(), "level": at})
            assert np.array_equal(index, expected)


def test_onnx_decodes_what_pytorch_quantizes(folder: Path, drawn: Path):
    codec = as_stored(load_codec(folder / "checkpoint.pt")[0])
    runtime = OnnxCodec(graphs_of(folder))
    x = pad_to_multiple(read_image(images_in(drawn)[0])[:, :, :100, :70])
    assert x.shape[2:] == (128, 128)
    out = codec.quantize(x, torch.tensor([60]))
    decoded = runtime.decode(out["symbols"].numpy(), out["z"].numpy(), 60)
    assert np.abs(decoded - out["x_hat"].numpy()).max() < 1 / 255
    coded = runtime.encode(x.numpy(), 60)
    assert np.abs(coded["symbols"] - out["symbols"].numpy()).mean() < 0.01


def test_a_graph_that_differs_is_not_exported(folder: Path, drawn: Path):
    codec = as_stored(load_codec(folder / "checkpoint.pt")[0])
    graphs = graphs_of(folder)
    codec.g_s.stem.bias.data += 0.01
    with pytest.raises(ValueError, match="Pixels differ"):
        verify(codec, graphs, images_in(drawn)[:1])
    codec.g_a.head.bias.data += 0.5
    with pytest.raises(ValueError, match="symbols of"):
        verify(codec, graphs, images_in(drawn)[:1])
    codec.g_a.head.bias.data -= 0.5
    codec.scales.head.bias.data += 1
    with pytest.raises(ValueError, match="Scale indices"):
        verify(codec, graphs, images_in(drawn)[:1])


def test_a_pixel_that_is_not_a_number_is_not_exported(folder: Path, drawn: Path):
    codec = as_stored(load_codec(folder / "checkpoint.pt")[0])
    images = images_in(drawn)[:1]
    codec.g_s.stem.bias.data[0] = math.nan
    with pytest.raises(ValueError, match="Pixels differ by nan"):
        verify(codec, graphs_of(folder), images)
    codec = as_stored(load_codec(folder / "checkpoint.pt")[0])
    for name in ("synthesis", "analysis"):
        spoilt = graphs_of(folder)
        bias = next(i for i in spoilt[name].graph.initializer if i.name.endswith("stem.bias"))
        array = numpy_helper.to_array(bias) * np.float16(math.nan)
        bias.CopyFrom(numpy_helper.from_array(array, bias.name))
        with pytest.raises(ValueError, match="differ"):
            verify(codec, spoilt, images)


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("g_s.stem.bias", math.nan),
        ("g_s.stem.bias", 7e4),  # fp16 ends at 65,504
        ("scales.conv1.weight", math.nan),
        ("z_index.knots", math.inf),
    ],
)
def test_a_weight_that_cannot_be_stored_is_refused(folder: Path, name: str, value: float):
    codec, _ = load_codec(folder / "checkpoint.pt")
    codec.get_parameter(name).data.view(-1)[0] = value
    with pytest.raises(ValueError, match=f"{name} has a weight that is not finite"):
        as_stored(codec)


def test_an_export_is_not_checked_on_nothing(folder: Path):
    codec, _ = load_codec(folder / "checkpoint.pt")
    with pytest.raises(ValueError, match="no image"):
        export(codec, folder / "unchecked", "psnr", {}, [])
    assert not (folder / "unchecked").exists()


def test_a_window_with_its_halo_decodes_as_the_whole(folder: Path):
    """What lies farther away than the halo moves no pixel."""
    runtime = OnnxCodec(graphs_of(folder))
    random = np.random.default_rng(1)
    halo = HALO // 64
    side = 2 * halo + 3
    z = random.integers(-9, 9, (1, 8, side, side)).astype(np.float32)
    symbols = random.integers(-9, 9, (1, 16, 4 * side, 4 * side)).astype(np.float32)
    other_z, other_symbols = -z, -symbols  # but for the outermost ring, as they were
    other_z[:, :, 1:-1, 1:-1] = z[:, :, 1:-1, 1:-1]
    other_symbols[:, :, 4:-4, 4:-4] = symbols[:, :, 4:-4, 4:-4]
    whole, changed = runtime.decode(symbols, z, 40), runtime.decode(other_symbols, other_z, 40)
    window = slice((halo + 1) * 64, (side - halo - 1) * 64)
    difference = np.abs(whole - changed)
    assert difference[:, :, window, window].max() <= 1e-5 < difference.max()


def test_a_window_with_its_margin_decodes_almost_as_the_whole(folder: Path):
    """On integers as wild as no image has."""
    runtime = OnnxCodec(graphs_of(folder))
    random = np.random.default_rng(1)
    z = random.integers(-9, 9, (1, 8, 10, 12)).astype(np.float32)
    symbols = random.integers(-9, 9, (1, 16, 40, 48)).astype(np.float32)
    whole = runtime.decode(symbols, z, 40)
    assert margin_drift(runtime, whole, symbols, z, 40) < MARGIN_DRIFT
    assert margin_drift(runtime, whole, -symbols, z, 40) > 1  # it can tell


def test_costs_are_counted(folder: Path):
    cost = measure(folder / "tiny")
    # g_s alone by hand: head 16·32/256, block (6·64 + 72)/64, stem 8·192/64; the rest is less.
    by_hand = (16 * 32 / 256 + (6 * 64 + 72) / 64 + 8 * 192 / 64) / 1000
    assert by_hand < cost["decoderKmacPerPixel"] < 3 * by_hand
    assert cost["decoderBytes"] < 60_000


def test_bd_rate():
    curve = {"bpp": [0.1, 0.2, 0.4, 0.8, 1.6], "psnr-rgb": [26.0, 28.5, 31.2, 34.1, 37.0]}
    assert bd_rate(curve, curve) == pytest.approx(0, abs=1e-9)
    less = {**curve, "bpp": [0.8 * b for b in curve["bpp"]]}
    assert bd_rate(curve, less) == pytest.approx(-20, abs=1e-6)
    assert math.isnan(bd_rate(curve, {"bpp": [1, 2], "psnr-rgb": [50, 60]}))


def test_ms_ssim():
    image = torch.rand(1, 3, 170, 200, generator=torch.Generator().manual_seed(0))
    assert ms_ssim(image, image) == pytest.approx(1, abs=1e-9)
    assert ms_ssim(image, image.flip(3)) < 0.2


MODELS = Path(__file__).parents[3] / "models"
SHIPPED = sorted(path.parent for path in MODELS.glob("*/model.json"))
SAMPLES = Path(__file__).parents[3] / "samples"


@pytest.mark.parametrize("folder", SHIPPED, ids=lambda folder: folder.name)
def test_shipped_models_are_small_enough_for_a_browser(folder: Path):
    cost = measure(folder)
    assert cost["decoderKmacPerPixel"] <= 13 and cost["encoderKmacPerPixel"] <= 80
    assert cost["decoderBytes"] <= 3_000_000


@pytest.mark.parametrize("folder", SHIPPED, ids=lambda folder: folder.name)
def test_real_files_are_as_long_as_estimated(folder: Path):
    """Within 1 % and the fixed overhead, for the samples in plain colours."""
    description = json.loads((folder / "model.json").read_text())
    graphs = {p.stem: onnx.load(p) for p in folder.glob("*.onnx")}
    runtime, shape = OnnxCodec(graphs), (description["bitstream"]["levels"], -1)
    tables = base64.b64decode(description["bitstream"]["hyperTables"])
    z_rows = torch.from_numpy(np.frombuffer(tables, np.uint8).reshape(shape).copy())
    for entry in json.loads((SAMPLES / "golden.json").read_text())["files"]:
        # Alpha and metadata are no part of the estimate.
        if entry["model"] != folder.name or entry["channels"] != 3:
            continue
        file = SAMPLES / entry["file"]
        level = entry["quality"] - 1
        x = pad_to_multiple(read_image(SAMPLES / entry["image"]))
        coded = {k: torch.from_numpy(v) for k, v in runtime.encode(x.numpy(), level).items()}
        z_scale = scale_of(z_rows[level].float())[None, :, None, None]
        estimate = bits(coded["symbols"], scale_of(coded["scale_index"])).sum()
        estimate = (estimate + bits(coded["z"], z_scale).sum()).item() / 8
        assert estimate - 8 <= file.stat().st_size <= 1.01 * estimate + 64, entry["file"]
