"""The three experiments: when they are enabled, and what they request."""

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
def experiments(owner: QObject) -> Experiments:
    return Experiments(owner)


def enabled(experiments: Experiments) -> list[bool]:
    return [action.isEnabled() for action in experiments.actions]


def test_without_a_snapshot_all_actions_are_disabled(experiments: Experiments) -> None:
    assert enabled(experiments) == [False] * 3
    for action in experiments.actions:
        action.setEnabled(True)  # as if enabled by mistake
        action.trigger()
    assert experiments.size == 0.1


def test_a_snapshot_enables_longer_and_kick(experiments: Experiments) -> None:
    experiments.show_snapshot(ON_SADDLE)
    assert enabled(experiments) == [True, True, False]


def test_follow_is_enabled_only_when_allowed(experiments: Experiments) -> None:
    experiments.show_snapshot(ON_SADDLE)
    states = []
    for may_enable in (False, True, False):
        experiments.show_curvature(curvature_of(ON_SADDLE), may_enable)
        states.append(experiments.actions[2].isEnabled())
    assert states == [False, True, True]
    experiments.show_curvature(None, may_enable=True)
    assert not experiments.actions[2].isEnabled()


@pytest.mark.parametrize("snapshot", [None, ON_SADDLE, IN_VALLEY])
def test_follow_explains_whether_it_is_enabled(
    experiments: Experiments, snapshot: Snapshot | None
) -> None:
    found = None if snapshot is None else curvature_of(snapshot)
    experiments.show_curvature(found, may_enable=True)
    begins = "Pause first" if found is None else "Move along" if found.curves_down else "No"
    assert experiments.actions[2].toolTip().startswith(begins)
    assert experiments.actions[2].statusTip() in experiments.actions[2].toolTip()


def test_unchanged_tips_are_not_set_again(experiments: Experiments) -> None:
    """Buttons and menus redraw at each change of an action."""
    experiments.show_snapshot(ON_SADDLE)
    experiments.show_curvature(None, may_enable=False)
    changes: list[QAction] = []
    for action in experiments.actions:
        action.changed.connect(lambda action=action: changes.append(action))
    experiments.show_snapshot(IN_VALLEY)
    experiments.show_curvature(None, may_enable=True)
    assert changes == []


def test_one_size_is_checked_at_a_time(experiments: Experiments) -> None:
    sizes: list[float] = []
    experiments.size_changed.connect(lambda: sizes.append(experiments.size))
    for action in experiments.sizes:
        action.trigger()
    assert sizes == [0.01, 0.1, 1.0]
    assert [action.isChecked() for action in experiments.sizes] == [False, False, True]


def test_object_names_of_the_actions(experiments: Experiments) -> None:
    names = [action.objectName() for action in (*experiments.actions, *experiments.sizes)]
    assert names == ["longer", "kick", "follow", "kick_0.01", "kick_0.1", "kick_1"]
