# No `from __future__ import annotations`: typer reads these at run time.
"""`fitcheck model`: does it fit, how fast; one verdict, or a table of what could stand there."""

from fitcheck.cli import asked, options, settings
from fitcheck.cli.errors import NOTHING_FITS, OK
from fitcheck.cli.output import show
from fitcheck.errors import UsageError


def command(
    models: asked.Models = None,
    *,
    gpu: asked.Gpu = None,
    quantization: asked.Quantization = None,
    context: asked.Context = None,
    depth: asked.Depth = None,
    kv: asked.Kv = None,
    concurrency: asked.Concurrency = None,
    prompt: asked.Prompt = None,
    runtime: settings.Runtime = None,
    backend: settings.Backend = None,
    ubatch: settings.Ubatch = None,
    flash_attention: settings.FlashAttention = True,
    slots: settings.Slots = None,
    kv_unified: settings.KvUnified = False,
    all_outputs: settings.AllOutputs = False,
    swa_full: settings.SwaFull = False,
    gpu_memory_utilization: settings.GpuMemoryUtilization = None,
    imatrix: settings.Imatrix = True,
    images: settings.Images = None,
    mmproj: settings.Mmproj = None,
    ram: settings.Ram = None,
    vram: settings.Vram = None,
    bandwidth: settings.Bandwidth = None,
    tflops: settings.Tflops = None,
    unified_memory: settings.UnifiedMemory = None,
    display: settings.Display = False,
    system: settings.System = None,
    installed: settings.Installed = False,
    params: settings.Params = None,
    layers: settings.Layers = None,
    hidden: settings.Hidden = None,
    save_as: settings.SaveAs = None,
    sort: asked.Sort = None,
    limit: asked.Limit = None,
    only: asked.Only = None,
    show_all: asked.ShowAll = False,
    explain: asked.Explain = False,
    evidence: asked.Evidence = False,
    exit_zero: asked.ExitZero = False,
    json: options.Json = False,
    output: options.Output = None,
    color: options.Color = "auto",
    quiet: options.Quiet = False,
    data: options.Data = None,
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
    # Imported here, so that help and completion start without what answers need.
    from fitcheck.cli.model_about import asks_nothing, keep_model, show_models
    from fitcheck.cli.question import question

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
        kv_unified=kv_unified,
        all_outputs=all_outputs,
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
    if save_as is not None:
        keep_model(query, save_as, form)
    if asks_nothing(query):
        if save_as is None:
            show_models(query, form)
        return OK
    from fitcheck.answers.answer import answer
    from fitcheck.reports.model import report_of

    answered = answer(query)
    show(report_of(answered), form)
    return OK if answered.any_fits or exit_zero else NOTHING_FITS
