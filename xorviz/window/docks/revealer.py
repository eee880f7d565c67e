"""Brings a panel to the front, and puts it back."""

from collections.abc import Iterable
from dataclasses import dataclass

from PySide6.QtWidgets import QDockWidget, QMainWindow

from xorviz.ui.chrome.panel import Panel


@dataclass(frozen=True, slots=True)
class _Revealed:
    """A panel that was brought to the front, and what was there before."""

    panel: Panel
    was_hidden: bool = True
    front: QDockWidget | None = None


class Revealer:
    """Brings a panel to the front of a window; the same again puts it back."""

    def __init__(self, window: QMainWindow) -> None:
        self._window = window
        self._revealed: _Revealed | None = None

    def forget(self) -> None:
        """Forget what was brought to the front, after the panels were arranged again."""
        self._revealed = None

    def reveal(self, panel: Panel, others: Iterable[Panel]) -> None:
        """Bring a panel to the front and give it the focus.

        One that was brought to the front so, or has the focus, is put back instead.
        """
        revealed, self._revealed = self._revealed, None
        if not panel.is_in_front:
            was_hidden = panel.isHidden()
            fronts = [other for other in others if other.is_in_front]
            panel.show_in_front()
            tabbed = self._window.tabifiedDockWidgets(panel)
            front = next((one for one in fronts if one in tabbed), None)
            self._revealed = _Revealed(panel, was_hidden, front)
            panel.content.setFocus()
        elif revealed is not None and revealed.panel is panel:
            self._put_back(revealed)
        elif panel.has_focus:
            self._put_back(_Revealed(panel))
        else:
            panel.content.setFocus()

    def _put_back(self, revealed: _Revealed) -> None:
        """Hide a revealed panel, or put it behind the one that was in front before."""
        if revealed.was_hidden:
            revealed.panel.hide()
        if revealed.front is not None:
            revealed.front.raise_()
        self._window.setFocus()
