"""How a name is compared with another, and which known names are close to an unknown one."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable

_MOST = 3
_CLOSENESS = 0.75  # at 0.6 `rtx4099` also brings in `rtxa400`
_MOST_OF_IT = 0.6
_SHORTEST_PART = 2  # one letter is part of nearly every name


def normalise(name: str) -> str:
    """Reduce a name to what is compared: casefolded letters, digits and `.`, nothing else."""
    return "".join(c for c in name.casefold() if c.isalnum() or c == ".")


def suggest(typed: str, names: Iterable[str], *, most: int = _MOST) -> tuple[str, ...]:
    """Give the names close to what was typed, the closest first, at most `most`.

    Names that begin with it come first, then names that contain it (the shorter the earlier), then
    the longest name that makes up most of it (`rtx4090ti` begins with `rtx4090`), then names that
    differ by little (difflib's ratio, at least 0.75). Names are compared normalised and given back
    as they came.
    """
    wanted = normalise(typed)
    if not wanted:
        return ()
    known: dict[str, str] = {}
    for name in names:
        known.setdefault(normalise(name), name)
    found: list[str] = []
    if len(wanted) >= _SHORTEST_PART:
        by_length = sorted(known, key=lambda name: (len(name), name))
        found = [name for name in by_length if name.startswith(wanted)]
        found += [name for name in by_length if wanted in name and not name.startswith(wanted)]
        least = _MOST_OF_IT * len(wanted)
        begun = [name for name in by_length if wanted.startswith(name) and len(name) >= least]
        found += [name for name in begun[-1:] if name not in found]
    if len(found) < most:
        from difflib import get_close_matches

        close = get_close_matches(wanted, known, n=most + len(found), cutoff=_CLOSENESS)
        found += [name for name in close if name not in found]
    return tuple(known[name] for name in found[:most])
