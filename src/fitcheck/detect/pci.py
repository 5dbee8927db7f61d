"""Names of graphics cards from `lspci`, for cards whose driver has no tool of its own."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from fitcheck.detect.probe import Probe


_NO_NAME = re.compile(
    r"AMD/ATI|VGA controller|[0-9a-f]{4}(:[0-9a-f]{4})?"
)  # the maker, a class, an id


def card_names(probe: Probe, slot: str) -> tuple[str, ...]:
    """Give the names of the card in a PCI slot (`0000:03:00.0`); none where `lspci` is missing.

    `lspci` lists every card a chip is sold as: `Navi 31 [Radeon RX 7900 XT/7900 XTX/7900M]`.
    """
    printed = probe.run(("lspci", "-s", slot)) or ""
    return names_in(printed)


def names_in(text: str) -> tuple[str, ...]:
    """Take the marketed names out of the last brackets, each with its brand."""
    brackets = [part for part in re.findall(r"\[([^\]]+)\]", text) if not _NO_NAME.fullmatch(part)]
    if not brackets:
        return ()
    listed = [name.strip() for name in brackets[-1].split("/") if name.strip()]
    prefix = _brand(listed[0])
    return tuple(name if _brand(name) else f"{prefix}{name}" for name in listed)


def _brand(name: str) -> str:
    found = re.match(r"((?:AMD |Intel )?(?:Radeon|Instinct|Arc)(?: RX| PRO| Pro| AI PRO)?) ", name)
    return f"{found[1]} " if found else ""
