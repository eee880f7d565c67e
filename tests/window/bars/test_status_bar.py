"""The status bar."""

from collections.abc import Iterator
from dataclasses import replace
from itertools import combinations

import pytest
from PySide6.QtCore import QEvent, Qt, QTimer
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QLabel, QProgressBar, QPushButton, QWidget
from pytestqt.qtbot import QtBot

from tests.support.cases import some
from tests.support.screen import child, shown
from tests.support.snapshots import QUICK, trained
from xorviz.core.kernels.compiler import KERNEL_NAMES
from xorviz.core.settings import RunConfig
from xorviz.ui.theme import style as look
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


def let_pass(timer: QTimer) -> None:
    """Let a timer's time pass."""
    assert timer.isActive()
    timer.stop()
    timer.timeout.emit()


def ink(bar: StatusBar, name: str) -> str:
    """Return the colour in which a label is written."""
    label = child(bar, QLabel, f"status_{name}")
    return label.palette().color(label.foregroundRole()).name().upper()


def delay(bar: StatusBar) -> QTimer:
    (timer,) = (t for t in bar.findChildren(QTimer) if t.interval() == PROGRESS_AFTER_MS)
    return timer


def test_a_snapshot_is_shown_in_numbers(bar: StatusBar) -> None:
    for config, step, told in (
        (RunConfig(), 0, ("step 0", "loss 1.068")),
        (RunConfig(), 1, ("step 1", "loss 1.068")),
        (RunConfig(), 30_000, ("step 30\u202f000", "loss 0.2445")),
    ):
        bar.show_snapshot(trained(config, step))
        assert tuple(text(bar, name) for name in ("step", "loss")) == told
    bar.show_snapshot(replace(trained(QUICK, 10), loss=1e300))
    assert text(bar, "loss") == "loss 1.000·10³⁰⁰"


def test_numbers_of_the_first_of_two_runs_say_so(bar: StatusBar) -> None:
    one = replace(trained(QUICK, 400), right_since=100_253)  # wider than is usual
    for beside, run in ((None, ""), (one, "A: "), (None, "")):
        bar.show_snapshot(replace(one, beside=beside))
        assert text(bar, "step") == "step 400"
        assert text(bar, "loss").startswith(f"{run}loss ")
        correct = child(bar, QPushButton, "status_correct")
        assert correct.text().startswith(f"{run}{int(one.right.sum())} of 4 correct")
        QApplication.sendEvent(bar, QEvent(QEvent.Type.FontChange))
        assert correct.width() >= correct.fontMetrics().horizontalAdvance(correct.text()) + 10


def test_the_step_at_which_all_rows_became_correct_is_told_and_can_be_gone_to(
    bar: StatusBar,
) -> None:
    asked: list[int] = []
    bar.step_requested.connect(asked.append)
    button = child(bar, QPushButton, "status_correct")
    bar.show_snapshot(trained(RunConfig()))
    assert not button.isVisible()
    bar.show_snapshot(trained(RunConfig(), 1))
    assert (button.text(), button.isVisible()) == ("2 of 4 correct", True)
    QTest.mouseClick(button, Qt.MouseButton.LeftButton)
    assert asked == []
    bar.show_snapshot(trained(RunConfig(), 30_000))
    assert button.text() == "4 of 4 correct since 22\u202f773"
    assert "22\u202f773" in button.toolTip()
    QTest.mouseClick(button, Qt.MouseButton.LeftButton)
    button.setFocus(Qt.FocusReason.TabFocusReason)
    QTest.keyClick(button, Qt.Key.Key_Return)
    assert asked == [22_773, 22_773]
    seen = trained(RunConfig(), 30_000)
    lost = replace(seen, right_since=None, outputs=1 - seen.outputs * [1, 1, 1, 0])
    bar.show_snapshot(lost)
    assert button.text() == "0 of 4 correct (all 4 at 22\u202f773)"
    bar.show_snapshot(replace(lost, step=22_772))  # a step before it
    assert button.text() == "0 of 4 correct"
    assert not button.isEnabled()


@pytest.mark.parametrize("theme", some([LIGHT, DARK], 1), ids=lambda theme: theme.name)
def test_what_is_active_has_a_dot_and_the_accent_colour(
    bar: StatusBar, qapp: QApplication, theme: Theme
) -> None:
    look.apply_theme(qapp, theme)
    bar.show_state("Running", "", is_active=True)
    assert (text(bar, "state"), ink(bar, "state")) == ("● Running", theme.accent)
    bar.show_state("Paused", "", is_active=False)
    assert (text(bar, "state"), ink(bar, "state")) == ("Paused", theme.text)
    label = child(bar, QLabel, "status_kernel")
    bar.show_kernel("numba", is_compiling=True)
    assert (label.text(), ink(bar, "kernel")) == ("● compiling (once)", theme.accent)
    assert label.accessibleName() == "Kernel: compiling (once)"
    assert "once on this computer" in label.toolTip()
    for name in KERNEL_NAMES:
        bar.show_kernel(name, is_compiling=False)
        assert (label.text(), ink(bar, "kernel")) == (name, theme.quiet)
        assert label.accessibleName() == f"Kernel: {name}"
        assert label.toolTip() == label.whatsThis() == explained(name)


@pytest.mark.parametrize(
    ("speed", "told"),
    some(
        [
            (None, "– steps/s"),
            (0.0, "0.0 steps/s"),
            (1.04, "1.0 steps/s"),
            (9.9, "9.9 steps/s"),
            (10.0, "10 steps/s"),
            (1999.6, "2\u202f000 steps/s"),
            (100_000.0, "100\u202f000 steps/s"),
        ],
        3,
    ),
)
def test_the_speed_is_shown(bar: StatusBar, speed: float | None, told: str) -> None:
    bar.show_speed(speed)
    assert text(bar, "speed") == told


@pytest.mark.thorough
def test_large_numbers_change_no_width(bar: StatusBar) -> None:
    bar.show_kernel("numba", is_compiling=False)
    names = ("state", "step", "loss", "speed", "kernel")
    labels = [child(bar, QLabel, f"status_{name}") for name in names]
    before = [label.width() for label in labels]
    bar.show_snapshot(replace(trained(RunConfig()), step=1_000_000_000))
    bar.show_speed(10_000_000)
    assert text(bar, "step") == "step 1\u202f000\u202f000\u202f000"
    assert text(bar, "speed") == "10\u202f000\u202f000 steps/s"
    assert [label.width() for label in labels] == before
    assert all(label.fontMetrics().horizontalAdvance(label.text()) <= label.width()
               for label in labels)  # fmt: skip


@pytest.mark.parametrize("zoom", some([1.0, 2.0], 2))
def test_it_never_widens_a_small_window_and_hides_what_matters_least(
    qapp: QApplication, qtbot: QtBot, zoom: float
) -> None:
    look.apply_theme(qapp, LIGHT, zoom)
    bar = shown(qtbot, StatusBar(), SMALLEST_WINDOW - MARGINS, 60)
    bar.show_state("Looking back", "why " * 400, is_active=False)
    bar.show_snapshot(replace(trained(RunConfig()), step=1_000_000_000))
    bar.show_kernel("numba", is_compiling=False)
    seen = [bar._correct.isVisible(), bar.step.isVisible(), bar.kernel.isVisible()]
    assert seen == [True, zoom == 1.0, zoom == 1.0]
    bar.show_progress((50, 1000))
    let_pass(delay(bar))
    assert bar._cancel.isVisible()

    def all_fit() -> bool:
        shown = [w for w in bar._row.findChildren(QWidget) if w.isVisible()]
        places = [w.geometry() for w in shown]
        inside = all(bar._row.rect().contains(place) for place in places)
        return inside and not any(a.intersects(b) for a, b in combinations(places, 2))

    qtbot.waitUntil(all_fit)
    bar.hide_progress()
    look.apply_theme(qapp, LIGHT)


def test_correct_rows_of_an_untrained_network_are_not_told_in_any_width(bar: StatusBar) -> None:
    bar.show_snapshot(trained(RunConfig()))
    bar.resize(bar.width() + 1, bar.height())
    assert not child(bar, QPushButton, "status_correct").isVisible()


def test_a_message_has_its_details_in_the_tool_tip(bar: StatusBar) -> None:
    bar.show_state("Paused", "Training failed", is_active=False, details="the traceback")
    message = child(bar, QLabel, "status_message")
    assert (message.text(), message.toolTip()) == ("Training failed", "the traceback")
    bar.show_state("Paused", "All is well", is_active=False)
    assert (message.text(), message.toolTip()) == ("All is well", "All is well")


def test_a_status_tip_replaces_the_message_while_it_lasts(bar: StatusBar) -> None:
    bar.show_state("Paused", "All is well", is_active=False)
    bar.show_tip("Draw other weights")
    assert text(bar, "message") == "Draw other weights"
    bar.show_state("Paused", "Still well", is_active=False)
    assert text(bar, "message") == "Draw other weights"
    bar.show_tip("")
    assert text(bar, "message") == "Still well"


def test_a_notice_replaces_everything_for_a_while(bar: StatusBar) -> None:
    bar.show_state("Paused", "All is well", is_active=False)
    bar.show_tip("Draw other weights")
    bar.show_notice("Width is '65'; allowed: a whole number from 1 to 64")
    assert text(bar, "message").startswith("Width is '65'")
    (timer,) = (t for t in bar.findChildren(QTimer) if t.interval() == NOTICE_MS)
    assert timer.isActive()
    let_pass(timer)
    assert text(bar, "message") == "Draw other weights"
    bar.show_tip("")
    assert text(bar, "message") == "All is well"


@pytest.mark.thorough
def test_labels_show_plain_text(bar: StatusBar) -> None:
    bar.show_state("Paused", "<b>1</b> & 2", is_active=False)
    labels = [label for label in bar.findChildren(QLabel) if label.objectName()]
    assert labels
    assert all(label.textFormat() == Qt.TextFormat.PlainText for label in labels)
    assert all(label.accessibleName() for label in labels)


def test_short_progress_is_never_shown(bar: StatusBar) -> None:
    bar.show_progress((50, 1000))
    bar.hide_progress()
    assert not delay(bar).isActive()
    assert not child(bar, QProgressBar).isVisible()


def test_progress_is_shown_after_a_delay_and_can_be_cancelled(bar: StatusBar) -> None:
    cancelled: list[bool] = []
    bar.cancelled.connect(lambda: cancelled.append(True))
    progress, cancel = child(bar, QProgressBar), child(bar, QPushButton)
    bar.show_state("Paused", "why " * 400, is_active=False)
    bar.show_progress((50, 1000))
    first = delay(bar).timerId()
    bar.show_progress((51, 1000))
    assert delay(bar).timerId() == first  # it is not started again
    assert not progress.isVisible()
    let_pass(delay(bar))
    assert (progress.isVisible(), cancel.isVisible()) == (True, True)
    assert (progress.text(), progress.width()) == ("51 of 1\u202f000", 160)
    bar.show_progress((14_939_210, 5 * 10**11))  # too long for the bar, and for 32 bits
    assert progress.text() == "14\u202f939\u202f210 steps"
    assert progress.toolTip().endswith("of 500\u202f000\u202f000\u202f000 steps")
    for done, total in ((0, 1), (1, 2), (10**12 - 1, 10**12)):
        bar.show_progress((done, total))
        assert progress.value() / progress.maximum() == pytest.approx(done / total, abs=1e-3)
    assert not delay(bar).isActive()
    QTest.mouseClick(cancel, Qt.MouseButton.LeftButton)
    assert cancelled == [True]
    bar.hide_progress()
    assert (progress.isVisible(), cancel.isVisible()) == (False, False)
