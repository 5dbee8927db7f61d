"""What is published of a format's quality, in the one form that may be compared.

Figures compare only within one source, model and metric: `QualityChange.series` names that
combination, and two changes are ranked against each other only where their series are equal.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from fitcheck.records.record import record

if TYPE_CHECKING:
    from fitcheck.records.format import Format, Quality

# The series shown for a format, the first it has: the widest tables of each family.
_PREFERRED = (
    ("Llama-3-8B", "perplexity", "scoreboard"),
    ("Llama-3.1-8B-Instruct", "perplexity", "2601.14277"),
    ("Llama-3.1-8B-Instruct", "OpenLLM v1 recovery (%)", "Neural Magic"),
    ("Llama-3.1-8B-Instruct", "MMLU loss (%)", "Model-Optimizer"),
    ("Llama-3.1-8B", "perplexity", "pytorch/ao"),
)


@record
class QualityChange:
    """A change against 16 bit: `percent` worse (negative: better), in words, and where from."""

    percent: float
    metric: str
    model: str
    source: str
    url: str

    @property
    def series(self) -> tuple[str, str, str]:
        """What must be equal for two changes to be compared."""
        return self.source, self.model, self.metric


def comparable_quality(form: Format) -> QualityChange | None:
    """Give the format's change against 16 bit from its preferred series; `None` if none is known.

    Perplexity: (value / baseline - 1) · 100. MMLU loss: as published, in per cent. Recovery of a
    benchmark's average: 100 - value.
    Nothing is inferred: a format without a published figure has none.
    """
    changes = [change for line in form.quality if (change := _change(line)) is not None]
    for model, metric, source in _PREFERRED:
        for change in changes:
            if change.model == model and change.metric == metric and source in change.source:
                return change
    return changes[0] if changes else None


def _change(line: Quality) -> QualityChange | None:
    if line.metric == "perplexity" and line.baseline:
        percent = (line.value / line.baseline - 1) * 100
    elif line.metric == "MMLU loss (%)":
        percent = line.value
    elif line.metric == "OpenLLM v1 recovery (%)":
        percent = 100 - line.value
    else:
        return None
    return QualityChange(
        percent=percent,
        metric=line.metric,
        model=line.model,
        source=line.source,
        url=line.url,
    )


def quality_rank(bits_per_weight: float, change: QualityChange | None) -> tuple[float, float]:
    """Give a sort key, best quality first: more bits a weight, then the smaller published change.

    Bits stand in for quality between formats that no common source measured.
    """
    return -bits_per_weight, change.percent if change else 0.0
