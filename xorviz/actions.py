"""Every action of the window: its name, words, key and icon, in one table."""

from dataclasses import dataclass

from PySide6.QtGui import QAction, QActionGroup, QIcon, QKeySequence
from PySide6.QtWidgets import QWidget

from xorviz import assets
from xorviz.views.palette import LIGHT, Theme
from xorviz.widgets.icons import tinted


@dataclass(frozen=True, slots=True)
class _Entry:
    name: str
    text: str
    keys: tuple[str, ...]
    tip: str
    icon: str = ""
    is_choice: bool = False


_TABLE = (
    _Entry("run", "&Run", ("Space",), "Train until you pause, or a stop rule does", "run"),
    _Entry("step", "&Step", ("S", "Right"), "Take one step: one update from all four rows", "step"),
    _Entry("step_n", "Step &N", ("Shift+S",), "Take as many steps as the box says", "step_n"),
    _Entry("reset", "R&eset", ("R",), "Go back to step 0 and the same initial weights", "reset"),
    _Entry("new_seed", "&New seed", ("N",), "Draw other initial weights and restart", "new_seed"),
    _Entry("theme_system", "As the &system", (), "Light or dark as the desktop is", is_choice=True),
    _Entry("theme_light", "&Light", (), "Dark on light", is_choice=True),
    _Entry("theme_dark", "&Dark", (), "Light on dark", is_choice=True),
    _Entry("full_screen", "&Full screen", ("F11",), "Use the whole screen, or stop doing so"),
    _Entry("reset_layout", "Reset la&yout", ("Ctrl+0",), "Put all panels back in place"),
    _Entry("help", "&Help", ("F1",), "What the panels show, and the keys", "help"),
    _Entry("about", "&About xorviz", (), "Versions, to be copied into a report"),
    _Entry("quit", "&Quit", ("Ctrl+Q",), "Close the window and end the program"),
)  # fmt: skip

THEMES = ("system", "light", "dark")


class Actions:
    """The window's actions as QActions, by name."""

    def __init__(self, window: QWidget) -> None:
        self._theme = LIGHT
        self._is_active = False
        self._by_name = {entry.name: _action(entry, window) for entry in _TABLE}
        self.themes = QActionGroup(window)
        for theme in THEMES:
            self._by_name[f"theme_{theme}"].setData(theme)
            self.themes.addAction(self._by_name[f"theme_{theme}"])
        # On the window itself, so that the keys work while the menus are not shown.
        window.addActions(list(self._by_name.values()))

    def __getitem__(self, name: str) -> QAction:
        return self._by_name[name]

    def apply_theme(self, theme: Theme) -> None:
        """Draw all icons in a theme."""
        self._theme = theme
        for entry in _TABLE:
            if entry.icon:
                self[entry.name].setIcon(self._icon(entry.icon, theme.text))
        self.show_active(self._is_active)

    def show_active(self, is_active: bool) -> None:
        """Let the run action say what it would do now: pause what goes on, or run."""
        self._is_active = is_active
        run = self["run"]
        run.setIcon(self._icon("pause" if is_active else "run", self._theme.on_accent))
        run.setText("Pause" if is_active else "&Run")
        _explain(run, "Stop where it is" if is_active else _TABLE[0].tip)

    def _icon(self, name: str, color: str) -> QIcon:
        return tinted(assets.read_text(f"icons/{name}.svg"), color, self._theme.quiet)


def _action(entry: _Entry, window: QWidget) -> QAction:
    action = QAction(entry.text, window)
    action.setObjectName(entry.name)
    action.setShortcuts([QKeySequence(key) for key in entry.keys])
    action.setCheckable(entry.is_choice)
    _explain(action, entry.tip)
    return action


def _explain(action: QAction, tip: str) -> None:
    """Say what an action does, and its key, wherever Qt asks for it."""
    key = action.shortcut().toString(QKeySequence.SequenceFormat.NativeText)
    action.setToolTip(f"{tip} ({key})" if key else tip)
    action.setStatusTip(tip)
    action.setWhatsThis(f"{tip}. Key: {key}." if key else f"{tip}.")
