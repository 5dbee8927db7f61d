"""The allocator by hand: blocks reused, results written in place, inputs freed after last use."""

from __future__ import annotations

from fitcheck.estimator.runtimes.llama_cpp.graph import Graph, View


def test_a_chain_needs_two_results_at_a_time():
    graph = Graph()
    node = graph.op(1024)
    for _ in range(10):
        node = graph.op(1024, node)
    graph.compute(node)
    assert graph.peak_bytes() == 2048


def test_a_chain_in_place_needs_one():
    graph = Graph()
    node = graph.op(1024)
    for _ in range(10):
        node = graph.op(1024, node, in_place=True)
    graph.compute(node)
    assert graph.peak_bytes() == 1024


def test_a_view_is_never_written_over():
    graph = Graph()
    first = graph.op(1024)
    graph.compute(graph.op(1024, View(first), in_place=True))
    assert graph.peak_bytes() == 2048


def test_a_second_reader_keeps_a_result():
    graph = Graph()
    first = graph.op(1024)
    second = graph.op(1024, first, in_place=True)
    graph.compute(graph.op(1024, second, first, in_place=True))
    assert graph.peak_bytes() == 2048


def test_the_smallest_hole_that_fits_is_taken():
    graph = Graph()
    small, wall, large, end = (graph.op(size) for size in (1024, 128, 4096, 128))
    graph.store(small, wall, large, end)
    for node in (small, large):
        graph.store(node)
    graph.store(graph.op(512), wall, end)
    assert graph.peak_bytes() == 1024 + 128 + 4096 + 128


def test_sizes_are_aligned():
    graph = Graph()
    graph.compute(graph.op(1))
    assert graph.peak_bytes() == 128
