"""The command lesson: lessons listed, checked and proved in the terminal."""

import argparse
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from xorviz import __version__
from xorviz.cli.parser import IN_TERMINAL
from xorviz.cli.terminal import chosen_kernel, prepared, printable, progress, refuse
from xorviz.core import numerals
from xorviz.core.kernels import kernels
from xorviz.files.arguments import option_of
from xorviz.files.atomic import naming
from xorviz.lab.training import training
from xorviz.lessons import SUFFIX, library, proving
from xorviz.lessons.library import NamedLesson
from xorviz.lessons.reading import load_lesson

_MARKS = {True: "holds", False: "WRONG"}


def run(parser: argparse.ArgumentParser, options: dict[str, Any]) -> int:
    """List, check or prove lessons; return the exit code."""
    given = [name for name in ("lesson", *IN_TERMINAL) if name in options]
    if len(given) != 1:
        parser.error(
            f"lesson takes one of these: a number or FILE{SUFFIX}, --list, --check, --prove"
        )
    if given != ["prove"]:
        why = f"is for training; {option_of(given[0])} trains nothing"
        refuse(parser, options, ["kernel"], why)
    if given == ["list"]:
        for number, known in enumerate(library.bundled(), start=1):
            print(printable(f"{number}  {known.lesson.title}"))
        return 0
    if given == ["check"]:
        return _check(options["check"])
    return _prove(options["prove"], chosen_kernel(parser, options))


def _check(path: Path) -> int:
    """Print that a file holds a lesson, or what is wrong in it; return the exit code."""
    with naming(path):
        lesson = load_lesson(path)
    parts = (
        numerals.counted(len(lesson.predictions), "prediction"),
        numerals.counted(len(lesson.steps), "step"),
        "no exercise" if lesson.exercise is None else "an exercise",
    )
    print(printable(f"{path}: a lesson, “{lesson.title}”, with {', '.join(parts)}"))
    return 0


def _prove(words: Sequence[str], kernel: str) -> int:
    """Train lessons, by number or file, or all, and print what holds; return the exit code.

    That is 1 if a claim is wrong. Raises SettingError for a number that no lesson has, and
    FileError.
    """
    chosen: list[NamedLesson] = [] if words else list(library.bundled())
    for word in words:
        with naming(Path(word)):
            chosen.append(library.found(word))
    kernel = prepared(kernels.prepare, kernel)
    kernel = prepared(training.prepare, kernel)
    holding = sum([_proved(one, kernel) for one in chosen])
    print(f"Lessons that hold: {holding} of {len(chosen)} (xorviz {__version__}, kernel {kernel})")
    return 0 if holding == len(chosen) else 1


def _proved(named: NamedLesson, kernel: str) -> bool:
    """Train a lesson and print what is found; return whether all of it holds."""
    print(printable(f"{named.place}: {named.lesson.title}"), flush=True)
    holds = True
    with progress(proving.work_of(named.lesson)) as bar:
        for found in proving.prove(named.lesson, kernel, bar.update):
            holds &= found.holds
            bar.clear()
            print(printable(f"  {_MARKS[found.holds]}  {found.text}"), flush=True)
    return holds
