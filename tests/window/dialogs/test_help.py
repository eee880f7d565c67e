"""The help: contents, links, finding words, pictures and keys."""

import re
from collections.abc import Iterator

import pytest
from PySide6.QtCore import Qt, QUrl
from PySide6.QtGui import QAction, QImage, QTextDocument
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QDialogButtonBox, QLineEdit, QListWidget
from pytestqt.qtbot import QtBot

from tests.support.screen import child
from tests.support.windows import action
from xorviz.files import assets
from xorviz.panels import registry
from xorviz.ui.theme.palette import DARK
from xorviz.window.dialogs.help import HelpDialog, HelpPage
from xorviz.window.main_window import MainWindow


@pytest.fixture
def dialog(qtbot: QtBot, reset_window: MainWindow) -> Iterator[HelpDialog]:
    action(reset_window, "help").trigger()
    dialog = child(reset_window, HelpDialog)
    qtbot.waitActive(dialog)
    yield dialog
    for left in reset_window.findChildren(HelpDialog):
        left.close()


def contents(dialog: HelpDialog) -> QListWidget:
    return child(dialog, QListWidget)


def page(dialog: HelpDialog) -> HelpPage:
    return child(dialog, HelpPage)


def texts(dialog: HelpDialog) -> dict[str, str]:
    """Return the texts of all sections by their titles, gone through with the Down key."""
    found = {}
    for _ in range(contents(dialog).count()):
        found[contents(dialog).currentItem().text()] = page(dialog).toPlainText()
        QTest.keyClick(contents(dialog), Qt.Key.Key_Down)
    return found


def test_the_contents_lead_to_short_sections_words_before_keys(dialog: HelpDialog) -> None:
    found = texts(dialog)
    assert len(found) == contents(dialog).count()
    assert next(iter(found)) == "Start here"
    assert list(found)[-2:] == ["Words", "Keys"]
    for title, text in found.items():
        assert text.startswith(title)
        assert not re.search("%[a-zA-Z]", text)
        assert len(text) < 2000 or title == "Keys"


def test_the_help_names_every_panel(dialog: HelpDialog) -> None:
    text = " ".join(" ".join(texts(dialog).values()).split())
    for entry in registry.PANELS:
        assert entry.title in text


def test_the_keys_are_those_of_all_actions_now(
    dialog: HelpDialog, reset_window: MainWindow
) -> None:
    run = action(reset_window, "run")
    run.setShortcut("Ctrl+F7")
    found = texts(dialog)
    assert "Press Ctrl+F7." in found["Make it learn"].replace("\n", " ")
    for one in reset_window.findChildren(QAction):
        for key in one.shortcuts():
            assert key.toString() in found["Keys"]


def test_every_link_leads_to_a_section(dialog: HelpDialog) -> None:
    names = re.findall(r'href="#(\w+)"', assets.read_text("help.html"))
    assert len(names) > 5
    for name in names:
        page(dialog).anchorClicked.emit(QUrl(f"#{name}"))
        row = contents(dialog).currentRow()
        assert f'<h2 id="{name}">{contents(dialog).item(row).text()}<' in assets.read_text(
            "help.html"
        )


def test_a_link_is_followed_by_keyboard(dialog: HelpDialog) -> None:
    page(dialog).setFocus()
    QTest.keyClick(page(dialog), Qt.Key.Key_Tab)
    QTest.keyClick(page(dialog), Qt.Key.Key_Return)
    assert contents(dialog).currentItem().text() == "Make it learn"


def test_words_are_found_in_all_sections(dialog: HelpDialog) -> None:
    field = child(dialog, QLineEdit, "search")
    QTest.keyClicks(field, "plateau")
    visible = [
        contents(dialog).item(n).text()
        for n in range(contents(dialog).count())
        if not contents(dialog).item(n).isHidden()
    ]
    assert visible == ["Make it fail", "Words"]
    assert page(dialog).toPlainText().startswith("Make it fail")
    assert page(dialog).textCursor().selectedText() == "plateau"
    before = page(dialog).textCursor().position()
    contents(dialog).setCurrentRow(contents(dialog).count() - 2)
    QTest.keyClick(field, Qt.Key.Key_Return)
    assert page(dialog).textCursor().selectedText() == "plateau"
    assert page(dialog).textCursor().position() != before
    field.clear()
    assert not any(contents(dialog).item(n).isHidden() for n in range(contents(dialog).count()))
    assert not page(dialog).extraSelections()


def test_pictures_are_panels_in_the_colours_of_the_window(dialog: HelpDialog) -> None:
    def picture() -> QImage:
        kind = QTextDocument.ResourceType.ImageResource
        found = page(dialog).document().resource(kind.value, QUrl("panel:decision_surface"))
        assert isinstance(found, QImage)
        return found

    light = picture()
    assert len({light.pixel(x, light.height() // 2) for x in range(light.width())}) > 50
    assert picture() == light
    dialog.apply_theme(DARK)
    assert picture() != light


def test_it_is_closed_by_its_button_and_by_escape(
    qtbot: QtBot, dialog: HelpDialog, reset_window: MainWindow
) -> None:
    with qtbot.waitSignal(dialog.destroyed):
        QTest.keyClick(dialog, Qt.Key.Key_Escape)
    action(reset_window, "help").trigger()
    again = child(reset_window, HelpDialog)
    close = child(again, QDialogButtonBox).button(QDialogButtonBox.StandardButton.Close)
    with qtbot.waitSignal(again.destroyed):
        QTest.mouseClick(close, Qt.MouseButton.LeftButton)
