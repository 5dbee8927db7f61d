"""The notes of one answer: defaults that were used, and what a reader must know to trust it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from fitcheck.estimator.assess import RUNNING

if TYPE_CHECKING:
    from fitcheck.answers.query import Query
    from fitcheck.estimator.workload import Workload
    from fitcheck.records.result import Estimate


def notes_for(estimate: Estimate, query: Query, workload: Workload) -> tuple[str, ...]:
    """Say what was assumed and what limits the answer, most important first."""
    notes = []
    settings = workload.settings
    runtime = workload.runtime
    if estimate.verdict == "unsupported":
        cards = "this card" if estimate.gpu.count == 1 else "these cards"
        notes.append(f"{runtime.name} cannot run {estimate.format.name} on {cards}")
    if estimate.format.support != "native" and estimate.format.support_how:
        notes.append(estimate.format.support_how)
    requantized = workload.format.family == "gguf" and workload.format.id != "mxfp4_moe"
    if workload.model.native_format == "mxfp4" and requantized and not workload.model.stored:
        notes.append(
            "published GGUF files of this model keep its experts in MXFP4 (`-f mxfp4_moe`); "
            "this is the size with them quantized anew"
        )
    if settings.context > workload.model.max_context:
        notes.append(
            f"the model was trained for {workload.model.max_context:,} tokens, "
            f"fewer than {settings.context:,}"
        )
    if estimate.verdict == "offload":
        notes.append(
            "part of the layers lies in system RAM, taken as two channels of DDR4-3200 (51 GB/s)"
        )
    if "size_low" in (workload.format.parameters or {}):
        notes += workload.format.notes
    if workload.model.confidence == "low":
        notes.append("the shapes of this model are not confirmed: ranges are wider")
    if workload.model.confidence == "low" or workload.model.stored:  # what reading it showed
        notes += workload.model.notes
    if estimate.gpu.count > 1 and estimate.decode is not None and settings.concurrency == 1:
        notes.append("several cards take the layers in turn: capacity adds, speed does not")
    if estimate.decode is None and estimate.verdict in RUNNING and workload.decode is not None:
        notes.append(
            f"no speed: how {runtime.name} shares every layer between cards is not measured yet"
            if estimate.gpu.count > 1
            else f"no speed: nobody measured {runtime.name} on this kind of hardware"
        )
    defaults = []
    if query.context is None:
        defaults.append(f"{settings.context:,} tokens of context")
    if query.runtime is None:
        defaults.append(runtime.name)
    if query.formats is None and not workload.model.stored_format:
        defaults.append(workload.format.name)
    if defaults:
        notes.append(f"by default: {', '.join(defaults)}")
    return tuple(dict.fromkeys(notes))
