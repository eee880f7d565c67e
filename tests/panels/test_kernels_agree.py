"""What every panel says and draws of a recipe is the same by every kernel."""

from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray
from PySide6.QtCore import QAbstractItemModel, Qt
from PySide6.QtWidgets import QAbstractItemView, QLabel, QTextEdit, QWidget
from pytestqt.qtbot import QtBot

from tests.support.page import Page
from tests.support.panels import ENTRIES, OF_SNAPSHOTS
from tests.support.screen import rgb
from tests.support.snapshots import trained
from xorviz.core.diagnosis.diagnosis import diagnose_seen
from xorviz.core.kernels.compiler import KERNEL_NAMES
from xorviz.core.runs.snapshot import Snapshot
from xorviz.core.settings import RunConfig
from xorviz.panels import registry
from xorviz.panels.registry import PanelEntry

RECIPES = {
    "the 28 lines": RunConfig(),
    "units equal but for a millionth": RunConfig(rate=0.5, init="nearly-equal"),
    "two units with biases and momentum": RunConfig(width=2, rate=0.5, biases=True, momentum=0.9),
}
STEPS = 60_000
"""So late that rounding has had its time."""
VISIBLY = 24
"""Levels of a colour channel from which two pixels differ."""
MOST_PIXELS = 20
"""How many may differ: last digits move the edge of a line."""


def seen(
    qtbot: QtBot, entry: PanelEntry, snapshot: Snapshot
) -> tuple[list[str], NDArray[np.int64]]:
    """Return the words and the picture of a panel that shows a snapshot."""
    page = Page(qtbot, entry.kind(), snapshot, (560, 460))
    page.view.clearFocus()
    found = words(page), rgb(page.picture())
    page.view.close()
    return found


def words(page: Page[Any]) -> list[str]:
    """Return all that a view says: labels, texts, tables, and what screen readers are told."""
    parts = [page.view, *page.view.findChildren(QWidget)]
    said = [page.read(), *(part.accessibleDescription() for part in parts)]
    said += [part.text() for part in parts if isinstance(part, QLabel)]
    said += [part.toPlainText() for part in parts if isinstance(part, QTextEdit)]
    for part in parts:
        if isinstance(part, QAbstractItemView):
            said += cells(part.model())
    return said


def cells(model: QAbstractItemModel) -> list[str]:
    """Return the texts of a table."""
    rows, columns = range(model.rowCount()), range(model.columnCount())
    places = [model.index(row, column) for row in rows for column in columns]
    return [str(model.data(place, Qt.ItemDataRole.DisplayRole)) for place in places]


@pytest.mark.thorough
@pytest.mark.filterwarnings("error")
@pytest.mark.parametrize("config", RECIPES.values(), ids=list(RECIPES))
def test_every_panel_says_and_draws_the_same_by_both_kernels(
    qtbot: QtBot, monkeypatch: pytest.MonkeyPatch, config: RunConfig
) -> None:
    monkeypatch.setattr(registry, "PANELS", ENTRIES)
    pair = [trained(config, STEPS, kernel=kernel) for kernel in KERNEL_NAMES]
    assert len({diagnose_seen(snapshot).sentence for snapshot in pair}) == 1
    for entry in OF_SNAPSHOTS:
        (said, drawn), (said_too, drawn_too) = (seen(qtbot, entry, one) for one in pair)
        assert said == said_too, entry.name
        differing = (np.abs(drawn - drawn_too).max(axis=2) > VISIBLY).sum()
        assert differing <= MOST_PIXELS, entry.name
