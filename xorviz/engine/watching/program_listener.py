"""Listens to programs that show their runs."""

import os
import sys
import time
import traceback
from collections import deque
from pathlib import Path

from PySide6.QtCore import QObject, Qt, QTimer, Slot
from PySide6.QtNetwork import QLocalServer

from xorviz.engine.watching.connection import Connection
from xorviz.engine.watching.conversation import Conversation
from xorviz.engine.watching.leftovers import answers, remove_leftovers
from xorviz.engine.watching.news import NewsSender
from xorviz.engine.watching.watched_runs import WatchedRuns
from xorviz.watching import places
from xorviz.watching.frames import FrameError

MOST_CONNECTIONS = 8

TURN_MS = 17
"""From one reading to the next, so that news come at most 60 times a second."""
_TURN_SECONDS = 0.002
"""Longest reading of a turn, beyond the frame it ends with."""
QUIET_TURNS = 60
"""At least so often there are news of a run, a second apart: its speed may have fallen to 0."""


class ProgramListener(QObject):
    """The window's end of all connections. Lives in the training thread.

    It reads in short turns, one frame of each program after the other, and only while there are
    connections. What cannot be read in a turn waits in the programs.
    """

    def __init__(self, runs: WatchedRuns, news: NewsSender) -> None:
        super().__init__()
        self._runs, self._news = runs, news
        self._token = ""
        self._published = Path()
        self._connections: deque[Connection] = deque()
        self._grown: set[str] = set()
        self._turns = 0
        self._server = QLocalServer(self)
        self._server.setSocketOptions(QLocalServer.SocketOption.UserAccessOption)
        self._server.newConnection.connect(self._greet)
        self._timer = QTimer(self, interval=TURN_MS, timerType=Qt.TimerType.PreciseTimer)
        self._timer.timeout.connect(self.turn)

    def start(self) -> None:
        """Listen, and publish where. Raises PlaceError or OSError."""
        pid = os.getpid()
        remove_leftovers()
        place = places.new_place(pid)
        if answers(place.address):  # Qt would take it over
            raise OSError("another window listens in its place")
        if not self._server.listen(place.address):
            raise OSError(self._server.errorString())
        self._token = place.token
        self._published = places.publish(place, pid)

    def close(self) -> None:
        """End all connections, and be found no more; it must have started."""
        self._timer.stop()
        self._published.unlink(missing_ok=True)
        for connection in self._connections:
            connection.close()
        self._connections.clear()
        self._server.close()

    def forget(self, key: str) -> None:
        """Close the connection of a run that the window shows no more."""
        for connection in list(self._connections):
            if connection.conversation.key == key:
                self._drop(connection, "the window shows this run no more")

    @Slot()
    def _greet(self) -> None:
        while (socket := self._server.nextPendingConnection()) is not None:
            connection = Connection(socket, Conversation(self._runs, self._token))
            if len(self._connections) < MOST_CONNECTIONS:
                self._connections.append(connection)
                self._timer.start()
            else:
                connection.close(f"{MOST_CONNECTIONS} programs are connected already")

    @Slot()
    def turn(self) -> None:
        """Read what has come, for a bounded time, and tell what is new."""
        self._read(time.perf_counter() + _TURN_SECONDS)
        self._turns += 1
        if self._turns % QUIET_TURNS == 0:
            self._grown.update(self._runs.live)
        for key in self._grown:
            self._news.note(key)
        self._grown.clear()
        if not self._connections:
            self._timer.stop()

    def _read(self, deadline: float) -> None:
        """Take frames of all connections in turn; the first one is the last one next time."""
        waiting = deque(self._connections)
        while waiting:
            connection = waiting.popleft()
            if connection in self._connections and self._has_more(connection):
                waiting.append(connection)
            if time.perf_counter() > deadline:
                break
        self._connections.rotate(-1)

    def _has_more(self, connection: Connection) -> bool:
        """Take a frame of a connection, and return whether another may follow."""
        try:
            if connection.take_frame():
                return self._note_frame(connection)
            if connection.is_gone:
                self._drop(connection)
            else:
                connection.count_turn()
        except FrameError as error:
            self._drop(connection, str(error))
        except Exception as error:  # whatever a program sends, the window continues
            sys.stderr.write(traceback.format_exc())
            self._drop(connection, f"the window has failed: {type(error).__name__}: {error}")
        return False

    def _note_frame(self, connection: Connection) -> bool:
        """Note that a frame was taken, and return whether another may follow."""
        conversation = connection.conversation
        self._grown.add(conversation.key)
        for other in list(self._connections):
            if other is not connection and other.conversation.key == conversation.key:
                self._drop(other, "another connection shows this run")
        if conversation.is_ended:
            self._drop(connection)
        return not conversation.is_ended

    def _drop(self, connection: Connection, why: str = "") -> None:
        """Close a connection, and note if its run ends by that."""
        self._connections.remove(connection)
        connection.close(why)
        key = connection.conversation.key
        is_shown = any(other.conversation.key == key for other in self._connections)
        if key and not is_shown:
            self._grown.add(key)
            if not connection.conversation.is_ended:
                self._runs.lose(key)
