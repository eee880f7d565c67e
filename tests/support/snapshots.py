"""Snapshots for tests: of real runs, and with chosen numbers."""

from collections.abc import Sequence
from dataclasses import replace
from functools import cache

import numpy as np
from numpy.typing import NDArray

from xorviz.core.kernels.compiler import NUMPY
from xorviz.core.network import Weights, flat, gradient, initial_weights, loss, outputs, weights_of
from xorviz.core.runs.record import Intervention, Record
from xorviz.core.runs.recording import Recording
from xorviz.core.runs.snapshot import Snapshot
from xorviz.core.runs.stopping import NEVER, StopRules
from xorviz.core.runs.trace import Trace
from xorviz.core.runs.trainer import Trainer
from xorviz.core.settings import RunConfig
from xorviz.core.steps import State, fresh_memory, step

QUICK = RunConfig(width=5, rate=1, biases=True, momentum=0.5)
"""All rows right from step 82 and learned from step 168."""
RECIPES = {
    "tanh, −1 and 1, passes": RunConfig(
        activation="tanh", output="tanh", coding="plus-minus", batch="pass", rate=0.05, biases=True
    ),
    "tanh of 0 and 1": RunConfig(output="tanh", rate=0.1, momentum=0.5),
    "sigmoid of −1 and 1": RunConfig(coding="plus-minus", rate=0.1),
    "Adam": RunConfig(optimizer="adam", init="fan-in", loss="mean-cross-entropy", rate=0.1),
    "linear, shuffled": RunConfig(output="linear", batch="shuffled", rate=0.1, biases=True),
}
"""Other outputs, codings, batches and optimizers."""


@cache
def trained(
    config: RunConfig, steps: int = 0, rules: StopRules = NEVER, kernel: str = NUMPY
) -> Snapshot:
    """Return the snapshot after this many steps, or fewer if a rule stops the run.

    Tests share it: its numbers cannot be written to.
    """
    trainer = Trainer(config, kernel=kernel)
    trainer.advance(steps, rules)
    made = trainer.snapshot()
    trace = made.trace
    for array in (
        *made.weights.arrays(),
        *made.gradient.arrays(),
        made.outputs,
        *(trace.steps, trace.losses, trace.outputs, trace.gradient_norms),
    ):
        array.flags.writeable = False
    return made


def with_losses(losses: Sequence[float], first_step: int = 0) -> Snapshot:
    """Return a snapshot whose trace has these losses, one a step."""
    kept = np.array(losses, dtype=float)
    steps = np.arange(first_step, first_step + len(kept))
    snapshot = trained(RunConfig())
    newest = int(steps[-1])
    record = replace(snapshot.record, newest=newest, trace=Trace(steps, kept))
    return replace(snapshot, step=newest, record=record, loss=float(kept[-1]))


def with_interventions(snapshot: Snapshot, *made: Intervention) -> Snapshot:
    """Return a snapshot of a run with these changes."""
    return replace(snapshot, record=replace(snapshot.record, interventions=made))


def of_file(config: RunConfig, parameters: Sequence[float], losses: Sequence[float]) -> Snapshot:
    """Return a snapshot of a run that a file can hold: parameters (P,), a loss for each step.

    Its first checkpoint has the initial weights, and all others these parameters.
    """
    start, last = Trainer(config).checkpoint(), len(losses) - 1
    given = np.array(parameters, dtype=float)
    steps = {last // 2, last} - {0}
    checkpoints = (
        start,
        *(replace(start, step=n, state=(given, start.state[1])) for n in sorted(steps)),
    )
    trace = Trace(np.arange(len(losses)), np.array(losses, dtype=float))
    record = Record(config, newest=last, trace=trace, checkpoints=checkpoints)
    with np.errstate(all="ignore"):
        return Recording(record).snapshot()


def far_record(config: RunConfig, newest: int) -> Record:
    """Return a run that claims this many steps, with checkpoints only at both ends."""
    start, last = Trainer(config).checkpoint(), trained(config, 200)
    tip = replace(start, step=newest, state=(flat(last.weights), start.state[1]))
    trace = Trace(np.array([0, newest]), np.array([trained(config).loss, last.loss]))
    return Record(config, newest=newest, trace=trace, checkpoints=(start, tip))


def with_weights(config: RunConfig, fill: float | None = None, scale: float = 1.0) -> Snapshot:
    """Return a snapshot with all weights equal, or with the initial ones times a factor."""

    def changed(array: NDArray[np.float64]) -> NDArray[np.float64]:
        return array * scale if fill is None else np.full_like(array, fill)

    weights = initial_weights(config).each(changed)
    with np.errstate(all="ignore"):
        return replace(
            trained(config),
            weights=weights,
            gradient=gradient(weights, config),
            outputs=outputs(weights, config),
            loss=float(loss(weights, config)),
        )


def taken(before: Weights, config: RunConfig, count: int = 1) -> list[Weights]:
    """Return the weights after each of some steps, the first of which has no memory."""
    states: list[State] = [(flat(before), *fresh_memory(config))]
    for number in range(1, count + 1):
        states.append(step(states[-1], config, number))
    return [weights_of(parameters, config) for parameters, *_ in states[1:]]
