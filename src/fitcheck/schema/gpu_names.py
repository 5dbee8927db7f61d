"""Which words of a card's name people leave out, and so which short names it answers to."""

from __future__ import annotations

import re
from itertools import product

from fitcheck.catalog.names import normalise

# Words that may be left out. A short name that several cards come to (`rtx 3060`, `h100`) is a
# question back to the user, so leaving out a size or a socket is safe. Words that make another
# card (Ti, SUPER, SFF, D, GRE, M) are never left out, and Laptop is only ever reworded.
_REWORDED = re.compile(
    r"""(
    \([^)]*\)
    | \b(?:NVIDIA|AMD|Intel|Apple|Google|AWS)\b
    | \b(?:GeForce\ RTX|GeForce\ GTX|GeForce|Radeon\ AI\ PRO|Radeon\ PRO|Radeon\ RX|Radeon)\b
    | \b(?:Arc\ Pro|Arc|RTX\ PRO|(?<!TITAN\ )RTX|GTX|Tesla|Quadro\ RTX|Quadro|Instinct)\b
    | \b(?:Jetson\ AGX|Jetson|SUPER)\b
    | \b(?:Max-Q\ Workstation\ Edition|Workstation\ Edition|Server\ Edition)\b
    | \b(?:Ada\ Generation|Blackwell|Graphics|Laptop\ GPU|OAM)\b
    | \b(?:PCIe|SXM\d?|NVL|HBM2e|HBM3e|HBM3|GDDR\dX?)\b
    | \b\d+\s?GB\b
    )""",
    re.IGNORECASE | re.VERBOSE,
)
_WAYS = {
    "geforcertx": ("geforcertx", "rtx", ""),
    "geforcegtx": ("geforcegtx", "gtx", ""),
    "quadrortx": ("quadrortx", "rtx"),
    "radeonrx": ("radeonrx", "rx", ""),
    "radeonpro": ("radeonpro", "pro", ""),
    "radeonaipro": ("radeonaipro", "aipro", "radeon", ""),
    "arcpro": ("arcpro", "pro", ""),
    "rtxpro": ("rtxpro", "pro"),
    "jetsonagx": ("jetsonagx", "jetson", "agx"),
    "adageneration": ("adageneration", "ada", ""),
    "maxqworkstationedition": ("maxqworkstationedition", "maxqworkstation", "maxq", ""),
    "workstationedition": ("workstationedition", "workstation", "ws", ""),
    "serveredition": ("serveredition", "server", "se", ""),
    "super": ("super", "s"),
    "laptopgpu": ("laptopgpu", "laptop", "mobile", "notebook"),
}
_SIZE_AND_SOCKET = re.compile(
    r"\b(\d+\s?GB)\s+(PCIe|SXM\d?|NVL)\b|\b(PCIe|SXM\d?|NVL)\s+(\d+\s?GB)\b"
)
_LEAST_DIGITS = 4  # `4090` is a name, `80` is not


def short_names(name: str, *, vendor: str, numbers_alone: bool) -> list[str]:
    """List the normalised forms of a card's name with optional words left out or reworded.

    `numbers_alone` allows a name that is only a number of four digits (`4090`); without it a
    letter must remain. Sizes and sockets are given in both orders (`a100 80gb sxm`), GPU cores as
    `40-core GPU`, `40-core` and `40c`, and each form with and without its maker.
    """
    full = name if normalise(name).startswith(vendor) else f"{vendor} {name}"
    swapped = _SIZE_AND_SOCKET.sub(
        lambda found: f"{found[2]} {found[1]}" if found[1] else f"{found[4]} {found[3]}",
        full,
    )
    found: set[str] = set()
    for written in {full, swapped}:
        pieces = [piece for piece in _REWORDED.split(written) if piece]
        kept = "".join(normalise(p) for p in pieces if not _REWORDED.fullmatch(p))
        ways = [_ways(piece, vendor=vendor) for piece in pieces]
        for words in product(*ways):
            short = "".join(words)
            if _means_something(kept, short, numbers_alone=numbers_alone):
                found.add(short)
    return sorted(found - {normalise(name)})


def _ways(piece: str, *, vendor: str) -> tuple[str, ...]:
    word = normalise(piece)
    if not _REWORDED.fullmatch(piece):
        return (word,)
    if cores := re.fullmatch(r"\((\d+)-core GPU\)", piece):
        return (f"{cores[1]}coregpu", f"{cores[1]}core", f"{cores[1]}cores", f"{cores[1]}c", "")
    if piece.startswith("("):
        return ("",)
    if word == vendor:
        return (vendor, "")
    if re.fullmatch(r"sxm\d", word):
        return (word, "sxm", "")
    return _WAYS.get(word, (word, ""))


def _means_something(kept: str, short: str, *, numbers_alone: bool) -> bool:
    """Tell whether the words that are always kept, or a number with a maker's letters, suffice."""
    if any(c.isalpha() for c in kept):
        return True
    if not short.startswith(kept):
        return True
    return numbers_alone and len(kept) >= _LEAST_DIGITS
