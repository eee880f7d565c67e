"""The table of runs: texts, looks, keys, editing names, mouse, menu, and the current row."""

from dataclasses import replace
from typing import Any

import pytest
from PySide6.QtCore import QEvent, QModelIndex, QPoint, Qt
from PySide6.QtGui import QBrush, QContextMenuEvent, QKeyEvent, QPixmap, QTextDocument
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QMenu

from tests.panels.learn.runs.page import THREE, RunsPage, project, runs
from tests.support.cases import some
from tests.support.screen import child, is_near, press
from tests.support.snapshots import QUICK, trained
from tests.support.watched import PROGRAM, watched_record
from xorviz.core import numerals
from xorviz.core.runs.project import PinnedRun, continued
from xorviz.core.runs.record import Intervention, Record
from xorviz.core.runs.recording import Recording
from xorviz.core.runs.source import LONGEST_NAME
from xorviz.core.settings import SETTINGS, RunConfig
from xorviz.panels.base.curves import RUN_STYLES
from xorviz.panels.learn.runs.table import (
    CHANGES,
    COLUMNS,
    LEARNED,
    LINE,
    LOSS,
    NAME,
    NAMED_LOSS,
    PLACES,
    RIGHT,
    STEPS,
    RunRow,
    needed_columns,
    rows_of,
)
from xorviz.ui.theme.palette import DARK, LIGHT, Theme

__all__ = ["runs"]
pytestmark = pytest.mark.usefixtures("qapp")

Key, Role = Qt.Key, Qt.ItemDataRole
NOTHING = numerals.NOTHING
WEIGHT = Intervention(3, "w1", 9.0, (0, 1))

# Rows and columns


def record(*changes: Intervention, **settings: object) -> Record:
    return Record(RunConfig.from_dict(settings), changes, newest=100)


def rate(step: int, value: float) -> Intervention:
    return Intervention(step, "rate", value)


def rows(*records: Record) -> list[RunRow]:
    """Return the rows of a current run and pinned ones."""
    current, *others = records
    made = project()
    for other in others:
        made = made.pinning(other, other.newest)
    return rows_of(current, made.pinned)


def texts(shown: Record, *columns: int) -> list[str]:
    return [COLUMNS[column].text(rows(shown)[0]) for column in columns]


def look(row: RunRow, column: int, role: Role, theme: Theme = LIGHT) -> Any:
    found = COLUMNS[column].looks.get(role)
    return found(row, theme) if found else None


def test_a_watched_run_is_named_and_tells_no_start_that_nobody_knows() -> None:
    theirs = watched_record(steps=(0, 1, 50), name="theirs", assumed=("rate",))
    first, own, other = rows(theirs, record(width=2, seed=5), record(width=2, seed=6))
    assert first.run.name == "theirs"
    drawn = "seed", "init", "init_range", "perturbation"
    assert [first.settings[field] for field in drawn] == [NOTHING] * 4
    assert (first.settings["rate"], first.settings["loss"]) == ("0.7 assumed", "sse")
    assert (own.settings["seed"], own.settings["rate"]) == ("5", "0.01")
    assert first.differing == {"rate", "biases", "seed"}, "the seeds of the other two differ"
    assert own.unlike == other.unlike == {"rate", "biases"}
    assert texts(theirs, STEPS) == ["50"]
    assert PLACES["seed"] not in needed_columns(rows(theirs, record(seed=5)))
    assert f"; watched: {PROGRAM}, 3 states kept<" in look(first, NAME, Role.ToolTipRole)
    (given,) = rows(continued(watched_record(steps=(0, 9)), 9))
    assert [given.settings[field] for field in ("seed", "init")] == [NOTHING] * 2


def test_every_setting_has_a_column_with_its_first_and_last_value() -> None:
    assert [*PLACES] == [*SETTINGS]
    assert all(column.title and column.tip for column in COLUMNS)
    for shown, field, text in (
        (record(seed=4294967295), "seed", "4294967295"),
        (record(biases=True), "biases", "on"),
        (record(targets=[1, 0, 1, 0]), "targets", "x1 xor x2"),
        (record(rate(3, 1.0), rate=0.5), "rate", "0.5 → 1"),
        (record(rate(3, 1.0), rate(9, 2.0), rate=0.5), "rate", "0.5 → … → 2"),
        (record(Intervention(3, "momentum", 0.25), rate(4, 1.0)), "momentum", "0 → 0.25"),
        (record(WEIGHT), "rate", "0.01"),
    ):
        assert texts(shown, PLACES[field]) == [text]


def test_a_real_run_has_its_results() -> None:
    recording = Recording(QUICK)
    recording.advance(1000)
    recording.intervene("rate", 2.0)
    recording.intervene("w1", 0.5, (0, 1))
    recording.advance(1000)
    seen, loss = recording.snapshot(), numerals.real(recording.snapshot().loss)
    results = NAME, CHANGES, STEPS, LOSS, NAMED_LOSS, RIGHT, LEARNED
    assert texts(seen.record, *results) == [
        "current run", "2", "2\u202f000", loss, f"{loss} sse", "82", "168",
    ]  # fmt: skip
    assert texts(Record(RunConfig()), *results[1:]) == [
        "0", "0", NOTHING, f"{NOTHING} sse", NOTHING, NOTHING,
    ]  # fmt: skip


def test_differing_settings_and_their_columns_are_those_at_the_start_and_by_changes() -> None:
    always = {LINE, NAME, STEPS, RIGHT, LEARNED, LOSS}
    for records, differing, columns in (
        ([record(), record(), record()], set(), set()),
        ([record(), record(width=4), record(seed=1)], {"width", "seed"}, set()),
        ([record(), record(rate(3, 1.0))], {"rate"}, {CHANGES}),
        # A rate changed back is still changed.
        ([record(), record(rate(3, 1.0), rate(4, 0.01))], {"rate"}, {CHANGES}),
        ([record(), record(WEIGHT)], set(), {CHANGES}),
        ([record(rate(3, 1.0)), record(rate(30, 1.0))], set(), {CHANGES}),
        ([record(), record(loss="mse")], {"loss"}, {NAMED_LOSS}),
    ):
        assert rows(*records)[0].differing == differing
        wanted = {*always, *columns, *(PLACES[field] for field in differing)}
        assert needed_columns(rows(*records)) == wanted - ({LOSS} if "loss" in differing else set())


@pytest.mark.parametrize("theme", some([LIGHT, DARK], 1), ids=lambda theme: theme.name)
def test_a_run_has_the_line_of_its_style_and_differing_settings_stand_out(theme: Theme) -> None:
    shown, place = rows(record(), record(), record(width=4)), PLACES["width"]
    inks = [look(row, place, Role.ForegroundRole, theme) for row in shown]
    assert inks == [QBrush(color) for color in (theme.text, theme.text, theme.accent)]
    assert all(look(row, place, Role.FontRole).bold() for row in shown)
    for role in (Role.ForegroundRole, Role.FontRole):
        assert {
            look(row, other, role) for row in shown for other in {*range(len(COLUMNS))} - {place}
        } == {None}
    run = shown[1].run
    for style, color in ((-1, theme.text), *((n, RUN_STYLES[n].color(theme)) for n in (4, 8))):
        row = replace(shown[1], run=replace(run, style=style))
        picture = look(row, LINE, Role.DecorationRole, theme)
        assert isinstance(picture, QPixmap)
        image = picture.toImage()
        line = [image.pixelColor(x, image.height() // 2) for x in range(75, image.width())]
        assert is_near(line[0], color)
        assert any(color.alpha() < 50 for color in line) == (style == 8), "dashed"
    hidden = replace(shown[1], run=replace(run, is_shown=False))
    pictures = [look(row, LINE, Role.DecorationRole, theme).toImage() for row in (shown[1], hidden)]
    assert pictures[0] != pictures[1], "the check box"
    spoken = COLUMNS[LINE].spoken
    assert spoken
    assert [spoken(row) for row in (shown[1], hidden)] == ["line shown", "line hidden"]


def test_the_tool_tip_has_every_setting_in_one_line_with_the_name_escaped() -> None:
    name, written = "<b>x</b> & <img src='a'>", QTextDocument()
    for changes, end in (
        ((), "targets not x2"),
        ((rate(3, 1.0),), "changed 1 time during the run"),
        ((rate(3, 1.0), rate(4, 2.0)), "changed 2 times during the run"),
    ):
        run = PinnedRun(name, record(*changes, rate=0.5, targets=[1, 1, 0, 0]), 0, 0)
        row = rows_of(record(), [run])[1]
        for place in range(len(COLUMNS)):
            written.setHtml(look(row, place, Role.ToolTipRole))
            start, _, told = written.toPlainText().partition(": ")
            assert start == name
            assert told.endswith(end)
            assert all(
                f"{SETTINGS[field].short} {text}" in told for field, text in row.settings.items()
            )


# Keys, mouse and menu

MOUSE = QContextMenuEvent.Reason.Mouse
ACTING = Key.Key_Return, Key.Key_Enter, Key.Key_Delete
popped_up = pytest.mark.qt_log_ignore("does not support grabbing the keyboard")
"""A warning of the offscreen platform about every menu."""


def test_keys_act_on_the_current_row(runs: RunsPage) -> None:
    runs.press(Key.Key_Down, Key.Key_Down, Key.Key_Down, Key.Key_Up, Key.Key_Right, *ACTING)
    held = QKeyEvent(QEvent.Type.KeyPress, Key.Key_Delete, Qt.KeyboardModifier.NoModifier, "", True)
    QApplication.sendEvent(runs.table, held)  # deletes no further run
    assert runs.asked == {"recall": [1, 1], "delete": [1]}
    assert runs.column("name") == ["current run", "Run 1", "Run 2", "Run 3"], "only requested"
    press(Key.Key_Delete, Qt.KeyboardModifier.ControlModifier)
    press(Key.Key_Return, Qt.KeyboardModifier.ShiftModifier)
    assert runs.asked == {"recall": [1, 1], "delete": [1]}


def test_nothing_is_requested_of_the_current_run(runs: RunsPage) -> None:
    assert runs.row == 0
    runs.press(*ACTING, Key.Key_F2)
    for title in ("line", "name", "steps"):
        runs.double_click(0, title)
    assert (runs.asked, runs.editors) == ({}, [])
    editable = [
        [bool(runs.index(row, title).flags() & Qt.ItemFlag.ItemIsEditable) for row in (0, 1)]
        for title in ("name", "steps")
    ]
    assert editable == [[False, True], [False, False]]


def test_f2_edits_a_name(runs: RunsPage) -> None:
    runs.go_to(2, "steps")
    runs.press(Key.Key_F2)
    (editor,) = runs.editors
    assert (editor.text(), editor.maxLength()) == ("Run 2", LONGEST_NAME)
    assert editor.accessibleName()
    text = "SrN p vm<b>5"
    QTest.keyClicks(editor, text)
    runs.press(Key.Key_F2, Key.Key_Left, Key.Key_Delete, Key.Key_Right)
    assert editor.text() == text[:-1]
    runs.press(Key.Key_Return)
    assert (runs.asked, runs.editors) == ({"rename": [(1, text[:-1])]}, [])
    assert runs.table.hasFocus()
    assert runs.column("name")[2] == "Run 2"


def test_only_another_name_is_requested_and_cleaned(runs: RunsPage) -> None:
    runs.go_to(1)
    for typed, end in (
        ("  slow   one ", Key.Key_Return),
        ("Run 1", Key.Key_Return),
        ("   ", Key.Key_Return),
        ("no", Key.Key_Escape),
    ):
        runs.press(Key.Key_F2)
        runs.editors[0].setText(typed)
        runs.press(end)
        assert runs.editors == []
    assert runs.asked == {"rename": [(0, "slow one")]}


def test_typed_text_survives_updates_and_an_untouched_field_follows_them(runs: RunsPage) -> None:
    runs.go_to(1)
    runs.press(Key.Key_F2)
    QTest.keyClicks(runs.editors[0], "sl")
    runs.page.show(trained(RunConfig(), 5))
    runs.show(project(*THREE).changing(0, is_shown=False).changing(1, name="other"))
    runs.page.show(trained(RunConfig(momentum=0.5)))
    runs.view.apply_theme(DARK)
    QTest.keyClicks(runs.editors[0], "ow")
    runs.press(Key.Key_Return)
    assert runs.asked == {"rename": [(0, "slow")]}
    runs.press(Key.Key_F2)
    runs.show(project(*THREE).changing(0, name="other"))
    assert runs.editors[0].text() == "other"
    runs.press(Key.Key_Return)
    assert runs.asked == {"rename": [(0, "slow")]}


@pytest.mark.parametrize(
    ("title", "asked"),
    [
        ("width", {"recall": [1]}),
        ("steps", {"recall": [1]}),
        ("line", {"shown": [(1, False)] * 2}),
        ("name", {}),
    ],
)
def test_a_double_click_recalls_shows_or_edits(
    runs: RunsPage, title: str, asked: dict[str, list[Any]]
) -> None:
    right = Qt.MouseButton.RightButton
    QTest.mouseDClick(runs.table.viewport(), right, pos=runs.center(2, title))
    assert (runs.asked, runs.editors) == ({}, [])
    runs.double_click(2, title)
    assert runs.asked == asked
    assert [editor.text() for editor in runs.editors] == ["Run 2"] * (title == "name")


def test_a_click_shows_or_hides_a_line_and_no_more(runs: RunsPage) -> None:
    runs.show(project(*THREE).changing(2, is_shown=False))
    assert runs.column("line", Role.AccessibleTextRole) == ["line shown"] * 3 + ["line hidden"]
    for row, title in ((1, "line"), (3, "line"), (2, "name"), (2, "width"), (2, "steps")):
        runs.click(row, title)
    assert runs.row == 2
    below = QPoint(300, runs.table.viewport().height() - 3)
    QTest.mouseDClick(runs.table.viewport(), Qt.MouseButton.LeftButton, pos=below)
    assert (runs.asked, runs.editors) == ({"shown": [(0, False), (2, True)]}, [])


@popped_up
def test_the_menu_requests_actions_of_a_pinned_run(runs: RunsPage) -> None:
    runs.show(project(*THREE).changing(0, is_shown=False))
    for row, words in ((0, ""), (1, "Show curve"), (2, "Hide curve")):
        runs.ask_for_menu(runs.center(row, "steps"), MOUSE)
        assert runs.menu.isVisible()
        assert all(action.isEnabled() == (row > 0) for action in runs.menu.actions()[:4])
        assert words in [action.text() for action in runs.menu.actions()] or not row
    assert runs.menu.actions()[5:] == runs.view.exports
    for word in ("Make current", "curve", "Delete", "Rename"):
        runs.offered(word).trigger()
    assert runs.asked == {"recall": [1], "shown": [(1, False)], "delete": [1]}
    assert [editor.text() for editor in runs.editors] == ["Run 2"]


@popped_up
def test_without_a_row_the_menu_is_the_panel_s(runs: RunsPage) -> None:
    runs.table.setCurrentIndex(QModelIndex())
    runs.ask_for_menu(QPoint(1, 1), QContextMenuEvent.Reason.Keyboard)
    assert not runs.menu.isVisible()
    assert child(runs.view, QMenu, "view_menu").actions()[1:] == runs.view.exports


def test_the_current_row_stays_on_its_run_or_in_its_place(runs: RunsPage) -> None:
    three = project(*THREE)
    for start, shown, row in (
        (3, three.without(0), 2),
        (3, three.without(0).pinning(Record(QUICK), 0), 2),
        (0, three.without(0), 0),
        (2, three.without(1), 2),
        (3, three.without(1).without(2), 1),
    ):
        runs.show(three)
        runs.go_to(start, "steps")
        runs.show(shown)
        assert runs.row == row
        assert runs.table.currentIndex().column() == runs.index(0, "steps").column()


@pytest.mark.parametrize("has_focus", [True, False])
def test_a_row_becomes_current_with_the_focus_alone(runs: RunsPage, has_focus: bool) -> None:
    if not has_focus:
        runs.table.clearFocus()
    runs.table.setCurrentIndex(QModelIndex())
    runs.show(project(*THREE).without(0))
    assert runs.row == (0 if has_focus else -1)
