"""Need against devices: the verdict, and how much stays in system RAM where it does not fit."""

from __future__ import annotations

from dataclasses import dataclass

from fitcheck.units import MIB

TIGHT_SHARE = 0.05
TIGHT_BYTES = 512 * MIB


def verdict_of(*, needed_bytes: int, usable_bytes: int) -> str:
    """Give `fits`, `tight` or `too_big`.

    Tight: fits with less than 5 % of the usable memory, or less than 512 MiB, to spare.
    """
    free_bytes = usable_bytes - needed_bytes
    if free_bytes < 0:
        return "too_big"
    if free_bytes < TIGHT_BYTES or free_bytes < TIGHT_SHARE * usable_bytes:
        return "tight"
    return "fits"


@dataclass(frozen=True, slots=True, kw_only=True)
class Offload:
    """Layers on the card(s) and in system RAM, and the bytes of each side.

    `layers_on_gpu` counts the blocks kept on the card, of `layers`. KV cache follows its block.
    """

    layers: int
    layers_on_gpu: int
    weights_gpu_bytes: int
    weights_host_bytes: int
    kv_gpu_bytes: int
    kv_host_bytes: int

    @property
    def share_on_gpu(self) -> float:
        """The share of the layers on the card."""
        return self.layers_on_gpu / self.layers


def offload(
    *,
    layers: int,
    weights_bytes: int,
    weights_always_host_bytes: int,
    kv_bytes: int,
    fixed_bytes: int,
    usable_bytes: int,
    ram_bytes: int,
) -> Offload | None:
    """Keep as many whole layers on the card as fit, the rest in system RAM; `None` if nothing can.

    layers_on_gpu = ⌊(usable − 512 MiB − fixed) ÷ ((weights + KV) ÷ layers)⌋, where `fixed_bytes`
    (compute buffer, runtime overhead) stays on the card, and as much is spared as keeps it from
    being tight. Layers are taken as equally large. What lies in RAM must fit `ram_bytes`. The way
    of llama.cpp's `-ngl`:
    https://github.com/ggml-org/llama.cpp/blob/master/tools/server/README.md
    """
    room = usable_bytes - TIGHT_BYTES - fixed_bytes
    per_layer = (weights_bytes + kv_bytes) / layers
    on_gpu = min(layers, int(room // per_layer)) if room > 0 else 0
    if on_gpu < 1:
        return None
    share = on_gpu / layers
    weights_gpu = round(weights_bytes * share)
    kv_gpu = round(kv_bytes * share)
    weights_host = weights_bytes - weights_gpu + weights_always_host_bytes
    kv_host = kv_bytes - kv_gpu
    if weights_host + kv_host > ram_bytes:
        return None
    return Offload(
        layers=layers,
        layers_on_gpu=on_gpu,
        weights_gpu_bytes=weights_gpu,
        weights_host_bytes=weights_host,
        kv_gpu_bytes=kv_gpu,
        kv_host_bytes=kv_host,
    )
