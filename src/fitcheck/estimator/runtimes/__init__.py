"""The runtimes: one file or folder each holds a runtime's rules, and this registry finds it.

`data/runtimes.yaml` names the module of each runtime's rules; nothing else maps an id to rules.
"""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING, cast

if TYPE_CHECKING:
    from fitcheck.estimator.runtimes.rules import Rules
    from fitcheck.records.runtime import Runtime


def rules_of(runtime: Runtime) -> Rules:
    """Return the rules of a runtime. Raises ImportError where its record names no module."""
    return _module(runtime.rules)


@lru_cache(maxsize=32)
def _module(name: str) -> Rules:
    from importlib import import_module

    return cast("Rules", import_module(f"{__name__}.{name}").RULES)
