"""The panel with the diagnosis: text, scrolling, selection and copying."""

from dataclasses import replace

import pytest
from PySide6.QtCore import QEvent, Qt
from PySide6.QtGui import QGuiApplication, QKeyEvent, QTextCursor
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QTextBrowser
from pytestqt.qtbot import QtBot

from tests.support.page import Page
from tests.support.screen import child
from tests.support.snapshots import QUICK, trained
from xorviz.core import numerals
from xorviz.core.diagnosis.diagnosis import diagnose_rows, diagnose_seen
from xorviz.core.diagnosis.words import evidence_lines
from xorviz.core.runs.snapshot import Snapshot
from xorviz.core.settings import RunConfig
from xorviz.panels.learn.diagnosis import DiagnosisView, page
from xorviz.ui.theme.palette import LIGHT

STUCK = trained(RunConfig(width=2, rate=0.5, biases=True, seed=13), 4_000)
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

    def select(self, start: int, end: int) -> None:
        cursor = self.browser.textCursor()
        cursor.setPosition(start)
        cursor.setPosition(end, QTextCursor.MoveMode.KeepAnchor)
        self.browser.setTextCursor(cursor)


@pytest.fixture
def details(qtbot: QtBot) -> Details:
    return Details(qtbot, DiagnosisView(), size=(420, 480))


@pytest.mark.parametrize("shown", [STUCK, LEARNED])
def test_the_text_has_state_advice_and_evidence(details: Details, shown: Snapshot) -> None:
    details.show(shown)
    found, lines = diagnose_seen(shown), details.text.splitlines()
    assert lines[0] == found.headline
    assert lines[1] == found.detail[:1].upper() + found.detail[1:]
    facts = [("At step", numerals.whole(shown.step)), *evidence_lines(found.evidence)]
    if found.verdict is not None:
        facts.append(("Curvature", f"{found.verdict.kind}. {found.verdict.doubt}"))
    assert [lines[lines.index(name) + 1] for name, _ in facts] == [text for _, text in facts]
    said = [*found.advice, *["What helps"] * found.is_stuck]
    assert (lines[2] == "What to try") == bool(said)  # what a person looks for first
    assert all(one in details.text and one in details.view.description() for one in said)
    html = details.browser.toHtml().lower()
    assert (details.view.theme.accent.lower() in html) == found.is_good


def test_the_diagnosis_of_the_window_replaces_the_views_own(details: Details) -> None:
    details.show(trained(QUICK))
    assert details.text == "Not trained yet"
    details.view.show_diagnosis(diagnose_seen(LEARNED))
    assert details.text.startswith("Learned")
    details.view.show_diagnosis(diagnose_seen(STUCK))
    details.show(replace(LEARNED, step=STUCK.step + 1))
    assert details.text.startswith("Two rows learned")
    assert "Two rows learned" in details.view.description()
    details.view.show_diagnosis(None)
    assert details.view.description() == details.view.explanation


def test_arrow_keys_scroll_and_text_can_be_selected_and_copied(details: Details) -> None:
    details.view.resize(260, 180)
    details.show(STUCK)
    QApplication.processEvents()
    down, across = details.browser.verticalScrollBar(), details.browser.horizontalScrollBar()
    claim = QKeyEvent(
        QEvent.Type.ShortcutOverride, Qt.Key.Key_C, Qt.KeyboardModifier.ControlModifier
    )
    for is_selected in (False, True):  # with nothing selected, the window may have it
        details.select(3, 3 + 6 * is_selected)
        claim.ignore()
        QApplication.sendEvent(details.view, claim)
        assert claim.isAccepted() == is_selected
    details.press(Qt.Key.Key_Down, Qt.Key.Key_Down)
    place = down.value()
    details.show(replace(STUCK, step=STUCK.step + 1000))
    assert down.value() == place > 0, "new numbers keep position and selection"
    QTest.keyClick(details.view, Qt.Key.Key_C, Qt.KeyboardModifier.ControlModifier)
    assert QGuiApplication.clipboard().text() == " rows "
    details.press(*[Qt.Key.Key_Up] * 3, Qt.Key.Key_Escape)
    assert (down.value(), across.maximum()) == (0, 0)
    assert not details.browser.textCursor().hasSelection()
    details.choose("copy_diagnosis")
    assert QGuiApplication.clipboard().text() == details.browser.toPlainText()


def test_html_is_escaped_and_keeps_numbers_together() -> None:
    html = page(diagnose_rows((1, 0, 0.5, 0.5), (1, 0, 1, 0)), LIGHT)
    for unbroken in ("Rows 0 1 and 1 1 are near", "0 1: 0.500", "Rows not learned"):
        assert html.replace("\u00a0", " ").count(unbroken) > html.count(unbroken)
    assert "Rows 0\u00a01 and 1\u00a01 are near" in html
    diagnosis = diagnose_rows((1, 0, 1, 0), (1, 0, 1, 0))
    assert "&lt;b&gt;" in page(replace(diagnosis, advice=("<b>",)), LIGHT)
