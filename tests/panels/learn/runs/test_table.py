"""The table of runs: keys, editing names, mouse, menu, and the current row."""

from dataclasses import replace

import pytest
from PySide6.QtCore import QEvent, QModelIndex, QPoint, Qt
from PySide6.QtGui import QBrush, QContextMenuEvent, QFont, QKeyEvent, QPixmap, QTextDocument
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QMenu

from tests.panels.learn.runs.harness import THREE, RunsHarness, at_step, project
from tests.support.cases import some
from tests.support.screen import child, is_near, press
from tests.support.snapshots import QUICK, trained
from tests.support.watched import PROGRAM, watched_record
from xorviz.core import numerals
from xorviz.core.runs.project import PinnedRun, continued
from xorviz.core.runs.record import Intervention, Record
from xorviz.core.runs.recording import Recording
from xorviz.core.runs.source import LONGEST_NAME
from xorviz.core.settings import RunConfig
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

pytestmark = pytest.mark.usefixtures("qapp")

BOTH_THEMES = pytest.mark.parametrize("theme", some([LIGHT, DARK], 1), ids=lambda theme: theme.name)
RESULTS = {STEPS, RIGHT, LEARNED}
WEIGHT = Intervention(3, "w1", 9.0, (0, 1))


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


def text(shown: Record, column: int) -> str:
    return COLUMNS[column].text(rows(shown)[0])


def look(row: RunRow, column: int, role: Qt.ItemDataRole, theme: Theme = LIGHT) -> object:
    found = COLUMNS[column].looks.get(role)
    return found(row, theme) if found else None


def settings_of(row: RunRow, *fields: str) -> list[str]:
    return [row.settings[field] for field in fields]


def test_a_watched_run_is_named_and_tells_no_start_that_nobody_knows() -> None:
    theirs = watched_record(steps=(0, 1, 50), name="theirs", assumed=("rate",))
    first, own, other = rows(theirs, record(width=2, seed=5), record(width=2, seed=6))
    assert first.run.name == "theirs"
    drawn = ("seed", "init", "init_range", "perturbation")
    assert settings_of(first, *drawn, "rate", "loss") == [numerals.NOTHING] * 4 + [
        "0.7 assumed",
        "sse",
    ]
    assert settings_of(own, "seed", "rate") == ["5", "0.01"]
    assert first.differing == {"rate", "biases", "seed"}, "the seeds of the other two differ"
    assert own.unlike == other.unlike == {"rate", "biases"}
    assert text(theirs, STEPS) == "50"
    assert not {PLACES["seed"]} & needed_columns(rows(theirs, record(seed=5)))


def test_a_run_from_given_weights_has_no_seed_either() -> None:
    (row,) = rows(continued(watched_record(steps=(0, 9)), 9))
    assert settings_of(row, "seed", "init") == [numerals.NOTHING, numerals.NOTHING]


def test_the_tip_of_a_watched_run_says_what_it_is() -> None:
    (row,) = rows(watched_record(steps=(0, 1, 50)))
    tip = COLUMNS[NAME].details
    assert tip is not None
    assert f"; watched: {PROGRAM}, 3 states kept<" in tip(row)


def test_every_setting_has_a_column_and_every_column_a_title_and_tip() -> None:
    assert list(PLACES) == list(PLACES)
    places = (LINE, NAME, CHANGES, STEPS, LOSS, NAMED_LOSS, RIGHT, LEARNED)
    assert [COLUMNS[place].title for place in places] == [
        *("line", "name", "changes", "steps", "final loss", "final loss"),
        *("first correct", "first learned"),
    ]
    titles = [COLUMNS[place].title for place in PLACES.values()]
    assert titles[:2] == ["width", "rate"]
    assert titles[-3:] == ["initial range", "perturbation", "targets"]
    assert all(column.tip for column in COLUMNS)


def test_settings_have_readable_texts() -> None:
    for name, value, expected in [
        ("width", 12, "12"),
        ("rate", 0.0001, "0.0001"),
        ("rate", 2.0, "2"),
        ("seed", 4294967295, "4294967295"),
        ("activation", "tanh", "tanh"),
        ("loss", "cross-entropy", "cross-entropy"),
        ("biases", True, "on"),
        ("biases", False, "off"),
        ("momentum", 0.9, "0.9"),
        ("init", "nearly-equal", "nearly-equal"),
        ("init_range", 2.5, "2.5"),
        ("perturbation", 0.001, "0.001"),
        ("targets", [1, 0, 1, 0], "x1 xor x2"),
    ]:
        assert text(record(**{name: value}), PLACES[name]) == expected


def test_a_changed_setting_shows_first_and_last_value() -> None:
    assert text(record(rate(3, 1.0), rate=0.5), PLACES["rate"]) == "0.5 → 1"
    assert text(record(rate(3, 1.0), rate(9, 2.0), rate=0.5), PLACES["rate"]) == "0.5 → … → 2"
    changed = record(Intervention(3, "momentum", 0.25), rate(4, 1.0))
    assert text(changed, PLACES["momentum"]) == "0 → 0.25"
    assert text(record(WEIGHT), PLACES["rate"]) == "0.01"


def test_a_real_run_has_its_results() -> None:
    recording = Recording(RunConfig(width=5, rate=1, biases=True, momentum=0.5))
    recording.advance(1000)
    recording.intervene("rate", 2.0)
    recording.intervene("w1", 0.5, (0, 1))
    recording.advance(1000)
    seen = recording.snapshot()
    assert text(seen.record, NAME) == "current run"
    assert text(seen.record, CHANGES) == "2"
    assert text(seen.record, STEPS) == "2\u202f000"
    loss = text(seen.record, LOSS)
    assert float(loss) == pytest.approx(seen.loss, rel=1e-3)
    assert text(seen.record, NAMED_LOSS) == f"{loss} sse"
    assert text(seen.record, RIGHT) == "82"  # as tests.support.snapshots.QUICK says
    assert text(seen.record, LEARNED) == "168"

    missing = Record(RunConfig())
    assert [text(missing, column) for column in (LOSS, RIGHT, LEARNED)] == [numerals.NOTHING] * 3
    assert [text(missing, column) for column in (STEPS, CHANGES)] == ["0", "0"]


def test_differing_settings_are_those_at_the_start_and_by_changes() -> None:
    def differing(*records: Record) -> set[str]:
        return set(rows(*records)[0].differing)

    assert differing(record(), record(), record()) == set()
    assert differing(record(), record(width=4), record(seed=1)) == {"width", "seed"}
    assert differing(record(), record(rate(3, 1.0))) == {"rate"}
    # A rate changed back is still changed.
    assert differing(record(), record(rate(3, 1.0), rate(4, 0.01))) == {"rate"}
    assert differing(record(), record(WEIGHT)) == set()
    assert differing(record(rate(3, 1.0)), record(rate(30, 1.0))) == set()


def test_columns_are_shown_when_they_are_needed() -> None:
    always = {LINE, NAME, *RESULTS}
    assert needed_columns(rows(record(), record())) == {*always, LOSS}
    differing = rows(record(), record(width=4), record(biases=True))
    assert needed_columns(differing) == {*always, LOSS, PLACES["width"], PLACES["biases"]}
    assert needed_columns(rows(record(), record(WEIGHT))) == {*always, LOSS, CHANGES}
    losses = rows(record(), record(loss="mse"))
    assert needed_columns(losses) == {*always, NAMED_LOSS, PLACES["loss"]}


@BOTH_THEMES
def test_differing_settings_are_bold_and_coloured_if_not_current(theme: Theme) -> None:
    shown = rows(record(), record(), record(width=4))
    inks = [look(row, PLACES["width"], Qt.ItemDataRole.ForegroundRole, theme) for row in shown]
    colors = [ink.color().name().upper() for ink in inks if isinstance(ink, QBrush)]
    assert colors == [theme.text, theme.text, theme.accent]
    font = look(shown[0], PLACES["width"], Qt.ItemDataRole.FontRole)
    assert isinstance(font, QFont)
    assert font.bold()
    for role in (Qt.ItemDataRole.ForegroundRole, Qt.ItemDataRole.FontRole):
        others = set(range(len(COLUMNS))) - {PLACES["width"]}
        assert all(look(row, place, role) is None for row in shown for place in others)


@BOTH_THEMES
def test_each_run_has_the_line_of_its_style(theme: Theme) -> None:
    current, pinned = rows(record(), record())
    pinned = replace(pinned, run=replace(pinned.run, style=4))
    dashed = replace(pinned, run=replace(pinned.run, style=8))
    gaps = []
    for row, color in (
        (current, theme.text),
        (pinned, RUN_STYLES[4].color(theme)),
        (dashed, RUN_STYLES[8].color(theme)),
    ):
        picture = look(row, LINE, Qt.ItemDataRole.DecorationRole, theme)
        assert isinstance(picture, QPixmap)
        image = picture.toImage()
        line = [image.pixelColor(x, image.height() // 2) for x in range(75, image.width())]
        assert is_near(line[0], color)
        gaps.append(sum(color.alpha() < 50 for color in line) / len(line))
    assert gaps == [0, 0, pytest.approx(RUN_STYLES[8].dash[1] / sum(RUN_STYLES[8].dash), abs=0.1)]
    hidden = replace(pinned, run=replace(pinned.run, is_shown=False))
    spoken = COLUMNS[LINE].spoken
    assert spoken
    assert [spoken(row) for row in (pinned, hidden)] == ["line shown", "line hidden"]


def test_the_tool_tip_has_every_setting_in_one_line_with_the_name_escaped() -> None:
    def tip(*changes: Intervention) -> str:
        name = "<b>x</b> & <img src='a'>"
        run = PinnedRun(name, record(*changes, rate=0.5, targets=[1, 1, 0, 0]), 0, 0)
        row = rows_of(record(), [run])[1]
        written = QTextDocument()
        for place in range(len(COLUMNS)):
            written.setHtml(str(look(row, place, Qt.ItemDataRole.ToolTipRole)))
            start, _, settings = written.toPlainText().partition(": ")
            assert start == name
        return settings

    assert tip(rate(3, 1.0)) == (
        "width 3, rate 0.5 → 1, seed 1234, activation sigmoid, loss sse, biases off, "
        "momentum 0, initial weights uniform, initial range 1, perturbation 1e-06, targets not x2; "
        "changed 1 time during the run"
    )
    assert tip(rate(3, 1.0), rate(4, 2.0)).endswith("changed 2 times during the run")
    assert tip().endswith("targets not x2")


Key = Qt.Key
MOUSE = QContextMenuEvent.Reason.Mouse
ACTING = (Key.Key_Return, Key.Key_Enter, Key.Key_Delete)
popped_up = pytest.mark.qt_log_ignore("does not support grabbing the keyboard")
"""A warning of the offscreen platform about every menu."""


def test_keys_act_on_the_current_row(harness: RunsHarness) -> None:
    harness.press(Key.Key_Down, Key.Key_Down, Key.Key_Down, Key.Key_Up, Key.Key_Right, *ACTING)
    assert harness.requests == [("recall", 1), ("recall", 1), ("delete", 1)]
    assert harness.column("name") == ["current run", "Run 1", "Run 2", "Run 3"], "only requested"
    assert harness.column("line", Qt.ItemDataRole.AccessibleTextRole) == ["line shown"] * 4


def test_nothing_is_requested_of_the_current_run(harness: RunsHarness) -> None:
    assert harness.row == 0
    harness.press(*ACTING, Key.Key_F2)
    for title in ("line", "name", "steps"):
        harness.double_click(0, title)
    assert harness.requests == []
    assert harness.editors == []


def test_keys_with_modifiers_do_nothing(harness: RunsHarness) -> None:
    harness.go_to(1)
    press(Key.Key_Delete, Qt.KeyboardModifier.ControlModifier)
    press(Key.Key_Return, Qt.KeyboardModifier.ShiftModifier)
    assert harness.requests == []


def test_a_held_key_deletes_one_run(harness: RunsHarness) -> None:
    harness.go_to(1)
    harness.press(Key.Key_Delete)
    none = Qt.KeyboardModifier.NoModifier
    held = QKeyEvent(QEvent.Type.KeyPress, Key.Key_Delete, none, "", autorep=True, count=1)
    QApplication.sendEvent(harness.table, held)
    assert harness.requests == [("delete", 0)]


def test_f2_edits_a_name(harness: RunsHarness) -> None:
    harness.go_to(2, "steps")
    harness.press(Key.Key_F2)
    (editor,) = harness.editors
    assert editor.text() == "Run 2"
    assert editor.accessibleName()
    assert editor.maxLength() == LONGEST_NAME
    text = "SrN p vm<b>5"
    QTest.keyClicks(editor, text)
    harness.press(Key.Key_F2, Key.Key_Left, Key.Key_Delete, Key.Key_Right)
    assert editor.text() == text[:-1]
    harness.press(Key.Key_Return)
    assert harness.requests == [("rename", 1, text[:-1])]
    assert harness.editors == []
    assert harness.table.hasFocus()
    assert harness.column("name")[2] == "Run 2"


@pytest.mark.parametrize(
    ("typed", "requests"),
    some([("  slow   one ", [("rename", 0, "slow one")]), ("Run 1", []), ("   ", [])], 2),
)
def test_an_edit_requests_a_cleaned_name(
    harness: RunsHarness, typed: str, requests: list[object]
) -> None:
    harness.go_to(1)
    harness.press(Key.Key_F2)
    harness.editors[0].setText(typed)
    harness.press(Key.Key_Return)
    assert harness.editors == []
    assert harness.requests == requests


def test_escape_cancels_editing(harness: RunsHarness) -> None:
    harness.go_to(1)
    harness.press(Key.Key_F2)
    QTest.keyClicks(harness.editors[0], "no")
    harness.press(Key.Key_Escape)
    assert harness.editors == []
    assert harness.requests == []


def test_typed_text_survives_updates(harness: RunsHarness) -> None:
    harness.go_to(1)
    harness.press(Key.Key_F2)
    QTest.keyClicks(harness.editors[0], "sl")
    for step in range(5):
        harness.view.show_snapshot(at_step(step))
    harness.show(project(*THREE).changing(0, is_shown=False).changing(1, name="other"))
    harness.view.show_snapshot(trained(RunConfig(momentum=0.5)))
    harness.view.apply_theme(DARK)
    QTest.keyClicks(harness.editors[0], "ow")
    harness.press(Key.Key_Return)
    assert harness.requests == [("rename", 0, "slow")]


def test_an_untouched_editor_follows_the_project(harness: RunsHarness) -> None:
    harness.go_to(1)
    harness.press(Key.Key_F2)
    harness.show(project(*THREE).changing(0, name="other"))
    assert harness.editors[0].text() == "other"
    harness.press(Key.Key_Return)
    assert harness.requests == []


@pytest.mark.parametrize(
    ("title", "requests"),
    [
        ("width", [("recall", 1)]),
        ("steps", [("recall", 1)]),
        ("line", [("show", 1, False)] * 2),
        ("name", []),
    ],
)
def test_a_double_click_recalls_shows_or_edits(
    harness: RunsHarness, title: str, requests: list[object]
) -> None:
    harness.double_click(2, title)
    assert harness.requests == requests
    edited = [editor.text() for editor in harness.editors]
    assert edited == (["Run 2"] if title == "name" else [])


def test_a_click_shows_or_hides_a_line_and_no_more(harness: RunsHarness) -> None:
    harness.show(project(*THREE).changing(2, is_shown=False))
    harness.click(1, "line")
    harness.click(3, "line")
    assert harness.requests == [("show", 0, False), ("show", 2, True)]
    for title in ("name", "width", "steps"):
        harness.click(2, title)
    assert harness.row == 2
    below = QPoint(300, harness.table.viewport().height() - 3)
    QTest.mouseDClick(harness.table.viewport(), Qt.MouseButton.LeftButton, pos=below)
    assert len(harness.requests) == 2
    assert harness.editors == []


@popped_up
def test_the_menu_lists_actions_and_keys_and_requests_them(harness: RunsHarness) -> None:
    harness.show(project(*THREE).changing(0, is_shown=False))
    harness.ask_for_menu(harness.center(1, "steps"), MOUSE)
    assert harness.offered("curve").text() == "Show curve"
    harness.ask_for_menu(harness.center(2, "steps"), MOUSE)
    assert harness.menu.isVisible()
    texts = [action.text() for action in harness.menu.actions()]
    assert texts[:4] == ["Make current\tEnter", "Rename\tF2", "Hide curve", "Delete\tDel"]
    assert harness.menu.actions()[5:] == harness.view.exports
    for word in ("Make current", "curve", "Delete", "Rename"):
        harness.offered(word).trigger()
    assert harness.requests == [("recall", 1), ("show", 1, False), ("delete", 1)]
    assert [editor.text() for editor in harness.editors] == ["Run 2"]


@popped_up
def test_the_menu_is_disabled_for_the_current_run(harness: RunsHarness) -> None:
    harness.ask_for_menu(harness.center(0, "steps"), MOUSE)
    assert not any(action.isEnabled() for action in harness.menu.actions()[:4])


@popped_up
def test_without_a_row_the_menu_is_the_panel_s(harness: RunsHarness) -> None:
    harness.table.setCurrentIndex(QModelIndex())
    harness.ask_for_menu(QPoint(1, 1), QContextMenuEvent.Reason.Keyboard)
    assert not harness.menu.isVisible()
    assert child(harness.view, QMenu, "view_menu").actions()[1:] == harness.view.exports


def test_the_current_row_stays_on_its_run(harness: RunsHarness) -> None:
    three = project(*THREE)
    harness.go_to(3, "steps")
    harness.show(three.without(0))
    assert harness.row == 2
    harness.show(three.without(0).pinning(Record(QUICK), 0))
    assert harness.row == 2
    assert harness.table.currentIndex().column() == harness.index(0, "steps").column()
    harness.go_to(0)
    harness.show(three)
    assert harness.row == 0


def test_after_deleting_a_run_the_next_row_is_current(harness: RunsHarness) -> None:
    three = project(*THREE)
    harness.go_to(2)
    harness.show(three.without(1))
    assert harness.row == 2
    harness.show(three.without(1).without(2))
    assert harness.row == 1


@pytest.mark.parametrize("has_focus", [True, False])
def test_a_row_becomes_current_with_the_focus_alone(harness: RunsHarness, has_focus: bool) -> None:
    if not has_focus:
        harness.table.clearFocus()
    harness.table.setCurrentIndex(QModelIndex())
    harness.show(project(*THREE).without(0))
    assert harness.row == (0 if has_focus else -1)
