"""The dialog for networks of other programs, with what it requests."""

from dataclasses import dataclass
from dataclasses import field as own
from typing import Any

from PySide6.QtWidgets import (
    QApplication,
    QDialogButtonBox,
    QLabel,
    QLineEdit,
    QPlainTextEdit,
    QPushButton,
    QTextBrowser,
    QWidget,
)
from pytestqt.qtbot import QtBot

from tests.support.screen import child, shown
from xorviz.core.runs.record import Record
from xorviz.core.runs.recording import Recording
from xorviz.ui.forms.fields import ChoiceField
from xorviz.window.dialogs.own_network.dialog import OwnNetworkDialog


@dataclass
class Asked:
    """A dialog and its requests."""

    parent: QWidget
    dialog: OwnNetworkDialog
    opened: list[tuple[Record, Any]] = own(default_factory=list)
    """Records, each with its StepCheck or None."""

    def paste(self, text: str) -> None:
        QApplication.clipboard().setText(text)
        self.box.setFocus()
        self.box.selectAll()
        self.box.paste()

    @property
    def box(self) -> QPlainTextEdit:
        return child(self.dialog, QPlainTextEdit, "own_text")

    @property
    def after(self) -> QPlainTextEdit:
        return child(self.dialog, QPlainTextEdit, "own_after")

    def choice(self, name: str) -> ChoiceField:
        return child(self.dialog, ChoiceField, f"own_{name}")

    def field(self, name: str) -> QLineEdit:
        return child(self.dialog, QLineEdit, f"own_{name}")

    @property
    def order(self) -> QLineEdit:
        return child(self.dialog, QLineEdit, "own_order")

    @property
    def verdict(self) -> str:
        return child(self.dialog, QLabel, "own_verdict").text()

    @property
    def detail(self) -> str:
        return child(self.dialog, QLabel, "quiet").text()

    @property
    def diagnosis(self) -> QTextBrowser:
        return child(self.dialog, QTextBrowser, "own_diagnosis")

    @property
    def told(self) -> str:
        return self.diagnosis.toPlainText()

    @property
    def start(self) -> QPushButton:
        buttons = child(self.dialog, QDialogButtonBox)
        return buttons.button(QDialogButtonBox.StandardButton.Ok)

    @property
    def weights(self) -> list[object]:
        """The initial weights of the requested run."""
        ((record, _),) = self.opened
        snapshot = Recording(record).snapshot()
        assert snapshot.step == 0
        return [array.tolist() for array in snapshot.weights.arrays()]


def asked(qtbot: QtBot, is_answered: bool = True) -> Asked:
    """Return an open dialog; it checks steps itself unless they are not to be answered."""
    parent = shown(qtbot, QWidget())
    dialog = OwnNetworkDialog(parent)
    if is_answered:
        dialog.question_asked.connect(lambda one: dialog.take_answer(one, one.answer()))
    found = Asked(parent, dialog)
    dialog.record_requested.connect(lambda record, _, check: found.opened.append((record, check)))
    dialog.open()
    dialog.activateWindow()
    qtbot.waitUntil(dialog.isActiveWindow)
    return found
