"""Cards without a model: the list of them, filtered and sorted, and what one is."""

from __future__ import annotations

from typing import TYPE_CHECKING

from fitcheck.answers.sorting import order_named
from fitcheck.catalog import load
from fitcheck.catalog.devices import parse_device
from fitcheck.catalog.names import normalise, suggest
from fitcheck.errors import UsageError
from fitcheck.estimator.devices.usable_memory import usable_memory
from fitcheck.estimator.support import support
from fitcheck.records.gpu_facts import FormatOnGpu, GpuFacts
from fitcheck.records.record import record

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from fitcheck.catalog import Catalog
    from fitcheck.records.gpu import Gpu

# One format stands for each kind of arithmetic or packing; the runtime is the kind's own.
KINDS = (
    ("GGUF", "q4_k_m"),
    ("AWQ", "awq-4bit-g128"),
    ("GPTQ", "gptq-4bit-g128"),
    ("NF4", "nf4"),
    ("INT8", "w8a8-int8"),
    ("FP8", "fp8-channel"),
    ("MXFP4", "mxfp4"),
    ("NVFP4", "nvfp4"),
    ("EXL3", "exl3-4.0bpw"),
    ("MLX", "mlx-4bit-g64"),
)


@record
class CardQuery:
    """What is asked of the table of cards; `None` is "not said"."""

    names: tuple[str, ...] | None = None
    vendor: str | None = None
    segment: str | None = None
    architecture: str | None = None
    min_memory_bytes: int | None = None
    sort: str | None = None
    limit: int | None = None
    display: bool = False
    system: str | None = None
    unified_memory_bytes: int | None = None
    data_folders: tuple[str, ...] = ()


def list_cards(query: CardQuery) -> tuple[GpuFacts, ...]:
    """List the cards that pass the filters, as `--sort` and `--limit` ask.

    Raises UsageError where a filter names nothing the table has.
    """
    cards = load(query.data_folders).gpus.all()
    for flag, typed, read in _FILTERS:
        wanted = typed(query)
        if wanted is not None:
            cards = _matching(cards, wanted, flag, read)
    if query.min_memory_bytes is not None:
        least = query.min_memory_bytes
        cards = tuple(card for card in cards if card.memory_bytes >= least)
    return _sorted([_facts(card, query) for card in cards], query)


def describe_cards(query: CardQuery) -> tuple[GpuFacts, ...]:
    """Describe the cards named, each once. Raises UnknownNameError, AmbiguousNameError."""
    catalog = load(query.data_folders)
    found: dict[tuple[str, int], Gpu] = {}
    for name in query.names or ():
        for gpu in _named(name, catalog):
            found[gpu.id, gpu.memory_bytes] = gpu
    facts = [_facts(gpu, query, formats=_formats(gpu, catalog)) for gpu in found.values()]
    return _sorted(facts, query) if query.sort else tuple(facts)


def _named(name: str, catalog: Catalog) -> tuple[Gpu, ...]:
    if name.casefold() == "local":
        from fitcheck.answers.local import local_device

        return local_device(catalog).gpus
    return parse_device(name, catalog.gpus).gpus


_FILTERS: tuple[
    tuple[str, Callable[[CardQuery], str | None], Callable[[Gpu], str]],
    ...,
] = (
    ("--vendor", lambda query: query.vendor, lambda gpu: gpu.vendor),
    ("--segment", lambda query: query.segment, lambda gpu: gpu.segment),
    ("--arch", lambda query: query.architecture, lambda gpu: gpu.architecture),
)


def _matching(
    cards: tuple[Gpu, ...], typed: str, flag: str, read: Callable[[Gpu], str]
) -> tuple[Gpu, ...]:
    wanted = {normalise(word) for word in typed.split(",") if word.strip()}
    known = dict.fromkeys(read(gpu) for gpu in cards)
    unknown = [word for word in wanted if word not in {normalise(each) for each in known}]
    if unknown or not wanted:
        close = suggest(unknown[0], known) if unknown else ()
        shown = ", ".join(f"`{each}`" for each in close or sorted(known))
        raise UsageError(
            f"no card has `{flag} {typed}`",
            f"did you mean {shown}?" if close else f"there are {shown}",
        )
    return tuple(gpu for gpu in cards if normalise(read(gpu)) in wanted)


def _facts(gpu: Gpu, query: CardQuery, *, formats: tuple[FormatOnGpu, ...] = ()) -> GpuFacts:
    usable = usable_memory(
        gpu,
        system=query.system or "linux",
        display=query.display,
        unified_memory_bytes=query.unified_memory_bytes,
    )
    bandwidth = gpu.bandwidth_bytes_per_s
    half = gpu.bf16_tensor_flops or gpu.fp16_tensor_fp32_accumulate_flops or gpu.fp16_flops
    if half is None or (gpu.architecture == "pascal" and gpu.compute_capability == "6.1"):
        half = gpu.fp32_flops  # without fast FP16 units programs compute in FP32
    price, power = gpu.launch_price_usd, gpu.tdp_w
    return GpuFacts(
        id=gpu.id,
        name=gpu.name,
        vendor=gpu.vendor,
        architecture=gpu.architecture,
        compute_capability=gpu.compute_capability,
        segment=gpu.segment,
        die=gpu.die,
        released=gpu.released,
        memory_bytes=usable.capacity_bytes,
        usable_bytes=usable.bytes,
        memory_options_bytes=gpu.memory_options_bytes,
        unified_memory=gpu.unified_memory,
        driver_memory_bytes=gpu.driver_memory_bytes,
        memory_type=gpu.memory_type,
        bus_bits=gpu.bus_bits,
        bandwidth_bytes_per_s=bandwidth,
        l2_bytes=gpu.l2_bytes,
        infinity_cache_bytes=gpu.infinity_cache_bytes,
        half_flops=half,
        fp32_flops=gpu.fp32_flops,
        fp16_flops=gpu.fp16_flops,
        fp16_tensor_flops=gpu.fp16_tensor_flops,
        fp16_tensor_fp32_accumulate_flops=gpu.fp16_tensor_fp32_accumulate_flops,
        bf16_tensor_flops=gpu.bf16_tensor_flops,
        fp8_tensor_flops=gpu.fp8_tensor_flops,
        int8_tensor_ops=gpu.int8_tensor_ops,
        fp4_tensor_flops=gpu.fp4_tensor_flops,
        tdp_w=power,
        pcie_generation=gpu.pcie_generation,
        pcie_lanes=gpu.pcie_lanes,
        nvlink_bytes_per_s=gpu.nvlink_bytes_per_s,
        launch_price_usd=price,
        bandwidth_per_dollar=bandwidth / price if price else None,
        bandwidth_per_watt=bandwidth / power if power else None,
        ecc=gpu.ecc,
        board_gpus=gpu.board_gpus,
        confidence=gpu.confidence,
        formats=formats,
        driver_names=gpu.driver_names,
        aliases=gpu.aliases,
        sources=gpu.sources,
        notes=(*gpu.notes, *usable.notes),
        usable_steps=usable.steps,
    )


def _formats(gpu: Gpu, catalog: Catalog) -> tuple[FormatOnGpu, ...]:
    """Tell what the card makes of each kind of format in the runtime that kind is made for."""
    found = []
    for kind, key in KINDS:
        form = catalog.formats.find(key)
        if form is None:
            continue
        runtime = form.default_runtime or next(iter(form.runtimes), "")
        line = support(form, catalog.runtimes.get(runtime), gpu)
        found.append(FormatOnGpu(kind=kind, runtime=runtime, level=line.level, how=line.how))
    return tuple(found)


def _sorted(facts: Iterable[GpuFacts], query: CardQuery) -> tuple[GpuFacts, ...]:
    """Sort by a figure, the greatest first (the least for price, power, name and date)."""
    rows = list(facts)
    if query.sort is not None:
        (read, greatest_first), reverse = order_named(query.sort, SORTS, what="cards")
        known = [row for row in rows if read(row) is not None]
        unknown = [row for row in rows if read(row) is None]
        known.sort(key=lambda row: (read(row), row.id), reverse=greatest_first != reverse)
        rows = known + unknown
    return tuple(rows[: query.limit] if query.limit else rows)


SORTS: dict[str, tuple[Callable[[GpuFacts], float | str | None], bool]] = {
    "name": (lambda row: row.id, False),
    "memory": (lambda row: row.memory_bytes, True),
    "usable": (lambda row: row.usable_bytes, True),
    "bandwidth": (lambda row: row.bandwidth_bytes_per_s, True),
    "fp16": (lambda row: row.half_flops, True),
    "fp8": (lambda row: row.fp8_tensor_flops, True),
    "int8": (lambda row: row.int8_tensor_ops, True),
    "fp4": (lambda row: row.fp4_tensor_flops, True),
    "fp32": (lambda row: row.fp32_flops, True),
    "power": (lambda row: row.tdp_w, False),
    "price": (lambda row: row.launch_price_usd, False),
    "released": (lambda row: row.released, True),
    "per-dollar": (lambda row: row.bandwidth_per_dollar, True),
    "per-watt": (lambda row: row.bandwidth_per_watt, True),
}
