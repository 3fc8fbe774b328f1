"""Training learns, resumes exactly, and runs on two processes."""

import os
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
import torch
from drawn import write_images
from make_fixture import SIZES
from PIL import Image

from nacre.checkpoint import load_checkpoint, load_codec
from nacre.data import Images
from nacre.draw import KINDS, draw_image
from nacre.evaluate import images_in, rate_distortion
from nacre.model import Architecture, Codec
from nacre.shipped import load_shipped
from nacre.train import Run, learning_rate, parser

TINY = Path(__file__).parents[3] / "test" / "fixtures" / "tiny"


@torch.no_grad()
def loss_on_fixed_crops(run: Run, codec: Codec) -> float:
    """Mean training loss over crops, levels and noise that are the same at every call."""
    state, total = run.generator.get_state(), 0.0
    run.generator.manual_seed(123)
    for _ in range(8):
        x, level, noise_y, noise_z = run.draw()
        out, lmbda = codec(x, level, noise_y, noise_z), codec.lmbda[level]
        loss = (lmbda * 255**2 * out["mse"] + out["bpp_y"] + out["bpp_z"]) / lmbda.sqrt()
        total += loss.mean().item()
    run.generator.set_state(state)
    return total


def test_a_tiny_run_learns(tiny_run, tmp_path: Path, drawn: Path):
    length = ("--steps", "80", "--lr", "3e-3", "--warmup", "10")
    run = tiny_run(tmp_path, *length, "--random-start", "--eval", str(drawn))
    before = loss_on_fixed_crops(run, run.ema)
    run.train()
    assert loss_on_fixed_crops(run, run.ema) < 0.8 * before
    assert (tmp_path / "evaluation.png").stat().st_size > 1000
    assert len((tmp_path / "evaluation.tsv").read_text().splitlines()) == 1
    assert len((tmp_path / "train.tsv").read_text().splitlines()) == 1 + 80 // 5
    codec, facts = load_codec(tmp_path / "checkpoint.pt")
    assert facts["step"] == 80 and facts["pixels"] == 80 * 4 * 64**2
    result = rate_distortion(codec, images_in(drawn)[:3], (0, 50, 99))
    assert result["bpp"] == sorted(result["bpp"])


def test_a_step_for_the_eye_moves_both_transforms(tiny_run, tmp_path: Path):
    run = tiny_run(tmp_path, "--warmup", "1", "--distortion", "eye")
    before = [p.clone() for p in (*run.codec.g_a.parameters(), *run.codec.g_s.parameters())]
    values = run.train_step()
    after = (*run.codec.g_a.parameters(), *run.codec.g_s.parameters())
    assert all(value.isfinite() for value in values.values())
    moved = [not torch.equal(a, b) for a, b in zip(before, after, strict=True)]
    assert sum(moved) > len(moved) / 2


def test_new_blocks_of_a_started_run_begin_as_the_identity(tiny_run, tmp_path: Path):
    shipped = Path(__file__).resolve().parents[3] / "models/photo-6"
    small, grown = load_shipped(shipped), load_shipped(shipped, 5, 4)
    assert len(grown.g_a.blocks) == 5 and len(grown.g_s.blocks) == 4
    x, level = torch.rand(1, 3, 64, 64), torch.tensor([40])
    for name, image in small.quantize(x, level).items():
        assert torch.equal(image, grown.quantize(x, level)[name]), name


def test_warm_start_begins_ahead_of_a_random_start(tiny_run, tmp_path: Path):
    warm = tiny_run(tmp_path / "warm")
    random = tiny_run(tmp_path / "random", "--random-start")
    assert loss_on_fixed_crops(warm, warm.codec) < 0.7 * loss_on_fixed_crops(random, random.codec)


def test_resume_continues_exactly(tiny_run, tmp_path: Path):
    length = ("--steps", "12", "--save-every", "6")
    whole = tiny_run(tmp_path / "whole", *length)
    whole.train()
    first = tiny_run(tmp_path / "parts", *length)
    while first.step < 6:
        first.train_step()
    first.save()
    second = tiny_run(tmp_path / "parts", *length, "--resume")
    assert second.step == 6
    second.train()
    a, b = (load_checkpoint(tmp_path / name / "checkpoint.pt") for name in ("whole", "parts"))
    for part in ("codec", "ema"):
        for name, value in a[part].items():
            assert torch.equal(value, b[part][name]), name
    assert torch.equal(a["random"]["generator"], b["random"]["generator"])
    for one, other in zip(a["optimizers"], b["optimizers"], strict=True):
        torch.testing.assert_close(one["state"], other["state"], rtol=0, atol=0)


def test_two_processes_train_one_model_and_resume(tmp_path: Path, drawn: Path):
    def torchrun(*program: str) -> None:
        command = [sys.executable, "-m", "torch.distributed.run", "--standalone"]
        command += ["--nproc-per-node", "2", *program, str(drawn), "--out", str(tmp_path)]
        command += ["--batch", "2", "--crop", "64", "--device", "cpu", *SIZES.split()]
        command += ["--distortion", "mse"]
        environment = os.environ | {"OMP_NUM_THREADS": "1"}
        done = subprocess.run([*command, *steps], capture_output=True, timeout=300, env=environment)
        assert done.returncode == 0, done.stderr.decode()

    steps = ["--steps", "6"]
    torchrun("--", str(Path(__file__).with_name("two_processes.py")))
    state = load_checkpoint(tmp_path / "checkpoint.pt")
    assert state["step"] == 4 and state["pixels"] == 4 * 2 * 2 * 64**2
    other = load_checkpoint(tmp_path / "generator-1.pt")
    assert not torch.equal(state["random"]["generator"], other["generator"])
    steps.append("--resume")
    torchrun("-m", "--", "nacre.train")
    assert load_checkpoint(tmp_path / "checkpoint.pt")["step"] == 6


def test_resume_takes_another_learning_rate_but_refuses_other_settings(tiny_run, tmp_path: Path):
    tiny_run(tmp_path, "--clip", "1", "--lr", "1e-3").save()
    assert tiny_run(tmp_path, "--clip", "1", "--lr", "2e-3", "--resume").args.lr == 2e-3
    with pytest.raises(ValueError, match="clip 2.0"):
        tiny_run(tmp_path, "--clip", "2", "--lr", "1e-3", "--resume")


def test_a_new_run_does_not_overwrite_an_old_one(tiny_run, tmp_path: Path):
    short = ("--steps", "5", "--random-start")
    tiny_run(tmp_path, *short).train()
    before = (tmp_path / "checkpoint.pt").read_bytes()
    with pytest.raises(ValueError, match="--resume"):
        tiny_run(tmp_path, *short)
    assert (tmp_path / "checkpoint.pt").read_bytes() == before
    # What died before its first checkpoint leaves a log of nothing.
    (tmp_path / "checkpoint.pt").unlink()
    tiny_run(tmp_path, *short).train()
    assert len((tmp_path / "train.tsv").read_text().splitlines()) == 2


def test_a_resumed_run_has_the_architecture_of_its_checkpoint(tmp_path: Path, drawn: Path):
    line = [str(drawn), "--out", str(tmp_path), "--device", "cpu", "--crop", "64", "--batch", "4"]
    line.append("--random-start")
    first = Run(parser().parse_args([*line, *SIZES.split()]))
    first.save()
    second = Run(parser().parse_args([*line, "--resume"]))
    assert second.architecture == first.architecture != Architecture()
    with pytest.raises(ValueError, match=r"merge 12 \(is 8\)"):
        Run(parser().parse_args([*line, "--resume", "--merge", "12"]))


def test_a_run_from_a_model_folder_has_its_architecture(tmp_path: Path, drawn: Path):
    line = [str(drawn), "--out", str(tmp_path), "--device", "cpu", "--crop", "64", "--batch", "4"]
    line += ["--start", str(TINY)]
    with pytest.raises(ValueError, match=r"n 9 \(is 8\)"):
        Run(parser().parse_args([*line, "--n", "9"]))
    run = Run(parser().parse_args([*line, "--n", "8"]))
    assert run.architecture.n == 8
    run.save()
    with pytest.raises(ValueError, match="start None"):
        Run(parser().parse_args([*line[:-2], "--resume"]))
    Run(parser().parse_args([*line, "--resume"]))


def test_a_gradient_that_is_not_finite_leaves_the_last_checkpoint(tiny_run, tmp_path: Path):
    run = tiny_run(tmp_path, "--steps", "4", "--save-every", "2")
    run.train_step()
    run.save()
    run.codec.g_s.stem.bias.data.fill_(float("nan"))
    with pytest.raises(FloatingPointError, match="step 2"):
        run.train()
    assert load_checkpoint(tmp_path / "checkpoint.pt")["step"] == 1


def test_learning_rate_warms_up_stays_and_falls():
    rate = [learning_rate(s, peak=1.0, steps=1000, warmup=100) for s in range(1000)]
    assert rate[0] == pytest.approx(0.01) and rate[100:501] == [1.0] * 401
    assert rate[501:] == sorted(rate[501:], reverse=True)
    assert rate[-1] == pytest.approx(0.02, abs=1e-3)


def test_crops_are_windows_of_the_images(drawn: Path):
    data = Images([drawn], 64)
    assert len(data) == 8
    generator = torch.Generator().manual_seed(0)
    batch = (data.batch(3, generator) * 255).round().to(torch.uint8)
    images = data.pixels.reshape(8, 128, 128, 3).permute(0, 3, 1, 2)
    for crop in batch:
        turned = [t for k in (crop, crop.flip(1), crop.flip(2), crop.flip(1, 2)) for t in (k, k.mT)]
        windows = images.unfold(2, 64, 1).unfold(3, 64, 1)
        corner = windows[:, :, :, :, 0, 0]
        found = False
        for t in turned:
            for p, i, j in (corner == t[:, 0, 0][None, :, None, None]).all(1).nonzero().tolist():
                found = found or torch.equal(windows[p, :, i, j], t)
        assert found


def test_a_limit_limits_what_is_decoded(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    write_images(tmp_path, 8, 128)
    Image.new("RGB", (32, 32)).save(tmp_path / "01.png")
    decoded, read = [], Image.open
    monkeypatch.setattr(Image, "open", lambda file: decoded.append(file) or read(file))
    assert len(Images([tmp_path], 64, limit=3)) == 3
    assert len(decoded) == 4  # one of them too small


def test_too_small_images_are_refused(drawn: Path):
    with pytest.raises(ValueError, match="256"):
        Images([drawn], 256)


def test_drawn_images_are_the_same_for_a_seed_and_of_every_kind():
    assert np.array_equal(draw_image(3), draw_image(3))
    assert not np.array_equal(draw_image(3), draw_image(4))
    for kind in KINDS:
        panel = kind(np.random.default_rng(1))
        assert panel.shape == (256, 256, 3) and np.ptp(panel) > 10, kind.__name__


def test_an_image_beyond_the_largest_loss_does_not_drown_the_others(tiny_run, tmp_path: Path):
    """Doubling what is far beyond it changes nothing."""
    norms = []
    for factor in (1, 2):
        run = tiny_run(tmp_path / str(factor))
        forward = run.model

        def louder(*inputs, forward=forward, factor=factor):
            out = forward(*inputs)
            return out | {"mse": 1e4 * factor * out["mse"]}

        run.model = louder
        norms.append(run.train_step()["norm"].item())
    assert norms[0] == pytest.approx(norms[1], rel=0.01)
