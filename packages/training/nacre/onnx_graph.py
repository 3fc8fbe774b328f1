"""Writes the codec's networks as ONNX graphs, node by node.

Not here: the model folder around them and its checks (export.py). Graphs are written by hand
rather than traced, since that alone fixes what matters here: which ops stand in the file
(Conv, DepthToSpace, SpaceToDepth and pointwise ops), explicit pads, dynamic height and width,
weights as fp16 or int8 with a Cast behind them, and the exact order of the integer network.
"""

from __future__ import annotations

import numpy as np
import onnx
from onnx import TensorProto, helper, numpy_helper
from torch import Tensor, nn

from nacre.exact import Z_MAX, ExactConv, ScaleNetwork
from nacre.model import Codec, HyperAnalysis, Means
from nacre.rates import PerLevel
from nacre.transforms import SLOPE, Analysis, ResidualBlock, Synthesis

OPSET = 17
IR_VERSION = 8


class GraphBuilder:
    """Collects nodes and initializers; every method returns the name of a value.

    Args:
        name: name of the graph.
    """

    def __init__(self, name: str) -> None:
        self.name = name
        self.nodes: list[onnx.NodeProto] = []
        self.initializers: dict[str, onnx.TensorProto] = {}
        self.inputs: list[onnx.ValueInfoProto] = []
        self.outputs: list[onnx.ValueInfoProto] = []

    def input(self, name: str, dims: list[int | str], kind: int = TensorProto.FLOAT) -> str:
        self.inputs.append(helper.make_tensor_value_info(name, kind, dims))
        return name

    def output(self, value: str, name: str, dims: list[int | str]) -> None:
        self.node("Identity", [value], name)
        self.outputs.append(helper.make_tensor_value_info(name, TensorProto.FLOAT, dims))

    def node(self, op: str, inputs: list[str], output: str | None = None, **attributes) -> str:
        output = output or f"{op.lower()}_{len(self.nodes)}"
        self.nodes.append(helper.make_node(op, inputs, [output], name=output, **attributes))
        return output

    def constant(self, value: np.ndarray, name: str | None = None) -> str:
        """Stores an array as it is; the same name is stored once."""
        name = name or f"constant_{len(self.initializers)}"
        if name not in self.initializers:
            self.initializers[name] = numpy_helper.from_array(np.ascontiguousarray(value), name)
        return name

    def scalar(self, value: float) -> str:
        return self.constant(np.array(value, np.float32))

    def stored(self, value: Tensor, name: str, kind: type = np.float16) -> str:
        """Stores a tensor as `kind` and casts it to float32 when the session loads."""
        array = value.detach().cpu().numpy()
        small = array.astype(kind)
        if np.issubdtype(kind, np.integer) and not np.array_equal(small, array):
            raise ValueError(f"{name} does not fit {np.dtype(kind)}")
        constant = self.constant(small, name)
        return self.node("Cast", [constant], f"{name}.f32", to=TensorProto.FLOAT)

    def conv(self, x: str, module: nn.Conv2d, name: str) -> str:
        pad_y, pad_x = module.padding
        weights = [
            self.stored(module.weight, f"{name}.weight"),
            self.stored(module.bias, f"{name}.bias"),
        ]
        return self.node(
            "Conv",
            [x, *weights],
            kernel_shape=list(module.kernel_size),
            strides=list(module.stride),
            pads=[pad_y, pad_x, pad_y, pad_x],
            group=module.groups,
        )

    def leaky_relu(self, x: str) -> str:
        return self.node("LeakyRelu", [x], alpha=SLOPE)

    def depth_to_space(self, x: str, block: int) -> str:
        return self.node("DepthToSpace", [x], blocksize=block, mode="DCR")

    def space_to_depth(self, x: str, block: int) -> str:
        return self.node("SpaceToDepth", [x], blocksize=block)

    def add(self, a: str, b: str) -> str:
        return self.node("Add", [a, b])

    def mul(self, a: str, b: str) -> str:
        return self.node("Mul", [a, b])

    def per_level(self, module: PerLevel, level: str, name: str) -> str:
        """Vector of one level as `(1, C, 1, 1)`: a row of hat weights times the knots."""
        rows = self.constant(module.weights.cpu().numpy(), "level_weights")
        row = self.node("Gather", [rows, level], axis=0)
        vector = self.node("MatMul", [row, self.stored(module.knots, f"{name}.knots")])
        shape = self.constant(np.array([1, -1, 1, 1], np.int64), "vector_shape")
        return self.node("Reshape", [vector, shape])

    def build(self) -> onnx.ModelProto:
        graph = helper.make_graph(
            self.nodes,
            self.name,
            self.inputs,
            self.outputs,
            initializer=list(self.initializers.values()),
        )
        model = helper.make_model(
            graph,
            opset_imports=[helper.make_opsetid("", OPSET)],
            ir_version=IR_VERSION,
            producer_name="nacre",
        )
        onnx.checker.check_model(model, full_check=True)
        return model


def _block(g: GraphBuilder, x: str, block: ResidualBlock, name: str) -> str:
    y = g.leaky_relu(g.conv(x, block.conv1, f"{name}.conv1"))
    y = g.conv(g.conv(y, block.depthwise, f"{name}.depthwise"), block.conv2, f"{name}.conv2")
    x = g.add(x, y)
    y = g.leaky_relu(g.conv(x, block.expand, f"{name}.expand"))
    return g.add(x, g.conv(y, block.project, f"{name}.project"))


def _analysis(g: GraphBuilder, x: str, module: Analysis) -> str:
    x = g.space_to_depth(g.node("Sub", [x, g.scalar(0.5)]), 8)
    x = g.conv(x, module.stem, "g_a.stem")
    for i, block in enumerate(module.blocks):
        x = _block(g, x, block, f"g_a.blocks.{i}")
    return g.conv(g.space_to_depth(x, 2), module.head, "g_a.head")


def _synthesis(g: GraphBuilder, y: str, module: Synthesis) -> str:
    x = g.depth_to_space(g.conv(y, module.head, "g_s.head"), 2)
    for i, block in enumerate(module.blocks):
        x = _block(g, x, block, f"g_s.blocks.{i}")
    x = g.depth_to_space(g.conv(x, module.stem, "g_s.stem"), 8)
    return g.add(x, g.scalar(0.5))


def _hyper_analysis(g: GraphBuilder, y: str, level: str, module: HyperAnalysis) -> str:
    magnitude = g.mul(g.node("Abs", [y]), g.scalar(0.1))
    y = g.node("Div", [y, g.add(magnitude, g.scalar(1))])
    y = g.leaky_relu(g.conv(y, module.conv1, "h_a.conv1"))
    return g.add(
        g.conv(y, module.conv2, "h_a.conv2"), g.per_level(module.level, level, "h_a.level")
    )


def _features(g: GraphBuilder, z: str, level: str, module: Means) -> str:
    x = g.depth_to_space(g.conv(z, module.prior1, "means.prior1"), 2)
    x = g.leaky_relu(g.add(x, g.per_level(module.level, level, "means.level")))
    x = g.leaky_relu(g.conv(x, module.prior2, "means.prior2"))
    return g.leaky_relu(g.depth_to_space(g.conv(x, module.prior3, "means.prior3"), 2))


def _others(g: GraphBuilder, y_anchor: str, features: str, module: Means) -> str:
    x = g.conv(y_anchor, module.context1, "means.context1")
    x = g.conv(x, module.context2, "means.context2")
    x = g.node("Concat", [features, x], axis=1)
    x = g.leaky_relu(g.conv(x, module.merge1, "means.merge1"))
    return g.conv(x, module.merge2, "means.merge2")


def _mask(g: GraphBuilder, z: str) -> str:
    """Checkerboard over the latents: a 4×4 pattern, once per hyper-latent."""
    rows, columns = np.indices((4, 4))
    pattern = g.constant(((rows + columns) % 2 == 0).astype(np.float32)[None, None], "anchors")
    size = g.node("Shape", [z], start=2, end=4)
    ones = g.constant(np.array([1, 1], np.int64))
    return g.node("Tile", [pattern, g.node("Concat", [ones, size], axis=0)])


def _choose(g: GraphBuilder, mask: str, anchor: str, other: str) -> str:
    """mask·anchor + (1 − mask)·other."""
    rest = g.node("Sub", [g.scalar(1), mask])
    return g.add(g.mul(mask, anchor), g.mul(rest, other))


def _exact_conv(
    g: GraphBuilder, x: str, conv: ExactConv, name: str, level: tuple[str, PerLevel] | None = None
) -> str:
    extra = None if level is None else level[1].table()
    if not bool((conv.bound(extra) < 2**24).all()):
        raise ValueError(f"A sum of {name} can reach 2^24: the network would not be exact")
    weight, bias, multiplier = conv.integers(extra)
    inputs = [x, g.stored(weight, f"{name}.weight", np.int8)]
    x = g.node(
        "Conv",
        inputs,
        kernel_shape=list(weight.shape[2:]),
        pads=[conv.padding] * 4,
        group=conv.groups,
    )
    table = g.stored(bias[:, :, None, None], f"{name}.bias", np.int32)
    if level is not None:
        table = g.node("Gather", [table, level[0]], axis=0)
    scale = multiplier[None, :, None, None].detach().cpu().numpy()
    if not np.array_equal(np.exp2(np.round(np.log2(scale))), scale):
        raise ValueError(f"A multiplier of {name} is no power of two")
    x = g.mul(g.add(x, table), g.constant(scale.astype(np.float32), f"{name}.multiplier"))
    return g.node("Clip", [g.node("Floor", [x]), g.scalar(0), g.scalar(conv.out_max)])


def _scales(g: GraphBuilder, z: str, level: str, module: ScaleNetwork) -> str:
    x = g.node("Clip", [z, g.scalar(-Z_MAX), g.scalar(Z_MAX)])
    x = _exact_conv(g, x, module.conv1, "scales.conv1", (level, module.level))
    x = _exact_conv(g, g.depth_to_space(x, 2), module.depthwise1, "scales.depthwise1")
    x = _exact_conv(g, x, module.conv2, "scales.conv2")
    x = _exact_conv(g, g.depth_to_space(x, 2), module.depthwise2, "scales.depthwise2")
    return _exact_conv(g, x, module.conv3, "scales.conv3")


def write_graphs(codec: Codec) -> dict[str, onnx.ModelProto]:
    """The five graphs of a model, by name; see FORMAT.md for who runs which.

    Raises:
        ValueError: when the scale network is not provably exact.
    """
    a = codec.architecture
    latents: list[int | str] = [1, a.m, "h", "w"]
    hyper: list[int | str] = [1, a.hyper, "hz", "wz"]
    picture: list[int | str] = [1, 3, "H", "W"]
    graphs = {}

    g = GraphBuilder("analysis")
    g.output(_analysis(g, g.input("x", picture), codec.g_a), "y", latents)
    graphs[g.name] = g.build()

    g = GraphBuilder("hyper_analysis")
    y, level = g.input("y", latents), g.input("level", [1], TensorProto.INT32)
    y = g.mul(y, g.node("Exp", [g.per_level(codec.gain, level, "gain")]))
    g.output(y, "y_scaled", latents)
    g.output(_hyper_analysis(g, y, level, codec.h_a), "z", hyper)
    graphs[g.name] = g.build()

    g = GraphBuilder("means")
    y_anchor, z = g.input("y_anchor", latents), g.input("z", hyper)
    level = g.input("level", [1], TensorProto.INT32)
    features = _features(g, z, level, codec.means)
    anchor = g.conv(features, codec.means.anchor, "means.anchor")
    other = _others(g, y_anchor, features, codec.means)
    g.output(_choose(g, _mask(g, z), anchor, other), "mu", latents)
    graphs[g.name] = g.build()

    g = GraphBuilder("scales")
    z, level = g.input("z", hyper), g.input("level", [1], TensorProto.INT32)
    g.output(_scales(g, z, level, codec.scales), "scale_index", latents)
    graphs[g.name] = g.build()

    g = GraphBuilder("synthesis")
    symbols, z = g.input("symbols", latents), g.input("z", hyper)
    level = g.input("level", [1], TensorProto.INT32)
    features, mask = _features(g, z, level, codec.means), _mask(g, z)
    anchor = g.conv(features, codec.means.anchor, "means.anchor")
    y_anchor = g.mul(mask, g.add(symbols, anchor))
    other = _others(g, y_anchor, features, codec.means)
    y_hat = g.add(symbols, _choose(g, mask, anchor, other))
    inverse = g.node("Exp", [g.per_level(codec.inverse_gain, level, "inverse_gain")])
    g.output(_synthesis(g, g.mul(y_hat, inverse), codec.g_s), "x_hat", picture)
    graphs[g.name] = g.build()
    return graphs
