"""The cards → a Report: the list of them, one described, or several side by side."""

from __future__ import annotations

from typing import TYPE_CHECKING

from fitcheck.answers.gpus import describe_cards, list_cards
from fitcheck.render.screens import gpu_card
from fitcheck.render.screens import gpus as screens
from fitcheck.reports.listing import View, listing

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from fitcheck.answers.gpus import CardQuery
    from fitcheck.records.gpu_facts import GpuFacts
    from fitcheck.render.report import Report
    from fitcheck.render.text.blocks import Block


def gpus_report(query: CardQuery, *, filters: Mapping[str, object], explain: bool) -> Report:
    """Return the report of the cards asked about; `explain` adds how their memory is worked out."""

    def screen(cards: Sequence[GpuFacts]) -> list[Block]:
        blocks = screens.comparison(cards) if len(cards) > 1 else gpu_card.card_screen(cards[0])
        return [*blocks, *(gpu_card.usable_steps(card) for card in cards if explain)]

    return listing(
        "gpus",
        query.names,
        listed=View(lambda: list_cards(query), screens.ROW_FIELDS, screens.cards_table),
        described=View(lambda: describe_cards(query), screens.FACT_FIELDS, screen),
        filters=filters,
        folders=query.data_folders,
    )
