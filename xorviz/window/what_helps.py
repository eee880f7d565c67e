"""What helps, from the whole window: by its action, by the offer in the state line, unasked."""

from collections.abc import Callable
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Qt, Slot
from PySide6.QtGui import QAction

from xorviz.core.runs.snapshot import Snapshot
from xorviz.window.bars.state_line import StateLine
from xorviz.window.docks.docks import Docks

if TYPE_CHECKING:  # not loaded at the start
    from xorviz.files.weights.known import Known
    from xorviz.window.lab.trials_controller import TrialsController

_PANEL = "what_helps"
_ASK = "What helps?", "Try changes to this network, and show which of them help"


class WhatHelpsKey(QObject):
    """Has what helps tried and shown, wherever in the window that is asked for.

    The panel is made, and what tries is loaded, when they are first needed.
    """

    def __init__(
        self,
        made: Callable[[], "TrialsController"],
        docks: Docks,
        line: StateLine,
        by_itself: QAction,
    ) -> None:
        """Take what makes the panel, unless it is made, and returns what tries."""
        super().__init__(docks)
        self._made, self._docks, self._line = made, docks, line
        self._by_itself = by_itself
        self._trials: TrialsController | None = None
        line.help_text = self._offered
        line.help_requested.connect(self._use_offer)
        # Later: the line is told of a state before the panels are.
        line.needs_help.connect(self._try_by_itself, Qt.ConnectionType.QueuedConnection)

    def follow(self, trials: "TrialsController") -> None:
        """Offer what these trials find."""
        self._trials = trials
        trials.changed.connect(self._line.refresh)

    @Slot()
    def show(self) -> None:
        """Try what helps, and show it; if that is shown already, put the panel back."""
        is_new = self._trials is None or not self._trials.is_known
        if not (is_new and self._is_shown):
            self._docks.reveal(_PANEL)
        self._docks.gate.make(self._try_all)

    @Slot(object)
    def try_imported(self, known: "Known") -> None:
        """Try and show what becomes of a network from another program, and what helps it."""
        self._docks.reveal(_PANEL, puts_back=False)
        self._docks.gate.make(lambda: self._made().try_all(known))

    @Slot()
    def _use_offer(self) -> None:
        """Make the change that helps best, if one is known; else show what is tried."""
        if self._trials is None or not self._trials.make_best():
            self._docks.reveal(_PANEL, puts_back=False)
            self._docks.gate.make(self._try_all)

    @Slot()
    def _try_by_itself(self) -> None:
        if self._by_itself.isChecked() and self._line.offers_help:
            self._docks.gate.make(self._docks.need_all)
            self._docks.gate.make(self._try_all)

    def _try_all(self) -> None:
        self._made().try_all()

    def _offered(self, seen: Snapshot) -> tuple[str, str]:
        """Return the text and the tip of the offer for a state."""
        return (None if self._trials is None else self._trials.offer(seen)) or _ASK

    @property
    def _is_shown(self) -> bool:
        made = self._docks.made
        return any(one.content.objectName() == _PANEL and one.is_in_front for one in made)
