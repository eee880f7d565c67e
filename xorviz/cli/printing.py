"""Texts for people, on terminals of all kinds."""

import re
import sys
from typing import TextIO

from xorviz.core import numerals

_SUM = "Σ"
_FRACTIONS = {"½": "1/2", "¼": "1/4", "⅛": "1/8"}
_SPELLED = {
    **dict.fromkeys(f"{numerals.MINUS}–—", "-"),
    **dict.fromkeys("“”", '"'),
    **dict.fromkeys("‘’", "'"),
    **_FRACTIONS,
    # Not 1/4sum.
    **{f"{sign}{_SUM}": f"{text} sum" for sign, text in _FRACTIONS.items()},
    numerals.THIN_SPACE: " ",
    _SUM: "sum",
    "…": "...",
    "→": "->",
    "±": "+/-",
    "×": "x",
    "·": "*",
    "∞": "inf",
    "≤": "<=",
    "≥": ">=",
}
"""How signs are written where they cannot be shown."""
_RAISED = str.maketrans("⁻⁰¹²³⁴⁵⁶⁷⁸⁹", "-0123456789")
_SIGNS = re.compile(
    "|".join(["[⁻⁰¹²³⁴⁵⁶⁷⁸⁹]+", *sorted(map(re.escape, _SPELLED), key=len, reverse=True)])
)
"""What is spelled as a whole: powers, and the longest signs first."""


def printable(text: str, stream: TextIO | None = None) -> str:
    """Return a text as a stream can show it: not all know thin spaces, sums and powers.

    The stream is standard output, unless another is given.
    """
    encoding = (sys.stdout if stream is None else stream).encoding or "ascii"
    if _shows(encoding, text):
        return text
    plain = _SIGNS.sub(lambda sign: _spelled(sign[0], encoding), text)
    return plain.encode(encoding, "replace").decode(encoding)


def failed(trouble: str, status: int = 1) -> int:
    """Say on standard error, in one line, what went wrong; return the exit code."""
    sys.stderr.write(printable(f"xorviz: {trouble}\n", sys.stderr))
    return status


def _shows(encoding: str, text: str) -> bool:
    try:
        text.encode(encoding)
    except UnicodeEncodeError:
        return False
    return True


def _spelled(sign: str, encoding: str) -> str:
    """Return a sign in characters that all encodings have, unless this one has it."""
    if _shows(encoding, sign):
        return sign
    return _SPELLED.get(sign) or f"^{sign.translate(_RAISED)}"


def tell_of_compiling() -> None:
    """Tell a person on a terminal why nothing happens for some seconds."""
    if sys.stderr.isatty():  # what reads it otherwise waits for failures
        sys.stderr.write("xorviz: compiling the training loop, once on this machine ...\n")
        sys.stderr.flush()
