"""Texts for people, on terminals of all kinds."""

import sys
from typing import TextIO

from xorviz.core import numerals


def printable(text: str, stream: TextIO | None = None) -> str:
    """Return a text as a stream can show it: not all know thin spaces and minus signs.

    The stream is standard output, unless another is given.
    """
    encoding = (sys.stdout if stream is None else stream).encoding or "ascii"
    try:
        text.encode(encoding)
    except UnicodeEncodeError:
        plain = text.replace(numerals.THIN_SPACE, " ").replace(numerals.MINUS, "-")
        return plain.encode(encoding, "replace").decode(encoding)
    return text


def failed(trouble: str, status: int = 1) -> int:
    """Say on standard error, in one line, what went wrong; return the exit code."""
    sys.stderr.write(printable(f"xorviz: {trouble}\n", sys.stderr))
    return status
