"""What a runtime tells of itself: the rules each runtime's file or folder overrides.

A record of `data/runtimes.yaml` names the module that holds its rules (`rules: vllm.rules`) and
the constants they read; the registry in `runtimes/__init__.py` joins the two. All sizes are those
of one card: how many cards there are and what each holds is told by `estimator/placement/`.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from fitcheck.estimator.runtimes.cuda_context import context_overhead
from fitcheck.records.record import record
from fitcheck.records.weights import Loading
from fitcheck.units import MIB

if TYPE_CHECKING:
    from collections.abc import Hashable

    from fitcheck.records.architecture import Architecture
    from fitcheck.records.buffers import ComputeBuffer, Overhead
    from fitcheck.records.format import StorageType
    from fitcheck.records.gpu import Gpu
    from fitcheck.records.kv_cache import KvCache
    from fitcheck.records.runtime import Runtime
    from fitcheck.records.settings import Settings


@record
class Ask:
    """What a runtime is asked to hold: an architecture, run so, keys and values stored so."""

    architecture: Architecture
    runtime: Runtime
    settings: Settings
    key_storage: StorageType
    value_storage: StorageType


@record(eq=True, kw_only=False)
class Card:
    """One card under a backend (cuda, rocm, metal …)."""

    gpu: Gpu
    backend: str


class Rules:
    """The rules of one runtime; a subclass overrides what is its own.

    `splits`: how it spreads over several cards, its own choice first: "layer" (whole layers, one
    after another), "tensor" (a part of every layer on each); empty: one device only. `loading`:
    where weights lie once loaded. `separate_towers`: the vision tower is a file of its own, loaded
    where images are asked for. `host_layers`: layers may be computed by the CPU from system RAM.
    `integer_products`: a prompt's quantized weights are multiplied with 8-bit activations, not
    unpacked first. `ranks` is how many cards share every layer (tensor parallel). Bytes and tokens.
    """

    splits: tuple[str, ...] = ()
    loading = Loading()
    separate_towers = False
    host_layers = False
    integer_products = False

    def default_context(self, runtime: Runtime, *, memory_bytes: int) -> int | None:
        """Return the context it takes by itself with so much GPU memory; `None`: no own choice."""
        return None

    def held_context(self, context: int, *, trained: int) -> int:
        """Return the context it reserves of the one asked for, `trained` being the model's own."""
        return context

    def card_class(self, card: Card) -> Hashable:
        """Return what cards must share to hold the same cache and buffers."""
        return ""

    def context_step(self, settings: Settings) -> int:
        """Return the step in tokens by which cache and buffers grow with the context."""
        return 1

    def kv_cache(self, ask: Ask, card: Card, *, ranks: int = 1) -> KvCache:
        """Size the cache and state of all layers, on one rank."""
        raise NotImplementedError

    def compute_buffer(self, ask: Ask, card: Card, *, ranks: int = 1) -> ComputeBuffer:
        """Size activations and logits with all layers on one card, on one rank."""
        raise NotImplementedError

    def split_buffers(self, ask: Ask, card: Card) -> tuple[int, int, int]:
        """Size the buffers of the first, each middle and the last card that share the layers."""
        whole = self.compute_buffer(ask, card).device_bytes
        return whole, whole, whole

    def overhead(
        self, runtime: Runtime, card: Card, *, ranks: int = 1, position: int = 0
    ) -> Overhead:
        """Size what it takes beside its own buffers on the card at `position`."""
        return context_overhead(runtime, card)

    def budget(self, ask: Ask, card: Card, *, usable_bytes: int, fixed_bytes: int) -> int:
        """Return how much of a card's usable memory it lets itself take in all.

        `fixed_bytes` is what is there before the cache: weights, buffers, overhead.
        """
        return usable_bytes

    def spare_bytes(self, runtime: Runtime) -> int:
        """Return what it leaves free on a card when it chooses how many layers to put there."""
        return 512 * MIB  # with less to spare a card is tight
