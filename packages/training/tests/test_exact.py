"""The scale network is exact: float32 gives what 64-bit integers give."""

import copy

import numpy as np
import pytest
import torch

from nacre.context import STEPS, step_of
from nacre.exact import Z_MAX, ExactConv, ScaleNetwork
from nacre.exactness import made_up_integers
from nacre.onnx_graph import GraphBuilder, _exact_conv
from nacre.rates import LEVELS


def integer_conv(x: np.ndarray, conv: ExactConv, extra: torch.Tensor | None) -> np.ndarray:
    """`ExactConv` in int64, with shifts in place of multiplication."""
    weight, bias, multiplier = (v.detach().numpy() for v in conv.integers(extra))
    shift = np.round(-np.log2(multiplier)).astype(np.int64)
    weight, bias = weight.astype(np.int64), bias.astype(np.int64)
    pad, (out, per_group, kernel, _) = conv.padding, weight.shape
    x = np.pad(x, ((0, 0), (pad, pad), (pad, pad)))
    height, width = x.shape[1] - 2 * pad, x.shape[2] - 2 * pad
    result = np.zeros((out, height, width), np.int64)
    for o in range(out):
        first = o // (out // conv.groups) * per_group
        for i in range(per_group):
            for dy in range(kernel):
                for dx in range(kernel):
                    window = x[first + i, dy : dy + height, dx : dx + width]
                    result[o] += weight[o, i, dy, dx] * window
        result[o] += bias[0, o]
        result[o] = result[o] >> shift[o] if shift[o] >= 0 else result[o] << -shift[o]
    return result.clip(0, conv.out_max)


def integer_network(
    network: ScaleNetwork, z: np.ndarray, symbols: np.ndarray, level: int
) -> np.ndarray:
    def depth_to_space(x: np.ndarray) -> np.ndarray:
        c, h, w = x.shape
        x = x.reshape(2, 2, c // 4, h, w).transpose(2, 3, 0, 4, 1)
        return x.reshape(c // 4, 2 * h, 2 * w)

    extra = network.level.table()[level : level + 1]
    x = integer_conv(z.clip(-Z_MAX, Z_MAX), network.conv1, extra)
    x = integer_conv(depth_to_space(x), network.depthwise1, None)
    x = integer_conv(x, network.conv2, None)
    prior = integer_conv(depth_to_space(x), network.depthwise2, None)
    m, height, width = symbols.shape
    index = np.zeros_like(symbols)
    c, r, q = np.indices(symbols.shape)
    step = (2 * ((r + q) % 2) + r % 2) ^ (c % 4)
    for k in range(4):
        context = np.zeros((m + 4, height, width), np.int64)
        context[:m] = np.where(step < k, np.minimum(np.abs(symbols), 15), 0)
        context[m:] = np.where(step[:4] < k, 15, 0)
        x = integer_conv(integer_conv(context, network.context1, None), network.context2, None)
        x = integer_conv(np.concatenate((prior, x)), network.merge, None)
        index += np.where(step == k, integer_conv(x, network.head, None), 0)
    return index


@pytest.fixture
def network() -> ScaleNetwork:
    """Random weights of very different sizes per channel, as training may leave them."""
    torch.manual_seed(3)
    network = ScaleNetwork(8, 16, 12)
    for parameter in network.parameters():
        parameter.data.mul_(
            torch.exp2(
                torch.randint(-3, 4, parameter.shape[:1] + (1,) * (parameter.dim() - 1)).float()
            )
        )
    return network


def test_float32_equals_64_bit_integers(network: ScaleNetwork):
    for level in (0, 41, LEVELS - 1):
        z = made_up_integers(8 * 5 * 4, level + 1).reshape(1, 8, 5, 4) * 2  # some beyond ±127
        symbols = made_up_integers(16 * 20 * 16, level + 2).reshape(1, 16, 20, 16)
        index = network(*map(torch.from_numpy, (z, symbols)), torch.tensor([level]))
        expected = integer_network(
            network, z[0].astype(np.int64), symbols[0].astype(np.int64), level
        )
        assert np.array_equal(index[0].detach().numpy(), expected)
        assert len(np.unique(expected)) > 5


def test_a_batch_of_levels_equals_one_by_one(network: ScaleNetwork):
    z = torch.from_numpy(made_up_integers(3 * 8 * 4, 9).reshape(3, 8, 2, 2))
    symbols = torch.from_numpy(made_up_integers(3 * 16 * 64, 8).reshape(3, 16, 8, 8))
    levels = torch.tensor([0, 50, 99])
    whole = network(z, symbols, levels)
    for i in range(3):
        one = slice(i, i + 1)
        assert torch.equal(whole[one], network(z[one], symbols[one], levels[one]))


def test_a_step_sees_only_the_steps_before(network: ScaleNetwork):
    z = torch.from_numpy(made_up_integers(8 * 4, 9).reshape(1, 8, 2, 2))
    symbols = torch.from_numpy(made_up_integers(16 * 64, 8).reshape(1, 16, 8, 8))
    step, level = step_of(16, symbols), torch.tensor([50])
    assert [int((step == k).sum()) for k in range(STEPS)] == [256] * STEPS
    assert step[0, 0, :2, :2].tolist() == [[0, 2], [3, 1]]
    before = network(z, symbols, level)
    for k in range(STEPS):
        after = network(z, torch.where(step >= k, -7 * symbols + 3, symbols), level)
        changed = before != after
        assert not changed[step <= k].any()
        assert k == STEPS - 1 or changed[step > k].any()


def test_sums_stay_below_2_to_the_24_whatever_the_weights(network: ScaleNetwork):
    for factor in (1e-4, 1.0, 1e4):
        for conv in (m for m in network.modules() if isinstance(m, ExactConv)):
            scaled = copy.deepcopy(conv)
            for parameter in scaled.parameters():
                parameter.data.mul_(factor)
            assert scaled.bound().max() < 2**24


def test_export_refuses_a_sum_that_could_reach_2_to_the_24():
    conv = ExactConv(200, 4, in_max=4095, in_shift=8, out_shift=8, out_max=4095)
    conv.exponents = lambda: torch.full((4,), 16.0)  # every weight becomes 127
    conv.weight.data.fill_(1.0)
    with pytest.raises(ValueError, match="2\\^24"):
        _exact_conv(GraphBuilder("scales"), "x", conv, "conv")


def test_every_parameter_learns(network: ScaleNetwork):
    z = torch.from_numpy(made_up_integers(8 * 64, 5).reshape(1, 8, 8, 8))
    symbols = torch.from_numpy(made_up_integers(16 * 1024, 6).reshape(1, 16, 32, 32))
    index = network(z, symbols, torch.tensor([10]))
    (index - 30).square().mean().backward()
    for name, parameter in network.named_parameters():
        assert parameter.grad is not None and parameter.grad.abs().sum() > 0, name
