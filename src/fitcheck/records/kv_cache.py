"""The KV cache and recurrent state of a run: in all, and by group of layers that are alike."""

from __future__ import annotations

from fitcheck.records.record import record


@record
class KvGroup:
    """Layers whose caches are alike: `streams` × `cells` rows of keys and of values in each layer.

    `padding_bytes` is what a layer's tensors are padded by. A state group (Mamba, linear attention)
    has `streams` sequences and one row of f32 values, `key_row_bytes` long, for each. `block` is
    the index of the layers' block in the architecture; -1: of no layer of its own.
    """

    label: str
    layers: int
    streams: int
    cells: int
    key_row_bytes: int
    value_row_bytes: int
    padding_bytes: int = 0
    state: bool = False
    block: int = -1

    @property
    def group_bytes(self) -> int:
        """Bytes of all its layers."""
        rows = self.streams * self.cells
        row_bytes = self.key_row_bytes + self.value_row_bytes
        return self.layers * (rows * row_bytes + self.padding_bytes)


@record
class KvCache:
    """What a runtime reserves for keys, values and recurrent state of all layers, on one rank."""

    kv_bytes: int
    state_bytes: int
    groups: tuple[KvGroup, ...] = ()

    @property
    def total_bytes(self) -> int:
        """Bytes of cache and state."""
        return self.kv_bytes + self.state_bytes
