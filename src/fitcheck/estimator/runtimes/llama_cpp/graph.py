"""How llama.cpp lays a graph of operations out in one buffer, and how large the buffer gets.

Each operation's result gets the smallest free block it fits, or the end of the buffer; some write
over an operand that nobody else reads. A result is freed after its last reader. What comes from the
host (embeddings, positions, masks) is copied in before the first operation. The buffer is as large
as the furthest byte ever used.

Source: ggml_gallocr_alloc_graph_impl and ggml_dyn_tallocr_alloc in ggml/src/ggml-alloc.c,
https://github.com/ggml-org/llama.cpp/blob/master/ggml/src/ggml-alloc.c
"""

from __future__ import annotations

ALIGNMENT = 128  # CUDA's


class Node:
    """One result: its size, what it is computed from, and who may be overwritten by it."""

    __slots__ = ("allocated", "from_host", "kept", "offset", "operands", "readers", "reusable",
                 "seen", "size")  # fmt: skip

    def __init__(
        self,
        size: int,
        operands: tuple[Node, ...],
        reusable: tuple[Node, ...] = (),
        *,
        from_host: bool = False,
    ) -> None:
        self.size = -(-size // ALIGNMENT) * ALIGNMENT
        self.operands = operands
        self.reusable = reusable
        self.from_host = from_host
        self.kept = False  # an output of the graph: never freed, never overwritten
        self.seen = False
        self.readers = 0
        self.offset = 0
        self.allocated = False


class View:
    """Another look at a result (reshaped, permuted, a part): read as it is, never overwritten."""

    __slots__ = ("node",)

    def __init__(self, node: Node | View) -> None:
        self.node: Node = node.node if isinstance(node, View) else node


Operand = Node | View


class Graph:
    """A graph of operations, built in the order llama.cpp computes them."""

    def __init__(self) -> None:
        self._nodes: list[Node] = []

    def source(self, size: int) -> Node:
        """Take in `size` bytes that the host computes or fills."""
        return Node(size, (), from_host=True)

    def op(self, size: int, *operands: Operand, in_place: bool = False) -> Node:
        """Add an operation whose result takes `size` bytes; weights and caches are no operands."""
        nodes = tuple(o.node if isinstance(o, View) else o for o in operands)
        direct = tuple(o for o in operands if isinstance(o, Node)) if in_place else ()
        return Node(size, nodes, direct)

    def compute(self, operand: Operand) -> None:
        """Order an operation and all it needs after what was ordered before."""
        node = operand.node if isinstance(operand, View) else operand
        if node.seen:
            return
        node.seen = True
        for needed in node.operands:
            self.compute(needed)
        if not node.from_host:
            self._nodes.append(node)

    def store(self, *operands: Operand) -> None:
        """Order an operation that writes outside the buffer (a KV cache, a recurrent state)."""
        self.compute(self.op(0, *operands))

    def peak_bytes(
        self, *, unused: tuple[int, ...] = (), computed: Node | None = None, copies: int = 1
    ) -> int:
        """Lay the graph out; give the size of the buffer. A graph is laid out once.

        `unused` blocks lie in the buffer from the start and stay. On the host nothing is copied in:
        the inputs are there from the start, and one of them is `computed` first of all. With
        several `copies` every input is there so often, and stays (pipeline parallelism).
        """
        inputs: list[Node] = []
        for node in self._nodes:
            for operand in node.operands:
                operand.readers += 1
                if operand.from_host and operand.readers == 1:
                    inputs.append(operand)
        memory = _Memory()
        for size in unused:
            memory.take(size)
        if computed is not None:
            inputs.remove(computed)
            inputs.append(computed)
        for node in inputs:
            for _ in range(copies):
                node.offset = memory.take(node.size)
            node.allocated = True
            node.kept = copies > 1
        for node in self._nodes:
            if node.size:
                _place(node, memory)
            for operand in node.operands:
                operand.readers -= 1
                if not operand.readers and operand.allocated and not operand.kept:
                    memory.give_back(operand.offset, operand.size)
                    operand.allocated = False
        return memory.peak


def _place(node: Node, memory: _Memory) -> None:
    node.allocated = True
    for operand in node.reusable:
        if (
            operand.readers == 1
            and operand.size == node.size
            and operand.allocated
            and not operand.kept
        ):
            node.offset = operand.offset
            operand.allocated = False
            return
    node.offset = memory.take(node.size)


class _Memory:
    """The free blocks of the buffer, by address; the last one has no end."""

    __slots__ = ("free", "peak")

    def __init__(self) -> None:
        self.free: list[list[int]] = [[0, 1 << 62]]
        self.peak = 0

    def take(self, size: int) -> int:
        """Give the offset of the smallest free block that holds `size`, else of the last."""
        free = self.free
        best = -1
        smallest = 1 << 63
        for i in range(len(free) - 1):
            if size <= free[i][1] <= smallest:
                best = i
                smallest = free[i][1]
        block = free[best]  # -1: the last block
        offset = block[0]
        block[0] += size
        block[1] -= size
        if not block[1]:
            free.pop(best)
        self.peak = max(self.peak, offset + size)
        return offset

    def give_back(self, offset: int, size: int) -> None:
        """Free `size` bytes at `offset`, joining free neighbours."""
        free = self.free
        index = 0
        while index < len(free) and free[index][0] < offset:
            index += 1
        free.insert(index, [offset, size])
        if index + 1 < len(free) and offset + size == free[index + 1][0]:
            free[index][1] += free.pop(index + 1)[1]
        if index and free[index - 1][0] + free[index - 1][1] == offset:
            free[index - 1][1] += free.pop(index)[1]
