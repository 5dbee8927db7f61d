"""Which layers of a GGUF model attend to a sliding window, as llama.cpp decides it.

The pattern is an array of flags in the file, or one number n (every n-th layer is full), or n is
fixed for the architecture in llama.cpp. A window in the file of any other architecture is ignored.
Source: `load_swa_pattern` and `src/models/*.cpp` of https://github.com/ggml-org/llama.cpp
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from fitcheck.records.record import record

if TYPE_CHECKING:
    from fitcheck.sources.gguf.facts import Facts


@record(kw_only=False)
class _Rule:
    """Every `period`-th layer is full (0: none is), the first of each run if `full_first`.

    `window` replaces a missing window (where not `optional`), `fixed` the file's too; `array`: the
    flags must be in the file.
    """

    period: int = 1
    full_first: bool = False
    window: int = 0
    fixed: bool = False
    optional: bool = False
    array: bool = False


_ARRAY = _Rule(array=True)
_RULES = {
    "afmoe": _Rule(4),
    "cohere2": _Rule(4),
    "cohere2moe": _Rule(4, full_first=True),
    "deepseek4": _Rule(0),
    "dflash": _ARRAY,
    "dots3note": _ARRAY,
    "exaone-moe": _Rule(4, window=128),
    "exaone4": _Rule(4, window=4096),
    "gemma-embedding": _Rule(6),
    "gemma2": _Rule(2, window=4096),
    "gemma3": _Rule(6),
    "gemma3n": _Rule(5),
    "gemma4": _ARRAY,
    "gemma4-assistant": _ARRAY,
    "gpt-oss": _Rule(2),
    "granite_swa": _ARRAY,
    "laguna": _Rule(4, full_first=True),
    "lfm2": _Rule(0),
    "llama4": _Rule(4, window=8192, fixed=True),
    "maple": _ARRAY,
    "mellum": _Rule(4),
    "mimo2": _ARRAY,
    "modern-bert": _Rule(3, full_first=True),
    "muse-glimmer": _Rule(4),
    "olmo2": _Rule(4),
    "plamo3": _Rule(8),
    "smallthinker": _Rule(4, full_first=True, window=4096, fixed=True, optional=True),
    "spark2_5": _ARRAY,
    "step35": _ARRAY,
}
_EXAONE4_WITH_WINDOWS = 64  # layers; the smaller EXAONE 4 has none


def windows(facts: Facts, layers: int) -> tuple[int, ...]:
    """Give each layer's window in tokens, 0 for full attention."""
    none = (0,) * layers
    rule = _RULES.get(facts.architecture)
    if rule is None:
        return none
    if facts.architecture == "exaone4" and layers != _EXAONE4_WITH_WINDOWS:
        return none
    window = facts.integer("attention.sliding_window", -1)
    if window == 0:
        return none
    if rule.optional and window < 0:
        return none
    if rule.fixed or window < 0:
        window = rule.window
    if window <= 0:
        return none
    flags = facts.array("attention.sliding_window_pattern")
    if flags is not None:
        flags = flags[:layers] + (0,) * (layers - len(flags))
        return tuple(window if flag else 0 for flag in flags)
    if rule.array:
        return none
    period = facts.integer("attention.sliding_window_pattern", rule.period)
    return tuple(window if _slides(layer, period, rule) else 0 for layer in range(layers))


def _slides(layer: int, period: int, rule: _Rule) -> bool:
    if period == 0:
        return True
    return layer % period != 0 if rule.full_first else layer % period < period - 1
