"""The numbers that a program trains, wherever it keeps them. Shapes: P numbers in all."""

from collections.abc import Iterator, Mapping, Sequence
from types import ModuleType
from typing import Any

import numpy as np

from xorviz.core.arrays import Array
from xorviz.core.rules import SettingError

_DEEPEST, _LARGEST = 8, 5000
"""Containers inside containers that are looked into, and members of one: more are a history."""
Path = tuple[Any, ...]


def raw(value: Any) -> Any:
    """Return the array in what a library or Python itself holds, in its own type of number."""
    if hasattr(value, "detach"):
        value = value.detach().cpu()
    return np.asarray(value.numpy() if hasattr(value, "numpy") else value)


def rounding(array: Any) -> float:
    """Return the relative rounding error of an array's type of number."""
    return float(np.finfo(array.dtype if array.dtype.kind == "f" else float).eps) / 2


class Holders:
    """The arrays of floats that are found in an object, as one vector.

    A list of numbers, also of lists of them, is an array. Reads and writes where they are now,
    since a step may put new ones in their place; ``restore`` puts the very objects back, to the
    last bit.
    """

    def __init__(self, root: Any, names: Sequence[str] | None) -> None:
        """Take all arrays, or those of some names; the members of a list are given their names.

        Raises SettingError where there are none, none of a name, more or fewer names than members,
        or some that are not finite.
        """
        self._root = [root] if isinstance(root, np.ndarray) else root
        self._names = names
        if names and isinstance(self._root, list | tuple) and len(names) != len(self._root):
            count = len(self._root)
            raise SettingError(f"names holds {len(names)} names; weights holds {count} objects")
        self._kept: dict[int, tuple[Any, Any]] = {}
        self._paths = dict(self._found(self._root, (), ""))
        found = {self._label(path[0]) for path in self._paths.values()}
        missing = [name for name in names or () if name not in found]
        if missing or not found:
            name = missing[0] if missing else "what is given as weights"
            raise SettingError(f"{name} holds no array of floats")
        self.choose(list(self._paths))
        self.read()

    def choose(self, names: Sequence[str]) -> None:
        """Let the vector be made of some of the arrays, one after the other."""
        arrays = {name: raw(self._at(self._paths[name])) for name in names}
        ends = np.cumsum([array.size for array in arrays.values()]).tolist()
        self.shapes = {name: array.shape for name, array in arrays.items()}
        self.places = {
            name: slice(end - array.size, end)
            for (name, array), end in zip(arrays.items(), ends, strict=True)
        }
        self.rounding = np.concatenate([np.full(a.size, rounding(a)) for a in arrays.values()])

    def read(self) -> Array:
        """Return the numbers (P,); those of an array whose size has changed are not a number."""
        theta = np.full(self.rounding.shape, np.nan)
        for name, place in self.places.items():
            array = raw(self._at(self._paths[name]))
            if array.dtype.kind == "O" or not np.isfinite(array).all():
                raise SettingError(
                    f"{name} holds more than finite floats; check before it diverges"
                )
            if array.size == place.stop - place.start:
                theta[place] = array.ravel()
        return theta

    def go_to(self, theta: Array) -> None:
        """Put everything back, and then numbers (P,) into the arrays."""
        self.restore()
        self.write(theta)

    def write(self, theta: Array) -> None:
        """Put numbers (P,) into the arrays, in their own type."""
        for name, place in self.places.items():
            *path, key = self._paths[name]
            cells = _cells(self._at(path))
            value, array = cells[key], raw(cells[key])
            numbers = theta[place].reshape(array.shape)
            filling = numbers.astype(array.dtype if array.dtype.kind == "f" else float)
            if isinstance(value, float | int | np.floating):
                cells[key] = type(value + 0.0)(numbers)  # a bias may begin as a whole 0
            elif isinstance(value, np.ndarray) and not value.flags.writeable:
                cells[key] = filling  # as its program does, which never writes into it
            else:
                _fill(value, filling)

    def restore(self) -> None:
        """Put back every object and every number that was found."""
        for value, held in self._kept.values():
            _fill(value, held)

    @property
    def first(self) -> Any:
        """What holds the first numbers, from which the program's own types show."""
        return self._at(self._paths[next(iter(self.places))])

    def tensor(self, values: Any) -> Any:
        """Return inputs as what the program computes with: tensors beside tensors."""
        is_array = isinstance(values, np.ndarray) and hasattr(self.first, "new_tensor")
        return self.first.new_tensor(values.tolist()) if is_array else values

    def is_number(self, name: str) -> bool:
        """Return whether it is a number of its own, which may be a constant, and no array."""
        return isinstance(self._at(self._paths[name]), float | int)

    def _at(self, path: Sequence[Any]) -> Any:
        """Return what is held there now. Raises SettingError if the program has taken it away."""
        value = self._root
        try:
            for key in path:
                value = _cells(value)[key]
        except LookupError:
            raise SettingError(f"the program takes {self._label(path[0])} away") from None
        return value

    def _label(self, key: Any) -> str:
        """Return the name of what the root holds."""
        if not isinstance(self._root, list | tuple):
            return str(key)
        return self._names[key] if self._names else f"[{key}]"

    def _found(self, at: Any, path: Path, name: str) -> Iterator[tuple[str, Path]]:
        """Keep what is held here, and yield the names and paths of its arrays and numbers."""
        is_array = _is_array(at)
        cells = at if is_array else _cells(at)
        if id(cells) in self._kept:  # not under a second name
            return
        is_leaf = is_array or (bool(path) and _is_table(at))
        is_view = isinstance(at, np.ndarray) and any(  # of numbers that have another name
            isinstance(other, np.ndarray) and np.shares_memory(at, other)
            for other, _ in self._kept.values()
        )
        if is_leaf and not is_view and (not self._names or self._label(path[0]) in self._names):
            yield name, path
        if is_array:
            self._kept[id(at)] = at, raw(at).copy()
            return
        items = dict(enumerate(at)) if isinstance(at, list | tuple) else dict(cells)
        if isinstance(at, Mapping) and not path and self._names:  # globals() hold much else
            items = {key: value for key, value in items.items() if key in self._names}
        if items:
            self._kept[id(cells)] = cells, list(at) if isinstance(at, list) else items
        is_open = len(path) < _DEEPEST and len(items) <= _LARGEST
        for key, child in items.items() if is_open else ():
            label = f"{name}[{key}]" if cells is at else f"{name}.{key}"
            inside = list(self._found(child, (*path, key), label if path else self._label(key)))
            yield from () if is_leaf else inside


def _cells(value: Any) -> Any:
    """Return what a container holds by key, index or attribute, to be read and written."""
    if isinstance(value, Mapping | list | tuple):
        return value
    if hasattr(value, "named_parameters"):  # a module of PyTorch
        return dict(value.named_parameters())
    if hasattr(value, "trainable_weights"):  # a model of Keras
        return {getattr(v, "path", v.name): v for v in value.trainable_weights}
    return {} if isinstance(value, type | ModuleType) else getattr(value, "__dict__", {})


def _is_array(value: Any) -> bool:
    """Return whether it is an array to train; arrays of objects are found, to be refused."""
    if isinstance(value, np.ndarray):
        return value.dtype.kind in "fO" and 0 < value.size <= _LARGEST
    return hasattr(value, "new_tensor") or (hasattr(value, "assign") and hasattr(value, "numpy"))


def _is_table(value: Any) -> bool:
    """Return whether it is a float, a list of them or of equal lists; zeros may be whole."""
    if not isinstance(value, list):
        return isinstance(value, float | np.floating) or (type(value) is int and not value)
    sizes = {len(each) if isinstance(each, list) else 0 for each in value}
    return len(sizes) == 1 and len(value) <= _LARGEST and all(map(_is_table, value))


def _refill(array: Any, held: Any) -> None:
    """Put numbers back into an array, also if its program has reshaped or locked it meanwhile."""
    if array.shape != held.shape:
        array.resize(held.shape, refcheck=False)
    if array.dtype.kind == "f" and not (array.flags.writeable or np.array_equal(array, held)):
        array.flags.writeable = True
    if array.flags.writeable:
        array[...] = held


def _fill(value: Any, held: Any) -> None:
    """Put numbers into an array, a tensor or a variable, or objects into a container, in place."""
    if isinstance(value, dict):
        value.update(held)
    elif isinstance(value, list):
        value[:] = held if isinstance(held, list) else held.tolist()
    elif isinstance(value, np.ndarray):
        _refill(value, held)
    elif hasattr(value, "new_tensor"):
        value.data.copy_(value.data.new_tensor(held.tolist()))
    elif hasattr(value, "assign"):
        value.assign(held)
