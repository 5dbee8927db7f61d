"""Fills in what an answer owes its reader beyond memory and speed: papers, sources, offers."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from fitcheck.answers.notes import notes_for, notes_on_ram
from fitcheck.estimator.quality import comparable_quality
from fitcheck.records.record import replace
from fitcheck.records.result import PaperLink, QualityPart
from fitcheck.records.sources import Source
from fitcheck.units import GB

if TYPE_CHECKING:
    from fitcheck.answers.runs import Run, Runs
    from fitcheck.estimator.target import Target
    from fitcheck.estimator.workload import Workload
    from fitcheck.records.gpu import Gpu
    from fitcheck.records.result import Estimate, Measured


def complete(run: Run, runs: Runs, *, alone: bool, details: bool) -> Estimate:
    """Add the papers; with `details` the largest context, notes and sources.

    An estimate that is `alone` in its answer also gets evidence, offers and its derivation.
    """
    estimate, workload, target = run
    papers = tuple(
        PaperLink(id=paper.id, title=paper.title, url=paper.url)
        for paper in (runs.catalog.papers.get(key) for key in workload.format.papers)
    )
    quality = quality_of(workload)
    estimate = replace(estimate, format=replace(estimate.format, papers=papers, quality=quality))
    if details:
        estimate = replace(
            estimate,
            max_context_tokens=runs.largest_context(workload, target),
            notes=(
                *notes_for(estimate, runs.query, workload),
                *notes_on_ram(target.device, runs.query, verdict=estimate.verdict),
                *corrections_named(estimate, target, workload, runs),
            ),
            sources=sources_of(workload, target),
        )
    if alone and (estimate.decode is not None or runs.query.evidence):
        estimate = replace(estimate, measured=evidence_for(workload, target, runs))
    if alone and estimate.verdict == "too_big":
        from fitcheck.answers.offers import offers_for

        estimate = replace(estimate, offers=offers_for(run, runs))
    if alone and runs.query.explain:
        from fitcheck.answers.explain import explain

        estimate = replace(estimate, explain=explain(estimate, workload, target))
    return estimate


def corrections_named(
    estimate: Estimate, target: Target, workload: Workload, runs: Runs
) -> tuple[str, ...]:
    """Name the user's own measurements that corrected a speed, and where evidence is thin."""
    gpu = target.device.gpus[0]
    kept = runs.catalog.calibration.corrections.get(f"{gpu.id}|{workload.runtime.kernels}|decode")
    if kept:
        return (f"speed corrected by your own measurement ({kept.origin}, {kept.date})",)
    basis = target.cards[0].decode_costs.basis
    if basis == "card" or estimate.decode is None:
        return ()
    told = {
        "architecture": f"by other {gpu.architecture} cards",
        "vendor": f"by other {gpu.vendor} cards",
    }.get(basis, "by cards of other makers")
    return (f"no published measurement of this card: its speed is estimated {told}",)


def quality_of(workload: Workload) -> QualityPart | None:
    """Give the published change of the format's quality; nothing is inferred where none is."""
    change = comparable_quality(workload.format)
    if change is None:
        return None
    return QualityPart(
        change_percent=change.percent,
        metric=change.metric,
        model=change.model,
        source=change.source,
        url=change.url,
    )


def sources_of(workload: Workload, target: Target) -> tuple[Source, ...]:
    """Cite what the estimate's figures rest on: model, format, cards, runtime."""
    cited = [
        Source(f"{noun}: {source.of}" if source.of else noun, source.title, source.url)
        for noun, sources in (
            ("model", workload.model.sources),
            ("format", workload.format.sources),
            *(("gpu", gpu.sources) for gpu in dict.fromkeys(target.device.gpus)),
            ("runtime", workload.runtime.sources),
        )
        for source in sources
    ]
    return tuple(dict.fromkeys(cited))


def evidence_for(workload: Workload, target: Target, runs: Runs) -> tuple[Measured, ...]:
    """Name the published measurements nearest to the question.

    Those of the card itself come first; cards of its architecture are looked at where it has none,
    or where all the evidence was asked for.
    """
    from fitcheck.estimator.evidence import Question, may_be_near, nearest

    if workload.decode is None:
        return ()
    gpu = target.device.gpus[0]
    measured = runs.catalog.benchmarks
    question = Question(
        gpu=gpu.id,
        cousins=frozenset(),
        models=frozenset((workload.model.id,)),
        parameters_b=workload.run.total_params / GB,
        active_b=workload.run.active_params / GB,
        format=workload.format.id,
        runtime=workload.runtime.id,
        backend=target.backend,
        depth=workload.settings.depth,
        count=target.device.count,
    )
    wanted = 20 if runs.query.evidence else 3
    near = partial(may_be_near, question)
    kernels = runs.catalog.kernels
    rows = list(measured.get(gpu.id, near)) if gpu.id in measured else []
    found = nearest(question, rows, kernels=kernels, limit=wanted)
    if found and not runs.query.evidence:
        return found
    cousins = cousins_of(gpu, runs)
    rows += [row for key in sorted(cousins) for row in measured.get(key, near)]
    return nearest(replace(question, cousins=cousins), rows, kernels=kernels, limit=wanted)


def cousins_of(gpu: Gpu, runs: Runs) -> frozenset[str]:
    """Name the measured cards of the same architecture, the card itself left out."""
    gpus = runs.catalog.gpus
    return frozenset(
        key
        for key in runs.catalog.benchmarks.ids()
        if key in gpus and key != gpu.id and gpus.get(key).architecture == gpu.architecture
    )
