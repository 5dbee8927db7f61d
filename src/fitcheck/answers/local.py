"""This machine as a device: what was detected, with the table's rates where the card is known."""

from __future__ import annotations

from typing import TYPE_CHECKING

from fitcheck.errors import FitcheckError

if TYPE_CHECKING:
    from fitcheck.catalog import Catalog
    from fitcheck.records.gpu import Device


def local_device(catalog: Catalog) -> Device:
    """Give the GPUs of this machine as one device. Raises FitcheckError where there is none."""
    from fitcheck.detect import local_machine
    from fitcheck.records.gpu import Device

    machine = local_machine()
    cards = [card for card in machine.gpus]
    if not cards:
        raise FitcheckError(
            "no GPU was found on this machine",
            "name one: `--gpu rtx4090`; `fitcheck detect` shows what was looked for",
        )
    return Device(tuple(cards))
