"""Which fields an estimate has in JSON, JSONL, CSV and TSV, and how a field is read from a record.

Keys are only ever added within `fitcheck/1`.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

from fitcheck.records.record import as_dict, is_record
from fitcheck.records.result import Step

if TYPE_CHECKING:
    from collections.abc import Sequence

_DECODE = (
    "depth_tokens",
    "tokens_per_s",
    "tokens_per_s_low",
    "tokens_per_s_high",
    "tokens_per_s_ceiling",
    "bytes_per_token",
    "bound_by",
)

ESTIMATE_FIELDS = (
    "model.id",
    "model.name",
    "model.total_params",
    "model.active_params",
    "model.source",
    "model.confidence",
    "format.id",
    "format.name",
    "format.bits_per_weight",
    "format.stored_params",
    "format.papers",
    "format.support",
    "format.support_how",
    "format.quality.change_percent",
    "format.quality.metric",
    "format.quality.model",
    "format.quality.source",
    "format.quality.url",
    "gpu.id",
    "gpu.name",
    "gpu.count",
    "gpu.bandwidth_bytes_per_s",
    "runtime",
    "backend",
    "context_tokens",
    "concurrency",
    "kv_format",
    "verdict",
    "memory.weights_bytes",
    "memory.kv_cache_bytes",
    "memory.recurrent_state_bytes",
    "memory.compute_buffer_bytes",
    "memory.runtime_overhead_bytes",
    "memory.needed_bytes",
    "memory.capacity_bytes",
    "memory.usable_bytes",
    "memory.free_bytes",
    "memory.weights_host_bytes",
    "memory.weights_total_bytes",
    *(f"decode.{name}" for name in _DECODE),
    *(f"decode_full_context.{name}" for name in _DECODE),
    "prefill.prompt_tokens",
    "prefill.tokens_per_s",
    "prefill.tokens_per_s_low",
    "prefill.tokens_per_s_high",
    "prefill.ttft_s",
    "max_context_tokens",
    "measured",
    "offers",
    "notes",
    "sources",
    "cards",
    *(
        f"host.{name}"
        for name in (
            "weights_bytes",
            "kv_cache_bytes",
            "recurrent_state_bytes",
            "compute_buffer_bytes",
            "needed_bytes",
            "ram_bytes",
        )
    ),
)
EXPLAIN_FIELDS = (*ESTIMATE_FIELDS, "explain")


def value(record: object, path: str) -> object:
    """Read a dotted path from a record or mapping; `None` where something on the way is unknown."""
    for name in path.split("."):
        if record is None:
            return None
        record = record[name] if isinstance(record, Mapping) else getattr(record, name)
    return record


def tree(record: object, paths: Sequence[str]) -> dict[str, object]:
    """Give a record's fields as nested mappings of plain JSON values, in the order of `paths`.

    A part that is unknown as a whole is one `null`.
    """
    result: dict[str, object] = {}
    for path in paths:
        *parents, leaf = path.split(".")
        place, branch = result, record
        for name in parents:
            branch = value(branch, name)
            if branch is None:
                place[name] = None
                break
            place = place.setdefault(name, {})  # type: ignore[assignment]
        else:
            place[leaf] = plain_value(value(branch, leaf))
    return result


def plain_value(content: object) -> object:
    """Turn records and tuples into the values JSON knows."""
    if content is None or isinstance(content, str | int | float | bool):
        return content
    if isinstance(content, Mapping):
        return {str(key): plain_value(item) for key, item in content.items()}
    if isinstance(content, Step):  # its quantities are written out, as on the screen
        from fitcheck.render.text.quantities import said

        formula, result = said(content.formula), said(content.result)
        return as_dict(content) | {"formula": formula, "result": result}
    if is_record(content):
        return {name: plain_value(item) for name, item in as_dict(content).items()}
    if isinstance(content, list | tuple | set | frozenset):
        return [plain_value(item) for item in content]
    return str(content)


def flat(record: object, paths: Sequence[str]) -> list[object]:
    """Give a record's fields as one row of a CSV: raw values, `None` empty, lists joined."""
    return [_flat_value(value(record, path)) for path in paths]


def _flat_value(content: object) -> object:
    if isinstance(content, bool):
        return "true" if content else "false"
    if content is None or isinstance(content, str | int | float):
        return content
    if isinstance(content, list | tuple | set | frozenset):
        return "; ".join(str(_name_of(item)) for item in content)
    return _name_of(content)


def _name_of(item: object) -> object:
    """Name a record inside a list by the first of its fields that says most."""
    if isinstance(item, str | int | float):
        return item
    record = plain_value(item)
    if isinstance(record, dict):
        if "needed_bytes" in record and "gpu" in record:
            return f"{record['gpu']} {record['needed_bytes']}/{record['usable_bytes']}"
        if "flag" in record:
            return f"{record['flag']} {record['value']}"
        for name in ("id", "url", "title", "name"):
            if record.get(name):
                return record[name]
        return " ".join(str(part) for part in record.values() if part not in (None, ""))
    return record
