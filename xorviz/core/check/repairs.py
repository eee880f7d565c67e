"""For each fault the wrong line beside the right one, as a formula and in NumPy.

The code has the names of the usual program: X (4, 2), t (4, 1), h, y, d_y, d_h, rate.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from xorviz.core.check.rules import rule
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

    def slope(self, at: str, activation: str, in_code: bool) -> str:
        """Return times the slope of a unit at a response; empty where it is 1."""
        text = _SLOPES[activation][in_code].format(at)
        return (" * " if in_code and text else "·" if text else "") + text

    def of_output(self, in_code: bool, slope: str | None = None) -> str:
        """Return the delta of the output unit, or with another slope."""
        if slope is None:
            slope = "" if self.right == NONE else self.slope("y", self.output, in_code)
        return f"d_y = (y - t){slope}" if in_code else f"δy = (y−t){slope}"

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
    if name == rule.NO_OUTPUT_SLOPE:
        return Lines(program.of_output(False, ""), program.of_output(False),
                     program.of_output(True, ""), program.of_output(True))  # fmt: skip
    return _UPDATES[name](arrays[0], rates)


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


def _delta(array: str) -> tuple[str, str]:
    """Return the gradient of an array as a formula and in NumPy."""
    return {
        "w1": ("Σ x·δh", "X.T @ d_h"),
        "b1": ("Σ δh", "d_h.sum(axis=0)"),
        "w2": ("Σ h·δy", "h.T @ d_y"),
        "b2": ("Σ δy", "d_y.sum(axis=0)"),
    }[array]


def _updated(array: str, wrong: str, wrong_code: str, rates: tuple[float, float]) -> Lines:  # noqa: ARG001
    formula, code = _delta(array)
    return Lines(wrong, f"Δ{array} = −rate·{formula}", wrong_code, f"{array} -= rate * {code}")


def _with_rates(array: str, rates: tuple[float, float]) -> Lines:
    formula, code = _delta(array)
    theirs, others = (f"{rate:.6g}" for rate in rates)
    return Lines(f"Δ{array} = −{theirs}·{formula}", f"Δ{array} = −{others}·{formula}",
                 f"{array} -= {theirs} * {code}", f"{array} -= {others} * {code}")  # fmt: skip


def _plain(wrong: str, wrong_code: str) -> Callable[[str, tuple[float, float]], Lines]:
    """Return what makes the lines of a wrong update; {0} is the array, {1} its gradient."""

    def made(array: str, rates: tuple[float, float]) -> Lines:
        formula, code = _delta(array)
        return _updated(array, wrong.format(array, formula), wrong_code.format(array, code), rates)

    return made


_NO_X = {"w1": ("Σ δh", "d_h.sum(axis=0)"), "w2": ("Σ δy", "d_y.sum(axis=0)")}


def _without_inputs(array: str, rates: tuple[float, float]) -> Lines:
    formula, code = _NO_X[array]
    return _updated(array, f"Δ{array} = −rate·{formula}", f"{array} -= rate * {code}", rates)


_UPDATES: Mapping[str, Callable[[str, tuple[float, float]], Lines]] = {
    rule.NOT_UPDATED: _plain("Δ{0} = 0", "# no line changes {0}"),
    rule.WRONG_SIGN: _plain("Δ{0} = +rate·{1}", "{0} += rate * {1}"),
    rule.ADDED: _plain("Δ{0} = +rate·{1}", "{0} += rate * {1}"),
    rule.OTHER_RATE: _with_rates,
    rule.UNSAID_RATE: _with_rates,
    rule.NO_INPUTS: _without_inputs,
    rule.TRANSPOSED: _plain("Δ{0} = −rate·({1})ᵀ", "{0} -= rate * ({1}).T.reshape({0}.shape)"),
    rule.SHARED_BIAS: _plain("Δ{0} = −rate·ΣΣ δh", "{0} -= rate * d_h.sum()"),
    rule.ONE_ROW: _plain("Δ{0} = −rate·(last row)", "{0} -= rate * (the last row's gradient)"),
    rule.DECAYED: _plain("Δ{0} = −rate·{1} − decay·{0}", "{0} -= rate * {1} + decay * {0}"),
    rule.TARGETS_INVERTED: lambda *_: Lines("e = y − (1−t)", "e = y − t", "y - (1 - t)", "y - t"),
}
"""Faults of the last line, which changes an array."""
