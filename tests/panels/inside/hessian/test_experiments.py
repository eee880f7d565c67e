"""The three tries by themselves: when they can be chosen, and what comes of them."""

import pytest
from PySide6.QtCore import QObject
from PySide6.QtGui import QAction
from PySide6.QtWidgets import QApplication

from tests.support.snapshots import trained
from xorviz.core.analysis.curvature import Curvature, curvature
from xorviz.core.config import RunConfig
from xorviz.core.runs.snapshot import Snapshot
from xorviz.panels.inside.hessian.experiments import Experiments

ON_SADDLE = trained(RunConfig(), 1_000)
IN_VALLEY = trained(RunConfig(rate=0.5), 5_000)


def curvature_of(snapshot: Snapshot) -> Curvature:
    return curvature(snapshot.weights, snapshot.config)


@pytest.fixture
def owner(qapp: QApplication) -> QObject:
    return QObject()


@pytest.fixture
def tries(owner: QObject) -> Experiments:
    return Experiments(owner)


def enabled(tries: Experiments) -> list[bool]:
    return [action.isEnabled() for action in tries.actions]


def test_at_first_nothing_can_be_tried(tries: Experiments) -> None:
    assert enabled(tries) == [False] * 3
    for action in tries.actions:
        action.setEnabled(True)  # as if something had gone wrong
        action.trigger()
    assert tries.size == 0.1


def test_a_network_can_be_run_on_and_kicked(tries: Experiments) -> None:
    tries.show_snapshot(ON_SADDLE)
    assert enabled(tries) == [True, True, False]


def test_a_direction_down_is_offered_when_it_may_be(tries: Experiments) -> None:
    tries.show_snapshot(ON_SADDLE)
    states = []
    for may_enable in (False, True, False):
        tries.show_curvature(curvature_of(ON_SADDLE), may_enable)
        states.append(tries.actions[2].isEnabled())
    assert states == [False, True, True]
    tries.show_curvature(None, may_enable=True)
    assert not tries.actions[2].isEnabled()


@pytest.mark.parametrize("snapshot", [None, ON_SADDLE, IN_VALLEY])
def test_follow_says_why_it_can_or_cannot_be_chosen(
    tries: Experiments, snapshot: Snapshot | None
) -> None:
    found = None if snapshot is None else curvature_of(snapshot)
    tries.show_curvature(found, may_enable=True)
    begins = "Pause first" if found is None else "Move along" if found.curves_down else "No"
    assert tries.actions[2].toolTip().startswith(begins)
    assert tries.actions[2].statusTip() in tries.actions[2].toolTip()


def test_words_that_stay_the_same_are_not_set_again(tries: Experiments) -> None:
    """Each change of an action is followed by its button and its menus, at every snapshot."""
    tries.show_snapshot(ON_SADDLE)
    tries.show_curvature(None, may_enable=False)
    changes: list[QAction] = []
    for action in tries.actions:
        action.changed.connect(lambda action=action: changes.append(action))
    tries.show_snapshot(IN_VALLEY)
    tries.show_curvature(None, may_enable=True)
    assert changes == []


def test_one_size_is_chosen_at_a_time(tries: Experiments) -> None:
    answered: list[float] = []
    tries.size_changed.connect(lambda: answered.append(tries.size))
    for action in tries.sizes:
        action.trigger()
    assert answered == [0.01, 0.1, 1.0]
    assert [action.isChecked() for action in tries.sizes] == [False, False, True]


def test_each_has_a_name_of_its_own_to_be_kept_by(tries: Experiments) -> None:
    names = [action.objectName() for action in (*tries.actions, *tries.sizes)]
    assert names == ["longer", "kick", "follow", "kick_0.01", "kick_0.1", "kick_1"]
