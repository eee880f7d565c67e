"""A connection to a window, which never waits for it."""

import socket
import sys
from contextlib import suppress

from xorviz.watching.frames import FrameError, FrameReader, Refused
from xorviz.watching.places import WindowAddress

_MOST_READ = 4096
"""Bytes in one go; a window says a sentence or nothing."""


_QUIETLY: int = getattr(socket, "MSG_NOSIGNAL", 0)
"""A program may have chosen to die of a closed pipe; a closed window is none of its business."""


class RefusalError(ConnectionError):
    """The window refuses the run. The message is its sentence."""


class SocketLink:
    """A connection through a local socket."""

    def __init__(self, place: WindowAddress) -> None:
        """Connect. Raises OSError if no window answers."""
        self._socket = socket.socket(socket.AF_UNIX)
        self._socket.setblocking(False)
        try:
            self._socket.connect(place.address)
        except BaseException:
            self._socket.close()
            raise
        self.place = place
        self._unsent = bytearray()
        self._reader = FrameReader()

    @property
    def is_idle(self) -> bool:
        """Whether all that was put has been sent."""
        return not self._unsent

    def put(self, frame: bytes) -> None:
        """Add a frame to what is to be sent."""
        self._unsent += frame

    def push(self) -> None:
        """Send what can be sent at once. Raises OSError where the window is gone."""
        with suppress(BlockingIOError):
            while self._unsent:
                del self._unsent[: self._socket.send(self._unsent, _QUIETLY)]

    def hear(self) -> None:
        """Read what the window says. Raises RefusalError, and OSError where it is gone."""
        try:
            data = self._socket.recv(_MOST_READ)
        except BlockingIOError:
            return
        if not data:
            raise ConnectionResetError
        self._reader.feed(data)
        try:
            for frame in self._reader.frames():
                if isinstance(frame, Refused):
                    raise RefusalError(frame.why)
        except FrameError:
            raise ConnectionResetError from None

    def close(self) -> None:
        """End the connection."""
        self._socket.close()


class PipeLink:
    """A connection through a named pipe of Windows, on which what a window says is not read.

    Sending may wait for the window: it is done in a thread of its own.
    """

    is_idle = True

    def __init__(self, place: WindowAddress) -> None:
        """Connect. Raises OSError if no window answers."""
        self.place = place
        self._pipe = open(rf"\\.\pipe\{place.address}", "r+b", buffering=0)  # noqa: PTH123, SIM115

    def put(self, frame: bytes) -> None:
        """Send a frame. Raises OSError where the window is gone."""
        unsent = memoryview(frame)
        while unsent:
            unsent = unsent[self._pipe.write(unsent) :]

    def push(self) -> None:
        """Do nothing: all is sent."""

    def hear(self) -> None:
        """Do nothing: reading would wait."""

    def close(self) -> None:
        """End the connection."""
        with suppress(OSError):
            self._pipe.close()


Link = SocketLink | PipeLink
"""A way to a window. Raises OSError where the window is gone."""


def connected(place: WindowAddress) -> Link:
    """Return a connection to a window. Raises OSError if none answers."""
    try:
        return PipeLink(place) if sys.platform == "win32" else SocketLink(place)
    except ValueError as error:  # no window has written such an address
        raise OSError(str(error)) from None
