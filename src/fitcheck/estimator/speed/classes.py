"""The classes of storage types that constants are fitted for: those of one class cost alike.

The types of one class are unpacked by like arithmetic: half and bf16 need none (but bf16 has no
kernel of its own everywhere), eight has a scale a block, four a nibble and a scale, k scales of
scales, i a codebook; gpu4 are the 4-bit formats of GPU runtimes (AWQ, GPTQ, EXL2, bitsandbytes,
MLX), fp4 their 4-bit floats. Each storage type names its own (`data/storage_types.yaml`).
"""

from __future__ import annotations

STORAGE_CLASSES = ("half", "bf16", "eight", "four", "k", "i", "gpu4", "fp4")
