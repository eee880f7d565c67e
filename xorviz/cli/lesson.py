"""The command lesson: lessons listed, checked and proved in the terminal."""

import sys
from collections.abc import Sequence
from pathlib import Path

from tqdm import tqdm

from xorviz import __version__
from xorviz.cli.terminal import failed, prepared, printable
from xorviz.core import numerals
from xorviz.core.kernels import kernels
from xorviz.files import FileError
from xorviz.lab.training import training
from xorviz.lessons import library, proving
from xorviz.lessons.library import NamedLesson
from xorviz.lessons.reading import load_lesson

_MARKS = {True: "holds", False: "WRONG"}


def show_list() -> int:
    """Print the lessons that ship with the program; return the exit code."""
    for number, known in enumerate(library.bundled(), start=1):
        print(printable(f"{number}  {known.lesson.title}"))
    return 0


def check(path: Path) -> int:
    """Print that a file holds a lesson, or what is wrong in it; return the exit code."""
    try:
        lesson = load_lesson(path)
    except FileError as error:
        return failed(f"{path}: {error}")
    parts = (
        numerals.counted(len(lesson.predictions), "prediction"),
        numerals.counted(len(lesson.steps), "step"),
        "no exercise" if lesson.exercise is None else "an exercise",
    )
    print(printable(f"{path}: a lesson, “{lesson.title}”, with {', '.join(parts)}"))
    return 0


def prove(words: Sequence[str], kernel: str) -> int:
    """Train lessons, by number or file, or all, and print what holds; return the exit code.

    That is 1 if a claim is wrong or a file cannot be read. Raises SettingError for a number that
    no lesson has.
    """
    chosen: list[NamedLesson] = [] if words else list(library.bundled())
    for word in words:
        try:
            chosen.append(library.found(word))
        except FileError as error:
            return failed(f"{word}: {error}")
    kernel = prepared(kernels.prepare, kernel)
    kernel = prepared(training.prepare, kernel)
    holding = sum([_proved(one, kernel) for one in chosen])
    print(f"Lessons that hold: {holding} of {len(chosen)} (xorviz {__version__}, kernel {kernel})")
    return 0 if holding == len(chosen) else 1


def _proved(named: NamedLesson, kernel: str) -> bool:
    """Train a lesson and print what is found; return whether all of it holds."""
    print(printable(f"{named.place}: {named.lesson.title}"), flush=True)
    holds = True
    # Shown on a terminal only, and removed at its end.
    with tqdm(
        total=proving.work_of(named.lesson),
        unit="step",
        unit_scale=True,
        leave=False,
        dynamic_ncols=True,
        disable=None,
        file=sys.stderr,
    ) as bar:
        for found in proving.prove(named.lesson, kernel, bar.update):
            holds &= found.holds
            bar.clear()
            print(printable(f"  {_MARKS[found.holds]}  {found.text}"), flush=True)
    return holds
