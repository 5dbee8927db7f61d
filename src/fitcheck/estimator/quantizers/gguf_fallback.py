"""What llama.cpp's quantizer falls back to where a row is not a whole number of blocks.

Source: llama.cpp, src/llama-quant.cpp (tensor_type_fallback)
https://github.com/ggml-org/llama.cpp/blob/0c1e57098bba43ac29e6e3b677cdceebdd22334f/src/llama-quant.cpp
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping

    from fitcheck.records.format import StorageType

_FALLBACK = {
    **dict.fromkeys(
        ["iq1_s", "iq1_m", "iq2_xxs", "iq2_xs", "iq2_s", "iq3_xxs", "iq3_s", "iq4_xs"], "iq4_nl"
    ),
    **dict.fromkeys(["q2_0", "q2_k", "q3_k", "tq1_0", "tq2_0"], "q4_0"),
    "q4_k": "q5_0",
    "q5_k": "q5_1",
    "q6_k": "q8_0",
}


def fitting_type(wanted: str, row: int, storage_types: Mapping[str, StorageType]) -> str:
    """Give `wanted`, or a type whose blocks divide the row: its fall-back, else F16."""
    if row % storage_types[wanted].block_elements == 0:
        return wanted
    fallback = _FALLBACK.get(wanted, wanted)
    return fallback if row % storage_types[fallback].block_elements == 0 else "f16"
