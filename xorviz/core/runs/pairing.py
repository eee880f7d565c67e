"""What one run takes over from another: in lock step, or as it is begun again."""

from dataclasses import replace

from xorviz.core.config import RULES, RunConfig
from xorviz.core.runs.record import Record, at_step, weight_shapes
from xorviz.core.runs.recording import Recording

SHAPING = ("width", "seed", "biases", "init", "init_range", "perturbation")
"""Settings that decide the initial weights."""


def following(config: RunConfig, before: RunConfig, after: RunConfig) -> RunConfig:
    """Return a config that changes with another one where both were the same."""
    changed = {name for name in RULES if getattr(before, name) != getattr(after, name)}
    shared = {name for name in changed if getattr(config, name) == getattr(before, name)}
    return replace(config, **{name: getattr(after, name) for name in shared})


def restarted(run: Record, config: RunConfig) -> Record:
    """Return a run from the beginning, from the same weights if these settings leave them alone."""
    is_same = all(getattr(run.config, name) == getattr(config, name) for name in SHAPING)
    return started_alike(run, config) if is_same and run.interventions else Record(config)


def started_alike(first: Record, config: RunConfig) -> Record:
    """Return a run of these settings from the weights that another one was given at step 0."""
    second = Recording(config)
    for given in at_step(first.interventions, 0):
        if given.field in weight_shapes(config):
            second.intervene(given.field, given.value, given.index)
    return second.record()
