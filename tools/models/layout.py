"""Writes the order of a model's layers short: `3 dense, 58 moe`, `10 (5 window, full)`."""

from __future__ import annotations

from itertools import groupby


def write_layout(names: list[str]) -> str:
    """Write the order of layers short: the best repetition at each position, greedily."""
    items = []
    position = 0
    while position < len(names):
        best = (1, 1)
        for period in range(1, min(24, len(names) - position) + 1):
            unit = names[position : position + period]
            times = 1
            while names[position + times * period : position + (times + 1) * period] == unit:
                times += 1
            if times > 1 and times * period > best[0] * best[1]:
                best = (times, period)
        times, period = best
        unit = names[position : position + period]
        runs = [(name, len(list(group))) for name, group in groupby(unit)]
        inner = ", ".join(f"{n} {name}" if n > 1 else name for name, n in runs)
        if times == 1:
            items.append(inner)
        elif len(runs) == 1:
            items.append(f"{times * runs[0][1]} {runs[0][0]}")
        else:
            items.append(f"{times} ({inner})")
        position += times * period
    return ", ".join(items)
