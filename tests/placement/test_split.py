"""How layers are dealt to cards: every layer once, by share, or as they fit."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from fitcheck.catalog import load
from fitcheck.estimator.placement.split import dealt_layers, filled_layers, tensor_split_refusal

SHARES = st.lists(st.floats(0.1, 200), min_size=1, max_size=16)


@given(SHARES, st.integers(1, 200))
def test_every_layer_and_the_output_go_to_one_card(shares: list[float], layers: int) -> None:
    dealt = dealt_layers(shares, layers)
    assert [layer for part in dealt for layer in part] == list(range(layers + 1))


def test_equal_cards_take_equal_parts() -> None:
    assert dealt_layers([1, 1], 32) == [range(17), range(17, 33)]
    assert dealt_layers([1, 1, 1, 1], 80) == [
        range(21),
        range(21, 41),
        range(41, 61),
        range(61, 81),
    ]


def test_a_card_twice_as_large_takes_twice_as_much() -> None:
    assert [len(part) for part in dealt_layers([2, 1], 32)] == [22, 11]


@given(st.lists(st.integers(0, 100), min_size=1, max_size=6), st.lists(st.integers(1, 30)))
def test_cards_are_filled_no_further_than_they_have_room(rooms: list[int], sizes: list[int]):
    dealt = filled_layers(rooms, sizes)
    if dealt is None:
        return
    assert [layer for part in dealt for layer in part] == list(range(len(sizes)))
    for room, part in zip(rooms, dealt, strict=True):
        assert sum(sizes[layer] for layer in part) <= room


def test_refusals_name_the_heads() -> None:
    catalog = load()

    def refusal(model: str, ranks: int) -> str:
        return tensor_split_refusal(catalog.models.get(model).architecture, ranks)

    assert refusal("llama-3.1-8b", 8) == ""
    assert refusal("llama-3.1-8b", 3) == "32 attention heads do not divide between 3 cards"
    assert refusal("qwen2.5-0.5b", 2) == ""
    assert "14 attention heads" in refusal("qwen2.5-0.5b", 4)
