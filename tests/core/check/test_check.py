"""Checks of steps that the trainer's own functions take, and of steps that are changed by hand."""

import json
from collections.abc import Callable, Iterable
from dataclasses import replace
from itertools import combinations, permutations
from typing import Any

import numpy as np
import pytest

from tests.support.cases import some
from tests.support.snapshots import taken
from xorviz.core.check import factors
from xorviz.core.check.check import check, check_slopes
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
    weights_of,
)
from xorviz.core.rules import SettingError
from xorviz.core.settings import ACTIVATION_NAMES, LOSS_NAMES, RunConfig
from xorviz.core.truth_table import ROWS

CONFIG = RunConfig(width=3, rate=0.5, biases=True, seed=0)
"""Its weights w2 have both signs."""
START = initial_weights(CONFIG)


def after(config: RunConfig = CONFIG, count: int = 1) -> Weights:
    """Return the weights after some steps of the trainer."""
    return taken(initial_weights(config), config, count)[-1]


def by_row(config: RunConfig, rows: Iterable[Any]) -> list[Weights]:
    """Return the weights around a step on each of some rows or batches, by differences."""
    start = weights = initial_weights(config)
    for row in rows:
        numbers = flat(weights)
        moved = weights_of(numbers + 1e-30j * np.eye(len(numbers)), config)
        used = np.atleast_1d(row)
        errors = (outputs(moved, config)[:, used] - np.take(config.targets, used)) ** 2
        weights = weights_of(numbers - config.rate * errors.sum(axis=1).imag / 1e-30, config)
    return [start, weights]


def names_in(states: list[Weights], said: Said | None = None) -> set[str]:
    return {finding.name for finding in check(states, said).arrays.values()}


@pytest.mark.parametrize("name", some(LOSS_NAMES, 2))
@pytest.mark.parametrize("activation", ACTIVATION_NAMES)
@pytest.mark.parametrize("biases", some([False, True], 1))
def test_a_step_of_the_trainer_is_exact(name: str, activation: str, biases: bool) -> None:
    config = replace(CONFIG, loss=name, activation=activation, biases=biases, seed=4)
    states = [initial_weights(config), after(config)]
    found = check(states, Said(rate=config.rate, loss=name))
    assert found.verdict == CORRECT, found
    assert check([*states, after(config, 2)]).rule.momentum == 0
    assert found.rule.to_dict() == {
        "loss": name, "rate": pytest.approx(0.5, rel=1e-9), "activation": activation,
        "output": "sigmoid", "batch": "full", "order": None, "momentum": None, "decay": None,
        "optimizer": "gradient-descent",
        "coding": "inputs 0/1, targets 0/1", "targets": [1, 0, 1, 0],
    }  # fmt: skip
    assert max(one.residual for one in found.arrays.values()) < 1e-9
    np.testing.assert_allclose(flat(found.exact), flat(found.yours), rtol=1e-9, atol=1e-12)
    unsaid = check(states)  # where only the product of rate and loss can be seen
    assert (unsaid.verdict, unsaid.rule.loss in {"sse", "cross-entropy"}) == (CORRECT, True)
    assert unsaid.rule.rate == pytest.approx(0.5 * LOSSES[name].scale)


def test_another_factor_of_the_loss_is_no_fault_but_another_rate_is() -> None:
    states = [START, after()]
    assert check(states, Said(rate=1.0, loss="sse")).rule.rate == pytest.approx(0.5)
    found = check(states, Said(rate=0.3, loss="sse"))
    assert {one.name for one in found.arrays.values()} == {factors.UNSAID_RATE}
    np.testing.assert_allclose(flat(found.exact), 0.6 * flat(found.yours), rtol=1e-9)


def scaled(names: str, scale: float, config: RunConfig = CONFIG) -> list[Weights]:
    """Return the weights around a step in which the changes of some arrays have another scale."""
    start = initial_weights(config)
    slopes = gradient(start, config)
    faulty = {name: scale * getattr(slopes, name) for name in names.split()}
    return [start, start.each(lambda w, d: w - config.rate * d, replace(slopes, **faulty))]


@pytest.mark.parametrize("seed", some(range(3), 1))
def test_of_two_rates_the_one_that_is_said_is_right(seed: int) -> None:
    config = replace(CONFIG, biases=False, width=2, seed=seed)
    found = check(scaled("w1", 2, config), Said(rate=0.5, loss="sse"))
    assert {name: one.name for name, one in found.arrays.items()} == {
        "w1": factors.OTHER_RATE, "w2": CORRECT
    }  # fmt: skip
    assert found.rule.rate == pytest.approx(0.5)
    wider = replace(config, width=3)
    rounded = [state.each(lambda array: array.round(6)) for state in scaled("w1", 2, wider)]
    few = check(rounded, Said(rate=0.5, loss="sse"))
    assert few.arrays["w2"].name in {CORRECT, CANNOT_BE_TOLD}
    found = check(scaled("w1 b1 b2", 2), Said(rate=0.5, loss="sse"))
    assert [name for name, one in found.arrays.items() if one.name == CORRECT] == ["w2"]


def test_each_other_rate_is_a_fault_of_its_own() -> None:
    faulty, mean = scaled("w1", 2)[1], scaled("b1", 1 / 4)[1]
    found = check([START, replace(faulty, b1=mean.b1)], Said(rate=0.5, loss="sse"))
    assert {name: one.name for name, one in found.arrays.items()} == {
        "w1": factors.OTHER_RATE, "b1": factors.MEAN_FOR_SUM, "w2": CORRECT, "b2": CORRECT
    }  # fmt: skip


def test_one_row_at_the_rate_that_is_said_is_no_batch_at_a_multiple() -> None:
    """A ReLU as output would answer 0 to all rows but 01, which are then of no account."""
    w1, w2 = np.array([[1.4926, 0.5531], [-0.1926, 1.3053]]), np.array([[-0.0324], [-0.0039]])
    h = np.tanh(w1[1])
    d_h = (h @ w2 - 1) * w2[:, 0] * (1 - h**2)
    slopes = np.array([0 * d_h, d_h]), np.outer(h, h @ w2 - 1)
    states = [Weights(w1, None, w2, None)]
    states.append(Weights(w1 - 0.5 * slopes[0], None, w2 - 0.5 * slopes[1], None))
    found = check(states, Said(rate=0.5, loss="half-mse"))
    assert (found.verdict, found.rule.order) == (CORRECT, (2,))


@pytest.mark.parametrize(
    ("scale", "fault"), [(1 / 4, factors.MEAN_FOR_SUM), (3, factors.OTHER_RATE)]
)
def test_the_array_that_differs_from_all_others_is_the_wrong_one(scale: float, fault: str) -> None:
    found = check(scaled("w2", scale))
    assert {name: one.name for name, one in found.arrays.items()} == {
        **dict.fromkeys(("w1", "b1", "b2"), CORRECT), "w2": fault
    }  # fmt: skip


def test_along_the_step_before_momentum_may_look_like_another_rate() -> None:
    slopes, said = gradient(START, CONFIG), Said(rate=0.3, loss="sse")
    earlier, before = START.each(lambda w, d: w + 0.3 * d, slopes), START
    after_momentum = START.each(lambda w, d: w - 0.5 * d, slopes)
    assert names_in([before, after_momentum], said) == {factors.UNSAID_RATE}
    assert names_in([earlier, before, after_momentum], said) == {CANNOT_BE_TOLD}


@pytest.mark.parametrize(("momentum", "verdict"), [(0.9, CORRECT), (1.9, UNDECIDED)])
def test_momentum_is_below_one(momentum: float, verdict: str) -> None:
    step = START.each(lambda w: 0.01 * np.cos(np.arange(w.size)).reshape(w.shape))
    moved = START.each(lambda w, v, d: w + momentum * v - 0.5 * d, step, gradient(START, CONFIG))
    found = check([START.each(lambda w, v: w - v, step), START, moved])
    assert (found.verdict, found.rule.momentum) == (verdict, 0.9 if verdict == CORRECT else None)


def test_inverted_targets_do_not_look_like_decay() -> None:
    """Without biases row 00 changes all of w2 by as much, as a decay of signs does."""
    config = replace(CONFIG, biases=False, loss="cross-entropy", targets=(0, 1, 0, 1))
    start = replace(initial_weights(config), w2=-np.array([[0.3], [0.9], [1.7]]))
    slopes = gradient(start, config)
    states = [start, start.each(lambda w, d: w - 0.5 * d, slopes)]
    assert names_in(states, Said(rate=0.5)) == {factors.INVERTED}


RATES = [(1e-3, Said()), (0.1, Said()), (4.0, Said(rate=4.0, loss="mse"))]


@pytest.mark.parametrize("number", some(range(24), 3))
def test_a_pass_over_the_rows_is_found_with_its_order(number: int) -> None:
    """Every order has one of the rates, and every rate biases or none: orders are alike."""
    rows = list(permutations(range(4)))[number]
    rate, said = RATES[number % 3]
    found = check(by_row(replace(CONFIG, rate=rate, biases=number % 2 == 0), rows), said)
    assert (found.verdict, found.rule.batch, found.rule.order) == (CORRECT, "pass", rows)
    assert found.rule.rate == pytest.approx(rate, rel=1e-6)


@pytest.mark.parametrize("row", [0, 2, 3])
def test_along_one_row_the_rate_and_the_loss_must_be_said(row: int) -> None:
    states = by_row(CONFIG, (row,))
    found = check(states)
    assert (found.verdict, found.rule.batch, found.rule.order) == (UNDECIDED, "row", (row,))
    assert (found.rule.loss, found.rule.rate) == (None, None)
    assert check(states, Said(rate=0.5, loss="sse")).verdict == CORRECT


def test_arrays_beside_a_wrong_one_follow_one_row_up_to_a_factor() -> None:
    start, end = by_row(CONFIG, (0,))
    faulty = replace(end, b1=start.each(lambda w, new: 2 * new - w, end).b1)
    assert "b2 follow the gradient up to one factor; b1 does not" in check([start, faulty]).sentence
    still = check([start, replace(end, b1=start.b1)])
    assert still.arrays["b1"].name == factors.NOT_UPDATED
    assert "w1, w2 and b2 follow the gradient of row 10 up to one factor" in still.sentence


def test_one_row_is_explained_at_the_rate_that_is_said_before_any_other() -> None:
    """In 32 bit, many models explain w1 and b1 at some rate, where w2 and b2 have the one said."""
    random = np.random.default_rng(32035)
    w1, b1, w2, b2 = (random.normal(size=shape) for shape in ((2, 5), 5, (5, 1), 1))
    h = np.tanh(w1.sum(axis=0) + b1)
    y = np.tanh(h @ w2 + b2)
    error, rate = 2 * (y + 1), 0.05  # of row 11, with targets of -1 and 1
    d_h = error * w2[:, 0] * (1 - h**2)  # without the slope of the output
    d_y = error * (1 - y**2)
    slopes = Weights(np.array([d_h, d_h]), d_h, np.outer(h, d_y), d_y)
    start = Weights(w1, b1, w2, b2)
    states = [start, start.each(lambda w, d: w - rate * d, slopes)]
    single = [weights.each(lambda array: array.astype(np.float32)) for weights in states]
    found = check(single, Said(rate=rate, loss="sse"))
    assert found.verdict == FAULTY
    assert [name for name, one in found.arrays.items() if one.name == CORRECT] == ["w2", "b2"]


@pytest.mark.parametrize(
    "rows", some([[*rows] for n in (3, 2) for rows in combinations(range(4), n)], 1)
)
def test_a_batch_of_some_rows_is_never_faulty(rows: list[int]) -> None:
    """Row 00 changes nothing in w1, which then looks as if one row or all were used."""
    states = by_row(CONFIG, [rows])
    for said in (Said(), Said(rate=0.5, loss="sse"), Said(batch="full")):
        found = check(states, said)
        assert found.verdict in {CORRECT, UNDECIDED}, found
        assert found.verdict == UNDECIDED or found.rule.order == tuple(rows)


def test_an_array_without_a_gradient_is_not_judged() -> None:
    found = check(by_row(CONFIG, (ROWS.index((0, 0)),)), Said(rate=0.5, loss="sse"))
    assert found.verdict == UNDECIDED
    assert {name for name, one in found.arrays.items() if one.name == CORRECT} == {"b1", "w2", "b2"}
    assert found.arrays["w1"].name == CANNOT_BE_TOLD


def test_a_gradient_that_is_all_but_0_tells_as_little() -> None:
    tiny = Weights(np.full((2, 3), 1e-300), np.full(3, 1e-160), START.w2, np.full(1, 1e-300))
    moved = replace(tiny, w2=tiny.w2 + 1e-3)
    assert check([tiny, moved], Said(batch="pass")).verdict == UNDECIDED


@pytest.mark.parametrize("names", [factors.ARRAYS, ("w1", "w2")])
@pytest.mark.parametrize("share", [lambda w: 0.001 * w, lambda w: 0.001 * np.sign(w)])
def test_a_share_of_the_weights_that_is_taken_away_is_decay(
    names: tuple[str, ...], share: Callable[[Weights], Weights]
) -> None:
    taken = {name: getattr(after(), name) - share(getattr(START, name)) for name in names}
    found = check([START, replace(after(), **taken)])
    assert found.verdict == CORRECT
    assert found.rule.decay == pytest.approx(0.002)


DECAYS: dict[str, dict[str, Callable[[Any], Any]]] = {
    "of w2": {"w2": lambda w: w},
    "of signs": {"w1": np.sign},
    "of both kinds": dict.fromkeys(("w1", "w2"), lambda w: w + np.sign(w) / 3),
    "two rates": {"w1": lambda w: w, "w2": lambda w: w / 3},
}


@pytest.mark.parametrize("kinds", some(DECAYS, 1))
def test_decay_may_differ_by_array(kinds: str) -> None:
    decay = DECAYS[kinds]
    changed = {
        name: getattr(after(), name) - 0.001 * kind(getattr(START, name))
        for name, kind in decay.items()
    }
    last = replace(after(), **changed)
    earlier = START.each(lambda w, new: w - (new - w), after())
    for states in ([START, last], [earlier, START, last]):
        found = check(states)
        assert (found.verdict, "weight decay" in found.sentence) == (CORRECT, True)
        assert any(f"weight decay in {name}" in found.sentence for name in decay)


@pytest.mark.parametrize("limit", some([0.02, 0.05, 0.1], 1))
def test_clipped_numbers_are_no_fault(limit: float) -> None:
    slopes = gradient(START, CONFIG).each(lambda g: np.clip(g, -limit, limit))
    assert check([START, START.each(lambda w, g: w - 0.5 * g, slopes)]).verdict == UNDECIDED


def test_it_is_faulty_where_every_explanation_is_a_fault() -> None:
    start = replace(START, w2=-np.abs(START.w2))  # where a lost sign is a wrong sign
    (right,) = taken(start, CONFIG)
    assert check([start, right]).verdict == CORRECT
    found = check([start, replace(right, w1=2 * start.w1 - right.w1)])
    assert (found.verdict, found.arrays["w1"].name) == (FAULTY, CANNOT_BE_TOLD)


def test_other_targets_are_a_note_and_inverted_ones_a_fault() -> None:
    found = check([START, after(replace(CONFIG, targets=(0, 0, 0, 1)))])
    assert (found.verdict, found.rule.targets) == (CORRECT, (0, 0, 0, 1))
    assert any("0 0 0 1" in note for note in found.notes)
    inverted = [START, after(replace(CONFIG, targets=(0, 1, 0, 1)))]
    assert names_in(inverted) == {factors.INVERTED}
    assert names_in(inverted, Said(targets=(0, 1, 0, 1))) == {CORRECT}
    without = [START, after(replace(CONFIG, targets=(0, 0, 0, 0)))]
    assert names_in(without) == {factors.OUTPUT_AS_ERROR}
    assert names_in(without, Said(targets=(0, 0, 0, 0))) == {CORRECT}


def test_targets_of_rows_that_change_nothing_are_unclear() -> None:
    """Without biases, a unit of tanh is 0 for row 00."""
    config = replace(CONFIG, activation="tanh", biases=False)
    start = initial_weights(config)

    def of(*targets: int) -> StepCheck:
        return check([start, after(replace(config, targets=targets))])

    assert {one.name for one in of(0, 1, 0, 1).arrays.values()} == {factors.INVERTED}
    assert of(1, 1, 1, 0).rule.targets == (1, 0, 1, 0)
    found = of(1, 0, 1, 1)
    assert (found.verdict, found.rule.targets) == (CORRECT, None)
    assert "of x1 or x2 (0 1 1 1 for 00, 01, 10, 11) or always (1 1 1 1" in found.notes[-1]


@pytest.mark.parametrize(
    ("change", "word"),
    some([
        (lambda new: START.each(lambda w, n: w + 0.01 * np.sign(n - w), new), "Adam"),
        (lambda new: replace(START, b2=new.b2), "b2"),
        (lambda new: new.each(lambda w: w + 0.01 * np.sin(1e3 * w)), "three states"),
        (lambda new: START.each(lambda w: 1e200 * w), ""),
        (lambda new: new, "swapped"),
        (lambda new: after(count=5), "exactly one update"),
    ], 1),
)  # fmt: skip
def test_what_nothing_explains_is_undecided(
    change: Callable[[Weights], Weights], word: str, recwarn: pytest.WarningsRecorder
) -> None:
    states = [START, change(after())]
    found = check(states[:: -1 if word == "swapped" else 1])
    assert (found.verdict, word in found.sentence) == (UNDECIDED, True), found
    assert {one.name for one in found.arrays.values()} <= {UNKNOWN, CANNOT_BE_TOLD}
    assert not recwarn.list


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
    with pytest.raises(SettingError, match=message):
        check([START, change(START)], Said(loss="sse", activation="sigmoid", output="sigmoid"))
    with pytest.raises(SettingError, match="allowed with cross-entropy: sigmoid"):
        check([START, change(START)], Said(loss="cross-entropy", output="tanh"))


def test_hidden_biases_may_be_alone() -> None:
    slopes = gradient(replace(START, b2=np.zeros(1)), CONFIG)
    both = [replace(weights, b2=None) for weights in (START, slopes)]
    found = check([both[0], both[0].each(lambda w, d: w - 0.5 * d, both[1])])
    assert (found.verdict, list(found.arrays)) == (CORRECT, ["w1", "b1", "w2"])


def test_the_inputs_are_not_changed_and_a_check_is_json() -> None:
    states = [START, after()]
    found = check(states)
    np.testing.assert_array_equal(flat(states[0]), flat(initial_weights(CONFIG)))
    np.testing.assert_array_equal(flat(states[1]), flat(after()))
    data = json.loads(json.dumps(found.to_dict(), allow_nan=False))
    assert list(data["arrays"]["w1"]) == ["finding", "rate", "residual", "next", "next_residual"]
    assert (data["verdict"], repr(found)) == (CORRECT, f"<StepCheck correct: {found.sentence}>")


@pytest.mark.parametrize("name", some(LOSS_NAMES, 3))
def test_gradients_are_those_of_differences_of_the_loss(name: str) -> None:
    config = replace(CONFIG, loss=name)
    nudges = 1e-5 * np.eye(len(flat(START)))
    more, less = (loss(weights_of(flat(START) + n, config), config) for n in (nudges, -nudges))
    for slopes in (gradient(START, config), weights_of((more - less) / 2e-5, config)):
        found = check_slopes(START, slopes, Said(loss=name))
        assert (found.verdict, round(found.rule.rate or 0, 5)) == (CORRECT, 1), found
        np.testing.assert_allclose(-flat(found.exact), flat(slopes), rtol=1e-6, atol=1e-9)
        half = check_slopes(START, slopes.each(lambda a: a / 2), Said(loss=name))
        assert (half.verdict, round(half.rule.rate or 0, 5)) == (CORRECT, 0.5)
    with pytest.raises(SettingError, match="all gradients are zero"):
        check_slopes(START, START.each(np.zeros_like))


def test_the_first_step_of_adam_is_recognised_and_no_later_one() -> None:
    config = replace(CONFIG, rate=0.1, optimizer="adam")
    states = [START, *taken(START, config, 9)]
    first, later = check(states[:2]), check(states[-2:], Said(optimizer="adam"))
    assert (first.verdict, first.settings) == (UNDECIDED, {"optimizer": "adam", "rate": 0.1})
    assert "Adam at rate 0.1" in first.sentence
    assert (later.verdict, later.settings) == (UNDECIDED, {})
    assert "Adam follows from all gradients" in later.sentence
    assert check([START, after()]).settings["optimizer"] == "gradient-descent"
