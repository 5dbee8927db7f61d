"""llama.cpp's compute buffers on several cards: layers split, micro-batches in a pipeline.

Each card computes its own layers; the last also the logits. So that a card can start on a
micro-batch while the next works on the one before, every input is kept four times on each card.

Source: GGML_SCHED_MAX_COPIES in ggml/src/ggml-backend.cpp, pipeline_parallel in
src/llama-context.cpp. https://github.com/ggml-org/llama.cpp/tree/master
"""

from __future__ import annotations

from functools import lru_cache
from itertools import pairwise
from typing import TYPE_CHECKING, Any

from fitcheck.estimator.runtimes.llama_cpp.kv_cache import CELL_PADDING
from fitcheck.estimator.runtimes.llama_cpp.layout import peak_bytes
from fitcheck.estimator.runtimes.llama_cpp.model_graph import build_graph, representative
from fitcheck.estimator.runtimes.llama_cpp.worst_batch import worst_batch
from fitcheck.units import round_up

if TYPE_CHECKING:
    from fitcheck.records.architecture import Architecture

COPIES = 4


def llama_cpp_split_buffers(
    architecture: Architecture,
    *,
    cards: int,
    context: int,
    **run: Any,  # noqa: ANN401  # the arguments of `llama_cpp_compute_buffer`
) -> tuple[int, ...]:
    """Return the buffer on each of `cards` cards of like size."""
    return _sized(architecture, cards, round_up(context, CELL_PADDING), **run)


@lru_cache(maxsize=1024)
def _sized(
    architecture: Architecture,
    cards: int,
    context: int,
    **run: Any,  # noqa: ANN401  # the settings above
) -> tuple[int, ...]:
    parts = _parts(architecture.layout, cards)
    sizes = []
    for position, part in enumerate(parts):
        batch = worst_batch(architecture, context=context, **run)
        built, order = representative(architecture, part)
        build_graph(
            architecture,
            batch,
            built,
            opening=position == 0,
            closing=position == len(parts) - 1,
        )
        sizes.append(peak_bytes(batch.graph, order, copies=COPIES))
    return tuple(sizes)


def _parts(layout: tuple[int, ...], cards: int) -> list[tuple[int, ...]]:
    """Split the layers, the output counted as one, into runs of like length."""
    total = len(layout) + 1
    bounds = [min(len(layout), -(-total * card // cards)) for card in range(cards + 1)]
    return [layout[low:high] for low, high in pairwise(bounds)]
