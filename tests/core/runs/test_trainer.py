"""The trainer: published numbers, changes, stop rules, and steps divided in any way."""

import math
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from tests.support.bits import Change, Straight, assert_same_state, assert_same_trace
from tests.support.cases import some
from tests.support.reference import Readable
from tests.support.snapshots import QUICK, trained
from xorviz.core.kernels.compiler import KERNEL_NAMES, NUMBA, NUMPY
from xorviz.core.kernels.numpy_kernel import BLOCK
from xorviz.core.network import flat, gradient, loss, outputs
from xorviz.core.rules import SettingError
from xorviz.core.runs.record import MOST_INTERVENTIONS, Intervention, weight_shapes
from xorviz.core.runs.recording import Recording
from xorviz.core.runs.snapshot import Snapshot
from xorviz.core.runs.stopping import NEVER, Halt, StopRules
from xorviz.core.runs.trace import Trace
from xorviz.core.runs.trainer import Trainer
from xorviz.core.settings import LOSS_NAMES, SETTINGS, RunConfig

LESSON = {
    0: (1.0682484368686982, (0.64828555, 0.63099222, 0.61166484, 0.62895947)),
    1: (1.0677808914356344, (0.647876, 0.63056822, 0.61115719, 0.62847003)),
    10_000: (0.9969913076102247, (0.52522244, 0.50147146, 0.48144571, 0.50120394)),
    20_000: (0.8644858131636437, (0.62399257, 0.42642056, 0.48936052, 0.52963861)),
    30_000: (0.24446880846236466, (0.76265084, 0.25991177, 0.75290883, 0.24397953)),
    60_000: (0.02841901371687946, (0.92166771, 0.11738477, 0.92157444, 0.04851096)),
}
"""Loss and outputs of the 28 lines by step."""
LEARNED = StopRules(at_step=None, when_learned=True)
OVERSHOOTING = RunConfig(width=5, rate=5, biases=True)
"""It is correct, loses a row, and is correct again."""
LENGTH = 250


def assert_same_bits(mine: Snapshot, other: Snapshot) -> None:
    assert_same_state(mine, other)
    assert_same_trace(mine.trace, other.trace)
    assert mine.interventions == other.interventions


@pytest.fixture(scope="module")
def quick() -> list[Snapshot]:
    """Return a run that learns, step by step."""
    run = Straight(QUICK)
    run.advance(LENGTH)
    return run.seen


@pytest.mark.parametrize("kernel", [NUMBA, pytest.param(NUMPY, marks=pytest.mark.thorough)])
def test_the_28_lines_are_reproduced(kernel: str) -> None:
    trainer = Trainer(RunConfig(), kernel)
    for step, (expected_loss, expected_outputs) in LESSON.items():
        trainer.advance(step - trainer.step)
        shown = trainer.snapshot()
        assert shown.step == step
        assert shown.loss == pytest.approx(expected_loss, rel=1e-9)
        np.testing.assert_allclose(shown.outputs, expected_outputs, rtol=0, atol=5.1e-9)


def test_other_rates_have_their_known_losses() -> None:
    for rate, expected in ((0.1, 0.001551), (1, 0.000144)):
        assert trained(RunConfig(rate=rate), 60_000, kernel=NUMBA).loss == pytest.approx(
            expected, abs=5e-7
        )
    stuck = trained(RunConfig(rate=5), 60_000, kernel=NUMBA)
    assert stuck.loss == pytest.approx(0.5773, abs=5e-5)
    np.testing.assert_allclose(stuck.outputs, (0.999, 0.0025, 0.6965, 0.6965), rtol=0, atol=5e-4)


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
        changes.setdefault(draw(st.sampled_from([0, 1, 5, 20])), []).append(one)
    return config, changes


@given(gentle_runs())
def test_a_changed_run_matches_a_plain_loop(
    drawn: tuple[RunConfig, dict[int, list[Change]]],
) -> None:
    config, changes = drawn
    run, lesson = Straight(config), Lesson(config)
    plain, begun, norms = lesson.readable, config, []
    for step in range(25):
        for change in changes.get(step, []):
            run.change(change)
            lesson.change(change)
        shown = run.seen[-1]
        begun = replace(config, rate=plain.rate, momentum=plain.momentum) if not step else begun
        np.testing.assert_allclose(flat(shown.weights), flat(plain.weights), rtol=1e-9, atol=1e-9)
        slope, seen = gradient(plain.weights, config), outputs(plain.weights, config.activation)
        np.testing.assert_allclose(flat(shown.gradient), flat(slope), rtol=1e-8, atol=1e-9)
        np.testing.assert_allclose(shown.outputs, seen, rtol=1e-9)
        assert shown.loss == pytest.approx(float(loss(plain.weights, config)), rel=1e-8)
        assert (shown.config.rate, shown.config.momentum) == (plain.rate, plain.momentum)
        assume(lesson.margin > 1e-8)  # else rounding decides
        assert (shown.right_since, shown.learned_since) == (lesson.since[0.5], lesson.since[0.1])
        arrived, first = lesson.arrived
        record = shown.record
        assert (record.right.since, record.learned.since) == (arrived[0.5], arrived[0.1])
        assert (record.right.first, record.learned.first) == (first[0.5], first[0.1])
        norms.append(np.linalg.norm(flat(slope)))
        run.advance(1)
        lesson.advance()
    record = run.trainer.record()
    assert (record.config, record.newest) == (begun, 25)
    assert [*record.interventions] == run.noted()
    assert record.trace.steps.tolist() == list(range(26))
    assert record.trace.losses.tolist() == [shown.loss for shown in run.seen]
    np.testing.assert_array_equal(record.trace.outputs, [shown.outputs for shown in run.seen])
    np.testing.assert_allclose(record.trace.gradient_norms[:-1], norms, rtol=1e-8, atol=1e-9)


DIVISIONS = st.lists(st.integers(0, 150) | st.sampled_from([1, BLOCK, BLOCK + 1]), max_size=12)
DIVIDED = [
    QUICK,
    OVERSHOOTING,
    RunConfig(width=16, activation="tanh", loss="cross-entropy", momentum=0.9),
    RunConfig(width=16, activation="relu", loss="cross-entropy"),
]


@given(
    st.sampled_from(DIVIDED),
    DIVISIONS,
    st.integers(0, LENGTH),
    st.sampled_from([("rate", 0.25), ("momentum", 0.9), ("momentum", 0.0)]),
    st.sampled_from([NEVER, StopRules(at_step=37), LEARNED]),
)
def test_dividing_steps_changes_no_bit(
    config: RunConfig,
    divisions: list[int],
    changed_at: int,
    change: tuple[str, float],
    rules: StopRules,
) -> None:
    whole = Trainer(config)
    whole.advance(changed_at)
    whole.intervene(*change)
    whole.advance(LENGTH - changed_at)

    parts, sizes = Trainer(config), iter(divisions)
    for goal in (changed_at, LENGTH):
        while parts.step < goal:
            before, size = parts.step, min(next(sizes, LENGTH), goal - parts.step)
            parts.advance(size, rules)
            assert before + min(size, 1) <= parts.step <= before + size
        if goal == changed_at:
            parts.intervene(*change)
    assert_same_bits(parts.snapshot(), whole.snapshot())


@pytest.mark.parametrize("kernel", KERNEL_NAMES)
def test_later_training_does_not_change_a_snapshot(kernel: str) -> None:
    trainer = Trainer(QUICK, kernel=kernel)
    trainer.advance(10)
    early, twin = trainer.snapshot(), trained(QUICK, 10, kernel=kernel)
    trainer.intervene("rate", 0.1)
    trainer.intervene("b2", 30.0, (0,))
    trainer.advance(10_000)
    trainer.snapshot()
    assert_same_bits(early, twin)


def stops(quick: list[Snapshot], rules: StopRules) -> list[tuple[int, Halt]]:
    """Return where rules stop a run, and why, looked for step by step."""
    found = []
    for step in range(1, len(quick)):
        before, now = quick[step - 1], quick[step]
        had, has = (bool((np.abs(seen.errors) < 0.1).all()) for seen in (before, now))
        if rules.when_learned and has and not had:
            found.append((step, Halt.LEARNED))
        elif rules.at_loss is not None and now.loss <= rules.at_loss < before.loss:
            found.append((step, Halt.AT_LOSS))
        elif rules.at_step is not None and step % rules.at_step == 0:
            found.append((step, Halt.AT_STEP))
    return found


@pytest.mark.parametrize("size", [1, 7, BLOCK, 10**6])
def test_a_run_stops_wherever_a_rule_becomes_true(size: int, quick: list[Snapshot]) -> None:
    before = quick[167].loss  # all errors are small from step 168 on
    for rules in (
        *(NEVER, StopRules(), StopRules(at_step=100), LEARNED),
        *(StopRules(at_step=None, at_loss=0.05), StopRules(168, True, before)),
        *(StopRules(168, True, before / 2), StopRules(166, True, before)),
    ):
        trainer, seen = Trainer(QUICK), []
        while trainer.step < LENGTH:
            halt = trainer.advance(min(size, LENGTH - trainer.step), rules)
            assert trainer.advance(0, rules) is halt
            if halt is not None:
                assert trainer.snapshot().halt is halt
                seen.append((trainer.step, halt))
        assert seen == stops(quick, rules)
        assert_same_bits(trainer.snapshot(), quick[-1])


@pytest.mark.parametrize("step", [0, 10])
def test_an_invalid_change_changes_nothing(step: int) -> None:
    trainer = Trainer(QUICK)
    trainer.advance(step)
    for name, index in (*((name, ()) for name in (*SETTINGS, "speed")), ("w1", (0, 1))):
        with pytest.raises(SettingError, match=name):
            trainer.intervene(name, math.nan, index)
    trainer.advance(110 - step)
    assert_same_bits(trainer.snapshot(), trained(QUICK, 110))


def test_only_the_last_value_at_a_step_counts_for_streaks() -> None:
    there, back = Trainer(QUICK), Trainer(QUICK)
    for trainer in (there, back):
        trainer.advance(100)
    own = float(there.snapshot().weights.b2[0])  # type: ignore[index]
    there.intervene("b2", 30.0, (0,))  # this breaks the streak
    assert there.snapshot().right_since is None
    for trainer in (there, back):
        trainer.intervene("b2", own, (0,))  # and this repairs it
        trainer.advance(0)
        assert trainer.snapshot().right_since == 82
    assert_same_bits(there.snapshot(), back.snapshot())
    for trainer in (there, back):
        trainer.advance(100)
    assert_same_bits(there.snapshot(), back.snapshot())


def test_a_weight_set_by_hand_ends_a_halt_and_meets_no_rule() -> None:
    trainer = Trainer(QUICK)
    trainer.advance(1000, StopRules(at_step=100))
    own = float(trainer.weights.b2[0])  # type: ignore[index]
    trainer.intervene("rate", 0.5)
    assert trainer.snapshot().halt is Halt.AT_STEP
    trainer.intervene("b2", 30.0, (0,))
    assert trainer.snapshot().halt is None
    trainer.advance(1)
    assert trainer.loss > 1
    trainer.intervene("b2", own, (0,))
    assert trainer.loss < 1
    assert trainer.advance(50, StopRules(at_step=None, at_loss=1.0)) is None


def test_a_run_can_be_changed_ten_thousand_times() -> None:
    trainer = Trainer(QUICK)
    made = tuple(Intervention(step, "rate", 0.5) for step in range(MOST_INTERVENTIONS))
    trainer.resume(
        replace(trainer.record(), interventions=made),
        replace(trainer.checkpoint(), step=MOST_INTERVENTIONS - 1),
    )
    assert len(trainer.interventions) == MOST_INTERVENTIONS - 1
    trainer.intervene("rate", 0.25)
    with pytest.raises(SettingError, match="at most 10000 times"):
        trainer.intervene("momentum", 0.25)
    trainer.intervene("momentum", QUICK.momentum)  # no change
    trainer.intervene("rate", 0.125)  # in place of the last
    assert trainer.interventions[-1] == Intervention(MOST_INTERVENTIONS - 1, "rate", 0.125)


@pytest.mark.parametrize("activation", some(["sigmoid", "tanh", "relu"], 1))
@pytest.mark.parametrize("loss_name", some(["sse", "cross-entropy"], 1))
def test_extreme_settings_stay_finite(activation: str, loss_name: str) -> None:
    config = RunConfig(64, 1000, 7, activation, loss_name, True, 0.999, init_range=100)
    snapshot = trained(config, 1000)
    assert snapshot.halt is None
    assert np.isfinite([*flat(snapshot.weights), *flat(snapshot.gradient), snapshot.loss]).all()


def test_unknown_columns_of_an_old_run_stay_unknown() -> None:
    run = Recording(QUICK)
    run.advance(100)
    record = run.record()
    again = Recording(replace(record, trace=Trace(record.trace.steps, record.trace.losses)))
    for each in (run, again):
        each.advance(50)
    trace, whole = again.record().trace, run.record().trace
    assert np.isnan(trace.outputs[:100]).all()
    assert np.isnan(trace.gradient_norms[:100]).all()
    np.testing.assert_array_equal(trace.outputs[100:], whole.outputs[100:])
    np.testing.assert_array_equal(trace.gradient_norms[100:], whole.gradient_norms[100:])
