"""What is found out about a network trained elsewhere: its state, possible causes, what to do."""

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from typing import Any

import numpy as np

from xorviz.core import numerals
from xorviz.core.diagnosis.case import Case
from xorviz.core.diagnosis.causes import Cause, causes
from xorviz.core.diagnosis.diagnosis import Diagnosis, diagnose, diagnose_rows
from xorviz.core.diagnosis.evidence import Evidence
from xorviz.core.diagnosis.how_often import AFTER, Frequency, recipes
from xorviz.core.diagnosis.stuck_states import levels_near
from xorviz.core.diagnosis.verdict import Kind
from xorviz.core.diagnosis.words import UNKNOWN
from xorviz.core.network import Weights, initial_weights
from xorviz.core.rules import SettingError
from xorviz.core.runs.record import Record
from xorviz.core.runs.recording import Recording
from xorviz.core.runs.snapshot import Snapshot
from xorviz.core.settings import RunConfig
from xorviz.core.truth_table import COUNTED, ROWS
from xorviz.files.weights.known import Known, known_of
from xorviz.files.weights.next_steps import NextStep, next_steps
from xorviz.files.weights.own_network import (
    Arrays,
    OwnNetwork,
    arranged,
    checked_outputs,
    record_of,
)
from xorviz.files.weights.said import PRINTED_ORDER, Row
from xorviz.lab.trials.trials import Trial, trial_of

_COUNTS = ("", "one output", "two outputs", "three outputs", "four outputs")


@dataclass(frozen=True, slots=True)
class Examination:
    """What is found out about a network. A value."""

    known: Known
    case: Case
    causes: tuple[Cause, ...]
    next: tuple[NextStep, ...]
    """Empty only once all four rows are learned."""
    outputs: tuple[float, ...] = ()
    """As given; of weights, as computed for the rows 00, 01, 10, 11."""
    network: OwnNetwork | None = None
    """None where there are only outputs, or only a loss."""
    found: Diagnosis | None = None
    """None with fewer than four outputs."""

    @property
    def summary(self) -> str:
        """What was recognised."""
        return self.network.summary if self.network else _COUNTS[len(self.outputs)]

    @property
    def record(self) -> Record | None:
        """A run that begins from the weights, if there are any."""
        return record_of(self.known.recipe, self.network.weights) if self.network else None

    @property
    def is_done(self) -> bool:
        """Whether all four rows are correct, and the network is in no state to be mended."""
        found = self.found
        return found is not None and found.evidence.is_right and not found.is_stuck

    @property
    def sentence(self) -> str:
        """The state of the network, or why it is not known; empty for a loss alone."""
        if self.found is not None:
            return self.found.sentence
        is_are = "is" if len(self.outputs) == 1 else "are"
        told = f"{UNKNOWN.capitalize()}: {self.summary} {is_are} given of four."
        return told if self.outputs else ""

    @property
    def how_often(self) -> tuple[Frequency, ...]:
        """What was measured of networks without a fault with such outputs, or such a loss."""
        return recipes(self.case.of_outputs, self.case.targets)

    @property
    def table(self) -> list[list[str]]:
        """The same as text: a row of titles, and one for each recipe; or none."""
        rows = [
            [recipe.text, *map(numerals.whole, recipe.of(self.case.of_outputs))]
            for recipe in self.how_often
        ]
        return [["", *(f"{numerals.whole(steps)} steps" for steps in AFTER)], *rows] * bool(rows)

    def to_dict(self) -> dict[str, Any]:
        """Return values that JSON can represent."""
        found = self.found
        return {
            "state": self.case.state,
            "sentence": self.sentence,
            "verdict": found.verdict.to_dict() if found and found.verdict else None,
            "evidence": found.evidence.to_dict() if found else {},
            "advice": list(found.advice) if found else [],
            "how_often": [recipe.to_dict(self.case.of_outputs) for recipe in self.how_often],
            "causes": [asdict(cause) for cause in self.causes],
            "next": [step._asdict() for step in self.next],
            "assumed": dict(self.known.assumed),
            "unknown": list(self.known.unknown),
        }


def examined(
    arrays: Arrays,
    said: Mapping[str, Any],
    order: Sequence[Row] = PRINTED_ORDER,
    orientation: str | None = None,
) -> Examination:
    """Return what arrays show of their network, with what the user says of it.

    ``said`` holds those of known.NAMES, and targets in the order of ROWS. Raises SettingError.
    """
    order = arrays.rows or order
    network = arranged(arrays, orientation) if arrays.outputs is None else None
    known = known_of({**arrays.said, **said}, network)
    given = checked_outputs(arrays, order) if network is None else known.answers(network.weights)
    outputs = given
    if known.is_signed(given):
        outputs = (given + 1) / 2
        known = replace(known, assumed={**known.assumed, "coding": "targets -1/1"})
    found = None
    if network is not None and known.output == "sigmoid":
        found = _diagnosis(network.weights, known)
    elif len(outputs) == len(ROWS):
        found = diagnose_rows(outputs, known.config.targets, known.output)
    case = Case(
        found.state if found else UNKNOWN,
        found.evidence if found else Evidence(tuple(outputs.tolist()), known.config.targets),
        known.said,
        network.weights if network else None,
        COUNTED if network or found is None else [ROWS.index(row) for row in order],
        is_trap=bool(found and found.verdict and found.verdict.kind is Kind.TRAP),
    )
    why = causes(replace(case, said={**known.said, **known.assumed}) if network else case)
    shown = given[[*COUNTED]] if arrays.outputs is None else arrays.outputs
    todo = next_steps(case, given.tolist())
    return Examination(known, case, why, todo, tuple(shown.tolist()), network, found)


def _diagnosis(weights: Weights, known: Known) -> Diagnosis:
    """Return the diagnosis of weights, which are not trained if the settings start from them."""
    pairs = zip(weights.arrays(), initial_weights(known.config).arrays(), strict=True)
    is_start = all(np.array_equal(one, other) for one, other in pairs)
    step = 0 if is_start else known.steps
    return diagnose(weights, known.config, step=step, knows_rate=known.knows_rate)


def examined_loss(value: float, said: Mapping[str, Any]) -> Examination:
    """Return what a loss alone shows, with what the user says: see stuck_states.loss_sentence."""
    known = known_of(said)
    targets = known.config.targets
    near = levels_near(value, targets, known.said.get("loss"))
    states = list(dict.fromkeys(level.state for level in near)) or [UNKNOWN]
    cases = [Case(state, Evidence((), targets), known.said) for state in states]
    case = cases[0] if len(cases) == 1 else replace(cases[0], state=UNKNOWN)
    return Examination(known, case, causes(*cases), next_steps(case, ()))


def trial_for(found: Examination) -> Trial:
    """Return what to try of a network, at several rates if its own is not known.

    Weights continue from where they stand; outputs alone start from scratch. Raises SettingError
    if the width is not known.
    """
    known = found.known
    subject: Snapshot | RunConfig = known.recipe
    if record := found.record:
        subject = Recording(record).snapshot()
    elif "width" not in known.said:
        raise SettingError("--try needs the weights, to train on from them, or --width, to start")
    return trial_of(subject, known.steps, known.knows_rate)
