"""Measures what DESIGN promises of the tool itself: start-up, memory, the speed of a sweep.

`make bench` prints wall time (minimum and median of several runs) and peak memory of whole
processes, bare Python beside them, then cells a second of a sweep in this process.
"""

from __future__ import annotations

import resource
import statistics
import subprocess
import sys
import tempfile
import time
import venv
from itertools import islice
from pathlib import Path

ROOT = Path(__file__).parents[1]
RUNS = 15
QUESTION = ["model", "llama-3.1-8b", "--gpu", "rtx4090", "--format", "q4_k_m"]
COMMANDS = {
    "--version": ["--version"],
    "--help": ["--help"],
    "one answer, JSON": [*QUESTION, "--json"],
    "one answer, screen": QUESTION,
    "one card, all models": ["model", "--gpu", "rtx4090", "--format", "q4_k_m"],
    "one model, all cards": ["model", "llama-3.1-8b", "--format", "q4_k_m"],
    "one model, all formats": ["model", "llama-3.1-8b", "--gpu", "rtx4090"],
    "too big, with offers": ["model", "llama-3.1-70b", "-g", "rtx4090", "-f", "q4_k_m"],
}


def installed_wheel(folder: Path) -> Path:
    """Build the wheel, install it into a fresh environment, give that environment's Python."""
    subprocess.run(
        [sys.executable, "-m", "build", "--no-isolation", "--wheel", "-o", str(folder), str(ROOT)],
        check=True,
        capture_output=True,
    )
    (wheel,) = folder.glob("*.whl")
    venv.create(folder / "venv", with_pip=True)
    python = folder / "venv" / "bin" / "python"
    subprocess.run([python, "-m", "pip", "install", "-q", str(wheel)], check=True)
    return python


def timed(command: list[str]) -> tuple[float, float, float]:
    """Run a command several times: least and median wall time in ms, peak memory in MB."""
    walls = []
    for _ in range(RUNS + 1):
        start = time.perf_counter()
        subprocess.run(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, check=False)
        walls.append((time.perf_counter() - start) * 1e3)
    probe = (
        "import resource, subprocess, sys;"
        "subprocess.run(sys.argv[1:], stdout=subprocess.DEVNULL);"
        "print(resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss)"
    )
    peak = subprocess.run(
        [sys.executable, "-c", probe, *command], capture_output=True, text=True, check=True
    )
    return min(walls[1:]), statistics.median(walls[1:]), int(peak.stdout) * 1024 / 1e6


def sweep_rate(seconds: float = 10.0) -> tuple[int, float]:
    """Stream cells of a full sweep for a while; how many, and how many a second."""
    from fitcheck.answers.sweep import sweep

    cells = sweep()
    next(cells)
    count, start = 0, time.perf_counter()
    while time.perf_counter() - start < seconds:
        got = sum(1 for _ in islice(cells, 20_000))
        count += got
        if got < 20_000:
            break
    return count, count / (time.perf_counter() - start)


def main() -> None:
    """Print the table."""
    with tempfile.TemporaryDirectory() as name:
        python = installed_wheel(Path(name))
        fitcheck = python.with_name("fitcheck")
        print(f"{'':26} {'min ms':>8} {'median ms':>10} {'peak MB':>8}")
        rows = {"python -c pass": [str(python), "-c", "pass"]}
        rows |= {label: [str(fitcheck), *words] for label, words in COMMANDS.items()}
        for label, command in rows.items():
            least, median, peak = timed(command)
            print(f"{label:26} {least:8.0f} {median:10.0f} {peak:8.0f}", flush=True)
    count, rate = sweep_rate()
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024 / 1e6
    print(f"{'sweep':26} {count:,} cells, {rate:,.0f} a second, peak {peak:.0f} MB")


if __name__ == "__main__":
    main()
