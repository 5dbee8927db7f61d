"""`--sort`: the name of an order, or the name after `-`, which turns the order round."""

from __future__ import annotations

from typing import TYPE_CHECKING, TypeVar

from fitcheck.errors import UsageError

if TYPE_CHECKING:
    from collections.abc import Mapping

Order = TypeVar("Order")


def order_named(sort: str, orders: Mapping[str, Order], *, what: str) -> tuple[Order, bool]:
    """Return the order named and whether it is turned round. Raises UsageError.

    `what` is what is sorted, as the sentence names it: "cards".
    """
    name, reverse = sort.removeprefix("-"), sort.startswith("-")
    if name not in orders:
        raise UsageError(
            f"cannot sort {what} by `{name}`",
            f"`--sort` takes {', '.join(orders)}, or `-NAME` to reverse",
        )
    return orders[name], reverse
