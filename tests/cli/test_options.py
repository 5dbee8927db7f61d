from __future__ import annotations

import io

import pytest

from fitcheck.cli import options
from fitcheck.errors import UsageError


def test_names_come_repeated_and_with_commas() -> None:
    assert options.names(["rtx4090, 2xrtx3090", "m4-max"], "`--gpu`") == (
        "rtx4090",
        "2xrtx3090",
        "m4-max",
    )
    assert options.names(["a", "a"], "`--gpu`") == ("a",)


def test_a_noun_left_out_is_none_and_all_is_all() -> None:
    assert options.names(None, "`--gpu`") is None
    assert options.names([], "`--gpu`") is None
    assert options.names(["rtx4090,ALL"], "`--gpu`") == ("all",)


def test_an_address_keeps_its_commas() -> None:
    url = "https://example.org/a,b.gguf"
    assert options.names([url], "the model") == (url,)


@pytest.mark.parametrize("value", ["", "a,,b", ",", " "])
def test_an_empty_name_is_refused(value: str) -> None:
    with pytest.raises(UsageError, match="has an empty name"):
        options.names([value], "`--gpu`")


def test_a_dash_reads_stdin(monkeypatch) -> None:
    monkeypatch.setattr("sys.stdin", io.StringIO("rtx4090\n\n# a comment\n  m4-max \n"))
    assert options.names(["-"], "`--gpu`") == ("rtx4090", "m4-max")


@pytest.mark.parametrize("text", ["", "\n\n", "# only a comment\n"])
def test_an_empty_stdin_is_refused(monkeypatch, text: str) -> None:
    monkeypatch.setattr("sys.stdin", io.StringIO(text))
    with pytest.raises(UsageError, match="stdin holds no names"):
        options.names(["-"], "`--gpu`")


def test_a_terminal_on_stdin_is_not_waited_for(monkeypatch) -> None:
    stdin = io.StringIO()
    monkeypatch.setattr(stdin, "isatty", lambda: True)
    monkeypatch.setattr("sys.stdin", stdin)
    with pytest.raises(UsageError, match="nothing is piped in"):
        options.names(["-"], "`--gpu`")


def test_bytes_on_stdin_are_refused(monkeypatch) -> None:
    stdin = io.TextIOWrapper(io.BytesIO(b"\xff\xfe\x00"), encoding="utf-8")
    monkeypatch.setattr("sys.stdin", stdin)
    with pytest.raises(UsageError, match="stdin is not text"):
        options.names(["-"], "`--gpu`")


def test_the_form() -> None:
    assert options.form().output == "table"
    assert options.form(json=True).output == "json"
    assert options.form(json=True, output="json").output == "json"
    assert options.form(output="Markdown").output == "md"


@pytest.mark.parametrize(
    ("asked", "message"),
    [
        ({"json": True, "output": "csv"}, "`--json` and `--output csv` contradict each other"),
        ({"output": "yaml"}, "unknown output `yaml`"),
        ({"quiet": True, "json": True}, "`--quiet` prints nothing, `--json` asks for output"),
        ({"color": "purple"}, "unknown colour setting `purple`"),
    ],
)
def test_forms_that_contradict_are_refused(asked, message: str) -> None:
    with pytest.raises(UsageError) as caught:
        options.form(**asked)
    assert caught.value.message == message
