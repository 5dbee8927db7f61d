"""ExLlamaV2's rules: ExLlama's, but windowed layers always keep the whole context.

Source: ExLlamaV2, exllamav2/cache.py
https://github.com/turboderp-org/exllamav2/blob/master/exllamav2/cache.py
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from fitcheck.estimator.runtimes.exllama import ExLlama

if TYPE_CHECKING:
    from fitcheck.estimator.runtimes.rules import Ask


class ExLlamaV2(ExLlama):
    """The rules of ExLlamaV2."""

    slides = frozenset()

    def _slots(self, ask: Ask) -> int:
        """Return the sequences asked for: there are no recurrent models in it."""
        return ask.settings.concurrency


RULES = ExLlamaV2()
