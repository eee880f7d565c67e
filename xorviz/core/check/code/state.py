"""What a program can reach and change: looked through, and put back to the last bit."""

import inspect
from collections import deque
from collections.abc import Callable, Iterator, Mapping, MutableMapping, Sequence
from functools import partial
from types import FunctionType, MethodType, ModuleType
from typing import Any

import numpy as np

Path = tuple[Any, ...]
"""Keys, indices and names that lead from a root to something."""
_PLAIN = (int, float, complex, str, bytes, np.generic, type(None), type, ModuleType)


def raw(value: Any) -> Any:
    """Return the array in what a library or Python itself holds, in its own type of number."""
    if hasattr(value, "detach"):
        value = value.detach().cpu()
    return np.asarray(value.numpy() if hasattr(value, "numpy") else value)


def is_array(value: Any) -> bool:
    """Return whether it holds floats; arrays of objects count, so that they are refused."""
    if isinstance(value, np.ndarray):
        return value.dtype.kind in "fO" and value.size > 0
    if isinstance(value, _PLAIN):
        return False
    if hasattr(value, "new_tensor") or (hasattr(value, "assign") and hasattr(value, "numpy")):
        return True
    return _lends_bytes(value) and memoryview(value).format in {"f", "d"}


def is_table(value: Any) -> bool:
    """Return whether it is a float, a list of them or of equal lists; zeros may be whole."""
    if not isinstance(value, list):
        return isinstance(value, float | np.floating) or (type(value) is int and not value)
    sizes = {len(each) if isinstance(each, list) else 0 for each in value}
    return len(sizes) == 1 and all(map(is_table, value))


def contents(value: Any) -> dict[Any, Any]:
    """Return what a container, an object or a function holds, by key, index or name."""
    if isinstance(value, Mapping):
        return dict(value)
    if isinstance(value, list | tuple | deque | set | frozenset):
        return dict(enumerate(value))
    if is_model(value):
        return _parameters(value)
    if isinstance(value, MethodType | partial):
        return {name: getattr(value, name) for name in dir(value) if name in _OF_CALLS}
    if isinstance(value, FunctionType):
        variables = inspect.getclosurevars(value)
        return {**variables.globals, **variables.nonlocals}
    return _attributes(value)


def is_model(value: Any) -> bool:
    """Return whether it is a module of PyTorch or a model of Keras."""
    return hasattr(value, "named_parameters") or hasattr(value, "trainable_weights")


def _parameters(model: Any) -> dict[str, Any]:
    if hasattr(model, "named_parameters"):
        return dict(model.named_parameters())
    return {getattr(v, "path", v.name): v for v in model.trainable_weights}


_OF_CALLS = {"__self__", "__func__", "func", "args", "keywords"}


def _attributes(value: Any) -> dict[str, Any]:
    """Return the attributes of an object, also those in slots."""
    try:
        # That of its class may leave some out.
        state = object.__getstate__(value)
    except TypeError:  # an object of C that has none
        return {}
    parts = state if isinstance(state, tuple) else (state,)
    return {name: child for part in parts for name, child in (part or {}).items()}


def get(value: Any, key: Any) -> Any:
    """Return one thing of the contents, or raise LookupError."""
    if isinstance(value, Mapping | list | tuple | deque):
        return value[key]
    attributes = getattr(value, "__dict__", {})
    return attributes[key] if key in attributes else contents(value)[key]


def put(value: Any, key: Any, child: Any) -> None:
    """Put something else into a container, an object or a function."""
    if isinstance(value, MutableMapping | list | deque):
        value[key] = child
    elif isinstance(value, FunctionType):
        names = value.__code__.co_freevars
        if key in names:
            (value.__closure__ or ())[names.index(key)].cell_contents = child
        else:
            value.__globals__[key] = child
    elif key in getattr(value, "__dict__", ()):
        vars(value)[key] = child
    else:
        object.__setattr__(value, key, child)


def reached(
    root: Any, names: Sequence[str] | None, opens: Callable[[Any], bool] = lambda _: True
) -> Iterator[tuple[Path, Any]]:
    """Yield everything that a root leads to and its path, in order, each object once.

    Of a dictionary such as globals(), only some names are looked at if they are given.
    """
    visited, waiting = set[int](), [(Path(), root)]
    while waiting:
        path, value = waiting.pop()
        if id(value) in visited and not isinstance(value, _PLAIN):
            continue
        visited.add(id(value))
        yield path, value
        is_whole = isinstance(value, _PLAIN) or is_array(value) or (path and is_table(value))
        if is_whole or not opens(value):
            continue
        items = contents(value)
        if not path and names and isinstance(value, Mapping):
            items = {key: child for key, child in items.items() if key in names}
        waiting += [((*path, key), child) for key, child in reversed(items.items())]


class SavedState:
    """All that a program can change, as it was when this was made."""

    def __init__(self, weights: Any, names: Sequence[str] | None, calls: Sequence[Any]) -> None:
        """Keep what weights hold, and what functions and others of their modules use."""
        self._ways_back: list[Callable[[], None]] = []
        for path, value in reached(weights, names, is_data):
            self._keep(value, names if not path and isinstance(value, Mapping) else None)
        for call in calls:
            for _, value in reached(call, None, of_modules(calls)):
                self._keep(value)

    def restore(self) -> None:
        """Put back every object and every number."""
        for way_back in self._ways_back:
            way_back()

    def _keep(self, value: Any, names: Sequence[str] | None = None) -> None:
        """Keep what something holds, or what it holds by some names."""
        if isinstance(value, (*_PLAIN, tuple, frozenset)) or is_model(value):
            return
        if is_array(value):
            self._ways_back.append(partial(fill, value, raw(value).copy()))
        elif isinstance(value, list | deque | set):
            self._ways_back.append(partial(_refill, value, value.copy()))
            if is_table(value):  # which is one array, with more lists in it
                for row in value:
                    self._keep(row)
        elif _lends_bytes(value):
            self._ways_back.append(partial(_write_bytes, value, bytes(value)))
        elif isinstance(value, MutableMapping) or not isinstance(value, Mapping):
            held = contents(value)
            some = {key: child for key, child in held.items() if key in names} if names else held
            is_all = not (names or isinstance(value, FunctionType))
            self._ways_back.append(partial(_set_again, value, some, is_all=is_all))


def of_modules(calls: Sequence[Any]) -> Callable[[Any], bool]:
    """Return whether what something holds is the program's: of functions, those of its modules."""
    modules = {getattr(getattr(call, "func", call), "__module__", None) for call in calls}
    return lambda value: not isinstance(value, FunctionType) or value.__module__ in modules


def is_data(value: Any) -> bool:
    """Return whether it is no function, which may hold what is none of the program's."""
    return not isinstance(value, FunctionType | MethodType | partial)


def fill(array: Any, held: Any) -> None:
    """Put numbers into an array, a tensor or a variable, also if it was reshaped or locked."""
    if isinstance(array, np.ndarray):
        if array.shape != held.shape:
            array.resize(held.shape, refcheck=False)
        if array.dtype.kind == "f" and not (array.flags.writeable or np.array_equal(array, held)):
            array.flags.writeable = True
        if array.flags.writeable:
            array[...] = held
    elif hasattr(array, "new_tensor"):
        array.data.copy_(array.data.new_tensor(held.tolist()))
    elif hasattr(array, "assign"):
        array.assign(held)
    else:
        np.asarray(array)[...] = held


def _refill(value: Any, held: Any) -> None:
    """Put members back into a list, a deque or a set."""
    if isinstance(value, list):
        value[:] = held
    else:
        value.clear()
        (value.extend if isinstance(value, deque) else value.update)(held)


def _set_again(value: Any, held: Mapping[Any, Any], *, is_all: bool) -> None:
    """Put back what was held by key or name, and take away what was not if that was all."""
    present = contents(value)
    for key in present.keys() - held.keys() if is_all else ():
        if isinstance(value, MutableMapping):
            del value[key]
        elif key in getattr(value, "__dict__", ()):
            del vars(value)[key]
        else:
            object.__delattr__(value, key)
    for key, child in held.items():
        if key not in present or present[key] is not child:
            put(value, key, child)


def _lends_bytes(value: Any) -> bool:
    """Return whether its bytes can be written, as those of an array.array or a bytearray."""
    try:
        return not memoryview(value).readonly
    except (TypeError, ValueError, BufferError):
        return False


def _write_bytes(value: Any, held: bytes) -> None:
    memoryview(value).cast("B")[:] = held
