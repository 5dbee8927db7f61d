"""Terminals to draw on."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).parent))

from fitcheck.render.text.blocks import draw
from fitcheck.render.text.terminal import Terminal, to_text


@pytest.fixture
def drawn():
    """Give a function that draws blocks on a terminal of some width."""

    def call(blocks, width=80, **looks):
        terminal = Terminal(width=width, **looks)
        return to_text(draw(blocks, terminal), terminal)

    return call
