"""Which format a checkpoint is in, from its `quantization_config`, as the catalogue names it.

Keys: https://huggingface.co/docs/transformers/main_classes/quantization and, for the rest, the
files each tool writes (ModelOpt's `hf_quant_config.json`, MLX's `quantization`).
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from fitcheck.records.record import record
from fitcheck.sources.text import clean

if TYPE_CHECKING:
    from collections.abc import Mapping

_EXL2_RATES = (8.0, 6.0, 5.0, 4.65, 4.0, 3.0, 2.4)
_EXL3_RATES = (8.0, 6.0, 5.0, 4.0, 3.5, 3.0, 2.5, 2.0)
_GROUPS = (32, 64, 128)
_TEXT_KEYS = ("text_config", "llm_config", "language_config")


@record(kw_only=False)
class Quantization:
    """A checkpoint's format: the catalogue's format and storage type, and bits a packed element.

    `bits` is 0 where elements are not packed into wider integers.
    """

    format_id: str
    storage: str
    bits: float = 0
    note: str = ""


def quantization(config: Mapping[str, Any]) -> Quantization:
    """Name the format of a checkpoint; BF16 where nothing is said."""
    found = _settings(config)
    if not found:
        dtype = str(_any(config, "torch_dtype", "dtype") or "bfloat16")
        if "float32" in dtype:
            return Quantization("fp32", "f32")
        return Quantization(
            "bf16", "f16" if dtype.endswith("float16") and "b" not in dtype[:7] else "bf16"
        )
    method = str(found.get("quant_method") or found.get("quant_algo") or "").casefold()
    if not method and ("mode" in found or ("bits" in found and "group_size" in found)):
        return _mlx(found)
    for name, rule in _RULES.items():
        if method.startswith(name):
            return rule(found)
    return Quantization(
        "bf16", "q8_0", 0, f"the quantization method `{clean(method)}` is not known"
    )


def _any(config: Mapping[str, Any], *keys: str) -> Any:  # noqa: ANN401  # JSON
    parts = [config, *(config[key] for key in _TEXT_KEYS if isinstance(config.get(key), dict))]
    for part in parts:
        for key in keys:
            if part.get(key) is not None:
                return part[key]
    return None


def _settings(config: Mapping[str, Any]) -> dict[str, Any]:
    found = _any(config, "quantization_config", "quantization", "compression_config")
    return found if isinstance(found, dict) else {}


def _whole(value: object, default: int) -> int:
    if not isinstance(value, (int, float)) or isinstance(value, bool):
        return default
    return int(value) if -1 <= value < 2**20 else default


def _group(found: Mapping[str, Any]) -> int:
    """Give a group size that the catalogue has: the nearest of 32, 64 and 128; -1: a channel."""
    group = _whole(found.get("group_size"), 128)
    return -1 if group <= 0 else min(_GROUPS, key=lambda known: abs(known - group))


def _awq(found: Mapping[str, Any]) -> Quantization:
    group = _group(found)
    name = f"awq-4bit-g{128 if group < 0 else group}"
    return Quantization(name, name, _whole(found.get("bits") or found.get("w_bit"), 4))


def _gptq(found: Mapping[str, Any]) -> Quantization:
    bits, group = _whole(found.get("bits"), 4), _group(found)
    if bits not in (2, 3, 4, 8):
        bits = 4
    name = f"gptq-{bits}bit-{'channel' if group < 0 else f'g{group}'}"
    return Quantization(name, name, bits)


def _fp8(found: Mapping[str, Any]) -> Quantization:
    name = "fp8-block128" if found.get("weight_block_size") else "fp8-tensor"
    return Quantization(name, name)


def _compressed(found: Mapping[str, Any]) -> Quantization:
    groups = found.get("config_groups")
    first: Any = next(iter(groups.values()), {}) if isinstance(groups, dict) else {}
    weights = first.get("weights") if isinstance(first, dict) else None
    weights = weights if isinstance(weights, dict) else {}
    bits, kind = _whole(weights.get("num_bits"), 8), weights.get("type", "int")
    if kind == "float":
        if bits == 4:  # noqa: PLR2004
            scaled = _whole(weights.get("group_size"), 16) == 32  # noqa: PLR2004
            return _MXFP4 if scaled else _NVFP4
        strategy = weights.get("strategy")
        name = {"block": "fp8-block128", "channel": "fp8-channel"}.get(str(strategy), "fp8-tensor")
        return Quantization(name, name)
    group = _group(weights)
    if bits == 4:  # noqa: PLR2004
        name = f"w4a16-g{128 if group < 0 else group}"
        return Quantization(name, name, 4)
    if isinstance(first, dict) and first.get("input_activations"):
        return Quantization("w8a8-int8", "int8-channel")
    return Quantization("w8a16-g128", "w8a16-g128", 8)


def _bitsandbytes(found: Mapping[str, Any]) -> Quantization:
    if found.get("load_in_8bit"):
        return Quantization("llm.int8", "int8-bnb")
    double = "-dq" if found.get("bnb_4bit_use_double_quant") else ""
    if found.get("bnb_4bit_quant_type") == "nf4":
        return Quantization("nf4" + double, "nf4" + double, 4)
    return Quantization("fp4" + double, "fp4-bnb" + double, 4)


def _modelopt(found: Mapping[str, Any]) -> Quantization:
    algorithm = str(found.get("quant_algo") or found.get("quant_method") or "").upper()
    if "FP4" in algorithm:
        return _NVFP4
    if "AWQ" in algorithm:
        return _awq(found)
    return Quantization("fp8-tensor", "fp8-tensor")


def _hqq(found: Mapping[str, Any]) -> Quantization:
    inner = found.get("quant_config")
    inner = inner.get("weight_quant_params") if isinstance(inner, dict) else found
    inner = inner if isinstance(inner, dict) else {}
    bits = _whole(inner.get("nbits"), 4)
    bits = bits if bits in (1, 2, 3, 4, 8) else 4
    return Quantization(f"hqq-{bits}bit-g64", f"hqq-{bits}bit-g64", bits)


def _exl2(found: Mapping[str, Any]) -> Quantization:
    return Quantization(_nearest("exl2", found.get("bits"), _EXL2_RATES), "exl2")


def _exl3(found: Mapping[str, Any]) -> Quantization:
    return Quantization(_nearest("exl3", found.get("bits"), _EXL3_RATES), "exl3")


def _nearest(family: str, bits: object, rates: tuple[float, ...]) -> str:
    rate = float(bits) if isinstance(bits, (int, float)) else 4.0
    return f"{family}-{min(rates, key=lambda known: abs(known - rate))}bpw"


def _mlx(found: Mapping[str, Any]) -> Quantization:
    mode = str(found.get("mode") or "affine")
    if mode in ("mxfp4", "nvfp4", "mxfp8"):
        return Quantization(f"mlx-{mode}", f"mlx-{mode}", 8 if mode == "mxfp8" else 4)
    bits, group = _whole(found.get("bits"), 4), _group(found)
    bits = bits if bits in (2, 3, 4, 5, 6, 8) else 4
    name = f"mlx-{bits}bit-g{64 if group < 0 else group}"
    return Quantization(name, name, bits)


def _mxfp4(_found: Mapping[str, Any]) -> Quantization:
    return _MXFP4


def _bitnet(_found: Mapping[str, Any]) -> Quantization:
    return Quantization("bitnet-b1.58", "bitnet-i2_s", 2)


def _torchao(found: Mapping[str, Any]) -> Quantization:
    if "int4" in str(found.get("quant_type")).casefold():
        return Quantization("torchao-int4-g128", "torchao-int4-g128", 4)
    return Quantization("torchao-int8", "torchao-int8")


def _channel(_found: Mapping[str, Any]) -> Quantization:
    return Quantization("fp8-channel", "fp8-channel")


_NVFP4 = Quantization("nvfp4", "nvfp4-hf", 4)
_MXFP4 = Quantization("mxfp4", "mxfp4-hf", 4)
_RULES = {
    "awq": _awq,
    "gptq": _gptq,
    "auto-round": _gptq,
    "intel/auto-round": _gptq,
    "compressed-tensors": _compressed,
    "fbgemm_fp8": _channel,
    "fp8": _fp8,
    "finegrained_fp8": _fp8,
    "modelopt": _modelopt,
    "nvfp4": _modelopt,
    "mxfp4": _mxfp4,
    "bitsandbytes": _bitsandbytes,
    "hqq": _hqq,
    "exl2": _exl2,
    "exl3": _exl3,
    "bitnet": _bitnet,
    "torchao": _torchao,
}
