"""The allocator by hand: blocks reused, results written in place, inputs freed after last use."""

from __future__ import annotations

from fitcheck.estimator.runtimes.llama_cpp.graph import Graph, View
from fitcheck.estimator.runtimes.llama_cpp.layout import peak_bytes
from fitcheck.estimator.runtimes.llama_cpp.memory_blocks import MemoryBlocks


def test_a_chain_needs_two_results_at_a_time():
    graph = Graph()
    node = graph.op(1024)
    for _ in range(10):
        node = graph.op(1024, node)
    graph.compute(node)
    assert peak_bytes(graph, ()) == 2048


def test_a_chain_in_place_needs_one():
    graph = Graph()
    node = graph.op(1024)
    for _ in range(10):
        node = graph.op(1024, node, in_place=True)
    graph.compute(node)
    assert peak_bytes(graph, ()) == 1024


def test_a_view_is_never_written_over():
    graph = Graph()
    first = graph.op(1024)
    graph.compute(graph.op(1024, View(first), in_place=True))
    assert peak_bytes(graph, ()) == 2048


def test_a_second_reader_keeps_a_result():
    graph = Graph()
    first = graph.op(1024)
    second = graph.op(1024, first, in_place=True)
    graph.compute(graph.op(1024, second, first, in_place=True))
    assert peak_bytes(graph, ()) == 2048


def test_the_smallest_hole_that_fits_is_taken():
    graph = Graph()
    small, wall, large, end = (graph.op(size) for size in (1024, 128, 4096, 128))
    graph.store(small, wall, large, end)
    for node in (small, large):
        graph.store(node)
    graph.store(graph.op(512), wall, end)
    assert peak_bytes(graph, ()) == 1024 + 128 + 4096 + 128


def test_sizes_are_aligned():
    graph = Graph()
    graph.compute(graph.op(1))
    assert peak_bytes(graph, ()) == 128


def test_a_result_of_no_bytes_parts_its_neighbours():
    def left_after(*, nothing: bool) -> int:
        memory = MemoryBlocks()
        first, second, third = memory.take(1024), memory.take(1024), memory.take(128)
        memory.give_back(second, 1024)
        none = memory.take(0) if nothing else -1
        memory.give_back(first, 1024)
        if nothing:
            memory.give_back(none, 0)
        assert memory.take(1536) == 0
        memory.give_back(third, 128)
        return memory.take(1024)

    assert left_after(nothing=False) == 1536
    assert left_after(nothing=True) == 2176  # the block of 640 bytes before the end is not joined


def test_repeated_layers_are_laid_out_as_if_each_were_built():
    def stack(layers: int) -> Graph:
        graph = Graph()
        stream = graph.op(1024)
        for index in range(layers):
            if index:
                graph.next_layer(stream)
            wide = graph.op(4096, stream)
            graph.compute(wide)
            stream = graph.op(1024, graph.op(1024, wide), stream, in_place=True)
        graph.next_layer(stream)
        graph.compute(graph.op(2048, stream))
        return graph

    assert peak_bytes(stack(12), range(12)) == peak_bytes(stack(4), [0, 1, *[2] * 9, 3])
