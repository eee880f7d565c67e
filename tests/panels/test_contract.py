"""The contract of every panel in the registry, and of one that a test adds to it."""

import gc
import weakref
from dataclasses import replace

import numpy as np
import pytest
from PySide6.QtCore import QCoreApplication, QEvent, QPointF, Qt
from PySide6.QtGui import QAccessible
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QWidget
from pytestqt.qtbot import QtBot

from tests.support.panels import ENTRIES, OF_SNAPSHOTS, each, made, numbers_in, numbers_of
from tests.support.screen import ShortcutWindow, active_window, heard, move_mouse, shown, spoken
from tests.support.snapshots import QUICK, RECIPES, of_file, trained, with_losses, with_weights
from xorviz.core.network import inputs, parameter_count
from xorviz.core.runs.snapshot import Snapshot
from xorviz.core.settings import ACTIVATION_NAMES, RunConfig
from xorviz.core.truth_table import COUNTED
from xorviz.panels import registry
from xorviz.panels.base.export import COPY_DESCRIPTION
from xorviz.panels.base.snapshot_view import SnapshotView
from xorviz.panels.base.view import View
from xorviz.panels.registry import PanelEntry
from xorviz.ui.draw.canvas import Canvas
from xorviz.ui.markdown import anchor
from xorviz.ui.said import told_of
from xorviz.ui.theme.palette import DARK

SIZES = ((60, 40), (240, 300))


def extremes() -> dict[str, Snapshot]:
    """Return the snapshots that a panel may have to show at worst."""
    found = {
        "one unit": trained(RunConfig(width=1), 3),
        "64 units with biases": trained(RunConfig(width=64, biases=True), 3),
        "all zero": trained(RunConfig(init="zero", biases=True), 3),
        "largest weights": with_weights(RunConfig(activation="relu"), fill=1.7e308),
        "infinite loss": replace(with_losses([1.0, 1e308]), loss=float("inf")),
        "diverged": trained(RunConfig(activation="relu", rate=1000, init_range=100), 40),
        "dead units": of_file(RunConfig(activation="relu"), [-1.0] * 9, [1.0] * 40),
        "saturated": of_file(RunConfig(), [800.0, -800.0, 800.0] * 3, [0.0] * 5),
    }
    found |= {name: with_weights(config, fill=1e200) for name, config in RECIPES.items()}
    numbers = {"large": 1.7e308, "small": 5e-324, "square root": 1e154}
    losses = ([1.7e308, 1e308] * 8, [5e-324, 0.0, 5e-324], [1.7e308, 5e-324, 0.0, 1.0])
    kinds = [(n, kind) for n in range(3) for kind in range(3)]
    for (n, kind), width in zip(kinds, (1, 3, 64, 64, 1, 3, 3, 64, 1), strict=True):
        config = RunConfig(width=width, activation=ACTIVATION_NAMES[kind], biases=width == 3)
        name, number = list(numbers.items())[n]
        signs = np.resize([1, -1, -1, 1, 1], parameter_count(config))
        found[f"{name} {config.activation}"] = of_file(config, (number * signs).tolist(), losses[n])
    return found


EXTREMES = extremes()


@pytest.fixture(autouse=True)
def _toy_is_registered(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(registry, "PANELS", ENTRIES)


@pytest.fixture(scope="module")
def run() -> tuple[Snapshot, Snapshot]:
    """Return the same run at two steps."""
    return trained(QUICK, 90), trained(QUICK, 400)


@pytest.fixture
def drawn(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Return a list that names each view that draws, whenever it does."""
    names: list[str] = []
    draw = View.redraw

    def redraw(view: View) -> None:
        will_draw = not view._is_drawn and view.is_seen
        draw(view)
        names.extend([view.objectName()] * will_draw)

    monkeypatch.setattr(View, "redraw", redraw)
    return names


@each(ENTRIES)
def test_a_view_that_was_large_may_be_as_small_as_before(
    qtbot: QtBot, entry: PanelEntry, run: tuple[Snapshot, Snapshot]
) -> None:
    view = entry.kind()
    if isinstance(view, SnapshotView):
        view.answer_at_once()
        view.show_snapshot(run[0])
    shown(qtbot, view, 300, 140)
    view.grab()
    least = view.minimumSizeHint().height()
    view.resize(600, 900)
    view.grab()
    assert view.minimumSizeHint().height() == least


@each(ENTRIES)
def test_a_view_is_named_explained_drawn_when_it_is_seen_and_leaves_nothing(
    qapp: QApplication, entry: PanelEntry, run: tuple[Snapshot, Snapshot], drawn: list[str]
) -> None:
    view = entry.kind()
    assert isinstance(view, View)
    assert view.objectName() == entry.name
    assert view.title == view.accessibleName() == entry.title
    assert len(view.explanation) > 30
    assert told_of(view)[0] == view.explanation == view.accessibleDescription(), "two sentences"
    assert anchor(entry.title) == told_of(view)[1]
    if isinstance(view, SnapshotView):
        view.answer_at_once()
        view.show_snapshot(run[0])
        view.show_snapshot(run[1])
    assert drawn == []
    assert not view.grab().isNull()  # an error in painting would fail the test
    for count in (1, 2):
        view.show()
        QTest.qWaitForWindowExposed(view)
        assert not view.grab().isNull()
        if isinstance(view, SnapshotView):
            assert drawn == [entry.name] * count
            view.hide()
            view.show_snapshot(run[0])
            assert drawn == [entry.name] * count
    interface = QAccessible.queryAccessibleInterface(view)
    assert interface.role() == QAccessible.Role.Grouping
    assert interface.text(QAccessible.Text.Name) == view.title
    del interface
    left = weakref.ref(view)
    view.close()
    view.deleteLater()
    QCoreApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete)
    del view
    gc.collect()
    assert left() is None


@each(OF_SNAPSHOTS)
def test_a_view_says_in_words_what_it_shows_and_forgets_units_and_the_mouse(
    qtbot: QtBot, entry: PanelEntry, run: tuple[Snapshot, Snapshot]
) -> None:
    view = shown(qtbot, made(entry), 320, 240)
    assert view.description() == view.explanation
    view.answer_at_once()
    said = []
    for snapshot in run:  # scales that rarely change depend on what was shown before
        view.show_snapshot(snapshot)
        said.append(view.description())
        assert said[-1].startswith(f"At step {snapshot.step}")
        assert len(said[-1]) < 800
        assert numbers_in(said[-1]) - numbers_of(view) == set(), "in no snapshot and no table"
    assert said[0] != said[1]
    plain = view.grab().toImage()
    for unit in (1, 60, None):  # there is no h61
        view.show_unit(unit)
    assert view.grab().toImage() == plain
    units: list[int | None] = heard(view.unit_pointed)
    for widget in (view, *view.findChildren(QWidget)):
        for fraction in (0.2, 0.4, 0.6, 0.8):
            hover(widget, fraction)
        QCoreApplication.sendEvent(widget, QEvent(QEvent.Type.Leave))
    assert units[-1:] in ([], [None])
    view.show_unit(None)
    left = view.grab().toImage()
    for snapshot in run:
        view.show_snapshot(snapshot)
    assert view.grab().toImage() == left


@pytest.mark.parametrize("part", [2, pytest.param(len(RECIPES), marks=pytest.mark.thorough)])
@each(OF_SNAPSHOTS)
def test_a_run_of_any_kind_is_shown_in_its_own_numbers(
    qtbot: QtBot, entry: PanelEntry, part: int
) -> None:
    view = shown(qtbot, made(entry), 320, 240)
    view.answer_at_once()
    for config in [*RECIPES.values()][:: len(RECIPES) // part]:
        snapshot = trained(config, 60)
        view.show_snapshot(snapshot)
        assert not view.grab().isNull()
        said = view.description()
        if entry.name != "why":  # it says first what state the run is in
            assert said.startswith(f"At {'step' if config.batch == 'full' else 'pass'} 60")
        assert numbers_in(said) - numbers_of(view) == set(), "in no snapshot and no table"
        header, rows = view.table() or ((), ())
        if {"x1", "x2"} <= {*header}:
            written = [dict(zip(header, row, strict=True)) for row in rows]
            wanted = inputs(config)[list(COUNTED)].tolist()
            assert [[row["x1"], row["x2"]] for row in written] == wanted
            assert [row["output"] for row in written] == snapshot.outputs[list(COUNTED)].tolist()


def hover(widget: QWidget, fraction: float) -> None:
    """Move the mouse over a widget, so far along its diagonal."""
    move_mouse(widget, QPointF(widget.width() * fraction, widget.height() * fraction))


@each(ENTRIES)
def test_keys_do_nothing_before_a_snapshot_and_then_move_the_cursor_of_a_described_view(
    qtbot: QtBot, qapp: QApplication, entry: PanelEntry, run: tuple[Snapshot, Snapshot]
) -> None:
    view, wishes = made(entry), list[object]()
    window = active_window(qtbot, view, "Left", "Right", "Space")
    for name in ("unit_requested", "step_requested", "open_requested", "cell_requested"):
        if hasattr(view, name):
            getattr(view, name).connect(wishes.append)
    for key in (Qt.Key.Key_Right, Qt.Key.Key_Return, Qt.Key.Key_Plus, Qt.Key.Key_Escape):
        QTest.keyClick(view, key)
    for canvas in view.findChildren(Canvas):
        if canvas.isVisible():
            hover(canvas, 0.4)
            QTest.mouseClick(canvas, Qt.MouseButton.LeftButton)
    assert wishes == []
    if isinstance(view, SnapshotView):
        view.show_snapshot(run[1])
    copy = view.exports[-1]
    assert copy.text() == COPY_DESCRIPTION
    copy.trigger()
    assert qapp.clipboard().text() == view.description() != ""
    if view.focusPolicy() == Qt.FocusPolicy.NoFocus:
        return  # a form: its fields have the focus
    view.clearFocus()
    view.setFocus()
    assert spoken(focused(window)) == view.description()
    for key in (Qt.Key.Key_Right, Qt.Key.Key_Down, Qt.Key.Key_Left, Qt.Key.Key_Up):
        QTest.keyClick(focused(window), key)
    assert window.used == []
    QTest.keyClick(focused(window), Qt.Key.Key_Space)
    assert window.used == ["Space"]
    if isinstance(view, SnapshotView):
        view.show_unit(1)
        wishes.clear()
        QTest.keyClick(focused(window), Qt.Key.Key_Escape)
        assert wishes == [None]


def focused(window: ShortcutWindow) -> QWidget:
    widget = QApplication.focusWidget()
    assert widget is not None
    assert window.isAncestorOf(widget)
    return widget


@pytest.mark.parametrize("part", [1, pytest.param(len(EXTREMES), marks=pytest.mark.thorough)])
@pytest.mark.parametrize("place", range(len(OF_SNAPSHOTS)))
def test_any_network_can_be_shown(qtbot: QtBot, place: int, part: int) -> None:
    view = shown(qtbot, made(OF_SNAPSHOTS[place], DARK))
    view.answer_at_once()
    for snapshot in (*EXTREMES.values(), *EXTREMES.values())[place : place + part]:
        # An error or a warning in painting, a hint or an answer fails the test.
        view.show_snapshot(snapshot)
        for size in SIZES:
            view.resize(*size)
            assert not view.grab().isNull()
        for widget in (view, *view.findChildren(QWidget)):
            hover(widget, 0.4)
            QCoreApplication.sendEvent(widget, QEvent(QEvent.Type.Leave))
        view.show_unit(0)
        for option in view.options:
            option.trigger()
        assert not view.grab().isNull()
