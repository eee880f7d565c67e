"""The question about unsaved changes in the whole window."""

from collections.abc import Callable
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QFileDialog

from tests.support.cases import some
from tests.support.windows import find, settle
from tests.window.document.test_project_file import (
    Answer,
    Person,
    file,
    folder,
    person,
    some_project,
)
from xorviz.core.runs.project import Project
from xorviz.core.runs.record import Record
from xorviz.files import assets
from xorviz.files.run_file import load_run, save_run

__all__ = ["file", "folder", "person"]

Begin = Callable[[Person, Path], None]


def untouched(person: Person, file: Path) -> None:
    """Do nothing."""


def unnamed(person: Person, file: Path) -> None:
    person.train(10)


def unchanged(person: Person, file: Path) -> None:
    person.window.file.open_path(file)
    settle(person.qtbot, person.window)
    person.do("to_start")


def named(person: Person, file: Path) -> None:
    person.window.file.open_path(file)
    person.train(10)


def pinned(person: Person, file: Path) -> None:
    person.train(10)
    person.do("pin")


def open_another(person: Person, file: Path) -> None:
    other = file.with_name("other.xorviz")
    save_run(some_project(7), other)
    person.window.file.open_path(other)


def begin_new(person: Person, file: Path) -> None:
    person.do("new")


def close(person: Person, file: Path) -> None:
    person.window.close()


def has_gone_on(person: Person, request_it: Begin) -> bool:
    """Return whether the request was carried out."""
    settle(person.qtbot, person.window)
    if request_it is close:
        return not person.window.isVisible()
    if request_it is begin_new:
        return person.title == "xorviz" and person.project == Project(
            Record(assets.quick_start().config), 0
        )
    return person.title == "other.xorviz – xorviz" and person.project == some_project(7)


REQUESTS = pytest.mark.parametrize("request_it", some([close, begin_new, open_another], 1))
UNSAVED = pytest.mark.parametrize("begin", some([pinned, named], 1))


@REQUESTS
@pytest.mark.parametrize("begin", some([unchanged, unnamed, untouched], 1))
def test_without_unsaved_work_nothing_is_asked(
    person: Person, file: Path, begin: Begin, request_it: Begin
) -> None:
    begin(person, file)
    request_it(person, file)
    assert not person.dialogs()
    assert has_gone_on(person, request_it)


@REQUESTS
@UNSAVED
def test_discard_proceeds_and_leaves_the_file(
    person: Person, file: Path, begin: Begin, request_it: Begin
) -> None:
    begin(person, file)
    content = file.read_bytes()
    request_it(person, file)
    assert not has_gone_on(person, request_it)
    person.answer(Answer.Discard)
    assert has_gone_on(person, request_it)
    assert file.read_bytes() == content


@REQUESTS
@UNSAVED
def test_save_saves_and_proceeds(
    person: Person, file: Path, begin: Begin, request_it: Begin
) -> None:
    begin(person, file)
    before = person.project
    request_it(person, file)
    QTest.keyClick(person.question(), Qt.Key.Key_Return)  # the default is to save
    if begin is pinned:
        assert not has_gone_on(person, request_it)
        file = file.with_name("kept.xorviz")
        person.choose("save_dialog", file)
    assert has_gone_on(person, request_it)
    assert load_run(file) == before


@REQUESTS
@UNSAVED
@pytest.mark.parametrize(
    "way", some(["button", "escape", "window", "save dialog", "save fails"], 1)
)
def test_cancel_leaves_everything(
    person: Person, file: Path, begin: Begin, request_it: Begin, way: str
) -> None:
    begin(person, file)
    before, title = person.project, person.title
    request_it(person, file)
    if way == "button":
        person.answer(Answer.Cancel)
    elif way == "escape":
        QTest.keyClick(person.question(), Qt.Key.Key_Escape)
    elif way == "window":
        person.question().close()
    else:
        cannot_be_saved(person, file, way, begin)
    assert not person.dialogs()
    assert not has_gone_on(person, request_it)
    assert person.window.isVisible()
    assert (person.project, person.title) == (before, title)
    person.train(1)
    request_it(person, file)  # asks again
    person.answer(Answer.Discard)
    assert has_gone_on(person, request_it)


def cannot_be_saved(person: Person, file: Path, way: str, begin: Begin) -> None:
    """Answer Save, and make saving fail or cancel it."""
    if begin is pinned:
        person.answer(Answer.Save)
        if way == "save fails":
            dialog = find(person.window, QFileDialog, "save_dialog")
            dialog.fileSelected.emit(str(file / "a.xorviz"))
            dialog.close()
        else:
            person.cancel("save_dialog")
    else:
        away = file.rename(file.with_name("away"))
        file.mkdir()
        person.answer(Answer.Save)
        assert "It is a folder" in person.notice()
        file.rmdir()
        away.rename(file)


@pytest.mark.thorough
def test_after_a_discard_the_next_loss_is_asked_about(person: Person, file: Path) -> None:
    for begin in (pinned, named, pinned):
        begin(person, file)
        person.do("new")
        person.answer(Answer.Discard)
        assert person.title == "xorviz"
    pinned(person, file)
    person.window.close()
    person.answer(Answer.Cancel)
    assert person.window.isVisible()


@pytest.mark.thorough
def test_requests_during_a_question_are_refused(person: Person, file: Path) -> None:
    pinned(person, file)
    before = person.project
    for request_it in (begin_new, close, open_another, close):
        request_it(person, file)
        person.question()
    assert person.project is before
    person.answer(Answer.Discard)
    assert has_gone_on(person, begin_new)
    assert person.window.isVisible()


@pytest.mark.thorough
def test_training_goes_on_during_a_question(person: Person, file: Path) -> None:
    named(person, file)
    person.window.session.play()
    person.window.close()
    steps = person.project.record.newest
    person.qtbot.waitUntil(lambda: person.project.record.newest > steps)
    person.answer(Answer.Save)
    assert not person.window.isVisible()
    assert load_run(file).record.newest > steps


@pytest.mark.thorough
def test_reopening_the_file_that_is_saved_first_opens_it_as_saved(
    person: Person, file: Path
) -> None:
    named(person, file)
    changed = person.project
    person.window.file.open_path(file)
    person.answer(Answer.Save)
    assert load_run(file) == changed
    assert person.project == changed
    assert person.title == "some.xorviz – xorviz"
