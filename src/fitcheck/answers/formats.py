"""Formats without a card's verdict: the list of them, filtered and sorted, and what one is."""

from __future__ import annotations

from typing import TYPE_CHECKING

from fitcheck.answers.resolve import find_device
from fitcheck.answers.sorting import order_named
from fitcheck.catalog import load
from fitcheck.catalog.format_names import resolve_format
from fitcheck.catalog.names import suggest
from fitcheck.errors import UsageError
from fitcheck.estimator.quality import comparable_quality
from fitcheck.estimator.quantizers import store
from fitcheck.estimator.support import runs, support
from fitcheck.estimator.tensors import expand
from fitcheck.estimator.weights import summarize
from fitcheck.records.format_facts import FormatFacts, FormatRow, SizeOf
from fitcheck.records.record import record
from fitcheck.records.result import PaperLink, QualityPart
from fitcheck.records.weights import Loading

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from fitcheck.catalog import Catalog
    from fitcheck.records.format import Format, StorageType
    from fitcheck.records.gpu import Gpu
    from fitcheck.records.runtime import Runtime

# The models a format's description is sized on: small and tied, middling, large, and experts.
MODELS = ("llama-3.2-1b", "llama-3.1-8b", "llama-3.1-70b", "qwen3-30b-a3b", "gpt-oss-20b")
_BARE_BLOCK = 8  # up to so many weights, a block is only a way to write whole bytes
_RUNS = ("native", "emulated", "unknown")


@record
class FormatQuery:
    """What is asked of the table of formats; `None` is "not said"."""

    names: tuple[str, ...] | None = None
    family: str | None = None
    max_bits: float | None = None
    runtime: str | None = None
    gpu: str | None = None
    sort: str | None = None
    limit: int | None = None
    every: bool = False
    data_folders: tuple[str, ...] = ()


@record
class FormatList:
    """The rows that pass, and how many close variants were left out."""

    rows: tuple[FormatRow, ...]
    hidden: int = 0


def list_formats(query: FormatQuery) -> FormatList:
    """List the formats that pass the filters, as `--sort` and `--limit` ask.

    Close variants (odd group sizes) are listed where a family is asked for, or all. Raises
    UsageError where a filter names nothing there is, UnknownNameError for a card or runtime.
    """
    catalog = load(query.data_folders)
    forms = list(catalog.formats.all())
    if query.family is not None:
        families = {form.family for form in forms}
        wanted = {part.strip().casefold() for part in query.family.split(",")}
        for name in sorted(wanted - families):
            close = suggest(name, families)
            hint = f"did you mean `{close[0]}`? " if close else ""
            raise UsageError(
                f"no format is of the family `{name}`",
                f"{hint}families are {', '.join(sorted(families))}",
            )
        forms = [form for form in forms if form.family in wanted]
    runtime = catalog.runtimes.resolve(query.runtime) if query.runtime else None
    if runtime is not None:
        forms = [form for form in forms if runs(form, runtime)]
    gpu = find_device(query.gpu, catalog).gpus[0] if query.gpu else None
    rows = [_row(form, catalog, runtime, gpu) for form in forms]
    if gpu is not None:
        rows = [row for row in rows if row.level in _RUNS]
    if query.max_bits is not None:
        rows = [row for row in rows if row.bits <= query.max_bits]
    listed = {form.id for form in forms if form.listed or query.every or query.family}
    shown = _sorted([row for row in rows if row.id in listed], query.sort)
    return FormatList(rows=tuple(shown[: query.limit]), hidden=len(rows) - len(shown))


SORTS: dict[str, Callable[[FormatRow], tuple[float | str, ...]]] = {
    "bits": lambda row: (-row.bits, row.id),
    "name": lambda row: (row.id,),
    "family": lambda row: (row.family, -row.bits),
    "quality": lambda row: (row.quality.change_percent if row.quality else 1e9, row.id),
}


def _sorted(rows: list[FormatRow], sort: str | None) -> list[FormatRow]:
    if sort is None:
        return rows
    key, reverse = order_named(sort, SORTS, what="formats")
    ordered = sorted(rows, key=key)
    return ordered[::-1] if reverse else ordered


def describe_formats(query: FormatQuery) -> tuple[FormatFacts, ...]:
    """Describe the formats named. Raises UnknownNameError, AmbiguousNameError, UsageError."""
    catalog = load(query.data_folders)
    storage_types = {record.id: record for record in catalog.storage_types.all()}
    return tuple(
        _facts(resolve_format(name, catalog.formats), catalog, storage_types)
        for name in query.names or ()
    )


def _row(form: Format, catalog: Catalog, runtime: Runtime | None, gpu: Gpu | None) -> FormatRow:
    runs_in = runtime or catalog.runtimes.get(form.default_runtime)
    found = support(form, runs_in, gpu) if gpu else None
    return FormatRow(
        id=form.id,
        name=form.name,
        family=form.family,
        bits=_bits(form, catalog.storage_types.get(form.storage)),
        activation_bits=form.activation_bits,
        runtime=runs_in.id,
        runtimes=form.runtimes,
        level=found.level if found else "",
        how=found.how if found else "",
        quality=_quality(form),
        papers=tuple(_papers(form, catalog)),
        description=form.description,
    )


def _quality(form: Format) -> QualityPart | None:
    change = comparable_quality(form)
    return (
        QualityPart(
            change_percent=change.percent,
            metric=change.metric,
            model=change.model,
            source=change.source,
            url=change.url,
        )
        if change
        else None
    )


def _papers(form: Format, catalog: Catalog) -> Iterator[PaperLink]:
    for key in form.papers:
        paper = catalog.papers.get(key)
        yield PaperLink(id=paper.id, title=paper.title, url=paper.url)


def _facts(form: Format, catalog: Catalog, storage_types: dict[str, StorageType]) -> FormatFacts:
    storage = storage_types[form.storage]
    return FormatFacts(
        id=form.id,
        name=form.name,
        family=form.family,
        description=form.description,
        bits=_bits(form, storage),
        weight_bits=form.weight_bits,
        activation_bits=form.activation_bits,
        storage=storage.name,
        packing=_packing(form, storage),
        derivation=form.derivation,
        unquantized=form.unquantized,
        sizes=tuple(_sizes(form, catalog, storage_types)),
        runtimes=form.runtimes,
        default_runtime=form.default_runtime,
        support=form.support,
        quality=form.quality,
        papers=tuple(_papers(form, catalog)),
        aliases=form.aliases,
        sources=tuple({(s.title, s.url): s for s in (*form.sources, *storage.sources)}.values()),
        notes=form.notes,
    )


def _bits(form: Format, storage: StorageType) -> float:
    """Return the bits of the storage type, or the average asked for."""
    if form.rule == "average":
        return float(str((form.parameters or {})["bits"]))
    return storage.bits


def _packing(form: Format, storage: StorageType) -> str:
    """Return the bits in words: `144 bytes a block of 256 weights = 4.5 bits`."""
    if form.rule == "average":
        return storage.derivation
    whole = storage.block_bytes * 8 % storage.block_elements == 0
    if whole and storage.block_elements <= _BARE_BLOCK:
        parts = [f"{storage.block_bytes * 8 // storage.block_elements} bits"]
    else:
        parts = [f"{storage.block_bytes} bytes a block of {storage.block_elements} weights"]
    if storage.group_elements:
        tile = f"{storage.group_elements}"
        if storage.group_rows > 1:
            tile += f" x {storage.group_rows}"
        parts.append(f"{storage.group_bits} bits a group of {tile}")
    for size, what in (
        (storage.row_bits, "an output"),
        (storage.column_bits, "an input"),
        (storage.tensor_bytes * 8, "a matrix"),
    ):
        if size:
            parts.append(f"{size:,} bits {what}")
    return f"{' + '.join(parts)}: {storage.bits:.4g} bits ({storage.derivation})"


def _sizes(
    form: Format, catalog: Catalog, storage_types: dict[str, StorageType]
) -> Iterator[SizeOf]:
    for key in MODELS:
        model = catalog.models.get(key) if key in catalog.models else None
        if model is None or model.architecture is None:
            continue
        architecture = model.architecture
        stored = store(architecture, expand(architecture), form, storage_types)
        weights = summarize(architecture, stored, storage_types, loading=Loading())
        by_size = sorted(weights.bytes_by_storage.items(), key=lambda item: -item[1])
        yield SizeOf(
            model=key,
            total_bytes=weights.total_bytes,
            bits_per_weight=weights.bits_per_weight,
            storage_share={name: size / weights.total_bytes for name, size in by_size},
        )
