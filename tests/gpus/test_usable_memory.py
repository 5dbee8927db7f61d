"""Usable memory against totals seen in published logs of the tools themselves."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fitcheck.catalog import load
from fitcheck.catalog.devices import described_device, find_card
from fitcheck.estimator.devices.usable_memory import usable_memory
from fitcheck.records.result import Quantity
from fitcheck.units import GIB, MB, MIB

GPUS = load().gpus


def usable(name, **how):
    return usable_memory(find_card(name, GPUS), **how)


# What programs see in total, as logs of llama.cpp, vLLM and PyTorch on Linux show. MiB.
SEEN = [
    ("rtx-4090", 24080, 24210),
    ("rtx-5090", 32109, 32119),
    ("rtx-3090", 24124, 24146),
    ("rtx-3060-12gb", 11909, 11911),
    ("rtx-4070", 11873, 11903),
    ("rtx-5060-ti-16gb", 15841, 15850),
    ("rtx-4060-laptop", 7815, 7815),
    ("t4", 15093, 15109),
    ("a100-sxm4-40gb", 40509, 40536),
    ("rtx-a6000", 48540, 48640),
    ("rtx-6000-ada", 48508, 48508),
    ("rtx-pro-6000-blackwell-ws", 97247, 97288),
    ("h100-sxm5-80gb", 81008, 81234),
    ("h200-sxm-141gb", 143165, 143165),
    ("b200-sxm", 182630, 182630),
]


@pytest.mark.parametrize(("card", "least", "most"), SEEN)
def test_what_programs_see_on_linux(card, least, most):
    assert 0.99 * least <= usable(card).bytes / MIB <= 1.005 * most


# recommendedMaxWorkingSetSize in decimal MB, as llama.cpp prints it, by RAM and macOS.
WIRED = [
    ("apple-m1-8c", 16, "macos-14", 11453.25),
    ("apple-m1-8c", 8, "macos-15", 5726.63),
    ("apple-m1-max-32c", 32, "macos-13", 22906.50),
    ("apple-m3-pro-18c", 36, "macos-14", 28991.03),
    ("apple-m3-max-40c", 64, "macos-14", 51539.61),
    ("apple-m2-ultra-76c", 192, "macos-14", 154618.82),
    ("apple-m5-10c", 16, "macos", 12713.12),
    ("apple-m4-pro-20c", 48, "macos", 40200.90),
    ("apple-m3-max-40c", 64, "macos-26", 55662.79),
    ("apple-m4-max-40c", 128, "macos", 115448.73),
]


@pytest.mark.parametrize(("card", "ram", "system", "megabytes"), WIRED)
def test_what_metal_lets_a_mac_use(card, ram, system, megabytes):
    got = usable(card, system=system, unified_memory_bytes=ram * GIB)
    assert got.bytes / MB == pytest.approx(megabytes, rel=0.006)
    assert got.capacity_bytes == ram * GIB


def test_in_band_ecc_costs_a_sixteenth():
    assert 24564 * MIB - _total("rtx-4090", ecc=True) == 24 * GIB // 16
    assert _total("l40s", ecc=False) == 49140 * MIB
    assert _total("l40s") == 46068 * MIB
    assert _total("h100-sxm5-80gb", ecc=True) == 81559 * MIB
    assert _total("rtx-pro-6000-blackwell-ws", ecc=True) == 97887 * MIB


def _total(name, **how):
    from fitcheck.estimator.devices.driver_memory import driver_memory

    return driver_memory(find_card(name, GPUS), **how)[0]


def test_half_of_the_ram_is_lent_to_strix_halo_by_default():
    got = usable("ryzen-ai-max-395-128gb")
    assert 63720 <= got.bytes / MIB <= 63967
    assert any("ttm.pages_limit" in note for note in got.notes)


def test_memory_said_to_be_lent_is_taken_as_said():
    base = described_device(96 * GIB, None, base=_device("ryzen-ai-max-395-128gb"))
    assert usable_memory(base.gpus[0]).bytes == 96 * GIB


def _device(name):
    from fitcheck.catalog.devices import parse_device

    return parse_device(name, GPUS)


def test_cuda_counts_less_than_all_of_a_dgx_spark():
    assert 122000 <= usable("dgx-spark").bytes / MIB <= 124610


def test_windows_keeps_more_and_a_display_takes_some():
    laptop = usable("rtx-4060-laptop", system="wsl").bytes / GIB
    assert laptop == pytest.approx(6.9, abs=0.1)  # of 8.0, ollama issue 8723
    for system in ("linux", "windows"):
        assert usable("rtx-3090", system=system, display=True).bytes < (
            usable("rtx-3090", system=system).bytes
        )


@given(
    card=st.sampled_from(GPUS.ids()),
    system=st.sampled_from(["linux", "windows", "wsl", "macos", "macos-15"]),
    display=st.booleans(),
    ecc=st.sampled_from([None, True, False]),
)
def test_usable_never_exceeds_the_capacity_and_every_step_has_a_result(card, system, display, ecc):
    gpu = GPUS.get(card)
    got = usable_memory(gpu, system=system, display=display, ecc=ecc)
    assert 0 < got.bytes <= got.capacity_bytes
    assert got.steps
    assert all(step.what and step.result for step in got.steps)
    assert got.steps[-1].result == (Quantity(got.bytes, "MiB"),)
