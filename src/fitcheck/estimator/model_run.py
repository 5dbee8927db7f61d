"""A model under a runtime and settings: all of an estimate that neither format nor card changes."""

from __future__ import annotations

from typing import TYPE_CHECKING

from fitcheck.estimator.cache.read import kv_read_bytes
from fitcheck.estimator.parameters import active_parameters, total_parameters
from fitcheck.estimator.runtimes import rules_of
from fitcheck.estimator.runtimes.rules import Ask
from fitcheck.estimator.tensors import expand
from fitcheck.records.record import field, record, replace

if TYPE_CHECKING:
    from collections.abc import Hashable, Mapping

    from fitcheck.estimator.runtimes.rules import Card, Rules
    from fitcheck.records.buffers import ComputeBuffer
    from fitcheck.records.format import KvFormat, StorageType
    from fitcheck.records.kv_cache import KvCache
    from fitcheck.records.model import Model
    from fitcheck.records.runtime import Runtime
    from fitcheck.records.settings import Settings
    from fitcheck.records.tensors import Tensor


@record
class ModelRun:
    """Tensors of a model under a runtime, and its cache and buffers on a kind of card.

    `ask` is `None` where a file's architecture is unknown: its weights are exact, the rest is not
    known. `read_bytes` and `read_bytes_full` are what one sequence's step reads of cache and state,
    at the depth asked for and with the context full. What was sized is remembered by the class of
    card (`Rules.card_class`) and the number of ranks, in `sized`; runs with another context in
    `longer`.
    """

    model: Model
    runtime: Runtime
    rules: Rules
    settings: Settings
    kv_format: KvFormat
    ask: Ask | None
    tensors: tuple[Tensor, ...]
    total_params: int
    active_params: int
    read_bytes: int
    read_bytes_full: int
    sized: dict[tuple[str, Hashable, int], object] = field(default_factory=dict, repr=False)
    longer: dict[int, ModelRun] = field(default_factory=dict, repr=False)

    def cache(self, card: Card, *, ranks: int = 1) -> KvCache | None:
        """Return the cache and state of all layers on one rank; `None` if unknown."""
        if self.ask is None:
            return None
        key = ("cache", self.rules.card_class(card), ranks)
        if key not in self.sized:
            self.sized[key] = self.rules.kv_cache(self.ask, card, ranks=ranks)
        return self.sized[key]  # type: ignore[return-value]  # what was put there

    def buffer(self, card: Card, *, ranks: int = 1) -> ComputeBuffer | None:
        """Return the compute buffer with all layers on one card; `None` if unknown."""
        if self.ask is None:
            return None
        key = ("buffer", self.rules.card_class(card), ranks)
        if key not in self.sized:
            self.sized[key] = self.rules.compute_buffer(self.ask, card, ranks=ranks)
        return self.sized[key]  # type: ignore[return-value]  # what was put there

    def split_buffers(self, card: Card) -> tuple[int, int, int]:
        """Return the buffers of the first, each middle and the last card that share the layers."""
        if self.ask is None:
            return 0, 0, 0
        key = ("split", self.rules.card_class(card), 1)
        if key not in self.sized:
            self.sized[key] = self.rules.split_buffers(self.ask, card)
        return self.sized[key]  # type: ignore[return-value]  # what was put there

    def host_buffer_bytes(self, card: Card) -> int:
        """Return what the buffer takes of system RAM."""
        buffer = self.buffer(card)
        return buffer.host_bytes if buffer else 0

    def beside_layers(self, card: Card) -> int:
        """Return what of the cache belongs to no layer and lies on every card."""
        cache = self.cache(card)
        if cache is None:
            return 0
        return sum(group.group_bytes for group in cache.groups if group.block < 0)

    def at_context(self, context: int) -> ModelRun:
        """Return the same run with another context; the same one again for the same context."""
        if context not in self.longer:
            settings = replace(self.settings, context=context)
            ask = None if self.ask is None else replace(self.ask, settings=settings)
            self.longer[context] = replace(self, settings=settings, ask=ask, sized={}, longer={})
        return self.longer[context]


def prepare_run(
    model: Model,
    runtime: Runtime,
    settings: Settings,
    kv_format: KvFormat,
    *,
    storage_types: Mapping[str, StorageType],
) -> ModelRun:
    """Expand a model and add up what it reads. Raises UsageError where a setting cannot be."""
    architecture = model.architecture
    key = storage_types[kv_format.key_storage]
    value = storage_types[kv_format.value_storage]
    if model.stored:
        tensors = tuple(item.tensor for item in model.stored)
    else:
        assert architecture is not None  # noqa: S101  # only a file's can be unknown
        tensors = expand(architecture)
    total = total_parameters(tensors)
    active, read, read_full = total, 0, 0
    ask = None
    if architecture is not None:
        ask = Ask(
            architecture=architecture,
            runtime=runtime,
            settings=settings,
            key_storage=key,
            value_storage=value,
        )
        active = active_parameters(architecture, tensors)
        read, read_full = (
            kv_read_bytes(architecture, depth=depth, key_storage=key, value_storage=value)
            for depth in (settings.depth, settings.context)
        )
    return ModelRun(
        model=model,
        runtime=runtime,
        rules=rules_of(runtime),
        settings=settings,
        kv_format=kv_format,
        ask=ask,
        tensors=tensors,
        total_params=total,
        active_params=active,
        read_bytes=read,
        read_bytes_full=read_full,
    )
