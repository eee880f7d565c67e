"""Recordings that xorviz has written: their newest state, and their steps to be checked.

They are run files, and the npz files of watched programs. Shapes: K states, P numbers.
"""

import re
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, fields, replace
from typing import Any

import numpy as np

from xorviz.core import numerals
from xorviz.core.check.check import check
from xorviz.core.check.said import Said
from xorviz.core.check.step_check import CORRECT, FAULTY, UNDECIDED, StepCheck
from xorviz.core.network import Weights, weights_of
from xorviz.core.rules import SettingError
from xorviz.core.runs.record import WEIGHT_FIELDS, Record
from xorviz.core.runs.recording import Recording, kernel_for
from xorviz.core.runs.trace import CAPACITY
from xorviz.core.runs.watched import run_of
from xorviz.files import run_file
from xorviz.files.atomic import FileError
from xorviz.files.checked_json import REAL, WHOLE, packed_array
from xorviz.files.packing import unpacked_watched
from xorviz.files.weights.npz import Archive
from xorviz.files.weights.own_network import WIDEST, Arrays
from xorviz.files.weights.said import TOLD

MOST_CHECKED = 200
"""Steps of a recording, so that a check takes no more than half a minute."""
_RUN_FILE = re.compile(rb'\s*\{\s*"format"\s*:\s*"xorviz run"')
_WATCHED = {"steps", "w1", "w2", "config", "source"}
"""Arrays in the archive of a watched program."""

_SAID = (*TOLD, "targets")
_DAMAGED = "The file is damaged"
Step = tuple[int, list[Weights]]
"""The number of a step, and the states before and after it, perhaps with the one before these."""


def record_in(data: bytes) -> Record | None:
    """Return the run in a file's content; None if it is no recording. Raises FileError."""
    if _RUN_FILE.match(data):
        return run_file.loads(data).record
    if data.startswith(b"PK") and set((archive := Archive(data)).names) >= _WATCHED:
        return _watched(archive)
    return None


def newest_state(record: Record) -> Arrays:
    """Return the last state of a run, with what is known of it."""
    recording = run_of(record)
    weights, config = recording.snapshot().weights, record.config_at(record.newest)
    arrays = {name: getattr(weights, name) for name in WEIGHT_FIELDS}
    if record.source is None:
        return Arrays(**arrays, config=config, said={"steps": record.newest})
    said = {name: getattr(config, name) for name in _SAID if name not in record.source.assumed}
    return Arrays(**arrays, said=said | {"steps": record.newest})


@dataclass(frozen=True, slots=True)
class CheckedSteps:
    """What is found out about the steps of a recording. A value."""

    checks: Mapping[int, StepCheck]
    """By the number of the step, which leads from the state before it to that state."""
    kept: int
    """The steps whose states before and after are in the recording."""

    @property
    def counts(self) -> dict[str, int]:
        """How many steps are correct, faulty and undecided."""
        found = Counter(check.verdict for check in self.checks.values())
        return {verdict: found[verdict] for verdict in (CORRECT, FAULTY, UNDECIDED)}

    @property
    def first_faulty(self) -> int | None:
        """The number of the first faulty step."""
        return next((n for n, check in self.checks.items() if check.verdict == FAULTY), None)

    @property
    def telling(self) -> StepCheck:
        """The check of the first faulty step, else of the last correct, else of the last."""
        if self.first_faulty is not None:
            return self.checks[self.first_faulty]
        *_, last = sorted(self.checks.values(), key=lambda check: check.verdict == CORRECT)
        return last

    @property
    def sentence(self) -> str:
        """How many steps are correct and faulty."""
        count, first = len(self.checks), self.first_faulty
        told = [f"{numerals.whole(n)} {verdict}" for verdict, n in self.counts.items() if n]
        text = f"{numerals.counted(count, 'step')} checked"
        if count < self.kept:
            text += f" of {numerals.whole(self.kept)}, evenly spread"
        text += f": {', '.join(told)}."
        return text if first is None else f"{text} The first faulty one is step {first}."

    def to_dict(self) -> dict[str, Any]:
        """Return the telling check, and the counts, as values that JSON can represent."""
        steps = {**self.counts, "first_faulty": self.first_faulty}
        return self.telling.to_dict() | {"steps": steps}


def checked_steps(record: Record, said: Said) -> CheckedSteps:
    """Return what the steps of a recording are; what the user does not say, the recording does.

    Raises SettingError where there is no step to be checked.
    """
    steps = _watched_steps(record) if record.source else _own_step(record)
    chosen = np.unique(np.linspace(0, len(steps) - 1, min(len(steps), MOST_CHECKED)).astype(int))
    checks: dict[int, StepCheck] = {}
    refused: list[SettingError] = []
    for number, states in (steps[place] for place in chosen):
        try:
            checks[number] = check(states, _both(said, _said_of(record, number - 1)))
        except SettingError as error:  # such as a step that changed nothing
            refused.append(error)
    if not checks:
        raise refused[0]
    return CheckedSteps(checks, len(steps))


def _said_of(record: Record, step: int) -> Said:
    """Return what a recording says of the step after this one."""
    source, config = record.source, record.config_at(step)
    assumed = source.assumed if source else ()
    said = {name: getattr(config, name) for name in _SAID if name not in assumed}
    return Said(**said, batch=source.batch if source else "full", output="sigmoid")


def _both(said: Said, recorded: Said) -> Said:
    """Return what is said, and what else is recorded."""
    values = {field.name: getattr(said, field.name) for field in fields(Said)}
    return replace(recorded, **{name: value for name, value in values.items() if value is not None})


def _watched_steps(record: Record) -> list[Step]:
    """Return the steps between kept states, with the state before them where it is kept, too."""
    assert record.source is not None
    if record.source.every != 1:
        raise SettingError(
            f"its states are {record.source.every} steps apart, and a check needs consecutive "
            "ones; call see at each step"
        )
    kept = {c.step: c.parameters for c in record.checkpoints}
    steps = [
        (
            step,
            [weights_of(kept[n], record.config) for n in (step - 2, step - 1, step) if n in kept],
        )
        for step in kept
        if step - 1 in kept
    ]
    if not steps:
        raise SettingError("no two of its states are one step apart")
    return steps


def _own_step(record: Record) -> list[Step]:
    """Return the last step of a run of xorviz after which no weight was changed."""
    changed = {change.step for change in record.interventions if change.index}
    last = next((n for n in range(record.newest, 0, -1) if n not in changed), None)
    if last is None:
        raise SettingError("it has no step yet")
    recording = Recording(record, kernel_for(record))
    first = last - 2 if last > 1 and last - 1 not in changed else last - 1
    return [(last, [recording.weights_at(step) for step in range(first, last + 1)])]


def _watched(archive: Archive) -> Record:
    """Return the run in the archive of a watched program, checked as one in a run file."""
    most = CAPACITY * 2 * WIDEST
    arrays = {name: archive.numbers(name, most) for name in WEIGHT_FIELDS if name in archive.names}
    steps = np.nan_to_num(archive.numbers("steps", CAPACITY), nan=-1).clip(-1, 2**53)
    try:
        states = np.hstack([array.reshape(len(steps), -1) for array in arrays.values()])
        return unpacked_watched(
            {
                "config": archive.json("config"),
                "source": archive.json("source"),
                "steps": packed_array(steps, WHOLE),
                "states": packed_array(states, REAL),
            },
            "it",
        )
    except SettingError as error:
        raise FileError(f"{_DAMAGED}: {error}.") from None
    except (ValueError, TypeError):
        raise FileError(f"{_DAMAGED}: its arrays do not fit together, or are not finite.") from None
