"""What a reconstruction may be judged by: likelihoods, features of a network, a critic.

Not here: what is asked of the code or the weights (regularisers.py). A loss is called as
`loss(model, given, target)` and returns a scalar.
"""

from __future__ import annotations

import math
from collections.abc import Callable

import torch
import torch.nn.functional as F
from torch import Tensor, nn

Loss = Callable[[nn.Module, Tensor, Tensor], Tensor]


def mse(model: nn.Module, given: Tensor, target: Tensor) -> Tensor:
    """Mean squared error: up to scale and offset the Gaussian code length (`gaussian_nats`)."""
    return F.mse_loss(model(given), target)


def l1(model: nn.Module, given: Tensor, target: Tensor) -> Tensor:
    """Mean absolute error, the code length under a Laplacian: its minimum is a median."""
    return F.l1_loss(model(given), target)


def bce(model: nn.Module, given: Tensor, target: Tensor) -> Tensor:
    """Binary cross-entropy, the Bernoulli code length in nats, of outputs in 0..1."""
    return F.binary_cross_entropy(model(given).clamp(1e-6, 1 - 1e-6), target)


def classify(model: nn.Module, given: Tensor, target: Tensor) -> Tensor:
    """Cross-entropy of logits and labels."""
    return F.cross_entropy(model(given), target)


def gaussian_nats(output: Tensor, target: Tensor, variance: float) -> Tensor:
    """Mean over values of −log N(target; output, variance)."""
    squares = (output - target).square().mean()
    return squares / (2 * variance) + 0.5 * math.log(2 * math.pi * variance)


def plus(loss: Loss, weight: float, penalty: Loss) -> Loss:
    """`loss + weight · penalty`."""
    return lambda model, given, target: (
        loss(model, given, target) + weight * penalty(model, given, target)
    )


def perceptual(features: nn.Module) -> Loss:
    """Distance of the features that a fixed network finds, each channel to unit variance.

    Reference:
        Johnson, Alahi and Fei-Fei, "Perceptual losses for real-time style transfer and
        super-resolution", ECCV 2016.
    """
    features.requires_grad_(False)

    def loss(model: nn.Module, given: Tensor, target: Tensor) -> Tensor:
        wanted = features(target)
        spread = wanted.std((0, 2, 3), keepdim=True) + 1e-3
        return ((features(model(given)) - wanted) / spread).square().mean()

    return loss


class Adversarial:
    """A critic that learns to tell reconstructions from originals, one step per call.

    Args:
        critic: pictures to logits, positive for originals.
        rate: of the critic's own Adam.

    Reference:
        Goodfellow et al., "Generative adversarial nets", NeurIPS 2014 (the loss that does not
        saturate); Isola et al., CVPR 2017 (a critic of patches beside a pixel loss).
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
