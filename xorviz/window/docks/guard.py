"""Gives up a saved layout with which the last start did not come to an end."""

from collections.abc import Mapping

from PySide6.QtCore import QByteArray, QObject, QTimer, Slot

from xorviz.panels.registry import Workspace
from xorviz.ui.chrome.notice_bar import NoticeBar
from xorviz.window.docks.docks import Docks
from xorviz.window.docks.start_mark import StartMark
from xorviz.window.document.settings import Settings

FILE_NAME = "starting.lock"
USE, KEEP = "Use my layout", "Keep this one"
TEXT = "The last start of xorviz did not finish. The panels are in their default places."

_STEADY_MS = 1000
"""How long the window must have answered events until a start has succeeded."""


class StartGuard(QObject):
    """Starts the docks with the saved layouts; a file marks each start until it succeeded.

    Where it was left behind, by a crash, a hang or a killed process, the layouts are not used, the
    window says so, and they can still be chosen until it is closed.
    """

    def __init__(self, docks: Docks, settings: Settings, bar: NoticeBar) -> None:
        super().__init__(docks)
        self._docks, self._settings, self._bar = docks, settings, bar
        self._given_up: dict[str, QByteArray] = {}
        self._mark = StartMark(settings.folder / FILE_NAME)
        self.destroyed.connect(self._mark.remove)  # where the window is not closed, but deleted
        self._timer = QTimer(self, interval=_STEADY_MS, singleShot=True)
        self._timer.timeout.connect(self.end)
        bar.answered.connect(self.offer)

    def start(self) -> None:
        """Start with the saved layouts, or with the default ones."""
        layouts = self._settings.layouts()
        if self._mark.set() and layouts:
            self._given_up, layouts = layouts, {}
        self._show(self._settings.workspace(), layouts)

    @Slot()
    def offer(self) -> None:
        """Offer the layouts that were given up, once there is no other question."""
        if self._given_up and self._bar.isHidden():
            self._bar.ask(TEXT, {USE: self._use, KEEP: self._given_up.clear})

    @Slot()
    def end(self) -> None:
        """Note that the start has succeeded, or the window is closed in order."""
        self._timer.stop()
        self._mark.remove()

    def _show(self, workspace: Workspace, layouts: Mapping[str, QByteArray]) -> None:
        self._docks.start(workspace, layouts)
        # Its time begins with the event loop, where a layout that hangs does so.
        QTimer.singleShot(0, self._timer, self._timer.start)

    def _use(self) -> None:
        layouts, self._given_up = self._given_up, {}
        self._mark.set()
        self._show(self._docks.workspace, layouts)
