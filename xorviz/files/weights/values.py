"""The arrays in whatever holds them: print, JSON, npz files, tensors, models, lists, mappings."""

import io
import math
import re
import unicodedata
import zipfile
from collections.abc import Iterable, Iterator, Mapping
from contextlib import suppress
from itertools import islice
from numbers import Real
from typing import Any

import numpy as np
from numpy.lib import format as npy

from xorviz.core.arrays import Array
from xorviz.core.network import Weights
from xorviz.core.runs.record import WEIGHT_FIELDS
from xorviz.core.truth_table import COUNTED, ROWS
from xorviz.files.atomic import FileError
from xorviz.files.weights.roles import LONGEST, kind_of, shown
from xorviz.files.weights.states import Part, is_meant, moment_in

MOST_NUMBERS = 20_000
"""Of one array; the widest network with one hidden layer has 257 in total."""
_MOST_UNPACKED = 2**24
"""Bytes of an npz file's arrays; those of the longest recording are 9 MB."""
_PACKINGS = (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED)
"""Those of NumPy. Of the others, zipfile unpacks a whole piece at once: 2 KB become gigabytes."""
_DEEPEST = 8
"""Levels of mappings and lists."""

_FLAGS = re.ASCII | re.IGNORECASE | re.VERBOSE
_ODD = r"[+-]?(?:nan|inf|infinity)(?![\w./])"
# Possessive, since a long row of digits would take quadratic time.
_NUMBER = rf"(?:[+-]?(?:[0-9]++\.?+[0-9]*+|\.[0-9]++)(?:e[+-]?[0-9]++)?+|{_ODD})"
_TOKEN = re.compile(
    rf"""(?P<array> \[\s*+ (?:\[[^\[\]]*+\][\s,]*+)++ \] | \[[^\[\]]*+\] )
      | (?P<open> \[ (?=\s*[+-]?\.?[0-9]) )
      | (?P<odd> {_ODD} )
      | (?P<name> "[\w./:-]{{0,200}}" | '[\w./:-]{{0,200}}'
               | [0-9]+\.(?:weight|bias|kernel)\w*  # of a torch.nn.Sequential
               | [a-z_][\w./]*(?:(?:(?<=kernel)|(?<=/bias)):0(?![\d.]))? )
        (?: [\s:=,]{{1,9}} (?:(?:tensor|array|np\.\w+)\()? (?P<scalar> {_NUMBER} ) (?![\w.]) )?
      | (?P<number> {_NUMBER} )""",
    _FLAGS,
)
_IN_BRACKETS = re.compile(_NUMBER, _FLAGS)
_IN_A_LINE = re.compile(rf"(?<![\w.]){_NUMBER}(?!\w)", _FLAGS)
_SHOWN = re.compile(
    rf"\b(?:np|numpy)\.float[0-9]+\(({_NUMBER})\)|(?<![\w.])[0-9.]+\s*\(\s*({_NUMBER})\s*\)", _FLAGS
)
"""A number as NumPy 2 shows it in a list, and a predicted class with its output: 0 (0.041)."""
_COMMA = re.compile(r"(?<![\d,.])(\d+),(\d+)(?![\d,.])", re.ASCII)
_COMMAS_IN_A_ROW = re.compile(r"\d,\d+(?:e[+-]?\d+)?[;\s]+[+-]?\d", _FLAGS)
"""What only decimal commas look like: 0,5 -1,25."""
_MOST_TOKENS = 3 * MOST_NUMBERS


def parts_in(
    value: Any, name: str = "", depth: int = _DEEPEST, is_any: bool = False
) -> Iterator[Part]:
    """Yield the arrays in a value; what is none is left out where its name says nothing.

    With ``is_any`` those of all shapes are yielded. Raises FileError, and whatever a program's own
    objects raise.
    """
    if depth < 0:
        raise FileError("It is nested too deep.")
    value = _plain(value)
    items: Iterable[tuple[Any, Any]] = ()
    if isinstance(value, Mapping):
        items = value.items()
    elif isinstance(value, list) and _holds_arrays(value, name):
        items = enumerate(value)
    elif is_any and not isinstance(value, str | bytes | bool | None):
        yield Part(name, _numbers(value, name, most_sides=np.inf))
    elif value is not None and is_meant(name) and not is_any:
        yield Part(name, _numbers(value, name))
    elif isinstance(value, np.ndarray | list | Real) and not is_any:
        with suppress(FileError):  # a program keeps other things, too
            yield Part(name, _numbers(value, name))
    for key, item in items:
        # Only the end is read: a long name repeated for each value would fill the memory.
        yield from parts_in(item, f"{name}.{key}".strip(".")[-LONGEST:], depth - 1, is_any)


def unpacked(data: bytes) -> dict[str, Any]:
    """Return the arrays in an npz file's content, all small by the sizes that it declares.

    No more than that is unpacked, and nothing is executed. Raises FileError.
    """
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            members = archive.infolist()
            is_small = sum(member.file_size for member in members) <= _MOST_UNPACKED
            is_small = is_small and all(member.compress_type in _PACKINGS for member in members)
            if is_small and all(_declared(archive, member) <= _MOST_UNPACKED for member in members):
                with np.load(io.BytesIO(data), allow_pickle=False) as loaded:
                    return dict(loaded)
    except Exception:  # zipfile, zlib and NumPy do not say what they raise
        raise FileError("It is a damaged archive, or not one of numpy.savez.") from None
    raise FileError(
        "It holds more numbers than a network of xorviz, or is not packed as numpy.savez does it."
    )


def _declared(archive: zipfile.ZipFile, member: zipfile.ZipInfo) -> int:
    """Return the bytes of an array by its header. Raises ValueError for anything else."""
    with archive.open(member) as file:
        is_first = npy.read_magic(file) == (1, 0)
        read = npy.read_array_header_1_0 if is_first else npy.read_array_header_2_0
        shape, _, kind = read(file)
    return math.prod(shape) * kind.itemsize


def _plain(value: Any) -> Any:
    """Return a mapping, a list or an array of numbers for what holds several; else the value."""
    if callable(getattr(value, "get_weights", None)):  # Keras; over PyTorch a module, too
        return dict(enumerate(value.get_weights()))
    if callable(getattr(value, "named_parameters", None)):
        named = dict(value.named_parameters())
        return named if any(map(kind_of, named)) else dict(enumerate(named.values()))
    if isinstance(value, Weights):
        return {field: getattr(value, field) for field in WEIGHT_FIELDS}
    if isinstance(value, Mapping):
        return _rows(value) if value.keys() >= {"rows", "cols", "data"} else value
    if callable(getattr(value, "detach", None)):  # PyTorch; cpu of a module would move it
        value = value.detach().cpu()
    if callable(getattr(value, "numpy", None)):  # TensorFlow has it, too
        value = value.numpy()
    if hasattr(value, "__array__"):
        array = np.asanyarray(value)
        is_plain = type(array) is np.ndarray and array.dtype.kind in "fiu"
        return array if is_plain else array.tolist()  # with None for what a mask hides
    attributes = {} if isinstance(value, type) else getattr(value, "__dict__", {})
    is_several = isinstance(value, Iterable) and not isinstance(value, str | bytes | type)
    if is_several:
        attributes = {n: one for n, one in attributes.items() if hasattr(one, "__array__")}
    arrays = {name: one for name, one in attributes.items() if _is_of_numbers(one)}
    whole = list(islice(value, MOST_NUMBERS + 1)) if is_several else value
    return arrays or whole  # arrays of an object that a program has written


def _is_of_numbers(value: object) -> bool:
    """Return whether a value is an array, a number, or a list that begins with one."""
    for _ in range(_DEEPEST):
        value = value[0] if isinstance(value, list) and value else value
    return hasattr(value, "__array__") or _is_number(value)


def _rows(value: Mapping[str, Any]) -> Any:
    """Return the rows of a matrix that says how many it has, as toy-neural-network-js writes it."""
    try:
        return np.reshape(value["data"], (value["rows"], value["cols"])).tolist()
    except (TypeError, ValueError, OverflowError):
        raise FileError("The rows and cols of an array do not fit the numbers in data.") from None


def _holds_arrays(value: list[Any], name: str) -> bool:
    """Return whether a list is none of numbers or rows; its first value shows it."""
    if not value:
        return True
    levels, first = 0, _plain(value)
    while isinstance(first, list) and first and levels <= _DEEPEST:
        levels, first = levels + 1, _plain(first[0])
    levels += np.ndim(first) if isinstance(first, np.ndarray) else 0
    is_layered = levels > 1 and kind_of(f"{name}.0")  # weights = [w1, w2]
    return not kind_of(name) and bool(levels > 2 or isinstance(first, Mapping) or is_layered)


def _numbers(value: Any, name: str, most_sides: float = 2) -> Array:
    """Return a number, a list or a list of lists as an array; None is nan, as JavaScript has it.

    Raises FileError.
    """
    try:
        items = value if isinstance(value, np.ndarray) else np.array(value, dtype=object)
        if items.size > MOST_NUMBERS:
            raise FileError(f"It holds more than {MOST_NUMBERS} numbers.")
        if items.ndim <= most_sides and (items is value or all(map(_is_number, items.flat))):
            return items.astype(float)
    except (ValueError, OverflowError):  # rows that differ in length, and a huge whole number
        pass
    called = f"array {int(name) + 1}" if name.isdecimal() else shown(name)
    where = f"In {called} there is" if called else "It is"
    raise FileError(f"{where} something other than numbers in rows of one length.")


def _is_number(value: object) -> bool:
    return value is None or (isinstance(value, Real) and not isinstance(value, bool))


def plain_text(text: str) -> str:
    """Return a text with ASCII digits and signs, plain numbers, and points for decimal commas.

    Commas stay where they may stand between numbers.
    """
    # Each character alone: sorting a long row of combining marks takes quadratic time.
    plain = {ord(c): unicodedata.normalize("NFKC", c) for c in set(text) if not c.isascii()}
    text = text.translate(plain | {ord("\N{MINUS SIGN}"): "-"})
    pointed = _COMMA.sub(r"\1.\2", text)
    is_other = re.search(r",\s*[-+.\d\[]", pointed) or re.search(r"\.\d", text)
    return _SHOWN.sub(r"\1\2", pointed if _COMMAS_IN_A_ROW.search(text) and not is_other else text)


def outputs_in_rows(text: str) -> list[float] | None:
    """Return the outputs in counting order if a text has a line for each row: 0 XOR 1 = 0.98."""
    lines = [tuple(map(float, _IN_A_LINE.findall(line))) for line in text.splitlines()]
    found = {line[:2]: line[2] for line in lines if len(line) == 3}
    is_whole = sum(map(bool, lines)) == len(ROWS) and found.keys() == set(ROWS)
    return [found[ROWS[row]] for row in COUNTED] if is_whole else None


def parts_of(text: str) -> list[Part]:
    """Return the arrays in a plain text, in their order. Raises FileError.

    A number right after a name is an array. Numbers elsewhere are a list, unless there are arrays
    of several numbers; then they belong to a heading, as do fewer numbers than there are arrays.
    """
    loose: list[float] = []
    parts = list(_named(text, loose))
    is_list = len(loose) >= len(parts) and all(part.array.size == 1 for part in parts)
    return [*parts, *parts_in(loose)] if is_list else parts


def _named(text: str, loose: list[float]) -> Iterator[Part]:
    """Yield the arrays with their names, behind a word of TIMES; add all else to ``loose``."""
    name = moment = ""
    is_told = False
    """Whether a word has told the moment since the last array."""
    for count, token in enumerate(_TOKEN.finditer(text)):
        if count == _MOST_TOKENS:
            raise FileError("It holds far more than a network's weights; paste the arrays alone.")
        if token["open"]:
            raise FileError("A bracket is not closed: the end is missing.")
        word = (token["name"] or "").strip("'\"")
        number = token["scalar"] or token["number"] or token["odd"]
        value: Any = _printed(token["array"]) if token["array"] else None
        if kind_of(word):
            name, value = word, _real(number) if number else None
        elif number:
            loose.append(_real(number))
        if not (kind_of(word) or is_told) and (told := moment_in(word)):
            moment, is_told = told, True
        if value is not None:
            yield from parts_in(value, f"{moment}.{name}".strip("."))
            name, is_told = "", False


def _printed(text: str) -> list[Any] | None:
    """Return the numbers of a row or a matrix in brackets; None if there is no number in it.

    Raises FileError if there is anything else among them.
    """
    if not _IN_BRACKETS.search(text):
        return None
    others = re.sub(r"[\[\],]", " ", _IN_BRACKETS.sub(" ", text)).split()
    if any(other.startswith("...") for other in others):
        raise FileError(
            "Numbers are left out at ...; print whole arrays, in NumPy after "
            "numpy.set_printoptions(threshold=100000)."
        )
    if others:
        raise FileError(f"There is {shown(others[0])!r} among the numbers of an array.")
    rows = re.findall(r"\[([^\[\]]*)\]", text)
    numbers = [[_real(number) for number in _IN_BRACKETS.findall(row)] for row in rows]
    return numbers if re.match(r"\[\s*\[", text) else numbers[0]


def _real(text: str) -> float:
    number = float(text)
    if not math.isfinite(number) and any(map(str.isdigit, text)):
        raise FileError(f"The number {shown(text)} is too large.")
    return number
