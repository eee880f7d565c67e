"""The look of Qt's own widgets."""

import pytest
from PySide6.QtGui import QColor
from PySide6.QtWidgets import QApplication, QMenu
from pytestqt.qtbot import QtBot

from xorviz.ui.theme.palette import DARK, LIGHT, Theme, contrast
from xorviz.ui.theme.style import apply_theme


@pytest.mark.parametrize("theme", [DARK, LIGHT], ids=lambda theme: theme.name)
def test_the_empty_box_of_a_menu_entry_reaches_3_to_1(
    qtbot: QtBot, qapp: QApplication, theme: Theme
) -> None:
    apply_theme(qapp, theme)
    menu = QMenu()
    qtbot.addWidget(menu)
    menu.addAction("Truth table").setCheckable(True)
    entry = menu.actionGeometry(menu.actions()[0])
    image = menu.grab().toImage()
    ground = image.pixelColor(entry.right() - 3, entry.center().y()).name()
    before_text = range(entry.left() + 4, entry.left() + entry.height())
    line = {QColor(image.pixel(x, entry.center().y())).name() for x in before_text}
    assert max(contrast(color, ground) for color in line) >= 3
