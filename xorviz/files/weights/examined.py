"""What is found out about a network trained elsewhere: its state and possible causes."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from xorviz.core.diagnosis.causes import Cause, causes, causes_of_few
from xorviz.core.diagnosis.diagnosis import Diagnosis, diagnose, diagnose_rows
from xorviz.core.diagnosis.words import UNKNOWN
from xorviz.core.network import Weights, initial_weights
from xorviz.core.rules import SettingError
from xorviz.core.runs.record import Record
from xorviz.core.runs.recording import Recording
from xorviz.core.runs.snapshot import Snapshot
from xorviz.core.settings import RunConfig
from xorviz.core.truth_table import ROWS
from xorviz.files.weights.known import Known, known_of
from xorviz.files.weights.own_network import (
    Arrays,
    OwnNetwork,
    arranged,
    checked_outputs,
    record_of,
)
from xorviz.files.weights.row_order import PRINTED_ORDER, Row
from xorviz.lab.trials.trials import Trial, trial_of

_COUNTS = {1: "one output", 2: "two outputs", 3: "three outputs", 4: "four outputs"}


@dataclass(frozen=True, slots=True)
class Examination:
    """What is found out about a network. A value."""

    known: Known
    network: OwnNetwork | None = None
    """None where there are only outputs, or only a loss."""
    outputs: tuple[float, ...] = ()
    """As given, if there are no weights."""
    found: Diagnosis | None = None
    """None with fewer than four outputs."""
    causes: tuple[Cause, ...] = ()

    @property
    def summary(self) -> str:
        """What was recognised."""
        return self.network.summary if self.network else _COUNTS.get(len(self.outputs), "")

    @property
    def record(self) -> Record | None:
        """A run that begins from the weights, if there are any."""
        if self.network is None:
            return None
        return record_of(self.known.recipe, self.network.weights)

    @property
    def is_right(self) -> bool:
        """Whether all four rows are known to be correct."""
        return self.found is not None and self.found.evidence.is_right

    @property
    def sentence(self) -> str:
        """The state of the network, or why it is not known; empty for a loss alone."""
        if self.found is not None:
            return self.found.sentence
        if not self.outputs:
            return ""
        count = _COUNTS[len(self.outputs)]
        is_are = "is" if len(self.outputs) == 1 else "are"
        return f"{UNKNOWN.capitalize()}: {count} {is_are} given of four."


def examined(
    arrays: Arrays,
    said: Mapping[str, Any],
    order: Sequence[Row] = PRINTED_ORDER,
    orientation: str | None = None,
) -> Examination:
    """Return what arrays tell about their network, with what the user says of it.

    ``said`` holds those of known.NAMES, and targets in the order of ROWS. Raises SettingError.
    """
    order = arrays.rows or order
    rows = [ROWS.index(row) for row in order]
    if arrays.outputs is None:
        network = arranged(arrays, orientation)
        known = known_of(said, arrays.config, network)
        found = _diagnosis(network.weights, known)
        given = causes(found, {**known.said, **known.assumed}, network.weights)
        return Examination(known, network, (), found, given)
    outputs, known = checked_outputs(arrays, order), known_of(said)
    as_given = tuple(arrays.outputs.tolist())
    if len(outputs) < len(order):
        return Examination(known, None, as_given, None, causes_of_few(as_given))
    found = diagnose_rows(outputs, known.config.targets)
    return Examination(known, None, as_given, found, causes(found, known.said, order=rows))


def trial_for(found: Examination) -> Trial:
    """Return what to try of a network, at several rates if its own is not known.

    Weights continue from where they stand, outputs alone start from scratch. Raises SettingError if
    too little is known.
    """
    known = found.known
    subject: Snapshot | RunConfig = known.recipe
    if record := found.record:
        subject = Recording(record).snapshot()
    elif "width" not in known.said:
        raise SettingError("the weights, to train on from them, or the width, to train anew")
    return trial_of(subject, known.steps, known.knows_rate)


def _diagnosis(weights: Weights, known: Known) -> Diagnosis:
    """Return the diagnosis of weights, which are not trained if the settings start from them."""
    pairs = zip(weights.arrays(), initial_weights(known.config).arrays(), strict=True)
    is_start = all(np.array_equal(one, other) for one, other in pairs)
    step = 0 if is_start else known.steps
    return diagnose(weights, known.config, step=step, knows_rate=known.knows_rate)
