"""The words of `fitcheck model` → a Query: names split, numbers read, contradictions refused."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from fitcheck.answers.query import Query
from fitcheck.cli import amounts, options
from fitcheck.errors import UnknownNameError, UsageError
from fitcheck.records.result import VERDICTS
from fitcheck.render.report import OUTPUTS

if TYPE_CHECKING:
    from collections.abc import Callable

# Words that name a form of output, which `--format` does not choose.
_OUTPUT_WORDS = {*OUTPUTS, "markdown", "yaml", "text", "html", "ndjson"}


def question(
    *,
    models: list[str] | None,
    gpus: list[str] | None,
    formats: list[str] | None,
    numbers: dict[str, str | None],
    data: list[str] | None = None,
    **rest: Any,  # noqa: ANN401  # passed on to Query as they are
) -> Query:
    """Make the Query of a command line. Raises UsageError, one sentence for each mistake.

    `numbers` holds the options typed as text, by their field in Query.
    """
    reading = [noun for noun in (models, gpus, formats) if noun and "-" in noun]
    if len(reading) > 1:
        raise UsageError(
            "only one of model, `--gpu` and `--format` can read stdin", "give one `-` only"
        )
    _refuse_output_words(formats)
    if rest.get("installed") and models:
        raise UsageError("`--installed` names the models itself", "leave the model out")
    if numbers.get("params") is not None and models:
        raise UsageError("`--params` describes a model of its own", "leave the model out")
    if numbers.get("params") is None and (numbers.get("layers") or numbers.get("hidden")):
        raise UsageError(
            "`--layers` and `--hidden` go with `--params`", "example: `--params 13b --layers 40`"
        )
    return Query(
        models=options.names(models, "the model"),
        gpus=options.names(gpus, "`--gpu`"),
        formats=options.names(formats, "`--format`"),
        data_folders=tuple(data or ()),
        **_numbers(numbers),
        **rest,
    )


def _refuse_output_words(formats: list[str] | None) -> None:
    for word in formats or ():
        if word.strip().casefold() in _OUTPUT_WORDS:
            flag = "--json" if word.casefold() == "json" else f"-o {word.casefold()}"
            raise UnknownNameError(
                f"unknown quantization format `{word}`",
                f"for {word} output use `{flag}`; `--format` names a quantization such as `q4_k_m`",
            )


def _numbers(typed: dict[str, str | None]) -> dict[str, Any]:
    return {field: _READERS[field](text) for field, text in typed.items() if text is not None}


def _only(text: str) -> str:
    return options.one_of(text, "--only", VERDICTS)


def system(text: str) -> str:
    """Read `--system`: linux, windows, wsl, macos, or a version of it (`macos-15`)."""
    name, _, version = text.strip().casefold().partition("-")
    if name == "macos" and version.isdecimal():
        return f"macos-{int(version)}"
    return options.one_of(text, "--system", ("linux", "windows", "wsl", "macos"))


_READERS: dict[str, Callable[[str], Any]] = {
    "context": amounts.context,
    "depth": lambda text: amounts.tokens(text, "--depth", least=0),
    "prompt": lambda text: amounts.tokens(text, "--prompt"),
    "concurrency": lambda text: amounts.count(text, "--concurrency"),
    "ubatch": lambda text: amounts.tokens(text, "--ubatch"),
    "slots": lambda text: amounts.count(text, "--slots"),
    "gpu_memory_utilization": lambda text: amounts.share(text, "--gpu-memory-utilization"),
    "images": lambda text: amounts.count(text, "--images", least=0),
    "ram_bytes": lambda text: amounts.memory_bytes(text, "--ram"),
    "vram_bytes": lambda text: amounts.memory_bytes(text, "--vram"),
    "bandwidth_bytes_per_s": lambda text: amounts.bandwidth(text, "--bandwidth"),
    "flops": lambda text: amounts.flops(text, "--tflops"),
    "unified_memory_bytes": lambda text: amounts.memory_bytes(text, "--unified-memory"),
    "params": lambda text: amounts.parameters(text, "--params"),
    "layers": lambda text: amounts.count(text, "--layers"),
    "hidden": lambda text: amounts.count(text, "--hidden"),
    "limit": lambda text: amounts.count(text, "--limit"),
    "only": _only,
    "system": system,
}
