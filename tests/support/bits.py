"""Runs as plain recipes, trained without a break, and equality to the last bit."""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from functools import lru_cache
from types import MappingProxyType

import numpy as np
import pytest
from hypothesis import strategies as st
from numpy.typing import NDArray

from xorviz.core.kernels.compiler import NUMPY
from xorviz.core.network import initial_weights
from xorviz.core.runs.record import Record, weight_shapes
from xorviz.core.runs.snapshot import Snapshot
from xorviz.core.runs.stopping import NEVER, Halt, StopRules
from xorviz.core.runs.trace import Trace
from xorviz.core.runs.trainer import Trainer
from xorviz.core.settings import ACTIVATION_NAMES, LOSS_NAMES, RunConfig

Change = tuple[str, float, tuple[int, ...]]
"""A field, its new value, and the index into a weight's array."""


def bits(numbers: NDArray[np.float64]) -> tuple[tuple[int, ...], bytes]:
    """Return an array's shape and bytes, to compare arrays to the last bit."""
    return numbers.shape, np.ascontiguousarray(numbers).tobytes()


def assert_same_state(mine: Snapshot, other: Snapshot) -> None:
    """Fail unless two snapshots show the same state, whatever the rest of their runs."""
    assert mine.step == other.step
    assert mine.config == other.config
    assert [bits(a) for a in mine.weights.arrays()] == [bits(a) for a in other.weights.arrays()]
    assert [bits(a) for a in mine.gradient.arrays()] == [bits(a) for a in other.gradient.arrays()]
    assert bits(mine.outputs) == bits(other.outputs)
    assert bits(np.array(mine.loss)) == bits(np.array(other.loss))
    assert (mine.right_since, mine.learned_since) == (other.right_since, other.learned_since)


def assert_same_trace(mine: Trace, other: Trace) -> None:
    """Fail unless two traces have the same points."""
    np.testing.assert_array_equal(mine.steps, other.steps)
    assert bits(mine.losses) == bits(other.losses)
    assert bits(mine.outputs) == bits(other.outputs)
    # The newest step's norm is computed when it is read, the others during training.
    np.testing.assert_allclose(mine.gradient_norms, other.gradient_norms, rtol=1e-9, atol=1e-300)


def assert_same_record(mine: Record, other: Record) -> None:
    """Fail unless two records are of the same run with the same newest state."""
    assert mine == other
    assert (mine.right, mine.learned) == (other.right, other.learned)
    tip, end = mine.checkpoints[-1], other.checkpoints[-1]
    assert (tip.step, [*map(bits, tip.state)]) == (end.step, [*map(bits, end.state)])


def frozen(record: Record) -> Record:
    """Return a record with read-only arrays."""
    for kept in record.checkpoints:
        for array in kept.state:
            array.flags.writeable = False
    record.trace.steps.flags.writeable = record.trace.losses.flags.writeable = False
    return record


@lru_cache(3000)
def _trained(recipe: "Recipe", step: int) -> Trainer:
    trainer = Trainer(recipe.config, recipe.kernel)
    for at, change in recipe.changes:
        trainer.advance(at - trainer.step)
        trainer.intervene(*change)
    trainer.advance(step - trainer.step)
    return trainer


@dataclass(frozen=True)
class Recipe:
    """All that a run is made of: a plain model of it, trained without a break from its start."""

    config: RunConfig
    changes: tuple[tuple[int, Change], ...] = ()
    """Steps, rising, and what was changed at each."""
    newest: int = 0
    kernel: str = NUMPY

    @classmethod
    def of(cls, record: Record, kernel: str = NUMPY) -> "Recipe":
        """Return what a record says of its run."""
        made = ((c.step, (c.field, c.value, c.index)) for c in record.interventions)
        return cls(record.config, tuple(made), record.newest, kernel)

    def until(self, step: int) -> tuple[tuple[int, Change], ...]:
        """Return the changes up to a step."""
        return tuple(change for change in self.changes if change[0] <= step)

    def at(self, step: int) -> Trainer:
        """Return a trainer at a step, which is not to be trained further."""
        return _trained(Recipe(self.config, self.until(step), 0, self.kernel), step)

    def seen(self, step: int) -> Snapshot:
        """Return what is seen of the run at a step."""
        return self.at(step).snapshot()

    def record(self) -> Record:
        """Return the record of the whole run."""
        return self.at(self.newest).record()

    def reaching(self, step: int) -> "Recipe":
        """Return this run with that step, or the last one before it diverges."""
        return replace(self, newest=max(self.newest, self.at(step).step))

    def changed(self, step: int, *changes: Change) -> "Recipe":
        """Return this run with changes at a step, where it ends unless they have no effect."""
        made = (*self.until(step), *((step, change) for change in changes))
        branch = replace(self, changes=made, newest=step)
        return self if branch.at(step).record() == self.at(step).record() else branch


def straight(
    config: RunConfig, steps: int, changes: Mapping[int, Sequence[Change]] = MappingProxyType({})
) -> Recipe:
    """Return a run with these changes at these steps, which rise."""
    made = tuple((step, change) for step, some in changes.items() for change in some)
    return Recipe(config, made).reaching(steps)


@contextmanager
def counted() -> Iterator[list[int]]:
    """Give a list that the number of steps of each call of a trainer is added to."""
    taken: list[int] = []
    advance = Trainer.advance

    def counting(trainer: Trainer, n: int, rules: StopRules = NEVER) -> Halt | None:
        before = trainer.step
        halt = advance(trainer, n, rules)
        taken.append(trainer.step - before)
        return halt

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(Trainer, "advance", counting)
        yield taken


OVERFLOWING = RunConfig(16, 1000, activation="relu", loss="cross-entropy", momentum=0.9)


def overflowing(monkeypatch: pytest.MonkeyPatch) -> RunConfig:
    """Make runs of OVERFLOWING, and of no other settings, overflow after step 11; return them."""
    start = initial_weights(replace(OVERFLOWING, seed=29)).each(lambda array: 1e150 * array)
    monkeypatch.setattr(
        "xorviz.core.runs.trainer.initial_weights",
        lambda wanted: start if wanted.width == 16 else initial_weights(wanted),
    )
    return OVERFLOWING


SIZES = st.sampled_from([0, 1, 2, 63, 64, 65, 127, 128, 129]) | st.integers(0, 150)
RATES = st.floats(1e-3, 2) | st.sampled_from([0.01, 0.5, 1, 50, 1000])
MOMENTA = st.sampled_from([0.0, 0.0, 0.5, 0.9, 0.999])
CONFIGS = st.builds(
    RunConfig,
    width=st.integers(1, 4) | st.sampled_from([5, 8, 16, 64]),
    rate=RATES,
    seed=st.integers(0, 50),
    activation=st.sampled_from(ACTIVATION_NAMES),
    loss=st.sampled_from(LOSS_NAMES),
    biases=st.booleans(),
    momentum=MOMENTA,
    init_range=st.sampled_from([0.5, 1.0, 10.0]),
    targets=st.tuples(*[st.integers(0, 1)] * 4) | st.just((1, 0, 1, 0)),
)
_WEIGHTS = st.sampled_from([0.0, 0.5, -2.0]) | st.floats(-4, 4) | st.sampled_from([-1e6, 1e6])


@st.composite
def changes_of(draw: st.DrawFn, config: RunConfig) -> Change:
    """Draw a change that a run allows."""
    shapes = weight_shapes(config)
    name = draw(st.sampled_from(["rate", "momentum", *shapes]))
    if name in shapes:
        index = tuple(draw(st.integers(0, n - 1)) for n in shapes[name])
        return name, draw(_WEIGHTS), index
    return name, draw(RATES if name == "rate" else MOMENTA), ()
