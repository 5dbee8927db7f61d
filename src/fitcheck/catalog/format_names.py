"""The words for formats → a Format: ids, aliases, families at any bit rate, makers' spellings.

Beyond the table's own names this reads
- `exl2-4.65bpw`, `exl3-3.5`, `exl2-5.0-h8`: any rate the family allows, and the head's;
- `gptq-int4-g128`, `GPTQ_4bit_128g`, `awq w4 g64`, `mlx-4bits-group64`: bits and group, however
  ordered, act-order or symmetry told or not (they do not change the size), and no other word;
- `Q4_K - Medium`, `q4_k_m.gguf`: as llama.cpp prints them and as files are named.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from fitcheck.catalog.names import normalise
from fitcheck.errors import UnknownNameError, UsageError
from fitcheck.patterns import pattern
from fitcheck.records.record import replace

if TYPE_CHECKING:
    from collections.abc import Iterator

    from fitcheck.catalog.catalog import Table
    from fitcheck.records.format import Format

_RATE = pattern(r"(exl[23])(\d+(?:\.\d+)?)(?:bpw|bits?)?(?:h(?:ead)?(\d+))?")
_LEAST = {"exl2": 2.0, "exl3": 1.0}
_MOST = 8.0
_GROUPED = pattern(r"(awq|gptq|hqq|mlx|torchao)(.*)")
_BITS = pattern(r"(?:u?int|w)?(\d)(?:bits?)?(?:wo|a16)?")
_GROUP = pattern(r"(?:gs|group(?:size)?|g)(\d+)")
_GROUP_BEFORE = pattern(r"(\d+)g")
_CHANNEL = pattern(r"()channel(?:wise)?")
_TOLD_BESIDES = pattern(r"(?:descact|actorder)(?:true|false)?|asym|sym|marlin|dwq|quant(?:ized)?")
_SIZES = (("small", "s"), ("medium", "m"), ("large", "l"))


def resolve_format(word: str, formats: Table[Format]) -> Format:
    """Give the format a word means. Raises UnknownNameError, AmbiguousNameError, UsageError."""
    if formats.choices(word):
        return formats.resolve(word)
    name = normalise(word)
    rate = _RATE.fullmatch(name)
    if rate:
        return _at_rate(rate[1], float(rate[2]), rate[3], formats)
    for spelling in _spellings(name):
        if len(formats.choices(spelling)) == 1:
            return formats.resolve(spelling)
    grouped = _GROUPED.fullmatch(name)
    if grouped and not formats.choices(word):  # `gptq-fp8`: what begins so, and what ends so
        close = (*formats.suggestions(grouped[1])[:1], *formats.suggestions(grouped[2])[:2])
        options = " or ".join(f"`{key}`" for key in close)
        raise UnknownNameError(f"unknown format `{word}`", f"did you mean {options}?", close)
    return formats.resolve(word)


def for_runtime(form: Format, runtime: str, formats: Table[Format]) -> Format:
    """Give the format as a runtime has it: MXFP4 is MXFP4_MOE in llama.cpp, mlx-mxfp4 in MLX.

    Forms of one format name the same `same_as`; of several a runtime reads, the one of the same
    storage type is meant (BF16 is GGUF's BF16, not its F16). Formats a runtime reads as they are,
    and those it has no form of, are given back.
    """
    if runtime in form.runtimes:
        return form
    general = form.same_as or form.id
    forms = [other for other in formats.all() if general in (other.same_as, other.id)]
    read = [other for other in forms if runtime in other.runtimes]
    return next((other for other in read if other.storage == form.storage), (*read, form)[0])


def _at_rate(family: str, bits: float, head: str | None, formats: Table[Format]) -> Format:
    """Make the record of a bit rate the table does not list, from one it does."""
    if not _LEAST[family] <= bits <= _MOST:
        raise UsageError(
            f"{family.upper()} has no rate of {bits:g} bits a weight",
            f"it goes from {_LEAST[family]:g} to {_MOST:g}: `--format {family}-4.0bpw`",
        )
    listed = formats.get(f"{family}-4.0bpw")
    shown = f"{bits:.1f}" if bits == round(bits, 1) else f"{bits:g}"
    parameters = {**(listed.parameters or {}), "bits": bits}
    suffix = ""
    if head:
        parameters["head_bits"] = float(head)
        suffix = f"-h{head}"
    key = f"{family}-{shown}bpw{suffix}"
    if key in formats:
        return formats.get(key)
    return replace(
        listed,
        id=key,
        name=f"{family.upper()} {shown} bpw",
        weight_bits=bits,
        parameters=parameters,
        derivation=listed.derivation.replace("4.0 bits", f"{shown} bits"),
        quality=(),
        aliases=(),
    )


def _spellings(name: str) -> Iterator[str]:
    """Give the names of the table a normalised spelling may stand for."""
    name = name.removesuffix(".gguf")
    yield name
    for word, letter in _SIZES:
        if name.endswith(word):
            yield name.removesuffix(word) + letter
    grouped = _GROUPED.fullmatch(name)
    if not grouped:
        return
    family, rest = grouped[1], _TOLD_BESIDES.sub("", grouped[2])
    group = _GROUP.search(rest) or _GROUP_BEFORE.search(rest) or _CHANNEL.search(rest)
    size = "g64" if family in ("hqq", "mlx") else "g128"
    if group:
        size = f"g{group[1]}" if group[1] else "channel"
        rest = rest[: group.start()] + rest[group.end() :]
    bits = _BITS.fullmatch(rest or "4")
    if not bits:  # a word is left that may decide: `gptq-fp8` is not GPTQ of 4 bits
        return
    if family == "torchao":
        yield f"torchao-int{bits[1]}-{size}"
    yield f"{family}-{bits[1]}bit-{size}"
