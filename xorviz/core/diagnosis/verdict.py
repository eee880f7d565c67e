"""The verdict on a place from its curvature: kind, sentence and doubt.

The diagnosis and Why? share these words, so that they agree.
"""

import math
from dataclasses import dataclass
from enum import StrEnum

from xorviz.core import numerals
from xorviz.core.analysis.curvature import Curvature
from xorviz.core.diagnosis.reach import NOT_FOR_ONE_UNIT, for_one_unit, limit_text
from xorviz.core.diagnosis.words import about, pace
from xorviz.core.network import LOSSES, head_of
from xorviz.core.settings import RunConfig

LITTLE, MUCH = 0.01, 0.25
"""Predicted fall as a share of the loss, where no direction curves down.

Of places where not all rows were correct (width 1 to 3, every activation, three losses, momentum 0
and 0.9), 4 of 1,057 below LITTLE and 17 of 226 between LITTLE and MUCH were in runs that had all
rows correct 100,000 steps later; with passes or Adam, none of 147 below LITTLE after 45,000 more.
"""
_NONE, _MOST = 1e-6, 0.5
"""Shares of the gradient."""


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
    SHALLOW = "Shallow valley"
    TRAP = "Looks like a trap"


_LOCAL = "The curvature describes only the neighbourhood."
_LEADS_ON = "The descent may end in another stuck state."
_DOUBTS = {
    Kind.LEARNED: "The gradient shrinks with the errors.",
    Kind.BALANCED: "A difference that way grows, however small it is; rounding may make one.",
    **dict.fromkeys((Kind.STEEPENING, Kind.SADDLE, Kind.SLOPE), _LEADS_ON),
    **dict.fromkeys((Kind.FLAT, Kind.STRAIGHT, Kind.VALLEY, Kind.SHALLOW, Kind.TRAP), _LOCAL),
}


@dataclass(frozen=True, slots=True)
class Verdict:
    """The interpretation of a curvature: its kind, sentence, doubt and evidence."""

    kind: Kind
    sentence: str
    doubt: str
    evidence: tuple[str, ...]
    steps: float = math.inf
    """Steps in which the loss falls by PROGRESS."""

    def to_dict(self) -> dict[str, str]:
        """Return the texts, without the evidence."""
        return {"kind": self.kind, "sentence": self.sentence, "doubt": self.doubt}


def verdict(curvature: Curvature, config: RunConfig, knows_rate: bool = True) -> Verdict:
    """Return the interpretation of a curvature; without the rate it names no steps."""
    kind = _kind(curvature)
    limit = limit_text(config)
    if not limit and curvature.has_equal_units and (reason := for_one_unit(config.targets)):
        limit = f"all hidden units are equal and stay as one unit: {reason}"
    steps = curvature.steps_to_progress(config) if knows_rate else math.inf
    falls = ""
    if math.isfinite(steps):
        falls = f"; expect the loss to fall by 5 % in {about(steps)} at {pace(config)}"
    sentence = _sentence(kind, curvature, config, falls, limit)
    doubt = _doubt(kind, config, limit)
    if config.batch != "full":
        doubt += " All this is of the loss of all four rows; each update follows only one."
    return Verdict(kind, sentence, doubt, _evidence(curvature, config), steps)


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
    return Kind.SHALLOW if curvature.drop < MUCH * curvature.loss else Kind.VALLEY


def _kind_of_saddle(curvature: Curvature) -> Kind:
    if not curvature.has_gradient or curvature.downward_share < _NONE:
        return Kind.BALANCED
    if curvature.downward_share >= _MOST:
        return Kind.STEEPENING
    return Kind.SADDLE if curvature.drop < LITTLE * curvature.loss else Kind.SLOPE


def _sentence(kind: Kind, curvature: Curvature, config: RunConfig, falls: str, limit: str) -> str:
    """Return what a place is. Only steps of gradient descent follow from the gradient there."""
    count = curvature.negative
    down = "1 direction curves down" if count == 1 else f"{count} directions curve down"
    drop = _share_text(curvature.drop, curvature.loss)
    level = "No direction curves down; from here the loss could"
    leaves = "training goes there" if limit else "training is leaving"
    held, still = ", so training doesn't go there", ", so training doesn't move"
    if not config.is_descent:
        leaves, held, still = "the loss falls there", "", ""
    is_far = not {*head_of(config).ends}.isdisjoint(config.targets)
    slowly = "" if config.optimizer == "adam" else ", ever more slowly"
    end = f" The lowest loss lies at infinitely large weights, so the weights keep growing{slowly}."
    return {
        Kind.LEARNED: f"All four errors are small.{end if is_far else ''}",
        Kind.BALANCED: f"{down}, but hardly any gradient points that way{held}.",
        Kind.STEEPENING: f"{down} and the gradient points that way: {leaves}{falls}.",
        Kind.SADDLE: f"{down}, so this is no minimum{falls}.",
        Kind.SLOPE: f"{down}, but most of the gradient points elsewhere{falls}.",
        Kind.FLAT: f"No direction curves down and the gradient is zero{still}.",
        Kind.STRAIGHT: "No direction curves; the gradient isn't zero, so the loss can fall.",
        Kind.VALLEY: f"{level} fall by about {drop}.",
        Kind.SHALLOW: f"{level} fall by {drop} at most.",
        Kind.TRAP: f"{level} fall by {drop} at most.",
    }[kind]


def _doubt(kind: Kind, config: RunConfig, limit: str) -> str:
    if limit and kind is not Kind.LEARNED:
        return f"{limit[0].upper()}{limit[1:]}."
    is_theirs = (config.width, config.biases, config.activation) == (2, True, "sigmoid")
    is_theirs &= (config.output, config.coding) == ("sigmoid", "zero-one")
    is_theirs &= LOSSES[config.loss].is_square and config.targets in NOT_FOR_ONE_UNIT
    if kind is Kind.TRAP and is_theirs:
        return (
            "From every finite point of this network a path leads down to zero error "
            "(Sprinkhuizen-Kuyper and Boers 1999), but training need not find it."
        )
    return _DOUBTS[kind]


def _evidence(curvature: Curvature, config: RunConfig) -> tuple[str, ...]:
    found = [
        f"Eigenvalues: {counts(curvature)}. Below 10⁻⁹ of the largest: treated as 0.",
        f"The gradient norm is {numerals.real(curvature.gradient_norm, 3)}.",
    ]
    if curvature.curves_down:
        lowest = numerals.real(float(curvature.eigenvalues[0]), 3)
        share = _share_text(curvature.share, 1)
        found.append(f"The lowest eigenvalue is {lowest}; {share} of the gradient lies along it.")
    height, drop = numerals.real(curvature.loss, 4), numerals.real(curvature.drop, 3)
    others = "Along the other directions, the" if curvature.curves_down else "The"
    found.append(f"{others} loss of {height} could fall by at most about {drop} from here.")
    product = config.rate * float(curvature.eigenvalues[-1])
    if product > 1 and config.is_descent:
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
