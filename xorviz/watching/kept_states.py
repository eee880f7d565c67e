"""The states that a watched program has shown, kept in its own process. Shapes: P numbers."""

from collections import deque
from threading import Lock

import numpy as np

from xorviz.core.arrays import Array
from xorviz.core.config import RunConfig
from xorviz.core.runs.record import Record
from xorviz.core.runs.source import WatchedSource
from xorviz.core.runs.trace import CAPACITY
from xorviz.core.runs.watched import WatchedRun
from xorviz.watching.frames import MOST_STATES, Hello, States

_MOST_ADDED = CAPACITY // 2
"""States that wait to be taken in; with a window they are few."""


class KeptStates:
    """A run in bounded memory, to which one thread adds and from which another one sends.

    What is added waits until somebody needs the states, or until there are many.
    """

    def __init__(self, config: RunConfig, source: WatchedSource) -> None:
        """Begin with no state."""
        self._source = source
        self._run = WatchedRun(config, source)
        self._added: deque[tuple[int, Array]] = deque()
        self._lock = Lock()

    def add(self, step: int, parameters: Array) -> None:
        """Add a state (P,) that nobody will write to, after all that were added before."""
        self._added.append((step, parameters))
        if len(self._added) >= _MOST_ADDED:
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
            self._take_in()
            steps, parameters = self._run.after(step, MOST_STATES)
        return States(steps, parameters) if len(steps) else None

    def record(self) -> Record:
        """Return the run as a value."""
        with self._lock:
            self._take_in()
            return self._run.record()

    def _take_in(self) -> None:
        added = [self._added.popleft() for _ in range(len(self._added))]
        if added:
            steps, parameters = zip(*added, strict=True)
            self._run.extend(np.array(steps), np.array(parameters))
