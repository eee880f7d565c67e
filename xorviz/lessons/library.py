"""The lessons that ship with the program, and those in files."""

from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from pathlib import Path

from xorviz.core.rules import Whole, parsed
from xorviz.lessons.lesson import Lesson
from xorviz.lessons.reading import breakable, load_lesson, loads


@dataclass(frozen=True, slots=True)
class NamedLesson:
    """A lesson, and where it is from. A value."""

    lesson: Lesson
    place: str
    """Lesson 3 of 9, or the name of its file."""
    key: str = ""
    """Under which it is remembered as done; "" for one from a file."""


@cache
def bundled() -> tuple[NamedLesson, ...]:
    """Return the lessons that ship with the program, in their order."""
    folder = files("xorviz.resources").joinpath("lessons")
    lessons = (file for file in folder.iterdir() if file.name.endswith(".json"))
    found = sorted(lessons, key=lambda file: file.name)
    return tuple(
        NamedLesson(
            loads(file.read_text(encoding="utf-8")),
            f"Lesson {number} of {len(found)}",
            file.name.removesuffix(".json"),
        )
        for number, file in enumerate(found, start=1)
    )


def opened(path: Path) -> NamedLesson:
    """Return the lesson in a file. Raises FileError."""
    return NamedLesson(load_lesson(path), breakable(path.name))


def found(word: str) -> NamedLesson:
    """Return the lesson with a number, or the one in a file.

    Raises SettingError for a number that none has, and FileError.
    """
    if word.isdecimal():
        known = bundled()
        number = parsed(Whole(1, len(known)), "the lesson", word)
        assert isinstance(number, int)
        return known[number - 1]
    return opened(Path(word))
