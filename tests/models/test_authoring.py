"""A new model from YAML alone, and what the schema refuses."""

from __future__ import annotations

import pytest
import yaml
from pydantic import ValidationError

from fitcheck.estimator.parameters import active_parameters, total_parameters
from fitcheck.estimator.tensors import expand
from fitcheck.records.model import read_model
from fitcheck.schema.layout import read_layout
from fitcheck.schema.models import ModelRow

DENSE = """
id: new-dense
name: New Dense
family: new
max_context: 8192
architecture:
  gguf: llama
  hidden: 512
  vocabulary: 1000
  tied: true
  blocks:
    - name: layer
      mixers:
        - {kind: attention, heads: 8, kv_heads: 2, head_dim: 64}
      feed_forwards:
        - {kind: dense, size: 1536}
  layout: 4 layer
sources:
  - {title: made up for this test}
"""
EXPERTS = """
id: new-experts
name: New Experts
family: new
max_context: 8192
architecture:
  gguf: deepseek2
  hidden: 512
  vocabulary: 1000
  blocks:
    - name: dense
      mixers:
        - {kind: mla, heads: 8, q_rank: 96, kv_rank: 64, nope_dim: 32, rope_dim: 16, value_dim: 32}
      feed_forwards:
        - {kind: dense, size: 1536}
    - name: moe
      mixers:
        - {kind: mla, heads: 8, q_rank: 96, kv_rank: 64, nope_dim: 32, rope_dim: 16, value_dim: 32}
      feed_forwards:
        - {kind: moe, experts: 16, active: 2, size: 128, shared_size: 128, router_bias: true}
  layout: dense, 3 moe
sources:
  - {title: made up for this test}
"""
HYBRID = """
id: new-hybrid
name: New Hybrid
family: new
max_context: 8192
architecture:
  hidden: 512
  vocabulary: 1000
  blocks:
    - name: mamba
      mixers:
        - {kind: mamba2, inner: 1024, state: 64, conv: 4, heads: 16, groups: 1}
      feed_forwards:
        - {kind: dense, size: 1536}
    - name: window
      mixers:
        - {kind: attention, heads: 8, kv_heads: 2, head_dim: 64, window: 256}
      feed_forwards:
        - {kind: dense, size: 1536}
  layout: 2 (3 mamba, window), mamba
sources:
  - {title: made up for this test}
"""


def read(text: str):
    return read_model(ModelRow.model_validate(yaml.safe_load(text)).compile())


def test_a_dense_model_from_yaml_alone() -> None:
    model = read(DENSE)
    attention = 512 * (512 + 128 + 128) + 512 * 512
    layer = attention + 3 * 512 * 1536 + 2 * 512
    assert total_parameters(expand(model.architecture)) == 1000 * 512 + 4 * layer + 512


def test_a_mixture_of_experts_with_latent_attention_from_yaml_alone() -> None:
    model = read(EXPERTS)
    tensors = expand(model.architecture)
    latent = 512 * 96 + 96 + 96 * 8 * 48 + 512 * 80 + 64 + 64 * 8 * 64 + 8 * 32 * 512
    experts = 512 * 16 + 16 + 3 * 512 * 128 * 17
    dense = 3 * 512 * 1536
    total = 2 * 1000 * 512 + 512 + 4 * (latent + 2 * 512) + dense + 3 * experts
    assert total_parameters(tensors) == total
    idle = 3 * 3 * 512 * 128 * 14
    assert active_parameters(model.architecture, tensors) == total - idle


def test_a_hybrid_from_yaml_alone() -> None:
    model = read(HYBRID)
    kinds = [block.name for block in model.architecture.layer_blocks()]
    assert kinds == [*["mamba", "mamba", "mamba", "window"] * 2, "mamba"]
    projection = 512 * (2 * 1024 + 2 * 64 + 16)
    mamba = projection + (4 + 1) * (1024 + 128) + 3 * 16 + 1024 + 1024 * 512
    window = 512 * (512 + 128 + 128) + 512 * 512
    total = 2 * 1000 * 512 + 512 + 9 * (3 * 512 * 1536 + 2 * 512) + 7 * mamba + 2 * window
    assert total_parameters(expand(model.architecture)) == total


@pytest.mark.parametrize(
    ("layout", "layers"),
    [
        ("3 a, 58 b", [[3, [0]], [58, [1]]]),
        ("10 (5 a, b), 2 a", [[10, [0, 0, 0, 0, 0, 1]], [2, [0]]]),
        ("a", [[1, [0]]]),
    ],
)
def test_layouts(layout: str, layers: list[list[object]]) -> None:
    assert read_layout(layout, ("a", "b")) == layers


@pytest.mark.parametrize("layout", ["3 c", "(a", "a,", "2", "a)", "a;b"])
def test_layouts_that_mean_nothing(layout: str) -> None:
    with pytest.raises(ValueError, match="layout"):
        read_layout(layout, ("a", "b"))


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        ("heads: 8", "head: 8", "extra_forbidden"),
        ("heads: 8", 'heads: "8"', "int_type"),
        ("hidden: 512", "hidden: 0", "greater_than"),
        ("kind: dense", "kind: sparse", "union_tag_invalid"),
        ("max_context: 8192", "max_contxt: 8192", "missing"),
        ("sources:\n  - {title: made up for this test}", "", "missing"),
        ("layout: 4 layer", "layout: 4 lair", "value_error"),
        ("id: new-dense", "id: New Dense", "string_pattern_mismatch"),
    ],
)
def test_the_schema_refuses(old: str, new: str, message: str) -> None:
    with pytest.raises(ValidationError) as refused:
        ModelRow.model_validate(yaml.safe_load(DENSE.replace(old, new)))
    assert message in {error["type"] for error in refused.value.errors()}
