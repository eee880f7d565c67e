"""Reader for arrays and outputs as programs print them, with or without names."""

import math
import re
import unicodedata

from xorviz.core.truth_table import ROWS
from xorviz.files.atomic import FileError
from xorviz.files.weights.names import kind_of, moment_of, shown
from xorviz.files.weights.row_order import PRINTED_ORDER
from xorviz.files.weights.values import MOST_NUMBERS, Part, parts_in

_ODD = r"[+-]?(?:nan|inf|infinity)(?![\w./])"
# Possessive, since a long row of digits would take quadratic time.
_NUMBER = rf"(?:[+-]?(?:[0-9]++\.?+[0-9]*+|\.[0-9]++)(?:e[+-]?[0-9]++)?+|{_ODD})"
_FLAGS = re.ASCII | re.IGNORECASE
_TOKEN = re.compile(
    rf"""(?P<array> \[\s*+ (?:\[[^\[\]]*+\][\s,]*+)++ \] | \[[^\[\]]*+\] )
      | (?P<open> \[ (?=\s*[+-]?\.?[0-9]) )
      | (?P<odd> {_ODD} )
      | (?P<word> "[\w./:-]{{0,200}}" | '[\w./:-]{{0,200}}'
               | [0-9]+\.(?:weight|bias|kernel)\w*  # of a torch.nn.Sequential
               | [a-z_][\w./]*(?:(?:(?<=kernel)|(?<=/bias)):0(?![\d.]))? )
      | (?P<number> {_NUMBER} )""",
    _FLAGS | re.VERBOSE,
)
_IN_BRACKETS = re.compile(_NUMBER, _FLAGS)
_IN_A_LINE = re.compile(rf"(?<![\w.]){_NUMBER}(?!\w)", _FLAGS)
_SCALAR = re.compile(r"\b(?:np|numpy)\.float[0-9]+\(([^()]*)\)")
"""A number as NumPy 2 shows it in a list."""
_ROUNDED = re.compile(rf"(?<![\w.])[0-9.]+\s*\(\s*({_NUMBER})\s*\)", _FLAGS)
"""A predicted class with its output behind it: 0 (0.041)."""
_COMMA = re.compile(r"(?<![\d,.])(\d+),(\d+)(?![\d,.])", re.ASCII)
_COMMAS_IN_A_ROW = re.compile(r"\d,\d+(?:e[+-]?\d+)?[;\s]+[+-]?\d", _FLAGS)
"""What only decimal commas look like: 0,5 -1,25."""

_MOST_TOKENS = 3 * MOST_NUMBERS
_AROUND = frozenset({"array", "np.array", "numpy.array", "tensor", "torch.tensor", "Parameter"})
_AROUND |= {"containing", "np.float32", "np.float64"}
"""Words between a name and its numbers."""


def plain_text(text: str) -> str:
    """Return a text with ASCII digits and signs, and with points for decimal commas.

    Commas stay where they may stand between numbers.
    """
    # Each character alone: sorting a long row of combining marks takes quadratic time.
    plain = {ord(c): unicodedata.normalize("NFKC", c) for c in set(text) if not c.isascii()}
    text = text.translate(plain | {ord("\N{MINUS SIGN}"): "-"})
    pointed = _COMMA.sub(r"\1.\2", text)
    is_other = re.search(r",\s*[-+.\d\[]", pointed) or re.search(r"\.\d", text)
    return pointed if _COMMAS_IN_A_ROW.search(text) and not is_other else text


def outputs_in_rows(text: str) -> list[float] | None:
    """Return the outputs in PRINTED_ORDER if a text has a line for each row: 0 XOR 1 = 0.98."""
    lines = [_IN_A_LINE.findall(line) for line in _ROUNDED.sub(r"\1", text).splitlines()]
    numbers = [tuple(map(float, line)) for line in lines if line]
    found = {line[:2]: line[2] for line in numbers if len(line) == 3}
    if len(numbers) != len(ROWS) or found.keys() != set(ROWS):
        return None
    return [found[row] for row in PRINTED_ORDER]


def parts_of(text: str) -> list[Part]:
    """Return the arrays in a printed text, in their order. Raises FileError.

    A number outside brackets is an array of its own after a name; without any arrays of several
    numbers, such numbers are a list.
    """
    scan = _Scan()
    text = _ROUNDED.sub(r"\1", _SCALAR.sub(r"\1", text))
    for count, token in enumerate(_TOKEN.finditer(text)):
        if count == _MOST_TOKENS:
            raise FileError("It holds far more than a network's weights; paste the arrays alone.")
        match token.lastgroup:
            case "array":
                scan.take_array(token.group()[1:-1])
            case "word":
                scan.take_word(token.group().strip("'\""))
            case "open":
                raise FileError("A bracket is not closed: the end is missing.")
            case _:
                scan.take_number(_real(token.group()))
    return scan.parts()


class _Scan:
    """What was read of a text so far."""

    def __init__(self) -> None:
        self._parts: list[Part] = []
        self._loose: list[float] = []
        """Numbers outside arrays."""
        self._name = ""
        self._is_next = False
        """Whether only punctuation has followed the name."""
        self._moment = 0
        self._has_moment = False
        """Whether a word has told it since the last array."""

    def take_number(self, number: float) -> None:
        if self._name and self._is_next:
            self._finish(number)
        else:
            self._loose.append(number)
            if len(self._loose) > MOST_NUMBERS:
                raise FileError(f"It holds more than {MOST_NUMBERS} numbers.")

    def take_word(self, word: str) -> None:
        if kind_of(word) is not None:
            self._name, self._is_next = word, True
        elif word not in _AROUND:
            self._is_next = False
            if not self._has_moment and (moment := moment_of(word)):
                self._moment, self._has_moment = moment, True

    def take_array(self, text: str) -> None:
        """Take what is between the outer brackets, unless there is no number in it."""
        if _IN_BRACKETS.search(text):
            rows = re.findall(r"\[([^\[\]]*)\]", text)
            self._finish([_row(row) for row in rows] if rows else _row(text))

    def parts(self) -> list[Part]:
        # The numbers of a heading, such as 10,000 epochs, are fewer than the outputs.
        most = max((part.array.size for part in self._parts), default=0)
        is_list = self._loose and most <= 1 and len(self._loose) >= len(self._parts)
        return [*self._parts, *parts_in(self._loose)] if is_list else self._parts

    def _finish(self, value: float | list[float] | list[list[float]]) -> None:
        self._parts += parts_in(value, self._name, self._moment)
        self._name, self._is_next, self._has_moment = "", False, False


def _row(text: str) -> list[float]:
    """Return the numbers of a row. Raises FileError if there is anything else among them."""
    others = _IN_BRACKETS.sub(" ", text).replace(",", " ").split()
    if any(other.startswith("...") for other in others):
        raise FileError(
            "Numbers are left out at ...; print whole arrays, in NumPy after "
            "numpy.set_printoptions(threshold=100000)."
        )
    if others:
        raise FileError(f"There is {shown(others[0])!r} among the numbers of an array.")
    return list(map(_real, _IN_BRACKETS.findall(text)))


def _real(text: str) -> float:
    number = float(text)
    if not math.isfinite(number) and any(map(str.isdigit, text)):
        raise FileError(f"The number {shown(text)} is too large.")
    return number
