"""What is known of another program's network: what is said of it, and what is assumed."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from xorviz.core.arrays import Array
from xorviz.core.diagnosis.case import are_signed
from xorviz.core.network import ACTIVATIONS, Weights, hidden, logits
from xorviz.core.numerals import listed
from xorviz.core.rules import SettingError
from xorviz.core.runs.snapshot import LEARNED_ERROR
from xorviz.core.settings import ACTIVATION_NAMES, ACTIVATION_WORDS, LOSS_WORDS, SETTINGS, RunConfig
from xorviz.files.weights.own_network import OwnNetwork

NAMES = (*(name for name, row in SETTINGS.items() if row.is_told), "output", "steps")
"""What users may state of a network: settings, the output unit, and the steps so far."""
SIGNED = {"coding": "targets -1/1"}
"""What is assumed of outputs from -1 to 1 of a unit that can leave 0 to 1."""
_TRIED_RATE = 0.5
_VALUES = {
    "activation": "{} units",
    "output": "{} output",
    "loss": "{}",
    "momentum": "no momentum",
    "coding": "targets −1 and 1",
}
"""What is assumed, in words."""


@dataclass(frozen=True, slots=True)
class Known:
    """The settings of a network trained elsewhere. A value."""

    said: Mapping[str, Any]
    """What the user, the arrays or the file state: those of NAMES, and perhaps targets."""
    assumed: Mapping[str, Any]
    """What is assumed of the rest, so that outputs can be computed."""
    config: RunConfig
    """Both together; the others have their defaults, which mean nothing for this network."""

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
        """What is assumed and what is not known, in a sentence; empty if all is said."""
        words = {**ACTIVATION_WORDS, **LOSS_WORDS}
        values = [
            _VALUES[name].format(words.get(str(value), "").lower().replace("relu", "ReLU"))
            for name, value in self.assumed.items()
        ]
        names = [SETTINGS[n].short if n in SETTINGS else n for n in self.unknown]
        are = "is" if len(names) == 1 and names[0] not in {"biases", "steps"} else "are"
        said = [f"Assumed: {', '.join(values)}"] * bool(values)
        said += [f"{listed(names)} {are} not known"] if names else []
        text = "; ".join(said)
        return f"{text[:1].upper()}{text[1:]}." if text else ""


def known_of(said: Mapping[str, Any], network: OwnNetwork | None = None) -> Known:
    """Return what is known of a network, or of outputs alone, of which nothing is assumed.

    ``said`` may hold targets, too. Raises SettingError for what the arrays contradict.
    """
    told, assumed = dict(said), dict[str, Any]()
    if network is not None:
        told |= _read(network, said)
        assumed = {"activation": _likely(network, told), "output": "sigmoid", "loss": "sse"}
        if "rate" in told:
            assumed["momentum"] = 0.0
        assumed = {name: value for name, value in assumed.items() if name not in told}
    return Known(told, assumed, _config(told | assumed))


def _config(told: Mapping[str, Any]) -> RunConfig:
    return RunConfig(**{name: value for name, value in told.items() if name in SETTINGS})


def _read(network: OwnNetwork, said: Mapping[str, Any]) -> dict[str, Any]:
    """Return what the arrays say themselves."""
    width, has_biases = network.width, network.weights.b1 is not None
    if said.get("width", width) != width:
        raise SettingError(f"width is {said['width']}, but w1 has {width} hidden units")
    if said.get("biases", has_biases) != has_biases:
        there = "has biases" if has_biases else "has none"
        raise SettingError(
            f"biases are {'on' if said['biases'] else 'off'}, but the network {there}"
        )
    return {"width": width, "biases": has_biases}


def _likely(network: OwnNetwork, told: Mapping[str, Any]) -> str:
    """Return the activation with which the network has learned its targets, else sigmoid."""
    targets, output = np.array(_config(told).targets), told.get("output", "sigmoid")
    for name in ACTIVATION_NAMES:
        given = scaled(answers(network.weights, name, output), output)
        if np.abs(given - targets).max() < LEARNED_ERROR:
            return name
    return "sigmoid"


def answers(weights: Weights, activation: str, output: str) -> Array:
    """Return the outputs (4,) in the order of ROWS of a network with this output unit."""
    with np.errstate(all="ignore"):  # weights may be huge
        z = logits(weights, hidden(weights, activation))
        return np.asarray(ACTIVATIONS[output].value(z) if output in ACTIVATIONS else z)


def scaled(given: Array, output: str) -> Array:
    """Return outputs for targets 0 and 1; those of tanh and linear units may be for -1 and 1."""
    is_signed = output in {"tanh", "linear"} and are_signed(given.tolist())
    return (given + 1) / 2 if is_signed else given
