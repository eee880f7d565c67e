"""The wrong lines of a program beside the right ones, as formulas and in NumPy.

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
_SIGN_HINT = "  # += where the error is t - y"


@dataclass(frozen=True, slots=True)
class Sides:
    """A wrong recipe beside the right one, and the rates of this array and of the others."""

    wrong: Factors
    right: Factors
    rates: tuple[float, float]


@dataclass(frozen=True, slots=True)
class Writer:
    """Writes lines as formulas or in NumPy."""

    in_code: bool
    is_gradient: bool = False
    """Whether the program shows gradients, in place of updates."""
    delta: tuple[Way, Way] | None = None
    """Error and slope of the output layer."""

    def lines(self, arrays: Mapping[str, Sides]) -> tuple[str, str]:
        """Return the wrong lines of some arrays with the same fault, and the right ones."""
        first = next(iter(arrays.values()))
        wrong, right = first.wrong, first.right
        if (wrong.w2, wrong.hidden) != (right.w2, right.hidden) or self._is_sent(first):
            return self.of_hidden(wrong), self.of_hidden(right, is_right=True)
        if (wrong.error, wrong.slope) != (right.error, right.slope):
            return self.of_output(wrong), self.of_output(right)
        names = list(arrays) if len(arrays) <= _MOST else list(arrays)[:1]
        sides = zip(*(self.of_array(name, arrays[name]) for name in names), strict=True)
        between = "\n" if self.in_code else ", "
        return between.join(next(sides)), between.join(next(sides))

    def _is_sent(self, sides: Sides) -> bool:
        """Return whether the hidden layer gets something else than the output layer has."""
        wrong = sides.wrong
        is_hidden, own = wrong.w2 is not None, (wrong.error, wrong.slope)
        return is_hidden and own not in {(sides.right.error, sides.right.slope), self.delta}

    def _form(self, way: Way) -> str:
        return way.code if self.in_code else way.formula

    def _times(self, factors: Sequence[str]) -> str:
        """Return a product without its ones."""
        return (" * " if self.in_code else "·").join(one for one in factors if one not in {"1", ""})

    def of_output(self, recipe: Factors) -> str:
        """Return the line of the output's delta."""
        product = self._times([self._form(recipe.error), self._form(recipe.slope)])
        bare = product.removeprefix("(").removesuffix(")")
        if not {"(", ")"} & set(bare):
            product = bare
        return f"{'d_y' if self.in_code else 'δy'} = {product}"

    def of_hidden(self, recipe: Factors, is_right: bool = False) -> str:
        """Return the line of the hidden deltas."""
        assert recipe.w2 is not None
        assert recipe.hidden is not None
        sent = "d_y" if self.in_code else "δy"
        if not is_right and (recipe.error, recipe.slope) != self.delta:
            sent = self._times([self._form(recipe.error), self._form(recipe.slope)])
            sent = f"({sent})" if self.in_code and " * " in sent else sent
        back, slope = self._form(recipe.w2), self._form(recipe.hidden)
        if self.in_code:
            return f"d_h = {self._times([f'{sent} @ {back}', slope])}"
        return f"δh = {self._times([sent, back, slope])}"

    def of_array(self, name: str, sides: Sides) -> tuple[str, str]:
        """Return the line that computes an array's gradient, or updates it: wrong and right."""
        wrong, usual = sides.wrong, TERMS[name][0]
        term, whole = (one.code if self.in_code else one.formula for one in (wrong.term, usual))
        right = self._update(name, whole)
        if wrong.row is not None:
            one = _ROW_TERMS[name] if self.in_code else f"{whole.removeprefix('Σ ')} of one row"
            return self._update(name, one), right
        if wrong.term != usual:
            return self._update(name, term), right
        if wrong.scale == 0:
            return self._update(name, "0") if self.is_gradient else self._still(name), right
        if wrong.scale < 0:
            hint = _SIGN_HINT * (self.in_code and not self.is_gradient)
            return self._update(name, term, sign=-1), right + hint
        return self._at_rates(name, term, sides.rates)

    def _at_rates(self, name: str, term: str, rates: tuple[float, float]) -> tuple[str, str]:
        """Return the line at the rate of an array, and at that of the others."""
        (mine, others), whole = rates, self._update(name, term)
        mean = self._update(name, f"{term} / 4")
        for many, few, sides in ((others, mine, (mean, whole)), (mine, others, (whole, mean))):
            if is_equal(4 * few, many):
                return sides
        if self.is_gradient:
            dot = " * " if self.in_code else "·"
            return self._update(name, f"{mine / others:.4g}{dot}{term}"), whole
        wrong, right = (self._update(name, term, rate=f"{rate:.4g}") for rate in rates)
        return wrong, right

    def _still(self, name: str) -> str:
        return f"# no line changes {name}" if self.in_code else f"Δ{name} = 0"

    def _update(self, name: str, gradient: str, rate: str = "rate", sign: int = 1) -> str:
        if self.is_gradient:
            minus = "" if sign > 0 else "-" if self.in_code else "−"
            return f"{'d_' if self.in_code else '∂'}{name} = {minus}{gradient}"
        if self.in_code:
            return f"{name} {'-' if sign > 0 else '+'}= {rate} * {gradient}"
        return f"Δ{name} = {'−' if sign > 0 else '+'}{rate}·{gradient}"
