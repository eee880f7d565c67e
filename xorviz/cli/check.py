"""The command check: whether a training step is right, from the weights around it."""

import argparse
import sys
from collections.abc import Iterator, Sequence
from contextlib import AbstractContextManager
from typing import Any

from xorviz.cli.own_options import orientation_asked
from xorviz.cli.terminal import columns, failed, print_report, refuse, refuse_settings
from xorviz.core import numerals
from xorviz.core.check.run_check import RunCheck
from xorviz.core.check.step_check import CORRECT, FAULTY, UNDECIDED, Finding, Repair
from xorviz.core.rules import SettingError
from xorviz.files.atomic import FileError
from xorviz.files.run_file import MOST_BYTES
from xorviz.files.weights.check_step import CheckedStep, checked_step
from xorviz.files.weights.own_network import Arrays, OrientationError, arranged
from xorviz.files.weights.reader import naming, only, read_file, states_of_bytes
from xorviz.files.weights.recorded import MOST_CHECKED, checked_steps, newest_state, record_in
from xorviz.files.weights.said import SAID, said_of
from xorviz.files.weights.states import MOST_STATES

_EXIT_CODES = {CORRECT: 0, FAULTY: 1, UNDECIDED: 3}
_COLUMNS = ("array", "finding", "implied rate", "residual")
_NUMBERS = (2, 3)
"""Columns aligned to the right."""


def run(parser: argparse.ArgumentParser, options: dict[str, Any]) -> int:
    """Print whether a training step is correct, and the fault if not; of a recording, each step.

    Return 0 for correct, 1 for faulty, 3 for undecided, and 2 for an unreadable file, weights that
    do not form a step, or a wrong option.
    """
    refuse(parser, options, ["kernel"], "is for training; check trains nothing")
    refuse_settings(parser, options, SAID)
    files = options["files"]
    if len(files) > MOST_STATES or files.count("-") > 1:
        parser.error("check takes one to three files; only one of them may be -")
    said = said_of(options, options.get("order"), options.get("wanted"))
    try:
        contents = [_content(name) for name in files]
        with _naming(files[0]):
            record = record_in(contents[0]) if len(files) == 1 else None
        if record is not None:
            steps = checked_steps(record, said)
            assert steps.telling is not None
            found = CheckedStep(steps.telling, (arranged(newest_state(record)),))
            report, first = steps.to_dict(), [_counted(steps)]
        else:
            states = _states(files, contents)
            found, first = checked_step(states, said, options.get("orientation")), []
            report = found.check.to_dict()
    except OrientationError as error:
        return failed(orientation_asked(error), 2)
    except (FileError, SettingError) as error:
        return failed(str(error), 2)
    print_report(report, [first, *_paragraphs(found)], "json" in options)
    return _EXIT_CODES[found.check.verdict]


def _content(name: str) -> bytes:
    with _naming(name):
        return sys.stdin.buffer.read(MOST_BYTES + 1) if name == "-" else read_file(name)


def _states(files: Sequence[str], contents: Sequence[bytes]) -> list[Arrays]:
    """Return the states in all files, of which several hold one each. Raises FileError."""
    states: list[Arrays] = []
    for name, content in zip(files, contents, strict=True):
        with _naming(name):
            read = states_of_bytes(content)
            states += read if len(files) == 1 else [only(read)]
    return states


def _naming(name: str) -> AbstractContextManager[None]:
    """Name the file in errors about it."""
    return naming("standard input" if name == "-" else name)


def _counted(steps: RunCheck) -> str:
    """Return how many steps of a recording were checked, and which one is shown."""
    spread = " They are evenly spread." if sum(steps.counts.values()) == MOST_CHECKED else ""
    return f"{steps.counted}{spread} Step {numerals.whole(steps.number)}:"


def _paragraphs(found: CheckedStep) -> Iterator[list[str]]:
    """Yield the lines of each paragraph."""
    yield [found.check.sentence]
    cells = [_cells(name, finding) for name, finding in found.check.arrays.items()]
    yield columns([_COLUMNS, *cells], _NUMBERS)
    for repair in found.check.repairs:
        yield _lines(repair, len(found.check.repairs) > 1)
    yield [f"Read as {found.networks[0].summary}.", *found.check.notes]


def _cells(name: str, finding: Finding) -> tuple[str, ...]:
    rate = "" if finding.rate is None else numerals.real(finding.rate)
    return name, finding.name, rate, numerals.real(finding.residual)


def _lines(repair: Repair, is_named: bool) -> list[str]:
    """Return a repair: the wrong line above the right one, as a formula and in NumPy.

    The fault is named if there are several; one alone is what the first sentence names.
    """
    return [
        repair.says if is_named else repair.says.partition(". ")[2],
        *_sides(repair.wrong, repair.right),
        *_sides(repair.wrong, repair.right),
    ]


def _sides(wrong: str, right: str) -> list[str]:
    """Return the wrong lines above the right ones."""
    return [f"  {name}  {line}" for name, text in (("wrong", wrong), ("right", right))
            for line in text.split("\n")]  # fmt: skip
