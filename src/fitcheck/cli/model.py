# No `from __future__ import annotations`: typer reads these at run time.
"""`fitcheck model`: does it fit, how fast; one verdict, or a table of what could stand there."""

from typing import Annotated

import typer

from fitcheck.answers.answer import answer
from fitcheck.cli import completion, options
from fitcheck.cli.errors import NOTHING_FITS, OK
from fitcheck.cli.model_report import asks_nothing, report_of, show_models
from fitcheck.cli.options import DEVICE, QUESTION, RUN, SHOW
from fitcheck.cli.output import show
from fitcheck.cli.question import question
from fitcheck.errors import UsageError


def command(
    models: Annotated[
        list[str] | None,
        typer.Argument(
            metavar="MODEL...",
            help="A name (llama-3.1-8b), a GGUF file, a folder, a Hub id; `all`; `-` for stdin.",
            autocompletion=completion.models,
            show_default=False,
        ),
    ] = None,
    *,
    gpu: Annotated[
        list[str] | None,
        typer.Option(
            "--gpu",
            "-g",
            metavar="GPU",
            help="rtx4090, 2xrtx3090, several with commas, all, local, or - for stdin.",
            autocompletion=completion.gpus,
            rich_help_panel=QUESTION,
        ),
    ] = None,
    quantization: Annotated[
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
    ] = None,
    context: Annotated[
        str | None,
        typer.Option(
            "--context",
            "-c",
            metavar="TOKENS",
            help="Tokens reserved: 8192, 32k (= 32,768), max. Default 8,192.",
            rich_help_panel=QUESTION,
        ),
    ] = None,
    depth: Annotated[
        str | None,
        typer.Option(
            "--depth",
            metavar="TOKENS",
            help="Tokens already in the cache when the speed is quoted. Default 512.",
            rich_help_panel=QUESTION,
        ),
    ] = None,
    kv: Annotated[
        str | None,
        typer.Option(
            "--kv",
            metavar="FORMAT",
            help="Format of the KV cache: f16, q8_0, q4_0, fp8 …",
            autocompletion=completion.kv_formats,
            rich_help_panel=QUESTION,
        ),
    ] = None,
    concurrency: Annotated[
        str | None,
        typer.Option(
            "--concurrency",
            metavar="N",
            help="Sequences decoded at once. Default 1.",
            rich_help_panel=QUESTION,
        ),
    ] = None,
    prompt: Annotated[
        str | None,
        typer.Option(
            "--prompt",
            metavar="TOKENS",
            help="Length of the prompt for the time to the first token. Default 512.",
            rich_help_panel=QUESTION,
        ),
    ] = None,
    sort: Annotated[
        str | None,
        typer.Option(
            "--sort",
            metavar="FIELD",
            help="Order of a table: speed, free, size, bits, name …",
            rich_help_panel=SHOW,
        ),
    ] = None,
    limit: Annotated[
        str | None,
        typer.Option("--limit", metavar="N", help="At most N rows.", rich_help_panel=SHOW),
    ] = None,
    only: Annotated[
        str | None,
        typer.Option(
            "--only",
            metavar="VERDICT",
            help="Only rows with this verdict: fits, tight, offload, too_big.",
            autocompletion=lambda: ["fits", "tight", "offload", "too_big"],
            rich_help_panel=SHOW,
        ),
    ] = None,
    show_all: Annotated[
        bool,
        typer.Option("--all", help="Show what is too big as well.", rich_help_panel=SHOW),
    ] = False,
    explain: Annotated[
        bool,
        typer.Option(
            "--explain",
            help="Print each formula with its numbers and sources.",
            rich_help_panel=SHOW,
        ),
    ] = False,
    evidence: Annotated[
        bool,
        typer.Option(
            "--evidence", help="List the published measurements nearest.", rich_help_panel=SHOW
        ),
    ] = False,
    exit_zero: Annotated[
        bool,
        typer.Option("--exit-zero", help="Exit 0 also when nothing fits.", rich_help_panel=SHOW),
    ] = False,
    json: options.Json = False,
    output: options.Output = None,
    color: options.Color = "auto",
    quiet: options.Quiet = False,
    data: options.Data = None,
    runtime: Annotated[
        str | None,
        typer.Option(
            "--runtime",
            metavar="NAME",
            help="llama.cpp, vllm … Default: llama.cpp for GGUF formats, else the format's own.",
            autocompletion=completion.runtimes,
            rich_help_panel=RUN,
        ),
    ] = None,
    backend: Annotated[
        str | None,
        typer.Option(
            "--backend",
            metavar="NAME",
            help="cuda, rocm, vulkan, metal or sycl. Default by vendor.",
            autocompletion=lambda: ["cuda", "rocm", "vulkan", "metal", "sycl"],
            rich_help_panel=RUN,
        ),
    ] = None,
    ubatch: Annotated[
        str | None,
        typer.Option(
            "--ubatch",
            metavar="TOKENS",
            help="Micro-batch of the prompt (llama.cpp). Default 512.",
            rich_help_panel=RUN,
        ),
    ] = None,
    flash_attention: Annotated[
        bool,
        typer.Option(
            "--flash-attn/--no-flash-attn",
            help="Flash attention. Default on.",
            show_default=False,
            rich_help_panel=RUN,
        ),
    ] = True,
    slots: Annotated[
        str | None,
        typer.Option(
            "--slots",
            metavar="N",
            help="Server slots (llama.cpp --parallel). Default as --concurrency.",
            rich_help_panel=RUN,
        ),
    ] = None,
    swa_full: Annotated[
        bool,
        typer.Option(
            "--swa-full",
            help="Keep the whole context in sliding-window layers (llama.cpp).",
            rich_help_panel=RUN,
        ),
    ] = False,
    gpu_memory_utilization: Annotated[
        str | None,
        typer.Option(
            "--gpu-memory-utilization",
            metavar="SHARE",
            help="Share of the card that vLLM takes, such as 0.9.",
            rich_help_panel=RUN,
        ),
    ] = None,
    imatrix: Annotated[
        bool,
        typer.Option(
            "--imatrix/--no-imatrix",
            help="GGUF made with an importance matrix. Default with: most published files are.",
            show_default=False,
            rich_help_panel=RUN,
        ),
    ] = True,
    images: Annotated[
        str | None,
        typer.Option(
            "--images",
            metavar="N",
            help="Images in the context of a vision model.",
            rich_help_panel=RUN,
        ),
    ] = None,
    mmproj: Annotated[
        str | None,
        typer.Option(
            "--mmproj",
            metavar="FILE",
            help="Vision projector of a GGUF file.",
            rich_help_panel=RUN,
        ),
    ] = None,
    ram: Annotated[
        str | None,
        typer.Option(
            "--ram",
            metavar="GIB",
            help="System RAM that may hold part of the weights (offload).",
            rich_help_panel=DEVICE,
        ),
    ] = None,
    vram: Annotated[
        str | None,
        typer.Option(
            "--vram",
            metavar="GIB",
            help="Memory of a card no table knows, or another than the table says.",
            rich_help_panel=DEVICE,
        ),
    ] = None,
    bandwidth: Annotated[
        str | None,
        typer.Option(
            "--bandwidth", metavar="GB/S", help="Its memory bandwidth.", rich_help_panel=DEVICE
        ),
    ] = None,
    tflops: Annotated[
        str | None,
        typer.Option(
            "--tflops", metavar="N", help="Its dense FP16 tensor rate.", rich_help_panel=DEVICE
        ),
    ] = None,
    unified_memory: Annotated[
        str | None,
        typer.Option(
            "--unified-memory",
            metavar="GIB",
            help="RAM of a Mac or another machine whose GPU shares it.",
            rich_help_panel=DEVICE,
        ),
    ] = None,
    display: Annotated[
        bool,
        typer.Option("--display", help="The card also drives a desktop.", rich_help_panel=DEVICE),
    ] = False,
    system: Annotated[
        str | None,
        typer.Option(
            "--system",
            metavar="NAME",
            help="linux, windows, wsl or macos: what the system keeps. Default linux.",
            autocompletion=lambda: ["linux", "windows", "wsl", "macos"],
            rich_help_panel=DEVICE,
        ),
    ] = None,
    installed: Annotated[
        bool,
        typer.Option(
            "--installed",
            help="The models on this machine (Ollama, LM Studio, Hub cache).",
            rich_help_panel="Models of your own",
        ),
    ] = False,
    params: Annotated[
        str | None,
        typer.Option(
            "--params",
            metavar="N",
            help="A typical model of this size: 13b, 13e9.",
            rich_help_panel="Models of your own",
        ),
    ] = None,
    layers: Annotated[
        str | None,
        typer.Option(
            "--layers", metavar="N", help="Its layers.", rich_help_panel="Models of your own"
        ),
    ] = None,
    hidden: Annotated[
        str | None,
        typer.Option(
            "--hidden", metavar="N", help="Its hidden size.", rich_help_panel="Models of your own"
        ),
    ] = None,
) -> int:
    r"""Tell whether a model, in a quantization format, fits on a GPU, and how fast it runs.

    Name a model, a GPU and a format for one verdict. Leave one out, or give several, for a table.
    Without a GPU and a format, a name is described, and no name lists the models.

    \b
    Examples:
      fitcheck model llama-3.1-8b --gpu rtx4090 --format q4_k_m
      fitcheck model llama-3.1-8b --gpu rtx4090
      fitcheck model qwen3-32b --format q4_k_m --gpu rtx3090,rtx4090,m4-max-40c
      fitcheck model --gpu rtx4090 --format q4_k_m --context 32k --only fits
    """
    form = options.form(json=json, output=output, color=color, quiet=quiet)
    query = question(
        models=models,
        gpus=gpu,
        formats=quantization,
        data=data,
        numbers={
            "context": context,
            "depth": depth,
            "concurrency": concurrency,
            "prompt": prompt,
            "ubatch": ubatch,
            "slots": slots,
            "gpu_memory_utilization": gpu_memory_utilization,
            "images": images,
            "ram_bytes": ram,
            "vram_bytes": vram,
            "bandwidth_bytes_per_s": bandwidth,
            "flops": tflops,
            "unified_memory_bytes": unified_memory,
            "params": params,
            "layers": layers,
            "hidden": hidden,
            "limit": limit,
            "only": only,
            "system": system,
        },
        kv=kv,
        runtime=runtime,
        backend=backend,
        sort=sort,
        flash_attention=flash_attention,
        swa_full=swa_full,
        imatrix=imatrix,
        mmproj=mmproj,
        display=display,
        installed=installed,
        show_all=show_all,
        explain=explain,
        evidence=evidence,
        complete=form.output not in ("table", "md"),
    )
    if explain and form.output in ("csv", "tsv"):
        raise UsageError(
            f"`--explain` has no place in {form.output.upper()}", "use it with -o table, md or json"
        )
    if asks_nothing(query):
        return show_models(query, form)
    answered = answer(query)
    show(report_of(answered), form)
    return OK if answered.any_fits or exit_zero else NOTHING_FITS
