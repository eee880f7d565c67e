"""The status bar."""

from collections.abc import Iterator
from dataclasses import replace

import pytest
from PySide6.QtCore import Qt, QTimer
from PySide6.QtGui import QColor
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QLabel, QProgressBar, QPushButton
from pytestqt.qtbot import QtBot

from tests.support.cases import some
from tests.support.screen import child, press, shown
from tests.support.snapshots import QUICK, trained
from xorviz.core.config import RunConfig
from xorviz.core.kernels.compiler import KERNEL_NAMES
from xorviz.ui.theme.palette import DARK, LIGHT, Theme
from xorviz.window.bars.status_bar import NOTICE_MS, PROGRESS_AFTER_MS, StatusBar
from xorviz.window.document.kernel_note import explained

SMALL_WINDOW, SMALLEST_WINDOW, MARGINS = 1024, 850, 20


@pytest.fixture
def bar(qtbot: QtBot) -> Iterator[StatusBar]:
    bar = shown(qtbot, StatusBar(), 1100, 30)
    yield bar
    bar.hide_progress()


def text(bar: StatusBar, name: str) -> str:
    return child(bar, QLabel, f"status_{name}").text()


def delay(bar: StatusBar) -> QTimer:
    (timer,) = (t for t in bar.findChildren(QTimer) if t.interval() == PROGRESS_AFTER_MS)
    return timer


def test_a_snapshot_is_shown_in_numbers(bar: StatusBar) -> None:
    bar.show_snapshot(trained(RunConfig(), 30_000))
    assert text(bar, "step") == "step 30\u2009000"
    assert text(bar, "loss") == "loss 0.2445"
    assert text(bar, "right") == "right 4/4 since 22\u2009773"


def test_the_count_of_right_rows_is_shown(bar: StatusBar) -> None:
    snapshot = trained(RunConfig(), 1)
    bar.show_snapshot(snapshot)
    assert text(bar, "right") == f"right {snapshot.right.sum()}/4"
    bar.show_snapshot(trained(RunConfig()))
    assert text(bar, "step") == "step 0"
    assert text(bar, "right") == ""


@pytest.mark.thorough
def test_a_loss_of_any_size_is_shown(bar: StatusBar) -> None:
    snapshot = trained(QUICK, 10)
    for loss, told in ((0.0, "0.000"), (1e-9, "1.000·10⁻⁹"), (1e300, "1.000·10³⁰⁰")):
        bar.show_snapshot(replace(snapshot, loss=loss))
        assert text(bar, "loss") == f"loss {told}"


@pytest.mark.parametrize("theme", some([LIGHT, DARK], 1), ids=lambda theme: theme.name)
def test_an_active_state_has_a_dot_and_the_accent_colour(bar: StatusBar, theme: Theme) -> None:
    label = child(bar, QLabel, "status_state")
    bar.show_state("Running", is_active=True)
    bar.apply_theme(theme)
    assert label.text() == "● Running"
    assert label.palette().windowText().color() == QColor(theme.accent)
    bar.show_state("Paused", is_active=False)
    assert label.text() == "Paused"
    assert label.palette().windowText().color() == QColor(theme.text)


@pytest.mark.parametrize(
    ("speed", "told"),
    some(
        [
            (None, "– steps/s"),
            (0.0, "0.0 steps/s"),
            (1.04, "1.0 steps/s"),
            (9.9, "9.9 steps/s"),
            (10.0, "10 steps/s"),
            (1999.6, "2\u2009000 steps/s"),
            (100_000.0, "100\u2009000 steps/s"),
        ],
        3,
    ),
)
def test_the_speed_is_shown(bar: StatusBar, speed: float | None, told: str) -> None:
    bar.show_speed(speed)
    assert text(bar, "speed") == told


@pytest.mark.parametrize("name", some(KERNEL_NAMES, 1))
def test_the_kernel_is_shown_and_explained(bar: StatusBar, name: str) -> None:
    bar.apply_theme(DARK)
    bar.show_kernel(name, is_compiling=False)
    label = child(bar, QLabel, "status_kernel")
    assert label.text() == name
    assert label.palette().windowText().color() == QColor(DARK.quiet)
    assert label.accessibleName() == f"Kernel: {name}"
    assert label.toolTip() == label.accessibleDescription() == label.whatsThis() == explained(name)


@pytest.mark.parametrize("theme", some([LIGHT, DARK], 1), ids=lambda theme: theme.name)
def test_compiling_has_a_dot_and_the_accent_colour(bar: StatusBar, theme: Theme) -> None:
    label = child(bar, QLabel, "status_kernel")
    bar.show_kernel("numba", is_compiling=True)
    bar.apply_theme(theme)
    assert label.text() == "● compiling (once)"
    assert label.palette().windowText().color() == QColor(theme.accent)
    assert "once on this machine" in label.toolTip()
    assert label.accessibleName() == "Kernel: compiling (once)"
    bar.show_kernel("numba", is_compiling=False)
    assert label.text() == "numba"
    assert label.palette().windowText().color() == QColor(theme.quiet)
    assert "once on this machine" not in label.toolTip()


@pytest.mark.thorough
def test_large_numbers_change_no_width(bar: StatusBar) -> None:
    bar.show_kernel("numba", is_compiling=False)
    names = ("state", "right", "step", "loss", "speed", "kernel")
    labels = [child(bar, QLabel, f"status_{name}") for name in names]
    before = [label.width() for label in labels]
    bar.show_snapshot(replace(trained(RunConfig()), step=1_000_000_000))
    bar.show_speed(10_000_000)
    assert text(bar, "step") == "step 1\u2009000\u2009000\u2009000"
    assert text(bar, "speed") == "10\u2009000\u2009000 steps/s"
    assert [label.width() for label in labels] == before
    assert all(label.fontMetrics().horizontalAdvance(label.text()) <= label.width()
               for label in labels)  # fmt: skip


@pytest.mark.parametrize("is_compiling", some([False, True], 1))
def test_a_very_long_run_fits_into_a_small_window(bar: StatusBar, is_compiling: bool) -> None:
    bar.show_state("Stopped at the limit", is_active=False)
    bar.show_text("why " * 400)
    far = replace(trained(RunConfig()), step=1_000_000_000, right_since=1_000_000_000)
    bar.show_snapshot(far)
    bar.show_speed(10_000_000)
    bar.show_kernel("numba", is_compiling)
    bar.show_progress((50, 1000))
    delay(bar).stop()
    delay(bar).timeout.emit()
    assert bar.minimumSizeHint().width() <= SMALL_WINDOW - MARGINS


def test_progress_takes_no_space_before_it_is_shown(qtbot: QtBot, bar: StatusBar) -> None:
    narrow = bar.minimumSizeHint().width()
    assert StatusBar().minimumSizeHint().width() == narrow  # before the window is shown
    bar.show_progress((50, 1000))
    delay(bar).stop()
    delay(bar).timeout.emit()
    most = SMALLEST_WINDOW - MARGINS
    qtbot.waitUntil(lambda: narrow < bar.minimumSizeHint().width() <= most)
    bar.hide_progress()
    qtbot.waitUntil(lambda: bar.minimumSizeHint().width() == narrow)


@pytest.mark.thorough
def test_the_progress_keeps_its_width_if_there_is_space(bar: StatusBar) -> None:
    bar.show_text("why " * 400)
    bar.show_progress((50, 1000))
    delay(bar).stop()
    delay(bar).timeout.emit()
    assert child(bar, QProgressBar).width() == 160
    bar.resize(SMALL_WINDOW - MARGINS, 30)
    assert child(bar, QProgressBar).width() == 160


def test_a_message_has_its_details_in_the_tool_tip(bar: StatusBar) -> None:
    bar.show_text("Training failed", "the traceback")
    message = child(bar, QLabel, "status_message")
    assert (message.text(), message.toolTip()) == ("Training failed", "the traceback")
    bar.show_text("All is well")
    assert (message.text(), message.toolTip()) == ("All is well", "All is well")


def test_a_status_tip_replaces_the_message_while_it_lasts(bar: StatusBar) -> None:
    bar.show_text("All is well")
    bar.show_tip("Draw other weights")
    assert text(bar, "message") == "Draw other weights"
    bar.show_text("Still well")
    assert text(bar, "message") == "Draw other weights"
    bar.show_tip("")
    assert text(bar, "message") == "Still well"


def test_a_notice_replaces_everything_for_a_while(bar: StatusBar) -> None:
    bar.show_text("All is well")
    bar.show_tip("Draw other weights")
    bar.show_notice("Width is '65'; allowed: a whole number from 1 to 64")
    assert text(bar, "message").startswith("Width is '65'")
    (timer,) = (t for t in bar.findChildren(QTimer) if t.interval() == NOTICE_MS)
    assert timer.isActive()
    timer.stop()
    timer.timeout.emit()
    assert text(bar, "message") == "Draw other weights"
    bar.show_tip("")
    assert text(bar, "message") == "All is well"


@pytest.mark.thorough
def test_labels_show_plain_text(bar: StatusBar) -> None:
    bar.show_text("<b>1</b> & 2")
    labels = [label for label in bar.findChildren(QLabel) if label.objectName()]
    assert labels
    assert all(label.textFormat() == Qt.TextFormat.PlainText for label in labels)
    assert all(label.accessibleName() for label in labels)


@pytest.mark.thorough
def test_a_long_message_does_not_widen_the_window(bar: StatusBar) -> None:
    before = bar.minimumSizeHint().width()
    bar.show_text("why " * 400)
    assert bar.minimumSizeHint().width() == before


def test_progress_is_shown_after_a_delay(bar: StatusBar) -> None:
    progress, cancel = child(bar, QProgressBar), child(bar, QPushButton)
    bar.show_progress((50, 1000))
    assert not progress.isVisible()
    assert delay(bar).isActive()
    delay(bar).stop()
    delay(bar).timeout.emit()
    assert progress.isVisible()
    assert cancel.isVisible()
    assert progress.text() == "50 of 1\u2009000"
    bar.show_progress((14_939_210, 5 * 10**11))  # too long for the bar
    assert progress.text() == "14\u2009939\u2009210 steps"
    assert progress.toolTip().endswith("of 500\u2009000\u2009000\u2009000 steps")


def test_short_progress_is_never_shown(bar: StatusBar) -> None:
    bar.show_progress((50, 1000))
    bar.hide_progress()
    assert not delay(bar).isActive()
    assert not child(bar, QProgressBar).isVisible()


@pytest.mark.thorough
def test_progress_updates_without_another_delay(bar: StatusBar) -> None:
    progress = child(bar, QProgressBar)
    bar.show_progress((50, 1000))
    delay(bar).stop()
    delay(bar).timeout.emit()
    bar.show_progress((500, 1000))
    assert not delay(bar).isActive()
    assert progress.value() / progress.maximum() == 0.5
    bar.hide_progress()
    assert not progress.isVisible()
    assert not child(bar, QPushButton).isVisible()


@pytest.mark.thorough
def test_progress_does_not_restart_the_delay(bar: StatusBar) -> None:
    bar.show_progress((1, 1000))
    first = delay(bar).timerId()
    bar.show_progress((2, 1000))
    assert delay(bar).timerId() == first


@pytest.mark.parametrize(
    ("done", "total"), some([(0, 1), (1, 2), (10**12 - 1, 10**12), (3, 10**6)], 2)
)
def test_progress_counts_beyond_32_bits(bar: StatusBar, done: int, total: int) -> None:
    progress = child(bar, QProgressBar)
    bar.show_progress((done, total))
    assert progress.value() / progress.maximum() == pytest.approx(done / total, abs=1e-3)


def test_cancel_emits_cancelled(bar: StatusBar) -> None:
    cancelled: list[bool] = []
    bar.cancelled.connect(lambda: cancelled.append(True))
    bar.show_progress((50, 1000))
    delay(bar).stop()
    delay(bar).timeout.emit()
    QTest.mouseClick(child(bar, QPushButton), Qt.MouseButton.LeftButton)
    assert cancelled == [True]


@pytest.mark.thorough
def test_escape_cancels(bar: StatusBar, qtbot: QtBot) -> None:
    with qtbot.waitActive(bar):
        bar.activateWindow()
    bar.show_progress((50, 1000))
    delay(bar).stop()
    delay(bar).timeout.emit()
    child(bar, QPushButton).setFocus()
    with qtbot.waitSignal(bar.cancelled):
        press(Qt.Key.Key_Escape)
