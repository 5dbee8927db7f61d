"""How the quantities of a derivation are written: each unit with the digits that suit it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from fitcheck.units import GB, GIB, MIB

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from fitcheck.records.result import Quantity


def said(parts: Sequence[str | Quantity]) -> str:
    """Return words and quantities as one text."""
    return "".join(
        part if isinstance(part, str) else _WRITTEN[part.unit](part.value) for part in parts
    )


def _memory(size: float) -> str:
    return f"{size / GIB:.2f} GiB" if abs(size) >= GIB // 10 else f"{size / MIB:.1f} MiB"


_WRITTEN: dict[str, Callable[[float], str]] = {
    "count": lambda value: f"{value:,.0f}",
    "B": lambda value: f"{value:,.0f} B",
    "GiB": lambda value: f"{value / GIB:.2f}",
    "MiB": lambda value: f"{value / MIB:,.0f} MiB",
    "memory": _memory,
    "bits": lambda value: f"{value:.4g} bits",
    "mean bits": lambda value: f"{value:.3f} bits",
    "share": lambda value: f"{value:.1%}",
    "factor": lambda value: f"{value:.3g}",
    "GB": lambda value: f"{value / GB:.3f} GB",
    "GB/s": lambda value: f"{value / GB:,.0f} GB/s",
    "speed": lambda value: f"{value:.1f}",
    "tok/s": lambda value: f"{value:.1f} tok/s",
    "ms": lambda value: f"{value * 1e3:.3f} ms",
}
