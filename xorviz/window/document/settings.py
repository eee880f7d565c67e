"""Saves layout and choices in a QSettings, and checks every value that is read."""

import json
from collections.abc import Callable, Iterable, Mapping
from dataclasses import asdict
from pathlib import Path
from typing import Any, TypeVar

from PySide6.QtCore import QByteArray, QSettings, SignalInstance
from PySide6.QtGui import QAction
from PySide6.QtWidgets import QMainWindow

from xorviz.core.rules import Choice, Rule, SettingError, Switch
from xorviz.core.runs.stopping import StopRules
from xorviz.core.settings import RunConfig
from xorviz.panels.registry import Workspace

CURRENT_RUN, LAB_RECIPE = "run/config", "lab/recipe"
"""Keys of the settings of a run; those of the lab are saved if it does not follow the run."""
_LAYOUTS = "window/layouts"
MOST_RECENT = 8
_MOST_CHARACTERS = 10_000
_BROKEN = object()
_Value = TypeVar("_Value")


class Settings:
    """The stored entries by their types; a missing or broken entry reads as the default."""

    def __init__(self, store: QSettings) -> None:
        self._store = store

    @property
    def folder(self) -> Path:
        """The folder that the store's file is in."""
        return Path(self._store.fileName()).parent

    def recent(self) -> list[Path]:
        """Return the recent files, newest first."""
        names = self._json("files/recent")
        known = names if isinstance(names, list) else []
        paths = [Path(name) for name in known if isinstance(name, str)]
        return [path for path in paths if path.name][:MOST_RECENT]

    def set_recent(self, paths: Iterable[Path]) -> None:
        """Save the recent files, newest first, as many as fit."""
        names = [str(path) for path in paths]
        while len(text := json.dumps(names)) >= _MOST_CHARACTERS:
            names.pop()
        self._store.setValue("files/recent", text)

    def restore_geometry(self, window: QMainWindow) -> bool:
        """Restore the window's size and position; return whether that succeeded."""
        value = self._store.value("window/geometry")
        return isinstance(value, QByteArray) and window.restoreGeometry(value)

    def layouts(self) -> dict[str, Any]:
        """Return the saved layouts as values of JSON, by their keys."""
        layouts = self._json(_LAYOUTS)
        return layouts if isinstance(layouts, dict) else {}

    def workspace(self) -> Workspace:
        return Workspace(self.choice("workspace", Choice(tuple(Workspace)), Workspace.LEARN))

    def save_window(self, window: QMainWindow, layouts: Mapping[str, Any]) -> None:
        """Save the window's geometry and the layouts; a workspace without one has the default."""
        self.forget_window()
        self._store.setValue("window/geometry", window.saveGeometry())
        self._store.setValue(_LAYOUTS, json.dumps(layouts))

    def forget_window(self) -> None:
        """Forget geometry and layouts: the next window has the default ones."""
        self._store.remove("window")

    def choice(self, key: str, rule: Rule, default: Any) -> Any:
        """Return a saved choice if its rule allows it, else the default."""
        if not self._store.contains(f"choices/{key}"):
            return default
        try:
            return rule.check(self._json(f"choices/{key}"))
        except (ValueError, TypeError, OverflowError):
            return default

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
        keys = self._json("lessons/done")
        return {key for key in keys if isinstance(key, str)} if isinstance(keys, list) else set()

    def set_lessons_done(self, keys: Iterable[str]) -> None:
        self._store.setValue("lessons/done", json.dumps(sorted(keys)))

    def config(self, key: str) -> RunConfig | None:
        """Return the settings of a run or a recipe, if any were saved."""
        return self._made(key, RunConfig.from_dict)

    def set_config(self, key: str, config: RunConfig | None) -> None:
        value = None if config is None else config.changed()
        self._store.setValue(key, json.dumps(value))

    def rules(self) -> StopRules:
        return self._made("run/stop", lambda values: StopRules(**values)) or StopRules()

    def set_rules(self, rules: StopRules) -> None:
        self._store.setValue("run/stop", json.dumps(asdict(rules)))

    def _made(self, key: str, make: Callable[[dict[str, Any]], _Value]) -> _Value | None:
        """Return what is made of an entry, if it is there and valid."""
        value = self._json(key)
        try:
            return make(value) if isinstance(value, dict) else None
        except (SettingError, TypeError):
            return None

    def _json(self, key: str) -> Any:
        """Return an entry's JSON value; _BROKEN, which no rule allows, if it is not valid."""
        text = self._store.value(key)
        if not isinstance(text, str) or len(text) >= _MOST_CHARACTERS:
            return _BROKEN
        try:
            return json.loads(text)
        except (ValueError, RecursionError):
            return _BROKEN
