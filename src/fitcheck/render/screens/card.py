"""One model on one card: the verdict, the memory by part, the speeds, and where it is from."""

from __future__ import annotations

from typing import TYPE_CHECKING

from fitcheck.render.screens.memory import BACKENDS, memory_bar
from fitcheck.render.screens.quality import change
from fitcheck.render.screens.verdicts import unsupported, verdict, verdict_word
from fitcheck.render.text import numbers
from fitcheck.render.text.blocks import Facts, Notes, Paragraph, Stack, Title
from fitcheck.render.text.spans import Line, Span, Words, joined, line
from fitcheck.render.text.table import Table, number, words

if TYPE_CHECKING:
    from fitcheck.records.result import Decode, Estimate, Measured
    from fitcheck.render.text.blocks import Block

FORMATS_OF_16_BITS = ("f16", "fp16", "bf16")


def card(estimate: Estimate) -> list[Block]:
    """Give the screen of one estimate."""
    title = Title(
        joined([Span(estimate.model.id, "strong"), f"{estimate.format.id} on {estimate.gpu.name}"]),
        verdict(estimate),
        rule=True,
    )
    runs = not unsupported(estimate)
    facts = Facts(
        [
            ("decode", _decode(estimate)),
            ("prefill", _prefill(estimate)),
            ("instead", _offers(estimate)),
            ("context", _context(estimate) if runs else ""),
            ("measured", [_measured(m, estimate) for m in estimate.measured[:1] if runs]),
            ("runtime", _runtime(estimate)),
            ("quality", _quality(estimate)),
            ("paper", [_paper(estimate, i) for i in range(len(estimate.format.papers))]),
        ]
    )
    blocks: list[Block] = [Stack([title, memory_bar(estimate)]), facts]
    if estimate.notes:
        blocks.append(Notes(estimate.notes))
    return blocks


def _decode(estimate: Estimate) -> list[Line]:
    decode, full = estimate.decode, estimate.decode_full_context
    if decode is None:
        return []
    lines = [line(Span(_range(decode), "strong"), " tok/s likely, ", _ceiling(estimate, decode))]
    if full is not None and full.depth_tokens != decode.depth_tokens:
        lines.append(
            line(
                f"{_range(full)} tok/s with all {numbers.count(full.depth_tokens)} tokens ",
                "in the cache",
            )
        )
    if estimate.concurrency > 1:
        lines.append(line(f"over {estimate.concurrency} sequences together"))
    return lines


def _range(decode: Decode) -> str:
    return numbers.span(decode.tokens_per_s_low, decode.tokens_per_s_high)


def _ceiling(estimate: Estimate, decode: Decode) -> str:
    text = f"{numbers.speed(decode.tokens_per_s_ceiling)} at most"
    if estimate.verdict == "offload":
        return text
    # Cards that hold layers one after another read in turn: at the pace of one, not of all.
    bandwidth = decode.tokens_per_s_ceiling * decode.bytes_per_token
    per_token = numbers.gigabytes(decode.bytes_per_token)
    return f"{text} ({numbers.bandwidth(bandwidth)} GB/s ÷ {per_token} per token)"


def _prefill(estimate: Estimate) -> Words:
    prefill = estimate.prefill
    if prefill is None:
        return ""
    return (
        f"{numbers.span(prefill.tokens_per_s_low, prefill.tokens_per_s_high)} tok/s, first token "
        f"after {numbers.seconds(prefill.ttft_s)} for a prompt of "
        f"{numbers.count(prefill.prompt_tokens)}"
    )


def _context(estimate: Estimate) -> str:
    most = estimate.max_context_tokens
    if most is None:
        return ""
    if most <= 0:
        offloaded = estimate.verdict == "offload"
        return "" if offloaded else "no context fits beside the weights"
    if most < estimate.context_tokens:
        return f"{numbers.count(most)} tokens would fit"
    return f"up to {numbers.count(most)} tokens would fit"


def _offers(estimate: Estimate) -> Table:
    return Table(
        [words("flag"), number("needed"), words("usable", drop=1), words("verdict")],
        [
            [
                f"{offer.flag} {offer.value}",
                numbers.gib(offer.needed_bytes),
                f"of {numbers.gib(offer.usable_bytes)} GiB",
                verdict_word(offer.verdict),
            ]
            for offer in estimate.offers
        ],
        header=False,
    )


def _measured(measured: Measured, estimate: Estimate) -> Line:
    gpu, model, form = estimate.gpu, estimate.model.id, estimate.format.id
    where = "on this card" if measured.gpu in (gpu.id, gpu.name) else f"on {measured.gpu}"
    # What is as asked goes without saying.
    what = [
        "" if measured.model == model else measured.model,
        "" if measured.format == form else measured.format,
    ]
    details = ", ".join(
        part for part in (" ".join(filter(None, what)), measured.runtime, measured.date) if part
    )
    host = _host(measured.url)
    link = line(", ", Span(host, "", measured.url)) if host else ()
    return line(f"{numbers.speed(measured.tokens_per_s)} tok/s {where} ({details}", link, ")")


def _host(url: str) -> str:
    return url.split("/")[2] if url.count("/") > 1 else ""


def _runtime(estimate: Estimate) -> str:
    backend = BACKENDS.get(estimate.backend, estimate.backend)
    return f"{estimate.runtime} on {backend}" if backend else estimate.runtime


def _quality(estimate: Estimate) -> Line:
    quality = estimate.format.quality
    if quality is None:
        return ()
    worse = "worse" if quality.change_percent >= 0 else "better"
    return line(
        f"{change(abs(quality.change_percent))} {worse} than 16 bit: {quality.metric} of "
        f"{quality.model} (",
        Span(_host(quality.url) or quality.source, "", quality.url),
        ")",
    )


def _paper(estimate: Estimate, index: int) -> Line:
    paper = estimate.format.papers[index]
    return line(Span(paper.title, "", paper.url))


def evidence(estimate: Estimate) -> list[Block]:
    """Give the published measurements near a question as a table."""
    if not estimate.measured:
        return [Paragraph("no published measurement is near this question", "dim")]
    return [
        Table(
            [
                words("measured on"),
                words("model"),
                words("format", drop=2),
                words("runtime", drop=3),
                number("depth", drop=4),
                number("tok/s"),
                words("date", drop=5),
                words("source", drop=1),
            ],
            [
                [
                    m.gpu,
                    m.model,
                    m.format,
                    m.runtime,
                    numbers.count(m.depth_tokens),
                    numbers.speed(m.tokens_per_s),
                    m.date,
                    Span(_host(m.url), "", m.url),
                ]
                for m in estimate.measured
            ],
        )
    ]
