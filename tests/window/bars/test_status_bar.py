"""The status bar."""

from collections.abc import Iterator
from dataclasses import replace

import pytest
from PySide6.QtCore import QEvent, Qt, QTimer
from PySide6.QtGui import QFontMetrics, QKeySequence
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QLabel, QProgressBar, QPushButton
from pytestqt.qtbot import QtBot

from tests.support.screen import child, shown
from tests.support.snapshots import QUICK, trained
from xorviz.core.rules import Whole
from xorviz.ui.forms.fields import NumberField
from xorviz.ui.said import told_of
from xorviz.window.bars.status_bar import NOTICE_MS, PROGRESS_AFTER_MS, StatusBar

LEFT = Qt.MouseButton.LeftButton
CORRECT = trained(QUICK, 400)


@pytest.fixture
def bar(qtbot: QtBot) -> Iterator[StatusBar]:
    bar = shown(qtbot, StatusBar(), 1100, 30)
    yield bar
    bar.hide_progress()


def label(bar: StatusBar, name: str) -> QLabel:
    return child(bar, QLabel, f"status_{name}")


def text(bar: StatusBar, name: str) -> str:
    return label(bar, name).text()


def timer(bar: StatusBar, interval: int) -> QTimer:
    (found,) = (t for t in bar.findChildren(QTimer) if t.interval() == interval)
    return found


def let_pass(bar: StatusBar, interval: int) -> None:
    """Let a timer's time pass."""
    assert timer(bar, interval).isActive()
    timer(bar, interval).stop()
    timer(bar, interval).timeout.emit()


def test_the_loss_is_shown_in_plain_text_and_says_of_which_run_it_is(bar: StatusBar) -> None:
    for name in ("state", "loss", "message"):
        part = label(bar, name)
        assert part.textFormat() == Qt.TextFormat.PlainText
        assert part.accessibleName()
        assert part.accessibleName() in told_of(part)[0]
    for loss, beside, written in (
        (1.0678, None, "loss 1.068"),
        (1e300, None, "loss 1.000·10³⁰⁰"),
        (1e300, CORRECT, "A: loss 1.000·10³⁰⁰"),
    ):
        bar.show_snapshot(replace(CORRECT, loss=loss, beside=beside))
        assert text(bar, "loss") == written
        QApplication.sendEvent(bar, QEvent(QEvent.Type.FontChange))
        assert QFontMetrics(bar.loss.font()).horizontalAdvance(written) <= bar.loss.width()


def test_the_loss_gives_way_to_a_message_that_does_not_fit(bar: StatusBar) -> None:
    bar.show_snapshot(CORRECT)
    for notice, is_loss_shown in (("Undone.", True), (60 * "long ", False), ("", True)):
        bar.show_notice(notice)
        assert bar.loss.isVisible() == is_loss_shown


def test_a_notice_comes_before_what_is_said_of_the_state(bar: StatusBar) -> None:
    message = label(bar, "message")
    bar.show_state("Failed", "Training failed", is_active=False, details="the traceback")
    assert (message.text(), message.toolTip()) == ("Training failed", "the traceback")
    bar.show_notice("Width is '65'")
    bar.show_notice("Width is '66'")
    assert message.text() == message.toolTip() == "Width is '66'"
    let_pass(bar, NOTICE_MS)
    assert message.text() == "Training failed"
    bar.show_notice("Width is '67'")
    bar.show_state("Paused", "<b>All</b> is well", is_active=False)
    bar.forget_notice()
    assert message.text() == "<b>All</b> is well"
    assert "&lt;b&gt;" in message.toolTip()


def test_a_notice_goes_with_its_cause(bar: StatusBar) -> None:
    """Another step shown at rest ends it, training doesn't; a valid number ends a refusal."""
    at: list[int | None] = []
    bar.step_at_rest = lambda: at[-1]
    for begun, later, stays in (
        (7, (7,), True),
        (None, (None, 9, 9), True),
        (7, (8,), False),
        (None, (9, 3), False),
    ):
        at.append(3)
        bar.show_notice("Branched at step 7")
        at.append(begun)  # in the same turn: the change that it is a notice of
        QApplication.processEvents()
        for step in later:
            at.append(step)
            bar.show_state("Paused", "", is_active=step is None)
        assert (text(bar, "message") != "") == stays, later
    field = NumberField("width", Whole(1, 64))
    field.refused.connect(bar.show_notice)
    for typed, is_refused in (("99", True), ("2", False)):
        field.lineEdit().setText(typed)
        field.interpretText()
        assert (text(bar, "message") != "") == is_refused


def test_the_tip_of_an_action_is_never_written_into_the_bar(bar: StatusBar) -> None:
    bar.show_state("Running", "", is_active=True)
    QApplication.processEvents()
    before = bar.grab().toImage()
    bar.showMessage("Return to step 0 with other random initial weights")
    QApplication.processEvents()
    assert bar.grab().toImage() == before


def test_progress_is_shown_after_a_delay_and_can_be_cancelled(bar: StatusBar) -> None:
    cancelled: list[bool] = []
    bar.cancelled.connect(lambda: cancelled.append(True))
    progress, cancel = child(bar, QProgressBar), child(bar, QPushButton)
    bar.show_progress((50, 1000))
    bar.hide_progress()
    assert not timer(bar, PROGRESS_AFTER_MS).isActive(), "short progress is never shown"
    bar.show_progress((50, 1000))
    first = timer(bar, PROGRESS_AFTER_MS).timerId()
    bar.show_progress((51, 1000))
    assert timer(bar, PROGRESS_AFTER_MS).timerId() == first, "it is not started again"
    assert not progress.isVisible()
    let_pass(bar, PROGRESS_AFTER_MS)
    assert (progress.isVisible(), cancel.isVisible()) == (True, True)
    assert progress.text() == "51 of 1\u202f000"
    bar.show_progress((14_939_210, 5 * 10**11))  # too long for the bar, and for 32 bits
    assert progress.text() == "14\u202f939\u202f210 steps"
    assert "500\u202f000\u202f000\u202f000" in progress.toolTip()
    for done, total in ((1, 2), (10**12 - 1, 10**12)):
        bar.show_progress((done, total))
        assert progress.value() / progress.maximum() == pytest.approx(done / total, abs=1e-3)
    assert not timer(bar, PROGRESS_AFTER_MS).isActive()
    QTest.mouseClick(cancel, LEFT)
    assert cancelled == [True]
    assert cancel.shortcut() == QKeySequence("Esc")
    assert "(Esc)" in cancel.toolTip()
    bar.show_progress((1000, 1000))
    assert (progress.isVisible(), cancel.isVisible()) == (False, False)
