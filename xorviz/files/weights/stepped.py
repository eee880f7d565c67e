"""A training step of another program: its states, read in each possible orientation and checked."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

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
    ORIENTATIONS,
    Arrays,
    OrientationError,
    OwnNetwork,
    arranged,
    needs_orientation,
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
    """The one that was given, or that explains the step best where w1 leaves it open."""

    @property
    def doubt(self) -> tuple[int, int, int]:
        """How little is explained: the verdict, the arrays without an explanation, the faults."""
        findings = self.check.arrays.values()
        unexplained = sum(finding.name in {CANNOT_BE_TOLD, UNKNOWN} for finding in findings)
        faults = sum(finding.is_fault for finding in findings)
        return _VERDICTS.index(self.check.verdict), unexplained, faults


def checked_step(
    states: Sequence[Arrays], said: Said, orientation: str | None = None
) -> CheckedStep:
    """Return what two consecutive states tell of their step, or three, also of its momentum.

    Where a 2 by 2 w1 leaves its orientation open, the one that explains the step decides. Raises
    SettingError, and OrientationError where both explain it equally.
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

    def by(pair: Sequence[Weights], said: Said) -> StepCheck:
        return check_slopes(pair[0], pair[1], said)

    return _checked((weights, gradients), said, orientation, by)


def _checked(
    states: Sequence[Arrays], said: Said, orientation: str | None, by: Check
) -> CheckedStep:
    _refuse_unlike(states)
    is_open = orientation is None and any(map(needs_orientation, states))
    found: list[CheckedStep] = []
    refused: list[SettingError] = []
    for chosen in ORIENTATIONS if is_open else (orientation,):
        networks = tuple(arranged(arrays, chosen) for arrays in states)
        try:
            result = by([network.weights for network in networks], said)
        except SettingError as error:
            refused.append(error)
        else:
            found.append(CheckedStep(result, networks, chosen))
    if not found:
        raise refused[0]
    best, *others = sorted(found, key=lambda one: one.doubt)
    if others and others[0].doubt == best.doubt:
        raise OrientationError(
            "w1 has the shape (2, 2), and the step does not tell whether its rows are the inputs "
            "or the hidden units"
        )
    return best


def _refuse_unlike(states: Sequence[Arrays]) -> None:
    """Raise SettingError for what is no network, or not the same one as the first."""
    for arrays in states:
        if arrays.outputs is not None:
            raise SettingError("these are outputs; a step is checked by the weights w1 and w2")
        if (arrays.b1 is None) != (arrays.b2 is None):
            there, missing = ("b2", "b1") if arrays.b1 is None else ("b1", "b2")
            raise SettingError(
                f"{missing} is missing beside {there}; give both biases, or none if there are none"
            )
    shapes = [None if arrays.w1 is None else arrays.w1.shape for arrays in states]
    for shape in shapes:
        if shape != shapes[0]:  # two orientations, or two networks
            raise SettingError(
                f"w1 is {shapes[0]} before the step and {shape} after it; "
                "give the same network twice"
            )
