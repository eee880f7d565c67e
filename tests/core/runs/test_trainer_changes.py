"""Changes of settings and weights during a run."""

import dataclasses
import math

import numpy as np
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from tests.core.runs.test_trainer import assert_same_bits
from tests.support.bits import Change
from tests.support.reference import Readable
from tests.support.snapshots import QUICK, trained
from xorviz.core.network import Weights, flat, loss, outputs
from xorviz.core.rules import SettingError
from xorviz.core.runs.record import MOST_INTERVENTIONS, Intervention, weight_shapes
from xorviz.core.runs.stopping import Halt, StopRules
from xorviz.core.runs.trainer import Trainer
from xorviz.core.settings import LOSS_NAMES, SETTINGS, RunConfig


def test_a_change_holds_from_the_next_step_on() -> None:
    trainer, readable = Trainer(QUICK), Readable(QUICK)
    for steps, name, value in (
        (10, "rate", 0.2),
        (70, "momentum", 0.0),
        (5, "momentum", 0.9),
        (70, "rate", 0.5),
    ):
        trainer.advance(steps)
        readable.step(steps)
        trainer.intervene(name, value)
        setattr(readable, name, value)
    trainer.advance(3)
    readable.step(3)
    np.testing.assert_allclose(
        flat(trainer.snapshot().weights), flat(readable.weights), rtol=1e-10, atol=1e-10
    )


def test_changes_are_recorded_with_their_steps() -> None:
    trainer = Trainer(QUICK)
    trainer.advance(10)
    trainer.intervene("rate", 0.2)
    trainer.advance(5)
    trainer.intervene("momentum", 0.9)
    trainer.intervene("rate", 1)
    snapshot = trainer.snapshot()
    assert snapshot.interventions == (
        Intervention(10, "rate", 0.2),
        Intervention(15, "momentum", 0.9),
        Intervention(15, "rate", 1.0),
    )
    assert snapshot.config == dataclasses.replace(QUICK, momentum=0.9)
    assert type(snapshot.interventions[-1].value) is float


def test_an_equal_value_is_no_change() -> None:
    trainer = Trainer(QUICK)
    trainer.intervene("rate", QUICK.rate)
    trainer.intervene("momentum", QUICK.momentum)
    assert trainer.snapshot().interventions == ()


def test_an_invalid_change_changes_nothing() -> None:
    for name in (*SETTINGS, "speed"):
        trainer = Trainer(QUICK)
        trainer.advance(10)
        with pytest.raises(SettingError, match=name):
            trainer.intervene(name, math.nan)
        trainer.advance(100)
        assert_same_bits(trainer.snapshot(), trained(QUICK, 110))


def test_a_change_at_step_0_belongs_to_the_recipe() -> None:
    changed, started = Trainer(QUICK), Trainer(dataclasses.replace(QUICK, rate=0.07))
    changed.intervene("rate", 0.07)
    changed.advance(300)
    started.advance(300)
    assert changed.snapshot().interventions == ()
    np.testing.assert_array_equal(
        flat(changed.snapshot().weights), flat(started.snapshot().weights)
    )


class Lesson:
    """The plain loop with changes by hand and streaks counted step by step."""

    def __init__(self, config: RunConfig) -> None:
        self.readable, self.step = Readable(config), 0
        self.since: dict[float, int | None] = {0.5: None, 0.1: None}
        self.first = dict(self.since)
        self.arrived = (dict(self.since), dict(self.first))
        self.margin = 1.0
        self._count()

    def advance(self) -> None:
        self.readable.step()
        self.step += 1
        self._count()

    def change(self, change: Change) -> None:
        name, value, index = change
        if index:
            getattr(self.readable.weights, name)[index] = value
            self.since, self.first = (dict(counted) for counted in self.arrived)
            self._judge()
        else:
            setattr(self.readable, name, value)

    def _count(self) -> None:
        self._judge()
        self.arrived = (dict(self.since), dict(self.first))

    def _judge(self) -> None:
        config = self.readable.config
        errors = outputs(self.readable.weights, config.activation) - np.array(config.targets)
        worst = float(np.abs(errors).max())
        for limit, since in self.since.items():
            self.margin = min(self.margin, abs(worst - limit))
            self.since[limit] = None if worst >= limit else self.step if since is None else since
            if worst < limit and self.first[limit] is None:
                self.first[limit] = self.step


@st.composite
def gentle_runs(draw: st.DrawFn) -> tuple[RunConfig, dict[int, list[Change]]]:
    """Draw a run in which rounding errors do not grow, and changes to it."""
    config = RunConfig(
        width=5,
        rate=0.5,
        activation=draw(st.sampled_from(["sigmoid", "tanh"])),
        loss=draw(st.sampled_from(LOSS_NAMES)),
        biases=draw(st.booleans()),
        targets=draw(st.sampled_from([(1, 0, 1, 0), (0, 0, 0, 1), (1, 1, 1, 1)])),
    )
    weights = weight_shapes(config)
    targets = [(n, i) for n, shape in weights.items() for i in np.ndindex(shape)]
    where = st.sampled_from([("rate", ()), ("momentum", ()), *targets])
    values = st.sampled_from([0.01, 0.1, 0.5])
    change = st.tuples(where, values, st.sampled_from([1.0, -1.0, 6.0, -6.0]))
    made = [
        (name, value * (factor if index else 1.0), index)
        for (name, index), value, factor in draw(st.lists(change, max_size=6))
    ]
    changes: dict[int, list[Change]] = {}
    for one in made:
        changes.setdefault(draw(st.sampled_from([0, 1, 20, 64, 65])), []).append(one)
    return config, changes


@given(gentle_runs())
def test_a_changed_run_matches_a_plain_loop(
    drawn: tuple[RunConfig, dict[int, list[Change]]],
) -> None:
    config, changes = drawn
    trainer, lesson = Trainer(config), Lesson(config)
    for step in range(70):
        for change in changes.get(step, []):
            trainer.intervene(*change)
            lesson.change(change)
        shown, plain = trainer.snapshot(), lesson.readable
        np.testing.assert_allclose(flat(shown.weights), flat(plain.weights), rtol=1e-9, atol=1e-9)
        assert shown.loss == pytest.approx(float(loss(plain.weights, config)), rel=1e-8)
        assert shown.trace.losses[-1] == shown.loss
        assert (shown.config.rate, shown.config.momentum) == (plain.rate, plain.momentum)
        assume(lesson.margin > 1e-8)  # else rounding decides
        assert (shown.right_since, shown.learned_since) == (lesson.since[0.5], lesson.since[0.1])
        arrived, first = lesson.arrived
        record = shown.record
        assert (record.right.since, record.learned.since) == (arrived[0.5], arrived[0.1])
        assert (record.right.first, record.learned.first) == (first[0.5], first[0.1])
        trainer.advance(1)
        lesson.advance()


def test_a_set_weight_is_seen_at_once() -> None:
    trainer = Trainer(QUICK)
    trainer.advance(100)
    before = trainer.snapshot()
    trainer.intervene("b2", 30.0, (0,))
    shown = trainer.snapshot()
    assert (before.right_since, shown.right_since) == (82, None)
    assert shown.step == 100
    assert shown.weights.b2 == [30.0]
    assert shown.loss == pytest.approx(float(loss(shown.weights, QUICK)), rel=1e-12)
    np.testing.assert_allclose(shown.outputs, outputs(shown.weights, "sigmoid"), rtol=1e-12)
    np.testing.assert_array_equal(shown.trace.losses[:-1], before.trace.losses[:-1])
    assert (shown.trace.losses[-1], shown.record.loss) == (shown.loss, shown.loss)
    assert_same_arrays(before.weights, trained(QUICK, 100).weights)  # a value


def assert_same_arrays(mine: Weights, other: Weights) -> None:
    for a, b in zip(mine.arrays(), other.arrays(), strict=True):
        np.testing.assert_array_equal(a, b)


def test_only_the_last_value_at_a_step_counts_for_streaks() -> None:
    there, back = Trainer(QUICK), Trainer(QUICK)
    for trainer in (there, back):
        trainer.advance(100)
    own = float(there.snapshot().weights.b2[0])  # type: ignore[index]
    there.intervene("b2", 30.0, (0,))  # this breaks the streak
    for trainer in (there, back):
        trainer.intervene("b2", own, (0,))  # and this repairs it
        trainer.advance(0)
        assert trainer.snapshot().right_since == 82
    assert_same_bits(there.snapshot(), back.snapshot())
    for trainer in (there, back):
        trainer.advance(100)
    assert_same_bits(there.snapshot(), back.snapshot())


def test_a_setting_undone_at_its_step_is_not_recorded() -> None:
    trainer = Trainer(QUICK)
    trainer.advance(5)
    trainer.intervene("rate", 0.2)
    trainer.advance(2)
    trainer.intervene("rate", 0.3)
    trainer.advance(3)
    for name, value in (("rate", 0.2), ("momentum", 0.1), ("rate", 0.3), ("momentum", 0.5)):
        trainer.intervene(name, value)
    made = (Intervention(5, "rate", 0.2), Intervention(7, "rate", 0.3))
    assert trainer.snapshot().interventions == made
    trainer.intervene("rate", 1.0)
    assert trainer.snapshot().interventions == (*made, Intervention(10, "rate", 1.0))


def test_changes_at_one_step_have_no_order() -> None:
    made = [("w1", 0.5, (1, 0)), ("rate", 0.3, ()), ("b2", 1.0, (0,)), ("w1", 0.25, (0, 4))]
    one, other = Trainer(QUICK), Trainer(QUICK)
    for trainer, changes in ((one, made), (other, made[::-1])):
        trainer.advance(7)
        for change in changes:
            trainer.intervene(*change)
        trainer.advance(7)
    assert one.record() == other.record()
    assert_same_bits(one.snapshot(), other.snapshot())


def test_a_weight_set_by_hand_ends_a_halt() -> None:
    trainer = Trainer(QUICK)
    trainer.advance(1000, StopRules(at_step=100))
    trainer.intervene("rate", 0.5)
    assert trainer.snapshot().halt is Halt.AT_STEP
    trainer.intervene("b2", 0.5, (0,))
    assert trainer.snapshot().halt is None


def test_a_loss_reached_by_hand_does_not_stop_the_run() -> None:
    trainer, rules = Trainer(QUICK), StopRules(at_step=None, at_loss=1.0)
    trainer.advance(100)
    own = float(trainer.snapshot().weights.b2[0])  # type: ignore[index]
    trainer.intervene("b2", 30.0, (0,))
    trainer.advance(1)
    assert trainer.loss > 1
    trainer.intervene("b2", own, (0,))
    assert trainer.loss < 1
    assert trainer.advance(50, rules) is None


def test_a_checkpoint_is_the_state_before_changes() -> None:
    trainer, plain = Trainer(QUICK), Trainer(QUICK)
    for each in (trainer, plain):
        each.advance(100)
    trainer.intervene("momentum", 0.9)
    trainer.intervene("b2", 30.0, (0,))
    mine, other = trainer.checkpoint(), plain.checkpoint()
    assert (mine.step, mine.right, mine.learned) == (100, other.right, other.learned)
    np.testing.assert_array_equal(mine.parameters, other.parameters)
    np.testing.assert_array_equal(mine.velocity, other.velocity)
    trainer.advance(1)
    assert trainer.checkpoint().step == 101
    assert trainer.checkpoint().right.since is None


def test_a_resumed_trainer_continues_as_the_first() -> None:
    for step in (0, 63, 64, 100):
        other, trainer = Trainer(QUICK), Trainer(dataclasses.replace(QUICK, rate=3, momentum=0))
        other.advance(step)
        checkpoint, then = other.checkpoint(), other.snapshot()
        other.intervene("rate", 0.25)
        other.advance(30)
        other.intervene("momentum", 0.0)
        trainer.advance(200)
        trainer.intervene("b2", 1.0, (0,))
        trainer.resume(other.record(), checkpoint)
        start, arrival = trainer.snapshot(), trainer.checkpoint()
        assert start.halt is None
        assert (arrival.step, arrival.right) == (step, checkpoint.right)
        np.testing.assert_array_equal(arrival.parameters, checkpoint.parameters)
        if step:
            assert_same_bits(start, then)
        trainer.intervene("rate", 0.25)
        trainer.advance(30)
        trainer.intervene("momentum", 0.0)
        assert_same_bits(trainer.snapshot(), other.snapshot())


def test_a_run_can_be_changed_ten_thousand_times() -> None:
    trainer = Trainer(QUICK)
    made = tuple(Intervention(step, "rate", 0.5) for step in range(MOST_INTERVENTIONS))
    trainer.resume(
        dataclasses.replace(trainer.record(), interventions=made),
        dataclasses.replace(trainer.checkpoint(), step=MOST_INTERVENTIONS - 1),
    )
    assert len(trainer.interventions) == MOST_INTERVENTIONS - 1
    trainer.intervene("rate", 0.25)
    with pytest.raises(SettingError, match="at most 10000 times"):
        trainer.intervene("momentum", 0.25)
    trainer.intervene("momentum", QUICK.momentum)  # no change
    trainer.intervene("rate", 0.125)  # in place of the last
    assert trainer.interventions[-1] == Intervention(MOST_INTERVENTIONS - 1, "rate", 0.125)
