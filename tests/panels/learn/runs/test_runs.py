"""The table of runs on the screen: what it shows of a study, and what a person wishes in it."""

from collections.abc import Iterator
from dataclasses import dataclass, field, replace

import pytest
from PySide6.QtCore import QEvent, QModelIndex, QObject, QPersistentModelIndex, QPoint, Qt
from PySide6.QtGui import (
    QAction,
    QColor,
    QContextMenuEvent,
    QImage,
    QKeyEvent,
    QPaintEvent,
    QRegion,
)
from PySide6.QtTest import QTest
from PySide6.QtWidgets import (
    QApplication,
    QLabel,
    QLineEdit,
    QMenu,
    QPushButton,
    QTableView,
    QVBoxLayout,
    QWidget,
)
from pytestqt.qtbot import QtBot

from tests.support.screen import ShortcutWindow, active_window, child, is_near, press, shown_view
from tests.support.snapshots import QUICK, trained, with_interventions
from tests.support.windows import Open, action, find, settle
from xorviz.core.config import RunConfig
from xorviz.core.runs.project import LONGEST_NAME, MOST_PINNED, Project
from xorviz.core.runs.record import Intervention, Record
from xorviz.core.runs.snapshot import Snapshot
from xorviz.core.runs.trace import Trace
from xorviz.panels.learn.runs.model import tint
from xorviz.panels.learn.runs.runs import NONE_KEPT, Runs
from xorviz.ui.chrome.panel import Panel
from xorviz.ui.theme import style as look
from xorviz.ui.theme.palette import DARK, LIGHT, Theme
from xorviz.window.main_window import MainWindow

Wish = tuple[object, ...]
BOTH_THEMES = pytest.mark.parametrize("theme", [LIGHT, DARK], ids=lambda theme: theme.name)

RESULTS = ["steps", "final loss", "first right", "first learned"]
WINDOW_KEYS = ("Space", "S", "Shift+S", "R", "N", "P", "M", "Left", "Right")
TABLE_KEYS = ("Up", "Down", "Left", "Right", "Return", "Enter", "F2", "V", "Del")


def project(*configs: RunConfig) -> Project:
    """Return a study of the bench's 28 lines and a kept run of each of these."""
    made = Project(Record(RunConfig()), 0)
    for config in configs:
        made = made.pinning(trained(config, 10).record, 10)
    return made


THREE = (RunConfig(width=4), RunConfig(width=5), RunConfig(seed=1))


@dataclass
class DocumentHarness:
    """A view of runs, and what was wished and read out there."""

    view: Runs
    wishes: list[Wish] = field(default_factory=list)
    readouts: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        view = self.view
        view.rename_requested.connect(
            lambda style, name: self.wishes.append(("rename", style, name))
        )
        view.shown_requested.connect(lambda style, on: self.wishes.append(("show", style, on)))
        view.delete_requested.connect(lambda style: self.wishes.append(("delete", style)))
        view.recall_requested.connect(lambda style: self.wishes.append(("recall", style)))
        view.readout_changed.connect(self.readouts.append)

    def show(self, shown: Project) -> None:
        """Show a study, and let the table take its place."""
        self.view.show_project(shown)
        QApplication.processEvents()

    @property
    def table(self) -> QTableView:
        return child(self.view, QTableView)

    @property
    def editors(self) -> list[QLineEdit]:
        return [e for e in self.table.findChildren(QLineEdit) if e.isVisible()]

    @property
    def headers(self) -> list[str]:
        """The columns that are to be seen."""
        model, count = self.table.model(), self.table.model().columnCount()
        seen = (i for i in range(count) if not self.table.isColumnHidden(i))
        return [str(model.headerData(i, Qt.Orientation.Horizontal)) for i in seen]

    def index(self, row: int, header: str) -> QModelIndex | QPersistentModelIndex:
        model = self.table.model()
        places = range(model.columnCount())
        names = [model.headerData(i, Qt.Orientation.Horizontal) for i in places]
        # The setting "loss" comes before the final one, which has another name.
        return model.index(row, names.index(header))

    def texts(self, header: str) -> list[object]:
        rows = range(self.table.model().rowCount())
        return [self.index(row, header).data() for row in rows]

    def center(self, row: int, header: str) -> QPoint:
        return self.table.visualRect(self.index(row, header)).center()

    def click(self, row: int, header: str) -> None:
        place = self.center(row, header)
        QTest.mouseClick(self.table.viewport(), Qt.MouseButton.LeftButton, pos=place)

    def double_click(self, row: int, header: str) -> None:
        place, left = self.center(row, header), Qt.MouseButton.LeftButton
        self.click(row, header)
        QTest.mouseDClick(self.table.viewport(), left, pos=place)
        QTest.mouseRelease(self.table.viewport(), left, pos=place)

    def go_to(self, row: int, header: str = "name") -> None:
        self.table.setCurrentIndex(self.index(row, header))

    def ask_for_menu(self, reason: QContextMenuEvent.Reason, place: QPoint) -> None:
        target = self.table if reason == QContextMenuEvent.Reason.Keyboard else None
        event = QContextMenuEvent(reason, place, self.table.viewport().mapToGlobal(place))
        QApplication.sendEvent(target or self.table.viewport(), event)

    @property
    def menu(self) -> QMenu:
        return child(self.table, QMenu)

    def offered(self, word: str) -> QAction:
        return next(a for a in self.menu.actions() if word in a.text())


@pytest.fixture
def harness(qtbot: QtBot) -> Iterator[DocumentHarness]:
    made = DocumentHarness(shown_view(qtbot, Runs(), 1000, 220))
    made.view.show_snapshot(trained(RunConfig()))
    yield made
    made.menu.close()
    made.view.hide()


@pytest.fixture
def window(qtbot: QtBot) -> ShortcutWindow:
    """Return an active window with a view of three kept runs, and shortcuts on every key."""
    view = Runs()
    window = active_window(qtbot, view, *WINDOW_KEYS, *(set(TABLE_KEYS) - set(WINDOW_KEYS)))
    view.show_snapshot(trained(RunConfig()))
    view.show_project(project(*THREE))
    return window


@pytest.fixture
def focused(window: ShortcutWindow) -> DocumentHarness:
    return DocumentHarness(child(window, Runs))


def at_step(step: int, loss: float = 0.25) -> Snapshot:
    """Return a run of the 28 lines that is far on."""
    seen = trained(RunConfig())
    record = replace(seen.record, newest=step, trace=Trace.empty().until(step, loss))
    return replace(seen, step=step, loss=loss, record=record)


# What is to be seen.


def test_without_kept_runs_there_is_the_bench_and_a_word_on_how_to_keep_one(harness: DocumentHarness) -> None:
    hint = child(harness.view, QLabel, "quiet")
    assert harness.texts("name") == ["this run"]
    assert harness.headers == ["line", "name", *RESULTS]
    assert hint.isVisible()
    assert hint.text() == NONE_KEPT
    assert hint.y() < 3 * 24
    harness.show(project(*THREE))
    assert not hint.isVisible()
    assert harness.table.height() > 150
    harness.show(project())
    assert hint.isVisible()


def test_kept_runs_stand_below_the_bench(harness: DocumentHarness) -> None:
    harness.show(project(*THREE))
    assert harness.texts("name") == ["this run", "Run 1", "Run 2", "Run 3"]
    assert harness.headers == ["line", "name", "width", "seed", *RESULTS]
    assert harness.texts("width") == ["3", "4", "5", "3"]
    assert harness.texts("seed") == ["1234", "1234", "1234", "1"]
    assert harness.texts("steps") == ["0", "10", "10", "10"]


def test_the_names_of_functions_are_those_it_was_given(harness: DocumentHarness) -> None:
    harness.show(project(RunConfig(targets=(1, 1, 0, 0))))
    assert harness.texts("learns") == ["x1 xor x2", "1100"]


def test_changes_have_a_column_once_there_are_any(harness: DocumentHarness) -> None:
    harness.show(project(*THREE))
    assert "changes" not in harness.headers
    change = Intervention(0, "rate", 0.5)
    harness.view.show_snapshot(with_interventions(trained(RunConfig(), 20), change))
    assert harness.headers == ["line", "name", "width", "rate", "seed", "changes", *RESULTS]
    assert harness.texts("changes") == ["1", "0", "0", "0"]
    assert harness.texts("rate") == ["0.01 → 0.5", "0.01", "0.01", "0.01"]


def test_the_read_out_says_what_differs(harness: DocumentHarness) -> None:
    def read_out(*configs: RunConfig) -> str:
        harness.show(project(*configs))
        return harness.readouts[-1]

    same, wide, fast = RunConfig(), RunConfig(width=5), RunConfig(rate=1)
    assert read_out() == "none kept"
    assert read_out(same, same) == "2 kept, same settings"
    assert read_out(wide) == "1 kept, differing in width"
    assert read_out(wide, fast, RunConfig(seed=2)) == "3 kept, differing in width, rate and seed"
    assert read_out(same) == "1 kept, same settings"
    change = Intervention(0, "w1", 0.5, (0, 0))
    harness.view.show_snapshot(with_interventions(trained(same, 20), change))
    assert harness.readouts[-1] == "1 kept, same settings, changed differently on the way"


def test_the_first_row_goes_on_with_the_run(harness: DocumentHarness) -> None:
    harness.show(project(QUICK))
    seen = trained(QUICK, 200)
    harness.view.show_snapshot(seen)
    assert harness.texts("steps") == ["200", "10"]
    assert harness.texts("first right") == ["82", "–"]
    assert harness.texts("first learned") == ["168", "–"]
    assert harness.readouts[-1] == "1 kept, same settings"


def test_a_step_gone_by_is_still_of_the_whole_run(harness: DocumentHarness) -> None:
    seen = trained(QUICK, 200)
    harness.view.show_snapshot(replace(trained(QUICK, 5), record=seen.record))
    assert harness.texts("steps") == ["200"]


def test_no_width_changes_while_a_run_goes_on(harness: DocumentHarness) -> None:
    harness.show(project(*THREE, QUICK))
    header = harness.table.horizontalHeader()
    places: list[list[int]] = []
    for step in (0, 1, 99, 10_000, 99_999_999):
        for loss in (0.25, 3.7e-8, 123.0):
            harness.view.show_snapshot(at_step(step, loss))
            places.append([header.sectionPosition(i) for i in range(header.count())])
    assert all(place == places[0] for place in places)


def test_going_on_repaints_the_first_row_alone(harness: DocumentHarness) -> None:
    harness.show(project(*THREE))
    changed: list[tuple[int, int]] = []
    harness.table.model().dataChanged.connect(lambda a, b: changed.append((a.row(), b.row())))
    harness.view.show_snapshot(at_step(7))
    harness.view.show_snapshot(at_step(7))
    assert changed == [(0, 0)]


def test_a_hidden_view_is_up_to_date_once_it_is_shown(harness: DocumentHarness) -> None:
    harness.view.hide()
    harness.view.show_snapshot(at_step(7))
    assert harness.texts("steps") == ["0"]
    harness.view.show()
    assert harness.texts("steps") == ["7"]


def test_a_study_is_beside_the_newest_snapshot(qtbot: QtBot) -> None:
    harness = DocumentHarness(shown_view(qtbot, Runs(), 1000, 160))
    harness.show(project(QUICK))
    assert harness.texts("steps") == ["0", "10"]
    harness.view.hide()
    harness.view.show_snapshot(at_step(7))
    harness.show(project(QUICK))
    assert harness.texts("steps") == ["7", "10"]


# Its size.


@pytest.mark.parametrize("width", [1000, 1260])
def test_with_three_settings_apart_all_columns_are_in_sight(
    qtbot: QtBot, qapp: QApplication, width: int
) -> None:
    look.apply_theme(qapp, LIGHT)
    panel = Panel("Runs", view := Runs())
    qtbot.addWidget(panel)
    view.apply_theme(LIGHT)
    panel.resize(width, 130)
    with qtbot.waitExposed(panel):
        panel.show()
    harness = DocumentHarness(view)
    view.show_snapshot(trained(RunConfig()))
    harness.show(project(*THREE, RunConfig(rate=1)).changing(0, name="x" * LONGEST_NAME))
    assert harness.headers == ["line", "name", "width", "rate", "seed", *RESULTS]
    assert not harness.table.horizontalScrollBar().isVisible()
    header = harness.table.horizontalHeader()
    ends = header.length()
    assert harness.table.viewport().width() * 0.95 < ends <= harness.table.viewport().width()
    assert harness.table.columnWidth(1) >= 200


def test_a_table_of_every_run_scrolls(harness: DocumentHarness) -> None:
    harness.view.resize(1000, 100)
    harness.show(project(*[RunConfig(seed=i) for i in range(MOST_PINNED)]))
    bar = harness.table.verticalScrollBar()
    assert bar.isVisible()
    harness.go_to(MOST_PINNED)
    row = harness.table.visualRect(harness.index(MOST_PINNED, "name"))
    assert row.height() == 24
    assert harness.table.viewport().rect().contains(row.center())


def test_every_setting_apart_at_once_is_still_within_reach(harness: DocumentHarness) -> None:
    every = RunConfig(
        9, 1.5, 4294967295, "tanh", "cross-entropy", True, 0.9, 2.5, (0, 0, 0, 1), "equal", 0.001
    )
    harness.view.resize(600, 160)
    harness.show(project(every))
    assert len(harness.headers) == 2 + 11 + len(RESULTS)
    assert harness.table.horizontalScrollBar().maximum() > 0
    assert harness.table.columnWidth(1) >= 100


def test_it_needs_little_room(harness: DocumentHarness) -> None:
    assert harness.view.minimumSizeHint().height() == 96
    assert harness.view.minimumSizeHint().width() <= 400
    assert 96 <= harness.view.sizeHint().height() <= 140


# What it looks like.


@BOTH_THEMES
def test_what_differs_stands_on_another_ground(
    qtbot: QtBot, qapp: QApplication, theme: Theme
) -> None:
    look.apply_theme(qapp, theme)
    harness = DocumentHarness(shown_view(qtbot, Runs(), 1000, 160, theme))
    harness.view.show_snapshot(trained(RunConfig()))
    harness.show(project(*THREE))
    picture = harness.table.viewport().grab().toImage()

    def ground(row: int, header: str) -> QColor:
        cell = harness.table.visualRect(harness.index(row, header))
        return picture.pixelColor(cell.left() + 2, cell.center().y())

    assert is_near(ground(1, "width"), tint(theme), 2)
    assert is_near(ground(1, "steps"), theme.panel, 2)


@BOTH_THEMES
def test_the_current_row_is_marked_and_the_focus_is_seen(
    qtbot: QtBot, qapp: QApplication, theme: Theme
) -> None:
    look.apply_theme(qapp, theme)
    view = Runs()
    view.apply_theme(theme)
    window = active_window(qtbot, view)
    window.resize(1000, 220)
    view.show_snapshot(trained(RunConfig()))
    harness = DocumentHarness(view)
    harness.show(project(*THREE))
    harness.go_to(1)

    def colors(row: int) -> tuple[QColor, QColor]:
        picture = harness.table.viewport().grab().toImage()
        line = harness.table.visualRect(harness.index(row, "line"))
        steps = harness.table.visualRect(harness.index(row, "steps"))
        middle = line.center().y()
        return picture.pixelColor(1, middle), picture.pixelColor(steps.left() + 2, middle)

    bar, ground = colors(1)
    assert is_near(bar, theme.accent, 2)
    assert is_near(ground, theme.hover, 2)
    assert is_near(colors(2)[0], theme.panel, 2)
    harness.go_to(2)  # both rows are painted again
    assert is_near(colors(1)[0], theme.panel, 2)
    harness.table.clearFocus()
    bar, ground = colors(2)
    assert is_near(bar, theme.accent, 2)
    assert is_near(ground, theme.panel, 2)


class Painted(QObject):
    """Notes which parts of a widget are painted."""

    def __init__(self, watched: QWidget) -> None:
        super().__init__(watched)
        self.region = QRegion()
        watched.installEventFilter(self)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:  # noqa: ARG002, N802
        if isinstance(event, QPaintEvent):
            self.region += event.region()
        return False


def test_another_current_row_is_painted_as_a_whole_and_so_is_the_one_before(harness: DocumentHarness) -> None:
    harness.show(project(*THREE))
    harness.go_to(1)
    QApplication.processEvents()
    painted = Painted(harness.table.viewport())
    harness.go_to(2)
    QApplication.processEvents()
    for row in (1, 2):
        for header in harness.headers:
            assert painted.region.contains(harness.center(row, header))


def test_what_goes_on_is_painted_and_nothing_else(harness: DocumentHarness) -> None:
    harness.show(project(*THREE))
    QApplication.processEvents()  # painting follows after the layout
    painted = Painted(harness.table.viewport())
    harness.view.show_snapshot(at_step(7, trained(RunConfig()).loss))
    QApplication.processEvents()
    assert painted.region.contains(harness.center(0, "steps"))
    for row, header in ((0, "name"), (0, "first right"), (1, "steps")):
        assert not painted.region.contains(harness.center(row, header))


@BOTH_THEMES
def test_the_box_is_seen_whether_a_run_is_shown_or_not(
    qtbot: QtBot, qapp: QApplication, theme: Theme
) -> None:
    look.apply_theme(qapp, theme)
    harness = DocumentHarness(shown_view(qtbot, Runs(), 1000, 160, theme))
    harness.view.show_snapshot(trained(RunConfig()))
    harness.show(project(*THREE).changing(0, is_shown=False))
    picture = harness.table.viewport().grab().toImage()

    def inks(row: int) -> set[str]:
        cell = harness.table.visualRect(harness.index(row, "line"))
        across = range(cell.left() + 4, cell.left() + 24)
        down = range(cell.top() + 2, cell.bottom())
        return {picture.pixelColor(x, y).name().upper() for x in across for y in down}

    bench, hidden, shown = (inks(row) for row in range(3))
    assert theme.quiet in hidden
    assert theme.quiet in shown
    assert theme.quiet not in bench
    assert len(shown) > len(hidden) > len(bench)


# What a person does with the keyboard.


@pytest.mark.parametrize("downs", [1, 2, 3])
def test_keys_are_about_the_run_that_up_and_down_have_chosen(
    window: ShortcutWindow, focused: DocumentHarness, downs: int
) -> None:
    for _ in range(3):
        press(Qt.Key.Key_Down)
    for _ in range(3 - downs):
        press(Qt.Key.Key_Up)
    for key in (Qt.Key.Key_Left, Qt.Key.Key_Right):
        press(key)
    style = downs - 1
    for key in (Qt.Key.Key_Return, Qt.Key.Key_Enter, Qt.Key.Key_Delete, Qt.Key.Key_V):
        press(key)
    assert focused.wishes == [
        *(("recall", style), ("recall", style), ("delete", style), ("show", style, False)),
    ]
    assert window.used == []


def test_a_hidden_run_is_wished_to_be_shown(focused: DocumentHarness) -> None:
    focused.show(project(*THREE).changing(1, is_shown=False))
    focused.go_to(2)
    press(Qt.Key.Key_V)
    assert focused.wishes == [("show", 1, True)]


def test_keys_do_nothing_to_the_run_on_the_bench(window: ShortcutWindow, focused: DocumentHarness) -> None:
    assert focused.table.currentIndex().row() == 0
    for key in (Qt.Key.Key_Return, Qt.Key.Key_Delete, Qt.Key.Key_V, Qt.Key.Key_F2):
        press(key)
    assert focused.wishes == []
    assert focused.editors == []
    assert window.used == []


def test_the_table_changes_nothing_by_itself(focused: DocumentHarness) -> None:
    focused.go_to(1)
    for key in (Qt.Key.Key_Return, Qt.Key.Key_Delete, Qt.Key.Key_V):
        press(key)
    assert focused.texts("name") == ["this run", "Run 1", "Run 2", "Run 3"]
    check = focused.index(1, "line").data(Qt.ItemDataRole.CheckStateRole)
    assert check == Qt.CheckState.Checked


def test_keys_that_mean_nothing_to_it_are_the_window_s(
    window: ShortcutWindow, focused: DocumentHarness
) -> None:
    focused.go_to(1)
    for key in (Qt.Key.Key_Space, Qt.Key.Key_S, Qt.Key.Key_R, Qt.Key.Key_N, Qt.Key.Key_P):
        press(key)
    press(Qt.Key.Key_S, Qt.KeyboardModifier.ShiftModifier)
    assert window.used == ["Space", "S", "R", "N", "P", "Shift+S"]
    assert focused.wishes == []
    assert focused.table.currentIndex().row() == 1


def test_keys_with_modifiers_are_not_the_table_s(focused: DocumentHarness) -> None:
    focused.go_to(1)
    press(Qt.Key.Key_Delete, Qt.KeyboardModifier.ControlModifier)
    press(Qt.Key.Key_V, Qt.KeyboardModifier.AltModifier)
    assert focused.wishes == []


def test_without_the_focus_the_table_takes_no_key(qtbot: QtBot) -> None:
    button, view = QPushButton("elsewhere"), Runs()
    window = active_window(qtbot, button, *TABLE_KEYS)
    child(window, QVBoxLayout).addWidget(view)
    view.show_snapshot(trained(RunConfig()))
    harness = DocumentHarness(view)
    harness.show(project(*THREE))
    harness.go_to(1)
    assert button.hasFocus()
    for key in (Qt.Key.Key_V, Qt.Key.Key_Delete, Qt.Key.Key_F2, Qt.Key.Key_Down):
        press(key)
    assert window.used == ["V", "Del", "F2", "Down"]
    assert harness.wishes == []


@pytest.mark.parametrize("key", [Qt.Key.Key_Delete, Qt.Key.Key_V, Qt.Key.Key_Return])
def test_a_key_held_down_wishes_once(focused: DocumentHarness, key: Qt.Key) -> None:
    focused.go_to(1)
    press(key)
    none = Qt.KeyboardModifier.NoModifier
    held = QKeyEvent(QEvent.Type.KeyPress, key, none, "", autorep=True, count=1)
    QApplication.sendEvent(focused.table, held)
    assert len(focused.wishes) == 1


# Typing a name.


def test_f2_lets_a_name_be_typed_over(window: ShortcutWindow, focused: DocumentHarness) -> None:
    focused.go_to(2, "steps")
    press(Qt.Key.Key_F2)
    (editor,) = focused.editors
    assert editor.text() == "Run 2"
    assert editor.accessibleName()
    assert editor.maxLength() == LONGEST_NAME
    text = "SrN p vm<b>5"
    QTest.keyClicks(editor, text)
    assert editor.text() == text
    for key in (Qt.Key.Key_Left, Qt.Key.Key_Delete, Qt.Key.Key_Right):
        press(key)
    assert editor.text() == text[:-1]
    press(Qt.Key.Key_Return)
    QApplication.processEvents()
    assert focused.wishes == [("rename", 1, text[:-1])]
    assert window.used == []
    assert focused.editors == []
    assert focused.table.hasFocus()
    assert focused.texts("name")[2] == "Run 2"


def test_enter_ends_the_typing_and_recalls_nothing(focused: DocumentHarness) -> None:
    focused.go_to(1)
    press(Qt.Key.Key_F2)
    press(Qt.Key.Key_Return)
    QApplication.processEvents()
    assert focused.editors == []
    assert focused.wishes == []


def test_escape_takes_back_what_was_typed(focused: DocumentHarness) -> None:
    focused.go_to(1)
    press(Qt.Key.Key_F2)
    QTest.keyClicks(focused.editors[0], "no")
    press(Qt.Key.Key_Escape)
    QApplication.processEvents()
    assert focused.editors == []
    assert focused.wishes == []


def test_what_is_typed_outlives_all_that_arrives_meanwhile(focused: DocumentHarness) -> None:
    focused.go_to(1)
    press(Qt.Key.Key_F2)
    QTest.keyClicks(focused.editors[0], "sl")
    for step in range(5):
        focused.view.show_snapshot(at_step(step))
    changed = project(*THREE).changing(0, is_shown=False).changing(1, name="other")
    focused.show(changed)
    focused.view.show_snapshot(trained(RunConfig(momentum=0.5)))
    focused.view.apply_theme(DARK)
    QTest.keyClicks(focused.editors[0], "ow")
    press(Qt.Key.Key_Return)
    QApplication.processEvents()
    assert focused.wishes == [("rename", 0, "slow")]


def test_a_name_that_was_not_touched_follows_the_study(focused: DocumentHarness) -> None:
    focused.go_to(1)
    press(Qt.Key.Key_F2)
    focused.show(project(*THREE).changing(0, name="other"))
    assert focused.editors[0].text() == "other"
    press(Qt.Key.Key_Return)
    QApplication.processEvents()
    assert focused.wishes == []


# What a person does with the mouse.


@pytest.mark.parametrize("header", ["width", "seed", *RESULTS])
def test_a_double_click_recalls_a_run(harness: DocumentHarness, header: str) -> None:
    harness.show(project(*THREE))
    harness.double_click(2, header)
    assert harness.wishes == [("recall", 1)]


def test_a_double_click_on_a_name_lets_it_be_typed_over(harness: DocumentHarness) -> None:
    harness.show(project(*THREE))
    harness.double_click(2, "name")
    assert [editor.text() for editor in harness.editors] == ["Run 2"]
    assert harness.wishes == []


def test_a_click_on_a_line_shows_or_hides_its_run(harness: DocumentHarness) -> None:
    harness.show(project(*THREE).changing(2, is_shown=False))
    harness.click(1, "line")
    harness.click(3, "line")
    assert harness.wishes == [("show", 0, False), ("show", 2, True)]


def test_two_quick_clicks_on_a_line_recall_nothing(harness: DocumentHarness) -> None:
    harness.show(project(*THREE))
    harness.double_click(1, "line")
    assert harness.wishes == [("show", 0, False)] * 2


def test_clicks_elsewhere_only_choose_a_row(harness: DocumentHarness) -> None:
    harness.show(project(*THREE))
    for header in ("name", "width", "steps"):
        harness.click(2, header)
    assert harness.table.currentIndex().row() == 2
    assert harness.wishes == []
    assert harness.editors == []


@pytest.mark.parametrize("header", ["line", "name", "steps"])
def test_clicks_do_nothing_to_the_run_on_the_bench(harness: DocumentHarness, header: str) -> None:
    harness.show(project(*THREE))
    harness.double_click(0, header)
    assert harness.wishes == []
    assert harness.editors == []


def test_clicks_beside_the_rows_and_with_other_buttons_mean_nothing(harness: DocumentHarness) -> None:
    harness.show(project(*THREE))
    below = QPoint(300, harness.table.viewport().height() - 3)
    QTest.mouseDClick(harness.table.viewport(), Qt.MouseButton.LeftButton, pos=below)
    at = harness.center(1, "steps")
    QTest.mouseDClick(harness.table.viewport(), Qt.MouseButton.RightButton, pos=at)
    assert harness.wishes == []


# The menu.

popped_up = pytest.mark.qt_log_ignore("does not support grabbing the keyboard")
"""The offscreen platform says so of every menu."""


@popped_up
def test_the_menu_says_what_can_be_done_and_with_which_key(harness: DocumentHarness) -> None:
    harness.show(project(*THREE).changing(1, is_shown=False))
    harness.ask_for_menu(QContextMenuEvent.Reason.Mouse, harness.center(1, "steps"))
    texts = [action.text().split("\t") for action in harness.menu.actions()]
    assert texts == [
        ["Make current", "Enter"], ["Rename", "F2"], ["Hide curve", "V"], ["Delete", "Del"],
    ]  # fmt: skip
    assert harness.menu.isVisible()
    harness.ask_for_menu(QContextMenuEvent.Reason.Mouse, harness.center(2, "steps"))
    assert harness.offered("curve").text() == "Show curve\tV"


@popped_up
def test_what_is_chosen_in_the_menu_is_wished(harness: DocumentHarness) -> None:
    harness.show(project(*THREE))
    harness.ask_for_menu(QContextMenuEvent.Reason.Mouse, harness.center(2, "steps"))
    for word in ("Make current", "curve", "Delete", "Rename"):
        harness.offered(word).trigger()
    assert harness.wishes == [("recall", 1), ("show", 1, False), ("delete", 1)]
    assert [editor.text() for editor in harness.editors] == ["Run 2"]


@popped_up
def test_the_menu_key_opens_it_at_the_current_row(harness: DocumentHarness) -> None:
    harness.show(project(*THREE))
    harness.go_to(3, "steps")
    harness.ask_for_menu(QContextMenuEvent.Reason.Keyboard, QPoint(1, 1))
    assert harness.menu.isVisible()
    row = harness.table.visualRect(harness.index(3, "name"))
    opened_at = harness.table.viewport().mapFromGlobal(harness.menu.pos())
    assert abs(opened_at.x() - row.left()) <= 2
    assert abs(opened_at.y() - row.bottom()) <= 2
    harness.offered("Delete").trigger()
    assert harness.wishes == [("delete", 2)]


@popped_up
def test_the_menu_offers_nothing_for_the_run_on_the_bench(harness: DocumentHarness) -> None:
    harness.show(project(*THREE))
    harness.ask_for_menu(QContextMenuEvent.Reason.Mouse, harness.center(0, "steps"))
    assert not any(action.isEnabled() for action in harness.menu.actions())


def test_there_is_no_menu_where_there_is_no_run(harness: DocumentHarness) -> None:
    harness.show(project())
    harness.table.setCurrentIndex(QModelIndex())
    harness.ask_for_menu(QContextMenuEvent.Reason.Keyboard, QPoint(1, 1))
    assert not harness.menu.isVisible()


# Which run the keys are about, while runs come and go.


def test_the_current_run_stays_so_while_others_come_and_go(harness: DocumentHarness) -> None:
    three = project(*THREE)
    harness.show(three)
    harness.go_to(3, "steps")
    harness.show(three.without(0))
    assert harness.table.currentIndex().row() == 2
    harness.show(three.without(0).pinning(Record(QUICK), 0))
    assert harness.table.currentIndex().row() == 2
    assert harness.table.currentIndex().column() == harness.index(0, "steps").column()
    harness.go_to(0)
    harness.show(project(*THREE))
    assert harness.table.currentIndex().row() == 0


def test_the_next_run_is_current_where_one_was_deleted(harness: DocumentHarness) -> None:
    three = project(*THREE)
    harness.show(three)
    harness.go_to(2)
    harness.show(three.without(1))
    assert harness.table.currentIndex().row() == 2
    harness.show(three.without(1).without(2))
    assert harness.table.currentIndex().row() == 1


def test_without_the_focus_no_run_is_made_current(harness: DocumentHarness) -> None:
    harness.table.clearFocus()
    harness.table.setCurrentIndex(QModelIndex())
    harness.show(project(*THREE))
    assert not harness.table.currentIndex().isValid()


def test_with_the_focus_there_is_always_a_current_run(qtbot: QtBot) -> None:
    window = active_window(qtbot, Runs())
    harness = DocumentHarness(child(window, Runs))
    assert harness.table.hasFocus()
    assert not harness.table.currentIndex().isValid()
    harness.show(project(*THREE))
    assert harness.table.currentIndex().row() == 0


# What it says of itself.


def test_it_explains_itself(harness: DocumentHarness) -> None:
    for word in ("Enter", "F2", "Delete", "V,", "double click", "accent"):
        assert word in harness.view.whatsThis()
    assert harness.view.objectName() == "runs"
    assert harness.view.title == "Runs"
    assert harness.table.accessibleName() == "Runs"


def table(window: MainWindow) -> QTableView | None:
    return window.findChild(QTableView, "runs_table")


def show_by_key(window: MainWindow) -> None:
    QTest.keyClick(window, Qt.Key.Key_6, Qt.KeyboardModifier.AltModifier)


def assert_whole(window: MainWindow, rows: int) -> None:
    """Hold the table to be there with its rows, without another turn of the event loop."""
    shown = find(window, QTableView, "runs_table")
    assert shown.isVisible()
    assert shown.model().rowCount() == rows
    assert find(window, Runs, "runs").focusProxy() is shown


def test_a_window_begins_without(window: MainWindow) -> None:
    assert table(window) is None


def test_it_is_whole_as_soon_as_its_key_shows_it(window: MainWindow) -> None:
    show_by_key(window)
    assert_whole(window, rows=1)


def test_it_is_whole_with_the_first_kept_run(qtbot: QtBot, window: MainWindow) -> None:
    window.session.step(5)
    settle(qtbot, window)
    window.document.pin()
    assert_whole(window, rows=2)


def test_it_comes_back_where_it_was_with_the_next_kept_run(open_window: Open) -> None:
    before = open_window()
    before.document.pin()
    dock = find(before, Panel, "runs_panel")
    before.addDockWidget(Qt.DockWidgetArea.TopDockWidgetArea, dock)
    project = before.document.project
    before.file.discard_changes()
    before.close()
    again = open_window()
    assert table(again) is None
    again.document.put(project)
    assert_whole(again, rows=2)
    place = again.dockWidgetArea(find(again, Panel, "runs_panel"))
    assert place == Qt.DockWidgetArea.TopDockWidgetArea


def picture(window: MainWindow, theme: str) -> QImage:
    action(window, f"theme_{theme}").trigger()
    QApplication.processEvents()
    assert find(window, Runs, "runs").isVisible()
    return find(window, Runs, "runs").grab().toImage()


def test_its_picture_is_that_of_a_table_that_saw_the_theme_come(open_window: Open) -> None:
    """In a theme chosen before it was made, and in one chosen afterwards."""
    early = open_window()
    show_by_key(early)
    expected = [picture(early, name) for name in ("dark", "light")]
    assert expected[0] != expected[1]
    late = open_window()
    action(late, "theme_dark").trigger()
    show_by_key(late)
    assert [picture(late, name) for name in ("dark", "light")] == expected


def test_it_shows_the_run_on_the_bench_at_the_time(qtbot: QtBot, window: MainWindow) -> None:
    window.document.restart(RunConfig(width=7))
    window.session.step(12)
    settle(qtbot, window)
    show_by_key(window)
    model = find(window, QTableView, "runs_table").model()
    cells = [str(model.index(0, c).data()) for c in range(model.columnCount())]
    assert "12" in cells
