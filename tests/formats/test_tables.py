"""The tables themselves: every format has its source, its paper where there is one, its storage."""

from __future__ import annotations

import pytest

from fitcheck.estimator.quality import comparable_quality, quality_rank

CURATED = {
    "2306.00978": "starter",
    "2210.17323": "starter",
    "2305.14314": "starter",
    "2601.14277": "starter",
    "2211.10438": "intermediate",
    "2603.08747": "intermediate",
    "2404.00456": "advanced",
    "2401.06118": "advanced",
    "2509.23202": "advanced",
}


def test_the_curated_papers_have_their_level(catalog):
    papers = catalog.papers.all()
    assert len(papers) == 30
    assert {paper.arxiv: paper.level for paper in papers if paper.level} == CURATED


@pytest.mark.parametrize(
    ("word", "arxiv"),
    [
        ("gptq", "2210.17323"),
        ("awq", "2306.00978"),
        ("gguf", "2601.14277"),
        ("nf4", "2305.14314"),
        ("fp4", "2305.14314"),
        ("nvfp4", "2509.23202"),
        ("mxfp4", "2310.10537"),
        ("smoothquant", "2211.10438"),
        ("quarot", "2404.00456"),
        ("aqlm", "2401.06118"),
    ],
)
def test_a_format_is_linked_to_its_paper(catalog, word, arxiv):
    form = catalog.formats.resolve(word)
    assert arxiv in {catalog.papers.get(key).arxiv for key in form.papers}


def test_papers_are_found_by_their_arxiv_number(catalog):
    assert catalog.papers.resolve("2306.00978").id == "awq"
    assert catalog.papers.resolve("arXiv:2306.00978").id == "awq"


def test_every_author_is_a_name(catalog):
    for paper in catalog.papers.all():
        assert not any("et al" in author or "not seen" in author for author in paper.authors)


def test_storage_types_of_llama_cpp(catalog):
    gguf = pytest.importorskip("gguf")
    for kind, (elements, size) in gguf.GGML_QUANT_SIZES.items():
        if kind.name in ("Q8_1", "Q8_K") or kind.name.startswith(
            ("I8", "I16", "I32", "I64", "F64")
        ):
            continue
        record = catalog.storage_types.get(kind.name.lower())
        assert (record.block_elements, record.block_bytes) == (elements, size), kind.name


def test_quality_is_never_mixed_across_sources(catalog):
    gguf = [comparable_quality(form) for form in catalog.formats.all() if form.family == "gguf"]
    series = {change.series for change in gguf if change and "scoreboard" in change.source}
    assert len(series) == 1
    q8, q4, q2 = (
        comparable_quality(catalog.formats.get(key)) for key in ("q8_0", "q4_k_m", "q2_k")
    )
    assert 0 < q8.percent < q4.percent < q2.percent
    assert comparable_quality(catalog.formats.get("hqq-4bit-g64")) is None
    assert quality_rank(6.5, None) < quality_rank(4.5, q4)
