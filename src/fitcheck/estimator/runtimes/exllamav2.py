"""ExLlamaV2's rules: ExLlama's, but windowed layers keep the whole context.

Source: ExLlamaV2, exllamav2/cache.py
https://github.com/turboderp-org/exllamav2/blob/master/exllamav2/cache.py
"""

from __future__ import annotations

from fitcheck.estimator.runtimes.exllama import ExLlama


class ExLlamaV2(ExLlama):
    """The rules of ExLlamaV2."""

    windows = False


RULES = ExLlamaV2()
