"""Options of the stop rules, which train and lab share."""

import argparse
from collections.abc import Iterable, Mapping
from typing import Any

from xorviz.core.rules import OrWord, Switch
from xorviz.core.runs.stopping import DEFAULT_PLATEAU_STEPS, RULES, StopRules
from xorviz.files.arguments import add_option, option_of

_STOPS = {
    "when_correct": "stop once all four rows are correct",
    "when_learned": "stop once all four errors are below 0.1",
    "at_loss": "stop once the loss is this low",
    "at_plateau": "stop where the loss falls by less than this share in --plateau-steps",
    "plateau_steps": f"steps after which the loss is compared ({DEFAULT_PLATEAU_STEPS})",
}


def add_stops(
    parser: "argparse.ArgumentParser | argparse._ArgumentGroup", names: Iterable[str] = _STOPS
) -> None:
    """Add an option for each of these stop rules."""
    for name in names:
        option, rule, text = _option(name), RULES[name], _STOPS[name]
        if isinstance(rule, Switch):
            parser.add_argument(option_of(option), action="store_true", dest=name, help=text)
        else:
            value = rule.rule if isinstance(rule, OrWord) else rule
            add_option(parser, option, value, text, dest=name, metavar=name.split("_")[1].upper())


def stops_of(options: Mapping[str, Any]) -> StopRules:
    """Return the stop rules among the given options."""
    return StopRules(None, **{name: options[name] for name in _STOPS if name in options})


def _option(name: str) -> str:
    return name if name == "plateau_steps" else f"stop_{name}"
