"""What each loss sends back from the outputs. Shapes: R rows, O outputs."""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from xorviz.core.arrays import Array
from xorviz.core.network import sigmoid

LossFunction = Callable[[Array, Array], Array]
"""y, t (R, O) -> the derivative of the loss by y (R, O)."""


@dataclass(frozen=True, slots=True)
class Signal:
    """The derivative of a loss by the outputs, or a wrong one that stands in its place. A value."""

    name: str
    slope: LossFunction
    fits: Callable[[Array, Array], bool]
    """Whether outputs and targets may belong to it."""
    is_right: bool = True
    error: float = 0.0
    """Relative, of a slope that is found by differences."""


def _always(y: Array, t: Array) -> bool:  # noqa: ARG001 - one of several
    return True


def _inside(y: Array, t: Array) -> bool:  # noqa: ARG001
    return bool((np.abs(y) < 1).all())


def _not_negative(y: Array, t: Array) -> bool:  # noqa: ARG001
    return bool((t >= 0).all())


def _probabilities(y: Array, t: Array) -> bool:
    inside = (y > 0).all() and (y < 1).all() and (t >= 0).all()
    return bool(inside and not _shares(y))


def _shares(y: Array) -> bool:
    """Return whether the outputs of each row sum to 1, as those of softmax do."""
    return bool(y.shape[1] > 1 and np.abs(y.sum(axis=1) - 1).max() < 1e-5)


def _several(y: Array, t: Array) -> bool:
    return y.shape[1] > 1 and bool((t >= 0).all())


def _both_signs(y: Array, t: Array) -> bool:
    return bool((np.abs(y) < 1).all() and (t < 0).any())


def _of_sigmoid(y: Array) -> Array:
    return np.asarray(y * (1 - y))


def _of_tanh(y: Array) -> Array:
    return np.asarray(1 - y**2)


def _softmax(y: Array) -> Array:
    raised = np.exp(y - y.max(axis=1, keepdims=True))
    return np.asarray(raised / raised.sum(axis=1, keepdims=True))


RIGHT = (
    Signal("squares", lambda y, t: y - t, _always),
    Signal("cross-entropy", lambda y, t: (y - t) / _of_sigmoid(y), _probabilities),
    Signal(
        "categorical cross-entropy",
        lambda y, t: -t / y,
        lambda y, t: _shares(y) and bool((y > 0).all() and (t >= 0).all()),
    ),
    Signal("cross-entropy of -1 and 1", lambda y, t: 2 * (y - t) / _of_tanh(y), _both_signs),
    Signal("cross-entropy of logits", lambda y, t: sigmoid(y) - t, _not_negative),
    Signal("categorical cross-entropy of logits", lambda y, t: _softmax(y) - t, _several),
    Signal("absolute errors", lambda y, t: np.sign(y - t), _always),
)

_SLOPES: dict[str, tuple[Callable[[Array], Array], Callable[[Array, Array], bool]]] = {
    "sigmoid": (_of_sigmoid, _probabilities),
    "tanh": (_of_tanh, _inside),
}
_FACTORS: dict[str, Callable[[Array], Array]] = {
    "no slope at all": np.ones_like,
    "the slope of sigmoid": _of_sigmoid,
    "the slope of tanh": _of_tanh,
    "the slope taken of the response again": lambda y: _of_sigmoid(sigmoid(y)),
    "the slope of tanh taken of the response again": lambda y: _of_tanh(np.tanh(y)),
    "y in place of the slope": lambda y: y,
    "1 - y in place of the slope": lambda y: 1 - y,
}


def _wrong(unit: str, named: str, *, twice: bool) -> Signal:
    of_unit, fits = _SLOPES[unit]
    factor = _FACTORS[named]

    def slope(y: Array, t: Array) -> Array:
        return (y - t) * factor(y) / (1 if twice else of_unit(y))

    says = f"{named} is taken twice" if twice else f"the error is multiplied by {named}"
    return Signal(says, slope, fits, is_right=False)


WRONG = (
    *(_wrong(unit, f"the slope of {unit}", twice=True) for unit in _SLOPES),
    *(
        _wrong(unit, named, twice=False)
        for unit in _SLOPES
        for named in _FACTORS
        if named != f"the slope of {unit}" and (unit, named) != ("sigmoid", "no slope at all")
    ),
)
"""Of squared errors; without a slope, those of a sigmoid are the cross-entropy's, and right."""

CONVENTIONS = {
    "squares": (("half-sse", 1, False), ("sse", 2, False), ("half-mse", 1, True), ("mse", 2, True)),
    "": (("{}", 1, False), ("mean {}", 1, True)),
}
"""Names of losses, what they multiply the signal by, and whether a mean is taken."""


def conventions(name: str, rows: int, outputs: int) -> dict[str, float]:
    """Return what a loss multiplies its signal by, for each of its names."""
    found: dict[str, float] = {}
    for named, factor, is_mean in CONVENTIONS.get(name, CONVENTIONS[""]):
        counts = (rows, rows * outputs) if is_mean else (1,)
        for count in counts:
            found[named.format(name)] = factor / count
    return found


def of_function(loss: Callable[[Array, Array], float], name: str = "the loss given") -> Signal:
    """Return the signal of a loss of one row: a function of outputs (O,) and targets (O,)."""

    def slope(y: Array, t: Array) -> Array:
        h, slopes = 2.0**-14, np.zeros_like(y)
        for place in np.ndindex(y.shape):
            ends = []
            for times in (-2, -1, 1, 2):
                moved = y.copy()
                moved[place] += times * h
                ends.append(float(np.sum(loss(moved[place[0]], t[place[0]]))))
            slopes[place] = (8 * (ends[2] - ends[1]) - (ends[3] - ends[0])) / (12 * h)
        return slopes

    return Signal(name, slope, _always, error=1e-9)
