"""Pointers of the lab's panels while the results change under them."""

from collections.abc import Callable
from dataclasses import replace
from itertools import product
from typing import Any

import pytest
from PySide6.QtCore import QEvent, QPoint, QPointF, Qt
from PySide6.QtGui import QContextMenuEvent, QMouseEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QMenu, QWidget
from pytestqt.qtbot import QtBot

from tests.support.cases import some
from tests.support.lab import RECIPE, snapshots_at
from tests.support.screen import child, shown
from xorviz.core.settings import RunConfig
from xorviz.lab.results.lab_results import LabResults
from xorviz.lab.results.map import MapPlan
from xorviz.panels.lab.lab_gallery import GalleryCanvas, LabGallery
from xorviz.panels.lab.lab_map import LabMap
from xorviz.panels.lab.lab_published import LabPublished
from xorviz.panels.lab.lab_seeds import LabSeeds
from xorviz.panels.lab.lab_view import LabView
from xorviz.panels.lab.seed_marks import SeedStrip
from xorviz.ui.draw.cell_grid import CellGrid
from xorviz.ui.table import Table
from xorviz.ui.theme.palette import LIGHT

pytestmark = pytest.mark.qt_log_ignore("does not support grabbing the keyboard", extend=True)

_, MANY = snapshots_at((50,), range(40, 80))
_, FEW = snapshots_at((40,), range(3), (RunConfig(width=8, rate=0.5, activation="tanh"),))
LARGE = MapPlan(RECIPE, seeds=1, steps=40, with_biases=True)
SMALL = MapPlan(RECIPE, "loss", "width", 1, 40, up_values=(2,))

_Show = Callable[[Any], None]


def _show_plans() -> tuple[_Show, _Show]:
    return lambda view: view.show_snapshot(MANY), lambda view: view.show_snapshot(FEW)


def _show_maps() -> tuple[_Show, _Show]:
    large, small = [(LabResults(plan.plan).snapshot(), plan) for plan in (LARGE, SMALL)]
    return lambda view: view.show_snapshot(*large), lambda view: view.show_snapshot(*small)


def _seeds_with_table() -> LabSeeds:
    view = LabSeeds()
    view.options[0].setChecked(True)
    return view


VIEWS: dict[str, tuple[Callable[[], Any], type[QWidget], Callable[[], tuple[_Show, _Show]]]] = {
    "gallery": (LabGallery, GalleryCanvas, _show_plans),
    "seeds": (LabSeeds, SeedStrip, _show_plans),
    "table": (_seeds_with_table, Table, _show_plans),
    "map": (LabMap, CellGrid, _show_maps),
}


class Pointer:
    """A mouse and a keyboard on one panel."""

    def __init__(self, view: LabView, canvas: QWidget) -> None:
        self.view = view
        self.target = canvas.viewport() if isinstance(canvas, Table) else canvas
        self.opened: list[RunConfig] = []
        view.open_requested.connect(lambda config, _: self.opened.append(config))

    def mouse(self, kind: QEvent.Type, at: QPoint, held: Qt.KeyboardModifier) -> None:
        button = Qt.MouseButton.LeftButton
        buttons = Qt.MouseButton.NoButton if kind == QEvent.Type.MouseMove else button
        there = QPointF(at), QPointF(self.target.mapToGlobal(at))
        QApplication.sendEvent(self.target, QMouseEvent(kind, *there, buttons, buttons, held))

    def do_all(self) -> None:
        """Move, press, leave and type, everywhere; trigger what menus offer."""
        kinds = QEvent.Type
        across = range(3, self.target.width(), max(self.target.width() // 9, 1))
        down = range(3, self.target.height(), max(self.target.height() // 7, 1))
        for x, y in product(across, down):
            for kind in (kinds.MouseMove, kinds.MouseButtonPress, kinds.MouseButtonRelease):
                for held in (Qt.KeyboardModifier.NoModifier, Qt.KeyboardModifier.ShiftModifier):
                    self.mouse(kind, QPoint(x, y), held)
        for key in (Qt.Key.Key_Left, Qt.Key.Key_Down, Qt.Key.Key_Return, Qt.Key.Key_Escape):
            QTest.keyClick(self.view, key)
        self.use_menus()
        QApplication.sendEvent(self.target, QEvent(kinds.Leave))

    @property
    def menus(self) -> list[QMenu]:
        """The menus about networks, without the panel's own."""
        menus = self.view.findChildren(QMenu)
        return [menu for menu in menus if menu.objectName() != "view_menu"]

    def use_menus(self) -> None:
        for menu in self.menus:
            for action in menu.actions():
                action.trigger()

    def open_menu(self) -> None:
        at = self.target.rect().center()
        reason = QContextMenuEvent.Reason.Mouse
        event = QContextMenuEvent(reason, at, self.target.mapToGlobal(at))
        QApplication.sendEvent(self.target, event)


@pytest.mark.parametrize("name", some(list(VIEWS), 4))
def test_a_smaller_plan_arrives_under_the_pointer(
    qtbot: QtBot, monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    make, part, shows = VIEWS[name]
    view = make()
    view.apply_theme(LIGHT)
    shown(qtbot, view, 540, 518)
    pointer, (show_large, show_small) = Pointer(view, child(view, part)), shows()
    show_large(view)
    pointer.do_all()
    pointer.open_menu()
    # The new plan is not drawn yet: the view is, for a moment, taken for hidden.
    with monkeypatch.context() as patch:
        patch.setattr(LabView, "is_seen", property(lambda _: False))
        show_small(view)
        pointer.do_all()
        assert all(config.seed in {*range(40, 80), 0} for config in pointer.opened)
        pointer.open_menu()
    view.redraw()
    assert not any(menu.isVisible() for menu in pointer.menus)
    pointer.opened.clear()
    pointer.use_menus()
    assert pointer.opened == []
    assert view._pointed is None
    pointer.do_all()
    view.show_snapshot(None)
    pointer.opened.clear()
    pointer.do_all()
    assert pointer.opened == []


def test_a_row_pressed_before_another_plan_is_not_opened_on_release(qtbot: QtBot) -> None:
    view = shown(qtbot, _seeds_with_table(), 540, 518)
    view.show_snapshot(MANY)
    pointer = Pointer(view, child(view, Table))
    at, none = QPoint(20, 8), Qt.KeyboardModifier.NoModifier
    pointer.mouse(QEvent.Type.MouseButtonPress, at, none)
    view.show_snapshot(FEW)
    pointer.mouse(QEvent.Type.MouseButtonRelease, at, none)
    assert pointer.opened == []


def test_results_of_the_same_plan_leave_the_pointer(qtbot: QtBot) -> None:
    view = shown(qtbot, LabGallery(), 540, 518)
    view.show_snapshot(MANY)
    view.setFocus()
    QTest.keyClick(view, Qt.Key.Key_Right)
    assert view._pointed == 0
    view.show_snapshot(replace(MANY, loss=2 * MANY.loss))
    assert view._pointed == 0
    view.options[0].trigger()  # another order of the same networks
    assert view._pointed == 0


def test_a_menu_never_opened_does_nothing(qtbot: QtBot) -> None:
    for make in (LabPublished, LabMap, LabSeeds, LabGallery):
        view = shown(qtbot, make(), 540, 518)
        opened: list[RunConfig] = []
        view.open_requested.connect(lambda config, _, opened=opened: opened.append(config))
        for menu in view.findChildren(QMenu):
            for action in menu.actions():
                action.trigger()
        assert opened == []
