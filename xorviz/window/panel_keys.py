"""The panels What helps and Check, from the whole window: by an action, an offer, or unasked."""

from collections.abc import Callable
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Qt, Slot
from PySide6.QtGui import QAction

from xorviz.core.runs.snapshot import Snapshot
from xorviz.ui.keys import written
from xorviz.window.bars.state_line import StateLine
from xorviz.window.layout.desk import Desk

if TYPE_CHECKING:
    from xorviz.core.check.step_check import StepCheck
    from xorviz.files.weights.known import Known
    from xorviz.panels.learn.check_view import CheckView
    from xorviz.window.lab.trials_controller import TrialsController


_CHECK = "step_check"
_HINT = (
    "To check your code, paste weights before and after one training step: choose File, Import "
    "network ({})."
)


class StepCheckKey(QObject):
    """Shows the check of another program's training step."""

    def __init__(self, desk: Desk, importing: QAction) -> None:
        """Take the action that imports a network; its key is named where nothing is shown."""
        super().__init__(desk)
        self._desk, self._importing = desk, importing
        self._view: CheckView | None = None
        self._watched: tuple[StepCheck | None, str] = None, ""
        """The last check of a watched run and which step of which run it is of; or why none."""

    def follow(self, view: "CheckView") -> None:
        """Show checks in this view from now on."""
        self._view = view
        self.keep(*self._watched)

    @Slot()
    def show(self) -> None:
        """Show the panel; if it is shown already, put it back."""
        self._desk.reveal(_CHECK)

    @Slot(object)
    def show_check(self, check: "StepCheck | None") -> None:
        """Bring a check to the front; with None, forget that of a network before."""
        if check is not None:
            self._desk.reveal(_CHECK)
        self._fill(check)

    @Slot(object, str)
    def keep(self, check: "StepCheck | None", source: str) -> None:
        """Show a check of a watched run wherever the panel is; it is not brought to the front.

        Without one, ``source`` is why; it may be empty.
        """
        self._watched = check, source
        if self._view is not None:
            self._view.show_check(check, source or self._hint)

    @property
    def _hint(self) -> str:
        return _HINT.format(written(self._importing.shortcut()))

    def _fill(self, check: "StepCheck | None") -> None:
        if self._view is not None and check is not None:
            self._view.show_check(check)
        elif self._view is not None:
            self._view.show_check(None, self._hint)


_PANEL = "what_helps"
_ASK = "What helps?", "Try changes to this network, and show which of them help"


class WhatHelpsKey(QObject):
    """Tries and shows what helps, wherever in the window that is requested.

    The panel is made, and what tries is loaded, when they are first needed.
    """

    def __init__(
        self,
        made: Callable[[], "TrialsController"],
        desk: Desk,
        line: StateLine,
        by_itself: QAction,
    ) -> None:
        """Take what makes the panel, unless it is made, and returns what tries."""
        super().__init__(desk)
        self._made, self._desk, self._line = made, desk, line
        self._by_itself = by_itself
        self._trials: TrialsController | None = None
        line.help_text = self._offered
        line.help_requested.connect(self._use_offer)
        # Later: the line hears of a state before the panels do.
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
            self._desk.reveal(_PANEL)
        self._try_all()

    @Slot(object)
    def try_imported(self, known: "Known") -> None:
        """Try and show how another program's network fares, and what helps it."""
        self._desk.reveal(_PANEL)
        self._made().try_all(known)

    @Slot()
    def _use_offer(self) -> None:
        """Make the change that helps best, if one is known; else show what is tried."""
        if self._trials is None or not self._trials.make_best():
            self._desk.reveal(_PANEL)
            self._try_all()

    @Slot()
    def _try_by_itself(self) -> None:
        if self._by_itself.isChecked() and self._line.offers_help:
            self._desk.need_all()
            self._try_all()

    def _try_all(self) -> None:
        self._made().try_all()

    def _offered(self, seen: Snapshot) -> tuple[str, str]:
        """Return the text and the tip of the offer for a state."""
        return (None if self._trials is None else self._trials.offer(seen)) or _ASK

    @property
    def _is_shown(self) -> bool:
        made = self._desk.made
        return any(one.content.objectName() == _PANEL and one.is_in_front for one in made)
