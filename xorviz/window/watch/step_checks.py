"""Checks of the steps of a watched run, as its states come in."""

from bisect import bisect_left
from collections import defaultdict
from dataclasses import dataclass, replace

import numpy as np
from PySide6.QtCore import QObject, QTimer, Signal, Slot

from xorviz.core import numerals
from xorviz.core.check.run_check import RunCheck
from xorviz.core.check.said import Said
from xorviz.core.check.step_check import CORRECT, StepCheck
from xorviz.core.network import Weights, flat, weights_of
from xorviz.core.rules import SettingError
from xorviz.core.runs.record import Record, step_of
from xorviz.core.runs.snapshot import Snapshot
from xorviz.core.runs.source import WatchedSource
from xorviz.engine.analyst import Analyst

_EVERY = 1000
"""Steps from one check to the next, after the first ones."""
_AT_ONCE = 33
"""Steps that are checked one after the other without a rest."""
_REST_MS = 500
"""Time from one answer to the next question: the analyst's thread slows painting down."""


@dataclass(frozen=True, slots=True, eq=False)
class WatchedStep:
    """A step of a watched run, to be checked. Any thread can answer it."""

    key: str
    number: int
    states: tuple[Weights, ...]
    """Before and after it, perhaps with the one before these."""
    said: Said

    def answer(self) -> StepCheck | str:
        """Return what was found, or why nothing was, in a sentence."""
        from xorviz.core.check.check import check  # not loaded at the start

        *_, before, after = (flat(state) for state in self.states)
        if np.array_equal(before, after):
            return f"Step {numerals.whole(self.number)} changed no weight."
        try:
            return check(self.states, self.said)
        except SettingError as error:
            return f"Steps can't be checked: {error}."


class StepChecks(QObject):
    """Has the first steps of the watched run that is shown checked, then one of each thousand.

    The analyst answers in its own thread, one question at a time; after the first steps at most
    twice a second, however fast a program is.
    """

    checked = Signal(object, str)  # StepCheck, which step of which run; or None, and why
    found_out = Signal(object, object)  # RunConfig, tuple[str, ...] still assumed

    def __init__(self, analyst: Analyst) -> None:
        super().__init__(analyst)
        self._analyst = analyst
        self._record: Record | None = None
        """That of the run that is shown, if it is watched."""
        self._known = defaultdict[str, RunCheck](RunCheck)
        """What was found of each run, by its key."""
        self._due = defaultdict[str, int](lambda: 1)
        """The number from which on the next step of each run is checked."""
        self._asked: WatchedStep | None = None
        self.rest = QTimer(self, singleShot=True, interval=_REST_MS)
        """While it is active, nothing is asked."""
        self.rest.timeout.connect(self._ask_next)
        analyst.answered.connect(self._take)
        analyst.failed.connect(lambda asked, why: self._take(asked, f"The check failed: {why}."))

    @property
    def known(self) -> RunCheck:
        """What was found of the run that is shown."""
        return self._known[self._key]

    @property
    def _source(self) -> WatchedSource | None:
        return None if self._record is None else self._record.source

    @property
    def _key(self) -> str:
        """The key of the run that is shown; empty without a watched one."""
        return self._source.key if self._source else ""

    @Slot(object)
    def show_snapshot(self, snapshot: Snapshot) -> None:
        """Follow a run; one that is not watched has nothing to check."""
        key = self._key
        self._record = snapshot.record if snapshot.record.source else None
        if key != self._key:
            self.rest.stop()
            self._report()
        self._ask_next()

    @Slot()
    def _ask_next(self) -> None:
        """Ask about the next step that is due, unless an answer is still to come."""
        if self._record is not None and self._asked is None and not self.rest.isActive():
            self._asked = _next_step(self._record, self._due[self._key])
            if self._asked is not None:
                self._analyst.ask(self._asked)

    @Slot(object, object)
    def _take(self, question: object, answer: StepCheck | str) -> None:
        if question is not self._asked or self._asked is None:
            return
        asked, self._asked = self._asked, None
        self._known[asked.key] = self._known[asked.key].after(answer, asked.number)
        # Of an online loop, all rows come in turn.
        self._due[asked.key] = asked.number + min((asked.number + 1) // 2, _EVERY)
        if asked.key == self._key:
            self._report()
            if isinstance(answer, StepCheck):
                self._settle(answer)
        if asked.number > _AT_ONCE:
            self.rest.start()
        self._ask_next()

    def _report(self) -> None:
        """Signal the telling check of the watched run, or why there is none."""
        known, source = self.known, self._source
        if source:
            before, after = numerals.whole(known.number - 1), numerals.whole(known.number)
            step = f"Step {before} to {after} of {source.name}"
            self.checked.emit(known.telling, step if known.telling else known.sentence)

    def _settle(self, found: StepCheck) -> None:
        """Signal what a correct step shows of settings that were assumed."""
        from xorviz.window.dialogs.own_network.found import told_by  # not loaded at the start

        record, source = self._record, self._source
        if record is None or source is None or found.verdict != CORRECT:
            return
        shown = {name: value for name, value in told_by(found).items() if name in source.assumed}
        # A loss and its double at half the rate are the same step.
        known = shown.keys() - ({"loss"} if "rate" in source.assumed else set())
        assumed = tuple(name for name in source.assumed if name not in known)
        config = replace(record.config, **shown)
        if (config, assumed) != (record.config, source.assumed):
            self.found_out.emit(config, assumed)


def _next_step(record: Record, due: int) -> WatchedStep | None:
    """Return the first step from a number on whose states before and after it are both kept."""
    assert record.source is not None
    states = record.checkpoints
    first = max(1, bisect_left(states, due, key=step_of))
    ends = (n for n in range(first, len(states)) if states[n].step == states[n - 1].step + 1)
    if (end := next(ends, None)) is None:
        return None
    number = states[end].step
    last = [state for state in states[max(0, end - 2) : end + 1] if state.step >= number - 2]
    weights = tuple(weights_of(state.parameters, record.config) for state in last)
    said = record.source.said(record.config)
    return WatchedStep(record.source.key, number, weights, said)
