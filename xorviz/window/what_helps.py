"""What helps, from the whole window: its key."""

from typing import TYPE_CHECKING, Protocol

from PySide6.QtCore import QObject, Slot

from xorviz.window.docks.docks import Docks

if TYPE_CHECKING:  # not loaded at the start
    from xorviz.window.lab.trials_controller import TrialsController

_PANEL = "what_helps"


class _Lab(Protocol):
    @property
    def trials(self) -> "TrialsController": ...


class _Window(Protocol):
    @property
    def lab(self) -> _Lab: ...


class WhatHelpsKey(QObject):
    """Has what helps tried and shown, wherever in the window that is asked for.

    The panel is made, and what tries is loaded, when they are first needed.
    """

    def __init__(self, window: _Window, docks: Docks) -> None:
        super().__init__(docks)
        self._window, self._docks = window, docks

    @Slot()
    def show(self) -> None:
        """Try what helps, and show it; if that is shown already, put the panel back."""
        panel = next((one for one in self._docks.made if one.content.objectName() == _PANEL), None)
        if panel is None or not panel.is_in_front or self._trials.current is not None:
            self._docks.reveal(_PANEL)
        self._docks.gate.make(self._try_all)

    def _try_all(self) -> None:
        self._trials.try_all()

    @property
    def _trials(self) -> "TrialsController":
        return self._window.lab.trials
