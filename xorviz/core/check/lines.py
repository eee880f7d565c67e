"""The wrong lines of a program beside the right ones, in NumPy.

Both are the products of recipes, written out. The code has the names of the usual program.
"""

from collections.abc import Iterator, Sequence

import numpy as np

from xorviz.core import numerals
from xorviz.core.check import factors
from xorviz.core.check.factors import HIDDEN, TERMS
from xorviz.core.check.fit import Factors
from xorviz.core.check.reading import right_recipe
from xorviz.core.check.report import Report
from xorviz.core.check.said import is_equal
from xorviz.core.check.step_check import WRONG, Repair

_MOST = 2
"""Arrays whose lines are shown: of three or four, which have the same fault, one stands for all."""
_ROW_TERMS = {
    "w1": "X[i:i+1].T @ d_h[i:i+1]",
    "b1": "d_h[i]",
    "w2": "h[i:i+1].T @ d_y[i:i+1]",
    "b2": "d_y[i]",
}


def repairs(told: Report) -> Iterator[Repair]:
    """Yield the wrong lines of each fault beside the right ones."""
    by_fault: dict[str, list[str]] = {}
    for name, found in told.findings.items():
        if found.is_fault and found.name != WRONG:
            by_fault.setdefault(found.name, []).append(name)
    for fault, names in by_fault.items():
        says = f"{numerals.listed(names)}: {fault}. {_compared(told, names)}"
        yield Repair(tuple(names), fault, *_lines(told, fault, names), says)


def _compared(told: Report, names: Sequence[str]) -> str:
    """Return the number of some arrays that differs most from the exact one, beside that."""
    yours, exact = told.taken.changes, told.exact
    name = max(names, key=lambda one: float(np.abs(yours[one] - exact[one]).max()))
    place = int(np.argmax(np.abs(yours[name] - exact[name])))
    array = getattr(told.taken.before, name)
    index = ", ".join(str(int(i)) for i in np.unravel_index(place, array.shape))
    sign = -1 if told.is_gradient else 1
    mine, right = (numerals.real(sign * float(each[name][place])) for each in (yours, exact))
    at = f"{name}[{index}]"
    if told.is_gradient:
        return f"Your gradient of {at} is {mine}, the exact one {right}."
    if yours[name][place] == 0:
        return f"Your step leaves {at} as it was, a correct one changes it by {right}."
    return f"Your step changes {at} by {mine}, a correct one by {right}."


def _lines(told: Report, fault: str, names: Sequence[str]) -> tuple[str, str]:
    """Return the wrong lines of some arrays with the same fault, and the right ones."""
    delta = told.fit.delta.error, told.fit.delta.slope
    wrong, right = _recipes(told, names[0])
    mine, own = (wrong.error, wrong.slope), (right.error, right.slope)
    is_sent = names[0] in HIDDEN and mine not in {own, delta}  # what the output layer has not
    if is_sent or (wrong.w2, wrong.hidden) != (right.w2, right.hidden):
        sent = "d_y" if mine == delta else _output_delta(wrong)
        return _hidden_delta(wrong, sent), _hidden_delta(right, "d_y")
    if mine != own:
        return f"d_y = {_output_delta(wrong)}", f"d_y = {_output_delta(right)}"
    shown = names if len(names) <= _MOST else names[:1]
    each = [_of_array(told, fault, name) for name in shown]
    return "\n".join(one for one, _ in each), "\n".join(other for _, other in each)


def _recipes(told: Report, name: str) -> tuple[Factors, Factors]:
    """Return the product of an array as it is, and as it should be."""
    reading = told.fit.readings[name]
    assert reading is not None  # else it has no fault that has a name
    return reading.recipe, right_recipe(told.fit.anchor, name, told.said)


def _of_array(told: Report, fault: str, name: str) -> tuple[str, str]:
    """Return the line that computes an array's gradient, or updates it: wrong and right."""
    (wrong, _), usual, is_gradient = _recipes(told, name), TERMS[name][0], told.is_gradient
    right = _update(name, usual.code, is_gradient)
    if wrong.row is not None:
        return _update(name, _ROW_TERMS[name], is_gradient), right
    if wrong.term != usual:
        return _update(name, wrong.term.code, is_gradient), right
    if wrong.scale == 0:
        still = _update(name, "0", True) if is_gradient else f"# no line changes {name}"
        return still, right
    if wrong.scale < 0:
        hint = "" if is_gradient else "  # += where the error is t - y"
        return _update(name, usual.code, is_gradient, sign=-1), right + hint
    rates = told.findings[name].rate or told.rate, told.rate
    if fault == factors.UNSAID_RATE:
        rates = told.rate, told.said.rate or told.rate
    return _at_rates(name, usual.code, is_gradient, *rates)


def _at_rates(
    name: str, term: str, is_gradient: bool, mine: float, others: float
) -> tuple[str, str]:
    """Return the line at the rate of an array, and at that of the others."""
    whole, mean = (_update(name, one, is_gradient) for one in (term, f"{term} / 4"))
    if is_equal(4 * mine, others):
        return mean, whole
    if is_equal(4 * others, mine):
        return whole, mean
    if is_gradient:
        return _update(name, f"{mine / others:.4g} * {term}", True), whole
    wrong, right = (_update(name, term, rate=f"{rate:.4g}") for rate in (mine, others))
    return wrong, right


def _update(
    name: str, gradient: str, is_gradient: bool = False, rate: str = "rate", sign: int = 1
) -> str:
    if is_gradient:
        return f"d_{name} = {'' if sign > 0 else '-'}{gradient}"
    return f"{name} {'-' if sign > 0 else '+'}= {rate} * {gradient}"


def _output_delta(recipe: Factors) -> str:
    """Return the output's delta, without brackets that it doesn't need."""
    product = _times(recipe.error.code, recipe.slope.code)
    bare = product.removeprefix("(").removesuffix(")")
    return product if {"(", ")"} & set(bare) else bare


def _hidden_delta(recipe: Factors, sent: str) -> str:
    """Return the line of the hidden deltas, from the output's delta or from something else."""
    sent = f"({sent})" if " " in sent else sent
    return f"d_h = {_times(f'{sent} @ {recipe.w2.code}', recipe.hidden.code)}"


def _times(*factors: str) -> str:
    """Return a product without its ones."""
    return " * ".join(one for one in factors if one not in {"1", ""})
