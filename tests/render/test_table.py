from __future__ import annotations

from fitcheck.render.text.markdown import to_markdown
from fitcheck.render.text.spans import Span
from fitcheck.render.text.table import Bar, Column, Table, number, words
from fitcheck.render.text.terminal import Terminal

COLUMNS = [
    words("name"),
    number("GiB", drop=2),
    Column(title="of card", drop=3),
    number("tok/s"),
    words("paper", drop=1),
]
ROWS = [
    ["rtx-4090", "24", Bar(0.27, "good"), "102–136", Span("AWQ 2023", "", "https://a.org/awq")],
    ["h100-sxm-80gb", "80", Bar(1.85, "bad"), "–", "–"],
    ["unknown", "–", Bar(None), "1", ""],
]


def first(drawn, width) -> str:
    return drawn([Table(COLUMNS, ROWS)], width=width).splitlines()[0]


def test_columns_drop_by_priority(drawn) -> None:
    assert first(drawn, 80).split() == ["name", "GiB", "of", "card", "tok/s", "paper"]
    assert first(drawn, 40).split() == ["name", "GiB", "tok/s", "paper"]
    assert first(drawn, 34).split() == ["name", "tok/s", "paper"]
    assert first(drawn, 24).split() == ["name", "tok/s"]


def test_bars_shrink_before_a_column_drops(drawn) -> None:
    wide = drawn([Table(COLUMNS, ROWS)], width=80)
    narrow = drawn([Table(COLUMNS, ROWS)], width=54)
    assert "━━━━╌╌╌╌╌╌╌╌╌╌╌╌   27%" in wide
    assert "━━╌╌╌╌╌╌   27%" in narrow


def test_numbers_stand_on_the_right_and_lines_end_clean(drawn) -> None:
    lines = drawn([Table(COLUMNS, ROWS)], width=80).splitlines()
    assert lines[1].index("24") + 2 == lines[0].index("GiB") + 3
    assert all(line == line.rstrip() for line in lines)


def test_a_terminal_too_narrow_for_what_must_stay_cuts_the_name(drawn) -> None:
    lines = drawn([Table(COLUMNS, ROWS)], width=18).splitlines()
    assert lines[2].startswith("h100-sxm…") or "…" in lines[2]
    assert all(len(line) <= 18 for line in lines)


def test_a_pipe_keeps_every_column_and_spells_the_url(drawn) -> None:
    text = drawn([Table(COLUMNS, ROWS)], width=None)
    assert "AWQ 2023 https://a.org/awq" in text
    assert "h100-sxm-80gb" in text


def test_a_column_that_says_nothing_is_left_out(drawn) -> None:
    table = Table([words("name"), number("price", drop=1)], [["a", "–"], ["b", ""]])
    assert drawn([table]).splitlines() == ["name", "a", "b"]


def test_a_full_bar_means_no_room_left(drawn) -> None:
    table = Table([words("x")], [[Bar(0.999)], [Bar(1.0)], [Bar(0.0)]])
    rows = drawn([table]).splitlines()
    assert "╌" in rows[1]
    assert "╌" not in rows[2]
    assert "━" not in rows[3]


def test_an_empty_table_is_its_header(drawn) -> None:
    assert drawn([Table([words("name")], [])]).splitlines() == ["name"]
    assert drawn([Table([], [])]) == ""


def test_markdown_keeps_links_and_escapes_cells() -> None:
    table = Table([words("a|b"), number("n")], [[Span("x_y|z", "", "https://a.org/(1)"), "1"]])
    assert to_markdown([table], Terminal(links=True)) == (
        "| a\\|b | n |\n|---|--:|\n| [x\\_y\\|z](https://a.org/(1%29) | 1 |\n"
    )


def test_a_bar_is_a_share_in_markdown() -> None:
    table = Table([words("of card")], [[Bar(0.5)], [Bar(None)]])
    assert to_markdown([table], Terminal()).splitlines()[2:] == ["| 50% |", "| – |"]
