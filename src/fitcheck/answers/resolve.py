"""The words of a Query → records: models, devices and formats, in the order they were typed."""

from __future__ import annotations

from typing import TYPE_CHECKING

from fitcheck.answers.query import ALL
from fitcheck.catalog.devices import described_device, parse_device
from fitcheck.catalog.format_names import for_runtime, resolve_format
from fitcheck.errors import UsageError

DEFAULT_FORMAT = "q4_k_m"  # the format most published GGUF files are fetched in

if TYPE_CHECKING:
    from fitcheck.answers.query import Query
    from fitcheck.catalog import Catalog
    from fitcheck.records.format import Format
    from fitcheck.records.gpu import Device
    from fitcheck.records.model import Model


def find_models(query: Query, catalog: Catalog) -> list[Model]:
    """Give the models asked about; every model of the catalogue if none was named.

    A catalogue name comes first; a word that is none may be a file, a folder, a Hub id, a URL or a
    size (`70b`), which `sources` reads. Raises UnknownNameError with suggestions otherwise.
    """
    if query.installed:
        from fitcheck.sources import installed

        return list(installed())
    if query.params is not None:
        from fitcheck.sources import typical_model

        return [typical_model(params=query.params, layers=query.layers, hidden=query.hidden)]
    if query.models is None or query.models == ALL:
        return list(catalog.models.all())
    return [find_model(word, query, catalog) for word in query.models]


def find_model(word: str, query: Query, catalog: Catalog) -> Model:
    """Give the one model a word means."""
    found = catalog.models.find(word)
    if found is not None and query.mmproj is None:
        return found
    from fitcheck import sources

    if found is None and not catalog.models.choices(word) and sources.is_source(word):
        return sources.open_model(word, mmproj=query.mmproj)
    if query.mmproj is not None:
        raise UsageError(
            "`--mmproj` goes with a GGUF file", "name the model's own file: `fitcheck model.gguf`"
        )
    return catalog.models.resolve(word)


def find_devices(query: Query, catalog: Catalog) -> list[Device]:
    """Give the devices asked about; every card of the catalogue if none was named.

    `--vram` and `--bandwidth` describe a card of their own, or override the one named.
    """
    described = (query.vram_bytes, query.bandwidth_bytes_per_s, query.flops)
    if query.gpus is None or query.gpus == ALL:
        if any(value is not None for value in described) and query.gpus is None:
            return [described_device(*described)]
        from fitcheck.records.gpu import Device

        return [Device((gpu,)) for gpu in catalog.gpus.all()]
    devices = [find_device(word, catalog) for word in query.gpus]
    shares_ram = any(gpu.unified_memory for device in devices for gpu in device.gpus)
    if query.unified_memory_bytes is not None and not shares_ram:
        raise UsageError(
            "`--unified-memory` chooses the RAM of a system whose GPU shares it",
            f"`{query.gpus[0]}` has memory of its own; `--vram` overrides it",
        )
    if any(value is not None for value in described):
        devices = [described_device(*described, base=device) for device in devices]
    return devices


def find_device(word: str, catalog: Catalog) -> Device:
    """Give the device a word means: a card, several (`2x rtx3090`), or this machine's (`local`)."""
    if word.casefold() == "local":
        from fitcheck.answers.local import local_device

        return local_device(catalog)
    return parse_device(word, catalog.gpus)


def find_formats(
    query: Query, catalog: Catalog, models: list[Model], devices: list[Device]
) -> list[Format]:
    """Give the formats asked about.

    None named: a file's own; every listed format, to choose among, for one model on one card; else
    the default, so that models or cards are compared on equal terms. With a runtime named,
    MXFP4 and the like mean its own form of them.
    """
    if query.formats == ALL:
        return list(catalog.formats.all())
    if query.formats is not None:
        named = [resolve_format(word, catalog.formats) for word in query.formats]
        if query.runtime is None:
            return named
        runtime = catalog.runtimes.resolve(query.runtime)
        return [for_runtime(form, runtime.id, catalog.formats) for form in named]
    if len(models) == 1 and models[0].stored_format:
        return [resolve_format(models[0].stored_format, catalog.formats)]
    if len(models) == 1 and len(devices) == 1:
        return [form for form in catalog.formats.all() if form.listed]
    return [catalog.formats.get(DEFAULT_FORMAT)]


def own_formats(
    query: Query, catalog: Catalog, model: Model, formats: list[Format]
) -> list[Format]:
    """Give the formats one model is asked about in: where none was named, a file's is its own."""
    if query.formats is None and model.stored_format:
        return [resolve_format(model.stored_format, catalog.formats)]
    return formats
