"""The states that a watched program has shown, kept in its own process. Shapes: P numbers."""

from bisect import bisect_right
from collections import deque
from operator import itemgetter
from threading import Lock

import numpy as np

from xorviz.core.arrays import Array
from xorviz.core.runs.record import Record
from xorviz.core.runs.source import WatchedSource
from xorviz.core.runs.watched import WatchedRun
from xorviz.core.settings import RunConfig
from xorviz.watching.frames import MOST_STATES, Hello, States

_MANY = 256
"""States that wait to be taken in: one by one that would cost more than to send them."""
_MOST = 1024
"""States that wait where no thread takes them in."""


class KeptStates:
    """A run in bounded memory, to which one thread adds and from which another one sends.

    What is added waits until somebody needs the states, or until there are many.
    """

    def __init__(self, config: RunConfig, source: WatchedSource) -> None:
        """Begin with no state."""
        self._source = source
        self._run = WatchedRun(config, source)
        self._added: deque[tuple[int, Array]] = deque()
        self._newest = -1
        self._lock = Lock()

    def add(self, step: int, parameters: Array) -> None:
        """Add a state (P,) that nobody will write to; leave out one that comes out of turn."""
        if step <= self._newest:  # two threads of the program may show one run
            return
        self._newest = step
        self._added.append((step, parameters))
        if len(self._added) >= _MOST:
            with self._lock:
                self._take_in()

    def diverge(self) -> None:
        """Note that the numbers after the last state are not finite."""
        with self._lock:
            self._take_in()
            self._run.diverge()

    @property
    def is_diverged(self) -> bool:
        """Whether that was noted."""
        return self._run.source.diverged

    def hello(self, token: str) -> Hello:
        """Return what introduces the run to a window with this token."""
        return Hello(token, self._run.config, self._source)

    def after(self, step: int) -> States | None:
        """Return the first states after a step, as many as fit into a frame, or None."""
        with self._lock:
            added = list(self._added.copy())  # the program may add meanwhile
            has_sent_all = self._run.is_empty or self._run.newest <= step
            if len(added) < _MANY and has_sent_all:
                first = bisect_right(added, step, key=itemgetter(0))
                return _states(added[first : first + MOST_STATES])
            self._take_in()
            steps, parameters = self._run.after(step, MOST_STATES)
        return States(steps, parameters) if len(steps) else None

    def record(self) -> Record:
        """Return the run as a value."""
        with self._lock:
            self._take_in()
            return self._run.record()

    def _take_in(self) -> None:
        added = _states([self._added.popleft() for _ in range(len(self._added))])
        if added is not None:
            self._run.extend(added.steps, added.parameters)


def _states(added: list[tuple[int, Array]]) -> States | None:
    """Return states with their steps; None if there are none."""
    if not added:
        return None
    steps, parameters = zip(*added, strict=True)
    return States(np.array(steps), np.array(parameters))
