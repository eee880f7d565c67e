"""What every panel promises of the places that can be pointed at, of its options and themes."""

from collections.abc import Callable
from functools import partial
from typing import Any

import pytest
from PySide6.QtCore import QEvent, QObject, QPoint, Qt
from PySide6.QtGui import QAction, QImage
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QLineEdit, QMenu
from pytestqt.qtbot import QtBot

from tests.support.page import Page
from tests.support.panels import each, numbers_in, numbers_of, sheet_of
from tests.support.screen import press_left, release_left, shown
from tests.support.snapshots import QUICK, trained
from xorviz.panels import registry
from xorviz.panels.base.snapshot_view import SnapshotView
from xorviz.panels.base.view import View
from xorviz.panels.registry import PanelEntry
from xorviz.ui.draw.canvas import Canvas
from xorviz.ui.plot.curve_plot import CurvePlot
from xorviz.ui.theme.palette import DARK, LIGHT

MANY = 400
"""Places from which every point is one of its own: keys do not meet the points of the mouse."""
WAY = (Qt.Key.Key_Right, Qt.Key.Key_Right, Qt.Key.Key_Left, Qt.Key.Key_Down)
"""Keys that go to several places of a panel."""
FEW = 2
"""Places of a panel that are tried with Enter and a click."""
OF_THE_WINDOW = {"lab_follow_steps", "map_back"}
"""Options that change only what the window does."""


@pytest.fixture(autouse=True)
def _no_menu_opens(monkeypatch: pytest.MonkeyPatch) -> None:
    """Without a screen a menu cannot take the keyboard."""
    monkeypatch.setattr(QMenu, "popup", lambda menu, at: None)


def by_mouse(page: Page[Any]) -> dict[str, QPoint]:
    """Return all that is said while the mouse is at places of a panel, with a point of each."""
    if page.view._pointable is None:
        return {}
    page.picture()
    if not 0 < len(places := page.places()) < MANY:
        return {}
    page.leave()
    found = {page.said(): QPoint()}
    for at in places:
        page.point(at, page.part)
        found.setdefault(page.said(), at)
        page.point(None, page.part)
    page.leave()
    assert page.said() == ""
    del found[""]
    return found


@each(registry.PANELS)
def test_arrow_keys_reach_what_the_mouse_reaches_and_read_the_same(
    qtbot: QtBot, entry: PanelEntry
) -> None:
    page = sheet_of(qtbot, entry, DARK, size=(320, 280))
    before = page.picture()
    if not (places := by_mouse(page)):
        return
    assert page.picture() == before, "the mouse has left"
    ways = page.walk()
    assert len(ways) >= 3
    assert ways.keys() == places.keys()
    assert page.picture() == before, "Esc was pressed"
    if isinstance(page.view, SnapshotView) and page.view.has_table:  # others have none of their own
        assert page.view.table() is not None
        assert set().union(*map(numbers_in, places)) - numbers_of(page.view) == set()
    said = list(ways)[1]
    page.press(*ways[said])
    by_keys = page.picture()
    assert by_keys != before
    page.leave()
    page.point(places[said], page.part)
    assert page.picture() != before
    use_some_places(page, places, ways)


def use_some_places(
    page: Page[Any], places: dict[str, QPoint], ways: dict[str, tuple[Qt.Key, ...]]
) -> None:
    """Assert that Enter at a place does what a click or two there do, and that Esc ends it."""
    for said in list(ways)[-1 :: -max(1, len(ways) // FEW)]:
        acts: list[Callable[[], object]] = [
            lambda: page.press(Qt.Key.Key_Return),
            lambda at=places[said]: click(page, at),  # type: ignore[misc]
        ]
        if isinstance(page.view._pointable, Canvas):
            acts.append(lambda at=places[said]: click(page, at, twice=True))  # type: ignore[misc]
        done = []
        for act in acts:
            page.leave()
            page.press(*ways[said])
            assert page.said() == said
            done.append(effects(page, act))
            for field in fields(page):
                QTest.keyClick(field, Qt.Key.Key_Escape)
        assert done[0] in done[1:]
        page.leave()
        assert page.said() == ""
        assert getattr(page.view, "unit", None) is None


def click(page: Page[Any], at: QPoint, twice: bool = False) -> None:
    """Click a place, or click it twice."""
    page.point(at, page.part)
    press_left(page.part, at)
    release_left(page.part, at)
    if twice:
        QTest.mouseDClick(page.part, Qt.MouseButton.LeftButton, pos=at)


def effects(page: Page[Any], act: Callable[[], object]) -> dict[str, Any]:
    """Return what a view has last sent by each signal, its unit, and its fields in sight."""
    counts = {name: len(sent) for name, sent in page.heard.items()}
    act()
    sent = {name: sent[-1] for name, sent in page.heard.items() if len(sent) > counts[name]}
    for name in ("readout_changed", "unit_pointed", "unit_requested"):
        sent.pop(name, None)
    chosen = getattr(page.view, "_chosen_unit", None)
    return sent | {"chosen": chosen, "fields": len(fields(page))}


def fields(page: Page[Any]) -> list[QLineEdit]:
    """Return the fields in sight."""
    return [field for field in page.view.findChildren(QLineEdit) if field.isVisible()]


@each(registry.PANELS)
def test_themes_and_options_change_something_and_can_be_taken_back_and_keys_zoom_plots(
    qtbot: QtBot, entry: PanelEntry
) -> None:
    page, dark = (sheet_of(qtbot, entry, one, size=(280, 240)) for one in (LIGHT, DARK))
    for part in (page.view, dark.view, shown(qtbot, QLineEdit())):  # both have had the focus
        if part.focusPolicy() != Qt.FocusPolicy.NoFocus:
            with qtbot.waitActive(part):
                part.activateWindow()
            part.setFocus()
    light = page.picture()
    page.view.apply_theme(DARK)
    assert page.picture() == dark.picture()
    page.view.apply_theme(LIGHT)
    assert page.picture() == light

    small = None
    for option in page.view.options:
        if not changes(page, option) and option.objectName() not in OF_THE_WINDOW:
            small = small or sheet_of(qtbot, entry, width=40, size=(200, 160))
            assert changes(small, small.option(option.objectName())), option.objectName()

    for plot in page.view.findChildren(CurvePlot):
        ((start, end), values) = plot.rows[0].box.viewRange()
        for key, is_wider in ((Qt.Key.Key_Plus, False), (Qt.Key.Key_Minus, True)):
            before = end - start
            page.press(key)
            ((start, end), now) = plot.rows[0].box.viewRange()
            assert (end - start > before) == is_wider
            assert now == pytest.approx(values), "along the lower axis"


def changes(page: Page[Any], option: QAction) -> bool:
    """Choose an option, and choose the one before again; return whether it changed anything."""
    if not option.isEnabled():
        return option.toolTip() != ""
    before = looks(page)
    chosen = option.actionGroup().checkedAction() if option.actionGroup() else option
    if isinstance(menu := option.menu(), QMenu):
        pick(menu, -1)
    else:
        if not option.isCheckable():
            page.press(Qt.Key.Key_Plus)  # so that there is something to fit
            before = looks(page)
        option.trigger()
    after = looks(page)
    if isinstance(menu, QMenu):
        pick(menu, 0)
    elif option.isCheckable():
        chosen.trigger()
        assert held(page.view) == before[1]
        assert page.picture() == before[0]
    return after != before or (chosen is option and option.actionGroup() is not None)


def pick(menu: QMenu, place: int) -> None:
    """Choose an entry of a menu that is filled when it opens."""
    menu.aboutToShow.emit()
    menu.actions()[place].trigger()


def held(view: View) -> list[bool]:
    """Return which options hold."""
    return [option.isChecked() for option in view.options]


def looks(page: Page[Any]) -> tuple[QImage, list[bool], object]:
    """Return the picture of a view, which options hold, and all else that it says and does."""
    view = page.view
    _, rows = view.table() or ((), ())
    texts = [view.description(), QApplication.clipboard().text()]
    texts += [str(cell) for row in rows for cell in row]
    texts += [option.toolTip() for option in view.options]
    sent = {name: len(sent) for name, sent in page.heard.items()}
    return page.picture(), held(view), (texts, sent)


class Painted(QObject):
    """Notes which widgets have been painted."""

    def __init__(self) -> None:
        super().__init__()
        self.widgets: set[QObject] = set()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:  # noqa: N802
        if event.type() == QEvent.Type.Paint:
            self.widgets.add(watched)
        return False


@each(registry.PANELS)
def test_what_looks_different_is_painted_again_and_what_a_key_changes_in_words_announced(
    qtbot: QtBot, announced: list[str], entry: PanelEntry
) -> None:
    page, painted = sheet_of(qtbot, entry, size=(280, 240)), Painted()
    view, keys = page.view, [*WAY, Qt.Key.Key_Escape]
    parts = [part for part in view.findChildren(Canvas) if part.isVisible()]
    parts += [plot.viewport() for plot in view.findChildren(CurvePlot) if plot.isVisible()]
    acts: list[Callable[[], object]] = [partial(page.press, key) for key in keys]
    if isinstance(view, SnapshotView):
        acts += [lambda: view.show_unit(1), lambda: page.show(trained(QUICK, 400))]
    acts.append(lambda: view.apply_theme(DARK))
    for part in parts:
        part.installEventFilter(painted)
    page.picture()
    before, said = [part.grab().toImage() for part in parts], page.words()
    for number, act in enumerate(acts):
        painted.widgets.clear()
        count = len(announced)
        act()
        QApplication.processEvents()
        now = set(painted.widgets)
        after, says = [part.grab().toImage() for part in parts], page.words()
        for part, old, new in zip(parts, before, after, strict=True):
            assert part in now or old == new or part.visibleRegion().isEmpty()
        if number < len(WAY) and says - said and view.focusProxy() is None:
            # A table is its view's proxy: Qt announces its cells.
            assert len(announced) == count + 1
            assert any(text in announced[-1] for text in says - said)
        before, said = after, says
    if view._pointable is not None and bool(view.table()) >= view.has_table:
        assert view.focusProxy() is not None or len(set(announced)) > 1
