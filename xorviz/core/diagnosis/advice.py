"""Advice that follows from a state and its recipe alone, without a trial."""

from xorviz.core.diagnosis.evidence import Evidence
from xorviz.core.diagnosis.reach import NOT_FOR_ONE_UNIT
from xorviz.core.diagnosis.words import UNTRAINED
from xorviz.core.settings import RunConfig


def advice_for(state: str, evidence: Evidence, config: RunConfig | None) -> tuple[str, ...]:
    """Return advice, without which the network cannot learn or its steps stay too long.

    None before training and after learning, and where no recipe is known.
    """
    if config is None or state in {UNTRAINED, "learned"}:
        return ()
    found = [_for_reach(evidence, config)] if evidence.limit else []
    if state in {"oscillating", "diverging"}:
        found.append("Use a smaller rate: shorter steps do not overshoot.")
        if config.momentum:
            found.append("Use less momentum: it lengthens every step.")
    elif state == "dead units":
        found.append(
            "Use other weights, or sigmoid or tanh units: a unit that is 0 on every row gets no "
            "gradient."
        )
    elif state == "symmetric units" and evidence.are_equal:
        found.append("Draw the initial weights at random: equal units stay equal.")
    return tuple(found)


def _for_reach(evidence: Evidence, config: RunConfig) -> str:
    """Return what makes the targets possible."""
    biases = "Switch biases on: without them the output at row 0 0 is one half."
    if config.width > 1:
        return biases
    if config.targets in NOT_FOR_ONE_UNIT:
        and_biases = " with biases" if evidence.has_fixed_origin else ""
        return f"Use two hidden units or more{and_biases}: one draws only one line."
    return (
        biases
        if evidence.has_fixed_origin
        else ("Switch biases on: with them one hidden unit can learn these targets.")
    )
