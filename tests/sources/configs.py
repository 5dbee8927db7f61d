"""The counts in the published `config.json` of some models, by the catalogue's name.

Copied from https://huggingface.co/<repository>/raw/main/config.json; keys without a count that
matters here are left out.
"""

from __future__ import annotations

from typing import Any

CONFIGS: dict[str, dict[str, Any]] = {
    "llama-3.1-8b": {
        "model_type": "llama", "hidden_size": 4096, "intermediate_size": 14336,
        "num_attention_heads": 32, "num_hidden_layers": 32, "num_key_value_heads": 8,
        "vocab_size": 128256, "max_position_embeddings": 131072, "attention_bias": False,
        "mlp_bias": False, "tie_word_embeddings": False, "torch_dtype": "bfloat16",
        "rope_scaling": {"factor": 8.0, "rope_type": "llama3"},
    },
    "qwen2.5-0.5b": {
        "model_type": "qwen2", "hidden_size": 896, "intermediate_size": 4864,
        "num_attention_heads": 14, "num_hidden_layers": 24, "num_key_value_heads": 2,
        "vocab_size": 151936, "max_position_embeddings": 32768, "tie_word_embeddings": True,
        "sliding_window": 32768, "use_sliding_window": False, "max_window_layers": 24,
    },
    "qwen3-30b-a3b": {
        "model_type": "qwen3_moe", "hidden_size": 2048, "intermediate_size": 6144, "head_dim": 128,
        "moe_intermediate_size": 768, "num_experts": 128, "num_experts_per_tok": 8,
        "num_attention_heads": 32, "num_hidden_layers": 48, "num_key_value_heads": 4,
        "decoder_sparse_step": 1, "mlp_only_layers": [], "vocab_size": 151936,
        "max_position_embeddings": 40960, "tie_word_embeddings": False, "sliding_window": None,
    },
    "deepseek-v3": {
        "model_type": "deepseek_v3", "hidden_size": 7168, "intermediate_size": 18432,
        "moe_intermediate_size": 2048, "n_routed_experts": 256, "n_shared_experts": 1,
        "num_experts_per_tok": 8, "first_k_dense_replace": 3, "moe_layer_freq": 1,
        "num_attention_heads": 128, "num_hidden_layers": 61, "num_key_value_heads": 128,
        "kv_lora_rank": 512, "q_lora_rank": 1536, "qk_nope_head_dim": 128, "qk_rope_head_dim": 64,
        "v_head_dim": 128, "vocab_size": 129280, "max_position_embeddings": 163840,
        "num_nextn_predict_layers": 1, "tie_word_embeddings": False,
        "quantization_config": {"quant_method": "fp8", "weight_block_size": [128, 128]},
    },
    "gemma-3-12b": {
        "model_type": "gemma3",
        "text_config": {
            "model_type": "gemma3_text", "hidden_size": 3840, "intermediate_size": 15360,
            "num_attention_heads": 16, "num_hidden_layers": 48, "num_key_value_heads": 8,
            "head_dim": 256, "sliding_window": 1024, "vocab_size": 262208,
            "max_position_embeddings": 131072,
        },
        "vision_config": {"hidden_size": 1152},
    },
    "gpt-oss-20b": {
        "model_type": "gpt_oss", "hidden_size": 2880, "intermediate_size": 2880, "head_dim": 64,
        "num_local_experts": 32, "num_experts_per_tok": 4, "experts_per_token": 4,
        "num_attention_heads": 64, "num_hidden_layers": 24, "num_key_value_heads": 8,
        "sliding_window": 128, "attention_bias": True, "vocab_size": 201088,
        "layer_types": ["sliding_attention", "full_attention"] * 12,
        "max_position_embeddings": 131072, "tie_word_embeddings": False,
        "quantization_config": {"quant_method": "mxfp4", "modules_to_not_convert": []},
    },
    "qwen3-next-80b-a3b": {
        "model_type": "qwen3_next", "hidden_size": 2048, "intermediate_size": 5120,
        "head_dim": 256, "num_attention_heads": 16, "num_key_value_heads": 2,
        "num_hidden_layers": 48, "full_attention_interval": 4, "linear_conv_kernel_dim": 4,
        "linear_key_head_dim": 128, "linear_num_key_heads": 16, "linear_num_value_heads": 32,
        "linear_value_head_dim": 128, "moe_intermediate_size": 512, "num_experts": 512,
        "num_experts_per_tok": 10, "shared_expert_intermediate_size": 512,
        "decoder_sparse_step": 1, "mlp_only_layers": [], "vocab_size": 151936,
        "max_position_embeddings": 262144, "tie_word_embeddings": False,
    },
    "jamba-1.5-mini": {
        "model_type": "jamba", "hidden_size": 4096, "intermediate_size": 14336,
        "num_attention_heads": 32, "num_hidden_layers": 32, "num_key_value_heads": 8,
        "num_experts": 16, "num_experts_per_tok": 2, "expert_layer_period": 2,
        "expert_layer_offset": 1, "attn_layer_period": 8, "attn_layer_offset": 4,
        "mamba_d_state": 16, "mamba_d_conv": 4, "mamba_expand": 2, "mamba_dt_rank": 256,
        "mamba_conv_bias": True, "mamba_proj_bias": False, "vocab_size": 65536,
        "max_position_embeddings": 262144, "tie_word_embeddings": False,
    },
    "mixtral-8x7b": {
        "model_type": "mixtral", "hidden_size": 4096, "intermediate_size": 14336,
        "num_attention_heads": 32, "num_hidden_layers": 32, "num_key_value_heads": 8,
        "num_local_experts": 8, "num_experts_per_tok": 2, "sliding_window": None,
        "vocab_size": 32000, "max_position_embeddings": 32768, "tie_word_embeddings": False,
    },
    "glm-4.5-air": {
        "model_type": "glm4_moe", "hidden_size": 4096, "intermediate_size": 10944, "head_dim": 128,
        "moe_intermediate_size": 1408, "n_routed_experts": 128, "n_shared_experts": 1,
        "num_experts_per_tok": 8, "first_k_dense_replace": 1, "attention_bias": True,
        "use_qk_norm": False, "num_attention_heads": 96, "num_hidden_layers": 46,
        "num_key_value_heads": 8, "num_nextn_predict_layers": 1, "vocab_size": 151552,
        "max_position_embeddings": 131072, "tie_word_embeddings": False,
    },
    "llama-4-scout": {
        "model_type": "llama4",
        "text_config": {
            "model_type": "llama4_text", "hidden_size": 5120, "intermediate_size": 8192,
            "intermediate_size_mlp": 16384, "num_attention_heads": 40, "num_hidden_layers": 48,
            "num_key_value_heads": 8, "head_dim": 128, "num_local_experts": 16,
            "num_experts_per_tok": 1, "interleave_moe_layer_step": 1, "use_qk_norm": True,
            "attention_chunk_size": 8192, "vocab_size": 202048,
            "rope_scaling": {"rope_type": "llama3"}, "tie_word_embeddings": False,
            "max_position_embeddings": 10485760,
        },
        "vision_config": {"hidden_size": 1408},
    },
    "lfm2-1.2b": {
        "model_type": "lfm2", "hidden_size": 2048, "block_dim": 2048, "block_ff_dim": 12288,
        "intermediate_size": 12288, "block_auto_adjust_ff_dim": True, "block_multiple_of": 256,
        "block_ffn_dim_multiplier": 1.0, "conv_L_cache": 3, "conv_bias": False,
        "full_attn_idxs": [2, 5, 8, 10, 12, 14], "num_attention_heads": 32,
        "num_hidden_layers": 16, "num_key_value_heads": 8, "vocab_size": 65536,
        "max_position_embeddings": 128000,
    },
    "kimi-linear-48b-a3b": {
        "model_type": "kimi_linear", "hidden_size": 2304, "intermediate_size": 9216,
        "moe_intermediate_size": 1024, "num_experts": 256, "num_experts_per_token": 8,
        "num_shared_experts": 1, "first_k_dense_replace": 1, "moe_layer_freq": 1,
        "num_attention_heads": 32, "num_hidden_layers": 27, "num_key_value_heads": 32,
        "kv_lora_rank": 512, "q_lora_rank": None, "qk_nope_head_dim": 128, "qk_rope_head_dim": 64,
        "v_head_dim": 128, "head_dim": 72, "vocab_size": 163840, "model_max_length": 1048576,
        "linear_attn_config": {
            "full_attn_layers": [4, 8, 12, 16, 20, 24, 27], "head_dim": 128, "num_heads": 32,
            "kda_layers": [1, 2, 3], "short_conv_kernel_size": 4,
        },
        "tie_word_embeddings": False,
    },
    "nemotron-nano-9b-v2": {
        "model_type": "nemotron_h", "hidden_size": 4480, "intermediate_size": 15680,
        "hybrid_override_pattern": "M-M-M-MM-M-M-M*-M-M-M*-M-M-M-M*-M-M-M-M*-M-MM-M-M-M-M-M-",
        "head_dim": 128, "attention_head_dim": 128, "num_attention_heads": 40,
        "num_hidden_layers": 56, "num_key_value_heads": 8, "mamba_head_dim": 80,
        "mamba_num_heads": 128, "n_groups": 8, "ssm_state_size": 128, "conv_kernel": 4,
        "expand": 2, "use_conv_bias": True, "vocab_size": 131072,
        "max_position_embeddings": 131072, "tie_word_embeddings": False,
    },
    "mamba-1.4b": {
        "model_type": "mamba", "hidden_size": 2048, "num_hidden_layers": 48, "state_size": 16,
        "conv_kernel": 4, "expand": 2, "intermediate_size": 4096, "time_step_rank": 128,
        "use_conv_bias": True, "use_bias": False, "vocab_size": 50280,
    },
    "gpt2": {
        "model_type": "gpt2", "n_embd": 768, "n_head": 12, "n_layer": 12, "n_positions": 1024,
        "n_ctx": 1024, "vocab_size": 50257,
    },
    "gemma-2-9b": {
        "model_type": "gemma2", "hidden_size": 3584, "intermediate_size": 14336, "head_dim": 256,
        "num_attention_heads": 16, "num_hidden_layers": 42, "num_key_value_heads": 8,
        "sliding_window": 4096, "vocab_size": 256000, "max_position_embeddings": 8192,
    },
    "mistral-7b-v0.1": {
        "model_type": "mistral", "hidden_size": 4096, "intermediate_size": 14336,
        "num_attention_heads": 32, "num_hidden_layers": 32, "num_key_value_heads": 8,
        "sliding_window": 4096, "vocab_size": 32000, "max_position_embeddings": 32768,
        "tie_word_embeddings": False,
    },
    "phi-3-mini-128k": {
        "model_type": "phi3", "hidden_size": 3072, "intermediate_size": 8192,
        "num_attention_heads": 32, "num_hidden_layers": 32, "num_key_value_heads": 32,
        "sliding_window": 262144, "vocab_size": 32064, "max_position_embeddings": 131072,
        "rope_scaling": {"type": "longrope"},
        "tie_word_embeddings": False,
    },
    "starcoder2-3b": {
        "model_type": "starcoder2", "hidden_size": 3072, "intermediate_size": 12288,
        "num_attention_heads": 24, "num_hidden_layers": 30, "num_key_value_heads": 2,
        "sliding_window": 4096, "use_bias": True, "vocab_size": 49152,
        "max_position_embeddings": 16384,
    },
    "granite-3.3-8b": {
        "model_type": "granite", "hidden_size": 4096, "intermediate_size": 12800,
        "num_attention_heads": 32, "num_hidden_layers": 40, "num_key_value_heads": 8,
        "attention_bias": False, "mlp_bias": False, "vocab_size": 49159,
        "max_position_embeddings": 131072, "tie_word_embeddings": True,
    },
    "command-r-35b": {
        "model_type": "cohere", "hidden_size": 8192, "intermediate_size": 22528,
        "num_attention_heads": 64, "num_hidden_layers": 40, "num_key_value_heads": 64,
        "use_qk_norm": False, "vocab_size": 256000, "max_position_embeddings": 8192,
        "model_max_length": 131072,
    },
    "minimax-m2": {
        "model_type": "minimax_m2", "hidden_size": 3072, "intermediate_size": 1536,
        "head_dim": 128, "num_attention_heads": 48, "num_hidden_layers": 62,
        "num_key_value_heads": 8, "num_local_experts": 256, "num_experts_per_tok": 8,
        "shared_intermediate_size": 0, "attn_type_list": [1] * 62, "use_qk_norm": True,
        "vocab_size": 200064, "max_position_embeddings": 196608, "tie_word_embeddings": False,
    },
}  # fmt: skip
