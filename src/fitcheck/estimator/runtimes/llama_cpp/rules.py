"""llama.cpp's rules: cache and buffers from its own graph, layers split over cards, or in RAM.

Source: llama.cpp v0.5.0, common/common.h, tools/server/README.md (defaults), src/llama-model.cpp
https://github.com/ggml-org/llama.cpp/tree/master/src
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from fitcheck.estimator.runtimes.llama_cpp.compute_buffer import llama_cpp_compute_buffer
from fitcheck.estimator.runtimes.llama_cpp.kv_cache import CELL_PADDING, llama_cpp_kv_cache
from fitcheck.estimator.runtimes.rules import Rules
from fitcheck.records.weights import Loading

if TYPE_CHECKING:
    from collections.abc import Hashable

    from fitcheck.estimator.runtimes.rules import Ask, Card
    from fitcheck.records.buffers import ComputeBuffer
    from fitcheck.records.kv_cache import KvCache
    from fitcheck.records.runtime import Runtime
    from fitcheck.records.settings import Settings

_SPLIT_CARDS = 3  # a first, a middle and a last one stand for any number


class LlamaCpp(Rules):
    """The rules of llama.cpp."""

    splits = ("layer",)
    # Tables that rows are looked up in (LLM_TENSOR_LAYER_INPUT in src/llama-arch.cpp) stay in RAM.
    loading = Loading(lookups_on_host=True, padded_rows=True)
    # mmproj: https://github.com/ggml-org/llama.cpp/blob/master/docs/multimodal.md
    separate_towers = True
    host_layers = True
    integer_products = True  # MMQ: ggml/src/ggml-cuda/mmq.cu

    def card_class(self, card: Card) -> Hashable:
        """Return the backend: each has kernels that pad and fuse in their own way."""
        return card.backend

    def context_step(self, settings: Settings) -> int:
        """Return 256, the cells a cache is padded to, where one stream holds the context."""
        return CELL_PADDING if settings.slots or settings.concurrency == 1 else 1

    def kv_cache(self, ask: Ask, card: Card, *, ranks: int = 1) -> KvCache:
        """Size the cells llama.cpp reserves; `llama_cpp/kv_cache.py` tells the rule."""
        return llama_cpp_kv_cache(ask.architecture, **run_of(ask, card))

    def compute_buffer(self, ask: Ask, card: Card, *, ranks: int = 1) -> ComputeBuffer:
        """Lay llama.cpp's graph out; `llama_cpp/compute_buffer.py` tells the rule."""
        return llama_cpp_compute_buffer(
            ask.architecture, **run_of(ask, card), outputs=_outputs(ask)
        )

    def split_buffers(self, ask: Ask, card: Card) -> tuple[int, int, int]:
        """Lay out the graphs of a first, a middle and a last card that share the layers."""
        if len(ask.architecture.layout) < _SPLIT_CARDS:
            whole = self.compute_buffer(ask, card).device_bytes
            return whole, whole, whole
        from fitcheck.estimator.runtimes.llama_cpp.pipeline import llama_cpp_split_buffers

        first, middle, last = llama_cpp_split_buffers(
            ask.architecture, cards=_SPLIT_CARDS, **run_of(ask, card), outputs=_outputs(ask)
        )
        return first, middle, last

    def spare_bytes(self, runtime: Runtime) -> int:
        """Return what `--fit` leaves free on each card: 1,024 MiB."""
        return runtime.amount("fit_margin")


def _outputs(ask: Ask) -> int:
    """Count the tokens of a micro-batch whose logits are kept; 0 is one a sequence."""
    return ask.settings.ubatch if ask.settings.all_outputs else 0


def run_of(ask: Ask, card: Card) -> dict[str, Any]:
    """Return what cache and buffers are both told.

    With `--parallel` slots the context is shared by them, as `-c` is; otherwise each of the
    sequences has a context of its own.
    """
    settings = ask.settings
    shared = settings.slots is not None
    return {
        "context": settings.context if shared else settings.context * settings.concurrency,
        "sequences": settings.slots or settings.concurrency,
        "key_storage": ask.key_storage,
        "value_storage": ask.value_storage,
        "unified": settings.kv_unified,
        "ubatch": settings.ubatch,
        "flash_attention": settings.flash_attention,
        "swa_full": settings.swa_full,
        "backend": card.backend,
    }


RULES = LlamaCpp()
