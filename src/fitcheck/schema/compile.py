"""Checks the authored tables and compiles them into the one file that run time reads.

The compiled catalogue is text, a JSON document a line, so that run time can bisect it where it
lies (`catalog/packed.py`). Its first line is the header: `stamp`, `date` and `lengths`, the
bytes of each part that follows. A table has three parts:

    gpus.rows    {"id": "rtx-4090", …}           a record a line, in the table's own order
    gpus.ids     ["rtx-4090", 183210]            where in `rows` a record begins, sorted by id
    gpus.names   ["rtx3060", "rtx-3060-8gb", …]  the ids a normalised name means, sorted by name

Sorted is by the lines' bytes. A grouped table has no names; its ids are its groups', and it has

    benchmarks.parts  ["rtx-4090", ["decode", "llama-3.1-8b", 8.03, 8.03], [0, 411, …]]

where in `rows` the records of a part of a group begin. A document (`calibration`) is one line.
"""

from __future__ import annotations

import json
from itertools import accumulate
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
        return {"groups": [([row[name] for name in table.grouped], row) for _, row in compiled]}
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
    parts: dict[str, bytes] = {}
    for name, content in tables.items():
        if "rows" in content:
            parts |= _table_parts(name, content["rows"], content["names"])
        elif "groups" in content:
            parts |= _group_parts(name, content["groups"])
        else:
            parts[name] = _json(content) + b"\n"
    header = {
        "stamp": stamp,
        "date": date,
        "lengths": {name: len(part) for name, part in parts.items()},
    }
    return _json(header) + b"\n" + b"".join(parts.values())


def _table_parts(
    table: str, rows: Mapping[str, object], names: Mapping[str, list[str]]
) -> dict[str, bytes]:
    """Write a table's rows and the two indexes that are bisected."""
    lines = [_json(row) + b"\n" for row in rows.values()]
    starts = accumulate((len(line) for line in lines), initial=0)
    ids = [_json([key, start]) + b"\n" for key, start in zip(rows, starts, strict=False)]
    meant = [_json([name, *keys]) + b"\n" for name, keys in names.items()]
    return {
        f"{table}.rows": b"".join(lines),
        f"{table}.ids": b"".join(sorted(ids)),
        f"{table}.names": b"".join(sorted(meant)),
    }


def _group_parts(table: str, rows: list[tuple[list[Any], dict[str, Any]]]) -> dict[str, bytes]:
    """Write a grouped table's rows, where each group begins, and where each of its parts lies."""
    lines = [_json(row) + b"\n" for _, row in rows]
    starts = accumulate((len(line) for line in lines), initial=0)
    first: dict[str, int] = {}
    parts: dict[tuple[Any, ...], list[int]] = {}
    for (labels, _), start in zip(rows, starts, strict=False):
        first.setdefault(labels[0], start)
        parts.setdefault(tuple(labels), []).append(start)
    ids = [_json([key, start]) + b"\n" for key, start in first.items()]
    divided = [_json([key, labels, at]) + b"\n" for (key, *labels), at in parts.items()]
    return {
        f"{table}.rows": b"".join(lines),
        f"{table}.ids": b"".join(sorted(ids)),
        f"{table}.parts": b"".join(sorted(divided)),
    }


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
            if row.get("same_as") and row["same_as"] not in tables[kind]["rows"]:
                problems.append(f"{kind}.yaml: {key}: same_as: no format `{row['same_as']}`")
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
