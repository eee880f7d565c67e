"""Report exceptions in Python overrides of Qt's virtual functions instead of crashing.

PySide passes an error in an override on to the Python override that called Qt above it. With
PySide6 6.11 and Python 3.11 that ends the process if C code raised the error, such as
``[][1]``, ``math.ceil(inf)`` or a product of NumPy arrays: so no error may leave an override.
"""

import re
import sys
import traceback
from collections.abc import Callable, Iterator
from functools import wraps
from types import FunctionType
from typing import Any, TypeVar

from PySide6.QtCore import QRectF, QSize, Qt
from PySide6.QtGui import QPainter
from PySide6.QtWidgets import QAbstractScrollArea, QWidget

_Class = TypeVar("_Class", bound=type)

_IN_PYQTGRAPH = re.compile(r"\w+Event|paint|boundingRect|shape")
"""The overrides in pyqtgraph's classes. In ours all methods that Qt has too are overrides."""

_EMPTY: dict[object, object] = {
    bool: False,
    int: 0,
    float: 0.0,
    str: "",
    QSize: QSize(),
    QRectF: QRectF(),
    Qt.ItemFlag: Qt.ItemFlag.NoItemFlags,
}
"""What an override of this type returns after an error; others return None."""

_MARGIN = 6

_notes = 0


def guarded(cls: _Class) -> _Class:
    """Guard the overrides of Qt's virtual functions in a class, also those of pyqtgraph's.

    An error goes to ``sys.excepthook``, once for each object, function and kind of error. In place
    of a picture that fails a widget shows a note; an item of a plot is left out.
    """
    for name, method in overrides(cls):
        setattr(cls, name, _guarded(method, is_picture=name in {"paintEvent", "paint"}))
    return cls


def overrides(cls: type) -> Iterator[tuple[str, Callable[..., Any]]]:
    """Yield the overrides of Qt's virtual functions that are not guarded yet."""
    ours = [base for base in cls.__mro__ if not base.__module__.startswith("PySide6")]
    of_qt = {name for base in cls.__mro__ if base not in ours for name in vars(base)}
    names = {
        name
        for base in ours
        for name in of_qt & vars(base).keys()
        if not base.__module__.startswith("pyqtgraph") or _IN_PYQTGRAPH.fullmatch(name)
    }
    for name in sorted(name for name in names if not name.startswith("_")):
        method = getattr(cls, name)
        if isinstance(method, FunctionType) and not hasattr(method, "is_guarded"):
            yield name, method


def notes_painted() -> int:
    """Return how many notes were painted in place of pictures, and items left out."""
    return _notes


def _guarded(method: Callable[..., Any], is_picture: bool) -> Callable[..., Any]:
    empty = _EMPTY.get(method.__annotations__.get("return"))

    @wraps(method)
    def guard(self: Any, *arguments: Any, **named: Any) -> Any:
        try:
            return method(self, *arguments, **named)
        except Exception as error:
            _tell(self, method, error)
            if is_picture:
                _paint_note(self, f"This cannot be drawn.\n{type(error).__name__}: {error}")
            return empty

    guard.is_guarded = True  # type: ignore[attr-defined]
    return guard


def _tell(self: Any, method: Callable[..., Any], error: Exception) -> None:
    reported = vars(self).setdefault("_reported_errors", set())
    if (key := (method.__qualname__, type(error))) not in reported:
        reported.add(key)
        sys.excepthook(type(error), error, error.__traceback__)
    # Ends the painters in these frames: Qt must not find one at work after a paint event.
    traceback.clear_frames(error.__traceback__)


def _paint_note(self: object, note: str) -> None:
    """Cover a widget with a note; leave out anything else that paints."""
    global _notes  # noqa: PLW0603 (pictures are painted anywhere in the process)
    _notes += 1
    if not isinstance(self, QWidget):
        return
    painter = QPainter(self.viewport() if isinstance(self, QAbstractScrollArea) else self)
    space = self.rect()
    painter.fillRect(space, self.palette().base())
    painter.setPen(self.palette().text().color())
    flags = Qt.AlignmentFlag.AlignCenter | Qt.TextFlag.TextWordWrap
    margins = (_MARGIN, _MARGIN, -_MARGIN, -_MARGIN)
    painter.drawText(space.adjusted(*margins), int(flags), note)
    painter.end()
