"""The whole codec as one trainable module: transforms, gains, hyperprior, means and scales.

Not here: data, optimiser and schedule (train.py), or writing ONNX (export.py).
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import asdict, dataclass

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from nacre.context import STEPS, step_masks
from nacre.exact import Z_MAX, ScaleNetwork, round_through
from nacre.gaussian import bits, scale_of
from nacre.rates import KNOTS, PerLevel, lmbda_table
from nacre.transforms import SLOPE, Analysis, Synthesis, depth_to_space, in_float32


@dataclass(frozen=True)
class Architecture:
    """Sizes of the networks; everything `Codec` needs to be built again.

    Attributes:
        n: channels at 1/8 resolution.
        m: latent channels at 1/16.
        hyper: hyper-latent channels at 1/64.
        wide: channels inside hyper analysis, mean prior and context.
        merge: hidden channels of the means where prior and context meet.
        exact_wide: hidden channels of the integer scale network.
        analysis_blocks, synthesis_blocks: residual blocks of g_a and g_s.
        lmbda_min, lmbda_max: lmbda of the lowest and the highest level.
    """

    n: int = 128
    m: int = 320
    hyper: int = 64
    wide: int = 128
    merge: int = 192
    exact_wide: int = 96
    analysis_blocks: int = 4
    synthesis_blocks: int = 3
    lmbda_min: float = 0.0006
    lmbda_max: float = 0.4

    def to_dict(self) -> dict[str, int | float]:
        return asdict(self)


class HyperAnalysis(nn.Module):
    """h_a: scaled latents to hyper-latents z at a quarter of their resolution.

    ::

        y / (1 + 0.1|y|) ─ 3×3 /2 ─ LeakyReLU ─ 3×3 /2 ─ + level ─ z

    The soft compression keeps large low-frequency latents from drowning the rest; the per-level
    offset centres z, so that its prior needs no mean.

    Shape:
        - Input: `(B, M, H, W)`, H and W multiples of 4; level `(B,)`.
        - Output: `(B, hyper, H/4, W/4)`, not rounded.
    """

    def __init__(self, m: int, wide: int, hyper: int) -> None:
        super().__init__()
        self.conv1 = nn.Conv2d(m, wide, 3, stride=2, padding=1)
        self.conv2 = nn.Conv2d(wide, hyper, 3, stride=2, padding=1)
        self.level = PerLevel(hyper)

    def forward(self, y: Tensor, level: Tensor) -> Tensor:
        y = y / (1 + 0.1 * y.abs())
        return in_float32(self.conv2, F.leaky_relu(self.conv1(y), SLOPE)) + self.level(level)


class Means(nn.Module):
    """Means of the latents from z and, step by step, from the latents decoded before.

    ::

        z ─ 1×1 ─ D2S 2 ─ + level ─ 3×3 ─ 1×1 ─ D2S 2 ─ 1×1 ──────────── + ─ 1×1 ─ mu
        y_hat of earlier steps ─ 1×1 ─ depthwise 5×5 ─ 1×1 ─ + where ────┘

    A LeakyReLU follows `+ level`, the 3×3, the second D2S and the sum. All steps share their
    weights but for `where`: an offset for each step and each of the four kinds of places (see
    context.py). This network is ordinary float: a mean is added after parsing, so what differs
    between devices moves a pixel invisibly and breaks nothing.

    Shape:
        - Input: z `(B, hyper, H/4, W/4)` integers; level `(B,)`.
        - Output: `(B, M, H, W)`.

    Reference:
        Li, Li and Lu, "Neural video compression with diverse contexts", CVPR 2023 (steps that
        interleave places and channels).
    """

    def __init__(self, m: int, wide: int, merge: int, hyper: int) -> None:
        super().__init__()
        self.prior1 = nn.Conv2d(hyper, 4 * wide, 1)
        self.prior2 = nn.Conv2d(wide, wide, 3, padding=1)
        self.prior3 = nn.Conv2d(wide, 4 * wide, 1)
        self.prior4 = nn.Conv2d(wide, merge, 1)
        self.level = PerLevel(wide)
        # Without biases: nothing known gives nothing, wherever the border is.
        self.context1 = nn.Conv2d(m, wide, 1, bias=False)
        self.context2 = nn.Conv2d(wide, wide, 5, padding=2, groups=wide, bias=False)
        self.context3 = nn.Conv2d(wide, merge, 1, bias=False)
        self.where = nn.Parameter(torch.zeros(STEPS, merge, 4))
        self.head = nn.Conv2d(merge, m, 1)
        self.head.weight.data.mul_(0.1)
        self.head.bias.data.zero_()

    def features(self, z: Tensor, level: Tensor) -> Tensor:
        """What z says about each place, `(B, merge, H, W)`."""
        x = F.leaky_relu(depth_to_space(self.prior1(z), 2) + self.level(level), SLOPE)
        x = self.prior3(F.leaky_relu(self.prior2(x), SLOPE))
        return self.prior4(F.leaky_relu(depth_to_space(x, 2), SLOPE))

    def step(self, k: int, known: Tensor, features: Tensor) -> Tensor:
        """Means from the latents known before step k, 0 elsewhere; right at its places alone."""
        where = self.where[k].view(1, -1, 2, 2)
        x = features + where.repeat(1, 1, features.shape[2] // 2, features.shape[3] // 2)
        if k > 0:
            x = x + self.context3(self.context2(self.context1(known)))
        return in_float32(self.head, F.leaky_relu(x, SLOPE))

    def forward(self, reconstruct: Callable[[Tensor], Tensor], z: Tensor, level: Tensor) -> Tensor:
        """The means of all steps, each from the latents that the steps before it give.

        Args:
            reconstruct: decoded latents for given means, right where those are right; an
                encoder rounds there, a decoder adds the symbols it has read.
        """
        features = self.features(z, level)
        mu = known = features.new_zeros(())
        for k, mask in enumerate(step_masks(self.head.out_channels, features)):
            mu = mu + mask * self.step(k, known * reconstruct(mu), features)
            known = known + mask
        return mu


class Codec(nn.Module):
    """Variable-rate mean-and-scale hyperprior codec.

    ::

        x ─ g_a ─ ×gain ─ y ─┬─ − mu ─ round ─ symbols ─ + mu ─ y_hat ─ ×inverse gain ─ g_s ─ x_hat
                             └─ h_a ─ round ─ z ─┬─ means (z, earlier y_hat) ─ mu
                                                 └─ scales (z, earlier symbols) ─ table index

    Args:
        architecture: sizes.

    Reference:
        Minnen, Ballé and Toderici, "Joint autoregressive and hierarchical priors for learned
        image compression", NeurIPS 2018 (mean and scale hyperprior); Cui et al., CVPR 2021 (gains).
    """

    def __init__(self, architecture: Architecture) -> None:
        super().__init__()
        a = self.architecture = architecture
        self.g_a = Analysis(a.n, a.m, a.analysis_blocks)
        self.g_s = Synthesis(a.n, a.m, a.synthesis_blocks)
        self.h_a = HyperAnalysis(a.m, a.wide, a.hyper)
        self.means = Means(a.m, a.wide, a.merge, a.hyper)
        self.scales = ScaleNetwork(a.hyper, a.m, a.exact_wide)
        self.register_buffer("lmbda", lmbda_table(a.lmbda_min, a.lmbda_max), persistent=False)
        # At high rate the best step is about 1 / (50 √lmbda) for a loss in 255²·MSE and bpp.
        log_lmbda = torch.linspace(math.log(a.lmbda_min), math.log(a.lmbda_max), KNOTS)
        start = math.log(50) + 0.5 * log_lmbda
        self.gain = PerLevel(a.m, start)
        self.inverse_gain = PerLevel(a.m, -start)
        self.z_index = PerLevel(a.hyper, 25.0)

    def forward(
        self, x: Tensor, level: Tensor, noise_y: Tensor, noise_z: Tensor
    ) -> dict[str, Tensor]:
        """Training pass: additive noise for the slope of the rate, else straight-through rounding.

        Shape:
            - x: `(B, 3, H, W)` in 0..1, H and W multiples of 64; level: `(B,)` int64.
            - noise_y `(B, M, H/16, W/16)`, noise_z `(B, hyper, H/64, W/64)`: uniform on ±½.
            - Output: `x_hat` like x; `bpp_y`, `bpp_z`, `mse` `(B,)`.
        """
        y = self.g_a(x, level) * self.gain(level).exp()
        z = self.h_a(y, level)
        z_hat = round_through(z).clamp(-Z_MAX, Z_MAX)
        z_scale = scale_of(self.z_index(level).clamp(0, 63))
        mu = self.means(lambda mu: round_through(y - mu) + mu, z_hat, level)
        symbols = round_through(y - mu)
        index = self.scales(z_hat, symbols, level)
        y_hat = symbols + mu
        x_hat = self.g_s(y_hat * self.inverse_gain(level).exp(), level)

        pixels = x.shape[2] * x.shape[3]
        # The scales learn from the symbols they will code, y and the means through the noise:
        # rounding has no slope, and a rounded 0 would not move them.
        scale = scale_of(index)
        soft = bits(y - mu + noise_y, scale.detach())
        bits_y = bits(symbols.detach(), scale) + soft - soft.detach()
        bits_z = bits(z + noise_z, z_scale)
        return {
            "x_hat": x_hat,
            "bpp_y": bits_y.sum((1, 2, 3)) / pixels,
            "bpp_z": bits_z.sum((1, 2, 3)) / pixels,
            "mse": (x_hat - x).square().mean((1, 2, 3)),
        }

    @torch.no_grad()
    def quantize(self, x: Tensor, level: Tensor) -> dict[str, Tensor]:
        """What an encoder and a decoder do, with the estimated length of the file.

        Shape:
            - x as in `forward`.
            - Output: `symbols` and `scale_index` `(B, M, H/16, W/16)`,
              `z` `(B, hyper, H/64, W/64)`, `x_hat` like x, `bits` `(B,)`.
        """
        y = self.g_a(x, level) * self.gain(level).exp()
        z = torch.floor(self.h_a(y, level) + 0.5).clamp(-Z_MAX, Z_MAX)
        mu = self.means(lambda mu: torch.floor(y - mu + 0.5) + mu, z, level)
        symbols = torch.floor(y - mu + 0.5)
        index = self.scales(z, symbols, level)
        return {
            "symbols": symbols,
            "scale_index": index,
            "z": z,
            "x_hat": self.decode(symbols, z, level),
            "bits": self.estimate(symbols, index, z, level),
        }

    @torch.no_grad()
    def decode(self, symbols: Tensor, z: Tensor, level: Tensor) -> Tensor:
        """The image of symbols and hyper-latents, `(B, 3, H, W)`, not clipped."""
        y_hat = symbols + self.means(lambda mu: symbols + mu, z, level)
        return self.g_s(y_hat * self.inverse_gain(level).exp(), level)

    @torch.no_grad()
    def estimate(self, symbols: Tensor, scale_index: Tensor, z: Tensor, level: Tensor) -> Tensor:
        """Bits that symbols and hyper-latents take by the tables' distributions, `(B,)`."""
        z_scale = scale_of(self.z_index(level).clamp(0, 63).round())
        bits_y = bits(symbols, scale_of(scale_index)).sum((1, 2, 3))
        return bits_y + bits(z, z_scale).sum((1, 2, 3))
