"""What a model takes of a card, by part: the bar of the card's screen and the lines below it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from fitcheck.render.text import numbers, theme
from fitcheck.render.text.memory_bar import MemoryBar, Part

if TYPE_CHECKING:
    from fitcheck.records.result import CardMemory, Estimate, Memory

BACKENDS = {
    "cuda": "CUDA",
    "xpu": "XPU",
    "tpu": "TPU",
    "hpu": "HPU",
    "neuron": "Neuron",
    "rocm": "ROCm",
    "vulkan": "Vulkan",
    "metal": "Metal",
    "sycl": "SYCL",
}


def fullest(estimate: Estimate) -> CardMemory | Memory:
    """Return the memory of the card with the least room for its share; of one card, its own."""
    if len(estimate.cards) < 2:  # noqa: PLR2004  # one card is the whole
        return estimate.memory
    return max(estimate.cards, key=lambda card: card.needed_bytes / max(card.usable_bytes, 1))


def memory_bar(estimate: Estimate) -> MemoryBar:
    """Return the bar of the card, of several the fullest, and the sum of all below it."""
    memory = fullest(estimate)
    buffers_bytes = memory.compute_buffer_bytes + memory.runtime_overhead_bytes
    parts = [
        Part(
            sign=theme.BAR_WEIGHTS,
            label="weights",
            amount_bytes=memory.weights_bytes,
            amount=_size(memory.weights_bytes),
            remark=_weights(estimate),
            style="accent",
        ),
        Part(
            sign=theme.BAR_KV,
            label="KV cache",
            amount_bytes=memory.kv_cache_bytes,
            amount=_size(memory.kv_cache_bytes),
            remark=f"{_tokens(estimate)}, {estimate.kv_format}",
            style="strong",
        ),
    ]
    if memory.recurrent_state_bytes:
        parts.append(
            Part(
                sign=theme.BAR_STATE,
                label="state",
                amount_bytes=memory.recurrent_state_bytes,
                amount=_size(memory.recurrent_state_bytes),
                remark="recurrent state, whatever the context",
                style="strong",
            )
        )
    parts.append(
        Part(
            sign=theme.BAR_BUFFERS,
            label="buffers",
            amount_bytes=buffers_bytes,
            amount=_size(buffers_bytes),
            remark=_buffers(estimate),
            style="dim",
        )
    )
    return MemoryBar(
        parts=parts,
        usable_bytes=memory.usable_bytes,
        total=_size(memory.needed_bytes),
        total_remark=_sum(estimate) if memory is estimate.memory else _of_fullest(memory, estimate),
        sums=() if memory is estimate.memory else [_in_all(estimate)],
    )


def _size(amount_bytes: int) -> str:
    """Write a size for the column of sizes: GiB with one decimal, MiB where that would be 0.0."""
    if amount_bytes and amount_bytes < numbers.SMALL_IN_GIB:
        return numbers.memory(amount_bytes)
    return f"{numbers.gib(amount_bytes)} GiB"


def _weights(estimate: Estimate) -> str:
    model = estimate.model
    stored = estimate.format.stored_params or model.total_params
    text = f"{numbers.parameters(stored)} parameters"
    if model.active_params < model.total_params * 0.95:  # a mixture of experts
        text += f", {numbers.parameters(model.active_params)} active,"
    text += f" at {numbers.bits(estimate.format.bits_per_weight)} bits"
    if estimate.memory.weights_host_bytes:  # embeddings, or what was offloaded
        text += f"; {numbers.memory(estimate.memory.weights_host_bytes)} in RAM"
    return text


def _tokens(estimate: Estimate) -> str:
    tokens = f"{numbers.count(estimate.context_tokens)} tokens"
    return tokens if estimate.concurrency == 1 else f"{estimate.concurrency} × {tokens}"


def _buffers(estimate: Estimate) -> str:
    backend = BACKENDS.get(estimate.backend, estimate.backend)
    return f"compute buffer, {backend} context" if backend else "compute buffer, runtime overhead"


def _sum(estimate: Estimate) -> str:
    memory = estimate.memory
    capacity = numbers.memory(memory.capacity_bytes)
    cards = estimate.gpu.count
    of = f"{capacity} card" if cards == 1 else f"{cards} cards, {capacity}"
    return f"of {numbers.gib(memory.usable_bytes)} usable ({of}), {_balance(memory)}"


def _of_fullest(memory: CardMemory | Memory, estimate: Estimate) -> str:
    cards = estimate.cards
    alike = len({(card.gpu, card.needed_bytes, card.usable_bytes) for card in cards}) == 1
    position = next(n for n, card in enumerate(cards, start=1) if card is memory)
    which = (
        f"each of {len(cards)} cards" if alike else f"the fullest card, {position} of {len(cards)}"
    )
    return f"of {numbers.gib(memory.usable_bytes)} usable on {which}, {_balance(memory)}"


def _in_all(estimate: Estimate) -> tuple[str, str, str]:
    memory = estimate.memory
    return "in all", _size(memory.needed_bytes), _sum(estimate)


def _balance(memory: CardMemory | Memory) -> str:
    if memory.free_bytes < 0:
        return f"{numbers.memory(-memory.free_bytes)} short"
    return f"{numbers.memory(memory.free_bytes)} free"
