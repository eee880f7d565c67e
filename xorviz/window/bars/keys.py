"""The keys of the window's actions: their own, or those that a person chose instead."""

from collections.abc import Iterable, Mapping, Sequence

from PySide6.QtCore import QObject, Signal, Slot
from PySide6.QtGui import QAction, QKeySequence

from xorviz.panels.base.view import View
from xorviz.ui.chrome.panel import Panel
from xorviz.ui.keys import explain_action, is_letter
from xorviz.ui.one_of import OneOf
from xorviz.window.document.settings import Settings

_GROUPS = {"theme": "Theme", "zoom": "Zoom", "workspace": "Workspace"}
"""What actions are of whose texts do not say it, by the beginning of their names."""
MOST_KEYS = 2
"""Keys of one action."""


class Keys(QObject):
    """Sets the keys of actions, by their object names, so that no two have the same.

    A chosen key is taken away from the action that has it by default.
    """

    used = Signal(QAction)
    """An action is about to act."""

    def __init__(self, settings: Settings, parent: QObject) -> None:
        super().__init__(parent)
        self._settings = settings
        self._chosen: dict[str, list[str]] = dict(settings.keys())
        self._defaults: dict[QAction, list[str]] = {}
        self.has_letters: bool = settings.letter_keys()
        """Whether keys that are a single letter, digit or sign work."""

    @property
    def actions(self) -> list[QAction]:
        """All actions, in the order in which they were adopted."""
        return list(self._defaults)

    def adopt(self, actions: Iterable[QAction]) -> None:
        """Take actions whose present keys are their default ones."""
        for action in actions:
            if action not in self._defaults:
                action.triggered.connect(lambda _=False, action=action: self.used.emit(action))
            self._defaults[action] = _keys_of(action)
        if self._chosen or not self.has_letters:  # else they have their keys
            self._apply()

    def of(self, action: QAction) -> list[str]:
        """Return the keys that an action has, also while single letters are switched off."""
        return self._shared()[action]

    def is_changed(self, action: QAction) -> bool:
        return self.of(action) != self._defaults[action]

    def holder_of(self, key: str, action: QAction) -> QAction | None:
        """Return another action that has a key."""
        others = (one for one, keys in self._shared().items() if key in keys and one is not action)
        return next(others, None)

    def choose(self, action: QAction, keys: Sequence[str]) -> None:
        """Give keys to an action; any other that has one of them loses it."""
        for name, theirs in self._chosen.items():
            if any(key in theirs for key in keys):
                self._keep(name, [key for key in theirs if key not in keys])
        wanted = list(dict.fromkeys(filter(None, keys)))
        self._keep(action.objectName(), None if wanted == self._defaults[action] else wanted)
        self._apply()

    def reset(self, action: QAction) -> None:
        """Give an action its default keys again; another that has one of them loses it."""
        self._chosen.pop(action.objectName(), None)
        self.choose(action, self._defaults[action])

    @Slot()
    def reset_all(self) -> None:
        """Give every action its default keys again."""
        for action in self._defaults:
            self._keep(action.objectName(), None)
        self._apply()

    @Slot(bool)
    def switch_letters(self, is_on: bool) -> None:
        """Choose whether keys that are a single letter, digit or sign work."""
        self.has_letters = is_on
        self._settings.set_choice("letter_keys", is_on)
        self._apply()

    def _keep(self, name: str, keys: list[str] | None) -> None:
        """Choose keys for an action, or None for its default ones, and save that."""
        self._chosen = {one: theirs for one, theirs in self._chosen.items() if one != name}
        if keys is not None:
            self._chosen[name] = keys
        self._settings.set_keys(name, keys)

    def _shared(self) -> Mapping[QAction, list[str]]:
        """Return the keys of each action: of one key, the first that chose it, else that has it."""
        chosen, taken = self._chosen, dict[str, QAction]()
        wanted = {
            action: chosen.get(action.objectName(), default)
            for action, default in self._defaults.items()
        }
        for action in sorted(wanted, key=lambda action: action.objectName() not in chosen):
            for key in wanted[action]:
                taken.setdefault(key, action)
        return {
            action: [key for key in keys if taken[key] is action] for action, keys in wanted.items()
        }

    def _apply(self) -> None:
        for action, keys in self._shared().items():
            active = [key for key in keys if self.has_letters or not is_letter(key)]
            if active != _keys_of(action):
                action.setShortcuts([QKeySequence(key) for key in active])
                explain_action(action)


def name_of(action: QAction) -> str:
    """Return what an action is called in a list of all."""
    text = action.text().replace("&", "").removesuffix("…")
    owner, name = action.parent(), action.objectName()
    if isinstance(owner, View):
        group = action.actionGroup()
        title = group.title if isinstance(group, OneOf) else ""
        return f"{owner.title}: {title} {text.lower()}" if title else f"{owner.title}: {text}"
    if isinstance(owner, Panel):
        return f"Panel {text}"
    if name in {"undo", "redo"}:  # the text goes on with what would be undone
        return name.title()
    kind = _GROUPS.get(name.partition("_")[0])
    return f"{kind}: {text}" if kind and not text.startswith(kind) else text


def _keys_of(action: QAction) -> list[str]:
    return [key.toString() for key in action.shortcuts()]
