"""The Python API: the command's questions as function calls, its JSON as typed records."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from fitcheck.answers.answer import answer
from fitcheck.answers.query import Query
from fitcheck.answers.sweep import Cell, sweep
from fitcheck.errors import UsageError
from fitcheck.units import GB, GIB, TERA

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from fitcheck.records.result import Estimate

__all__ = ["Cell", "estimate", "estimate_many", "sweep"]


def estimate(
    model: str,
    *,
    gpu: str | None = None,
    format: str | None = None,  # noqa: A002  # the flag's name
    context: int | str | None = None,
    depth: int | None = None,
    kv: str | None = None,
    concurrency: int = 1,
    prompt: int | None = None,
    runtime: str | None = None,
    backend: str | None = None,
    ram_gib: float | None = None,
    vram_gib: float | None = None,
    bandwidth_gb_s: float | None = None,
    tflops: float | None = None,
    ubatch: int | None = None,
    flash_attention: bool | None = None,
    slots: int | None = None,
    kv_unified: bool = False,
    all_outputs: bool = False,
    swa_full: bool = False,
    gpu_memory_utilization: float | None = None,
    imatrix: bool = True,
    images: int = 0,
    mmproj: str | None = None,
    display: bool = False,
    system: str | None = None,
    unified_memory_gib: float | None = None,
    explain: bool = False,
    data: Iterable[str] = (),
) -> Estimate:
    """Answer one question: does this model, in this format, fit on this GPU, and how fast.

    The arguments are the flags of `fitcheck model`; `model`, `gpu` and `format` take the same
    words (`"llama-3.1-8b"`, a GGUF file, `"2x rtx3090"`, `"exl2-4.65bpw"`). `context` is tokens or
    `"max"`. A card may be described by `vram_gib` and `bandwidth_gb_s` instead of named; a file's
    format need not be. Raises FitcheckError: UsageError for words and numbers that make no
    question, SourceError for files and servers.

        >>> from fitcheck import estimate
        >>> estimate("llama-3.1-8b", gpu="rtx4090", format="q4_k_m").memory.weights_total_bytes
        4912898304
    """
    query = Query(
        models=(model,),
        gpus=None if gpu is None else (gpu,),
        formats=None if format is None else (format,),
        context=context,
        depth=depth,
        kv=kv,
        concurrency=concurrency,
        prompt=prompt,
        runtime=runtime,
        backend=backend,
        ram_bytes=_scaled(ram_gib, GIB),
        vram_bytes=_scaled(vram_gib, GIB),
        bandwidth_bytes_per_s=_scaled(bandwidth_gb_s, GB),
        flops=None if tflops is None else tflops * TERA,
        ubatch=ubatch,
        flash_attention=flash_attention,
        slots=slots,
        kv_unified=kv_unified,
        all_outputs=all_outputs,
        swa_full=swa_full,
        gpu_memory_utilization=gpu_memory_utilization,
        imatrix=imatrix,
        images=images,
        mmproj=mmproj,
        display=display,
        system=system,
        unified_memory_bytes=_scaled(unified_memory_gib, GIB),
        explain=explain,
        show_all=True,
        data_folders=tuple(data),
    )
    results = answer(query).results
    if len(results) != 1:
        raise UsageError(
            "one model, one GPU and one format make one estimate",
            "name all three, or ask for several with `estimate_many`",
        )
    return results[0]


def estimate_many(questions: Iterable[Mapping[str, Any]]) -> Iterator[Estimate]:
    """Answer question after question, lazily; each is the arguments of `estimate` as a mapping.

    >>> cards = ("rtx3090", "rtx4090")
    >>> questions = ({"model": "phi-4", "gpu": gpu, "format": "q4_k_m"} for gpu in cards)
    >>> [answer.gpu.id for answer in estimate_many(questions)]
    ['rtx-3090', 'rtx-4090']
    """
    for question in questions:
        yield estimate(**question)


def _scaled(value: float | None, unit: int) -> int | None:
    return None if value is None else round(value * unit)
