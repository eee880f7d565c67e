"""What a diagnosis rests on: the numbers of a network that tell why it learns or does not.

Shapes: H hidden units, 4 rows in the order of ROWS, I numbers into a unit (two weights, a bias).
"""

import math
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from xorviz.core.arrays import Array
from xorviz.core.config import COUNTED, ROWS, RunConfig
from xorviz.core.diagnosis.trend import Trend
from xorviz.core.network import LOSSES, Weights, gradient, hidden, logits, sigmoid
from xorviz.core.runs.snapshot import LEARNED_ERROR, RIGHT_ERROR

SATURATED_SHARE = 0.75
"""A unit saturated on so many of the rows is; without biases, row 0 0 never saturates one."""
ALIKE = 0.01
"""Two units coincide where their incoming weights differ by less, relative to the longer ones."""

NOT_FOR_ONE_UNIT = ((1, 0, 1, 0), (0, 1, 0, 1))
"""XOR and its opposite: no line parts their rows, so one hidden unit cannot either."""

ORIGIN = ROWS.index((0, 0))
"""The place of row 0 0, where only biases move a unit."""

_BOUND = 0.02
"""How near its bound a response is saturated, as a share of the way between its bounds."""
_BOUNDS = {"sigmoid": (0.0, 1.0), "tanh": (-1.0, 1.0)}
_FLATTENS_BELOW = 0.3
"""The largest error at which the last of learning begins."""
_DISBELIEVED = 0.1
"""A loss that fell less than this share of what its gradient promises does not follow it."""


@dataclass(frozen=True, slots=True)
class Evidence:
    """Measured, not judged. What outputs alone do not tell is None or empty."""

    outputs: tuple[float, ...]
    """In the order of ROWS."""
    targets: tuple[int, ...]
    pinned: tuple[int, ...] = ()
    """Places in ROWS of rows held near one value, as people count them."""
    loss: float | None = None
    gradient_norm: float | None = None
    slope: float | None = None
    """Change of the loss per step, negative where it falls."""
    steps_left: float | None = None
    """Until all errors are small, if the loss goes on as it does; infinite where it stands.

    None where the slope promises more than there is: the next step will not keep to it.
    """
    coinciding: tuple[tuple[int, ...], ...] = ()
    """Groups of hidden units, from 0, whose incoming weights are alike."""
    saturation: tuple[float, ...] = ()
    """Of each hidden unit, the share of rows on which its response is at a bound."""
    dead: tuple[int, ...] = ()
    """ReLU units that are 0 on every row."""
    swing: tuple[float, float] | None = None
    """From where to where the loss goes up and down, if it does."""
    is_untrained: bool = False
    """Whether no step was taken yet."""
    has_fixed_origin: bool = False
    """Whether the output at row 0 0 is one half whatever the weights are."""

    @property
    def errors(self) -> tuple[float, ...]:
        """How far each output is from its target."""
        return tuple(abs(y - t) for y, t in zip(self.outputs, self.targets, strict=True))

    @property
    def right(self) -> int:
        """How many rows are on their target's side of one half."""
        return sum(error < RIGHT_ERROR for error in self.errors)

    @property
    def firmly_wrong(self) -> tuple[int, ...]:
        """Places in ROWS of rows whose output is at the wrong bound, as people count them."""
        return tuple(row for row in COUNTED if self.errors[row] > 1 - _BOUND)

    @property
    def saturated(self) -> tuple[int, ...]:
        """Hidden units, from 0, that hardly answer to anything any more."""
        return tuple(j for j, share in enumerate(self.saturation) if share >= SATURATED_SHARE)

    def to_dict(self) -> dict[str, Any]:
        """Return plain values that JSON can carry: rows and units by name, None for infinite."""
        return {
            "loss": _plain(self.loss),
            "outputs": {row_name(row): _plain(self.outputs[row]) for row in COUNTED},
            "targets": {row_name(row): self.targets[row] for row in COUNTED},
            "pinned": {row_name(row): _plain(self.outputs[row]) for row in self.pinned},
            "gradient_norm": _plain(self.gradient_norm),
            "slope": _plain(self.slope),
            "steps_left": _plain(self.steps_left),
            "coinciding": [[unit_name(unit) for unit in group] for group in self.coinciding],
            "saturated": [unit_name(unit) for unit in self.saturated],
            "saturation": list(self.saturation),
            "dead": [unit_name(unit) for unit in self.dead],
        }


def gathered(weights: Weights, config: RunConfig, trend: Trend | None = None) -> Evidence:
    """Return what there is to know of a network; its numbers may be huge or not finite."""
    with np.errstate(all="ignore"):
        h = hidden(weights, config.activation)
        z = logits(weights, h)
        slopes = gradient(weights, config)
        targets = np.array(config.targets)
        loss = float(LOSSES[config.loss].value(z, targets))
        outputs = sigmoid(z)
        # A norm by way of the largest number, so that huge ones do not overflow in the square.
        norm = math.hypot(*(math.hypot(*a.ravel().tolist()) for a in slopes.arrays()))
        fall = _fall(norm, config, trend)
        worst = float(np.abs(outputs - targets).max())
        return Evidence(
            outputs=tuple(outputs.tolist()),
            targets=config.targets,
            loss=loss,
            gradient_norm=norm,
            slope=-fall,
            steps_left=_steps_left(loss, fall, worst, config.loss),
            swing=(trend.lowest, trend.highest) if trend is not None and trend.wavers else None,
            coinciding=_coinciding(weights),
            saturation=_saturation(h, config.activation),
            dead=_dead(h) if config.activation == "relu" else (),
            has_fixed_origin=has_fixed_origin(config),
        )


def has_fixed_origin(config: RunConfig) -> bool:
    """Tell whether units that are 0 without input leave the output there at one half."""
    return not config.biases and config.activation in {"tanh", "relu"}


def row_name(row: int) -> str:
    """Return a row's name by its inputs, given its place in ROWS: 0 1."""
    x1, x2 = ROWS[row]
    return f"{x1} {x2}"


def unit_name(unit: int) -> str:
    """Return a hidden unit's name, counted from 1: h1."""
    return f"h{unit + 1}"


def promised_fall(norm: float, config: RunConfig) -> float:
    """Return how much a step of the rate along a gradient of this length lowers the loss.

    It is 1 / (1 - momentum) times as long once it has momentum.
    """
    return config.rate / (1 - config.momentum) * norm * norm


def _fall(norm: float, config: RunConfig, trend: Trend | None) -> float:
    """Return how much the loss falls in a step: as its gradient says, unless the curve does not."""
    promised = promised_fall(norm, config)
    if trend is not None and trend.fall_per_step < _DISBELIEVED * promised:
        return trend.fall_per_step
    return promised


def _steps_left(loss: float, fall: float, worst: float, loss_name: str) -> float | None:
    """Return in how many steps every error is small, if the loss goes on as it does.

    In a straight line down to where the last of learning begins; from there a sigmoid's loss
    falls as 1 / step, which means that the slope flattens with the square of the loss.
    """
    if worst < LEARNED_ERROR:
        return 0.0
    if not fall > 0:
        return math.inf
    if fall > loss:
        return None
    # Errors enter squared losses squared, and the cross-entropy nearly as they are.
    power = 1 if loss_name == "cross-entropy" else 2
    begins = min(worst, _FLATTENS_BELOW)
    straight = 1 - (begins / worst) ** power
    flattening = (1 - straight) * ((begins / LEARNED_ERROR) ** power - 1)
    return (straight + flattening) * loss / fall


def _coinciding(weights: Weights) -> tuple[tuple[int, ...], ...]:
    """Return groups of units whose incoming weights point the same way, equally far."""
    units = incoming(weights)
    if not np.isfinite(units).all():
        return ()
    units = units / max(float(np.abs(units).max()), np.finfo(float).tiny)
    products = units @ units.T
    squares = np.diagonal(products)
    longer = np.maximum(squares[:, np.newaxis], squares)
    apart = squares[:, np.newaxis] + squares - 2 * products
    return _groups(apart <= ALIKE**2 * longer + 1e-15)


def incoming(weights: Weights) -> Array:
    """Return what each hidden unit weighs its inputs with (H, I)."""
    rows = weights.w1 if weights.b1 is None else np.vstack((weights.w1, weights.b1))
    return np.asarray(rows.T, dtype=float)


def _groups(alike: NDArray[np.bool_]) -> tuple[tuple[int, ...], ...]:
    """Return who is alike (H, H) with the first of its kind, where there are several."""
    first = alike.argmax(axis=1)
    if len(set(first.tolist())) == len(first):
        return ()  # as nearly always, and np.unique is dear
    leaders, counts = np.unique(first, return_counts=True)
    return tuple(
        tuple(np.flatnonzero(first == leader).tolist())
        for leader, count in zip(leaders, counts, strict=True)
        if count > 1
    )


def _saturation(h: Array, activation: str) -> tuple[float, ...]:
    if activation not in _BOUNDS:
        return (0.0,) * len(h[0])
    low, high = _BOUNDS[activation]
    near = _BOUND * (high - low)
    at_a_bound = (h < low + near) | (h > high - near)
    return tuple(float(share) for share in at_a_bound.mean(axis=0))


def _dead(h: Array) -> tuple[int, ...]:
    return tuple(np.flatnonzero((h == 0).all(axis=0)).tolist())


def _plain(number: float | None) -> float | None:
    return number if number is not None and math.isfinite(number) else None
