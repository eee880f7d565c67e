"""The published experiments on the screen: how they stand, and what a person wishes of them."""

from dataclasses import dataclass, field, replace

import pytest
from PySide6.QtCore import QPoint, QRectF, Qt
from PySide6.QtGui import QAction, QContextMenuEvent, QImage
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QMenu, QScrollArea
from pytestqt.qtbot import QtBot

from tests.support.screen import (
    active_window,
    child,
    drag,
    is_near,
    pixel,
    press,
    press_left,
    release_left,
    shown,
)
from xorviz.core.config import RunConfig
from xorviz.files.exports.pictures import svg_bytes
from xorviz.lab.results.published import EXPERIMENTS, Published
from xorviz.lab.results.published_readings import Compared, ExperimentResult, Match
from xorviz.panels.lab.published.lab_published import LabPublished
from xorviz.panels.lab.published.layout import PublishedLayout
from xorviz.panels.lab.published.row import PublishedRow, shorter
from xorviz.panels.lab.published.table import INTRODUCTION, PublishedTable
from xorviz.ui.chrome.panel import Panel
from xorviz.ui.theme.palette import DARK, LIGHT, Theme
from xorviz.ui.theme.style import apply_theme

START, HINTON, CROSS_VALIDATED, WIDTHS = EXPERIMENTS
NAMES = [one.name for one in EXPERIMENTS]
SHIFT = Qt.KeyboardModifier.ShiftModifier


def result(mark: Match = Match.MATCH, now: str = "25 of 30, median 730") -> ExperimentResult:
    return ExperimentResult(now, mark, f"Comes to a {mark}", (Compared("median step", 730, 730),))


@dataclass
class Desk:
    """The view, and what is wished of it."""

    view: LabPublished
    experiments: list[Published] = field(default_factory=list)
    benches: list[tuple[RunConfig, int]] = field(default_factory=list)
    exports: list[str] = field(default_factory=list)
    readouts: list[str] = field(default_factory=list)
    all_wishes: list[bool] = field(default_factory=list)

    def listen(self) -> None:
        self.view.experiment_requested.connect(self.experiments.append)
        self.view.bench_requested.connect(lambda config, step: self.benches.append((config, step)))
        self.view.export_requested.connect(self.exports.append)
        self.view.readout_changed.connect(self.readouts.append)
        self.view.all_requested.connect(lambda: self.all_wishes.append(True))

    @property
    def table(self) -> PublishedTable:
        return child(self.view, PublishedTable)

    @property
    def places(self) -> PublishedLayout:
        return self.table.parts

    @property
    def rows(self) -> tuple[PublishedRow, ...]:
        return self.table._rows

    def click(self, rect: QRectF) -> None:
        point = rect.center().toPoint()
        press_left(self.table, point)
        release_left(self.table, point)

    def point_at(self, rect: QRectF) -> str:
        QTest.mouseMove(self.table, rect.center().toPoint())
        return self.table.toolTip()

    def option(self, name: str) -> QAction:
        return next(action for action in self.view.options if action.objectName() == name)

    def read_all(self) -> None:
        for name, mark in zip(NAMES, (*[Match.MATCH] * 3, Match.SOFT), strict=True):
            self.view.show_result(name, result(mark))


@pytest.fixture
def desk(qtbot: QtBot) -> Desk:
    found = Desk(shown(qtbot, LabPublished(), 236, 170))
    found.listen()
    return found


@pytest.fixture
def wide(qtbot: QtBot) -> Desk:
    found = Desk(shown(qtbot, LabPublished(), 540, 400))
    found.listen()
    return found


def test_what_it_is_called_and_says(desk: Desk) -> None:
    view = desk.view
    assert view.objectName() == "lab_published"
    assert view.title == view.accessibleName() == "Published experiments"
    assert "Run all" in view.whatsThis()
    assert [action.objectName() for action in view.options] == [
        "lab_published_all",
        "lab_published_csv",
        "lab_published_png",
        "lab_published_svg",
    ]


def test_before_anything_has_run_all_can_be_run_by_one_button(desk: Desk) -> None:
    assert [row.now for row in desk.rows] == [""] * 4
    assert desk.places.button is not None
    desk.click(desk.places.button)
    assert desk.all_wishes == [True]
    assert desk.point_at(desk.places.button) == INTRODUCTION
    desk.view.show_waiting(WIDTHS.name)
    assert desk.places.button is None
    desk.option("lab_published_all").trigger()
    assert desk.all_wishes == [True, True]


@pytest.mark.parametrize("size", [(236, 170), (540, 400)])
def test_a_click_on_the_triangle_runs_an_experiment(qtbot: QtBot, size: tuple[int, int]) -> None:
    desk = Desk(shown(qtbot, LabPublished(), *size))
    desk.listen()
    for place in (3, 1):
        desk.click(desk.places.play_of(place))
    assert desk.experiments == [WIDTHS, HINTON]
    assert desk.places.opened is None


def test_a_press_that_ends_elsewhere_is_no_click(desk: Desk) -> None:
    start, end = (desk.places.play_of(place).center().toPoint() for place in (0, 2))
    drag(desk.table, start, end)
    assert desk.experiments == []
    assert desk.places.opened is None


def test_what_runs_or_waits_cannot_be_run_again(desk: Desk) -> None:
    desk.view.show_progress(START.name, 0.3)
    desk.view.show_waiting(HINTON.name)
    for place in (0, 1):
        desk.click(desk.places.play_of(place))
    desk.view.setFocus()
    QTest.keyClick(desk.view, Qt.Key.Key_Down)
    QTest.keyClick(desk.view, Qt.Key.Key_Return)
    assert desk.experiments == []
    for name in (CROSS_VALIDATED.name, WIDTHS.name):
        assert desk.option("lab_published_all").isEnabled()
        desk.view.show_waiting(name)
    assert not desk.option("lab_published_all").isEnabled()


def test_progress_then_a_reading(desk: Desk) -> None:
    desk.view.show_waiting(HINTON.name)
    assert desk.rows[1].now == "waits"
    desk.view.show_progress(HINTON.name, 0.424)
    assert desk.rows[1].now == "42 %"
    assert desk.rows[1].mark is None
    assert "Running, 42 %" in desk.table.accessibleName()
    desk.view.show_result(HINTON.name, result())
    assert desk.rows[1].now == "25 of 30, median 730"
    assert desk.rows[1].mark == Match.MATCH
    assert desk.view.results == {HINTON.name: result()}


@pytest.mark.parametrize("before", [None, result(Match.MISS)])
def test_one_that_is_stopped_is_what_it_was(desk: Desk, before: ExperimentResult | None) -> None:
    if before is not None:
        desk.view.show_result(HINTON.name, before)
    was = desk.rows
    desk.view.show_waiting(HINTON.name)
    desk.view.show_progress(HINTON.name, 0.5)
    assert desk.rows != was
    desk.view.show_stopped(HINTON.name)
    assert desk.rows == was


def test_progress_never_says_that_it_is_done(desk: Desk) -> None:
    desk.view.show_progress(HINTON.name, 0.9999)
    assert desk.rows[1].now == "99 %"
    desk.view.show_progress(HINTON.name, 1.2)
    assert desk.rows[1].now == "100 %"


def test_the_readout_counts_marks_where_there_is_room(desk: Desk, wide: Desk) -> None:
    for each in (desk, wide):
        each.read_all()
        each.view.show_result(START.name, result(Match.MISS))
    assert wide.readouts[-1] == "1 missed · 2 matched · 1 soft"
    assert not any(desk.readouts)
    desk.view.resize(400, 170)
    assert desk.readouts[-1] == "1 missed · 2 matched · 1 soft"


def test_a_click_shows_the_details_of_a_row_and_another_hides_them(wide: Desk) -> None:
    wide.view.show_result(HINTON.name, result())
    title = wide.places.cells.title
    wide.click(title.translated(wide.places.head_of(1).topLeft()))
    texts = " ".join(text for _, text in wide.places.details)
    for part in (
        "Comes to a match",
        "median step: 730, published 730",
        "default_rng",
        "cybertronai",
    ):
        assert part in texts
    assert wide.places.head_of(2).top() > wide.places.details[-1][0].bottom()
    wide.click(title.translated(wide.places.head_of(1).topLeft()))
    assert wide.places.details == ()
    assert wide.experiments == []


def test_details_beyond_the_panel_are_scrolled_to(desk: Desk) -> None:
    bar = child(desk.view, QScrollArea).verticalScrollBar()
    assert bar.maximum() == 0, "all four rows fit where there is little room"
    desk.click(desk.places.head_of(3))
    assert bar.maximum() > 0
    assert bar.value() == round(desk.places.head_of(3).top())


def test_a_row_is_one_line_where_there_is_room(desk: Desk, wide: Desk) -> None:
    narrow, broad = desk.places.cells, wide.places.cells
    assert narrow.now.top() > narrow.title.bottom() - 1
    assert broad.now.top() == broad.title.top()
    for cells, width in ((narrow, 240), (broad, 540)):
        assert cells.published.right() < cells.now.left()
        assert cells.now.right() <= width


def test_a_value_too_long_for_its_place_is_said_shorter() -> None:
    assert shorter(HINTON.published) == "25 of 30 · 730"
    assert shorter(START.published) == START.published


def test_the_mouse_has_the_details_in_a_tip(desk: Desk) -> None:
    tip = desk.point_at(desk.places.cells.title.translated(desk.places.head_of(3).topLeft()))
    assert tip.startswith(WIDTHS.title)
    assert "558" in tip
    assert max(map(len, tip.split("\n"))) <= 72
    assert desk.point_at(desk.places.play_of(3)) == f"Run {WIDTHS.title} (Enter)"


def test_a_tip_does_not_go_stale(desk: Desk) -> None:
    desk.point_at(desk.places.cells.title.translated(desk.places.head_of(1).topLeft()))
    desk.view.show_result(HINTON.name, result())
    assert "Comes to a match" in desk.table.toolTip()


def test_everything_can_be_done_by_keys(qtbot: QtBot) -> None:
    desk = Desk(LabPublished())
    window = active_window(qtbot, desk.view, "Right", "Down")
    desk.listen()
    for key in (Qt.Key.Key_Down, Qt.Key.Key_Down, Qt.Key.Key_Return):
        press(key)
    assert desk.experiments == [HINTON]
    press(Qt.Key.Key_Right)
    assert desk.places.opened == 1
    press(Qt.Key.Key_Return, SHIFT)
    assert desk.benches == [(replace(HINTON.plan.recipes[0], seed=0), 0)]
    press(Qt.Key.Key_Left)
    assert desk.places.opened is None
    for _ in range(3):
        press(Qt.Key.Key_Up)
    press(Qt.Key.Key_Return)
    assert desk.all_wishes == [True]
    press(Qt.Key.Key_Return, SHIFT)
    press(Qt.Key.Key_Escape)
    press(Qt.Key.Key_Return)
    assert (len(desk.experiments), len(desk.benches), desk.all_wishes) == (1, 1, [True, True])
    assert window.used == []


def test_the_cursor_is_told_in_words_and_leaves_a_button_that_is_gone(desk: Desk) -> None:
    for key in (Qt.Key.Key_Down, Qt.Key.Key_Up):
        QTest.keyClick(desk.view, key)
    assert desk.view.accessibleDescription() == "Run all"
    desk.view.show_result(START.name, result(Match.MISS, "loss 0.5"))
    words = desk.view.accessibleDescription()
    assert words == "The 28 lines. Published loss 0.02842, xorviz loss 0.5. Comes to a miss."
    QTest.keyClick(desk.view, Qt.Key.Key_Escape)
    assert desk.view.accessibleDescription() == desk.view.explanation


popped_up = pytest.mark.qt_log_ignore("does not support grabbing the keyboard", extend=True)


def open_menu(desk: Desk, at: QPoint, reason: QContextMenuEvent.Reason) -> QMenu | None:
    event = QContextMenuEvent(reason, at, desk.table.mapToGlobal(at))
    QApplication.sendEvent(desk.view, event)
    menu = child(desk.view, QMenu)
    return menu if menu.isVisible() else None


@popped_up
def test_the_menu_of_a_row(desk: Desk) -> None:
    mouse, keyboard = QContextMenuEvent.Reason.Mouse, QContextMenuEvent.Reason.Keyboard
    at = desk.places.head_of(2).center().toPoint()
    menu = open_menu(desk, at, mouse)
    assert menu is not None
    run, bench, details = menu.actions()
    bench.trigger()
    assert desk.benches == [(replace(CROSS_VALIDATED.plan.recipes[0], seed=0), 0)]
    run.trigger()
    assert desk.experiments == [CROSS_VALIDATED]
    details.trigger()
    assert desk.places.opened == 2
    menu.close()
    assert open_menu(desk, at, keyboard) is None, "the keyboard points at no row"
    QTest.keyClick(desk.view, Qt.Key.Key_Down)
    desk.view.show_progress(START.name, 0.5)
    menu = open_menu(desk, at, keyboard)
    assert menu is not None
    assert not run.isEnabled()
    menu.close()


@pytest.mark.parametrize("kind", ["csv", "png", "svg"])
def test_what_is_shown_can_be_saved(desk: Desk, kind: str) -> None:
    desk.option(f"lab_published_{kind}").trigger()
    assert desk.exports == [kind]


def inks(desk: Desk, rect: QRectF) -> QImage:
    return desk.table.grab(rect.toAlignedRect()).toImage()


def has(image: QImage, color: str) -> bool:
    size = image.size()
    pixels = ((x, y) for x in range(size.width()) for y in range(size.height()))
    return any(is_near(image.pixelColor(x, y), color, 30) for x, y in pixels)


@pytest.mark.parametrize("theme", [LIGHT, DARK], ids=["light", "dark"])
def test_a_mark_has_its_colour_in_both_themes(qtbot: QtBot, theme: Theme) -> None:
    desk = Desk(shown(qtbot, LabPublished(), 240, 180))
    desk.view.setStyleSheet(f"background: {theme.panel}")
    desk.view.apply_theme(theme)
    colors = {}
    for mark in (Match.MATCH, Match.MISS, Match.SOFT):
        desk.view.show_result(HINTON.name, result(mark))
        sign = desk.places.cells.sign.translated(desk.places.head_of(1).topLeft())
        image = inks(desk, sign)
        colors[mark] = [has(image, color) for color in (theme.accent, theme.wrong)]
    assert colors == {
        Match.MATCH: [True, False],
        Match.MISS: [False, True],
        Match.SOFT: [False, False],
    }


@pytest.mark.parametrize("theme", [LIGHT, DARK], ids=["light", "dark"])
def test_it_has_the_ground_of_its_panel(qtbot: QtBot, qapp: QApplication, theme: Theme) -> None:
    apply_theme(qapp, theme)
    view = LabPublished()
    view.apply_theme(theme)
    panel = shown(qtbot, Panel(view.title, view), 300, 260)
    assert is_near(pixel(panel, view.mapTo(panel, view.rect().center())), theme.panel)
    assert is_near(pixel(panel, view.mapTo(panel, QPoint(150, view.height() - 4))), theme.panel)


def colors_of(image: QImage) -> set[int]:
    size = image.size()
    return {image.pixel(x, y) for x in range(size.width()) for y in range(size.height())}


def test_what_there_will_be_is_told_where_there_is_room_and_only_at_first(wide: Desk) -> None:
    def below() -> set[int]:
        return colors_of(image_below(wide))

    assert len(below()) > 1
    wide.read_all()
    assert len(below()) == 1


def image_below(desk: Desk) -> QImage:
    return inks(desk, QRectF(0, desk.places.height + 2, 300, 60))


def test_a_drawing_has_real_words_in_it(wide: Desk) -> None:
    wide.read_all()
    svg = svg_bytes(wide.view).decode()
    assert "<image" not in svg
    for words in ("hinton-problems 2-2-1", "25 of 30, median 730", "linear in log₂", "≈"):
        assert words in svg


def test_a_view_that_is_hidden_shows_the_latest_once_it_is_seen(qtbot: QtBot) -> None:
    desk = Desk(LabPublished())
    desk.view.show_result(START.name, result(Match.SOFT))
    assert desk.view.results == {START.name: result(Match.SOFT)}
    shown(qtbot, desk.view)
    assert desk.rows[0].mark == Match.SOFT
