"""What the estimates are worth, measured on cards and sources left out of the fit."""

from __future__ import annotations

import json
from xml.etree import ElementTree as ET

import pytest

from fitcheck.answers.accuracy import accuracy
from fitcheck.catalog import load
from fitcheck.cli.app import run
from fitcheck.records.accuracy import Point
from fitcheck.render.plots.scatter import scatter_svg


@pytest.fixture(scope="module")
def measured():
    return accuracy()


def line(table, group):
    return next(row for row in table if row.group == group)


def test_decode_on_cards_left_out(measured) -> None:
    everything = line(measured.decode, "all")
    assert everything.rows >= 1200
    assert everything.cards >= 55
    assert everything.median_error <= 0.10
    assert everything.within_20 >= 0.775
    assert 0.75 <= everything.coverage <= 0.88
    assert line(measured.decode, "dense, short context").median_error <= 0.085
    assert line(measured.decode, "deep context (16K and more)").median_error <= 0.15
    assert line(measured.decode, "MoE").median_error <= 0.15


def test_no_vendor_is_flattered(measured) -> None:
    vendors = [row for row in measured.decode if row.group.startswith("vendor: ")]
    assert len(vendors) == 4
    assert all(abs(row.bias) <= 0.04 for row in vendors if row.rows >= 50)


def test_prefill_on_cards_left_out(measured) -> None:
    assert line(measured.prefill, "all").median_error <= 0.25


def test_held_out_speeds_keep_to_the_ceiling_and_their_range() -> None:
    rows = [row for card in load().held_out.all() for row in card]
    assert len(rows) > 2000
    assert all(row.low <= row.high for row in rows)
    assert all(row.low <= row.by_card * 1.001 for row in rows)


def test_the_command_prints_json_and_a_table(capsys) -> None:
    assert run(["accuracy", "--json"]) == 0
    content = json.loads(capsys.readouterr().out)
    assert {row["phase"] for row in content["results"]} == {"decode", "prefill"}
    assert content["results"][0]["group"] == "all"
    assert run(["accuracy"]) == 0
    shown = capsys.readouterr().out
    assert "decode, each card left out of the fit" in shown
    assert "vendor: nvidia" in shown


def test_the_plot_is_svg(tmp_path, capsys) -> None:
    target = tmp_path / "accuracy.svg"
    assert run(["accuracy", "--plot", str(target), "-q"]) == 0
    assert capsys.readouterr().out == ""
    root = ET.fromstring(target.read_text(encoding="utf-8"))  # noqa: S314  # our own file
    assert root.tag.endswith("svg")
    assert len(root.findall("{http://www.w3.org/2000/svg}circle")) > 1000


def test_a_plot_that_cannot_be_written(tmp_path, capsys) -> None:
    assert run(["accuracy", "--plot", str(tmp_path / "no" / "such.svg")]) == 1
    assert "cannot be written" in capsys.readouterr().err


def test_the_plot_escapes_and_survives_emptiness() -> None:
    assert "a&lt;b" in scatter_svg([], title="a<b")
    ET.fromstring(  # noqa: S314  # our own text
        scatter_svg([Point(measured=1, estimated=2, group="<&>")], title="t")
    )
