"""Writes the codec's networks as ONNX graphs, node by node.

Not here: the model folder around them and its checks (export.py). Graphs are written by hand
rather than traced, since that alone fixes what matters here: which ops stand in the file
(Conv, DepthToSpace, SpaceToDepth and pointwise ops), explicit pads, dynamic height and width,
weights as fp16 or int8 with a Cast behind them, and the exact order of the integer network.
"""

from __future__ import annotations

from pathlib import Path

import numpy as np
import onnx
import torch
from onnx import TensorProto, helper, numpy_helper
from torch import Tensor, nn

from nacre.context import STEPS, step_masks
from nacre.exact import Z_MAX, ExactConv, ScaleNetwork
from nacre.model import Codec, HyperAnalysis, Means
from nacre.rates import PerLevel
from nacre.transforms import SLOPE, Analysis, Modulation, ResidualBlock, Synthesis

OPSET = 17
IR_VERSION = 8

SHARED_BYTES = 256
"""Weights of fewer bytes stay in each file that has them."""


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
        """An input of the graph; a side that is a word may have any size."""
        self.inputs.append(helper.make_tensor_value_info(name, kind, dims))
        return name

    def output(self, value: str, name: str, dims: list[int | str]) -> None:
        """Makes a value an output of the graph under this name."""
        self.node("Identity", [value], name)
        self.outputs.append(helper.make_tensor_value_info(name, TensorProto.FLOAT, dims))

    def node(self, op: str, inputs: list[str], output: str | None = None, **attributes) -> str:
        """Any operator with one output, whose name is made up where none is given."""
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
        """A float32 constant without dimensions."""
        return self.constant(np.array(value, np.float32))

    def stored(self, value: Tensor, name: str, kind: type = np.float16) -> str:
        """Stores a tensor as `kind` and casts it to float32 when the session loads.

        Raises:
            ValueError: when an integer kind cannot hold its values.
        """
        array = value.detach().cpu().numpy()
        small = array.astype(kind)
        if np.issubdtype(kind, np.integer) and not np.array_equal(small, array):
            raise ValueError(f"{name} does not fit {np.dtype(kind)}")
        if name not in self.initializers:
            self.node("Cast", [self.constant(small, name)], f"{name}.f32", to=TensorProto.FLOAT)
        return f"{name}.f32"

    def conv(self, x: str, module: nn.Conv2d, name: str) -> str:
        """`module(x)` with explicit pads and its weights as fp16."""
        pad_y, pad_x = module.padding
        weights = [self.stored(module.weight, f"{name}.weight")]
        if module.bias is not None:
            weights.append(self.stored(module.bias, f"{name}.bias"))
        return self.node(
            "Conv",
            [x, *weights],
            kernel_shape=list(module.kernel_size),
            strides=list(module.stride),
            pads=[pad_y, pad_x, pad_y, pad_x],
            group=module.groups,
        )

    def leaky_relu(self, x: str) -> str:
        """LeakyReLU of the slope that all have."""
        return self.node("LeakyRelu", [x], alpha=SLOPE)

    def depth_to_space(self, x: str, block: int) -> str:
        """As `transforms.depth_to_space`."""
        return self.node("DepthToSpace", [x], blocksize=block, mode="DCR")

    def space_to_depth(self, x: str, block: int) -> str:
        """As `transforms.space_to_depth`."""
        return self.node("SpaceToDepth", [x], blocksize=block)

    def add(self, a: str, b: str) -> str:
        """a + b with broadcasting."""
        return self.node("Add", [a, b])

    def mul(self, a: str, b: str) -> str:
        """a · b with broadcasting."""
        return self.node("Mul", [a, b])

    def per_level(self, module: PerLevel, level: str, name: str) -> str:
        """Vector of one level as `(1, C, 1, 1)`: a row of hat weights times the knots."""
        rows = self.constant(module.weights.cpu().numpy(), "level_weights")
        row = self.node("Gather", [rows, level], axis=0)
        vector = self.node("MatMul", [row, self.stored(module.knots, f"{name}.knots")])
        shape = self.constant(np.array([1, -1, 1, 1], np.int64), "vector_shape")
        return self.node("Reshape", [vector, shape])

    def build(self) -> onnx.ModelProto:
        """The model of all that was collected, checked by onnx."""
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


def _modulation(g: GraphBuilder, x: str, level: str, module: Modulation, name: str) -> str:
    x = g.mul(x, g.per_level(module.scale, level, f"{name}.scale"))
    return g.add(x, g.per_level(module.offset, level, f"{name}.offset"))


def _block(g: GraphBuilder, x: str, level: str, block: ResidualBlock, name: str) -> str:
    y = g.conv(x, block.conv1, f"{name}.conv1")
    y = g.leaky_relu(_modulation(g, y, level, block.modulation1, f"{name}.modulation1"))
    y = g.conv(g.conv(y, block.depthwise, f"{name}.depthwise"), block.conv2, f"{name}.conv2")
    x = g.add(x, y)
    y = g.conv(x, block.expand, f"{name}.expand")
    y = g.leaky_relu(_modulation(g, y, level, block.modulation2, f"{name}.modulation2"))
    return g.add(x, g.conv(y, block.project, f"{name}.project"))


def _analysis(g: GraphBuilder, x: str, level: str, module: Analysis) -> str:
    x = g.space_to_depth(g.node("Sub", [x, g.scalar(0.5)]), 8)
    x = g.conv(x, module.stem, "g_a.stem")
    for i, block in enumerate(module.blocks):
        x = _block(g, x, level, block, f"g_a.blocks.{i}")
    return g.conv(g.space_to_depth(x, 2), module.head, "g_a.head")


def _synthesis(g: GraphBuilder, y: str, level: str, module: Synthesis) -> str:
    x = g.depth_to_space(g.conv(y, module.head, "g_s.head"), 2)
    for i, block in enumerate(module.blocks):
        x = _block(g, x, level, block, f"g_s.blocks.{i}")
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
    x = g.leaky_relu(g.depth_to_space(g.conv(x, module.prior3, "means.prior3"), 2))
    return g.conv(x, module.prior4, "means.prior4")


def _over_latents(g: GraphBuilder, z: str, pattern: str) -> str:
    """Repeats a pattern `(1, C, 2, 2)` over all latents: twice and twice for each of z."""
    size = g.node("Shape", [z], start=2, end=4)
    size = g.mul(size, g.constant(np.array([2, 2], np.int64), "two_by_two"))
    ones = g.constant(np.array([1, 1], np.int64), "one_by_one")
    return g.node("Tile", [pattern, g.node("Concat", [ones, size], axis=0)])


def _mean(
    g: GraphBuilder, known: str | None, features: str, z: str, step: str, module: Means
) -> str:
    """One step of the means; `step` is a value `(1,)`, and `known` None if that is 0 for sure."""
    where = g.node("Gather", [g.stored(module.where, "means.where"), step], axis=0)
    shape = g.constant(np.array([1, -1, 2, 2], np.int64), "where_shape")
    x = g.add(features, _over_latents(g, z, g.node("Reshape", [where, shape])))
    if known is not None:
        context = g.conv(known, module.context1, "means.context1")
        context = g.conv(context, module.context2, "means.context2")
        x = g.add(x, g.conv(context, module.context3, "means.context3"))
    return g.conv(g.leaky_relu(x), module.head, "means.head")


def _decoded_latents(g: GraphBuilder, symbols: str, z: str, level: str, module: Means) -> str:
    """y_hat of symbols: their means, step by step, from what the steps before have given."""
    features, known = _features(g, z, level, module), None
    for k, mask in enumerate(step_masks(module.head.out_channels, torch.empty(1, 1, 2, 2))):
        step = g.constant(np.array([k], np.int32), f"step_{k}")
        decoded = g.add(symbols, _mean(g, known, features, z, step, module))
        pattern = g.stored(mask, f"mask_{k}", np.int8)
        decoded = g.mul(_over_latents(g, z, pattern), decoded)
        known = decoded if known is None else g.add(known, decoded)
    return known


def _scaled_latents(g: GraphBuilder, symbols: str, z: str, level: str, codec: Codec) -> str:
    """What the synthesis transform is given: y_hat with its gain undone."""
    y_hat = _decoded_latents(g, symbols, z, level, codec.means)
    return g.mul(y_hat, g.node("Exp", [g.per_level(codec.inverse_gain, level, "inverse_gain")]))


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


def _scales(g: GraphBuilder, z: str, context: str, level: str, module: ScaleNetwork) -> str:
    x = g.node("Clip", [z, g.scalar(-Z_MAX), g.scalar(Z_MAX)])
    x = _exact_conv(g, x, module.conv1, "scales.conv1", (level, module.level))
    x = _exact_conv(g, g.depth_to_space(x, 2), module.depthwise1, "scales.depthwise1")
    x = _exact_conv(g, x, module.conv2, "scales.conv2")
    x = _exact_conv(g, g.depth_to_space(x, 2), module.depthwise2, "scales.depthwise2")
    context = _exact_conv(g, context, module.context1, "scales.context1")
    context = _exact_conv(g, context, module.context2, "scales.context2")
    x = g.node("Concat", [x, context], axis=1)
    return _exact_conv(
        g, _exact_conv(g, x, module.merge, "scales.merge"), module.head, "scales.head"
    )


def write_preview(codec: Codec, layer: nn.Conv2d) -> onnx.ModelProto:
    """The graph of previews: the latents as `synthesis` has them, then one layer (preview.py)."""
    a = codec.architecture
    g = GraphBuilder("preview")
    symbols, z = g.input("symbols", [1, a.m, "h", "w"]), g.input("z", [1, a.hyper, "hz", "wz"])
    level = g.input("level", [1], TensorProto.INT32)
    y_hat = _scaled_latents(g, symbols, z, level, codec)
    x = g.depth_to_space(g.conv(y_hat, layer, "preview"), 2)
    g.output(g.add(x, g.scalar(0.5)), "preview", [1, 3, "h8", "w8"])
    return g.build()


def share_weights(model: onnx.ModelProto, other: Path) -> None:
    """Takes out the weights that another ONNX file has too, and refers to where they lie in it.

    Args:
        model: changed in place.
        other: a file of the same folder; its name goes into the references.
    """
    data = other.read_bytes()
    for tensor in model.graph.initializer:
        at = data.find(tensor.raw_data) if len(tensor.raw_data) >= SHARED_BYTES else -1
        if at < 0:
            continue
        place = {"location": other.name, "offset": at, "length": len(tensor.raw_data)}
        for key, value in place.items():
            tensor.external_data.add(key=key, value=str(value))
        tensor.data_location = TensorProto.EXTERNAL
        tensor.ClearField("raw_data")


def write_graphs(codec: Codec) -> dict[str, onnx.ModelProto]:
    """The graphs that every model has, by name; CONTRIBUTING.md says who runs which.

    Raises:
        ValueError: when the scale network is not provably exact.
    """
    a = codec.architecture
    latents: list[int | str] = [1, a.m, "h", "w"]
    hyper: list[int | str] = [1, a.hyper, "hz", "wz"]
    image: list[int | str] = [1, 3, "H", "W"]
    graphs = {}

    g = GraphBuilder("analysis")
    x, level = g.input("x", image), g.input("level", [1], TensorProto.INT32)
    gain = g.node("Exp", [g.per_level(codec.gain, level, "gain")])
    y = g.mul(_analysis(g, x, level, codec.g_a), gain)
    g.output(y, "y", latents)
    g.output(_hyper_analysis(g, y, level, codec.h_a), "z", hyper)
    graphs[g.name] = g.build()

    g = GraphBuilder("means")
    known, z = g.input("y_known", latents), g.input("z", hyper)
    level, step = (g.input(name, [1], TensorProto.INT32) for name in ("level", "step"))
    features = _features(g, z, level, codec.means)
    g.output(_mean(g, known, features, z, step, codec.means), "mu", latents)
    graphs[g.name] = g.build()

    g = GraphBuilder("scales")
    z, context = g.input("z", hyper), g.input("context", [1, a.m + STEPS, "h", "w"])
    level = g.input("level", [1], TensorProto.INT32)
    g.output(_scales(g, z, context, level, codec.scales), "scale_index", latents)
    graphs[g.name] = g.build()

    g = GraphBuilder("synthesis")
    symbols, z = g.input("symbols", latents), g.input("z", hyper)
    level = g.input("level", [1], TensorProto.INT32)
    y_hat = _scaled_latents(g, symbols, z, level, codec)
    g.output(_synthesis(g, y_hat, level, codec.g_s), "x_hat", image)
    graphs[g.name] = g.build()
    return graphs
