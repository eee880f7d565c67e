"""Changes are checked before they are sent."""

from dataclasses import replace

import numpy as np
import pytest

from tests.engine.watched import WatchedSession
from tests.support.snapshots import trained
from xorviz.core.network import Weights, initial_weights
from xorviz.core.rules import SettingError
from xorviz.core.runs.record import MOST_INTERVENTIONS, Intervention, setting
from xorviz.core.runs.snapshot import Snapshot
from xorviz.core.settings import RunConfig
from xorviz.engine.commands import Intervene, checked_change, checked_weights

CONFIG = RunConfig()
RATE = Intervention(5, "rate", 0.5)


def full(snapshot: Snapshot, room: int) -> Snapshot:
    """Return a snapshot of a run that can take ``room`` more changes."""
    made = (RATE,) * (MOST_INTERVENTIONS - room)
    return replace(snapshot, record=replace(snapshot.record, interventions=made))


def test_a_change_is_converted_to_its_type_and_checked_for_its_run() -> None:
    wanted = Intervention(5, "rate", 1)
    command = checked_change(7, wanted, False, None, CONFIG)
    assert command == Intervene(7, (wanted,))
    assert isinstance(command.changes[0].value, float)
    alone = trained(CONFIG)
    biased = replace(full(alone, 0), beside=trained(RunConfig(biases=True)))
    bias = Intervention(0, "b2", 1.0, (0,))
    assert checked_change(7, bias, True, biased, CONFIG) == Intervene(7, (bias,), beside=True)
    with pytest.raises(SettingError, match="no biases"):
        checked_change(7, bias, True, alone, CONFIG)
    with pytest.raises(SettingError, match="not shown yet"):
        checked_change(7, bias, True, None, CONFIG)


def test_a_run_takes_a_limited_number_of_changes_and_each_weight_is_one() -> None:
    snapshot, weights = trained(CONFIG), initial_weights(CONFIG)
    assert checked_change(7, RATE, False, full(snapshot, 1), CONFIG)
    expected = Intervene(7, setting(weights, 0))
    assert checked_weights(7, weights, full(snapshot, 9), CONFIG) == expected
    assert checked_weights(7, weights, None, CONFIG) == expected
    with pytest.raises(SettingError, match="at most"):
        checked_change(7, RATE, False, full(snapshot, 0), CONFIG)
    with pytest.raises(SettingError, match="at most"):
        checked_weights(7, weights, full(snapshot, 8), CONFIG)


def test_weights_of_another_network_or_out_of_range_are_refused() -> None:
    for other in (RunConfig(width=4), RunConfig(biases=True)):
        with pytest.raises(SettingError, match="9 numbers"):
            checked_weights(7, initial_weights(other), None, CONFIG)
    drawn = initial_weights(CONFIG)
    for value in (1e7, -1e7, np.inf, np.nan):
        w1 = drawn.w1.copy()
        w1[1, 2] = value
        with pytest.raises(SettingError, match="w1"):
            checked_weights(7, Weights(w1, None, drawn.w2, None), None, CONFIG)


def test_the_session_changes_settings_at_once_and_sets_weights(session: WatchedSession) -> None:
    weights = initial_weights(RunConfig(seed=99))
    session.step(20)
    session.rest()
    session.intervene("momentum", 0.5)
    assert session.config.momentum == 0.5  # at once
    session.rest()
    assert [(c.step, c.field, c.value) for c in session.last.interventions] == [
        (20, "momentum", 0.5)
    ]
    with pytest.raises(SettingError, match="momentum is 1; allowed"):
        session.intervene("momentum", 1)
    session.seek(10)
    with pytest.raises(SettingError):
        session.set_weights(initial_weights(RunConfig(width=5)))
    session.set_weights(weights)
    session.rest()
    assert (session.last.step, session.last.newest) == (10, 10)
    np.testing.assert_array_equal(session.last.weights.w1, weights.w1)
