"""How llama.cpp lays a graph of operations out in one buffer, and how large the buffer gets.

Each operation's result gets the smallest free block it fits, or the end of the buffer; some write
over an operand that nobody else reads. A result is freed after its last reader. What comes from the
host (embeddings, positions, masks) is copied in before the first operation. The buffer is as large
as the furthest byte ever used.

Layers of a kind repeat, and where one begins with the buffer as an earlier one found it, it leaves
it as the earlier one did: it is laid out once.

Source: ggml_gallocr_alloc_graph_impl in ggml/src/ggml-alloc.c, ggml_backend_sched_split_graph in
ggml/src/ggml-backend.cpp. https://github.com/ggml-org/llama.cpp/blob/master/ggml/src/ggml-alloc.c
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from fitcheck.estimator.runtimes.llama_cpp.graph import OUTSIDE, Graph, Node
from fitcheck.estimator.runtimes.llama_cpp.memory_blocks import MemoryBlocks

if TYPE_CHECKING:
    from collections.abc import Sequence

_LAYER = 1 << 16  # a node's key: its number in its layer, and this for each layer back
_MANY = 1 << 30  # readers of what later layers read too

# A result in the buffer: offset, size, readers still to come, whether it stays whatever they read.
_Placed = tuple[int, int, int, bool]


class _Layer:
    """The steps of one layer, with results named by layers back and number, so that they repeat."""

    __slots__ = ("inputs", "reads", "shared", "steps")

    def __init__(self, nodes: list[Node], layer: int) -> None:
        reads: dict[int, int] = {}
        self.inputs: list[tuple[int, int]] = []  # names and sizes, in the order of their first use
        self.steps: list[tuple[int, int, list[int], list[int], bool]] = []
        for node in nodes:
            names = []
            for operand in node.operands:
                name = operand.number
                if name > 0:
                    name += _LAYER * (layer - operand.layer)
                names.append(name)
                if name in reads:
                    reads[name] += 1
                else:
                    reads[name] = 1
                    if operand.from_host:
                        self.inputs.append((name, operand.size))
            reusable = [names[node.operands.index(operand)] for operand in node.reusable]
            own = node.number
            if own > 0:
                own += _LAYER * (layer - node.layer)
            self.steps.append((node.size, own, names, reusable, node.kept))
        self.reads = reads
        self.shared = [name for name in reads if name < 0]


def peak_bytes(
    graph: Graph,
    order: Sequence[int],
    *,
    unused: tuple[int, ...] = (),
    computed: Node | None = None,
    copies: int = 1,
) -> int:
    """Return the size of the buffer of a model whose layers are `order`, indices of the graph's.

    What follows the last layer is the graph's last layer and is not in `order`. `unused` blocks
    lie in the buffer from the start and stay. On the host nothing is copied in: the inputs are
    there from the start, and one of them is `computed` first of all. With several `copies` every
    input is there so often, and stays (pipeline parallelism).
    """
    kinds = [_Layer(nodes, index) for index, nodes in enumerate(graph.layers)]
    path = [*order, len(kinds) - 1]
    memory = MemoryBlocks()
    for size in unused:
        memory.take(size)
    inputs = _inputs([kinds[index] for index in path])
    if computed is not None:
        inputs[0, computed.number] = inputs.pop((0, computed.number))
    placed: dict[int, _Placed] = {}
    own: list[dict[int, _Placed]] = [{} for _ in path]
    for (position, name), size in inputs.items():
        for _ in range(copies):
            offset = memory.take(size)
        if name < 0:
            placed[name] = (offset, size, _MANY, copies > 1)
        else:
            readers = kinds[path[position]].reads[name]
            own[position][name] = (offset, size, readers, copies > 1)
    last_readers = _last_readers(kinds, path)
    reach = max(max(kind.reads, default=0) for kind in kinds) // _LAYER  # layers read back
    counted: dict[object, dict[int, int]] = {}
    seen: dict[object, tuple[MemoryBlocks, dict[int, _Placed]]] = {}
    for position, index in enumerate(path):
        placed.update(own[position])
        following = path[position + 1 : position + 1 + reach]
        dying = last_readers.get(position, ())
        state = (index, *following, dying, memory.state(), frozenset(placed.items()))
        if state in seen:
            peak = memory.peak
            memory, placed = seen[state][0].copy(), dict(seen[state][1])
            memory.peak = max(memory.peak, peak)
            continue
        for name, reads in dying:
            if name in placed:
                offset, size, _, kept = placed[name]
                placed[name] = (offset, size, reads, kept)
        around = (index, *following)
        if around not in counted:
            later = [kinds[follower].reads for follower in following]
            counted[around] = _readers(kinds[index], later)
        _lay_out(kinds[index], memory, placed, counted[around], dict(dying))
        placed = {key + _LAYER if key > 0 else key: at for key, at in placed.items()}
        seen[state] = (memory.copy(), placed)
        placed = dict(placed)
    return memory.peak


def _inputs(kinds: list[_Layer]) -> dict[tuple[int, int], int]:
    """List what comes from the host: first each layer's own, then by first use what they share."""
    own: dict[tuple[int, int], int] = {}
    shared: dict[tuple[int, int], int] = {}
    for position, kind in enumerate(kinds):
        for name, size in kind.inputs:
            if name > 0:
                own[position, name] = size
            else:
                shared.setdefault((0, name), size)
    return own | shared


def _last_readers(kinds: list[_Layer], path: list[int]) -> dict[int, tuple[tuple[int, int], ...]]:
    """Tell in which layer what several layers read is read last, and how often there."""
    last: dict[int, int] = {}
    for position in range(len(path) - 1, -1, -1):
        for name in kinds[path[position]].shared:
            last.setdefault(name, position)
    layers: dict[int, tuple[tuple[int, int], ...]] = {}
    for name, position in last.items():
        reads = kinds[path[position]].reads[name]
        layers[position] = (*layers.get(position, ()), (name, reads))
    return layers


def _readers(kind: _Layer, later: list[dict[int, int]]) -> dict[int, int]:
    """Count how often each result of a layer is read in it and in those that follow."""
    counts: dict[int, int] = {}
    for _, name, *_ in kind.steps:
        if name > 0:
            counts[name] = kind.reads.get(name, 0)
            for distance, follower in enumerate(later, start=1):
                counts[name] += follower.get(name + distance * _LAYER, 0)
    return counts


def _lay_out(
    kind: _Layer,
    memory: MemoryBlocks,
    placed: dict[int, _Placed],
    readers: dict[int, int],
    dying: dict[int, int],
) -> None:
    """Place the results of one layer and free what nobody reads any more."""
    take, give_back, get = memory.take, memory.give_back, placed.get
    for size, name, operands, reusable, kept in kind.steps:
        if size != OUTSIDE:
            offset = -1
            for operand in reusable:
                at = get(operand)
                if at is not None and at[1] == size and at[2] == 1 and not at[3]:
                    offset = at[0]
                    del placed[operand]
                    break
            if offset < 0:
                offset = take(size)
            reads = readers[name] if name > 0 else dying.get(name, _MANY)
            placed[name] = (offset, size, reads, kept)
        for operand in operands:
            at = get(operand)
            if at is None or at[2] == _MANY:
                continue
            if at[2] > 1 or at[3]:
                placed[operand] = (at[0], at[1], at[2] - 1, at[3])
            else:
                give_back(at[0], at[1])
                del placed[operand]
