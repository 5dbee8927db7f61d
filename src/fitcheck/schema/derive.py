"""What runs where, said once and known from both sides.

Authored are a format's `support` lines, a KV format's `runtimes` and a runtime's `engine`. Derived
are a format's `runtimes` and a runtime's `families` and `kv_formats`, so that they cannot disagree.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Mapping

    Rows = Mapping[str, dict[str, Any]]

_UNSUPPORTED = "unsupported"
_RUNTIME, _HARDWARE, _LEVEL = 0, 1, 2  # places in a compiled support line


def derive(tables: Mapping[str, Any]) -> list[str]:
    """Complete compiled formats and runtimes in place; return the problems found.

    A user's folder may hold any of the tables: `families` and `kv_formats` are left empty where the
    table they come from is missing, and run time reads them from the tables it has.
    """
    formats, kv_formats, runtimes = (
        tables[name]["rows"] if name in tables else {}
        for name in ("formats", "kv_formats", "runtimes")
    )
    problems = _check_engines(runtimes) if formats else []
    engines = {key: row["engine"] for key, row in runtimes.items() if "engine" in row}
    for key, form in formats.items():
        _inherit_lines(form, engines)
        running = [
            line[_RUNTIME] for line in form.get("support", ()) if line[_LEVEL] != _UNSUPPORTED
        ]
        default = form["default_runtime"]
        if runtimes and default not in running:
            problems.append(f"formats.yaml: {key}: support: no line says that `{default}` runs it")
        form["runtimes"] = list(dict.fromkeys((default, *running)))
    for key, runtime in runtimes.items():
        runs = [form["family"] for form in formats.values() if key in form["runtimes"]]
        runtime["families"] = list(dict.fromkeys(runs))
        keeps = _kept_in(key, kv_formats) or _kept_in(engines.get(key, ""), kv_formats)
        default = runtime["default_kv"]
        if kv_formats and formats and default not in keeps:
            problems.append(
                f"runtimes.yaml: {key}: default_kv: kv_formats.yaml does not say that it keeps "
                f"`{default}`"
            )
        runtime["kv_formats"] = list(dict.fromkeys((default, *keeps))) if kv_formats else []
    return problems


def _check_engines(runtimes: Rows) -> list[str]:
    return [
        f"runtimes.yaml: {key}: engine: `{row['engine']}` is no runtime with lines of its own"
        for key, row in runtimes.items()
        if "engine" in row and ("engine" in runtimes.get(row["engine"], {"engine": ""}))
    ]


def _inherit_lines(form: dict[str, Any], engines: Mapping[str, str]) -> None:
    """Add the lines of their engine to those runtimes have of their own; the first match counts.

    A runtime with a line of its own for "any" hardware inherits nothing.
    """
    authored = form.get("support", [])
    settled = {line[_RUNTIME] for line in authored if line[_HARDWARE] == "any"}
    inherited = [
        [key, *line[1:]]
        for key, engine in engines.items()
        for line in authored
        if line[_RUNTIME] == engine and key not in settled
    ]
    if inherited:
        form["support"] = [*authored, *inherited]


def _kept_in(runtime: str, kv_formats: Rows) -> list[str]:
    return [key for key, row in kv_formats.items() if runtime in row.get("runtimes", ())]
