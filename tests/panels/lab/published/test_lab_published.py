"""The published experiments: running, results, details, keys and export."""

from dataclasses import dataclass, field, replace

import pytest
from PySide6.QtCore import QPoint, QRectF, Qt
from PySide6.QtGui import QAction, QContextMenuEvent, QImage
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QMenu, QScrollArea
from pytestqt.qtbot import QtBot

from tests.support.cases import some
from tests.support.screen import (
    active_window,
    child,
    drag,
    near,
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
from xorviz.panels.lab.published.row import PublishedRow
from xorviz.panels.lab.published.table import INTRODUCTION, PublishedTable
from xorviz.ui.theme.palette import DARK, LIGHT, Theme

START, HINTON, CROSS_VALIDATED, WIDTHS = EXPERIMENTS
NAMES = [one.name for one in EXPERIMENTS]
SHIFT = Qt.KeyboardModifier.ShiftModifier


def result(mark: Match = Match.MATCH, now: str = "25 of 30, median 730") -> ExperimentResult:
    return ExperimentResult(now, mark, f"Comes to a {mark}", (Compared("median step", 730, 730),))


@dataclass
class Harness:
    """The view, and the signals it has emitted."""

    view: LabPublished
    experiments: list[Published] = field(default_factory=list)
    benches: list[tuple[RunConfig, int]] = field(default_factory=list)
    readouts: list[str] = field(default_factory=list)
    all_requests: list[bool] = field(default_factory=list)

    def listen(self) -> None:
        self.view.experiment_requested.connect(self.experiments.append)
        self.view.open_requested.connect(lambda config, step: self.benches.append((config, step)))
        self.view.readout_changed.connect(self.readouts.append)
        self.view.all_requested.connect(lambda: self.all_requests.append(True))

    @property
    def table(self) -> PublishedTable:
        return child(self.view, PublishedTable)

    @property
    def layout(self) -> PublishedLayout:
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
def harness(qtbot: QtBot) -> Harness:
    found = Harness(shown(qtbot, LabPublished(), 236, 170))
    found.listen()
    return found


@pytest.fixture
def wide(qtbot: QtBot) -> Harness:
    found = Harness(shown(qtbot, LabPublished(), 540, 400))
    found.listen()
    return found


def test_one_button_runs_all_until_any_has_run(harness: Harness) -> None:
    assert [row.now for row in harness.rows] == [""] * 4
    assert harness.layout.button is not None
    harness.click(harness.layout.button)
    assert harness.all_requests == [True]
    assert harness.point_at(harness.layout.button) == INTRODUCTION
    harness.view.show_waiting(WIDTHS.name)
    assert harness.layout.button is None
    harness.option("lab_published_all").trigger()
    assert harness.all_requests == [True, True]


@pytest.mark.parametrize(("width", "height"), some([(236, 170), (540, 400)], 1))
def test_a_click_on_the_triangle_runs_an_experiment(qtbot: QtBot, width: int, height: int) -> None:
    harness = Harness(shown(qtbot, LabPublished(), width, height))
    harness.listen()
    for index in (3, 1):
        harness.click(harness.layout.play_of(index))
    assert harness.experiments == [WIDTHS, HINTON]
    assert harness.layout.opened is None


def test_releasing_elsewhere_is_no_click(harness: Harness) -> None:
    start, end = (harness.layout.play_of(index).center().toPoint() for index in (0, 2))
    drag(harness.table, start, end)
    assert harness.experiments == []
    assert harness.layout.opened is None


def test_running_and_queued_experiments_cannot_be_run_again(harness: Harness) -> None:
    harness.view.show_progress(START.name, 0.3)
    harness.view.show_waiting(HINTON.name)
    for index in (0, 1):
        harness.click(harness.layout.play_of(index))
    harness.view.setFocus()
    QTest.keyClick(harness.view, Qt.Key.Key_Down)
    QTest.keyClick(harness.view, Qt.Key.Key_Return)
    assert harness.experiments == []
    for name in (CROSS_VALIDATED.name, WIDTHS.name):
        assert harness.option("lab_published_all").isEnabled()
        harness.view.show_waiting(name)
    assert not harness.option("lab_published_all").isEnabled()


def test_progress_is_followed_by_a_result(harness: Harness) -> None:
    harness.view.show_waiting(HINTON.name)
    assert harness.rows[1].now == "waits"
    harness.view.show_progress(HINTON.name, 0.424)
    assert harness.rows[1].now == "42 %"
    assert harness.rows[1].mark is None
    assert "Running, 42 %" in harness.table.accessibleName()
    harness.view.show_result(HINTON.name, result())
    assert harness.rows[1].now == "25 of 30, median 730"
    assert harness.rows[1].mark == Match.MATCH
    assert harness.view.results == {HINTON.name: result()}


@pytest.mark.parametrize("before", some([result(Match.MISS), None], 1))
def test_a_cancelled_experiment_is_shown_as_before(
    harness: Harness, before: ExperimentResult | None
) -> None:
    if before is not None:
        harness.view.show_result(HINTON.name, before)
    was = harness.rows
    harness.view.show_waiting(HINTON.name)
    harness.view.show_progress(HINTON.name, 0.5)
    assert harness.rows != was
    harness.view.show_stopped(HINTON.name)
    assert harness.rows == was


def test_the_read_out_counts_marks_in_a_wide_panel(harness: Harness, wide: Harness) -> None:
    for each in (harness, wide):
        each.read_all()
        each.view.show_result(START.name, result(Match.MISS))
    assert wide.readouts[-1] == "1 missed · 2 matched · 1 soft"
    assert not any(harness.readouts)
    harness.view.resize(400, 170)
    assert harness.readouts[-1] == "1 missed · 2 matched · 1 soft"


def test_a_click_opens_a_row_s_details_and_another_closes_them(wide: Harness) -> None:
    wide.view.show_result(HINTON.name, result())
    title = wide.layout.cells.title
    wide.click(title.translated(wide.layout.head_of(1).topLeft()))
    texts = " ".join(text for _, text in wide.layout.details)
    for part in (
        "Comes to a match",
        "median step: 730, published 730",
        "default_rng",
        "cybertronai",
    ):
        assert part in texts
    assert wide.layout.head_of(2).top() > wide.layout.details[-1][0].bottom()
    wide.click(title.translated(wide.layout.head_of(1).topLeft()))
    assert wide.layout.details == ()
    assert wide.experiments == []


def test_opened_details_are_scrolled_into_view(harness: Harness) -> None:
    bar = child(harness.view, QScrollArea).verticalScrollBar()
    assert bar.maximum() == 0, "all four rows fit where there is little room"
    harness.click(harness.layout.head_of(3))
    assert bar.maximum() > 0
    assert bar.value() == round(harness.layout.head_of(3).top())


def test_a_row_is_one_line_in_a_wide_panel(harness: Harness, wide: Harness) -> None:
    narrow, broad = harness.layout.cells, wide.layout.cells
    assert narrow.now.top() > narrow.title.bottom() - 1
    assert broad.now.top() == broad.title.top()
    for cells, width in ((narrow, 240), (broad, 540)):
        assert cells.published.right() < cells.now.left()
        assert cells.now.right() <= width


def test_the_tool_tip_has_the_details_and_follows_the_result(harness: Harness) -> None:
    tip = harness.point_at(
        harness.layout.cells.title.translated(harness.layout.head_of(3).topLeft())
    )
    assert tip.startswith(WIDTHS.title)
    assert "558" in tip
    assert max(map(len, tip.split("\n"))) <= 72
    assert harness.point_at(harness.layout.play_of(3)) == f"Run {WIDTHS.title} (Enter)"
    harness.point_at(harness.layout.cells.title.translated(harness.layout.head_of(1).topLeft()))
    harness.view.show_result(HINTON.name, result())
    assert "Comes to a match" in harness.table.toolTip()


def test_keys_run_open_and_close(qtbot: QtBot) -> None:
    harness = Harness(LabPublished())
    window = active_window(qtbot, harness.view, "Right", "Down")
    harness.listen()
    for key in (Qt.Key.Key_Down, Qt.Key.Key_Down, Qt.Key.Key_Return):
        press(key)
    assert harness.experiments == [HINTON]
    press(Qt.Key.Key_Right)
    assert harness.layout.opened == 1
    press(Qt.Key.Key_Return, SHIFT)
    assert harness.benches == [(replace(HINTON.plan.recipes[0], seed=0), 0)]
    press(Qt.Key.Key_Left)
    assert harness.layout.opened is None
    for _ in range(3):
        press(Qt.Key.Key_Up)
    press(Qt.Key.Key_Return)
    assert harness.all_requests == [True]
    press(Qt.Key.Key_Return, SHIFT)
    press(Qt.Key.Key_Escape)
    press(Qt.Key.Key_Return)
    assert (len(harness.experiments), len(harness.benches), harness.all_requests) == (
        1,
        1,
        [True, True],
    )
    assert window.used == []


def test_the_cursor_is_described_and_leaves_a_removed_button(harness: Harness) -> None:
    for key in (Qt.Key.Key_Down, Qt.Key.Key_Up):
        QTest.keyClick(harness.view, key)
    assert harness.view.accessibleDescription() == "Run all"
    harness.view.show_result(START.name, result(Match.MISS, "loss 0.5"))
    text = harness.view.accessibleDescription()
    assert text == "The 28 lines. Published loss 0.02842, xorviz loss 0.5. Comes to a miss."
    QTest.keyClick(harness.view, Qt.Key.Key_Escape)
    assert harness.view.accessibleDescription() == harness.view.explanation


popped_up = pytest.mark.qt_log_ignore("does not support grabbing the keyboard", extend=True)


def open_menu(harness: Harness, at: QPoint, reason: QContextMenuEvent.Reason) -> QMenu | None:
    event = QContextMenuEvent(reason, at, harness.table.mapToGlobal(at))
    QApplication.sendEvent(harness.view, event)
    menu = child(harness.view, QMenu)
    return menu if menu.isVisible() else None


@popped_up
def test_the_menu_of_a_row(harness: Harness) -> None:
    mouse, keyboard = QContextMenuEvent.Reason.Mouse, QContextMenuEvent.Reason.Keyboard
    at = harness.layout.head_of(2).center().toPoint()
    menu = open_menu(harness, at, mouse)
    assert menu is not None
    run, trained, untrained, details, _, *exports = menu.actions()
    assert exports == harness.view.exports
    trained.trigger()
    untrained.trigger()
    first = replace(CROSS_VALIDATED.plan.recipes[0], seed=0)
    assert harness.benches == [(first, 1000), (first, 0)]
    run.trigger()
    assert harness.experiments == [CROSS_VALIDATED]
    details.trigger()
    assert harness.layout.opened == 2
    menu.close()
    assert open_menu(harness, at, keyboard) is None, "the keyboard points at no row"
    QTest.keyClick(harness.view, Qt.Key.Key_Down)
    harness.view.show_progress(START.name, 0.5)
    menu = open_menu(harness, at, keyboard)
    assert menu is not None
    assert not run.isEnabled()
    menu.close()


def inks(harness: Harness, rect: QRectF) -> QImage:
    return harness.table.grab(rect.toAlignedRect()).toImage()


def has(image: QImage, color: str) -> bool:
    return bool(near(image, color, 30).any())


@pytest.mark.parametrize("theme", some([DARK, LIGHT], 1), ids=["dark", "light"])
def test_a_mark_has_the_colour_of_its_meaning(qtbot: QtBot, theme: Theme) -> None:
    harness = Harness(shown(qtbot, LabPublished(), 240, 180))
    harness.view.setStyleSheet(f"background: {theme.panel}")
    harness.view.apply_theme(theme)
    colors = {}
    for mark in (Match.MATCH, Match.MISS, Match.SOFT):
        harness.view.show_result(HINTON.name, result(mark))
        sign = harness.layout.cells.sign.translated(harness.layout.head_of(1).topLeft())
        image = inks(harness, sign)
        colors[mark] = [has(image, color) for color in (theme.accent, theme.wrong)]
    assert colors == {
        Match.MATCH: [True, False],
        Match.MISS: [False, True],
        Match.SOFT: [False, False],
    }


def colors_of(image: QImage) -> set[int]:
    size = image.size()
    return {image.pixel(x, y) for x in range(size.width()) for y in range(size.height())}


def test_the_introduction_is_shown_until_results_arrive(wide: Harness) -> None:
    def below() -> set[int]:
        return colors_of(image_below(wide))

    assert len(below()) > 1
    wide.read_all()
    assert len(below()) == 1


def image_below(harness: Harness) -> QImage:
    return inks(harness, QRectF(0, harness.layout.height + 2, 300, 60))


def test_an_svg_export_contains_text(wide: Harness) -> None:
    wide.read_all()
    svg = svg_bytes(wide.view).decode()
    assert "<image" not in svg
    for text in ("hinton-problems 2-2-1", "25 of 30, median 730", "linear in log₂", "≈"):
        assert text in svg


def test_a_hidden_view_shows_the_latest_result_once_visible(qtbot: QtBot) -> None:
    harness = Harness(LabPublished())
    harness.view.show_result(START.name, result(Match.SOFT))
    assert harness.view.results == {START.name: result(Match.SOFT)}
    shown(qtbot, harness.view)
    assert harness.rows[0].mark == Match.SOFT
