"""For each fault the wrong line beside the right one, as a formula and in NumPy.

The code has the names of the usual program: X (4, 2), t (4, 1), h, y, d_y, d_h, rate.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from xorviz.core.check.rules import rule
from xorviz.core.check.rules.losses import is_equal
from xorviz.core.check.rules.row_terms import NONE, fault_of

_SLOPES = {
    "sigmoid": ("{0}(1−{0})", "{0} * (1 - {0})"),
    "tanh": ("(1−{0}²)", "(1 - {0}**2)"),
    "relu": ("[{0}>0]", "({0} > 0)"),
    "linear": ("", ""),
}
"""By activation: the slope at a response, as a formula and in NumPy."""
_OF_UNIT = {"sigmoid": ("σ({0})", "sigmoid({0})"), "tanh": ("tanh({0})", "np.tanh({0})")}


@dataclass(frozen=True, slots=True)
class Lines:
    """A wrong line and the right one, each as a formula and in NumPy. A value."""

    wrong: str
    right: str
    wrong_code: str
    right_code: str


@dataclass(frozen=True, slots=True)
class Program:
    """What a program computes with, as far as its lines depend on it. A value."""

    activation: str
    output: str
    right: str
    """The signal that is right for the loss."""
    are_signed: bool = False
    """Whether targets are -1 and 1 in place of 0 and 1."""
    is_gradient: bool = False
    """Whether it shows gradients, in place of updates."""

    def slope(self, at: str, activation: str, in_code: bool) -> str:
        """Return times the slope of a unit at a response; empty where it is 1."""
        text = _SLOPES[activation][in_code].format(at)
        return (" * " if in_code and text else "·" if text else "") + text

    def of_output(self, in_code: bool, slope: str | None = None, error: str = "") -> str:
        """Return the delta of the output unit, or with another slope or error."""
        if slope is None:
            slope = "" if self.right == NONE else self.slope("y", self.output, in_code)
        error = error or ("y - t" if in_code else "y−t")
        delta = f"({error}){slope}" if slope else error
        return f"d_y = {delta}" if in_code else f"δy = {delta}"

    def of_hidden(self, in_code: bool, sent: str = "", slope: str | None = None) -> str:
        """Return the delta of the hidden units, or with something else sent back to them."""
        if slope is None:
            slope = self.slope("h", self.activation, in_code)
        sent = sent or ("d_y @ w2.T" if in_code else "δy·w2")
        return f"d_h = {sent}{slope}" if in_code else f"δh = {sent}{slope}"


def lines(fault: str, arrays: tuple[str, ...], program: Program, rates: tuple[float, float]
          ) -> Lines:  # fmt: skip
    """Return the lines of a fault in some arrays; rates are theirs and that of the others."""
    name = fault_of(fault)
    if name in _SLOPED:
        return _of_slope(fault, program, is_output=fault.endswith("output"))
    if name in _SENT:
        sent = _SENT[name]
        return Lines(program.of_hidden(False, sent[0]), program.of_hidden(False),
                     program.of_hidden(True, sent[1]), program.of_hidden(True))  # fmt: skip
    if name == rule.EXTRA_SLOPE:
        own = [program.slope("y", program.output, in_code) for in_code in (False, True)]
        return Lines(program.of_output(False, own[0]), program.of_output(False),
                     program.of_output(True, own[1]), program.of_output(True))  # fmt: skip
    if name == rule.NO_OUTPUT_SLOPE:
        return Lines(program.of_output(False, ""), program.of_output(False),
                     program.of_output(True, ""), program.of_output(True))  # fmt: skip
    if name == rule.TARGETS_INVERTED:
        return _of_inverted(program)
    return _of_updates(name, arrays, program.is_gradient, rates)


_MOST_LINES = 2
"""Arrays whose lines are shown: of three or four, which have the same fault, one stands for all."""
_SIGN_HINT = "  # += where the error is t - y"
_SLOPED = {rule.NO_HIDDEN_SLOPE, rule.SLOPE_TWICE, rule.SLOPE_OF_INPUT, rule.OTHER_SLOPE}
_SENT: Mapping[str, tuple[str, str]] = {
    rule.W2_FIRST: ("δy·w2_new", "d_y @ w2_new.T"),
    rule.W2_SIGN_LOST: ("δy·|w2|", "d_y @ abs(w2.T)"),
    rule.ERROR_SENT: ("(y−t)·w2", "(y - t) @ w2.T"),
    rule.OUTPUT_SENT: ("y·w2", "y @ w2.T"),
}
"""What reaches the hidden units in place of delta times w2."""


def _of_slope(fault: str, program: Program, is_output: bool) -> Lines:
    """Return the lines of a wrong slope."""
    at, z = ("y", "z_y") if is_output else ("h", "z")
    activation = program.output if is_output else program.activation
    line = program.of_output if is_output else program.of_hidden
    match fault_of(fault):
        case rule.NO_HIDDEN_SLOPE:
            wrong = "", ""
        case rule.SLOPE_TWICE:
            twice = [form.format(at) for form in _OF_UNIT[activation]]
            wrong = (
                program.slope(twice[0], activation, False),
                program.slope(twice[1], activation, True),
            )
        case rule.SLOPE_OF_INPUT:
            wrong = program.slope(z, activation, False), program.slope(z, activation, True)
        case _:
            other = fault.split(": ")[1]
            wrong = program.slope(at, other, False), program.slope(at, other, True)
    return Lines(line(False, slope=wrong[0]), line(False), line(True, slope=wrong[1]), line(True))


def _of_updates(
    name: str, arrays: tuple[str, ...], is_gradient: bool, rates: tuple[float, float]
) -> Lines:
    """Return the last lines, which change arrays."""
    each = arrays if len(arrays) <= _MOST_LINES else arrays[:1]
    wrong, right = zip(*(_UPDATES[name](array, rates, is_gradient) for array in each), strict=True)
    hint = _SIGN_HINT if name in {rule.ADDED, rule.WRONG_SIGN} and not is_gradient else ""
    formula, right_formula = (", ".join(form for form, _ in side) for side in (wrong, right))
    code, right_code = ("\n".join(form for _, form in side) for side in (wrong, right))
    return Lines(formula, right_formula, code, right_code + hint)


def _of_inverted(program: Program) -> Lines:
    error, code = ("y+t", "y + t") if program.are_signed else ("y−(1−t)", "y - (1 - t)")
    return Lines(program.of_output(False, error=error), program.of_output(False),
                 program.of_output(True, error=code), program.of_output(True))  # fmt: skip


Line = tuple[str, str]
"""A line, or a part of one, as a formula and in NumPy."""
_GRADIENTS: Mapping[str, Line] = {
    "w1": ("Σ x·δh", "X.T @ d_h"),
    "b1": ("Σ δh", "d_h.sum(axis=0)"),
    "w2": ("Σ h·δy", "h.T @ d_y"),
    "b2": ("Σ δy", "d_y.sum(axis=0)"),
}


def _line(array: str, gradient: Line, is_gradient: bool, rate: str = "rate") -> Line:
    """Return the line that computes the gradient of an array, or updates the array by it."""
    formula, code = gradient
    if is_gradient:
        return f"∂{array} = {formula}", f"d_{array} = {code}"
    return f"Δ{array} = −{rate}·{formula}", f"{array} -= {rate} * {code}"


_Update = Callable[[str, tuple[float, float], bool], tuple[Line, Line]]
"""Returns the wrong line of an array and the right one, by its rate and that of the others."""


def _with_rates(array: str, rates: tuple[float, float], is_gradient: bool) -> tuple[Line, Line]:
    formula, code = right = _GRADIENTS[array]
    theirs, others = (f"{rate:.4g}" for rate in rates)
    mean = f"{formula} / 4", f"{code} / 4"
    if is_equal(4 * rates[0], rates[1]):
        return _line(array, mean, is_gradient), _line(array, right, is_gradient)
    if is_equal(rates[0], 4 * rates[1]):
        return _line(array, right, is_gradient), _line(array, mean, is_gradient)
    if is_gradient:
        times = f"{rates[0] / rates[1]:.4g}"
        wrong = f"{times}·{formula}", f"{times} * {code}"
        return _line(array, wrong, True), _line(array, right, True)
    return _line(array, right, False, theirs), _line(array, right, False, others)


def _plain(formula: str, code: str) -> _Update:
    """Return what writes a wrong gradient; {0} is the array, {1} its right gradient."""

    def written(array: str, _: tuple[float, float], is_gradient: bool) -> tuple[Line, Line]:
        right = _GRADIENTS[array]
        wrong = formula.format(array, right[0]), code.format(array, right[1])
        return _line(array, wrong, is_gradient), _line(array, right, is_gradient)

    return written


def _not_updated(array: str, _: tuple[float, float], is_gradient: bool) -> tuple[Line, Line]:
    stays = f"Δ{array} = 0", f"# no line changes {array}"
    wrong = _line(array, ("0", "0"), True) if is_gradient else stays
    return wrong, _line(array, _GRADIENTS[array], is_gradient)


def _added(array: str, _: tuple[float, float], is_gradient: bool) -> tuple[Line, Line]:
    formula, code = right = _GRADIENTS[array]
    added = f"Δ{array} = +rate·{formula}", f"{array} += rate * {code}"
    wrong = _line(array, (f"−{formula}", f"-{code}"), True) if is_gradient else added
    return wrong, _line(array, right, is_gradient)


def _without_inputs(array: str, _: tuple[float, float], is_gradient: bool) -> tuple[Line, Line]:
    wrong = _GRADIENTS["b1" if array == "w1" else "b2"]
    return _line(array, wrong, is_gradient), _line(array, _GRADIENTS[array], is_gradient)


def _of_one_row(array: str, _: tuple[float, float], is_gradient: bool) -> tuple[Line, Line]:
    right = _GRADIENTS[array]
    wrong = f"{right[0].removeprefix('Σ ')} of one row", _ONE_ROW[array]
    return _line(array, wrong, is_gradient), _line(array, right, is_gradient)


_ONE_ROW = {
    "w1": "X[i:i+1].T @ d_h[i:i+1]",
    "b1": "d_h[i]",
    "w2": "h[i:i+1].T @ d_y[i:i+1]",
    "b2": "d_y[i]",
}
_UPDATES: Mapping[str, _Update] = {
    rule.NOT_UPDATED: _not_updated,
    rule.WRONG_SIGN: _added,
    rule.ADDED: _added,
    rule.OTHER_RATE: _with_rates,
    rule.UNSAID_RATE: _with_rates,
    rule.NO_INPUTS: _without_inputs,
    rule.TRANSPOSED: _plain("({1})ᵀ", "(d_h.T @ X).reshape({0}.shape)"),
    rule.SHARED_BIAS: _plain("ΣΣ δh", "d_h.sum()"),
    rule.ONE_ROW: _of_one_row,
    rule.DECAYED: _plain("({1} + decay·{0})", "({1} + decay * {0})"),
}
"""Faults of the last line, which changes an array."""
