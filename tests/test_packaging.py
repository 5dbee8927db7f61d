"""The wheel as a user gets it: built, unpacked, run with the source tree out of reach."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]


def build(target: Path, what: str, source: Path) -> Path:
    subprocess.run(
        [sys.executable, "-m", "build", "--no-isolation", f"--{what}", "-o", str(target), "."],
        check=True,
        cwd=source,
        capture_output=True,
    )
    (made,) = target.glob("*.whl" if what == "wheel" else "*.tar.gz")
    return made


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return build(tmp_path_factory.mktemp("wheel"), "wheel", ROOT)


@pytest.fixture(scope="module")
def unpacked(wheel: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("site")
    with zipfile.ZipFile(wheel) as archive:
        archive.extractall(folder)
    return folder


def run(site: Path, *words: str, cwd: Path) -> subprocess.CompletedProcess[str]:
    """Run the unpacked wheel: `site` first on the path, the checkout's editable finder left out."""
    code = (
        "import sys; sys.path[:] = [p for p in sys.path if not p.rstrip('/').endswith('/src')];"
        f"sys.path.insert(0, {str(site)!r});"
        "import fitcheck; assert fitcheck.__file__.startswith(sys.path[0]), fitcheck.__file__;"
        "from fitcheck.cli import main; main()"
    )
    environment = {k: v for k, v in os.environ.items() if k not in ("PYTHONPATH", "FITCHECK_DATA")}
    return subprocess.run(
        [sys.executable, "-c", code, *words],
        capture_output=True,
        text=True,
        cwd=cwd,
        env=environment,
        check=False,
    )


QUESTION = ("model", "llama-3.1-8b", "--gpu", "rtx4090", "--format", "q4_k_m", "--json")


def test_the_wheel_answers_as_the_checkout(unpacked: Path, tmp_path: Path) -> None:
    from_wheel = run(unpacked, *QUESTION, cwd=tmp_path)
    assert (from_wheel.returncode, from_wheel.stderr) == (0, "")
    checkout = subprocess.run(
        [sys.executable, "-m", "fitcheck", *QUESTION], capture_output=True, text=True, check=True
    )
    assert json.loads(from_wheel.stdout) == json.loads(checkout.stdout)


def test_the_wheel_holds_every_table(unpacked: Path) -> None:
    from fitcheck.schema.compile import compile_tables

    packed = (unpacked / "fitcheck" / "catalog.json").read_bytes()
    assert packed == compile_tables(ROOT / "data")
    assert (unpacked / "fitcheck" / "py.typed").is_file()


def test_the_sdist_builds_the_same_wheel(unpacked: Path, tmp_path: Path) -> None:
    import tarfile

    sdist = build(tmp_path / "sdist", "sdist", ROOT)
    with tarfile.open(sdist) as archive:
        archive.extractall(tmp_path / "source", filter="data")
    (source,) = (tmp_path / "source").iterdir()
    again = build(tmp_path / "again", "wheel", source)
    with zipfile.ZipFile(again) as archive:
        assert (
            archive.read("fitcheck/catalog.json")
            == (unpacked / "fitcheck" / "catalog.json").read_bytes()
        )


def test_a_broken_table_stops_the_build(tmp_path: Path) -> None:
    import shutil

    source = tmp_path / "source"
    ignored = shutil.ignore_patterns(".git", ".venv", ".cache", "__pycache__", ".*_cache")
    shutil.copytree(ROOT, source, ignore=ignored)
    table = source / "data" / "gpus.yaml"
    table.write_text(table.read_text(encoding="utf-8") + "\n- id: broken\n", encoding="utf-8")
    done = subprocess.run(
        [sys.executable, "-m", "build", "--no-isolation", "--wheel", "-o", str(tmp_path), "."],
        cwd=source,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode != 0
    assert "gpus.yaml: broken: " in done.stdout + done.stderr
