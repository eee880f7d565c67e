"""JSON read strictly: parsed with finite numbers and no entry twice, then checked by value."""

import base64
import json
import math
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from xorviz.core.rules import SettingError, Whole, checked

Pairs = list[tuple[str, Any]]
REAL, WHOLE = "<f8", "<i8"
"""Kinds of arrays."""
LARGEST = float(np.finfo(float).max)


def parsed_json(text: str, longest_number: int) -> Any:
    """Return the values in a JSON text; a number may have ``longest_number`` characters.

    Raises JSONDecodeError, RecursionError, and SettingError for values that are not allowed.
    """

    def short(number: str) -> str:
        if len(number) > longest_number:
            raise SettingError(f"a number in it has {len(number)} digits")
        return number

    return json.loads(
        text,
        parse_int=lambda number: int(short(number)),
        parse_float=lambda number: _finite(short(number)),
        parse_constant=_refused,
        object_pairs_hook=_object,
    )


def _finite(text: str) -> float:
    if not math.isfinite(number := float(text)):
        raise SettingError("a number in it is too large")
    return number


def _refused(name: str) -> float:
    raise SettingError(f"it holds {name}, which is not a number")


def _object(pairs: Pairs) -> dict[str, Any]:
    values = dict(pairs)
    if len(values) < len(pairs):
        names = [name for name, _ in pairs]
        twice = next(name for name in names if names.count(name) > 1)
        raise SettingError(f"it has the entry {twice[:40]!r} twice")
    return values


def conforming(value: Any, grammar: Any, where: str = "") -> Any:
    """Return a value that a grammar allows. Raises SettingError, which names the entry.

    A grammar is a rule, None for anything, or Numbers, or it holds others: an object with its
    entries, of which "name?" may be missing, or a list [of each, at most so many].
    """
    if grammar is None:
        return value
    if isinstance(grammar, dict):
        return _entries(value, grammar, where)
    if isinstance(grammar, list):
        each, most = grammar
        if not isinstance(value, list) or len(value) > most:
            raise SettingError(f"{where} is not a list of at most {most} values")
        return [conforming(held, each, f"{where}[{n}]") for n, held in enumerate(value)]
    if isinstance(grammar, Numbers):
        return grammar.read(value, where)
    if type(value) is int and isinstance(grammar, Whole) and grammar.low <= value <= grammar.high:
        return value  # ten times as fast for the hundred thousand numbers that a file may have
    return checked(grammar, where, value)


def _entries(value: object, grammar: Mapping[str, Any], where: str) -> dict[str, Any]:
    """Return the entries of an object, in the order of a grammar."""
    what, within = (where, f"{where}.") if where else ("it", "")
    if not isinstance(value, dict):
        raise SettingError(f"{what} is not an object with entries")
    found = {}
    for entry, inner in grammar.items():
        name = entry.removesuffix("?")
        if name in value:
            found[name] = conforming(value[name], inner, f"{within}{name}")
        elif name == entry:
            raise SettingError(f"{what} has no entry {name}")
    if len(found) < len(value):
        unknown = next(name for name in value if name not in found)
        raise SettingError(f"{what} has an unknown entry {unknown[:40]!r}")
    return found


@contextmanager
def named(where: str) -> Iterator[None]:
    """Name the entry in errors about a setting."""
    try:
        yield
    except SettingError as error:
        raise SettingError(f"in {where}, {error}") from None


def packed_array(values: ArrayLike, kind: str = REAL, has_gaps: bool = False) -> str:
    """Return numbers as text. Raises ValueError if one is not finite, unless it is unknown.

    Unknown ones are NaN, with the same bits on every machine.
    """
    array = np.asarray(values, dtype=kind)
    if has_gaps:
        array[np.isnan(array)] = np.nan
    elif not np.isfinite(array).all():
        raise ValueError("a number is not finite")
    return base64.b64encode(array.tobytes()).decode("ascii")


@dataclass(frozen=True, slots=True)
class Numbers:
    """The grammar of an array: numbers as text in base64, each in a range. A value."""

    shape: tuple[int, ...] = (-1,)
    """(-1,) stands for any number of them."""
    kind: str = REAL
    low: float = -LARGEST
    high: float = LARGEST
    has_gaps: bool = False
    """Whether NaN stands for an unknown one."""

    def read(self, value: object, where: str) -> NDArray[Any]:
        """Return the numbers in a text. Raises SettingError."""
        try:
            data = base64.b64decode(value, validate=True) if isinstance(value, str) else None
        except ValueError:
            data = None
        if data is None or len(data) % 8:
            raise SettingError(f"{where} holds no numbers in base64")
        array = np.frombuffer(data, self.kind)
        if -1 not in self.shape and len(array) != (count := int(np.prod(self.shape))):
            raise SettingError(f"{where} holds {len(array)} numbers where there should be {count}")
        is_known = ~np.isnan(array) if self.has_gaps else np.isfinite(array)
        if not (self.has_gaps or is_known.all()):
            raise SettingError(f"{where} holds a number that is not finite")
        if not ((array >= self.low) & (array <= self.high))[is_known].all():
            allowed = f"{self.low:g} to {self.high:g}"
            raise SettingError(f"{where} holds a number out of range; allowed: {allowed}")
        return array.astype(array.dtype.newbyteorder("=")).reshape(self.shape)
