"""Whatever is asked for in whatever order, a session comes to what plain training comes to."""

from itertools import count

import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    invariant,
    precondition,
    rule,
    run_state_machine_as_test,
)
from PySide6.QtWidgets import QApplication

from tests.engine.staged import FRAME, StagedSession
from tests.support.bits import Recipe, assert_same_state
from tests.support.cases import Clock
from xorviz.core.kernels.compiler import NUMBA, NUMPY
from xorviz.core.runs.record import Intervention, Record
from xorviz.core.runs.snapshot import Snapshot
from xorviz.core.settings import RunConfig
from xorviz.engine.activity import Activity
from xorviz.engine.commands import Advance, Seek


class Walk(RuleBasedStateMachine):
    """A session, what was asked of it, and what is known of where it will come to rest."""

    kernel, is_far = NUMPY, False
    """``is_far``: no command goes to a step that must be replayed."""

    def __init__(self) -> None:
        super().__init__()
        self.session = StagedSession(Clock(), self.kernel)
        self.values = count(1)  # each is a change
        self.open(width=2)

    def teardown(self) -> None:
        """Check once more, and close the session."""
        try:
            self.rest()
        finally:
            self.session.close()

    @rule(width=st.integers(1, 3))
    def open(self, width: int) -> None:
        """Open a new run."""
        record = Record(RunConfig(width=width, rate=1.5, biases=True))
        self.session.open_run(record, 0)
        assert (self.session.doing(), self.session.config) == (Activity.PAUSED, record.config)
        self.session.forget()
        self.run = self.session._at.run
        self.goal: int | None = 0
        self.changes: list[Intervention] = []

    @rule()
    def answer(self) -> None:
        if self.session.stage.waiting:
            self.session.stage.answer()

    @rule()
    def paint(self) -> None:
        self.session.stage.paint()

    @rule(seconds=st.sampled_from([0.001, 0.05, 1.0]))
    def pass_time(self, seconds: float) -> None:
        self.session.pass_time(seconds)

    @rule(speed=st.sampled_from([None, 1.0, 100.0, 10_000.0]))
    def set_speed(self, speed: float | None) -> None:
        self.session.set_speed(speed)

    @rule(n=st.integers(1, 5 * FRAME))
    def step(self, n: int) -> None:
        is_clear = not isinstance(self.session._frame, Advance)
        if self.goal is None and is_clear and self.session.doing() is not Activity.STEPPING:
            self.goal = self.session.step_wanted
        self.session.step(n)
        self.goal = None if self.goal is None else self.goal + n

    @precondition(lambda self: not self.session._waiting)  # which may take the step away
    @rule(share=st.floats(-0.1, 1.1))
    def seek(self, share: float) -> None:
        newest = self.session._at.newest
        self.session.seek(round(share * newest))
        self.goal = max(0, min(round(share * newest), newest))
        assert self.session.step_wanted == self.goal

    @rule()
    def play(self) -> None:
        self.session.play()
        self.goal = None

    @rule()
    def pause(self) -> None:
        if self.session.doing().is_training or self.session._waiting or self.is_far:
            self.goal = None
        self.session.pause()

    @precondition(lambda self: not self.session._waiting)  # perhaps for many steps
    @rule()
    def intervene(self) -> None:
        if self.goal is None or self.is_far or self.session.doing() is not Activity.PAUSED:
            return
        made = Intervention(self.goal, "w1", 1 / next(self.values), (0, 0))
        self.session.in_turn(lambda: self.session.intervene("w1", made.value, (0, 0)))
        self.changes = [*(one for one in self.changes if one.step < self.goal), made]

    @rule()
    def rest(self) -> None:
        """Wait for all that was asked for, and check where that has led."""
        if self.session.playing or self.session._waiting:
            self.pause()
        self.session.rest()
        at = self.session._at
        assert isinstance(at, Snapshot)
        assert self.goal in {None, at.step}
        assert at.interventions == tuple(self.changes)
        for seen in (*self.session.snapshots[-3:], at):
            plain = Recipe.of(seen.record, self.kernel)
            assert_same_state(seen, plain.seen(seen.step))
        self.session.forget()
        self.goal = at.step

    @invariant()
    def what_is_shown_is_of_this_run(self) -> None:
        assert {seen.run for seen in self.session.snapshots} <= {self.run}

    @invariant()
    def one_frame_is_under_way(self) -> None:
        under_way = self.session.stage.unanswered
        assert sum(isinstance(one, Advance | Seek) for one in under_way) <= 1


@pytest.mark.parametrize(
    ("kernel", "is_far"), [(NUMPY, False), (NUMPY, True), (NUMBA, False)], ids=str
)
def test_any_commands_lead_to_what_plain_training_leads_to(
    qapp: QApplication,
    short_frames: None,
    monkeypatch: pytest.MonkeyPatch,
    kernel: str,
    is_far: bool,
) -> None:
    monkeypatch.setattr(Walk, "kernel", kernel)
    monkeypatch.setattr(Walk, "is_far", is_far)
    if is_far:
        monkeypatch.setattr("xorviz.engine.thread._SEEK_SECONDS", 1e-12)
        monkeypatch.setattr("xorviz.engine.thread._PIECE_SECONDS", 0.0)
    few = settings(max_examples=settings().max_examples // 3, stateful_step_count=40)
    run_state_machine_as_test(Walk, settings=few)
