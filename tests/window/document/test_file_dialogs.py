"""The dialogs about files, each on its own."""

from pathlib import Path

import pytest
from PySide6.QtCore import QSettings, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QFileDialog, QWidget
from pytestqt.qtbot import QtBot
from shiboken6 import isValid

from xorviz.window.document.file_dialogs import Answer, open_dialog, save_dialog, unsaved_dialog


@pytest.fixture(autouse=True)
def _qt_remembers_nothing(tmp_path_factory: pytest.TempPathFactory) -> None:
    """Let no file dialog write to the settings of whoever runs the tests."""
    folder = str(tmp_path_factory.mktemp("qt"))
    QSettings.setPath(QSettings.Format.NativeFormat, QSettings.Scope.UserScope, folder)


@pytest.fixture
def parent(qtbot: QtBot) -> QWidget:
    parent = QWidget()
    qtbot.addWidget(parent)
    return parent


def test_the_dialogs_know_run_files_and_where_to_begin(
    qtbot: QtBot, parent: QWidget, tmp_path: Path
) -> None:
    opening = open_dialog(parent, tmp_path)
    saving = save_dialog(parent, tmp_path / "mine.xorviz")
    for dialog in (opening, saving):
        assert dialog.nameFilters() == ["Runs of xorviz (*.xorviz)"]
        assert Path(dialog.directory().absolutePath()) == tmp_path
    assert opening.fileMode() == QFileDialog.FileMode.ExistingFile
    assert saving.acceptMode() == QFileDialog.AcceptMode.AcceptSave
    assert saving.defaultSuffix() == "xorviz"
    assert [Path(name).name for name in saving.selectedFiles()] == ["mine.xorviz"]


@pytest.mark.parametrize("answer", [Answer.Save, Answer.Discard, Answer.Cancel])
def test_the_question_finishes_with_the_answer(
    qtbot: QtBot, parent: QWidget, answer: Answer
) -> None:
    question = unsaved_dialog(parent, "<b>Save?</b>")
    assert question.textFormat() == Qt.TextFormat.PlainText
    question.open()
    with qtbot.waitSignal(question.destroyed), qtbot.waitSignal(question.finished) as finished:
        QTest.mouseClick(question.button(answer), Qt.MouseButton.LeftButton)
    assert finished.args == [answer.value]


def test_escape_cancels_the_question(qtbot: QtBot, parent: QWidget) -> None:
    question = unsaved_dialog(parent, "Save?")
    question.open()
    with qtbot.waitSignal(question.finished) as finished:
        QTest.keyClick(question, Qt.Key.Key_Escape)
    assert finished.args == [Answer.Cancel.value]
    qtbot.waitUntil(lambda: not isValid(question))


@pytest.mark.parametrize("kind", [open_dialog, save_dialog])
def test_a_file_dialog_is_deleted_once_it_is_closed(
    qtbot: QtBot, parent: QWidget, tmp_path: Path, kind: type[QFileDialog]
) -> None:
    dialog = kind(parent, tmp_path)  # type: ignore[call-overload]
    dialog.open()
    with qtbot.waitSignal(dialog.destroyed):
        dialog.reject()
    assert parent.findChildren(QFileDialog) == []
