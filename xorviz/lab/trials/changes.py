"""Changes that may help a network that does not learn.

Those that a run can make at its present step begin from its present state; the others start from
the initial weights of many seeds.
"""

from collections.abc import Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass, replace
from typing import Any

from xorviz.core import numerals
from xorviz.core.analysis.curvature import CurvatureQuestion, followed
from xorviz.core.diagnosis.reach import most_right
from xorviz.core.network import LOSSES, flat, weights_of
from xorviz.core.rules import SettingError
from xorviz.core.settings import ACTIVATION_WORDS, RunConfig, start_text
from xorviz.lab.training.cohort import Start

KICKS = (0.01, 0.1, 1.0)
"""Distances that a kick moves the weights, all of them together."""
LONGER_RUN = "run longer"
LONGER = 5
"""How many times as long as it was trained a run is tried."""
_RATE, _RANGE = 5, 4
"""Factors of rates and of initial ranges."""
_MOMENTUM, _WIDTH = 0.9, 4
_FIXED = {"zero", "equal"}
"""Initial weights that no seed changes."""
_EVEN = {"uniform", "default-rng"}
"""Initial weights drawn evenly from the whole range."""
_UNKNOWN_RATES = (0.01, 0.1, 0.5, 1.0, 10.0)
"""Tried where the rate is not known."""


@dataclass(frozen=True, slots=True, eq=False)
class Change:
    """A change to a network. A value."""

    name: str
    """For JSON: one more unit."""
    title: str
    """For the screen: One more unit (width 3)."""
    settings: Mapping[str, Any]
    """What changes, by name: {"width": 3}. Beside settings of a run: steps, kick, follow, seed."""
    config: RunConfig
    """The settings with which it continues."""
    start: Start | None = None
    """The state from which it continues; None if it starts from scratch, from initial weights."""

    @property
    def is_certain(self) -> bool:
        """Whether chance plays no part, so that one network decides."""
        if self.start is None:
            return self.config.init in _FIXED
        return not self.start.kick


def changes_to(
    config: RunConfig, here: Start | None, longer: int, knows_rate: bool = True
) -> tuple[Change, ...]:
    """Return the changes that can be tried, without those that cannot get all rows correct.

    ``here`` is the present state, or None for a recipe alone, whose changes all start from scratch.
    ``longer`` is the number of steps of a longer run. A rate that is not known is tried widely.
    """
    again = (*_other_rates(config, None), _momentum(config, None))
    known = [
        *_live(config, here, longer, knows_rate),
        *(
            ()
            if here is None
            else [*_moved(config, here), *(_told(one, ", anew") for one in again)]
        ),
        *_anew(config),
    ]
    possible = [one for one in known if most_right(one.config) == len(config.targets)]
    # One tanh or ReLU unit without biases needs both.
    return tuple(possible) or (
        _changed("width 4 and biases", "Width 4 and biases", config, width=_WIDTH, biases=True),
    )


def _live(config: RunConfig, here: Start | None, longer: int, knows_rate: bool) -> Iterator[Change]:
    """Yield a longer run, and changes of the rate and the momentum."""
    change = _momentum(config, here)
    if knows_rate:
        yield Change(LONGER_RUN, "A longer run", {"steps": longer}, config, here)
        yield from _other_rates(config, here)
    else:
        for rate in _UNKNOWN_RATES:
            name = f"rate {numerals.plain(rate)}"
            yield _changed(name, name.capitalize(), config, here, rate=rate)
        change = _told(change, f" at rate {numerals.plain(config.rate)}")
    yield change


def _momentum(config: RunConfig, here: Start | None) -> Change:
    momentum = 0.0 if config.momentum == _MOMENTUM else _MOMENTUM
    title = f"Momentum {numerals.plain(momentum)}"
    return _changed(title.lower(), title, config, here, momentum=momentum)


def _other_rates(config: RunConfig, here: Start | None) -> Iterator[Change]:
    for size, factor in (("larger", _RATE), ("smaller", 1 / _RATE)):
        rate = float(f"{config.rate * factor:.12g}")  # exactly 0.004 for 0.02 / 5
        title = f"A {size} rate ({numerals.plain(rate)})"
        with suppress(SettingError):  # beyond what is allowed
            yield _changed(f"{size} rate", title, config, here, rate=rate)


def _told(change: Change, more: str) -> Change:
    return replace(change, name=change.name + more, title=change.title + more)


def _moved(config: RunConfig, here: Start) -> Iterator[Change]:
    """Yield moves of the weights: kicks, and along the direction that curves down most."""
    for size in KICKS:
        name = f"kick of {numerals.plain(size)}"
        yield Change(name, f"A {name}", {"kick": size}, config, replace(here, kick=size))
    weights = weights_of(here.parameters, config)
    lower = followed(weights, config, CurvatureQuestion(weights, config).answer())
    if lower is not None:
        moved = replace(here, parameters=flat(lower))
        title = "Following the way down"
        yield Change("follow the way down", title, {"follow": True}, config, moved)


def _anew(config: RunConfig) -> Iterator[Change]:
    """Yield changes that begin from the initial weights of other seeds."""
    if config.init not in _FIXED:
        yield Change("another seed", "Other initial weights", {"seed": "another"}, config)
    more = config.width + 1
    with suppress(SettingError):
        yield _changed("one more unit", f"One more unit (width {more})", config, width=more)
    if more < _WIDTH:
        yield _changed(f"width {_WIDTH}", f"Width {_WIDTH}", config, width=_WIDTH)
    if not config.biases:
        yield _changed("biases", "Biases", config, biases=True)
    yield from _other_weights(config)
    if LOSSES[config.loss].is_square:
        yield _changed("cross-entropy", "Cross-entropy as loss", config, loss="cross-entropy")
    for activation, name in ACTIVATION_WORDS.items():
        if activation != config.activation:
            yield _changed(f"{activation} units", f"{name} units", config, activation=activation)


def _other_weights(config: RunConfig) -> Iterator[Change]:
    if config.init not in _EVEN:
        yield _changed("random initial weights", "Random initial weights", config, init="uniform")
    if config.init in _FIXED:
        return
    for size, factor in (("larger", _RANGE), ("smaller", 1 / _RANGE)):
        with suppress(SettingError):
            reach = config.init_range * factor
            other = _changed(f"{size} initial weights", "", config, init_range=reach)
            is_even = config.init in _EVEN
            start = f"±{numerals.plain(reach)}" if is_even else start_text(other.config)
            yield replace(other, title=f"Initial weights {start}")


def _changed(
    name: str, title: str, config: RunConfig, here: Start | None = None, **settings: Any
) -> Change:
    return Change(name, title, settings, replace(config, **settings), here)
