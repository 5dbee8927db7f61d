"""Writes the JSON Schemas that editors use for the tables: `data/schema/<table>.schema.json`."""

from __future__ import annotations

import json
from pathlib import Path

from fitcheck.schema.tables import TABLES, Table

FOLDER = Path(__file__).parents[1] / "data" / "schema"


def schema_text(table: Table) -> str:
    """Give the table's JSON Schema: a list of records, or the one document."""
    record = table.row_class().model_json_schema()
    title = f"fitcheck: {table.name}"
    if table.document:
        schema = {**record, "title": title}
    else:
        definitions = record.pop("$defs", {})
        schema = {"title": title, "type": "array", "items": record, "$defs": definitions}
    schema = {"$schema": "https://json-schema.org/draft/2020-12/schema", **schema}
    return json.dumps(schema, indent=1, ensure_ascii=False, sort_keys=True) + "\n"


def main() -> None:
    """Write the schema of every table."""
    FOLDER.mkdir(parents=True, exist_ok=True)
    for table in TABLES:
        path = FOLDER / f"{table.name}.schema.json"
        path.write_text(schema_text(table), encoding="utf-8")
        print(path.relative_to(FOLDER.parents[1]))


if __name__ == "__main__":
    main()
