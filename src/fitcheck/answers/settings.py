"""The defaults: which runtime, how much context, which KV format, where the query does not say."""

from __future__ import annotations

from typing import TYPE_CHECKING

from fitcheck.errors import UsageError
from fitcheck.estimator.images import image_context_tokens
from fitcheck.estimator.runtimes import rules_of
from fitcheck.estimator.support import runs
from fitcheck.records.settings import Settings

if TYPE_CHECKING:
    from fitcheck.answers.query import Query
    from fitcheck.catalog import Catalog
    from fitcheck.records.format import Format, KvFormat
    from fitcheck.records.model import Model
    from fitcheck.records.runtime import Runtime

DEFAULT_CONTEXT = 8192
DEFAULT_DEPTH = 512
DEFAULT_PROMPT = 512
DEFAULT_UBATCH = 512
LARGEST_CONTEXT = 2**30  # tokens; no runtime counts further, and no memory holds it
LARGEST_CONCURRENCY = 65_536


def runtime_for(query: Query, catalog: Catalog, format_: Format) -> Runtime:
    """Return the runtime asked for, or the format's own: llama.cpp for GGUF, vLLM for GPU formats.

    Raises UsageError where the runtime asked for runs no format of this family.
    """
    if query.runtime is None:
        return catalog.runtimes.get(format_.default_runtime or catalog.runtimes.ids()[0])
    runtime = catalog.runtimes.resolve(query.runtime)
    if runs(format_, runtime):
        return runtime
    families = _families(runtime, catalog)
    if format_.family not in families:
        told = next((line.how for line in format_.support if line.runtime == runtime.id), "")
        known = f"it runs these families of formats: {', '.join(families)}"
        raise UsageError(f"{runtime.name} does not run {format_.name}", told or known)
    return runtime


def _families(runtime: Runtime, catalog: Catalog) -> tuple[str, ...]:
    """Return the families of formats a runtime runs; a user's record leaves them to the formats."""
    if runtime.families:
        return runtime.families
    running = (form.family for form in catalog.formats.all() if runs(form, runtime))
    return tuple(dict.fromkeys(running))


def kv_format_for(query: Query, catalog: Catalog, runtime: Runtime) -> KvFormat:
    """Return the KV format asked for, or the runtime's default.

    Raises UsageError where the runtime does not keep a cache in that format.
    """
    if query.kv is None:
        return catalog.kv_formats.get(runtime.default_kv)
    found = catalog.kv_formats.resolve(query.kv)
    kept = _kept_in(runtime, catalog)
    if found.id not in kept:
        raise UsageError(
            f"{runtime.name} does not keep the KV cache in {found.name}",
            f"it keeps it in {', '.join(kept)}",
        )
    return found


def _kept_in(runtime: Runtime, catalog: Catalog) -> tuple[str, ...]:
    """Return the KV formats of a runtime; a user's record leaves them to the table of them."""
    if runtime.kv_formats:
        return runtime.kv_formats
    records = catalog.kv_formats.all()
    for name in (runtime.id, runtime.engine):
        kept = tuple(record.id for record in records if name in record.runtimes)
        if kept:
            return kept
    return (runtime.default_kv,)


def settings_for(
    query: Query, model: Model, runtime: Runtime, *, memory_bytes: int = 0
) -> tuple[Settings, tuple[str, ...]]:
    """Resolve the query's settings for one model; also gives the notes a reader should see.

    `memory_bytes` is the memory of all cards, by which some runtimes choose their context. Raises
    UsageError for numbers that make no sense.
    """
    context, notes = _context(query, model, runtime, memory_bytes=memory_bytes)
    if query.images > 0:
        context, more = _with_images(query, model, context)
        notes = (*notes, *more)
    depth = query.depth if query.depth is not None else min(DEFAULT_DEPTH, context)
    if depth < 0:
        raise UsageError(f"a depth of {depth:,} tokens makes no sense", "it counts from 0")
    if depth > context:
        raise UsageError(
            f"a depth of {depth:,} tokens does not fit a context of {context:,}",
            f"raise the context: `--context {depth}`",
        )
    prompt = query.prompt if query.prompt is not None else min(DEFAULT_PROMPT, context)
    if not 0 < prompt <= context:
        raise UsageError(
            f"a prompt of {prompt:,} tokens does not fit a context of {context:,}",
            f"give it between 1 and {context:,} tokens",
        )
    if not 0 < query.concurrency <= LARGEST_CONCURRENCY:
        raise UsageError(
            f"a concurrency of {query.concurrency:,} makes no sense",
            f"it counts sequences decoded at once, from 1 to {LARGEST_CONCURRENCY:,}",
        )
    if query.slots is not None and not 0 < query.slots <= LARGEST_CONCURRENCY:
        raise UsageError(f"{query.slots:,} slots make no sense", "there is at least one")
    if query.ubatch is not None and not 0 < query.ubatch <= LARGEST_CONTEXT:
        raise UsageError(f"a micro-batch of {query.ubatch:,} makes no sense", "its default is 512")
    share = query.gpu_memory_utilization
    if share is not None and not 0 < share <= 1:
        raise UsageError(
            f"a GPU memory utilization of {share:g} makes no sense", "give a share such as 0.92"
        )
    if query.images < 0:
        raise UsageError(f"{query.images} images make no sense", "give a count from 0")
    settings = Settings(
        context=context,
        depth=depth,
        concurrency=query.concurrency,
        prompt=prompt,
        backend=_backend(query, runtime),
        ubatch=query.ubatch or _default_ubatch(runtime),
        flash_attention=True if query.flash_attention is None else query.flash_attention,
        slots=query.slots,
        kv_unified=query.kv_unified,
        all_outputs=query.all_outputs,
        swa_full=query.swa_full,
        imatrix=query.imatrix,
        gpu_memory_utilization=query.gpu_memory_utilization,
        images=query.images,
        display=query.display,
        system=query.system or "linux",
        ram_bytes=query.ram_bytes,
        unified_memory_bytes=query.unified_memory_bytes,
    )
    return settings, notes


def _default_ubatch(runtime: Runtime) -> int:
    """Return the runtime's own micro-batch; prompts are cut the same where it has none."""
    return runtime.amount("ubatch") if "ubatch" in runtime.constants else DEFAULT_UBATCH


def _context(
    query: Query, model: Model, runtime: Runtime, *, memory_bytes: int
) -> tuple[int, tuple[str, ...]]:
    """Return the context reserved, and what a reader must know of it."""
    asked, notes = _asked_context(query, model, runtime, memory_bytes=memory_bytes)
    held = rules_of(runtime).held_context(asked, trained=model.max_context)
    if held < asked:
        told = f"{runtime.name} holds {held:,} tokens, all that {model.id} was trained for"
        return held, (told,) if query.context is not None else ()
    return held, notes


def _asked_context(
    query: Query, model: Model, runtime: Runtime, *, memory_bytes: int
) -> tuple[int, tuple[str, ...]]:
    if query.context is None:
        own = rules_of(runtime).default_context(runtime, memory_bytes=memory_bytes)
        return min(own or DEFAULT_CONTEXT, model.max_context), ()
    if query.context == "max":
        return model.max_context, ()
    context = int(query.context)
    if context <= 0:
        raise UsageError(
            f"a context of {context:,} tokens makes no sense",
            "give a number of tokens such as `8192` or `32k`, or `max` for the model's maximum",
        )
    if context > LARGEST_CONTEXT:
        raise UsageError(
            f"a context of {context:,} tokens is beyond any model",
            "give a number of tokens such as `8192` or `32k`, or `max` for the model's maximum",
        )
    if context > model.max_context:
        return context, (
            f"{model.id} was trained for {model.max_context:,} tokens, fewer than {context:,}",
        )
    return context, ()


def _with_images(query: Query, model: Model, context: int) -> tuple[int, tuple[str, ...]]:
    """Make room for the images in the default context, and say what they take."""
    if not (model.vision_params or "vision" in model.modalities):
        return context, (f"{model.id} reads no images",)
    tokens = image_context_tokens(model, query.images)
    if tokens is None:
        return context, (f"how many tokens an image takes is not known of {model.id}",)
    if query.context is None:
        context = min(context + tokens, model.max_context)
    return context, (f"images take up to {tokens:,} tokens of the context",)


def _backend(query: Query, runtime: Runtime) -> str:
    if not query.backend:
        return ""
    backend = query.backend.casefold()
    if backend not in runtime.backends:
        raise UsageError(
            f"{runtime.name} has no backend `{query.backend}`",
            f"it has {', '.join(runtime.backends)}",
        )
    return backend
