"""A record reads like a dataclass and keeps its promises without generated code."""

from __future__ import annotations

import copy
import dataclasses
import inspect
import pickle
import sys
import typing

import pytest

from fitcheck.records.record import (
    REQUIRED,
    Record,
    as_dict,
    field,
    fields,
    is_record,
    record,
    replace,
)


@record
class Card:
    """A card."""

    name: str
    bytes: int
    notes: tuple[str, ...] = ()

    @property
    def gib(self) -> float:
        """Size in GiB."""
        return self.bytes / 2**30


@record(eq=True, kw_only=False)
class Point:
    x: int
    y: int = 0


@record(frozen=False)
class Bag:
    items: list[str] = field(default_factory=list)
    hidden: str = field(default="", repr=False)


def test_fields_are_given_by_keyword_and_defaults_filled_in() -> None:
    card = Card(name="a", bytes=2**30)
    assert (card.name, card.bytes, card.notes, card.gib) == ("a", 2**30, (), 1.0)
    assert Card.__doc__ == "A card."
    assert repr(card) == "Card(name='a', bytes=1073741824, notes=())"


@pytest.mark.parametrize(
    ("fill", "message"),
    [
        (lambda: Card(name="a"), "Card is missing 'bytes'"),
        (Card, "Card is missing 'name', 'bytes'"),
        (lambda: Card(name="a", bytes=1, size=2), "Card has no field 'size'"),
        (lambda: Card("a", 1), "Card takes its fields by keyword only"),
        (lambda: Point(1, 2, 3), "Point has 2 fields, 3 were given"),
        (lambda: Point(1, x=2), "Point got 'x' twice"),
        (Point, "Point is missing 'x'"),
        (lambda: replace(Point(1), z=2), "Point has no field 'z'"),
    ],
)
def test_what_does_not_fit_is_a_type_error_that_says_what(fill, message) -> None:
    with pytest.raises(TypeError) as raised:
        fill()
    assert str(raised.value) == message


def test_positions_are_the_fields_in_order() -> None:
    assert as_dict(Point(1, 2)) == as_dict(Point(1, y=2)) == {"x": 1, "y": 2}
    assert as_dict(Point(1)) == {"x": 1, "y": 0}
    match Point(3, 4):
        case Point(x, y):
            assert (x, y) == (3, 4)


def test_a_record_is_frozen_and_slotted() -> None:
    card = Card(name="a", bytes=1)
    with pytest.raises(AttributeError, match="Card is frozen: 'bytes' cannot be set"):
        card.bytes = 2
    with pytest.raises(AttributeError, match="Card is frozen: 'bytes' cannot be deleted"):
        del card.bytes
    assert not hasattr(card, "__dict__")
    bag = Bag()
    bag.hidden = "x"
    assert bag.hidden == "x"
    with pytest.raises(AttributeError):
        bag.more = 1


def test_a_record_equals_only_itself_unless_asked() -> None:
    one, other = Card(name="a", bytes=1), Card(name="a", bytes=1)
    assert one != other
    assert len({one, other}) == 2
    assert Point(1, 2) == Point(1, 2)
    assert Point(1, 2) != Point(1, 3)
    assert Point(1, 2) != (1, 2)
    assert len({Point(1, 2), Point(1, 2)}) == 1


def test_a_default_made_anew_is_not_shared() -> None:
    one, other = Bag(), Bag()
    one.items.append("x")
    assert other.items == []
    assert Bag(items=["y"]).items == ["y"]
    assert repr(one) == "Bag(items=['x'])"


def test_it_is_copied_pickled_and_replaced() -> None:
    card = Card(name="a", bytes=1, notes=("n",))
    thawed = pickle.loads(pickle.dumps(card))  # noqa: S301  # our own bytes
    for twin in (copy.copy(card), copy.deepcopy(card), thawed):
        assert as_dict(twin) == as_dict(card)
        assert twin is not card
    larger = replace(card, bytes=2)
    assert as_dict(larger) == {"name": "a", "bytes": 2, "notes": ("n",)}
    assert card.bytes == 1
    if sys.version_info >= (3, 13):
        assert copy.replace(card, bytes=2).bytes == 2


def test_its_fields_can_be_listed() -> None:
    card = Card(name="a", bytes=1)
    assert is_record(card)
    assert not is_record(Card)
    assert isinstance(card, Record)
    for of in (card, Card):
        assert [(item.name, item.default) for item in fields(of)] == [
            ("name", REQUIRED),
            ("bytes", REQUIRED),
            ("notes", ()),
        ]
    items, hidden = fields(Bag)
    assert (items.default, items.default_factory, items.repr) == (REQUIRED, list, True)
    assert (hidden.default, hidden.default_factory, hidden.repr) == ("", None, False)
    assert inspect.get_annotations(Card, eval_str=True)["bytes"] is int


def test_the_standard_library_takes_a_record_for_a_dataclass() -> None:
    card = Card(name="a", bytes=1)
    assert dataclasses.is_dataclass(card)
    assert [item.name for item in dataclasses.fields(card)] == ["name", "bytes", "notes"]
    assert dataclasses.asdict(card) == {"name": "a", "bytes": 1, "notes": ()}
    assert dataclasses.replace(card, bytes=2).bytes == 2
    assert dataclasses.asdict(Bag(items=["x"])) == {"items": ["x"], "hidden": ""}


def test_its_hints_are_its_fields() -> None:
    assert typing.get_type_hints(Card) == {
        "name": str,
        "bytes": int,
        "notes": tuple[str, ...],
    }
