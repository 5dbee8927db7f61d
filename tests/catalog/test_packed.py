"""The compiled file, bisected: every id and name is found, and nothing else."""

from __future__ import annotations

import json

from hypothesis import given
from hypothesis import strategies as st

from fitcheck.catalog.catalog import Table
from fitcheck.catalog.groups import Groups
from fitcheck.catalog.names import normalise
from fitcheck.catalog.packed import Packed
from fitcheck.schema.compile import pack

KEYS = st.text(st.characters(exclude_categories=["Cs"]), max_size=6)


def packed(ids: list[str], names: dict[str, list[str]] | None = None) -> Packed:
    rows = {key: {"id": key, "at": position} for position, key in enumerate(ids)}
    table = {"rows": rows, "names": names or {}}
    # Tables before and after it, with the same keys: a search must stay within its own part.
    other = {"rows": {key: {} for key in ids}, "names": {key: ["x"] for key in ids}}
    return Packed(pack({"before": other, "things": table, "after": other, "sheet": {"a": [1]}}))


@given(st.lists(KEYS, unique=True, max_size=40), KEYS)
def test_a_row_is_found_by_its_id_alone(ids, unknown) -> None:
    file = packed(ids)
    assert list(file.starts("things")) == ids
    for position, key in enumerate(ids):
        start = file.start("things", key)
        assert start is not None
        assert file.row("things", start) == {"id": key, "at": position}
    if unknown not in ids:
        assert file.start("things", unknown) is None


@given(st.dictionaries(KEYS, st.lists(KEYS, min_size=1, max_size=3), max_size=40), KEYS)
def test_a_name_means_its_ids(names, unknown) -> None:
    file = packed([], names)
    assert file.meanings("things") == names
    for name, ids in names.items():
        assert file.meaning("things", name) == ids
    if unknown not in names:
        assert file.meaning("things", unknown) == []


def test_a_table_or_document_that_is_not_there_is_empty() -> None:
    file = packed(["a"])
    assert file.starts("nothing") == file.meanings("nothing") == {}
    assert file.start("nothing", "a") is None
    assert file.meaning("nothing", "a") == []
    assert file.document("nothing") is None
    assert file.document("sheet") == {"a": [1]}


def test_the_file_is_json_a_line() -> None:
    content = pack({"things": {"rows": {"b": {"n": 1}, "a": {"n": 2}}, "names": {"x": ["b", "a"]}}})
    header, *lines = (json.loads(line) for line in content.splitlines())
    assert list(header["lengths"]) == ["things.rows", "things.ids", "things.names"]
    assert lines == [{"n": 1}, {"n": 2}, ["a", 8], ["b", 0], ["x", "b", "a"]]


class Counting(Packed):
    """A file that counts the rows it parses."""

    parsed = 0

    def row(self, table: str, start: int) -> object:
        self.parsed += 1
        return super().row(table, start)


def test_later_files_override_and_records_are_read_once() -> None:
    def file(rows: dict[str, int], names: dict[str, list[str]]) -> Counting:
        content = {key: {"id": key, "n": n} for key, n in rows.items()}
        return Counting(pack({"things": {"rows": content, "names": names}}))

    built_in = file({"b": 1, "a": 2}, {"b": ["b"], "a": ["a"], "both": ["b", "a"]})
    own = file({"a": 3, "c": 4}, {"a": ["a"], "c": ["c"], "both": ["c"]})
    table = Table("thing", [built_in, own], "things", lambda row: row)
    assert table.resolve("both")["n"] == 4
    assert table.choices("b") == ("b",)
    assert table.get("a")["n"] == 3
    assert table.get("a") is table.resolve("A")
    assert "b" in table
    assert "d" not in table
    assert (built_in.parsed, own.parsed) == (0, 2)
    assert table.ids() == ("b", "a", "c")
    assert len(table) == 3
    assert [row["n"] for row in table.all()] == [1, 3, 4]
    assert table.all()[1] is table.get("a")
    assert (built_in.parsed, own.parsed) == (1, 2)


def test_normalised_names_sort_as_their_bytes_do() -> None:
    names = {normalise(name): ["x"] for name in ("RTX 4090", "Ä100", "ß", "1.5", "日本", "gfx-1")}
    assert all(packed([], names).meaning("things", name) == ["x"] for name in names)


def test_a_group_is_read_whole_or_the_parts_that_are_asked_for() -> None:
    def rows(*content: tuple[str, str, int]) -> Counting:
        groups = [([gpu, phase], {"gpu": gpu, "n": n}) for gpu, phase, n in content]
        return Counting(pack({"tests": {"groups": groups}}))

    built_in = rows(("b", "decode", 1), ("a", "decode", 2), ("b", "prefill", 3), ("b", "decode", 4))
    own = rows(("c", "decode", 5), ("a", "prefill", 6))
    groups = Groups([built_in, own], "tests", lambda row: row["n"])
    assert groups.get("b") == (1, 3, 4)
    built_in.parsed = 0
    assert groups.get("b", lambda phase: phase == "decode") == (1, 4)
    assert built_in.parsed == 2
    assert groups.get("a") == (6,)
    assert groups.get("d") == ()
    assert ("b" in groups, "d" in groups) == (True, False)
    assert groups.ids() == ("b", "a", "c")
    assert groups.all() == ((1, 3, 4), (6,), (5,))
