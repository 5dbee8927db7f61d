"""What the weights of a model in a format come to: bytes stored, where, and bytes read a token."""

from __future__ import annotations

from fitcheck.records.record import record


@record(eq=True)
class Loading:
    """Where a runtime puts weights: lookup tables in system RAM or not, rows padded or not."""

    lookups_on_host: bool = False
    padded_rows: bool = False


@record
class ExpertReads:
    """Routed experts of which `active` of `experts` are read for a token, in every layer alike.

    `bytes_by_storage` holds all experts of all such layers. With B sequences decoded at once
    n·(1 - (1 - k/n)^B) of the n experts are read.
    """

    experts: int
    active: int
    bytes_by_storage: dict[str, int]

    def share(self, concurrency: int = 1) -> float:
        """Give the share of the experts' bytes read in one step that decodes `concurrency` tokens.

        1 - (1 - k/n)^B: each token picks k of n experts, independently and evenly.
        """
        if self.experts <= self.active:
            return 1.0
        missed: float = (1 - self.active / self.experts) ** concurrency
        return 1 - missed


@record
class Weights:
    """The weights of one model in one format, as one runtime holds and reads them. Bytes.

    `total_bytes` is every tensor of the file or checkpoint, `parameters` how many that is.
    `device_bytes` lie on the card(s), `host_bytes` in system RAM.
    `read_dense` is read for every decoded token whatever the concurrency: linear layers, norms,
    shared experts, routers, the head (also where it is the tied embedding table), by storage type.
    `read_lookup_bytes` are the rows of embedding-like tables looked up for a token.
    `matmul_parameters_per_token`: weights a token is multiplied with (2 FLOP each).
    """

    total_bytes: int
    device_bytes: int
    host_bytes: int
    parameters: int
    bytes_by_storage: dict[str, int]
    parameters_by_storage: dict[str, int]
    read_dense: dict[str, int]
    read_experts: tuple[ExpertReads, ...]
    read_lookup_bytes: int
    matmul_parameters_per_token: int
    head_parameters: int
    head_bytes: int
    layer_bytes: tuple[int, ...] = ()
    output_bytes: int = 0
    other_bytes: int = 0

    @property
    def bits_per_weight(self) -> float:
        """Bits a stored parameter, scales included."""
        return self.total_bytes * 8 / self.parameters if self.parameters else 0.0

    @property
    def read_expert_total(self) -> dict[str, int]:
        """Bytes of all routed experts by storage type."""
        total: dict[str, int] = {}
        for group in self.read_experts:
            for storage, size in group.bytes_by_storage.items():
                total[storage] = total.get(storage, 0) + size
        return total

    def read_bytes(self, concurrency: int = 1) -> dict[str, float]:
        """Give the bytes one decoding step of `concurrency` tokens reads, by storage type."""
        read: dict[str, float] = {key: float(size) for key, size in self.read_dense.items()}
        for group in self.read_experts:
            share = group.share(concurrency)
            for storage, size in group.bytes_by_storage.items():
                read[storage] = read.get(storage, 0.0) + size * share
        return read
