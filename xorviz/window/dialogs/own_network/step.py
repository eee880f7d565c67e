"""A training step of another program: what is found out about it, and the run that opens."""

from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass, replace
from typing import Any

from xorviz.core.check.said import Said
from xorviz.core.check.step_check import CORRECT, StepCheck
from xorviz.core.rules import SettingError, checked
from xorviz.core.settings import SETTINGS, RunConfig
from xorviz.files.weights.examined import Examination, examined
from xorviz.files.weights.own_network import OrientationError
from xorviz.files.weights.reader import States
from xorviz.files.weights.said import SAID, TOLD, said_of
from xorviz.files.weights.stepped import checked_step
from xorviz.panels.learn.check_view import is_explained
from xorviz.window.dialogs.own_network.words import difference_text

_RATE_DIGITS = 6


@dataclass(frozen=True, slots=True)
class ExaminedStep:
    """A step, and what is found out about the network before it. A value."""

    check: StepCheck
    network: Examination

    @property
    def notes(self) -> tuple[str, ...]:
        """What else was seen, how the arrays were read, and what opens as another network."""
        read = f"Read as {self.network.summary}."
        rule = self.check.rule
        other = difference_text(rule.output, rule.coding) if is_explained(self.check) else ""
        return tuple(filter(None, (*self.check.notes, read, other)))


@dataclass(frozen=True, slots=True)
class StepAnswer:
    """What was found out about a step, or why nothing was. A value."""

    found: ExaminedStep | None = None
    error: SettingError | None = None
    is_asked: bool = False
    """Whether only the user can say what the rows of w1 stand for."""


@dataclass(frozen=True, slots=True, eq=False)
class StepQuestion:
    """What some consecutive states tell, with what the user says. Any thread can answer it."""

    states: States
    said: Mapping[str, Any]
    orientation: str | None = None
    """Used only where the step itself does not tell it."""

    def answer(self) -> StepAnswer:
        """Return the answer: in 30 ms mostly, in a second where nothing explains the step."""
        answer = StepAnswer()
        for way in dict.fromkeys((None, self.orientation)):
            try:
                return StepAnswer(examined_step(self.states, self.said, way), None, answer.is_asked)
            except SettingError as error:
                is_asked = answer.is_asked or isinstance(error, OrientationError)
                answer = StepAnswer(None, error, is_asked)
            if not answer.is_asked:
                break
        return answer


def examined_step(
    states: States, said: Mapping[str, Any], orientation: str | None = None
) -> ExaminedStep:
    """Return what consecutive states tell, with what the user says. Raises SettingError.

    What the step shows of the settings goes for the network, too.
    """
    found = checked_step(states, said_of_step(said), orientation)
    settings = {name: value for name, value in said.items() if name != "batch"}
    told = {name: value for name, value in told_by(found.check).items() if name not in said}
    if settings.get("targets") == RunConfig().targets:
        settings |= targets_of(found.check)
    network = examined(states[0], settings | told, orientation=found.orientation)
    return ExaminedStep(found.check, network)


def said_of_step(said: Mapping[str, Any]) -> Said:
    """Return what the user says of a step; targets of XOR are a default, and found out."""
    targets = said.get("targets")
    told = said_of({name: said[name] for name in SAID if name in said}, None, None)
    return replace(told, targets=None if targets == RunConfig().targets else targets)


def told_by(check: StepCheck) -> dict[str, Any]:
    """Return what a step shows of the settings of a run, where a run may have them."""
    found: dict[str, Any] = {}
    for name in TOLD:
        value = getattr(check.rule, name) if is_explained(check) else None
        if name == "rate" and value is not None:
            value = float(f"{value:.{_RATE_DIGITS}g}")  # it was computed from the weights
        if value is not None:
            with suppress(SettingError):  # such as a rate beyond all that a run may have
                found[name] = checked(SETTINGS[name].rule, name, value)
    return found


def targets_of(check: StepCheck) -> dict[str, Any]:
    """Return the targets of a correct step; those of a faulty one may be its fault."""
    targets = check.rule.targets
    return {"targets": targets} if check.verdict == CORRECT and targets else {}
