"""The diagnosis to display: one that lasts, without flicker."""

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from xorviz.core.diagnosis.diagnosis import Diagnosis

HOLD_SECONDS = 1.0
"""A new state is shown once it has lasted this long."""
REFRESH_SECONDS = 1.0
"""Shortest time between updates of the numbers of one state."""
AT_THE_LATEST_SECONDS = 3.0
"""A state that has ended is replaced after this time, even if no other state lasts."""


class Steadiness:
    """A filter for a stream of diagnoses; callers pass the time in seconds."""

    def __init__(self) -> None:
        self.shown: Diagnosis | None = None
        self._latest: Diagnosis | None = None
        self._shown_at = 0.0
        self._latest_since = 0.0
        self._over_since: float | None = None

    @property
    def is_settled(self) -> bool:
        """Whether the latest diagnosis is shown."""
        return self.shown == self._latest

    def see(self, diagnosis: "Diagnosis", now: float, at_once: bool = False) -> bool:
        """Add the latest diagnosis; return whether the shown one changes."""
        if self._latest is None or diagnosis.state != self._latest.state:
            self._latest_since = now
        self._latest = diagnosis
        if self.shown is None or at_once or self._is_due(diagnosis, self.shown, now):
            return self._show(diagnosis, now)
        return False

    def _is_due(self, diagnosis: "Diagnosis", shown: "Diagnosis", now: float) -> bool:
        if diagnosis.state == shown.state:
            self._over_since = None
            return now - self._shown_at >= REFRESH_SECONDS
        if self._over_since is None:
            self._over_since = now
        has_held = now - self._latest_since >= HOLD_SECONDS
        return has_held or now - self._over_since >= AT_THE_LATEST_SECONDS

    def _show(self, diagnosis: "Diagnosis", now: float) -> bool:
        is_new = diagnosis != self.shown
        self.shown, self._shown_at, self._over_since = diagnosis, now, None
        return is_new
