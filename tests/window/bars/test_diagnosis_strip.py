"""The diagnosis line."""

from dataclasses import replace

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QLabel
from pytestqt.qtbot import QtBot

from tests.support.cases import Clock
from tests.support.screen import child, is_near, pixel, shown
from tests.support.snapshots import QUICK, trained
from xorviz.core.config import RunConfig
from xorviz.core.diagnosis.diagnosis import diagnose
from xorviz.core.diagnosis.steadiness import HOLD_SECONDS
from xorviz.core.runs.snapshot import Snapshot
from xorviz.ui.theme.palette import DARK, LIGHT
from xorviz.window.bars.diagnosis_strip import DiagnosisStrip

FRESH = trained(RunConfig(), 300)
LEARNING = trained(RunConfig(), 31_240)
LEARNED = trained(QUICK, 400)


def sentence(snapshot: Snapshot) -> str:
    return diagnose(snapshot.weights, snapshot.config, snapshot.trace, snapshot.step).sentence


@pytest.fixture
def strip(qtbot: QtBot, clock: Clock) -> DiagnosisStrip:
    return shown(qtbot, DiagnosisStrip(clock), 900, 32)


def text(strip: DiagnosisStrip) -> str:
    return child(strip, QLabel, "diagnosis").text()


def test_the_line_shows_the_diagnosis(strip: DiagnosisStrip) -> None:
    assert strip.objectName() == "diagnosis_strip"
    assert text(strip) == ""
    strip.show_snapshot(FRESH)
    assert text(strip) == sentence(FRESH)
    assert strip.toolTip() == strip.accessibleName() == sentence(FRESH)


def test_a_new_state_waits_while_running_and_not_when_paused(
    strip: DiagnosisStrip, clock: Clock
) -> None:
    strip.show_snapshot(FRESH)
    strip.show_snapshot(LEARNING)
    assert not strip.is_settled
    strip.catch_up()
    assert text(strip) == sentence(FRESH)
    clock.now += HOLD_SECONDS
    strip.catch_up()
    assert text(strip) == sentence(LEARNING)
    assert strip.is_settled
    strip.show_snapshot(replace(LEARNED, step=40_000))
    strip.set_running(False)
    assert text(strip).startswith("Learned: ")
    assert strip.is_settled


def test_another_run_and_a_step_back_are_shown_at_once(strip: DiagnosisStrip) -> None:
    strip.show_snapshot(LEARNING)
    strip.show_snapshot(FRESH)
    assert text(strip) == sentence(FRESH)
    strip.show_snapshot(replace(LEARNED, run=5))
    assert text(strip) == sentence(LEARNED)


def test_the_mark_has_the_accent_colour_only_for_good_states(strip: DiagnosisStrip) -> None:
    strip.set_running(False)
    strip.setAttribute(Qt.WidgetAttribute.WA_UnderMouse, False)
    middle = QPoint(20, strip.height() // 2 + 1)
    for theme in (LIGHT, DARK):
        strip.apply_theme(theme)
        strip.show_snapshot(LEARNING)
        assert is_near(pixel(strip, middle), theme.accent)
        strip.show_snapshot(FRESH)
        assert is_near(pixel(strip, middle), theme.panel)


def test_enter_and_a_click_request_the_details(strip: DiagnosisStrip) -> None:
    wanted: list[None] = []
    strip.details_requested.connect(lambda: wanted.append(None))
    QTest.keyClick(strip, Qt.Key.Key_Return)
    QTest.mouseClick(strip, Qt.MouseButton.LeftButton)
    assert len(wanted) == 2
