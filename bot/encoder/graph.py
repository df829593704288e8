"""Writes the model's forward pass as an ONNX graph with 8-bit weights; the only module that needs onnx, at set-up.

Why by hand and not by a converter: converters bring torch, and their dynamic quantisation takes one scale for a whole
batch, so that a text's vector depends on its company. Here every token has its own scale (asymmetric, 8 bits): a vector
is a function of its text alone, and nearer to the full-precision one (mean cosine .9987 against .9938, measured on 206
patients' messages).

The architecture is BERT's encoder (Devlin et al. 2019); the first facet, the mean over all tokens with unit length, is
the sentence vector of Reimers & Gurevych 2019. There is no attention mask, because nothing is ever padded.
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

LAYERS, WIDTH, HEADS, POSITIONS = 6, 384, 12, 128
FACETS = LAYERS + 5
OPSET, IR_VERSION, EPSILON = 20, 9, 1e-12
RUNTIME = "com.microsoft"
"""onnxruntime's own operators: one of them saves a tenth of the time."""
Floats = NDArray[np.float32]


def write_graph(weights: Path, target: Path) -> None:
    """Write the graph of the weights in `weights` to `target`: input `ids` (int64, texts x tokens, all of one length,
    from 3 to 128, the model's own marks first and last), outputs `tokens` (texts x tokens x 384) and `facets` (texts x
    11 x 384, each of length 1): the mean of the tokens in layers 6 (what the sentence means), 0 (what its words mean
    alone), 1, 2, 3, 4, 5; then layer 6's greatest numbers, marks left out, and its first mark; then layer 5's.

    Raises ImportError when onnx or safetensors is not installed.
    """
    from safetensors.numpy import load_file

    target.write_bytes(_Graph(load_file(weights)).serialised())


class _Graph:
    """Nodes and constants in the order in which they are computed; each method returns the name of its result."""

    def __init__(self, weights: Mapping[str, Floats]) -> None:
        from onnx import NodeProto, TensorProto, helper, numpy_helper

        self._helper, self._numpy, self._types = helper, numpy_helper, TensorProto
        self._weights = weights
        self._nodes: list[NodeProto] = []
        self._constants: list[TensorProto] = []

    def serialised(self) -> bytes:
        states = [self._embedded()]
        for layer in range(LAYERS):
            states.append(self._layer(states[-1], f"encoder.layer.{layer}"))
        self._node("Identity", states[-1], results=["tokens"])
        pooled = [self._mean(layer) for layer in (states[-1], *states[:-1])]
        for late in (states[-1], states[-2]):
            pooled += [self._greatest(late), self._positions(late, 0, 1)]
        facets = self._node("Concat", *pooled, axis=1)
        self._node("Div", facets, self._node("ReduceL2", facets, self._axis(2), keepdims=1), results=["facets"])
        return self._model()

    def _mean(self, states: str) -> str:
        return self._node("ReduceMean", states, self._axis(1), keepdims=1)

    def _greatest(self, states: str) -> str:
        return self._node("ReduceMax", self._positions(states, 1, -1), self._axis(1), keepdims=1)

    def _positions(self, states: str, start: int, end: int) -> str:
        return self._node("Slice", states, self._axis(start), self._axis(end), self._axis(1))

    def _embedded(self) -> str:
        """Word rows in 8 bits with a scale each, plus position and (always the first) segment."""
        words, w = self._weights["embeddings.word_embeddings.weight"], self._weights
        scales = (np.abs(words).max(axis=1, keepdims=True) / 127).astype(np.float32)
        rows = self._node("Gather", self._constant(np.round(words / scales).astype(np.int8)), "ids")
        word = self._node("Mul", self._float(rows), self._node("Gather", self._constant(scales), "ids"))
        table = w["embeddings.position_embeddings.weight"][:POSITIONS] + w["embeddings.token_type_embeddings.weight"][0]
        tokens = self._node("Shape", "ids", start=1, end=2)
        position = self._node("Slice", self._constant(table), self._axis(0), tokens, self._axis(0))
        return self._normalised(self._node("Add", word, position), "embeddings.LayerNorm")

    def _layer(self, states: str, name: str) -> str:
        attended = self._linear(self._attention(states, f"{name}.attention.self"), f"{name}.attention.output.dense")
        states = self._normalised(self._node("Add", states, attended), f"{name}.attention.output.LayerNorm")
        wide = self._node("Gelu", self._linear(states, f"{name}.intermediate.dense"))
        narrow = self._linear(wide, f"{name}.output.dense")
        return self._normalised(self._node("Add", states, narrow), f"{name}.output.LayerNorm")

    def _attention(self, states: str, name: str) -> str:
        """All heads at once; the division by the root of a head's width is done in the query's weights."""
        head = WIDTH // HEADS
        joined = self._linear(states, f"{name}.query", f"{name}.key", f"{name}.value", first_times=head**-0.5)
        shape = self._constant(np.array([0, 0, 3, HEADS, head], np.int64))
        names = [f"{joined}_{part}" for part in ("q", "k", "v")]
        self._node("Split", self._node("Reshape", joined, shape), results=names, axis=2, num_outputs=3)
        query, key, value = (
            self._node("Transpose", self._node("Squeeze", part, self._axis(2)), perm=perm)
            for part, perm in zip(names, ([0, 2, 1, 3], [0, 2, 3, 1], [0, 2, 1, 3]), strict=True)
        )
        shares = self._node("Softmax", self._node("MatMul", query, key), axis=-1)
        mixed = self._node("Transpose", self._node("MatMul", shares, value), perm=[0, 2, 1, 3])
        return self._node("Reshape", mixed, self._constant(np.array([0, 0, WIDTH], np.int64)))

    def _linear(self, states: str, *names: str, first_times: float = 1.0) -> str:
        """The product with the (joined) weights of `names`, plus bias, computed in 8-bit integers.

        A token's state x is written as low + step * q with q in 0..255, a weight as scale * w. Then the product is
        step * scale * (q . w) + low * (sum of the weights) + bias.
        """
        factors = [first_times] + [1.0] * (len(names) - 1)
        matrix = np.concatenate([self._weights[f"{n}.weight"] * f for n, f in zip(names, factors, strict=True)]).T
        bias = np.concatenate([self._weights[f"{n}.bias"] * f for n, f in zip(names, factors, strict=True)])
        whole, scales = in_eight_bits(matrix)
        low = self._node("ReduceMin", states, self._axis(-1), keepdims=1)
        span = self._node("Sub", self._node("ReduceMax", states, self._axis(-1), keepdims=1), low)
        step = self._node("Max", self._node("Mul", span, self._number(1 / 255)), self._number(EPSILON))
        steps = self._node("Div", self._node("Sub", states, low), step)
        quantised = self._node("QuantizeLinear", steps, self._number(1), self._constant(np.uint8(0)))
        product = self._node(
            *("MatMulIntegerToFloat", quantised, self._constant(whole), self._number(1), self._constant(scales)),
            domain=RUNTIME,
        )
        sums = self._constant((whole.astype(np.float32) * scales).sum(axis=0))
        shifted = self._node("Add", self._node("Mul", product, step), self._node("Mul", low, sums))
        return self._node("Add", shifted, self._constant(bias))

    def _normalised(self, states: str, name: str) -> str:
        scale, bias = (self._constant(self._weights[f"{name}.{part}"]) for part in ("weight", "bias"))
        return self._node("LayerNormalization", states, scale, bias, axis=-1, epsilon=EPSILON)

    def _float(self, name: str) -> str:
        return self._node("Cast", name, to=self._types.FLOAT)

    def _axis(self, axis: int) -> str:
        return self._constant(np.array([axis], np.int64))

    def _number(self, value: float) -> str:
        return self._constant(np.float32(value))

    def _constant(self, values: NDArray[np.generic] | np.generic) -> str:
        name = f"constant_{len(self._constants)}"
        self._constants.append(self._numpy.from_array(np.asarray(values, order="C"), name))
        return name

    def _node(self, kind: str, *inputs: str, results: list[str] | None = None, **attributes: Any) -> str:
        results = results or [f"node_{len(self._nodes)}"]
        self._nodes.append(self._helper.make_node(kind, list(inputs), results, **attributes))
        return results[0]

    def _model(self) -> bytes:
        value = self._helper.make_tensor_value_info
        graph = self._helper.make_graph(
            self._nodes,
            "sentence-encoder",
            [value("ids", self._types.INT64, ["texts", "tokens"])],
            [
                value("facets", self._types.FLOAT, ["texts", FACETS, WIDTH]),
                value("tokens", self._types.FLOAT, ["texts", "tokens", WIDTH]),
            ],
            self._constants,
        )
        opsets = [self._helper.make_opsetid("", OPSET), self._helper.make_opsetid(RUNTIME, 1)]
        model = self._helper.make_model(graph, opset_imports=opsets, ir_version=IR_VERSION)
        return bytes(model.SerializeToString())


def in_eight_bits(matrix: Floats) -> tuple[NDArray[np.int8], Floats]:
    """The matrix as whole numbers with a scale for each column: matrix ~ whole * scales.

    Beside fitting -127..127, two neighbours in a column never exceed 128 together: processors without VNNI add the
    products of two neighbours with 0..255 in 16 bits, and 255 * 128 still fits. So every processor computes the same.
    """
    size = np.abs(matrix)
    pairs = (size[1:] + size[:-1]).max(axis=0)
    scales = (np.maximum(np.maximum(size.max(axis=0), pairs), EPSILON) / 127).astype(np.float32)
    return np.round(matrix / scales).astype(np.int8), scales
