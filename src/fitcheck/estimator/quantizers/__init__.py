"""The storage type a format gives each tensor, one rule a file; this registry finds the rule.

A format's `rule` is the name of a module here. Each has `GGUF_FILE`, whether it stores the tensors
of llama.cpp's file or those of the Hugging Face checkpoint, and `quantize`, which returns every
tensor it keeps with its storage type and bytes. A question needs one of the rules: a module is
imported when a format names it.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol, cast

from fitcheck.errors import FitcheckError
from fitcheck.estimator.quantizers.remember import remember_last

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from fitcheck.records.architecture import Architecture
    from fitcheck.records.format import Format, StorageType
    from fitcheck.records.tensors import StoredTensor, Tensor

RULES = ("gguf", "ik", "linear", "uniform", "average")


class Quantizer(Protocol):
    """What the module of a rule has."""

    GGUF_FILE: bool

    def quantize(
        self,
        architecture: Architecture,
        tensors: Sequence[Tensor],
        form: Format,
        storage_types: Mapping[str, StorageType],
        *,
        imatrix: bool,
    ) -> list[StoredTensor]:
        """Return every tensor of the file as the format stores it."""
        raise NotImplementedError


def store(
    architecture: Architecture,
    tensors: Sequence[Tensor],
    form: Format,
    storage_types: Mapping[str, StorageType],
    *,
    imatrix: bool = True,
) -> tuple[StoredTensor, ...]:
    """Return every tensor the format keeps, with its storage type and its bytes.

    `imatrix`: llama.cpp's quantizer is given an importance matrix. Raises FitcheckError on an
    unknown rule.
    """
    if form.rule not in RULES:
        raise FitcheckError(
            f"format `{form.id}` names the rule `{form.rule}`, which fitcheck does not know",
            f"rules are {', '.join(RULES)}",
        )
    from importlib import import_module

    rule = cast("Quantizer", import_module(f"{__name__}.{form.rule}"))
    kept = _in_gguf(tensors) if rule.GGUF_FILE else _in_checkpoint(tensors)
    return tuple(rule.quantize(architecture, kept, form, storage_types, imatrix=imatrix))


@remember_last
def _in_gguf(tensors: Sequence[Tensor]) -> list[Tensor]:
    return [tensor for tensor in tensors if tensor.gguf]


@remember_last
def _in_checkpoint(tensors: Sequence[Tensor]) -> list[Tensor]:
    return [tensor for tensor in tensors if tensor.hf]
