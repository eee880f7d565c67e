"""What is known of another program's network: what is said of it, and what is assumed."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, fields, replace
from functools import cached_property
from itertools import islice, product
from typing import Any

import numpy as np

from xorviz.core.arrays import Array
from xorviz.core.check.said import OTHERS, Said
from xorviz.core.diagnosis.causes import are_signed
from xorviz.core.network import CODINGS, UNITS, Weights, hidden, logits
from xorviz.core.numerals import listed
from xorviz.core.rules import Choice, checked, parsed, written
from xorviz.core.runs.snapshot import LEARNED_ERROR
from xorviz.core.settings import OUTPUT_WORDS, SETTINGS, SQUARED, RunConfig, Setting
from xorviz.core.truth_table import COUNTED, ROWS, in_row_order, order_text
from xorviz.files.weights.own_network import OwnNetwork

_INSTEAD = {"relu": "linear", "row": "pass"}
"""What runs have in place of values of others."""


def _told(name: str) -> Setting:
    """Return a setting with the values that it has in programs."""
    row, others = SETTINGS[name], OTHERS.get(name, {})
    words = {**row.words, **others}
    return replace(row, rule=Choice(tuple(words)), words=words) if others else row


TOLD: Mapping[str, Setting] = {name: _told(name) for name, row in SETTINGS.items() if row.is_told}
"""What users may state of a network trained elsewhere, besides the targets."""
SAID = {one.name: TOLD[one.name] for one in fields(Said) if one.name in TOLD}
"""What they may state of a training step, besides the targets and the order of the rows."""
_MOST_BITS = 16
NAMES = (*TOLD, "steps")
"""What users may state of a network: settings, and the steps so far."""
OF_TARGETS = "coding of the targets"
"""What is assumed where it is not that of the inputs, which no run has."""
_TRIED_RATE = 0.5


class RowOrder:
    """The four rows in any order, each written x1 x2, such as 10."""

    allowed = "00,01,10,11 in any order"

    def parse(self, text: str) -> tuple[int, ...]:
        """Return the indices of the rows in a text, or raise ValueError."""
        bits = "".join(text.replace(",", " ").split())
        pairs = zip(bits[::2], bits[1::2], strict=True)
        rows = tuple(ROWS.index((int(x1), int(x2))) for x1, x2 in pairs)
        if sorted(rows) != [*range(len(ROWS))]:
            raise ValueError(self.allowed)
        return rows


def told_of(
    values: Mapping[str, object], order: object = None, targets: object = None
) -> dict[str, Any]:
    """Return what is stated by the names in TOLD, as are order and targets; what is None is not.

    ``order`` is that of the rows in a pass and in the targets, by default of these as people print
    them: one text, or rows as 10 or (1, 0). ``targets`` are digits, in one text or not; those of -1
    and 1 state the coding, too. Raises SettingError.
    """
    given = {name: value for name in TOLD if (value := values.get(name)) is not None}
    told: dict[str, Any] = {n: checked(TOLD[n].rule, n, value) for n, value in given.items()}
    rows: Any = None if order is None else parsed(RowOrder(), "order", _digits(order))
    if rows is not None:
        told |= {"order": rows, "row_order": order_text(rows)}
    if targets is not None:
        digits = _digits(targets).replace(",", "")
        if "-" in digits:
            told.setdefault("coding", "plus-minus")
        bits: Any = parsed(SETTINGS["targets"].rule, "targets", digits.replace("-1", "0"))
        told["targets"] = in_row_order(bits, rows or COUNTED)
    return told


def said_of(values: Mapping[str, object], order: object = None, targets: object = None) -> Said:
    """Return what is stated of a step, as told_of takes it. Raises SettingError."""
    told = told_of(values, order, targets)
    return Said(**{one.name: told.get(one.name) for one in fields(Said)})


def trained(told: Mapping[str, Any]) -> dict[str, Any]:
    """Return those settings of a run that are stated, with values that it may have."""
    known = {name: told[name] for name in SETTINGS if name in told}
    return {n: _INSTEAD.get(v, v) if n in OTHERS else v for n, v in known.items()}


def _digits(bits: Any) -> str:
    """Return bits as they are typed, such as 0110; what they are not is refused by a rule."""
    if isinstance(bits, str):
        return bits
    try:
        bits = bits.tolist() if hasattr(bits, "tolist") else bits  # an array or a tensor
        if isinstance(bits, Iterable):
            return "".join(map(_digits, islice(bits, _MOST_BITS)))
    except Exception:  # whatever a program's own objects raise; a list that holds itself
        return "?"
    return f"{bits:g}" if isinstance(bits, int | float) and abs(bits) < _MOST_BITS else "?"


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
        return RunConfig(**trained({**self.said, **self.assumed}))

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
        """The activation of the output unit, as it is said or assumed."""
        return str({**self.assumed, **self.said}.get("output", "sigmoid"))

    @property
    def is_trainable(self) -> bool:
        """Whether a run can have this output unit and these targets."""
        return self.output in OUTPUT_WORDS and OF_TARGETS not in self.assumed

    @property
    def unknown(self) -> tuple[str, ...]:
        """Those of NAMES that matter, and are neither stated nor assumed."""
        without = [name for name, row in TOLD.items() if not row.matters(self.config)]
        return tuple(n for n in NAMES if n not in {*self.said, *self.assumed, *without})

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
        """Return whether outputs are for targets of -1 and 1, though nobody says so."""
        is_open = self.said.get("output") in {"tanh", "linear"} and "coding" not in self.said
        return is_open and self.config.coding == "zero-one" and are_signed(given.tolist())

    def coding_of(self, given: Array) -> str:
        """Return the coding of the targets that outputs are for."""
        return "plus-minus" if self.is_signed(given) else self.config.coding

    def has_learned(self, weights: Weights) -> bool:
        """Return whether a network with these units has learned the targets."""
        given = self.answers(weights)
        shares = CODINGS[self.coding_of(given)].share(given)
        return bool(np.abs(shares - self.config.targets).max() < LEARNED_ERROR)


def known_of(said: Mapping[str, Any], network: OwnNetwork | None = None) -> Known:
    """Return what is known of a network, or of outputs alone, of which nothing is assumed.

    The units are assumed with which the network has learned its targets, else sigmoid ones.
    ``said`` may hold targets, too. Raises SettingError for what the arrays contradict.
    """
    if network is None:  # a sigmoid has no output of -1
        is_signed = said.get("coding") == "plus-minus" and "output" not in said
        return Known(said, {"output": "tanh"} if is_signed else {})
    told = {**said, **network.settings(said)}
    units = ["activation", "output", "coding"]
    usual: dict[str, Any] = {name: SETTINGS[name].tried[0] for name in units} | {"loss": "sse"}
    if "rate" in told:
        usual |= {"momentum": 0.0, "batch": "full", "optimizer": "gradient-descent"}
    units = units[::-1] if told.get("loss", "sse") in SQUARED else units[:1]
    values = product(*(SETTINGS[name].tried for name in units))  # those of hidden units vary first
    ways = [usual | dict(zip(units, each, strict=True)) for each in values]
    found = [Known(told, {n: way[n] for n in way if n not in told}) for way in ways]
    return next((known for known in found if known.has_learned(network.weights)), found[0])
