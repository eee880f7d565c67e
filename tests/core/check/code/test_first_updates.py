"""Updates as a program makes them: right code is not called faulty, weights are put back."""

from collections.abc import Callable
from itertools import cycle, pairwise
from typing import Any

import numpy as np
import pytest

from tests.core.check.code.programs import PROGRAMS, faults
from tests.support.cases import some
from xorviz import CodeCheck
from xorviz.core.check.code.first_updates import UPDATES, FirstUpdates, predicting
from xorviz.core.check.code.holders import Holders

X = np.array([[0.0, 0.0], [0.0, 1.0], [1.0, 0.0], [1.0, 1.0]])
OTHER = {"bias_columns", "constant_input", "deep_tanh", "scalars"}
"""Programs of other inputs, or of single numbers."""
RIGHT = [made for made in PROGRAMS if made.__name__ not in OTHER]
FAULTS = [fault for fault in faults() if fault[1].__name__ not in OTHER]


def found_of(weights: Any, predict: Any, update: Any, targets: Any = None) -> CodeCheck:
    """Return what is found while a program trains; its weights are as they were each time."""
    first = FirstUpdates(predicting(predict, weights), targets)
    for _ in range(UPDATES + 1):
        before = Holders(weights, None).read().tobytes()
        found = first.take(weights)
        assert Holders(weights, None).read().tobytes() == before
        if found:
            return found
        update()
    raise AssertionError("nothing was found")


def of(made: Callable[..., Any], kind: type = float, seed: int = 1) -> CodeCheck:
    weights, predict, train, said = made(seed, kind)
    return found_of(weights, predict, said.get("update", train))


@pytest.mark.parametrize(("made", "kind"), some(zip(RIGHT, cycle([np.float64, np.float32])), 4))
def test_right_code_is_correct(made: Callable[..., Any], kind: type) -> None:
    assert of(made, kind).verdict == "correct"


@pytest.mark.parametrize(("name", "made", "arrays"), some(FAULTS[::8]))
def test_a_fault_is_not_correct_and_no_other_array_is_called_wrong(
    name: str, made: Callable[..., Any], arrays: set[str]
) -> None:
    found = of(made)
    assert found.verdict != "correct"
    assert set(found.wrong) in (arrays, set())


@pytest.mark.thorough
def test_two_of_three_faults_are_located() -> None:
    assert sum(set(of(made).wrong) == arrays for _, made, arrays in FAULTS) >= len(FAULTS) * 2 / 3


class Net:
    """A network 2-4-2-O with linear outputs, and a fault if that is wanted."""

    def __init__(self, t: Any, *, is_faulty: bool = False) -> None:
        self.t, self.is_faulty = np.reshape(t, (4, -1)).astype(float), is_faulty
        draw, sides = np.random.default_rng(3).normal, (2, 4, 2, self.t.shape[1])
        self.arrays = [draw(size=pair) for pair in pairwise(sides)]
        self.arrays += [draw(size=side) for side in sides[1:]]

    def all(self, x: Any) -> Any:
        u, v, w, a, b, c = self.arrays
        h = np.tanh(x @ u + a)
        k = np.tanh(h @ v + b)
        return h, k, k @ w + c

    def step(self) -> None:
        h, k, y = self.all(X)
        d = y - self.t
        d_k = d @ self.arrays[2].T * (1 - k**2)
        d_h = d_k @ self.arrays[1].T * (1 if self.is_faulty else 1 - h**2)
        slopes = [X.T @ d_h, h.T @ d_k, k.T @ d, d_h.sum(0), d_k.sum(0), d.sum(0)]
        for array, slope in zip(self.arrays, slopes, strict=True):
            array -= 0.1 * slope  # noqa: PLW2901 # in place


@pytest.mark.parametrize(
    ("t", "said"),
    some([
        ([0, 1, 1, 0], ""), ([0, 0, 0, 1], "0, 0, 0 and 1"), ([1, -1, -1, 1], "1, -1, -1 and 1"),
        ([1, 0, 0, 1, 0, 1, 1, 0], ""), ([0, 1, 1, 0, 1, 0, 0, 1], "1, 0, 0 and 1"),
    ], 2),
)  # fmt: skip
def test_targets_that_nobody_said_are_found_out(t: list[int], said: str) -> None:
    right, wrong = Net(t), Net(t, is_faulty=True)
    found = found_of(right.arrays, right.all, right.step)
    assert found.verdict == "correct"
    assert found.sentence.endswith(f" Targets assumed: {said}." if said else "all rows.")
    found = found_of(wrong.arrays, wrong.all, wrong.step)
    assert found.verdict != "correct"
    assert found.wrong in ([], ["[0]", "[3]"])


def test_targets_that_were_said_are_the_ones() -> None:
    faulty, net = Net([0, 0, 0, 1], is_faulty=True), Net([0, 0, 0, 1])
    assert found_of(faulty.arrays, faulty.all, faulty.step, (0, 0, 0, 1)).wrong == ["[0]", "[3]"]
    assert found_of(net.arrays, net.all, net.step, (0, 0, 0, 1)).sentence.endswith("all rows.")
    assert found_of(net.arrays, net.all, net.step, (0, 1, 1, 0)).verdict != "correct"


def test_what_cannot_be_checked_is_undecided() -> None:
    net = Net([0, 1, 1, 0])

    def twice() -> None:
        net.step()
        net.step()

    for weights, predict, update, text in (
        (net.arrays, net.all, lambda: None, "No weight changed"),
        ([w.copy() for w in net.arrays], net.all, net.step, "predict does not change"),
        (net.arrays, lambda x: np.hstack([net.all(x)[2]] * 3), net.step, "more than two outputs"),
        (net.arrays, net.all, twice, "exactly one update"),
    ):
        found = found_of(weights, predict, update)
        assert (found.verdict, text in found.sentence) == ("undecided", True), found
