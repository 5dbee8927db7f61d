"""Units: memory in bytes (KiB, MiB, GiB are binary), bandwidth in bytes/s (GB/s is decimal)."""

from __future__ import annotations

KIB = 1024
MIB = 1024**2
GIB = 1024**3
KB = 1000
MB = 1000**2
GB = 1000**3
TERA = 1000**4


def round_up(value: int, multiple: int) -> int:
    """Round `value` up to a multiple of `multiple`."""
    return -(-value // multiple) * multiple
