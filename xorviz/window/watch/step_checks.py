"""Checks of the steps of a watched run, as its states come in."""

from bisect import bisect_left
from collections import defaultdict
from collections.abc import Collection
from contextlib import suppress
from dataclasses import dataclass, field, replace

import numpy as np
from PySide6.QtCore import QObject, QTimer, Signal, Slot

from xorviz.core import numerals
from xorviz.core.check.said import Said
from xorviz.core.check.step_check import CORRECT, FAULTY, RunCheck, StepCheck
from xorviz.core.network import Weights, flat, weights_of
from xorviz.core.rules import SettingError
from xorviz.core.runs.record import Record, step_of
from xorviz.core.runs.snapshot import Snapshot
from xorviz.core.runs.source import WatchedSource
from xorviz.core.runs.stopping import MOST_STEPS
from xorviz.core.settings import RunConfig
from xorviz.engine.analyst import Analyst

_EVERY = 1000
"""Steps from one check to the next, after the first ones."""
_AT_ONCE = 33
"""Steps that are checked one after the other without a rest."""
_PASS, _PASSES = 4, 2
"""Updates of a pass, and passes that are looked at for their order."""
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
    is_pass: bool = False
    """Whether it is four of its steps, each an update by a row."""

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


@dataclass
class _Run:
    """What was found of a run, and what of it is looked at next."""

    found: RunCheck = field(default_factory=RunCheck)
    due: int = 1
    """The number from which on the next step is checked."""
    pass_due: int = _PASS
    """The number of the update that ends the next pass, where updates are shown."""
    orders: set[str] = field(default_factory=set)
    """Those of the rows in passes."""


class StepChecks(QObject):
    """Has the first steps of the watched run that is shown checked, then one of each thousand.

    The analyst answers in its own thread, one question at a time; after the first steps at most
    twice a second, however fast a program is.
    """

    checked = Signal(object, str)  # StepCheck, which step of which run; or None, and why
    found_out = Signal(object, object, object)  # RunConfig, names still assumed, batch or None

    def __init__(self, analyst: Analyst) -> None:
        super().__init__(analyst)
        self._analyst = analyst
        self._record: Record | None = None
        """That of the run that is shown, if it is watched."""
        self._runs = defaultdict[str, _Run](_Run)
        """All that were shown, by their keys."""
        self._asked: WatchedStep | None = None
        self.rest = QTimer(self, singleShot=True, interval=_REST_MS)
        """While it is active, nothing is asked."""
        self.rest.timeout.connect(self._ask_next)
        analyst.answered.connect(self._take)
        analyst.failed.connect(lambda asked, why: self._take(asked, f"The check failed: {why}."))

    @property
    def known(self) -> RunCheck:
        """What was found of the run that is shown."""
        return self._runs[self._key].found

    def faulty_step(self, source: WatchedSource | None) -> int | None:
        """Return the number of the first faulty step that was found in a run of a program."""
        found = self._runs[source.key].found if source else RunCheck()
        return found.number if found.verdict == FAULTY else None

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
            run = self._runs[self._key]
            next_pass = _next_pass(self._record, run.pass_due)
            self._asked = next_pass or _next_step(self._record, run.due)
            if self._asked is not None:
                self._analyst.ask(self._asked)

    @Slot(object, object)
    def _take(self, question: object, answer: StepCheck | str) -> None:
        if question is not self._asked or self._asked is None:
            return
        asked, self._asked = self._asked, None
        run = self._runs[asked.key]
        if asked.is_pass:
            run.pass_due += _PASS
        else:
            run.found = run.found.after(answer, asked.number)
            # Of an online loop, all rows come in turn. Of Adam, no step shows more than one.
            is_last = asked.said.optimizer == "adam"
            further = MOST_STEPS if is_last else min((asked.number + 1) // 2, _EVERY)
            run.due = asked.number + further
        if asked.key == self._key:
            self._report()
            if isinstance(answer, StepCheck):
                self._settle(asked, answer)
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

    def _settle(self, asked: WatchedStep, found: StepCheck) -> None:
        """Signal what a step shows of the rows of updates, and of settings that were assumed."""
        if self._record is None or self._source is None:
            return
        shown = found.settings
        orders = self._runs[asked.key].orders
        orders |= {order for name, order in shown.items() if name == "row_order"}
        config, source = _with_rows(self._record, found, orders)
        if found.verdict == CORRECT or (asked.number == 1 and shown.get("optimizer") == "adam"):
            taken = {
                n: value for n, value in shown.items() if n in {*source.assumed} - {"row_order"}
            }
            # A loss and its double at half the rate are the same step; a linear unit may be a ReLU.
            known = taken.keys() - ({"loss"} if "rate" in source.assumed else set())
            known -= {"output"} if taken.get("output") == "linear" else set()
            with suppress(SettingError):  # it does not go together with what was said
                config = replace(config, **taken)
                left = tuple(name for name in source.assumed if name not in known)
                source = replace(source, assumed=left)
        if (config, source) != (self._record.config, self._source):
            self.found_out.emit(config, source.assumed, source.batch)


def _with_rows(
    record: Record, found: StepCheck, orders: Collection[str]
) -> tuple[RunConfig, WatchedSource]:
    """Return what is known of a run whose passes had some orders once a step has shown its rows."""
    source, config = record.source, record.config
    assert source is not None
    rows, batch = source.batch or found.rule.batch, config.batch
    assumed = {*source.assumed} - ({"batch"} if rows else set())
    if len(orders) == 1 and batch != "shuffled":
        config, assumed = replace(config, row_order=next(iter(orders))), assumed - {"row_order"}
    elif len(orders) > 1:
        assumed.add("row_order")
    if rows == "pass" and batch != "shuffled":
        batch = "shuffled" if len(orders) > 1 else "pass"
    return replace(config, batch=batch), replace(source, assumed=tuple(assumed), batch=rows)


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


def _next_pass(record: Record, number: int) -> WatchedStep | None:
    """Return the pass whose last update has a number, if it is one of the first two."""
    source, states = record.source, record.checkpoints[: number + 1]
    assert source is not None
    is_by_row = source.batch == "row" and not source.is_by_passes(record.config)
    is_there = len(states) > number and states[-1].step == number
    if not (is_by_row and is_there and number <= _PASSES * _PASS):
        return None
    ends = (states[-1 - _PASS], states[-1])
    weights = tuple(weights_of(state.parameters, record.config) for state in ends)
    said = replace(source.said(record.config), batch="pass")
    return WatchedStep(source.key, number, weights, said, is_pass=True)
