"""Fixtures of the tests of plots."""

from collections.abc import Iterator

import pyqtgraph as pg
import pytest
from pytestqt.qtbot import QtBot

from tests.support.screen import release_mouse
from tests.ui.plot.board import Board


@pytest.fixture(autouse=True)
def _every_move_counts(monkeypatch: pytest.MonkeyPatch) -> None:
    """Have pyqtgraph drop none of the mouse's moves; it does when they come fast."""
    monkeypatch.setitem(pg.CONFIG_OPTIONS, "mouseRateLimit", 0)


@pytest.fixture
def board(qtbot: QtBot) -> Iterator[Board]:
    """Return a visible plot of two rows."""
    made = Board(qtbot)
    yield made
    release_mouse()
    made.window.hide()
