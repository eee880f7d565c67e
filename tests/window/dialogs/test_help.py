"""Help: the guide with its sections, links, finding words, colours and sizes."""

import re
from collections.abc import Iterator

import pytest
from PySide6.QtCore import Qt, QUrl
from PySide6.QtGui import QColor
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QLineEdit, QListWidget, QTextBrowser
from pytestqt.qtbot import QtBot

from tests.support.screen import child
from tests.support.windows import action
from xorviz.files import assets
from xorviz.panels.registry import PANELS
from xorviz.ui.markdown import anchor
from xorviz.ui.theme.palette import DARK
from xorviz.window.dialogs.help import HelpDialog, sections
from xorviz.window.main_window import MainWindow


@pytest.fixture
def dialog(qtbot: QtBot, window: MainWindow) -> Iterator[HelpDialog]:
    action(window, "help").trigger()
    dialog = child(window, HelpDialog)
    qtbot.waitUntil(dialog.isActiveWindow)
    yield dialog
    dialog.close()


def contents(dialog: HelpDialog) -> QListWidget:
    return child(dialog, QListWidget)


def page(dialog: HelpDialog) -> QTextBrowser:
    return child(dialog, QTextBrowser)


def field(dialog: HelpDialog) -> QLineEdit:
    return child(dialog, QLineEdit, "search")


def listed(dialog: HelpDialog) -> list[str]:
    """Return the titles in the list that are not hidden."""
    items = [contents(dialog).item(n) for n in range(contents(dialog).count())]
    return [item.text() for item in items if not item.isHidden()]


def current(dialog: HelpDialog) -> str:
    return contents(dialog).currentItem().text()


@pytest.mark.thorough
def test_the_list_leads_to_the_sections_of_the_guide(dialog: HelpDialog) -> None:
    titles = re.findall(r"^## (.*)", assets.read_text("guide.md"), re.MULTILINE)
    assert listed(dialog) == titles
    for title in titles:
        assert current(dialog) == title
        assert page(dialog).toPlainText().startswith(f"{title}\n")
        assert "<!--" not in page(dialog).toPlainText()
        QTest.keyClick(dialog.focusWidget(), Qt.Key.Key_Down)


def test_every_link_leads_to_a_section_also_by_keyboard(dialog: HelpDialog) -> None:
    page(dialog).setFocus()
    QTest.keyClick(page(dialog), Qt.Key.Key_Tab)
    QTest.keyClick(page(dialog), Qt.Key.Key_Return)
    assert current(dialog) == "Make it learn"
    links = [link for found in sections() for link in re.findall(r"\]\(([^)]*)\)", found.text)]
    assert len(links) > 5
    for link in links:
        page(dialog).anchorClicked.emit(QUrl(link))
        assert re.sub(r"\W+", "-", current(dialog).lower()).strip("-") == link.removeprefix("#")


def test_it_opens_at_every_panel_and_setting_that_a_link_names(
    window: MainWindow, dialog: HelpDialog
) -> None:
    field(dialog).setText("plateau")
    places = []
    for entry in PANELS[1:]:
        window._dialogs.help_on(anchor(entry.title))
        assert current(dialog) == "Panels"
        places.append(page(dialog).verticalScrollBar().value())
    assert field(dialog).text() == ""
    assert places[0] > 0
    assert places == sorted(places)
    for name, title in (("settings", "Settings"), ("start-here", "Start here")):
        window._dialogs.help_on(name)
        assert current(dialog) == title


def test_what_is_typed_is_found(dialog: HelpDialog) -> None:
    focused = dialog.focusWidget()
    assert focused is field(dialog)
    QTest.keyClicks(focused, "plate")
    for part, letter in ((contents(dialog), "a"), (page(dialog), "u")):
        part.setFocus()
        QTest.keyClicks(part, letter)
    assert field(dialog).text() == "plateau"
    assert field(dialog).hasFocus()
    assert listed(dialog) == ["Make it fail", "Commands", "Words", "Changes"]
    assert current(dialog) == "Make it fail"
    assert page(dialog).textCursor().selectedText().lower() == "plateau"
    for _ in range(2):
        QTest.keyClick(field(dialog), Qt.Key.Key_Down)
    assert current(dialog) == "Words"
    before = page(dialog).textCursor().position()
    QTest.keyClick(field(dialog), Qt.Key.Key_Return)
    assert page(dialog).textCursor().selectedText().lower() == "plateau"
    assert page(dialog).textCursor().position() > before
    for word in ("gradient norm", "gradient", "row"):
        field(dialog).setText(word)
        for _ in range(9):
            QTest.keyClick(field(dialog), Qt.Key.Key_Return)
            bar, place = page(dialog).verticalScrollBar(), page(dialog).cursorRect()
            is_seen = place.bottom() < 0.75 * page(dialog).viewport().height()
            assert is_seen or bar.value() == bar.maximum(), "with what is said of it"
    field(dialog).clear()
    assert len(listed(dialog)) == contents(dialog).count()
    assert not page(dialog).extraSelections()


@pytest.mark.thorough
def test_a_section_grows_and_changes_its_colours(dialog: HelpDialog, window: MainWindow) -> None:
    height = page(dialog).document().size().height()
    QTest.keyClick(field(dialog), Qt.Key.Key_Plus, Qt.KeyboardModifier.ControlModifier)
    assert field(dialog).text() == ""
    assert page(dialog).document().size().height() > height
    action(window, "theme_dark").trigger()
    link = page(dialog).document().find("make a network learn").charFormat()
    assert link.foreground().color() == QColor(DARK.accent)
    assert current(dialog) == "Start here"
