"""A model in a format under a runtime and settings: all of an estimate that no card changes."""

from __future__ import annotations

from typing import TYPE_CHECKING

from fitcheck.estimator.quantizers import store
from fitcheck.estimator.speed import decode_work, prefill_work
from fitcheck.estimator.tensors import expand
from fitcheck.estimator.weights import summarize
from fitcheck.records.record import field, record, replace

if TYPE_CHECKING:
    from collections.abc import Mapping

    from fitcheck.estimator.model_run import ModelRun
    from fitcheck.estimator.runtimes.rules import Rules
    from fitcheck.estimator.speed import DecodeWork, PrefillWork
    from fitcheck.estimator.target import TargetCard
    from fitcheck.records.format import Format, StorageType
    from fitcheck.records.model import Model
    from fitcheck.records.runtime import Runtime
    from fitcheck.records.settings import Settings
    from fitcheck.records.tensors import StoredTensor
    from fitcheck.records.weights import Weights


@record
class Works:
    """The work of a decode step at one depth: of all sequences at once, and of one alone."""

    depth: int
    together: DecodeWork
    alone: DecodeWork


@record
class Workload:
    """What has to lie in memory and what one step has to read, before any card is named.

    `decode` and `decode_full` are `None` where a file's architecture is unknown.
    """

    run: ModelRun
    format: Format
    stored: tuple[StoredTensor, ...]
    weights: Weights
    storage_types: Mapping[str, StorageType]
    decode: Works | None
    decode_full: Works | None
    prompts: list[PrefillWork] = field(default_factory=list, repr=False)  # worked out when asked

    def prompt_work(self) -> PrefillWork | None:
        """Return the work of the prompt, the same on every card; `None` as for `decode`."""
        architecture = self.model.architecture
        if not self.prompts and architecture is not None:
            self.prompts.append(
                prefill_work(
                    self.weights,
                    architecture,
                    storage_types=self.storage_types,
                    tokens=self.settings.prompt,
                    ubatch=self.settings.ubatch,
                )
            )
        return self.prompts[0] if self.prompts else None

    @property
    def model(self) -> Model:
        """The model."""
        return self.run.model

    @property
    def runtime(self) -> Runtime:
        """The runtime."""
        return self.run.runtime

    @property
    def rules(self) -> Rules:
        """The runtime's rules."""
        return self.run.rules

    @property
    def settings(self) -> Settings:
        """The settings, resolved."""
        return self.run.settings

    def overhead_bytes(self, card: TargetCard, *, ranks: int = 1, position: int = 0) -> int:
        """Return what the runtime takes beside its own buffers on the card at `position`."""
        found = self.rules.overhead(self.runtime, card.card, ranks=ranks, position=position)
        return found.overhead_bytes

    def budget(self, card: TargetCard, *, fixed_bytes: int) -> int:
        """Return what the runtime lets itself take of a card; all of it where nothing is known."""
        if self.run.ask is None:
            return card.usable_bytes
        return self.rules.budget(
            self.run.ask, card.card, usable_bytes=card.usable_bytes, fixed_bytes=fixed_bytes
        )


def prepare(
    run: ModelRun, format_: Format, *, storage_types: Mapping[str, StorageType]
) -> Workload:
    """Store a model's tensors in a format and add up what a step reads of them."""
    model, settings = run.model, run.settings
    architecture = model.architecture
    if architecture is None or (model.stored and format_.id == model.stored_format):
        stored = model.stored
    else:  # a file asked about in another format than its own is described anew
        tensors = expand(architecture) if model.stored else run.tensors
        stored = store(architecture, tensors, format_, storage_types, imatrix=settings.imatrix)
    weights = summarize(architecture, stored, storage_types, loading=run.rules.loading)
    if settings.images:
        from fitcheck.estimator.images import tower_bytes

        tower = tower_bytes(model, settings.images, separate_towers=run.rules.separate_towers)
        weights = replace(
            weights,
            device_bytes=weights.device_bytes + tower,
            other_bytes=weights.other_bytes + tower,
        )
    decode = decode_full = None
    if architecture is not None:

        def works(depth: int, read_bytes: int) -> Works:
            by_sequences = {
                concurrency: decode_work(
                    weights,
                    architecture,
                    storage_types=storage_types,
                    kv_read_bytes=read_bytes,
                    depth=depth,
                    concurrency=concurrency,
                )
                for concurrency in {settings.concurrency, 1}
            }
            together, alone = by_sequences[settings.concurrency], by_sequences[1]
            return Works(depth=depth, together=together, alone=alone)

        decode = works(settings.depth, run.read_bytes)
        decode_full = works(settings.context, run.read_bytes_full)
    return Workload(
        run=run,
        format=format_,
        stored=stored,
        weights=weights,
        storage_types=storage_types,
        decode=decode,
        decode_full=decode_full,
    )
