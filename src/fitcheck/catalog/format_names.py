"""The words for formats → a Format: ids, aliases, families at any bit rate, makers' spellings.

Beyond the table's own names this reads
- `exl2-4.65bpw`, `exl3-3.5`, `exl2-5.0-h8`: any rate the family allows, and the head's;
- `gptq-int4-g128`, `GPTQ_4bit_128g`, `awq w4 g64`, `mlx-4bits-group64`: bits and group, however
  ordered, act-order or symmetry told or not (they do not change the size);
- `Q4_K - Medium`, `q4_k_m.gguf`: as llama.cpp prints them and as files are named.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from fitcheck.catalog.names import normalise
from fitcheck.errors import UsageError
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
_BITS = pattern(r"(?:int|w)(\d)|(\d)bits?")
_GROUP = pattern(r"(?:gs|group(?:size)?|g)(\d+)")
_GROUP_BEFORE = pattern(r"(\d+)g")
_TOLD_BESIDES = pattern(r"descact|actorder|true|false|asym|sym|marlin|a16|quant(?:ized)?")
_SIZES = (("small", "s"), ("medium", "m"), ("large", "l"))

# What a runtime's own files of a format are called, by the kind of file it reads.
_SIBLINGS = {
    "gguf": {"mxfp4": "mxfp4_moe", "nvfp4": "gguf-nvfp4", "bf16": "gguf-bf16", "fp32": "gguf-f32"},
    "mlx": {"mxfp4": "mlx-mxfp4", "nvfp4": "mlx-nvfp4", "mxfp8": "mlx-mxfp8"},
    "checkpoint": {
        "mxfp4_moe": "mxfp4",
        "gguf-nvfp4": "nvfp4",
        "gguf-bf16": "bf16",
        "f16": "bf16",
        "gguf-f32": "fp32",
        "mlx-mxfp4": "mxfp4",
        "mlx-nvfp4": "nvfp4",
        "mlx-mxfp8": "mxfp8",
    },
}
_KIN = {
    **dict.fromkeys(["llama.cpp", "ollama", "lm-studio", "ik_llama.cpp"], "gguf"),
    **dict.fromkeys(["vllm", "sglang", "tensorrt-llm", "transformers"], "checkpoint"),
}


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
    return formats.resolve(word)


def for_runtime(form: Format, runtime: str, formats: Table[Format]) -> Format:
    """Give the format as a runtime has it: MXFP4 is MXFP4_MOE in llama.cpp, mlx-mxfp4 in MLX.

    Formats a runtime reads as they are, and those it has no form of, are given back.
    """
    if runtime in form.runtimes:
        return form
    key = _SIBLINGS.get(_KIN.get(runtime, runtime), {}).get(form.id)
    return formats.get(key) if key else form


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
    bits = _BITS.search(rest)
    group = _GROUP.search(rest) or _GROUP_BEFORE.search(rest)
    count = (bits[1] or bits[2]) if bits else "4"
    if group:
        size = f"g{group[1]}"
    elif "channel" in rest:
        size = "channel"
    else:
        size = "g64" if family in ("hqq", "mlx") else "g128"
    if family == "torchao":
        yield f"torchao-int{count}-{size}"
    yield f"{family}-{count}bit-{size}"
