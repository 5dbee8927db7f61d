"""Helpers that change an authored architecture: tensors, norms and fields of its parts."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Callable

Arch = dict[str, Any]
Ref = dict[str, Any]


def tensor(
    name: str, *shape: int, kind: str = "linear", gguf: bool = True, hf: bool = True
) -> Arch:
    """Write a tensor out."""
    return {"name": name, "shape": list(shape), "kind": kind, "gguf": gguf, "hf": hf}


def rope_factors(arch: Arch, name: str, count: int) -> None:
    """Add rope factors, which only llama.cpp's file stores."""
    arch.setdefault("extra_tensors", []).append(
        tensor(f"{name}.weight", count, kind="norm", hf=False)
    )


def add(arch: Arch, *tensors: Arch, blocks: Callable[[Arch], bool] = lambda _: True) -> None:
    """Add tensors to blocks."""
    for block in arch["blocks"]:
        if blocks(block):
            block.setdefault("extra_tensors", []).extend(tensors)


def norms(*names: str) -> Callable[[Arch, Ref], None]:
    """Give every block these norms."""

    def change(arch: Arch, _: Ref) -> None:
        for block in arch["blocks"]:
            block["norms"] = list(names)

    return change


def part(kind: str, **fields: object) -> Callable[[Arch, Ref], None]:
    """Set fields of every part of a kind."""

    def change(arch: Arch, _: Ref) -> None:
        for block in arch["blocks"]:
            for own in (*block.get("mixers", ()), *block.get("feed_forwards", ())):
                if own["kind"] == kind:
                    own.update(fields)

    return change


def both(*changes: Callable[[Arch, Ref], None]) -> Callable[[Arch, Ref], None]:
    """Apply several changes."""

    def change(arch: Arch, ref: Ref) -> None:
        for one in changes:
            one(arch, ref)

    return change


def embedding_norm(arch: Arch, _: Ref) -> None:
    """Norm the embeddings (BLOOM, RWKV)."""
    hidden = arch["hidden"]
    arch.setdefault("extra_tensors", []).extend(
        [
            tensor("token_embd_norm.weight", hidden, kind="norm"),
            tensor("token_embd_norm.bias", hidden, kind="bias"),
        ]
    )


def is_moe(block: Arch) -> bool:
    """Tell whether a block routes to experts."""
    return any(own["kind"] == "moe" for own in block.get("feed_forwards", ()))
