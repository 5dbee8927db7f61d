"""The tensors themselves: names as llama.cpp has them, shapes, kinds, layers."""

from __future__ import annotations

import re
from collections import Counter

import gguf
import pytest

from fitcheck.catalog import load
from fitcheck.estimator.parameters import expert_share
from fitcheck.estimator.tensors import expand
from fitcheck.records.tensors import KINDS

# Names newer than the released `gguf` package knows, or that only this project's data has.
ARCHITECTURES = {name: key for key, name in gguf.MODEL_ARCH_NAMES.items()}


@pytest.fixture(scope="module")
def models():
    return load().models


def in_layer(layer, tensors):
    return {t.name: t for t in tensors if not t.layers or layer in t.layers}


def test_names_are_those_of_llama_cpp(models) -> None:
    unknown = Counter()
    checked = 0
    for model in models.all():
        architecture = model.architecture
        if architecture.gguf not in ARCHITECTURES:
            continue
        checked += 1
        key = ARCHITECTURES[architecture.gguf]
        known = {gguf.TENSOR_NAMES[kind] for kind in gguf.MODEL_TENSORS[key]}
        for tensor in expand(architecture):
            if tensor.gguf:
                name = "blk.{bid}." + tensor.name if tensor.layers else tensor.name
                name = re.sub(r"\.(weight|bias|scale)$", "", name)
                if name not in known:
                    unknown[architecture.gguf, name] += 1
    assert checked > 300
    assert unknown == {}


def test_every_tensor_is_whole(models) -> None:
    for model in models.all():
        tensors = expand(model.architecture)
        layers = model.architecture.layers + len(model.architecture.mtp_layout)
        for tensor in tensors:
            assert tensor.kind in KINDS
            assert all(width > 0 for width in tensor.shape)
            assert all(0 <= layer < layers for layer in tensor.layers)
            assert list(tensor.layers) == sorted(set(tensor.layers))
        for stored in ("gguf", "hf"):
            names = [
                (tensor.name, layer)
                for tensor in tensors
                if getattr(tensor, stored)
                for layer in tensor.layers or (-1,)
            ]
            assert len(names) == len(set(names)), model.id


def test_experts_lie_in_layers_that_have_a_share(models) -> None:
    for model in models.all():
        share = expert_share(model.architecture)
        for tensor in expand(model.architecture):
            if tensor.kind == "expert":
                for experts, active in (share[layer] for layer in tensor.layers):
                    assert tensor.shape[-1] == experts
                    assert 0 < active <= experts


def test_shapes_of_a_plain_model(models) -> None:
    tensors = in_layer(31, expand(models.get("llama-3.1-8b").architecture))
    assert tensors["token_embd.weight"].shape == (4096, 128256)
    assert tensors["attn_k.weight"].shape == (4096, 1024)
    assert tensors["attn_k.weight"].layers == tuple(range(32))
    assert tensors["ffn_down.weight"].shape == (14336, 4096)
    assert tensors["rope_freqs.weight"].shape == (64,)
    assert not tensors["rope_freqs.weight"].hf


def test_shapes_of_latent_attention(models) -> None:
    tensors = in_layer(3, expand(models.get("deepseek-v3").architecture))
    assert tensors["attn_kv_a_mqa.weight"].shape == (7168, 576)
    assert tensors["attn_k_b.weight"].shape == (128, 512, 128)
    assert tensors["ffn_gate_exps.weight"].shape == (7168, 2048, 256)
    assert "ffn_gate.weight" not in tensors


def test_rows_no_token_uses_are_left_out_of_gguf(models) -> None:
    tables = [t for t in expand(models.get("gemma-3-27b").architecture) if t.kind == "embedding"]
    assert [(t.shape[1], t.gguf, t.hf) for t in tables] == [
        (262144, True, False),
        (262208, False, True),
    ]
