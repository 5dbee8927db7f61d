"""Makes a catalogue ten times as large: each record nine more times, under other ids and names.

One answer must cost the same with it: `run.py` measures that. `tenfold.py FROM TO`.
"""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any

from fitcheck.catalog.packed import Packed
from fitcheck.schema.compile import pack
from fitcheck.schema.tables import TABLES

TIMES = 10


def tenfold(content: bytes) -> bytes:
    """Return the compiled catalogue with every record of every table ten times."""
    packed = Packed(content)
    tables: dict[str, Any] = {}
    for table in TABLES:
        if table.document:
            tables[table.name] = packed.document(table.name)
            continue
        starts = packed.starts(table.name)
        if table.grouped:
            tables[table.name] = {"groups": _groups(packed, table.name, list(starts))}
            continue
        rows = {key: packed.row(table.name, start) for key, start in starts.items()}
        names = packed.meanings(table.name)
        more_rows, more_names = dict(rows), dict(names)
        for copy in range(1, TIMES):
            for key, row in rows.items():
                new = f"{key}-copy{copy}"
                more_rows[new] = row | {"id": new}
            for name, ids in names.items():
                more_names[f"{name}copy{copy}"] = [f"{key}-copy{copy}" for key in ids]
        tables[table.name] = {"rows": more_rows, "names": more_names}
    return pack(tables, date=packed.header["date"])


def _groups(packed: Packed, table: str, keys: list[str]) -> list[tuple[list[Any], dict[str, Any]]]:
    """Return a grouped table's records with what they are grouped by, for ten times the groups."""
    return [
        ([key + suffix, *labels], packed.row(table, start) | {"gpu": key + suffix})
        for suffix in ("", *(f"-copy{copy}" for copy in range(1, TIMES)))
        for key in keys
        for labels, starts in packed.parts(table, key)
        for start in starts
    ]


if __name__ == "__main__":
    Path(sys.argv[2]).write_bytes(tenfold(Path(sys.argv[1]).read_bytes()))
