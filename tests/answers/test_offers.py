"""Offers keep their promise: asked as printed, each gives the bytes and the verdict it named."""

from __future__ import annotations

import shlex
from random import Random

import pytest

from fitcheck.answers.answer import answer
from fitcheck.answers.query import Query
from fitcheck.catalog import load

FIELDS = {"--format": "formats", "--gpu": "gpus", "--kv": "kv", "--context": "context"}
FIXED = [
    {"models": ("llama-3.1-70b",), "gpus": ("rtx4090",), "formats": ("q4_k_m",)},
    {"models": ("llama-3.1-70b",), "gpus": ("rtx4090",), "formats": ("awq-4bit-g128",)},
    {"models": ("llama-3.1-8b",), "gpus": ("rtx3060-12gb",), "formats": ("bf16",)},
    {
        "models": ("qwen3-32b",),
        "gpus": ("rtx4080",),
        "formats": ("q4_k_m",),
        "runtime": "ollama",
    },
    {
        "models": ("qwen3-32b",),
        "gpus": ("2xrtx4060ti-16gb",),
        "formats": ("q8_0",),
        "context": 32768,
    },
]


def _kept(asked: dict[str, object]) -> int:
    """Check every offer of a question; return how many there were."""
    (found,) = answer(Query(**asked)).results
    for offer in found.offers:
        (value,) = shlex.split(offer.value)
        changed: object = value if offer.flag == "--kv" else (value,)
        if offer.flag == "--context":
            changed = int(value)
        (again,) = answer(Query(**{**asked, FIELDS[offer.flag]: changed})).results
        told = (again.verdict, again.memory.needed_bytes, again.memory.usable_bytes)
        assert told == (offer.verdict, offer.needed_bytes, offer.usable_bytes), (asked, offer)
        assert again.verdict in ("fits", "tight", "offload")
    return len(found.offers)


@pytest.mark.parametrize("asked", FIXED, ids=lambda asked: " ".join(map(str, asked.values())))
def test_an_offer_is_what_its_command_answers(asked) -> None:
    assert _kept(asked)


def test_offers_over_the_catalogue_keep_their_promise() -> None:
    catalog = load()
    chance = Random(11)  # noqa: S311  # the same examples every time
    offered = 0
    cards = [key for key in catalog.gpus.ids() if catalog.gpus.get(key).vendor == "nvidia"]
    forms = [form.id for form in catalog.formats.all() if form.listed]
    for _ in range(50):
        asked = {
            "models": (chance.choice(catalog.models.ids()),),
            "gpus": (chance.choice(cards),),
            "formats": (chance.choice(forms),),
            "context": chance.choice((8_192, 65_536)),
        }
        offered += _kept(asked)
    assert offered > 25
