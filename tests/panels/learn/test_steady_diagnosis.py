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
class Bench:
    """A diagnosis with the test's clock, and those emitted."""

    steady: SteadyDiagnosis
    clock: Clock
    emitted: list[Diagnosis]

    @property
    def states(self) -> list[str]:
        return [diagnosis.state for diagnosis in self.emitted]


@pytest.fixture
def bench(qtbot: QtBot) -> Iterator[Bench]:
    parent = QObject()
    clock = Clock()
    emitted: list[Diagnosis] = []
    steady = SteadyDiagnosis(parent, clock)
    steady.changed.connect(emitted.append)
    yield Bench(steady, clock, emitted)
    steady.set_running(False)


def test_the_first_snapshot_is_diagnosed_at_once(bench: Bench) -> None:
    bench.steady.show_snapshot(COIN_TOSS)
    assert bench.states == ["coin toss"]
    assert not bench.steady.is_waiting


def test_without_a_snapshot_there_is_nothing_to_diagnose(bench: Bench) -> None:
    bench.steady.catch_up()
    assert bench.emitted == []


def test_a_stream_is_diagnosed_by_the_timer(bench: Bench) -> None:
    bench.steady.show_snapshot(COIN_TOSS)
    readings = bench.clock.readings
    for step in range(301, 400):
        bench.steady.show_snapshot(replace(COIN_TOSS, step=step))
    assert bench.clock.readings == readings
    assert bench.steady.is_waiting


def test_a_new_state_is_emitted_once_it_has_held(bench: Bench) -> None:
    bench.steady.show_snapshot(COIN_TOSS)
    bench.steady.show_snapshot(LEARNED)
    bench.steady.catch_up()
    assert bench.states == ["coin toss"]
    assert bench.steady.is_waiting
    bench.clock.now += HOLD_SECONDS
    bench.steady.catch_up()
    assert bench.states == ["coin toss", "learned"]
    assert not bench.steady.is_waiting


def test_the_last_snapshot_is_diagnosed_without_another(bench: Bench, qtbot: QtBot) -> None:
    bench.steady.show_snapshot(COIN_TOSS)
    bench.steady.show_snapshot(LEARNED)
    readings = bench.clock.readings
    qtbot.waitUntil(lambda: bench.clock.readings > readings)  # diagnosed, not yet emitted
    bench.clock.now += HOLD_SECONDS
    qtbot.waitUntil(lambda: bench.states == ["coin toss", "learned"])
    assert not bench.steady.is_waiting


def test_pausing_emits_the_state_at_once(bench: Bench) -> None:
    bench.steady.show_snapshot(COIN_TOSS)
    bench.steady.show_snapshot(LEARNED)
    bench.steady.set_running(False)
    assert bench.states == ["coin toss", "learned"]
    assert not bench.steady.is_waiting


def test_while_paused_every_snapshot_is_diagnosed_at_once(bench: Bench) -> None:
    bench.steady.set_running(False)
    bench.steady.show_snapshot(COIN_TOSS)
    bench.steady.show_snapshot(LEARNED)
    assert bench.states == ["coin toss", "learned"]
    bench.steady.set_running(True)
    bench.steady.show_snapshot(replace(LEARNED, step=LEARNED.step + 1))
    assert bench.steady.is_waiting


@pytest.mark.parametrize(
    "other", [replace(LEARNED, run=7), replace(LEARNED, step=0)], ids=["another run", "a step back"]
)
def test_another_run_or_a_step_back_is_diagnosed_at_once(bench: Bench, other: Snapshot) -> None:
    bench.steady.show_snapshot(COIN_TOSS)
    bench.steady.show_snapshot(replace(COIN_TOSS, step=1000))  # waits, and is replaced
    bench.steady.show_snapshot(other)
    assert bench.states == ["coin toss", "learned"]
