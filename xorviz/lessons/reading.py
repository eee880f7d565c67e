"""Lessons read from JSON: decoded by their types, with errors that say where a fault is."""

import json
import re
from pathlib import Path
from typing import Any, get_args

import msgspec

from xorviz.core.numerals import THIN_SPACE
from xorviz.core.rules import SettingError, printable, shortened
from xorviz.core.settings import RunConfig
from xorviz.files import atomic
from xorviz.files.atomic import FileError
from xorviz.files.checked_json import parsed_json
from xorviz.lessons.lesson import Lesson
from xorviz.lessons.predictions import Prediction

MOST_BYTES = 64 * 2**10
FORMAT = 1
"""The newest format that is read."""

_LONGEST_NUMBER = 40
"""Characters."""
_FORMAT_ENTRY = "xorviz_lesson"
_TOO_BIG = f"The file is larger than the limit for lessons, {MOST_BYTES // 2**10} KiB."
_IN_NUMBER = re.compile(r"(?<=[0-9]) (?=[0-9]{3}(?![0-9]))")
"""The spaces in 20 000, at which no line is to be broken."""
_LONG_WORD, _PIECE = re.compile(r"\S{21,}"), re.compile(".{1,10}")
_MAY_BREAK = "\u200b"

_TYPES = {"int": "a whole number", "float": "a number", "str": "a text", "bool": "true or false"}
_TYPES |= {"array": "a list", "object": "an object", "null": "null"}
_WORDS = (
    (r"Object missing required field `(.*)`", r"has no entry \1"),
    (r"Object contains unknown field `(.*)`", r"has an unknown entry \1"),
    (r"Expected `str` matching regex.*", "allowed: a text without line breaks"),
    (r"Expected `(.*)` of length (.*)", r"allowed: `\1` of length \2"),
    (r"Expected `(.*)`, got .*", r"allowed: `\1`"),
    (r"Expected (.*)", r"allowed: \1"),
    (r"Invalid enum value.*", 'allowed: a number, or "max" for speed, "interval" for share_within'),
    (r"(Number out of range|Invalid value).*", "not allowed"),
)
"""What msgspec says of a value, and how that is said here."""
_KINDS = ", ".join(str(kind.__struct_config__.tag) for kind in get_args(Prediction))
_OF_TAGS = {"kind": f"allowed: {_KINDS}", _FORMAT_ENTRY: f"allowed: {FORMAT}"}
"""The same of entries by which msgspec knows what an object is."""


def breakable(text: str) -> str:
    """Return a text in which words that may not fit on a line can be broken."""
    return _LONG_WORD.sub(lambda word: _MAY_BREAK.join(_PIECE.findall(word[0])), text)


def load_lesson(path: Path | str) -> Lesson:
    """Read a lesson's file. Raises FileError and nothing else."""
    data = atomic.read(Path(path), MOST_BYTES, _TOO_BIG)
    try:
        return loads(data.decode("utf-8"))
    except UnicodeDecodeError:
        raise FileError("It is not an xorviz lesson: it is not a text in UTF-8.") from None


def loads(text: str) -> Lesson:
    """Return the lesson in a file's text. Raises FileError and nothing else."""
    if len(text) > MOST_BYTES:
        raise FileError(_TOO_BIG)
    try:
        value = _tidied(parsed_json(text.removeprefix("\ufeff"), _LONGEST_NUMBER))
        _check_format(value)
        return _lesson(value)
    except json.JSONDecodeError as error:
        place = f"line {error.lineno}, column {error.colno}"
        raise FileError(f"It is not JSON at {place}: {error.msg}.") from None
    except RecursionError:
        raise FileError("In the lesson, entries are nested too deep.") from None
    except UnicodeEncodeError:
        raise FileError("In the lesson, a text holds half a character.") from None
    except ValueError as error:
        raise FileError(f"In the lesson, {printable(str(error))}.") from None


def _tidied(value: Any) -> Any:
    """Return a value whose texts have no spaces around them, and none to break at in numbers."""
    if isinstance(value, dict):
        return {name: _tidied(held) for name, held in value.items()}
    if isinstance(value, list):
        return [_tidied(held) for held in value]
    if isinstance(value, str):
        return _IN_NUMBER.sub(THIN_SPACE, value.strip())
    return value


def _broken(part: Any) -> Any:
    """Return a part of a lesson whose texts break where they may."""
    if isinstance(part, msgspec.Struct):
        held = {name: _broken(getattr(part, name)) for name in part.__struct_fields__}
        return msgspec.structs.replace(part, **held)
    if isinstance(part, tuple):
        return tuple(map(_broken, part))
    return breakable(part) if isinstance(part, str) else part


def _check_format(value: object) -> None:
    """Refuse what is no lesson, one that this version cannot know, and what was given up."""
    if not isinstance(value, dict) or _FORMAT_ENTRY not in value:
        raise FileError(f"It is not an xorviz lesson: it has no entry {_FORMAT_ENTRY}.")
    number = value[_FORMAT_ENTRY]
    if isinstance(number, int) and number > FORMAT:
        raise FileError(
            f"The lesson was written for a newer xorviz (format {number});"
            f" this one reads formats up to {FORMAT}."
        )
    if value.pop("controls", None) not in (None, {"others": "free"}):
        raise FileError(
            "The lesson hides or locks settings, which xorviz no longer does. Remove its entry"
            " controls to open it."
        )


def _lesson(value: dict[str, Any]) -> Lesson:
    """Return the lesson in an object. Raises ValueError with the place."""
    _fill_in_recipes(value)
    try:
        lesson = msgspec.convert(value, Lesson)
    except msgspec.ValidationError as error:
        raise ValueError(_said(str(error), value)) from None
    lesson.check()
    broken: Lesson = _broken(lesson)  # once its texts are checked, as they were written
    return broken


def _fill_in_recipes(lesson: dict[str, Any]) -> None:
    """Put recipes in place of the changes to another one that a file has."""
    setup = lesson.setdefault("setup", {})
    base = _recipe(setup, "recipe", RunConfig(), "setup")
    if isinstance(setup, dict) and "pinned" in setup:
        _recipe(setup, "pinned", base, "setup")
    steps = lesson.get("steps")
    for number, step in enumerate(steps if isinstance(steps, list) else (), start=1):
        _recipe(step, "recipe", base, f"steps[{number}]")
    exercise = lesson.get("exercise")
    start = _recipe(exercise, "recipe", base, "exercise")
    if isinstance(exercise, dict) and "show_me" in exercise:
        _recipe(exercise, "show_me", start, "exercise")


def _recipe(held: object, name: str, base: RunConfig, where: str) -> RunConfig:
    """Put a recipe in place of the changes in an entry, and return it. Raises SettingError."""
    changes = held.get(name, {}) if isinstance(held, dict) else None
    if not isinstance(held, dict) or not isinstance(changes, dict):
        return base  # refused with the other types
    try:
        held[name] = recipe = RunConfig.from_dict({**base.to_dict(), **changes})
    except SettingError as error:
        raise SettingError(f"{where}.{name}: {error}") from None
    return recipe


def _said(message: str, lesson: object) -> str:
    """Return what msgspec says in our words, with the place as README.md counts, and the value."""
    said, _, path = message.rpartition(" - at `$") if " - at `$" in message else (message, "", "")
    parts = re.findall(r"\w+", path)
    place = re.sub(r"\d+", lambda number: str(int(number[0]) + 1), path.strip(".`"))
    for pattern, words in _WORDS:
        if re.fullmatch(pattern, said, re.DOTALL):
            said = re.sub(pattern, words, said, flags=re.DOTALL)
            break
    if said == "not allowed":
        said = _OF_TAGS.get(place.rpartition(".")[2], said)
    said = re.sub(r"`([a-z |]+)`", _type_words, said)
    if said.startswith(("allowed", "not allowed")):
        value = lesson
        for part in parts:
            value = value[int(part) if part.isdecimal() else part]  # type: ignore[index]
        said = f"is {shortened(repr(value))}; {said}"
    is_verb = said.startswith(("is ", "has "))
    return f"{place or 'the outer object'} {said}" if is_verb else f"{place}.{said}".lstrip(".")


def _type_words(types: re.Match[str]) -> str:
    """Return types of JSON in words."""
    return " or ".join(_TYPES.get(name, name) for name in types[1].split(" | "))
