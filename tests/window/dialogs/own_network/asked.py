"""The dialog for networks of other programs, with what it requests."""

from dataclasses import dataclass, replace
from dataclasses import field as own
from typing import Any

from PySide6.QtWidgets import (
    QApplication,
    QDialogButtonBox,
    QLabel,
    QPlainTextEdit,
    QPushButton,
    QTextBrowser,
    QWidget,
)
from pytestqt.qtbot import QtBot

from tests.panels.learn.check_steps import CONFIG
from tests.support.screen import child, shown
from xorviz.core.network import Weights
from xorviz.core.runs.record import Record
from xorviz.core.runs.recording import Recording
from xorviz.core.settings import RunConfig
from xorviz.files.weights.own_network import Arrays
from xorviz.ui.forms.fields import ChoiceField
from xorviz.window.dialogs.own_network.dialog import OwnNetworkDialog
from xorviz.window.dialogs.own_network.text_box import arrays_text


def text(weights: Weights) -> str:
    """Return weights as they are printed."""
    return arrays_text(Arrays(weights.w1, weights.b1, weights.w2, weights.b2))


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

    def write(self, *texts: str) -> None:
        for box, text in zip((self.box, self.after), texts, strict=False):
            box.setPlainText(text)

    @property
    def box(self) -> QPlainTextEdit:
        return child(self.dialog, QPlainTextEdit, "own_text")

    @property
    def after(self) -> QPlainTextEdit:
        return child(self.dialog, QPlainTextEdit, "own_after")

    def field(self, name: str) -> Any:
        return child(self.dialog, QWidget, f"own_{name}")

    def say(self, **values: str) -> None:
        """Choose or write what is known, field by field."""
        for name, value in values.items():
            field = self.field(name)
            (field.choose if isinstance(field, ChoiceField) else field.setText)(value)

    @property
    def verdict(self) -> QLabel:
        return child(self.dialog, QLabel, "own_verdict")

    @property
    def detail(self) -> str:
        return child(self.dialog, QLabel, "quiet").text()

    @property
    def told(self) -> str:
        return child(self.dialog, QTextBrowser, "own_diagnosis").toPlainText()

    @property
    def start(self) -> QPushButton:
        buttons = child(self.dialog, QDialogButtonBox)
        return buttons.button(QDialogButtonBox.StandardButton.Ok)

    def open(self) -> tuple[RunConfig, list[object], str | None]:
        """Open what was found: settings, initial weights and the verdict on the step."""
        if not self.opened:
            self.start.click()
        ((record, check),) = self.opened
        snapshot = Recording(record).snapshot()
        assert snapshot.step == 0
        weights = [array.tolist() for array in snapshot.weights.arrays()]
        return replace(record.config, seed=CONFIG.seed), weights, check and check.verdict


def asked(qtbot: QtBot, is_answered: bool = True) -> Asked:
    """Return an open dialog; its steps are checked at once unless they are not to be answered."""
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
