"""Sentences about a training step."""

from collections.abc import Iterator, Mapping, Sequence

import numpy as np

from xorviz.core import numerals
from xorviz.core.arrays import Array
from xorviz.core.check.rules import losses
from xorviz.core.check.rules.row_terms import NONE, fault_of
from xorviz.core.check.rules.said import Said
from xorviz.core.check.search.digits import Digits
from xorviz.core.check.search.explained import Explained
from xorviz.core.check.search.settings import XOR, Setting
from xorviz.core.check.step_check import CANNOT_BE_TOLD, CORRECT, UNKNOWN, Finding, StepRule
from xorviz.core.config import COUNTED, ROW_NAMES
from xorviz.core.diagnosis.words import listed
from xorviz.core.functions import FUNCTIONS
from xorviz.core.network import Weights

_NAMED = 3
"""Faults that look alike and are named; more would tell nothing."""


def coding(setting: Setting) -> str:
    """Return how a program writes false and true."""
    values = {False: "0/1", True: "−1/1"}
    inputs, targets = values[setting.seen.are_signed], values[setting.goal.are_signed]
    return f"inputs {inputs}, targets {targets}"


def sentence(
    verdict: str, found: StepRule, findings: Mapping[str, Finding], best: Explained, digits: Digits
) -> str:
    """Return what is found out, in a few sentences."""
    if verdict == CORRECT:
        return (
            f"This is an exact {_step(found)}: the code of this step is right. If the network does "
            "not learn, diagnose tells why."
        )
    parts = [_faults(findings), _undecided(findings, best, digits), _unknown(findings)]
    right = [name for name, one in findings.items() if one.name == CORRECT]
    if right and len(right) < len(findings):
        is_are = "is" if len(right) == 1 else "are"
        parts.append(f"{listed(right)} {is_are} exact for a {_step(found)}.")
    return " ".join(part for part in parts if part)


def _step(found: StepRule) -> str:
    """Return a rule in words."""
    rows = {
        "full": "full-batch gradient step",
        "row": f"gradient step on row {_rows(found)} alone",
        "pass": f"pass over the rows {_rows(found)}, with a gradient step for each",
    }[found.batch or "full"]
    momentum = f", momentum {_short(found.momentum)}" if found.momentum else ""
    if found.loss is None or found.rate is None:
        return f"{rows}{momentum}"
    return f"{rows} on {losses.NAMES[found.loss]} at rate {_short(found.rate)}{momentum}"


def _rows(found: StepRule) -> str:
    return ", ".join(ROW_NAMES[row] for row in found.order or ())


def _short(value: float) -> str:
    return f"{value:.6g}".replace("-", numerals.MINUS)


def _faults(findings: Mapping[str, Finding]) -> str:
    by_fault: dict[str, list[str]] = {}
    for name, one in findings.items():
        if one.is_fault:
            by_fault.setdefault(one.name, []).append(name)
    return " ".join(f"{listed(names)}: {fault}." for fault, names in by_fault.items())


def _undecided(findings: Mapping[str, Finding], best: Explained, digits: Digits) -> str:
    """Return what cannot be told, and which step would tell."""
    open_ones = [name for name, one in findings.items() if one.name == CANNOT_BE_TOLD]
    if not open_ones:
        return ""
    told = f"{listed(open_ones)} cannot be told from this step"
    faults = dict.fromkeys(
        fault for name in open_ones for fault in (best.faults[name], *best.confused[name])
    )
    named = [f"“{fault_of(fault)}”" for fault in faults if fault]
    named = named[:_NAMED] + ["others"] * (len(named) > _NAMED)
    if named:
        correct = ["a correct step"] * ("" in faults)
        looks = "look alike" if len(correct + named) > 1 else "may be it"
        told += f": {listed([*correct, *named])} {looks} in it"
    return f"{told}. {_which(best, digits)}"


def _which(best: Explained, digits: Digits) -> str:
    """Return which step would tell."""
    if digits.decimals is not None:
        return (
            f"Give more digits: these numbers are rounded to {digits.significant}; in NumPy "
            "numpy.set_printoptions(precision=17), or save them with numpy.savez."
        )
    if not best.is_scaled:
        return (
            "Along one row, a wrong slope of the output only scales the step: say rate and loss, "
            "or give a step with all four rows."
        )
    return "A step from other random weights would tell, or one row at a time."


def _unknown(findings: Mapping[str, Finding]) -> str:
    names = [name for name, one in findings.items() if one.name == UNKNOWN]
    if not names:
        return ""
    worst = max(findings[name].residual for name in names)
    return (
        f"{listed(names)}: no rule that is known here explains the change; the nearest leaves "
        f"{_percent(worst)} of it over. Another optimizer, clipping, dropout, another network or "
        "more than one step would look like this."
    )


def _percent(share: float) -> str:
    return f"{100 * share:.3g} %"


def compared(
    names: Sequence[str],
    fault: str,
    yours: Mapping[str, Array],
    exact: Mapping[str, Array],
    like: Weights,
) -> str:
    """Return the number of some arrays that differs most, beside the exact one."""
    name = max(names, key=lambda one: float(np.abs(yours[one] - exact[one]).max()))
    place = int(np.argmax(np.abs(yours[name] - exact[name])))
    array = getattr(like, name)
    index = ", ".join(str(int(i)) for i in np.unravel_index(place, array.shape))
    mine, right = (numerals.real(float(values[name][place]), 4) for values in (yours, exact))
    return (
        f"{listed(list(names))}: {fault}. Your change of {name}[{index}] is {mine}, "
        f"the gradient’s {right}."
    )


def notes(
    found: StepRule, said: Said, multiple: float | None, digits: Digits, best: Explained
) -> tuple[str, ...]:
    """Return what else was seen, in sentences."""
    return tuple(_notes(found, said, multiple, digits, best))


def _notes(
    found: StepRule, said: Said, multiple: float | None, digits: Digits, best: Explained
) -> Iterator[str]:
    if not best.is_whole:
        return
    if said.rate is None and found.rate is not None and found.loss is not None:
        other = "mse" if found.loss == "sse" else None
        more = f"; on {losses.NAMES[other]} it is rate {_short(4 * found.rate)}" if other else ""
        yield f"Only the rate times a constant of the loss can be seen{more}."
    if said.rate is not None and said.loss is not None and multiple not in {None, 1.0}:
        yield (
            f"It is {_short(multiple or 1)} times the gradient of {losses.NAMES[said.loss]} at the "
            f"rate of {_short(said.rate)}: the loss has another factor, or the rate is another."
        )
    if best.right == NONE and said.loss is None and best.setting.output == "sigmoid":
        yield (
            "If squared errors are meant, the slope y(1−y) of the output is left out; "
            "say which loss it is."
        )
    if found.targets is not None and found.targets != XOR and said.targets is None:
        text = FUNCTIONS["".join(map(str, found.targets))]
        bits = " ".join(str(found.targets[row]) for row in COUNTED)
        if best.setting.goal.doubt < 1:
            yield f"The targets are those of {text} ({bits} for 00, 01, 10, 11), not of XOR."
    if digits.is_single:
        yield "The numbers are rounded to 32 bit, which leaves residuals of about 1e-7."
