"""What runs where: what a runtime does with a format on a card.

A runtime without a backend for the card runs nothing there. Else the lines of a format's `support`
are tried in order; the first whose hardware test holds counts. A test is "any" GPU, a backend of
the card ("cuda", "rocm", "metal", "xpu", "tpu" …), a design of AMD's ("gfx94" for all of gfx94x)
or a bound on NVIDIA's compute capability ("cuda>=8.9", "cuda>=8.0 cuda<10.0").
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from fitcheck.estimator.devices.backends import ACCELERATORS, card_backends
from fitcheck.records.format import Support
from fitcheck.records.record import replace

if TYPE_CHECKING:
    from collections.abc import Sequence

    from fitcheck.records.format import Format
    from fitcheck.records.gpu import Gpu
    from fitcheck.records.runtime import Runtime

_LEVELS = ("unsupported", "unknown", "emulated", "native")
_TEST = re.compile(r"([a-z]+[0-9a-f]*)(?:(>=|<)(\d+)\.(\d+))?")
# How cards of a maker are called, and for accelerators what runs there.
_WHOSE = {
    "nvidia": "NVIDIA's GPUs",
    "amd": "AMD's GPUs",
    "apple": "Apple's GPUs",
    "intel": "Intel's GPUs",
    "google": "Google's TPUs; vLLM and SGLang run there",
    "aws": "AWS's Trainium and Inferentia; vLLM runs there",
}
_GAUDI = "Intel's Gaudi; vLLM runs there"


def support_on(
    form: Format, runtime: Runtime, gpus: Sequence[Gpu], *, backend: str = ""
) -> Support:
    """Return what a runtime does with the format on all of several cards: the worst counts.

    `backend` is the one asked for; a card that is not reached through it runs nothing.
    """
    found = []
    for gpu in {gpu.id: gpu for gpu in gpus}.values():
        if backend and backend not in card_backends(gpu):
            through = ", ".join(card_backends(gpu))
            how = f"{gpu.name} is not reached through {backend} but {through}"
            return _told(runtime, "unsupported", how)
        found.append(support(form, runtime, gpu))
    return min(found, key=lambda line: _LEVELS.index(line.level))


def support(form: Format, runtime: Runtime, gpu: Gpu) -> Support:
    """Return what a runtime does with the format on the card: native, emulated or unsupported.

    A runtime that has no backend for the card, or does not read the format, is "unsupported"; where
    no line tells of the hardware the level is "unknown".
    """
    backends = card_backends(gpu)
    if not any(backend in runtime.backends for backend in backends):
        whose = _GAUDI if gpu.architecture == "gaudi" else _WHOSE.get(gpu.vendor, "this card")
        return _told(runtime, "unsupported", f"{runtime.name} has no backend for {whose}")
    for name in (runtime.id, runtime.engine):
        for line in form.support:
            if line.runtime == name and runs_on(line.hardware, gpu):
                return line if name == runtime.id else replace(line, runtime=runtime.id)
    if not runs(form, runtime):
        return _told(runtime, "unsupported", f"{runtime.name} does not read {form.name}")
    how = f"no source tells what {runtime.name} does with {form.name} on this hardware"
    return _told(runtime, "unknown", how)


def runs(form: Format, runtime: Runtime) -> bool:
    """Return whether a runtime runs the format on some hardware, of its own or by its engine."""
    if any(line.runtime == runtime.id for line in form.support):
        return runtime.id in form.runtimes
    return runtime.engine in form.runtimes or runtime.id in form.runtimes


def runs_on(hardware: str, gpu: Gpu) -> bool:
    """Return whether a card passes a hardware test such as "cuda>=8.0 cuda<10.0"."""
    if hardware == "any":
        return not ACCELERATORS.intersection(card_backends(gpu))
    return all(_passes(test, gpu) for test in hardware.split())


def _told(runtime: Runtime, level: str, how: str) -> Support:
    return Support(runtime=runtime.id, hardware="any", level=level, how=how)


def _passes(test: str, gpu: Gpu) -> bool:
    match = _TEST.fullmatch(test)
    if match is None:
        return False
    kind, sign, major, minor = match.groups()
    if kind.startswith("gfx"):
        return gpu.compute_capability.startswith(kind)
    if kind not in card_backends(gpu):
        return False
    if sign is None:
        return True
    capability = _capability(gpu.compute_capability)
    bound = (int(major), int(minor))
    return capability is not None and (capability >= bound if sign == ">=" else capability < bound)


def _capability(text: str) -> tuple[int, int] | None:
    major, _, minor = text.partition(".")
    return (int(major), int(minor)) if major.isdigit() and minor.isdigit() else None
