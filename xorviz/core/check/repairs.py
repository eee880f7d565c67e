"""For each fault the wrong line beside the right one, as a formula and in NumPy.

The code has the names of the usual program: X (4, 2), t (4, 1), h, y, d_y, d_h, rate.
"""

from collections.abc import Mapping
from dataclasses import dataclass

from xorviz.core.check.rules import rule
from xorviz.core.check.rules.losses import is_equal
from xorviz.core.check.rules.row_terms import fault_of
from xorviz.core.check.said import NONE

_SLOPES = {
    "sigmoid": ("·{0}(1−{0})", " * {0} * (1 - {0})"),
    "tanh": ("·(1−{0}²)", " * (1 - {0}**2)"),
    "relu": ("·[{0}>0]", " * ({0} > 0)"),
    "linear": ("", ""),
}
"""By activation: times the slope at a response, as a formula and in NumPy."""
_OF_UNIT = {"sigmoid": ("σ({0})", "sigmoid({0})"), "tanh": ("tanh({0})", "np.tanh({0})")}
_SLOPED = {rule.NO_HIDDEN_SLOPE, rule.SLOPE_TWICE, rule.SLOPE_OF_INPUT, rule.OTHER_SLOPE}
_SENT: Mapping[str, tuple[str, str]] = {
    rule.W2_FIRST: ("δy·w2_new", "d_y @ w2_new.T"),
    rule.W2_SIGN_LOST: ("δy·|w2|", "d_y @ abs(w2.T)"),
    rule.ERROR_SENT: ("(y−t)·w2", "(y - t) @ w2.T"),
    rule.OUTPUT_SENT: ("y·w2", "y @ w2.T"),
}
"""What reaches the hidden units in place of delta times w2."""
_GRADIENTS: Mapping[str, tuple[str, str]] = {
    "w1": ("Σ x·δh", "X.T @ d_h"),
    "b1": ("Σ δh", "d_h.sum(axis=0)"),
    "w2": ("Σ h·δy", "h.T @ d_y"),
    "b2": ("Σ δy", "d_y.sum(axis=0)"),
}
_ONE_ROW = {
    "w1": "X[i:i+1].T @ d_h[i:i+1]",
    "b1": "d_h[i]",
    "w2": "h[i:i+1].T @ d_y[i:i+1]",
    "b2": "d_y[i]",
}
_MOST_LINES = 2
"""Arrays whose lines are shown: of three or four, which have the same fault, one stands for all."""
_SIGN_HINT = "  # += where the error is t - y"


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


def lines(fault: str, arrays: tuple[str, ...], program: Program, rates: tuple[float, float]
          ) -> Lines:  # fmt: skip
    """Return the lines of a fault in some arrays; rates are theirs and that of the others."""
    wrong, right = _Writer(program, False).pair(fault, arrays, rates)
    return Lines(wrong, right, *_Writer(program, True).pair(fault, arrays, rates))


@dataclass(frozen=True, slots=True)
class _Writer:
    """Writes lines of a program, as formulas or in NumPy."""

    program: Program
    in_code: bool

    def either(self, formula: str, code: str) -> str:
        return code if self.in_code else formula

    def pair(
        self, fault: str, arrays: tuple[str, ...], rates: tuple[float, float]
    ) -> tuple[str, str]:
        """Return the wrong line and the right one."""
        program, name = self.program, fault_of(fault)
        if name in _SLOPED:
            is_output = fault.endswith("output")
            line, wrong = self.of_output if is_output else self.of_hidden, self.wrong_slope(fault)
            return line(slope=wrong), line()
        if name in _SENT:
            return self.of_hidden(sent=self.either(*_SENT[name])), self.of_hidden()
        match name:
            case rule.EXTRA_SLOPE:
                return self.of_output(self.slope("y", program.output)), self.of_output()
            case rule.NO_OUTPUT_SLOPE:
                return self.of_output(""), self.of_output()
            case rule.TARGETS_INVERTED:
                signed, unsigned = ("y+t", "y + t"), ("y−(1−t)", "y - (1 - t)")
                error = self.either(*(signed if program.are_signed else unsigned))
                return self.of_output(error=error), self.of_output()
        each = arrays if len(arrays) <= _MOST_LINES else arrays[:1]
        pairs = zip(*(self.updates(name, array, rates) for array in each), strict=True)
        wrong, right = (self.either(", ", "\n").join(side) for side in pairs)
        is_turned = name in {rule.ADDED, rule.WRONG_SIGN} and not program.is_gradient
        return wrong, right + _SIGN_HINT * (is_turned and self.in_code)

    def slope(self, at: str, activation: str) -> str:
        """Return times the slope of a unit at a response; empty where it is 1."""
        return self.either(*_SLOPES[activation]).format(at)

    def wrong_slope(self, fault: str) -> str:
        """Return times the slope that a fault takes."""
        is_output = fault.endswith("output")
        at, z = ("y", "z_y") if is_output else ("h", "z")
        activation = self.program.output if is_output else self.program.activation
        match fault_of(fault):
            case rule.NO_HIDDEN_SLOPE:
                return ""
            case rule.SLOPE_TWICE:
                return self.slope(self.either(*_OF_UNIT[activation]).format(at), activation)
            case rule.SLOPE_OF_INPUT:
                return self.slope(z, activation)
            case _:
                return self.slope(at, fault.split(": ")[1])

    def of_output(self, slope: str | None = None, error: str = "") -> str:
        """Return the delta of the output unit, or with another slope or error."""
        if slope is None:
            slope = "" if self.program.right == NONE else self.slope("y", self.program.output)
        error = error or self.either("y−t", "y - t")
        return self.either("δy = ", "d_y = ") + (f"({error}){slope}" if slope else error)

    def of_hidden(self, slope: str | None = None, sent: str = "") -> str:
        """Return the delta of the hidden units, or with another slope or something else sent."""
        if slope is None:
            slope = self.slope("h", self.program.activation)
        sent = sent or self.either("δy·w2", "d_y @ w2.T")
        return self.either("δh = ", "d_h = ") + sent + slope

    def of_array(self, array: str, gradient: str, rate: str = "rate") -> str:
        """Return the line that computes the gradient of an array, or updates the array by it."""
        if self.program.is_gradient:
            return f"{self.either('∂', 'd_')}{array} = {gradient}"
        return self.either(f"Δ{array} = −{rate}·", f"{array} -= {rate} * ") + gradient

    def updates(self, name: str, array: str, rates: tuple[float, float]) -> tuple[str, str]:
        """Return the last line, which changes an array, with a fault and right."""
        slope = self.either(*_GRADIENTS[array])
        right, is_gradient = self.of_array(array, slope), self.program.is_gradient
        match name:
            case rule.NOT_UPDATED if not is_gradient:
                return self.either(f"Δ{array} = 0", f"# no line changes {array}"), right
            case rule.NOT_UPDATED:
                wrong = "0"
            case rule.WRONG_SIGN | rule.ADDED if not is_gradient:
                return self.either(f"Δ{array} = +rate·", f"{array} += rate * ") + slope, right
            case rule.WRONG_SIGN | rule.ADDED:
                wrong = self.either("−", "-") + slope
            case rule.NO_INPUTS:
                wrong = self.either(*_GRADIENTS["b1" if array == "w1" else "b2"])
            case rule.TRANSPOSED:
                wrong = self.either(f"({slope})ᵀ", f"(d_h.T @ X).reshape({array}.shape)")
            case rule.SHARED_BIAS:
                wrong = self.either("ΣΣ δh", "d_h.sum()")
            case rule.ONE_ROW:
                wrong = self.either(f"{slope.removeprefix('Σ ')} of one row", _ONE_ROW[array])
            case rule.DECAYED:
                wrong = f"({slope} + decay{self.either('·', ' * ')}{array})"
            case _:
                return self.with_rates(array, slope, rates)
        return self.of_array(array, wrong), right

    def with_rates(self, array: str, slope: str, rates: tuple[float, float]) -> tuple[str, str]:
        """Return the line at the rate of the array, and at that of the others."""
        mine, others = rates
        whole, mean = self.of_array(array, slope), self.of_array(array, f"{slope} / 4")
        if is_equal(4 * mine, others):
            return mean, whole
        if is_equal(mine, 4 * others):
            return whole, mean
        if self.program.is_gradient:
            times = f"{mine / others:.4g}{self.either('·', ' * ')}{slope}"
            return self.of_array(array, times), whole
        wrong, right = (self.of_array(array, slope, f"{rate:.4g}") for rate in rates)
        return wrong, right
