"""The diagnosis in full: what it says, that it stays where it is, and that it can be copied."""

from collections.abc import Iterator
from dataclasses import replace

import pytest
from PySide6.QtCore import QEvent, Qt
from PySide6.QtGui import QGuiApplication, QKeyEvent, QTextCursor
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QTextBrowser
from pytestqt.qtbot import QtBot

from tests.support.clock import Clock
from tests.support.screen import active_window, child, press, shown_view
from tests.support.snapshots import QUICK, trained
from xorviz.core.config import RunConfig
from xorviz.core.diagnosis.diagnosis import diagnose_outputs
from xorviz.core.diagnosis.steadiness import HOLD_SECONDS
from xorviz.panels.learn.diagnosis import DiagnosisView, page
from xorviz.ui.theme.palette import DARK, LIGHT

STUCK = trained(RunConfig(width=2, rate=0.5, biases=True, seed=13), 20_000)
LEARNED = trained(QUICK, 400)


@pytest.fixture
def view(qtbot: QtBot, clock: Clock) -> Iterator[DiagnosisView]:
    view = shown_view(qtbot, DiagnosisView(clock=clock), 420, 480)
    yield view
    view.set_running(False)


def browser(view: DiagnosisView) -> QTextBrowser:
    return child(view, QTextBrowser, "diagnosis_text")


def text(view: DiagnosisView) -> str:
    return browser(view).toPlainText()


def test_it_says_the_state_the_evidence_and_what_to_try(view: DiagnosisView) -> None:
    view.show_snapshot(STUCK)
    lines = text(view).splitlines()
    assert view.objectName() == "diagnosis_details"
    assert lines[0] == "Half learned"
    assert lines[1] == (
        "Rows 0 1 and 1 1 are pinned near one half; a known state, not a fault in the code."
    )
    assert lines[lines.index("Pinned rows") + 1] == "0 1 at 0.500 and 1 1 at 0.500"
    assert "What to try" in lines
    assert any(line.startswith("Run five times longer") for line in lines)


def test_what_is_learned_needs_nothing_to_try(view: DiagnosisView) -> None:
    view.show_snapshot(LEARNED)
    assert text(view).startswith("Learned\nEvery error is below 0.1")
    assert "What to try" not in text(view)


def test_it_is_as_calm_as_the_strip(view: DiagnosisView, clock: Clock, qtbot: QtBot) -> None:
    view.show_snapshot(STUCK)
    after = replace(LEARNED, step=STUCK.step + 1)
    view.show_snapshot(after)
    assert text(view).startswith("Half learned")
    readings = clock.readings
    qtbot.waitUntil(lambda: clock.readings > readings)
    assert text(view).startswith("Half learned")
    clock.now += HOLD_SECONDS
    qtbot.waitUntil(lambda: text(view).startswith("Learned"))


def test_paused_it_is_true_at_once(view: DiagnosisView) -> None:
    view.show_snapshot(STUCK)
    view.show_snapshot(replace(LEARNED, step=STUCK.step + 1))
    view.set_running(False)
    assert text(view).startswith("Learned")


def test_it_does_not_diagnose_while_hidden(qtbot: QtBot, clock: Clock) -> None:
    view = DiagnosisView(clock=clock)
    qtbot.addWidget(view)
    view.show_snapshot(STUCK)
    assert clock.readings == 0
    with qtbot.waitExposed(view):
        view.show()
    assert text(view).startswith("Half learned")


def test_the_twin_shows_the_second_run_or_nothing(qtbot: QtBot, view: DiagnosisView) -> None:
    twin = shown_view(qtbot, DiagnosisView(view))
    twin.show_snapshot(replace(STUCK, beside=LEARNED))
    assert text(twin).startswith("Learned")
    twin.show_snapshot(STUCK)
    assert text(twin) == ""


def test_a_theme_repaints_what_is_shown(view: DiagnosisView) -> None:
    view.show_snapshot(LEARNED)
    before = text(view)
    assert LIGHT.accent.lower() in browser(view).toHtml().lower()
    view.apply_theme(DARK)
    assert DARK.accent.lower() in browser(view).toHtml().lower()
    assert text(view) == before


def test_small_panels_scroll_by_the_arrow_keys(qtbot: QtBot) -> None:
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
    view.set_running(False)


def test_new_numbers_keep_the_place_and_the_selection(view: DiagnosisView) -> None:
    view.resize(260, 180)
    view.set_running(False)
    view.show_snapshot(STUCK)
    words = browser(view)
    words.verticalScrollBar().setValue(60)
    cursor = words.textCursor()
    cursor.setPosition(3)
    cursor.setPosition(9, QTextCursor.MoveMode.KeepAnchor)
    words.setTextCursor(cursor)
    words.verticalScrollBar().setValue(60)
    view.show_snapshot(trained(replace(STUCK.config, seed=27), 20_000))
    assert words.textCursor().selectedText() == "f lear"
    assert words.verticalScrollBar().value() == 60


def test_what_is_selected_can_be_copied_and_let_go(view: DiagnosisView) -> None:
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
    assert QGuiApplication.clipboard().text() == "Half learned"
    QTest.keyClick(view, Qt.Key.Key_Escape)
    assert not browser(view).textCursor().hasSelection()


def test_an_option_copies_all(view: DiagnosisView) -> None:
    view.show_snapshot(STUCK)
    assert view.options_text == "copy"
    view.options[0].trigger()
    assert QGuiApplication.clipboard().text() == text(view)


def test_numbers_and_rows_are_never_parted() -> None:
    html = page(diagnose_outputs((1, 0, 0.5, 0.5), (1, 0, 1, 0)), LIGHT)
    assert "Rows 0\u00a01 and 1\u00a01 are pinned" in html
    assert "0\u00a01:\u00a00.500" in html
    assert "Pinned\u00a0rows" in html
    assert "\u2009" not in html


def test_qt_leaves_the_thin_spaces_of_numbers_as_they_are(view: DiagnosisView) -> None:
    view.show_snapshot(STUCK)
    assert "after 20\u202f000" in text(view)


def test_texts_are_escaped() -> None:
    diagnosis = diagnose_outputs((1, 0, 1, 0), (1, 0, 1, 0))
    assert "&lt;b&gt;" in page(replace(diagnosis, advice=("<b>",)), LIGHT)


def test_its_size_is_not_that_of_its_text(view: DiagnosisView) -> None:
    hints = []
    for snapshot in (STUCK, replace(LEARNED, run=2)):
        view.show_snapshot(snapshot)
        hints.append((view.sizeHint(), view.minimumSizeHint()))
    assert hints[0] == hints[1]
    assert view.minimumSizeHint().width() <= 240
