"""Learning from a user's own benchmark: how much slower or faster their card is than estimated."""

from __future__ import annotations

import re
from datetime import UTC, datetime
from statistics import median
from typing import TYPE_CHECKING

from fitcheck.answers.answer import answer
from fitcheck.answers.query import Query
from fitcheck.catalog import load
from fitcheck.catalog.corrections import read_corrections, write_corrections
from fitcheck.errors import FitcheckError, UsageError
from fitcheck.records.calibration import Correction
from fitcheck.records.learned import Comparison, Learned
from fitcheck.sources.bench_output import read_bench_output

if TYPE_CHECKING:
    from pathlib import Path

    from fitcheck.catalog.catalog import Catalog
    from fitcheck.records.bench_run import BenchRun
    from fitcheck.records.result import Estimate

LLAMA_BENCH = "llama-bench"  # prints file and type of the model, and the cache's
_FARTHEST = 8.0  # a measurement this many times off was of something else
# What a model's file name adds to the model's name.
_SUFFIXES = re.compile(
    r"[-_. ]?(instruct|it|chat|hf|gguf|bf16|f16|ud|i1|imat|\d{5}-of-\d{5}|v\d)$", re.IGNORECASE
)
_MODEL_TYPE_FORMATS = (
    (r"Q(\d)_K - (Small|Medium|Large)", lambda m: f"q{m[1]}_k_{m[2][0].lower()}"),
    (r"(I?Q\d_[A-Z0-9]+|F16|F32|BF16|MXFP4)", lambda m: m[1].lower()),
)


def calibrate(
    path: Path,
    *,
    gpu: str | None = None,
    model: str | None = None,
    format_: str | None = None,
    folders: tuple[str, ...] = (),
) -> Learned:
    """Compare a benchmark's results with the estimate and keep the correction for that card.

    factor = median of estimated ÷ measured speed, by phase; it multiplies every time estimated for
    this card under the same kernels from now on. Words left out are taken from the file. Raises
    SourceError where the file holds no results, UsageError where it does not name card or model.
    """
    catalog = load(folders)
    comparisons: list[Comparison] = []
    skipped: list[str] = []
    cards: set[tuple[str, str]] = set()
    for run in read_bench_output(path):
        card = gpu or _card_word(run, catalog)
        words = (model or _model_word(run, catalog), format_ or _format_word(run))
        estimate = _estimate(run, card, *words, folders=folders)
        compared = _compare(run, estimate)
        if isinstance(compared, str):
            skipped.append(compared)
            continue
        comparisons.append(compared)
        cards.add((estimate.gpu.id, catalog.kernels(estimate.runtime)))
    if not comparisons:
        raise UsageError(
            "none of the results can be compared with an estimate",
            "; ".join(dict.fromkeys(skipped)) or "name the model with `--model`",
        )
    if len(cards) > 1:
        raise UsageError(
            "the results are of several cards or runtimes", "calibrate one card at a time"
        )
    ((card, kernel),) = cards
    corrections = read_corrections()
    factors: dict[str, float] = {}
    for phase in ("decode", "prefill"):
        ratios = [1 / one.ratio for one in comparisons if one.phase == phase]
        if not ratios:
            continue
        key = f"{card}|{kernel}|{phase}"
        before = corrections[key].value if key in corrections else 1.0
        factors[phase] = before * median(ratios)
        corrections[key] = Correction(
            value=factors[phase],
            points=len(ratios),
            origin=path.name,
            date=datetime.now(tz=UTC).date().isoformat(),
        )
    kept = write_corrections(corrections)
    return Learned(
        gpu=card,
        runtime=comparisons[0].runtime,
        comparisons=tuple(comparisons),
        decode_factor=factors.get("decode"),
        prefill_factor=factors.get("prefill"),
        path=str(kept),
        skipped=tuple(dict.fromkeys(skipped)),
    )


def _estimate(
    run: BenchRun, card: str, model: str, format_: str, *, folders: tuple[str, ...]
) -> Estimate:
    query = Query(
        models=(model,),
        gpus=(card,),
        formats=(format_,) if format_ else None,
        context=max(512, run.depth + run.prompt_tokens + run.generated_tokens),
        depth=run.depth + run.generated_tokens // 2,
        prompt=run.prompt_tokens or None,
        kv=run.key_format if run.tool == LLAMA_BENCH else None,
        runtime=run.tool,
        backend=run.backend or None,
        data_folders=folders,
    )
    found = answer(query).results
    if len(found) != 1:
        raise UsageError(
            "the results do not say which format the model had", "name it with `--format`"
        )
    return found[0]


def _compare(run: BenchRun, estimate: Estimate) -> Comparison | str:
    speed = estimate.decode if run.phase == "decode" else estimate.prefill
    if speed is None or estimate.verdict == "too_big":
        return f"{estimate.model.id} does not fit the card by our reckoning"
    if run.gpu_layers is not None:
        return "runs with part of the model in system RAM are left out"
    ratio = run.tokens_per_s / speed.tokens_per_s
    if not 1 / _FARTHEST < ratio < _FARTHEST:
        return (
            f"{run.tokens_per_s:.1f} tok/s measured against {speed.tokens_per_s:.1f} estimated: "
            "another card or model was measured"
        )
    return Comparison(
        phase=run.phase,
        model=estimate.model.id,
        format=estimate.format.id,
        gpu=estimate.gpu.id,
        runtime=estimate.runtime,
        backend=estimate.backend,
        depth_tokens=run.depth,
        prompt_tokens=run.prompt_tokens,
        measured_tokens_per_s=run.tokens_per_s,
        estimated_tokens_per_s=speed.tokens_per_s,
        ratio=ratio,
    )


def _card_word(run: BenchRun, catalog: Catalog) -> str:
    for name in (run.gpu_name, run.gpu_name.split(" (")[0], run.gpu_name.split(" /")[0]):
        card = catalog.gpus.find(name) if name else None
        if card:
            return card.id
    told = f"the card `{run.gpu_name}` is not in the table" if run.gpu_name else "no card is named"
    raise UsageError(told, "name it with `--gpu`")


def _model_word(run: BenchRun, catalog: Catalog) -> str:
    """Find the model a benchmark names: by its file's name, then by its count of parameters."""
    stem = re.split(r"[\\/]", run.model_file or run.model_name)[-1].removesuffix(".gguf")
    stem = re.sub(r"[-_.]?(UD-)?(I?Q\d[\w]*|MXFP4\w*|BF16|F16)$", "", stem, flags=re.IGNORECASE)
    while stem:
        for name in (stem, stem.removeprefix("Meta-")):
            model = catalog.models.find(name)
            if model:
                return model.id
        shorter = _SUFFIXES.sub("", stem)
        if shorter == stem:
            break
        stem = shorter
    raise UsageError(
        f"cannot tell which model `{run.model_file or run.model_name}` is",
        "name it with `--model`",
    )


def _format_word(run: BenchRun) -> str:
    if run.tool != LLAMA_BENCH:
        return ""
    for pattern, name in _MODEL_TYPE_FORMATS:
        found = re.search(pattern, run.model_name)
        if found:
            return name(found)
    found = re.search(r"(I?Q\d_[A-Z0-9_]+|MXFP4|BF16|F16)", run.model_file, re.IGNORECASE)
    if found:
        return found[1].lower()
    raise FitcheckError(
        "the results do not say which format the model had", "name it with `--format`"
    )
