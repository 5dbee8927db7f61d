"""`fitcheck model` without a card: the list of models, or the description of those named."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

from fitcheck.cli.output import show

if TYPE_CHECKING:
    from fitcheck.answers.query import Query
    from fitcheck.cli.options import Form


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
    from fitcheck.reports.model import models_report

    show(models_report(query), form)


def keep_model(query: Query, name: str, form: Form) -> None:
    """Write the model named to the user's own tables, and tell on stderr where."""
    from fitcheck.answers.describe_model import save_model

    path = save_model(query, name)
    if not form.quiet:
        sys.stderr.write(f"saved as `{name}` in {path}\n")
