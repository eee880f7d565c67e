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

    Numbers in lists are an array, too. Reads and writes where they are now, since a step may put
    new ones in their place; ``restore`` puts the very objects back, to the last bit.
    """

    def __init__(self, root: Any, names: Sequence[str] | None) -> None:
        """Raise SettingError where there are none, none of a name, or some that are not finite."""
        self._root = [root] if isinstance(root, np.ndarray) else root
        self._kept: dict[int, tuple[Any, Any]] = {}
        self._labels = names if isinstance(root, list | tuple) else None
        self._only = None if self._labels else names
        self._paths: dict[str, list[Path]] = {}
        for path, name in self._found(self._root, (), "", ""):
            self._paths.setdefault(name, []).append(path)
        for name in self._only or ():
            if not any(_is_part(found, [name]) for found in self._paths):
                raise SettingError(f"{name} holds no array of floats in the weights given")
        if not self._paths:
            raise SettingError("no arrays of floats were found in the weights given")
        self.choose(list(self._paths))
        self.read()

    def choose(self, names: Sequence[str]) -> None:
        """Let the vector be made of some of the arrays, one after the other."""
        self.sizes = {name: sum(a.size for a in self._arrays(name)) for name in names}
        roundings = [rounding(self._arrays(name)[0]) for name in names]
        self.rounding = np.repeat(roundings, list(self.sizes.values()))

    def _arrays(self, name: str) -> list[Any]:
        return [raw(self._at(path)) for path in self._paths[name]]

    def are_shaped(self, shapes: Sequence[tuple[int, ...]]) -> bool:
        """Return whether there is a shape for each array, and it is its own."""
        return len(shapes) == len(self.sizes) and all(
            shape == self._arrays(name)[0].shape
            or (len(self._paths[name]) > 1 and np.prod(shape) == size)
            for (name, size), shape in zip(self.sizes.items(), shapes, strict=True)
        )

    def read(self) -> Array:
        """Return the numbers (P,); those of an array whose size has changed are not a number."""
        parts = []
        for name, size in self.sizes.items():
            array = np.concatenate([part.ravel() for part in self._arrays(name)])
            if array.dtype.kind == "O":
                raise SettingError(f"{name} is an array of objects; give arrays of floats")
            if not np.isfinite(array).all():
                raise SettingError(f"{name} is not finite; check before training diverges")
            parts.append(array.astype(float) if array.size == size else np.full(size, np.nan))
        return np.concatenate(parts)

    def write(self, theta: Array) -> None:
        """Put numbers (P,) into the arrays, in their own type."""
        start = 0
        for path in (path for name in self.sizes for path in self._paths[name]):
            value = self._at(path)
            array = raw(value)
            numbers = theta[start : start + array.size].reshape(array.shape)
            start += array.size
            if isinstance(value, float | int | np.floating):
                kind = float if isinstance(value, int) else type(value)
                _cells(self._at(path[:-1]))[path[-1]] = kind(numbers)
            else:
                _fill(value, numbers.astype(array.dtype))

    def restore(self) -> None:
        """Put back every object and every number that was found."""
        for value, copy in self._kept.values():
            _fill(value, copy)

    @property
    def first(self) -> Any:
        """What holds the first numbers, from which the program's own types show."""
        return self._at(self._paths[next(iter(self.sizes))][0])

    def tensor(self, values: Any) -> Any:
        """Return inputs as what the program computes with: tensors beside tensors."""
        is_array = isinstance(values, np.ndarray) and hasattr(self.first, "new_tensor")
        return self.first.new_tensor(values.tolist()) if is_array else values

    def is_number(self, name: str) -> bool:
        """Return whether it is a number of its own, which may be a constant, and no array."""
        return self.sizes[name] == 1 and isinstance(self._at(self._paths[name][0]), float)

    def _at(self, path: Path) -> Any:
        value = self._root
        for key in path:
            value = _cells(value)[key]
        return value

    def _found(self, at: Any, path: Path, name: str, table: str) -> Iterator[tuple[Path, str]]:
        """Yield the path and the name of each array and number; keep what the containers hold."""
        cells, in_list = _cells(at), isinstance(at, list)
        items = dict(enumerate(at)) if isinstance(at, list | tuple) else dict(cells)
        if isinstance(at, Mapping) and not path and self._only:  # globals() hold much else
            items = {k: v for k, v in items.items() if any(_is_part(n, [k]) for n in self._only)}
        if id(cells) in self._kept or not items:
            return
        self._kept[id(cells)] = cells, list(at) if in_list else items
        for key, child in items.items() if len(items) <= _LARGEST else ():
            label = f"{name}[{key}]" if cells is at else f"{name}.{key}"
            if not path:
                label = self._labels[key] if self._labels else label if in_list else str(key)
            # Numbers in lists inside lists are one array; whole zeros are, as of biases.
            outer = (table or name) if in_list else ""
            is_number = isinstance(child, float | np.floating) or (
                outer and type(child) is int and not child
            )
            if is_number or _is_array(child):
                is_new = is_number or id(child) not in self._kept  # not under a second name
                if not is_number and is_new:
                    self._kept[id(child)] = child, raw(child).copy()
                label = outer if is_number and outer else label
                if is_new and not (is_number and isinstance(at, tuple)):
                    yield from [((*path, key), label)] * _is_part(label, self._only or [label])
            elif len(path) < _DEEPEST and not isinstance(child, np.ndarray | type | ModuleType):
                yield from self._found(child, (*path, key), label, outer)


def _is_part(name: str, names: Sequence[Any]) -> bool:
    """Return whether a name is one of some, or a part of one such as layers[0].W of layers."""
    return any(name == of or name.startswith((f"{of}[", f"{of}.")) for of in names)


def _cells(value: Any) -> Any:
    """Return what a container holds by key, index or attribute, to be read and written."""
    if hasattr(value, "named_parameters"):  # a module of PyTorch
        return dict(value.named_parameters())
    if hasattr(value, "trainable_weights"):  # a model of Keras
        return {getattr(v, "path", v.name): v for v in value.trainable_weights}
    is_one = isinstance(value, Mapping | list | tuple | np.ndarray)
    return value if is_one else getattr(value, "__dict__", {})


def _is_array(value: Any) -> bool:
    """Return whether it is an array to train; arrays of objects are found, to be refused."""
    if isinstance(value, np.ndarray):
        return value.dtype.kind in "fO" and 0 < value.size <= _LARGEST
    return hasattr(value, "new_tensor") or (hasattr(value, "assign") and hasattr(value, "numpy"))


def _fill(value: Any, held: Any) -> None:
    """Put numbers into an array, a tensor or a variable, or objects into a container, in place."""
    if isinstance(value, dict):
        value.update(held)
    elif hasattr(value, "new_tensor"):
        value.data.copy_(value.data.new_tensor(held.tolist()))
    elif hasattr(value, "assign"):
        value.assign(held)
    elif isinstance(value, list):
        value[:] = held
    elif isinstance(value, np.ndarray):
        value[...] = held
