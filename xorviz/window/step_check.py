"""The panel Check, from the whole window: by its action, and when a step has been imported."""

from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Slot
from PySide6.QtGui import QAction

from xorviz.ui.keys import written
from xorviz.window.docks.docks import Docks

if TYPE_CHECKING:  # not loaded at the start
    from xorviz.core.check.step_check import StepCheck
    from xorviz.panels.learn.check.check_view import CheckView

_PANEL = "step_check"


class StepCheckKey(QObject):
    """Shows what was found out about a training step of another program."""

    def __init__(self, docks: Docks, importing: QAction) -> None:
        """Take the action that imports a network; its key is named where nothing is shown."""
        super().__init__(docks)
        self._docks, self._importing = docks, importing
        self._view: CheckView | None = None
        self._watched: tuple[StepCheck | None, str] | None = None
        """The last check of a watched run and which step of which run it is of; or why none."""

    def follow(self, view: "CheckView") -> None:
        """Show what is found in this view, from now on."""
        self._view = view
        view.show_key(written(self._importing.shortcut()))
        if self._watched is not None:
            view.show_check(*self._watched)

    @Slot()
    def show(self) -> None:
        """Show the panel; if it is shown already, put it back."""
        self._docks.reveal(_PANEL)

    @Slot(object)
    def show_check(self, check: "StepCheck | None") -> None:
        """Bring a check to the front; with None, forget that of a network before."""
        if check is not None:
            self._docks.reveal(_PANEL, puts_back=False)
        self._docks.gate.make(lambda: self._fill(check))

    @Slot(object, str)
    def keep(self, check: "StepCheck | None", source: str) -> None:
        """Show a check of a watched run wherever the panel is; it is not brought to the front.

        Without one, ``source`` is why.
        """
        self._watched = check, source
        if self._view is not None:
            self._view.show_check(check, source)

    def _fill(self, check: "StepCheck | None") -> None:
        if self._view is not None:
            self._view.show_check(check)
