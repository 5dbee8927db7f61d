"""The names people type for a model: repositories, Ollama tags, fine-tunes of the same shapes."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import yaml

from fitcheck.catalog.names import normalise

# Names that no rule gives: other releases and well-known fine-tunes with the same shapes.
OTHERS: dict[str, list[str]] = yaml.safe_load(
    (Path(__file__).parent / "other_names.yaml").read_text(encoding="utf-8")
)

_TAIL = re.compile(
    r"(-Instruct|-instruct|-it|-chat|-Chat|-hf|-Base|-base|-BF16|-PT|-Preview)+(-hf|-\d{4})?$"
)
_ENDINGS = {
    "google": ("-it",),
    "deepseek-ai": ("-chat", "-instruct"),
    "Qwen": ("-Instruct", "-Chat", "-Base"),
    "EleutherAI": (),
    "bigscience": (),
    "facebook": (),
    "state-spaces": (),
    "openai-community": (),
}
_OFTEN_CHAT = ("01-ai", "tiiuae", "stabilityai", "internlm", "meta-llama", "baichuan-inc")
_ACTIVE = re.compile(r"-a\d+(\.\d+)?[bm]$")


def aliases(ref: dict[str, Any]) -> list[str]:
    """List a model's other names, none that normalises to its id or name."""
    repo = ref["hf_repo"]
    owner, _, tail = repo.rpartition("/")
    stem = _TAIL.sub("", tail)
    found = [*ref["aliases"], repo, tail, *OTHERS.get(ref["id"], ())]
    endings = _ENDINGS.get(
        owner, ("-Instruct", "-chat") if owner in _OFTEN_CHAT else ("-Instruct",)
    )
    for ending in ("", *endings):
        found += [f"{ref['id']}{ending.lower()}", f"{stem}{ending}", f"{owner}/{stem}{ending}"]
    short = _ACTIVE.sub("", ref["id"])
    if short != ref["id"]:
        found.append(short)
    taken = {normalise(ref["id"]), normalise(ref["name"])}
    kept = []
    for name in found:
        if normalise(name) not in taken:
            taken.add(normalise(name))
            kept.append(name)
    return kept


def settle(rows: list[dict[str, Any]]) -> None:
    """Drop aliases two models claim: the one whose own name or given alias it is keeps it."""
    owners: dict[str, str] = {}
    for row in rows:
        for name in (row["id"], row["name"]):
            owners[normalise(name)] = row["id"]
    for row in rows:
        for name in OTHERS.get(row["id"], ()):
            owners.setdefault(normalise(name), row["id"])
    for row in rows:
        row["aliases"] = [
            name
            for name in row["aliases"]
            if owners.setdefault(normalise(name), row["id"]) == row["id"]
        ]


def shared_names(rows: list[dict[str, Any]]) -> None:
    """Let a family's name, where it is no model's own, be answered with its members."""
    families: dict[str, list[dict[str, Any]]] = {}
    for row in rows:
        families.setdefault(row["family"], []).append(row)
    own = {normalise(name) for row in rows for name in (row["id"], row["name"], *row["aliases"])}
    for family, members in families.items():
        if len(members) > 1 and normalise(family) not in own:
            for row in members:
                row["shared_names"] = [family]
