"""The command check: whether a training step is right, from the weights around it."""

import argparse
import sys
from collections.abc import Container, Iterator, Sequence
from pathlib import Path
from typing import Any

from xorviz.cli.terminal import failed, print_report, refuse
from xorviz.core import numerals
from xorviz.core.check.said import Said
from xorviz.core.check.step_check import CORRECT, FAULTY, UNDECIDED
from xorviz.core.runs.record import Record
from xorviz.core.settings import SETTINGS
from xorviz.core.truth_table import order_text
from xorviz.files.atomic import FileError
from xorviz.files.exports.tables import states_npz
from xorviz.files.pages.overview import array_table, columns
from xorviz.files.run_file import MOST_BYTES
from xorviz.files.weights.check_step import MOST_CHECKED, CheckedStep, checked_step, checked_steps
from xorviz.files.weights.known import SAID, said_of
from xorviz.files.weights.own_network import WAYS, OrientationError, arranged
from xorviz.files.weights.reader import naming, newest_state, read_file, record_in, states_given
from xorviz.files.weights.states import MOST_STATES
from xorviz.watching.followed_run import FollowedRun
from xorviz.watching.places import SUFFIX
from xorviz.watching.states_file import MAGIC

_EXIT_CODES = {CORRECT: 0, FAULTY: 1, UNDECIDED: 3}


def run(parser: argparse.ArgumentParser, options: dict[str, Any]) -> int:
    """Print whether a training step is correct, and the fault if not; of a recording, each step.

    Return 0 for correct, 1 for faulty, 3 for undecided, and 2 for an unreadable file, weights that
    do not form a step, or a wrong option.
    """
    refuse_settings(parser, options, SAID)
    files = options["files"]
    if len(files) > MOST_STATES or files.count("-") > 1:
        parser.error("check takes one to three files; only one of them may be -")
    order = order_text(options["order"]) if "order" in options else None
    said = said_of(options, order, options.get("wanted"))
    try:
        found, report, counted = _found(files, said, options.get("orientation"))
    except OrientationError as error:
        return failed(orientation_asked(error), 2)
    print_report(report, [counted, *_paragraphs(found)], "json" in options)
    return _EXIT_CODES[found.check.verdict]


def refuse_settings(
    parser: argparse.ArgumentParser, options: dict[str, Any], known: Container[str]
) -> None:
    """Exit with an error for a setting of a run that means nothing for weights from elsewhere."""
    command = options["command"]
    if "targets" in options:
        parser.error(f"--targets goes after {command}, where it follows the order of the rows")
    others = (name for name in SETTINGS if name not in known)
    refuse(parser, options, others, f"is for a new run; {command} uses the weights as they are")


def content_of(name: str) -> bytes:
    """Return the content of a file, or of standard input, whose name is -. Raises FileError.

    The states of a watched program are returned as an npz file.
    """
    with naming(shown(name)):
        if name.endswith(SUFFIX):
            return states_npz(FollowedRun(Path(name)).record())
        data = sys.stdin.buffer.read(MOST_BYTES + 1) if name == "-" else read_file(name)
        if data.startswith(MAGIC):
            raise FileError(f"States of a watched program are read from a file named *{SUFFIX}.")
        return data


def shown(name: str) -> str:
    """Return what a file is called in messages."""
    return "standard input" if name == "-" else name


def orientation_asked(error: OrientationError) -> str:
    """Return the question how w1 is to be read, with the options that answer it."""
    ways = " or ".join(f"{name} (a row is {WAYS[name]})" for name in error.allowed)
    return f"{error}; allowed: --orientation {ways}"


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
