"""A training step of another program: its states, read in each possible way and checked."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from xorviz.core.check.check import check, check_slopes
from xorviz.core.check.said import Said
from xorviz.core.check.step_check import (
    CANNOT_BE_TOLD,
    CORRECT,
    FAULTY,
    UNDECIDED,
    UNKNOWN,
    StepCheck,
)
from xorviz.core.network import Weights
from xorviz.core.rules import SettingError
from xorviz.files.weights.own_network import (
    Arrays,
    OrientationError,
    OwnNetwork,
    open_text,
    readings,
)

_VERDICTS = (CORRECT, FAULTY, UNDECIDED)
Check = Callable[[Sequence[Weights], Said], StepCheck]


@dataclass(frozen=True, slots=True, eq=False)
class CheckedStep:
    """What is found out about a training step. A value."""

    check: StepCheck
    networks: tuple[OwnNetwork, ...]
    """The states in the order of time, with notes on how they were read."""
    orientation: str | None = None
    """The one that was given, or that explains the step best where the arrays leave it open."""

    @property
    def doubt(self) -> tuple[int, float, float]:
        """How little is explained: the verdict, the shares of arrays unexplained and faulty."""
        findings = self.check.arrays.values()
        unexplained = sum(finding.name in {CANNOT_BE_TOLD, UNKNOWN} for finding in findings)
        faults = sum(finding.is_fault for finding in findings)
        count = len(findings)
        return _VERDICTS.index(self.check.verdict), unexplained / count, faults / count

    @property
    def answer(self) -> dict[str, Any]:
        """The verdict, and what was found in arrays."""
        findings = self.check.arrays.items()
        found = {name: finding.name for name, finding in findings if finding.is_fault}
        return found | {"verdict": self.check.verdict}


def checked_step(
    states: Sequence[Arrays], said: Said, orientation: str | None = None
) -> CheckedStep:
    """Return what two consecutive states tell of their step, or three, also of its momentum.

    Of all ways to read the arrays, the one that explains the step decides. Raises SettingError,
    and OrientationError where several explain it equally, and differently.
    """
    if len(states) < 2:
        raise SettingError(
            "the weights are given once; a step needs them twice, before and after it"
        )
    return _checked(states, said, orientation, check)


def checked_gradient(
    weights: Arrays, gradients: Arrays, said: Said, orientation: str | None = None
) -> CheckedStep:
    """Return what gradients tell of how they were computed. Raises as checked_step does."""
    return _checked(
        (weights, gradients),
        said,
        orientation,
        lambda pair, said: check_slopes(pair[0], pair[1], said),
    )


def _checked(
    states: Sequence[Arrays], said: Said, orientation: str | None, by: Check
) -> CheckedStep:
    _refuse_unlike(states)
    ways = [one.orientation for one in readings(states[0], orientation)]
    found: list[CheckedStep] = []
    refused: list[SettingError] = []
    for way in ways:
        try:
            networks = tuple(readings(arrays, way)[0] for arrays in states)
            result = by([network.weights for network in networks], said)
        except SettingError as error:
            refused.append(error)
            continue
        found.append(CheckedStep(result, networks, way if len(ways) > 1 else orientation))
        if not any(found[-1].doubt):  # nothing can explain it better
            break
    found.sort(key=lambda one: one.doubt)
    if refused and (not found or found[0].check.verdict == UNDECIDED):
        raise refused[0]
    best = found[0]
    equal = [one for one in found if one.doubt == best.doubt]
    if orientation is None and any(one.answer != best.answer for one in equal):
        likely = [one.networks[0] for one in equal]
        allowed = [network.orientation for network in likely]
        raise OrientationError(open_text(states[0], likely, "and the step"), allowed)
    return best


def _refuse_unlike(states: Sequence[Arrays]) -> None:
    """Raise SettingError for outputs, or a network of another shape than the first."""
    if any(arrays.outputs is not None for arrays in states):
        raise SettingError("these are outputs; a step is checked by the weights w1 and w2")
    shapes = [None if arrays.w1 is None else arrays.w1.shape for arrays in states]
    for shape in shapes:
        if shape != shapes[0]:  # two orientations, or two networks
            raise SettingError(
                f"w1 is {shapes[0]} before the step and {shape} after it; "
                "give the same network twice"
            )
