"""The published experiments: running them, their results compared, details, keys and menu."""

from dataclasses import replace

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtGui import QContextMenuEvent, QTextDocumentFragment
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QLabel, QMenu, QPushButton, QScrollArea
from pytestqt.qtbot import QtBot

from tests.support.page import Page
from tests.support.screen import active_window, child, near, press, svg_of
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
    PublishedTable,
    summary,
)
from xorviz.ui.theme.palette import LIGHT

START, HINTON, _, CROSS_VALIDATED, WIDTHS, GUESSING = EXPERIMENTS
NAMES = [one.name for one in EXPERIMENTS]
MARK = 0
WIDE = 540, 420


def result(mark: Match = Match.MATCH, now: str = "25 of 30") -> ExperimentResult:
    return ExperimentResult(now, mark, f"Comes to a {mark}", (Compared("median step", 730, 730),))


NEW = PublishedRow(HINTON)
FINISHED, SOFT, MISSED = (
    replace(NEW, result=result(mark)) for mark in (Match.MATCH, Match.SOFT, Match.MISS)
)


def paragraphs(row: PublishedRow) -> list[str]:
    return QTextDocumentFragment.fromHtml(row.details).toPlainText().split("\n")


def test_a_row_has_the_state_of_its_experiment() -> None:
    rows = {NEW: "–", FINISHED: "✓", SOFT: "≈", MISSED: "✗"}
    for row, sign in rows.items():
        assert (row.is_free, row.state.sign) == (True, sign)
        assert row.mark == (None if row.result is None else row.result.mark)
        assert ("xorviz 25 of 30. Comes to a" in row.spoken) == (row is not NEW)
        busy = {replace(row, is_waiting=True): ("…", "waiting")}
        for share, part in {0.0: "○", 0.25: "◔", 0.999: "◕", 1.0: "●"}.items():
            busy[replace(row, progress=share)] = (part, f"{int(100 * share)} %")
        for one, state in busy.items():
            assert (one.is_free, one.mark, one.state[:2]) == (False, None, state)
            assert one.state.now in one.spoken.lower()
            assert "xorviz" not in one.spoken, "the result before is hidden"
            assert len(paragraphs(one)) == 5
        assert summary(busy) == ""
    assert NEW.spoken == "hinton-problems 2-2-1. Published 25 of 30. Not run yet."
    assert summary([FINISHED, NEW, SOFT, FINISHED]) == "2 matched · 1 not comparable"
    assert summary([FINISHED, SOFT, MISSED]) == "1 not matched · 1 matched · 1 not comparable"


def test_details_have_comparison_recipe_notes_and_source() -> None:
    about = HINTON.title, "Comes to a match.", "median step: 730, published 730"
    recipe = f"Recipe: {HINTON.recipe}"
    assert paragraphs(FINISHED) == [*about, recipe, HINTON.notes, f"Source: {HINTON.source}."]
    dated = next(one for one in EXPERIMENTS if one.year is not None)
    assert paragraphs(PublishedRow(dated))[-1].endswith(f", {dated.year}.")


class PublishedPage(Page[LabPublished]):
    """The panel, with its table and its details."""

    def __init__(self, qtbot: QtBot, size: tuple[int, int] = (240, 180)) -> None:
        super().__init__(qtbot, LabPublished(), size=size)
        self.table = child(self.view, PublishedTable)
        self.button = child(self.view, QPushButton)
        self.experiments: list[Published] = self.heard["experiment_requested"]
        self.opened: list[tuple[RunConfig, int]] = self.heard["open_requested"]

    @property
    def details(self) -> str:
        """The open details; empty if none are."""
        area = child(self.view, QScrollArea)
        return child(area, QLabel).text() if area.isVisible() else ""

    @property
    def is_introduced(self) -> bool:
        labels = self.view.findChildren(QLabel)
        return any(label.text() == INTRODUCTION and label.isVisible() for label in labels)

    def row(self, row: int) -> list[str]:
        return [self.table.rows.index(row, column).data() for column in (MARK, NOW, RUN)]

    def tip(self, row: int, column: int) -> str:
        return str(self.table.rows.index(row, column).data(Qt.ItemDataRole.ToolTipRole))

    def at(self, row: int, column: int) -> QPoint:
        return self.table.visualRect(self.table.rows.index(row, column)).center()

    def click_at(self, row: int, column: int) -> None:
        self.click(self.at(row, column), self.table.viewport())

    def read_all(self) -> None:
        for name, mark in zip(NAMES, (*[Match.MATCH] * 4, *[Match.SOFT] * 2), strict=True):
            self.view.show_result(name, result(mark))

    def menu(self, at: QPoint, reason: QContextMenuEvent.Reason) -> QMenu:
        viewport = self.table.viewport()
        QApplication.sendEvent(viewport, QContextMenuEvent(reason, at, viewport.mapToGlobal(at)))
        return child(self.view, QMenu)


@pytest.fixture
def page(qtbot: QtBot) -> PublishedPage:
    return PublishedPage(qtbot)


def first_of(one: Published) -> RunConfig:
    return replace(one.plan.recipes[0], seed=0)


def test_a_button_and_where_there_is_room_an_introduction_are_there_until_any_has_run(
    page: PublishedPage,
) -> None:
    assert [page.row(row) for row in range(6)] == [["–", "", "►"]] * 6
    assert (page.button.isVisible(), page.is_introduced) == (True, False)
    page.view.resize(*WIDE)
    for is_introduced in (True, False, True):  # details take its place, and give it back
        assert page.is_introduced == is_introduced
        page.click_at(1, TITLE)
    page.button.click()
    page.view.show_state(WIDTHS.name, None, is_waiting=True)
    assert (page.button.isVisible(), page.is_introduced) == (False, False)
    page.choose("lab_published_all")
    assert page.heard["all_requested"] == [()] * 2


def test_free_experiments_are_run_one_by_one_or_all(page: PublishedPage) -> None:
    for row in (4, 1):
        page.click_at(row, RUN)
    assert (page.experiments, page.details) == ([WIDTHS, HINTON], "")
    page.view.show_state(START.name, 0.3)
    page.view.show_state(HINTON.name, None, is_waiting=True)
    for row in (0, 1):
        page.click_at(row, RUN)
    QTest.keyClick(page.table, Qt.Key.Key_Return)
    assert page.experiments == [WIDTHS, HINTON]
    for name in NAMES[2:]:
        assert page.option("lab_published_all").isEnabled()
        page.view.show_state(name, None, is_waiting=True)
    assert not page.option("lab_published_all").isEnabled()


def test_progress_is_followed_by_a_result_and_one_cancelled_is_shown_as_before(
    page: PublishedPage,
) -> None:
    for before in (["–", "", "►"], ["✓", "25 of 30", "►"]):
        assert page.row(1) == before
        page.view.show_state(HINTON.name, None, is_waiting=True)
        assert page.row(1) == ["…", "waiting", ""]
        page.view.show_state(HINTON.name, 0.424)
        assert page.row(1) == ["◔", "42 %", ""]
        spoken = page.table.rows.index(1, MARK).data(Qt.ItemDataRole.AccessibleTextRole)
        assert "Running, 42 %" in spoken
        assert "Running, 42 %" in page.tip(1, RUN)
        page.view.show_state(HINTON.name, None)
        assert page.row(1) == before
        assert page.tip(1, RUN) == f"Run {HINTON.title} (Enter)"
        page.view.show_result(HINTON.name, result())
    for column, fact in ((TITLE, "Comes to a match"), (PUBLISHED, HINTON.title)):
        assert fact in page.tip(1, column)


def test_results_are_in_the_read_out_the_table_and_the_description(page: PublishedPage) -> None:
    assert page.view.table() is None
    assert page.view.description().count("Not run yet.") == len(EXPERIMENTS)
    page.read_all()
    halves = (Compared("median step", 731.5, 730), Compared("rate", 0.25, None))
    page.view.show_result(START.name, replace(result(Match.MISS, "loss 0.5"), compared=halves))
    assert page.read() == "1 not matched · 3 matched · 2 not comparable"
    table = page.view.table()
    assert table is not None
    header, rows = table[0], list(table[1])
    assert header[-4:] == ("quantity", "published", "xorviz", "mark")
    about = START.title, START.source, START.year
    assert rows[0] == (*about, "median step", 730, 731.5, "miss")
    assert isinstance(rows[0][4], int)
    assert rows[1] == (*about, "rate", None, 0.25, "miss")
    marks = ["match"] * 3 + ["soft"] * 2
    told = [(row[0], row[-1]) for row in rows[2:]]
    assert told == [(one.title, mark) for one, mark in zip(EXPERIMENTS[1:], marks, strict=True)]
    said = page.view.description()
    assert "Published loss 0.02842, xorviz loss 0.5. Comes to a miss." in said
    assert all(one.title in said for one in EXPERIMENTS)


def test_a_click_opens_a_row_s_details_in_view_and_another_closes_them(page: PublishedPage) -> None:
    page.click_at(3, MARK)
    QApplication.processEvents()  # the table has another height
    assert page.table.verticalScrollBar().maximum() > 0
    assert page.table.viewport().rect().contains(page.at(3, MARK))
    page.view.resize(*WIDE)
    page.click_at(1, TITLE)
    assert "Not run yet" in page.details
    page.view.show_result(HINTON.name, result())
    for part in (HINTON.title, "Comes to a match", "median step: 730", "cybertronai"):
        assert part in page.details
    page.click_at(3, NOW)
    assert CROSS_VALIDATED.title in page.details
    at = page.at(3, NOW)
    QTest.mouseDClick(page.table.viewport(), Qt.MouseButton.LeftButton, pos=at)
    assert (page.details, page.experiments) == ("", [])


def test_a_narrow_row_has_its_title_above_its_values_and_marks_have_colours(
    page: PublishedPage,
) -> None:
    page.view.setStyleSheet(f"background: {LIGHT.panel}")
    colors = LIGHT.accent, LIGHT.wrong
    for mark, wanted in ((Match.MATCH, colors[:1]), (Match.MISS, colors[1:]), (Match.SOFT, ())):
        page.view.show_result(HINTON.name, result(mark))
        rect = page.table.visualRect(page.table.rows.index(1, MARK))
        image = page.table.viewport().grab(rect).toImage()
        assert tuple(one for one in colors if near(image, one, 60).any()) == wanted
    page.read_all()
    height = page.table.rowHeight(0)
    for size in ((240, 260), WIDE):
        page.view.resize(*size)
        svg = svg_of(page.view)
        assert all(one.title in svg and one.published in svg for one in EXPERIMENTS)
    assert height > page.table.rowHeight(0)


def test_keys_run_open_and_close(qtbot: QtBot) -> None:
    page = PublishedPage(qtbot)
    window = active_window(qtbot, page.view, "Right", "Down", "Left")
    for key in (Qt.Key.Key_Down, Qt.Key.Key_Return):
        press(key)
    assert page.experiments == [HINTON]
    for closing in (Qt.Key.Key_Left, Qt.Key.Key_Escape):
        press(Qt.Key.Key_Right)
        assert HINTON.title in page.details
        press(closing)
        assert page.details == ""
    press(Qt.Key.Key_Return, Qt.KeyboardModifier.ShiftModifier)
    page.view.show_result(HINTON.name, result())
    press(Qt.Key.Key_Return, Qt.KeyboardModifier.ShiftModifier)
    assert page.opened == [(first_of(HINTON), step) for step in (0, 5000)]
    assert window.used == []


@pytest.mark.qt_log_ignore("does not support grabbing the keyboard", extend=True)
def test_the_menu_of_a_row(page: PublishedPage) -> None:
    mouse, keyboard = QContextMenuEvent.Reason.Mouse, QContextMenuEvent.Reason.Keyboard
    page.view.resize(*WIDE)
    menu = page.menu(page.at(3, TITLE), mouse)
    assert menu.isVisible()
    run, trained, untrained, details, _, *exports = menu.actions()
    assert exports == page.view.exports
    assert "Shift+Enter" in untrained.text()
    assert "Shift+Enter" not in trained.text()
    for action in (trained, untrained, run):
        action.trigger()
    assert page.opened == [(first_of(CROSS_VALIDATED), step) for step in (1000, 0)]
    assert page.experiments == [CROSS_VALIDATED]
    details.trigger()
    assert CROSS_VALIDATED.title in page.details
    details.trigger()
    assert page.details == ""
    menu.close()
    QApplication.sendPostedEvents(menu)
    page.view.show_state(CROSS_VALIDATED.name, 0.5)
    page.view.show_result(GUESSING.name, result(Match.SOFT))
    menu = page.menu(QPoint(), keyboard)
    assert not menu.actions()[0].isEnabled()
    menu.close()
    QApplication.sendPostedEvents(menu)
    menu = page.menu(page.at(5, TITLE), mouse)
    (opening,) = [action for action in menu.actions() if action.text().startswith("Open ")]
    opening.trigger()
    assert opening.text().endswith("untrained\tShift+Enter"), "of no steps, once"
    assert page.opened[-1] == (first_of(GUESSING), 0)
    menu.close()
