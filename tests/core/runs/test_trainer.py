"""The trainer: published numbers, changes, stop rules, divergence, and steps divided in any way."""

import math
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from tests.support.bits import Change, assert_same_state, assert_same_trace, overflowing
from tests.support.reference import Readable
from tests.support.snapshots import QUICK, trained
from xorviz.core.kernels.compiler import KERNEL_NAMES, NUMBA, NUMPY
from xorviz.core.kernels.numpy_kernel import BLOCK
from xorviz.core.network import Weights, flat, gradient, initial_weights, loss, outputs
from xorviz.core.rules import SettingError
from xorviz.core.runs.record import MOST_INTERVENTIONS, Intervention, Streak, weight_shapes
from xorviz.core.runs.snapshot import LEARNED_ERROR, RIGHT_ERROR, Snapshot
from xorviz.core.runs.stopping import (
    DEFAULT_LOSS,
    DEFAULT_STEPS,
    MOST_STEPS,
    NEVER,
    RULES,
    Halt,
    StopRules,
)
from xorviz.core.runs.trainer import Trainer
from xorviz.core.settings import LOSS_NAMES, RunConfig

KNOWN = [
    (0.01, 0, 1.0682484368686982, (0.64828555, 0.63099222, 0.61166484, 0.62895947)),
    (0.01, 1, 1.0677808914356344, (0.647876, 0.63056822, 0.61115719, 0.62847003)),
    (0.01, 10_000, 0.9969913076102247, (0.52522244, 0.50147146, 0.48144571, 0.50120394)),
    (0.01, 20_000, 0.8644858131636437, (0.62399257, 0.42642056, 0.48936052, 0.52963861)),
    (0.01, 30_000, 0.24446880846236466, (0.76265084, 0.25991177, 0.75290883, 0.24397953)),
    (0.01, 60_000, 0.02841901371687946, (0.92166771, 0.11738477, 0.92157444, 0.04851096)),
    (0.1, 60_000, 0.001551, None),
    (1, 60_000, 0.000144, None),
    (5, 60_000, 0.5773, (0.999, 0.0025, 0.6965, 0.6965)),
]
"""Rates, steps, and the loss and outputs of the 28 lines."""


@pytest.mark.parametrize("kernel", [NUMBA, pytest.param(NUMPY, marks=pytest.mark.thorough)])
def test_the_28_lines_are_reproduced(kernel: str) -> None:
    for rate, steps, expected, expected_outputs in KNOWN:
        shown, is_default = trained(RunConfig(rate=rate), steps, kernel=kernel), rate == 0.01
        assert shown.step == steps
        assert shown.loss == pytest.approx(expected, rel=1e-9 if is_default else 5e-3)
        if expected_outputs is not None:
            digits = 5.1e-9 if is_default else 5e-4
            np.testing.assert_allclose(shown.outputs, expected_outputs, rtol=0, atol=digits)


LIMITS = RIGHT_ERROR, LEARNED_ERROR


class Lesson(Readable):
    """The plain loop with changes by hand; it knows since when errors have been small."""

    def __init__(self, config: RunConfig) -> None:
        super().__init__(config)
        self.taken, self.errors = 0, list[float]()
        self.arrived = self.left = self._after([Streak()] * 2)
        """At this step, and after the changes made here."""

    def _after(self, before: list[Streak]) -> list[Streak]:
        y = outputs(self.weights, self.config)
        self.errors.append(float(np.abs(y - np.array(self.config.targets)).max()))
        both = zip(before, LIMITS, strict=True)
        return [streak.then(self.errors[-1] < limit, self.taken) for streak, limit in both]

    def advance(self) -> None:
        self.step()
        self.taken += 1
        self.arrived = self.left = self._after(self.left)

    def change(self, change: Change) -> None:
        name, value, index = change
        if index:
            getattr(self.weights, name)[index] = value
            self.left = self._after(self.arrived)
        else:
            setattr(self, name, value)


GENTLE = st.builds(
    RunConfig,
    width=st.just(5),
    rate=st.just(0.5),
    activation=st.sampled_from(["sigmoid", "tanh"]),
    loss=st.sampled_from(LOSS_NAMES),
    biases=st.booleans(),
    targets=st.sampled_from([(1, 0, 1, 0), (0, 0, 0, 1), (1, 1, 1, 1)]),
)
"""Runs in which rounding errors do not grow."""
SHAPES = weight_shapes(RunConfig(5, biases=True)).items()
TARGETS = ("rate", ()), ("momentum", ()), *((n, i) for n, s in SHAPES for i in np.ndindex(s))
STEP, VALUE = st.sampled_from([0, 1, 5, 20]), st.sampled_from([0.01, 0.1, 0.5])
MADE = st.lists(
    st.tuples(STEP, st.sampled_from(TARGETS), VALUE, st.sampled_from([1, -1, 6, -6])), max_size=6
)
"""Steps, targets, values, and factors of those that are weights."""


Target = tuple[str, tuple[int, ...]]


@given(GENTLE, MADE)
def test_a_changed_run_matches_a_plain_loop(
    config: RunConfig, made: list[tuple[int, Target, float, int]]
) -> None:
    run, plain, begun, norms = Trainer(config), Lesson(config), config, []
    live: dict[Target, float] = {("rate", ()): config.rate, ("momentum", ()): config.momentum}
    noted, seen = list[Intervention](), list[Snapshot]()
    for step in range(25):
        here: dict[Target, float] = {}
        for at, (name, index), value, factor in made:
            if at == step and (config.biases or name not in {"b1", "b2"}):
                change = name, value * (factor if index else 1), index
                run.intervene(*change)
                plain.change(change)
                here[name, index] = change[1]
        for target, value in sorted(here.items()):
            if target[1] or (step > 0 and value != live[target]):
                noted.append(Intervention(step, target[0], value, target[1]))
        live |= here
        shown = run.snapshot()
        seen.append(shown)
        begun = replace(config, rate=plain.rate, momentum=plain.momentum) if not step else begun
        slope = flat(gradient(plain.weights, config))
        np.testing.assert_allclose(flat(shown.weights), flat(plain.weights), rtol=1e-9, atol=1e-9)
        np.testing.assert_allclose(flat(shown.gradient), slope, rtol=1e-8, atol=1e-9)
        y = outputs(plain.weights, config)
        np.testing.assert_allclose(shown.outputs, y, rtol=1e-9)
        assert shown.loss == pytest.approx(float(loss(plain.weights, config)), rel=1e-8)
        assert (shown.config.rate, shown.config.momentum) == (plain.rate, plain.momentum)
        away = np.abs(np.subtract.outer(plain.errors, LIMITS))
        assume(away.min() > 1e-8)  # else rounding decides
        assert [shown.right_since, shown.learned_since] == [streak.since for streak in plain.left]
        assert [shown.record.right, shown.record.learned] == plain.arrived
        norms.append(np.linalg.norm(slope))
        run.advance(1)
        plain.advance()
    record, seen = run.record(), [*seen, run.snapshot()]
    assert (record.config, record.newest) == (begun, 25)
    assert [*record.interventions] == noted
    assert record.trace.steps.tolist() == list(range(26))
    assert record.trace.losses.tolist() == [shown.loss for shown in seen]
    np.testing.assert_array_equal(record.trace.outputs, [shown.outputs for shown in seen])
    np.testing.assert_allclose(record.trace.gradient_norms[:-1], norms, rtol=1e-8, atol=1e-9)


def assert_same_bits(mine: Snapshot, other: Snapshot) -> None:
    assert_same_state(mine, other)
    assert_same_trace(mine.trace, other.trace)
    assert mine.interventions == other.interventions


STEP_168 = 168, Halt.LEARNED
"""At which all errors of QUICK are small; a step before, its loss falls below 0.0256."""


@pytest.mark.parametrize(
    ("rules", "stops"),
    [
        *((NEVER, []), (StopRules(), []), (StopRules(None, when_learned=True), [STEP_168])),
        (StopRules(100), [(100, Halt.AT_STEP), (200, Halt.AT_STEP)]),
        (StopRules(None, at_loss=0.05), [(138, Halt.AT_LOSS)]),
        (StopRules(168, True, 0.0256), [(167, Halt.AT_LOSS), STEP_168]),
        (StopRules(168, True, 0.0128), [STEP_168, (219, Halt.AT_LOSS)]),
        (StopRules(166, True, 0.0256), [(166, Halt.AT_STEP), (167, Halt.AT_LOSS), STEP_168]),
    ],
)
def test_a_run_stops_where_a_rule_says(rules: StopRules, stops: list[tuple[int, Halt]]) -> None:
    for size in (1, BLOCK, 10**6):
        trainer, seen = Trainer(QUICK), []
        while trainer.step < 250:
            halt = trainer.advance(min(size, 250 - trainer.step), rules)
            assert trainer.advance(0, rules) is halt is trainer.snapshot().halt
            if halt is not None:
                seen.append((trainer.step, halt))
        assert seen == stops
        assert_same_bits(trainer.snapshot(), trained(QUICK, 250))


def test_a_weight_set_by_hand_ends_a_halt_and_its_last_value_counts() -> None:
    there, back = Trainer(QUICK), Trainer(QUICK)
    for trainer in (there, back):
        trainer.advance(1000, StopRules(at_step=100))
    own = float(there.weights.b2[0])  # type: ignore[index]
    for rate in (0.5, QUICK.rate):
        there.intervene("rate", rate)
        assert there.snapshot().halt is Halt.AT_STEP
    there.intervene("b2", 30.0, (0,))  # this breaks the streak
    assert (there.snapshot().halt, there.snapshot().right_since) == (None, None)
    assert there.loss > 1
    for trainer in (there, back):
        trainer.intervene("b2", own, (0,))  # and this repairs it
        trainer.advance(0)
        assert trainer.snapshot().right_since == 82
    assert_same_bits(there.snapshot(), back.snapshot())
    for trainer in (there, back):
        assert trainer.advance(100, StopRules(at_step=None, at_loss=1.0)) is None
    assert_same_bits(there.snapshot(), back.snapshot())


def test_a_run_can_be_changed_ten_thousand_times() -> None:
    trainer = Trainer(QUICK)
    made = tuple(Intervention(step, "rate", 0.5) for step in range(MOST_INTERVENTIONS))
    last = MOST_INTERVENTIONS - 1
    trainer.resume(
        replace(trainer.record(), interventions=(*made[:last], replace(made[-1], value=0.25))),
        replace(trainer.checkpoint(), step=last),
    )
    assert len(trainer.interventions) == MOST_INTERVENTIONS
    with pytest.raises(SettingError, match="at most 10000 times"):
        trainer.intervene("momentum", 0.25)
    trainer.intervene("momentum", QUICK.momentum)  # no change
    trainer.intervene("rate", 0.125)  # in place of the last
    assert trainer.interventions == (*made[:last], Intervention(last, "rate", 0.125))


def test_extreme_settings_stay_finite() -> None:
    config = RunConfig(64, 1000, 7, "relu", "cross-entropy", True, 0.999, init_range=100)
    snapshot = trained(config, 1000)
    assert snapshot.halt is None
    assert np.isfinite([*flat(snapshot.weights), *flat(snapshot.gradient), snapshot.loss]).all()


RELU = RunConfig(width=16, rate=1000, activation="relu", loss="cross-entropy")


def begin_with(monkeypatch: pytest.MonkeyPatch, start: Weights) -> None:
    """Make every new trainer start from these weights.

    From those of a seed no valid settings are known to overflow: the output saturates long before.
    """
    monkeypatch.setattr("xorviz.core.runs.trainer.initial_weights", lambda _: start)


def is_finite(config: RunConfig, weights: Weights) -> bool:
    return bool(np.isfinite([*flat(weights), float(loss(weights, config))]).all())


@pytest.mark.parametrize("kernel", KERNEL_NAMES)
@pytest.mark.parametrize(
    ("config", "seed", "scale", "last"),
    [
        (RELU, 0, 1e150, 2),
        (replace(RELU, momentum=0.9), 29, 1e150, 11),
        (replace(RELU, momentum=0.9, biases=True), 5, 1e150, 1),
        (replace(RELU, momentum=0.99, biases=True), 54, 1e145, 3),
    ],
)
def test_a_run_stops_at_its_last_finite_step_until_a_lower_rate_continues_it(
    monkeypatch: pytest.MonkeyPatch,
    config: RunConfig, seed: int, scale: float, last: int, kernel: str,
) -> None:  # fmt: skip
    start = initial_weights(replace(config, seed=seed)).each(lambda array: scale * array)
    begin_with(monkeypatch, start)
    trainer, singly = Trainer(config, kernel), Trainer(config, kernel)
    plain = Readable(config, start)
    assert trainer.advance(1000, StopRules(at_step=last)) is Halt.AT_STEP  # which comes first
    assert trainer.advance(1000) is Halt.DIVERGED
    seen = trainer.snapshot()
    assert (seen.step, seen.halt, seen.diverged_at) == (last, Halt.DIVERGED, last + 1)
    with np.errstate(all="ignore"):
        plain.step(last)
        assert is_finite(config, plain.weights)
        np.testing.assert_allclose(flat(seen.weights), flat(plain.weights), rtol=1e-12)
        plain.step()
        assert not is_finite(config, plain.weights)
    assert seen.loss == pytest.approx(float(loss(seen.weights, config)), rel=1e-12)
    shown = outputs(seen.weights, config)
    np.testing.assert_allclose(seen.outputs, shown, rtol=1e-12, atol=1e-100)
    assert np.isfinite([*flat(seen.gradient), *seen.trace.losses]).all()
    np.testing.assert_array_equal(seen.trace.steps, np.arange(last + 1))
    np.testing.assert_array_equal(seen.trace.outputs[-1], seen.outputs)
    assert not np.isinf(seen.trace.gradient_norms).any()

    while singly.advance(1) is None:
        pass
    for rules in (NEVER, StopRules(), StopRules(at_step=None, when_learned=True)):
        assert_same_bits(singly.snapshot(), seen)
        assert singly.advance(100, rules) is singly.snapshot().halt is Halt.DIVERGED
    singly.intervene("rate", 1e-9)
    singly.intervene("momentum", 0)
    assert singly.advance(100) is None
    assert (singly.step, singly.snapshot().diverged_at) == (last + 100, None)


@pytest.mark.parametrize("kernel", KERNEL_NAMES)
def test_a_divergence_after_several_blocks_is_found_at_its_step(
    monkeypatch: pytest.MonkeyPatch, kernel: str
) -> None:
    trainer = Trainer(overflowing(monkeypatch), kernel)
    trainer.intervene("rate", 5e-324)
    trainer.advance(3 * BLOCK - 1)
    trainer.intervene("rate", 1000)
    assert trainer.advance(1000) is Halt.DIVERGED
    assert trainer.step == 3 * BLOCK - 1 + 11


@pytest.mark.parametrize(
    ("name", "good", "bad"),
    [
        ("at_step", [1, 10**12, None], [0, -1, 10**12 + 1, 2.5, math.nan, True, "60000", [1]]),
        ("when_learned", [True, False], [1, 0, "on"]),
        ("when_correct", [True, False], [1, None]),
        ("at_plateau", [1e-9, 0.5, None], [0, 1, True, "1"]),
        ("plateau_steps", [1, 10**12], [0, None, True]),
        ("at_loss", [5e-324, 1e6, None], [0, -0.5, 1.1e6, math.nan, math.inf, True, "0.01"]),
    ],
)
def test_a_rule_takes_what_is_allowed(name: str, good: list[object], bad: list[object]) -> None:
    for value in good:
        assert getattr(StopRules(**{name: value}), name) == value  # type: ignore[arg-type]
    for value in bad:
        with pytest.raises(SettingError) as refused:
            StopRules(**{name: value})  # type: ignore[arg-type]
        assert str(refused.value) == f"{name} is {value!r}; allowed: {RULES[name].allowed}"


def test_the_default_limit_is_60_000_steps_and_the_next_one_the_next_multiple() -> None:
    assert StopRules() == StopRules(at_step=60_000, when_learned=False, at_loss=None)
    assert (DEFAULT_STEPS, DEFAULT_LOSS) == (60_000, 0.01)
    for step, limit in ((0, 100), (1, 100), (99, 100), (100, 200), (101, 200), (1000, 1100)):
        assert StopRules(at_step=100).next_limit(step) == limit
        assert NEVER.next_limit(step) is None


SERIES = st.tuples(st.sampled_from([0.4, 0.5, 0.6]), st.booleans(), st.booleans())


@given(st.lists(SERIES, min_size=1, max_size=8), st.booleans(), st.booleans(), st.booleans())
def test_the_first_index_at_which_a_condition_becomes_true_is_found(
    series: list[tuple[float, bool, bool]], when_correct: bool, when_learned: bool, at_loss: bool
) -> None:
    """What was true at the present step, index 0, becomes true only after it was not."""
    met = None
    on = {Halt.CORRECT: when_correct, Halt.LEARNED: when_learned, Halt.AT_LOSS: at_loss}
    for place in range(len(series) - 1, 0, -1):
        before, here = (
            (right, learned, loss <= 0.5) for loss, right, learned in series[place - 1 : place + 1]
        )
        rising = [h for h, was, holds in zip(on, before, here, strict=True) if holds and not was]
        met = next(((place, halt) for halt in rising if on[halt]), met)
    losses, right, learned = map(np.array, zip(*series, strict=True))
    rules = StopRules(60_000, when_learned, 0.5 if at_loss else None, when_correct)
    assert rules.first_met(right, learned, losses) == met
    assert rules.has_conditions == any(on.values())


def test_a_plateau_is_told_at_multiples_by_the_share_that_the_loss_has_fallen() -> None:
    rules = StopRules(at_plateau=0.25, plateau_steps=100)
    looks = [(rules.last_look(step), rules.next_look(step)) for step in (0, 99, 100, 101)]
    assert looks == [(0, 100), (0, 100), (100, 200), (100, 200)]
    assert (NEVER.last_look(5), NEVER.next_look(5)) == (None, MOST_STEPS)
    told = {now: rules.is_plateau((100, 1.0), 200, now) for now in (0.5, 0.75, 0.7500001, 2.0)}
    assert told == {0.5: False, 0.75: False, 0.7500001: True, 2.0: True}
    assert rules.is_plateau((100, 1.0), 200, math.nan)
    assert not rules.is_plateau((100, 1.0), 199, 1.0)
    assert not NEVER.is_plateau((100, 1.0), 200, 1.0)


def test_conditions_are_told_in_words() -> None:
    rules = StopRules(None, True, 0.05, True, 0.1)
    assert rules.texts() == ["when correct", "when learned", "at loss 0.05", "at a plateau"]
    assert NEVER.texts() == []
