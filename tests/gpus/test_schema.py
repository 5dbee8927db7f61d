"""A card as authored: what the schema refuses, in which words, and users' own cards."""

from __future__ import annotations

import pytest

from fitcheck.catalog import load
from fitcheck.errors import FitcheckError
from fitcheck.schema.gpu_names import short_names
from fitcheck.units import GB, GIB

GOOD = """
- id: "my-card"
  name: "My Card 9000"
  vendor: "nvidia"
  architecture: "ada"
  compute_capability: "8.9"
  segment: "workstation"
  memory_gib: 24
  bandwidth_gb_s: 900
  aliases: ["mine"]
  sources:
    - of: "memory, bandwidth"
      title: "the data sheet"
      url: "https://example.org/card"
"""


def cards(folder, text):
    (folder / "gpus.yaml").write_text(text, encoding="utf-8")
    return load((str(folder),)).gpus


@pytest.fixture(autouse=True)
def _own_cache(tmp_path_factory, monkeypatch):
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path_factory.mktemp("cache")))


def test_a_card_of_ones_own(tmp_path):
    gpus = cards(tmp_path, GOOD)
    gpu = gpus.resolve("MY CARD 9000")
    assert gpus.resolve("mine") == gpu
    assert gpus.resolve("rtx4090").id == "rtx-4090"
    assert (gpu.memory_bytes, gpu.bandwidth_bytes_per_s) == (24 * GIB, 900 * GB)


def test_ones_own_card_overrides_that_of_the_table(tmp_path):
    gpus = cards(tmp_path, GOOD.replace("my-card", "rtx-4090").replace("My Card 9000", "Mine"))
    assert gpus.resolve("rtx4090").bandwidth_bytes_per_s == 900 * GB


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ("memory_gib: 24", "memory_gib: -1", "memory_gib"),
        ("memory_gib: 24", 'memory_gib: "24"', "memory_gib"),
        ("bandwidth_gb_s: 900", "bandwidth_gb_s: 900000", "bandwidth_gb_s"),
        ("bandwidth_gb_s: 900", "bandwith_gb_s: 900", "bandwith_gb_s"),
        ('segment: "workstation"', 'segment: "gaming"', "segment"),
        ("memory_gib: 24", "memory_gib: 24\n  driver_memory_mib: 12000", "driver_memory_mib"),
        ('compute_capability: "8.9"', 'compute_capability: "9"', "compute_capability"),
        ("memory_gib: 24", 'memory_gib: 24\n  released: "24-01-01"', "released"),
        ('of: "memory, bandwidth"', 'of: "memory"', "bandwidth"),
        ("memory_gib: 24", "memory_gib: 24\n  memory_options_gib: [16, 32]", "memory_options_gib"),
        ('url: "https://example.org/card"', 'url: "example"', "url"),
    ],
)
def test_a_mistake_is_named_with_file_record_and_field(tmp_path, old, new, said):
    with pytest.raises(FitcheckError) as refused:
        cards(tmp_path, GOOD.replace(old, new)).ids()
    assert "gpus.yaml" in refused.value.message
    assert "my-card" in refused.value.message
    assert said in refused.value.message


def test_short_names_leave_out_what_people_leave_out():
    names = short_names("GeForce RTX 4090", vendor="nvidia", numbers_alone=True)
    assert {"4090", "rtx4090", "nvidiartx4090", "nvidiageforcertx4090"} <= set(names)
    names = short_names("NVIDIA A100 SXM4 80GB", vendor="nvidia", numbers_alone=False)
    assert {"a100", "a100sxm", "a10080gb", "a10080gbsxm", "a100sxm80gb"} <= set(names)
    names = short_names("Apple M3 Max (40-core GPU)", vendor="apple", numbers_alone=False)
    assert {"m3max", "m3max40c", "m3max40core", "applem3max40c"} <= set(names)
    names = short_names("GeForce RTX 4090 Laptop GPU", vendor="nvidia", numbers_alone=True)
    assert "rtx4090laptop" in names
    assert "rtx4090" not in names
    assert "80gb" not in short_names("NVIDIA A100 80GB", vendor="nvidia", numbers_alone=False)
