"""Wrong lines: a program that has them takes the step in which they are found."""

from collections.abc import Iterable, Iterator
from functools import cache
from typing import Any, NamedTuple

import numpy as np
import pytest

from tests.support.cases import some
from xorviz.core.check import factors
from xorviz.core.check.check import check, check_slopes
from xorviz.core.check.factors import ARRAYS, TERMS, W2_WAYS, slopes
from xorviz.core.check.said import OUTPUTS, Said
from xorviz.core.check.step_check import CANNOT_BE_TOLD, CORRECT, FAULTY, WRONG, StepCheck
from xorviz.core.network import INPUTS, Weights, sigmoid
from xorviz.core.settings import ACTIVATION_NAMES
from xorviz.core.truth_table import ROW_NAMES

RATE, ROW = 0.5, 3
START = Weights(
    np.array([[0.7, -0.4, 0.3], [0.2, 0.9, -0.6]]), np.array([0.1, -0.2, 0.5]),
    np.array([[0.8], [-0.5], [0.6]]), np.array([0.15]),
)  # fmt: skip
"""Where some units of ReLU are alive for some rows."""
TARGETS = "np.array([[1, 0, 1, 0]]).T"
FIRST = "z = X @ w1 + b1; h = {unit}(z); z_y = h @ w2 + b2; y = {output}(z_y)"
LEFT = {False: "{} -= rate * ", True: "d_{} = "}
"""How the line of an array begins, as an update or as a gradient."""
OF_ONE_ROW = {
    "w1": "X[i:i+1].T @ d_h[i:i+1]", "b1": "d_h[i]", "w2": "h[i:i+1].T @ d_y[i:i+1]", "b2": "d_y[i]"
}  # fmt: skip


class Case(NamedTuple):
    """A wrong line in the program of the README. A value."""

    name: str
    line: str
    unit: str = "sigmoid"
    output: str = "sigmoid"
    loss: str = "half-sse"
    is_gradient: bool = False

    @property
    def wrong(self) -> dict[str, str]:
        """The line, by what it assigns to."""
        return by_key([self.line])


def test_the_code_of_a_slope_may_name_all_that_the_program_has_computed() -> None:
    f = factors.Model("tanh", "sigmoid").forward(START)
    of_rows = (f.z_y + f.y)[:, np.newaxis]
    hidden, output = (factors._computed("z_y + y", layer)(f) for layer in ("hidden", "output"))
    np.testing.assert_allclose(hidden, np.broadcast_to(of_rows, f.h.shape), rtol=1e-14)
    np.testing.assert_allclose(output, of_rows[:, 0], rtol=1e-14)


def by_key(many: Iterable[str]) -> dict[str, str]:
    return {line.split()[0]: line for line in many}


def lines(case: Case) -> dict[str, str]:
    """Return the right program, a line for each name that it assigns to."""
    y, h = slopes(case.output, "output")[0].code, slopes(case.unit, "hidden")[0].code
    over = " / 4" * (case.loss == "half-mse")
    return by_key([
        f"t = {TARGETS}",
        FIRST.format(unit=case.unit, output=case.output),
        "d_y = y - t" if "cross" in case.loss else f"d_y = (y - t) * {y}",
        "w2_new = w2 - rate * h.T @ d_y",
        f"d_h = d_y @ w2.T * {h}",
        *(LEFT[case.is_gradient].format(name) + TERMS[name][0].code + over for name in ARRAYS),
    ])  # fmt: skip


@cache
def after(text: str, is_gradient: bool) -> Weights:
    """Return the weights after a program has run, or its gradients."""
    names: dict[str, Any] = {name: getattr(START, name).copy() for name in ARRAYS} | {
        "X": INPUTS, "rate": RATE, "i": ROW, "np": np, "sigmoid": sigmoid, "tanh": np.tanh,
        "relu": lambda z: np.maximum(z, 0), "linear": np.copy,
    }  # fmt: skip
    exec(text, names)
    found = iter([names[f"d_{name}" if is_gradient else name] for name in ARRAYS])
    return START.each(lambda like: np.broadcast_to(next(found), like.shape) + 0.0)


def run(case: Case, other: dict[str, str]) -> Weights:
    """Return what the program does with other lines."""
    return after("\n".join((lines(case) | other).values()), case.is_gradient)


def of_deltas() -> Iterator[Case]:
    """Yield every alternative to a factor of the deltas."""
    for output in OUTPUTS:
        right, *others = slopes(output, "output")
        for way in others:
            yield Case(way.name, f"d_y = (y - t) * {way.code}", output=output)
            back = f"d_h = ((y - t) * {way.code}) @ w2.T * h * (1 - h)"
            name = factors.ERROR_SENT if way.code == "1" else f"{way.name} in the backward pass"
            yield Case(name, back, output=output)
        for way in factors.errors(factors.Goal())[1:]:
            yield Case(way.name, f"d_y = {way.code} * {right.code}", output=output)
    for unit in ACTIVATION_NAMES:
        right, *others = slopes(unit, "hidden")
        every = [(way.name, "d_y @ w2.T", way.code) for way in others]
        every += [(way.name, f"d_y @ ({way.code})", right.code) for way in W2_WAYS[1:]]
        every += [(factors.OUTPUT_SENT, "y @ w2.T", right.code)]
        every += [(factors.DELTA_USED, "d_y @ np.ones_like(w2.T)", "1")]
        yield from (Case(name, f"d_h = {sent} * {s}", unit) for name, sent, s in every)
    yield Case(factors.INVERTED, f"t = 1 - {TARGETS}")
    yield Case(factors.EXTRA_SLOPE, "d_y = (y - t) * y * (1 - y)", loss="cross-entropy")


def of_arrays(is_gradient: bool) -> Iterator[Case]:
    """Yield every alternative to the line of an array, as an update or as a gradient."""
    for name, (right, *others) in TERMS.items():
        left = LEFT[is_gradient].format(name)
        for fault, code in [
            *((term.name, term.code) for term in others),
            (factors.ONE_ROW.format(ROW_NAMES[ROW]), OF_ONE_ROW[name]),
            (factors.NOT_UPDATED, f"0 * {name}"),
            (factors.WRONG_SIGN, f"-1 * {right.code}"),
            (factors.MEAN_FOR_SUM, f"{right.code} / 4"),
            (factors.OTHER_RATE, f"0.3 * {right.code}"),
        ]:
            yield Case(fault, left + code, is_gradient=is_gradient)
        line = left + right.code
        yield Case(factors.SUM_FOR_MEAN, line, loss="half-mse", is_gradient=is_gradient)


CASES = [*of_deltas(), *of_arrays(is_gradient=False), *of_arrays(is_gradient=True)]


def is_same(one: Weights, other: Weights) -> bool:
    pairs = zip(one.arrays(), other.arrays(), strict=True)
    return all(np.allclose(a, b, rtol=1e-9, atol=1e-12) for a, b in pairs)


def found_in(case: Case, step: Weights) -> StepCheck:
    """Return what is found where everything is said."""
    said = Said(
        rate=RATE, loss=case.loss, activation=case.unit, output=case.output, batch="full",
        targets=factors.XOR,
    )  # fmt: skip
    with np.errstate(all="ignore"):
        return check_slopes(START, step, said) if case.is_gradient else check([START, step], said)


@pytest.mark.parametrize(
    "number", some(range(len(CASES)), 15), ids=lambda n: "-".join(CASES[n][:4])
)
def test_a_wrong_line_is_found_and_mended(number: int) -> None:
    case = CASES[number]
    right, wrong = run(case, {}), run(case, case.wrong)
    found = found_in(case, wrong)
    if is_same(right, wrong):
        assert found.verdict != FAULTY
        return
    assert found.verdict == FAULTY
    alike = {
        other.name for other in CASES
        if other[2:] == case[2:] and is_same(run(case, other.wrong), wrong)
    }  # fmt: skip
    told = {one.name for one in found.arrays.values()} - {CORRECT}
    told -= {CANNOT_BE_TOLD} if len(alike) > 1 else set()
    told -= {WRONG} if "b2" in case.line else set()  # one number may be of any rate
    assert told <= alike, found
    assert len(found.repairs) == len(told)
    for repair in found.repairs:
        sides = [code.split("\n") for code in (repair.right, repair.wrong)]
        keys = [line.split()[0] for line in sides[0]]  # the wrong one may be a comment
        both = [case.wrong | dict(zip(keys, side, strict=True)) for side in sides]
        assert is_same(run(case, both[0]), right), repair
        assert is_same(run(case, both[1]), wrong), repair
