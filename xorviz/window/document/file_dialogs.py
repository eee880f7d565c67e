"""Dialogs about files: none waits for its answer, and each is deleted once it is closed."""

from pathlib import Path
from typing import TypeVar

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QDialog, QFileDialog, QMessageBox, QWidget

from xorviz.files import SUFFIX

D = TypeVar("D", bound=QDialog)

Answer = QMessageBox.StandardButton
_PATTERN = f"Runs of xorviz (*{SUFFIX})"


def open_dialog(parent: QWidget, folder: Path) -> QFileDialog:
    """Return what asks for a file to open."""
    dialog = QFileDialog(parent, "Open a run", str(folder), _PATTERN)
    dialog.setFileMode(QFileDialog.FileMode.ExistingFile)
    return _prepared(dialog, "open_dialog")


def save_dialog(parent: QWidget, suggestion: Path) -> QFileDialog:
    """Return what asks for a file to save to."""
    dialog = QFileDialog(parent, "Save the run", str(suggestion.parent), _PATTERN)
    dialog.setAcceptMode(QFileDialog.AcceptMode.AcceptSave)
    dialog.setDefaultSuffix(SUFFIX.removeprefix("."))
    dialog.selectFile(suggestion.name)
    return _prepared(dialog, "save_dialog")


def unsaved_dialog(parent: QWidget, text: str) -> QMessageBox:
    """Return what asks whether to save; it finishes with an Answer."""
    dialog = QMessageBox(parent)
    dialog.setIcon(QMessageBox.Icon.Question)
    dialog.setWindowTitle("xorviz")
    dialog.setTextFormat(Qt.TextFormat.PlainText)  # a file's name is no markup
    dialog.setText(text)
    dialog.setStandardButtons(Answer.Save | Answer.Discard | Answer.Cancel)
    dialog.setDefaultButton(Answer.Save)
    return _prepared(dialog, "unsaved_dialog")


def _prepared(dialog: D, name: str) -> D:
    dialog.setObjectName(name)
    dialog.finished.connect(dialog.deleteLater)
    return dialog
