"""What `data/papers.yaml` adds to the reference list: ids, other names, the papers' own claims."""

from __future__ import annotations

# arXiv number → id, other names, claims, what it means for a choice
PAPERS: dict[str, tuple[str, list[str], list[str], list[str]]] = {
    "2306.00978": (
        "awq",
        [],
        [
            "TinyChat runs 4-bit models more than 3x as fast as Hugging Face FP16 on desktop and "
            "mobile GPUs (batch 1)",
            "first version: 1.45x over GPTQ's kernels, 1.85x over cuBLAS FP16",
        ],
        [
            "a quarter of the bytes per token, so decoding one sequence speeds up; arithmetic "
            "stays 16 bit, so prompts and large batches do not",
            "embeddings and lm_head stay 16 bit: an 8B takes 5.71 bits a weight, a 0.6B 7.25",
            "from about batch 8 BF16 can be faster (H200, TensorRT-LLM: 0.75x at batch 8)",
        ],
    ),
    "2210.17323": (
        "gptq",
        [],
        [
            "3-bit OPT-175B generates about 3.25x as fast on A100 and 4.5x on A6000 as FP16, which "
            "there needs several cards (batch 1, 128 tokens)",
            "quantizes a 175B model in about four GPU hours",
        ],
        [
            "a model fits on fewer cards, and much of the quoted speed-up comes from that",
            "group size moves the size by tenths of a bit; the kernel decides the speed",
            "the gain is in decoding: arithmetic stays 16 bit",
        ],
    ),
    "2211.10438": (
        "smoothquant",
        [],
        [
            "up to 1.56x faster and 2x less memory than FP16, a 530B model on one node",
            "decoding: OPT-30B 1.35x at batch 1; OPT-175B on 8 GPUs 1.36x at batch 16",
        ],
        [
            "8-bit weights and activations use the INT8 tensor cores, so prompts and large batches "
            "gain too",
            "needs Turing or later and a runtime with W8A8 kernels (vLLM, SGLang, TensorRT-LLM)",
        ],
    ),
    "2305.14314": (
        "qlora",
        ["nf4"],
        [
            "fine-tunes a 65B model on one 48 GB card",
            "double quantization takes scales from 0.5 to 0.127 bits a parameter: 3 GB of a 65B",
        ],
        [
            "made for fine-tuning in little memory, not for fast inference",
            "NF4 is decoded to 16 bit before every product: FP4 units of Blackwell give it nothing",
        ],
    ),
    "2404.00456": (
        "quarot",
        [],
        [
            "Llama-2-70B with 4-bit weights, activations and KV cache loses at most 0.47 WikiText-2 "
            "perplexity (0.29 in the first version)",
            "up to 3.33x faster prefill and 3.89x less memory in decoding, one Llama-2-70B block",
        ],
        [
            "4-bit arithmetic needs INT4 tensor cores (Turing to Ada) and kernels that serving "
            "runtimes do not ship: take it as research",
            "its rotations live on in llama.cpp's quantized KV cache",
        ],
    ),
    "2401.06118": (
        "aqlm",
        [],
        [
            "Llama-2 7B, 13B and 70B at 2 bits: WikiText-2 perplexity 6.93, 5.70 and 3.94 (first "
            "version)",
            "kernels: 1x16 up to about 1.3x, 2x8 up to about 3x FP16 (repository)",
        ],
        [
            "about 2 bits a weight and a 1 MiB codebook a matrix: it pays on 70B, less on 7B",
            "decoding waits for codebook look-ups: 70B at 8.7 tok/s where QuIP# gives 21.9 "
            "(RTX 6000 Ada)",
        ],
    ),
    "2509.23202": (
        "mr-gptq",
        ["microscaling-fp4"],
        [
            "up to 3.6x a layer and 2.2x end to end over FP16 on B200, 6x and 4x on RTX 5090",
        ],
        [
            "FP4 is fast only where kernels for it exist: Blackwell",
            "MXFP4 loses more than NVFP4, and neither beats INT4 by itself: look for checkpoints "
            "calibrated for FP4",
        ],
    ),
    "2603.08747": (
        "fp4-sensitivity",
        [],
        ["on Qwen2.5 0.5B, 7B and 14B the feed-forward up and down projections lose most under FP4"],
        [
            "attention bears FP4 best, feed-forward worst; early layers can suffer too, most under "
            "MXFP4",
            "checkpoints that keep some layers at 8 or 16 bit are worth their size",
        ],
    ),
    "2601.14277": (
        "llama-cpp-evaluation",
        ["gguf", "kurt"],
        [
            "13 GGUF presets on Llama-3.1-8B-Instruct: Q5_0 best on average, Q4_K_S strong for its "
            "size, Q3_K_S clearly worse",
            "throughput was measured on a CPU",
        ],
        [
            "5 bits cost next to nothing, 4 bits little, 3 bits show",
            "one model, no IQ types and no Q2_K: do not carry the figures to small models",
        ],
    ),
    "2208.07339": ("llm.int8", ["llm-int8"], ["no loss up to 175B parameters at half the memory"], [
        "halves the memory, but usually runs slower than FP16: outliers take a second path",
    ]),
    "2306.03078": ("spqr", [], ["less than 1 % perplexity loss at 3 to 4 bits; 15 % faster than FP16"], [
        "3.6 to 4 bits once outliers are counted; no serving runtime runs it",
    ]),
    "2306.07629": ("squeezellm", [], ["up to 2.3x faster than FP16 at 3 bits on A6000"], [
        "look-up tables an output; no serving runtime supports it any more",
    ]),
    "2308.13137": ("omniquant", [], ["Llama-2 7B to 70B quantized on one A100-40G in 1 to 16 hours"], [
        "a way to calibrate; what it writes is ordinary group quantization",
    ]),
    "2405.16406": ("spinquant", [], ["Llama-2-7B at W4A4KV4 within 2.9 points of full precision"], [
        "better than QuaRot at 4-bit activations; used on phones through ExecuTorch",
    ]),
    "2405.04532": (
        "qserve",
        [],
        [
            "1.2 to 1.4x the throughput of TensorRT-LLM on Llama-3-8B, 2.4 to 3.5x on Qwen1.5-72B "
            "(A100, L40S)",
        ],
        ["weight-only INT4 does not speed up large batches; 4-bit weights with INT8 arithmetic do"],
    ),
    "2402.17764": ("bitnet-b1.58", [], ["matches FP16 models of its size from 3B on"], [
        "for models trained with ternary weights; ordinary models cannot be turned into it",
    ]),
    "2310.11453": ("bitnet", [], [], ["where the ternary and one-bit layers come from"]),
    "2402.02750": (
        "kivi",
        [],
        ["2.6x less peak memory, batches up to 4x, throughput 2.35 to 3.47x"],
        ["a 2-bit KV cache that costs 3 bits with its scales, and a window of recent tokens in 16"],
    ),
    "2504.19874": ("turboquant", [], ["no quality loss at 3.5 bits a KV element (authors)"], [
        "a KV-cache method; runtimes drop part of it, and their 3-bit variants lose quality",
    ]),
    "2408.11743": ("marlin", [], [
        "close to the ideal 3.87x of 4-bit weights up to batch 16 to 32 (A10); end to end up to "
        "2.8x in vLLM",
    ], ["why AWQ and GPTQ are fast in vLLM, and why the gain ends beyond batch 32"]),
    "2411.17525": ("higgs", ["linearity-theorem"], [], [
        "grids and rotations without calibration data; Transformers runs it",
    ]),
    "2310.10537": ("microscaling", ["mx", "mxfp"], [], [
        "defines MXFP8, MXFP6 and MXFP4: 32 values share a power-of-two scale",
    ]),
    "2209.05433": ("fp8-formats", ["fp8"], [], [
        "defines E4M3 and E5M2; weights and KV cache use E4M3",
    ]),
    "2412.19437": ("deepseek-v3", [], [], [
        "checkpoints in FP8 with a scale for every 128x128 tile: half the memory as published",
    ]),
    "2402.04396": ("quip-sharp", ["quip#"], [
        "2-bit Llama-2-7B at 176 tok/s against 57.7 in FP16 (RTX 6000 Ada, batch 1; repository)",
    ], ["2 bits that run fast; its codebooks led to llama.cpp's IQ types"]),
    "2406.11235": ("qtip", [], [
        "2-bit Llama-2-7B at 188 tok/s against 55.9 in FP16 (RTX 6000 Ada, batch 1; repository)",
    ], ["what EXL3 and ik_llama.cpp's KT types are built on"]),
    "2405.14852": ("pv-tuning", [], ["first Pareto-optimal 2-bit Llama-2"], [
        "better AQLM checkpoints at 1 to 2 bits; look for `-PV` in the name",
    ]),
    "2411.02355": ("bf16-or-death", ["give-me-bf16"], [
        "FP8 is lossless at all scales, INT8 loses 1 to 3 %, INT4 weight-only comes near INT8",
    ], [
        "W4A16 for one user or few, W8A8 (FP8 from Ada on) for many at once",
    ]),
    "2401.18079": ("kvquant", [], ["LLaMA-7B at one million tokens on one A100-80GB"], [
        "keys are better quantized before the position rotation",
    ]),
    "2502.11880": ("bitnet.cpp", ["bitnet-cpp"], [
        "1.37 to 5.07x on ARM and 2.37 to 6.17x on x86 CPUs (repository)",
    ], ["the kernels ternary models run on, CPUs first"]),
}  # fmt: skip
