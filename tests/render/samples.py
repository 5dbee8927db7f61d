"""Made-up results for the renderers' tests: round figures, no claims about real cards."""

from __future__ import annotations

from dataclasses import replace

from fitcheck.records.result import (
    CardMemory,
    Decode,
    Estimate,
    FormatPart,
    GpuPart,
    HostMemory,
    Measured,
    Memory,
    ModelPart,
    Offer,
    PaperLink,
    Prefill,
    QualityPart,
    Step,
)
from fitcheck.records.sources import Source
from fitcheck.units import GIB, MIB

AWQ = PaperLink(
    id="awq",
    title="AWQ: Activation-aware Weight Quantization",
    url="https://arxiv.org/abs/2306.00978",
)


def memory(
    *, weights: float, kv: float, buffers: float, usable: float, capacity: float, state: float = 0
) -> Memory:
    weights_bytes, kv_bytes = round(weights * GIB), round(kv * GIB)
    buffer_bytes, state_bytes = round(buffers * GIB), round(state * GIB)
    needed = weights_bytes + kv_bytes + buffer_bytes + state_bytes
    return Memory(
        weights_bytes=weights_bytes,
        kv_cache_bytes=kv_bytes,
        recurrent_state_bytes=state_bytes,
        compute_buffer_bytes=buffer_bytes - buffer_bytes // 2,
        runtime_overhead_bytes=buffer_bytes // 2,
        needed_bytes=needed,
        capacity_bytes=round(capacity * GIB),
        usable_bytes=round(usable * GIB),
        free_bytes=round(usable * GIB) - needed,
        weights_host_bytes=281 * MIB,
        weights_total_bytes=weights_bytes + 281 * MIB,
    )


def card_of(gpu: str, whole: Memory) -> CardMemory:
    return CardMemory(
        gpu=gpu,
        weights_bytes=whole.weights_bytes,
        kv_cache_bytes=whole.kv_cache_bytes,
        recurrent_state_bytes=whole.recurrent_state_bytes,
        compute_buffer_bytes=whole.compute_buffer_bytes,
        runtime_overhead_bytes=whole.runtime_overhead_bytes,
        needed_bytes=whole.needed_bytes,
        usable_bytes=whole.usable_bytes,
        free_bytes=whole.free_bytes,
    )


HOST = HostMemory(
    weights_bytes=281 * MIB,
    kv_cache_bytes=0,
    recurrent_state_bytes=0,
    compute_buffer_bytes=25 * MIB,
    needed_bytes=306 * MIB,
)


def decode(low: float, high: float, ceiling: float, depth: int = 512) -> Decode:
    return Decode(
        depth_tokens=depth,
        tokens_per_s=(low * high) ** 0.5,
        tokens_per_s_low=low,
        tokens_per_s_high=high,
        tokens_per_s_ceiling=ceiling,
        bytes_per_token=round(1008e9 / ceiling),
        bound_by="memory_bandwidth",
    )


FITS = Estimate(
    model=ModelPart(
        id="llama-3.1-8b",
        name="Llama 3.1 8B",
        total_params=8_030_261_248,
        active_params=8_030_261_248,
        source="https://huggingface.co/meta-llama/Llama-3.1-8B",
    ),
    format=FormatPart(
        id="q4_k_m",
        name="Q4_K_M",
        bits_per_weight=4.894,
        papers=(AWQ,),
        quality=QualityPart(
            change_percent=2.43,
            metric="perplexity",
            model="Some-8B",
            source="the makers' table",
            url="https://example.org/quality",
        ),
    ),
    gpu=GpuPart(id="rtx-4090", name="GeForce RTX 4090", count=1, bandwidth_bytes_per_s=1008e9),
    runtime="llama.cpp",
    backend="cuda",
    context_tokens=8192,
    concurrency=1,
    kv_format="f16",
    verdict="fits",
    memory=memory(weights=4.58, kv=1, buffers=0.8, usable=23.6, capacity=24),
    decode=decode(102, 136, 170),
    decode_full_context=decode(88, 115, 150, 8192),
    prefill=Prefill(
        prompt_tokens=512,
        tokens_per_s=5000,
        tokens_per_s_low=4200,
        tokens_per_s_high=6100,
        ttft_s=0.11,
    ),
    max_context_tokens=131072,
    cards=(card_of("rtx-4090", memory(weights=4.58, kv=1, buffers=0.8, usable=23.6, capacity=24)),),
    host=HOST,
    measured=(
        Measured(
            gpu="GeForce RTX 4090",
            model="8B",
            format="Q4_K_M",
            runtime="llama.cpp",
            tokens_per_s=127.7,
            depth_tokens=0,
            date="2025-06",
            url="https://example.org/benchmarks/4090",
            match="same card and model",
        ),
    ),
    sources=(Source("model", "config.json", "https://huggingface.co/meta-llama/Llama-3.1-8B"),),
    explain=(
        Step(
            what="weights",
            formula=("291 tensors in q4_K and q6_K",),
            result=("4,912,898,304 B",),
            source="https://example.org/a",
        ),
        Step(
            what="KV cache",
            formula=("2 × 32 layers × 8 heads × 128 × 2 B × 8,192",),
            result=("1.0 GiB",),
            source="https://example.org/b",
        ),
        Step(
            what="decode",
            formula=("1008 GB/s ÷ 5.93 GB",),
            result=("170 tok/s at most",),
            source="https://example.org/a",
        ),
    ),
)

TOO_BIG = replace(
    FITS,
    model=ModelPart(
        id="llama-3.1-70b",
        name="Llama 3.1 70B",
        total_params=70_553_706_496,
        active_params=70_553_706_496,
        source="",
    ),
    verdict="too_big",
    memory=memory(weights=39.1, kv=2.5, buffers=0.9, usable=23.6, capacity=24),
    decode=None,
    decode_full_context=None,
    prefill=None,
    max_context_tokens=0,
    measured=(),
    offers=(
        Offer(
            flag="--format",
            value="iq2_xs",
            verdict="tight",
            needed_bytes=round(22.9 * GIB),
            usable_bytes=round(23.6 * GIB),
        ),
        Offer(
            flag="--gpu",
            value="radeon-pro-w7900",
            verdict="fits",
            needed_bytes=round(42.4 * GIB),
            usable_bytes=round(47.9 * GIB),
        ),
    ),
)

OFFLOAD = replace(TOO_BIG, verdict="offload", offers=(), decode=decode(3.1, 5.2, 6.4))
TIGHT = replace(
    FITS,
    verdict="tight",
    gpu=GpuPart(
        id="rtx-3060-8gb", name="GeForce RTX 3060 8 GB", count=1, bandwidth_bytes_per_s=240e9
    ),
    memory=memory(weights=4.58, kv=2.3, buffers=0.7, usable=7.7, capacity=8),
    decode=decode(24.3, 33.8, 40),
)
HYBRID = replace(
    FITS,
    model=ModelPart(
        id="hybrid-80b-a3b",
        name="Hybrid 80B-A3B",
        total_params=79_674_391_296,
        active_params=3_871_000_000,
        source="",
    ),
    gpu=GpuPart(
        id="2x rtx-3090", name="2x GeForce RTX 3090", count=2, bandwidth_bytes_per_s=1872e9
    ),
    concurrency=4,
    memory=memory(weights=43.6, kv=0.75, buffers=1.6, usable=46.9, capacity=48, state=0.02),
    cards=tuple(
        card_of("rtx-3090", memory(**part, usable=23.45, capacity=24))
        for part in (
            {"weights": 21.6, "kv": 0.35, "buffers": 0.7, "state": 0.01},
            {"weights": 22.0, "kv": 0.4, "buffers": 0.9, "state": 0.01},
        )
    ),
    notes=("the context is beyond what the model was trained for",),
)
ROWS = (TIGHT, FITS, TOO_BIG, OFFLOAD, HYBRID)
UNSUPPORTED = replace(
    FITS,
    format=FormatPart(
        id="nvfp4",
        name="NVFP4",
        bits_per_weight=4.5,
        support="unsupported",
        support_how="needs compute capability 10.0",
    ),
    verdict="unsupported",
    decode=None,
    decode_full_context=None,
    prefill=None,
    measured=(),
    explain=(),
)
UNKNOWN = replace(
    FITS,
    format=replace(
        FITS.format,
        support="unknown",
        support_how="no source tells what llama.cpp does with Q4_K_M on this hardware",
    ),
    notes=("no source tells what llama.cpp does with Q4_K_M on this hardware",),
)
