"""The panel with the diagnosis: text, scrolling, selection and copying."""

from dataclasses import replace

import pytest
from PySide6.QtCore import QEvent, Qt
from PySide6.QtGui import QGuiApplication, QKeyEvent, QTextCursor, QTextDocument, QTextOption
from PySide6.QtWidgets import QApplication, QTextBrowser
from pytestqt.qtbot import QtBot

from tests.support.page import Page
from tests.support.screen import active_window, child, press
from tests.support.snapshots import QUICK, trained
from xorviz.core import numerals
from xorviz.core.diagnosis.diagnosis import diagnose_rows, diagnose_seen
from xorviz.core.diagnosis.words import evidence_lines
from xorviz.core.runs.snapshot import Snapshot
from xorviz.core.settings import RunConfig
from xorviz.panels.learn.diagnosis import DiagnosisView, page
from xorviz.ui.theme.palette import DARK, LIGHT

STUCK = trained(RunConfig(width=2, rate=0.5, biases=True, seed=13), 20_000)
LEARNED = trained(QUICK, 400)


class Details(Page[DiagnosisView]):
    """The panel on the screen."""

    @property
    def browser(self) -> QTextBrowser:
        return child(self.view, QTextBrowser, "diagnosis_text")

    @property
    def text(self) -> str:
        """The text with plain spaces."""
        return self.browser.toPlainText().replace("\u00a0", " ")

    def has_accent(self) -> bool:
        return self.view.theme.accent.lower() in self.browser.toHtml().lower()


@pytest.fixture
def details(qtbot: QtBot) -> Details:
    return Details(qtbot, DiagnosisView(), size=(420, 480))


@pytest.mark.parametrize("shown", [STUCK, LEARNED, trained(RunConfig(width=1), 100)])
def test_the_text_has_state_advice_and_evidence(details: Details, shown: Snapshot) -> None:
    details.show(shown)
    found, lines = diagnose_seen(shown), details.text.splitlines()
    assert lines[0] == found.headline
    assert lines[1] == found.detail[:1].upper() + found.detail[1:]
    facts = [("At step", numerals.whole(shown.step)), *evidence_lines(found.evidence)]
    assert [lines[lines.index(name) + 1] for name, _ in facts] == [text for _, text in facts]
    said = [*found.advice, *["What helps"] * found.is_stuck]
    assert ("What to try" in lines) == bool(said)
    assert not said or lines[2] == "What to try"  # what a person looks for first
    assert all(one in details.text and one in details.view.description() for one in said)
    assert ("Curvature" in lines) == (found.verdict is not None)
    assert found.verdict is None or found.verdict.kind in lines[lines.index("Curvature") + 1]
    assert details.has_accent() == found.is_good


def test_an_untrained_network_is_not_trained_yet_and_nothing_else(details: Details) -> None:
    details.show(trained(QUICK))
    assert details.text == "Not trained yet"
    assert not details.has_accent()


def test_the_diagnosis_of_the_window_replaces_the_views_own(details: Details) -> None:
    details.show(STUCK)
    details.view.show_diagnosis(diagnose_seen(LEARNED))
    assert details.text.startswith("Learned")
    details.view.show_diagnosis(diagnose_seen(STUCK))
    details.show(replace(LEARNED, step=STUCK.step + 1))
    assert details.text.startswith("Two rows learned")
    assert "Two rows learned" in details.view.description()
    details.view.show_diagnosis(None)
    assert details.view.description() == details.view.explanation


def test_a_theme_repaints_what_is_shown(details: Details) -> None:
    details.show(LEARNED)
    before = details.text
    details.view.apply_theme(DARK)
    assert (details.has_accent(), details.text) == (True, before)


def test_arrow_keys_scroll_a_small_panel(qtbot: QtBot) -> None:
    view = DiagnosisView()
    view.show_snapshot(STUCK)
    window = active_window(qtbot, view)
    window.resize(280, 200)
    QApplication.processEvents()
    browser = child(view, QTextBrowser)
    assert browser.horizontalScrollBar().maximum() == 0
    press(Qt.Key.Key_Down)
    assert browser.verticalScrollBar().value() > 0
    press(Qt.Key.Key_Up)
    assert browser.verticalScrollBar().value() == 0


def test_new_numbers_keep_scroll_position_and_selection(details: Details) -> None:
    details.view.resize(260, 180)
    details.show(STUCK)
    cursor = details.browser.textCursor()
    cursor.setPosition(3)
    cursor.setPosition(9, QTextCursor.MoveMode.KeepAnchor)
    details.browser.setTextCursor(cursor)
    details.browser.verticalScrollBar().setValue(60)
    details.show(replace(STUCK, step=STUCK.step + 1000))
    assert details.browser.textCursor().selectedText() == " rows "
    assert details.browser.verticalScrollBar().value() == 60


def test_selected_or_all_text_can_be_copied(details: Details) -> None:
    details.show(STUCK)
    control = Qt.KeyboardModifier.ControlModifier
    claim = QKeyEvent(QEvent.Type.ShortcutOverride, Qt.Key.Key_C, control)

    def is_claimed() -> bool:
        claim.ignore()
        QApplication.sendEvent(details.view, claim)
        return claim.isAccepted()

    assert not is_claimed()  # with nothing selected, the window may have it
    cursor = details.browser.textCursor()
    cursor.select(QTextCursor.SelectionType.LineUnderCursor)
    details.browser.setTextCursor(cursor)
    assert is_claimed()
    QApplication.sendEvent(details.view, QKeyEvent(QEvent.Type.KeyPress, Qt.Key.Key_C, control))
    assert QGuiApplication.clipboard().text() == "Two rows learned"
    details.press(Qt.Key.Key_Escape)
    assert not details.browser.textCursor().hasSelection()
    details.choose("copy_diagnosis")
    assert QGuiApplication.clipboard().text() == details.browser.toPlainText()


def test_html_is_escaped_and_keeps_numbers_together(details: Details) -> None:
    html = page(diagnose_rows((1, 0, 0.5, 0.5), (1, 0, 1, 0)), LIGHT)
    for unbroken in (
        "Rows 0\u00a01 and 1\u00a01 are near",
        "0\u00a01:\u00a00.500",
        "Pinned\u00a0rows",
    ):
        assert unbroken in html
    diagnosis = diagnose_rows((1, 0, 1, 0), (1, 0, 1, 0))
    assert "&lt;b&gt;" in page(replace(diagnosis, advice=("<b>",)), LIGHT)
    written = QTextDocument(defaultFont=details.view.font())
    option = written.defaultTextOption()
    option.setWrapMode(QTextOption.WrapMode.WordWrap)
    written.setDefaultTextOption(option)
    written.setPlainText(f"{numerals.whole(10**6)} steps")
    written.setTextWidth(1)
    written.size()  # lays it out
    layout = written.firstBlock().layout()
    assert [layout.lineAt(n).textLength() for n in range(layout.lineCount())] == [10, 5]
