"""The status bar."""

from collections.abc import Iterator
from dataclasses import replace

import pytest
from PySide6.QtCore import QEvent, Qt, QTimer
from PySide6.QtGui import QKeySequence
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QLabel, QProgressBar, QPushButton
from pytestqt.qtbot import QtBot

from tests.support.cases import some
from tests.support.screen import child, shown
from tests.support.snapshots import QUICK, trained
from xorviz.core.kernels.compiler import KERNEL_NAMES
from xorviz.ui.theme import style as look
from xorviz.ui.theme.palette import DARK, LIGHT, Theme
from xorviz.window.bars.status_bar import NOTICE_MS, PROGRESS_AFTER_MS, StatusBar
from xorviz.window.document.kernel_note import explained

LEFT = Qt.MouseButton.LeftButton
CORRECT = trained(QUICK, 400)
NAMES = ("state", "step", "loss", "speed", "kernel")


@pytest.fixture
def bar(qtbot: QtBot) -> Iterator[StatusBar]:
    bar = shown(qtbot, StatusBar(), 1100, 30)
    yield bar
    bar.hide_progress()


def label(bar: StatusBar, name: str) -> QLabel:
    return child(bar, QLabel, f"status_{name}")


def text(bar: StatusBar, name: str) -> str:
    return label(bar, name).text()


def ink(bar: StatusBar, name: str) -> str:
    """Return the colour in which a label is written."""
    part = label(bar, name)
    return part.palette().color(part.foregroundRole()).name().upper()


def timer(bar: StatusBar, interval: int) -> QTimer:
    (found,) = (t for t in bar.findChildren(QTimer) if t.interval() == interval)
    return found


def let_pass(bar: StatusBar, interval: int) -> None:
    """Let a timer's time pass."""
    assert timer(bar, interval).isActive()
    timer(bar, interval).stop()
    timer(bar, interval).timeout.emit()


def test_a_snapshot_is_shown_in_numbers_that_change_no_width(bar: StatusBar) -> None:
    for name in (*NAMES, "message"):
        part = label(bar, name)
        assert part.textFormat() == Qt.TextFormat.PlainText
        assert part.accessibleName()
        assert part.accessibleName() in part.whatsThis() or name == "kernel"
    bar.show_kernel("numba", is_compiling=False)
    widths = [label(bar, name).width() for name in NAMES]
    for loss, written in ((1.0678, "loss 1.068"), (1e300, "loss 1.000·10³⁰⁰")):
        bar.show_snapshot(replace(CORRECT, step=1_000_000_000, loss=loss))
        bar.show_speed(10_000_000)
        told = [text(bar, name) for name in ("step", "loss", "speed")]
        assert told == ["step 1\u202f000\u202f000\u202f000", written,
                        "10\u202f000\u202f000 steps/s"]  # fmt: skip
        assert [label(bar, name).width() for name in NAMES] == widths
        for name in NAMES:
            part = label(bar, name)
            assert part.fontMetrics().horizontalAdvance(part.text()) <= part.width()


@pytest.mark.parametrize(
    ("speed", "told"),
    [
        (None, "–"), (0.0, "0.0"), (1.04, "1.0"), (9.9, "9.9"), (10.0, "10"),
        (1999.6, "2\u202f000"), (100_000.0, "100\u202f000"),
    ],
)  # fmt: skip
def test_the_speed_is_shown(bar: StatusBar, speed: float | None, told: str) -> None:
    bar.show_speed(speed)
    assert text(bar, "speed") == f"{told} steps/s"


def test_numbers_of_the_first_of_two_runs_say_so(bar: StatusBar) -> None:
    one = replace(CORRECT, right_since=100_253)  # wider than is usual
    button = child(bar, QPushButton, "status_correct")
    for beside, run in ((None, ""), (one, "A: "), (None, "")):
        bar.show_snapshot(replace(one, beside=beside))
        assert text(bar, "step") == "step 400"
        assert text(bar, "loss").startswith(f"{run}loss ")
        assert button.text().startswith(f"{run}{int(one.right.sum())} of 4 correct")
        QApplication.sendEvent(bar, QEvent(QEvent.Type.FontChange))
        assert button.width() >= button.fontMetrics().horizontalAdvance(button.text()) + 10


def test_the_step_at_which_all_rows_became_correct_is_told_and_can_be_gone_to(
    bar: StatusBar,
) -> None:
    asked: list[int] = []
    bar.step_requested.connect(asked.append)
    button, step = child(bar, QPushButton, "status_correct"), CORRECT.right_since
    assert step is not None
    bar.show_snapshot(trained(QUICK))
    for width in (1100, 1101):
        bar.resize(width, 30)
        assert not button.isVisible(), "an untrained network knows nothing"
    bar.show_snapshot(trained(QUICK, 1))
    assert (button.text()[-12:], button.isVisible()) == ("of 4 correct", True)
    QTest.mouseClick(button, LEFT)
    assert (asked, button.toolTip()) == ([], "")
    bar.show_snapshot(CORRECT)
    assert button.text() == f"4 of 4 correct since {step}"
    assert str(step) in button.toolTip()
    QTest.mouseClick(button, LEFT)
    button.setFocus(Qt.FocusReason.TabFocusReason)
    QTest.keyClick(button, Qt.Key.Key_Return)
    assert asked == [step, step]
    lost = replace(CORRECT, right_since=None, outputs=1 - CORRECT.outputs * [1, 1, 1, 0])
    bar.show_snapshot(lost)
    assert button.text() == f"0 of 4 correct (all 4 at {step})"
    bar.show_snapshot(replace(lost, step=step - 1))
    assert (button.text(), button.isEnabled()) == ("0 of 4 correct", False)
    bar.show_snapshot(trained(QUICK))
    assert not button.isVisible()


@pytest.mark.parametrize("theme", some([LIGHT, DARK], 1), ids=lambda theme: theme.name)
def test_what_is_active_has_a_dot_and_the_accent_colour(
    bar: StatusBar, qapp: QApplication, theme: Theme
) -> None:
    look.apply_theme(qapp, theme)
    for word, is_active, color in (("Running", True, theme.accent), ("Paused", False, theme.text)):
        bar.show_state(word, "", is_active=is_active)
        assert (text(bar, "state"), ink(bar, "state")) == ("● " * is_active + word, color)
    kernel = label(bar, "kernel")
    bar.show_kernel("numba", is_compiling=True)
    assert kernel.text().startswith("● compiling")
    assert ink(bar, "kernel") == theme.accent
    compiling = kernel.toolTip()
    for name in KERNEL_NAMES:
        bar.show_kernel(name, is_compiling=False)
        assert (kernel.text(), ink(bar, "kernel")) == (name, theme.quiet)
        assert kernel.accessibleName() == f"Kernel: {name}"
        assert kernel.toolTip() == kernel.whatsThis() == explained(name) != compiling
    bar.show_kernel("numpy", is_compiling=False, trouble="It does not compile.")
    assert kernel.toolTip() == "It does not compile."
    for is_here, told in ((False, "–"), (True, "numpy")):
        bar.show_taken_here(is_here)
        assert kernel.text() == told


def test_a_notice_comes_before_a_tip_and_that_before_the_state(bar: StatusBar) -> None:
    message = label(bar, "message")
    bar.show_state("Paused", "Training failed", is_active=False, details="the traceback")
    assert (message.text(), message.toolTip()) == ("Training failed", "the traceback")
    bar.show_tip("Draw other weights")
    bar.show_state("Paused", "<b>All</b> is well", is_active=False)
    assert message.text() == message.toolTip() == "Draw other weights"
    bar.show_notice("Width is '65'")
    bar.show_notice("Width is '66'")
    assert message.text() == "Width is '66'"
    bar.withdraw("Width is '65'")
    assert message.text() == "Width is '66'"
    let_pass(bar, NOTICE_MS)
    assert message.text() == "Draw other weights"
    bar.show_notice("Width is '67'")
    bar.withdraw("Width is '67'")
    bar.messageChanged.emit("")  # as Qt ends a tip
    assert message.text() == "<b>All</b> is well"
    assert "&lt;b&gt;" in message.toolTip()


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
    for done, total in ((0, 1), (1, 2), (10**12 - 1, 10**12)):
        bar.show_progress((done, total))
        assert progress.value() / progress.maximum() == pytest.approx(done / total, abs=1e-3)
    assert not timer(bar, PROGRESS_AFTER_MS).isActive()
    QTest.mouseClick(cancel, LEFT)
    assert cancelled == [True]
    assert cancel.shortcut() == QKeySequence("Esc")
    assert "(Esc)" in cancel.toolTip()
    bar.show_progress((1000, 1000))
    assert (progress.isVisible(), cancel.isVisible()) == (False, False)
