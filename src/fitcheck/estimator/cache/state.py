"""The recurrent state of layers that keep no cache: Mamba, linear attention, RWKV and others.

A state is as large after one token as after a million. Elements a layer and sequence:

    Mamba, Mamba-2   (conv - 1) × (inner + 2 × groups × state) + state × inner  (Mamba: groups 0)
    gated delta net  (conv - 1) × (values + 2 × keys) + key_dim × values        (all heads)
    Kimi delta       3 × (conv - 1) × heads × dim + dim² × heads
    lightning        dim² × heads
    RWKV-7           2 × hidden + hidden × head_dim
    short conv       (kernel - 1) × hidden
    RG-LRU           (conv - 1) × width + width

Source: llama.cpp, src/llama-hparams.cpp (n_embd_r, n_embd_s), which keeps all of them in f32.
https://github.com/ggml-org/llama.cpp/blob/master/src/llama-hparams.cpp
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from fitcheck.records.parts import (
    CustomMixer,
    GatedDeltaNet,
    KimiDelta,
    LightningAttention,
    Mamba1,
    Mamba2,
    RgLru,
    Rwkv7,
    ShortConv,
)
from fitcheck.records.record import record

if TYPE_CHECKING:
    from fitcheck.records.parts import Mixer

LABELS = {
    "mamba1": "Mamba",
    "mamba2": "Mamba-2",
    "gated_delta_net": "gated delta net",
    "kimi_delta": "Kimi delta attention",
    "lightning": "lightning attention",
    "rwkv7": "RWKV-7",
    "short_conv": "short convolution",
    "rg_lru": "RG-LRU",
    "custom": "state",
}


@record(kw_only=False)
class State:
    """Elements one layer keeps for one sequence: the convolution's past, and the recurrence."""

    convolution: int
    recurrence: int

    @property
    def elements(self) -> int:
        """Both together."""
        return self.convolution + self.recurrence


NO_STATE = State(0, 0)


def mixer_state(mixer: Mixer, *, hidden: int) -> State:
    """Count the elements a mixer keeps for one sequence, whatever its length (module's table)."""
    match mixer:
        case Mamba1():
            return State((mixer.conv - 1) * mixer.inner, mixer.state * mixer.inner)
        case Mamba2():
            width = mixer.inner + 2 * mixer.groups * mixer.state
            return State((mixer.conv - 1) * width, mixer.state * mixer.inner)
        case GatedDeltaNet():
            values = mixer.value_heads * mixer.value_dim
            width = values + 2 * mixer.key_heads * mixer.key_dim
            return State((mixer.conv - 1) * width, mixer.key_dim * values)
        case KimiDelta():
            width = mixer.heads * mixer.head_dim
            return State(3 * (mixer.conv - 1) * width, mixer.head_dim * width)
        case LightningAttention():
            return State(0, mixer.head_dim**2 * mixer.heads)
        case Rwkv7():
            return State(2 * hidden, hidden * mixer.head_dim)
        case ShortConv():
            return State((mixer.kernel - 1) * hidden, 0)
        case RgLru():
            return State((mixer.conv - 1) * mixer.width, mixer.width)
        case CustomMixer():
            return State(0, mixer.state_elements)
        case _:
            return NO_STATE
