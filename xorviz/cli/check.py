"""The command check: whether a training step is right, from the weights around it."""

import argparse
from collections.abc import Iterator, Sequence
from typing import Any

from xorviz.cli.own_options import content_of, orientation_asked, shown
from xorviz.cli.terminal import failed, print_report, refuse, refuse_settings
from xorviz.core import numerals
from xorviz.core.check.said import Said
from xorviz.core.check.step_check import CORRECT, FAULTY, UNDECIDED
from xorviz.core.rules import SettingError
from xorviz.core.runs.record import Record
from xorviz.files.atomic import FileError
from xorviz.files.pages.overview import array_table, columns
from xorviz.files.weights.check_step import CheckedStep, checked_step
from xorviz.files.weights.own_network import OrientationError, arranged
from xorviz.files.weights.reader import naming, states_given
from xorviz.files.weights.recorded import MOST_CHECKED, checked_steps, newest_state, record_in
from xorviz.files.weights.said import SAID, said_of
from xorviz.files.weights.states import MOST_STATES

_EXIT_CODES = {CORRECT: 0, FAULTY: 1, UNDECIDED: 3}


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
        found, report, counted = _found(files, said, options.get("orientation"))
    except OrientationError as error:
        return failed(orientation_asked(error), 2)
    except (FileError, SettingError) as error:
        return failed(str(error), 2)
    print_report(report, [counted, *_paragraphs(found)], "json" in options)
    return _EXIT_CODES[found.check.verdict]


def _found(
    files: Sequence[str], said: Said, orientation: str | None
) -> tuple[CheckedStep, dict[str, Any], list[str]]:
    """Return what is found out, its JSON values, and of a recording how many steps were checked."""
    contents = [(shown(name), content_of(name)) for name in files]
    if len(files) == 1:
        with naming(contents[0][0]):
            record = record_in(contents[0][1])
        if record is not None:
            return _of_recording(record, said)
    found = checked_step(states_given(contents, len(files) > 1), said, orientation)
    return found, found.check.to_dict(), []


def _of_recording(record: Record, said: Said) -> tuple[CheckedStep, dict[str, Any], list[str]]:
    steps = checked_steps(record, said)
    assert steps.telling is not None
    spread = " They are evenly spread." if sum(steps.counts.values()) == MOST_CHECKED else ""
    counted = f"{steps.counted}{spread} Step {numerals.whole(steps.number)}:"
    found = CheckedStep(steps.telling, (arranged(newest_state(record)),))
    return found, steps.to_dict(), [counted]


def _paragraphs(found: CheckedStep) -> Iterator[list[str]]:
    """Yield the lines of each paragraph: the wrong lines of a fault stand above the right ones."""
    check = found.check
    yield [check.sentence]
    yield columns(array_table(check), right=(2, 3))
    for repair in check.repairs:
        # One fault alone is what the first sentence names.
        says = repair.says if len(check.repairs) > 1 else repair.says.partition(". ")[2]
        yield [says, *_sides(repair.wrong, repair.right)]
    yield [f"Read as {found.networks[0].summary}.", *check.notes]


def _sides(wrong: str, right: str) -> list[str]:
    lines = [("wrong", line) for line in wrong.split("\n")]
    lines += [("right", line) for line in right.split("\n")]
    return [f"  {side}  {line}" for side, line in lines]
