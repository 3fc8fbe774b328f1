"""An adversarial loss: a critic learns what reconstructions lack, and asks for it.

The critic sees patches and learns to tell reconstructions from originals; the autoencoder is
trained to pass for an original as well as to be near its own. What gives a reconstruction away is
the missing detail, so the autoencoder draws some: likely texture, not the texture that was there.
PSNR falls, for invented detail at a wrong place costs twice its power. Both go on from one network
that MSE has trained: from the start, what a critic does to training would hide what it asks for.

Reference:
    Goodfellow et al., "Generative adversarial nets", NeurIPS 2014 (the loss that does not
    saturate); Isola et al., CVPR 2017 (a critic of patches beside a pixel loss); Agustsson et al.,
    "Generative adversarial networks for extreme learned image compression", ICCV 2019.
"""

from __future__ import annotations

from copy import deepcopy
from dataclasses import replace

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from lab.blocks import conv
from lab.data import Data, Setting, photographs
from lab.experiment import Check, Experiment, Measured, Models
from lab.experiments.perceptual import RECIPE, judge
from lab.figures import panels, show, table
from lab.trainer import fit, mse, plus

WEIGHT = 0.03


class Adversarial:
    """A critic that learns to tell reconstructions from originals, one step per call.

    Args:
        critic: images to logits, positive for originals.
        rate: of the critic's own Adam.
    """

    def __init__(self, critic: nn.Module, rate: float = 1e-3) -> None:
        self.critic = critic
        self.optimiser = torch.optim.Adam(critic.parameters(), lr=rate, betas=(0.5, 0.99))

    def __call__(self, model: nn.Module, given: Tensor, target: Tensor) -> Tensor:
        output = model(given)
        self.optimiser.zero_grad()
        told = F.softplus(self.critic(output.detach())) + F.softplus(-self.critic(target))
        told.mean().backward()
        self.optimiser.step()
        return F.softplus(-self.critic(output)).mean()


def critic() -> nn.Sequential:
    """Logits of overlapping patches of 11×11 pixels."""
    return nn.Sequential(
        conv(3, 16, 2), nn.LeakyReLU(0.2), conv(16, 24), nn.LeakyReLU(0.2),
        conv(24, 1),
    )  # fmt: skip


def measure(data: Data, models: Models, setting: Setting) -> Measured:
    torch.manual_seed(setting.seed)
    losses = {"MSE": mse, "critic": plus(mse, WEIGHT, Adversarial(critic()))}
    again = replace(RECIPE, model=lambda _: deepcopy(models["start"]))
    ended = {name: fit(replace(again, loss=loss), data, setting) for name, loss in losses.items()}
    rows, shown = judge(data, ended)
    (_, *before), (_, *after) = rows
    values = {
        "lost": before[0] - after[0],
        "ssim": after[1] - before[1],
        "MSE": before[2],
        "critic": after[2],
        "closer": abs(before[2] - 1) - abs(after[2] - 1),
    }
    figure, (axes,) = panels("Crops of photographs", size=(6, 2.8))
    show(axes, shown)
    return Measured(values, table(["loss", "PSNR (dB)", "SSIM", "fine detail"], rows), figure)


SPEC = Experiment(
    group=5,
    title="An adversarial loss",
    claim="Compared with MSE, a critic beside it gives up PSNR, and brings the power of fine "
    "detail closer to that of the original.",
    data=lambda setting: photographs(setting, side=16 if setting.quick else 32),
    trains={"start": RECIPE},
    measure=measure,
    checks=(
        Check("lost", ">", 0, "PSNR given up, dB"),
        Check("closer", ">", 0, "how much closer fine detail comes to the original's power"),
    ),
    result="The critic costs {lost:.2f} dB of PSNR (and changes SSIM by {ssim:+.3f}); the power "
    "at high frequencies is {critic:.2f} of the original's, with MSE {MSE:.2f}.",
)
