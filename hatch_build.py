"""Build hook: checks the tables and puts them, compiled, into the wheel as `catalog.json`."""

from __future__ import annotations

import sys
import tempfile
from pathlib import Path
from typing import Any

from hatchling.builders.hooks.plugin.interface import BuildHookInterface


class CatalogHook(BuildHookInterface[Any]):
    """An editable install compiles for itself (`catalog/load.py`); every other wheel gets the file.

    A table that breaks its schema stops the build.
    """

    def initialize(self, version: str, build_data: dict[str, Any]) -> None:
        """Compile the tables unless the install is editable."""
        if version == "editable":
            return
        root = Path(self.root)
        sys.path.insert(0, str(root / "src"))
        try:
            from fitcheck.schema.compile import compile_tables

            content = compile_tables(root / "data")
        finally:
            sys.path.pop(0)
        folder = Path(tempfile.mkdtemp(prefix="fitcheck-build-"))
        packed = folder / "catalog.json"
        packed.write_bytes(content)
        build_data["force_include"][str(packed)] = "fitcheck/catalog.json"
