"""A right step is never called faulty, a planted fault is named or is not, and never misnamed."""

from collections import Counter
from collections.abc import Iterator
from typing import Any

import numpy as np
import pytest

from tests.core.check.programs.planting import PROGRAMS, Fault, faults_of, fits_of, planted, states
from tests.core.check.programs.task import Fits, Task, drawn
from xorviz.core.check import factors
from xorviz.core.check.check import check
from xorviz.core.check.said import Said
from xorviz.core.check.step_check import (
    CANNOT_BE_TOLD,
    CORRECT,
    FAULTY,
    UNDECIDED,
    WRONG,
    StepCheck,
)
from xorviz.core.network import Weights, initial_weights
from xorviz.core.settings import LOSS_NAMES, RunConfig

KEPT = [fault for program in PROGRAMS for fault in faults_of(program)]
OTHERS = {"noise", "noise in w1", "Adam", "a random change", "a random change of w2", "dropout",
          "gradient clipping", "sign of the weights", "a wrong bias", "a stale index"}  # fmt: skip
"""What no product of factors explains."""
DECAY = "weights decay"
FAULTS = [fault for fault in KEPT if fault.name not in {*OTHERS, DECAY}]
RATES = {factors.OTHER_RATE, factors.MEAN_FOR_SUM, factors.SUM_FOR_MEAN}
FIELDS = {"rate", "loss", "activation", "output", "batch", "targets"}
"""What a person may say."""
IN_32_BIT = (
    ("x, y = task.x, task.t", ("x, y = task.x.astype(np.float32), task.t.astype(np.float32)",)),
    ("w1, b1, w2, b2 = unpacked(net)", ("w1, b1, w2, b2 = unpacked(net, np.float32)",)),
)
XOR, XNOR = (1, 0, 1, 0), (0, 1, 0, 1)
PART = 100
SAYING = 0.97
BATCHES = (*8 * (("full",),), ("row",), ("pass",))
MOST_UNDECIDED, LEAST_NAMED = 0.55, 0.4
"""Shares that were measured, with a margin; one row with little said is most of the rest."""


def said_of(task: Task, fields: set[str]) -> Said:
    """Return what a person says who names these fields, and targets that one would not expect.

    Of other losses than xorviz has, only the kind can be said.
    """
    if task.targets == XNOR or (task.targets != XOR and task.batch != "full"):
        fields = fields | {"targets"}
    known = {name: getattr(task, name) for name in fields if name not in {"loss", "rate"}}
    if task.loss in LOSS_NAMES and (task.batch == "full" or task.loss in {"sse", "cross-entropy"}):
        known |= {name: getattr(task, name) for name in fields & {"loss", "rate"}}
    elif "loss" in fields:
        known["loss"] = "cross-entropy" if "cross" in task.loss else "sse"
    return Said(**known)


def some_fields(random: np.random.Generator) -> set[str]:
    """Return what a random person says; the batch mostly, since a pass takes long to be tried."""
    share = random.choice([0, 0.3, 0.7, 1])
    said = {name for name in sorted(FIELDS) if random.random() < share}
    return said | ({"batch"} if random.random() < SAYING else set())


def some_batches(random: np.random.Generator, fits: Fits) -> dict[str, tuple[Any, ...]]:
    """Return the batches that may be drawn: mostly full ones, as people have."""
    names = BATCHES[random.integers(len(BATCHES))]
    return {"batch": names} if set(names) & set(fits.batch) else {}


def by_name(net: Weights) -> dict[str, Any]:
    return {name: getattr(net, name) for name in ("w1", "b1", "w2", "b2")}


def visible(right: list[Weights], wrong: list[Weights]) -> set[str]:
    """Return the arrays whose last change a fault alters by more than rounding."""
    changes = [by_name(run[-1].each(lambda b, a: b - a, run[-2])) for run in (right, wrong)]
    return {
        name
        for name, change in changes[0].items()
        if change is not None
        and np.abs(changes[1][name] - change).max() > 1e-6 * np.abs(change).max() + 1e-14
    }


def is_tame(run: list[Weights]) -> bool:
    """Return whether training moved and did not diverge: units of ReLU may do either."""
    moved = run[-1].each(lambda b, a: b - a, run[-2])
    is_small = all(np.abs(array).max() < 1e3 for array in run[-1].arrays())
    return is_small and any(array.any() for array in moved.arrays())


def taken(
    fault: Fault, random: np.random.Generator, only: dict[str, tuple[Any, ...]]
) -> tuple[list[Weights], Task, set[str]]:
    """Return a step with a fault, its settings, and the arrays in which the fault shows."""
    while True:
        net, task = drawn(random, fits_of(fault.program), fault.only | only)
        if fault.name == factors.OUTPUT_SENT and not task.t.any():
            continue  # then the output is the error
        right, wrong = (states(planted(fault.program, e), net, task) for e in ((), fault.edits))
        if is_tame(right) and is_tame(wrong) and (shown := visible(right, wrong)):
            return wrong, task, shown | set(fault.arrays)


def is_named(fault: Fault, found: str) -> bool:
    """Return whether what is found is the name of a planted fault, of which two may be in a row."""
    if fault.name == factors.OTHER_RATE:
        return found in RATES
    return all(
        any(_is_of(name, other) for other in fault.name.split(" and ")) or name == SIGN * is_sent
        for is_sent in [fault.name == factors.OUTPUT_SENT]
        for name in found.split(" and ")
    )


SIGN = factors.WRONG_SIGN
"""An output that is sent has no sign of its own."""


def _is_of(found: str, planted: str) -> bool:
    """Return whether a name is of a kind: of some row, of some activation, of a sum or a mean."""
    for start, kind in (("only row", "only one row"), ("one change for", "one change for")):
        if planted.startswith(kind):
            return found.startswith(start)
    if planted.startswith("derivative of another activation"):
        is_other = "in place of that of" in found or found == EQUAL_TO_OTHER
        return is_other and (planted.split("(")[1] in found or found == EQUAL_TO_OTHER)
    return found == planted


EQUAL_TO_OTHER = factors.NO_SLOPE.format("hidden")
"""The slope of ReLU at what a sigmoid responds is always 1."""


def misnamed(found: StepCheck, shown: set[str], fault: Fault, said: Said) -> dict[str, str]:
    """Return the arrays that are called faulty by another name, or where no fault shows."""
    if fault.name == factors.OTHER_RATE and (said.rate is None or said.loss is None):
        shown = set(found.arrays)  # which of two rates is the other one cannot be told
    return {
        array: finding.name
        for array, finding in found.arrays.items()
        if finding.is_fault
        and not (array in shown and (finding.name == WRONG or is_named(fault, finding.name)))
        # A fault may leave nothing of a change, as row 00 alone does for w1.
        and not (array in shown and finding.name == factors.NOT_UPDATED and is_still(found, array))
    }


def is_still(found: StepCheck, array: str) -> bool:
    """Return whether an array did not change at all."""
    return not getattr(found.yours, array).any()


def clear(program: str) -> dict[str, tuple[Any, ...]]:
    """Return settings of a step that tells much."""
    fits = fits_of(program)
    return {"batch": (fits.batch[0],), "biases": (fits.biases[-1],), "width": (2, 3)}


@pytest.mark.parametrize(
    "fault", {fault.name: fault for fault in reversed(FAULTS)}.values(), ids=str
)
def test_a_planted_fault_is_named(fault: Fault) -> None:
    run, task, _ = taken(fault, np.random.default_rng(3), clear(fault.program) | fault.only)
    found = check(run, said_of(task, FIELDS))
    names = {name: finding.name for name, finding in found.arrays.items()}
    if names.get("b2") == CANNOT_BE_TOLD:  # one number, which the rate alone may explain
        del names["b2"]
    assert names == {name: fault.name if name in fault.arrays else CORRECT for name in names}
    assert found.verdict == FAULTY


@pytest.mark.parametrize("program", PROGRAMS)
def test_a_right_program_is_correct(program: str) -> None:
    net, task = drawn(np.random.default_rng(1), fits_of(program), clear(program))
    found = check(states(planted(program), net, task), said_of(task, FIELDS))
    assert {finding.name for finding in found.arrays.values()} == {CORRECT}
    assert found.verdict == CORRECT


def test_32_bit_are_no_fault() -> None:
    step = planted("matrices", IN_32_BIT)
    net = initial_weights(RunConfig(biases=True)).each(lambda a: a.astype(np.float32).astype(float))
    found = check(states(step, net, Task(rate=0.5)))
    assert found.verdict == CORRECT
    assert found.notes[-1] == "The weights are rounded to 32 bit, so small changes have few digits."


@pytest.mark.thorough
def test_what_no_rule_explains_gets_no_name() -> None:
    for fault in OTHERS:
        wrong, task, shown = taken(fault, np.random.default_rng(1), clear(fault.program))
        said = said_of(task, {"activation", "batch"})
        found = check(wrong, said)
        assert misnamed(found, shown, names_of(fault), said) == {}, fault
        assert found.verdict != CORRECT


def right_steps(seed: int) -> Iterator[tuple[list[Weights], Task, set[str]]]:
    """Yield right steps of random programs, every third with two steps and momentum."""
    random = np.random.default_rng(seed)
    for number in range(PART):
        program = PROGRAMS[random.integers(len(PROGRAMS))]
        steps, momentum = (3, 0.9 * random.integers(2)) if number % 3 == 0 else (1, 0.0)
        run: list[Weights] = []
        while not run or not is_tame(run):
            net, task = drawn(random, fits_of(program), some_batches(random, fits_of(program)))
            run = states(planted(program), net, task, steps, momentum)
        yield run[-3:], task, some_fields(random)


@pytest.mark.thorough
@pytest.mark.parametrize("seed", range(3))
def test_right_steps_are_never_called_faulty(seed: int) -> None:
    verdicts: Counter[str] = Counter()
    for run, task, fields in right_steps(seed):
        found = check(run, said_of(task, fields))
        assert found.verdict != FAULTY, (found, task, run)
        verdicts[found.verdict] += 1
    assert verdicts[UNDECIDED] < MOST_UNDECIDED * PART, verdicts


@pytest.mark.thorough
@pytest.mark.parametrize("seed", range(3))
def test_faults_never_get_the_name_of_another(seed: int) -> None:
    random, told = np.random.default_rng(seed), Counter[bool]()
    for _ in range(PART):
        fault = KEPT[random.integers(len(KEPT))]
        only = {} if "batch" in fault.only else some_batches(random, fits_of(fault.program))
        wrong, task, shown = taken(fault, random, only)
        said = said_of(task, some_fields(random) | set(fault.says))
        found = check(wrong, said)
        assert misnamed(found, shown, names_of(fault), said) == {}, (fault, task, wrong)
        if fault in FAULTS:
            told.update(
                found.arrays[name].name in names_of(fault) for name in shown & set(found.arrays)
            )
    assert told[True] > LEAST_NAMED * told.total(), told
