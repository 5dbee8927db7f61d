"""The quirks' names are the reader's, and what they decide is what llama.cpp does."""

from __future__ import annotations

from fitcheck.estimator.runtimes.llama_cpp.kv_cache import llama_cpp_kv_cache
from fitcheck.estimator.runtimes.llama_cpp.quirks import QUIRKS, Quirks, quirks_of
from fitcheck.sources.gguf import windows
from fitcheck.sources.gguf.known import ARCHITECTURES, ENCODERS
from fitcheck.units import MIB


def test_each_name_is_one_the_reader_reads():
    assert set(QUIRKS) <= ARCHITECTURES


def test_the_catalogue_names_architectures_as_the_reader_does(catalog):
    used = {m.architecture.gguf for m in catalog.models.all() if m.architecture is not None}
    assert used - {""} <= ARCHITECTURES


def test_no_quirk_says_what_holds_for_all():
    assert Quirks() not in QUIRKS.values()
    assert quirks_of("llama") == Quirks()
    assert quirks_of("").windowed


def test_windows_are_short_where_the_reader_finds_them():
    read = set(windows._RULES) - ENCODERS  # one rule an architecture
    assert read == {name for name, quirks in QUIRKS.items() if quirks.windowed} - {"lfm2moe"}


def test_granite_swash_keeps_a_short_cache_for_its_windows(catalog):
    f16 = catalog.storage_types.get("f16")
    cache = llama_cpp_kv_cache(
        catalog.models.resolve("granite-swash-2b").architecture,
        context=8192,
        sequences=1,
        key_storage=f16,
        value_storage=f16,
    )
    assert round(cache.kv_bytes / MIB) == 123
