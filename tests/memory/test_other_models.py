"""Models of every architecture, in what llama.cpp's CUDA backend reserves for them."""

from __future__ import annotations

import pytest
from compared import compared, shares

# What no rule here covers: Gemma 3n's streams side by side, the feed-forward beside Arctic's
# experts, BitNet's head, which is copied to the card whole.
_UNRULED = {"arctic", "bitnet", "gemma3n"}


@pytest.fixture(scope="module")
def rows(facts):
    return compared(facts("llama_cpp_other_models"))


def test_cache_and_state_equal_the_allocation(rows):
    assert len({row.architecture for row in rows}) > 80
    wrong = [r.fact for r in rows if r.cache_bytes != int(r.fact["cache_and_state_bytes"])]
    assert not wrong


def test_buffers_are_within_3_percent_or_16_mib(rows):
    ruled = [row for row in rows if row.architecture not in _UNRULED]
    for name, (count, share, _) in shares(ruled, lambda row: row.all_outputs).items():
        assert count > 500
        assert share >= 0.98, name


def test_no_architecture_with_a_rule_is_far_off(rows):
    found = shares(rows, lambda row: row.architecture)
    far = {name: share for name, (_, share, _) in found.items() if share < 0.85}
    assert set(far) <= _UNRULED, far
