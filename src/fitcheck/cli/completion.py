"""Names for the shell to complete: bare, since a help text would make typer import rich (80 ms)."""

from __future__ import annotations


def models(incomplete: str) -> list[str]:
    """Complete the id of a model."""
    from fitcheck.catalog import load

    return _starting(load().models.ids(), incomplete)


def gpus(incomplete: str) -> list[str]:
    """Complete the id of a card; in a list with commas, its last name."""
    from fitcheck.catalog import load

    return _in_list(load().gpus.ids(), incomplete)


def formats(incomplete: str) -> list[str]:
    """Complete the id of a format; in a list with commas, its last name."""
    from fitcheck.catalog import load

    return _in_list(load().formats.ids(), incomplete)


def kv_formats(incomplete: str) -> list[str]:
    """Complete the id of a KV format."""
    from fitcheck.catalog import load

    return _starting(load().kv_formats.ids(), incomplete)


def runtimes(incomplete: str) -> list[str]:
    """Complete the id of a runtime."""
    from fitcheck.catalog import load

    return _starting(load().runtimes.ids(), incomplete)


def papers(incomplete: str) -> list[str]:
    """Complete the id of a paper."""
    from fitcheck.catalog import load

    return _starting(load().papers.ids(), incomplete)


def _starting(ids: tuple[str, ...], incomplete: str) -> list[str]:
    return [name for name in ids if name.startswith(incomplete.casefold())]


def _in_list(ids: tuple[str, ...], incomplete: str) -> list[str]:
    before, comma, last = incomplete.rpartition(",")
    return [before + comma + name for name in _starting(ids, last)]
