"""Fits the constants of the speed estimate and tests them on cards and sources left out.

Usage: python tools/calibrate.py [--check]

Reads data/benchmarks.csv and the other tables, writes data/calibration.yaml (every constant with
the points and the error behind it, and the likely ranges) and data/held_out.csv (every measurement
beside its estimate by constants fitted without its card, and without its source: what
`fitcheck accuracy` reports). `--check` fits again and compares with the committed constants.
"""

from __future__ import annotations

import csv
import os
import sys
import time
from collections import Counter, defaultdict
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

# One thread of linear algebra a process: the phases run side by side.
os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")

import numpy as np
from speed_fit import Fit, card_weights
from speed_rows import JUDGED, Row, decode_rows, prefill_rows
from speed_terms import DECODE, PREFILL

from fitcheck.catalog import load
from fitcheck.schema.reading import read_yaml

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from speed_fit import Array, Terms

DATA = Path(__file__).resolve().parent.parent / "data"
TODAY_SHARE = 0.3  # of the extra cost of 2024's builds that stays in everyone's constants
SMALLEST = 0.01  # factors nearer to 1 than this are left out
FEWEST_CARDS = 4  # cards a range of its own needs
FEWEST_ON_A_PATH = 2  # cards that suffice to widen one
TAILS = (0.09, 0.91)  # percentiles of the range: a little wide, as the tails are estimated too
RECENT = 1.5  # how much more a measurement of the last two years weighs

HELD_OUT_COLUMNS = (
    "phase", "gpu", "model", "parameters_b", "moe", "format", "runtime", "backend", "depth",
    "prompt_tokens", "source", "judged", "measured", "by_card", "by_source", "low", "high",
)  # fmt: skip


@dataclass
class Phase:
    """A phase (decode or prefill) with its fit and its held-out estimates in tok/s."""

    name: str
    rows: list[Row]
    fit: Fit
    logs: Array
    by_card: Array
    by_source: Array
    kinds: list[str]
    levels: list[str]


def main() -> None:
    """Fit both phases, test them, write the tables."""
    started = time.monotonic()
    with ProcessPoolExecutor(2) as pool:
        decode, prefill = pool.map(run_named, ("decode", "prefill"))
    print(f"fitted and tested in {time.monotonic() - started:.0f} s")
    text = document(decode, prefill)
    if "--check" in sys.argv:
        sys.exit(0 if same_constants(text) else "the committed constants differ")
    (DATA / "calibration.yaml").write_text(text, encoding="utf-8")
    with (DATA / "held_out.csv").open("w", newline="", encoding="utf-8") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(HELD_OUT_COLUMNS)
        writer.writerows(sorted(held_out(decode) + held_out(prefill), key=str))
    for phase in (decode, prefill):
        summary(phase)


def run_named(name: str) -> Phase:
    """Run a phase by its name, so that the two can run side by side."""
    if name == "decode":
        return run_phase(name, decode_rows(), DECODE)
    return run_phase(name, prefill_rows(), PREFILL)


def run_phase(name: str, rows: list[Row], terms: Terms) -> Phase:
    """Fit a phase on all rows, then without each card and without each source."""
    tokens = [row.prompt if name == "prefill" else 1 for row in rows]
    seconds = [count / row.tokens_per_s for count, row in zip(tokens, rows, strict=True)]
    floor = [floor_seconds(row) if name == "decode" else 0.0 for row in rows]
    works = [row.work for row in rows]
    fit = Fit(rows, works, seconds, terms, floor)  # type: ignore[arg-type]
    weights = card_weights(rows, [RECENT if row.year >= 2025 else 1.0 for row in rows])
    logs = fit.solve(weights)

    def without(group: Callable[[Row], str], *, own_age: bool) -> Array:
        names = np.array([group(row) for row in rows])
        speeds = np.zeros(len(rows))
        for left_out in sorted(set(names)):
            test = names == left_out
            fold = fit.solve(weights * ~test, start=logs, steps=6)
            fold = fold if own_age else fit.today(fold, TODAY_SHARE)
            speeds[test] = (np.array(tokens) / fit.seconds(fold))[test]
        return speeds

    by_card = without(lambda row: row.card, own_age=False)
    by_source = without(lambda row: row.source, own_age=False)
    return Phase(
        name=name,
        rows=rows,
        fit=fit,
        logs=logs,
        by_card=by_card,
        by_source=by_source,
        kinds=[getattr(row.work, "kind", "dense") for row in rows],
        levels=fold_levels(rows),
    )


def floor_seconds(row: Row) -> float:
    """Time no decode step can undercut: bytes ÷ bandwidth."""
    return float(row.work.read_bytes / row.gpu.bandwidth_bytes_per_s)  # type: ignore[union-attr]


def fold_levels(rows: Sequence[Row]) -> list[str]:
    """Level of evidence a card's estimate rests on once the card itself is left out."""
    cards = defaultdict(set)
    for row in rows:
        cards[f"architecture:{row.gpu.architecture}"].add(row.card)
        cards[f"vendor:{row.gpu.vendor}"].add(row.card)
    return [
        "architecture"
        if len(cards[f"architecture:{row.gpu.architecture}"]) > 1
        else "vendor"
        if len(cards[f"vendor:{row.gpu.vendor}"]) > 1
        else "global"
        for row in rows
    ]


def ratios(phase: Phase) -> tuple[Array, Array]:
    """Measured ÷ estimated speed, by card left out and by source left out."""
    measured = np.array([row.tokens_per_s for row in phase.rows])
    return measured / phase.by_card, measured / phase.by_source


def range_rows(phase: Phase, skip: str = "") -> dict[str, tuple[float, float, int]]:
    """Ranges by kind, by level and by path, from the residuals of every card but `skip`.

    Cards count alike. Where a kind and level has fewer than four cards it has no range of its own.
    A card that has measurements takes its range from sources left out. A path (runtime and
    backend) known from few cards, or less well, widens the range.
    """
    by_card, by_source = ratios(phase)
    sources = defaultdict(set)
    for row in phase.rows:
        sources[row.card].add(row.source)
    found: dict[str, tuple[float, float, int]] = {}
    judged = [is_judged(row) and row.card != skip for row in phase.rows]
    everyone = pick(phase, by_card, judged)
    for kind in sorted(set(phase.kinds)):
        of_kind = [ok and k == kind for ok, k in zip(judged, phase.kinds, strict=True)]
        found[kind] = pick(phase, by_card, of_kind) or everyone or (0.6, 1.4, 0)
        for level in ("architecture", "vendor"):
            chosen = [ok and here == level for ok, here in zip(of_kind, phase.levels, strict=True)]
            narrow = pick(phase, by_card, chosen)
            if narrow:
                found[f"{kind}|{level}"] = narrow
        known = [
            ok and len(sources[row.card]) > 1 for ok, row in zip(of_kind, phase.rows, strict=True)
        ]
        own = pick(phase, by_source, known)
        if own:
            low, high, points = own
            wide_low, wide_high, _ = found[kind]
            found[f"{kind}|card"] = (max(low, wide_low), min(high, wide_high), points)
        low, high, _ = found[kind]
        for path in sorted({row_path(row) for row in phase.rows}):
            chosen = [
                ok and row_path(row) == path for ok, row in zip(of_kind, phase.rows, strict=True)
            ]
            wide = pick(phase, by_card, chosen, fewest=FEWEST_ON_A_PATH)
            if wide and (wide[0] < low * 0.95 or wide[1] > high * 1.05):
                found[f"{kind}|path:{path}"] = (min(low, wide[0]), max(high, wide[1]), wide[2])
    return found


def row_path(row: Row) -> str:
    """Name the path a row took: whose kernels, through which backend."""
    return f"{load().kernels(row.runtime)}/{row.backend}"


def pick(
    phase: Phase, ratio: Array, chosen: Sequence[bool], *, fewest: int = FEWEST_CARDS
) -> tuple[float, float, int] | None:
    """Give the weighted tails of the chosen residuals; `None` where too few cards stand behind."""
    index = [i for i, ok in enumerate(chosen) if ok]
    count = Counter(phase.rows[i].card for i in index)
    if len(count) < fewest:
        return None
    weight = np.array([1 / count[phase.rows[i].card] for i in index])
    values = ratio[index]
    order = np.argsort(values)
    share = (np.cumsum(weight[order]) - weight[order] / 2) / weight.sum()
    low, high = np.interp(TAILS, share, values[order])
    return min(float(low), 1.0), max(float(high), 1.0), len(index)


def is_judged(row: Row) -> bool:
    """Tell whether a row is of a runtime and backend the accuracy is stated for."""
    return row.runtime in JUDGED and row.backend != "sycl"


def held_out(phase: Phase) -> list[list[object]]:
    """List every row beside its held-out estimates; ranges are from the other cards' residuals."""
    ceiling = [
        1 / floor_seconds(row) if phase.name == "decode" else float("inf") for row in phase.rows
    ]
    ranges = {card: range_rows(phase, card) for card in {row.card for row in phase.rows}}
    lines: list[list[object]] = []
    for i, row in enumerate(phase.rows):
        own = ranges[row.card]
        kind = phase.kinds[i]
        low, high, _ = own.get(f"{kind}|{phase.levels[i]}") or own[kind]
        wide = own.get(f"{kind}|path:{row_path(row)}")
        if wide:
            low, high = min(low, wide[0]), max(high, wide[1])
        estimate = float(phase.by_card[i])
        lines.append(
            [
                phase.name,
                row.gpu.id,
                row.model,
                f"{row.parameters:.4g}",
                str(row.moe).lower(),
                row.format,
                row.runtime,
                row.backend,
                row.depth,
                row.prompt,
                row.source,
                str(is_judged(row)).lower(),
                _short(row.tokens_per_s),
                _short(estimate),
                _short(float(phase.by_source[i])),
                _short(min(estimate * low, ceiling[i])),
                _short(min(estimate * high, ceiling[i])),
            ]
        )
    return lines


def document(decode: Phase, prefill: Phase) -> str:
    """Write the constants as YAML, one a line, with their evidence."""
    date = load().date or datetime.now(tz=UTC).date().isoformat()
    lines = [
        "# yaml-language-server: $schema=schema/calibration.schema.json",
        "#",
        "# Written by tools/calibrate.py from data/benchmarks.csv; not edited by hand.",
        "# A cost is its physical unit x the factors of every scope that applies; a factor that is",
        "# not listed is 1. points: measurements in the scope; error: their median absolute error.",
        f'fitted: "{date}"',
        f"points: {len(decode.rows) + len(prefill.rows)}",
        'source: "data/benchmarks.csv (published measurements, each with its URL)"',
    ]
    for phase in (decode, prefill):
        lines += [f"{phase.name}:", *factor_lines(phase)]
    for phase in (decode, prefill):
        lines.append(f"{phase.name}_points:")
        counts: Counter[str] = Counter()
        for row in phase.rows:
            for scope in (
                f"vendor:{row.gpu.vendor}",
                f"architecture:{row.gpu.architecture}",
                f"card:{row.card}",
            ):
                counts[scope] += row.runs
        lines += [f'  "{scope}": {count}' for scope, count in sorted(counts.items())]
    for phase in (decode, prefill):
        lines.append(f"{phase.name}_ranges:")
        for key, (low, high, points) in range_rows(phase).items():
            kind, _, level = key.partition("|")
            told = f', level: "{level}"' if level else ""
            lines.append(
                f'- {{kind: "{kind}"{told}, low: {low:.3f}, high: {high:.3f}, points: {points}}}'
            )
    return "\n".join(lines) + "\n"


def factor_lines(phase: Phase) -> list[str]:
    """Write a phase's factors for today's builds, strongest evidence told beside each."""
    logs = phase.fit.today(phase.logs, TODAY_SHARE)
    error = np.abs(np.exp(np.log(phase.fit.seconds(phase.logs)) - phase.fit.log_seconds) - 1)
    lines = []
    for key, (log, members) in sorted(phase.fit.factors(logs).items()):
        quantity, _, scope = key.partition("|")
        if scope.startswith("age:") or (scope and abs(log) < SMALLEST):
            continue
        told = f', scope: "{scope}"' if scope else ""
        behind = sorted(members)
        runs = sum(phase.rows[i].runs for i in behind)
        lines.append(
            f"- {{quantity: {quantity}{told}, factor: {_short(float(np.exp(log)))}, "
            f"points: {runs}, error: {np.median(error[behind]):.3f}}}"
        )
    return lines


def same_constants(text: str) -> bool:
    """Compare freshly fitted constants with the committed ones, to one per cent."""
    import yaml

    committed, fitted = read_yaml(DATA / "calibration.yaml"), yaml.safe_load(text)
    same = True
    for phase in ("decode", "prefill"):
        old = {(row["quantity"], row.get("scope", "")): row["factor"] for row in committed[phase]}
        new = {(row["quantity"], row.get("scope", "")): row["factor"] for row in fitted[phase]}
        for key in sorted(old.keys() | new.keys()):
            change = new.get(key, 1.0) / old.get(key, 1.0)
            if abs(change - 1) > 0.02:
                print(f"{phase} {key}: {old.get(key)} committed, {new.get(key)} fitted")
                same = False
    return same


def summary(phase: Phase) -> None:
    """Print the held-out error by group."""
    from fitcheck.answers.accuracy import error_table
    from fitcheck.records.held_out import HeldOut

    lines = [dict(zip(HELD_OUT_COLUMNS, map(str, line), strict=True)) for line in held_out(phase)]
    rows = [HeldOut.from_text(line) for line in lines]
    for line in error_table(
        rows, phase=phase.name, architecture_of=lambda _: "", vendor_of=_vendor
    ):
        print(
            f"{phase.name:8}{line.group:30}{line.rows:6} rows {line.cards:4} cards  median "
            f"{line.median_error:6.1%}  within 20 % {line.within_20:5.0%}  bias {line.bias:+6.1%}  "
            f"in range {line.coverage:4.0%}  by source {line.median_error_by_source:6.1%}"
        )


def _vendor(gpu: str) -> str:
    return load().gpus.get(gpu).vendor


def _short(value: float) -> str:
    return f"{value:.4g}"


if __name__ == "__main__":
    main()
