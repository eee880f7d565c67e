"""Help and About."""

import platform
from collections.abc import Callable
from importlib import metadata

import numpy as np
import pyqtgraph as pg
import PySide6
import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import (
    QApplication,
    QDialog,
    QDialogButtonBox,
    QPushButton,
    QTextBrowser,
    QWidget,
)
from pytestqt.qtbot import QtBot

import xorviz
from tests.support.cases import some
from tests.support.screen import child, shown
from xorviz.panels import registry
from xorviz.panels.learn.weights.weight_heatmap import WeightHeatmap
from xorviz.window.bars.actions import Actions
from xorviz.window.dialogs.dialogs import AboutDialog, HelpDialog, versions


@pytest.fixture
def parent(qtbot: QtBot) -> QWidget:
    parent = QWidget()
    qtbot.addWidget(parent)
    return parent


def help_text(qtbot: QtBot, parent: QWidget) -> str:
    return child(shown(qtbot, HelpDialog(parent)), QTextBrowser).toPlainText()


def test_the_help_explains_every_panel(qtbot: QtBot, parent: QWidget) -> None:
    text = help_text(qtbot, parent)
    for name in ("decision_surface", "loss_plot", "truth_table", "weight_heatmap"):
        assert registry.entry(name).title in text


def test_the_help_lists_every_key_of_the_window(qtbot: QtBot, parent: QWidget) -> None:
    actions = Actions(parent)
    view = WeightHeatmap()
    view.setParent(parent)
    text = help_text(qtbot, parent)
    assert "%KEYS%" not in text
    assert "Space" in text
    assert actions["run"].statusTip() in text
    assert "S or Right" in text
    assert view.options[0].text() in text
    for key in ("F1", "Ctrl+Q", "Shift+S", "Esc"):
        assert key in text


def test_the_versions_list_everything_a_report_needs(qtbot: QtBot) -> None:
    lines = versions("numpy").splitlines()
    assert lines[:5] == [
        f"xorviz {xorviz.__version__}",
        f"Python {platform.python_version()}",
        f"PySide6 {PySide6.__version__}",
        f"pyqtgraph {pg.__version__}",
        f"NumPy {np.__version__}",
    ]
    assert lines[5:7] == [f"Numba {metadata.version('numba')}", "Kernel numpy"]
    assert QApplication.platformName() in lines[7]


@pytest.mark.thorough
def test_without_numba_its_version_is_left_out(
    qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    installed = metadata.version

    def version(name: str) -> str:
        if name == "numba":
            raise metadata.PackageNotFoundError
        return installed(name)

    monkeypatch.setattr(metadata, "version", version)
    lines = versions("numpy").splitlines()
    assert [line.split()[0] for line in lines[4:7]] == ["NumPy", "Kernel", "System"]


def test_the_versions_can_be_copied(qtbot: QtBot, parent: QWidget) -> None:
    dialog = shown(qtbot, AboutDialog(parent, "numba"))
    QApplication.clipboard().setText("something else")
    copy = child(dialog, QPushButton, "copy_versions")
    assert copy.toolTip()
    QTest.mouseClick(copy, Qt.MouseButton.LeftButton)
    assert QApplication.clipboard().text() == versions("numba")
    assert dialog.isVisible()


@pytest.mark.parametrize("make", some([HelpDialog, lambda parent: AboutDialog(parent, "numpy")], 1))
def test_a_dialog_is_closed_by_its_button_and_by_escape(
    qtbot: QtBot, parent: QWidget, make: Callable[[QWidget], QDialog]
) -> None:
    for by_key in (False, True):
        dialog = make(parent)
        with qtbot.waitExposed(dialog):
            dialog.show()
        buttons = child(dialog, QDialogButtonBox)
        with qtbot.waitSignal(dialog.destroyed):
            if by_key:
                QTest.keyClick(dialog, Qt.Key.Key_Escape)
            else:
                close = buttons.button(QDialogButtonBox.StandardButton.Close)
                QTest.mouseClick(close, Qt.MouseButton.LeftButton)
