"""Reads the weights or the outputs of another program's network: JSON, printed arrays, npz."""

import errno
import json
import math
import stat
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from xorviz.core.config import RunConfig
from xorviz.core.rules import SettingError
from xorviz.files.atomic import FileError
from xorviz.files.weights.arrays import Part, assembled
from xorviz.files.weights.npz import arrays_of_npz
from xorviz.files.weights.own_network import Arrays
from xorviz.files.weights.text import parts_of

MOST_BYTES = 2**18
"""Of a file or a text: the widest network takes 8000 characters."""

_TOO_BIG = f"It is bigger than weights of xorviz can be: {MOST_BYTES // 2**10} KiB."
_DEEPEST = 6
"""How many objects may stand within one another around an array."""
_LONGEST_NUMBER = 400


def load(path: Path | str) -> Arrays:
    """Read a file of weights. Raises FileError, and nothing else, where that cannot be done."""
    try:
        return parse_bytes(_read(Path(path)))
    except OSError as error:
        raise FileError(_sentence(error)) from error
    except ValueError as error:  # a zero byte in the path, or what this system cannot encode
        raise FileError("No file can have this name.") from error


def parse_bytes(data: bytes) -> Arrays:
    """Return what a file's content holds. Raises FileError, and nothing else."""
    if len(data) > MOST_BYTES:
        raise FileError(_TOO_BIG)
    if data.startswith(b"PK"):
        return arrays_of_npz(data)
    if data.startswith(b"\x93NUMPY"):
        raise FileError("It is one array of NumPy; save w1 and w2 together with numpy.savez.")
    try:
        return parse_text(data.decode("utf-8-sig"))
    except UnicodeDecodeError:
        raise FileError("It is neither a text nor an npz file of NumPy.") from None


def parse_text(text: str) -> Arrays:
    """Return what a text holds: JSON, or arrays as programs print them. Raises FileError only."""
    if len(text) > MOST_BYTES:
        raise FileError(_TOO_BIG)
    if not text.strip():
        raise FileError("There is nothing in it.")
    try:
        value = _json(text)
    except json.JSONDecodeError:
        return assembled(parts_of(text))
    except SettingError as error:
        raise FileError(f"{error}.") from None
    except RecursionError:
        raise FileError("It is nested too deep.") from None
    return _arrays(value)


def _read(path: Path) -> bytes:
    """Return a file's bytes, at most one more than allowed."""
    if not stat.S_ISREG(path.stat().st_mode):  # opening a pipe would wait for its other end
        raise FileError("It is not a file.")
    with path.open("rb") as file:
        return file.read(MOST_BYTES + 1)


def _sentence(error: OSError) -> str:
    """Say why a file cannot be read."""
    match error.errno:
        case errno.ENOENT | errno.ENOTDIR:
            return "There is no such file."
        case errno.EACCES | errno.EPERM:
            return "Reading it is not allowed."
        case _:
            return f"It cannot be read: {error.strerror or error}."


def _json(text: str) -> Any:
    """Return the values of a text in JSON. Raises JSONDecodeError, SettingError, RecursionError."""
    return json.loads(
        text,
        parse_int=_parsed_int,
        parse_float=_parsed_float,
        parse_constant=_refused_constant,
        object_pairs_hook=_object,
    )


def _parsed_int(text: str) -> int:
    if len(text) > _LONGEST_NUMBER:
        raise SettingError(f"A number in it has {len(text)} digits")
    return int(text)


def _parsed_float(text: str) -> float:
    if not math.isfinite(number := float(text)):
        raise SettingError("A number in it is too large")
    return number


def _refused_constant(name: str) -> float:
    raise SettingError(f"It holds {name}, which is not a number that a weight can be")


def _object(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    values = dict(pairs)
    if len(values) < len(pairs):
        raise SettingError("It gives one entry twice")
    return values


def _arrays(value: Any) -> Arrays:
    """Return what JSON's values say: named in objects, or in order in a list."""
    if isinstance(value, dict) and value.get("format") == "xorviz run":
        raise FileError("It is a run of xorviz: open it in the window, or use xorviz export.")
    if isinstance(value, dict) or _is_list_of_objects(value):
        return assembled(list(_leaves(value, "", _DEEPEST)), _config(value))
    return assembled([(None, value)])


def _leaves(value: Any, name: str, depth: int) -> Iterator[Part]:
    """Yield what is in objects within objects, by its whole name: hidden.weight."""
    if value is None or depth == 0:
        return
    if isinstance(value, dict) or _is_list_of_objects(value):
        inner = value.items() if isinstance(value, dict) else enumerate(value)
        for key, item in inner:
            yield from _leaves(item, f"{name}.{key}" if name else str(key), depth - 1)
    else:
        yield name, value


def _is_list_of_objects(value: Any) -> bool:
    return isinstance(value, list) and bool(value) and all(isinstance(v, dict) for v in value)


def _config(value: Any) -> RunConfig | None:
    """Return the settings beside the weights, where xorviz wrote them."""
    if not isinstance(value, dict) or not {"config", "weights", "outputs"} <= value.keys():
        return None
    try:
        return RunConfig.from_dict(value["config"])
    except SettingError:
        return None  # another program's config says nothing here
