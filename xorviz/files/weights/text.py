"""Reader for arrays and outputs as programs print them, with or without names."""

import math
import re
import unicodedata
from collections.abc import Iterator
from typing import Any

from xorviz.core.truth_table import ROWS
from xorviz.files.atomic import FileError
from xorviz.files.weights.said import PRINTED_ORDER
from xorviz.files.weights.states import Part, kind_of, moment_in, shown
from xorviz.files.weights.values import MOST_NUMBERS, parts_in

_FLAGS = re.ASCII | re.IGNORECASE | re.VERBOSE
_ODD = r"[+-]?(?:nan|inf|infinity)(?![\w./])"
# Possessive, since a long row of digits would take quadratic time.
_NUMBER = rf"(?:[+-]?(?:[0-9]++\.?+[0-9]*+|\.[0-9]++)(?:e[+-]?[0-9]++)?+|{_ODD})"
_TOKEN = re.compile(
    rf"""(?P<array> \[\s*+ (?:\[[^\[\]]*+\][\s,]*+)++ \] | \[[^\[\]]*+\] )
      | (?P<open> \[ (?=\s*[+-]?\.?[0-9]) )
      | (?P<odd> {_ODD} )
      | (?P<name> "[\w./:-]{{0,200}}" | '[\w./:-]{{0,200}}'
               | [0-9]+\.(?:weight|bias|kernel)\w*  # of a torch.nn.Sequential
               | [a-z_][\w./]*(?:(?:(?<=kernel)|(?<=/bias)):0(?![\d.]))? )
        (?: [\s:=,]{{1,9}} (?:(?:tensor|array|np\.\w+)\()? (?P<scalar> {_NUMBER} ) (?![\w.]) )?
      | (?P<number> {_NUMBER} )""",
    _FLAGS,
)
_IN_BRACKETS = re.compile(_NUMBER, _FLAGS)
_IN_A_LINE = re.compile(rf"(?<![\w.]){_NUMBER}(?!\w)", _FLAGS)
_SHOWN = re.compile(
    rf"\b(?:np|numpy)\.float[0-9]+\(({_NUMBER})\)|(?<![\w.])[0-9.]+\s*\(\s*({_NUMBER})\s*\)", _FLAGS
)
"""A number as NumPy 2 shows it in a list, and a predicted class with its output: 0 (0.041)."""
_COMMA = re.compile(r"(?<![\d,.])(\d+),(\d+)(?![\d,.])", re.ASCII)
_COMMAS_IN_A_ROW = re.compile(r"\d,\d+(?:e[+-]?\d+)?[;\s]+[+-]?\d", _FLAGS)
"""What only decimal commas look like: 0,5 -1,25."""
_MOST_TOKENS = 3 * MOST_NUMBERS


def plain_text(text: str) -> str:
    """Return a text with ASCII digits and signs, plain numbers, and points for decimal commas.

    Commas stay where they may stand between numbers.
    """
    # Each character alone: sorting a long row of combining marks takes quadratic time.
    plain = {ord(c): unicodedata.normalize("NFKC", c) for c in set(text) if not c.isascii()}
    text = text.translate(plain | {ord("\N{MINUS SIGN}"): "-"})
    pointed = _COMMA.sub(r"\1.\2", text)
    is_other = re.search(r",\s*[-+.\d\[]", pointed) or re.search(r"\.\d", text)
    return _SHOWN.sub(r"\1\2", pointed if _COMMAS_IN_A_ROW.search(text) and not is_other else text)


def outputs_in_rows(text: str) -> list[float] | None:
    """Return the outputs in PRINTED_ORDER if a text has a line for each row: 0 XOR 1 = 0.98."""
    lines = [tuple(map(float, _IN_A_LINE.findall(line))) for line in text.splitlines()]
    found = {line[:2]: line[2] for line in lines if len(line) == 3}
    is_whole = sum(map(bool, lines)) == len(ROWS) and found.keys() == set(ROWS)
    return [found[row] for row in PRINTED_ORDER] if is_whole else None


def parts_of(text: str) -> list[Part]:
    """Return the arrays in a plain text, in their order. Raises FileError.

    A number right after a name is an array. Numbers elsewhere are a list, unless there are arrays
    of several numbers; then they belong to a heading, as do fewer numbers than there are arrays.
    """
    loose: list[float] = []
    parts = list(_named(text, loose))
    is_list = len(loose) >= len(parts) and all(part.array.size == 1 for part in parts)
    return [*parts, *parts_in(loose)] if is_list else parts


def _named(text: str, loose: list[float]) -> Iterator[Part]:
    """Yield the arrays with their names, behind a word of TIMES; add all else to ``loose``."""
    name = moment = ""
    is_told = False
    """Whether a word has told the moment since the last array."""
    for count, token in enumerate(_TOKEN.finditer(text)):
        if count == _MOST_TOKENS:
            raise FileError("It holds far more than a network's weights; paste the arrays alone.")
        if token["open"]:
            raise FileError("A bracket is not closed: the end is missing.")
        word = (token["name"] or "").strip("'\"")
        number = token["scalar"] or token["number"] or token["odd"]
        value: Any = _rows(token["array"]) if token["array"] else None
        if kind_of(word):
            name, value = word, _real(number) if number else None
        elif number:
            loose.append(_real(number))
        if not (kind_of(word) or is_told) and (told := moment_in(word)):
            moment, is_told = told, True
        if value is not None:
            yield from parts_in(value, f"{moment}.{name}".strip("."))
            name, is_told = "", False


def _rows(text: str) -> list[Any] | None:
    """Return the numbers of a row or a matrix in brackets; None if there is no number in it.

    Raises FileError if there is anything else among them.
    """
    if not _IN_BRACKETS.search(text):
        return None
    others = re.sub(r"[\[\],]", " ", _IN_BRACKETS.sub(" ", text)).split()
    if any(other.startswith("...") for other in others):
        raise FileError(
            "Numbers are left out at ...; print whole arrays, in NumPy after "
            "numpy.set_printoptions(threshold=100000)."
        )
    if others:
        raise FileError(f"There is {shown(others[0])!r} among the numbers of an array.")
    rows = re.findall(r"\[([^\[\]]*)\]", text)
    numbers = [[_real(number) for number in _IN_BRACKETS.findall(row)] for row in rows]
    return numbers if re.match(r"\[\s*\[", text) else numbers[0]


def _real(text: str) -> float:
    number = float(text)
    if not math.isfinite(number) and any(map(str.isdigit, text)):
        raise FileError(f"The number {shown(text)} is too large.")
    return number
