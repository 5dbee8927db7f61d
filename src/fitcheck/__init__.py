"""Tells whether an LLM, in a quantization format, fits on a GPU and how fast it will run there.

    >>> import fitcheck
    >>> fitcheck.estimate("llama-3.1-8b", gpu="rtx4090", format="q4_k_m").verdict
    'fits'

`estimate` answers one question, `estimate_many` streams the answers of many. Both return the
records behind the command's JSON (`fitcheck.records.result`).
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from fitcheck.api import estimate, estimate_many
    from fitcheck.errors import FitcheckError

# A literal: reading it from the installed metadata would cost 40 ms at every start.
__version__ = "0.1.0"

__all__ = ["FitcheckError", "__version__", "estimate", "estimate_many"]


def __getattr__(name: str) -> object:
    """Import the API on first use, so that `import fitcheck` stays as fast as Python itself."""
    if name in ("estimate", "estimate_many"):
        from fitcheck import api

        return getattr(api, name)
    if name == "FitcheckError":
        from fitcheck.errors import FitcheckError

        return FitcheckError
    raise AttributeError(f"module 'fitcheck' has no attribute {name!r}")
