"""About."""

import platform
from importlib import metadata

import numpy as np
import pyqtgraph as pg
import PySide6
import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QPushButton, QWidget
from pytestqt.qtbot import QtBot

import xorviz
from tests.support.screen import child, shown
from xorviz.window.dialogs.about import AboutDialog, versions


@pytest.fixture
def parent(qtbot: QtBot) -> QWidget:
    parent = QWidget()
    qtbot.addWidget(parent)
    return parent


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
