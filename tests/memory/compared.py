"""Compute buffers beside llama.cpp's own, and the share of each group of rows that is close.

`python tests/memory/compared.py` prints both tables by architecture and by setting.
"""

from __future__ import annotations

import csv
from collections import defaultdict
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from fitcheck.catalog import load
from fitcheck.estimator.runtimes.llama_cpp.compute_buffer import llama_cpp_compute_buffer
from fitcheck.estimator.runtimes.llama_cpp.kv_cache import llama_cpp_kv_cache
from fitcheck.units import MIB

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

DATA = Path(__file__).parents[1] / "data" / "memory"
NAMES = {"jamba-v0.1-52b": "jamba-v0.1"}


class Compared(NamedTuple):
    """One row of a table, what the estimator says of it, and what llama.cpp reserved."""

    fact: dict[str, str]
    architecture: str
    buffer_bytes: int
    truth_bytes: int
    cache_bytes: int

    @property
    def close(self) -> bool:
        """Whether the buffer is within 3 % or 16 MiB."""
        off = abs(self.buffer_bytes - self.truth_bytes)
        return off <= max(0.03 * self.truth_bytes, 16 * MIB)

    @property
    def all_outputs(self) -> bool:
        """Whether the logits of a whole micro-batch are kept."""
        return self.fact["outputs"] == "0"


def compared(facts: Iterable[dict[str, str]]) -> list[Compared]:
    """Estimate each row."""
    catalog = load()
    rows = []
    for fact in facts:
        storage = catalog.storage_types.get(fact["kv_format"])
        run = {
            "context": int(fact["context"]),
            "sequences": int(fact["sequences"]),
            "key_storage": storage,
            "value_storage": storage,
            "unified": fact["unified"] == "1",
            "ubatch": int(fact["ubatch"]),
            "flash_attention": fact["flash_attention"] == "1",
        }
        architecture = catalog.models.resolve(NAMES.get(fact["model"], fact["model"])).architecture
        buffer = llama_cpp_compute_buffer(
            architecture, outputs=int(fact["outputs"]) or run["ubatch"], **run
        )
        rows.append(
            Compared(
                fact=fact,
                architecture=architecture.gguf,
                buffer_bytes=buffer.device_bytes,
                truth_bytes=int(fact["compute_bytes"]),
                cache_bytes=llama_cpp_kv_cache(architecture, **run).total_bytes,
            )
        )
    return rows


def shares(
    rows: Iterable[Compared], key: Callable[[Compared], object]
) -> dict[object, tuple[int, float, int]]:
    """Return by group: rows, the share that is close, the worst difference in bytes."""
    groups: defaultdict[object, list[Compared]] = defaultdict(list)
    for row in rows:
        groups[key(row)].append(row)
    return {
        name: (
            len(group),
            sum(row.close for row in group) / len(group),
            max((row.buffer_bytes - row.truth_bytes for row in group), key=abs),
        )
        for name, group in groups.items()
    }


def setting(row: Compared) -> tuple[str, ...]:
    """Name what a run was set to: logits, micro-batch, flash attention, KV format, unified."""
    fact = row.fact
    outputs = "all outputs" if row.all_outputs else "served"
    return (outputs, fact["ubatch"], fact["flash_attention"], fact["kv_format"], fact["unified"])


def _print(table: str) -> None:
    with (DATA / f"{table}.csv").open(encoding="utf-8", newline="") as file:
        rows = compared(csv.DictReader(file))
    for key in (setting, lambda row: (row.architecture, row.all_outputs)):
        for name, (count, share, worst) in sorted(shares(rows, key).items(), key=str):
            print(f"{count:5d} {share:7.1%} {worst / MIB:+9.1f} MiB  {name}")  # noqa: T201


if __name__ == "__main__":
    for name in ("llama_cpp_buffers", "llama_cpp_other_models"):
        _print(name)
