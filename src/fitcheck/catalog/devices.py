"""The words for cards → a Device: `2x rtx4090`, `rtx4090:2`, `a100 40gb`, `rtx4090+rtx3090`."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from fitcheck.errors import AmbiguousNameError, UsageError
from fitcheck.patterns import pattern
from fitcheck.records.gpu import Device, Gpu
from fitcheck.records.record import replace
from fitcheck.units import GB, GIB

if TYPE_CHECKING:
    from fitcheck.catalog.catalog import Table

MOST_CARDS = 1024
_AI_MAX = pattern(r"(AI[\s-]*Max)\+", re.IGNORECASE)  # a product's name, not two cards joined
_COUNT_FIRST = pattern(r"(?P<count>\d{1,9})\s*[x×*]\s*(?P<name>.*\S)", re.IGNORECASE)
_COUNT_LAST = pattern(r"(?P<name>.*\S)(?:\s*[*×:]\s*|\s+x\s*)(?P<count>\d{1,9})", re.IGNORECASE)
_COUNT_FUSED = pattern(r"(?P<name>.*\S)x(?P<count>\d{1,9})", re.IGNORECASE)
_MEMORY_LAST = pattern(
    r"(.*\S?)[\s(_-]*?(?<![\d.])(\d{1,6}(?:\.\d{1,3})?)\s*g(?:i?b)?\)?(?:\s*(?:hbm|l?p?ddr|gddr)\w*)?",
    re.IGNORECASE,
)

# What graphics drivers add to a name: `AMD Radeon RX 7900 XTX (RADV NAVI31)`, `…/PCIe/SSE2`.
_DRIVER_EXTRAS = pattern(r"\s*(\([^)]*\)|\[[^\]]*\]|/PCIe\b.*)", re.IGNORECASE)


def parse_device(words: str, gpus: Table[Gpu]) -> Device:
    """Give the device some words name.

    A card by any of its names; several as `2x rtx4090`, `2xrtx4090`, `rtx4090*2`, `rtx4090:2`;
    different ones joined by `+`. A size after the name (`rtx3060-12gb`, `m3 max 40c 64gb`) chooses
    among cards of that name, or the RAM of a system. Raises UnknownNameError, AmbiguousNameError
    or UsageError.
    """
    words = _AI_MAX.sub(r"\1", words)
    if "+" not in words or gpus.choices(words):
        return Device(_some(words, gpus))
    parts = [part.strip() for part in words.split("+")]
    if not all(parts):
        raise UsageError(
            f"`{words}` has a `+` with no card beside it", "join cards as in `rtx4090+rtx3090`"
        )
    return Device(tuple(gpu for part in parts for gpu in _some(part, gpus)))


def _some(words: str, gpus: Table[Gpu]) -> tuple[Gpu, ...]:
    """Give the cards of one part: a count and a name.

    `7900xtx*2` also reads as 7900 of `tx*2`: of the ways to read it, the first whose name is known.
    """
    words = words.strip()
    if gpus.choices(words):
        return (find_card(words, gpus),)
    apart = _readings(words, _COUNT_FIRST, _COUNT_LAST)
    fused = _readings(
        words, _COUNT_FUSED
    )  # of `rtx4099`, "4099 of rt" is no reading to complain of
    known = [reading for reading in (*apart, *fused) if _is_known(reading[1], gpus)]
    for count, name in known or apart[:1]:
        return (find_card(name, gpus),) * _checked(count, words)
    return (find_card(words, gpus),)


def _readings(words: str, *patterns: re.Pattern[str]) -> list[tuple[int, str]]:
    found = [pattern.fullmatch(words) for pattern in patterns]
    return [(int(match["count"]), match["name"]) for match in found if match]


def _is_known(name: str, gpus: Table[Gpu]) -> bool:
    return bool(gpus.choices(name) or gpus.choices(_size_apart(name)[0]))


def _size_apart(name: str) -> tuple[str, str]:
    """Take the size off a name's end: `a100 40gb` is `a100` and `40`."""
    sized = _MEMORY_LAST.fullmatch(name.strip())
    return (sized[1].rstrip(" -_("), sized[2]) if sized else (name, "")


def _checked(count: int, words: str) -> int:
    if not 1 <= count <= MOST_CARDS:
        raise UsageError(
            f"`{words}` asks for {count} cards", f"the number must be from 1 to {MOST_CARDS}"
        )
    return count


def find_card(name: str, gpus: Table[Gpu]) -> Gpu:
    """Give the one card a name means, a size after it taken into account."""
    choices = gpus.choices(name)
    if len(choices) == 1:
        return gpus.get(choices[0])
    base, size = _size_apart(name)
    candidates = [gpus.get(key) for key in gpus.choices(base)] if size else []
    if not candidates:
        plain = _DRIVER_EXTRAS.sub("", name)
        known = not choices and gpus.choices(plain)
        return find_card(plain, gpus) if known else gpus.resolve(name)
    memory_bytes = round(float(size) * GIB)
    same = [gpu for gpu in candidates if gpu.memory_bytes == memory_bytes]
    same = same or [gpu for gpu in candidates if memory_bytes in gpu.memory_options_bytes]
    if len(same) == 1:
        return with_memory(same[0], memory_bytes)
    if same:
        ids = tuple(gpu.id for gpu in same)
        shown = ", ".join(f"`{key}`" for key in ids)
        raise AmbiguousNameError(f"`{name}` names several GPUs", f"say which: {shown}", ids)
    sizes = sorted({each for gpu in candidates for each in _sizes(gpu)})
    shown = " or ".join(f"{each / GIB:g}" for each in sizes)
    raise UsageError(
        f"no `{base}` has {float(size):g} GB of memory",
        f"it comes with {shown} GB; `--vram {size}` overrides that (a modified board)",
    )


def _sizes(gpu: Gpu) -> tuple[int, ...]:
    return gpu.memory_options_bytes or (gpu.memory_bytes,)


def with_memory(gpu: Gpu, memory_bytes: int) -> Gpu:
    """Give the same card with another of the sizes it is sold with."""
    if memory_bytes == gpu.memory_bytes:
        return gpu
    return replace(
        gpu, memory_bytes=memory_bytes, driver_memory_bytes=None, runtime_memory_bytes=None
    )


def described_device(
    vram_bytes: int | None,
    bandwidth_bytes_per_s: int | None,
    flops: float | None = None,
    *,
    base: Device | None = None,
) -> Device:
    """Give a device no table knows, from its figures; with a `base`, that one with them changed.

    `flops` is the dense FP16 rate. Memory that is given is what the driver shows: nothing a table
    says of the card overrides it. Raises UsageError without a base if a figure is missing.
    """
    for flag, value in (
        ("--vram", vram_bytes),
        ("--bandwidth", bandwidth_bytes_per_s),
        ("--tflops", flops),
    ):
        if value is not None and value <= 0:
            raise UsageError(f"`{flag}` must be more than 0", "as in `--vram 24 --bandwidth 1008`")
    if base is not None:
        return Device(
            tuple(_overridden(gpu, vram_bytes, bandwidth_bytes_per_s, flops) for gpu in base.gpus)
        )
    if vram_bytes is None or bandwidth_bytes_per_s is None:
        missing = "--vram" if vram_bytes is None else "--bandwidth"
        raise UsageError(
            f"a card described by its figures needs `{missing}` too",
            "as in `--vram 24 --bandwidth 1008`, or name one with `--gpu`",
        )
    name = f"{vram_bytes / GIB:g} GiB at {bandwidth_bytes_per_s / GB:g} GB/s"
    card = Gpu(
        id=f"{vram_bytes / GIB:g}gib-{bandwidth_bytes_per_s / GB:g}gb-s",
        name=name,
        vendor="other",
        architecture="",
        segment="described",
        memory_bytes=vram_bytes,
        driver_memory_bytes=vram_bytes,
        bandwidth_bytes_per_s=bandwidth_bytes_per_s,
        fp16_flops=flops,
        fp16_tensor_flops=flops,
        fp16_tensor_fp32_accumulate_flops=flops,
        bf16_tensor_flops=flops,
    )
    return Device((card,))


def _overridden(
    gpu: Gpu, vram_bytes: int | None, bandwidth_bytes_per_s: int | None, flops: float | None
) -> Gpu:
    if vram_bytes is not None:
        gpu = replace(
            gpu,
            memory_bytes=vram_bytes,
            driver_memory_bytes=vram_bytes,
            runtime_memory_bytes=None,
            free_memory_bytes=None,
        )
    if bandwidth_bytes_per_s is not None:
        gpu = replace(gpu, bandwidth_bytes_per_s=bandwidth_bytes_per_s)
    if flops is not None:
        gpu = replace(
            gpu,
            fp16_tensor_flops=flops,
            fp16_tensor_fp32_accumulate_flops=flops,
            bf16_tensor_flops=flops,
        )
    return gpu
