"""The program as a process: pipes that close, streams that are closed, interrupts."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

PROGRAM = [sys.executable, "-c", "from fitcheck.cli import main; main()"]
FITS = ["llama-3.1-8b", "--gpu", "rtx4090", "--format", "q4_k_m"]
posix = pytest.mark.skipif(os.name != "posix", reason="needs a POSIX shell")


def shell(command: str) -> subprocess.CompletedProcess[str]:
    program = " ".join(f"'{word}'" for word in PROGRAM)
    return subprocess.run(
        ["bash", "-c", command.replace("FITCHECK", program)],
        capture_output=True,
        text=True,
        check=False,
    )


@posix
def test_a_reader_that_leaves_early_ends_it_silently() -> None:
    ran = shell("FITCHECK model --json | head -1; echo ${PIPESTATUS[0]}")
    assert ran.stdout == "{\n0\n"
    assert ran.stderr == ""


@posix
@pytest.mark.parametrize("stream", [">&-", "2>&-"])
def test_a_closed_stream_changes_no_status(stream) -> None:
    assert shell(f"FITCHECK {' '.join(FITS)} {stream}").returncode == 0
    assert shell(f"FITCHECK --help {stream}").returncode == 0
    assert shell(f"FITCHECK nonsense --gpu rtx4090 {stream}").returncode == 2


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="needs /dev/full")
def test_a_full_disk_is_told() -> None:
    ran = shell(f"FITCHECK {' '.join(FITS)} > /dev/full")
    assert ran.returncode == 1
    assert ran.stderr.startswith("error: the answer cannot be written: ")
    assert "Traceback" not in ran.stderr


@posix
def test_an_interrupt_is_silent() -> None:
    process = subprocess.Popen(
        [*PROGRAM, "--gpu", "rtx4090", "--format", "q4_k_m", "--sort", "speed"],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
    )
    time.sleep(0.6)
    process.send_signal(signal.SIGINT)
    stdout, stderr = process.communicate()
    assert (process.returncode, stderr) in ((130, b""), (0, b""))
    assert process.returncode == 0 or stdout == b""
