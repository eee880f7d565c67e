"""The dialog for a second run side by side."""

from dataclasses import dataclass, field, replace
from typing import Any

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QCheckBox, QDialogButtonBox, QLabel, QPushButton, QWidget
from pytestqt.qtbot import QtBot

from tests.support.cases import some
from tests.support.screen import child, shown
from xorviz.core.settings import RunConfig
from xorviz.ui.forms.fields import ChoiceField, NumberField
from xorviz.window.dialogs.side_by_side import SideBySideDialog

FIRST = RunConfig(
    width=5, rate=0.1 + 0.2, seed=77, activation="tanh", biases=True, init_range=2, momentum=1 / 3
)


@dataclass
class Asked:
    """A dialog and its requests."""

    parent: QWidget
    dialog: SideBySideDialog
    chosen: list[RunConfig] = field(default_factory=list)

    def number(self, name: str) -> NumberField:
        return child(self.dialog, NumberField, f"b_{name}")

    def choice(self, name: str) -> ChoiceField:
        return child(self.dialog, ChoiceField, f"b_{name}")

    @property
    def biases(self) -> QCheckBox:
        return child(self.dialog, QCheckBox, "b_biases")

    @property
    def start(self) -> QPushButton:
        buttons = child(self.dialog, QDialogButtonBox)
        return buttons.button(QDialogButtonBox.StandardButton.Ok)

    @property
    def differences(self) -> str:
        return child(self.dialog, QLabel, "quiet").text()


def asked(qtbot: QtBot, config: RunConfig) -> Asked:
    parent = shown(qtbot, QWidget())
    dialog = SideBySideDialog(parent, config)
    found = Asked(parent, dialog)
    dialog.config_requested.connect(found.chosen.append)
    dialog.open()
    dialog.activateWindow()
    qtbot.waitUntil(dialog.isActiveWindow)
    return found


@pytest.mark.parametrize("config", some([RunConfig(), FIRST], 1))
def test_equal_settings_cannot_be_accepted(qtbot: QtBot, config: RunConfig) -> None:
    ask = asked(qtbot, config)
    assert ask.differences == "Change at least one setting."
    assert not ask.start.isEnabled()
    QTest.keyClick(ask.dialog, Qt.Key.Key_Return)
    assert ask.dialog.isVisible()
    assert ask.chosen == []


CHANGES: list[tuple[str, Any, str]] = [
    ("rate", 0.5, "learning rate"),
    ("momentum", 0.9, "momentum"),
    ("activation", "relu", "activation"),
    ("loss", "mse", "loss"),
    ("targets", (0, 1, 1, 1), "targets"),
    ("biases", False, "biases"),
]


def make(ask: Asked, name: str, value: Any) -> None:
    if name in {"rate", "momentum"}:
        field = ask.number(name)
        field.setFocus()
        field.selectAll()
        QTest.keyClicks(field, repr(value))
        QTest.keyClick(field, Qt.Key.Key_Tab)
    elif name == "biases":
        ask.biases.click()
    else:
        ask.choice(name).choose("".join(map(str, value)) if name == "targets" else value)


@pytest.mark.parametrize(("name", "value", "words"), some(CHANGES, 2))
def test_one_different_setting_is_enough(qtbot: QtBot, name: str, value: Any, words: str) -> None:
    ask = asked(qtbot, FIRST)
    make(ask, name, value)
    assert ask.differences.lower() == f"different: {words}."
    assert ask.start.isEnabled()
    QTest.mouseClick(ask.start, Qt.MouseButton.LeftButton)
    # The other settings keep every digit, whatever the fields show.
    assert ask.chosen == [replace(FIRST, **{name: value})]


def test_all_differences_are_listed(qtbot: QtBot) -> None:
    ask = asked(qtbot, FIRST)
    for name, value, _ in CHANGES:
        make(ask, name, value)
    named = ask.differences.removeprefix("Different: ").removesuffix(".").split(", ")
    assert sorted(named) == sorted(words for _, _, words in CHANGES)
    make(ask, "biases", True)  # reverted, a difference does not count
    make(ask, "rate", FIRST.rate)
    assert "biases" not in ask.differences
    ask.start.click()
    made = {n: v for n, v, _ in CHANGES if n not in {"biases", "rate"}}
    assert ask.chosen == [replace(FIRST, **made)]
