"""Models without a card: the list of them, what one is, and keeping one as the user's own."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from fitcheck.answers.layers_in_words import attention_in_short, layers_in_words
from fitcheck.answers.query import ALL
from fitcheck.answers.resolve import find_models
from fitcheck.answers.sorting import order_named
from fitcheck.catalog import load
from fitcheck.catalog.load import user_data_folder
from fitcheck.errors import UsageError
from fitcheck.estimator.parameters import active_parameters, parameters_by_part, total_parameters
from fitcheck.estimator.quantizers import store
from fitcheck.estimator.runtimes import rules_of
from fitcheck.estimator.runtimes.rules import Ask, Card
from fitcheck.estimator.tensors import expand
from fitcheck.estimator.weights import summarize
from fitcheck.records.model_facts import CacheAt, ModelFacts, ModelRow, SizeIn
from fitcheck.records.settings import Settings
from fitcheck.records.weights import Loading

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from fitcheck.answers.query import Query
    from fitcheck.catalog import Catalog
    from fitcheck.records.architecture import Architecture
    from fitcheck.records.model import Model
    from fitcheck.records.tensors import Tensor

CONTEXTS = (8192, 32_768, 131_072)
FORMATS = ("f16", "q8_0", "q6_k", "q4_k_m", "iq3_m", "fp8-channel", "awq-4bit-g128")


def list_models(query: Query) -> tuple[ModelRow, ...]:
    """List every model of the catalogue, as `--sort` and `--limit` ask."""
    catalog = load(query.data_folders)
    rows = [_row(model) for model in catalog.models.all()]
    if query.sort is not None:
        key, reverse = order_named(query.sort, SORTS, what="models")
        rows = sorted(rows, key=key)
        rows = rows[::-1] if reverse else rows
    return tuple(rows[: query.limit] if query.limit else rows)


def describe_models(query: Query) -> tuple[ModelFacts, ...]:
    """Describe the models named. Raises UnknownNameError."""
    catalog = load(query.data_folders)
    return tuple(_facts(model, catalog) for model in find_models(query, catalog))


SORTS: dict[str, Callable[[ModelRow], tuple[int | str, ...]]] = {
    "name": lambda row: (row.id,),
    "params": lambda row: (-row.total_params, row.id),
    "active": lambda row: (-row.active_params, row.id),
    "context": lambda row: (-row.max_context_tokens, row.id),
    "released": lambda row: (tuple_of_date(row.released), row.id),
    "family": lambda row: (row.family, row.id),
}


def tuple_of_date(released: str | None) -> int:
    """Give a date as a number that puts the newest first, the unknown last."""
    digits = "".join(c for c in released or "" if c.isdigit())
    return -int(digits.ljust(8, "0")) if digits else 0


def _row(model: Model) -> ModelRow:
    total, active = _counts(model)
    return ModelRow(
        id=model.id,
        name=model.name,
        family=model.family,
        total_params=total,
        active_params=active,
        max_context_tokens=model.max_context,
        attention=attention_in_short(model.architecture) if model.architecture else "",
        released=model.released,
        license=model.license,
        modalities=model.modalities,
        confidence=model.confidence,
        source=next((source.url for source in model.sources if source.url), ""),
    )


def _counts(model: Model) -> tuple[int, int]:
    architecture = model.architecture
    if architecture is None:
        total = sum(stored.tensor.elements for stored in model.stored)
        return total, total
    tensors = expand(architecture)
    return total_parameters(tensors), active_parameters(architecture, tensors)


def _facts(model: Model, catalog: Catalog) -> ModelFacts:
    total, active = _counts(model)
    architecture = model.architecture
    tensors = expand(architecture) if architecture else ()
    caches = _caches(architecture, model.max_context, catalog) if architecture else ()
    return ModelFacts(
        id=model.id,
        name=model.name,
        family=model.family,
        repo=model.repo,
        released=model.released,
        license=model.license,
        modalities=model.modalities,
        confidence=model.confidence,
        native_format=model.native_format,
        max_context_tokens=model.max_context,
        total_params=total,
        active_params=active,
        parameters=parameters_by_part(tensors or (s.tensor for s in model.stored)),
        layers=layers_in_words(architecture) if architecture else (),
        kv_bytes_per_token=_per_token(architecture, catalog) if architecture else None,
        caches=caches,
        sizes=tuple(_sizes(model, tensors, catalog)),
        aliases=model.aliases,
        sources=model.sources,
        notes=model.notes,
    )


def _caches(architecture: Architecture, max_context: int, catalog: Catalog) -> tuple[CacheAt, ...]:
    contexts = [tokens for tokens in CONTEXTS if tokens <= max_context] or [max_context]
    return tuple(_cache(architecture, tokens, catalog) for tokens in contexts)


def _cache(architecture: Architecture, tokens: int, catalog: Catalog) -> CacheAt:
    f16 = catalog.storage_types.get("f16")
    runtime = catalog.runtimes.get(catalog.runtimes.ids()[0])
    ask = Ask(
        architecture=architecture,
        runtime=runtime,
        settings=Settings(context=tokens),
        key_storage=f16,
        value_storage=f16,
    )
    some_card = catalog.gpus.get(catalog.gpus.ids()[0])
    cache = rules_of(runtime).kv_cache(ask, Card(some_card, runtime.backends[0]))
    return CacheAt(
        context_tokens=tokens,
        kv_cache_bytes=cache.kv_bytes,
        recurrent_state_bytes=cache.state_bytes,
    )


def _per_token(architecture: Architecture, catalog: Catalog) -> int:
    """Give what a token more takes far beyond every window: the slope of the cache."""
    near, far = 2**20, 2**21
    growth = (
        _cache(architecture, far, catalog).kv_cache_bytes
        - _cache(architecture, near, catalog).kv_cache_bytes
    )
    return growth // (far - near)


def _sizes(model: Model, tensors: Iterable[Tensor], catalog: Catalog) -> Iterable[SizeIn]:
    architecture = model.architecture
    if model.stored:
        total = sum(stored.stored_bytes for stored in model.stored)
        count = sum(stored.tensor.elements for stored in model.stored)
        yield SizeIn(
            format=model.stored_format, bits_per_weight=total * 8 / count, total_bytes=total
        )
        return
    if architecture is None:
        return
    storage_types = {record.id: record for record in catalog.storage_types.all()}
    for key in FORMATS:
        if key not in catalog.formats:
            continue
        form = catalog.formats.get(key)
        weights = summarize(
            architecture,
            store(architecture, tuple(tensors), form, storage_types),
            storage_types,
            loading=Loading(),
        )
        yield SizeIn(
            format=key, bits_per_weight=weights.bits_per_weight, total_bytes=weights.total_bytes
        )


def save_model(query: Query, name: str) -> Path:
    """Write the one model a query names to the user's tables under `name`; return the file.

    It goes to the first folder of `--data`, else to the configuration folder. Raises UsageError
    where the query does not name one model, where the name means a model already, or where it is no
    name.
    """
    if query.installed or (query.params is None and query.models in (None, ALL)):
        raise UsageError("`--save-as` saves one model", "name it: a file, a Hub id, an address")
    catalog = load(query.data_folders)
    if catalog.models.choices(name):
        raise UsageError(f"`{name}` names a model already", "choose another name")
    models = find_models(query, catalog)
    if len(models) != 1:
        raise UsageError(f"`--save-as` saves one model, not {len(models)}", "name only one")
    from fitcheck.sources import save_as

    folder = Path(query.data_folders[0]) if query.data_folders else user_data_folder()
    return save_as(models[0], name, folder)
