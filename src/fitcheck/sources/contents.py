"""What a record says, as plain tuples: records themselves compare by identity, for speed."""

from __future__ import annotations

from fitcheck.records.record import as_dict, is_record


def contents(value: object) -> object:
    """Give a record's fields, and those of records in it, as something that can be compared."""
    if is_record(value):
        return (type(value).__name__, *(contents(field) for field in as_dict(value).values()))
    if isinstance(value, tuple | list):
        return tuple(contents(item) for item in value)
    if isinstance(value, dict):
        return tuple((key, contents(item)) for key, item in value.items())
    return value
