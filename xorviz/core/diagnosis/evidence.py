"""The evidence of a diagnosis: measured numbers of a network.

Outputs are in the numbers of the run; shares and errors are compared (core/network.py).

Shapes: H hidden units, 4 rows in the order of ROWS; any axes before these are networks.
"""

import math
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import ArrayLike

from xorviz.core.arrays import Array, Mask, Steps
from xorviz.core.diagnosis.reach import limit_text, most_right
from xorviz.core.diagnosis.stuck_states import StuckState, nearest
from xorviz.core.diagnosis.trend import Trend
from xorviz.core.network import Weights, flat, gradient, head_of, hidden, incoming, logits
from xorviz.core.runs.snapshot import LEARNED_ERROR, RIGHT_ERROR
from xorviz.core.settings import RunConfig
from xorviz.core.truth_table import COUNTED, ROW_NAMES, ROWS

SATURATED_SHARE = 0.75
"""Share of rows for a saturated unit; without biases row 00 never saturates one."""
ALIKE = 0.01
"""Units coincide if their incoming weights differ by less, relative to the longer vector."""

BOUND = 0.02
"""Distance from a bound below which a response is saturated, as a share of its range."""
_BOUNDS = {"sigmoid": (0.0, 1.0), "tanh": (-1.0, 1.0)}
_FLATTENS_BELOW = 0.3
"""Largest error below which the loss falls as 1 / step."""
DISBELIEVED = 0.1
"""A trend below this share of the fall predicted by the gradient replaces the prediction."""


@dataclass(frozen=True, slots=True)
class Evidence:
    """Measurements of a network. Any that need more than the outputs may be None or empty."""

    outputs: tuple[float, ...]
    """In the order of ROWS."""
    config: RunConfig
    """The settings, where they are known; the targets always are."""
    pinned: tuple[int, ...] = ()
    """Indices in ROWS of the rows held near one value, in counting order."""
    level: float = 0.0
    """That value as a share, if there are such rows."""
    loss: float | None = None
    gradient_norm: float | None = None
    slope: float | None = None
    """Predicted change of the loss per step, negative where it falls."""
    change: float | None = None
    """Change of the loss in the last step, or the slope where that is unknown."""
    steps_left: float | None = None
    """Predicted steps until all errors are small; infinite where the loss does not fall.

    None where they cannot all become small, before the first step, and where the slope predicts a
    fall of more than the loss in one step.
    """
    coinciding: tuple[tuple[int, ...], ...] = ()
    """Groups of hidden units, from 0, with nearly equal incoming weights."""
    are_equal: bool = False
    """Whether these have the same weights to the last bit, and so the same gradients."""
    saturation: tuple[float, ...] = ()
    """For each hidden unit, the share of rows on which its response is at a bound."""
    dead: tuple[int, ...] = ()
    """ReLU units that are 0 on every row."""
    swing: tuple[float, float] | None = None
    """Lowest and highest recent loss, if there is a trace."""
    right_since: int | None = None
    """The step since which all four rows are correct, if known and not before the first step."""
    first_right: int | None = None
    """The first step at which they were."""
    learned_since: int | None = None
    learned_later: int | None = None
    """The same if it is after the diagnosed step: the run has already continued."""
    changes: tuple[str, ...] = ()
    """What was changed by hand after the last step: rate 0.5. No step shows the effect yet."""
    faulty_step: int | None = None
    """The first step that was found to be wrong, of those that another program has taken."""
    is_last: bool = False
    """Whether training ended because the next step would not be finite."""
    is_watched: bool = False
    """Whether another program takes the steps."""
    is_own: bool = False
    """Whether it has a trace: this program took its steps, with these targets and gradients."""

    @property
    def targets(self) -> tuple[int, ...]:
        """As bits."""
        return self.config.targets

    @property
    def limit(self) -> str:
        """Why not all rows can be correct; empty where they can be, or where that is unknown."""
        return limit_text(self.config)

    @property
    def errors(self) -> tuple[float, ...]:
        """Absolute error of each output, as a share."""
        return tuple(abs(y - t) for y, t in zip(self.shares, self.targets, strict=True))

    @property
    def shares(self) -> tuple[float, ...]:
        """The outputs as shares."""
        return tuple(head_of(self.config).coding.share(np.array(self.outputs)).tolist())

    @property
    def stuck(self) -> StuckState | None:
        """The nearest stuck state, if the output unit can have all its outputs."""
        can_be = math.isfinite(head_of(self.config).middle)
        return nearest(self.shares, self.targets) if can_be else None

    @property
    def is_negated(self) -> bool:
        """Whether every output is near the opposite of its target."""
        pairs = zip(self.shares, self.targets, strict=True)
        return all(abs(y - (1 - target)) < LEARNED_ERROR for y, target in pairs)

    @property
    def is_learned(self) -> bool:
        """Whether every error is small."""
        return all(error < LEARNED_ERROR for error in self.errors)

    @property
    def right(self) -> int:
        """Number of rows on their target's side of the middle, and not as far beyond it."""
        return sum(error < RIGHT_ERROR for error in self.errors)

    @property
    def is_right(self) -> bool:
        """Whether all four rows are."""
        return self.right == len(self.outputs)

    @property
    def is_too_steep(self) -> bool:
        """Whether the slope predicts a fall of more than the loss in one step."""
        is_known = self.config.is_descent and self.slope is not None
        return is_known and -(self.slope or 0.0) > (self.loss or 0.0)

    @property
    def firmly_wrong(self) -> tuple[int, ...]:
        """Indices in ROWS of the wrong rows whose output is at a bound, in counting order."""
        at_bound, errors = at_a_bound(np.array(self.outputs), self.config.output), self.errors
        return tuple(row for row in COUNTED if at_bound[row] and errors[row] >= RIGHT_ERROR)

    @property
    def saturated(self) -> tuple[int, ...]:
        """Hidden units, from 0, that are at a bound on most rows."""
        return tuple(j for j, share in enumerate(self.saturation) if share >= SATURATED_SHARE)

    def to_dict(self) -> dict[str, Any]:
        """Return values that JSON can represent: rows and units by name, None for infinite."""
        goals = head_of(self.config).coding.value(np.array(self.targets)).astype(int).tolist()
        names = {row: " ".join(ROW_NAMES[row]) for row in COUNTED}
        return {
            "loss": _plain(self.loss),
            "outputs": {names[row]: _plain(self.outputs[row]) for row in COUNTED},
            "targets": {names[row]: goals[row] for row in COUNTED},
            "pinned": {names[row]: _plain(self.outputs[row]) for row in self.pinned},
            "gradient_norm": _plain(self.gradient_norm),
            "slope": _plain(self.slope),
            "steps_left": _plain(self.steps_left),
            "coinciding": [[unit_name(unit) for unit in group] for group in self.coinciding],
            "saturated": [unit_name(unit) for unit in self.saturated],
            "saturation": list(self.saturation),
            "dead": [unit_name(unit) for unit in self.dead],
        }


@dataclass(frozen=True, slots=True)
class Measured:
    """A network as measured, or many (...) that share all settings but their rates and momenta.

    Weights may be huge or not finite, and so may all numbers.
    """

    weights: Weights
    config: RunConfig
    trend: Trend | None
    steps: Steps
    """(...) taken, or assumed."""
    momenta: Array
    """(...)."""
    h: Array
    """(..., 4, H) the hidden responses."""
    outputs: Array
    """(..., 4)."""
    errors: Array
    """(..., 4) absolute, on the scale on which the targets are 0 and 1."""
    loss: Array
    """(...)."""
    gradient_norm: Array
    """(...)."""
    step_length: Array
    """(...) how far a step moves the weights; momentum makes it 1 / (1 - momentum) times that."""
    promised_fall: Array
    """(...) the fall of the loss in one step that the gradient predicts; for Adam, the last one."""
    fall: Array
    """(...) the same, or that of the trend where this is far less."""
    saturation: Array
    """(..., H) as in Evidence."""
    dead: Mask
    """(..., H)."""

    @property
    def shares(self) -> Array:
        """The outputs (..., 4) on the scale on which the targets are 0 and 1."""
        return head_of(self.config).coding.share(self.outputs)

    @property
    def steps_left(self) -> Array:
        """The predicted steps (...) until every error is small, as in Evidence; NaN for none.

        The loss falls linearly down to errors of _FLATTENS_BELOW; from there that of an output at a
        bound falls as 1 / step, so that the slope flattens with the square of the loss; that of a
        linear unit with the loss. Once all rows are correct, the median estimate is right within
        20 %, for Adam within a factor of 2.
        """
        loss, fall, config = self.loss, self.fall, self.config
        if most_right(config) < len(ROWS):
            return np.full_like(loss, np.nan)
        # Squared losses are quadratic in the errors, the cross-entropy is nearly linear.
        power = 2 if head_of(config).of_loss.is_square else 1
        with np.errstate(all="ignore"):
            worst = self.errors.max(axis=-1)
            begins = np.minimum(worst, _FLATTENS_BELOW)
            straight = 1 - (begins / worst) ** power
            rest = (begins / LEARNED_ERROR) ** power
            law = np.log(rest) if config.output == "linear" else rest - 1
            flattening = (1 - straight) * law
            left = np.where(fall > loss, np.nan, (straight + flattening) * loss / fall)
        return np.where(worst < LEARNED_ERROR, 0, np.where(fall > 0, left, np.inf))

    @property
    def alike(self) -> Mask:
        """Which units (..., H, H) have nearly equal incoming weights, where all are finite."""
        units = incoming(self.weights).swapaxes(-1, -2)
        with np.errstate(all="ignore"):
            are_finite = np.isfinite(units).all(axis=(-1, -2), keepdims=True)
            tiny = np.finfo(float).tiny
            units = units / np.abs(units).max(axis=(-1, -2), keepdims=True, initial=tiny)
            products = units @ units.swapaxes(-1, -2)
            squares = products.diagonal(axis1=-2, axis2=-1)
            one, other = squares[..., np.newaxis], squares[..., np.newaxis, :]
            apart = one + other - 2 * products
            are_near = apart <= ALIKE**2 * np.maximum(one, other) + 1e-15
        return np.asarray((are_near & are_finite) | np.eye(units.shape[-2], dtype=bool))


def measured(
    weights: Weights,
    config: RunConfig,
    trend: Trend | None,
    steps: ArrayLike = 0,
    rates: ArrayLike | None = None,
    momenta: ArrayLike | None = None,
) -> Measured:
    """Measure networks, each after its own steps, with its own rate and momentum (...) if given."""
    rate = np.asarray(config.rate if rates is None else rates)
    momentum = np.asarray(config.momentum if momenta is None else momenta)
    with np.errstate(all="ignore"):
        h, head, targets = hidden(weights, config), head_of(config), np.array(config.targets)
        z = logits(weights, h)
        outputs = head.outputs(z)
        # Unlike a sum of squares, it does not overflow.
        norm = np.hypot.reduce(flat(gradient(weights, config)), axis=-1)
        step_length = rate / (1 - momentum) * norm * _sum_of_losses(config)
        fall = promised = step_length * norm
        if trend is not None:
            seen = trend.fall_per_step
            if config.optimizer == "adam":
                seen = promised = -trend.change
            fall = np.where(seen < DISBELIEVED * promised, seen, promised)
        return Measured(
            *(weights, config, trend, np.asarray(steps), momentum),
            h=h,
            outputs=outputs,
            errors=head.errors(outputs, targets),
            loss=head.loss(z, targets),
            gradient_norm=norm,
            step_length=step_length,
            promised_fall=promised,
            fall=fall,
            saturation=np.asarray(at_a_bound(h, config.activation).mean(axis=-2)),
            dead=np.asarray(~h.any(axis=-2) & (config.activation == "relu")),
        )


def evidence_of(found: Measured, is_own: bool = False) -> Evidence:
    """Return the evidence for one network that was measured."""
    left, trend = float(found.steps_left), found.trend
    slope = None if np.isnan(found.fall) else -float(found.fall)  # as before Adam's first step
    return Evidence(
        outputs=tuple(found.outputs.tolist()),
        config=found.config,
        loss=float(found.loss),
        gradient_norm=float(found.gradient_norm),
        slope=slope,
        change=slope if trend is None else float(trend.change),
        steps_left=None if math.isnan(left) else left,
        swing=None if trend is None else (float(trend.lowest), float(trend.highest)),
        coinciding=_groups(found.alike),
        saturation=tuple(found.saturation.tolist()),
        dead=tuple(np.flatnonzero(found.dead).tolist()),
        is_own=is_own,
    )


def _sum_of_losses(config: RunConfig) -> float:
    """Return the gradients of a step as a multiple of that of the loss; NaN for Adam's steps."""
    kind = head_of(config).of_loss
    if config.optimizer == "adam":
        return math.nan
    return 1.0 if config.batch == "full" else kind.scale_of(1) / kind.scale


def unit_name(unit: int) -> str:
    """Return a hidden unit's name, counted from 1: h1."""
    return f"h{unit + 1}"


def _groups(alike: Mask) -> tuple[tuple[int, ...], ...]:
    """Return the groups of units that are alike (H, H)."""
    groups: dict[int, list[int]] = {}
    for unit, first in enumerate(alike.argmax(axis=1).tolist()):
        groups.setdefault(first, []).append(unit)
    return tuple(tuple(group) for _, group in sorted(groups.items()) if len(group) > 1)


def at_a_bound(values: Array, unit: str) -> Mask:
    """Return which responses of a unit are at a bound; some have none."""
    low, high = _BOUNDS.get(unit, (math.nan, math.nan))
    near = BOUND * (high - low)
    is_possible = ((low <= values) & (values <= high)).all(axis=-1, keepdims=True)
    return np.asarray(is_possible & ((values < low + near) | (values > high - near)))


def _plain(number: float | None) -> float | None:
    return number if number is not None and math.isfinite(number) else None
