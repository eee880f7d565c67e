"""Reader for the weights or outputs of another program's network: JSON, printed arrays, npz.

A file or a text may hold two or three states of the network, before and after a training step.
"""

import json
import re
from codecs import BOM_UTF16_BE, BOM_UTF16_LE
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np

from xorviz.core.rules import SettingError
from xorviz.core.truth_table import ROWS
from xorviz.files import atomic
from xorviz.files.atomic import FileError
from xorviz.files.checked_json import parsed_json
from xorviz.files.weights.arrays import MOST_ARRAYS, WANTED, Part, assembled
from xorviz.files.weights.names import LONGEST, shown
from xorviz.files.weights.npz import parts_of_npz
from xorviz.files.weights.own_network import Arrays
from xorviz.files.weights.row_order import PRINTED_ORDER
from xorviz.files.weights.states import split
from xorviz.files.weights.text import parts_of

MOST_BYTES = 2**18
"""Of a file or a text; the widest network takes 8,000 characters."""

_TOO_BIG = f"It is too big for the weights of a network: more than {MOST_BYTES // 2**10} KiB."
_MATRIX = {"rows", "cols", "data"}
_DEEPEST = 6
"""Levels of nested objects around an array."""
_LONGEST_NUMBER = 400
"""Characters."""
_COMMA = r"[-+]?\d+(,\d+)?(e[-+]?\d+)?"
_COMMAS = re.compile(rf"\s*{_COMMA}([;\s]+{_COMMA}){{3}}\s*", re.ASCII | re.IGNORECASE)
"""Four numbers with decimal commas, which would be more than four otherwise."""
_NUMBER = re.compile(
    r"(?<![\w.])[-+]?(?:\d+\.?\d*(?:e[-+]?\d+)?|\.\d+|nan|inf)(?!\w)", re.ASCII | re.IGNORECASE
)


States = tuple[Arrays, ...]
"""One network, or two or three consecutive states of one."""


def load_states(path: Path | str) -> States:
    """Read a file of one state or more. Raises FileError and nothing else."""
    return states_of_bytes(atomic.read(Path(path), MOST_BYTES, _TOO_BIG))


def states_of_bytes(data: bytes) -> States:
    """Return the states in a file's content. Raises FileError and nothing else."""
    if len(data) > MOST_BYTES:
        raise FileError(_TOO_BIG)
    if data.startswith(b"PK"):
        return _states(*parts_of_npz(data))
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
    if _COMMAS.fullmatch(text):
        text = text.replace(",", ".")
    if (table := _table(text)) is not None:
        return (table,)
    try:
        value = parsed_json(text, _LONGEST_NUMBER)
    except json.JSONDecodeError:
        return _states(parts_of(text))
    except SettingError as error:
        if "{" not in text:  # a list of outputs may hold nan
            return _states(parts_of(text))
        message = str(error)
        raise FileError(f"{message[0].upper()}{message[1:]}.") from None
    except RecursionError:
        raise FileError("It is nested too deep.") from None
    return states_of_values(value)


def states_of_values(value: Any) -> States:
    """Return the states in JSON values: named in objects, or in order in a list.

    Raises FileError and nothing else.
    """
    if isinstance(value, dict) and value.get("format") == "xorviz run":
        raise FileError("It is an xorviz run file; open it in the window, or use xorviz export.")
    if isinstance(value, dict) or _is_list_of_objects(value):
        is_export = isinstance(value, dict) and {"config", "weights", "outputs"} <= value.keys()
        return _states(list(_leaves(value, "", _DEEPEST)), value["config"] if is_export else None)
    return _states([Part(None, value)])


def _states(parts: list[Part], settings: Any = None) -> States:
    if len(parts) > MOST_ARRAYS:
        raise FileError(f"These are more than {MOST_ARRAYS} arrays; {WANTED}.")
    return tuple(assembled(state, settings) for state in split(parts))


def _table(text: str) -> Arrays | None:
    """Return the outputs in four lines that have both inputs and an output: 0 XOR 1 = 0.98."""
    lines = [_NUMBER.findall(line) for line in text.splitlines()]
    numbers = [tuple(map(float, line)) for line in lines if line]
    rows = tuple(line[:2] for line in numbers)
    if sorted(rows) != sorted(ROWS) or any(len(line) != 3 for line in numbers):
        return None
    outputs = np.array([numbers[rows.index(row)][2] for row in PRINTED_ORDER])
    return Arrays(outputs=outputs, rows=PRINTED_ORDER)


def _leaves(value: Any, name: str, depth: int) -> Iterator[Part]:
    """Yield the values of nested objects with their full names, such as hidden.weight."""
    if value is None or value == [] or depth == 0:
        return
    if isinstance(value, dict) and value.keys() >= _MATRIX:
        yield Part(name, _matrix(value, name))
    elif isinstance(value, dict) or _is_list_of_objects(value):
        inner = value.items() if isinstance(value, dict) else enumerate(value)
        for key, item in inner:
            # Only the end is read: a long name repeated for each value would fill the memory.
            inner_name = f"{name}.{key}"[-LONGEST:] if name else str(key)[-LONGEST:]
            yield from _leaves(item, inner_name, depth - 1)
    else:
        yield Part(name, value)


def _matrix(value: dict[str, Any], name: str) -> Any:
    """Return the rows of a matrix that says how many it has, as toy-neural-network-js writes it."""
    rows, columns, data = (value[key] for key in ("rows", "cols", "data"))
    is_size = all(isinstance(n, int) and n > 0 for n in (rows, columns))
    if isinstance(data, list) and is_size:
        if len(data) == rows and all(isinstance(row, list) for row in data):
            return data
        if len(data) == rows * columns:
            return [data[start : start + columns] for start in range(0, len(data), columns)]
    raise FileError(f"In {shown(name)} rows and cols do not fit the numbers in data.")


def _is_list_of_objects(value: Any) -> bool:
    return isinstance(value, list) and bool(value) and all(isinstance(v, dict) for v in value)
