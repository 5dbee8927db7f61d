"""`fitcheck model` without a card: the list of models, or the description of those named."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

from fitcheck.cli.model_report import asked
from fitcheck.cli.output import show

if TYPE_CHECKING:
    from fitcheck.answers.query import Query
    from fitcheck.cli.options import Form
    from fitcheck.render.text.blocks import Block


def asks_nothing(query: Query) -> bool:
    """Tell whether no card and no format is asked about: names are then described, or listed."""
    described = (query.vram_bytes, query.bandwidth_bytes_per_s, query.flops)
    return (
        query.gpus is None
        and query.formats is None
        and not query.installed
        and query.params is None
        and all(value is None for value in described)
    )


def show_models(query: Query, form: Form) -> None:
    """List the models, or describe those named."""
    from fitcheck.answers.describe_model import describe_models, list_models
    from fitcheck.catalog import load
    from fitcheck.render.report import Report
    from fitcheck.render.screens.models import FACT_FIELDS, ROW_FIELDS, model_card, models_table

    date = load(query.data_folders).date
    if query.models in (None, ("all",)):
        rows = list_models(query)
        report = Report(
            query=asked(query),
            results=rows,
            fields=ROW_FIELDS,
            screen=lambda: models_table(rows),
            data_date=date,
        )
    else:
        facts = describe_models(query)

        def screen() -> list[Block]:
            return [block for model in facts for block in model_card(model)]

        report = Report(
            query=asked(query), results=facts, fields=FACT_FIELDS, screen=screen, data_date=date
        )
    show(report, form)


def keep_model(query: Query, name: str, form: Form) -> None:
    """Write the model named to the user's own tables, and tell on stderr where."""
    from fitcheck.answers.save_model import save_model

    path = save_model(query, name)
    if not form.quiet:
        sys.stderr.write(f"saved as `{name}` in {path}\n")
