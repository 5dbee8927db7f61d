"""The free blocks of llama.cpp's compute buffer, kept as ggml keeps them.

Blocks lie in a list by address and are joined with the neighbours in that list. A result of no
bytes leaves an empty block behind, which parts two neighbours for good: models with a recurrent
state copy no rows that way, and their buffers grow by what can no longer be joined.

Source: ggml_dyn_tallocr_alloc and ggml_dyn_tallocr_free_bytes in ggml/src/ggml-alloc.c,
https://github.com/ggml-org/llama.cpp/blob/master/ggml/src/ggml-alloc.c
"""

from __future__ import annotations

ALIGNMENT = 128  # CUDA's
_ENDLESS = 1 << 62


class MemoryBlocks:
    """The free blocks of one buffer; the last one has no end. `peak` is the furthest byte used."""

    __slots__ = ("_free", "peak")

    def __init__(self) -> None:
        self._free: list[list[int]] = [[0, _ENDLESS]]
        self.peak = 0

    def copy(self) -> MemoryBlocks:
        """Return a copy to go on with."""
        other = MemoryBlocks()
        other._free = [list(block) for block in self._free]
        other.peak = self.peak
        return other

    def state(self) -> tuple[tuple[int, int], ...]:
        """Return the free blocks: equal where two buffers go on alike."""
        return tuple([(offset, size) for offset, size in self._free])

    def take(self, size: int) -> int:
        """Return the offset of the smallest free block that holds `size`, else of the last."""
        free = self._free
        best = last = len(free) - 1
        smallest = _ENDLESS
        for index in range(last):
            if size <= free[index][1] <= smallest:
                best = index
                smallest = free[index][1]
        block = free[best]
        offset = block[0]
        block[0] += size
        block[1] -= size
        if not block[1]:
            free.pop(best)
        self.peak = max(self.peak, offset + size)
        return offset

    def give_back(self, offset: int, size: int) -> None:
        """Free `size` bytes at `offset`, joined with the first block in the list that adjoins."""
        free = self._free
        end = offset + size
        for index, block in enumerate(free):
            if block[0] + block[1] == offset:
                block[1] += size
                if index + 1 < len(free) and block[0] + block[1] == free[index + 1][0]:
                    block[1] += free.pop(index + 1)[1]
                return
            if end == block[0]:
                block[0] = offset
                block[1] += size
                if index and free[index - 1][0] + free[index - 1][1] == offset:
                    free[index - 1][1] += free.pop(index)[1]
                return
        index = 0
        while index < len(free) and free[index][0] < offset:
            index += 1
        free.insert(index, [offset, size])
