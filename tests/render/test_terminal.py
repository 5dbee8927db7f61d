from __future__ import annotations

import io

import pytest

from fitcheck.render.text.spans import Span, fold, joined, line, pad, plain, shorten, width
from fitcheck.render.text.terminal import Terminal, can_encode, decide, to_text


class Stream(io.TextIOWrapper):
    def __init__(self, terminal: bool, encoding: str = "utf-8") -> None:
        super().__init__(io.BytesIO(), encoding=encoding)
        self.terminal = terminal

    def isatty(self) -> bool:
        return self.terminal


@pytest.mark.parametrize(
    ("terminal", "color", "environment", "colored"),
    [
        (True, "auto", {}, True),
        (False, "auto", {}, False),
        (True, "never", {"FORCE_COLOR": "1"}, False),
        (False, "always", {"NO_COLOR": "1"}, True),
        (True, "auto", {"NO_COLOR": "1", "FORCE_COLOR": "1"}, False),
        (True, "auto", {"NO_COLOR": ""}, True),
        (False, "auto", {"FORCE_COLOR": "1"}, True),
        (False, "auto", {"CLICOLOR_FORCE": "1"}, True),
        (False, "auto", {"FORCE_COLOR": "0"}, False),
        (True, "auto", {"FORCE_COLOR": "0"}, False),
        (True, "auto", {"TERM": "dumb"}, False),
        (True, "auto", {"TERM": "dumb", "FORCE_COLOR": "1"}, True),
    ],
)
def test_colour_is_decided_once(terminal, color, environment, colored) -> None:
    assert decide(Stream(terminal), color=color, environ=environment).color is colored


def test_a_pipe_has_no_width_and_no_links() -> None:
    assert decide(Stream(terminal=False), color="always", environ={}) == Terminal(color=True)


def test_links_want_a_terminal_with_colour() -> None:
    assert decide(Stream(terminal=True), environ={}).links
    assert not decide(Stream(terminal=True), environ={"NO_COLOR": "1"}).links
    assert not decide(Stream(terminal=True), environ={"NO_HYPERLINKS": "1"}).links


@pytest.mark.parametrize(
    ("encoding", "environment", "unicode"),
    [
        ("utf-8", {}, True),
        ("cp1252", {}, False),
        ("ascii", {}, False),
        ("utf-8", {"LC_ALL": "C"}, False),
        ("utf-8", {"LANG": "POSIX"}, False),
        ("utf-8", {"LC_ALL": "C.UTF-8"}, True),
        ("utf-8", {"LC_ALL": "", "LANG": "de_DE.UTF-8"}, True),
        ("utf-8", {"LC_ALL": "C", "PYTHONIOENCODING": "utf-8"}, True),
    ],
)
def test_signs_follow_the_encoding(encoding, environment, unicode) -> None:
    stream = Stream(terminal=False, encoding=encoding)
    assert decide(stream, environ=environment).unicode is unicode


def test_an_unknown_encoding_gets_ascii() -> None:
    assert not can_encode("✓", "no-such-encoding")
    assert not can_encode("✓", None)


def test_names_cannot_steer_the_terminal() -> None:
    spans = Terminal(width=80, color=True, links=True).clean(
        Span("a\x1b[31mb\x9b\u202ec\n\x07", url="https://x\x1b\\y")
    )
    assert plain(spans) == "a[31mbc"
    assert spans[0].url == "https://x\\y"


def test_ascii_keeps_letters_readable() -> None:
    assert plain(Terminal(unicode=False).clean("Gräfe × 2 … ✓ 日")) == "Grafe x 2 ... ok ?"


def test_a_pipe_spells_urls_once() -> None:
    pipe = Terminal()
    assert plain(pipe.clean(Span("AWQ", "", "https://a.org"))) == "AWQ https://a.org"
    assert plain(pipe.clean(Span("https://a.org", "", "https://a.org"))) == "https://a.org"
    assert plain(pipe.clean(Span("a.org", "", "https://a.org/x"))) == "https://a.org/x"
    assert plain(Terminal(width=80).clean(Span("AWQ", "", "https://a.org"))) == "AWQ"


def test_links_and_styles_are_escape_sequences() -> None:
    terminal = Terminal(width=80, color=True, links=True)
    text = to_text([line(Span("AWQ", "good", "https://a.org"), "   ")], terminal)
    assert text == "\x1b]8;;https://a.org\x1b\\\x1b[32mAWQ\x1b[0m\x1b]8;;\x1b\\\n"


def test_folding_keeps_words_whole() -> None:
    pieces = fold(line("one two ", Span("three four", "good"), " five"), 9)
    assert [plain(piece) for piece in pieces] == ["one two", "three", "four five"]
    assert [plain(piece) for piece in fold("https://example.org/long x", 10)] == [
        "https://example.org/long",
        "x",
    ]
    assert fold("short", 10) == [line("short")]
    assert fold("any length at all", None) == [line("any length at all")]


def test_widths_count_columns() -> None:
    assert width("日本") == 4
    assert width("e\u0301") == 1
    assert plain(pad("ab", 4, "right")) == "  ab"
    assert plain(shorten("abcdef", 4)) == "abc…"
    assert plain(shorten("日本語", 4)) == "日…"
    assert plain(joined(["a", "", "b"])) == "a · b"
