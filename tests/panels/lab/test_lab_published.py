"""The published experiments: running, results, details, keys and export."""

from dataclasses import dataclass, field, replace

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtGui import QAccessible, QAction, QContextMenuEvent, QTextDocumentFragment
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QLabel, QMenu, QPushButton, QScrollArea
from pytestqt.qtbot import QtBot

from tests.support.cases import some
from tests.support.screen import active_window, child, near, press, shown, svg_of
from xorviz.core.settings import RunConfig
from xorviz.lab.results.published import EXPERIMENTS, Compared, ExperimentResult, Match, Published
from xorviz.panels.lab.lab_published import (
    INTRODUCTION,
    NOW,
    PUBLISHED,
    RUN,
    TITLE,
    LabPublished,
    PublishedRow,
    PublishedState,
    PublishedTable,
    summary,
)
from xorviz.ui.theme.palette import DARK, LIGHT, Theme

START, HINTON, _, CROSS_VALIDATED, WIDTHS, GUESSING = EXPERIMENTS
NEW = PublishedRow(HINTON)
RESULT = ExperimentResult(
    "25 of 30", Match.MATCH, "Matches in all", (Compared("largest step", 2489, 2489),)
)
FINISHED = replace(NEW, result=RESULT)


def test_free_rows() -> None:
    assert NEW.is_free
    assert NEW.mark is None
    assert NEW.state == PublishedState("–", "", "Not run yet")
    assert NEW.spoken == "hinton-problems 2-2-1. Published 25 of 30. Not run yet."
    assert FINISHED.is_free
    assert FINISHED.mark is Match.MATCH
    assert FINISHED.state == PublishedState("✓", RESULT.now, RESULT.verdict)
    assert "xorviz 25 of 30. Matches in all." in FINISHED.spoken


@pytest.mark.parametrize("before", some([FINISHED, NEW], 1), ids=["finished", "new"])
def test_a_row_is_queued_and_running(before: PublishedRow) -> None:
    waiting, running = replace(before, is_waiting=True), replace(before, progress=0.25)
    assert waiting.state == PublishedState("…", "waiting", "Waiting for other experiments")
    assert running.state == PublishedState("◔", "25 %", "Running, 25 %")
    for busy in (waiting, running):
        assert not busy.is_free
        assert busy.mark is None  # the previous result is hidden
        assert "xorviz" not in busy.spoken


@pytest.mark.parametrize(
    ("share", "sign", "now"), some([(0.0, "○", "0 %"), (0.999, "◕", "99 %"), (1.0, "●", "100 %")])
)
def test_progress_is_rounded_down(share: float, sign: str, now: str) -> None:
    assert replace(NEW, progress=share).state[:2] == (sign, now)


def paragraphs(row: PublishedRow) -> list[str]:
    return QTextDocumentFragment.fromHtml(row.details).toPlainText().split("\n")


def test_details_list_comparison_recipe_notes_and_source() -> None:
    title, verdict, compared, recipe, notes, source = paragraphs(FINISHED)
    assert title == HINTON.title
    assert verdict == "Matches in all."
    assert compared == "largest step: 2\u202f489, published 2\u202f489"
    assert recipe.startswith("Recipe: 2-2-1")
    assert notes.startswith("The number of networks that converge")
    assert source == f"Source: {HINTON.source}."
    for row in (NEW, replace(FINISHED, is_waiting=True), replace(FINISHED, progress=0.5)):
        assert len(paragraphs(row)) == 5


def test_the_summary_counts_current_results() -> None:
    soft = replace(NEW, result=ExperimentResult("r = 0", Match.SOFT, "Soft", ()))
    miss = replace(NEW, result=ExperimentResult("24 of 30", Match.MISS, "Misses", ()))
    assert summary([NEW, replace(NEW, is_waiting=True), replace(FINISHED, progress=0.5)]) == ""
    assert summary([FINISHED, NEW, soft, FINISHED]) == "2 matched · 1 not comparable"
    assert summary([FINISHED, soft, miss]) == "1 not matched · 1 matched · 1 not comparable"


NAMES = [one.name for one in EXPERIMENTS]
SHIFT = Qt.KeyboardModifier.ShiftModifier
MARK = 0


def result(mark: Match = Match.MATCH, now: str = "25 of 30") -> ExperimentResult:
    return ExperimentResult(now, mark, f"Comes to a {mark}", (Compared("median step", 730, 730),))


def marks(view: LabPublished) -> list[tuple[object, object]]:
    """Return title and mark of each number that the view's table has."""
    table = view.table()
    return [] if table is None else [(row[0], row[-1]) for row in table[1]]


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
    def button(self) -> QPushButton:
        return child(self.view, QPushButton)

    @property
    def details(self) -> str:
        """The open details; empty if none are."""
        area = child(self.view, QScrollArea)
        return child(area, QLabel).text() if area.isVisible() else ""

    @property
    def run_all(self) -> QAction:
        [action] = self.view.options
        return action

    def value(self, row: int, column: int, role: int = Qt.ItemDataRole.DisplayRole) -> str:
        return str(self.table.rows.index(row, column).data(role))

    def row(self, row: int) -> list[str]:
        return [self.value(row, column) for column in (MARK, NOW, RUN)]

    def tip(self, row: int, column: int) -> str:
        return self.value(row, column, Qt.ItemDataRole.ToolTipRole)

    def point(self, row: int, column: int) -> QPoint:
        return self.table.visualRect(self.table.rows.index(row, column)).center()

    def click(self, row: int, column: int) -> None:
        left = Qt.MouseButton.LeftButton
        QTest.mouseClick(self.table.viewport(), left, pos=self.point(row, column))

    def read_all(self) -> None:
        for name, mark in zip(NAMES, (*[Match.MATCH] * 4, *[Match.SOFT] * 2), strict=True):
            self.view.show_result(name, result(mark))


@pytest.fixture
def harness(qtbot: QtBot) -> Harness:
    found = Harness(shown(qtbot, LabPublished(), 240, 180))
    found.listen()
    return found


@pytest.fixture
def wide(qtbot: QtBot) -> Harness:
    found = Harness(shown(qtbot, LabPublished(), 540, 420))
    found.listen()
    return found


def test_one_button_runs_all_until_any_has_run(harness: Harness) -> None:
    assert [harness.row(row) for row in range(6)] == [["–", "", "►"]] * 6
    QTest.mouseClick(harness.button, Qt.MouseButton.LeftButton)
    assert harness.all_requests == [True]
    assert harness.button.toolTip() == "Run all published experiments, one after another"
    harness.view.show_state(WIDTHS.name, None, is_waiting=True)
    assert not harness.button.isVisible()
    harness.run_all.trigger()
    assert harness.all_requests == [True, True]


def test_the_introduction_is_shown_where_there_is_room(harness: Harness, wide: Harness) -> None:
    def introduced(one: Harness) -> bool:
        texts = [label.text() for label in one.view.findChildren(QLabel) if label.isVisible()]
        return INTRODUCTION in texts

    assert introduced(wide)
    assert not introduced(harness)
    wide.click(1, TITLE)
    assert not introduced(wide)
    wide.click(1, TITLE)
    wide.read_all()
    assert not introduced(wide)


def test_a_click_on_the_triangle_runs_an_experiment(harness: Harness, wide: Harness) -> None:
    for each in (harness, wide):
        for row in (4, 1):
            each.click(row, RUN)
        assert each.experiments == [WIDTHS, HINTON]
        assert each.details == ""


def test_running_and_queued_experiments_cannot_be_run_again(harness: Harness) -> None:
    harness.view.show_state(START.name, 0.3)
    harness.view.show_state(HINTON.name, None, is_waiting=True)
    for row in (0, 1):
        harness.click(row, RUN)
    QTest.keyClick(harness.table, Qt.Key.Key_Return)
    assert harness.experiments == []
    for name in NAMES[2:]:
        assert harness.run_all.isEnabled()
        harness.view.show_state(name, None, is_waiting=True)
    assert not harness.run_all.isEnabled()


def test_progress_is_followed_by_a_result(harness: Harness) -> None:
    harness.view.show_state(HINTON.name, None, is_waiting=True)
    assert harness.row(1) == ["…", "waiting", ""]
    harness.view.show_state(HINTON.name, 0.424)
    assert harness.row(1) == ["◔", "42 %", ""]
    assert "Running, 42 %" in harness.value(1, MARK, Qt.ItemDataRole.AccessibleTextRole)
    harness.view.show_result(HINTON.name, result())
    assert harness.row(1) == ["✓", "25 of 30", "►"]
    assert marks(harness.view) == [(HINTON.title, "match")]


@pytest.mark.parametrize("before", some([result(Match.MISS), None], 1))
def test_a_cancelled_experiment_is_shown_as_before(
    harness: Harness, before: ExperimentResult | None
) -> None:
    if before is not None:
        harness.view.show_result(HINTON.name, before)
    was = harness.row(1)
    harness.view.show_state(HINTON.name, 0.5)
    assert harness.row(1) != was
    harness.view.show_state(HINTON.name, None)
    assert harness.row(1) == was


def test_the_read_out_counts_marks(harness: Harness) -> None:
    harness.read_all()
    harness.view.show_result(START.name, result(Match.MISS))
    assert harness.readouts[-1] == "1 not matched · 3 matched · 2 not comparable"


def test_a_click_opens_a_row_s_details_and_another_closes_them(wide: Harness) -> None:
    wide.click(1, TITLE)
    assert "Not run yet" in wide.details
    wide.view.show_result(HINTON.name, result())
    for part in (
        HINTON.title,
        "Comes to a match",
        "median step: 730, published 730",
        "default_rng",
        "cybertronai",
    ):
        assert part in wide.details
    wide.click(3, NOW)
    assert CROSS_VALIDATED.title in wide.details
    QTest.mouseDClick(wide.table.viewport(), Qt.MouseButton.LeftButton, pos=wide.point(3, NOW))
    assert wide.details == ""
    assert wide.experiments == []


def test_the_row_of_opened_details_stays_in_view(harness: Harness) -> None:
    bar = harness.table.verticalScrollBar()
    harness.click(3, MARK)
    QApplication.processEvents()  # the table has another height
    rect = harness.table.visualRect(harness.table.rows.index(3, MARK))
    assert bar.maximum() > 0
    assert harness.table.viewport().rect().contains(rect)


def test_a_narrow_row_has_its_title_above_its_values(harness: Harness, wide: Harness) -> None:
    harness.view.resize(240, 260)
    for each in (harness, wide):
        each.read_all()
    assert harness.table.rowHeight(0) > wide.table.rowHeight(0)
    for svg in (svg_of(harness.view), svg_of(wide.view)):
        assert all(one.title in svg for one in EXPERIMENTS)
        assert all(one.published in svg for one in EXPERIMENTS)
        assert "<image" not in svg


def test_a_value_is_painted_with_the_title_above_it(harness: Harness) -> None:
    viewport = harness.table.viewport()
    rect = harness.table.visualRect(harness.table.rows.index(1, PUBLISHED))
    assert viewport.grab(rect).toImage() == viewport.grab().toImage().copy(rect)


def test_tool_tips_have_the_details_and_say_how_to_run(harness: Harness) -> None:
    assert WIDTHS.title in harness.tip(4, TITLE)
    assert "558" in harness.tip(4, PUBLISHED)
    assert harness.tip(4, RUN) == f"Run {WIDTHS.title} (Enter)"
    harness.view.show_result(HINTON.name, result())
    assert "Comes to a match" in harness.tip(1, TITLE)
    harness.view.show_state(HINTON.name, 0.5)
    assert "Running, 50 %" in harness.tip(1, RUN)


def test_a_screen_reader_finds_a_table_of_rows(harness: Harness) -> None:
    table = QAccessible.queryAccessibleInterface(harness.table)
    assert table.role() == QAccessible.Role.Table
    assert table.text(QAccessible.Text.Name) == "Published experiments"


def test_it_says_the_result_of_each_experiment(harness: Harness) -> None:
    assert harness.view.description().count("Not run yet.") == len(EXPERIMENTS)
    harness.view.show_result(START.name, result(Match.MISS, "loss 0.5"))
    said = harness.view.description()
    assert "Published loss 0.02842, xorviz loss 0.5. Comes to a miss." in said
    assert all(one.title in said for one in EXPERIMENTS)


def test_keys_run_open_and_close(qtbot: QtBot) -> None:
    harness = Harness(LabPublished())
    window = active_window(qtbot, harness.view, "Right", "Down", "Left")
    harness.listen()
    for key in (Qt.Key.Key_Down, Qt.Key.Key_Return):
        press(key)
    assert harness.experiments == [HINTON]
    press(Qt.Key.Key_Right)
    assert HINTON.title in harness.details
    press(Qt.Key.Key_Return, SHIFT)
    assert harness.benches == [(replace(HINTON.plan.recipes[0], seed=0), 0)]
    for closing in (Qt.Key.Key_Left, Qt.Key.Key_Escape):
        press(Qt.Key.Key_Right)
        press(closing)
        assert harness.details == ""
    harness.view.show_result(HINTON.name, result())
    press(Qt.Key.Key_Return, SHIFT)
    assert harness.benches[-1] == (replace(HINTON.plan.recipes[0], seed=0), 5000)
    assert window.used == []


popped_up = pytest.mark.qt_log_ignore("does not support grabbing the keyboard", extend=True)


def open_menu(harness: Harness, at: QPoint, reason: QContextMenuEvent.Reason) -> QMenu | None:
    viewport = harness.table.viewport()
    QApplication.sendEvent(viewport, QContextMenuEvent(reason, at, viewport.mapToGlobal(at)))
    return harness.view.findChild(QMenu)


@popped_up
def test_the_menu_of_a_row(harness: Harness) -> None:
    mouse, keyboard = QContextMenuEvent.Reason.Mouse, QContextMenuEvent.Reason.Keyboard
    menu = open_menu(harness, harness.point(3, TITLE), mouse)
    assert menu is not None
    run, trained, untrained, details, _, *exports = menu.actions()
    assert exports == harness.view.exports
    assert "Shift+Enter" in untrained.text()
    trained.trigger()
    untrained.trigger()
    first = replace(CROSS_VALIDATED.plan.recipes[0], seed=0)
    assert harness.benches == [(first, 1000), (first, 0)]
    run.trigger()
    assert harness.experiments == [CROSS_VALIDATED]
    details.trigger()
    assert CROSS_VALIDATED.title in harness.details
    details.trigger()
    assert harness.details == ""
    menu.close()
    QApplication.sendPostedEvents(menu)
    harness.view.show_state(CROSS_VALIDATED.name, 0.5)
    menu = open_menu(harness, QPoint(), keyboard)
    assert menu is not None
    assert not menu.actions()[0].isEnabled()
    menu.close()


@popped_up
def test_an_untrained_network_is_offered_once(harness: Harness) -> None:
    harness.view.resize(240, 230)
    harness.view.show_result(GUESSING.name, result(Match.SOFT))
    menu = open_menu(harness, harness.point(5, TITLE), QContextMenuEvent.Reason.Mouse)
    assert menu is not None
    [opening] = [action for action in menu.actions() if action.text().startswith("Open ")]
    assert opening.text() == "Open the first network untrained\tShift+Enter"
    opening.trigger()
    assert harness.benches == [(replace(GUESSING.plan.recipes[0], seed=0), 0)]
    menu.close()


@pytest.mark.parametrize("theme", some([DARK, LIGHT], 1), ids=["dark", "light"])
def test_a_mark_has_the_colour_of_its_meaning(qtbot: QtBot, theme: Theme) -> None:
    harness = Harness(shown(qtbot, LabPublished(), 240, 180))
    harness.view.setStyleSheet(f"background: {theme.panel}")
    harness.view.apply_theme(theme)
    colors = {}
    for mark in (Match.MATCH, Match.MISS, Match.SOFT):
        harness.view.show_result(HINTON.name, result(mark))
        rect = harness.table.visualRect(harness.table.rows.index(1, MARK))
        image = harness.table.viewport().grab(rect).toImage()
        colors[mark] = [bool(near(image, c, 60).any()) for c in (theme.accent, theme.wrong)]
    assert colors == {
        Match.MATCH: [True, False],
        Match.MISS: [False, True],
        Match.SOFT: [False, False],
    }
