"""JSON parsed strictly: finite numbers of bounded length, and no entry twice."""

import json
import math
from collections.abc import Callable
from typing import Any

from xorviz.core.rules import SettingError

Pairs = list[tuple[str, Any]]


def parsed_json(
    text: str, longest_number: int, as_object: Callable[[Pairs], Any] | None = None
) -> Any:
    """Return the values in a JSON text; a number may have ``longest_number`` characters.

    ``as_object`` makes an object of its entries; unless it is given, none may be there twice.
    Raises JSONDecodeError, RecursionError, and SettingError for values that are not allowed.
    """

    def checked(number: str) -> str:
        if len(number) > longest_number:
            raise SettingError(f"a number in it has {len(number)} digits")
        return number

    return json.loads(
        text,
        parse_int=lambda number: int(checked(number)),
        parse_float=lambda number: _finite(checked(number)),
        parse_constant=_refused,
        object_pairs_hook=as_object or _object,
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
