"""Measures what the project promises of the tool itself: start-up, memory, the speed of a sweep.

`make bench` builds the wheel, installs it into an environment of its own and prints, for whole
processes, CPU time (user and system, minimum and median of several runs) as milliseconds and as a
multiple of bare Python's, measured in turn with the others; the budget beside it; the peak memory.
Then cells a second of a sweep in this process. Needs a system with `wait4`: Linux or macOS.
"""

from __future__ import annotations

import os
import resource
import statistics
import subprocess
import sys
import tempfile
import time
import venv
from itertools import islice
from pathlib import Path
from typing import NamedTuple

ROOT = Path(__file__).parents[1]
RUNS, RUNS_OF_SLOW = 21, 5
SLOW_MS = 400.0
BARE = "python -c pass"
ANSWER, TENFOLD = "one answer, JSON", "one answer, JSON, tables x10"
DEARER_TENFOLD = 1.10  # how much more an answer may cost with ten times the tables
QUESTION = ["model", "llama-3.1-8b", "--gpu", "rtx4090", "--format", "q4_k_m"]
COMPLETION = {
    "_FITCHECK_COMPLETE": "complete_bash",
    "COMP_WORDS": "fitcheck model --gpu rtx-409",
    "COMP_CWORD": "3",
}


class Row(NamedTuple):
    """A command that is measured; `budget` is the most of bare Python's CPU time it may take."""

    words: list[str]
    budget: float | None = None
    environment: dict[str, str] | None = None


ROWS = {
    "--version": Row(["--version"]),
    "--help": Row(["--help"]),
    "completion of a card": Row([], environment=COMPLETION),
    ANSWER: Row([*QUESTION, "--json"], 8.0),
    TENFOLD: Row([*QUESTION, "--json"]),
    "one answer, screen": Row(QUESTION, 8.5),
    "a card measured often, JSON": Row(
        ["model", "llama-3.1-8b", "-g", "ryzen-ai-max-395-128gb", "-f", "q4_k_m", "--json"]
    ),
    "too big, with offers": Row(["model", "llama-3.1-70b", "-g", "rtx4090", "-f", "q4_k_m"]),
    "one model, all formats": Row(["model", "llama-3.1-8b", "--gpu", "rtx4090"]),
    "one model, all cards": Row(
        ["model", "llama-3.1-8b", "--gpu", "all", "--format", "q4_k_m"], 20.0
    ),
    "one card, all models": Row(["model", "--gpu", "rtx4090", "--format", "q4_k_m"], 60.0),
}


class Installed:
    """The wheel in an environment of its own, with its tables or ten times as many."""

    def __init__(self, folder: Path) -> None:
        build = [sys.executable, "-m", "build", "--no-isolation", "--wheel", "-o"]
        subprocess.run([*build, str(folder), str(ROOT)], check=True, capture_output=True)
        (wheel,) = folder.glob("*.whl")
        venv.create(folder / "venv", with_pip=True)
        self.python = folder / "venv" / "bin" / "python"
        subprocess.run([self.python, "-m", "pip", "install", "-q", str(wheel)], check=True)
        (self._tables,) = folder.glob("venv/lib/python*/site-packages/fitcheck/catalog.json")
        self._plain, self._tenfold = folder / "plain.json", folder / "tenfold.json"
        script = Path(__file__).with_name("tenfold.py")
        subprocess.run([sys.executable, script, self._tables, self._tenfold], check=True)

    def command(self, label: str) -> list[str]:
        """Return the command of a row."""
        if label == BARE:
            return [str(self.python), "-c", "pass"]
        return [str(self.python.with_name("fitcheck")), *ROWS[label].words]

    def run(self, label: str) -> float:
        """Run a row's command once; its CPU time in ms."""
        if label == TENFOLD:
            self._tables.replace(self._plain)
            self._tenfold.replace(self._tables)
        try:
            return cpu_ms(self.command(label), environment(label))
        finally:
            if label == TENFOLD:
                self._tables.replace(self._tenfold)
                self._plain.replace(self._tables)


def environment(label: str) -> dict[str, str]:
    """Return the environment of a row: ours, without what would lead it to the checkout."""
    ours = {k: v for k, v in os.environ.items() if k not in ("PYTHONPATH", "FITCHECK_DATA")}
    return ours | ((ROWS[label].environment if label in ROWS else None) or {})


def cpu_ms(command: list[str], variables: dict[str, str]) -> float:
    """Run a command and wait for it; the user and system time it took, in ms."""
    quiet = [(os.POSIX_SPAWN_OPEN, fd, os.devnull, os.O_RDWR, 0) for fd in (0, 1, 2)]
    process = os.posix_spawn(command[0], command, variables, file_actions=quiet)
    usage = os.wait4(process, 0)[2]
    return (usage.ru_utime + usage.ru_stime) * 1e3


def peak_mb(command: list[str], variables: dict[str, str]) -> float:
    """Run a command below a small process, whose own size would else be counted; its peak in MB."""
    probe = (
        "import resource, subprocess, sys;"
        "subprocess.run(sys.argv[1:], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL);"
        "print(resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss)"
    )
    done = subprocess.run(
        [sys.executable, "-S", "-c", probe, *command],
        capture_output=True,
        text=True,
        check=True,
        env=variables,
    )
    return int(done.stdout) * _RSS_UNIT / 1e6


_RSS_UNIT = 1 if sys.platform == "darwin" else 1024


def measured(installed: Installed) -> dict[str, list[tuple[float, float]]]:
    """Run every row several times, in turn; CPU ms of bare Python right before it, and its own.

    A machine is seldom alone with us: what is busy at one moment slows both of a pair alike.
    """
    times: dict[str, list[tuple[float, float]]] = {label: [] for label in ROWS}
    slow = {label for label in ROWS if installed.run(label) > SLOW_MS}  # also fills the caches
    for turn in range(RUNS):
        for label, found in times.items():
            if turn < RUNS_OF_SLOW or label not in slow:
                found.append((installed.run(BARE), installed.run(label)))
    return times


def show(installed: Installed) -> None:
    """Print the table of whole processes."""
    times = measured(installed)
    bare = [before for pairs in times.values() for before, _ in pairs]
    heads = f"{'least':>7} {'median':>7} {'x bare':>7} {'(least)':>7} {'budget':>7} {'peak MB':>8}"
    print(f"{'CPU time, ms':30} {heads}")
    peak = peak_mb(installed.command(BARE), environment(BARE))
    line(BARE, bare, (1.0, 1.0), None, peak)
    ratios: dict[str, float] = {}
    for label, pairs in times.items():
        ratios[label] = statistics.median(own / before for before, own in pairs)
        budget = DEARER_TENFOLD * ratios[ANSWER] if label == TENFOLD else ROWS[label].budget
        peak = peak_mb(installed.command(label), environment(label))
        found = [own for _, own in pairs]
        line(label, found, (ratios[label], min(found) / min(bare)), budget, peak)


def line(
    label: str,
    found: list[float],
    ratios: tuple[float, float],
    budget: float | None,
    peak: float,
) -> None:
    """Print a row: least and median time, multiples of bare Python (median, least), the budget."""
    ratio, of_least = ratios
    within = "" if budget is None else "  ok" if ratio <= budget else "  OVER"
    print(
        f"{label:30} {min(found):7.1f} {statistics.median(found):7.1f} {ratio:7.2f} "
        f"{of_least:7.2f} {f'{budget:.2f}' if budget else '':>7} {peak:8.1f}{within}",
        flush=True,
    )


def sweep_rate(seconds: float = 10.0) -> tuple[int, float]:
    """Stream cells of a full sweep for a while; how many, and how many a second."""
    from fitcheck.answers.sweep import sweep

    cells = sweep()
    next(cells)
    count, start = 0, time.process_time()
    while time.process_time() - start < seconds:
        got = sum(1 for _ in islice(cells, 20_000))
        count += got
        if got < 20_000:
            break
    return count, count / (time.process_time() - start)


def main() -> None:
    """Print the table, then the sweep."""
    with tempfile.TemporaryDirectory() as name:
        show(Installed(Path(name)))
    count, rate = sweep_rate()
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * _RSS_UNIT / 1e6
    print(f"{'sweep':30} {count:,} cells, {rate:,.0f} a second of CPU time, peak {peak:.0f} MB")


if __name__ == "__main__":
    main()
