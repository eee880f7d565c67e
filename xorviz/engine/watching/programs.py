"""Other programs that show their runs, as the window deals with them."""

from collections.abc import Callable

from PySide6.QtCore import QObject, Qt, Signal, SignalInstance, Slot

from xorviz.core.settings import RunConfig
from xorviz.engine.watching.commands import Adopt, Done, Forget, Listen, WatchingCommand


class Programs(QObject):
    """Commands that concern them, and what is heard of their runs."""

    heard = Signal(object)  # News of any run, at least once a second while it is live
    not_listening = Signal(str)  # why no program can show its run here, in one sentence

    def __init__(
        self, parent: QObject, send: Callable[[WatchingCommand], None], painted: SignalInstance
    ) -> None:
        super().__init__(parent)
        self._send, self._painted = send, painted

    def listen(self) -> None:
        """Let programs find this window and show their runs, once the next frame is painted."""
        # Loading QtNetwork holds the interpreter for some 30 ms.
        self._painted.connect(self._listen, Qt.ConnectionType.SingleShotConnection)

    def adopt(self, key: str, config: RunConfig, assumed: tuple[str, ...]) -> None:
        """Take settings of a run that were found out, and what is still assumed."""
        self._send(Adopt(key, config, assumed))

    def forget(self, key: str) -> None:
        """Free the memory of a run that is not the current one. Nothing more is heard of it.

        Its program is told so, and refused until the run is opened again.
        """
        self._send(Forget(key))

    @Slot()
    def _listen(self) -> None:
        self._send(Listen())

    def take(self, answer: Done) -> None:
        """Take the answer to a command."""
        if answer.trouble:
            self.not_listening.emit(answer.trouble)
