"""Reader for the weights or outputs of another program's network, in a file, a text or Python.

All may hold two or three states of the network, before and after a training step.
"""

import os
from codecs import BOM_UTF16_BE, BOM_UTF16_LE
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import numpy as np

from xorviz.core.rules import shortened
from xorviz.files import atomic, run_file
from xorviz.files.atomic import FileError
from xorviz.files.checked_json import parsed_json
from xorviz.files.weights.own_network import Arrays
from xorviz.files.weights.recorded import LONGEST_NUMBER, newest_state, record_in, settings_in
from xorviz.files.weights.said import PRINTED_ORDER
from xorviz.files.weights.states import States, states_of
from xorviz.files.weights.values import outputs_in_rows, parts_in, parts_of, plain_text, unpacked

MOST_BYTES = 2**18
"""Of a text, or of a file that is no recording; the widest network takes 8,000 characters."""
_TOO_BIG = f"It is too big for the weights of a network: more than {MOST_BYTES // 2**10} KiB."
_LONGEST_PATH = 255
"""Characters of a path in a message; a text that is no network is taken for a path."""


def read_file(path: Path | str) -> bytes:
    """Return the content of a file of weights or of a recording. Raises FileError."""
    return atomic.read(Path(path), run_file.MOST_BYTES, _TOO_BIG)


def states_of_bytes(data: bytes) -> States:
    """Return the states in a file's content; of a recording, the newest. Raises FileError only."""
    if (record := record_in(data)) is not None:
        return (newest_state(record),)
    if len(data) > MOST_BYTES:
        raise FileError(_TOO_BIG)
    if data.startswith(b"PK"):
        return states_of_values(unpacked(data))
    if data.startswith(b"\x93NUMPY"):
        raise FileError("It is a single NumPy array; save w1 and w2 together with numpy.savez.")
    # What PowerShell writes after > is UTF-16.
    encoding = "utf-16" if data.startswith((BOM_UTF16_LE, BOM_UTF16_BE)) else "utf-8-sig"
    try:
        return states_of_text(data.decode(encoding))
    except UnicodeDecodeError:
        raise FileError("It is neither text nor a NumPy npz file.") from None


def only(states: Sequence[Arrays]) -> Arrays:
    """Return the one state that there is. Raises FileError if there are more."""
    if len(states) > 1:
        raise FileError(f"It holds {len(states)} states of a network; allowed here is one.")
    return states[0]


def states_of_text(text: str) -> States:
    """Return the states in a text: JSON, or printed by a program. Raises FileError only."""
    if not text.strip():
        raise FileError("It is empty.")
    # One sign may stand for eighteen.
    if len(text) > MOST_BYTES or len(printed := plain_text(text)) > MOST_BYTES:
        raise FileError(_TOO_BIG)
    if (outputs := outputs_in_rows(printed)) is not None:
        return (Arrays(outputs=np.array(outputs), rows=PRINTED_ORDER),)
    try:
        value = parsed_json(text, LONGEST_NUMBER)
    except (ValueError, RecursionError):  # or JSON with nan in it, or an entry twice
        return states_of(parts_of(printed))
    return states_of_values(value)


def states_of_values(value: Any) -> States:
    """Return the states in values such as JSON's: named in mappings, or in order in a list.

    Raises FileError and nothing else, whatever a program's own objects raise.
    """
    try:
        config = value.get("config") if isinstance(value, dict) else None
        return states_of(parts_in(value), settings_in(config))
    except (FileError, MemoryError):
        raise
    except Exception as error:
        why = shortened(" ".join(f"{type(error).__name__}: {error}".split()))
        raise FileError(f"It cannot be read: {why.rstrip('.')}.") from error


def states_given(given: Sequence[tuple[str, Any]], are_single: bool) -> list[Arrays]:
    """Return the states in some values with their names; single ones may hold no more than one.

    A value is a path, a text, a file's content, or whatever holds arrays. Raises FileError.
    """
    states: list[Arrays] = []
    for name, value in given:
        # A string that holds arrays, or nothing, is no path.
        is_text = isinstance(value, str) and (not value.strip() or any(x in value for x in "[{\n"))
        is_path = isinstance(value, os.PathLike | str) and not is_text
        with naming(shortened(str(value), _LONGEST_PATH) if is_path else name):
            content = read_file(value) if is_path else value
            if isinstance(content, bytes):
                found = states_of_bytes(content)
            else:
                found = states_of_text(content) if is_text else states_of_values(content)
            states += [only(found)] if are_single else found
    return states


@contextmanager
def naming(what: str) -> Iterator[None]:
    """Name a file or an argument in errors about it."""
    try:
        yield
    except FileError as error:
        raise FileError(f"{what}: {error}") from None
