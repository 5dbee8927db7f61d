"""The graph of operations llama.cpp computes, layer by layer, in the order it computes them.

An operation is ordered when something that must be computed needs it, so the end of a layer is
often ordered only within the next one. Weights and caches lie elsewhere and are no operands.

Source: ggml_build_forward_expand in ggml/src/ggml.c.
https://github.com/ggml-org/llama.cpp/blob/master/ggml/src/ggml.c
"""

from __future__ import annotations

from fitcheck.estimator.runtimes.llama_cpp.memory_blocks import ALIGNMENT

_RESULT = 1
OUTSIDE = -1  # the size of what is written elsewhere: a KV cache, a recurrent state


class Node:
    """One result: its size, what it is computed from, and what may be overwritten by it.

    It is known by the layer it was made in and its number there, so that the same step of another
    layer of the same kind is found by the same number; what many layers read, by a negative number.
    """

    __slots__ = ("from_host", "kept", "layer", "number", "operands", "reusable", "seen",
                 "size")  # fmt: skip

    def __init__(
        self,
        size: int,
        operands: tuple[Node, ...] = (),
        reusable: tuple[Node, ...] = (),
        *,
        layer: int,
        number: int,
        from_host: bool = False,
    ) -> None:
        self.size = -(-size // ALIGNMENT) * ALIGNMENT if size > 0 else size
        self.operands = operands
        self.reusable = reusable
        self.layer = layer
        self.number = number
        self.from_host = from_host
        self.kept = False  # an output of the graph: never freed, never overwritten
        self.seen = False


class View:
    """Another look at a result (reshaped, permuted, a part): read as it is, never overwritten."""

    __slots__ = ("node",)

    def __init__(self, node: Node | View) -> None:
        self.node: Node = node.node if isinstance(node, View) else node


Operand = Node | View


class Graph:
    """A graph of operations; `layers` are its nodes by the layer during which they were ordered."""

    def __init__(self) -> None:
        self.layers: list[list[Node]] = [[]]
        self._made = _RESULT
        self._lasting = 0

    def next_layer(self, result: Node) -> None:
        """Begin the next layer, or what follows the last; `result` is this one's, whatever made it.

        It gets the same number in every kind of layer: what reads it need not know the kind.
        """
        if result.number > 0:
            result.number = _RESULT
        self.layers.append([])
        self._made = _RESULT

    def source(self, size: int, *, lasting: bool = False) -> Node:
        """Take in `size` bytes that the host computes or fills, for this layer or for all."""
        if not lasting:
            self._made += 1
        node = Node(size, layer=len(self.layers) - 1, number=self._made, from_host=True)
        if lasting:
            self.keep(node)
        return node

    def keep(self, node: Node) -> None:
        """Name a result that many layers read."""
        self._lasting -= 1
        node.number = self._lasting

    def op(self, size: int, *operands: Operand, in_place: bool = False) -> Node:
        """Add an operation whose result takes `size` bytes."""
        self._made += 1
        return Node(
            size,
            tuple([o.node if isinstance(o, View) else o for o in operands]),
            tuple([o for o in operands if isinstance(o, Node)]) if in_place else (),
            layer=len(self.layers) - 1,
            number=self._made,
        )

    def compute(self, operand: Operand) -> None:
        """Order an operation and all it needs after what was ordered before."""
        node = operand.node if isinstance(operand, View) else operand
        if node.seen:
            return
        node.seen = True
        for needed in node.operands:
            if not needed.seen:
                self.compute(needed)
        if not node.from_host:
            self.layers[-1].append(node)

    def store(self, *operands: Operand) -> None:
        """Order an operation that writes outside the buffer (a KV cache, a recurrent state)."""
        self.compute(self.op(OUTSIDE, *operands))
