"""What a record says, as plain tuples: records themselves compare by identity, for speed."""

from __future__ import annotations


def contents(value: object) -> object:
    """Give a record's fields, and those of records in it, as something that can be compared."""
    names = getattr(type(value), "__dataclass_fields__", None)
    if names is not None:
        return (type(value).__name__, *(contents(getattr(value, name)) for name in names))
    if isinstance(value, tuple | list):
        return tuple(contents(item) for item in value)
    if isinstance(value, dict):
        return tuple((key, contents(item)) for key, item in value.items())
    return value
