"""Widgets outlive those that were asked about them."""

import pytest
from PySide6.QtCore import QEvent
from PySide6.QtWidgets import QApplication, QLineEdit, QPushButton, QTableView, QVBoxLayout, QWidget
from pytestqt.qtbot import QtBot
from shiboken6 import isValid

from tests.support.screen import shown
from xorviz.ui.focus import beside_in_chain, focus_of, has_focus_proxy


@pytest.fixture
def page(qtbot: QtBot) -> QWidget:
    """Return a button above a table."""
    page = QWidget()
    layout = QVBoxLayout(page)
    layout.addWidget(QPushButton())
    layout.addWidget(QTableView())
    return shown(qtbot, page)


@pytest.mark.parametrize("is_forward", [True, False])
def test_what_is_beside_outlives_what_was_asked(page: QWidget, is_forward: bool) -> None:
    asked = QLineEdit(page)
    beside = beside_in_chain(asked, is_forward)
    assert beside is not asked
    asked.deleteLater()
    QApplication.sendPostedEvents(asked, QEvent.Type.DeferredDelete)
    assert not isValid(asked)
    assert isValid(beside)


def test_what_takes_the_focus_is_told(page: QWidget) -> None:
    button, table = page.findChild(QPushButton), page.findChild(QTableView)
    assert button is not None
    assert table is not None
    button.setFocus()
    assert focus_of(page) is button
    assert has_focus_proxy(table.viewport())
    assert not has_focus_proxy(table)
