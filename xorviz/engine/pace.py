"""How many steps are due at a speed, and how fast training really goes. Times are in seconds."""

import math
from collections import deque

from xorviz.core.rules import OrWord, Real

SLOWEST, FASTEST = 1.0, 100_000.0
SPEED = OrWord(Real(SLOWEST, FASTEST), "max")
"""Steps per second that can be asked for; None stands for as fast as it goes."""

FRAME_SECONDS = 1 / 60
"""Drawing more often than this shows a person nothing more."""

BUDGET_SECONDS = 0.008
"""A frame trains no longer than this. With about as much drawing, that is 50 frames a second."""
FREE_BUDGET_SECONDS = 0.014
"""The same where drawing goes on beside it: that is 60 frames a second."""

_DEBT_SECONDS = 0.1
_UNLIMITED = 1 << 40


def budget_seconds(is_free: bool) -> float:
    """Return how long a frame may train: beside drawing, if it is free to, or in turns with it."""
    return FREE_BUDGET_SECONDS if is_free else BUDGET_SECONDS


class Pace:
    """Turns a speed into a share of steps for each frame."""

    def __init__(self) -> None:
        self._speed: float | None = None
        self._start = 0.0
        self._taken = 0
        self._frame_start = 0.0

    def start(self, speed: float | None, now: float) -> None:
        """Begin anew at this speed; the first step is due at once."""
        self._speed = speed
        self._start = now
        self._taken = 0

    def due(self, now: float) -> int:
        """Return how many steps are due. A debt that cannot be worked off is forgiven."""
        if self._speed is None:
            return _UNLIMITED
        self._frame_start = now
        due = math.floor((now - self._start) * self._speed) + 1 - self._taken
        forgiven = max(0, due - 1 - math.ceil(_DEBT_SECONDS * self._speed))
        self._taken += forgiven
        return due - forgiven

    def took(self, steps: int) -> None:
        """Count steps that were taken."""
        self._taken += steps

    def wait(self, now: float) -> float:
        """Return the seconds until the next frame is worth asking for."""
        if self._speed is None:
            return 0.0
        next_step = self._start + self._taken / self._speed
        return max(0.0, next_step - now, self._frame_start + FRAME_SECONDS - now)


class SpeedGauge:
    """Steps per second over about the last second, or over two frames where they take longer."""

    _SPAN, _EVERY = 1.0, 0.25

    def __init__(self) -> None:
        self._points: deque[tuple[float, int]] = deque()
        self._measured_at = -math.inf
        self.steps_per_second: float | None = None

    def clear(self) -> None:
        """Forget what was measured."""
        self._points.clear()
        self._measured_at = -math.inf
        self.steps_per_second = None

    def add(self, now: float, step: int) -> None:
        """Take note of the step reached; the reading changes a few times a second at most."""
        points = self._points
        points.append((now, step))
        while len(points) > 2 and points[1][0] <= now - self._SPAN:
            points.popleft()
        (start, first), (end, last) = points[0], points[-1]
        if end > start and now - self._measured_at >= self._EVERY:
            self._measured_at = now
            self.steps_per_second = (last - first) / (end - start)
