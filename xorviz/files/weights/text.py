"""Reader for arrays printed by NumPy, PyTorch and Keras, with or without names."""

import math
import re
import unicodedata

from xorviz.files.atomic import FileError
from xorviz.files.weights.arrays import MOST_NUMBERS, Part
from xorviz.files.weights.names import kind_of, moment_of, shown

_TOKEN = re.compile(
    r"""(?P<not_finite> [+-]?(?i:nan|inf|infinity)(?![\w./]) )
      | (?P<word> "[\w./:-]{0,200}" | '[\w./:-]{0,200}'
               | [0-9]+\.(?:weight|bias|kernel)\w*  # of a torch.nn.Sequential
               | [A-Za-z_][\w./]*(?:(?:(?<=kernel)|(?<=/bias)):0(?![\d.]))? )
      | (?P<number> [+-]?(?:[0-9]+\.?[0-9]*|\.[0-9]+)(?:[eE][+-]?[0-9]+)? )
      | (?P<gap> \.\.\. )
      | (?P<sign> [\[\](),=:] )
      | (?P<space> \s+ )
      | (?P<other> . )""",
    re.VERBOSE | re.ASCII | re.DOTALL,
)

_MOST_TOKENS = 6 * MOST_NUMBERS
"""Six for a number: with a bracket before and after it, a comma and spaces."""

_AROUND = frozenset({"array", "np.array", "numpy.array", "tensor", "torch.tensor", "Parameter"})
_AROUND |= {"containing", "np.float32", "np.float64"}
"""Words between a name and its numbers."""


def parts_of(text: str) -> list[Part]:
    """Return the arrays in a printed text, in their order. Raises FileError.

    A number outside brackets is an array of its own after a name; without any arrays of several
    numbers, such numbers are a list.
    """
    scan = _Scan()
    for count, token in enumerate(_TOKEN.finditer(_plain(text))):
        if count == _MOST_TOKENS:
            raise FileError("It holds far more than a network's weights; paste the arrays alone.")
        match token.lastgroup:
            case "number" | "not_finite":
                scan.take_number(token.group(), is_finite=token.lastgroup == "number")
            case "word":
                scan.take_word(token.group().strip("'\""))
            case "sign" | "gap" | "other":
                scan.take_sign(token.group())
    return scan.parts()


def _plain(text: str) -> str:
    """Return a text with ASCII in place of wide digits, subscripts, odd spaces and minus signs."""
    # Each character alone: sorting a long row of combining marks takes quadratic time.
    plain = {ord(c): unicodedata.normalize("NFKC", c) for c in set(text) if not c.isascii()}
    return text.translate(plain | {ord("\N{MINUS SIGN}"): "-"})


class _Scan:
    """State of the reader, without recursion for deep brackets."""

    def __init__(self) -> None:
        self._parts: list[Part] = []
        self._loose: list[float] = []
        """Numbers outside arrays."""
        self._open: list[list[object]] = []
        """Lists whose brackets are open, outermost first."""
        self._count = 0
        self._numbers_inside = 0
        """In the outermost open list."""
        self._most = 0
        """Numbers of the largest array."""
        self._name: str | None = None
        self._is_next = False
        """Whether only punctuation has followed the name."""
        self._moment = 0
        self._has_moment = False
        """Whether a word has told it since the last array."""

    def take_number(self, text: str, is_finite: bool = True) -> None:
        number = float(text)
        if is_finite and not math.isfinite(number):
            raise FileError(f"The number {shown(text)} is too large.")
        self._count += 1
        if self._count > MOST_NUMBERS:
            raise FileError(f"These are more than {MOST_NUMBERS} numbers.")
        if self._open:
            self._open[-1].append(number)
            self._numbers_inside += 1
        elif self._name is not None and self._is_next:
            self._finish(number)
        else:
            self._loose.append(number)

    def take_word(self, word: str) -> None:
        self._leave_list(word)
        if kind_of(word) is not None:
            self._name, self._is_next = word, True
        elif word not in _AROUND:
            self._is_next = False
            if not self._has_moment and (moment := moment_of(word)):
                self._moment, self._has_moment = moment, True

    def take_sign(self, sign: str) -> None:
        if sign == "[":
            inner: list[object] = []
            if self._open:
                self._open[-1].append(inner)
            self._open.append(inner)
        elif sign == "]" and self._open:
            closed = self._open.pop()
            if not self._open and self._numbers_inside:
                self._finish(closed)
        elif sign == "..." and self._open:
            raise FileError(
                "Numbers are left out at ...; print whole arrays, in NumPy after "
                "numpy.set_printoptions(threshold=100000)."
            )
        elif sign not in ",)=:]":
            self._leave_list(sign)

    def parts(self) -> list[Part]:
        if self._numbers_inside:
            raise FileError("A bracket is not closed: the end is missing.")
        # The numbers of a heading, such as 10,000 epochs, are fewer than the outputs.
        is_list = self._loose and self._most <= 1 and len(self._loose) >= len(self._parts)
        return [*self._parts, Part(None, list(self._loose))] if is_list else self._parts

    def _leave_list(self, reason: str) -> None:
        """Treat open brackets without numbers as those of a list of arrays."""
        if self._numbers_inside:
            raise FileError(f"There is {shown(reason)!r} among the numbers of an array.")
        self._open.clear()

    def _finish(self, value: object) -> None:
        self._parts.append(Part(self._name, value, self._moment))
        self._most = max(self._most, self._numbers_inside)
        self._has_moment = False
        self._name, self._is_next, self._numbers_inside = None, False, 0
