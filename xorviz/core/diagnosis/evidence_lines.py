"""The evidence of a diagnosis in short lines: a name and what was found."""

import math

from xorviz.core import numerals
from xorviz.core.config import COUNTED
from xorviz.core.diagnosis.evidence import Evidence, row_name
from xorviz.core.diagnosis.words import about, listed, units_text

Line = tuple[str, str]


def evidence_lines(evidence: Evidence) -> tuple[Line, ...]:
    """Return what is known, the most telling first; what is not known has no line."""
    found = [("Outputs", _outputs(evidence))]
    if evidence.pinned:
        found.append(("Pinned rows", _pinned(evidence)))
    found += _numbers(evidence)
    if evidence.saturation:
        found += _units(evidence)
    return tuple(found)


def _outputs(evidence: Evidence) -> str:
    return ", ".join(f"{row_name(row)}: {_output(evidence, row)}" for row in COUNTED)


def _pinned(evidence: Evidence) -> str:
    return listed([f"{row_name(row)} at {_output(evidence, row)}" for row in evidence.pinned])


def _output(evidence: Evidence, row: int) -> str:
    output = evidence.outputs[row]
    return numerals.fixed(output, 3) if math.isfinite(output) else "not a number"


def _numbers(evidence: Evidence) -> list[Line]:
    found = []
    if evidence.loss is not None:
        found.append(("Loss", numerals.real(evidence.loss)))
    if evidence.gradient_norm is not None:
        found.append(("Gradient norm", numerals.real(evidence.gradient_norm, 3)))
    if evidence.slope is not None:
        found.append(("Slope of the loss", f"{numerals.real(evidence.slope, 2)} a step"))
    if evidence.steps_left:
        found.append(("Left at this pace", _left(evidence.steps_left)))
    return found


def _left(steps: float) -> str:
    return about(steps) if math.isfinite(steps) else "no end in sight"


def _units(evidence: Evidence) -> list[Line]:
    width = len(evidence.saturation)
    groups = [units_text(group, width) for group in evidence.coinciding]
    found = [
        ("Coinciding units", "; ".join(groups) or "none"),
        ("Saturated units", _named(evidence.saturated, width)),
    ]
    if evidence.dead:
        found.append(("Dead units", _named(evidence.dead, width)))
    return found


def _named(units: tuple[int, ...], width: int) -> str:
    return units_text(units, width) if units else "none"
