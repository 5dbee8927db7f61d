"""Imports storage types and papers from a reference folder into the tables.

    python tools/import_formats.py FOLDER [--write]

Compares each record of `formats_reference.jsonl` (tensor types) and `papers_reference.jsonl` with
the tables, prints what differs, and with `--write` appends what is missing. The rules of the
formats themselves (which tensor gets which type) are authored in `data/formats.yaml`: no reference
holds them in a form that could be copied.
"""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Any

import yaml

DATA = Path(__file__).parents[1] / "data"
_PREFIXES = ("ggml_", "ik_")
# Q8_1 and Q8_K hold activations for the length of a product and never lie in a file; ik_llama.cpp's
# Q1_0_G128 is what llama.cpp calls Q1_0.
_NOT_STORED = frozenset({"ggml_q8_1", "ggml_q8_k", "ik_q1_0_g128"})


def read_lines(path: Path) -> list[dict[str, Any]]:
    """Read one JSON object a line."""
    return [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines() if line]


def _is_stored(row: dict[str, Any]) -> bool:
    return row["kind"] == "tensor_type" and row["id"] not in _NOT_STORED


def storage_record(row: dict[str, Any]) -> dict[str, Any]:
    """Make a record of `storage_types.yaml` from a tensor type of the reference."""
    identity = row["id"]
    for prefix in _PREFIXES:
        identity = identity.removeprefix(prefix)
    record = {
        "id": identity,
        "name": row["name"],
        "block_elements": row["block_elems"],
        "block_bytes": row["block_bytes"],
        "whole_rows": True,
        "derivation": row["derivation"],
        "sources": [{"of": "block", "title": row["primary_source"]}],
    }
    if row["row_meta_bytes"]:
        record["row_bits"] = row["row_meta_bytes"] * 8
    return record


def paper_record(row: dict[str, Any]) -> dict[str, Any]:
    """Make a record of `papers.yaml` from a paper of the reference; claims are for a reader."""
    return {
        "id": row["arxiv"],
        "title": row["title"],
        "authors": row["authors"],
        "year": row["year"],
        "venue": row["venue"],
        "arxiv": row["arxiv"],
        "url": row["arxiv_url"],
        "pdf_url": row["pdf_url"],
        "hf_url": row["hf_url"],
    }


def compare(
    table: str, key: str, fields: tuple[str, ...], wanted: list[dict[str, Any]], *, write: bool
) -> int:
    """Print what differs in `fields` between a table and the records wanted of it; count it."""
    path = DATA / f"{table}.yaml"
    present = {str(row.get(key)): row for row in yaml.safe_load(path.read_text(encoding="utf-8"))}
    differing = 0
    missing = []
    for record in wanted:
        found = present.get(str(record[key]))
        if found is None:
            missing.append(record)
            continue
        for field in fields:
            if found.get(field) != record.get(field):
                differing += 1
                print(f"{table}: {record[key]}: {field}: {found.get(field)!r} here,")
                print(f"    {record.get(field)!r} in the reference")
    for record in missing:
        print(f"{table}: {record[key]}: missing")
    if write and missing:
        text = yaml.safe_dump(missing, sort_keys=False, allow_unicode=True, width=100)
        path.write_text(f"{path.read_text(encoding='utf-8').rstrip()}\n\n{text}", encoding="utf-8")
    print(f"{table}: {len(wanted)} records, {differing} fields differ, {len(missing)} missing")
    return differing + len(missing)


def main(words: list[str]) -> int:
    """Compare, and write if asked; the exit status says whether anything differs."""
    folder = Path(words[0])
    write = "--write" in words
    formats = read_lines(folder / "formats_reference.jsonl")
    types = [storage_record(row) for row in formats if _is_stored(row)]
    papers = [paper_record(row) for row in read_lines(folder / "papers_reference.jsonl")]
    blocks = ("block_elements", "block_bytes", "row_bits")
    differing = compare("storage_types", "id", blocks, types, write=write)
    facts = ("title", "authors", "year", "url", "pdf_url", "hf_url")
    differing += compare("papers", "arxiv", facts, papers, write=write)
    return 1 if differing else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
