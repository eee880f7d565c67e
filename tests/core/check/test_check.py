"""Checks of steps that the trainer's own functions take, and of steps that are changed by hand."""

import json
from collections.abc import Callable
from dataclasses import replace

import numpy as np
import pytest

from tests.support.cases import some
from xorviz.core.check.check import check, check_slopes
from xorviz.core.check.rules import rule
from xorviz.core.check.rules.row_terms import by_name, names_of
from xorviz.core.check.said import Said
from xorviz.core.check.search.settings import likely
from xorviz.core.check.search.shares import shares
from xorviz.core.check.search.step import step_of
from xorviz.core.check.step_check import CANNOT_BE_TOLD, CORRECT, FAULTY, UNDECIDED, UNKNOWN
from xorviz.core.network import (
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


def states_of(config: RunConfig, count: int = 2) -> list[Weights]:
    """Return consecutive states of a network that the trainer's functions train."""
    seen, velocity = [initial_weights(config)], None
    while len(seen) < count:
        after, change = step(seen[-1], gradient(seen[-1], config), velocity, config)
        seen.append(after)
        velocity = change if config.momentum else None
    return seen


def by_row(start: Weights, config: RunConfig, rows: tuple[int, ...]) -> Weights:
    """Return the weights after a step on each of some rows, by differences of the loss."""
    for row in rows:
        numbers = flat(start)
        moved = weights_of(numbers + 1e-30j * np.eye(len(numbers)), config)
        errors = (outputs(moved, config.activation)[:, row] - config.targets[row]) ** 2
        start = weights_of(numbers - config.rate * errors.imag / 1e-30, config)
    return start


def findings(states: list[Weights], said: Said | None = None) -> dict[str, str]:
    return {name: found.name for name, found in check(states, said).arrays.items()}


@pytest.mark.parametrize("name", some(LOSS_NAMES, 2))
@pytest.mark.parametrize("activation", ACTIVATION_NAMES)
@pytest.mark.parametrize("biases", [False, True])
def test_a_step_of_the_trainer_is_exact(name: str, activation: str, biases: bool) -> None:
    config = replace(CONFIG, loss=name, activation=activation, biases=biases, seed=4)
    found = check(states_of(config), Said(rate=config.rate))
    assert found.verdict == CORRECT, found
    assert found.rule.to_dict() == {
        "loss": name, "rate": pytest.approx(0.5, rel=1e-9), "activation": activation,
        "output": "sigmoid", "batch": "full", "order": None, "momentum": None,
        "coding": "inputs 0/1, targets 0/1", "targets": [1, 0, 1, 0],
    }  # fmt: skip
    assert max(one.residual for one in found.arrays.values()) < 1e-9
    assert min(one.next_residual or 0 for one in found.arrays.values()) > 1e-6


def test_only_the_rate_times_a_constant_of_the_loss_is_seen() -> None:
    found = check(states_of(replace(CONFIG, loss="mse", rate=2)))
    assert found.rule.loss == "sse"
    assert found.rule.rate == pytest.approx(0.5)
    assert "at rate 0.5 (or half of it at rate 1)" in found.sentence
    assert found.notes[0].endswith("is 1 on half of it, 2 on the mean and 4 on half the mean.")


def test_another_factor_of_the_loss_is_no_fault() -> None:
    found = check(states_of(CONFIG), Said(rate=1.0, loss="sse"))
    assert found.verdict == CORRECT
    assert "0.5 times as long as said" in found.notes[0]


def test_another_rate_than_said_is_a_fault_of_all_arrays() -> None:
    states = states_of(CONFIG)
    found = check(states, Said(rate=0.3, loss="sse"))
    assert set(findings(states, Said(rate=0.3, loss="sse")).values()) == {rule.UNSAID_RATE}
    slopes = gradient(states[0], CONFIG)
    np.testing.assert_allclose(found.exact.w1, -0.3 * slopes.w1, rtol=1e-9)
    assert found.repairs[0].wrong_code == "w1 -= 0.5 * X.T @ d_h"
    assert found.repairs[0].right_code == "w1 -= 0.3 * X.T @ d_h"


@pytest.mark.parametrize("first", [0, 5])
@pytest.mark.parametrize("width", [2, 3])
def test_a_third_state_shows_momentum(first: int, width: int) -> None:
    config = replace(CONFIG, momentum=0.9, width=width)
    states = states_of(config, first + 3)[first:]
    found = check(states, Said(rate=0.5, loss="sse"))
    assert found.verdict == CORRECT, found
    assert found.rule.momentum == pytest.approx(0.9, abs=1e-9)
    assert found.sentence.startswith("This is an exact full-batch gradient step on the sum of")
    assert "momentum 0.9" in found.sentence


def test_without_momentum_a_third_state_changes_nothing() -> None:
    found = check(states_of(CONFIG, 3))
    assert (found.verdict, found.rule.momentum) == (CORRECT, 0)


@pytest.mark.thorough
def test_momentum_in_two_states_asks_for_a_third() -> None:
    found = check(states_of(replace(CONFIG, momentum=0.9), 3)[1:])
    assert found.verdict == UNDECIDED
    assert set(findings(states_of(replace(CONFIG, momentum=0.9), 3)[1:]).values()) == {UNKNOWN}
    assert "give three states" in found.sentence
    *earlier, last = states_of(CONFIG, 3)
    unknown = check([*earlier, last.each(lambda a: np.asarray(a + np.sin(a)))])
    assert unknown.verdict == UNDECIDED
    assert "give three states" not in unknown.sentence


@pytest.mark.parametrize(("rate", "rows"), [(1e-3, (2, 0, 3, 1)), (4.0, (1, 3, 2, 0))])
def test_a_pass_over_the_rows_is_found_with_its_order(rate: float, rows: tuple[int, ...]) -> None:
    config = replace(CONFIG, rate=rate)
    start = initial_weights(config)
    found = check([start, by_row(start, config, rows)])
    assert found.verdict == CORRECT, found
    assert (found.rule.batch, found.rule.order) == ("pass", rows)
    assert found.rule.rate == pytest.approx(rate, rel=1e-6)
    assert f"a gradient step for each on the squared error at rate {rate:g}" in found.sentence


def test_along_one_row_the_rate_and_the_loss_must_be_said() -> None:
    start = initial_weights(CONFIG)
    states = [start, by_row(start, CONFIG, (2,))]
    found = check(states)
    assert (found.verdict, found.rule.batch, found.rule.order) == (UNDECIDED, "row", (2,))
    assert (found.rule.loss, found.rule.rate) == (None, None)
    assert "say rate and loss" in found.sentence
    assert check(states, Said(rate=0.5, loss="sse")).verdict == CORRECT
    assert findings(states, Said(batch="full", rate=0.5, loss="sse")) == dict.fromkeys(
        names_of(start), rule.ONE_ROW
    )


def rounded(states: list[Weights], decimals: int) -> list[Weights]:
    return [state.each(lambda a: np.asarray(np.round(a, decimals))) for state in states]


@pytest.mark.thorough
def test_the_margin_knows_the_digits() -> None:
    states = states_of(replace(CONFIG, rate=2))
    eight, two = check(rounded(states, 8)), check(rounded(states, 2))
    assert eight.verdict == CORRECT
    assert eight.sentence.startswith("As far as the digits tell, this is an exact")
    assert two.verdict == UNDECIDED
    assert CANNOT_BE_TOLD in {found.name for found in two.arrays.values()}
    assert "Give more than 2 digits" in two.sentence


@pytest.mark.thorough
def test_coinciding_units_look_alike() -> None:
    found = check(states_of(replace(CONFIG, init="equal")))
    assert found.verdict == UNDECIDED
    assert {found.arrays["w1"].name, found.arrays["b1"].name} == {CANNOT_BE_TOLD}


def test_what_would_be_the_same_with_a_fault_is_said() -> None:
    start = initial_weights(CONFIG)
    start = replace(start, w2=np.abs(start.w2))
    after, _ = step(start, gradient(start, CONFIG), None, CONFIG)
    found = check([start, after])
    assert found.verdict == UNDECIDED
    assert found.arrays["w1"].next == rule.W2_SIGN_LOST
    assert found.sentence == (
        "This is an exact full-batch gradient step on the sum of squared errors at rate 0.5 (or "
        "half of it at rate 1), but w1 and b1 would look the same with “sign of w2 lost”. A step "
        "from other random weights would tell."
    )


def test_it_is_faulty_where_every_explanation_is_a_fault() -> None:
    start = initial_weights(CONFIG)
    start = replace(start, w2=-np.abs(start.w2))  # where a lost sign is a wrong sign
    after, _ = step(start, gradient(start, CONFIG), None, CONFIG)
    found = check([start, replace(after, w1=2 * start.w1 - after.w1)])
    assert found.verdict == FAULTY
    assert found.arrays["w1"].name == CANNOT_BE_TOLD
    assert "w1 is wrong: “wrong sign” and “sign of w2 lost” look alike" in found.sentence or (
        "w1 is wrong: “sign of w2 lost” and “wrong sign” look alike" in found.sentence
    )


def test_an_array_that_is_not_updated_is_named_with_the_line() -> None:
    before, after = states_of(CONFIG)
    found = check([before, replace(after, b1=before.b1)])
    assert {name: one.name for name, one in found.arrays.items()} == {
        "w1": CORRECT, "b1": rule.NOT_UPDATED, "w2": CORRECT, "b2": CORRECT,
    }  # fmt: skip
    assert found.sentence == (
        "b1: not updated. w1, w2 and b2 are exact, as in a full-batch gradient step on the sum of "
        "squared errors at rate 0.5 (or half of it at rate 1)."
    )
    assert found.repairs[0].right_code == "b1 -= rate * d_h.sum(axis=0)"
    slopes = gradient(before, CONFIG).b1
    assert slopes is not None
    assert f"leaves b1[{np.abs(slopes).argmax()}] as it was" in found.repairs[0].says


@pytest.mark.parametrize("with_biases", [False, True])
def test_weights_that_decay_are_named(with_biases: bool) -> None:
    before, after = states_of(CONFIG)
    decayed = after.each(lambda new, old: new - 0.001 * old, before)
    if not with_biases:
        decayed = replace(decayed, b1=after.b1, b2=after.b2)
    expected = dict.fromkeys(names_of(before), rule.DECAYED)
    kept = {} if with_biases else {"b1": CORRECT, "b2": CORRECT}
    assert findings([before, decayed]) == expected | kept


def test_arrays_may_hold_different_shares() -> None:
    before, after = states_of(CONFIG)
    decayed = replace(after, w1=after.w1 - 1e-4 * before.w1, w2=after.w2 - 5e-4 * before.w2)
    taken, along = step_of(before, decayed, None), by_name(before)
    found = {round(share, 9) for share, _ in shares(taken, along, likely(taken, Said(), along))}
    assert found >= {-1e-4, -5e-4}


def test_other_targets_are_a_note_and_inverted_ones_a_fault() -> None:
    states = states_of(replace(CONFIG, targets=(0, 0, 0, 1)))
    found = check(states)
    assert (found.verdict, found.rule.targets) == (CORRECT, (0, 0, 0, 1))
    assert "The targets are those of x1 and x2 (0 0 0 1 for 00, 01, 10, 11), not of XOR." in (
        found.notes
    )
    inverted = states_of(replace(CONFIG, targets=(0, 1, 0, 1)))
    assert set(findings(inverted).values()) == {rule.TARGETS_INVERTED}
    assert check(inverted, Said(targets=(0, 1, 0, 1))).verdict == CORRECT


def test_cross_entropy_says_what_it_would_be_of_squared_errors() -> None:
    states = states_of(replace(CONFIG, loss="cross-entropy"))
    assert any("the slope y(1−y) of the output is left out" in n for n in check(states).notes)
    said = Said(loss="sse")
    assert set(findings(states, said).values()) == {rule.NO_OUTPUT_SLOPE}
    condition = "is right if cross-entropy is your loss."
    assert condition in check(states).sentence
    assert condition not in check(states, Said(loss="cross-entropy")).sentence


def test_a_first_step_of_adam_is_recognised() -> None:
    before = initial_weights(CONFIG)
    after = before.each(lambda w, d: w - 0.01 * np.sign(d), gradient(before, CONFIG))
    found = check([before, after])
    assert found.verdict == UNDECIDED
    assert "as in the first step of Adam" in found.sentence
    assert found.rule.to_dict() == dict.fromkeys(found.rule.to_dict())


@pytest.mark.thorough
def test_huge_weights_raise_nothing(recwarn: pytest.WarningsRecorder) -> None:
    before = initial_weights(CONFIG).each(lambda a: 1e6 * a)
    found = check([before, before.each(lambda a: a * 1.01)], Said(batch="pass"))
    assert found.verdict == UNDECIDED
    assert not recwarn.list


@pytest.mark.parametrize("count", [2, 5])
def test_several_steps_are_refused_with_their_number(count: int) -> None:
    states = states_of(CONFIG, count + 1)
    with pytest.raises(SettingError, match=f"^{count} steps lie between before and after"):
        check([states[0], states[-1]])


def without_biases(weights: Weights) -> Weights:
    return Weights(weights.w1, None, weights.w2, None)


@pytest.mark.parametrize(
    ("change", "message"),
    [
        (lambda w: w, "the same weights; save a copy before the step"),
        (without_biases, "b1 is in one state only; give all arrays of each"),
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


def test_a_loss_and_an_output_that_do_not_go_together_are_refused() -> None:
    with pytest.raises(SettingError, match="allowed with cross-entropy: sigmoid"):
        check(states_of(CONFIG), Said(loss="cross-entropy", output="tanh"))


def test_the_inputs_are_not_changed() -> None:
    states = states_of(CONFIG)
    copies = [flat(state) for state in states]
    check(states)
    np.testing.assert_array_equal([flat(state) for state in states], copies)


def numerical(weights: Weights, config: RunConfig) -> Weights:
    """Return the gradient by central differences of the loss."""
    numbers = flat(weights)
    nudges = 1e-5 * np.eye(len(numbers))
    more, less = (loss(weights_of(numbers + nudge, config), config) for nudge in (nudges, -nudges))
    return weights_of((more - less) / 2e-5, config)


@pytest.mark.parametrize("name", LOSS_NAMES)
def test_exact_gradients_are_those_of_differences_of_the_loss(name: str) -> None:
    config = replace(CONFIG, loss=name)
    weights = initial_weights(config)
    found = check_slopes(weights, gradient(weights, config), Said(loss=name))
    assert found.verdict == CORRECT, found
    assert found.sentence.startswith("These are the exact gradients of ")
    slopes = flat(numerical(weights, config))
    np.testing.assert_allclose(-flat(found.exact), slopes, rtol=1e-6, atol=1e-9)


def test_wrong_gradients_are_named() -> None:
    weights = initial_weights(CONFIG)
    slopes = gradient(weights, CONFIG)
    found = check_slopes(weights, replace(slopes, w1=-slopes.w1), Said(loss="sse"))
    assert {name: one.name for name, one in found.arrays.items()} == {
        "w1": rule.WRONG_SIGN, "b1": CORRECT, "w2": CORRECT, "b2": CORRECT,
    }  # fmt: skip
    assert found.sentence.endswith("exact, as in the gradients of the sum of squared errors.")
    turned = check_slopes(weights, slopes.each(np.negative), Said(loss="sse"))
    assert {one.name for one in turned.arrays.values()} == {rule.WRONG_SIGN}
    tripled = check_slopes(weights, replace(slopes, w1=3 * slopes.w1), Said(loss="sse"))
    assert tripled.arrays["w1"].name == rule.OTHER_RATE
    assert tripled.repairs[0].wrong_code == "d_w1 = 3 * X.T @ d_h"
    missing = check_slopes(weights, replace(slopes, b2=np.zeros(1)), Said(loss="sse"))
    assert missing.arrays["b2"].name == rule.NOT_UPDATED
    assert missing.repairs[0].wrong_code == "d_b2 = 0"


def test_gradients_with_another_factor_are_told_as_such() -> None:
    weights = initial_weights(CONFIG)
    half = gradient(weights, CONFIG).each(lambda a: a / 2)
    found = check_slopes(weights, half, Said(loss="sse"))
    assert found.verdict == CORRECT
    assert "exact gradients of the sum of squared errors, times 0.5" in found.sentence
    assert check_slopes(weights, half).rule.loss == "half-sse"
    with pytest.raises(SettingError, match="all gradients are 0"):
        check_slopes(weights, half.each(np.zeros_like))


def test_a_check_prints_its_sentence_and_is_json() -> None:
    found = check(states_of(CONFIG))
    assert repr(found) == f"<StepCheck correct: {found.sentence}>"
    data = json.loads(json.dumps(found.to_dict(), allow_nan=False))
    assert list(data["arrays"]["w1"]) == ["finding", "rate", "residual", "next", "next_residual"]
    assert data["verdict"] == CORRECT


@pytest.mark.parametrize("name", ["sse", "mse"])
def test_the_mean_over_one_row_is_its_squared_error(name: str) -> None:
    start = initial_weights(CONFIG)
    found = check([start, by_row(start, CONFIG, (2, 0, 3, 1))], Said(rate=0.5, loss=name))
    assert found.verdict == CORRECT
    assert found.notes == ()
    assert "with a gradient step for each on the squared error at rate 0.5" in found.sentence


def test_one_fault_in_both_layers_is_one_fault() -> None:
    """The derivative of a sigmoid, x(1-x), is given the inputs z of both layers."""
    start = initial_weights(CONFIG)
    x, t = np.array([(1, 0), (0, 0), (0, 1), (1, 1)], float), np.array(CONFIG.targets)[:, None]
    z = x @ start.w1 + start.b1
    h = 1 / (1 + np.exp(-z))
    z_y = h @ start.w2 + start.b2
    d_y = (1 / (1 + np.exp(-z_y)) - t) * z_y * (1 - z_y)
    d_h = d_y @ start.w2.T * z * (1 - z)
    slopes = Weights(x.T @ d_h, d_h.sum(axis=0), h.T @ d_y, d_y.sum(axis=0))
    after = start.each(lambda w, d: w - 0.5 * d, slopes)
    assert findings([start, after]) == dict.fromkeys(names_of(start), rule.SLOPE_OF_INPUT)


@pytest.mark.thorough
def test_states_of_unlike_precision_are_compared_by_the_coarser() -> None:
    before, after = states_of(replace(CONFIG, rate=2))
    assert check([before, *rounded([after], 8)]).verdict == CORRECT


def test_what_contradicts_a_step_is_said() -> None:
    found = check(states_of(CONFIG), Said(batch="pass"))
    assert found.verdict == UNDECIDED
    assert "Without what was said, it is an exact full-batch gradient step" in found.sentence
    before, after = states_of(CONFIG)
    assert "the two are swapped" in check([after, before]).sentence


def test_a_slope_that_cross_entropy_has_not_is_named() -> None:
    states = states_of(CONFIG)
    said = Said(loss="cross-entropy")
    assert findings(states, said) == dict.fromkeys(names_of(states[0]), rule.EXTRA_SLOPE)
    assert check(states, said).repairs[0].right_code == "d_y = y - t"


def test_a_change_of_one_number_shows_nothing() -> None:
    before, after = states_of(CONFIG)
    found = check([before, replace(before, b2=after.b2)])
    assert found.verdict != CORRECT
    assert found.arrays["b2"].name == CANNOT_BE_TOLD


@pytest.mark.thorough
def test_a_pass_without_biases_in_which_w2_does_not_move() -> None:
    config = replace(CONFIG, biases=False)
    start = initial_weights(config)
    ended = by_row(start, config, (1, 2, 0, 3))
    assert findings([start, ended]) == {"w1": CORRECT, "w2": CORRECT}
    still = start
    for row in (1, 2, 0, 3):
        still = replace(still, w1=by_row(still, config, (row,)).w1)
    assert findings([start, still]) == {"w1": CORRECT, "w2": rule.NOT_UPDATED}


def test_a_network_that_did_not_move_before_has_no_velocity() -> None:
    before, after = states_of(CONFIG)
    assert check([before, before, after]).rule.momentum == 0


@pytest.mark.thorough
def test_coinciding_units_in_32_bit_ask_for_64() -> None:
    states = states_of(replace(CONFIG, init="equal"))
    found = check([s.each(lambda a: a.astype(np.float32).astype(float)) for s in states])
    assert found.verdict == UNDECIDED
    assert "64 bit (float64) would tell" in found.sentence


def test_gradients_that_nothing_explains_are_unknown() -> None:
    random = np.random.default_rng(1)
    weights = initial_weights(CONFIG)
    noise = weights.each(lambda a: random.normal(size=a.shape))
    found = check_slopes(weights, noise)
    assert found.verdict == UNDECIDED
    assert "The reason may be several faults at once" in found.sentence


def test_gradients_by_differences_are_exact_enough() -> None:
    weights = initial_weights(CONFIG)
    found = check_slopes(weights, numerical(weights, CONFIG), Said(loss="sse"))
    assert found.verdict == CORRECT


def test_without_a_velocity_no_share_of_it_is_looked_for() -> None:
    before, after = states_of(CONFIG)
    found = check([before, before, replace(after, w1=after.w1 + 0.01)])
    assert found.verdict == UNDECIDED
    assert found.arrays["w1"].name == UNKNOWN
