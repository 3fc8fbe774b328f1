"""The integer-exact scale network: z and earlier symbols to the table index of every latent.

Not here: anything that only shapes pixels. What this network computes decides how a file is
parsed, so it must give the same integers on every device. Weights and activations are integers
held in float32, every sum stays below 2^24 (where float32 is exact in any order of summation),
and layers are requantised by a power of two, Floor and Clip alone.
"""

from __future__ import annotations

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from nacre.context import STEPS, step_masks
from nacre.gaussian import SCALES
from nacre.rates import PerLevel
from nacre.transforms import depth_to_space

EXACT_LIMIT = 2**24
"""Every sum of |weight|·|activation| plus |bias| stays below this."""

WEIGHT_MAX = 127
Z_MAX = 127
"""Hyper-latents are clipped to ±Z_MAX before the network."""

Z_SHIFT = 2
"""z is read as z / 2^Z_SHIFT in the units the float weights are trained in."""

ACTIVATION_SHIFT = 8
ACTIVATION_MAX = 2**12 - 1
"""Hidden activations are 12-bit integers that stand for multiples of 2^-ACTIVATION_SHIFT."""

CONTEXT_MAX = 15
CONTEXT_SHIFT = 2
"""Symbols that a step knows are read as min(|symbol|, CONTEXT_MAX) / 2^CONTEXT_SHIFT."""

INDEX_SHIFT = 3
"""The last layer's integers are table indices, eight to the unit."""


class _Round(torch.autograd.Function):
    """Rounds half up as floor(x + ½); the gradient passes straight through."""

    @staticmethod
    def forward(ctx, x: Tensor) -> Tensor:
        return torch.floor(x + 0.5)

    @staticmethod
    def backward(ctx, grad: Tensor) -> Tensor:
        return grad


class _FloorClip(torch.autograd.Function):
    """clip(floor(x), 0, top); the gradient passes inside, and where it leads back inside."""

    @staticmethod
    def forward(ctx, x: Tensor, top: float) -> Tensor:
        ctx.save_for_backward(x)
        ctx.top = top
        return torch.floor(x).clamp(0, top)

    @staticmethod
    def backward(ctx, grad: Tensor) -> tuple[Tensor, None]:
        (x,) = ctx.saved_tensors
        below, above = x < 0, x >= ctx.top + 1
        blocked = (below & (grad > 0)) | (above & (grad < 0))
        return grad * ~blocked, None


def round_through(x: Tensor) -> Tensor:
    """Straight-through rounding, half up."""
    return _Round.apply(x)


class ExactConv(nn.Module):
    """Convolution on integers with a requantised, clipped integer output.

    Trained in the loop: the float weights are scaled per output channel by the largest power of
    two that keeps |w| ≤ 127 and the sum within 2^24, rounded, and used as they will be shipped.

    Args:
        in_channels, out_channels, kernel, groups: as in Conv2d; padding is kernel // 2.
        in_max: largest |input|.
        in_shift, out_shift: inputs and outputs stand for multiples of 2^-shift.
        out_max: outputs are clipped to 0..out_max.

    Shape:
        - Input: `(B, in_channels, H, W)` integers. `extra` (optional): `(B, out_channels, 1, 1)`
          added to the bias in float units.
        - Output: `(B, out_channels, H, W)` integers in 0..out_max.
    """

    def __init__(
        self,
        in_channels: int,
        out_channels: int,
        *,
        in_max: int,
        in_shift: int,
        out_shift: int,
        out_max: int,
        kernel: int = 1,
        groups: int = 1,
    ) -> None:
        super().__init__()
        conv = nn.Conv2d(in_channels, out_channels, kernel, groups=groups)
        self.weight, self.bias = conv.weight, conv.bias
        self.padding, self.groups = kernel // 2, groups
        self.in_max, self.in_shift = in_max, in_shift
        self.out_shift, self.out_max = out_shift, out_max

    def exponents(self) -> Tensor:
        """Per output channel, the power of two the float weights are multiplied by.

        The sum may take 7/8 of the 24 bits, less what rounding can add to each weight; the bias
        is clipped to the remaining eighth (see `integers`).

        Shape:
            - Output: `(out_channels,)`, integers as float32.
        """
        w = self.weight.detach().flatten(1).abs()
        budget = EXACT_LIMIT * 0.875 / self.in_max - 0.5 * w.shape[1]
        by_sum = budget / w.sum(1).clamp(min=1e-6)
        by_size = WEIGHT_MAX / w.amax(1).clamp(min=1e-6)
        return torch.minimum(by_sum, by_size).log2().floor().clamp(max=16)

    def integers(self, extra: Tensor | None = None) -> tuple[Tensor, Tensor, Tensor]:
        """Integer weight, integer bias and requantisation multiplier (a power of two).

        Args:
            extra: `(B, out_channels)` added to the bias in float units, or None for B = 1.

        Returns:
            weight like `self.weight`; bias `(B, out_channels)`, including the half that makes
            Floor round; multiplier `(out_channels,)`.
        """
        exponent = self.exponents()
        weight = round_through(self.weight * torch.exp2(exponent)[:, None, None, None])
        bias = self.bias if extra is None else self.bias + extra
        bias = bias + 2.0 ** (-self.out_shift - 1)
        bias = round_through(bias * torch.exp2(exponent + self.in_shift))
        bias = bias.clamp(1 - EXACT_LIMIT // 8, EXACT_LIMIT // 8 - 1)
        multiplier = torch.exp2(self.out_shift - self.in_shift - exponent)
        return weight.clamp(-WEIGHT_MAX, WEIGHT_MAX), bias.view(-1, len(multiplier)), multiplier

    def bound(self, extra: Tensor | None = None) -> Tensor:
        """Largest magnitude any sum can reach, per output channel; must be < 2^24.

        Shape:
            - Output: `(out_channels,)` float64.
        """
        weight, bias, _ = self.integers(extra)
        reach = weight.detach().double().flatten(1).abs().sum(1) * self.in_max
        return reach + bias.detach().double().abs().amax(0)

    def forward(self, x: Tensor, extra: Tensor | None = None) -> Tensor:
        flat = None if extra is None else extra.flatten(1)
        weight, bias, multiplier = self.integers(flat)
        x = F.conv2d(x, weight, padding=self.padding, groups=self.groups)
        x = (x + bias[:, :, None, None]) * multiplier[:, None, None]
        return _FloorClip.apply(x, self.out_max)


class ScaleNetwork(nn.Module):
    """Hyper-latents and the symbols of earlier steps to table indices, in integers.

    ::

        z ─ Clip ─ 1×1 (+ level) ─ D2S 2 ─ dw 3×3 ─ 1×1 ─ D2S 2 ─ dw 3×3 ─┬─ 1×1 ─ 1×1 ─ index
        context ─ 1×1 ─ dw 5×5 ───────────────────────────────────────────┘

    Every arrow is an `ExactConv`, so it ends in Floor and Clip (which is also the ReLU). The
    context is the magnitude of the symbols that are known, and which those are.

    Args:
        hyper: channels of z.
        m: latent channels.
        wide: hidden channels at 1/32; at 1/16 there are `wide` too.

    Shape:
        - Input: z `(B, hyper, H, W)` and symbols `(B, m, 4H, 4W)`, integers; level `(B,)`.
        - Output: `(B, m, 4H, 4W)`, integers 0..63 as float32.

    Reference:
        Ballé, Johnston and Minnen, "Integer networks for data compression with latent-variable
        models", ICLR 2019.
    """

    def __init__(self, hyper: int, m: int, wide: int) -> None:
        super().__init__()
        hidden = {
            "in_max": ACTIVATION_MAX,
            "in_shift": ACTIVATION_SHIFT,
            "out_shift": ACTIVATION_SHIFT,
            "out_max": ACTIVATION_MAX,
        }
        from_z = hidden | {"in_max": Z_MAX, "in_shift": Z_SHIFT}
        from_context = hidden | {"in_max": CONTEXT_MAX, "in_shift": CONTEXT_SHIFT}
        to_index = hidden | {"out_shift": INDEX_SHIFT, "out_max": SCALES - 1}
        self.level = PerLevel(4 * wide)
        self.conv1 = ExactConv(hyper, 4 * wide, **from_z)
        self.depthwise1 = ExactConv(wide, wide, kernel=3, groups=wide, **hidden)
        self.conv2 = ExactConv(wide, 4 * wide, **hidden)
        self.depthwise2 = ExactConv(wide, wide, kernel=3, groups=wide, **hidden)
        self.context1 = ExactConv(m + STEPS, wide, **from_context)
        self.context2 = ExactConv(wide, wide, kernel=5, groups=wide, **hidden)
        self.merge = ExactConv(2 * wide, wide, **hidden)
        self.head = ExactConv(wide, m, **to_index)
        # Activations are cut at zero, so start them in the middle of their range, and the indices
        # near 24, which is a scale of 1; the context starts with little influence.
        self.level.knots.data.add_(1.0)
        for conv in (self.depthwise1, self.depthwise2, self.context2):
            middle = conv.padding
            conv.weight.data.mul_(0.3)
            conv.weight.data[:, :, middle, middle].add_(1.0)
            conv.bias.data.fill_(0.5)
        for conv in (self.conv1, self.conv2, self.context1):
            conv.bias.data.fill_(0.5)
        self.merge.weight.data.mul_(0.1)
        self.merge.weight.data[:, :wide, 0, 0].add_(torch.eye(wide))
        self.head.weight.data.mul_(0.5)
        self.head.bias.data.fill_(24 / 2**INDEX_SHIFT)

    def prior(self, z: Tensor, level: Tensor) -> Tensor:
        """What z says about each place, `(B, wide, 4H, 4W)`; `step` takes it from there."""
        x = z.clamp(-Z_MAX, Z_MAX)
        x = depth_to_space(self.conv1(x, self.level(level)), 2)
        x = depth_to_space(self.conv2(self.depthwise1(x)), 2)
        return self.depthwise2(x)

    def step(self, prior: Tensor, context: Tensor) -> Tensor:
        """Table indices given a step's context (see `context_of`); right at its places alone."""
        context = self.context2(self.context1(context))
        return self.head(self.merge(torch.cat((prior, context), 1)))

    def forward(self, z: Tensor, symbols: Tensor, level: Tensor) -> Tensor:
        # Integers up to 2^24 need all of float32: no autocast, no TF32 (see train.py).
        with torch.autocast(z.device.type, enabled=False):
            # All steps at once, as the symbols are known here.
            contexts = torch.cat([context_of(k, symbols.float()) for k in range(STEPS)])
            index = self.step(self.prior(z.float(), level).repeat(STEPS, 1, 1, 1), contexts)
            masks = step_masks(symbols.shape[1], symbols)
            return sum(m * i for m, i in zip(masks, index.chunk(STEPS), strict=True))


def context_of(k: int, symbols: Tensor) -> Tensor:
    """What step k knows: min(|symbol|, 15), then for each quarter of the channels 15 or 0.

    A symbol of this step or a later one counts as 0. The last channels tell it from a 0 that was
    decoded: channel M + g is 15 at the places where channels g, g + 4, g + 8 … have been decoded.

    Shape:
        - Input: `(B, M, H, W)` integers. Output: `(B, M + 4, H, W)`.
    """
    masks = step_masks(symbols.shape[1], symbols)
    known = sum(masks[:k], torch.zeros_like(masks[0]))
    flags = (CONTEXT_MAX * known[:, :STEPS]).expand(len(symbols), -1, -1, -1)
    return torch.cat((known * symbols.abs().clamp(max=CONTEXT_MAX), flags), 1)
