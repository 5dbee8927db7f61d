"""The notes an answer carries about a GPU that shares the RAM."""

from __future__ import annotations

from fitcheck.answers.notes import notes_on_ram
from fitcheck.answers.query import Query
from fitcheck.catalog import load
from fitcheck.catalog.devices import described_device, parse_device
from fitcheck.units import GIB

GPUS = load().gpus


def notes(words, verdict="fits", **query):
    return notes_on_ram(parse_device(words, GPUS), Query(**query), verdict=verdict)


def test_the_ram_of_a_mac_is_said_where_nobody_chose_it():
    (note,) = notes("m3-max-40c")
    assert "128 GB" in note
    assert "48 or 64" in note
    assert notes("m3-max-40c", unified_memory_bytes=64 * GIB) == ()
    assert notes("m3-max-40c-64gb") == ()
    assert notes("rtx4090") == ()


def test_where_memory_is_short_it_is_said_how_to_lend_more():
    assert notes("strix halo 128gb") == ()
    assert "ttm.pages_limit" in notes("strix halo 128gb", verdict="too_big")[0]
    lent = described_device(96 * GIB, None, base=parse_device("strix halo 128gb", GPUS))
    assert notes_on_ram(lent, Query(), verdict="too_big") == ()
