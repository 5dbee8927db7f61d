"""The names people type for a model: repositories, Ollama tags, file names."""

from __future__ import annotations

from typing import Any

from fitcheck.catalog.names import normalise


def aliases(ref: dict[str, Any]) -> list[str]:
    """List a model's other names, none that normalises to its id or name."""
    found = [*ref["aliases"], ref["hf_repo"], ref["hf_repo"].rpartition("/")[2]]
    taken = {normalise(ref["id"]), normalise(ref["name"])}
    kept = []
    for name in found:
        if normalise(name) not in taken:
            taken.add(normalise(name))
            kept.append(name)
    return kept
