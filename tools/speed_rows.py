"""The clean measurements of data/benchmarks.csv as rows to fit: work in units, seconds measured.

Repeated runs of one configuration are one row, their median. What the estimate cannot know of a
published file (Unsloth's dynamic mixes) is taken from the file's published size.
"""

from __future__ import annotations

import re
from collections import defaultdict
from dataclasses import dataclass, replace
from functools import lru_cache
from statistics import median
from typing import TYPE_CHECKING

from fitcheck.catalog import load
from fitcheck.errors import FitcheckError
from fitcheck.estimator.cache.read import kv_read_bytes
from fitcheck.estimator.quantizers import store
from fitcheck.estimator.runtimes import rules_of
from fitcheck.estimator.speed import decode_work
from fitcheck.estimator.speed.prefill import prefill_work
from fitcheck.estimator.speed.scopes import chip
from fitcheck.estimator.tensors import expand
from fitcheck.estimator.weights import summarize
from fitcheck.records.weights import Loading

if TYPE_CHECKING:
    from fitcheck.estimator.speed import DecodeWork
    from fitcheck.estimator.speed.prefill import PrefillWork
    from fitcheck.records.architecture import Architecture
    from fitcheck.records.benchmark import Benchmark
    from fitcheck.records.format import StorageType
    from fitcheck.records.gpu import Gpu
    from fitcheck.records.model import Model
    from fitcheck.records.tensors import Tensor
    from fitcheck.records.weights import Weights

# Runtimes whose measurements the accuracy is stated for, and those that are fitted: SGLang shares
# vLLM's kernels. Other published runs are too few, or of scripts around a runtime.
JUDGED = {"llama.cpp", "ollama", "lm-studio", "vllm", "mlx", "exllama", "exllamav2"}
FITTED = JUDGED | {"sglang"}
# Files whose mix is not a format of ours: the nearest one, scaled to the published size.
STAND_IN = {
    "mxfp4+f16": "mxfp4",
    "ud-q4_k_m": "q4_k_m",
    "ud-q3_k_s": "q3_k_s",
    "ud-q8_k_xl": "q8_0",
    "ud-q6_k_xl": "q6_k",
    "ud-q5_k_xl": "q5_k_m",
    "ud-q4_k_xl": "q4_k_m",
    "ud-q3_k_xl": "q3_k_m",
    "ud-q2_k_xl": "q2_k",
    "ud-iq3_xxs": "iq3_xxs",
    "ud-iq2_xxs": "iq2_xxs",
}
UBATCH = {"llama.cpp": 512, "mlx": 2048, "vllm": 2048, "exllama": 2048}  # defaults
FARTHEST = 0.08  # a published file that differs more from our sum was not the model it is named as


@dataclass(slots=True)
class Row:
    """One configuration: what ran where, the work, and the seconds a token took."""

    gpu: Gpu
    card: str
    model: str
    parameters: float
    active: float
    moe: bool
    format: str
    runtime: str
    backend: str
    source: str
    depth: int
    prompt: int
    year: int
    tokens_per_s: float
    work: DecodeWork | PrefillWork | None = None
    runs: int = 1


def decode_rows(problems: list[str] | None = None) -> list[Row]:
    """Collect the configurations of clean single-card, single-stream decode measurements."""
    groups: dict[tuple[object, ...], list[Benchmark]] = defaultdict(list)
    for bench in (bench for card in load().benchmarks.all() for bench in card):
        if bench.phase != "decode" or bench.count != 1 or bench.concurrency != 1 or bench.mark:
            continue
        if bench.runtime not in FITTED or not bench.backend:
            continue
        depth = bench.depth + bench.generated_tokens // 2
        if bench.flash_attention is False and depth > 1100:
            continue  # nobody runs it so; it is not what the estimate is of
        key = (
            bench.gpu, bench.model, bench.format, bench.runtime, bench.backend, bench.kv_format,
            bench.source, year(bench), depth,
        )  # fmt: skip
        groups[key].append(bench)
    rows = []
    for members in groups.values():
        row = _row(members, problems)
        if row:
            rows.append(row)
    return rows


def over_ceiling() -> list[str]:
    """List the decode measurements faster than reading the weights at peak bandwidth allows.

    Whatever else a row says, it cannot be right. Several cards read at once at most (tensor
    parallel), so their bandwidths add.
    """
    found = []
    for bench in (bench for card in load().benchmarks.all() for bench in card):
        weights = weights_of(bench.model, bench.format, bench.runtime)
        if bench.phase != "decode" or weights is None or bench.format in STAND_IN:
            continue
        bandwidth = load().gpus.get(bench.gpu).bandwidth_bytes_per_s * bench.count
        most = bench.concurrency * bandwidth / sum(weights.read_bytes(bench.concurrency).values())
        if bench.tokens_per_s > most:
            found.append(
                f"{bench.gpu}: {bench.model} {bench.format}: {bench.tokens_per_s:g} tok/s, "
                f"but {most:.1f} at most ({bench.url})"
            )
    return found


def year(bench: Benchmark) -> int:
    """Year of the build; the Metal scoreboard's are of late 2023 (build 8e672ef)."""
    if bench.source == "llama.cpp-scoreboard" and bench.backend == "metal":
        return 2023
    digits = bench.date.removeprefix("<=")[:4]
    return int(digits) if digits.isdigit() else 2025


def prefill_rows(problems: list[str] | None = None) -> list[Row]:
    """Collect the configurations of clean single-card, single-prompt prefill measurements."""
    groups: dict[tuple[object, ...], list[Benchmark]] = defaultdict(list)
    for bench in (bench for card in load().benchmarks.all() for bench in card):
        if bench.phase != "prefill" or bench.count != 1 or bench.concurrency != 1 or bench.mark:
            continue
        if bench.runtime not in FITTED or not bench.backend or bench.prompt_tokens < 64:
            continue
        if bench.flash_attention is False and bench.prompt_tokens + bench.depth > 1100:
            continue
        key = (
            bench.gpu, bench.model, bench.format, bench.runtime, bench.backend, bench.source,
            year(bench), bench.depth, bench.prompt_tokens,
        )  # fmt: skip
        groups[key].append(bench)
    return [row for members in groups.values() if (row := _row(members, problems))]


def _row(members: list[Benchmark], problems: list[str] | None) -> Row | None:
    bench = members[0]
    catalog = load()
    model = catalog.models.find(bench.model)
    if model is None or model.architecture is None:
        return None
    held = bench.depth + bench.prompt_tokens * (bench.phase == "prefill") + bench.generated_tokens
    if held > model.max_context and bench.depth > 0:
        if problems is not None:
            problems.append(f"{bench.model}: {held} tokens beyond its {model.max_context}")
        return None
    weights = weights_of(bench.model, bench.format, bench.runtime)
    if weights is None:
        return None
    sizes = [item.file_bytes for item in members if item.file_bytes]
    if load().kernels(bench.runtime) == "llama.cpp":
        ratio = median(sizes) / weights.total_bytes if sizes else 1.0
        if bench.format in STAND_IN:
            weights = scaled(weights, ratio)
        elif abs(ratio - 1) > FARTHEST:
            if problems is not None:
                problems.append(f"{bench.gpu} {bench.model} {bench.format}: file {ratio:.3f}")
            return None
    gpu = catalog.gpus.get(bench.gpu)
    depth = bench.depth + bench.generated_tokens // 2
    row = Row(
        gpu=gpu,
        card=chip(gpu.id),
        model=bench.model,
        parameters=bench.parameters_b,
        active=bench.active_b,
        moe=bool(weights.read_experts),
        format=bench.format,
        runtime=bench.runtime,
        backend=bench.backend,
        source=bench.source,
        depth=depth,
        prompt=bench.prompt_tokens,
        year=year(bench),
        tokens_per_s=median(item.tokens_per_s for item in members),
        runs=len(members),
    )
    if bench.phase == "prefill":
        ubatch = UBATCH.get(load().kernels(bench.runtime), 2048)
        told = re.search(r"ubatch (\d+)", bench.note)
        row.work = prefill_work(
            weights,
            model.architecture,
            storage_types=storage_types(),
            tokens=bench.prompt_tokens,
            context=bench.depth,
            ubatch=int(told[1]) if told else ubatch,
        )
        return row
    row.work = decode_work(
        weights,
        model.architecture,
        storage_types=storage_types(),
        kv_read_bytes=_kv_read(bench, model.architecture, depth),
        depth=depth,
    )
    return row


def _kv_read(bench: Benchmark, architecture: Architecture, depth: int) -> int:
    catalog = load()
    kv = catalog.kv_formats.find(bench.kv_format or "f16")
    if kv is None:
        kv = catalog.kv_formats.get("fp8" if "fp8" in bench.kv_format else "f16")
    types = storage_types()
    return kv_read_bytes(
        architecture,
        depth=depth,
        key_storage=types[kv.key_storage],
        value_storage=types[kv.value_storage],
    )


@lru_cache(maxsize=1)
def storage_types() -> dict[str, StorageType]:
    """Every storage type by id."""
    table = load().storage_types
    return {key: table.get(key) for key in table.ids()}


def _loading(runtime_name: str) -> Loading:
    """Where the runtime whose kernels run puts weights; bytes read do not depend on it."""
    runtime = load().runtimes.find(load().kernels(runtime_name))
    return rules_of(runtime).loading if runtime else Loading()


@lru_cache(maxsize=4096)
def weights_of(model_id: str, format_name: str, runtime_name: str) -> Weights | None:
    """Weights of a model in a published format; `None` where the format is not one of ours."""
    catalog = load()
    model: Model | None = catalog.models.find(model_id)
    name = STAND_IN.get(format_name, format_name)
    if format_name == "f16" and load().kernels(runtime_name) != "llama.cpp":
        name = "bf16"  # the same bytes; GPU runtimes name the checkpoint's own
    form = catalog.formats.find(name)
    if model is None or model.architecture is None or form is None:
        return None
    try:
        stored = store(model.architecture, tensors_of(model_id), form, storage_types())
        return summarize(
            model.architecture, stored, storage_types(), loading=_loading(runtime_name)
        )
    except FitcheckError:
        return None


@lru_cache(maxsize=512)
def tensors_of(model_id: str) -> tuple[Tensor, ...]:
    """Every tensor of a model."""
    architecture = load().models.get(model_id).architecture
    if architecture is None:
        return ()
    return expand(architecture)


def scaled(weights: Weights, ratio: float) -> Weights:
    """Give the weights as if every tensor had been stored in `ratio` times its bytes."""
    return replace(
        weights,
        total_bytes=round(weights.total_bytes * ratio),
        read_dense={key: round(size * ratio) for key, size in weights.read_dense.items()},
        read_experts=tuple(
            replace(
                group,
                bytes_by_storage={
                    key: round(size * ratio) for key, size in group.bytes_by_storage.items()
                },
            )
            for group in weights.read_experts
        ),
    )
