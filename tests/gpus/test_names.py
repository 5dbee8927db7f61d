"""Words for cards: counts, sizes, mixtures, and the traps other tools fall into."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fitcheck.catalog import load
from fitcheck.catalog.devices import described_device, parse_device
from fitcheck.catalog.names import normalise, suggest
from fitcheck.errors import AmbiguousNameError, UnknownNameError, UsageError
from fitcheck.units import GB, GIB

GPUS = load().gpus


def device(words):
    return parse_device(words, GPUS)


@pytest.mark.parametrize(
    ("words", "count"),
    [
        ("rtx4090", 1),
        ("RTX 4090", 1),
        ("NVIDIA GeForce RTX 4090", 1),
        ("4090", 1),
        ("2x rtx4090", 2),
        ("2xrtx4090", 2),
        ("2 × RTX 4090", 2),
        ("rtx4090*2", 2),
        ("rtx4090:2", 2),
        ("rtx4090 x2", 2),
        ("8x4090", 8),
    ],
)
def test_one_card_and_several(words, count):
    assert device(words).count == count
    assert {gpu.id for gpu in device(words).gpus} == {"rtx-4090"}


@given(count=st.integers(1, 1024), card=st.sampled_from(["rtx-4090", "mi300x", "t4", "7900xtx"]))
def test_every_way_to_write_a_count_means_the_same(count, card):
    ways = (f"{count}x {card}", f"{count}x{card}", f"{card}*{count}", f"{card}:{count}")
    assert {device(way).count for way in ways} == {count}
    assert {device(way).gpus[-1].id for way in ways} == {device(card).gpus[0].id}


@given(st.text(max_size=40))
def test_no_words_are_too_strange(words):
    try:
        assert device(words).count >= 1
    except UsageError as error:
        assert error.message  # noqa: PT017  # any refusal will do, but it must say something


@pytest.mark.parametrize("words", ["0x rtx4090", "rtx4090:0", "9999x rtx4090"])
def test_impossible_counts_are_refused(words):
    with pytest.raises(UsageError, match="asks for"):
        device(words)


@pytest.mark.parametrize(
    ("words", "ids"),
    [
        ("rtx4090+rtx3090", ["rtx-4090", "rtx-3090"]),
        ("2x rtx4090 + rtx3090", ["rtx-4090", "rtx-4090", "rtx-3090"]),
        ("AMD Ryzen AI Max+ 395 128GB", ["ryzen-ai-max-395-128gb"]),
    ],
)
def test_mixtures(words, ids):
    assert [gpu.id for gpu in device(words).gpus] == ids


@pytest.mark.parametrize(
    ("words", "card", "gib"),
    [
        ("rtx3060-12gb", "rtx-3060-12gb", 12),
        ("RTX 3060 (8 GB)", "rtx-3060-8gb", 8),
        ("a100 sxm 40gb", "a100-sxm4-40gb", 40),
        ("a100 80gb pcie", "a100-pcie-80gb", 80),
        ("m3 max 40c 64gb", "apple-m3-max-40c", 64),
        ("m3 max 36gb", "apple-m3-max-30c", 36),
        ("strix halo 128gb", "ryzen-ai-max-395-128gb", 128),
        ("rtx4090 24gb", "rtx-4090", 24),
        ("AMD Instinct MI300X 192GB HBM3", "mi300x", 192),
    ],
)
def test_a_size_after_the_name_chooses(words, card, gib):
    gpu = device(words).gpus[0]
    assert gpu.id == card
    assert gpu.memory_bytes == gib * GIB


@pytest.mark.parametrize(
    ("words", "card"),
    [
        ("AMD Radeon RX 7900 XTX (RADV NAVI31)", "rx-7900-xtx"),
        ("NVIDIA GeForce RTX 3090/PCIe/SSE2", "rtx-3090"),
        ("AMD Radeon AI PRO R9700 [gfx1201]", "radeon-ai-pro-r9700"),
        ("Intel(R) Arc(TM) B580 Graphics", "arc-b580"),
        ("Intel Arc B580 Graphics", "arc-b580"),
        ("Tesla_T4", "t4"),
        ("RTX_A6000", "rtx-a6000"),
        ("4070 Ti S", "rtx-4070-ti-super"),
    ],
)
def test_names_as_programs_and_shops_write_them(words, card):
    assert device(words).gpus[0].id == card


@pytest.mark.parametrize(
    ("words", "choices"),
    [
        ("rtx3060", {"rtx-3060-8gb", "rtx-3060-12gb"}),
        ("h100", {"h100-pcie-80gb", "h100-sxm5-80gb", "h100-nvl-94gb"}),
        ("a100 40gb", {"a100-pcie-40gb", "a100-sxm4-40gb"}),
        ("m3 max", {"apple-m3-max-30c", "apple-m3-max-40c"}),
        ("m4", {"apple-m4-8c", "apple-m4-10c"}),
        ("rtx 6000", {"quadro-rtx-6000", "rtx-6000-ada"}),
        ("rtx 3080", {"rtx-3080-10gb", "rtx-3080-12gb"}),
    ],
)
def test_a_name_of_several_cards_is_refused_with_the_choices(words, choices):
    with pytest.raises(AmbiguousNameError) as refused:
        device(words)
    assert set(refused.value.choices) == choices


# Names other tools read as something else, with what they must mean.
TRAPS = [
    ("Tesla M40", 12, 288),
    ("Tesla M40 24GB", 24, 288),
    ("A800 PCIe", 80, 1935),
    ("RTX A1000", 8, 192),
    ("T400 4GB", 4, 80),
    ("T4", 16, 320),
    ("Tesla P100-SXM2-16GB", 16, 732),
    ("RTX 5060", 8, 448),
    ("RTX 4090 Laptop", 16, 576),
    ("RTX 4090 D", 24, 1008),
    ("H100 NVL", 94, 3938),
    ("NVIDIA GH200 480GB", 96, 4000),
    ("MI300X", 192, 5300),
    ("MI300A", 128, 5300),
    ("NVIDIA L40S", 48, 864),
    ("L4", 24, 300),
    ("RTX 3050 6GB", 6, 168),
    ("RTX 3080 12GB", 12, 912),
    ("GTX 1650 SUPER", 4, 192),
    ("Arc A770 16GB", 16, 560),
    ("m4 max 32c", 36, 410),
    ("m3-max-30c", 96, 307.2),
]


@pytest.mark.parametrize(("words", "gib", "gb_per_s"), TRAPS)
def test_traps(words, gib, gb_per_s):
    gpu = device(words).gpus[0]
    assert gpu.memory_bytes == gib * GIB
    assert gpu.bandwidth_bytes_per_s == round(gb_per_s * GB)


def test_blackwell_has_its_own_compute_capability():
    for name in ("rtx5060", "rtx5090", "rtx pro 4500"):
        assert device(name).gpus[0].compute_capability == "12.0"


@pytest.mark.parametrize("words", ["m4 ultra", "m9 max", "rtx 4095", "h1000", "titan y"])
def test_cards_that_do_not_exist_are_unknown(words):
    with pytest.raises(UnknownNameError) as refused:
        device(words)
    assert len(refused.value.suggestions) <= 3


def test_a_size_the_card_never_had_is_refused_with_the_sizes_there_are():
    with pytest.raises(UsageError, match="no `rtx3090` has 48 GB") as refused:
        device("rtx3090 48gb")
    assert "24 GB" in refused.value.hint
    assert "--vram 48" in refused.value.hint


def test_a_modified_board_has_a_name_of_its_own_and_takes_none_from_the_card():
    assert device("rtx4090 48gb").gpus[0].memory_bytes == 48 * GIB
    for words in ("4090", "rtx4090", "NVIDIA GeForce RTX 4090"):
        assert device(words).gpus[0].id == "rtx-4090"


def test_the_unknown_word_is_quoted_as_it_was_typed():
    for words, unknown in (("rtx4099", "rtx4099"), ("2x rtx4099", "rtx4099"), ("xxx", "xxx")):
        with pytest.raises(UnknownNameError, match=f"unknown GPU `{unknown}`"):
            device(words)


def test_suggestions_begin_with_what_was_typed():
    assert suggest("h10", ["t4", "h100sxm", "h100pcie"]) == ("h100sxm", "h100pcie")
    assert suggest("rtx4099", ["rtxa400", "rtx4090", "rtx4090d"])[0] == "rtx4090"
    assert suggest("rtx4090ti", ["rtx4070ti", "rtx4090", "rtx40"])[0] == "rtx4090"
    assert suggest("", ["rtx4090"]) == ()
    assert suggest("zzzz", ["rtx4090"]) == ()


@given(st.text(max_size=30))
def test_normalising_twice_changes_nothing(text):
    assert normalise(normalise(text)) == normalise(text)


def test_a_described_card_has_exactly_the_figures_given():
    gpu = described_device(24 * GIB, 1008 * GB, 165e12).gpus[0]
    assert (gpu.memory_bytes, gpu.bandwidth_bytes_per_s) == (24 * GIB, 1008 * GB)
    assert gpu.bf16_tensor_flops == 165e12


def test_figures_override_those_of_every_card_of_a_device():
    modified = described_device(48 * GIB, None, base=device("2x rtx4090"))
    assert [gpu.memory_bytes for gpu in modified.gpus] == [48 * GIB] * 2
    assert modified.gpus[0].bandwidth_bytes_per_s == 1008 * GB
    assert modified.gpus[0].driver_memory_bytes == 48 * GIB


@pytest.mark.parametrize("figures", [(None, 1008 * GB), (24 * GIB, None), (0, 1008 * GB)])
def test_a_card_needs_memory_and_bandwidth(figures):
    with pytest.raises(UsageError):
        described_device(*figures)
