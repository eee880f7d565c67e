"""Messages to a watched program, on its standard error, each once."""

import sys
from contextlib import suppress

_told: set[str] = set()


def tell(sentence: str) -> None:
    """Print a sentence that this process has not printed before."""
    if sentence in _told:
        return
    _told.add(sentence)
    # There may be no standard error, or it may be closed; then nobody wants to know.
    with suppress(AttributeError, OSError, ValueError):
        sys.stderr.write(f"xorviz: {sentence}\n")
        sys.stderr.flush()
