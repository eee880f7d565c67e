"""What is found out about a training step, and about those of a run."""

from collections.abc import Mapping
from contextlib import suppress
from dataclasses import asdict, dataclass, field, replace
from typing import Any

from xorviz.core import numerals
from xorviz.core.check.said import Said
from xorviz.core.network import Weights
from xorviz.core.rules import SettingError, checked
from xorviz.core.settings import SETTINGS
from xorviz.core.shown import Shown
from xorviz.core.truth_table import ROW_NAMES, order_text

CORRECT = "correct"
FAULTY = "faulty"
UNDECIDED = "undecided"

CANNOT_BE_TOLD = "unclear"
"""The finding for an array whose change several explanations fit, or that shows nothing."""
WRONG = "does not follow the gradient"
"""The finding for an array beside others that do, where no known fault explains it."""
UNKNOWN = "unknown"
"""The finding for an array where none follows the gradient."""
_SHOWS = (UNDECIDED, CORRECT, FAULTY)
"""Verdicts in the order of what they show of a program."""
_NONE_YET = "No step checked yet: that takes two consecutive states. Call see at each step."
_CODINGS = {"inputs 0/1, targets 0/1": "zero-one", "inputs −1/1, targets −1/1": "plus-minus"}
"""Those that a run may have, as rules write them."""


@dataclass(frozen=True, slots=True, kw_only=True)
class StepRule(Said):
    """The rule that explains a step, as one would say it; None is what is unclear. A value.

    Of a pass the order has four rows, of one row that one, of a smaller batch some. The optimizer
    is adam if the step is none of gradient descent, but may be the first one of Adam.
    """

    coding: str | None = None
    """Inputs and targets, such as "inputs 0/1, targets 0/1"."""
    decay: float | None = None
    """Weight decay: what is added to the gradient, times the weights; None without any."""

    def to_dict(self) -> dict[str, Any]:
        """Return values that JSON can represent; rows are written as 10."""
        order = None if self.order is None else [ROW_NAMES[row] for row in self.order]
        targets = None if self.targets is None else list(self.targets)
        return asdict(self) | {"order": order, "targets": targets}


@dataclass(frozen=True, slots=True)
class Finding:
    """What explains the change of one array. A value."""

    name: str
    """correct, a fault, CANNOT_BE_TOLD, WRONG or UNKNOWN; two faults are joined by and."""
    rate: float | None
    """The rate that this array's change implies; None where its direction is not explained."""
    residual: float
    """Norm of what the explanation leaves over, relative to the norm of the change."""
    next: str | None = None
    """The next best explanation."""
    next_residual: float | None = None

    @property
    def is_fault(self) -> bool:
        """Whether the array is wrong."""
        return self.name not in {CORRECT, CANNOT_BE_TOLD, UNKNOWN}

    def to_dict(self) -> dict[str, Any]:
        """Return values that JSON can represent."""
        values = asdict(self)
        return {"finding": values.pop("name")} | values


@dataclass(frozen=True, slots=True)
class Repair:
    """A wrong line beside the right one. A value."""

    arrays: tuple[str, ...]
    """Where it was found, such as ("w1", "b1")."""
    fault: str
    wrong: str
    """In NumPy, in the names of the README's program."""
    right: str
    says: str = ""
    """A sentence with numbers of this very step."""


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class StepCheck(Shown):
    """Whether a training step is right, array by array. A value."""

    verdict: str
    """CORRECT, FAULTY or UNDECIDED."""
    rule: StepRule
    arrays: Mapping[str, Finding]
    """By the names w1, b1, w2, b2, without those that are not there."""
    sentence: str
    yours: Weights
    """The change of each number."""
    exact: Weights
    """The change that a correct step by this rule makes."""
    repairs: tuple[Repair, ...] = ()
    notes: tuple[str, ...] = ()
    """Sentences on what else was seen, such as that the numbers are rounded to 32 bit."""

    @property
    def is_explained(self) -> bool:
        """Whether any array's change is explained, so that the rule means something."""
        return any(finding.name != UNKNOWN for finding in self.arrays.values())

    @property
    def settings(self) -> dict[str, Any]:
        """The settings that the step shows, by name, where a run may have them.

        The targets are those of a correct step: those of a faulty one may be its fault.
        """
        rule, found = self.rule, dict[str, Any]()
        values = {name: getattr(rule, name, None) for name in SETTINGS} | {
            "row_order": order_text(rule.order or ()),
            "coding": _CODINGS.get(rule.coding or ""),
            "targets": rule.targets if self.verdict == CORRECT else None,
        }
        if rule.rate is not None:
            values["rate"] = float(f"{rule.rate:.6g}")  # computed from the weights
        for name, value in values.items():
            with suppress(SettingError):  # none, or what no run may have
                found[name] = checked(SETTINGS[name].rule, name, value)
        return found

    def to_dict(self) -> dict[str, Any]:
        """Return values that JSON can represent."""
        return {
            "verdict": self.verdict,
            "rule": self.rule.to_dict(),
            "arrays": {name: finding.to_dict() for name, finding in self.arrays.items()},
            "sentence": self.sentence,
            "notes": list(self.notes),
        }


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
