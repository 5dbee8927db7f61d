from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fitcheck.render.text import numbers
from fitcheck.units import GIB, MIB


def spaced(text: str) -> str:
    return text.replace(numbers.NBSP, " ")


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (0, "0"),
        (5.937, "5.94"),
        (1008, "1,010"),
        (0.0512, "0.0512"),
        (12.345, "12.3"),
        (99.96, "100"),
        (999.6, "1,000"),
        (123456, "123,000"),
        (1, "1.00"),
    ],
)
def test_significant(value, text) -> None:
    assert numbers.significant(value) == text


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (24 * GIB, "24 GiB"),
        (round(17.23 * GIB), "17.2 GiB"),
        (64 * MIB, "64 MiB"),
        (round(20.5 * MIB), "20.5 MiB"),
        (512 * MIB, "0.5 GiB"),
        (16 * 1024, "16 KiB"),
        (12, "12 B"),
        (0, "0 B"),
    ],
)
def test_memory(value, text) -> None:
    assert spaced(numbers.memory(value)) == text


@pytest.mark.parametrize(
    ("low", "high", "text"),
    [
        (102.4, 135.7, "102–136"),
        (24.31, 33.8, "24–34"),
        (9.21, 12.4, "9.2–12.4"),
        (0.512, 1.1, "0.51–1.10"),
        (4210, 6123, "4,210–6,120"),
        (50.1, 50.2, "50"),
    ],
)
def test_a_range_bears_no_more_digits_than_an_estimate(low, high, text) -> None:
    assert numbers.span(low, high) == text


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (8_030_261_248, "8.03 B"),
        (494_032_768, "494 M"),
        (1.04e12, "1.04 T"),
        (999_600_000, "1.00 B"),
        (1500, "1.50 K"),
        (12, "12"),
    ],
)
def test_parameters(value, text) -> None:
    assert spaced(numbers.parameters(value)) == text


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (0.084, "84 ms"),
        (0.1319, "132 ms"),
        (1.319, "1.32 s"),
        (125, "2 min 5 s"),
        (120, "2 min"),
        (0.9996, "1.00 s"),
    ],
)
def test_seconds(value, text) -> None:
    assert spaced(numbers.seconds(value)) == text


def test_what_is_unknown_is_a_dash() -> None:
    unknown = (numbers.bandwidth, numbers.flops, numbers.speed, numbers.money)
    assert {write(None) for write in unknown} == {"–"}


def test_signs_and_shares() -> None:
    assert numbers.signed_gib(-9.81 * GIB) == "-9.8"
    assert numbers.signed_gib(1.7 * GIB) == "+1.7"
    assert numbers.gib(-1) == "0.0"
    assert numbers.whole_gib(24 * GIB) == "24"
    assert numbers.whole_gib(round(6.5 * GIB)) == "6.5"
    assert numbers.percent(0.274) == "27%"
    assert numbers.money(1599) == "$1,599"
    assert numbers.flops(165.2e12) == "165"
    assert numbers.bandwidth(1.008e12) == "1,008"
    assert numbers.count(131072) == "131,072"
    assert numbers.bits(4.894) == "4.89"
    assert spaced(numbers.gigabytes(5.937e9)) == "5.94 GB"
    assert numbers.speed(127.7) == "128"
    assert numbers.speed(4321) == "4,320"


@given(st.floats(min_value=1e-6, max_value=1e15))
def test_three_figures_are_within_half_a_percent(value) -> None:
    text = numbers.significant(value).replace(",", "")
    assert "e" not in text
    assert abs(float(text) - value) <= value * 0.0051
