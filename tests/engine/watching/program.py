"""A program that shows its run: the other end of a connection."""

import socket
from collections.abc import Sequence

import numpy as np

from tests.support.watched import SHOWN, source_of, watched_run
from xorviz.core.arrays import Array
from xorviz.core.settings import RunConfig
from xorviz.watching.frames import End, Frame, FrameReader, Hello, Refused, States
from xorviz.watching.places import WindowAddress


def parameters(steps: Sequence[int], config: RunConfig = SHOWN) -> Array:
    """Return the states (K, P) of correct code at these steps."""
    kept = watched_run(config, steps).record().checkpoints
    return np.array([state.parameters for state in kept])


def states(steps: Sequence[int], config: RunConfig = SHOWN) -> States:
    """Return a frame with these states."""
    return States(np.array(steps), parameters(steps, config))


def zeros(first: int, count: int) -> bytes:
    """Return the frame of consecutive states of a network that is all zeros."""
    return States(np.arange(first, first + count), np.zeros((count, 9))).packed()


class Program:
    """Sends frames to a window as the client does; never waits."""

    def __init__(self, place: WindowAddress, name: str = "my network") -> None:
        self._place, self._name = place, name
        self._reader = FrameReader()
        self.socket = socket.socket(socket.AF_UNIX)
        self.socket.connect(place.address)
        self.socket.setblocking(False)
        self.is_closed = False
        """Whether the window has closed the connection, as far as was read."""

    def say(self, *frames: Frame) -> "Program":
        """Send frames."""
        for frame in frames:
            self.socket.sendall(frame.packed())
        return self

    def hello(self, config: RunConfig = SHOWN) -> "Program":
        """Say which run will be shown."""
        return self.say(Hello(self._place.token, config, source_of(self._name)))

    def show(self, steps: Sequence[int], config: RunConfig = SHOWN) -> "Program":
        """Show the states of correct code at these steps."""
        return self.say(states(steps, config))

    def end(self, diverged: bool = False) -> "Program":
        """Say that no more is shown."""
        return self.say(End(diverged))

    def flood(self, data: bytes) -> int:
        """Send as many bytes as the window takes now; return how many."""
        try:
            return self.socket.send(data)
        except BlockingIOError:
            return 0

    def refusal(self) -> str:
        """Return what the window has said before it closed the connection, or ""."""
        try:
            while data := self.socket.recv(4096):
                self._reader.feed(data)
            self.is_closed = True
        except BlockingIOError:
            pass
        except ConnectionResetError:
            self.is_closed = True
        said = [frame.why for frame in self._reader.frames() if isinstance(frame, Refused)]
        return "".join(said)

    def die(self) -> None:
        """End without a word."""
        self.socket.close()
