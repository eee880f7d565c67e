"""Which diagnosis a person sees: one that holds, not every one that passes."""

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from xorviz.core.diagnosis.diagnosis import Diagnosis

HOLD_SECONDS = 1.0
"""For so long a new state must hold while a network runs, before it is shown."""
REFRESH_SECONDS = 1.0
"""The numbers of a state that stays change no more often than this."""
AT_THE_LATEST_SECONDS = 3.0
"""A state that is over goes away after so long, even where none of those that follow holds."""


class Steadiness:
    """Turns a stream of diagnoses into a calm one; times are handed in, in seconds."""

    def __init__(self) -> None:
        self.shown: Diagnosis | None = None
        self._latest: Diagnosis | None = None
        self._shown_at = 0.0
        self._latest_since = 0.0
        self._over_since: float | None = None

    @property
    def is_settled(self) -> bool:
        """Whether what is shown is the latest diagnosis."""
        return self.shown == self._latest

    def see(self, diagnosis: "Diagnosis", now: float, at_once: bool = False) -> bool:
        """Take the latest diagnosis; return whether another one is shown from now on."""
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
