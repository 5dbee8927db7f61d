"""The table of cards against published figures (TechPowerUp, Wikipedia, the makers)."""

from __future__ import annotations

import csv
from pathlib import Path

import pytest

from fitcheck.catalog import load
from fitcheck.catalog.driver_names import match_driver_name
from fitcheck.estimator.devices.driver_memory import expected_bytes
from fitcheck.units import GB, GIB, MIB

GPUS = load().gpus
with (Path(__file__).parent / "data" / "published_figures.csv").open(encoding="utf-8") as _file:
    PUBLISHED = list(csv.DictReader(_file))


@pytest.mark.parametrize("row", PUBLISHED, ids=lambda row: row["id"])
def test_every_record_is_within_one_percent_of_what_is_published(row):
    gpu = GPUS.get(row["id"])
    assert gpu.memory_bytes == pytest.approx(float(row["memory_gb"]) * GIB, rel=0.01)
    assert gpu.bandwidth_bytes_per_s == pytest.approx(float(row["bandwidth_gb_s"]) * GB, rel=0.01)
    if row["compute_capability"]:
        assert gpu.compute_capability == row["compute_capability"]
    if row["driver_total_mib"]:
        assert gpu.driver_memory_bytes == int(row["driver_total_mib"]) * MIB


@pytest.mark.parametrize("row", PUBLISHED, ids=lambda row: row["id"])
def test_every_driver_name_is_one_card(row):
    """A name several cards share is told apart by what the driver reports beside it."""
    found = match_driver_name(
        row["driver_name"],
        GPUS,
        memory_bytes=round(float(row["memory_gb"]) * GIB),
        cores=int(row["cores"]) if row["cores"] else None,
        bandwidth_bytes_per_s=round(float(row["bandwidth_gb_s"]) * GB),
    )
    assert found is not None
    same = GPUS.get(row["id"])
    figures = (found.memory_bytes, found.bandwidth_bytes_per_s, found.cores)
    shared = row["id"] in GPUS.choices(row["driver_name"])
    assert shared
    if same.memory_bytes in found.memory_options_bytes:
        figures = (same.memory_bytes, *figures[1:])
    assert figures == (same.memory_bytes, same.bandwidth_bytes_per_s, same.cores)


def test_a_driver_name_only_one_card_has_needs_nothing_else():
    names = [row["driver_name"] for row in PUBLISHED]
    for row in PUBLISHED:
        if names.count(row["driver_name"]) == 1:
            assert GPUS.resolve(row["driver_name"]).id == row["id"]


def test_every_alias_names_exactly_its_record():
    for gpu in GPUS.all():
        for name in (gpu.id, gpu.name, *gpu.aliases):
            assert GPUS.resolve(name) == gpu


def test_nearly_every_card_has_two_sources_for_memory_or_bandwidth():
    lacking = [
        gpu.id
        for gpu in GPUS.all()
        if sum("memory" in source.of.split(", ") for source in gpu.sources) < 2
    ]
    assert len(lacking) <= 0.05 * len(GPUS)


def test_no_rate_is_the_sparse_one():
    """FP8 is twice FP16, FP4 twice FP8: a sparse figure in one column breaks the ladder."""
    for gpu in GPUS.all():
        half, eight, four = gpu.fp16_tensor_flops, gpu.fp8_tensor_flops, gpu.fp4_tensor_flops
        if half and eight:
            assert eight <= 2.1 * half, gpu.id
        if eight and four:
            assert four <= 3.3 * eight, gpu.id


def test_totals_of_cards_without_a_published_one_follow_from_the_rule():
    for gpu in GPUS.all():
        kind = (gpu.memory_type or "")[:4]
        if gpu.driver_memory_bytes and kind == "GDDR" and gpu.architecture != "pascal":
            assert abs(expected_bytes(gpu)[0] - gpu.driver_memory_bytes) <= 4 * MIB, gpu.id


def test_published_bandwidth_follows_from_bus_width_where_both_are_known():
    """Bits × data rate: no GDDR card reads a pin faster than 32 Gbit/s or slower than 3."""
    for gpu in GPUS.all():
        if gpu.bus_bits and (gpu.memory_type or "").startswith("GDDR"):
            assert 3 <= gpu.bandwidth_bytes_per_s * 8 / GB / gpu.bus_bits <= 32, gpu.id
