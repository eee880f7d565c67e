"""Changes are checked before they are sent."""

from dataclasses import replace

import numpy as np
import pytest

from tests.engine.watched import WatchedSession
from tests.support.cases import some
from tests.support.snapshots import trained
from xorviz.core.network import Weights, initial_weights
from xorviz.core.rules import SettingError
from xorviz.core.runs.record import MOST_INTERVENTIONS, Intervention, setting
from xorviz.core.runs.snapshot import Snapshot
from xorviz.core.settings import RunConfig
from xorviz.engine.activity import Activity
from xorviz.engine.commands import Intervene, checked_change, checked_weights

CONFIG = RunConfig()
RATE = Intervention(5, "rate", 0.5)


def full(snapshot: Snapshot, room: int) -> Snapshot:
    """Return a snapshot of a run that can take ``room`` more changes."""
    made = (RATE,) * (MOST_INTERVENTIONS - room)
    return replace(snapshot, record=replace(snapshot.record, interventions=made))


def test_a_change_is_converted_to_its_type() -> None:
    wanted = Intervention(5, "rate", 1)
    command = checked_change(7, wanted, False, None, CONFIG)
    assert command == Intervene(7, (wanted,))
    assert isinstance(command.changes[0].value, float)


def test_a_change_beside_needs_a_second_run() -> None:
    alone = trained(CONFIG)
    biased = replace(alone, beside=trained(RunConfig(biases=True)))
    wanted = Intervention(0, "b2", 1.0, (0,))
    assert checked_change(7, wanted, True, biased, CONFIG).beside
    with pytest.raises(SettingError, match="no biases"):
        checked_change(7, wanted, True, alone, CONFIG)


def test_a_run_with_the_most_changes_refuses_one() -> None:
    snapshot = trained(CONFIG)
    checked_change(7, RATE, False, full(snapshot, 1), CONFIG)
    with pytest.raises(SettingError, match="at most"):
        checked_change(7, RATE, False, full(snapshot, 0), CONFIG)


def test_setting_all_weights_counts_each_weight() -> None:
    snapshot, weights = trained(CONFIG), initial_weights(CONFIG)
    assert checked_weights(7, weights, full(snapshot, 9), CONFIG) == Intervene(
        7, setting(weights, 0)
    )
    with pytest.raises(SettingError, match="at most"):
        checked_weights(7, weights, full(snapshot, 8), CONFIG)


@pytest.mark.parametrize("other", some([RunConfig(width=4), RunConfig(biases=True)], 1))
def test_weights_of_another_network_are_refused(other: RunConfig) -> None:
    with pytest.raises(SettingError, match="9 numbers"):
        checked_weights(7, initial_weights(other), None, CONFIG)


@pytest.mark.parametrize("value", some([1e7, -1e7, np.inf, np.nan]))
def test_weights_out_of_range_are_refused(value: float) -> None:
    drawn = initial_weights(CONFIG)
    w1 = drawn.w1.copy()
    w1[1, 2] = value
    with pytest.raises(SettingError, match="w1"):
        checked_weights(7, Weights(w1, None, drawn.w2, None), None, CONFIG)


def test_the_session_sets_all_weights_at_once(session: WatchedSession) -> None:
    weights = initial_weights(RunConfig(seed=99))
    session.step(20)
    session.wait(lambda: session.activity is Activity.PAUSED)
    session.seek(10)
    session.set_weights(weights)
    session.wait(lambda: session.unanswered == 0)
    assert (session.last.step, session.last.newest) == (10, 10)
    np.testing.assert_array_equal(session.last.weights.w1, weights.w1)


def test_invalid_weights_leave_the_session_unchanged(session: WatchedSession) -> None:
    with pytest.raises(SettingError):
        session.set_weights(initial_weights(RunConfig(width=5)))
    assert session.unanswered == 0
    assert session.activity is Activity.PAUSED
