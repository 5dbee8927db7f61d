"""How the order of layers is written: `3 dense, 58 moe` or `10 (5 window, full), 2 window`."""

from __future__ import annotations

import re

_TOKEN = re.compile(r"\s*(?:(?P<times>\d+)|(?P<name>[A-Za-z][\w+.-]*)|(?P<sign>[(),]))")


def read_layout(text: str, names: tuple[str, ...]) -> list[list[object]]:
    """Turn the text into [times, [block, block …]] pairs, blocks by their index in `names`.

    A layout is items with commas between; an item is a block's name or a layout in brackets, with a
    number before it that says how often. Raises ValueError with what is wrong.
    """
    tokens = _tokens(text)
    runs, rest = _items(tokens, names)
    if rest:
        raise ValueError(f"layout `{text}` has an unexpected `{rest[0]}`")
    return [[times, run] for times, run in runs]


def layer_count(runs: list[list[object]]) -> int:
    """Count the layers of a layout already read."""
    return sum(times * len(run) for times, run in runs)  # type: ignore[operator,arg-type,misc]


def _tokens(text: str) -> list[str]:
    tokens = []
    position = 0
    text = text.rstrip()
    while position < len(text):
        found = _TOKEN.match(text, position)
        if not found:
            raise ValueError(f"layout `{text}` has an unexpected `{text[position:].strip()[0]}`")
        tokens.append(found.group().strip())
        position = found.end()
    return tokens


def _items(
    tokens: list[str], names: tuple[str, ...]
) -> tuple[list[tuple[int, list[int]]], list[str]]:
    runs = []
    while True:
        times = 1
        if tokens and tokens[0].isdigit():
            times, tokens = int(tokens[0]), tokens[1:]
        if not tokens:
            raise ValueError("layout ends where a block's name is expected")
        if tokens[0] == "(":
            inner, tokens = _items(tokens[1:], names)
            if not tokens or tokens[0] != ")":
                raise ValueError("layout has a bracket that is not closed")
            runs.append((times, [index for n, run in inner for index in run * n]))
        elif tokens[0] in names:
            runs.append((times, [names.index(tokens[0])]))
        else:
            known = ", ".join(f"`{name}`" for name in names)
            raise ValueError(f"layout names `{tokens[0]}`; the blocks are {known}")
        tokens = tokens[1:]
        if not tokens or tokens[0] != ",":
            return runs, tokens
        tokens = tokens[1:]
