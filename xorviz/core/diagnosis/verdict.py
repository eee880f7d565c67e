"""Plateau or trap: the interpretation of a curvature in words."""

from dataclasses import dataclass
from enum import StrEnum

from xorviz.core import numerals
from xorviz.core.analysis.curvature import Curvature
from xorviz.core.config import RunConfig
from xorviz.core.diagnosis.reach import NOT_FOR_ONE_UNIT, limit_text
from xorviz.core.diagnosis.words import about

LITTLE, MUCH = 0.01, 0.25
"""Predicted fall as a share of the loss, where no direction curves down.

Measured on 900 runs (300 seeds each at width 3 without and width 2 with and without biases, rate
0.5): near zero error the share is one half; of the runs below LITTLE at step 2,000 or 20,000 none
had learned by step 100,000; between LITTLE and MUCH some had.
"""
_NONE, _MOST = 1e-6, 0.5
"""Shares of the gradient."""
_SLOW = 1_000_000
"""Steps beyond which progress looks like a stop."""


class Kind(StrEnum):
    """The kinds of places that a run may be at."""

    LEARNED = "Learned"
    BALANCED = "Balanced on a saddle"
    STEEPENING = "Descending ever faster"
    SADDLE = "Saddle"
    SLOPE = "Slope beside a saddle"
    FLAT = "Too flat to tell"
    STRAIGHT = "Straight slope"
    VALLEY = "Valley"
    PLATEAU = "Plateau or trap"
    TRAP = "Trap in practice"


_LEADS_ON = "The descent may end on another plateau."
_DOUBTS = {
    Kind.LEARNED: "The gradient shrinks with the errors and never becomes exactly zero.",
    Kind.BALANCED: "Over many steps, rounding may push the run off the saddle. " + _LEADS_ON,
    Kind.FLAT: "Without curvature, only a kick or a longer run can tell.",
    Kind.STRAIGHT: "The curvature does not tell how far the slope continues.",
    Kind.VALLEY: "The curvature does not tell what lies further along the valley.",
    Kind.PLATEAU: "Runs that learn later and runs that never do look alike here. Run it longer.",
    Kind.TRAP: "The curvature describes only the neighbourhood. A longer run or a kick may still "
    "find a way down.",
}


@dataclass(frozen=True, slots=True)
class Verdict:
    """The interpretation of a curvature: its kind, sentence, doubt and evidence."""

    kind: Kind
    sentence: str
    doubt: str
    evidence: tuple[str, ...]


def verdict(curvature: Curvature, config: RunConfig) -> Verdict:
    """Return the interpretation of a curvature."""
    kind = _kind(curvature)
    return Verdict(
        kind,
        _sentence(kind, curvature, config),
        _doubt(kind, curvature, config),
        _evidence(curvature, config),
    )


def _kind(curvature: Curvature) -> Kind:
    if curvature.is_learned:
        return Kind.LEARNED
    if curvature.curves_down:
        return _kind_of_saddle(curvature)
    if not curvature.has_gradient:
        return Kind.FLAT
    if not curvature.positive:
        return Kind.STRAIGHT
    if curvature.drop < LITTLE * curvature.loss:
        return Kind.TRAP
    return Kind.PLATEAU if curvature.drop < MUCH * curvature.loss else Kind.VALLEY


def _kind_of_saddle(curvature: Curvature) -> Kind:
    if not curvature.has_gradient or curvature.downward_share < _NONE:
        return Kind.BALANCED
    if curvature.downward_share >= _MOST:
        return Kind.STEEPENING
    return Kind.SADDLE if curvature.drop < LITTLE * curvature.loss else Kind.SLOPE


def _sentence(kind: Kind, curvature: Curvature, config: RunConfig) -> str:
    count = curvature.negative
    down = "1 direction curves down" if count == 1 else f"{count} directions curve down"
    drop = _share_text(curvature.drop, curvature.loss)
    falls = f"With the curvature here, the loss can fall by {drop} of its value, not more."
    steps = about(curvature.doubling_steps(config))
    return {
        Kind.LEARNED: "All four errors are small. The lowest loss lies at infinitely large "
        "weights, so the weights keep growing, ever more slowly.",
        Kind.BALANCED: f"{down}, but the gradient has no component that way, so training does "
        "not go there. A step that way would lower the loss.",
        Kind.STEEPENING: f"{down}, and the gradient points that way. The run is leaving, and "
        f"doubles its distance in {steps}.",
        Kind.SADDLE: f"{down}, so this is no minimum. Training doubles its distance that "
        f"way in {steps}.",
        Kind.SLOPE: f"{down}, so this is no minimum. Most of the gradient points elsewhere; along "
        f"the one that curves most, training doubles its distance in {steps}.",
        Kind.FLAT: "No direction curves down and the gradient is zero: a minimum, or a plateau "
        "too flat to tell.",
        Kind.STRAIGHT: "No direction curves, but the gradient is not zero. With saturated units, "
        "or ReLU units away from their kinks, the loss changes linearly.",
        Kind.VALLEY: "No direction curves down and the gradient is not zero: the run is moving "
        "along a long valley.",
        Kind.PLATEAU: f"No direction curves down. {falls}",
        Kind.TRAP: f"No direction curves down. {falls}",
    }[kind]


def _doubt(kind: Kind, curvature: Curvature, config: RunConfig) -> str:
    if kind in {Kind.SADDLE, Kind.SLOPE, Kind.STEEPENING} and (
        curvature.doubling_steps(config) > _SLOW
    ):
        return "At this rate it looks stuck, and the descent may end on another plateau."
    if kind in {Kind.PLATEAU, Kind.TRAP} and (limit := limit_text(config)):
        return f"{limit[0].upper()}{limit[1:]}."
    is_theirs = (config.width, config.biases, config.activation) == (2, True, "sigmoid")
    is_theirs &= config.loss != "cross-entropy" and config.targets in NOT_FOR_ONE_UNIT
    if kind is Kind.TRAP and is_theirs:
        return (
            "From every finite point of this network a path leads down to zero error "
            "(Sprinkhuizen-Kuyper and Boers 1999), but training need not find it."
        )
    return _DOUBTS.get(kind, _LEADS_ON)


def _evidence(curvature: Curvature, config: RunConfig) -> tuple[str, ...]:
    found = [
        f"Eigenvalues: {counts(curvature)}. A billionth of the largest counts as zero.",
        f"The gradient norm is {numerals.real(curvature.gradient_norm, 3)}.",
    ]
    if curvature.curves_down:
        lowest = numerals.real(float(curvature.eigenvalues[0]), 3)
        share = _share_text(curvature.share, 1)
        found.append(f"The lowest eigenvalue is {lowest}; {share} of the gradient lies along it.")
    height, drop = numerals.real(curvature.loss, 4), numerals.real(curvature.drop, 3)
    found.append(
        f"The loss is {height}. Along the directions that do not curve down it can fall by {drop}, "
        "if the curvature stays as it is here."
    )
    product = config.rate * float(curvature.eigenvalues[-1])
    if product > 1:
        found.append(
            f"The rate times the largest eigenvalue is {numerals.real(product, 3)}, above 1: "
            "along it, steps overshoot the minimum."
        )
    return tuple(found)


def counts(curvature: Curvature) -> str:
    """Return the counts of directions by their curvature: 2 down, 0 flat, 7 up."""
    return f"{curvature.negative} down, {curvature.zero} flat, {curvature.positive} up"


def _share_text(part: float, whole: float) -> str:
    """Return a share to two digits: 5 %, 0.04 %."""
    percent = 100 * part / whole if whole > 0 else 0.0
    if percent < 1e-4:
        return "0 %" if percent == 0 else "less than 0.0001 %"
    return f"{float(f'{percent:.2g}'):.10g} %".replace(" ", numerals.THIN_SPACE)
