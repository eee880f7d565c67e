"""What is found out about a network trained elsewhere: its state, possible causes, what to do."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from typing import Any, NamedTuple

import numpy as np

from xorviz.core import numerals
from xorviz.core.diagnosis.brief import PLATEAU, STUCK
from xorviz.core.diagnosis.causes import Case, Cause, causes, few_steps
from xorviz.core.diagnosis.diagnosis import Diagnosis, diagnose, diagnose_rows
from xorviz.core.diagnosis.evidence import Evidence
from xorviz.core.diagnosis.how_often import AFTER, Frequency, recipes
from xorviz.core.diagnosis.stuck_states import levels_near
from xorviz.core.diagnosis.verdict import Kind
from xorviz.core.diagnosis.words import UNKNOWN
from xorviz.core.network import Weights, initial_weights
from xorviz.core.rules import SettingError, written
from xorviz.core.runs.record import Record
from xorviz.core.runs.recording import Recording, record_of
from xorviz.core.runs.snapshot import Snapshot
from xorviz.core.settings import SETTINGS, RunConfig
from xorviz.core.truth_table import COUNTED, ROWS
from xorviz.files.arguments import option_of
from xorviz.files.weights.known import NAMES, OF_TARGETS, SAID, Known, known_of
from xorviz.files.weights.own_network import (
    Arrays,
    OwnNetwork,
    arranged,
    checked_outputs,
    without_zeros,
)
from xorviz.lab.trials.trials import Trial, trial_of

_WEIGHTS = "diagnose --weights before.npz"
_BESIDE_WEIGHTS = [name for name in NAMES if name not in {"width", "biases"}]
"""What weights do not say themselves."""
_SAVE = """numpy.savez("before.npz", {arrays})
train()  # one update of your program
numpy.savez("after.npz", {arrays})"""
_COUNTS = ("", "one output", "two outputs", "three outputs", "four outputs")


class NextStep(NamedTuple):
    """Something to do. A value."""

    what: str
    """A sentence."""
    command: str
    """Lines of Python, or a command of xorviz."""


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
        known = f"{UNKNOWN.capitalize()}. {len(self.outputs)} of 4 outputs given."
        return known if self.outputs else ""

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
    order: Sequence[int] = COUNTED,
    orientation: str | None = None,
) -> Examination:
    """Return what arrays show of their network, with what the user says of it.

    ``said`` holds those of known.NAMES, and targets in the order of ROWS. Raises SettingError.
    """
    order, (arrays,) = arrays.rows or order, without_zeros([arrays])
    network = arranged(arrays, orientation) if arrays.outputs is None else None
    known = known_of({**arrays.said, **said}, network)
    given = checked_outputs(arrays, order) if network is None else known.answers(network.weights)
    coding, told = known.coding_of(given), dict(known.said)
    if known.is_signed(given):
        name = "coding" if network is None else OF_TARGETS
        known = replace(known, assumed={**known.assumed, name: coding})
        told |= {"coding": coding} if network is None else {}
    found, config = None, known.config
    if network is not None and known.is_trainable:
        found = _diagnosis(network.weights, known)
    elif len(given) == len(ROWS):
        found = diagnose_rows(given, config.targets, config.output, coding)
    case = Case(
        found.state if found else UNKNOWN,
        found.evidence if found else Evidence(tuple(given.tolist()), config),
        told,
        network.weights if network else None,
        order,
        is_trap=bool(found and found.verdict and found.verdict.kind is Kind.TRAP),
    )
    if found and found.said.word == STUCK and not case.is_trap and (few := few_steps(case)):
        found = replace(found, said=replace(found.said, word=PLATEAU, more=few))
    shown = given[[*COUNTED]] if arrays.outputs is None else arrays.outputs
    todo = next_steps(case, given.tolist(), known.is_trainable)
    return Examination(known, case, causes(case), todo, tuple(shown.tolist()), network, found)


def _diagnosis(weights: Weights, known: Known) -> Diagnosis:
    """Return the diagnosis of weights, which are not trained if the settings start from them."""
    pairs = zip(weights.arrays(), initial_weights(known.config).arrays(), strict=True)
    is_start = all(np.array_equal(one, other) for one, other in pairs)
    step = 0 if is_start else known.steps
    return diagnose(weights, known.config, step=step, knows_rate=known.knows_rate)


def examined_loss(value: float, said: Mapping[str, Any]) -> Examination:
    """Return what a loss alone shows, with what the user says: see stuck_states.loss_sentence."""
    known = known_of(said)
    told = Evidence((), RunConfig(targets=known.config.targets))
    near = levels_near(value, known.config, known.said.get("loss"))
    states = list(dict.fromkeys(level.state for level in near)) or [UNKNOWN]
    cases = [Case(state, told, known.said) for state in states]
    case = cases[0] if len(cases) == 1 else replace(cases[0], state=UNKNOWN)
    return Examination(known, case, causes(*cases), next_steps(case, ()))


def trial_for(found: Examination) -> Trial:
    """Return what to try of a network, at several rates if its own is not known.

    Weights continue from where they stand; outputs alone start from scratch. Raises SettingError
    if the width is not known.
    """
    known = found.known
    if not known.is_trainable:
        raise SettingError("--try needs an output unit, and one coding of all, that runs have")
    subject: Snapshot | RunConfig = known.recipe
    if record := found.record:
        subject = Recording(record).snapshot()
    elif "width" not in known.said:
        raise SettingError("--try needs the weights, to train on from them, or --width, to start")
    return trial_of(subject, known.steps, known.knows_rate)


def next_steps(case: Case, given: Sequence[float], is_tried: bool = True) -> tuple[NextStep, ...]:
    """Return what to do next, the first thing first; nothing once all four rows are learned.

    ``given`` are the outputs before they were scaled, in the order of ROWS if there are four.
    """
    steps = () if case.state == "learned" else tuple(_steps(case, given))
    return steps if is_tried else steps[:-1]  # no run is such a network


def _steps(case: Case, given: Sequence[float]) -> Iterator[NextStep]:
    has_rows, has_weights = len(given) == len(ROWS), case.weights is not None
    outputs = " ".join(written(float(given[row])) for row in COUNTED) if has_rows else ""
    alone, inputs = f'diagnose --outputs="{outputs}"', [list(ROWS[row]) for row in COUNTED]
    if not has_weights and (case.are_whole or not has_rows):
        printing = f"print([predict(x) for x in {inputs}])"
        yield NextStep(
            "Print all four outputs, before they are rounded, and diagnose them.", printing
        )
    if case.is_signed and has_rows and "output" not in case.said:
        command = _command(alone, case, NAMES, output="tanh")
        yield NextStep("If the output unit is tanh and the targets are −1 and 1, say so.", command)
    names = ("w1", "b1", "w2", "b2") if case.said.get("biases", True) else ("w1", "w2")
    saving = _SAVE.format(arrays=", ".join(f"{name}={name}" for name in names))
    yield NextStep("Save the weights before one update of your program and after it.", saving)
    yield NextStep(
        "Check this update: which arrays follow the gradient, and which line is wrong.",
        _command("check before.npz after.npz", case, SAID),
    )
    yield NextStep(
        "Or check it in your program, through its own forward function: any layers, any loss.",
        "print(xorviz.check_code(weights, predict, train))",
    )
    if not has_weights:
        command = _command(_WEIGHTS, case, _BESIDE_WEIGHTS)
        yield NextStep("Diagnose the weights, too: they show equal, small and dead units.", command)
    tried = _command(f"{_WEIGHTS} --try", case, _BESIDE_WEIGHTS)
    if has_rows and not has_weights:
        tried = _command(f"{alone} --try", case, NAMES, width=2)
    what = "If your code is right: try changes to such a network, to see what works."
    yield NextStep(what, tried)


def _command(begin: str, case: Case, names: Iterable[str], **usual: Any) -> str:
    """Return a command with those of some settings that are said, or else the usual ones."""
    said = {**usual, **case.said, "targets": case.targets}
    wanted = [name for name in names if name in said]
    wanted += ["targets"] if case.targets != RunConfig().targets else []
    values = {n: SETTINGS[n].option(said[n]) if n in SETTINGS else written(said[n]) for n in wanted}
    return " ".join([f"xorviz {begin}", *(f"{option_of(n)} {v}" for n, v in values.items())])
