"""An adversarial loss: a critic learns what reconstructions lack, and asks for it.

The critic sees patches and learns to tell reconstructions from originals; the autoencoder is
trained to pass for an original as well as to be near its own. What gives a reconstruction away is
the missing detail, so the autoencoder draws some: likely texture, not the texture that was there.
PSNR falls, for invented detail at a wrong place costs twice its power.

Reference:
    Goodfellow et al., NeurIPS 2014; Agustsson et al., "Generative adversarial networks for extreme
    learned image compression", ICCV 2019.
"""

from __future__ import annotations

from torch import nn

from nacre.lab.blocks import conv
from nacre.lab.data import photographs
from nacre.lab.experiment import Check, Experiment
from nacre.lab.experiments.perceptual import autoencoder, compare
from nacre.lab.losses import Adversarial, mse, plus
from nacre.lab.trainer import Recipe


def critic() -> nn.Sequential:
    """Logits of overlapping patches of 11×11 pixels."""
    return nn.Sequential(
        conv(3, 16, 2), nn.LeakyReLU(0.2), conv(16, 24), nn.LeakyReLU(0.2),
        conv(24, 1),
    )  # fmt: skip


SPEC = Experiment(
    group=5,
    title="An adversarial loss",
    claim="Compared with MSE, a critic beside it gives up PSNR, and brings the power of fine "
    "detail closer to that of the original.",
    data=photographs,
    trains={
        "MSE": Recipe(autoencoder, steps=400, quick=200, batch=16),
        "critic": Recipe(
            autoencoder,
            loss_of=lambda _: plus(mse, 0.03, Adversarial(critic())),
            steps=400,
            quick=200,
            batch=16,
        ),
    },
    measure=lambda data, models, setting: compare(data, models, "critic"),
    checks=(
        Check("lost", ">", 0.2, "PSNR given up, dB"),
        Check("closer", ">", 0.02, "how much closer fine detail comes to the original's power"),
    ),
    result="The critic costs {lost:.2f} dB of PSNR (and changes SSIM by {ssim:+.3f}); the power "
    "at high frequencies is {other:.2f} of the original's, with MSE {MSE:.2f}.",
)
