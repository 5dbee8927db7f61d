"""Published quality beside formats, and never sources mixed without saying so."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

from fitcheck.render.text.theme import NOT_APPLICABLE

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from fitcheck.records.result import Estimate, QualityPart

WORSE_BY = "worse by"  # the title of the column
OTHER = "*"  # marks a figure of another series than most rows


def quality_cell(results: Sequence[Estimate]) -> Callable[[Estimate], str]:
    """Make the cell of a table: `2.4%`, marked where it does not compare with most others."""
    main = _main_series(results)
    mixed = any(_is_other(e, main) for e in results)

    def cell(estimate: Estimate) -> str:
        quality = estimate.format.quality
        if quality is None:
            return NOT_APPLICABLE
        # Where some rows carry the mark, the others get a space, so that digits line up.
        mark = (OTHER if _is_other(estimate, main) else " ") if mixed else ""
        return f"{change(quality.change_percent)}{mark}"

    return cell


def quality_notes(results: Sequence[Estimate]) -> list[str]:
    """Say what the figures of a table are, and which of them do not compare."""
    main = _main_series(results)
    if main is None:
        return []
    source, model, metric = main
    notes = [f"{WORSE_BY}: {metric} of {model} against 16 bit ({source})"]
    if any(_is_other(e, main) for e in results):
        notes.append(
            f"{OTHER} from other sources or on other models, not comparable: "
            "`fitcheck format NAME` names them"
        )
    return notes


def _is_other(estimate: Estimate, main: tuple[str, str, str] | None) -> bool:
    quality = estimate.format.quality
    return quality is not None and _series(quality) != main


def _main_series(results: Sequence[Estimate]) -> tuple[str, str, str] | None:
    counts = Counter(_series(e.format.quality) for e in results if e.format.quality is not None)
    return counts.most_common(1)[0][0] if counts else None


def _series(quality: QualityPart) -> tuple[str, str, str]:
    return quality.source, quality.model, quality.metric


def change(percent: float) -> str:
    """Write a change: 0.04%, 2.4%, 38%."""
    size = abs(percent)
    return f"{percent:.{2 if size < 0.1 else 1 if size < 10 else 0}f}%"  # noqa: PLR2004
