"""The rooms and the direction of the imports between them, read from the source with `ast`."""

from __future__ import annotations

import ast
from pathlib import Path

import pytest

from fitcheck.catalog import load

PACKAGE = Path(__file__).parents[1] / "src" / "fitcheck"

# Each room and the rooms it may import. Arrows go one way; `render` sees only results.
MAY_IMPORT = {
    "units": set(),
    "errors": set(),
    "patterns": set(),
    "records": {"units", "errors"},
    "estimator": {"records", "units", "errors"},
    "detect": {"records", "units", "errors"},
    "schema": {"records", "units", "errors", "catalog"},
    "catalog": {"schema", "records", "units", "errors", "patterns"},
    "sources": {"schema", "catalog", "estimator", "records", "units", "errors"},
    "answers": {
        "catalog",
        "sources",
        "estimator",
        "detect",
        "schema",
        "records",
        "units",
        "errors",
    },
    "api": {"answers", "catalog", "records", "units", "errors"},
    "render": {"records", "units", "errors", "patterns"},
    "reports": {"answers", "render", "catalog", "records", "units", "errors"},
    "cli": {"reports", "answers", "render", "catalog", "records", "units", "errors", "patterns"},
}

# What a room imports from outside: the standard library, and only here something more.
OUTSIDE = {
    "cli": {"typer"},
    "render": {"rich"},
    "schema": {"pydantic", "yaml"},
    "sources": {"httpx", "huggingface_hub", "yaml"},
    "detect": {"pynvml"},
}

# The rooms that a command needs may not load these at import time; each costs 20 to 160 ms.
LAZY = {"rich", "yaml", "pydantic", "httpx", "huggingface_hub", "csv", "importlib"}


def modules() -> list[Path]:
    return sorted(PACKAGE.rglob("*.py"))


def room_of(path: Path) -> str:
    first = path.relative_to(PACKAGE).parts[0]
    return first.removesuffix(".py")


def imports(path: Path) -> list[tuple[str, bool]]:
    """List imported module names, and whether each is imported when the module is."""
    tree = ast.parse(path.read_text(encoding="utf-8"))
    found: list[tuple[str, bool]] = []

    def visit(node: ast.AST, at_import: bool) -> None:
        for child in ast.iter_child_nodes(node):
            if isinstance(child, ast.Import):
                found.extend((alias.name, at_import) for alias in child.names)
            elif isinstance(child, ast.ImportFrom):
                assert child.level == 0, f"{path}: relative import"
                found.append((child.module or "", at_import))
                if child.module == "fitcheck":
                    found.extend((f"fitcheck.{alias.name}", at_import) for alias in child.names)
            inside = isinstance(child, ast.FunctionDef | ast.AsyncFunctionDef | ast.Lambda)
            checking = isinstance(child, ast.If) and "TYPE_CHECKING" in ast.dump(child.test)
            visit(child, at_import and not inside and not checking)

    visit(tree, at_import=True)
    return found


def test_the_rooms_are_known() -> None:
    rooms = {room_of(path) for path in modules()} - {"__init__", "__main__"}
    assert rooms <= set(MAY_IMPORT)


@pytest.mark.parametrize("path", modules(), ids=lambda p: str(p.relative_to(PACKAGE)))
def test_imports_go_one_way(path: Path) -> None:
    room = room_of(path)
    if room in ("__init__", "__main__"):
        return
    for name, _ in imports(path):
        if name.startswith("fitcheck."):
            target = name.split(".")[1]
            if target in MAY_IMPORT and target != room:
                assert target in MAY_IMPORT[room], f"{room} may not import {name}"


@pytest.mark.parametrize("path", modules(), ids=lambda p: str(p.relative_to(PACKAGE)))
def test_outside_imports_stay_in_their_room(path: Path) -> None:
    import sys

    room = room_of(path)
    for name, at_import in imports(path):
        top = name.split(".")[0]
        if top in ("fitcheck", "__future__"):
            continue
        if top not in sys.stdlib_module_names:
            assert top in OUTSIDE.get(room, set()), f"{room} may not import {top}"
        if room not in ("schema", "render"):
            assert not (at_import and top in LAZY), f"{path.name} imports {top} at start-up"


@pytest.mark.parametrize("path", modules(), ids=lambda p: str(p.relative_to(PACKAGE)))
def test_a_module_opens_with_what_it_knows_and_stays_small(path: Path) -> None:
    text = path.read_text(encoding="utf-8")
    assert ast.get_docstring(ast.parse(text)), "no docstring"
    assert len(text.splitlines()) <= 300, "split the room"


def test_estimate_is_pure() -> None:
    impure = {"os", "pathlib", "subprocess", "socket", "sys", "time", "random"}
    for path in modules():
        if room_of(path) in ("estimator", "records"):
            for name, at_import in imports(path):
                assert not (at_import and name.split(".")[0] in impure), f"{path.name}: {name}"


def name_of(path: Path) -> str:
    parts = path.relative_to(PACKAGE.parent).with_suffix("").parts
    return ".".join(parts[:-1] if parts[-1] == "__init__" else parts)


def files_needed(path: Path, known: dict[str, Path]) -> set[str]:
    """List the files a file imports, at once or in a function; not those of its annotations."""
    needed: set[str] = set()

    def visit(node: ast.AST) -> None:
        for child in ast.iter_child_nodes(node):
            if isinstance(child, ast.If) and "TYPE_CHECKING" in ast.dump(child.test):
                continue
            if isinstance(child, ast.ImportFrom) and child.module:
                for alias in child.names:
                    whole = f"{child.module}.{alias.name}"
                    needed.add(whole if whole in known else child.module)
            visit(child)

    visit(ast.parse(path.read_text(encoding="utf-8")))
    return {name for name in needed if name in known} - {name_of(path)}


def test_no_files_import_each_other_in_a_circle() -> None:
    known = {name_of(path): path for path in modules()}
    left = {name: files_needed(path, known) for name, path in known.items()}
    while free := {name for name, needs in left.items() if not needs & left.keys()}:
        left = {name: needs for name, needs in left.items() if name not in free}
    circle = {name: sorted(needs & left.keys()) for name, needs in left.items()}
    assert circle == {}


# Words that are also a runtime's name, and what they mean where they stand.
NO_RUNTIME = {
    ("answers/calibrate.py", "llama-bench"),  # tools that measure
    ("records/bench_run.py", "llama-bench"),
    ("sources/bench_output.py", "vllm bench serve"),
    ("sources/hf/quantization.py", "bitsandbytes"),  # methods a checkpoint's settings name
    ("catalog/format_names.py", "exl2"),  # families of formats
    ("catalog/format_names.py", "exl3"),
    ("catalog/format_names.py", "mlx"),
    ("sources/hf/quantization.py", "exl2"),
    ("sources/hf/quantization.py", "exl3"),
    ("sources/hub.py", "mlx"),  # a tag of the Hub
    ("sources/lmstudio.py", "lm-studio"),  # a folder of that program
    ("sources/names.py", "ollama"),  # kinds of words: `ollama:…`, `lmstudio:…`
    ("sources/names.py", "lmstudio"),
    ("sources/open.py", "ollama"),
    ("sources/open.py", "lmstudio"),
}


def test_a_runtime_is_named_in_its_record_only() -> None:
    """No rule of a runtime may hide behind its name elsewhere: `rules_of` is the one way."""
    runtimes = load().runtimes
    names = {name for key in runtimes.ids() for name in (key, *runtimes.get(key).aliases)}
    found = set()
    for path in modules():
        place = path.relative_to(PACKAGE).as_posix()
        if place.startswith("estimator/runtimes/"):
            continue
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Constant) and node.value in names:
                found.add((place, node.value))
    assert found - NO_RUNTIME == set()
    assert NO_RUNTIME - found == set(), "these are named no more"
