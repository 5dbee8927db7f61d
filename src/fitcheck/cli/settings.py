# No `from __future__ import annotations`: typer reads these at run time.
"""Options that say how a model is run, on what, and which model of one's own."""

from typing import Annotated

import typer

from fitcheck.cli import completion
from fitcheck.cli.options import DEVICE, OWN, RUN

Runtime = Annotated[
    str | None,
    typer.Option(
        "--runtime",
        metavar="NAME",
        help="llama.cpp, vllm and more. Default: llama.cpp for GGUF, else the format's own.",
        autocompletion=completion.runtimes,
        rich_help_panel=RUN,
    ),
]

BACKENDS = ["cuda", "rocm", "vulkan", "metal", "sycl", "xpu", "tpu", "hpu", "neuron"]

Backend = Annotated[
    str | None,
    typer.Option(
        "--backend",
        metavar="NAME",
        help="cuda, rocm, vulkan, metal, sycl, xpu, tpu, hpu or neuron. Default: the card's best.",
        autocompletion=lambda: BACKENDS,
        rich_help_panel=RUN,
    ),
]

Ubatch = Annotated[
    str | None,
    typer.Option(
        "--ubatch",
        metavar="TOKENS",
        help="Micro-batch of the prompt (llama.cpp). Default 512.",
        rich_help_panel=RUN,
    ),
]

FlashAttention = Annotated[
    bool,
    typer.Option(
        "--flash-attn/--no-flash-attn",
        help="Flash attention. Default on.",
        show_default=False,
        rich_help_panel=RUN,
    ),
]

Slots = Annotated[
    str | None,
    typer.Option(
        "--slots",
        metavar="N",
        help="Server slots that share the context (llama.cpp --parallel). llama-server alone takes "
        "4, unified. Default: a context for each of --concurrency.",
        rich_help_panel=RUN,
    ),
]

KvUnified = Annotated[
    bool,
    typer.Option(
        "--kv-unified/--no-kv-unified",
        help="One cache that all sequences share (llama.cpp). Default not.",
        show_default=False,
        rich_help_panel=RUN,
    ),
]

AllOutputs = Annotated[
    bool,
    typer.Option(
        "--all-outputs",
        help="Keep the logits of every token of a micro-batch, as llama-bench and older builds do.",
        rich_help_panel=RUN,
    ),
]

SwaFull = Annotated[
    bool,
    typer.Option(
        "--swa-full",
        help="Keep the whole context in sliding-window layers (llama.cpp).",
        rich_help_panel=RUN,
    ),
]

GpuMemoryUtilization = Annotated[
    str | None,
    typer.Option(
        "--gpu-memory-utilization",
        metavar="SHARE",
        help="Share of the card that vLLM takes, such as 0.9.",
        rich_help_panel=RUN,
    ),
]

Imatrix = Annotated[
    bool,
    typer.Option(
        "--imatrix/--no-imatrix",
        help="GGUF made with an importance matrix. Default with: most published files are.",
        show_default=False,
        rich_help_panel=RUN,
    ),
]

Images = Annotated[
    str | None,
    typer.Option(
        "--images",
        metavar="N",
        help="Images in the context of a vision model.",
        rich_help_panel=RUN,
    ),
]

Mmproj = Annotated[
    str | None,
    typer.Option(
        "--mmproj",
        metavar="FILE",
        help="Vision projector of a GGUF file.",
        rich_help_panel=RUN,
    ),
]

Ram = Annotated[
    str | None,
    typer.Option(
        "--ram",
        metavar="GIB",
        help="System RAM that may hold part of the weights (offload).",
        rich_help_panel=DEVICE,
    ),
]

Vram = Annotated[
    str | None,
    typer.Option(
        "--vram",
        metavar="GIB",
        help="Memory of a card no table knows, or another than the table says.",
        rich_help_panel=DEVICE,
    ),
]

Bandwidth = Annotated[
    str | None,
    typer.Option(
        "--bandwidth", metavar="GB/S", help="Its memory bandwidth.", rich_help_panel=DEVICE
    ),
]

Tflops = Annotated[
    str | None,
    typer.Option(
        "--tflops", metavar="N", help="Its dense FP16 tensor rate.", rich_help_panel=DEVICE
    ),
]

UnifiedMemory = Annotated[
    str | None,
    typer.Option(
        "--unified-memory",
        metavar="GIB",
        help="RAM of a Mac or another machine whose GPU shares it.",
        rich_help_panel=DEVICE,
    ),
]

Display = Annotated[
    bool,
    typer.Option("--display", help="The card also drives a desktop.", rich_help_panel=DEVICE),
]

System = Annotated[
    str | None,
    typer.Option(
        "--system",
        metavar="NAME",
        help="linux, windows, wsl or macos: what the system keeps. Default linux.",
        autocompletion=lambda: ["linux", "windows", "wsl", "macos"],
        rich_help_panel=DEVICE,
    ),
]

Installed = Annotated[
    bool,
    typer.Option(
        "--installed",
        help="The models on this machine (Ollama, LM Studio, Hub cache).",
        rich_help_panel=OWN,
    ),
]

Params = Annotated[
    str | None,
    typer.Option(
        "--params",
        metavar="N",
        help="A typical model of this size: 13b, 13e9.",
        rich_help_panel=OWN,
    ),
]

Layers = Annotated[
    str | None,
    typer.Option("--layers", metavar="N", help="Its layers.", rich_help_panel=OWN),
]

Hidden = Annotated[
    str | None,
    typer.Option("--hidden", metavar="N", help="Its hidden size.", rich_help_panel=OWN),
]

SaveAs = Annotated[
    str | None,
    typer.Option(
        "--save-as",
        metavar="NAME",
        help="Keep the model under this name in your own tables.",
        rich_help_panel=OWN,
    ),
]
