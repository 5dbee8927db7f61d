"""How a part's tensors are written down before they get a layer: the short forms used here."""

from __future__ import annotations

from fitcheck.records.parts import ExtraTensor

Part = ExtraTensor  # a tensor without its layer: name with suffix, shape in GGUF order, kind


def matrix(name: str, inputs: int, outputs: int, kind: str = "linear") -> Part:
    """Give a projection: `inputs` is the row length, `outputs` the number of rows."""
    return Part(name=f"{name}.weight", shape=(inputs, outputs), kind=kind)


def vector(name: str, width: int, kind: str = "norm") -> Part:
    """Give a vector of scales."""
    return Part(name=f"{name}.weight", shape=(width,), kind=kind)


def bias(name: str, width: int) -> Part:
    """Give the bias of a projection."""
    return Part(name=f"{name}.bias", shape=(width,), kind="bias")
