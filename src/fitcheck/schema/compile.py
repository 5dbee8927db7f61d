"""Checks the authored tables and compiles them into the one file that run time reads.

The compiled catalogue is text, a JSON document a line: first a header (`format`, `stamp`, `date`,
and the length in bytes of each table's part). A table's part is an index line, `{"rows": {id:
length}, "names": {normalised name: [ids]}}`, and then a line a record: run time parses only the
index and the records that a question needs. A document is a part of one line.
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from pydantic import ValidationError

from fitcheck.catalog.names import normalise
from fitcheck.schema.derive import derive
from fitcheck.schema.errors import TableError
from fitcheck.schema.reading import read_csv, read_records, read_yaml
from fitcheck.schema.tables import TABLES, Table

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

FORMAT = 1
_SHARED = ("shared_names", "short_names")


def check_table(table: Table, folder: Path) -> Any:  # noqa: ANN401  # JSON of the table's own shape
    """Read, check and compile one table. Raises TableError listing every problem found."""
    rows: list[tuple[Path, dict[str, Any]]] = []
    for path in table.paths(folder):
        if table.document:
            return _checked(table, path, read_yaml(path), 1, [])
        records = read_csv(path) if path.suffix == ".csv" else read_records(path)
        rows += [(path, record) for record in records]
    problems: list[str] = []
    compiled = []
    for position, (path, record) in enumerate(rows, start=1):
        row = _checked(table, path, record, position, problems)
        if row is not None:
            compiled.append((path, row))
    if problems:
        raise TableError(problems)
    if table.grouped:
        groups: dict[str, list[dict[str, Any]]] = {}
        for _, row in compiled:
            groups.setdefault(row[table.grouped], []).append(row)
        return {"rows": groups, "names": {}}
    names = _names([row for _, row in compiled], [path for path, _ in compiled], problems)
    if problems:
        raise TableError(problems)
    return {"rows": {row["id"]: _without_shared(row) for _, row in compiled}, "names": names}


def compile_tables(folder: Path, *, stamp: object = None, only_present: bool = False) -> bytes:
    """Compile every table below `folder`.

    `only_present` leaves out tables with no file (a user's own folder); otherwise a missing table
    is an error. Raises TableError.
    """
    tables: dict[str, Any] = {}
    problems: list[str] = [
        f"{path}: is no table; tables are {', '.join(table.files[0] for table in TABLES)}"
        for path in sorted([*folder.glob("*.y*ml"), *folder.glob("*.csv")])
        if not any(path in table.paths(folder) for table in TABLES)
    ]
    for table in TABLES:
        if not table.paths(folder):
            if not only_present:
                problems.append(f"{folder / table.files[0]}: the table is missing")
            continue
        try:
            tables[table.name] = check_table(table, folder)
        except TableError as error:
            problems += error.problems
    if not problems:
        problems += derive(tables)
        if not only_present:
            problems += check_references(tables)
    if problems:
        raise TableError(problems)
    return pack(tables, stamp=stamp, date=_date(folder))


def pack(tables: Mapping[str, Any], *, stamp: object = None, date: str = "") -> bytes:
    """Write compiled tables as the catalogue file's bytes."""
    parts = {name: _part(content) for name, content in tables.items()}
    header = {
        "format": FORMAT,
        "stamp": stamp,
        "date": date,
        "lengths": {name: len(part) for name, part in parts.items()},
    }
    return _json(header) + b"\n" + b"".join(parts.values())


def _part(content: Any) -> bytes:  # noqa: ANN401  # a table's index and rows, or a document
    if "rows" not in content:
        return _json(content) + b"\n"
    rows = {key: _json(row) + b"\n" for key, row in content["rows"].items()}
    index = {"rows": {key: len(line) for key, line in rows.items()}, "names": content["names"]}
    return b"".join([_json(index) + b"\n", *rows.values()])


def check_references(tables: Mapping[str, Any]) -> list[str]:
    """Find names in one table that mean nothing in the table they point to."""
    problems = []
    papers = tables["papers"]["rows"]
    storages = tables["storage_types"]["rows"]
    for kind in ("formats", "kv_formats"):
        for key, row in tables[kind]["rows"].items():
            problems += [
                f"{kind}.yaml: {key}: papers: no paper `{paper}` in papers.yaml"
                for paper in row.get("papers", ())
                if paper not in papers
            ]
            problems += [
                f"{kind}.yaml: {key}: {field}: no storage type `{row[field]}`"
                for field in ("storage", "rest", "key_storage", "value_storage")
                if row.get(field) and row[field] not in storages
            ]
    return problems


def _date(folder: Path) -> str:
    """Read the day the tables were last changed, kept by hand in `data/DATE`."""
    path = folder / "DATE"
    return path.read_text(encoding="utf-8").strip() if path.is_file() else ""


def _checked(
    table: Table,
    path: Path,
    record: Any,  # noqa: ANN401  # what YAML held
    position: int,
    problems: list[str],
) -> dict[str, Any] | None:
    key = record.get("id") if isinstance(record, dict) else None
    label = f"{key}" if key else f"record {position}"
    try:
        row: Any = table.row_class().model_validate(record)
        compiled: dict[str, Any] = row.compile()
    except ValidationError as error:
        for problem in error.errors(include_url=False):
            field = ".".join(str(part) for part in problem["loc"]) or "record"
            message = problem["msg"].removeprefix("Value error, ")
            message = message[:1].lower() + message[1:]
            problems.append(f"{path}: {label}: {field}: {message}")
        if table.document:
            raise TableError(problems) from None
        return None
    return compiled


def _names(
    rows: list[dict[str, Any]], paths: list[Path], problems: list[str]
) -> dict[str, list[str]]:
    """Index records by every name they answer to; a name two records claim is a problem.

    A record's own names are its id, its name and its aliases. `shared_names` (what a driver calls
    it) and then `short_names` (`rtx 3060`, which is two cards) may be claimed by several records
    and are answered with the choices; a name of an earlier kind keeps its meaning.
    """
    names: dict[str, list[str]] = {}
    owner: dict[str, str] = {}
    for row, path in zip(rows, paths, strict=True):
        key = row["id"]
        own = {normalise(name) for name in (key, row.get("name", key), *row.get("aliases", ()))}
        for name in sorted(own):
            if not name:
                problems.append(f"{path}: {key}: names: a name has no letter or digit")
            elif name in owner:
                problems.append(f"{path}: {key}: names: `{name}` already names `{owner[name]}`")
            owner[name] = key
            names[name] = [key]
    for kind in _SHARED:
        taken = set(names)
        for row in rows:
            for shared in row.get(kind, ()):
                name = normalise(shared)
                if name not in taken and row["id"] not in names.setdefault(name, []):
                    names[name].append(row["id"])
    return names


def _without_shared(row: dict[str, Any]) -> dict[str, Any]:
    return {key: value for key, value in row.items() if key not in _SHARED}


def _json(content: object) -> bytes:
    text = json.dumps(content, ensure_ascii=False, separators=(",", ":"), allow_nan=False)
    return text.encode("utf-8")
