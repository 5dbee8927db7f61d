"""Where the tables lie: in the wheel, in a checkout (compiled once), or in a user's own folder."""

from __future__ import annotations

import contextlib
import mmap
import os
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING

from fitcheck.catalog.catalog import Catalog
from fitcheck.catalog.packed import Packed
from fitcheck.errors import UsageError

if TYPE_CHECKING:
    from collections.abc import Iterable

_PACKED = Path(__file__).parents[1] / "catalog.json"
_CHECKOUT = Path(__file__).parents[3]


def load(folders: Iterable[str] = ()) -> Catalog:
    """Load the catalogue; records in a user's `folders` add to it or override it.

    The folders given come last, after `$FITCHECK_DATA` (a path list) and the configuration folder
    (`$XDG_CONFIG_HOME/fitcheck`). Raises UsageError if a named folder does not exist, TableError
    if a table in one breaks the schema.
    """
    return _load(tuple(_user_folders(folders)))


@lru_cache(maxsize=4)
def _load(folders: tuple[Path, ...]) -> Catalog:
    return Catalog([_built_in(), *(_user(folder) for folder in folders)])


def user_data_folder() -> Path:
    """Return the folder a user's own records are kept in."""
    return _home("XDG_CONFIG_HOME", ".config") / "fitcheck"


def _home(variable: str, default: str) -> Path:
    configured = os.environ.get(variable)
    return Path(configured) if configured else Path.home() / default


def _user_folders(folders: Iterable[str]) -> list[Path]:
    named = [name for name in os.environ.get("FITCHECK_DATA", "").split(os.pathsep) if name]
    named += folders
    for name in named:
        if not Path(name).is_dir():
            raise UsageError(
                f"the data folder `{name}` does not exist",
                "it holds tables such as `gpus.yaml`; CONTRIBUTING tells their fields",
            )
    own = user_data_folder()
    try:
        has_own = own.is_dir()
    except OSError:
        has_own = False
    return ([own] if has_own else []) + [Path(name).resolve() for name in named]


def _built_in() -> Packed:
    if _PACKED.is_file():
        return Packed(_map(_PACKED))
    data = _CHECKOUT / "data"
    return _compiled(data, _CHECKOUT / ".cache" / "catalog.json", only_present=False)


def _user(folder: Path) -> Packed:
    slug = "".join(c if c.isalnum() else "-" for c in str(folder)).strip("-")[-120:]
    cache = _home("XDG_CACHE_HOME", ".cache") / "fitcheck" / f"{slug}.json"
    return _compiled(folder, cache, only_present=True)


def _map(path: Path) -> mmap.mmap:
    """Map a file into memory: of a large catalogue, only the pages a question touches are read."""
    with path.open("rb") as file:
        return mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ)


def _compiled(folder: Path, cache: Path, *, only_present: bool) -> Packed:
    """Return a folder's tables from its cache if no table changed since, else compile them again.

    The stamp is taken before the tables are read, and the cache is put in place by one rename: two
    processes that compile at the same moment both leave a whole file. Where nothing can be written
    (or, on Windows, another process has the file mapped) they are compiled for this run only.
    """
    stamp = _stamp(folder)
    packed = _cached(cache, stamp)
    if packed:
        return packed
    from fitcheck.schema.compile import compile_tables

    content = compile_tables(folder, stamp=stamp, only_present=only_present)
    temporary = cache.with_name(f"{cache.name}.{os.getpid()}.tmp")
    try:
        cache.parent.mkdir(parents=True, exist_ok=True)
        temporary.write_bytes(content)
        temporary.replace(cache)
    except OSError:
        with contextlib.suppress(OSError):
            temporary.unlink()
    return Packed(content)


def _cached(cache: Path, stamp: list[list[object]]) -> Packed | None:
    """Return the tables of a cache file; `None` if there is none, or not of this stamp."""
    try:
        content = _map(cache)
    except (OSError, ValueError):
        return None
    try:
        packed = Packed(content)
        if packed.header["stamp"] == stamp:
            return packed
    except (ValueError, KeyError, TypeError):
        pass
    content.close()  # Windows replaces no file that is mapped
    return None


def _stamp(folder: Path) -> list[list[object]]:
    """List every file the compiled tables depend on, with its size and time of change.

    The schema is among them: a checkout whose schema changed compiles anew.
    """
    tables = [*folder.glob("*.yaml"), *folder.glob("*.csv"), *folder.glob("*/*.yaml")]
    schema = Path(__file__).parents[1].glob("schema/*.py")
    stamp: list[list[object]] = []
    for path in sorted([*tables, *schema]):
        status = path.stat()
        stamp.append([str(path), status.st_size, status.st_mtime_ns])
    return stamp
