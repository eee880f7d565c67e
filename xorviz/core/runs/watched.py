"""A run that another program trains, as the states it reported. Shapes: P numbers, K states."""

from bisect import bisect_right
from dataclasses import replace

import numpy as np

from xorviz.core.arrays import Array, Mask, Steps
from xorviz.core.kernels.compiler import NUMPY
from xorviz.core.network import flat, gradient, head_of, hidden, logits, weights_of
from xorviz.core.runs.record import Checkpoint, Record, Streak, step_of
from xorviz.core.runs.recording import Recording
from xorviz.core.runs.snapshot import LEARNED_ERROR, RIGHT_ERROR, Snapshot
from xorviz.core.runs.source import WatchedSource
from xorviz.core.runs.stopping import Halt
from xorviz.core.runs.trace import Trace
from xorviz.core.settings import RunConfig
from xorviz.core.steps import memory_sizes
from xorviz.core.truth_table import ROWS

MOST_STATES = 8192
"""More than a program keeps, of a run of any length."""
MOST_RECENT = 1024
"""States that are not kept."""


class WatchedRun:
    """The states of a run that another program trains. Each is exact; none lies between them.

    For showing steps it has what a Recording has.
    """

    def __init__(self, config: RunConfig, source: WatchedSource) -> None:
        """Begin with no state; nothing can be shown before the first."""
        self.config, self.source = config, source
        self._states: list[Checkpoint] = []
        self._recent: set[int] = set()
        """Steps of states that older ones give way to."""
        self._trace = Trace()

    @classmethod
    def of(cls, record: Record) -> "WatchedRun":
        """Return a run with the states of a record."""
        assert record.source is not None
        run = cls(record.config, record.source)
        run._states, run._trace = list(record.checkpoints), record.trace
        return run

    @property
    def newest(self) -> int:
        """The step of the newest state."""
        return self._states[-1].step

    @property
    def halt(self) -> Halt | None:
        """Why the program has stopped, if that is known."""
        return Halt.DIVERGED if self.source.diverged else None

    @property
    def is_empty(self) -> bool:
        """Whether no state has come yet."""
        return not self._states

    def read(self) -> None:
        """Take in what has come since; of a run that is a value, nothing has."""

    def extend(self, steps: Steps, parameters: Array, are_kept: Mask | None = None) -> None:
        """Add states (K, P), all finite, at rising steps (K,) after the newest one.

        Of those that are not kept, the last ones stay.
        """
        right, learned = Streak(), Streak()
        if self._states:
            right, learned = self._states[-1].right, self._states[-1].learned
        added = self._points(steps, parameters)
        bits = np.array(self.config.targets)
        worst = head_of(self.config).errors(added.outputs, bits).max(axis=1)
        for step, numbers, error in zip(steps.tolist(), parameters, worst.tolist(), strict=True):
            right = right.then(error < RIGHT_ERROR, step)
            learned = learned.then(error < LEARNED_ERROR, step)
            self._states.append(Checkpoint(step, (numbers,), right, learned))
        self._trace = self._trace.extended(added)
        self._recent.update([] if are_kept is None else steps[~are_kept].tolist())
        if len(self._recent) > 2 * MOST_RECENT:
            self._thin()

    def adopt(self, config: RunConfig, assumed: tuple[str, ...], batch: str | None = None) -> None:
        """Replace the settings by ones of the same shape, the names of assumed ones, and rows."""
        self.config = config
        self.source = replace(self.source, assumed=assumed, batch=batch or self.source.batch)
        states, self._states, self._trace = self._states, [], Trace()
        if states:
            steps = np.array([state.step for state in states])
            self.extend(steps, np.array([state.parameters for state in states]))

    def record(self) -> Record:
        """Return the run as a value, with all states that are kept."""
        newest = self.newest if self._states else 0
        kept = tuple(self._states)
        return Record(self.config, (), newest, self._trace, kept, source=self.source)

    def snapshot(self) -> Snapshot:
        """Return the newest state."""
        return self.state_at(self.newest)

    def state_at(self, step: int) -> Snapshot:
        """Return the last state up to a step. Raises IndexError if there is none."""
        place = self._place(step)
        state = self._states[place]
        weights = weights_of(state.parameters, self.config)
        memory = None
        is_next = place and state.step - self._states[place - 1].step == self.source.every
        is_next = is_next and self.config.batch == "full"  # else there are updates in between
        if is_next and list(memory_sizes(self.config)) == ["velocity"]:
            memory = (self._states[place - 1].parameters - state.parameters,)
        with np.errstate(all="ignore"):  # the last finite weights may be huge
            slope = gradient(weights, self.config)
        return Snapshot(
            config=self.config,
            step=state.step,
            weights=weights,
            gradient=slope,
            loss=float(self._trace.losses[place]),
            outputs=self._trace.outputs[place],
            record=self.record(),
            right_since=state.right.since,
            learned_since=state.learned.since,
            halt=self.halt if state.step == self.newest else None,
            memory=memory,
        )

    def kept(self, step: int) -> int:
        """Return the last kept step up to a step."""
        return self._states[self._place(step)].step

    def kept_after(self, step: int) -> int:
        """Return the first kept step after a step. Raises IndexError if there is none."""
        return self._states[bisect_right(self._states, step, key=step_of)].step

    def parameters_at(self, step: int) -> Array:
        """Return the last state (P,) up to a step."""
        return self._states[self._place(step)].parameters

    def _place(self, step: int) -> int:
        """Return the place of the last state up to a step."""
        place = bisect_right(self._states, step, key=step_of) - 1
        if place < 0:
            raise IndexError(f"step {step} is before the first state")
        return place

    def _points(self, steps: Steps, parameters: Array) -> Trace:
        """Return the points of the trace at these states."""
        with np.errstate(all="ignore"):  # weights may be huge
            weights = weights_of(parameters, self.config)
            z, head = logits(weights, hidden(weights, self.config)), head_of(self.config)
            losses = head.loss(z, np.array(self.config.targets))
            norms = np.linalg.norm(flat(gradient(weights, self.config)), axis=-1)
        norms[~np.isfinite(norms)] = np.nan
        return Trace(steps, losses, head.outputs(z), norms)

    def _thin(self) -> None:
        """Leave the oldest recent states out."""
        last = sorted(self._recent)[-MOST_RECENT:]
        gone, self._recent = self._recent.difference(last), set(last)
        stay = np.array([state.step not in gone for state in self._states])
        self._states = [state for state in self._states if state.step not in gone]
        self._trace = self._trace.picked(stay)


def by_passes(record: Record) -> Record:
    """Return a watched run whose steps are passes; of one that shows each update by a row."""
    assert record.source is not None
    config = record.source.recipe(record.config)
    if config == record.config:
        return record
    run, whole = WatchedRun(config, record.source), len(ROWS)
    kept = [state for state in record.checkpoints if state.step % whole == 0]
    parameters = np.array([state.parameters for state in kept])
    run.extend(np.array([state.step // whole for state in kept]), parameters)
    return run.record()


def run_of(record: Record, kernel: str = NUMPY) -> Recording | WatchedRun:
    """Return what replays a run's steps, or has them if it is watched."""
    return Recording(record, kernel) if record.source is None else WatchedRun.of(record)
