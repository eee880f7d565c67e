"""Steps due at a chosen speed, and the measured speed. Times are in seconds."""

import math
from collections import deque
from collections.abc import Callable

from xorviz.core.rules import OrWord, Real

Clock = Callable[[], float]

SLOWEST, FASTEST = 1.0, 100_000.0
SPEED = OrWord(Real(SLOWEST, FASTEST), "max")
"""Allowed steps per second; None means unlimited."""

FRAME_SECONDS = 1 / 60
"""The shortest time between two drawings that people can see."""

FULL_SECONDS, LEAST_SECONDS = 1 / 64, 0.004
"""Of a frame at full speed: training gets what drawing leaves of the first, but at least the
second. A hand-over takes a millisecond more."""
FREE_SECONDS = 0.012
"""Training time of a frame where training runs beside drawing."""

_BACKLOG_SECONDS = 0.1
UNLIMITED = 1 << 40
"""Steps of a frame that only its time ends."""


class Pace:
    """Splits a speed into steps per frame, and counts the steps taken."""

    def __init__(self) -> None:
        self.start(None, 0.0)

    def start(self, speed: float | None, now: float) -> None:
        """Restart at this speed; the first step is due at once."""
        self.taken = 0
        """Steps since the start."""
        self._speed, self._start, self._frame_start = speed, now, -math.inf

    def due(self, now: float) -> int:
        """Return how many steps are due; a backlog beyond a tenth of a second is dropped."""
        if self._speed is None:
            return UNLIMITED
        if self.wait(now) > 0:
            return 0
        self._frame_start = now
        due = math.floor((now - self._start) * self._speed) + 1 - self.taken
        dropped = max(0, due - 1 - math.ceil(_BACKLOG_SECONDS * self._speed))
        self._start += dropped / self._speed
        return due - dropped

    def wait(self, now: float) -> float:
        """Return the seconds until the next frame is due."""
        if self._speed is None:
            return 0.0
        next_step = self._start + self.taken / self._speed
        return max(0.0, next_step - now, self._frame_start + FRAME_SECONDS - now)


class SpeedGauge:
    """Steps per second over about the last second, or over two frames where they take longer."""

    _SPAN, _EVERY = 1.0, 0.25

    def __init__(self) -> None:
        self._points: deque[tuple[float, int]] = deque()
        self._measured_at = -math.inf
        self.steps_per_second: float | None = None

    def clear(self) -> None:
        """Discard the measurement."""
        self._points.clear()
        self._measured_at = -math.inf
        self.steps_per_second = None

    def add(self, now: float, step: int) -> None:
        """Add the step reached; the shown speed changes at most a few times a second."""
        points = self._points
        points.append((now, step))
        while len(points) > 2 and points[1][0] <= now - self._SPAN:
            points.popleft()
        (start, first), (end, last) = points[0], points[-1]
        if end > start and now - self._measured_at >= self._EVERY:
            self._measured_at = now
            self.steps_per_second = (last - first) / (end - start)
