"""The panel of runs: rows and columns of its table, keys, names, mouse and menu."""

from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import pytest
from PySide6.QtCore import QEvent, QModelIndex, QPoint, Qt
from PySide6.QtGui import QAction, QBrush, QContextMenuEvent, QKeyEvent, QTextDocument
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QLineEdit, QMenu, QTableView
from pytestqt.qtbot import QtBot

from tests.support.cases import some
from tests.support.page import Page
from tests.support.screen import active_window, child, is_near, press
from tests.support.snapshots import QUICK, trained, with_interventions
from tests.support.watched import PROGRAM, watched_record
from tests.ui.fruit import Cells
from xorviz.core import numerals
from xorviz.core.runs.project import PinnedRun, Project, continued
from xorviz.core.runs.record import Intervention, Record
from xorviz.core.runs.snapshot import Snapshot
from xorviz.core.runs.source import LONGEST_NAME
from xorviz.core.runs.trace import Trace
from xorviz.core.settings import SETTINGS, RunConfig
from xorviz.panels.base.curves import RUN_STYLES
from xorviz.panels.learn.runs.runs import Runs
from xorviz.panels.learn.runs.table import COLUMNS, LINE, NAME, PLACES, RunRow, rows_of
from xorviz.ui.theme.palette import DARK, LIGHT, Theme

pytestmark = pytest.mark.usefixtures("qapp")

Key, Role = Qt.Key, Qt.ItemDataRole
NOTHING = numerals.NOTHING
RESULTS = ["steps", "final loss", "correct since", "learned since"]
THREE = (RunConfig(width=4), RunConfig(width=5), RunConfig(seed=1))
WEIGHT = Intervention(3, "w1", 9.0, (0, 1))


def project(*configs: RunConfig) -> Project:
    """Return a project of the default run and a pinned run of each config."""
    made = Project(Record(RunConfig()), 0)
    for config in configs:
        made = made.pinning(trained(config, 10).record, 10)
    return made


class RunsPage(Cells):
    """The cells of the runs THREE, with the focus, in an active window."""

    def __init__(self, qtbot: QtBot) -> None:
        self.view = Runs()
        self.page = Page(qtbot, self.view, size=(1000, 220))
        self.view.setMinimumHeight(220)
        self.view.show_project(project(*THREE))
        self.window = active_window(qtbot, self.view)
        self.page.show(trained(RunConfig()))
        super().__init__(child(self.view, QTableView))

    @property
    def asked(self) -> dict[str, list[Any]]:
        """What was requested: of the styles of pinned runs."""
        names = "rename", "shown", "delete", "recall"
        heard = {name: self.page.heard[f"{name}_requested"] for name in names}
        return {name: asked for name, asked in heard.items() if asked}

    def show(self, shown: Project) -> None:
        """Show a project, and lay out the table."""
        self.view.show_project(shown)
        QApplication.processEvents()

    def go_to(self, row: int, title: str = "name") -> None:
        self.table.setCurrentIndex(self.index(row, title))

    @property
    def row(self) -> int:
        """The current row."""
        return self.table.currentIndex().row()

    @property
    def editors(self) -> list[QLineEdit]:
        return [e for e in self.table.findChildren(QLineEdit) if e.isVisible()]

    @property
    def menu(self) -> QMenu:
        return child(self.table, QMenu)

    def offered(self, word: str) -> QAction:
        return next(a for a in self.menu.actions() if word in a.text())


@pytest.fixture
def runs(qtbot: QtBot) -> Iterator[RunsPage]:
    made = RunsPage(qtbot)
    yield made
    made.menu.close()


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
    return rows_of([current], made.pinned)


def look(row: RunRow, column: int, role: Qt.ItemDataRole, theme: Theme = LIGHT) -> Any:
    found = COLUMNS[column].looks.get(role)
    return found(row, theme) if found else None


def test_pinned_runs_are_below_the_current_run(runs: RunsPage) -> None:
    assert runs.titles == ["line", "name", "width", "seed", *RESULTS]
    assert runs.column("name") == ["current run", "Run 1", "Run 2", "Run 3"]
    assert runs.column("steps") == ["0", "10", "10", "10"]
    assert "Run 2 has 10 steps" in runs.view.description()
    header, found = runs.view.table() or ((), ())
    widths = [dict(zip(header, row, strict=True))["width"] for row in found]
    assert widths == runs.column("width") == ["3", "4", "5", "3"]
    runs.show(project())
    assert (runs.titles, runs.column("name")) == (["line", "name", *RESULTS], ["current run"])


def test_settings_in_which_runs_differ_have_columns_and_are_read_out(runs: RunsPage) -> None:
    same, wide, fast, other = RunConfig(), RunConfig(width=5), RunConfig(rate=1), RunConfig(seed=2)
    for configs, read in (
        ((), "none pinned"),
        ((same, same), "2 pinned, same settings"),
        ((wide,), "1 pinned, differing in width"),
        ((wide, fast, other), "3 pinned, differing in width, rate and seed"),
    ):
        runs.show(project(*configs))
        assert runs.page.read() == read
        found = [PLACES[field] for field in ("width", "rate", "seed") if field in read]
        assert sorted(runs.view._table.tinted) == found
        assert runs.titles[2:-4] == [COLUMNS[place].title for place in found]
    runs.show(project(same))
    for field, index in (("w1", (0, 0)), ("rate", ())):
        change = Intervention(0, field, 0.5, index)
        runs.page.show(with_interventions(trained(same, 20), change))
        assert runs.column("changes") == ["1", "0"]
        said = "differing in rate" if field == "rate" else "same settings, changed differently"
        assert said in runs.page.read()
    assert runs.column("rate") == ["0.01 → 0.5", "0.01"]
    runs.show(project(RunConfig(targets=(1, 1, 0, 0), loss="mse")))
    assert runs.column("targets") == ["x1 xor x2", "not x2"]
    assert [text.split()[1] for text in runs.column("final loss")] == ["sse", "mse"]


def test_settings_have_their_first_and_last_value_and_differ_at_the_start_or_by_changes() -> None:
    assert [*PLACES] == [*SETTINGS]
    assert all(column.title and column.tip for column in COLUMNS)
    momentum = Intervention(3, "momentum", 0.25)
    for run, field, text, differing in (
        (record(seed=4294967295), "seed", "4294967295", {"seed"}),
        (record(biases=True), "biases", "on", {"biases"}),
        (record(rate(3, 1.0), rate=0.5), "rate", "0.5 → 1", {"rate"}),
        (record(rate(3, 1.0), rate(9, 2.0), rate=0.5), "rate", "0.5 → … → 2", {"rate"}),
        (record(momentum, rate(4, 1.0)), "momentum", "0 → 0.25", {"momentum", "rate"}),
        # A rate changed back is still changed.
        (record(rate(3, 1.0), rate(4, 0.01)), "rate", "0.01 → … → 0.01", {"rate"}),
        (record(WEIGHT), "rate", "0.01", set()),
    ):
        assert COLUMNS[PLACES[field]].text(rows(run)[0]) == text
        assert rows(record(), run, record())[0].differing == differing
    assert rows(record(rate(3, 1.0)), record(rate(30, 1.0)))[0].differing == set()


def test_both_runs_side_by_side_have_rows_up_to_the_step_that_both_have(runs: RunsPage) -> None:
    long, short = trained(QUICK, 300), trained(replace(QUICK, momentum=0.0), 100)
    branched = replace(long.record, interventions=(rate(200, 0.5),))
    runs.show(project(*THREE))
    runs.page.show(long)
    runs.page.show(replace(long, step=100, record=branched, beside=short))
    assert runs.column("name") == ["A", "B", "Run 1", "Run 2", "Run 3"]
    assert runs.column("steps")[:2] == ["100", "100"], "A is told as far as it is compared"
    assert runs.column("correct since")[:2] == ["82", numerals.NOTHING]
    assert runs.column("momentum")[:2] == ["0.5", "0"]
    assert runs.column("rate")[:2] == ["1", "1"], "a change that is still to come is not told"
    losses = [numerals.real(float(one.trace.losses[100])) for one in (long, short)]
    assert runs.column("final loss")[:2] == losses
    inks = {look(row, LINE, Role.DecorationRole).toImage().pixelColor(90, 20).name()
            for row in runs.view._table._runs[:2]}  # fmt: skip
    assert len(inks) == 2
    runs.go_to(1)
    runs.press(Key.Key_F2, Key.Key_Delete, Key.Key_Return)
    assert (runs.asked, runs.editors) == ({}, []), "nothing can be done to B"
    runs.page.show(long)
    assert runs.column("name")[:2] == ["current run", "Run 1"]


def test_all_rows_show_their_differences_to_a_baseline_and_their_values_again(
    runs: RunsPage,
) -> None:
    runs.window.resize(1600, 220)  # all columns fit
    runs.show(project(QUICK, replace(QUICK, width=4), RunConfig(loss="mse")))
    titles = "width", "momentum", *RESULTS
    runs.page.show(trained(QUICK, 400))
    plain = {title: runs.column(title) for title in titles}
    for row, key in ((0, True), (2, False), (3, True)):
        runs.go_to(row)
        if key:
            runs.press(Key.Key_B)
        else:
            runs.offered("differences").trigger()
        name = runs.column("name")[row]
        assert runs.page.read() == f"3 pinned, differences to {name}"
        assert runs.column("name", Role.AccessibleTextRole)[row] == f"name {name}, baseline"
        steps = [int(text.replace("\u202f", "")) for text in plain["steps"]]
        found = [text.replace(numerals.MINUS, "-") for text in runs.column("steps")]
        wanted = [f"{n - steps[row]:+d}" if n != steps[row] else "0" for n in steps]
        wanted[row] = plain["steps"][row]
        assert found == wanted
        for title in ("width", "momentum"):  # of settings what differs
            base = plain[title][row]
            shown = [text if text != base else "" for text in plain[title]]
            assert runs.column(title) == [*shown[:row], base, *shown[row + 1 :]]
    losses = runs.column("final loss")
    assert losses[:3] == plain["final loss"][:3], "losses by other formulas aren't compared"
    runs.press(Key.Key_B)
    assert {title: runs.column(title) for title in titles} == plain
    runs.go_to(0)
    runs.press(Key.Key_B)
    assert runs.column("steps")[1] == f"{numerals.MINUS}390"
    assert runs.column("correct since")[1] == numerals.NOTHING
    runs.page.show(trained(QUICK, 410))
    assert runs.column("steps")[:2] == ["410", f"{numerals.MINUS}400"], "the baseline itself moves"
    runs.go_to(2)
    runs.press(Key.Key_B)
    runs.show(project(QUICK))
    assert "differences" not in runs.page.read(), "the baseline is gone"


def test_a_narrow_table_goes_without_results_before_it_scrolls(runs: RunsPage) -> None:
    bar = runs.table.horizontalScrollBar()
    shown = []
    for width in (1000, 480, 380, 1000):
        runs.window.resize(width, 220)
        QApplication.processEvents()
        shown.append(sum(title in runs.titles for title in RESULTS))
        assert bar.maximum() == 0
        assert "final loss" in runs.titles
    assert shown[0] == shown[-1] == len(RESULTS) > shown[1] > shown[2]
    runs.window.resize(200, 220)
    QApplication.processEvents()
    assert (bar.maximum(), runs.titles[:2]) == (0, ["line", "name"])


def test_the_first_row_follows_the_current_run_and_keeps_its_width(runs: RunsPage) -> None:
    def at_step(step: int, loss: float) -> Snapshot:
        seen = trained(RunConfig())
        changed = replace(seen.record, newest=step, trace=Trace().until(step, loss))
        return replace(seen, step=step, loss=loss, record=changed)

    runs.window.resize(1260, 220)  # of the whole window: all columns fit
    runs.show(project(QUICK, RunConfig(loss="mse")))
    seen = trained(QUICK, 2000)
    results = ["2\u202f000", f"{numerals.real(seen.loss)} sse", "82", "168"]
    # At an earlier step, the row is still about the whole run.
    for snapshot in (seen, replace(trained(QUICK, 5), record=seen.record)):
        runs.page.show(snapshot)
        assert [runs.column(title)[0] for title in RESULTS] == results
    runs.page.show(replace(seen, record=Record(RunConfig())))
    assert [runs.column(title)[0] for title in RESULTS] == ["0", f"{NOTHING} sse", NOTHING, NOTHING]
    header, places = runs.table.horizontalHeader(), set()
    for step, value in ((0, 0.25), (99_999_999, 3.7e-8)):
        runs.page.show(at_step(step, value))
        places.add(tuple(header.sectionPosition(i) for i in range(header.count())))
    assert len(places) == 1
    runs.view.hide()
    runs.page.show(at_step(7, 0.25))
    runs.show(project(QUICK))
    assert runs.column("steps") == ["7", "10"], "the newest, also unseen"


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
    assert "seed" not in rows(theirs, record(seed=5))[0].differing
    assert f"; watched: {PROGRAM}, 3 states kept<" in look(first, NAME, Role.ToolTipRole)
    (given,) = rows(continued(watched_record(steps=(0, 9)), 9))
    assert [given.settings[field] for field in ("seed", "init")] == [NOTHING] * 2


@pytest.mark.parametrize("theme", some([LIGHT, DARK], 1), ids=lambda theme: theme.name)
def test_a_run_has_the_line_of_its_style_and_differing_settings_stand_out(theme: Theme) -> None:
    found, place = rows(record(), record(), record(width=4)), PLACES["width"]
    inks = [look(row, place, Role.ForegroundRole, theme) for row in found]
    assert inks == [QBrush(color) for color in (theme.text, theme.text, theme.accent)]
    assert all(look(row, place, Role.FontRole).bold() for row in found)
    assert look(found[2], PLACES["rate"], Role.ForegroundRole, theme) is None
    run, images = found[1].run, []
    for style, is_shown in ((-1, True), (4, True), (8, True), (8, False)):
        row = replace(found[1], run=replace(run, style=style, is_shown=is_shown))
        image = look(row, LINE, Role.DecorationRole, theme).toImage()
        line = [image.pixelColor(x, image.height() // 2) for x in range(75, image.width())]
        assert is_near(line[0], theme.text if style < 0 else RUN_STYLES[style].color(theme))
        assert any(color.alpha() < 50 for color in line) == (style == 8), "dashed"
        images.append(image)
    assert images[-1] != images[-2], "the check box"


def test_the_tool_tip_has_every_setting_in_one_line_with_the_name_escaped() -> None:
    name, written = "<b>x</b> & <img src='a'>", QTextDocument()
    made = record(rate(3, 1.0), rate(4, 2.0), rate=0.5, targets=[1, 1, 0, 0])
    row = rows_of([record()], [PinnedRun(name, made, 0, 0)])[1]
    for place in range(len(COLUMNS)):
        written.setHtml(look(row, place, Role.ToolTipRole))
        start, _, told = written.toPlainText().partition(": ")
        assert (start, "; changed 2 times during" in told) == (name, True)
        settings = row.settings.items()
        assert all(f"{SETTINGS[field].short} {text}" in told for field, text in settings)
    assert "changed" not in look(rows(record())[0], NAME, Role.ToolTipRole)


# Keys, mouse and menu


def test_keys_act_on_the_current_row(runs: RunsPage) -> None:
    acting = Key.Key_Return, Key.Key_Enter, Key.Key_Delete
    runs.press(*acting, Key.Key_F2)
    assert (runs.row, runs.asked, runs.editors) == (0, {}, []), "nothing can be done to the current"
    runs.press(Key.Key_Down, Key.Key_Down, Key.Key_Down, Key.Key_Up, Key.Key_Right, *acting)
    held = QKeyEvent(QEvent.Type.KeyPress, Key.Key_Delete, Qt.KeyboardModifier.NoModifier, "", True)
    QApplication.sendEvent(runs.table, held)  # deletes no further run
    press(Key.Key_Delete, Qt.KeyboardModifier.ControlModifier)
    press(Key.Key_Return, Qt.KeyboardModifier.ShiftModifier)
    assert runs.asked == {"recall": [1, 1], "delete": [1]}
    assert runs.column("name") == ["current run", "Run 1", "Run 2", "Run 3"], "only requested"


def test_f2_edits_a_name_and_another_one_is_requested_and_cleaned(runs: RunsPage) -> None:
    runs.go_to(2, "steps")
    runs.press(Key.Key_F2)
    (editor,) = runs.editors
    assert (editor.text(), editor.maxLength()) == ("Run 2", LONGEST_NAME)
    assert editor.accessibleName()
    QTest.keyClicks(editor, "SrN p vm<b>5")
    runs.press(Key.Key_F2, Key.Key_Left, Key.Key_Delete, Key.Key_Right)
    assert editor.text() == "SrN p vm<b>"
    for typed, end in (("", Key.Key_Return), ("Run 2", Key.Key_Return), ("no", Key.Key_Escape)):
        runs.editors[0].setText(typed)
        runs.press(end)
        assert runs.editors == []
        runs.press(Key.Key_F2)
    runs.editors[0].setText("  slow   one ")
    runs.press(Key.Key_Return)
    assert (runs.asked, runs.editors) == ({"rename": [(1, "slow one")]}, [])
    assert runs.table.hasFocus()
    assert runs.column("name")[2] == "Run 2", "only requested"


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
    runs.press(Key.Key_F2)
    runs.show(project(*THREE).changing(0, name="other"))
    assert runs.editors[0].text() == "other"
    runs.press(Key.Key_Return)
    assert runs.asked == {"rename": [(0, "slow")]}


def test_clicks_show_and_hide_lines_and_double_clicks_recall_or_edit(runs: RunsPage) -> None:
    viewport = runs.table.viewport()
    for title in ("line", "name", "steps"):
        runs.double_click(0, title)
    below = QPoint(300, viewport.height() - 3)
    for button, at in (("Right", runs.center(2, "steps")), ("Left", below)):
        QTest.mouseDClick(viewport, Qt.MouseButton[f"{button}Button"], pos=at)
    for title in ("name", "width", "steps"):
        runs.click(2, title)
    assert (runs.row, runs.asked, runs.editors) == (2, {}, [])
    for title in ("width", "steps", "line", "name"):
        runs.double_click(2, title)
    assert runs.asked == {"recall": [1, 1], "shown": [(1, False)] * 2}
    assert [editor.text() for editor in runs.editors] == ["Run 2"]
    runs.show(project(*THREE).changing(2, is_shown=False))
    assert runs.column("line", Role.AccessibleTextRole) == ["line shown"] * 3 + ["line hidden"]
    for row in (1, 3):
        runs.click(row, "line")
    assert runs.asked["shown"][2:] == [(0, False), (2, True)]


@pytest.mark.qt_log_ignore("does not support grabbing the keyboard")  # without a screen
def test_the_menu_requests_actions_of_a_pinned_run_else_it_is_the_panel_s(runs: RunsPage) -> None:
    runs.show(project(*THREE).changing(0, is_shown=False))
    for row, words in ((0, "curve"), (1, "Show curve"), (2, "Hide curve")):
        runs.ask_for_menu(runs.center(row, "steps"), QContextMenuEvent.Reason.Mouse)
        assert runs.menu.isVisible()
        assert all(action.isEnabled() == (row > 0) for action in runs.menu.actions()[:4])
        assert runs.offered(words)
    assert runs.menu.actions()[6:] == runs.view.exports
    for word in ("Make current", "curve", "Delete", "Rename"):
        runs.offered(word).trigger()
    assert runs.asked == {"recall": [1], "shown": [(1, False)], "delete": [1]}
    assert [editor.text() for editor in runs.editors] == ["Run 2"]
    runs.menu.close()
    runs.table.setCurrentIndex(QModelIndex())
    runs.ask_for_menu(QPoint(1, 1), QContextMenuEvent.Reason.Keyboard)
    assert not runs.menu.isVisible()


def test_the_current_row_stays_on_its_run_or_in_its_place(runs: RunsPage) -> None:
    three = project(*THREE)
    for start, shown_then, row in (
        (3, three.without(0), 2),
        (3, three.without(0).pinning(Record(QUICK), 0), 2),
        (0, three.without(0), 0),
        (2, three.without(1), 2),
        (3, three.without(1).without(2), 1),
    ):
        runs.show(three)
        runs.go_to(start, "steps")
        runs.show(shown_then)
        assert runs.row == row
        assert runs.table.currentIndex().column() == runs.index(0, "steps").column()
    for has_focus, row in ((True, 0), (False, -1)):
        runs.show(three)
        (runs.table.setFocus if has_focus else runs.table.clearFocus)()
        runs.table.setCurrentIndex(QModelIndex())
        runs.show(three.without(0))
        assert runs.row == row
