"""One layer of a GGUF file: its tensors by name, and which of them no part has claimed yet."""

from __future__ import annotations

from fitcheck.records.record import field, record
from fitcheck.sources.gguf.facts import UnknownLayoutError


@record(frozen=False, kw_only=False)
class Layer:
    """Tensors of one layer by their name without prefix, `.weight` included."""

    index: int
    shapes: dict[str, tuple[int, ...]]
    claimed: set[str] = field(default_factory=set)

    def has(self, name: str) -> bool:
        """Tell whether the layer has the weight `name`."""
        return f"{name}.weight" in self.shapes or name in self.shapes

    def has_bias(self, name: str) -> bool:
        """Tell whether the layer has the bias `name`."""
        return f"{name}.bias" in self.shapes

    def shape(self, name: str) -> tuple[int, ...]:
        """Give the shape of the weight `name`, () if there is none."""
        return self.shapes.get(f"{name}.weight", self.shapes.get(name, ()))

    def width(self, name: str, axis: int) -> int:
        """Give one axis of the weight `name`. Raises UnknownLayoutError if it has none."""
        shape = self.shape(name)
        if len(shape) <= axis:
            raise UnknownLayoutError(f"`blk.{self.index}.{name}` is missing or too flat")
        return shape[axis]

    def claim(self, *names: str) -> None:
        """Mark weights and biases of these names as explained."""
        for name in names:
            self.claimed.update({name, f"{name}.weight", f"{name}.bias"})

    def unclaimed(self) -> dict[str, tuple[int, ...]]:
        """Give what no part explains."""
        return {name: shape for name, shape in self.shapes.items() if name not in self.claimed}
