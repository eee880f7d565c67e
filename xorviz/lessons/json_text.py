"""A lesson's text as JSON; where it is none, the place and what probably is wrong there."""

import json
import re
from typing import Any

from xorviz.files.atomic import FileError
from xorviz.files.checked_json import Pairs, parsed_json

_LONGEST_NUMBER = 40
"""Characters."""

_QUOTES = "“”„‟«»‘’‚'`"
_REASONS = {
    "Expecting ',' delimiter": "a comma or a bracket is missing before this, or a quotation mark"
    ' is not straight (")',
    "Expecting ':' delimiter": "a colon is missing before this",
    "Expecting property name": 'a name in straight quotation marks (") is missing here',
    "Expecting value": "a value is missing here",
    "Unterminated string": 'the straight quotation mark (") that ends this text is missing',
    "Extra data": "the lesson has ended before this, so a bracket too many stands above",
    "Invalid \\": "a backslash in a text is written twice (\\\\)",
}
"""By the beginnings of Python's messages."""


class Repeating(dict[str, Any]):
    """An object that has an entry twice."""

    name = ""
    """That of the entry."""


def parsed_text(text: str) -> Any:
    """Return the values in a text. Raises FileError, RecursionError and SettingError."""
    if not text.strip():
        raise FileError("The file is empty.")
    try:
        return parsed_json(text, _LONGEST_NUMBER, _object)
    except json.JSONDecodeError as error:
        place = f"line {error.lineno}, column {error.colno}"
        raise FileError(f"It is not JSON at {place}: {_reason(text, error)}.") from None


def _object(pairs: Pairs) -> dict[str, Any]:
    values = Repeating(pairs)
    if len(values) == len(pairs):
        return dict(pairs)
    names = [name for name, _ in pairs]
    values.name = next(name for name in names if names.count(name) > 1)
    return values


def _reason(text: str, error: json.JSONDecodeError) -> str:
    """Return what probably is wrong, by what stands at the place and before it."""
    rest, before, said = text[error.pos :], text[: error.pos].rstrip(), error.msg
    here, is_control = rest[:1], said.startswith("Invalid control")
    is_trailing = said.startswith("Illegal trailing") or (before[-1:] == "," and here in "]}")
    guesses = (
        (not rest.strip(), "the end of the lesson is missing"),
        (here in _QUOTES, f'{here} is not a straight quotation mark (")'),
        (is_control and here in "\r\n", "a text has a line break in it"),
        (is_control, "a text has a tab or another control character in it"),
        (here.isdecimal() and re.search(r"[0-9],$", before), "decimals have a point, as in 0.5"),
        (is_trailing, "a comma stands before a closing bracket"),
        (rest.startswith(("True", "False", "None")), "true and false have small letters"),
        (here in "/#", "there are no comments in JSON"),
        *((said.startswith(start), why) for start, why in _REASONS.items()),
    )
    return next((why for is_so, why in guesses if is_so), said)
