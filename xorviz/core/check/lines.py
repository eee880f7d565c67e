"""The wrong lines of a program beside the right ones, in NumPy.

Both are the products of recipes, written out. The code has the names of the usual program.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from xorviz.core.check.factors import TERMS, Way
from xorviz.core.check.fit import Factors
from xorviz.core.check.losses import is_equal

_MOST = 2
"""Arrays whose lines are shown: of three or four, which have the same fault, one stands for all."""
_ROW_TERMS = {
    "w1": "X[i:i+1].T @ d_h[i:i+1]",
    "b1": "d_h[i]",
    "w2": "h[i:i+1].T @ d_y[i:i+1]",
    "b2": "d_y[i]",
}


@dataclass(frozen=True, slots=True)
class Sides:
    """A wrong recipe beside the right one, and the rates of this array and of the others."""

    wrong: Factors
    right: Factors
    rates: tuple[float, float]


@dataclass(frozen=True, slots=True)
class Writer:
    """Writes the lines of a program that updates weights, or that shows gradients."""

    is_gradient: bool
    delta: tuple[Way, Way]
    """Error and slope of the output layer."""

    def lines(self, arrays: Mapping[str, Sides]) -> tuple[str, str]:
        """Return the wrong lines of some arrays with the same fault, and the right ones."""
        first = next(iter(arrays.values()))
        wrong, right = first.wrong, first.right
        if (wrong.w2, wrong.hidden) != (right.w2, right.hidden) or self._is_sent(first):
            sent = None if (wrong.error, wrong.slope) == self.delta else _output_delta(wrong)
            return _hidden_delta(wrong, sent), _hidden_delta(right)
        if (wrong.error, wrong.slope) != (right.error, right.slope):
            return f"d_y = {_output_delta(wrong)}", f"d_y = {_output_delta(right)}"
        names = list(arrays) if len(arrays) <= _MOST else list(arrays)[:1]
        each = [self._of_array(name, arrays[name]) for name in names]
        return "\n".join(one for one, _ in each), "\n".join(other for _, other in each)

    def _is_sent(self, sides: Sides) -> bool:
        """Return whether the hidden layer gets something else than the output layer has."""
        wrong = sides.wrong
        is_hidden, own = wrong.w2 is not None, (wrong.error, wrong.slope)
        return is_hidden and own not in {(sides.right.error, sides.right.slope), self.delta}

    def _of_array(self, name: str, sides: Sides) -> tuple[str, str]:
        """Return the line that computes an array's gradient, or updates it: wrong and right."""
        wrong, usual = sides.wrong, TERMS[name][0]
        right = self._update(name, usual.code)
        if wrong.row is not None:
            return self._update(name, _ROW_TERMS[name]), right
        if wrong.term != usual:
            return self._update(name, wrong.term.code), right
        if wrong.scale == 0:
            still = self._update(name, "0") if self.is_gradient else f"# no line changes {name}"
            return still, right
        if wrong.scale < 0:
            hint = "" if self.is_gradient else "  # += where the error is t - y"
            return self._update(name, usual.code, sign=-1), right + hint
        return self._at_rates(name, usual.code, sides.rates)

    def _at_rates(self, name: str, term: str, rates: tuple[float, float]) -> tuple[str, str]:
        """Return the line at the rate of an array, and at that of the others."""
        (mine, others), whole = rates, self._update(name, term)
        mean = self._update(name, f"{term} / 4")
        if is_equal(4 * mine, others):
            return mean, whole
        if is_equal(4 * others, mine):
            return whole, mean
        if self.is_gradient:
            return self._update(name, f"{mine / others:.4g} * {term}"), whole
        wrong, right = (self._update(name, term, rate=f"{rate:.4g}") for rate in rates)
        return wrong, right

    def _update(self, name: str, gradient: str, rate: str = "rate", sign: int = 1) -> str:
        if self.is_gradient:
            return f"d_{name} = {'' if sign > 0 else '-'}{gradient}"
        return f"{name} {'-' if sign > 0 else '+'}= {rate} * {gradient}"


def _times(factors: Sequence[str]) -> str:
    """Return a product without its ones."""
    return " * ".join(one for one in factors if one not in {"1", ""})


def _output_delta(recipe: Factors) -> str:
    """Return the output's delta, without brackets that it doesn't need."""
    product = _times([recipe.error.code, recipe.slope.code])
    bare = product.removeprefix("(").removesuffix(")")
    return product if {"(", ")"} & set(bare) else bare


def _hidden_delta(recipe: Factors, sent: str | None = None) -> str:
    """Return the line of the hidden deltas, from the output's delta or from something else."""
    assert recipe.w2 is not None
    assert recipe.hidden is not None
    sent = "d_y" if sent is None else f"({sent})" if " " in sent else sent
    return f"d_h = {_times([f'{sent} @ {recipe.w2.code}', recipe.hidden.code])}"
