"""Experiments on the network that is shown: run longer, kick it, follow the curvature."""

from collections.abc import Callable

from PySide6.QtCore import QObject, Signal, Slot
from PySide6.QtGui import QAction

from xorviz.core import numerals
from xorviz.core.analysis.curvature import Curvature, followed, kicked
from xorviz.core.runs.snapshot import Snapshot
from xorviz.ui.one_of import OneOf

KICK_SIZES = (0.01, 0.1, 1.0)
LONGER = 5
"""Factor by which a run is made longer."""
FIRST_STEPS = 5_000
"""Steps added to a run at step 0."""
_DEFAULT_SIZE = 0.1

_LONGER_TIP = f"Train on until the run is {LONGER} times as long as it is here"
_KICK_TIP = "Move all weights a little, in a random direction"
_FOLLOW_TIP = "Move along the direction that curves down most, to where the loss is lowest"
_NOT_YET = "Pause first: the curvature is not worked out yet for the step that is shown"
_NO_WAY = "No direction curves down here, so there is none to follow"
_NOTHING_LOWER = "Along the direction that curves down, no loss was lower than here."


class Experiments(QObject):
    """Actions of three experiments, and of the kick's size. They use the latest snapshot.

    Every run repeats the same sequence of kicks.
    """

    longer_requested = Signal(object)  # int: number of steps
    weights_requested = Signal(object, str)  # Weights, their origin
    refused = Signal(str)  # why an experiment cannot be done

    def __init__(self, owner: QObject) -> None:
        super().__init__(owner)
        self._snapshot: Snapshot | None = None
        self._curvature: Curvature | None = None
        self._kicks, self._kicked_run = 0, -1
        longer = self._action("longer", f"Run {LONGER}× longer", "Alt+L", self._choose_longer)
        kick = self._action("kick", "Kick", "Alt+K", self._choose_kick)
        # Alt+F opens the file menu; D is for down.
        self._follow = self._action("follow", "Follow", "Alt+D", self._choose_follow)
        self.actions = [longer, kick, self._follow]
        for action, tip in zip(self.actions, (_LONGER_TIP, _KICK_TIP, _NOT_YET), strict=True):
            _set_tip(action, tip)
        self.sizes = OneOf(self, {size: self._size(size) for size in KICK_SIZES}, _DEFAULT_SIZE)
        """Distance that a kick moves the weights, over all of them."""

    def _action(self, name: str, text: str, key: str, act: Callable[[], None]) -> QAction:
        action = QAction(text, self)
        action.setObjectName(name)
        action.setShortcut(key)
        action.setEnabled(False)
        action.triggered.connect(act)
        return action

    def _size(self, size: float) -> QAction:
        action = QAction(f"Kick by {size:g}", self)
        action.setObjectName(f"kick_{size:g}")
        action.setStatusTip("How far a kick moves the weights, all of them together")
        return action

    def show_snapshot(self, snapshot: Snapshot) -> None:
        self._snapshot = snapshot
        for action in self.actions[:2]:
            action.setEnabled(True)

    def show_curvature(self, found: Curvature | None, may_enable: bool) -> None:
        """Enable following the curvature if it curves down; None: it is not computed yet.

        An action that is disabled stays so unless ``may_enable``.
        """
        self._curvature = found
        curves_down = found is not None and found.curves_down
        self._follow.setEnabled(curves_down and (may_enable or self._follow.isEnabled()))
        tip = _NOT_YET if found is None else _FOLLOW_TIP if curves_down else _NO_WAY
        _set_tip(self._follow, tip)

    @Slot()
    def _choose_longer(self) -> None:
        if self._snapshot is not None:
            self.longer_requested.emit((LONGER - 1) * self._snapshot.step or FIRST_STEPS)

    @Slot()
    def _choose_kick(self) -> None:
        snapshot = self._snapshot
        if snapshot is None:
            return
        if snapshot.run != self._kicked_run:
            self._kicked_run, self._kicks = snapshot.run, 0
        self._kicks += 1
        size = self.sizes.value
        weights = kicked(snapshot.weights, size, self._kicks)
        self.weights_requested.emit(weights, f"kick {size:g}, seed {self._kicks}")

    @Slot()
    def _choose_follow(self) -> None:
        snapshot, found = self._snapshot, self._curvature
        if snapshot is None or found is None:
            return
        weights = followed(snapshot.weights, snapshot.config, found)
        if weights is None:
            self.refused.emit(_NOTHING_LOWER)
            return
        lowest = numerals.real(float(found.eigenvalues[0]), 3)
        self.weights_requested.emit(weights, f"follow, eigenvalue {lowest}")


def _set_tip(action: QAction, tip: str) -> None:
    """Set an action's tips if they changed, since buttons redraw with them."""
    if action.statusTip() != tip:
        action.setToolTip(f"{tip} ({action.shortcut().toString()})")
        action.setStatusTip(tip)
