"""The numbers that a program trains, wherever it keeps them. Shapes: P numbers in all."""

from collections import defaultdict, deque
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

import numpy as np

from xorviz.core.arrays import Array
from xorviz.core.check.code.probes import Probes
from xorviz.core.check.code.state import (
    Path,
    SavedState,
    fill,
    get,
    is_array,
    is_data,
    is_table,
    put,
    raw,
    reached,
)
from xorviz.core.rules import SettingError


def rounding(array: Any) -> float:
    """Return the relative rounding error of an array's type of number."""
    return float(np.finfo(array.dtype if array.dtype.kind == "f" else float).eps) / 2


class Holders:
    """The arrays of floats that an object leads to, as one vector.

    A list of numbers, also of lists of them, is an array. Reads and writes where they are now,
    since a step may put new ones in their place; ``restore`` puts the very objects back, to the
    last bit, with all else that the object and some calls lead to.
    """

    def __init__(self, root: Any, names: Sequence[str] | None, calls: Sequence[Any] = ()) -> None:
        """Take all arrays, or those of some names; the members of a list are given their names.

        Raises SettingError where there are none, none of a name, more or fewer names than members,
        or some that are not finite.
        """
        self.root = [root] if isinstance(root, np.ndarray) else root
        self._names = names
        if names and isinstance(self.root, list | tuple) and len(names) != len(self.root):
            count = len(self.root)
            raise SettingError(f"names holds {len(names)} names; weights holds {count} objects")
        self._paths = _without_views(self._arrays())
        labels = {self._label(path[0]) for path in self._paths.values()}
        missing = [name for name in names or () if name not in labels]
        if missing or not labels:
            name = missing[0] if missing else "what is given as weights"
            raise SettingError(f"{name} holds no array of floats")
        self.choose(list(self._paths))
        self.read()
        self._state = SavedState(self.root, names, calls)

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
        self.probes = Probes(self.places)
        self.last: str | None = None
        """The array nearest to the outputs, if it was looked for."""

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

    def noise(self, seed: int) -> Array:
        """Return numbers (P,) from -1 to 1; those of an array follow from its name alone.

        So what is found at weights that are moved by it does not depend on the arrays' order.
        """
        draws = [
            np.random.default_rng([seed, *name.encode()]).uniform(-1, 1, place.stop - place.start)
            for name, place in self.places.items()
        ]
        return np.concatenate(draws)

    def go_to(self, theta: Array) -> None:
        """Put everything back, and then numbers (P,) into the arrays."""
        self.restore()
        self.write(theta)

    def write(self, theta: Array) -> None:
        """Put numbers (P,) into the arrays, in their own type."""
        for name, place in self.places.items():
            *path, key = self._paths[name]
            container = self._at(path)
            value = get(container, key)
            array = raw(value)
            numbers = theta[place].reshape(array.shape)
            filling = numbers.astype(array.dtype if array.dtype.kind == "f" else float)
            if isinstance(value, float | int | np.floating):
                put(container, key, type(value + 0.0)(numbers))  # a bias may begin as a whole 0
            elif isinstance(value, list):
                value[:] = filling.tolist()
            elif isinstance(value, np.ndarray) and not value.flags.writeable:
                put(container, key, filling)  # as its program does, which never writes into it
            else:
                fill(value, filling)

    def restore(self) -> None:
        """Put back every object and every number that was reached."""
        self._state.restore()

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
        value = self.root
        try:
            for key in path:
                value = get(value, key)
        except LookupError:
            raise SettingError(f"the program takes {self._label(path[0])} away") from None
        return value

    def _label(self, key: Any) -> str:
        """Return the name of what the root holds."""
        if not isinstance(self.root, list | tuple):
            return str(key)
        return self._names[key] if self._names else f"[{key}]"

    def _arrays(self) -> Iterator[tuple[str, Path, Any]]:
        """Yield the names and the paths of arrays and numbers, and these."""
        parents: dict[Path, tuple[str, Any]] = {}
        for path, value in reached(self.root, self._names, is_data):
            name = ""
            if path:
                above, parent = parents[path[:-1]]
                is_item = isinstance(parent, Mapping | list | tuple | deque)
                last = f"[{path[-1]}]" if is_item else f".{path[-1]}"
                name = above + last if above else self._label(path[0])
            parents[path] = name, value
            is_named = path and (not self._names or self._label(path[0]) in self._names)
            if is_named and (is_array(value) or is_table(value)):
                yield name, path, value


def _without_views(arrays: Iterable[tuple[str, Path, Any]]) -> dict[str, Path]:
    """Return paths by name, without arrays that are part of a larger one that has a name."""
    paths, by_base = {}, defaultdict[int, list[Any]](list)
    for name, path, value in arrays:
        paths[name] = path
        base = value
        while isinstance(getattr(base, "base", None), np.ndarray):
            base = base.base
        if isinstance(base, np.ndarray):
            by_base[id(base)].append((name, value))
    for sharing in by_base.values():
        kept: list[Any] = []
        for name, value in sorted(sharing, key=lambda each: -each[1].size):
            if any(np.shares_memory(value, other) for other in kept):
                del paths[name]
            kept.append(value)
    return paths
