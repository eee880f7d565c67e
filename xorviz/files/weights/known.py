"""What is known of another program's network: what is said of it, and what is assumed."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Any

import numpy as np

from xorviz.core.arrays import Array
from xorviz.core.diagnosis.case import are_signed
from xorviz.core.network import UNITS, Weights, hidden, logits
from xorviz.core.numerals import listed
from xorviz.core.rules import written
from xorviz.core.runs.snapshot import LEARNED_ERROR
from xorviz.core.settings import ACTIVATION_NAMES, SETTINGS, RunConfig
from xorviz.files.weights.own_network import OwnNetwork

NAMES = (*(name for name, row in SETTINGS.items() if row.is_told), "output", "steps")
"""What users may state of a network: settings, the output unit, and the steps so far."""
_TRIED_RATE = 0.5


@dataclass(frozen=True)
class Known:
    """The settings of a network trained elsewhere. A value."""

    said: Mapping[str, Any]
    """What the user, the arrays or the file state: those of NAMES, and perhaps targets."""
    assumed: Mapping[str, Any]
    """What is assumed of the rest, so that outputs can be computed."""

    @cached_property
    def config(self) -> RunConfig:
        """Both together; the others have their defaults, which mean nothing for this network."""
        told = {**self.said, **self.assumed}
        return RunConfig(**{name: told[name] for name in SETTINGS if name in told})

    @property
    def recipe(self) -> RunConfig:
        """The settings with which changes are tried; at rate 0.5 if the rate is not known."""
        return self.config if self.knows_rate else replace(self.config, rate=_TRIED_RATE)

    @property
    def knows_rate(self) -> bool:
        """Whether the rate is said; otherwise nothing is known of the pace."""
        return "rate" in self.said

    @property
    def steps(self) -> int | None:
        """The steps that the network was trained for, if they are said."""
        return self.said.get("steps")

    @property
    def output(self) -> str:
        """The activation of the output unit, as it is said or else usual."""
        return str(self.said.get("output", "sigmoid"))

    @property
    def unknown(self) -> tuple[str, ...]:
        """Those of NAMES that are neither stated nor assumed."""
        return tuple(name for name in NAMES if name not in {**self.said, **self.assumed})

    @property
    def text(self) -> str:
        """What is assumed and what is not known, in sentences; empty if all is said."""
        assumed = [f"{name} {written(value)}" for name, value in self.assumed.items()]
        names = [SETTINGS[name].short if name in SETTINGS else name for name in self.unknown]
        texts = [f"Assumed: {', '.join(assumed)}."] if assumed else []
        return " ".join([*texts, *([f"Not known: {listed(names)}."] if names else [])])

    def answers(self, weights: Weights) -> Array:
        """Return the outputs (4,) of a network with these units, in the order of ROWS."""
        with np.errstate(all="ignore"):  # weights may be huge
            return UNITS[self.output].value(logits(weights, hidden(weights, self.config)))

    def is_signed(self, given: Array) -> bool:
        """Return whether outputs are for targets -1 and 1, as those of some units may be."""
        return self.output in {"tanh", "linear"} and are_signed(given.tolist())

    def has_learned(self, weights: Weights) -> bool:
        """Return whether a network with these units has learned the targets."""
        given = self.answers(weights)
        given = (given + 1) / 2 if self.is_signed(given) else given
        return bool(np.abs(given - self.config.targets).max() < LEARNED_ERROR)


def known_of(said: Mapping[str, Any], network: OwnNetwork | None = None) -> Known:
    """Return what is known of a network, or of outputs alone, of which nothing is assumed.

    The units are assumed with which the network has learned its targets, else sigmoid ones.
    ``said`` may hold targets, too. Raises SettingError for what the arrays contradict.
    """
    if network is None:
        return Known(said, {})
    told = {**said, **network.settings(said)}
    usual: dict[str, Any] = {"output": "sigmoid", "loss": "sse"}
    if "rate" in told:
        usual["momentum"] = 0.0
    ways = [{"activation": name, **usual} for name in ACTIVATION_NAMES]
    found = [Known(told, {n: way[n] for n in way if n not in told}) for way in ways]
    return next((known for known in found if known.has_learned(network.weights)), found[0])
