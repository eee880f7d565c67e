"""Loads pyqtgraph in half of the time that it takes by itself."""

import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from importlib import import_module
from types import ModuleType

_MIRRORED = ("QtCore", "QtGui", "QtWidgets")


@contextmanager
def names_copied_when_used() -> Iterator[None]:
    """Let pyqtgraph, loaded in this context, copy names of Qt when it uses them.

    By itself it copies all of them, and PySide makes a type when its name is first used: 700
    types take an eighth of the time to the first frame. Were they copied in another way one day,
    nothing would change but the time.
    """
    sources = [import_module(f"PySide6.{name}") for name in _MIRRORED]
    listing = [vars(source).get("__dir__") for source in sources]
    if "pyqtgraph" not in sys.modules:
        for name, source in zip(_MIRRORED, sources, strict=True):
            sys.modules[f"pyqtgraph.Qt.{name}"] = _mirror(name, source)
            vars(source)["__dir__"] = list  # pyqtgraph finds no names to copy
    try:
        yield
    finally:
        for source, before in zip(sources, listing, strict=True):
            vars(source).pop("__dir__", None)
            if before is not None:
                vars(source)["__dir__"] = before


def _mirror(name: str, source: ModuleType) -> ModuleType:
    """Return a module that takes each name from another when it is first used."""
    mirror = ModuleType(f"pyqtgraph.Qt.{name}")
    mirror.__getattr__ = _taker(mirror, source)  # type: ignore[method-assign]
    return mirror


def _taker(mirror: ModuleType, source: ModuleType) -> Callable[[str], object]:
    def take(name: str) -> object:
        value: object = getattr(source, name)
        setattr(mirror, name, value)
        return value

    return take
