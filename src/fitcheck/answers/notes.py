"""The notes of one answer: defaults that were used, and what a reader must know to trust it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from fitcheck.estimator.assess import RUNNING
from fitcheck.estimator.devices.usable_memory import usable_memory
from fitcheck.units import GIB

if TYPE_CHECKING:
    from fitcheck.answers.query import Query
    from fitcheck.estimator.workload import Workload
    from fitcheck.records.gpu import Device
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
            if estimate.format.support != "unknown"
            else "no speed: it is not known whether this runs"
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


def notes_on_ram(device: Device, query: Query, *, verdict: str) -> tuple[str, ...]:
    """Say which RAM was assumed where nobody chose it, and, where it is short, how to lend more."""
    gpu = next((gpu for gpu in device.gpus if gpu.unified_memory), None)
    if gpu is None or gpu.driver_memory_bytes is not None:
        return ()
    notes = []
    others = [size for size in gpu.memory_options_bytes if size != gpu.memory_bytes]
    assumed = gpu.memory_bytes == max(gpu.memory_options_bytes, default=0)
    if query.unified_memory_bytes is None and others and assumed:
        sizes = " or ".join(f"{size / GIB:g}" for size in others)
        notes.append(
            f"taken with {gpu.memory_bytes / GIB:g} GB of RAM, the most it is sold with; "
            f"`--unified-memory` says {sizes}"
        )
    if verdict != "fits":
        notes += usable_memory(gpu, system=query.system or "linux").notes
    return tuple(notes)
