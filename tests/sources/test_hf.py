"""Configurations, safetensors headers and quantization settings."""

from __future__ import annotations

import json
import struct
import time
import tracemalloc
from collections import Counter

import pytest
from configs import CONFIGS
from hypothesis import given, settings
from hypothesis import strategies as st

from fitcheck import catalog
from fitcheck.errors import SourceError
from fitcheck.estimator.parameters import total_parameters
from fitcheck.estimator.tensors import expand
from fitcheck.sources import open_model
from fitcheck.sources.hf.folder import index_files, model_of
from fitcheck.sources.hf.quantization import quantization
from fitcheck.sources.hf.safetensors import DTYPES, read_shard
from fitcheck.sources.hf.stored import kind_of
from fitcheck.sources.ranges import BytesRanges

TOWERS = ("mtp", "vision", "audio")


@pytest.mark.parametrize("name", CONFIGS)
def test_a_configuration_describes_the_catalogues_model(name) -> None:
    model = catalog.load().models.resolve(name)
    read = model_of(dict(CONFIGS[name]), [], name=name, file="config.json")
    ours, theirs = read.architecture, model.architecture
    assert ours.gguf == theirs.gguf
    assert _shapes(ours) == _shapes(theirs)
    assert _windows(ours) == _windows(theirs)
    assert read.max_context == model.max_context
    if "num_nextn_predict_layers" in CONFIGS[name]:
        assert len(ours.mtp_layout) == len(theirs.mtp_layout)


def _shapes(architecture):
    return {(t.name, t.shape) for t in expand(architecture) if t.hf and t.kind not in TOWERS}


def _windows(architecture):
    return [getattr(m, "window", 0) for block in architecture.layer_blocks() for m in block.mixers]


SMALL = {
    "model_type": "llama", "hidden_size": 256, "intermediate_size": 512, "num_attention_heads": 4,
    "num_key_value_heads": 2, "num_hidden_layers": 2, "vocab_size": 1000,
    "max_position_embeddings": 4096, "tie_word_embeddings": False,
}  # fmt: skip
LINEAR = {
    "self_attn.q_proj": (256, 256), "self_attn.k_proj": (128, 256), "self_attn.v_proj": (128, 256),
    "self_attn.o_proj": (256, 256), "mlp.gate_proj": (512, 256), "mlp.up_proj": (512, 256),
    "mlp.down_proj": (256, 512),
}  # fmt: skip


def gptq(out, width):
    return {
        "qweight": ("I32", (width // 8, out)), "qzeros": ("I32", (width // 128, out // 8)),
        "scales": ("F16", (width // 128, out)), "g_idx": ("I32", (width,)),
    }  # fmt: skip


def awq(out, width):
    return {
        "qweight": ("I32", (width, out // 8)), "qzeros": ("I32", (width // 128, out // 8)),
        "scales": ("F16", (width // 128, out)),
    }  # fmt: skip


def bnb(out, width):
    return {
        "weight": ("U8", (out * width // 2, 1)), "weight.absmax": ("F32", (out * width // 64,)),
        "weight.quant_map": ("F32", (16,)),
        "weight.quant_state.bitsandbytes__nf4": ("U8", (100,)),
    }  # fmt: skip


def fp8(out, width):
    return {
        "weight": ("F8_E4M3", (out, width)),
        "weight_scale_inv": ("F32", (-(-out // 128), -(-width // 128))),
    }


def packed(out, width):
    return {
        "weight_packed": ("I32", (out, width // 8)), "weight_scale": ("BF16", (out, width // 128)),
        "weight_shape": ("I64", (2,)),
    }  # fmt: skip


def nvfp4(out, width):
    return {
        "weight": ("U8", (out, width // 2)), "weight_scale": ("F8_E4M3", (out, width // 16)),
        "weight_scale_2": ("F32", ()), "input_scale": ("F32", ()),
    }  # fmt: skip


def mlx(out, width):
    return {
        "weight": ("U32", (out, width // 8)), "scales": ("BF16", (out, width // 64)),
        "biases": ("BF16", (out, width // 64)),
    }  # fmt: skip


def exl2(out, width):
    return {
        "q_weight": ("I32", (width * 5 // 32, out)), "q_scale": ("I32", (width // 32, out // 8)),
        "q_scale_max": ("F16", (width // 32,)), "q_groups": ("I16", (width // 16,)),
        "q_invperm": ("I32", (width,)),
    }  # fmt: skip


def exl3(out, width):
    return {
        "trellis": ("I16", (width // 16, out // 16, 64)), "suh": ("F16", (width,)),
        "svh": ("F16", (out,)),
    }  # fmt: skip


def plain(out, width):
    return {"weight": ("BF16", (out, width))}


WAYS = {
    "bf16": (plain, None),
    "gptq-4bit-g128": (gptq, {"quant_method": "gptq", "bits": 4, "group_size": 128}),
    "awq-4bit-g128": (awq, {"quant_method": "awq", "bits": 4, "group_size": 128}),
    "nf4": (bnb, {"quant_method": "bitsandbytes", "load_in_4bit": True,
                  "bnb_4bit_quant_type": "nf4"}),
    "fp8-block128": (fp8, {"quant_method": "fp8", "weight_block_size": [128, 128]}),
    "w4a16-g128": (packed, {"quant_method": "compressed-tensors", "format": "pack-quantized",
                            "config_groups": {"group_0": {"weights": {
                                "num_bits": 4, "type": "int", "group_size": 128}}}}),
    "nvfp4": (nvfp4, {"quant_method": "modelopt", "quant_algo": "NVFP4"}),
    "mlx-4bit-g64": (mlx, {"group_size": 64, "bits": 4, "mode": "affine"}),
    "exl2-5.0bpw": (exl2, {"quant_method": "exl2", "bits": 5.0}),
    "exl3-4.0bpw": (exl3, {"quant_method": "exl3", "bits": 4.0}),
}  # fmt: skip


def write_shard(path, tensors) -> None:
    entries, end = {}, 0
    for name, (dtype, shape) in tensors.items():
        size = DTYPES[dtype]
        for width in shape:
            size *= width
        entries[name] = {"dtype": dtype, "shape": shape, "data_offsets": [end, end + size // 8]}
        end += size // 8
    header = json.dumps({"__metadata__": {"format": "pt"}, **entries}).encode()
    with path.open("wb") as file:
        file.write(len(header).to_bytes(8, "little") + header)
        file.truncate(8 + len(header) + end)


def write_checkpoint(folder, way, settings_) -> None:
    folder.mkdir()
    config = dict(SMALL)
    if settings_:
        key = "quantization" if "mode" in settings_ else "quantization_config"
        config[key] = settings_
    (folder / "config.json").write_text(json.dumps(config), encoding="utf-8")
    tensors = {
        "model.embed_tokens.weight": ("BF16", (1000, 256)),
        "lm_head.weight": ("BF16", (1000, 256)),
        "model.norm.weight": ("BF16", (256,)),
    }
    for layer in range(2):
        prefix = f"model.layers.{layer}."
        tensors[f"{prefix}input_layernorm.weight"] = ("BF16", (256,))
        tensors[f"{prefix}post_attention_layernorm.weight"] = ("BF16", (256,))
        for name, shape in LINEAR.items():
            tensors |= {f"{prefix}{name}.{end}": item for end, item in way(*shape).items()}
    names = sorted(tensors)
    half = len(names) // 2
    places = {}
    for number, part in enumerate((names[:half], names[half:]), start=1):
        file = f"model-{number:05d}-of-00002.safetensors"
        write_shard(folder / file, {name: tensors[name] for name in part})
        places |= dict.fromkeys(part, file)
    index = folder / "model.safetensors.index.json"
    index.write_text(json.dumps({"weight_map": places}), encoding="utf-8")


@pytest.mark.parametrize("form", WAYS)
def test_a_checkpoint_is_counted_to_the_byte(tmp_path, form) -> None:
    way, settings_ = WAYS[form]
    folder = tmp_path / "Small-Model"
    write_checkpoint(folder, way, settings_)
    read = open_model(str(folder))
    loaded = catalog.load()
    assert read.stored_format == form
    assert loaded.formats.resolve(form)
    files = sum(path.stat().st_size for path in folder.glob("*.safetensors"))
    headers = sum(
        8 + int.from_bytes(path.read_bytes()[:8], "little") for path in folder.glob("*.safetensors")
    )
    assert sum(item.stored_bytes for item in read.stored) == files - headers
    parameters = sum(item.tensor.elements for item in read.stored)
    assert parameters == total_parameters(expand(read.architecture))
    known = {item.id for item in loaded.storage_types.all()}
    assert {item.storage for item in read.stored} <= known
    kinds = Counter()
    for item in read.stored:
        kinds[item.tensor.kind] += item.tensor.copies
    assert (kinds["embedding"], kinds["output"], kinds["norm"]) == (1, 1, 5)
    assert kinds["linear"] == 14
    assert {item.tensor.layers for item in read.stored} == {(), (0, 1)}
    assert read.id == "small-model"


def test_a_single_file_a_bare_configuration_and_a_file_of_gpt_oss(tmp_path) -> None:
    write_checkpoint(tmp_path / "m", plain, None)
    bare = open_model(str(tmp_path / "m" / "config.json"))
    assert (bare.stored, bare.architecture.layers) == ((), 2)
    (tmp_path / "m" / "config.json").rename(tmp_path / "m" / "other.json")
    alone = open_model(str(tmp_path / "m" / "model-00001-of-00002.safetensors"))
    assert alone.architecture is None
    assert "config.json" in alone.notes[0]
    shard = tmp_path / "experts.safetensors"
    write_shard(shard, {
        "model.layers.0.mlp.experts.gate_up_proj_blocks": ("U8", (4, 64, 8, 16)),
        "model.layers.0.mlp.experts.gate_up_proj_scales": ("U8", (4, 64, 8)),
    })  # fmt: skip
    (experts,) = open_model(str(shard)).stored
    assert experts.tensor.elements == 4 * 64 * 8 * 32
    assert experts.tensor.kind == "expert"


def test_folders_that_lack_something_say_what(tmp_path) -> None:
    with pytest.raises(SourceError, match="does not exist"):
        open_model(str(tmp_path / "nowhere"))
    (tmp_path / "empty").mkdir()
    with pytest.raises(SourceError, match="holds neither"):
        open_model(str(tmp_path / "empty"))
    write_checkpoint(tmp_path / "m", plain, None)
    (tmp_path / "m" / "model-00002-of-00002.safetensors").unlink()
    with pytest.raises(SourceError, match="lacks 1 of 2 weight files"):
        open_model(str(tmp_path / "m"))


@pytest.mark.parametrize(
    ("content", "sentence"),
    [
        (b"{", "not valid JSON"),
        (b"[" * 100_000, "not valid JSON"),
        (b"[]", "no JSON object"),
        (b"\xff\xfe", "not valid JSON"),
        (b"{}", "describes no model"),
        (b'{"hidden_size": 64}', "describes no model"),
        (b'{"hidden_size": -4, "num_hidden_layers": 2}', "describes no model"),
        (b'{"hidden_size": 64, "num_hidden_layers": 99999999}', "describes no model"),
        (b'{"hidden_size": 64, "num_hidden_layers": "many"}', "describes no model"),
        (b'{"hidden_size": 1e400, "num_hidden_layers": 2}', "describes no model"),
        (b'{"a": "' + b"x" * 5_000_000 + b'"}', "larger than 4 MiB"),
    ],
)
def test_a_broken_configuration_gets_its_sentence(tmp_path, content, sentence) -> None:
    (tmp_path / "config.json").write_bytes(content)
    with pytest.raises(SourceError, match=sentence):
        open_model(str(tmp_path / "config.json"))


def test_an_unknown_model_type_is_read_as_like_llama_and_says_so() -> None:
    read = model_of({**SMALL, "model_type": "new\x1b[31mkind"}, [], name="m", file="config.json")
    assert read.architecture.layers == 2
    assert read.confidence == "low"
    assert "read as a Llama-like decoder" in read.notes[0]
    assert read.notes[0].isprintable()


def entry(dtype="F32", shape=(2,), offsets=(0, 8)):
    return {"dtype": dtype, "shape": shape, "data_offsets": offsets}


@pytest.mark.parametrize(
    "header",
    [
        b"nonsense", b"[1]", b'"x"', b"[" * 100_000, b'{"a": 1}', b'{"a": {}}',
        json.dumps({"a": entry(dtype="X9")}).encode(),
        json.dumps({"a": entry(dtype=7)}).encode(),
        json.dumps({"a": entry(shape=[-2])}).encode(),
        json.dumps({"a": entry(shape="2")}).encode(),
        json.dumps({"a": entry(shape=[2**62, 2**62])}).encode(),
        json.dumps({"a": entry(shape=[2] * 20)}).encode(),
        json.dumps({"a": entry(offsets=[8, 0])}).encode(),
        json.dumps({"a": entry(offsets=[0])}).encode(),
        json.dumps({"a": entry(offsets=[0, 9])}).encode(),
        json.dumps({"a": entry(offsets=[True, 8])}).encode(),
        json.dumps({"a": entry(), "b": entry()}).encode(),
        json.dumps({"a": entry(), "b": entry(offsets=[4, 12])}).encode(),
        json.dumps({"a": entry(), "b": entry(offsets=[16, 24])}).encode(),
        b'{"a": {"dtype":"F32","shape":[2],"data_offsets":[0,8]}, "a": 1}',
    ],
)  # fmt: skip
def test_a_broken_safetensors_header_gets_its_sentence(header) -> None:
    content = struct.pack("<Q", len(header)) + header + bytes(64)
    start = time.process_time()
    with pytest.raises(SourceError) as caught:
        read_shard(BytesRanges(content, "m.safetensors"))
    assert time.process_time() - start < 5
    assert caught.value.message.isprintable()


@pytest.mark.parametrize("content", [b"", b"123", struct.pack("<Q", 2**63), struct.pack("<Q", 100)])
def test_a_safetensors_file_cut_short_gets_its_sentence(content) -> None:
    with pytest.raises(SourceError, match=r"too short|claims a header|ends inside"):
        read_shard(BytesRanges(content, "m.safetensors"))


JSON = st.recursive(
    st.none() | st.booleans() | st.integers(-5, 2**70) | st.floats() | st.text(max_size=9),
    lambda inner: (
        st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=9), inner, max_size=3)
    ),
    max_leaves=8,
)


@settings(max_examples=200, deadline=1000)
@given(st.dictionaries(st.sampled_from([
    "model_type", "hidden_size", "num_hidden_layers", "num_attention_heads", "vocab_size",
    "num_key_value_heads", "intermediate_size", "layer_types", "sliding_window", "text_config",
    "num_experts", "num_experts_per_tok", "kv_lora_rank", "quantization_config", "head_dim",
    "max_position_embeddings", "linear_attn_config", "hybrid_override_pattern", "torch_dtype",
    "mlp_layer_types", "quantization", "tie_word_embeddings",
]), JSON))  # fmt: skip
def test_no_configuration_crashes_the_reader(changes) -> None:
    try:
        told = model_of({**SMALL, **changes}, [], name="m", file="config.json").notes
    except SourceError as error:
        told = (error.message, error.hint)
    assert all(sentence.isprintable() for sentence in told)


@given(JSON)
@settings(max_examples=100)
def test_no_quantization_settings_crash_the_reader(found) -> None:
    formats = catalog.load().formats
    for method in ("gptq", "awq", "compressed-tensors", "fp8", "hqq", "exl2", "exl3", "modelopt",
                   "bitsandbytes", "torchao", "?"):  # fmt: skip
        settings_ = dict(found) if isinstance(found, dict) else {"bits": found, "group_size": found}
        named = quantization({"quantization_config": {**settings_, "quant_method": method}})
        assert formats.resolve(named.format_id)


KINDS = {
    "model.embed_tokens.weight": "embedding",
    "language_model.model.embed_tokens.weight": "embedding",
    "transformer.wte.weight": "embedding",
    "transformer.word_embeddings.weight": "embedding",
    "backbone.embeddings.weight": "embedding",
    "gpt_neox.embed_in.weight": "embedding",
    "tok_embeddings.weight": "embedding",
    "wpe.weight": "lookup",
    "model.language_model.embed_tokens_per_layer.weight": "lookup",
    "lm_head.weight": "output",
    "language_model.lm_head.weight": "output",
    "embed_out.weight": "output",
    "output.weight": "output",
    "model.norm.weight": "norm",
    "model.layers.0.input_layernorm.weight": "norm",
    "model.layers.0.self_attn.q_norm.weight": "norm",
    "h.0.ln_1.weight": "norm",
    "model.layers.0.self_attn.q_proj.weight": "linear",
    "model.layers.0.self_attn.q_proj.bias": "bias",
    "model.layers.0.self_attn.sinks": "bias",
    "model.layers.0.mlp.gate_proj.weight": "linear",
    "model.layers.0.mlp.gate.weight": "router",
    "model.layers.0.mlp.gate.e_score_correction_bias": "router",
    "model.layers.0.mlp.router.weight": "router",
    "model.layers.0.mlp.router.bias": "router",
    "model.layers.0.block_sparse_moe.gate.weight": "router",
    "model.layers.0.block_sparse_moe.router.layer.weight": "router",
    "model.layers.0.feed_forward.router.weight": "router",
    "model.layers.0.mlp.shared_expert_gate.weight": "router",
    "model.layers.0.mlp.experts.7.gate_proj.weight": "expert",
    "model.layers.0.block_sparse_moe.experts.7.w1.weight": "expert",
    "model.layers.0.mlp.experts.gate_up_proj": "expert",
    "model.layers.0.block_sparse_moe.input_linear.weight": "expert",
    "backbone.layers.1.mixer.experts.3.up_proj.weight": "expert",
    "model.layers.0.mlp.shared_expert.up_proj.weight": "shared_expert",
    "model.layers.0.mlp.shared_experts.up_proj.weight": "shared_expert",
    "model.layers.0.shared_mlp.input_linear.weight": "shared_expert",
    "backbone.layers.0.mixer.A_log": "state",
    "backbone.layers.0.mixer.D": "state",
    "model.layers.0.linear_attn.dt_bias": "state",
    "model.layers.0.linear_attn.conv1d.weight": "conv",
    "model.layers.0.conv.conv.weight": "conv",
    "backbone.layers.0.mixer.in_proj.weight": "linear",
    "vision_tower.vision_model.encoder.layers.0.mlp.fc1.weight": "vision",
    "model.visual.blocks.0.attn.qkv.weight": "vision",
    "multi_modal_projector.linear_1.weight": "vision",
    "model.vision_tower.patch_embed.weight": "vision",
    "model.audio_tower.conformer.0.weight": "audio",
    "mtp.layers.0.self_attn.q_proj.weight": "mtp",
}


@pytest.mark.parametrize("name", KINDS)
def test_what_a_tensor_of_a_checkpoint_is_for(name) -> None:
    assert kind_of(name, (8, 8) if name.endswith("weight") and "norm" not in name else (8,),
                   mtp=False) == KINDS[name]  # fmt: skip
    assert kind_of(name, (8, 8), mtp=True) == "mtp"


RICH = {
    "empty objects": b"{" + b",".join(b'"%06x":{}' % i for i in range(700_000)) + b"}",
    "empty lists": b'{"a":[' + b",".join([b"[]"] * 2_500_000) + b"]}",
    "numbers": b'{"a":[' + b",".join([b"999"] * 1_400_000) + b"]}",
}


@pytest.mark.parametrize("name", RICH)
def test_json_that_would_fill_the_memory_is_refused(name) -> None:
    content = RICH[name][: 8 * 2**20]
    header = struct.pack("<Q", len(content)) + content
    tracemalloc.start()
    with pytest.raises(SourceError):
        read_shard(BytesRanges(header, "m.safetensors"))
    assert tracemalloc.get_traced_memory()[1] < 120 * 2**20
    tracemalloc.stop()


OUTSIDE = b'{"weight_map": {"a": "../x.safetensors"}}'


@pytest.mark.parametrize("content", [b"", b"{}", b"[]", OUTSIDE, b'{"weight_map": {"a": 7}}'])
def test_a_broken_index_gets_its_sentence(content) -> None:
    with pytest.raises(SourceError, match="not an index"):
        index_files(content, "model.safetensors.index.json")
