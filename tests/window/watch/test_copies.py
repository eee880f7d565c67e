"""Programs as people write them, and the correct copies that are trained beside them."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np
import pytest
from pytestqt.qtbot import QtBot

import xorviz
from tests.support.cases import some
from xorviz.core.arrays import Array
from xorviz.core.network import flat
from xorviz.core.runs.project import continued
from xorviz.core.runs.recording import Recording
from xorviz.core.runs.watched import by_passes
from xorviz.engine.analyst import Analyst
from xorviz.watching import places
from xorviz.watching.followed_run import FollowedRun, followed
from xorviz.window.watch.step_checks import StepChecks

PASSES = 100
BITS = np.array([[0, 1], [1, 1], [0, 0], [1, 0]], dtype=float)
"""In the order in which those that go row by row take them."""


class Net:
    """A 2-3-1 network with tanh hidden units, trained on half the sum of squared errors."""

    def __init__(self, output: str = "sigmoid", is_signed: bool = False) -> None:
        draw = np.random.default_rng(7).normal
        self.w = [draw(size=(2, 3)), draw(size=3), draw(size=(3, 1)), draw(size=1)]
        self.output = output
        self.x = 2 * BITS - 1 if is_signed else BITS
        t = (BITS[:, :1] != BITS[:, 1:]).astype(float)
        self.t = 2 * t - 1 if is_signed else t

    def gradients(self, rows: Any = slice(None)) -> list[Array]:
        w1, b1, w2, b2 = self.w
        x, t = self.x[rows], self.t[rows]
        h = np.tanh(x @ w1 + b1)
        z = h @ w2 + b2
        y = {"sigmoid": 1 / (1 + np.exp(-z)), "tanh": np.tanh(z), "linear": z}[self.output]
        slope = {"sigmoid": y * (1 - y), "tanh": 1 - y**2, "linear": np.ones_like(y)}[self.output]
        d_y = (y - t) * slope
        d_h = d_y @ w2.T * (1 - h**2)
        return [x.T @ d_h, d_h.sum(axis=0), h.T @ d_y, d_y.sum(axis=0)]

    def descend(self, rate: float, rows: Any = slice(None)) -> None:
        for n, d in enumerate(self.gradients(rows)):
            self.w[n] -= rate * d


See = Callable[..., None]


def full(see: See, **network: Any) -> None:
    net = Net(**network)
    for _ in range(PASSES + 1):
        see(*net.w)
        net.descend(0.1)


def by_rows(see: See) -> None:
    """Show the weights after each row."""
    net = Net()
    for n in range(4 * PASSES + 1):
        see(*net.w)
        net.descend(0.5, [n % 4])


def in_passes(see: See) -> None:
    """Show the weights after each pass, with momentum in each update."""
    net = Net("tanh", is_signed=True)
    velocity = [np.zeros_like(w) for w in net.w]
    for _ in range(PASSES + 1):
        see(*net.w)
        for row in range(4):
            for n, d in enumerate(net.gradients([row])):
                velocity[n] = 0.5 * velocity[n] - 0.1 * d
                net.w[n] += velocity[n]


def shuffled(see: See) -> None:
    """Show the weights after each pass, whose order is drawn."""
    net, random = Net(), np.random.default_rng(1)
    for _ in range(PASSES + 1):
        see(*net.w)
        for row in random.permutation(4):
            net.descend(0.5, [row])


def adam(see: See) -> None:
    net = Net()
    m, v = ([np.zeros_like(w) for w in net.w] for _ in range(2))
    for k in range(1, PASSES + 2):
        see(*net.w)
        for n, d in enumerate(net.gradients()):
            m[n] = 0.9 * m[n] + 0.1 * d
            v[n] = 0.999 * v[n] + 0.001 * d**2
            net.w[n] -= 0.1 * (m[n] / (1 - 0.9**k)) / (np.sqrt(v[n] / (1 - 0.999**k)) + 1e-8)


@dataclass(frozen=True)
class Case:
    """A program, what it says, and the settings that its copy has."""

    train: Callable[..., None]
    said: dict[str, Any]
    has: dict[str, Any]
    is_alike: bool = True


ORDER = "01,11,00,10"
CASES = {
    "tanh, -1 and 1": Case(
        lambda see: full(see, output="tanh", is_signed=True),
        {"activation": "tanh"},
        {"output": "tanh", "coding": "plus-minus", "batch": "full"},
    ),
    "linear": Case(lambda see: full(see, output="linear"), {"rate": 0.1}, {"output": "linear"}),
    "each row said": Case(by_rows, {"batch": "row", "rate": 0.5}, {"row_order": ORDER}),
    "row by row": Case(by_rows, {}, {"batch": "pass", "row_order": ORDER, "activation": "tanh"}),
    "passes": Case(
        in_passes,
        {"batch": "pass", "order": ORDER, "rate": 0.1, "momentum": 0.5, "loss": "half-sse",
         "output": "tanh", "targets": [1, -1, -1, 1], "activation": "tanh"},
        {"coding": "plus-minus", "batch": "pass", "row_order": ORDER},
    ),
    "shuffled": Case(shuffled, {}, {"batch": "shuffled"}, is_alike=False),
    "Adam": Case(
        adam, {"activation": "tanh", "loss": "half-sse"}, {"optimizer": "adam", "rate": 0.1}
    ),
}  # fmt: skip


@pytest.fixture
def checks(qtbot: QtBot) -> Iterator[StepChecks]:
    analyst = Analyst()
    made = StepChecks(analyst)
    made.rest.setInterval(60_000)  # after the first steps
    yield made
    made.rest.stop()
    analyst.close()


@pytest.mark.parametrize("name", some(CASES, 3))
def test_the_copy_is_trained_as_its_program(qtbot: QtBot, checks: StepChecks, name: str) -> None:
    case = CASES[name]
    with xorviz.watch(name, window=False, **case.said) as see:
        case.train(see)
    run = FollowedRun(places.files()[0])

    def take(*found: Any) -> None:
        run.adopt(*found)
        checks.show_snapshot(run.snapshot())

    checks.found_out.connect(take)
    checks.show_snapshot(run.snapshot())
    qtbot.waitUntil(lambda: checks._asked is None, timeout=30_000)
    record = by_passes(run.record())
    assert {name: getattr(record.config, name) for name in case.has} == case.has
    assert record.source is not None
    assert not record.source.assumed.count("batch") or "optimizer" in case.has
    copy = Recording(continued(record, 0))
    copy.advance(PASSES)
    states = {state.step: state.parameters for state in record.checkpoints}
    for step in (1, 2, PASSES):
        is_near = np.allclose(flat(copy.weights_at(step)), states[step], rtol=0, atol=1e-9)
        assert is_near == case.is_alike, step
    again = followed(record)
    assert (again.newest, again.config, again.source) == (PASSES, record.config, record.source)
