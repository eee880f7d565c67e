"""What is found out about a training step."""

from collections.abc import Mapping
from contextlib import suppress
from dataclasses import asdict, dataclass
from typing import Any

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
_CODINGS = {"inputs 0/1, targets 0/1": "zero-one", "inputs −1/1, targets −1/1": "plus-minus"}
"""Those that a run may have, as rules write them."""


@dataclass(frozen=True, slots=True, kw_only=True)
class StepRule(Said):
    """The rule that explains a step, all of what may be said of it; None is what is unclear.

    The rows are full, row or pass; their order is that of a pass, or those that are used. The
    momentum is None where only one step is given; the optimizer is adam if the step is none of
    gradient descent, but may be the first one of Adam. A value.
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
