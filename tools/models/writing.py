"""Writes rows as reviewable YAML: fields in order, a part a line, defaults left out."""

from __future__ import annotations

from typing import Any

import yaml

HEADER = "# yaml-language-server: $schema=../schema/models.schema.json\n"
_FIELDS = (
    "id", "name", "family", "repo", "released", "license", "modalities", "max_context",
    "native_format", "published_params", "beside", "vision_params", "audio_params",
    "image_tokens", "confidence", "architecture", "aliases", "shared_names", "sources", "notes",
)  # fmt: skip


def is_empty(value: object) -> bool:
    """Tell a default that need not be written."""
    return value in (None, "", [], (), {}, 0, False)


def _flow(value: Any) -> str:  # noqa: ANN401  # any plain value
    if isinstance(value, dict):
        inner = ", ".join(f"{key}: {_flow(item)}" for key, item in value.items())
        return "{" + inner + "}"
    if isinstance(value, list | tuple):
        return "[" + ", ".join(_flow(item) for item in value) + "]"
    return _scalar(value)


def _scalar(value: object) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, int):
        return str(value)
    text = yaml.safe_dump([value], default_flow_style=True, width=10**6, allow_unicode=True)
    return text.strip()[1:-1]


_DEFAULTS: dict[str, Any] = {
    "gguf": True, "hf": True, "gated": True, "conv_bias": True, "norm": True, "shared_gated": True,
    "output_norm": True, "absorbed": True, "low_rank": True,
}  # fmt: skip


def _lean(fields: dict[str, Any]) -> dict[str, Any]:
    """Leave out what is the default."""
    kept: dict[str, Any] = {}
    for key, value in fields.items():
        if key in _DEFAULTS and isinstance(value, bool):
            if value is not _DEFAULTS[key]:
                kept[key] = value
        elif key == "norms":
            kept[key] = list(value)
        elif not is_empty(value) and not (key == "kind" and value == "linear"):
            kept[key] = value
    if kept.get("norms") == ["attn_norm", "ffn_norm"]:
        del kept["norms"]
    return kept


def write(rows: list[dict[str, Any]]) -> str:
    """Write rows as YAML, a part a line."""
    lines = [HEADER]
    for row in rows:
        first = True
        for key in _FIELDS:
            value: Any = row.get(key)
            if is_empty(value) or (key == "modalities" and value == ["text"]):
                continue
            if (key, value) in (("confidence", "exact"), ("native_format", "bf16")):
                continue
            lead = "- " if first else "  "
            first = False
            if key == "architecture":
                lines += ["  architecture:", *_architecture(value)]
            elif key in ("sources", "beside"):
                lines.append(f"{lead}{key}:")
                lines += [f"    - {_flow(item)}" for item in value]
            elif key == "notes":
                lines.append(f"{lead}{key}:")
                lines += [f"    - {_scalar(item)}" for item in value]
            elif isinstance(value, list):
                lines.append(f"{lead}{key}: {_flow(value)}")
            else:
                lines.append(f"{lead}{key}: {_scalar(value)}")
        lines.append("")
    return "\n".join(lines)


def _architecture(arch: dict[str, Any]) -> list[str]:
    lines = []
    for key, value in _lean(arch).items():
        if key == "blocks":
            lines.append("    blocks:")
            for block in value:
                lines += _block(_lean(block))
        elif key in ("extra_tensors", "mtp_tensors"):
            lines.append(f"    {key}:")
            lines += [f"      - {_flow(_lean(item))}" for item in value]
        else:
            lines.append(f"    {key}: {_flow(value)}")
    return lines


def _block(block: dict[str, Any]) -> list[str]:
    lines = [f"      - name: {block['name']}"]
    for key in ("mixers", "feed_forwards", "extra_tensors"):
        if key in block:
            lines.append(f"        {key}:")
            for item in block[key]:
                tensors = item.get("tensors")
                own = _lean({k: v for k, v in item.items() if k != "tensors"})
                if tensors:
                    own["tensors"] = [_lean(tensor) for tensor in tensors]
                lines.append(f"          - {_flow(own)}")
    if "norms" in block:
        lines.append(f"        norms: {_flow(block['norms'])}")
    return lines
