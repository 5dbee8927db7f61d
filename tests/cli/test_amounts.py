from __future__ import annotations

import pytest

from fitcheck.cli import amounts
from fitcheck.errors import UsageError
from fitcheck.units import GB, GIB, MIB


@pytest.mark.parametrize(
    ("text", "tokens"),
    [
        ("8192", 8192),
        ("8,192", 8192),
        ("32k", 32768),
        ("32K", 32768),
        ("1m", 2**20),
        ("1.5k", 1536),
    ],
)
def test_tokens(text: str, tokens: int) -> None:
    assert amounts.context(text) == tokens


def test_the_largest_context_is_a_word() -> None:
    assert amounts.context("MAX") == "max"


@pytest.mark.parametrize(
    ("text", "size"),
    [
        ("24", 24 * GIB),
        ("24gb", 24 * GIB),
        ("24GiB", 24 * GIB),
        ("24 g", 24 * GIB),
        ("24564MiB", 24564 * MIB),
        ("0.5", GIB // 2),
        ("1tb", 1024 * GIB),
    ],
)
def test_memory_is_binary(text: str, size: int) -> None:
    assert amounts.memory_bytes(text, "--vram") == size


@pytest.mark.parametrize(
    ("text", "rate"), [("1008", 1008 * GB), ("1008GB/s", 1008 * GB), ("3.35TB/s", 3350 * GB)]
)
def test_bandwidth_is_decimal(text: str, rate: int) -> None:
    assert amounts.bandwidth(text, "--bandwidth") == rate


@pytest.mark.parametrize(
    ("text", "count"), [("8b", 8 * 10**9), ("13e9", 13 * 10**9), ("600M", 600 * 10**6)]
)
def test_parameters(text: str, count: int) -> None:
    assert amounts.parameters(text, "--params") == count


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("0", "`--context` must be more than zero"),
        ("-5", "`--context` must be more than zero, not -5"),
        ("lots", "`--context lots` is not a number"),
        ("", "`--context ` is not a number"),
        ("32q", "`--context 32q` ends in the unknown unit `q`"),
        ("32gb", "`--context 32gb` ends in the unknown unit `gb`"),
        ("1.0001", "`--context 1.0001` is not a whole number of tokens"),
        ("1e5", "`--context 1e5` is not a number"),
        ("nan", "`--context nan` is not a number"),
        ("٣", "`--context ٣` is not a number"),
    ],
)
def test_each_mistake_has_its_sentence(text: str, message: str) -> None:
    with pytest.raises(UsageError) as caught:
        amounts.context(text)
    assert caught.value.message == message
    assert caught.value.hint


@pytest.mark.parametrize(
    ("read", "text"),
    [
        (amounts.memory_bytes, "24 apples"),
        (amounts.memory_bytes, "0"),
        (amounts.bandwidth, "-1"),
        (amounts.bandwidth, "1008 GiB"),
        (amounts.flops, "x"),
        (amounts.parameters, "inf"),
        (amounts.parameters, "nan"),
        (amounts.parameters, "-8b"),
        (amounts.count, "2.5"),
        (amounts.count, "0"),
        (amounts.count, "9" * 5000),
        (amounts.share, "1.5"),
        (amounts.share, "0"),
        (amounts.share, "nan"),
        (amounts.tokens, "9" * 500),
    ],
)
def test_wrong_numbers_are_refused(read, text: str) -> None:
    with pytest.raises(UsageError) as caught:
        read(text, "--flag")
    assert "--flag" in caught.value.message
    assert caught.value.hint


def test_a_depth_of_zero_is_an_empty_cache() -> None:
    assert amounts.tokens("0", "--depth", least=0) == 0
