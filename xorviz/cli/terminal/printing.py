"""Messages for terminals of any encoding."""

import re
import sys
from collections.abc import Callable
from functools import cache
from typing import TextIO

from xorviz.core import numerals
from xorviz.core.kernels.compiler import INSTEAD, NUMPY, KernelError, Notify

_SUM = "Σ"
_FRACTIONS = {"½": "1/2", "¼": "1/4", "⅛": "1/8"}
_REPLACEMENTS = {
    **dict.fromkeys(f"{numerals.MINUS}–—", "-"),
    **dict.fromkeys("“”", '"'),
    **dict.fromkeys("‘’", "'"),
    **_FRACTIONS,
    **{f"{fraction}{_SUM}": f"{text} sum" for fraction, text in _FRACTIONS.items()},
    numerals.THIN_SPACE: " ",
    _SUM: "sum",
    "Δ": "change of ",
    "δ": "d_",
    "∂": "d_",
    "σ": "sigmoid",
    "ᵀ": "^T",
    "…": "...",
    "→": "->",
    "±": "+/-",
    "×": "x",
    "·": "*",
    "∞": "inf",
    "≤": "<=",
    "≥": ">=",
}
"""Replacements for characters that an encoding lacks."""
_RAISED = str.maketrans("⁻⁰¹²³⁴⁵⁶⁷⁸⁹", "-0123456789")
_REPLACEABLE = re.compile(
    "|".join(["[⁻⁰¹²³⁴⁵⁶⁷⁸⁹]+", *sorted(map(re.escape, _REPLACEMENTS), key=len, reverse=True)])
)
"""Matches powers as a whole, and longer characters first."""


def printable(text: str, stream: TextIO | None = None) -> str:
    """Return a text in characters that the stream (by default standard output) can encode."""
    encoding = (sys.stdout if stream is None else stream).encoding or "ascii"
    if _shows(encoding, text):
        return text
    plain = _REPLACEABLE.sub(lambda match: _replaced(match[0], encoding), text)
    return plain.encode(encoding, "replace").decode(encoding)


def failed(trouble: str, status: int = 1) -> int:
    """Print one line on standard error; return the exit code."""
    sys.stderr.write(printable(f"xorviz: {trouble}\n", sys.stderr))
    return status


def _shows(encoding: str, text: str) -> bool:
    try:
        text.encode(encoding)
    except UnicodeEncodeError:
        return False
    return True


def _replaced(character: str, encoding: str) -> str:
    """Return a character, or its replacement if the encoding lacks it."""
    if _shows(encoding, character):
        return character
    return _REPLACEMENTS.get(character) or f"^{character.translate(_RAISED)}"


def prepared(prepare: Callable[[str, Notify], None], kernel: str) -> str:
    """Prepare a kernel and return its name; where that fails, say why and return NumPy's."""
    try:
        prepare(kernel, cache(_report_compiling))  # at most once
    except KernelError as error:
        failed(f"{error} {INSTEAD}")
        return NUMPY
    return kernel


def _report_compiling() -> None:
    """Explain the wait for the compiler, on a terminal only."""
    if sys.stderr.isatty():
        sys.stderr.write("xorviz: compiling the training loop, once on this computer ...\n")
        sys.stderr.flush()
