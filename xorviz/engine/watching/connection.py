"""The connection to one program."""

from PySide6.QtNetwork import QLocalSocket

from xorviz.engine.watching.conversation import Conversation
from xorviz.watching.frames import Frame, FrameError, FrameReader, Refused

TURNS_TO_HELLO = 300
"""Five seconds. Turns are counted, not time: in a turn that does not come, nothing is read."""
TURNS_TO_FRAME = 1800
"""Half a minute."""

_MOST_READ = 256 * 1024
"""Bytes that wait to be read here; more wait in the program, which has to wait then."""


class Connection:
    """Reads a program's frames, one at a time, in bounded memory."""

    def __init__(self, socket: QLocalSocket, conversation: Conversation) -> None:
        socket.setReadBufferSize(_MOST_READ)
        self.conversation = conversation
        self._socket = socket
        self._reader = FrameReader()
        self._turns = 0
        """Without progress: since it began, until the Hello; then of the frame that has begun."""

    @property
    def is_gone(self) -> bool:
        """Whether the program has closed it."""
        return self._socket.state() == QLocalSocket.LocalSocketState.UnconnectedState

    def take_frame(self) -> bool:
        """Do what the next frame asks for; return False if none is whole. Raises FrameError."""
        if (frame := self._next()) is None:
            return False
        self.conversation.take(frame)
        self._turns = 0
        return True

    def count_turn(self) -> None:
        """Count a turn in which all was read. Raises FrameError if the program takes too long."""
        self._turns += 1
        if not self.conversation.key:
            if self._turns > TURNS_TO_HELLO:
                raise FrameError("the program has not said what it shows")
        elif not self._reader.is_midway:
            self._turns = 0
        elif self._turns > TURNS_TO_FRAME:
            raise FrameError("the rest of a frame did not come")

    def close(self, why: str = "") -> None:
        """Close it; first say why, if there is a reason."""
        if why:
            self._socket.write(Refused(why).packed())
            self._socket.flush()
        self._socket.disconnectFromServer()
        self._socket.deleteLater()

    def _next(self) -> Frame | None:
        frame = next(self._reader.frames(), None)
        if frame is None and (data := self._socket.read(_MOST_READ)):
            self._reader.feed(data.data())
            frame = next(self._reader.frames(), None)
        return frame
