"""The layer parts an architecture is composed of: mixers (attention and rivals), feed-forwards.

Every part is plain data. What a part means is told elsewhere, one rule a file: its weight tensors
in `estimator/tensors/`, its cache and state in `estimator/kv_cache/`, its working memory in
`estimator/buffers/`. Widths count elements, windows count tokens. The same classes check the
authoring tables (`schema/`), so a field's default here is its default in `data/models/`.
"""

from __future__ import annotations

from fitcheck.records.record import record


@record
class ExtraTensor:
    """A weight tensor that no part names, written out in the data (per-layer embeddings, gates …).

    `name` is the GGUF name without layer prefix and `.weight`/`.bias` included; `shape` is in GGUF
    order (row length first). `kind` is one of `records.tensors.KINDS`. Where llama.cpp does not
    store the tensor, `gguf` is false; where the Hugging Face checkpoint does not, `hf` is false.
    """

    name: str
    shape: tuple[int, ...]
    kind: str = "linear"
    gguf: bool = True
    hf: bool = True


@record
class Attention:
    """Softmax attention with cached keys and values: MHA, GQA (kv_heads < heads), MQA (1).

    `window` > 0 limits the cache to the last tokens (SWA); `chunked` marks Llama-4's chunks.
    `bias` names the projections with a bias by letter, of `qkvo`. `qk_norm` is "" (none), "head"
    (one vector of head_dim each), "full" (a vector over all heads) or "per_head" (a head_dim vector
    for each head). `gate` is "" (none), "fused" (the query projection is twice as wide) or
    "head" (one gate a head) or "full" (a separate projection as wide as the queries).
    `shares_kv`: reads the cache of an earlier layer and has no K and V of its own.
    `key_is_value`: the value is the key, no V projection (a V cache is still kept).
    `input_width` is the width of the layer's input where it is not the hidden size.
    """

    heads: int
    kv_heads: int
    head_dim: int
    value_dim: int = 0  # 0: as head_dim
    window: int = 0
    chunked: bool = False
    bias: str = ""
    qk_norm: str = ""
    gate: str = ""
    sinks: bool = False
    fused_qkv: bool = False
    shares_kv: bool = False
    key_is_value: bool = False
    input_width: int = 0
    kind: str = "attention"


@record
class LatentAttention:
    """Multi-head latent attention (MLA): one compressed latent of kv_rank plus rope_dim a token.

    `q_rank` 0: queries are projected directly. `window` as in `Attention`. With `indexer_heads`
    > 0 a DSA indexer caches indexer_dim more a token and picks indexer_topk tokens; indexer_topk
    without indexer_heads follows the choice of an earlier layer. `absorbed` false: llama.cpp caches
    K and V decompressed for this architecture (MiniCPM3). Source: DeepSeek-V2, https://arxiv.org/abs/2405.04434
    """

    heads: int
    kv_rank: int
    nope_dim: int
    rope_dim: int = 0
    value_dim: int
    q_rank: int = 0
    window: int = 0
    bias: str = ""
    indexer_heads: int = 0
    indexer_dim: int = 0
    indexer_topk: int = 0
    gate: str = ""
    absorbed: bool = True
    kind: str = "mla"


@record
class Mamba1:
    """Selective state space of Mamba: state × inner f32 values a sequence.

    `inner_norms`: Jamba's RMS norms on dt, B and C. Source: https://arxiv.org/abs/2312.00752
    """

    inner: int
    state: int
    conv: int
    dt_rank: int
    inner_norms: bool = False
    conv_bias: bool = True
    projection_bias: bool = False
    kind: str = "mamba1"


@record
class Mamba2:
    """State space duality of Mamba-2: heads share a scalar decay; groups share B and C.

    Source: https://arxiv.org/abs/2405.21060
    """

    inner: int
    state: int
    conv: int
    heads: int
    groups: int
    conv_bias: bool = True
    projection_bias: bool = False
    norm: bool = True
    kind: str = "mamba2"


@record
class GatedDeltaNet:
    """Gated delta rule (Qwen3-Next, Qwen3.5): a key_dim × value_dim matrix a value head.

    `split`: input projections stored apart (Qwen3.5) instead of fused (Qwen3-Next).
    Source: https://arxiv.org/abs/2412.06464
    """

    key_heads: int
    value_heads: int
    key_dim: int
    value_dim: int
    conv: int
    split: bool = False
    kind: str = "gated_delta_net"


@record
class KimiDelta:
    """Kimi delta attention: the gated delta rule with a decay for every channel.

    Decay and output gate are maps of rank head_dim unless `full_decay` or `full_gate`.
    Source: https://arxiv.org/abs/2510.26692
    """

    heads: int
    head_dim: int
    conv: int
    full_decay: bool = False
    full_gate: bool = False
    kind: str = "kimi_delta"


@record
class Rwkv7:
    """RWKV-7 time mixing: a head_dim × head_dim matrix a head, plus two shifted tokens.

    The four ranks are those of the low-rank maps of decay, learning rate, value and gate; the
    first layer has no value of an earlier one to mix with (rank 0).
    Source: https://arxiv.org/abs/2503.14456
    """

    head_dim: int
    decay_rank: int
    iclr_rank: int
    gate_rank: int
    value_rank: int = 0
    kind: str = "rwkv7"


@record
class ShortConv:
    """Gated short convolution of LFM2: (kernel - 1) × hidden values a sequence."""

    kernel: int
    bias: bool = False
    kind: str = "short_conv"


@record
class RgLru:
    """Real-gated linear recurrent unit of Griffin. Source: https://arxiv.org/abs/2402.19427."""

    width: int
    conv: int
    heads: int
    kind: str = "rg_lru"


@record
class LightningAttention:
    """Linear attention with a head_dim × head_dim state a head (MiniMax-Text-01, Ling 2.5)."""

    heads: int
    head_dim: int
    kind: str = "lightning"


@record
class CustomMixer:
    """A mixer no rule names: its tensors and its cache written out in the data.

    The cache holds key_width + value_width elements for every `tokens_per_entry` tokens, the last
    `window` tokens only if that is set, plus state_elements f32 values a sequence.
    """

    tensors: tuple[ExtraTensor, ...] = ()
    key_width: int = 0
    value_width: int = 0
    tokens_per_entry: int = 1
    window: int = 0
    state_elements: int = 0
    label: str = ""
    kind: str = "custom"


Mixer = (
    Attention
    | LatentAttention
    | Mamba1
    | Mamba2
    | GatedDeltaNet
    | KimiDelta
    | Rwkv7
    | ShortConv
    | RgLru
    | LightningAttention
    | CustomMixer
)


@record
class FeedForward:
    """A dense feed-forward: up and down, and a gate if `gated`; `fused`: gate and up in one.

    `channel_mix`: RWKV's, which mixes in the token before.
    """

    size: int
    gated: bool = True
    bias: bool = False
    fused: bool = False
    channel_mix: bool = False
    kind: str = "dense"


@record
class MixtureOfExperts:
    """Routed experts of which `active` run for a token, and shared ones that always run.

    `shared_size` is the width of all shared experts together. `shared_gate`: a sigmoid gate on
    them. `router_bias`: a bias vector of one value an expert. `bias`: biases in the experts.
    `latent` > 0: experts work on a narrower input, with projections down and up (and a norm if
    `latent_norm`). `fused`: gate and up in one tensor. `zero_experts`: outputs of the router that
    stand for no expert. `own_router`: the router is written out beside this part.
    """

    experts: int
    active: int
    size: int
    gated: bool = True
    bias: bool = False
    shared_size: int = 0
    shared_gated: bool = True
    shared_gate: bool = False
    router_bias: bool = False
    latent: int = 0
    latent_norm: bool = False
    fused: bool = False
    zero_experts: int = 0
    own_router: bool = False
    kind: str = "moe"


PARTS: dict[str, type] = {
    "attention": Attention,
    "mla": LatentAttention,
    "mamba1": Mamba1,
    "mamba2": Mamba2,
    "gated_delta_net": GatedDeltaNet,
    "kimi_delta": KimiDelta,
    "rwkv7": Rwkv7,
    "short_conv": ShortConv,
    "rg_lru": RgLru,
    "lightning": LightningAttention,
    "custom": CustomMixer,
    "dense": FeedForward,
    "moe": MixtureOfExperts,
}
