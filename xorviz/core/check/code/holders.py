"""The numbers that a program trains, wherever it keeps them: found, read, written, put back."""

from collections.abc import Iterator, Mapping, Sequence
from types import ModuleType
from typing import Any

import numpy as np

from xorviz.core.arrays import Array
from xorviz.core.rules import SettingError

DOUBLE = 2.0**-53
"""Relative rounding error in 64 bit."""
_DEEPEST = 8
"""Containers inside containers that are looked into."""
_LARGEST = 5000
"""Numbers of one array that is looked at."""


def raw(value: Any) -> Any:
    """Return the array in what a library holds, as its own type of number."""
    if hasattr(value, "detach"):
        value = value.detach().cpu()
    return np.asarray(value.numpy() if hasattr(value, "numpy") else value)


def numbers(value: Any) -> tuple[Array, float]:
    """Return a copy of what a library or Python itself holds, and its relative rounding error."""
    array = raw(value)
    if array.dtype.kind not in "fiub":
        raise ValueError(f"an array of {array.dtype}")
    epsilon = float(np.finfo(array.dtype).eps) / 2 if array.dtype.kind == "f" else DOUBLE
    return np.array(array, dtype=float), epsilon


class Holders:
    """The arrays that are found in an object, by name.

    Reads and writes where they are now: a step may put new arrays in their place, which ``restore``
    takes away. It puts the very objects back, and their numbers to the last bit.
    """

    def __init__(self, root: Any, names: Sequence[str] | None) -> None:
        """Raise SettingError where there are none, or none of a name."""
        self._root = root = [root] if is_array(root) and not isinstance(root, list) else root
        self._bound: list[tuple[Any, Any, Any]] = []
        self._kept: list[tuple[Any, Any]] = []
        self._seen = {id(root)}
        of_list = isinstance(root, list | tuple) and names is not None
        self._labels = names if of_list else None
        self._only = names if isinstance(root, Mapping) else None  # globals() hold much else
        found = dict(self._found(root, (), ""))
        if names is not None and not of_list:
            if missing := [n for n in names if not any(is_part(k, n) for k in found)]:
                raise SettingError(f"{missing[0]} holds no array of floats in the weights given")
            found = {k: path for k, path in found.items() if any(is_part(k, n) for n in names)}
        self.paths: dict[str, tuple[Any, ...]] = found
        if not found:
            raise SettingError("no arrays of floats were found in the weights given")
        for name in found:
            self._require_sound(name)

    def _require_sound(self, name: str) -> None:
        try:
            array, _ = numbers(self._at(self.paths[name]))
        except ValueError:
            raise SettingError(f"{name} is an array of objects; give arrays of floats") from None
        if not np.isfinite(array).all():
            raise SettingError(f"{name} is not finite; check before training diverges")

    def _found(self, value: Any, path: tuple[Any, ...], name: str) -> Iterator[tuple[str, Any]]:
        """Yield the name and the path of every array in a container, and keep what it holds."""
        for key, child in members(value).items():
            label = _label(value, key, name, self._labels if not path else None)
            if not path and self._only and not any(is_part(n, label) for n in self._only):
                continue
            is_scalar = isinstance(child, float | np.floating)
            if is_scalar and isinstance(value, tuple):
                continue  # cannot be trained
            if id(child) in self._seen and not is_scalar:
                continue  # the same array under a second name
            self._seen.add(id(child))
            if is_array(child):
                self._bound.append((value, key, child))
                self._keep(child)
                yield label, (*path, key)
            elif len(path) < _DEEPEST and _is_container(child):
                self._bound.append((value, key, child))
                yield from self._found(child, (*path, key), label)

    def _keep(self, value: Any) -> None:
        if isinstance(value, list):
            self._kept.append((value, value.copy()))
            for part in value:
                self._keep(part)
        elif not isinstance(value, float | int | np.floating):
            self._kept.append((value, raw(value).copy()))

    def _at(self, path: tuple[Any, ...]) -> Any:
        value = self._root
        for key in path:
            value = member(value, key)
        return value

    def read(self, name: str) -> tuple[Array, float]:
        """Return the numbers of an array and their relative rounding error."""
        return numbers(self._at(self.paths[name]))

    def write(self, name: str, values: Array) -> None:
        """Put numbers into an array, in its own type."""
        path = self.paths[name]
        value = self._at(path)
        if isinstance(value, float | np.floating):
            _bind(self._at(path[:-1]), path[-1], type(value)(values))
        else:
            _fill(value, values)

    def restore(self) -> None:
        """Put back every object and every number that was found."""
        for container, key, value in self._bound:
            if member(container, key) is not value:
                _bind(container, key, value)
        for value, kept in self._kept:
            if isinstance(value, list):
                value[:] = kept
            elif isinstance(value, np.ndarray):
                value[...] = kept
            else:
                _fill(value, kept)

    def is_scalar(self, name: str) -> bool:
        """Return whether it is a number of its own, which may be a constant, and no array."""
        return isinstance(self._at(self.paths[name]), float | np.floating)

    def tensor(self, values: Array) -> Any:
        """Return inputs in the type that the program computes with: tensors beside tensors."""
        first = self._at(next(iter(self.paths.values())))
        return first.new_tensor(values.tolist()) if hasattr(first, "new_tensor") else values

    @property
    def is_plain(self) -> bool:
        """Whether the program is one of lists and floats, without arrays."""
        held = (self._at(path) for path in self.paths.values())
        return all(isinstance(value, list | float) for value in held)


def is_part(name: str, of: str) -> bool:
    """Return whether a name is another, or one of its parts such as layers[0].W of layers."""
    return name == of or name.startswith((f"{of}[", f"{of}."))


def members(value: Any) -> Mapping[Any, Any]:
    """Return what a container holds by key, index or attribute; nothing if it is none."""
    if hasattr(value, "named_parameters"):  # a module of PyTorch
        return dict(value.named_parameters())
    if hasattr(value, "trainable_weights"):  # a model of Keras
        held = value.trainable_weights
        return {getattr(v, "path", v.name) or n: v for n, v in enumerate(held)}
    if isinstance(value, Mapping):
        return {k: v for k, v in value.items() if not str(k).startswith("__")}
    if isinstance(value, list | tuple):
        return dict(enumerate(value))
    slots = [name for kind in type(value).__mro__ for name in getattr(kind, "__slots__", ())]
    held = {name: getattr(value, name) for name in slots if hasattr(value, name)}
    return held | {k: v for k, v in getattr(value, "__dict__", {}).items() if k[:2] != "__"}


def member(value: Any, key: Any) -> Any:
    """Return what a container holds under a key now; None if it is gone."""
    if isinstance(value, Mapping):
        return value.get(key)
    if isinstance(value, list | tuple):
        return value[key] if key < len(value) else None
    return members(value).get(key) if _is_model(value) else getattr(value, key, None)


def _is_model(value: Any) -> bool:
    """Return whether a library holds the arrays, and changes them in place."""
    return hasattr(value, "named_parameters") or hasattr(value, "trainable_weights")


def is_array(value: Any) -> bool:
    """Return whether it holds numbers to train; arrays of objects are found, to be refused."""
    if isinstance(value, np.ndarray):
        return value.dtype.kind in "fO" and value.size <= _LARGEST
    if isinstance(value, list):
        return 0 < len(value) <= _LARGEST and _holds_numbers(value)
    if isinstance(value, float | np.floating):
        return True
    return hasattr(value, "new_tensor") or (hasattr(value, "assign") and hasattr(value, "numpy"))


def _is_container(value: Any) -> bool:
    is_long = isinstance(value, list) and len(value) > _LARGEST  # a history
    return not is_long and not isinstance(value, type | ModuleType) and bool(members(value))


def _holds_numbers(value: list[Any]) -> bool:
    """Return whether nested lists are a table of floats; zeros may be whole, as of biases."""
    flat = list(_flat(value))
    kinds = (float, int, np.floating)
    if not all(isinstance(n, kinds) and not isinstance(n, bool) for n in flat):
        return False
    try:
        np.array(value, dtype=float)
    except ValueError:  # rows of different lengths
        return False
    return any(not isinstance(n, int) for n in flat) or not any(flat)


def _flat(value: list[Any]) -> Iterator[Any]:
    for part in value:
        if isinstance(part, list):
            yield from _flat(part)
        else:
            yield part


def _label(container: Any, key: Any, name: str, labels: Sequence[str] | None) -> str:
    if labels is not None:
        return str(labels[key]) if key < len(labels) else f"[{key}]"
    if isinstance(container, Mapping | list | tuple):
        return f"{name}[{key}]" if name or not isinstance(container, Mapping) else str(key)
    return f"{name}.{key}" if name else str(key)


def _fill(value: Any, values: Any) -> None:
    """Put numbers into an array, nested lists, a tensor or a variable, in place."""
    if isinstance(value, list):
        for place, part in enumerate(values):
            if isinstance(value[place], list):
                _fill(value[place], part)
            else:
                value[place] = float(part)
    elif hasattr(value, "new_tensor"):
        value.data.copy_(value.data.new_tensor(values.tolist()))
    elif hasattr(value, "assign"):
        value.assign(values.astype(raw(value).dtype))
    else:
        value[...] = values


def _bind(container: Any, key: Any, value: Any) -> None:
    if isinstance(container, Mapping | list):
        container[key] = value  # type: ignore[index]
    elif not isinstance(container, tuple) and not _is_model(container):
        setattr(container, key, value)
