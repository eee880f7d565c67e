"""Help: the guide with its sections, links, finding words, colours and sizes."""

import re
from collections.abc import Iterator

import pytest
from PySide6.QtCore import Qt, QUrl
from PySide6.QtGui import QColor
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QLabel, QLineEdit, QListWidget, QTextBrowser
from pytestqt.qtbot import QtBot

from tests.support.screen import child
from tests.support.windows import action
from xorviz.core.diagnosis.brief import WORDS as BRIEF
from xorviz.core.diagnosis.evidence import Evidence
from xorviz.core.diagnosis.verdict import Kind
from xorviz.core.diagnosis.words import number_lines
from xorviz.core.rules import Choice
from xorviz.core.settings import SETTINGS, RunConfig
from xorviz.files import assets
from xorviz.panels.lab.lab_seeds import COLUMNS as SEED_COLUMNS
from xorviz.panels.lab.outcomes import OUTCOMES
from xorviz.panels.learn.runs.table import COLUMNS as RUN_COLUMNS
from xorviz.panels.registry import PANELS
from xorviz.ui.markdown import anchor
from xorviz.ui.theme.palette import DARK
from xorviz.window.dialogs.help import HelpDialog, search, sections
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


def test_every_word_that_the_program_shows_is_found_and_no_list_is_blank(
    window: MainWindow, dialog: HelpDialog
) -> None:
    """A word of a registry, or what users say instead; in another form, too."""
    evidence = Evidence((0.5,) * 4, RunConfig(), loss=1.0, gradient_norm=1.0, change=0.0)
    words = {"epoch", "neurons", "cost", "saturated", "dead", "Backpropagation", "local minimum"}
    words |= {name for name, _ in number_lines(evidence)}
    words |= {*BRIEF, *OUTCOMES, *Kind, *(entry.title for entry in PANELS)}
    words |= {*(c.title for c in RUN_COLUMNS), *(c.title for c in SEED_COLUMNS)}
    for row in SETTINGS.values():
        is_named = isinstance(row.rule, Choice)
        words |= {row.label, row.short, *(row.words.values() if is_named else ())}
    words |= {re.sub(r"[&…]|\([^)]*\)", "", a.text()) for a in window.actions() if a.menu() is None}
    assert [word for word in sorted(words) if not any(search(word, sections())[0])] == []
    note = child(dialog, QLabel, "help_nothing")
    for typed, is_there in (
        ("Saturated", True),
        ("xylophone", False),
        ("slopes of the loss", True),
    ):
        field(dialog).setText(typed)
        assert note.isVisible() != is_there
        assert (len(listed(dialog)) < contents(dialog).count()) == is_there
        assert bool(page(dialog).extraSelections()) == is_there
    field(dialog).setText("xylophone")
    assert "xylophone" in note.text()


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
