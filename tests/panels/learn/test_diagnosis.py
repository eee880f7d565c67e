"""The panel with the diagnosis: text, scrolling, selection and copying."""

from dataclasses import replace

import pytest
from PySide6.QtCore import QEvent, Qt
from PySide6.QtGui import QGuiApplication, QKeyEvent, QTextCursor, QTextDocument, QTextOption
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QTextBrowser
from pytestqt.qtbot import QtBot

from tests.support.screen import active_window, child, press, shown_view
from tests.support.snapshots import QUICK, trained
from xorviz.core import numerals
from xorviz.core.diagnosis.diagnosis import diagnose_rows, diagnose_seen
from xorviz.core.settings import RunConfig
from xorviz.panels.learn.diagnosis import DiagnosisView, page
from xorviz.ui.theme.palette import DARK, LIGHT

STUCK = trained(RunConfig(width=2, rate=0.5, biases=True, seed=13), 20_000)
LEARNED = trained(QUICK, 400)


@pytest.fixture
def view(qtbot: QtBot) -> DiagnosisView:
    return shown_view(qtbot, DiagnosisView(), 420, 480)


def browser(view: DiagnosisView) -> QTextBrowser:
    return child(view, QTextBrowser, "diagnosis_text")


def text(view: DiagnosisView) -> str:
    return browser(view).toPlainText()


def test_the_text_has_state_evidence_and_advice(view: DiagnosisView) -> None:
    view.show_snapshot(STUCK)
    lines = text(view).splitlines()
    assert view.objectName() == "diagnosis_details"
    assert lines[0] == "Two rows learned"
    assert lines[1] == (
        "Rows 0 1 and 1 1 are near one half. No direction curves down, and with the curvature here "
        "the loss can fall by 0.035\u202f%, not more."
    )
    assert lines[lines.index("At step") + 1] == "20\u202f000"
    assert lines[lines.index("Pinned rows") + 1] == "0 1 at 0.500 and 1 1 at 0.500"
    curvature = lines[lines.index("Curvature") + 1]
    assert curvature.startswith("Looks like a trap. From every finite point of this network")
    assert lines[lines.index("What to try") + 1].startswith("The panel What helps tries changes")
    view.show_snapshot(trained(RunConfig(width=1), 100))
    lines = text(view).splitlines()
    assert lines[2] == "What to try"  # what a person looks for first
    assert lines[3].startswith("Use two hidden units or more")


def test_a_learned_network_gets_no_advice(view: DiagnosisView) -> None:
    view.show_snapshot(LEARNED)
    assert text(view).startswith("Learned at step 168\nAll four errors are below 0.1")
    assert "What to try" not in text(view)


def test_an_untrained_network_is_not_trained_yet_and_nothing_else(view: DiagnosisView) -> None:
    view.show_snapshot(trained(QUICK))
    assert text(view) == "Not trained yet"
    assert LIGHT.accent.lower() not in browser(view).toHtml().lower()


def test_the_diagnosis_of_the_window_replaces_the_views_own(view: DiagnosisView) -> None:
    view.show_snapshot(STUCK)
    view.show_diagnosis(diagnose_seen(STUCK))
    view.show_snapshot(replace(LEARNED, step=STUCK.step + 1))
    assert text(view).startswith("Two rows learned")


def test_a_theme_repaints_what_is_shown(view: DiagnosisView) -> None:
    view.show_snapshot(LEARNED)
    before = text(view)
    assert LIGHT.accent.lower() in browser(view).toHtml().lower()
    view.apply_theme(DARK)
    assert DARK.accent.lower() in browser(view).toHtml().lower()
    assert text(view) == before


def test_arrow_keys_scroll_a_small_panel(qtbot: QtBot) -> None:
    view = DiagnosisView()
    view.show_snapshot(STUCK)
    window = active_window(qtbot, view)
    window.resize(280, 200)
    QApplication.processEvents()
    bar = browser(view).verticalScrollBar()
    assert bar.maximum() > 0
    assert browser(view).horizontalScrollBar().maximum() == 0
    press(Qt.Key.Key_Down)
    place = bar.value()
    assert place > 0
    press(Qt.Key.Key_Up)
    assert bar.value() == 0


def test_new_numbers_keep_scroll_position_and_selection(view: DiagnosisView) -> None:
    view.resize(260, 180)
    view.show_snapshot(STUCK)
    words = browser(view)
    words.verticalScrollBar().setValue(60)
    cursor = words.textCursor()
    cursor.setPosition(3)
    cursor.setPosition(9, QTextCursor.MoveMode.KeepAnchor)
    words.setTextCursor(cursor)
    words.verticalScrollBar().setValue(60)
    view.show_snapshot(replace(STUCK, step=STUCK.step + 1000))
    assert words.textCursor().selectedText() == " rows "
    assert words.verticalScrollBar().value() == 60


def test_selected_text_can_be_copied_and_deselected(view: DiagnosisView) -> None:
    view.show_snapshot(STUCK)
    key = QKeyEvent(QEvent.Type.ShortcutOverride, Qt.Key.Key_C, Qt.KeyboardModifier.ControlModifier)
    key.ignore()
    QApplication.sendEvent(view, key)
    assert not key.isAccepted()  # with nothing selected, the window may have it
    cursor = browser(view).textCursor()
    cursor.select(QTextCursor.SelectionType.LineUnderCursor)
    browser(view).setTextCursor(cursor)
    QApplication.sendEvent(view, key)
    assert key.isAccepted()
    QTest.keyClick(view, Qt.Key.Key_C, Qt.KeyboardModifier.ControlModifier)
    assert QGuiApplication.clipboard().text() == "Two rows learned"
    QTest.keyClick(view, Qt.Key.Key_Escape)
    assert not browser(view).textCursor().hasSelection()


def test_an_option_copies_the_whole_text(view: DiagnosisView) -> None:
    view.show_snapshot(STUCK)
    assert view.options_text == "copy"
    view.options[0].trigger()
    assert QGuiApplication.clipboard().text() == text(view)


def test_html_is_escaped_and_keeps_numbers_together(view: DiagnosisView) -> None:
    html = page(diagnose_rows((1, 0, 0.5, 0.5), (1, 0, 1, 0)), LIGHT)
    assert "Rows 0\u00a01 and 1\u00a01 are near" in html
    assert "0\u00a01:\u00a00.500" in html
    assert "Pinned\u00a0rows" in html
    written = QTextDocument(defaultFont=view.font())
    option = written.defaultTextOption()
    option.setWrapMode(QTextOption.WrapMode.WordWrap)
    written.setDefaultTextOption(option)
    written.setPlainText(f"{numerals.whole(10**6)} steps")
    written.setTextWidth(1)
    written.size()  # lays it out
    layout = written.firstBlock().layout()
    assert [layout.lineAt(n).textLength() for n in range(layout.lineCount())] == [10, 5]
    diagnosis = diagnose_rows((1, 0, 1, 0), (1, 0, 1, 0))
    assert "&lt;b&gt;" in page(replace(diagnosis, advice=("<b>",)), LIGHT)

    view.show_snapshot(STUCK)
    assert "\n20\u202f000\n" in text(view)
