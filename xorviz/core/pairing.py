"""Two runs in lock step: what the second one takes over from the first."""

from dataclasses import replace

from xorviz.core.config import RULES, RunConfig
from xorviz.core.record import Record, at_step, weight_shapes
from xorviz.core.recording import Recording


def following(config: RunConfig, before: RunConfig, after: RunConfig) -> RunConfig:
    """Return a config that changes with another one where both were the same."""
    changed = {name for name in RULES if getattr(before, name) != getattr(after, name)}
    shared = {name for name in changed if getattr(config, name) == getattr(before, name)}
    return replace(config, **{name: getattr(after, name) for name in shared})


def started_alike(first: Record, config: RunConfig) -> Record:
    """Return a run of these settings from the weights that another one was given at step 0."""
    second = Recording(config)
    for given in at_step(first.interventions, 0):
        if given.field in weight_shapes(config):
            second.intervene(given.field, given.value, given.index)
    return second.record()
