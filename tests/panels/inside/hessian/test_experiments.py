"""The three experiments: when they are enabled, and what they request."""

import pytest
from PySide6.QtCore import QObject
from PySide6.QtGui import QAction
from PySide6.QtWidgets import QApplication

from tests.support.snapshots import trained
from xorviz.core.config import RunConfig
from xorviz.panels.inside.hessian.experiments import Experiments

ON_SADDLE = trained(RunConfig(), 1_000)
IN_VALLEY = trained(RunConfig(rate=0.5), 5_000)


@pytest.fixture
def owner(qapp: QApplication) -> QObject:
    return QObject()


@pytest.fixture
def experiments(owner: QObject) -> Experiments:
    return Experiments(owner)


def enabled(experiments: Experiments) -> list[bool]:
    return [action.isEnabled() for action in experiments.actions]


def test_a_snapshot_enables_longer_and_kick(experiments: Experiments) -> None:
    assert enabled(experiments) == [False] * 3
    for action in experiments.actions:
        action.setEnabled(True)  # as if enabled by mistake
        action.trigger()
        action.setEnabled(False)
    experiments.show_snapshot(ON_SADDLE)
    assert enabled(experiments) == [True, True, False]


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


def test_object_names_of_the_actions(experiments: Experiments) -> None:
    names = [action.objectName() for action in (*experiments.actions, *experiments.sizes.actions())]
    assert names == ["longer", "kick", "follow", "kick_0.01", "kick_0.1", "kick_1"]
