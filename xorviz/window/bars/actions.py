"""The actions of the window in one table, the menus that hold them, and when their keys act."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

from PySide6.QtCore import QObject, Qt, Signal, Slot
from PySide6.QtGui import QAction, QIcon
from PySide6.QtWidgets import (
    QAbstractItemView,
    QAbstractSpinBox,
    QApplication,
    QComboBox,
    QLineEdit,
    QMainWindow,
    QMenu,
    QPlainTextEdit,
    QTableView,
    QWhatsThis,
    QWidget,
)
from shiboken6 import isValid

from xorviz.core import numerals
from xorviz.files import assets
from xorviz.panels.registry import Workspace
from xorviz.ui.chrome.icons import tinted
from xorviz.ui.chrome.panel import Panel
from xorviz.ui.focus import keep_near
from xorviz.ui.forms.fields import NumberField
from xorviz.ui.keys import allow, explain_action, explained_action, is_for_fields, is_letter
from xorviz.ui.one_of import OneOf
from xorviz.ui.theme.palette import LIGHT, Theme, mixed


@dataclass(frozen=True, slots=True)
class _Spec:
    name: str
    text: str
    keys: tuple[str, ...]
    tip: str
    icon: str = ""
    is_choice: bool = False
    watched: str = ""
    """What it does while a watched run is the current one, if that is something else."""


THEMES = ("system", "light", "dark")
ZOOMS = ("100", "110", "125", "150", "175", "200")
"""Sizes of text, in percent."""

_TRAIN, _STOP = "Train until Pause or the step limit", "Stop training at this step"
_FOLLOW = "Show each new state of the program until Pause"
_STAY = "Stay at this step; the program continues"
"""What the action run does, before it is pressed and after; of a watched run the last two."""
WATCHED = ("continue_here", "train_twin", "to_difference")
"""Actions on a watched run."""

_TRAINING = ("run", "step", "explain_step", "step_n", "step_other")
"""Actions that take steps of the run."""
LAB_IDLE = "The lab is idle"
DEFAULT_STEP_COUNT = 100
_COUNTING = ("step_n", "step_back_n")
"""Actions with a number of steps."""
_FAILED = "Training has failed: reset it, or open another run"

_TABLE = (
    _Spec("new", "&New", (), "Start again with the quick-start preset and no pinned runs"),
    _Spec("open", "&Open…", ("Ctrl+O",), "Open a run file"),
    _Spec("save", "&Save", ("Ctrl+S",), "Save the current run and the pinned runs"),
    _Spec("save_as", "Save &as…", (), "Save the runs to another file"),
    _Spec("export", "&Export…", ("Ctrl+E",),
           "Export a picture, an animation, a table, or a NumPy script"),
    _Spec("save_page", "Save as &page…", (),
           "Save the run as one page for any browser, with a slider over its steps"),
    _Spec("undo", "&Undo", ("Ctrl+Z",), "Undo the last change"),
    _Spec("redo", "&Redo", ("Ctrl+Shift+Z",), "Redo the change that was undone"),
    _Spec("own_network", "&Import network…", ("Ctrl+I",),
           "Import weights or outputs from another program, and see why it learns or doesn't"),
    _Spec("watch_program", "&Watch a program…", (),
           "Show your own training loop while it trains, and have its steps checked"),
    _Spec("copy_command", "&Copy as command", (),
           "Copy a command that opens xorviz with the current settings"),
    _Spec("paste_settings", "&Paste settings", (),
           "Start a run with the settings of a copied command"),
    _Spec("preferences", "Pr&eferences…", (),
           "Choose theme, text size, motion, automatic fixes and single-letter keys"),
    _Spec("run", "&Run", ("Space",), _TRAIN, "run"),
    _Spec("step", "&Step", ("S", "Right"),
           "Take one step: one update from all four rows, or a pass of four, row by row", "step",
           watched="Show the next recorded state"),
    _Spec("explain_step", "E&xplain this step", (),
          "Follow the next step through the network, line by line with its numbers, then take it",
          "explain", is_choice=True),
    _Spec("step_n", "Step &{n}", (), "Take {n} steps",
           watched="Forward {n} steps, to a recorded state"),
    _Spec("step_other", "Step by a nu&mber…", (), "Take a number of steps that you type"),
    _Spec("step_back", "Step &back", ("Left",), "Show the previous step", "step_back",
           watched="Show the recorded state before this one"),
    _Spec("step_back_n", "Step b&ack {n}", (), "Go back {n} steps",
           watched="Back {n} steps, to a recorded state"),
    _Spec("to_start", "Go to &first step", ("Home",),
           "Show step 0, with the initial weights",
           watched="Show the first state of the watched run"),
    _Spec("to_live", "Go to new&est step", ("End",), "Show the newest step", "to_live",
           watched="Show the newest state of the watched run"),
    _Spec("reset", "Rese&t", ("R",), "Return to step 0 and the same initial weights", "reset",
           watched="Show the first state of the watched run"),
    _Spec("new_weights", "New &weights", ("N",),
           "Return to step 0 with new random initial weights, from a new seed", "new_weights",
           watched="Pin the watched run, and train its recipe from random initial weights"),
    _Spec("pin", "&Pin run", ("P",), "Keep a copy of the current run, for comparison",
           watched="Keep the watched run in the list of runs"),
    _Spec("side_by_side", "&Compare side by side…", ("C",),
           "Train a second run beside this one, from the same initial weights", is_choice=True,
           watched="Train a second run beside this one, from its first state"),
    _Spec("fit_runs", "F&it loss to run, or to all", ("F",),
           "Fit the axes of the loss plot to the current run, or where they are, to all runs"),
    _Spec("continue_here", "Train from t&his state", (),
           "Start a run from the state shown; the watched run is pinned"),
    _Spec("train_twin", "C&ompare with a correct copy", (),
           "Train correct code beside the watched run, from its first state, with its recipe"),
    _Spec("to_difference", "Go to first &difference", (),
           "Show the first recorded step at which a watched run and the run beside it differ"),
    _Spec("lab_run", "Run &lab", (),
           "Train one recipe from the initial weights of many seeds, on all cores"),
    _Spec("lab_cancel", "Ca&ncel lab", (), "Stop the lab, and keep the results so far"),
    _Spec("why", "&Why?", ("D",), "Show why the run learns or doesn't, and what to do about it"),
    _Spec("try_by_itself", "Suggest fi&xes automatically", (),
           "Try changes when a run of 100 steps or more stops or pauses without being correct",
           is_choice=True),
    _Spec("next_unit", "Next hidden &unit", (), "Highlight the next hidden unit"),
    _Spec("previous_unit", "Pre&vious hidden unit", (), "Highlight the previous hidden unit"),
    _Spec("workspace_learn", "&Learn", ("Ctrl+1",), "Watch a network learn", is_choice=True),
    _Spec("workspace_inside", "&Inside", ("Ctrl+2",),
           "See what the hidden units do, and why the network learns or doesn't",
           is_choice=True),
    _Spec("workspace_lab", "La&b", ("Ctrl+3",),
           "Train hundreds of networks, and see how often they learn", is_choice=True),
    _Spec("theme_system", "Follow &system", (), "Light or dark, as the desktop", is_choice=True),
    _Spec("theme_light", "&Light", (), "Dark text on a light background", is_choice=True),
    _Spec("theme_dark", "&Dark", (), "Light text on a dark background", is_choice=True),
    _Spec("zoom_in", "Zoom &in", ("Ctrl++", "Ctrl+="), "Make all text larger"),
    _Spec("zoom_out", "Zoom &out", ("Ctrl+-",), "Make all text smaller"),
    *(_Spec(f"zoom_{zoom}", f"{zoom} %", ("Ctrl+0",) if zoom == "100" else (),
            f"Show all text at {zoom} % of the desktop's size", is_choice=True)
      for zoom in ZOOMS),
    _Spec("reduced_motion", "Reduce &motion", (),
           "Turn off animations", is_choice=True),
    _Spec("letter_keys", "Sin&gle-letter keys", (),
           "Let single letters act as keys. Turn them off if you dictate or press keys by accident",
           is_choice=True),
    _Spec("present", "P&resent", ("F5",),
           "Fill the screen, with large text and thick lines, no settings, and the keys you use",
           is_choice=True),
    _Spec("full_screen", "&Full screen", (), "Show the window on the whole screen, or as before"),
    _Spec("fold_settings", "&Settings column", ("F9",),
           "Fold the column of the settings, or show it"),
    _Spec("reset_layout", "Reset la&yout", (), "Return all panels to their first places"),
    _Spec("open_lesson", "&Open lesson…", (), "Begin a lesson from a file"),
    _Spec("forget_lessons", "&Clear lesson progress", (), "Remove the ticks from all lessons"),
    _Spec("help", "&Help", ("F1",), "Read what the panels show, the words, and the keys", "help"),
    _Spec("palette", "Co&mmand palette…", ("Ctrl+K",),
           "Find any command by a few letters, and run it"),
    _Spec("introduction", "&Introduction", (), "Read what XOR is and what the colours mean"),
    _Spec("about", "&About xorviz", (), "Show version information"),
    _Spec("quit", "&Quit", ("Ctrl+Q",), "Close the window"),
)  # fmt: skip


class Actions:
    """The window's actions as QActions, by name."""

    def __init__(self, window: QWidget) -> None:
        self._theme = LIGHT
        self._is_active, self._is_primary, self._is_watched = False, True, False
        self.steps = DEFAULT_STEP_COUNT
        """How many steps the actions of _COUNTING take."""
        self._by_name = {
            e.name: explained_action(window, e.text, e.tip, e.name, *e.keys) for e in _TABLE
        }
        for entry in _TABLE:
            self[entry.name].setCheckable(entry.is_choice)
        self.show_steps(DEFAULT_STEP_COUNT)
        allow(self["lab_cancel"], LAB_IDLE)
        themes = {theme: self[f"theme_{theme}"] for theme in THEMES}
        self.themes = OneOf(window, themes, "system")
        self.zooms = OneOf(window, {zoom: self[f"zoom_{zoom}"] for zoom in ZOOMS}, "100")
        workspaces = {space: self[f"workspace_{space}"] for space in Workspace}
        self.workspaces = OneOf(window, workspaces, Workspace.LEARN)
        # On the window itself, so that the keys work while menus are closed.
        window.addActions(list(self._by_name.values()))

    def __getitem__(self, name: str) -> QAction:
        return self._by_name[name]

    def apply_theme(self, theme: Theme) -> None:
        """Draw all icons in a theme's colours."""
        self._theme = theme
        for entry in _TABLE:
            if entry.icon:
                self[entry.name].setIcon(self._icon(entry.icon, theme.text))
        self._show_run()

    def show_active(self, is_active: bool) -> None:
        if is_active != self._is_active:  # icons are expensive to draw
            self._is_active = is_active
            self._show_run()

    def show_primary(self, is_primary: bool) -> None:
        """Draw Run's icon for a button in the accent colour, or for a plain one."""
        self._is_primary = is_primary
        self._show_run()

    def _show_run(self) -> None:
        run, is_active = self["run"], self._is_active
        ink = self._theme.on_accent if self._is_primary else self._theme.text
        run.setIcon(self._icon("pause" if is_active else "run", ink))
        run.setText("Pause" if is_active else "&Follow" if self._is_watched else "&Run")
        starts, stops = (_FOLLOW, _STAY) if self._is_watched else (_TRAIN, _STOP)
        explain_action(run, stops if is_active else starts)

    def show_trainable(self, can_train: bool) -> None:
        """Enable what trains the run, or disable it."""
        for name in _TRAINING:
            allow(self[name], "" if can_train else _FAILED)

    def show_watched(self, is_watched: bool) -> None:
        """Say what actions do to a run trained by xorviz, or by another program."""
        if is_watched == self._is_watched:
            return
        self._is_watched = is_watched
        for entry in _TABLE:
            if entry.watched:
                self._explain(entry)
        self._show_run()

    def show_steps(self, steps: int) -> None:
        """Name and explain the actions that take this number of steps."""
        self.steps = steps
        for entry in _TABLE:
            if entry.name in _COUNTING:
                self[entry.name].setText(entry.text.format(n=numerals.whole(steps)))
                self._explain(entry)

    def _explain(self, entry: _Spec) -> None:
        tip = entry.watched if self._is_watched else entry.tip
        explain_action(self[entry.name], tip.format(n=numerals.whole(self.steps)))

    def show_history(self, undo: str | None, redo: str | None) -> None:
        """Label undo and redo with their changes; disable them if there are none."""
        for name, text, label in (("undo", "&Undo", undo), ("redo", "&Redo", redo)):
            allow(self[name], f"There is nothing to {name}" if label is None else "")
            written = (label or "").replace("&", "&&")  # a run's name may contain one
            self[name].setText(f"{text} {written}".rstrip())

    def show_position(self, step: int, newest: int) -> None:
        """Enable the actions that go to other steps where there are any."""
        for name in ("step_back", "step_back_n", "to_start"):
            allow(self[name], "" if step > 0 else "This is the first step")
        allow(self["to_live"], "" if step < newest else "This is the newest step")

    def _icon(self, name: str, color: str) -> QIcon:
        faint = mixed(self._theme.quiet, self._theme.panel)
        return tinted(assets.read_text(f"icons/{name}.svg"), color, faint)


_FILE = (("save", "save_as"), ("export", "save_page"), ("quit",))
_EDIT = (("undo", "redo"), ("copy_command", "paste_settings"), ("preferences",))
_UNITS = (("why", "try_by_itself"), ("next_unit", "previous_unit"))
_SCREEN = (("present", "full_screen"), ("fold_settings", "reset_layout"))
_RUN = (
    ("run", "step", "explain_step", "step_n", "step_other"),
    ("step_back", "step_back_n", "to_start", "to_live"),
    ("reset", "new_weights"),
    ("pin", "side_by_side", "fit_runs"),
    WATCHED,
    ("lab_run", "lab_cancel"),
)
"""Actions by name; a separator between groups."""


def fill_menus(
    window: QMainWindow,
    actions: Actions,
    presets: QMenu,
    lessons: QMenu,
    recent: QMenu,
    panels: Callable[[], Iterable[Panel]],
) -> None:
    """Fill a window's menu bar; ``panels`` makes those that are not made, when menus ask for it."""
    bar = window.menuBar()
    file = bar.addMenu("&File")
    file.addActions([actions["new"], actions["open"], actions["own_network"]])
    file.addAction(actions["watch_program"])
    file.addMenu(recent)
    _add(file, actions, _FILE)
    _add(bar.addMenu("&Edit"), actions, _EDIT)
    _fill_view(bar.addMenu("&View"), actions, panels)
    _add(bar.addMenu("&Run"), actions, _RUN)
    bar.addMenu(presets)
    bar.addMenu(lessons)
    about = bar.addMenu("&Help")
    whats_this = QWhatsThis.createAction(window)
    whats_this.setIconVisibleInMenu(False)  # Qt's own icon, in no colour of the theme
    whats_this.setShortcut("")  # Shift+F1 then explains what has the focus
    about.addActions([actions[name] for name in ("help", "palette", "introduction")])
    about.addActions([whats_this, actions["about"]])
    for menu in bar.findChildren(QMenu):
        menu.setToolTipsVisible(True)


def _fill_view(view: QMenu, actions: Actions, panels: Callable[[], Iterable[Panel]]) -> None:
    view.addActions(actions.workspaces.actions())
    view.addSeparator()
    # Each panel's action brings it to the front or hides it; its menu has its options.
    _refill(view.addMenu("&Panels"), lambda: [panel.action for panel in panels()])
    options = view.addMenu("Panel &options")
    _refill(options, lambda: [panel.menu.menuAction() for panel in panels()])
    _add(view, actions, _UNITS)
    view.addSeparator()
    zoom = view.addMenu("&Zoom")
    zoom.addActions([actions["zoom_in"], actions["zoom_out"]])
    zoom.addSeparator()
    zoom.addActions([actions[f"zoom_{name}"] for name in ZOOMS])
    view.addMenu("&Theme").addActions([actions[f"theme_{name}"] for name in THEMES])
    view.addActions([actions["reduced_motion"], actions["letter_keys"]])
    _add(view, actions, _SCREEN)


def _refill(menu: QMenu, actions: Callable[[], Sequence[QAction]]) -> None:
    """Fill a menu each time that it is opened."""

    def fill() -> None:
        menu.clear()
        menu.addActions(actions())

    menu.aboutToShow.connect(fill)


def _add(menu: QMenu, actions: Actions, groups: Iterable[Iterable[str]]) -> None:
    for names in groups:
        menu.addSeparator()
        menu.addActions([actions[name] for name in names])


_FIELDS = QAbstractItemView, QAbstractSpinBox, QComboBox, QLineEdit, QPlainTextEdit
_LEAVE_SPACE = NumberField, QTableView
"""Space runs and pauses from a table, and from a number unless one is being typed."""


class Keys(QObject):
    """Keeps the keys that fields use from acting on the window while a field has the focus.

    A field is all that one types into, and every table and list. ``letters`` switches keys that are
    one letter, digit or sign off altogether.
    """

    used = Signal(QAction)
    """An action is about to act."""

    def __init__(self, actions: Iterable[QAction], letters: QAction, parent: QObject) -> None:
        super().__init__(parent)
        self._keys = {action: action.shortcuts() for action in actions}
        self._letters = letters
        letters.setChecked(True)
        letters.toggled.connect(self._show_letters)
        for action in self._keys:
            action.triggered.connect(lambda _=False, action=action: self.used.emit(action))
        application = QApplication.instance()
        assert isinstance(application, QApplication)
        application.focusChanged.connect(self._yield_to)
        self._show_letters()

    @Slot()
    def _show_letters(self) -> None:
        has_letters = self._letters.isChecked()
        for action, keys in self._keys.items():
            active = [key for key in keys if has_letters or not is_letter(key.toString())]
            if active != action.shortcuts():
                action.setShortcuts(active)
                explain_action(action)

    @Slot(QWidget, QWidget)
    def _yield_to(self, before: QWidget | None, focused: QWidget | None) -> None:
        """Let keys act as usual, or those of fields only on the window itself, if it had a field's.

        Their context says that, so that menus and tips continue showing them.
        """
        if before is not None and focused is not None and isValid(before):  # not being deleted
            keep_near(before, focused)
        contexts = Qt.ShortcutContext
        is_field, leaves_space = isinstance(focused, _FIELDS), isinstance(focused, _LEAVE_SPACE)
        for action, keys in self._keys.items():
            names = {key.toString() for key in keys}
            if any(map(is_for_fields, names)):
                yields = is_field and not (leaves_space and names == {"Space"})
                context = contexts.WidgetShortcut if yields else contexts.WindowShortcut
                action.setShortcutContext(context)
