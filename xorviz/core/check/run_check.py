"""What is found out about the steps of a run, one after the other."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from xorviz.core import numerals
from xorviz.core.check.step_check import CORRECT, FAULTY, UNDECIDED, WRONG, StepCheck

_SHOWS = (UNDECIDED, CORRECT, FAULTY)
"""Verdicts in the order of what they show of a program."""
_NONE_YET = "No step checked yet: that takes two consecutive states. Call see at each step."


@dataclass(frozen=True, slots=True)
class RunCheck:
    """What was found of some steps of a run, without all the checks. A value."""

    counts: Mapping[str, int] = field(default_factory=dict)
    """How many steps have each verdict that was found."""
    telling: StepCheck | None = None
    """The first that is faulty; else the last that is correct; else the first."""
    number: int = 0
    """The number of that step, which leads from the state before it to that state."""
    trouble: str = ""
    """Why the last step could not be checked, in a sentence."""

    @property
    def verdict(self) -> str | None:
        """That of the run: FAULTY if a step is; CORRECT if one is; None without any check."""
        return None if self.telling is None else self.telling.verdict

    def after(self, found: StepCheck | str, number: int) -> "RunCheck":
        """Return what is known after one more check, or with why there is none."""
        if isinstance(found, str):
            return replace(self, trouble=found)
        counts = {**self.counts, found.verdict: self.counts.get(found.verdict, 0) + 1}
        old, new = _rank(self.telling), _rank(found)
        is_told = new > old or (new == old and found.verdict == CORRECT)
        told, at = (found, number) if is_told else (self.telling, self.number)
        return replace(self, counts=counts, telling=told, number=at)

    @property
    def text(self) -> str:
        """The verdict in a few words, or why there is none; empty before the first."""
        found = self.telling
        if found is None:
            return self.trouble
        if found.verdict == FAULTY:
            return f"Step {numerals.whole(self.number)} is faulty: {_faults(found)}"
        if found.verdict == CORRECT:
            rate = found.rule.rate
            at = "" if rate is None else f" at rate {numerals.plain(float(f'{rate:.4g}'))}"
            return f"Your steps are exact gradient steps{at}"
        head = _head(found.sentence)
        return f"Step {numerals.whole(self.number)}: {head[0].lower()}{head[1:]}"

    @property
    def sentence(self) -> str:
        """How many steps were checked, and what was found."""
        if self.telling is None:
            return self.trouble or _NONE_YET
        return f"{self.counted} {self.telling.sentence}"

    @property
    def counted(self) -> str:
        """How many steps were checked, and how many of them were what."""
        counts = (f"{numerals.whole(n)} {verdict}" for verdict, n in self.counts.items())
        count = numerals.counted(sum(self.counts.values()), "step")
        return f"{count} checked: {', '.join(counts)}."

    def to_dict(self) -> dict[str, Any]:
        """Return the telling check, and the counts, as values that JSON can represent."""
        counts = {verdict: self.counts.get(verdict, 0) for verdict in (CORRECT, FAULTY, UNDECIDED)}
        first = self.number if self.verdict == FAULTY else None
        told = {} if self.telling is None else self.telling.to_dict()
        return told | {"steps": {**counts, "first_faulty": first}}


def _rank(check: StepCheck | None) -> tuple[int, bool]:
    """Return how much a check shows of a program; of correct steps, those with a rate show more."""
    if check is None:
        return -1, False
    is_rated = check.verdict == CORRECT and check.rule.rate is not None
    return _SHOWS.index(check.verdict), is_rated


def _faults(found: StepCheck) -> str:
    """Return the faults of a step with their arrays: not updated in b1."""
    arrays: dict[str, list[str]] = {}
    for name, finding in found.arrays.items():
        if finding.is_fault:
            arrays.setdefault(finding.name, []).append(name)
    texts = []
    for fault, names in arrays.items():
        where, do = numerals.listed(names), "do" if len(names) > 1 else "does"
        is_wrong = fault == WRONG
        texts.append(f"{where} {do} not follow the gradient" if is_wrong else f"{fault} in {where}")
    return "; ".join(texts) or _head(found.sentence)


def _head(sentence: str) -> str:
    """Return the beginning of a sentence, which holds without the rest."""
    return sentence.partition(". ")[0].partition(": ")[0].removesuffix(".")
