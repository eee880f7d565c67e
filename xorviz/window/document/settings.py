"""Saves layout and choices in a QSettings, and checks every value that is read."""

import json
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import asdict
from pathlib import Path
from typing import Any, TypeVar

from PySide6.QtCore import (
    QByteArray,
    QObject,
    QRect,
    QSettings,
    QTimer,
    Signal,
    SignalInstance,
    Slot,
)
from PySide6.QtGui import QAction, QGuiApplication
from PySide6.QtWidgets import QMainWindow

from xorviz.core.numerals import listed
from xorviz.core.rules import Choice, Rule, Switch, Whole
from xorviz.core.runs.stopping import StopRules
from xorviz.core.settings import RunConfig
from xorviz.panels.registry import Workspace

CURRENT_RUN, LAB_RECIPE = "run/config", "lab/recipe"
"""Keys of the settings of a run; those of the lab are saved if it does not follow the run."""
_GEOMETRY, _PLACE, _LAYOUTS = "window/geometry", "window/place", "window/layouts"
_PIXELS = Whole(-100_000, 100_000)
MOST_RECENT = 8
_MOST_CHARACTERS = 10_000
_REFUSALS = ArithmeticError, LookupError, TypeError, ValueError, RecursionError
"""What is raised for a value that is not allowed."""
_Value = TypeVar("_Value")


class Settings(QObject):
    """The stored entries by their types; a missing or broken entry reads as the default."""

    noticed = Signal(str)
    """Which entries were broken: those that were read in one turn of the event loop."""

    def __init__(self, store: QSettings, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._store = store
        self.left_out: set[str] = set()
        """The keys of the broken entries that no notice was given of yet."""
        self._soon = QTimer(self, singleShot=True, interval=0)
        self._soon.timeout.connect(self._give_notice)

    @property
    def folder(self) -> Path:
        """The folder that the store's file is in."""
        return Path(self._store.fileName()).parent

    def recent(self) -> list[Path]:
        """Return the recent files, newest first."""
        return self._each("files/recent", list.copy, _path)[:MOST_RECENT]

    def set_recent(self, paths: Iterable[Path]) -> None:
        """Save the recent files, newest first, as many as fit."""
        names = [str(path) for path in paths]
        while len(text := json.dumps(names)) >= _MOST_CHARACTERS:
            names.pop()
        self._store.setValue("files/recent", text)

    def restore_geometry(self, window: QMainWindow) -> bool:
        """Restore the window's size and position; return whether that succeeded."""
        value = self._store.value(_GEOMETRY)
        is_restored = isinstance(value, QByteArray) and window.restoreGeometry(value)
        if not is_restored and value is not None:
            self.leave_out(_GEOMETRY)
        place = self._read(_PLACE, lambda ends: QRect(*map(_PIXELS.check, ends)), QRect())
        screen = QGuiApplication.screenAt(place.topLeft())
        if is_restored and screen is not None and not window.windowState():
            # Qt leaves space for a title bar of its style's height above, whatever the desktop's.
            window.setGeometry(QRect(place.topLeft(), place.size().boundedTo(screen.size())))
        return is_restored

    def layouts(self, make: Callable[[str, Any], Any] = lambda _, layout: layout) -> dict[str, Any]:
        """Return the saved layouts by their keys, made of each key and value of JSON."""
        return dict(self._each(_LAYOUTS, dict.items, lambda entry: (entry[0], make(*entry))))

    def workspace(self) -> Workspace:
        return Workspace(self.choice("workspace", Choice(tuple(Workspace)), Workspace.LEARN))

    def save_window(self, window: QMainWindow, layouts: Mapping[str, Any]) -> None:
        """Save the window's geometry and the layouts; a workspace without one has the default."""
        self.forget_window()
        self._store.setValue(_GEOMETRY, window.saveGeometry())
        self._store.setValue(_PLACE, json.dumps(window.normalGeometry().getRect()))
        self._store.setValue(_LAYOUTS, json.dumps(layouts))

    def forget_window(self) -> None:
        """Forget geometry and layouts: the next window has the default ones."""
        self._store.remove("window")

    def choice(self, key: str, rule: Rule, default: Any) -> Any:
        """Return a saved choice if its rule allows it, else the default."""
        return self._read(f"choices/{key}", rule.check, default)

    def set_choice(self, key: str, value: str | float | bool | None) -> None:
        """Save a choice; spin boxes give whole numbers as floats."""
        if isinstance(value, float) and value.is_integer():
            value = int(value)
        self._store.setValue(f"choices/{key}", json.dumps(value))

    @property
    def is_introduced(self) -> bool:
        """Whether the introduction need not be shown: it was closed, or there was a run before."""
        return bool(self.choice("introduced", Switch(), self.config(CURRENT_RUN) is not None))

    def keep(
        self,
        key: str,
        rule: Rule,
        default: Any,
        show: Callable[[Any], object],
        chosen: SignalInstance,
    ) -> None:
        """Show the saved choice, and save each new one."""
        show(self.choice(key, rule, default))
        chosen.connect(lambda value: self.set_choice(key, value))

    def keep_switches(self, actions: Iterable[QAction]) -> None:
        """Do the same for checkable actions, each under its object name."""

        def is_off(action: QAction) -> bool:
            return not self.choice(action.objectName(), Switch(), action.isChecked())

        # Checked ones first: within a group they uncheck the others.
        for action in sorted(actions, key=is_off):
            name, is_on = action.objectName(), action.isChecked()
            self.keep(name, Switch(), is_on, action.setChecked, action.toggled)

    def lessons_done(self) -> set[str]:
        """Return the keys of the lessons that are done."""
        return set(self._each("lessons/done", list.copy, _text))

    def set_lessons_done(self, keys: Iterable[str]) -> None:
        self._store.setValue("lessons/done", json.dumps(sorted(keys)))

    def config(self, key: str) -> RunConfig | None:
        """Return the settings of a run or a recipe, if any were saved."""

        def made(saved: Any) -> RunConfig | None:
            return None if saved is None else RunConfig.from_dict(saved)

        return self._read(key, made, None)

    def set_config(self, key: str, config: RunConfig | None) -> None:
        value = None if config is None else config.changed()
        self._store.setValue(key, json.dumps(value))

    def rules(self) -> StopRules:
        return self._read("run/stop", lambda saved: StopRules(**saved), StopRules())

    def set_rules(self, rules: StopRules) -> None:
        self._store.setValue("run/stop", json.dumps(asdict(rules)))

    def leave_out(self, *keys: str) -> None:
        """Give notice soon that entries were broken."""
        self.left_out.update(keys)
        if keys:
            self._soon.start()

    @Slot()
    def _give_notice(self) -> None:
        keys = sorted(key.removeprefix("choices/") for key in self.left_out)
        names = listed([key.translate(str.maketrans("/_", "  ")) for key in keys])
        self.left_out.clear()
        self.noticed.emit(f"Some saved settings are damaged and were left out: {names}.")

    @contextmanager
    def _leaving_out(self, key: str) -> Iterator[None]:
        """Leave an entry, or a part of it, out where it is refused."""
        try:
            yield
        except _REFUSALS:
            self.leave_out(key)

    def _read(self, key: str, make: Callable[[Any], _Value], default: _Value) -> _Value:
        """Return what is made of the JSON value of an entry that is there and valid."""
        if self._store.contains(key):
            with self._leaving_out(key):
                text = self._store.value(key)
                if not isinstance(text, str) or len(text) >= _MOST_CHARACTERS:
                    raise ValueError(key)
                return make(json.loads(text))
        return default

    def _each(
        self, key: str, parts: Callable[[Any], Iterable[Any]], make: Callable[[Any], _Value]
    ) -> list[_Value]:
        """Return what is made of each part of an entry that is valid."""
        made: list[_Value] = []
        nothing: Iterable[Any] = ()
        for part in self._read(key, parts, nothing):
            with self._leaving_out(key):
                made.append(make(part))
        return made


def _path(saved: str) -> Path:
    """Return the path of a file. Raises ValueError for one without a name, else TypeError."""
    path = Path(saved)
    if not path.name:
        raise ValueError(saved)
    return path


def _text(saved: object) -> str:
    if not isinstance(saved, str):
        raise TypeError(saved)
    return saved
