"""Reader for the weights or outputs of another program's network: JSON, printed arrays, npz.

A file or a text may hold two or three states of the network, before and after a training step.
"""

import json
from codecs import BOM_UTF16_BE, BOM_UTF16_LE
from collections.abc import Sequence
from itertools import islice
from pathlib import Path
from typing import Any

import numpy as np

from xorviz.core.rules import SettingError
from xorviz.files import atomic, run_file
from xorviz.files.atomic import FileError
from xorviz.files.checked_json import parsed_json
from xorviz.files.weights.arrays import MOST_ARRAYS, WANTED, assembled
from xorviz.files.weights.npz import Archive, parts_of_npz
from xorviz.files.weights.own_network import Arrays
from xorviz.files.weights.recorded import newest_state, record_in
from xorviz.files.weights.row_order import PRINTED_ORDER
from xorviz.files.weights.states import split
from xorviz.files.weights.text import outputs_in_rows, parts_of, plain_text
from xorviz.files.weights.values import Part, parts_in

MOST_BYTES = 2**18
"""Of a text, or of a file that is no recording; the widest network takes 8,000 characters."""
_TOO_BIG = f"It is too big for the weights of a network: more than {MOST_BYTES // 2**10} KiB."
_LONGEST_NUMBER = 400
"""Characters."""

States = tuple[Arrays, ...]
"""One network, or two or three consecutive states of one."""


def read_file(path: Path | str) -> bytes:
    """Return the content of a file of weights or of a recording. Raises FileError."""
    return atomic.read(Path(path), run_file.MOST_BYTES, _TOO_BIG)


def load_states(path: Path | str) -> States:
    """Read a file of one state or more; of a recording, the newest. Raises FileError only."""
    return states_of_bytes(read_file(path))


def states_of_bytes(data: bytes) -> States:
    """Return the states in a file's content; of a recording, the newest. Raises FileError only."""
    if (record := record_in(data)) is not None:
        return (newest_state(record),)
    if len(data) > MOST_BYTES:
        raise FileError(_TOO_BIG)
    if data.startswith(b"PK"):
        return _states(*parts_of_npz(Archive(data)))
    if data.startswith(b"\x93NUMPY"):
        raise FileError("It is a single NumPy array; save w1 and w2 together with numpy.savez.")
    # What PowerShell writes after > is UTF-16.
    encoding = "utf-16" if data.startswith((BOM_UTF16_LE, BOM_UTF16_BE)) else "utf-8-sig"
    try:
        return states_of_text(data.decode(encoding))
    except UnicodeDecodeError:
        raise FileError("It is neither text nor a NumPy npz file.") from None


def only(states: States) -> Arrays:
    """Return the one state that there is. Raises FileError if there are more."""
    if len(states) > 1:
        raise FileError(f"It holds {len(states)} states of a network; allowed here is one.")
    return states[0]


def states_of_text(text: str) -> States:
    """Return the states in a text: JSON, or printed by a program. Raises FileError only."""
    if len(text) > MOST_BYTES:
        raise FileError(_TOO_BIG)
    if not text.strip():
        raise FileError("It is empty.")
    if len(printed := plain_text(text)) > MOST_BYTES:  # one sign may stand for eighteen
        raise FileError(_TOO_BIG)
    if (outputs := outputs_in_rows(printed)) is not None:
        return (Arrays(outputs=np.array(outputs), rows=PRINTED_ORDER),)
    try:
        return states_of_values(parsed_json(text, _LONGEST_NUMBER))
    except json.JSONDecodeError:
        return _states(parts_of(printed))
    except SettingError as error:
        if "{" not in text:  # a list of outputs may hold nan
            return _states(parts_of(printed))
        message = str(error)
        raise FileError(f"{message[0].upper()}{message[1:]}.") from None
    except RecursionError:
        raise FileError("It is nested too deep.") from None


def states_of_values(value: Any) -> States:
    """Return the states in values such as JSON's: named in mappings, or in order in a list.

    Raises FileError and nothing else.
    """
    is_export = isinstance(value, dict) and {"config", "weights", "outputs"} <= value.keys()
    parts = list(islice(parts_in(value), MOST_ARRAYS + 1))
    return _states(parts, value["config"] if is_export else None)


def _states(parts: Sequence[Part], settings: Any = None) -> States:
    if len(parts) > MOST_ARRAYS:
        raise FileError(f"These are more than {MOST_ARRAYS} arrays; {WANTED}.")
    return tuple(assembled(state, settings) for state in split(parts))
