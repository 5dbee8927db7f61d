"""Every screen at the widths people have; made-up figures, so that only the layout is judged."""

from __future__ import annotations

from dataclasses import replace

import pytest
import samples

from fitcheck.render.screens.card import card, evidence
from fitcheck.render.screens.compare import comparison
from fitcheck.render.screens.explain import explain

SCREENS = {
    "card-fits": lambda: card(samples.FITS) + explain(samples.FITS) + evidence(samples.FITS),
    "card-too-big": lambda: card(samples.TOO_BIG),
    "card-offload": lambda: card(samples.OFFLOAD),
    "card-hybrid": lambda: card(samples.HYBRID),
    "card-unsupported": lambda: card(samples.UNSUPPORTED),
    "card-unknown": lambda: card(samples.UNKNOWN),
    "compare-gpus": lambda: comparison(
        [replace(e, model=samples.FITS.model) for e in samples.ROWS], varies=("gpu",)
    ),
    "compare-formats": lambda: comparison(
        [replace(e, gpu=samples.FITS.gpu, model=samples.FITS.model) for e in samples.ROWS],
        varies=("format",),
    ),
    "compare-models": lambda: comparison(
        [replace(e, gpu=samples.FITS.gpu) for e in samples.ROWS], varies=("model",)
    ),
    "compare-many": lambda: comparison(
        samples.ROWS,
        varies=("model", "gpu", "format"),
        notes=["3 rows are too big and left out; --all shows them"],
    ),
}


@pytest.mark.parametrize("name", SCREENS)
def test_screen(name, drawn, golden) -> None:
    golden(name, drawn(SCREENS[name]()))


@pytest.mark.parametrize("name", SCREENS)
@pytest.mark.parametrize("width", [60, 80, 100, 200])
def test_nothing_is_wider_than_the_terminal(name, width, drawn) -> None:
    for line in drawn(SCREENS[name](), width=width).splitlines():
        assert len(line) <= width, line


@pytest.mark.parametrize("name", SCREENS)
def test_narrow_screen(name, drawn, golden) -> None:
    golden(f"{name}-60", drawn(SCREENS[name](), width=60))


@pytest.mark.parametrize("name", SCREENS)
def test_ascii_screens_are_ascii_and_as_wide(name, drawn) -> None:
    plain = drawn(SCREENS[name](), unicode=False)
    assert plain.isascii()
    assert all(len(line) <= 80 for line in plain.splitlines())


@pytest.mark.parametrize("name", SCREENS)
def test_a_pipe_gets_natural_width_no_colour_and_urls(name, drawn) -> None:
    text = drawn(SCREENS[name](), width=None)
    assert "\x1b" not in text
    assert "…" not in text


@pytest.mark.parametrize("name", SCREENS)
def test_colour_changes_no_word(name, drawn) -> None:
    import re

    colored = drawn(SCREENS[name](), color=True, links=True)
    bare = re.sub("\x1b\\[[0-9;]*m|\x1b]8;;[^\x1b]*\x1b\\\\", "", colored)
    assert bare == drawn(SCREENS[name]())


def test_colours_and_links(drawn, golden) -> None:
    golden("card-fits-ansi", drawn(card(samples.FITS), color=True, links=True).replace("\x1b", "␛"))


def test_the_bar_is_always_as_long_as_the_rule(drawn) -> None:
    for estimate in samples.ROWS:
        rows = drawn(card(estimate)).splitlines()
        assert len(rows[1]) == len(rows[2]) == 78


def test_no_lines_of_a_pipe_end_in_spaces(drawn) -> None:
    for make in SCREENS.values():
        assert all(row == row.rstrip() for row in drawn(make(), width=None).splitlines())
