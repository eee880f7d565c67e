"""The look of Qt's own widgets."""

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QColor
from PySide6.QtWidgets import QApplication, QMenu, QWidget
from pytestqt.qtbot import QtBot

from tests.support.screen import active_window
from xorviz.ui.chrome.buttons import PushButton
from xorviz.ui.forms.boxes import column
from xorviz.ui.theme.palette import DARK, LIGHT, Theme, contrast
from xorviz.ui.theme.style import apply_theme, put_on_sheet


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


def test_only_a_primary_button_is_filled_whichever_has_the_focus(
    qtbot: QtBot, qapp: QApplication
) -> None:
    apply_theme(qapp, LIGHT)
    put_on_sheet(qapp, LIGHT)
    page, primary, other = QWidget(), PushButton("primary", "Go on"), PushButton("other", "Look")
    primary.make_primary()
    column(page, primary, other)
    page.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
    window = active_window(qtbot, page)
    assert window.isActiveWindow()
    for focused in (primary, other):
        focused.setFocus()
        grounds = [
            part.grab().toImage().pixelColor(8, part.height() // 2).name().upper()
            for part in (primary, other)
        ]
        assert grounds == [LIGHT.accent, LIGHT.panel]
