"""What is to be done to a run, checked before it is sent: the worker must not fail by it."""

from xorviz.core.config import RunConfig
from xorviz.core.network import Weights
from xorviz.core.rules import SettingError
from xorviz.core.runs.record import (
    TOO_MANY,
    Intervention,
    checked_intervention,
    parameter_count,
    setting,
)
from xorviz.core.runs.snapshot import Snapshot
from xorviz.engine.commands import Intervene, SetWeights


def checked_change(
    run: int, wanted: Intervention, beside: bool, seen: Snapshot | None, config: RunConfig
) -> Intervene:
    """Return what changes a run, the second one where there is one and it is meant.

    Raises SettingError for what cannot be.
    """
    second = seen.beside if seen is not None and beside else None
    config = config if second is None else second.config
    made = checked_intervention(config, wanted.step, wanted.field, wanted.value, wanted.index)
    _check_room(second or seen, 1)
    return Intervene(run, made.field, made.value, made.index, second is not None)


def checked_weights(
    run: int, weights: Weights, seen: Snapshot | None, config: RunConfig
) -> SetWeights:
    """Return what sets all weights of the first run; raise SettingError if they do not fit it."""
    count = parameter_count(config)
    if len(setting(weights, 0)) != count:
        raise SettingError(f"these are not the weights of a network with {count} numbers")
    _check_room(seen, count)
    return SetWeights(run, weights)


def _check_room(seen: Snapshot | None, wanted: int) -> None:
    if seen is not None and not seen.record.has_room_for(wanted):
        raise SettingError(TOO_MANY)
