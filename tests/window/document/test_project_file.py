"""The project's file in the whole window: title, dialogs and questions."""

from dataclasses import dataclass
from pathlib import Path

import pytest
from PySide6.QtCore import QEvent, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QDialog, QDialogButtonBox, QFileDialog, QMessageBox
from pytestqt.qtbot import QtBot

from tests.support.cases import some
from tests.support.windows import action, find, settle, text
from xorviz.core.runs.project import Project
from xorviz.core.runs.record import Record
from xorviz.core.runs.recording import Recording
from xorviz.core.settings import RunConfig
from xorviz.files.run_file import load_run, save_run
from xorviz.window.main_window import MainWindow

OTHER = RunConfig(width=5, rate=0.5, seed=7, biases=True)
KEY = {
    "open": (Qt.Key.Key_O, Qt.KeyboardModifier.ControlModifier),
    "save": (Qt.Key.Key_S, Qt.KeyboardModifier.ControlModifier),
}

Answer = QMessageBox.StandardButton


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    folder = tmp_path / "runs"
    folder.mkdir()
    return folder


@dataclass
class Person:
    """The whole window as a user operates it."""

    qtbot: QtBot
    window: MainWindow

    @property
    def title(self) -> str:
        """The title with its mark of changes."""
        mark = "*" if self.window.isWindowModified() else ""
        return self.window.windowTitle().replace("[*]", mark)

    @property
    def project(self) -> Project:
        return self.window.document.project

    def train(self, steps: int) -> None:
        """Take steps beyond the newest one."""
        settle(self.qtbot, self.window)
        self.window.session.seek(self.project.record.newest)
        settle(self.qtbot, self.window)
        self.window.session.step(steps)
        settle(self.qtbot, self.window)

    def do(self, name: str) -> None:
        action(self.window, name).trigger()
        settle(self.qtbot, self.window)

    def press(self, name: str) -> None:
        self.window.activateWindow()  # as a window manager does after a dialog
        self.qtbot.waitUntil(self.window.isActiveWindow)
        QTest.keyClick(self.window, *KEY[name])

    def notice(self) -> str:
        return text(self.window, "status_message")

    def save(self, path: Path) -> None:
        """Save under a name."""
        self.do("save_as")
        self.choose("save_dialog", path)
        assert load_run(path) == self.project

    def choose(self, dialog: str, path: Path) -> None:
        """Select a path in a file dialog, and press its button."""
        asking = find(self.window, QFileDialog, dialog)
        assert asking.isVisible()
        assert asking.isModal()
        asking.selectFile(str(path))
        buttons = find(asking, QDialogButtonBox, "buttonBox")
        buttons.buttons()[0].click()
        self.qtbot.waitUntil(lambda: not self.dialogs())
        settle(self.qtbot, self.window)

    def cancel(self, dialog: str) -> None:
        buttons = find(find(self.window, QFileDialog, dialog), QDialogButtonBox, "buttonBox")
        buttons.button(QDialogButtonBox.StandardButton.Cancel).click()
        self.qtbot.waitUntil(lambda: not self.dialogs())

    def dialogs(self) -> list[str]:
        """Return the names of all dialogs."""
        QApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete)
        return [dialog.objectName() for dialog in self.window.findChildren(QDialog)]

    def question(self, name: str = "unsaved_dialog") -> QMessageBox:
        assert self.dialogs().count(name) == 1
        question = find(self.window, QMessageBox, name)
        assert question.isVisible()
        return question

    def answer(self, answer: QMessageBox.StandardButton) -> None:
        button = self.question().button(answer)
        QTest.mouseClick(button, Qt.MouseButton.LeftButton)
        settle(self.qtbot, self.window)
        assert "unsaved_dialog" not in self.dialogs()


@pytest.fixture
def window(reset_window: MainWindow) -> MainWindow:
    """Return the window that the tests of this module share."""
    return reset_window


@pytest.fixture
def person(qtbot: QtBot, window: MainWindow) -> Person:
    return Person(qtbot, window)


def some_project(steps: int = 40, pinned: int = 0) -> Project:
    """Return a project at a past step."""
    recording = Recording(OTHER)
    recording.advance(steps)
    project = Project(recording.record(), steps // 2)
    for number in range(pinned):
        other = Recording(RunConfig(seed=number))
        other.advance(10 + number)
        project = project.pinning(other.record(), 5, f"Of seed {number}")
    return project


@pytest.fixture
def file(folder: Path) -> Path:
    """Return a run file without pinned runs."""
    save_run(some_project(), folder / "some.xorviz")
    return folder / "some.xorviz"


# The title.


def test_the_title_shows_unsaved_changes(person: Person, folder: Path) -> None:
    assert person.title == "xorviz"
    person.train(3)
    assert person.title == "Untitled* – xorviz"
    person.save(folder / "a.xorviz")
    assert person.title == "a.xorviz – xorviz"
    person.train(1)
    assert person.title == "a.xorviz* – xorviz"
    person.do("save")
    assert person.title == "a.xorviz – xorviz"
    person.do("new")
    assert person.title == "xorviz"


@pytest.mark.thorough
def test_settings_alone_are_no_change_but_a_weight_is(person: Person) -> None:
    person.window.document.restart(OTHER)
    settle(person.qtbot, person.window)
    assert person.title == "xorviz"
    person.window.document.set_weight("w1", (0, 0), 0.5)
    settle(person.qtbot, person.window)
    assert person.title == "Untitled* – xorviz"


@pytest.mark.thorough
def test_showing_another_step_is_not_a_change(person: Person, file: Path) -> None:
    person.window.file.open_path(file)
    settle(person.qtbot, person.window)
    for name in ("to_start", "step_back", "to_live", "step_back_n"):
        person.do(name)
        assert person.title == "some.xorviz – xorviz"


@pytest.mark.parametrize("change", some(["pin", "reset", "new_weights"], 1))
def test_undoing_to_the_saved_project_leaves_no_changes(
    person: Person, folder: Path, change: str
) -> None:
    person.train(5)
    person.save(folder / "a.xorviz")
    person.do(change)
    assert person.title == "a.xorviz* – xorviz"
    person.do("undo")
    assert person.title == "a.xorviz – xorviz"
    person.do("redo")
    assert person.title == "a.xorviz* – xorviz"


@pytest.mark.thorough
def test_odd_file_names_are_shown_unchanged(person: Person, folder: Path) -> None:
    odd = folder / "a[*]&<b>.xorviz"
    save_run(some_project(), odd)
    person.window.file.open_path(odd)
    assert person.window.windowTitle() == "a[*][*]&<b>.xorviz[*] – xorviz"
    person.train(1)
    person.do("new")
    assert person.question().text() == "Save changes to a[*]&<b>.xorviz before closing?"
    assert person.question().textFormat() == Qt.TextFormat.PlainText
    person.answer(Answer.Cancel)


# Files.


def test_an_opened_file_has_runs_step_and_pinned_runs(person: Person, file: Path) -> None:
    save_run(some_project(pinned=2), file)
    person.press("open")
    person.choose("open_dialog", file)
    assert person.project == some_project(pinned=2)
    assert person.project.step == 20
    assert text(person.window, "status_step") == "step 20"
    pinned_runs = [(run.name, run.step) for run in person.project.pinned]
    assert pinned_runs == [("Of seed 0", 5), ("Of seed 1", 5)]
    assert person.title == "some.xorviz – xorviz"
    assert person.notice() == "Opened some.xorviz."


def test_only_the_first_save_asks_for_a_path(person: Person, folder: Path) -> None:
    person.train(5)
    person.press("save")
    person.choose("save_dialog", folder / "mine")
    assert person.title == "mine.xorviz – xorviz"
    assert load_run(folder / "mine.xorviz") == person.project
    person.do("pin")
    person.press("save")
    assert not person.dialogs()
    assert person.notice() == "Saved mine.xorviz."
    assert load_run(folder / "mine.xorviz") == person.project
    assert len(person.project.pinned) == 1


@pytest.mark.thorough
def test_save_as_leaves_the_other_file(person: Person, folder: Path) -> None:
    person.train(5)
    person.save(folder / "a.xorviz")
    before = person.project
    person.train(5)
    person.save(folder / "b.xorviz")
    assert person.title == "b.xorviz – xorviz"
    assert load_run(folder / "a.xorviz") == before
    assert load_run(folder / "b.xorviz") == person.project != before


@pytest.mark.thorough
def test_a_run_can_be_saved_before_its_first_snapshot(person: Person, folder: Path) -> None:
    person.train(5)
    person.save(folder / "a.xorviz")
    person.window.document.restart(OTHER)  # before its first snapshot
    person.window.file.save()
    assert load_run(folder / "a.xorviz").record == Record(OTHER)
    settle(person.qtbot, person.window)
    assert person.title == "a.xorviz – xorviz"


@pytest.mark.parametrize("name", some(["open", "save_as"], 1))
def test_cancelling_a_file_dialog_changes_nothing(person: Person, file: Path, name: str) -> None:
    person.window.file.open_path(file)
    person.train(1)
    before, files = person.project, sorted(file.parent.iterdir())
    person.do(name)
    dialog = find(person.window, QFileDialog, f"{name.removesuffix('_as')}_dialog")
    assert Path(dialog.directory().absolutePath()) == file.parent
    person.cancel(dialog.objectName())
    assert person.project is before
    assert person.title == "some.xorviz* – xorviz"
    assert sorted(file.parent.iterdir()) == files


@pytest.mark.thorough
def test_a_relative_path_is_kept_absolute(
    person: Person, file: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(file.parent)
    person.window.file.open_path(Path(file.name))
    monkeypatch.chdir("/")
    person.train(1)
    person.press("save")
    assert load_run(file) == person.project
    menu = person.window.file.recent
    menu.aboutToShow.emit()
    assert menu.actions()[0].statusTip() == str(file)


def broken(folder: Path, how: str) -> Path:
    path = folder / "broken.xorviz"
    if how == "cut":
        path.write_bytes(b'{"format":"xorviz run","ve')
    return path


@pytest.mark.parametrize(
    ("how", "sentence"),
    some(
        [
            ("missing", "The file does not exist."),
            ("cut", "The file is incomplete: its end is missing."),
        ],
        2,
    ),
)
def test_a_broken_file_changes_nothing(person: Person, file: Path, how: str, sentence: str) -> None:
    person.window.file.open_path(file)
    settle(person.qtbot, person.window)
    person.do("pin")
    before = person.project
    person.window.file.open_path(broken(file.parent, how))
    assert person.notice() == f"Could not open broken.xorviz: {sentence}"
    assert not person.dialogs()
    settle(person.qtbot, person.window)
    assert person.project is before
    assert person.title == "some.xorviz* – xorviz"
    assert person.window.document.history.labels[0] == "pin"
    person.do("undo")
    assert person.title == "some.xorviz – xorviz"


@pytest.mark.parametrize("is_named", some([False, True], 1))
def test_a_failed_save_loses_nothing(person: Person, file: Path, is_named: bool) -> None:
    if is_named:
        person.window.file.open_path(file)
    person.train(3)
    person.do("pin")
    before, title, content = person.project, person.title, file.read_bytes()
    (file.parent / "note").touch()
    person.do("save_as")
    dialog = find(person.window, QFileDialog, "save_dialog")
    dialog.fileSelected.emit(str(file.parent / "note" / "a.xorviz"))
    dialog.close()
    assert person.notice() == "Could not save a.xorviz: The folder does not exist."
    assert person.project is before
    assert person.title == title
    assert person.title.startswith("some.xorviz*" if is_named else "Untitled*")
    person.do("to_start")
    assert person.title == title
    assert file.read_bytes() == content


@pytest.mark.thorough
def test_saving_works_again_once_the_folder_is_back(person: Person, file: Path) -> None:
    person.window.file.open_path(file)
    person.train(3)
    away = file.parent.rename(file.parent.with_name("away"))
    person.press("save")
    assert person.title == "some.xorviz* – xorviz"
    away.rename(file.parent)
    person.press("save")
    assert person.title == "some.xorviz – xorviz"
    assert load_run(file) == person.project


# Changes by another program.


def other_window_saves(file: Path) -> Project:
    """Save another project to a file, as a second window does."""
    other = some_project(50, pinned=1)
    save_run(other, file)
    return other


def press_in(question: QMessageBox, text: str) -> None:
    """Press a button of a question by its text."""
    (button,) = [b for b in question.buttons() if b.text().replace("&", "") == text]
    QTest.mouseClick(button, Qt.MouseButton.LeftButton)


@pytest.mark.parametrize("is_damaged", some([False, True], 1))
def test_a_file_that_was_changed_elsewhere_is_not_replaced_unasked(
    person: Person, file: Path, is_damaged: bool
) -> None:
    person.window.file.open_path(file)
    person.train(3)
    other_window_saves(file)
    if is_damaged:
        file.write_text("notes")
    there = file.read_bytes()
    person.press("save")
    question = person.question("changed_dialog")
    assert question.text() == "some.xorviz has changed on disk since it was opened or saved here."
    assert file.read_bytes() == there
    press_in(question, "Replace")
    assert not person.dialogs()
    assert load_run(file) == person.project
    assert person.title == "some.xorviz – xorviz"
    person.train(1)
    person.press("save")  # its own file is no reason to ask
    assert not person.dialogs()
    assert load_run(file) == person.project


def test_instead_of_replacing_a_file_one_can_save_as(person: Person, file: Path) -> None:
    person.window.file.open_path(file)
    person.train(3)
    other = other_window_saves(file)
    person.press("save")
    QTest.keyClick(person.question("changed_dialog"), Qt.Key.Key_Return)  # the default
    person.choose("save_dialog", file.with_name("mine.xorviz"))
    assert load_run(file) == other
    assert load_run(file.with_name("mine.xorviz")) == person.project
    assert person.title == "mine.xorviz – xorviz"


@pytest.mark.parametrize("is_closed", some([False, True], 2))
def test_a_refused_replacement_changes_nothing(person: Person, file: Path, is_closed: bool) -> None:
    person.window.file.open_path(file)
    person.train(3)
    other = other_window_saves(file)
    person.do("new")
    person.answer(Answer.Save)  # of what would be lost otherwise
    question = person.question("changed_dialog")
    before = person.project
    question.close() if is_closed else press_in(question, "Cancel")
    assert not person.dialogs()
    assert load_run(file) == other
    assert person.project is before
    assert person.title == "some.xorviz* – xorviz"
    person.do("new")  # can be asked for again
    person.answer(Answer.Discard)
    assert person.title == "xorviz"


def test_a_replaced_file_lets_what_waited_go_on(person: Person, file: Path) -> None:
    person.window.file.open_path(file)
    person.train(3)
    mine = person.project
    other_window_saves(file)
    person.do("new")
    person.answer(Answer.Save)
    press_in(person.question("changed_dialog"), "Replace")
    assert load_run(file) == mine
    assert person.title == "xorviz"


@pytest.mark.parametrize("how", some(["deleted", "as it was", "saved again"], 3))
def test_nothing_is_asked_where_nothing_would_be_lost(person: Person, file: Path, how: str) -> None:
    person.window.file.open_path(file)
    person.train(3)
    if how == "deleted":
        file.unlink()
    elif how == "as it was":
        file.write_bytes(file.read_bytes())
    else:
        person.press("save")
        person.train(1)
    person.press("save")
    assert not person.dialogs()
    assert load_run(file) == person.project
