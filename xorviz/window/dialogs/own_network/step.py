"""What is found out about what was pasted: a network, outputs, or a training step."""

from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass, replace
from typing import Any

from xorviz.core.check.said import Said
from xorviz.core.check.step_check import CORRECT, StepCheck
from xorviz.core.rules import SettingError, checked
from xorviz.core.settings import SETTINGS, RunConfig
from xorviz.files.weights.check_step import checked_step
from xorviz.files.weights.examined import Examination, examined
from xorviz.files.weights.own_network import Arrays, OrientationError, arranged
from xorviz.files.weights.said import PRINTED_ORDER, SAID, TOLD, said_of
from xorviz.files.weights.states import States
from xorviz.panels.learn.check_view import headline
from xorviz.window.dialogs.own_network.words import difference_text, outputs_text, refusal_text

_RATE_DIGITS = 6


@dataclass(frozen=True, slots=True, eq=False)
class Found:
    """What the dialog shows. A value."""

    verdict: str
    detail: str = ""
    is_wrong: bool = False
    """Whether nothing could be found out."""
    ways: tuple[str, ...] = ()
    """Orientations of which only the user can say which is right."""
    network: Examination | None = None
    """The network, of a step the one before it."""
    check: StepCheck | None = None

    @property
    def notes(self) -> tuple[str, ...]:
        """What else was seen of a step, how it was read, and what opens as another network."""
        if self.check is None or self.network is None:
            return ()
        rule = self.check.rule
        other = difference_text(rule.output, rule.coding) if self.check.is_explained else ""
        read = f"Read as {self.network.summary}."
        return tuple(filter(None, (*self.check.notes, read, other)))


def refused(error: SettingError, ways: tuple[str, ...] = ()) -> Found:
    """Return that something cannot be used, and why."""
    return Found(refusal_text(error), is_wrong=True, ways=ways)


def found_of(arrays: Arrays, said: Mapping[str, Any], way: str | None) -> Found:
    """Return what outputs or weights show, with what the user says; ``way`` may be needed."""
    is_outputs = arrays.outputs is not None
    said = dict(said)
    typed = said.pop("order", PRINTED_ORDER)
    order = arrays.rows or typed
    try:
        asked = Found("") if is_outputs else _asked(arrays)
        if asked.ways and way not in asked.ways:
            return asked
        found = examined(arrays, said, order, way if asked.ways else None)
    except SettingError as error:
        return refused(error)
    read = "Outputs read. Paste weights, too, to train on" if is_outputs else found.summary
    answers = outputs_text(found.outputs, order)
    return Found(f"{read}.", answers, ways=asked.ways, network=found)


def _asked(arrays: Arrays) -> Found:
    """Return which orientation is needed, if one is. Raises SettingError for what is wrong."""
    try:
        arranged(arrays)
    except OrientationError as error:
        return Found(refusal_text(error), ways=error.allowed)
    return Found("")


@dataclass(frozen=True, slots=True, eq=False)
class StepQuestion:
    """What some consecutive states show, with what the user says. Any thread can answer it."""

    states: States
    said: Mapping[str, Any]
    orientation: str | None = None
    """Used only where the step itself does not show it."""

    def answer(self) -> Found:
        """Return the answer: in 30 ms mostly, in a second where nothing explains the step."""
        ways: tuple[str, ...] = ()
        try:
            try:
                return examined_step(self.states, self.said)
            except OrientationError as error:
                ways = error.allowed
                if self.orientation not in ways:
                    return Found(refusal_text(error), ways=ways)
                found = examined_step(self.states, self.said, self.orientation)
                return replace(found, ways=ways)
        except SettingError as error:
            return refused(error, ways)


def examined_step(states: States, said: Mapping[str, Any], orientation: str | None = None) -> Found:
    """Return what consecutive states show, with what the user says. Raises SettingError.

    What the step shows of the settings goes for the network, too.
    """
    found = checked_step(states, said_of_step(said), orientation)
    check = found.check
    settings = {name: value for name, value in said.items() if name != "batch"}
    told = {name: value for name, value in told_by(check).items() if name not in said}
    if settings.get("targets") == RunConfig().targets:
        settings |= targets_of(check)
    network = examined(states[0], settings | told, orientation=found.orientation)
    return Found(f"{headline(check)}.", check.sentence, network=network, check=check)


def said_of_step(said: Mapping[str, Any]) -> Said:
    """Return what the user says of a step; targets of XOR are a default, and found out."""
    targets = said.get("targets")
    told = said_of({name: said[name] for name in SAID if name in said})
    return replace(told, targets=None if targets == RunConfig().targets else targets)


def told_by(check: StepCheck) -> dict[str, Any]:
    """Return what a step shows of the settings of a run, where a run may have them."""
    found: dict[str, Any] = {}
    for name in TOLD:
        value = getattr(check.rule, name) if check.is_explained else None
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
