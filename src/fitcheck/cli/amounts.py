"""Numbers as typed (`32k`, `24GiB`) → tokens, bytes, bytes/s; each mistake has its sentence."""

from __future__ import annotations

import re

from fitcheck.errors import UsageError
from fitcheck.patterns import pattern
from fitcheck.units import GB, GIB, MB, MIB, TERA

LONGEST_QUOTED = 40
_NUMBER = pattern(r"([+-]?(?:\d[\d_,]*\.?\d*|\.\d+))\s*([a-z/]*)", re.IGNORECASE | re.ASCII)
# Tokens are counted in powers of two, as models name their contexts: 32k is 32,768.
_TOKENS = {"": 1, "k": 1024, "m": 1024**2}
# Memory is sold in binary units, whatever the box says: 24, 24gb and 24GiB are the same card.
_MEMORY = {"": GIB, "g": GIB, "gb": GIB, "gib": GIB, "m": MIB, "mb": MIB, "mib": MIB}
_MEMORY |= {"t": 1024 * GIB, "tb": 1024 * GIB, "tib": 1024 * GIB}
_BANDWIDTH = {"": GB, "gb": GB, "gb/s": GB, "g": GB, "mb/s": MB, "mb": MB}
_BANDWIDTH |= {"tb/s": 1000 * GB, "tb": 1000 * GB, "t": 1000 * GB}
_COUNT = {"": 1, "k": 10**3, "m": 10**6, "b": 10**9, "t": 10**12}


def tokens(text: str, flag: str, *, least: int = 1) -> int:
    """Read a number of tokens: 8192, 8,192, 32k (= 32,768), 1m. Raises UsageError."""
    if least == 0 and text.strip() == "0":
        return 0
    return _whole(text, flag, _TOKENS, example="8192 or 32k")


def context(text: str) -> int | str:
    """Read `--context`: tokens, or `max` for the model's maximum. Raises UsageError."""
    if text.strip().casefold() == "max":
        return "max"
    return tokens(text, "--context")


def memory_bytes(text: str, flag: str) -> int:
    """Read a size of memory: 24, 24GB, 24GiB (all GiB), 24564MiB. Raises UsageError."""
    return round(_number(text, flag, _MEMORY, example="24 (GiB) or 24564MiB"))


def bandwidth(text: str, flag: str) -> int:
    """Read a bandwidth: 1008 (GB/s), 3.35TB/s. Raises UsageError."""
    return round(_number(text, flag, _BANDWIDTH, example="1008 (GB/s) or 3.35TB/s"))


def flops(text: str, flag: str) -> float:
    """Read TFLOPS. Raises UsageError."""
    units = {"": TERA, "t": TERA, "tflops": TERA, "tflop/s": TERA, "p": 1000 * TERA}
    return _number(text, flag, units, example="165 (TFLOPS)")


def parameters(text: str, flag: str) -> int:
    """Read a number of parameters: 8b, 13e9, 600m. Raises UsageError."""
    try:
        value = float(text)
    except ValueError:
        value = _number(text, flag, _COUNT, example="8b or 13e9")
    return round(_positive(value, text, flag, "8b or 13e9"))


def count(text: str, flag: str, *, least: int = 1) -> int:
    """Read a whole number. Raises UsageError."""
    if re.fullmatch(r"[+-]?[0-9]{1,18}", text.strip()) is None:
        raise UsageError(f"`{flag} {_shown(text)}` is not a whole number", f"example: `{flag} 4`")
    value = int(text)
    if value < least:
        raise UsageError(f"`{flag}` must be at least {least}, not {value}", f"example: `{flag} 4`")
    return value


def share(text: str, flag: str) -> float:
    """Read a share of one: 0.9. Raises UsageError."""
    try:
        value = float(text)
    except ValueError:
        value = -1.0
    if not 0 < value <= 1:
        raise UsageError(
            f"`{flag} {_shown(text)}` is not between 0 and 1", f"example: `{flag} 0.9`"
        )
    return value


def _whole(text: str, flag: str, units: dict[str, int], *, example: str) -> int:
    value = _number(text, flag, units, example=example)
    if value != int(value):
        raise UsageError(
            f"`{flag} {_shown(text)}` is not a whole number of tokens", f"example: {example}"
        )
    return int(value)


def _number(text: str, flag: str, units: dict[str, int], *, example: str) -> float:
    found = _NUMBER.fullmatch(text.strip())
    if found is None:
        raise UsageError(
            f"`{flag} {_shown(text)}` is not a number", f"example: `{flag} {_first(example)}`"
        )
    unit = found[2].casefold()
    if unit not in units:
        known = ", ".join(f"`{name}`" for name in units if name)
        raise UsageError(
            f"`{flag} {_shown(text)}` ends in the unknown unit `{found[2]}`",
            f"known units: {known}",
        )
    value = float(found[1].replace(",", "").replace("_", "")) * units[unit]
    return _positive(value, text, flag, example)


def _positive(value: float, text: str, flag: str, example: str) -> float:
    hint = f"example: `{flag} {_first(example)}`"
    if value == 0:
        raise UsageError(f"`{flag}` must be more than zero", hint)
    if value < 0:
        raise UsageError(f"`{flag}` must be more than zero, not {_shown(text)}", hint)
    if not value < float("inf"):  # also not a number
        raise UsageError(f"`{flag} {_shown(text)}` is not a number", hint)
    return value


def _first(example: str) -> str:
    return example.split(maxsplit=1)[0]


def _shown(text: str) -> str:
    """Cut what was typed to a length that an error can quote."""
    return text if len(text) <= LONGEST_QUOTED else f"{text[:LONGEST_QUOTED]}…"
