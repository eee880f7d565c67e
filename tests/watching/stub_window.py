"""A window that only listens, in a thread of the test. Conditions are waited for, no times."""

import os
import socket
from collections.abc import Callable
from contextlib import suppress
from threading import Condition, Thread

import numpy as np

from xorviz.watching import places
from xorviz.watching.frames import End, Frame, FrameReader, Hello, Refused, States

SECONDS = 30
"""How long a test waits for what must come."""


class StubWindow:
    """Takes programs as they come, and keeps what they send."""

    def __init__(self, number: int, reads: bool = True, refusal: str | None = None) -> None:
        """Listen, and say so. Without ``reads`` nothing is ever read."""
        self.frames: list[Frame] = []
        self.connections = 0
        self._reads, self._refusal = reads, refusal
        self._changed = Condition()
        self._taken: list[socket.socket] = []
        address = str(places.folder() / f"{number}.sock")
        self.token = f"{number:032x}"
        self._server = socket.socket(socket.AF_UNIX)
        self._server.bind(address)
        self._server.listen()
        self._file = places.publish(places.WindowAddress(address, self.token), number)
        # The newest answers first, however fast they follow each other.
        os.utime(self._file, ns=(number, number))
        self._thread = Thread(target=self._take)
        self._thread.start()

    @property
    def states(self) -> States:
        """Return all states that have come."""
        came = [frame for frame in self.frames if isinstance(frame, States)]
        steps = np.concatenate([states.steps for states in came])
        return States(steps, np.concatenate([states.parameters for states in came]))

    @property
    def hellos(self) -> list[Hello]:
        """Return the runs that were introduced."""
        return [frame for frame in self.frames if isinstance(frame, Hello)]

    @property
    def ends(self) -> list[End]:
        """Return the ends that have come."""
        return [frame for frame in self.frames if isinstance(frame, End)]

    def wait(self, until: Callable[["StubWindow"], object]) -> None:
        """Wait for a condition."""
        with self._changed:
            assert self._changed.wait_for(lambda: until(self), SECONDS), self.frames

    def close(self) -> None:
        """End as a window does."""
        self._file.unlink(missing_ok=True)
        with suppress(OSError):
            self._server.shutdown(socket.SHUT_RDWR)
        self._server.close()
        for connection in self._taken:
            with suppress(OSError):
                connection.shutdown(socket.SHUT_RDWR)
            connection.close()
        self._thread.join()

    def _take(self) -> None:
        with suppress(OSError):
            while True:
                connection, _ = self._server.accept()
                self._taken.append(connection)
                with self._changed:
                    self.connections += 1
                    self._changed.notify_all()
                if self._refusal is not None:
                    connection.sendall(Refused(self._refusal).packed())
                    connection.close()
                elif self._reads:
                    with connection, suppress(OSError):
                        self._read(connection)

    def _read(self, connection: socket.socket) -> None:
        reader = FrameReader()
        while data := connection.recv(2**16):
            reader.feed(data)
            came = list(reader.frames())
            with self._changed:
                self.frames += came
                self._changed.notify_all()
