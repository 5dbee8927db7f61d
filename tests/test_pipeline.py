"""The data pipeline: tables checked record by record, compiled once, compiled again on a change."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from fitcheck.catalog import load
from fitcheck.catalog.catalog import Catalog
from fitcheck.catalog.packed import Packed
from fitcheck.errors import UsageError
from fitcheck.schema.compile import check_table, compile_tables
from fitcheck.schema.errors import TableError
from fitcheck.schema.tables import TABLES

ROOT = Path(__file__).parents[1]
DATA = ROOT / "data"
GPUS = next(table for table in TABLES if table.name == "gpus")


@pytest.fixture
def gpus(tmp_path: Path):
    """Write a gpus.yaml and give the problems its check finds."""

    def problems(text: str) -> list[str]:
        (tmp_path / "gpus.yaml").write_text(text, encoding="utf-8")
        try:
            check_table(GPUS, tmp_path)
        except TableError as error:
            return error.problems
        return []

    return problems


def a_card() -> str:
    """Give the first record of the real table, as text."""
    text = (DATA / "gpus.yaml").read_text(encoding="utf-8")
    start = text.index("\n- id:") + 1
    return text[start : text.index("\n- id:", start) + 1]


def test_a_real_record_passes(gpus) -> None:
    assert gpus(a_card()) == []


def test_an_unknown_key_is_refused_naming_file_record_and_field(gpus) -> None:
    (problem,) = gpus(a_card() + "  colour: red\n")
    identity = a_card().splitlines()[0].split(":")[1].strip().strip("'\"")
    assert f"gpus.yaml: {identity}: colour: " in problem


def test_a_duplicate_key_is_refused_with_its_line(gpus) -> None:
    first = a_card().splitlines()[1].strip()
    (problem,) = gpus(a_card() + f"  {first}\n")
    assert "is given twice" in problem
    assert "gpus.yaml:" in problem


def test_two_records_with_one_name_are_refused(gpus) -> None:
    problems = gpus(a_card() + a_card())
    assert any("already names" in problem for problem in problems)


def test_what_is_no_list_is_refused(gpus) -> None:
    assert "must be a list of records" in gpus("id: x\n")[0]
    assert "must be a mapping" in gpus("- x\n")[0]


@pytest.mark.parametrize("text", ["- id: [", "\t- id", "- &a [*a]", "{a: {b: c}: d}"])
def test_broken_yaml_is_one_line(gpus, text: str) -> None:
    (problem,) = gpus(text)
    assert "gpus.yaml" in problem
    assert "\n" not in problem


def test_no_source_or_an_implausible_value_is_refused(gpus) -> None:
    import yaml

    (record,) = yaml.safe_load(a_card())
    sources = [key for key in record if key.startswith("source")]
    assert sources
    for key in sources:
        without = {k: v for k, v in record.items() if k != key}
        assert gpus(yaml.safe_dump([without])), f"a record without {key} passed"
    assert gpus(yaml.safe_dump([{**record, "bandwidth_gb_s": 1e9}]))
    assert gpus(yaml.safe_dump([{**record, "bandwidth_gb_s": -1}]))


def test_every_table_compiles_and_decodes() -> None:
    catalog = Catalog([Packed(compile_tables(DATA))])
    for table in ("gpus", "models", "formats", "storage_types", "kv_formats", "papers", "runtimes"):
        records = getattr(catalog, table)
        assert len(records.all()) == len(records) > 0
        for key in records.ids():
            assert records.resolve(key).id == key
    assert catalog.date == (DATA / "DATE").read_text(encoding="utf-8").strip()


def test_every_name_means_exactly_one_record() -> None:
    catalog = load()
    for table in (catalog.gpus, catalog.models, catalog.formats, catalog.papers):
        for record in table.all():
            for name in (record.id, *record.aliases):
                assert table.resolve(name).id == record.id


def test_the_json_schemas_are_current() -> None:
    sys.path.insert(0, str(ROOT / "tools"))
    try:
        import write_schemas
    finally:
        sys.path.pop(0)
    for table in TABLES:
        written = DATA / "schema" / f"{table.name}.schema.json"
        assert written.read_text(encoding="utf-8") == write_schemas.schema_text(table), (
            "run `make schemas`"
        )


def checkout(tmp_path: Path) -> Path:
    copy = tmp_path / "checkout"
    shutil.copytree(ROOT / "src", copy / "src", ignore=shutil.ignore_patterns("__pycache__"))
    shutil.copytree(DATA, copy / "data")
    return copy


def ask(copy: Path, *words: str) -> subprocess.Popen[str]:
    environment = {**os.environ, "PYTHONPATH": str(copy / "src")}
    return subprocess.Popen(
        [sys.executable, "-m", "fitcheck", *words],
        env=environment,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )


def test_a_checkout_compiles_once_and_again_when_a_table_changes(tmp_path: Path) -> None:
    copy = checkout(tmp_path)
    question = ("gpu", "rtx4090", "--json")
    first, second = ask(copy, *question), ask(copy, *question)  # at the same moment
    answers = [process.communicate() for process in (first, second)]
    assert answers[0] == answers[1]
    assert answers[0][1] == ""
    cache = copy / ".cache" / "catalog.json"
    written = cache.stat().st_mtime_ns
    assert ask(copy, *question).communicate() == answers[0]
    assert cache.stat().st_mtime_ns == written
    table = copy / "data" / "gpus.yaml"
    table.write_text(
        table.read_text(encoding="utf-8").replace('name: "GeForce RTX 4090"', "name: RTX 4090 X"),
        encoding="utf-8",
    )
    out, error = ask(copy, *question).communicate()
    assert error == ""
    assert "RTX 4090 X" in out
    assert not list(cache.parent.glob("*.tmp"))


def test_a_read_only_checkout_still_answers(tmp_path: Path) -> None:
    copy = checkout(tmp_path)
    (copy / ".cache").write_text("a file where the cache folder would be", encoding="utf-8")
    out, error = ask(copy, "gpu", "rtx4090", "--json").communicate()
    assert error == ""
    assert json.loads(out)


def test_a_users_folder_adds_and_overrides(tmp_path: Path, monkeypatch) -> None:
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    folder = tmp_path / "mine"
    folder.mkdir()
    card = a_card()
    identity = card.splitlines()[0].split(":", 1)[1].strip().strip("'\"")
    own = card.replace(identity, "my-card", 1)
    own = "\n".join(
        "  name: My Card" if line.startswith("  name:") else line for line in own.splitlines()
    )
    import yaml

    (record,) = yaml.safe_load(own)
    record.pop("aliases", None)
    record.pop("shared_names", None)
    (folder / "gpus.yaml").write_text(yaml.safe_dump([record]), encoding="utf-8")
    catalog = load([str(folder)])
    assert catalog.gpus.resolve("My Card").id == "my-card"
    assert len(catalog.gpus) == len(load().gpus) + 1


def test_a_broken_folder_is_one_sentence_a_problem(tmp_path: Path) -> None:
    (tmp_path / "gpus.yaml").write_text("- id: broken\n", encoding="utf-8")
    done = subprocess.run(
        [sys.executable, "-m", "fitcheck", "gpu", "rtx4090", "--data", str(tmp_path)],
        capture_output=True,
        text=True,
        check=False,
    )
    assert (done.returncode, done.stdout) == (1, "")
    assert "gpus.yaml: broken: " in done.stderr
    assert "Traceback" not in done.stderr


def test_a_misnamed_table_is_told(tmp_path: Path) -> None:
    (tmp_path / "gpu.yaml").write_text("[]", encoding="utf-8")
    with pytest.raises(TableError, match=r"gpu\.yaml: is no table; tables are gpus\.yaml"):
        compile_tables(tmp_path, only_present=True)


def test_a_folder_that_is_not_there_is_a_usage_error(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="does not exist"):
        load([str(tmp_path / "nowhere")])
