"""Which product of factors explains the change of each array, for one update of some rows.

All combinations are one array of directions, fitted at once: the deltas of the output layer first,
which show the model, the rows and the rate; then the hidden layer at that rate.
Shapes: B rows, H hidden units, K combinations, N numbers of an array.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property, lru_cache
from itertools import product
from typing import NamedTuple

import numpy as np

from xorviz.core.arrays import Array
from xorviz.core.check import factors
from xorviz.core.check.factors import HIDDEN, TERMS, W2_WAYS, XOR, Forward, Goal, Model, Term, Way
from xorviz.core.check.said import OUTPUTS, Said
from xorviz.core.check.step import Step, digits_beside
from xorviz.core.network import Weights
from xorviz.core.settings import ACTIVATION_NAMES

OF_A_RIGHT_STEP, OF_A_FAULT = 6.0, 16.0
"""Digits that must agree: a few dozen products are right, and a million have a fault."""
MOMENTUM, DECAY, SIGNS = "momentum", "decay", "signs"
_SINGLE = 3.0
"""Digits to which one of the few forms of one array agrees by chance, and some more."""
_CANCELLED = 1e-12
"""Share of a squared length below which it is rounding error."""
_UNEXPLAINED = 3
"""An array without an explanation counts as much as so many faults."""
_OTHER_TARGETS, _OWN_DECAY = 0.5, 0.6
"""What targets of another function and decay of one array count: less than a fault, both more.

In w2, decay to zero of weights with one sign looks like another target of row 00 without biases.
"""
RATE_NOT_SAID = 1.5
"""What another rate than said counts: more than a fault, less than two."""
_NEVER = (0, 0, 0, 0)
"""Targets with which the output is the error, as it is where the targets are forgotten."""
_SIMPLE = ("", factors.NO_SLOPE.format("output"))
"""Slopes with which all targets are looked for."""
ONE = Way("", lambda f: 1.0 + 0 * f.z_y, "")
"""No slope."""
UNUSED = Way("", lambda _: np.ones((1, 1)), "")
"""A factor that a layer does not have."""
_OF_DELTA = factors.W2_MISSING, factors.NO_SLOPE.format("hidden")
"""Both faults together are another one."""


class Factors(NamedTuple):
    """The product that makes the change of one array."""

    error: Way
    slope: Way
    w2: Way
    """UNUSED in the output layer, as ``hidden``."""
    hidden: Way
    term: Term
    scale: float = 1.0
    row: int | None = None
    """The place of the only row that is used."""

    def terms(self, f: Forward) -> Array:
        """Return the terms (..., B, N) of the rows of a forward pass, with its sign and scale."""
        delta = (self.error.value(f) * self.slope.value(f))[..., np.newaxis]
        delta = delta * self.w2.value(f) * self.hidden.value(f)
        terms = np.asarray(self.scale * self.term.value(f, delta))
        return terms if self.row is None else terms[..., [self.row], :]


class Reading(NamedTuple):
    """A form of the product that may explain the change of one array."""

    faults: tuple[str, ...]
    recipe: Factors
    distance: float = 0.0
    """Norm of what is left over."""
    is_decayed: bool = False
    """Whether weight decay of this array alone is taken away, too."""


class Delta(NamedTuple):
    """An error times a slope of the output unit."""

    faults: tuple[str, ...]
    error: Way
    slope: Way
    goal: Goal
    """The targets of the error."""
    doubt: float = 0.0


class Anchor(NamedTuple):
    """A model, a delta and a rate at which some array fits exactly."""

    model: Model
    delta: Delta
    rate: float = 1.0
    """Of the gradient whose delta is the error times a slope, without a factor of the loss."""
    unsure: float = 0.0
    """Relative error of the rate."""
    cost: float = 0.0
    """The least number of faults."""
    is_hidden: bool = False
    """Whether w2 does not agree with the rate."""
    evidence: float = 0.0
    """Digits of agreement, beside those that decide the rate."""

    @property
    def coding(self) -> str:
        """How the program writes false and true."""
        are_signed = self.model.are_inputs_signed, self.delta.goal.is_signed
        inputs, targets = ("−1/1" if signed else "0/1" for signed in are_signed)
        return f"inputs {inputs}, targets {targets}"

    @property
    def is_entropy(self) -> bool:
        """Whether the delta is that of cross-entropy."""
        return is_entropy(self.model.output, self.delta.slope)


def is_entropy(output: str, slope: Way) -> bool:
    """Return whether a slope is that of cross-entropy: none, of a sigmoid."""
    return output == "sigmoid" and slope.name == factors.NO_SLOPE.format("output")


class ArrayFit(NamedTuple):
    """What became of one array of a step."""

    reading: Reading | None
    """None if it is not explained."""
    exact: Array
    """(N,) the change of a correct step at the rate of the others."""
    residual: float
    """What the reading, or else the right product, leaves over, relative to the change."""
    alternatives: tuple[str, ...] = ()
    """Other faults that explain it as simply."""
    other: tuple[float, str] | None = None
    """The residual and the fault of what explains it next best."""
    is_unseen: bool = False
    """Whether its gradient is 0, and it does not move."""


@dataclass(frozen=True, eq=False)
class Fit:
    """What became of every array of a step. A value."""

    anchor: Anchor
    """With the delta of the output layer."""
    evidence: float
    arrays: Mapping[str, ArrayFit]
    is_scaled: bool = True
    """Whether the size of the step is evidence: not along one row without a rate."""
    doubt: float = 0.0
    is_as_said: bool = True
    """Whether the rate, if one is said, needs no other factor before the loss."""
    order: tuple[int, ...] = ()
    """The rows of a pass, as indices into ROWS; none for one update."""
    shares: Mapping[str, float] = field(default_factory=dict)
    """What the step holds beside a gradient: the share of the velocity (MOMENTUM), and what it
    takes away of the weights (DECAY) or of their signs (SIGNS)."""
    alike: Sequence[Anchor] = field(default=())
    """Those that explain the step as well, and this one."""
    is_found: bool = True

    @property
    def model(self) -> Model:
        """The model."""
        return self.anchor.model

    @property
    def delta(self) -> Delta:
        """The delta of the output layer."""
        return self.anchor.delta

    @cached_property
    def readings(self) -> dict[str, Reading | None]:
        """What explains each array."""
        return {name: one.reading for name, one in self.arrays.items()}

    @property
    def faults(self) -> tuple[str, ...]:
        """The faults, each once."""
        found = (name for one in self.readings.values() if one for name in one.faults)
        return tuple(dict.fromkeys(found))

    @cached_property
    def cost(self) -> float:
        """What is less for the simpler explanation."""
        readings = [one for one in self.readings.values() if one is not None]
        others = [one.recipe.scale for one in readings if factors.OTHER_RATE in one.faults]
        rates = {f"{scale:.3g}" for scale in others}  # each is a fault of its own
        wrong = len(self.faults) + max(len(rates) - 1, 0) + _UNEXPLAINED * len(self.unexplained)
        return wrong + _OWN_DECAY * len(self.decayed) + self.doubt

    @property
    def simplicity(self) -> tuple[bool, float, bool, int]:
        """What is less for the simpler explanation.

        If in doubt, that is one at the rate that is said, or else one of fewer wrong arrays.
        """
        wrong = sum(one is None or bool(one.faults) for one in self.readings.values())
        return not self.is_sure, self.cost, not self.is_as_said, wrong

    @property
    def unexplained(self) -> list[str]:
        """The arrays that are not explained."""
        return [name for name, one in self.readings.items() if one is None]

    @property
    def decayed(self) -> list[str]:
        """The arrays with weight decay of their own."""
        return [name for name, one in self.readings.items() if one and one.is_decayed]

    @property
    def is_whole(self) -> bool:
        """Whether every array is explained."""
        return not self.unexplained

    @property
    def is_right(self) -> bool:
        """Whether every array is explained without a fault."""
        return self.is_whole and not self.faults

    @property
    def is_sure(self) -> bool:
        """Whether so much agrees that it is no chance."""
        return self.evidence >= (OF_A_RIGHT_STEP if self.is_right else OF_A_FAULT)


def not_found(taken: Step) -> Fit:
    """Return the fit of a step that nothing explains."""
    goal, slope = Goal(), factors.slopes("sigmoid", "output")[0]
    delta = Delta((), factors.errors(goal)[0], slope, goal)
    anchor = Anchor(Model("sigmoid", "sigmoid"), delta)
    arrays = {name: ArrayFit(None, 0 * change, 1.0) for name, change in taken.changes.items()}
    return Fit(anchor, 0.0, arrays, is_found=False)


class Layer:
    """The products (K) of what a layer may get and of the forms of its own factors."""

    def __init__(
        self, sent: Sequence[Delta], values: Array, own: Sequence[Sequence[Way]], f: Forward
    ) -> None:
        """Take deltas (D) with their values, and ways of w2 and of the slope of hidden units."""
        self._sent, self._own = sent, list(product(*own))
        back, through = (np.array([way.value(f) for way in ways]) for ways in own)
        every = values[:, :, np.newaxis, np.newaxis, :, np.newaxis]
        every = every * (back[:, np.newaxis] * through)
        self.deltas, self.slopes = every.reshape(2, -1, *every.shape[-2:])
        """(K, B, H), or (K, B, 1) of the output layer; what multiplies the error in them, too."""

    def __len__(self) -> int:
        return len(self._sent) * len(self._own)

    def form(self, k: int, name: str) -> Reading:
        """Return a form of an array's product."""
        sent, (w2, slope) = self._sent[k // len(self._own)], self._own[k % len(self._own)]
        is_delta = (w2.name, slope.name) == _OF_DELTA
        own = (factors.DELTA_USED,) if is_delta else (*w2.faults, *slope.faults)
        recipe = Factors(sent.error, sent.slope, w2, slope, TERMS[name][0])
        return Reading((*sent.faults, *own), recipe)


class Forms:
    """Forms (K) of the product of one array, beside its change: those of its layer, and its own."""

    def __init__(
        self, name: str, layer: Layer, f: Forward, taken: Step, own: Sequence[Reading] = ()
    ) -> None:
        self.name, self.taken, self.length = name, taken, taken.lengths[name]
        self._layer, self._own = layer, own
        term = TERMS[name][0].value
        terms = [term(f, layer.deltas), *(one.recipe.terms(f)[np.newaxis] for one in own)]
        directions = np.concatenate([each.sum(axis=1) for each in terms])
        sizes = np.concatenate([np.abs(each).sum(axis=1) for each in terms])
        # An error y - t near 0 is known no better than y.
        least = np.abs(term(f, layer.slopes)).sum(axis=1) / 16
        least = np.concatenate((least, np.repeat(least[:1], len(own), axis=0)))
        self.sizes = np.linalg.norm(sizes + least, axis=1)
        """(K,) norms if no rows cancelled each other."""
        self.lengths = np.linalg.norm(directions, axis=1)
        """(K,)."""
        change, is_known = taken.changes[name], self.lengths > _CANCELLED * self.sizes
        with np.errstate(divide="ignore", invalid="ignore"):
            rates = -(directions @ change) / self.lengths**2
        self.rates = np.where(is_known, rates, 0.0)
        """(K,) by which each comes nearest to the change; negative against the gradient."""
        self.left = np.linalg.norm(change + self.rates[:, np.newaxis] * directions, axis=1)
        """(K,) norm of what is left over then."""

    def form(self, k: int) -> Reading:
        """Return a form; the right one is the first."""
        count = len(self._layer)
        return self._layer.form(k, self.name) if k < count else self._own[k - count]

    def distances(self, rate: float) -> Array:
        """Return the norm of what each form leaves over at a rate (K,)."""
        return np.asarray(np.hypot(self.left, (self.rates - rate) * self.lengths))

    def noises(self, rate: Array | float, unsure: float = 0.0) -> Array:
        """Return what rounding may leave over (K,) at a rate that has a relative error."""
        noises = self.taken.noise(self.name, rate * self.sizes)
        return np.asarray(noises + unsure * rate * self.lengths)

    def exact(self) -> dict[int, float]:
        """Return the forms that follow the change at rates of their own, with those errors."""
        if self.taken.counts[self.name] < 2:
            return {}  # one number follows any gradient
        noises = self.noises(np.abs(self.rates))
        is_exact = self.left <= self.taken.limits(self.name, noises)
        found = np.flatnonzero(is_exact & (self.rates != 0))
        return {int(k): float(noises[k]) / self.length for k in found}


def own_ways(is_hidden: bool, activation: str) -> tuple[Sequence[Way], Sequence[Way]]:
    """Return the ways of w2 and of the slope of hidden units in a layer, the right ones first."""
    slopes = factors.slopes(activation, "hidden")
    return (W2_WAYS, slopes) if is_hidden else ((UNUSED,), (UNUSED,))


def values_of(deltas: Sequence[Delta], f: Forward) -> Array:
    """Return deltas, and the slopes in them (2, D, B)."""
    known = {way: way.value(f) for way in {way for one in deltas for way in (one.error, one.slope)}}
    slopes = np.array([known[one.slope] for one in deltas])
    return np.stack((np.array([known[one.error] for one in deltas]) * slopes, slopes))


@lru_cache(maxsize=64)
def deltas_for(
    output: str, bits: tuple[int, ...] | None, is_entropy: bool | None
) -> tuple[Delta, ...]:
    """Return the deltas (D) of an output unit.

    ``bits`` and ``is_entropy`` are what is said of the targets and of the loss.
    """
    wanted = Goal(XOR if bits is None else bits)
    usual = [wanted.bits, wanted.inverse.bits]
    others = (one for one in product((0, 1), repeat=4) if bits is None and one != _NEVER)
    # A sigmoid and ReLU answer from 0 on, and few rows show little.
    signs = (False, True) if output in {"tanh", "linear"} else (False,)
    goals = [Goal(*one) for one in product(dict.fromkeys((*usual, *others)), signs)]
    found = []
    for kind, goal, slope in product(range(3), goals, factors.slopes(output, "output")):
        error, faults = factors.errors(goal)[kind], slope_faults(slope, output, is_entropy)
        is_usual = goal.bits in usual
        is_possible = is_usual or slope.name in _SIMPLE
        if is_possible and (not error.name or (goal == wanted and not faults)):
            faults += error.faults + (factors.INVERTED,) * (goal.bits == usual[1])
            found.append(Delta(faults, error, slope, goal, _OTHER_TARGETS * (not is_usual)))
    return tuple(found)


def slope_faults(slope: Way, output: str, is_said: bool | None) -> tuple[str, ...]:
    """Return the fault of a slope; with cross-entropy, the one of a sigmoid is cancelled."""
    if is_entropy(output, slope):
        return slope.faults if is_said is False else ()
    is_extra = output == "sigmoid" and not slope.name and is_said
    return (factors.EXTRA_SLOPE,) if is_extra else slope.faults


def right_deltas(model: Model, said: Said) -> Iterator[Delta]:
    """Yield the deltas of a model that are right for some loss."""
    deltas = deltas_for(model.output, said.targets, said.is_entropy)
    return (delta for delta in deltas if not delta.faults and not delta.doubt)


def models(said: Said) -> Iterator[Model]:
    """Yield the models that are possible."""
    outputs = OUTPUTS if said.output is None else (said.output,)
    outputs = ("sigmoid",) if said.is_entropy else outputs
    activations = ACTIVATION_NAMES if said.activation is None else (said.activation,)
    for activation, signed, output in product(activations, (False, True), outputs):
        yield Model(activation, output, signed)


class Group:
    """A model, and what each of its deltas would do to each array if all else is right."""

    def __init__(self, model: Model, taken: Step, said: Said) -> None:
        self.model, self._taken, self._said = model, taken, said
        self.deltas = deltas_for(model.output, said.targets, said.is_entropy)
        f = self._forward = model.forward(taken.before)
        self._are_open = self._look_inverted(taken.before, f)
        self._values = values_of(self.deltas, f)
        self._found: dict[str, Forms] = {}
        kinds = [said.rates(entropy, len(model.rows)) for entropy in (False, True)]
        self._known = [kinds[is_entropy(model.output, delta.slope)] for delta in self.deltas]
        """The rates (R,) that each delta may have by what is said."""

    def _look_inverted(self, before: Weights, f: Forward) -> Array:
        """Return which deltas (D,) have other targets that look like inverted ones.

        They differ in rows that change nothing, such as row 00 of tanh units without biases.
        """
        slope = factors.slopes(self.model.activation, "hidden")[0].value(f)
        has_inputs = f.x.any(axis=-1) | (before.b1 is not None)
        is_seen = f.h.any(axis=-1) | (slope.any(axis=-1) & has_inputs) | (before.b2 is not None)
        seen = [tuple(d.goal.values[f.rows][is_seen].tolist()) for d in self.deltas]
        both = list(zip(self.deltas, seen, strict=True))
        inverted = {targets for delta, targets in both if factors.INVERTED in delta.faults}
        return np.array([delta.doubt > 0 and targets in inverted for delta, targets in both])

    def _of(self, name: str) -> Forms:
        """Return the deltas beside the change of an array."""
        if name not in self._found:
            own = [ways[:1] for ways in own_ways(name in HIDDEN, self.model.activation)]
            layer = Layer(self.deltas, self._values, own, self._forward)
            self._found[name] = Forms(name, layer, self._forward, self._taken)
        return self._found[name]

    def anchors(self, names: Sequence[str]) -> Iterator[Anchor]:
        """Yield the deltas at which one of some arrays follows its gradient exactly."""
        for k, delta in enumerate(self.deltas):
            for rate in self._known[k].tolist() if not (delta.faults or delta.doubt) else ():
                if (one := self._anchor(k, rate)).evidence >= OF_A_RIGHT_STEP:
                    yield one
        for k, rate, unsure in self._exact_rates(names):
            is_known, is_open = self._is_known(k, abs(rate), unsure), self._are_open[k]
            if not is_open and (is_known or self._is_usual(k)):
                one = self._anchor(k, abs(rate), unsure)
                is_other = len(self._known[k]) > 0 and not is_known
                if one.evidence >= _SINGLE:
                    yield one._replace(cost=one.cost + (rate < 0) + RATE_NOT_SAID * is_other)

    def _exact_rates(self, names: Sequence[str]) -> Iterator[tuple[int, float, float]]:
        """Yield the places of deltas whose direction is exact for an array, with rates and errors.

        A rate is negative where the change is along the gradient in place of against it.
        """
        for name in names:
            one, length = self._of(name), self._taken.lengths[name]
            exact = one.exact() if self._taken.is_known(name, length) else {}
            for k, unsure in exact.items():
                rate = float(one.rates[k])
                yield k, rate, unsure
                near = np.abs(self._known[k] / abs(rate) - 1) <= 1e-4 + unsure
                yield from ((k, float(np.sign(rate) * said), 0.0) for said in self._known[k][near])

    def _is_known(self, k: int, rate: float, unsure: float) -> bool:
        """Return whether a rate is one that is said."""
        known = self._known[k]
        return bool((np.abs(known - rate) <= max(1e-4, unsure) * known).any())

    def _is_usual(self, k: int) -> bool:
        """Return whether a delta is looked at without a rate.

        Along one row all deltas have one direction, and only their signs differ.
        """
        delta, rows, wanted = self.deltas[k], self.model.rows, self._said.targets
        flipped = [a != b for a, b in zip(delta.goal.bits, wanted or XOR, strict=True)]
        of_row = not any(flipped) or (sum(flipped) == 1 and flipped[rows[0]])
        is_inverted = wanted is not None and delta.faults == (factors.INVERTED,)
        return len(rows) > 1 or is_inverted or (of_row and not delta.faults)

    def _anchor(self, k: int, rate: float, unsure: float = 0.0) -> Anchor:
        """Return an anchor: its evidence is to how many digits each number agrees with its rate."""
        taken, delta = self._taken, self.deltas[k]
        digits: list[float] = []
        of_w2 = False
        for name, count in taken.counts.items():
            one = self._of(name)
            noise = float(taken.noise(name, rate * float(one.sizes[k])))
            limit = noise + unsure * rate * one.lengths[k]
            nearest = min(one.distances(rate)[k], one.distances(-rate)[k])
            if nearest <= limit and rate * one.lengths[k] > noise:
                digits += [float(digits_beside(taken.lengths[name], limit))] * count
                of_w2 |= name == "w2"
        total = sum(digits)
        if not self._is_known(k, rate, unsure):
            total -= min(digits, default=0.0)
        cost = len(delta.faults) + delta.doubt
        return Anchor(self.model, delta, rate, unsure, cost, is_hidden=not of_w2, evidence=total)
