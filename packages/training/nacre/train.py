"""Trains the codec from tar shards or folders of images, on the CPU or CUDA, alone or in DDP.

Not here: the model (model.py), the data (data.py), evaluation (evaluate.py).

    python -m nacre.train DATA --out runs/photo-6 --steps 24000
    python -m nacre.train DATA --out runs/photo-6 --steps 24000 --resume
    python -m nacre.train DATA --out runs/photo-7 --steps 4000 --start ../../models/photo-6
    torchrun --nproc-per-node 8 -m -- nacre.train DATA --out runs/photo-8
"""

from __future__ import annotations

import argparse
import contextlib
import copy
import math
import os
import sys
import time
from dataclasses import fields
from pathlib import Path
from typing import Any

import torch
import torch.distributed as dist
from pytorch_optimizer import SOAP
from torch import Tensor, nn
from torch.nn.parallel import DistributedDataParallel
from tqdm import tqdm

from nacre.checkpoint import load_checkpoint, save_checkpoint
from nacre.command import count, crop_side, input_errors
from nacre.data import Images
from nacre.distortion import DISTORTIONS, compile_kernels
from nacre.evaluate import bd_rate, images_in, plot, rate_distortion, read_anchors
from nacre.model import Architecture, Codec
from nacre.pca import warm_start
from nacre.rates import LEVELS
from nacre.shipped import load_shipped


def learning_rate(step: int, *, peak: float, steps: int, warmup: int) -> float:
    """Linear warm-up, flat for half of the run, then a cosine down to 2 % of the peak."""
    if step < warmup:
        return peak * (step + 1) / warmup
    half = steps / 2
    done = min(1.0, max(0.0, (step - half) / max(1.0, steps - half)))
    return peak * (0.02 + 0.98 * 0.5 * (1 + math.cos(math.pi * done)))


@torch.no_grad()
def update_average(average: nn.Module, model: nn.Module, step: int, decay: float = 0.999) -> None:
    """Exponential moving average of the weights, over a shorter past in the first steps."""
    decay = min(decay, (1 + step) / (10 + step))
    torch._foreach_lerp_(list(average.parameters()), list(model.parameters()), 1 - decay)


def make_optimizers(codec: nn.Module, lr: float) -> list[torch.optim.Optimizer]:
    """SOAP for the weights that mix channels, Adam for all else (biases, depthwise, per level).

    SOAP runs Adam in the eigenbasis of Shampoo's preconditioner; ABLATIONS.md says what it buys.

    Reference:
        Vyas et al., "SOAP: Improving and stabilizing Shampoo using Adam", ICLR 2025.
    """
    mixing = [p for p in codec.parameters() if p.dim() == 4 and p.shape[1] > 1]
    chosen = {id(p) for p in mixing}
    others = [p for p in codec.parameters() if id(p) not in chosen]
    soap = SOAP(mixing, lr=lr, weight_decay=0.0)
    return [soap, torch.optim.Adam(others, lr=lr, betas=(0.95, 0.99), fused=True)]


LOSS_MAX = 40.0
"""An image whose loss is larger counts as if it were this: photographs lie at 4 to 20, and drawn
patterns at up to 1,400, which would leave the photographs no say in the clipped gradient."""

NOT_SETTINGS = {
    "sources", "out", "resume", "steps", "lr", "crop", "batch", "compile", "device", "eval",
    "anchor", "eval_every", "save_every", "log_every", "command",
    *(field.name for field in fields(Architecture)),
}  # fmt: skip
"""Arguments a resumed run may change, and those that `architecture_of` looks at."""


def settings_of(args: argparse.Namespace) -> dict[str, str]:
    """The arguments that a resumed run must share with its first part."""
    return {k: str(v) for k, v in vars(args).items() if k not in NOT_SETTINGS}


def check_same_settings(saved: dict[str, str], now: dict[str, str]) -> None:
    """Refuses to resume with other settings, which would go unnoticed.

    Raises:
        ValueError: naming the settings that differ.
    """
    # What an older checkpoint does not name was not given.
    was = {k: saved.get(k, "None") for k in now}
    differ = [f"{k} {v} (was {was[k]})" for k, v in now.items() if was[k] != v]
    if differ:
        raise ValueError(f"Cannot resume with other settings: {', '.join(differ)}")


def architecture_of(args: argparse.Namespace, fixed: Architecture | None = None) -> Architecture:
    """The architecture of the command line's options, or of the weights that a run begins with.

    Args:
        fixed: of those weights; an option that is given must agree with it.

    Raises:
        ValueError: naming the options that do not.
    """
    options = {field.name: getattr(args, field.name) for field in fields(Architecture)}
    given = {name: value for name, value in options.items() if value is not None}
    if fixed is None:
        return Architecture(**given)
    has = fixed.to_dict()
    differ = [
        f"{name} {value} (is {has[name]})" for name, value in given.items() if value != has[name]
    ]
    if differ:
        raise ValueError(f"The weights have another architecture: {', '.join(differ)}")
    return fixed


class Run:
    """One training run: everything that is saved and resumed.

    Args:
        args: the parsed command line (see `parser`).

    Raises:
        OSError, ValueError: when what the command line names is missing, cannot be used, or would
            be overwritten.
    """

    def __init__(self, args: argparse.Namespace) -> None:
        self.args = args
        self.rank = int(os.environ.get("RANK", 0))
        self.world = int(os.environ.get("WORLD_SIZE", 1))
        cuda = torch.cuda.is_available() and args.device != "cpu"
        if self.world > 1:
            dist.init_process_group("nccl" if cuda else "gloo")
        local = int(os.environ.get("LOCAL_RANK", 0))
        self.device = torch.device("cuda", local) if cuda else torch.device("cpu")
        if cuda:
            torch.cuda.set_device(self.device)
            torch.backends.cudnn.benchmark = True
        # The scale network multiplies integers up to 2^24: TF32 would round them.
        torch.backends.cuda.matmul.allow_tf32 = False
        torch.backends.cudnn.allow_tf32 = False

        saved = load_checkpoint(self.checkpoint_path()) if args.resume else None
        torch.manual_seed(args.seed)
        if saved:
            check_same_settings(saved["settings"], settings_of(args))
            self.codec = Codec(architecture_of(args, Architecture(**saved["architecture"])))
        elif self.checkpoint_path().exists():
            raise ValueError(
                f"{args.out} holds the checkpoint of a run: go on with it by --resume, or take "
                "another folder for --out"
            )
        elif args.start:
            self.codec = load_shipped(args.start, args.analysis_blocks, args.synthesis_blocks)
            architecture_of(args, self.codec.architecture)
        else:
            self.codec = Codec(architecture_of(args))
        self.architecture = self.codec.architecture
        # Read now, so that a wrong path does not end the run hours later.
        self.images = images_in(args.eval) if args.eval else []
        self.anchors = read_anchors(args.anchor)
        self.data = Images(args.sources, args.crop, self.device, args.limit)
        # Each process draws its own crops, levels and noise; the weights start alike.
        self.generator = torch.Generator(self.device).manual_seed(args.seed + 1 + self.rank)
        self.step, self.pixels, self.seconds = 0, 0, 0.0
        if not saved and not args.random_start and not args.start:
            patches = torch.Generator(self.device).manual_seed(args.seed)
            crops = max(1, 16_000_000 // args.crop**2)
            warm_start(self.codec.g_a, self.codec.g_s, self.data.batch(crops, patches).cpu())
        args.out.mkdir(parents=True, exist_ok=True)
        self.codec.to(self.device, memory_format=torch.channels_last)
        self.ema = copy.deepcopy(self.codec).eval().requires_grad_(False)
        self.optimizers = make_optimizers(self.codec, args.lr)
        if saved:
            self.restore(saved)
        compiled = cuda if args.compile is None else args.compile
        model = torch.compile(self.codec) if compiled else self.codec
        self.distortion = DISTORTIONS[args.distortion]
        if self.world > 1:
            # The buffers are constants: nothing to send round.
            model = DistributedDataParallel(model, broadcast_buffers=False)
        self.model = model

    def checkpoint_path(self, rank: int = 0) -> Path:
        """The file of process `rank` in the run's folder."""
        return self.args.out / ("checkpoint.pt" if rank == 0 else f"generator-{rank}.pt")

    def state(self) -> dict[str, Any]:
        """What a checkpoint holds: tensors and plain values, see `restore`."""
        return {
            "architecture": self.architecture.to_dict(),
            "settings": settings_of(self.args),
            "command": self.args.command,
            "device": torch.cuda.get_device_name() if self.device.type == "cuda" else "CPU",
            "codec": self.codec.state_dict(),
            "ema": self.ema.state_dict(),
            "optimizers": [optimizer.state_dict() for optimizer in self.optimizers],
            "random": self.random_state(),
            "step": self.step,
            "pixels": self.pixels,
            "seconds": self.seconds,
        }

    def restore(self, state: dict[str, Any]) -> None:
        """Takes up a checkpoint, and the random numbers where this process left them."""
        self.codec.load_state_dict(state["codec"])
        self.ema.load_state_dict(state["ema"])
        for optimizer, saved in zip(self.optimizers, state["optimizers"], strict=True):
            optimizer.load_state_dict(saved)
        self.step, self.pixels, self.seconds = state["step"], state["pixels"], state["seconds"]
        mine = self.checkpoint_path(self.rank)
        random = state["random"] if self.rank == 0 else mine.exists() and load_checkpoint(mine)
        here = {k: v for k, v in self.random_state().items() if k != "generator"}
        if random and all(random[key] == value for key, value in here.items()):
            self.generator.set_state(random["generator"])
        else:
            # Other processes or another device: no exact sequel exists, but a fresh one does.
            tqdm.write(
                "The run goes on with new random numbers: saved on other processes or devices"
            )
            self.generator.manual_seed(self.args.seed + 1 + self.rank + 1000 * self.step)

    def random_state(self) -> dict:
        """State of this process's generator, and what it must match to be taken up again."""
        return {
            "generator": self.generator.get_state(),
            "step": self.step,
            "world": self.world,
            "device": self.device.type,
        }

    def save(self) -> None:
        """Process 0 writes the checkpoint, the others the state of their generators."""
        state = self.state() if self.rank == 0 else self.random_state()
        save_checkpoint(self.checkpoint_path(self.rank), state)

    def draw(self) -> tuple[Tensor, Tensor, Tensor, Tensor]:
        """One batch: images, levels and the noise, all from the run's own generator."""
        a, b, side = self.architecture, self.args.batch, self.args.crop
        options = {"generator": self.generator, "device": self.device}
        x = self.data.batch(b, self.generator)
        # One level from each b-th of their range: the loss of a batch varies less.
        level = (torch.arange(b, device=self.device) + torch.rand(b, **options)) * (LEVELS / b)
        level = level.long().clamp(max=LEVELS - 1)
        noise_y = torch.rand((b, a.m, side // 16, side // 16), **options) - 0.5
        noise_z = torch.rand((b, a.hyper, side // 64, side // 64), **options) - 0.5
        channels_last = {"memory_format": torch.channels_last}
        return x, level, noise_y.contiguous(**channels_last), noise_z.contiguous(**channels_last)

    def autocast(self) -> contextlib.AbstractContextManager:
        """bf16 for the networks on CUDA, and on CPUs that multiply it."""
        bf16 = self.device.type == "cuda" or torch.cpu._is_avx512_bf16_supported()
        return torch.autocast(self.device.type, torch.bfloat16, enabled=bf16)

    def train_step(self) -> dict[str, Tensor]:
        """One optimiser step; returns device scalars, so that nothing waits for the device."""
        rate = learning_rate(
            self.step, peak=self.args.lr, steps=self.args.steps, warmup=self.args.warmup
        )
        for optimizer in self.optimizers:
            optimizer.param_groups[0]["lr"] = rate
        x, level, noise_y, noise_z = self.draw()
        with self.autocast():
            out = self.model(x, level, noise_y, noise_z)
        lmbda = self.codec.lmbda[level]
        bpp = out["bpp_y"] + out["bpp_z"]
        # Divided by √lmbda, so that high rates do not drown the low ones.
        losses = (self.distortion(x, out["x_hat"], level, lmbda) + bpp) / lmbda.sqrt()
        loss = (losses * (LOSS_MAX / losses.detach()).clamp(max=1)).mean()
        self.codec.zero_grad(set_to_none=True)
        loss.backward()
        norm = nn.utils.clip_grad_norm_(self.codec.parameters(), self.args.clip)
        for optimizer in self.optimizers:
            optimizer.step()
        update_average(self.ema, self.codec, self.step)
        self.step += 1
        self.pixels += x.shape[0] * x.shape[2] * x.shape[3] * self.world
        return {
            "loss": loss.detach(),
            "bpp": bpp.detach().mean(),
            "bpp_z": out["bpp_z"].detach().mean(),
            "psnr": -10 * out["mse"].detach().log10().mean(),
            "norm": norm.detach(),
        }

    def evaluate(self) -> str:
        """Evaluates the averaged weights, writes the plot and a line of evaluation.tsv."""
        result = rate_distortion(self.ema, self.images)
        deltas = {name: bd_rate(curve, result) for name, curve in self.anchors.items()}
        curves = self.anchors | {"nacre": result}
        plot(curves, f"step {self.step}", self.args.out / "evaluation.png")
        points = [
            f"{bpp:.4f}:{decibels:.3f}:{score:.2f}:{distance:.3f}"
            for _, bpp, decibels, score, distance in zip(*result.values(), strict=True)
        ]
        facts = [str(self.step), str(self.pixels), f"{self.seconds:.0f}"]
        with (self.args.out / "evaluation.tsv").open("a") as file:
            file.write("\t".join(facts + [f"{d:.2f}" for d in deltas.values()] + points) + "\n")
        against = ", ".join(f"{d:+.1f} % against {name}" for name, d in deltas.items())
        return f"step {self.step}: BD-rate {against or 'without anchors'}; " + " ".join(points)

    def train(self) -> None:
        """Runs to the last step, logging, saving and evaluating on the way."""
        args, log = self.args, self.args.out / "train.tsv"
        if args.distortion == "eye" and args.compile is not False:
            compile_kernels()
        leader = self.rank == 0
        if leader and (self.step == 0 or not log.exists()):
            columns = "step\tpixels\tseconds\tlr\tloss\tbpp\tbpp_z\tpsnr\tnorm\n"
            log.write_text(columns)
        bar = tqdm(total=args.steps, initial=self.step, disable=not leader, mininterval=10)
        sums: dict[str, Tensor] = {}
        since, begun = self.step, time.monotonic()
        while self.step < args.steps:
            values = self.train_step()
            sums = {k: sums.get(k, 0) + v for k, v in values.items()}
            bar.update()
            if self.step % args.log_every == 0 or self.step == args.steps:
                now = time.monotonic()
                self.seconds += now - begun
                speed = (self.step - since) * args.batch * args.crop**2 * self.world / (now - begun)
                begun, steps, since = now, self.step - since, self.step
                means = {k: (v / steps).item() for k, v in sums.items()}
                sums = {}
                if leader:
                    rate = self.optimizers[0].param_groups[0]["lr"]
                    row = [self.step, self.pixels, round(self.seconds), f"{rate:.2e}"]
                    row += [f"{v:.4f}" for v in means.values()]
                    with log.open("a") as file:
                        file.write("\t".join(map(str, row)) + "\n")
                    bar.set_postfix_str(
                        f"{speed / 1e6:.2f} Mpixel/s loss {means['loss']:.3f} "
                        f"{means['bpp']:.3f} bpp {means['psnr']:.2f} dB"
                    )
            last = self.step == args.steps
            if self.step % args.save_every == 0 or last:
                if not math.isfinite(values["norm"].item()):
                    raise FloatingPointError(
                        f"The gradient is {values['norm']} at step {self.step}; the last good "
                        f"checkpoint is in {self.checkpoint_path()}"
                    )
                self.save()
            if self.images and leader and (self.step % args.eval_every == 0 or last):
                paused = time.monotonic()
                bar.write(self.evaluate())
                begun += time.monotonic() - paused
        bar.close()
        if self.world > 1:
            dist.destroy_process_group()


def command_line() -> str:
    """The command as typed, with paths cut to their last part: it goes into the model card."""
    words = [Path(word).name if "/" in word else word for word in sys.argv[1:]]
    return " ".join(["python -m nacre.train", *words])


def parser() -> argparse.ArgumentParser:
    p = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    p.add_argument("sources", type=Path, nargs="+", help="tar shards, folders or images")
    p.add_argument("--out", type=Path, required=True, help="folder for checkpoint and logs")
    p.add_argument("--resume", action="store_true", help="go on from the checkpoint in --out")
    p.add_argument("--steps", type=count, default=24000, help="length of the whole run")
    p.add_argument("--batch", type=count, default=16, help="images per step and process")
    p.add_argument("--crop", type=crop_side, default=192, help="side of crops, a multiple of 64")
    p.add_argument("--lr", type=float, default=3e-3, help="peak learning rate")
    p.add_argument("--warmup", type=int, default=100, help="steps of linear warm-up")
    p.add_argument("--clip", type=float, default=1.0, help="largest gradient norm")
    p.add_argument("--seed", type=int, default=0)
    p.add_argument(
        "--distortion",
        choices=sorted(DISTORTIONS),
        default="eye",
        help="what the loss weighs against the rate, see distortion.py",
    )
    p.add_argument("--limit", type=count, help="use only this many images")
    p.add_argument("--random-start", action="store_true", help="no PCA warm start")
    p.add_argument("--start", type=Path, help="a model folder whose weights a run begins with")
    p.add_argument(
        "--compile",
        action=argparse.BooleanOptionalAction,
        help="torch.compile; default: the distortion everywhere, the networks on CUDA",
    )
    p.add_argument("--device", choices=("auto", "cpu"), default="auto")
    p.add_argument("--eval", type=Path, help="folder of PNG files to evaluate on")
    p.add_argument("--anchor", type=Path, nargs="*", default=[], help="curves for BD-rates")
    p.add_argument("--eval-every", type=count, default=5000)
    p.add_argument("--save-every", type=count, default=500)
    p.add_argument("--log-every", type=count, default=50)
    for field in fields(Architecture):
        flag = "--" + field.name.replace("_", "-")
        told = f"see Architecture; {field.default} where no weights fix it"
        p.add_argument(flag, type=type(field.default), help=told)
    p.set_defaults(command=command_line())
    return p


def main(arguments: list[str] | None = None) -> None:
    args = parser().parse_args(arguments)
    # All input is read here; what goes wrong in the hours after keeps its traceback.
    with input_errors():
        run = Run(args)
    run.train()


if __name__ == "__main__":
    main()
