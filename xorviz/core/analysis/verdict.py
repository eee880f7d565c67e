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
    STEEPENING = "Downhill, and steepening"
    SADDLE = "Saddle"
    SLOPE = "Slope beside a saddle"
    FLAT = "Too flat to tell"
    STRAIGHT = "Straight slope"
    VALLEY = "Valley"
    PLATEAU = "Plateau or trap"
    TRAP = "Trap, for all practical purposes"


_LEADS_ON = "The way down may end on another plateau."
_DOUBTS = {
    Kind.LEARNED: "The gradient shrinks with the errors and never becomes exactly zero.",
    Kind.BALANCED: "In a long time rounding may tip it over. " + _LEADS_ON,
    Kind.FLAT: "Where nothing curves, only a kick or a longer run tells.",
    Kind.STRAIGHT: "How far it goes on like this the curvature does not say.",
    Kind.VALLEY: "What lies further along the valley the curvature here does not say.",
    Kind.PLATEAU: "Runs that learn later and runs that do not look alike here: run it longer.",
    Kind.TRAP: "The curvature tells about nearby only: a longer run or a kick may still find a "
    "way down.",
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
    falls = f"As it curves here, the loss can fall by {drop} of itself, not more."
    steps = about(curvature.doubling_steps(config))
    return {
        Kind.LEARNED: "All four errors are small. The lowest loss lies at infinitely large "
        "weights, so they go on growing, ever more slowly.",
        Kind.BALANCED: f"{down}, but the gradient has no part that way, so training does not "
        "turn there. Following it leads away.",
        Kind.STEEPENING: f"{down}, and the gradient points that way: the run is on its way, and "
        f"twice as far along in {steps}.",
        Kind.SADDLE: f"{down}: no minimum, and following one leads away. Training doubles its "
        f"distance that way in {steps}.",
        Kind.SLOPE: f"{down}: no minimum. Most of the gradient leads another way; along the one "
        f"that curves most, training doubles its distance in {steps}.",
        Kind.FLAT: "No direction curves down and the gradient is zero: a minimum, or a plateau "
        "too flat to tell.",
        Kind.STRAIGHT: "Nothing curves here, and the gradient is not zero: units at their bounds, "
        "or ReLU units between their kinks, change the loss in a straight line.",
        Kind.VALLEY: "No direction curves down and the gradient is not zero: a long valley, and "
        "the run is on its way along it.",
        Kind.PLATEAU: f"No direction curves down. {falls}",
        Kind.TRAP: f"No direction curves down. {falls}",
    }[kind]


def _doubt(kind: Kind, curvature: Curvature, config: RunConfig) -> str:
    if kind in {Kind.SADDLE, Kind.SLOPE, Kind.STEEPENING} and (
        curvature.doubling_steps(config) > _SLOW
    ):
        return "At this pace it looks like a stop, and the way down may end on another plateau."
    if kind in {Kind.PLATEAU, Kind.TRAP} and (limit := limit_text(config)):
        return f"{limit[0].upper()}{limit[1:]}."
    is_theirs = (config.width, config.biases, config.activation) == (2, True, "sigmoid")
    is_theirs &= config.loss != "cross-entropy" and config.targets in NOT_FOR_ONE_UNIT
    if kind is Kind.TRAP and is_theirs:
        return (
            "Not for ever: from every finite point a way down to zero error is proven, but the "
            "curvature here does not show it (Sprinkhuizen-Kuyper and Boers)."
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
        f"The loss is {height}. Along the directions that do not curve down it falls by {drop}, "
        "if they go on curving as they do here."
    )
    product = config.rate * float(curvature.eigenvalues[-1])
    if product > 1:
        found.append(
            f"The rate times the largest eigenvalue is {numerals.real(product, 3)}, above 1: "
            "steps go beyond the bottom that way."
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
