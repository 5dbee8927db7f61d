"""The numbers GGUF files give storage types and presets, and the size of each type's block.

Sources: ggml/include/ggml.h and ggml/src/ggml-common.h (types and blocks) and include/llama.h
(file types) of https://github.com/ggml-org/llama.cpp; numbers from 133 on are ik_llama.cpp's,
https://github.com/ikawrakow/ik_llama.cpp, whose blocks are measured from the file instead.
"""

from __future__ import annotations

# number: (storage type, elements a block, bytes a block)
GGML_TYPES: dict[int, tuple[str, int, int]] = {
    0: ("f32", 1, 4),
    1: ("f16", 1, 2),
    2: ("q4_0", 32, 18),
    3: ("q4_1", 32, 20),
    6: ("q5_0", 32, 22),
    7: ("q5_1", 32, 24),
    8: ("q8_0", 32, 34),
    9: ("q8_1", 32, 36),
    10: ("q2_k", 256, 84),
    11: ("q3_k", 256, 110),
    12: ("q4_k", 256, 144),
    13: ("q5_k", 256, 176),
    14: ("q6_k", 256, 210),
    15: ("q8_k", 256, 292),
    16: ("iq2_xxs", 256, 66),
    17: ("iq2_xs", 256, 74),
    18: ("iq3_xxs", 256, 98),
    19: ("iq1_s", 256, 50),
    20: ("iq4_nl", 32, 18),
    21: ("iq3_s", 256, 110),
    22: ("iq2_s", 256, 82),
    23: ("iq4_xs", 256, 136),
    24: ("i8", 1, 1),
    25: ("i16", 1, 2),
    26: ("i32", 1, 4),
    27: ("i64", 1, 8),
    28: ("f64", 1, 8),
    29: ("iq1_m", 256, 56),
    30: ("bf16", 1, 2),
    34: ("tq1_0", 256, 54),
    35: ("tq2_0", 256, 66),
    39: ("mxfp4", 32, 17),
    40: ("nvfp4", 64, 36),
    41: ("q1_0", 128, 18),
    42: ("q2_0", 64, 18),
}

# Known by name alone: their rows carry scales of their own.
FOREIGN_TYPES: dict[int, str] = {
    133: "q6_0",
    134: "iq1_bn",
    135: "iq2_bn",
    137: "iq2_k",
    138: "iq3_k",
    139: "iq4_k",
    140: "iq5_k",
    141: "iq6_k",
    144: "iq4_ks",
    145: "iq2_ks",
    146: "iq4_kss",
    152: "iq5_ks",
    153: "iq2_kt",
    154: "iq3_kt",
    155: "iq4_kt",
    156: "iq3_ks",
    157: "iq2_kl",
    158: "iq1_kt",
}

# general.file_type: the preset the file was made with
FILE_TYPES: dict[int, str] = {
    0: "f32",
    1: "f16",
    2: "q4_0",
    3: "q4_1",
    7: "q8_0",
    8: "q5_0",
    9: "q5_1",
    10: "q2_k",
    11: "q3_k_s",
    12: "q3_k_m",
    13: "q3_k_l",
    14: "q4_k_s",
    15: "q4_k_m",
    16: "q5_k_s",
    17: "q5_k_m",
    18: "q6_k",
    19: "iq2_xxs",
    20: "iq2_xs",
    21: "q2_k_s",
    22: "iq3_xs",
    23: "iq3_xxs",
    24: "iq1_s",
    25: "iq4_nl",
    26: "iq3_s",
    27: "iq3_m",
    28: "iq2_s",
    29: "iq2_m",
    30: "iq4_xs",
    31: "iq1_m",
    32: "bf16",
    36: "tq1_0",
    37: "tq2_0",
    38: "mxfp4_moe",
    39: "nvfp4",
    40: "q1_0",
    41: "q2_0",
}


def storage_name(number: int) -> str:
    """Name the storage type of that number, `type 99` where it is unknown."""
    if number in GGML_TYPES:
        return GGML_TYPES[number][0]
    return FOREIGN_TYPES.get(number, f"type {number}")


def tensor_bytes(number: int, shape: tuple[int, ...]) -> int | None:
    """Count the bytes of a tensor: rows × blocks a row × bytes a block; None if unknown.

    Raises ValueError where a row is not a whole number of blocks.
    """
    if number not in GGML_TYPES:
        return None
    _, block_elements, block_bytes = GGML_TYPES[number]
    if shape[0] % block_elements:
        raise ValueError(f"rows of {shape[0]} elements are not whole blocks of {block_elements}")
    size = shape[0] // block_elements * block_bytes
    for width in shape[1:]:
        size *= width
    return size
