"""Runs trained step by step, and equality to the last bit, for tests of seeking and replay."""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from types import MappingProxyType

import numpy as np
import pytest
from hypothesis import strategies as st
from numpy.typing import NDArray

from xorviz.core.network import initial_weights
from xorviz.core.runs.record import Intervention, Record, weight_shapes
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


@dataclass
class Straight:
    """A run trained one step at a time, with the snapshot of each step."""

    config: RunConfig
    changes: dict[int, dict[tuple[str, tuple[int, ...]], float]] = field(default_factory=dict)
    """By step and target: of several changes the last counts."""
    seen: list[Snapshot] = field(default_factory=list)
    """Their records have a checkpoint and no trace."""

    def __post_init__(self) -> None:
        self.trainer = Trainer(self.config)
        if not self.seen:
            self._see()

    @property
    def newest(self) -> int:
        """The last step taken."""
        return self.trainer.step

    def advance(self, n: int) -> None:
        """Take n steps, or fewer if the run diverges."""
        for _ in range(n):
            if self.trainer.advance(1) is not None:
                return
            self._see()

    def change(self, change: Change) -> None:
        """Change the run from the next step on."""
        name, value, index = change
        self.trainer.intervene(*change)
        self.changes.setdefault(self.newest, {})[name, index] = value
        self.seen.pop()
        self._see()

    def again(self, until: int) -> "Straight":
        """Return the same run trained again, with only the last of several changes at a step."""
        changes = {step: {**made} for step, made in self.changes.items() if step <= until}
        other = Straight(self.config, changes, self.seen[: until + 1])
        for step in sorted({*changes, until}):
            other.trainer.advance(step - other.newest)
            for (name, index), value in sorted(changes.get(step, {}).items()):
                other.trainer.intervene(name, value, index)
        return other

    def noted(self) -> list[Intervention]:
        """Return the interventions that a record of this run should have."""
        live, noted = {"rate": self.config.rate, "momentum": self.config.momentum}, []
        for step, changes in self.changes.items():
            for (name, index), value in sorted(changes.items()):
                if index or (step > 0 and value != live[name]):
                    noted.append(Intervention(step, name, float(value), index))
                if not index:
                    live[name] = value
        return noted

    def _see(self) -> None:
        record = Record(self.config, checkpoints=(self.trainer.checkpoint(),))
        self.seen.append(self.trainer.snapshot(record))


def straight(
    config: RunConfig, steps: int, changes: Mapping[int, Sequence[Change]] = MappingProxyType({})
) -> Straight:
    """Return a run with these changes at these steps."""
    run = Straight(config)
    for step in range(steps + 1):
        for change in changes.get(step, ()):
            run.change(change)
        run.advance(int(step < steps))
    return run


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
