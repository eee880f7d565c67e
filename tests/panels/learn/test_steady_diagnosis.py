"""The steady diagnosis of a stream of snapshots."""

from collections.abc import Iterator
from dataclasses import dataclass, replace

import pytest
from PySide6.QtCore import QObject
from pytestqt.qtbot import QtBot

from tests.support.cases import Clock
from tests.support.snapshots import QUICK, trained
from xorviz.core.config import RunConfig
from xorviz.core.diagnosis.diagnosis import Diagnosis
from xorviz.core.diagnosis.steadiness import HOLD_SECONDS
from xorviz.core.runs.snapshot import Snapshot
from xorviz.panels.learn.steady_diagnosis import SteadyDiagnosis

COIN_TOSS = trained(RunConfig(), 300)
LEARNED = replace(trained(QUICK, 400), run=COIN_TOSS.run)


@dataclass
class Harness:
    """A diagnosis with the test's clock, and those emitted."""

    steady: SteadyDiagnosis
    clock: Clock
    emitted: list[Diagnosis]

    @property
    def states(self) -> list[str]:
        return [diagnosis.state for diagnosis in self.emitted]


@pytest.fixture
def harness(qtbot: QtBot) -> Iterator[Harness]:
    parent = QObject()
    clock = Clock()
    emitted: list[Diagnosis] = []
    steady = SteadyDiagnosis(parent, clock)
    steady.changed.connect(emitted.append)
    yield Harness(steady, clock, emitted)
    steady.set_running(False)


def test_the_first_snapshot_is_diagnosed_at_once(harness: Harness) -> None:
    harness.steady.show_snapshot(COIN_TOSS)
    assert harness.states == ["coin toss"]
    assert not harness.steady.is_waiting


def test_without_a_snapshot_there_is_nothing_to_diagnose(harness: Harness) -> None:
    harness.steady.catch_up()
    assert harness.emitted == []


def test_a_stream_is_diagnosed_by_the_timer(harness: Harness) -> None:
    harness.steady.show_snapshot(COIN_TOSS)
    readings = harness.clock.readings
    for step in range(301, 400):
        harness.steady.show_snapshot(replace(COIN_TOSS, step=step))
    assert harness.clock.readings == readings
    assert harness.steady.is_waiting


def test_a_new_state_is_emitted_once_it_has_held(harness: Harness) -> None:
    harness.steady.show_snapshot(COIN_TOSS)
    harness.steady.show_snapshot(LEARNED)
    harness.steady.catch_up()
    assert harness.states == ["coin toss"]
    assert harness.steady.is_waiting
    harness.clock.now += HOLD_SECONDS
    harness.steady.catch_up()
    assert harness.states == ["coin toss", "learned"]
    assert not harness.steady.is_waiting


def test_the_last_snapshot_is_diagnosed_without_another(harness: Harness, qtbot: QtBot) -> None:
    harness.steady.show_snapshot(COIN_TOSS)
    harness.steady.show_snapshot(LEARNED)
    readings = harness.clock.readings
    qtbot.waitUntil(lambda: harness.clock.readings > readings)  # diagnosed, not yet emitted
    harness.clock.now += HOLD_SECONDS
    qtbot.waitUntil(lambda: harness.states == ["coin toss", "learned"])
    assert not harness.steady.is_waiting


def test_pausing_emits_the_state_at_once(harness: Harness) -> None:
    harness.steady.show_snapshot(COIN_TOSS)
    harness.steady.show_snapshot(LEARNED)
    harness.steady.set_running(False)
    assert harness.states == ["coin toss", "learned"]
    assert not harness.steady.is_waiting


def test_while_paused_every_snapshot_is_diagnosed_at_once(harness: Harness) -> None:
    harness.steady.set_running(False)
    harness.steady.show_snapshot(COIN_TOSS)
    harness.steady.show_snapshot(LEARNED)
    assert harness.states == ["coin toss", "learned"]
    harness.steady.set_running(True)
    harness.steady.show_snapshot(replace(LEARNED, step=LEARNED.step + 1))
    assert harness.steady.is_waiting


@pytest.mark.parametrize(
    "other", [replace(LEARNED, run=7), replace(LEARNED, step=0)], ids=["another run", "a step back"]
)
def test_another_run_or_a_step_back_is_diagnosed_at_once(harness: Harness, other: Snapshot) -> None:
    harness.steady.show_snapshot(COIN_TOSS)
    harness.steady.show_snapshot(replace(COIN_TOSS, step=1000))  # waits, and is replaced
    harness.steady.show_snapshot(other)
    assert harness.states == ["coin toss", "learned"]
