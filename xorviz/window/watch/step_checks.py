"""Checks of the steps of a watched run, as its states come in."""

from dataclasses import dataclass, replace

import numpy as np
from PySide6.QtCore import QObject, QTimer, Signal, Slot

from xorviz.core import numerals
from xorviz.core.check.check import check
from xorviz.core.check.said import Said
from xorviz.core.check.step_check import CORRECT, FAULTY, UNKNOWN, StepCheck
from xorviz.core.network import Weights, flat, weights_of
from xorviz.core.numerals import listed
from xorviz.core.rules import SettingError
from xorviz.core.runs.record import Record
from xorviz.core.runs.snapshot import Snapshot
from xorviz.core.runs.source import WatchedSource
from xorviz.core.settings import RunConfig
from xorviz.engine.analyst import Analyst
from xorviz.files.weights.said import TOLD
from xorviz.window.dialogs.own_network.step import targets_of, told_by

_EVERY = 1000
"""Steps from one check to the next, after the first ones."""
_AT_ONCE = 33
"""Steps that are checked one after the other without a rest."""
_REST_MS = 500
"""Time from one answer to the next question: the analyst's thread slows painting down."""
_SAID = (*TOLD, "targets")


@dataclass(frozen=True, slots=True, eq=False)
class WatchedStep:
    """A step of a watched run, to be checked. Any thread can answer it."""

    key: str
    step: int
    """The step before it."""
    states: tuple[Weights, ...]
    """Before and after it, perhaps with the one before these."""
    said: Said

    def answer(self) -> StepCheck | str:
        """Return what was found, or why nothing was, in a sentence."""
        *_, before, after = (flat(state) for state in self.states)
        if np.array_equal(before, after):
            return f"Step {numerals.whole(self.step + 1)} changed no weight."
        try:
            return check(self.states, self.said)
        except SettingError as error:
            return f"Steps cannot be checked: {error}."


@dataclass(frozen=True, slots=True)
class Checked:
    """What the checks of one run have found so far. A value."""

    correct: int = 0
    faulty: int = 0
    undecided: int = 0
    telling: StepCheck | None = None
    """The first that is faulty; else the last that is correct; else the last."""
    step: int = 0
    """The step before that one."""
    trouble: str = ""
    """Why the last step could not be checked, in a sentence."""

    @property
    def is_wrong(self) -> bool:
        """Whether a fault was found."""
        return self.faulty > 0

    @property
    def is_right(self) -> bool:
        """Whether steps were found correct, and none faulty."""
        return self.correct > 0 and not self.faulty

    @property
    def text(self) -> str:
        """The verdict in a few words, or why there is none; empty before the first."""
        found = self.telling
        if found is None:
            return self.trouble
        if self.is_wrong:
            return f"Step {numerals.whole(self.step + 1)} is faulty: {_faults(found)}"
        if self.is_right:
            rate = found.rule.rate
            at = "" if rate is None else f" at rate {numerals.plain(float(f'{rate:.4g}'))}"
            return f"Your steps are exact gradient steps{at}"
        if all(finding.name == UNKNOWN for finding in found.arrays.values()):
            return "No known rule explains your steps; those of Adam cannot be checked"
        return "Whether the steps are right cannot be told yet"

    @property
    def tip(self) -> str:
        """How many steps were checked, and what was found."""
        if self.telling is None:
            return self.trouble or "No step is checked yet: that takes two consecutive states."
        counts = (self.correct, "correct"), (self.faulty, "faulty"), (self.undecided, "undecided")
        told = ", ".join(f"{numerals.whole(n)} {what}" for n, what in counts if n)
        count = self.correct + self.faulty + self.undecided
        return f"{numerals.counted(count, 'step')} checked: {told}. {self.telling.sentence}"

    def after(self, found: StepCheck, step: int) -> "Checked":
        """Return what is known after one more check."""
        name = {CORRECT: "correct", FAULTY: "faulty"}.get(found.verdict, "undecided")
        counted = replace(self, **{name: getattr(self, name) + 1})
        return replace(counted, telling=found, step=step) if self._is_told_by(found) else counted

    def _is_told_by(self, found: StepCheck) -> bool:
        """Return whether a check shows more than the one before, or as much later on."""
        if self.is_wrong or self.telling is None or found.verdict == FAULTY:
            return not self.is_wrong
        tells, told = (
            (one.verdict == CORRECT, one.rule.rate is not None) for one in (found, self.telling)
        )
        return tells >= told


def _faults(found: StepCheck) -> str:
    """Return the faults of a step with their arrays: hidden slope left out in w1 and b1."""
    arrays: dict[str, list[str]] = {}
    for name, finding in found.arrays.items():
        if finding.is_fault:
            arrays.setdefault(finding.name, []).append(name)
    return "; ".join(f"{fault} in {listed(names)}" for fault, names in arrays.items())


class StepChecks(QObject):
    """Has the first steps of the watched run that is shown checked, then one of each thousand.

    The analyst answers in its own thread, one question at a time; after the first steps at most
    twice a second, however fast a program is.
    """

    changed = Signal()
    checked = Signal(object, str)  # StepCheck, which step of which run; or None, and why
    found_out = Signal(str, object, object)  # key, RunConfig, tuple[str, ...] still assumed

    def __init__(self, analyst: Analyst) -> None:
        super().__init__(analyst)
        self._analyst = analyst
        self._record: Record | None = None
        self._is_missing = False
        """Whether why there is no check was told last."""
        self._known: dict[str, tuple[Checked, int]] = {}
        """What was found of each run, and the step from which on the next is due."""
        self._asked: WatchedStep | None = None
        self.rest = QTimer(self, singleShot=True, interval=_REST_MS)
        """While it is active, nothing is asked."""
        self.rest.timeout.connect(self._ask_next)
        analyst.answered.connect(self._take)
        analyst.failed.connect(self._give_up)

    @property
    def known(self) -> Checked:
        """What was found of the run that is shown."""
        return self._known_of(self._record)[0]

    @Slot(object)
    def show_snapshot(self, snapshot: Snapshot) -> None:
        """Follow a run; one that is not watched has nothing to check."""
        before, self._record = self._record, snapshot.record
        if _key(before) != _key(self._record):
            self.rest.stop()
            self.changed.emit()
            self._tell()
        self._ask_next()

    @Slot()
    def _ask_next(self) -> None:
        """Ask about the next step that is due, unless an answer is still to come."""
        record, is_busy = self._record, self._asked is not None or self.rest.isActive()
        if is_busy or record is None or record.source is None:
            return
        step = _next_step(record, self._known_of(record)[1])
        if step is not None:
            self._asked = _question(record, record.source, step)
            self._analyst.ask(self._asked)

    @Slot(object, object)
    def _take(self, question: object, answer: StepCheck | str) -> None:
        if question is not self._asked or self._asked is None:
            return
        asked, self._asked = self._asked, None
        known, _ = self._known.get(asked.key, (Checked(), 0))
        if isinstance(answer, StepCheck):
            known = known.after(answer, asked.step)
        else:
            known = replace(known, trouble=answer)
        # Of an online loop, all rows come in turn.
        due = asked.step + min(1 + asked.step // 2, _EVERY)
        self._known[asked.key] = known, due
        if asked.key == _key(self._record):
            self.changed.emit()
            self._tell()
            if isinstance(answer, StepCheck) and self._record is not None:
                self._settle(self._record, answer)
        if asked.step >= _AT_ONCE:
            self.rest.start()
        self._ask_next()

    @Slot(object, str)
    def _give_up(self, question: object, why: str) -> None:
        self._take(question, f"The check failed: {why}.")

    def _tell(self) -> None:
        """Show the telling check in the panel, or why there is none."""
        source, known = None if self._record is None else self._record.source, self.known
        if source is not None and known.telling is not None:
            steps = f"Step {numerals.whole(known.step)} to {numerals.whole(known.step + 1)}"
            self.checked.emit(known.telling, f"{steps} of {source.name}")
        elif source is not None:
            self.checked.emit(None, known.tip)
        elif self._is_missing:
            self.checked.emit(None, "")
        self._is_missing = source is not None and known.telling is None

    def _settle(self, record: Record, found: StepCheck) -> None:
        """Tell what a correct step says of settings that were assumed."""
        source = record.source
        if source is None or not source.assumed or found.verdict != CORRECT:
            return
        told = {**told_by(found), **targets_of(found)}
        told = {name: value for name, value in told.items() if name in source.assumed}
        known = set(told)
        if "rate" in source.assumed:  # a loss and its double at half the rate are the same step
            known.discard("loss")
        assumed = tuple(name for name in source.assumed if name not in known)
        config = replace(record.config, **told)
        if (config, assumed) != (record.config, source.assumed):
            self.found_out.emit(source.key, config, assumed)

    def _known_of(self, record: Record | None) -> tuple[Checked, int]:
        return self._known.get(_key(record), (Checked(trouble=_trouble(record)), 0))


def _key(record: Record | None) -> str:
    return "" if record is None or record.source is None else record.source.key


def _trouble(record: Record | None) -> str:
    """Return why no step of a run can be checked, in a sentence, or nothing."""
    every = 1 if record is None or record.source is None else record.source.every
    if every == 1:
        return ""
    shown = f"one state of every {numerals.whole(every)} steps is shown"
    return f"Steps cannot be checked: {shown}. Call see at each step."


def _next_step(record: Record, due: int) -> int | None:
    """Return the first step from one on whose states before and after it are both kept."""
    assert record.source is not None
    if record.source.every != 1:
        return None
    steps = record.trace.steps
    first = int(steps.searchsorted(due))
    pairs = (steps[first + 1 :] - steps[first:-1] == 1).nonzero()[0]
    return int(steps[first + pairs[0]]) if len(pairs) else None


def _question(record: Record, source: WatchedSource, step: int) -> WatchedStep:
    index = int(record.trace.steps.searchsorted(step))
    earlier = 1 if index and record.trace.steps[index - 1] == step - 1 else 0
    kept = record.checkpoints[index - earlier : index + 2]
    states = tuple(weights_of(state.parameters, record.config) for state in kept)
    return WatchedStep(source.key, step, states, said_of_run(record.config, source))


def said_of_run(config: RunConfig, source: WatchedSource) -> Said:
    """Return what a program says of its steps."""
    said = {name: getattr(config, name) for name in _SAID if name not in source.assumed}
    return Said(**said, batch=source.batch, output="sigmoid")
