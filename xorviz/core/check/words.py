"""Sentences about a training step."""

from collections.abc import Iterator, Mapping

import numpy as np

from xorviz.core import numerals
from xorviz.core.arrays import Array
from xorviz.core.check.factors import HIDDEN, XOR
from xorviz.core.check.fit import DECAY, SIGNS
from xorviz.core.check.report import Report
from xorviz.core.check.said import factor_of, is_equal, losses_for
from xorviz.core.check.step_check import CANNOT_BE_TOLD, CORRECT, FAULTY, UNKNOWN, WRONG
from xorviz.core.network import LOSSES, Weights
from xorviz.core.numerals import listed
from xorviz.core.settings import loss_text
from xorviz.core.truth_table import COUNTED, FUNCTIONS, ROW_NAMES

SINGLE = "The weights are rounded to 32 bit, so small changes have few digits."
_NAMED = 2
"""The most faults or functions that are named where they look alike."""
_ONE_UPDATE = (
    "No array follows the gradient exactly. Is this exactly one update, of plain gradient descent, "
    "by one row or by all four? Save the weights right before and right after it, around one row, "
    "and give rate and loss."
)
_BRIEF = {(False, 1 / 2): "half of it", (True, 1): "the mean", (True, 1 / 2): "half the mean"}
"""Another loss than the one that was named before, by whether it is a mean and by its factor."""
_OF_ONE_ROW = {
    (True, 1): "the squared error",
    (True, 1 / 2): "half the squared error",
    (False, 1): "the cross-entropy",
}
"""A loss where there is nothing to sum, by whether it is a square and by its factor."""
_PLACES: Mapping[frozenset[str], str] = {
    frozenset(HIDDEN): "the fault is in the delta of the hidden layer",
    frozenset({"w1"}): "the fault is in the update of w1, or in the delta that it uses",
    frozenset({"w2", "b2"}): "the fault is in the delta of the output, as w2 and b2 use it",
}
"""Where to look, by the arrays that do not follow the gradient."""


def rule_text(told: Report) -> str:
    """Return the rule of a correct step: full-batch gradient step on ... at rate 0.5."""
    found = told.rule
    order = [ROW_NAMES[row] for row in found.order or ()]
    of_row = f"rows {listed(order)}" if len(order) > 1 else f"row {''.join(order)} alone"
    kind = "gradients" if told.is_gradient else "gradient step"
    text = {
        "full": kind if told.is_gradient else f"full-batch {kind}",
        "row": f"{kind} on {of_row}",
        "pass": f"pass over the rows {', '.join(order)}, with a gradient step for each",
    }[found.batch or "full"]
    if found.loss is not None and found.rate is not None:
        text += f" {'of' if told.is_gradient else 'on'} {_loss(told, found.loss)}"
        if not told.is_gradient:
            text += f" at rate {_short(found.rate)}"
        elif not is_equal(found.rate, 1):
            text += f", times {_short(found.rate)}"
    text += f", momentum {_short(found.momentum)}" if found.momentum else ""
    shares = told.fit.shares
    if found.decay is not None and DECAY in shares:
        text += f", with weight decay {_short(found.decay)}"
        text += f" ({_short(100 * shares[DECAY])}{numerals.THIN_SPACE}% of the weights)"
    elif SIGNS in shares:
        text += ", with a share of the weights’ signs taken away (an L1 penalty)"
    if told.fit.decayed:
        text += f", with separate weight decay in {listed(told.fit.decayed)}"
    return text


def _loss(told: Report, name: str) -> str:
    one = LOSSES[name]
    return _OF_ONE_ROW[one.is_square, one.factor] if told.rows == 1 else loss_text(name)


def sentence(told: Report, hint: str) -> str:
    """Return what is found out, in a few sentences."""
    if told.verdict == CORRECT:
        right = "backpropagation" if told.is_gradient else "the code of this step"
        is_open = told.fit.anchor.is_entropy and told.said.loss is None
        condition = " if cross-entropy is your loss" if is_open else ""
        return (
            f"{_these(told)} {rule_text(told)}: {right} is right{condition}. If the network does "
            "not learn, diagnose it: correct code fails, too, from some initial weights."
        )
    findings = told.findings
    faults = dict.fromkeys(
        one.name for one in findings.values() if one.is_fault and one.name != WRONG
    )
    parts = [f"{listed(_named(told, fault))}: {fault}." for fault in faults]
    parts += [_located(told), _open(told), _unknown(told, hint), _exact(told)]
    return " ".join(part for part in parts if part)


def _exact(told: Report) -> str:
    """Return which arrays are right beside wrong ones, if that is not said yet."""
    names = _named(told, CORRECT)
    if not names or told.verdict != FAULTY or _named(told, WRONG):
        return ""
    if not told.fit.is_scaled:
        row, does = ROW_NAMES[told.fit.model.rows[0]], "s" if len(names) == 1 else ""
        return f"{listed(names)} follow{does} the gradient of row {row} up to one factor."
    is_are, a = "is" if len(names) == 1 else "are", "the" if told.is_gradient else "a"
    return f"{listed(names)} {is_are} exact, as in {a} {rule_text(told)}."


def _these(told: Report) -> str:
    within = "To the digits given, " * (told.digits.decimals is not None)
    these = "these are the exact" if told.is_gradient else "this is an exact"
    return within + these if within else these[0].upper() + these[1:]


def _named(told: Report, name: str) -> list[str]:
    """Return the arrays with a finding."""
    return [array for array, one in told.findings.items() if one.name == name]


def _located(told: Report) -> str:
    """Return which arrays follow the gradient and which do not, and so where to look."""
    wrong, right = _named(told, WRONG), _named(told, CORRECT)
    if not wrong:
        return ""
    place = _PLACES.get(frozenset(wrong), f"the fault is in the lines that change {listed(wrong)}")
    rate = told.rule.rate
    at = "" if rate is None or told.is_gradient else f" at rate {_short(rate)}"
    does, do = ("s" if len(one) == 1 else "" for one in (right, wrong))
    if not right:
        return f"{listed(wrong)} do{'es' if do else ''} not follow the gradient: {place}."
    how = "exactly" if told.fit.is_scaled else "up to one factor"
    return (
        f"{listed(right)} follow{does} the gradient{at} {how}; {listed(wrong)} "
        f"do{'es' if do else ''} not: {place}."
    )


def _open(told: Report) -> str:
    """Return what is unclear, and which step would show it."""
    fit = told.fit
    if not fit.is_scaled and all(one.name == CORRECT for one in told.findings.values()):
        return _of_one_row(told)
    names = _named(told, CANNOT_BE_TOLD)
    if not names:
        return ""
    if all(fit.arrays[name].is_unseen for name in names):
        is_are = "gradient is" if len(names) == 1 else "gradients are"
        return (
            f"The {is_are} 0 here, so {listed(names)} cannot be seen in this step. Use other "
            "weights, or other rows."
        )
    return f"{_alike(told, names)} {_which(told)}"


def _alike(told: Report, names: list[str]) -> str:
    """Return which faults of some arrays look alike, where one of them is there."""
    fit = told.fit
    readings = [one for name in names if (one := fit.readings[name]) is not None]
    faults = dict.fromkeys(" and ".join(one.faults) for one in readings)
    faults |= dict.fromkeys(other for name in names for other in fit.arrays[name].alternatives)
    looks = [f"“{fault}”" for fault in faults if fault]
    if told.verdict != FAULTY or len(faults) < 2:
        return f"{listed(names)} cannot be seen in this step."
    if len(looks) < len(faults):
        alike = f"{looks[0]} and a correct step look alike here"
        return f"Some of {listed(names)} are wrong, but {alike}."
    more = " or another fault" * (len(looks) > _NAMED)
    is_are = "is" if len(names) == 1 else "are"
    alike = f"{' or '.join(looks[:_NAMED])}{more}, which look alike here"
    return f"{listed(names)} {is_are} wrong, with {alike}."


def _of_one_row(told: Report) -> str:
    """Return what is open where all arrays follow the gradient of one row."""
    fit = told.fit
    row = ROW_NAMES[fit.model.rows[0]]
    outputs = {anchor.model.output for anchor in fit.alike or [fit.anchor]}
    conditions = []
    if fit.doubt:
        conditions.append(f"its target is {fit.delta.goal.bits[fit.model.rows[0]]}")
    if told.said.output is None and "sigmoid" not in outputs:  # of which it is a step uphill
        conditions.append(f"the output unit is {' or '.join(sorted(outputs))}")
    given = f" if {' and '.join(conditions)}" if conditions else ""
    return (
        f"All arrays follow the gradient of row {row}{given}, up to one factor for all. A wrong "
        f"slope of the output changes only that factor: give {_scale(told)}."
    )


def _scale(told: Report) -> str:
    """Return what shows the size of a step along one row."""
    is_given = told.said.rate is not None and told.said.loss is not None
    return "rate and loss, or " * (not is_given) + "a step with all four rows"


def _which(told: Report) -> str:
    """Return which step would show it."""
    if told.digits.decimals is not None:
        return (
            f"Give more than {told.digits.significant} digits: save the arrays with numpy.savez, "
            "or print them after set_printoptions(precision=17) of numpy or torch. A larger rate "
            "for this one step works, too."
        )
    if not told.fit.is_scaled:
        return f"Give {_scale(told)}."
    if told.digits.is_single:
        return "Try a step in 64 bit (float64), or at a larger rate."
    return "Try a step from other random weights."


def _unknown(told: Report, hint: str) -> str:
    names = _named(told, UNKNOWN)
    if not names:
        return ""
    if hint:
        return f"No array follows the gradient exactly. {hint}"
    if told.is_gradient:
        return (
            "No array is the exact gradient of a network with one hidden layer of sigmoid, tanh or "
            "ReLU units. With another network, use check_code."
        )
    if told.one_size is not None:
        return (
            f"All numbers change by the same amount, as in the first step of Adam at rate "
            f"{_short(told.one_size)}: check a step of plain gradient descent, or the gradients "
            "with check_gradient."
        )
    if told.said.optimizer == "adam":
        return (
            "A step of Adam follows from all gradients before it, so the weights around it do not "
            "show whether it is right: check the gradients with check_gradient."
        )
    still = _still_units(told.taken.before, told.taken.changes)
    dropped = f" {listed(still)} did not change at all, as with dropout." if still else ""
    is_two = told.velocity is None and told.said.momentum != 0
    momentum = " With momentum, give three states: after this step, one more." * is_two
    return f"{_ONE_UPDATE}{dropped}{momentum}"


def _still_units(before: Weights, changes: Mapping[str, Array]) -> list[str]:
    """Return the hidden units of which no weight changed, if others did."""
    width = before.w1.shape[1]
    moved = np.abs(changes["w1"].reshape(2, width)).sum(axis=0) + np.abs(changes["w2"])
    still = [f"h{unit + 1}" for unit in np.flatnonzero(moved == 0)]
    return still if len(still) < width else []


def notes(told: Report) -> Iterator[str]:
    """Yield what else was seen, in sentences."""
    fit = told.fit
    if not fit.is_whole or not told.is_told:
        return
    yield from _notes_on_rate(told)
    if told.fit.anchor.is_entropy and told.said.loss is None:
        yield (
            "With squared errors as the loss, this step would be wrong: the slope y(1−y) of the "
            "output is left out. Give the loss that you use."
        )
    is_found = told.said.targets is None and told.rows > 1 and not fit.faults
    if is_found and XOR not in told.functions:
        named = " or ".join(map(_function, told.functions[:_NAMED]))
        more = " or another function" * (len(told.functions) > _NAMED)
        yield f"The targets are those of {named}{more}, not of XOR."
    if told.digits.is_single:
        yield SINGLE


def _function(bits: tuple[int, ...]) -> str:
    """Return a function's name and values: x1 and x2 (0 0 0 1 for 00, 01, 10, 11)."""
    values = " ".join(str(bits[row]) for row in COUNTED)
    return f"{FUNCTIONS[''.join(map(str, bits))]} ({values} for 00, 01, 10, 11)"


def _notes_on_rate(told: Report) -> Iterator[str]:
    found, said = told.rule, told.said
    if found.rate is None or found.loss is None or told.is_gradient:
        return
    if said.rate is None and said.loss is None and told.rows > 1:
        factors = {LOSSES[loss]: factor_of(loss, told.rows)
                   for loss in losses_for(told.fit.anchor.is_entropy)}  # fmt: skip
        product = found.rate * factors.pop(LOSSES[found.loss])
        rates = [
            f"{_short(product / factor)} on {_BRIEF[loss.is_mean, loss.factor]}"
            for loss, factor in factors.items()
        ]
        yield (
            f"Only the product of rate and loss can be seen: rate {_short(found.rate)} on "
            f"{loss_text(found.loss)} is {listed(rates)}."
        )
    elif said.loss and said.rate and not is_equal(found.rate, said.rate):
        yield (
            f"The step is {_short(found.rate / said.rate)} times as long as expected: the rate is "
            f"different, or {_loss(told, said.loss)} has another factor before it, such as 1/4 in "
            "a mean over the rows, or 1/2 where the 2 of its derivative is left out. Clipping and "
            "momentum change the length, too."
        )


def _short(value: float) -> str:
    return f"{value:.4g}".replace("-", numerals.MINUS)
