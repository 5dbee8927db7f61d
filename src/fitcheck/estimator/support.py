"""What runs where: what a runtime does with a format on a card.

The lines of a format's `support` are tried in order; the first whose hardware test holds counts.
A test is "any", a kind of hardware ("cuda", "rocm", "metal", "xpu", "gfx94" for all of gfx94x) or
a bound on the compute capability ("cuda>=8.9", "cuda>=8.0 cuda<10.0").
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from fitcheck.records.format import Support

if TYPE_CHECKING:
    from fitcheck.records.format import Format
    from fitcheck.records.gpu import Gpu
    from fitcheck.records.runtime import Runtime

_TEST = re.compile(r"([a-z]+[0-9a-f]*)(?:(>=|<)(\d+)\.(\d+))?")
_BACKENDS = {
    "nvidia": "cuda",
    "amd": "rocm",
    "apple": "metal",
    "intel": "xpu",
}


def support(form: Format, ran_by: Runtime, gpu: Gpu) -> Support:
    """Tell what `runtime` does with the format on the card: native, emulated or unsupported.

    A runtime that does not read the format is "unsupported"; where no line tells of the hardware
    the level is "unknown".
    """
    runtime = ran_by.id
    for line in form.support:
        if line.runtime == runtime and runs_on(line.hardware, gpu):
            return line
    if runtime not in form.runtimes:
        return Support(
            runtime=runtime,
            hardware="any",
            level="unsupported",
            how=f"{runtime} does not read {form.name}",
        )
    return Support(
        runtime=runtime,
        hardware="any",
        level="unknown",
        how=f"no source tells what {runtime} does with {form.name} on this hardware",
    )


def runs_on(hardware: str, gpu: Gpu) -> bool:
    """Whether a card passes a hardware test such as "cuda>=8.0 cuda<10.0"."""
    return hardware == "any" or all(_passes(test, gpu) for test in hardware.split())


def _passes(test: str, gpu: Gpu) -> bool:
    match = _TEST.fullmatch(test)
    if match is None:
        return False
    kind, sign, major, minor = match.groups()
    if kind.startswith("gfx"):
        return gpu.compute_capability.startswith(kind)
    if kind == "vulkan":
        return gpu.vendor in ("nvidia", "amd", "intel")
    if _BACKENDS.get(gpu.vendor) != kind:
        return False
    if sign is None:
        return True
    capability = _capability(gpu.compute_capability)
    bound = (int(major), int(minor))
    return capability is not None and (capability >= bound if sign == ">=" else capability < bound)


def _capability(text: str) -> tuple[int, int] | None:
    major, _, minor = text.partition(".")
    return (int(major), int(minor)) if major.isdigit() and minor.isdigit() else None
