"""An Answer about models, cards and formats → a Report: its data, and the screen that suits it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from fitcheck.records.record import as_dict
from fitcheck.render.report import Report

if TYPE_CHECKING:
    from fitcheck.answers.answer import Answer
    from fitcheck.answers.query import Query
    from fitcheck.render.text.blocks import Block

# Query fields that say how to show, not what was asked.
_SHOWING = {"explain", "evidence", "complete", "show_all"}


def report_of(answer: Answer) -> Report:
    """Return the report of an answer."""
    from fitcheck.render.outputs.fields import ESTIMATE_FIELDS, EXPLAIN_FIELDS

    query = answer.query
    return Report(
        query=asked(query),
        results=answer.results,
        fields=EXPLAIN_FIELDS if query.explain else ESTIMATE_FIELDS,
        screen=lambda: _screen(answer),
        data_date=answer.data_date,
        extra={"notes": answer.notes} if answer.notes else {},
    )


def asked(query: Query) -> dict[str, object]:
    """Return what was asked, for the JSON: what was said, and the three nouns always."""
    said = {
        key: value
        for key, value in as_dict(query).items()
        if key not in _SHOWING and value not in (None, False, ()) and value != _DEFAULTS.get(key)
    }
    nouns = {key: said.pop(key, None) for key in ("models", "gpus", "formats")}
    return nouns | said


_DEFAULTS = {"imatrix": True, "flash_attention": True, "concurrency": 1, "images": 0}


def _screen(answer: Answer) -> list[Block]:
    query = answer.query
    if len(answer.results) == 1 and not answer.varies:
        from fitcheck.render.screens.card import card, evidence
        from fitcheck.render.screens.explain import explain

        estimate = answer.results[0]
        blocks = card(estimate)
        if query.explain:
            blocks += explain(estimate)
        if query.evidence:
            blocks += evidence(estimate)
        return blocks
    from fitcheck.render.screens.compare import comparison

    return comparison(answer.results, varies=answer.varies, notes=_remarks(answer))


def _remarks(answer: Answer) -> list[str]:
    """Say what a table leaves out, and what holds for all of it."""
    asked_for_one = {"--explain": answer.query.explain, "--evidence": answer.query.evidence}
    remarks = [
        f"{flag} is for one answer: name one model, one GPU and one format"
        for flag, given in asked_for_one.items()
        if given
    ]
    if not answer.results and answer.query.only:
        remarks.append(f"nothing here is `{answer.query.only}`; without --only all of it is shown")
    elif answer.hidden and not answer.any_fits:
        remarks.append(f"nothing fits: these are the nearest; --all shows {answer.hidden:,} more")
    elif answer.hidden:
        rows = "more is" if answer.hidden == 1 else "more are"
        remarks.append(f"{answer.hidden:,} {rows} too big or cannot run; --all shows them")
    if answer.cut:
        remarks.append(f"{answer.cut:,} more; --limit raises the number of rows")
    return [*remarks, *answer.notes]


def models_report(query: Query) -> Report:
    """Return the report of the list of models, or of those named, without a card."""
    from fitcheck.answers.describe_model import describe_models, list_models
    from fitcheck.render.screens.models import FACT_FIELDS, ROW_FIELDS, model_card, models_table
    from fitcheck.reports.listing import View, listing

    return listing(
        "models",
        query.models,
        listed=View(lambda: list_models(query), ROW_FIELDS, models_table),
        described=View(
            lambda: describe_models(query),
            FACT_FIELDS,
            lambda facts: [block for model in facts for block in model_card(model)],
        ),
        query=asked(query),
        folders=query.data_folders,
    )
