"""What a micro-batch is to a graph of operations: tokens, sequences, cells, masks, inputs."""

from __future__ import annotations

from typing import TYPE_CHECKING

from fitcheck.records.record import field, record

if TYPE_CHECKING:
    from collections.abc import Callable

    from fitcheck.estimator.runtimes.llama_cpp.graph import Graph, Node
    from fitcheck.estimator.runtimes.llama_cpp.quirks import Quirks
    from fitcheck.records.parts import LatentAttention

    LatentRule = Callable[["Batch", LatentAttention, Node, int], Node]

F32 = 4
F16 = 2
INDEX = 8  # i64: where in the cache a row goes


@record(frozen=False)
class Batch:
    """The worst micro-batch llama.cpp reserves for, and the inputs its graph has taken in.

    `tokens` becomes `outputs` where the last layer drops the tokens nobody asks the logits of.
    """

    graph: Graph
    tokens: int
    outputs: int
    sequences: int
    streams: int
    cells: int
    window_cells: dict[int, int]
    flash_attention: bool
    key_copied: bool  # a quantized cache is unpacked to f16 for a whole layer
    value_copied: bool
    key_rotated: bool  # and rotated by a Hadamard matrix before it is
    value_rotated: bool
    widest_value: int
    fused: bool  # CUDA keeps operands of experts' steps for kernels that do several at once
    merged: bool = False  # ik_llama.cpp: gate, up and activation in one step, experts' sum in one
    latent: LatentRule | None = None  # another rule of latent attention than llama.cpp's
    rotatable: frozenset[int]  # windows (0: full attention) whose layers' heads are all as wide
    quirks: Quirks
    positions: int  # a token's, 0 where nothing is rotated
    windowed: bool  # the architecture has two caches, and orders k before v
    inputs: dict[object, Node] = field(default_factory=dict)
    layer_inputs: Node | None = None  # Gemma 4's, of all layers
    chosen: Node | None = None  # the last choice of sparse attention's indexer

    def input(self, name: object, size: int) -> Node:
        """Take in an input from the host once; all layers read the same."""
        if name not in self.inputs:
            self.inputs[name] = self.graph.source(size, lasting=True)
        return self.inputs[name]

    def floats(self, width: int) -> int:
        """Bytes of `width` f32 values for each token."""
        return F32 * width * self.tokens
