"""All dialogs of the window: what is promised of each, and what those of choices do."""

import re
from collections.abc import Callable, Iterator
from dataclasses import replace
from importlib import metadata
from typing import Any

import numpy as np
import pyqtgraph as pg
import PySide6
import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import (
    QApplication,
    QCheckBox,
    QDialog,
    QDialogButtonBox,
    QLabel,
    QLineEdit,
    QPushButton,
    QRadioButton,
    QWidget,
)
from pytestqt.qtbot import QtBot
from shiboken6 import isValid

import xorviz
from tests.support.screen import child, press, shown
from tests.support.windows import action
from tests.window.scenarios.test_keys import name_of, unexplained, usable
from xorviz.core.rules import Switch
from xorviz.core.settings import RunConfig
from xorviz.ui.forms.fields import ChoiceField, NumberField, SwitchField
from xorviz.ui.theme.palette import DARK
from xorviz.window.dialogs.help import AboutDialog, versions
from xorviz.window.dialogs.side_by_side import SideBySideDialog
from xorviz.window.main_window import MainWindow

DIALOGS = "help", "palette", "about", "preferences", "export", "side_by_side", "own_network"
MODAL = "side_by_side", "own_network"
Opened = Callable[[str], QDialog]


def dialogs_of(window: MainWindow) -> list[QDialog]:
    return [one for one in window.findChildren(QDialog) if one.isVisible()]


def activate(qtbot: QtBot, dialog: QDialog) -> None:
    dialog.activateWindow()  # as a window manager does
    qtbot.waitUntil(dialog.isActiveWindow)


@pytest.fixture
def opened(qtbot: QtBot, window: MainWindow) -> Iterator[Opened]:
    """Return a function that opens the dialog of an action; it is closed after the test."""

    def open_one(name: str) -> QDialog:
        action(window, name).trigger()
        (dialog,) = dialogs_of(window)
        activate(qtbot, dialog)
        return dialog

    yield open_one
    for dialog in dialogs_of(window):
        dialog.close()
    for name in ("theme_light", "zoom_100"):
        if not action(window, name).isChecked():
            action(window, name).trigger()


@pytest.mark.parametrize("name", DIALOGS)
def test_a_dialog_opens_once_is_used_by_keys_alone_and_closed_by_escape(
    qtbot: QtBot, window: MainWindow, opened: Opened, name: str
) -> None:
    dialog = opened(name)
    assert dialog.windowTitle()
    assert unexplained(usable(dialog)) == []
    labels = [one.text() for one in dialog.findChildren(QLabel) if one.buddy() and one.isVisible()]
    buttons = [one.text() for one in dialog.findChildren(QPushButton) if one.isVisible()]
    letters = re.findall(r"&(\w)", " ".join(labels + buttons).lower().replace("&&", ""))
    assert len(letters) == len({*letters}), "no two controls have the same key"
    if name not in MODAL:
        action(window, name).trigger()
        assert dialogs_of(window) == [dialog]
    unreached = {o for o in dialog.findChildren(QPushButton) if o.isVisible() and o.isEnabled()}
    for _ in range(60):
        focused = QApplication.focusWidget()
        assert focused is not None
        assert dialog.isAncestorOf(focused)
        assert name_of(focused), f"{focused} has no name for screen readers"
        unreached.discard(focused)
        if not unreached:
            break
        press(Qt.Key.Key_Tab)
    assert not unreached
    press(Qt.Key.Key_Escape)
    qtbot.waitUntil(lambda: not isValid(dialog))
    again = opened(name)
    if (box := again.findChild(QDialogButtonBox)) is not None:
        kinds = box.StandardButton
        button = box.button(kinds.Cancel if name in MODAL else kinds.Close)
        QTest.mouseClick(button, Qt.MouseButton.LeftButton)
        qtbot.waitUntil(lambda: not isValid(again))
    assert window.isVisible()


# About.


def test_the_versions_list_everything_a_report_needs(
    qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    lines = dict(line.split(" ", 1) for line in versions("numpy").splitlines())
    known = {"PySide6": PySide6.__version__, "pyqtgraph": pg.__version__, "NumPy": np.__version__}
    known |= {"xorviz": xorviz.__version__, "Numba": metadata.version("numba"), "Kernel": "numpy"}
    assert lines.items() >= known.items()
    assert QApplication.platformName() in lines["System"]
    installed = metadata.version

    def version(name: str) -> str:
        if name == "numba":
            raise metadata.PackageNotFoundError
        return installed(name)

    monkeypatch.setattr(metadata, "version", version)
    fewer = [line.split()[0] for line in versions("numpy").splitlines()]
    assert fewer == [name for name in lines if name != "Numba"]


def test_the_versions_can_be_copied(qtbot: QtBot) -> None:
    parent = shown(qtbot, QWidget())
    dialog = shown(qtbot, AboutDialog(parent, "numba"))
    QApplication.clipboard().setText("something else")
    QTest.mouseClick(child(dialog, QPushButton, "copy_versions"), Qt.MouseButton.LeftButton)
    assert QApplication.clipboard().text() == versions("numba")
    assert dialog.isVisible()


# Preferences.


@pytest.mark.thorough
def test_preferences_apply_at_once_follow_the_menus_and_are_kept(
    window: MainWindow, opened: Opened, qapp: QApplication
) -> None:
    dialog, before = opened("preferences"), qapp.font().pointSizeF()
    theme, zoom = (child(dialog, ChoiceField, f"preferences_{n}") for n in ("theme", "zoom"))
    theme.choose("dark")
    zoom.choose("150")
    assert qapp.palette().window().color().name().upper() == DARK.ground
    assert qapp.font().pointSizeF() == 1.5 * before
    action(window, "zoom_out").trigger()
    action(window, "theme_light").trigger()
    assert (zoom.currentData(), theme.currentData()) == ("125", "light")
    switched = {"reduced_motion": False, "try_by_itself": False, "letter_keys": True}
    for name, is_on in switched.items():
        switch, menu = child(dialog, SwitchField, f"preferences_{name}"), action(window, name)
        assert switch.isChecked() == menu.isChecked() == is_on
        switch.click()
        assert menu.isChecked() != is_on
        kept = window._settings.choice(name, Switch(), is_on)
        menu.trigger()
        assert switch.isChecked() == is_on
        assert kept != is_on


# A second run side by side.

FIRST = RunConfig(
    width=5, rate=0.1 + 0.2, seed=77, activation="tanh", biases=True, init_range=2, momentum=1 / 3
)
CHANGES: dict[str, tuple[Any, str]] = {
    "rate": (0.5, "learning rate"),
    "momentum": (0.9, "momentum"),
    "activation": ("relu", "activation"),
    "loss": ("mse", "loss"),
    "targets": ((0, 1, 1, 1), "targets"),
    "biases": (False, "biases"),
}


Compared = Callable[..., tuple[QDialog, list[RunConfig]]]


@pytest.fixture
def compared(qtbot: QtBot) -> Compared:
    """Return a function that opens a dialog for a run beside FIRST; with what it requests."""
    parent = shown(qtbot, QWidget())

    def open_one(is_watched: bool = False) -> tuple[QDialog, list[RunConfig]]:
        dialog, chosen = SideBySideDialog(parent, FIRST, is_watched), list[RunConfig]()
        dialog.config_requested.connect(chosen.append)
        dialog.open()
        activate(qtbot, dialog)
        return dialog, chosen

    return open_one


def make(dialog: QDialog, name: str, value: Any) -> None:
    if name in {"rate", "momentum"}:
        number = child(dialog, NumberField, f"b_{name}")
        number.setFocus()
        number.selectAll()
        QTest.keyClicks(number, repr(value))
        QTest.keyClick(number, Qt.Key.Key_Tab)
    elif name == "biases":
        child(dialog, QCheckBox, "b_biases").click()
    else:
        field = child(dialog, ChoiceField, f"b_{name}")
        field.choose("".join(map(str, value)) if name == "targets" else value)


def test_a_page_is_offered_by_the_dialog_of_exports(opened: Opened) -> None:
    assert child(opened("save_page"), QRadioButton, "kind_html").isChecked()


def test_a_second_run_needs_a_difference_and_keeps_every_digit_of_the_rest(
    compared: Compared,
) -> None:
    for name, (value, words) in CHANGES.items():
        dialog, chosen = compared()
        start = child(dialog, QDialogButtonBox).button(QDialogButtonBox.StandardButton.Ok)
        differences = child(dialog, QLabel, "quiet")
        assert "Change at least one" in differences.text()
        assert not start.isEnabled()
        make(dialog, name, value)
        assert differences.text() == f"Different: {words}."
        make(dialog, name, getattr(FIRST, name))  # reverted, it does not count
        assert not start.isEnabled()
        make(dialog, name, value)
        start.click()
        assert chosen == [replace(FIRST, **{name: value})]


def test_of_a_second_run_only_what_goes_with_its_settings_can_be_chosen(compared: Compared) -> None:
    dialog, _ = compared()
    make(dialog, "momentum", 0.9)
    make(dialog, "loss", "cross-entropy")
    output = child(dialog, ChoiceField, "b_output")
    tanh = output.model().index(output.findData("tanh"), 0)
    assert not tanh.flags() & Qt.ItemFlag.ItemIsEnabled
    make(dialog, "batch", "pass")
    make(dialog, "optimizer", "adam")
    assert child(dialog, ChoiceField, "b_row_order").isEnabled()
    assert not child(dialog, NumberField, "b_momentum").isEnabled()
    assert child(dialog, NumberField, "b_momentum").value() == 0.9


def test_what_differs_can_be_typed_and_says_what_is_allowed(compared: Compared) -> None:
    dialog, chosen = compared()
    line, start = dialog.focusWidget(), child(dialog, QDialogButtonBox).buttons()[0]
    assert isinstance(line, QLineEdit)
    for typed, said in (
        ("mom", "momentum"),
        ("momentum 7", "below 1"),
        ("loss x", "cross-entropy"),
    ):
        line.clear()
        QTest.keyClicks(line, typed)
        assert said in child(dialog, QLabel, "quiet").text()
        assert not start.isEnabled()
    line.clear()
    QTest.keyClicks(line, "momentum 0.9, Learning rate = 2, targets x1 and x2")
    assert child(dialog, NumberField, "b_momentum").value() == 0.9
    make(dialog, "rate", 3)
    assert line.text() == "rate 3, momentum 0.9, targets x1 and x2"
    line.setFocus()
    QTest.keyClick(line, Qt.Key.Key_Return)
    assert chosen == [replace(FIRST, momentum=0.9, rate=3, targets=(0, 0, 0, 1))]


def test_of_a_watched_run_biases_cannot_be_left_out(compared: Compared) -> None:
    dialog, _ = compared(is_watched=True)
    assert dialog.findChild(QCheckBox, "b_biases") is None
    for name, (value, _) in list(CHANGES.items())[:-1]:
        make(dialog, name, value)
    said = child(dialog, QLabel, "quiet").text().removeprefix("Different: ").removesuffix(".")
    assert set(said.split(", ")) == {words for _, words in list(CHANGES.values())[:-1]}
