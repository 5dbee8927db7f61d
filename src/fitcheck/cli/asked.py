# No `from __future__ import annotations`: typer reads these at run time.
"""Options that say what is asked, and which of the answers are shown."""

from typing import Annotated

import typer

from fitcheck.cli import completion
from fitcheck.cli.options import QUESTION, SHOW

Models = Annotated[
    list[str] | None,
    typer.Argument(
        metavar="MODEL...",
        help="A name (llama-3.1-8b), a GGUF file, a folder, a Hub id; `all`; `-` for stdin.",
        autocompletion=completion.models,
        show_default=False,
    ),
]

Gpu = Annotated[
    list[str] | None,
    typer.Option(
        "--gpu",
        "-g",
        metavar="GPU",
        help="rtx4090, 2xrtx3090, several with commas, all, local, or - for stdin.",
        autocompletion=completion.gpus,
        rich_help_panel=QUESTION,
    ),
]

Quantization = Annotated[
    list[str] | None,
    typer.Option(
        "--format",
        "-f",
        "--quant",
        metavar="FORMAT",
        help="Quantization format: q4_k_m, awq-4bit, fp8, several, or all.",
        autocompletion=completion.formats,
        rich_help_panel=QUESTION,
    ),
]

Context = Annotated[
    str | None,
    typer.Option(
        "--context",
        "-c",
        metavar="TOKENS",
        help="Tokens reserved: 8192, 32k (= 32,768), max. Default 8,192.",
        rich_help_panel=QUESTION,
    ),
]

Depth = Annotated[
    str | None,
    typer.Option(
        "--depth",
        metavar="TOKENS",
        help="Tokens already in the cache when the speed is quoted. Default 512.",
        rich_help_panel=QUESTION,
    ),
]

Kv = Annotated[
    str | None,
    typer.Option(
        "--kv",
        metavar="FORMAT",
        help="Format of the KV cache: f16, q8_0, q4_0, fp8 and more.",
        autocompletion=completion.kv_formats,
        rich_help_panel=QUESTION,
    ),
]

Concurrency = Annotated[
    str | None,
    typer.Option(
        "--concurrency",
        metavar="N",
        help="Sequences decoded at once. Default 1.",
        rich_help_panel=QUESTION,
    ),
]

Prompt = Annotated[
    str | None,
    typer.Option(
        "--prompt",
        metavar="TOKENS",
        help="Length of the prompt for the time to the first token. Default 512.",
        rich_help_panel=QUESTION,
    ),
]

Sort = Annotated[
    str | None,
    typer.Option(
        "--sort",
        metavar="FIELD",
        help="Order of a table: speed, free, bits, params and more.",
        rich_help_panel=SHOW,
    ),
]

Limit = Annotated[
    str | None,
    typer.Option("--limit", metavar="N", help="At most N rows.", rich_help_panel=SHOW),
]

Only = Annotated[
    str | None,
    typer.Option(
        "--only",
        metavar="VERDICT",
        help="Only rows of this verdict: fits, tight, offload, too_big, unsupported.",
        autocompletion=lambda: ["fits", "tight", "offload", "too_big", "unsupported"],
        rich_help_panel=SHOW,
    ),
]

ShowAll = Annotated[
    bool,
    typer.Option("--all", help="Show what is too big as well.", rich_help_panel=SHOW),
]

Explain = Annotated[
    bool,
    typer.Option(
        "--explain",
        help="Print each formula with its numbers and sources.",
        rich_help_panel=SHOW,
    ),
]

Evidence = Annotated[
    bool,
    typer.Option(
        "--evidence", help="List the published measurements nearest.", rich_help_panel=SHOW
    ),
]

ExitZero = Annotated[
    bool,
    typer.Option("--exit-zero", help="Exit 0 also when nothing fits.", rich_help_panel=SHOW),
]
