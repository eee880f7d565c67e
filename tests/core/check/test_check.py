"""Checks of steps that the trainer's own functions take, and of steps that are changed by hand."""

import json
from collections.abc import Callable, Mapping
from dataclasses import replace
from itertools import permutations

import numpy as np
import pytest

from tests.support.cases import some
from xorviz.core.check import factors
from xorviz.core.check.check import check, check_slopes
from xorviz.core.check.factors import names_of
from xorviz.core.check.said import Said
from xorviz.core.check.step_check import (
    CANNOT_BE_TOLD,
    CORRECT,
    FAULTY,
    UNDECIDED,
    UNKNOWN,
    StepCheck,
)
from xorviz.core.network import (
    LOSSES,
    Weights,
    flat,
    gradient,
    initial_weights,
    loss,
    outputs,
    step,
    weights_of,
)
from xorviz.core.rules import SettingError
from xorviz.core.settings import ACTIVATION_NAMES, LOSS_NAMES, RunConfig

CONFIG = RunConfig(width=3, rate=0.5, biases=True, seed=0)
"""Its weights w2 have both signs."""
ALL_SAID = Said(rate=CONFIG.rate, loss="sse", activation="sigmoid", output="sigmoid", batch="full")


def states_of(config: RunConfig, count: int = 2) -> list[Weights]:
    """Return consecutive states of a network that the trainer's functions train."""
    seen, velocity = [initial_weights(config)], None
    while len(seen) < count:
        after, change = step(seen[-1], gradient(seen[-1], config), velocity, config)
        seen.append(after)
        velocity = change if config.momentum else None
    return seen


def by_row(start: Weights, config: RunConfig, rows: tuple[int, ...]) -> list[Weights]:
    """Return the weights around a step on each of some rows, by differences of the loss."""
    after = start
    for row in rows:
        numbers = flat(after)
        moved = weights_of(numbers + 1e-30j * np.eye(len(numbers)), config)
        errors = (outputs(moved, config.activation)[:, row] - config.targets[row]) ** 2
        after = weights_of(numbers - config.rate * errors.imag / 1e-30, config)
    return [start, after]


def names(found: StepCheck) -> dict[str, str]:
    return {name: finding.name for name, finding in found.arrays.items()}


@pytest.mark.parametrize("name", some(LOSS_NAMES, 2))
@pytest.mark.parametrize("activation", ACTIVATION_NAMES)
@pytest.mark.parametrize("biases", [False, True])
@pytest.mark.parametrize("rate", [None, CONFIG.rate])
def test_a_step_of_the_trainer_is_exact(
    name: str, activation: str, biases: bool, rate: float | None
) -> None:
    config = replace(CONFIG, loss=name, activation=activation, biases=biases, seed=4)
    states = states_of(config)
    found = check(states, Said(rate=rate, loss=name))
    assert set(names(found).values()) == {CORRECT}
    assert found.rule.to_dict() == {
        "loss": name, "rate": pytest.approx(0.5, rel=1e-9), "activation": activation,
        "output": "sigmoid", "batch": "full", "order": None, "momentum": None, "decay": None,
        "coding": "inputs 0/1, targets 0/1", "targets": [1, 0, 1, 0],
    }  # fmt: skip
    assert max(one.residual for one in found.arrays.values()) < 1e-9
    np.testing.assert_allclose(flat(found.exact), flat(found.yours), rtol=1e-9, atol=1e-12)
    unsaid = check(states).rule
    assert unsaid.loss in {"sse", "cross-entropy"}
    assert unsaid.rate == pytest.approx(0.5 * LOSSES[name].scale)


def test_another_factor_of_the_loss_is_no_fault_but_another_rate_is() -> None:
    states = states_of(CONFIG)
    half = check(states, replace(ALL_SAID, rate=2 * CONFIG.rate))
    assert (half.verdict, half.rule.rate, len(half.notes)) == (CORRECT, pytest.approx(0.5), 1)
    found = check(states, replace(ALL_SAID, rate=0.3))
    assert set(names(found).values()) == {factors.UNSAID_RATE}
    np.testing.assert_allclose(flat(found.exact), 0.6 * flat(found.yours), rtol=1e-9)


@pytest.mark.parametrize("first", [0, 5])
@pytest.mark.parametrize(("momentum", "width"), [(0.9, 2), (0.5, 3), (0.0, 3)])
def test_a_third_state_shows_momentum(first: int, momentum: float, width: int) -> None:
    config = replace(CONFIG, momentum=momentum, width=width)
    states = states_of(config, first + 3)[first:]
    found = check(states, Said(loss="sse"))
    assert found.verdict == CORRECT, found
    assert found.rule.momentum == pytest.approx(momentum, abs=1e-9)
    assert found.rule.rate == pytest.approx(CONFIG.rate)


@pytest.mark.parametrize("rate", [1e-3, 0.5])
@pytest.mark.parametrize("biases", [True, False])
@pytest.mark.parametrize(("rows",), some([(rows,) for rows in permutations(range(4))], 2))
def test_a_pass_over_the_rows_is_found_with_its_order(
    rows: tuple[int, ...], biases: bool, rate: float
) -> None:
    config = replace(CONFIG, rate=rate, biases=biases)
    states = by_row(initial_weights(config), config, rows)
    found = check(states)
    assert (found.verdict, found.rule.batch, found.rule.order) == (CORRECT, "pass", rows), found
    assert found.rule.rate == pytest.approx(rate, rel=1e-6)
    fast = replace(config, rate=4.0)
    states = by_row(initial_weights(fast), fast, rows)
    assert check(states, Said(batch="pass", rate=4.0, loss="mse")).rule.order == rows


@pytest.mark.parametrize("row", [0, 2, 3])
def test_along_one_row_the_rate_and_the_loss_must_be_said(row: int) -> None:
    states = by_row(initial_weights(CONFIG), CONFIG, (row,))
    found = check(states)
    assert (found.verdict, found.rule.batch, found.rule.order) == (UNDECIDED, "row", (row,))
    assert (found.rule.loss, found.rule.rate) == (None, None)
    assert check(states, Said(rate=0.5, loss="sse")).verdict == CORRECT


Change = Callable[[Weights, Weights], Weights]
"""Of the states around a step: what it leaves instead."""


@pytest.mark.parametrize(
    ("change", "expected"),
    [
        (lambda old, new: replace(new, b1=old.b1), {"b1": factors.NOT_UPDATED}),
        (lambda old, new: replace(new, b2=2 * old.b2 - new.b2), {"b2": factors.WRONG_SIGN}),
        (lambda old, new: new.each(lambda w, v: v + 3 * (w - v), old), {}),
        (lambda old, new: new.each(lambda w, v: w - 1e-3 * v, old), {}),
        (lambda old, new: new.each(lambda w, v: w - 1e-3 * np.sign(v), old), {}),
        (lambda old, new: replace(new, w1=new.w1 - 1e-3 * old.w1, w2=new.w2 - 1e-3 * old.w2), {}),
    ],
    ids=["b1 stays", "b2 turned", "another rate", "L2", "L1", "L2 of the weights alone"],
)  # fmt: skip
def test_findings(change: Change, expected: Mapping[str, str]) -> None:
    before, after = states_of(CONFIG)
    found = check([before, change(before, after)])
    assert names(found) == dict.fromkeys(names_of(before), CORRECT) | expected
    assert found.verdict == (FAULTY if expected else CORRECT)
    assert [repair.arrays for repair in found.repairs] == [(name,) for name in expected]


def test_the_decay_is_told() -> None:
    before, after = states_of(CONFIG)
    found = check([before, after.each(lambda new, old: new - 0.001 * old, before)])
    assert found.rule.decay == pytest.approx(0.001 / CONFIG.rate)


@pytest.mark.parametrize(("decimals", "verdict"), some([(8, CORRECT), (2, UNDECIDED)], 1))
@pytest.mark.parametrize("is_start_exact", [False, True])
def test_the_margin_knows_the_digits(decimals: int, verdict: str, is_start_exact: bool) -> None:
    states = states_of(replace(CONFIG, rate=2))
    printed = [state.each(lambda a: np.round(a, decimals)) for state in states]
    found = check([states[0], printed[1]] if is_start_exact else printed)
    assert found.verdict == verdict


@pytest.mark.thorough
def test_units_that_coincide_look_alike() -> None:
    found = check(states_of(replace(CONFIG, init="equal")))
    assert found.verdict == UNDECIDED


def test_it_is_faulty_where_every_explanation_is_a_fault() -> None:
    start = initial_weights(CONFIG)
    start = replace(start, w2=-np.abs(start.w2))  # where a lost sign is a wrong sign
    after, _ = step(start, gradient(start, CONFIG), None, CONFIG)
    assert check([start, after]).verdict == CORRECT
    found = check([start, replace(after, w1=2 * start.w1 - after.w1)])
    assert (found.verdict, found.arrays["w1"].name) == (FAULTY, CANNOT_BE_TOLD)


def test_other_targets_are_a_note_and_inverted_ones_a_fault() -> None:
    found = check(states_of(replace(CONFIG, targets=(0, 0, 0, 1))))
    assert (found.verdict, found.rule.targets) == (CORRECT, (0, 0, 0, 1))
    assert any("0 0 0 1" in note for note in found.notes)
    inverted = states_of(replace(CONFIG, targets=(0, 1, 0, 1)))
    assert set(names(check(inverted)).values()) == {factors.INVERTED}
    assert check(inverted, Said(targets=(0, 1, 0, 1))).verdict == CORRECT


@pytest.mark.parametrize(
    ("trained", "said", "fault"),
    [
        ("cross-entropy", "sse", factors.NO_SLOPE.format("output")),
        ("sse", "cross-entropy", factors.EXTRA_SLOPE),
    ],
)
def test_the_loss_decides_about_the_slope_of_the_output(
    trained: str, said: str, fault: str
) -> None:
    states = states_of(replace(CONFIG, loss=trained))
    assert check(states).verdict == CORRECT
    assert set(names(check(states, Said(loss=said))).values()) == {fault}


@pytest.mark.parametrize(
    ("change", "word"),
    some([
        (lambda old, new: old.each(lambda w, n: w + 0.01 * np.sign(n - w), new), "Adam"),
        (lambda old, new: replace(old, b2=new.b2), "b2"),
        (lambda old, new: new.each(lambda w: w + 0.01 * np.sin(1e3 * w)), "three states"),
        (lambda old, new: old.each(lambda w: 1e6 * w), ""),
        (lambda old, new: states_of(replace(CONFIG, momentum=0.9), 3)[2], "three states"),
    ], 1),
)  # fmt: skip
def test_what_nothing_explains_is_undecided(
    change: Change, word: str, recwarn: pytest.WarningsRecorder
) -> None:
    before, after = states_of(CONFIG)
    found = check([before, change(before, after)])
    assert (found.verdict, word in found.sentence) == (UNDECIDED, True)
    assert set(names(found).values()) <= {UNKNOWN, CANNOT_BE_TOLD}
    assert not recwarn.list


@pytest.mark.thorough
def test_a_way_to_look_at_it_that_fits_is_said() -> None:
    before, after = states_of(CONFIG)
    found = check([before, after], Said(batch="pass"))
    assert found.verdict == UNDECIDED
    assert "Without what was said" in found.sentence
    assert "swapped" in check([after, before]).sentence


@pytest.mark.parametrize(
    ("change", "message"),
    [
        (lambda w: w, "the same weights; save a copy before the step"),
        (lambda w: replace(w, b1=None), "b1 is in one state only; give all arrays of each"),
        (lambda w: replace(w, w2=w.w2[:2]), r"w2 has the shape \(3, 1\) in one state and \(2, 1\)"),
        (lambda w: w.each(lambda a: a * np.nan), "w1 is not finite in one state"),
    ],
)
def test_states_that_are_not_one_step_apart_are_refused(
    change: Callable[[Weights], Weights], message: str
) -> None:
    before = initial_weights(CONFIG)
    with pytest.raises(SettingError, match=message):
        check([before, change(before)])
    with pytest.raises(SettingError, match="allowed with cross-entropy: sigmoid"):
        check(states_of(CONFIG), Said(loss="cross-entropy", output="tanh"))


@pytest.mark.parametrize("count", some([2, 5], 1))
def test_several_steps_are_refused_with_their_number(count: int) -> None:
    states = states_of(CONFIG, count + 1)
    with pytest.raises(SettingError, match=f"^{count} steps lie between before and after"):
        check([states[0], states[-1]], Said(loss="sse", activation="sigmoid", output="sigmoid"))


def test_hidden_biases_may_be_alone() -> None:
    before, config = replace(initial_weights(CONFIG), b2=None), CONFIG
    slopes = gradient(replace(before, b2=np.zeros(1)), config)
    after = before.each(lambda w, d: w - 0.5 * d, replace(slopes, b2=None))
    found = check([before, after])
    assert names(found) == dict.fromkeys(("w1", "b1", "w2"), CORRECT)
    assert found.verdict == CORRECT


def test_the_inputs_are_not_changed_and_a_check_is_json() -> None:
    states = states_of(CONFIG)
    copies = [flat(state) for state in states]
    found = check(states)
    np.testing.assert_array_equal([flat(state) for state in states], copies)
    data = json.loads(json.dumps(found.to_dict(), allow_nan=False))
    assert list(data["arrays"]["w1"]) == ["finding", "rate", "residual", "next", "next_residual"]
    assert (data["verdict"], repr(found)) == (CORRECT, f"<StepCheck correct: {found.sentence}>")


def numerical(weights: Weights, config: RunConfig) -> Weights:
    """Return the gradient by central differences of the loss."""
    numbers = flat(weights)
    nudges = 1e-5 * np.eye(len(numbers))
    more, less = (loss(weights_of(numbers + nudge, config), config) for nudge in (nudges, -nudges))
    return weights_of((more - less) / 2e-5, config)


@pytest.mark.parametrize("name", LOSS_NAMES)
def test_gradients_are_those_of_differences_of_the_loss(name: str) -> None:
    config = replace(CONFIG, loss=name)
    weights = initial_weights(config)
    for slopes in (gradient(weights, config), numerical(weights, config)):
        found = check_slopes(weights, slopes, Said(loss=name))
        assert (found.verdict, found.rule.rate) == (CORRECT, pytest.approx(1)), found
        np.testing.assert_allclose(-flat(found.exact), flat(slopes), rtol=1e-6, atol=1e-9)


@pytest.mark.parametrize(
    ("factor", "name"),
    [(-1, factors.WRONG_SIGN), (3, factors.OTHER_RATE), (0, factors.NOT_UPDATED)],
)
def test_wrong_gradients_are_named(factor: float, name: str) -> None:
    weights = initial_weights(CONFIG)
    slopes = gradient(weights, CONFIG)
    wrong = replace(slopes, w1=factor * slopes.w1)
    found = check_slopes(weights, wrong, Said(loss="sse"))
    assert names(found) == dict.fromkeys(names_of(weights), CORRECT) | {"w1": name}


def test_gradients_with_another_factor_are_told_as_such() -> None:
    weights = initial_weights(CONFIG)
    half = gradient(weights, CONFIG).each(lambda a: a / 2)
    found = check_slopes(weights, half, Said(loss="sse"))
    assert (found.verdict, found.rule.rate) == (CORRECT, pytest.approx(0.5))
    assert check_slopes(weights, half).rule.loss == "half-sse"
    with pytest.raises(SettingError, match="all gradients are zero"):
        check_slopes(weights, half.each(np.zeros_like))
