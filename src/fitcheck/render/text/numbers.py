"""How every number looks: GiB, GB/s, tok/s, tokens, ranges; three significant figures at most.

Between a number and its unit stands a no-break space, so that no line breaks there; it becomes a
plain space when the text is written.
"""

from __future__ import annotations

from fitcheck.render.text.theme import NOT_APPLICABLE
from fitcheck.units import GB, GIB, KIB, MIB

NBSP = "\N{NO-BREAK SPACE}"
SMALL_IN_GIB = GIB // 20  # below this, GiB with one decimal would read 0.0

_THOUSAND, _MILLION, _BILLION, _TRILLION = 1e3, 1e6, 1e9, 1e12


def significant(value: float, digits: int = 3) -> str:
    """Write a number with that many significant figures, never in powers of ten: 1,008 · 5.94."""
    if value == 0:
        return "0"
    rounded = float(f"{value:.{digits - 1}e}")
    magnitude = len(str(int(abs(rounded)))) if abs(rounded) >= 1 else _leading_zeros(rounded)
    return f"{rounded:,.{max(0, digits - magnitude)}f}"


def _leading_zeros(value: float) -> int:
    """Count, as a negative number, the zeros after the point: 0.05 → -1."""
    return int(f"{abs(value):e}".split("e")[1]) + 1


def count(value: float) -> str:
    """Write a whole number with thousands separated: 131,072."""
    return f"{round(value):,}"


def gib(value: float) -> str:
    """Write bytes as GiB with one decimal, for columns: 4.6."""
    text = f"{value / GIB:,.1f}"
    return text.removeprefix("-") if float(text.replace(",", "")) == 0 else text


def whole_gib(value: float) -> str:
    """Write a marketed capacity as GiB, without decimals unless it has some: 24, 6.5."""
    return f"{value / GIB:,.0f}" if value % GIB == 0 else gib(value)


def signed_gib(value: float) -> str:
    """Write bytes as GiB with one decimal and a sign: +1.7, -9.8."""
    return f"{value / GIB:+,.1f}"


def memory(value: float) -> str:
    """Write bytes with their unit, for a sentence: 17.2 GiB, 64 MiB, 24 GiB."""
    for unit, name in ((GIB, "GiB"), (MIB, "MiB"), (KIB, "KiB")):
        # 0.1 GiB reads better than 102 MiB beside other GiB; less than that does not.
        if abs(value) >= unit / (10 if name == "GiB" else 1):
            text = f"{value / unit:,.1f}"
            return (
                f"{text.removesuffix('.0') if name != 'GiB' or _whole(value) else text}{NBSP}{name}"
            )
    return f"{value:,.0f}{NBSP}B"


def _whole(value: float) -> bool:
    return value % GIB == 0


def bandwidth(value: float | None) -> str:
    """Write bytes/s as GB/s, without the unit: 1,008."""
    return NOT_APPLICABLE if value is None else f"{value / GB:,.0f}"


def gigabytes(value: float) -> str:
    """Write bytes as decimal GB with the unit, for bytes read a token: 5.94 GB."""
    return f"{significant(value / GB)}{NBSP}GB"


def bits(value: float) -> str:
    """Write bits a weight with two decimals: 4.89."""
    return f"{value:.2f}"


def parameters(value: float) -> str:
    """Write a number of parameters: 8.03 B, 494 M, 1.04 T."""
    for unit, name in ((_TRILLION, "T"), (_BILLION, "B"), (_MILLION, "M"), (_THOUSAND, "K")):
        if value >= unit * 0.9995:
            return f"{significant(value / unit)}{NBSP}{name}"
    return f"{value:.0f}"


def flops(value: float | None) -> str:
    """Write FLOP/s as TFLOPS, without the unit: 165, 82.6."""
    return NOT_APPLICABLE if value is None else significant(value / _TRILLION)


def speed(value: float | None) -> str:
    """Write tok/s: 127, 12.7, 1,270."""
    if value is None:
        return NOT_APPLICABLE
    return significant(value) if value >= _THOUSAND else f"{value:.{_decimals(value)}f}"


def _decimals(speed: float) -> int:
    """Tell how many decimals a speed gets: no more than an estimate can bear."""
    return 0 if speed >= 19.95 else 1 if speed >= 1.995 else 2  # noqa: PLR2004


def span(low: float, high: float) -> str:
    """Write a range: 102–136, 9.2–12.4; one figure where both ends read the same."""
    decimals = _decimals(high)  # the same for both ends
    first, last = f"{low:,.{decimals}f}", f"{high:,.{decimals}f}"
    if high >= _THOUSAND:
        first, last = significant(low), significant(high)
    return first if first == last else f"{first}–{last}"


def percent(value: float, decimals: int = 0) -> str:
    """Write a share: 0.27 → 27%; what is there but rounds to nothing is <1%."""
    if not decimals and 0 < value < 0.005:  # noqa: PLR2004
        return "<1%"
    return f"{value * 100:.{decimals}f}%"


def seconds(value: float) -> str:
    """Write a duration: 84 ms, 1.32 s, 2 min 5 s."""
    if value < 0.9995:  # noqa: PLR2004
        return f"{significant(value * 1000, 2 if value < 0.0995 else 3)}{NBSP}ms"  # noqa: PLR2004
    if value < 120:  # noqa: PLR2004
        return f"{significant(value)}{NBSP}s"
    minutes, rest = divmod(round(value), 60)
    return f"{minutes:,}{NBSP}min {rest}{NBSP}s" if rest else f"{minutes:,}{NBSP}min"


def money(value: float | None) -> str:
    """Write US dollars: $1,599."""
    return NOT_APPLICABLE if value is None else f"${value:,.0f}"
