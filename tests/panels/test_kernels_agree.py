"""What every panel says and draws of a recipe is the same by every kernel."""

import numpy as np
import pytest
from numpy.typing import NDArray
from PySide6.QtCore import QAbstractItemModel, Qt
from PySide6.QtGui import QImage
from PySide6.QtWidgets import QAbstractItemView, QLabel, QTextEdit, QWidget
from pytestqt.qtbot import QtBot

from tests.support.screen import shown
from xorviz.core.diagnosis.diagnosis import diagnose_seen
from xorviz.core.kernels import kernels
from xorviz.core.kernels.compiler import KERNEL_NAMES
from xorviz.core.runs.recording import Recording
from xorviz.core.runs.snapshot import Snapshot
from xorviz.core.settings import RunConfig
from xorviz.panels import registry
from xorviz.panels.base.snapshot_view import SnapshotView
from xorviz.panels.registry import PanelEntry
from xorviz.ui.theme.palette import LIGHT

RECIPES = {
    "the 28 lines": RunConfig(),
    "units equal but for a millionth": RunConfig(rate=0.5, init="nearly-equal"),
    "two units with biases and momentum": RunConfig(width=2, rate=0.5, biases=True, momentum=0.9),
}
STEPS = (10, 500, 3_000, 60_000)
SIZE = 560, 460
VISIBLY = 24
"""Levels of a colour channel from which two pixels differ."""
MOST_PIXELS = 20
"""How many may differ: last digits move the edge of a line."""


def words(view: SnapshotView, readouts: list[str]) -> list[str]:
    """Return all that a view says: labels, texts, tables, and what screen readers are told."""
    parts = [view, *view.findChildren(QWidget)]
    said = [*readouts, *(part.accessibleDescription() for part in parts)]
    said += [label.text() for label in view.findChildren(QLabel)]
    said += [text.toPlainText() for text in view.findChildren(QTextEdit)]
    for table in view.findChildren(QAbstractItemView):
        said += cells(table.model())
    return said


def cells(model: QAbstractItemModel) -> list[str]:
    """Return the texts of a table."""
    rows, columns = range(model.rowCount()), range(model.columnCount())
    places = [model.index(row, column) for row in rows for column in columns]
    return [str(model.data(place, Qt.ItemDataRole.DisplayRole)) for place in places]


def pixels(view: QWidget) -> NDArray[np.int16]:
    """Return the picture of a view (height, width, 4)."""
    image = view.grab().toImage().convertToFormat(QImage.Format.Format_RGB32)
    shape = image.height(), image.width(), 4
    return np.frombuffer(image.constBits(), np.uint8).reshape(shape).astype(np.int16)


def seen(
    qtbot: QtBot, entry: PanelEntry, snapshot: Snapshot
) -> tuple[list[str], NDArray[np.int16]]:
    """Return the words and the picture of a panel that shows a snapshot."""
    view, readouts = entry.make(), [""]
    view.readout_changed.connect(readouts.append)
    view.apply_theme(LIGHT)
    view.answer_at_once()
    shown(qtbot, view, *SIZE)
    view.show_snapshot(snapshot)
    view.clearFocus()
    found = words(view, readouts[-1:]), pixels(view)
    view.close()
    return found


@pytest.fixture(params=RECIPES.values(), ids=list(RECIPES))
def runs(request: pytest.FixtureRequest) -> list[list[Snapshot]]:
    """Return the snapshots of one recipe at STEPS by each kernel."""
    by_kernel = []
    for kernel in KERNEL_NAMES:
        kernels.prepare(kernel)
        run = Recording(request.param, kernel=kernel)
        snapshots = []
        for step in STEPS:
            run.advance(step - run.newest)
            snapshots.append(run.snapshot())
        by_kernel.append(snapshots)
    return by_kernel


@pytest.mark.thorough
@pytest.mark.filterwarnings("error")
def test_every_panel_says_and_draws_the_same_by_both_kernels(
    qtbot: QtBot, runs: list[list[Snapshot]]
) -> None:
    for by_numpy, by_numba in zip(*runs, strict=True):
        sentences = [diagnose_seen(snapshot).sentence for snapshot in (by_numpy, by_numba)]
        assert sentences[0] == sentences[1]
        for entry in registry.PANELS:
            if entry.name in {"controls", "step_check"} or ".lab." in entry.path:
                continue
            said, drawn = seen(qtbot, entry, by_numpy)
            said_too, drawn_too = seen(qtbot, entry, by_numba)
            place = f"{entry.name} at step {by_numpy.step}"
            assert said == said_too, place
            differing = (np.abs(drawn - drawn_too).max(axis=2) > VISIBLY).sum()
            assert differing <= MOST_PIXELS, place
