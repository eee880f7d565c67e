"""The panels of the window: which are shown, where, and what their user makes of it."""

from collections.abc import Callable, Iterable, Mapping, Set
from functools import cache, partial
from typing import Any

from PySide6.QtCore import QEvent, QSize, Qt, Signal, Slot
from PySide6.QtGui import QCloseEvent, QIcon, QKeySequence, QShortcut
from PySide6.QtWidgets import QApplication, QWidget

from xorviz.files import assets
from xorviz.panels import registry
from xorviz.panels.base.view import View
from xorviz.panels.registry import Workspace
from xorviz.ui.chrome.buttons import ToolButton
from xorviz.ui.chrome.icons import tinted
from xorviz.ui.chrome.panel import ICONS, NO_LIMIT, Panel
from xorviz.ui.chrome.slot import AROUND_TITLE, PanelSlot
from xorviz.ui.focus import focus_of
from xorviz.ui.forms.boxes import column, row
from xorviz.ui.forms.fields import explain
from xorviz.ui.guard import guarded
from xorviz.ui.keys import allow
from xorviz.ui.said import WhatsThis
from xorviz.ui.theme.palette import Theme, mixed
from xorviz.window.layout.page import PanelPage
from xorviz.window.layout.tree import (
    PAIR,
    RUNS,
    SETTINGS,
    TWINS,
    Least,
    SlotColumn,
    TabSlot,
    Tree,
    companion,
    default_tree,
    fitted,
    has_width,
)

Make = Callable[[], Iterable[View]]

_FOLD_ICONS = "chevron_left", "chevron_right"
_ASIDE_SHARE = 0.4
"""Share of the columns' width that a passing column has at first, in relation to all others."""


@guarded
class Desk(QWidget):
    """Shows the panels of a workspace as the user has arranged them.

    What is shown follows from the kept tree of the workspace, from what is shown for a time (a
    column at the right, one panel alone, panels in windows of their own, no settings), and from the
    space that there is.
    """

    workspace_changed = Signal(object)  # Workspace
    aside_changed = Signal(str)
    """Another panel is shown in the passing column: its name, or none."""
    left = Signal()
    """Esc is pressed while presenting, with nothing else to leave."""

    def __init__(self, views: Iterable[View], make_late: Make, make_beside: Make) -> None:
        """Show these views; make the others, and those of a second run, when needed."""
        super().__init__()
        self.setObjectName("desk")
        self._make_late, self._make_beside = make_late, make_beside
        self._by_name: dict[str, Panel] = {}
        self._icons: dict[str, QIcon] = {}
        self._kept: dict[str, Tree] = {}
        """The layouts that their user has changed, by their keys."""
        self.workspace = Workspace.LEARN
        self._is_pair = self._has_pinned = self._is_presented = False
        self._is_folded: bool | None = None
        """Whether the settings are folded; None where the space decides."""
        self.aside, self._aside_share = "", _ASIDE_SHARE
        """The panel in the passing column; none if there is no such column."""
        self._alone = ""
        """The panel that is shown alone."""
        self._tall = ""
        """The panel that has its column to itself."""
        self._windows: dict[str, PanelWindow] = {}
        self._page = PanelPage(self._by_name, self._least, self._most)
        self._fold = ToolButton("fold_settings")
        explain(self._fold, "Settings", "Show or hide the settings, where there is little space.")
        self._fold.clicked.connect(self.toggle_settings)
        self._fold.hide()
        fold = (self._fold, Qt.AlignmentFlag.AlignTop)
        row(self, fold, (self._page, 1), margins=(0, 0, 0, 0), gap=4)
        self._escape = QShortcut(QKeySequence(Qt.Key.Key_Escape), self, enabled=False)
        self._escape.activated.connect(self._leave_passing)
        self._page.resized.connect(self._refresh)
        self._page.shares_changed.connect(self._keep_shares)
        self._page.chosen.connect(self._bring_to_front)
        self._page.opened.connect(self.toggle_alone)
        self._page.moved.connect(self.move_panel)
        self._add(views)

    # The panels.

    @property
    def all(self) -> list[Panel]:
        """All panels that the workspace can show."""
        self.need_all()
        return [self._by_name[name] for name in _names(self._key)]

    @property
    def made(self) -> list[Panel]:
        """The panels made so far."""
        return list(self._by_name.values())

    def __getitem__(self, name: str) -> Panel:
        return self._by_name[name]

    def need_all(self) -> None:
        """Make the other panels, hidden, unless they exist."""
        make, self._make_late = self._make_late, tuple  # once
        self._add(make())

    def _need(self, names: Set[str]) -> None:
        if not self._by_name.keys() >= names:
            self.need_all()

    def _add(self, views: Iterable[View]) -> None:
        for view in views:
            name, panel = view.objectName(), framed(view)
            self._by_name[name] = panel
            self._page.put_away(panel)
            panel.action.triggered.connect(partial(self.toggle, name))
            panel.hide_action.triggered.connect(partial(self.hide_panel, name))
            panel.maximise_action.triggered.connect(partial(self.toggle_alone, name))
            panel.window_action.triggered.connect(partial(self.toggle_window, name))
            panel.menu.aboutToShow.connect(partial(self._offer_places, name))
            panel.set_icons(self._icons)

    def apply_theme(self, theme: Theme) -> None:
        """Draw the icons in a theme's colours."""
        faint = mixed(theme.quiet, theme.panel)
        for name in (*ICONS, *_FOLD_ICONS):
            self._icons[name] = tinted(assets.read_text(f"icons/{name}.svg"), theme.quiet, faint)
        for panel in self._by_name.values():
            panel.set_icons(self._icons)
        self._refresh()

    # What is shown.

    @property
    def _key(self) -> str:
        is_pair = self._is_pair and self.workspace is Workspace.LEARN
        return PAIR if is_pair else self.workspace

    @property
    def _tree(self) -> Tree:
        """The layout of the workspace, with all panels that may be shown in it."""
        return self._kept.get(self._key) or default_tree(self._key)

    def _change(self, tree: Tree) -> None:
        """Keep the layout of the workspace as its user has just changed it."""
        self._kept[self._key] = tree
        self._refresh()

    def _wanted(self) -> tuple[Tree, SlotColumn | None]:
        """Return what would be shown in any amount of space, and the passing column."""
        if self._alone:
            return Tree((SlotColumn((TabSlot((self._alone,)),)),)), None
        has_runs = self._has_pinned and not self._is_presented
        hidden = {*self._windows, self.aside} | (set() if has_runs else {RUNS})
        tree = self._tree.without(*hidden)
        column = next((one for one in tree.columns if self._tall in one.panels), None)
        if column is not None:
            tree = tree.without(*(name for name in column.panels if name != self._tall))
        if not self.aside:
            return tree, None
        share = sum(column.share for column in tree.columns) or 1.0
        return tree, SlotColumn((TabSlot((self.aside,)),), share * self._aside_share)

    def _shown(self) -> tuple[Tree, bool]:
        """Return what is shown in the space that there is, and whether the settings are folded."""
        tree, aside = self._wanted()
        size, least = (self._page.width(), self._page.height()), self._least()
        settings = next((one for one in tree.columns if SETTINGS in one.panels), None)
        is_folded = False
        if settings is not None and len(tree.columns) > 1 and not self._alone:
            columns = tree.columns if aside is None else (*tree.columns, aside)
            is_folded = self._is_presented or not has_width(columns, size[0], least)
            is_folded = is_folded if self._is_folded is None else self._is_folded
        if is_folded and settings is not None:
            tree = tree.without(*settings.panels)
        return fitted(tree, aside, size, least), is_folded

    @property
    def _header(self) -> int:
        return self.fontMetrics().height() + AROUND_TITLE

    def _most(self, name: str) -> int:
        """Return the height beyond which a panel with a header shows no more."""
        return min(self._by_name[name].most_height() + self._header, NO_LIMIT)

    def _least(self) -> Least:
        """Return what gives the least size of a panel with a header."""
        header = self._header

        @cache
        def least(name: str) -> tuple[int, int]:
            size = self._by_name[name].least()
            return size.width(), size.height() + header

        return least

    @Slot()
    def _refresh(self) -> None:
        """Show what follows from all of the above."""
        if self._is_pair:
            make, self._make_beside = self._make_beside, tuple  # once
            self._add(make())
        self._need({*self._tree.panels})
        focused = focus_of(self.window())
        tree, is_folded = self._shown()
        self._page.show_tree(tree)
        self._put_focus_back(focused)
        self._fold.setVisible(is_folded or self._is_folded is False)
        self._fold.setIcon(self._icons.get(_FOLD_ICONS[is_folded], QIcon()))
        self._escape.setEnabled(bool(self.aside or self._alone or self._is_presented))
        shown = {*tree.panels, *self._windows}
        for name, panel in self._by_name.items():
            panel.action.setChecked(name in shown)
            panel.name_actions(self._alone == name, name in self._windows)

    def _put_focus_back(self, focused: QWidget | None) -> None:
        """Give the focus back to a widget whose panel has moved, or to the window."""
        if focused is None or focused is QApplication.focusWidget():
            return
        (focused if focused.isVisible() else self.window()).setFocus()

    def is_placed(self, name: str) -> bool:
        """Return whether a panel is shown, or is behind another one's tab."""
        return name in self._page.tree.panels or name in self._windows

    def start(self, workspace: Workspace, layouts: Mapping[str, Tree]) -> None:
        """Show a workspace in its saved or its default layout."""
        self._kept.update(layouts)
        self.switch(workspace)

    def layouts(self) -> dict[str, Any]:
        """Return the layouts that the user has changed as values of JSON, by their keys."""
        return {key: tree.to_json() for key, tree in self._kept.items()}

    @Slot()
    def reset(self) -> None:
        """Show every panel of the workspace at its default place."""
        self._kept.pop(self._key, None)
        self._alone, self._is_folded = "", None
        for name in list(self._windows):
            self._close_window(name)
        self._refresh()

    def switch(self, workspace: Workspace) -> None:
        """Show another workspace as it was."""
        self._alone, self.workspace = "", workspace
        self._refresh()
        self.workspace_changed.emit(workspace)

    def show_runs(self, has_pinned: bool) -> None:
        """Show the panel of runs while there are pinned runs, unless its user has hidden it."""
        self._has_pinned = has_pinned
        allow(self._by_name[RUNS].action, "" if has_pinned else "There are no pinned runs")
        if not has_pinned:
            self._take_out(RUNS)
        self._refresh()

    def show_beside(self, is_pair: bool) -> None:
        """Show a second run beside the first, or the layout from before."""
        if is_pair == self._is_pair:
            return
        self._is_pair = is_pair
        if is_pair:
            self.switch(Workspace.LEARN)
        else:
            self._take_out(*TWINS)
        self._refresh()

    def _take_out(self, *names: str) -> None:
        """Show panels that have lost their reason neither alone nor in windows of their own."""
        for name in names:
            self._close_window(name)
        if self._alone in names:
            self._alone = ""

    def present(self, is_presented: bool) -> None:
        """Show the panels without settings, runs and buttons, for an audience, or as before."""
        self._is_presented, self._is_folded = is_presented, None
        self._page.show_buttons(not is_presented)
        self._refresh()

    @Slot()
    def toggle_settings(self) -> None:
        """Fold the column of the settings, or show it."""
        _, is_folded = self._shown()
        self._is_folded = not is_folded
        self._refresh()

    # One panel.

    def reveal(self, name: str) -> None:
        """Bring a panel to the front, in this workspace, and give it the focus."""
        self.show_panel(name)
        self._by_name[name].content.setFocus()

    def show_panel(self, name: str) -> None:
        """Bring a panel to the front, at its place or at the default one."""
        self._need({name})
        if name in self._windows:
            self._windows[name].activateWindow()
            return
        if "aside" in registry.entry(name).stacks.values():
            self.open_aside(name)
            return
        self._alone = self._alone if self._alone == name else ""
        self._tall = self._tall if self._tall == name else ""
        tree = self._tree
        if name not in tree.panels:
            tree = tree.moved(name, companion(tree, self._key, name))
        self._change(tree.with_front(name))
        if self._shown()[1] and name not in self._page.tree.panels:  # in the folded column
            self._is_folded = False
            self._refresh()
        if name not in self._page.tree.panels:  # no column fits beside the passing one
            self.close_aside()

    def toggle(self, name: str) -> None:
        """Bring a panel to the front, or hide it if it is in front."""
        self._need({name})
        if self._by_name[name].isVisible():
            self.hide_panel(name)
        else:
            self.show_panel(name)

    def hide_panel(self, name: str) -> None:
        """Hide a panel until it is asked for; the panel of runs in both layouts of Learn."""
        self._close_window(name)
        if name == self.aside:
            self.close_aside()
            return
        if name == self._alone:
            self._alone = ""
        if name == RUNS:
            for key in (Workspace.LEARN, PAIR):
                self._kept[key] = (self._kept.get(key) or default_tree(key)).without(name)
        self._change(self._tree.without(name))

    def toggle_alone(self, name: str) -> None:
        """Show one panel alone, or all again."""
        self._close_window(name)
        self._alone = "" if self._alone else name
        self._refresh()

    def give_column(self, name: str) -> None:
        """Show a panel without the others of its column, until this is called with no name."""
        self._tall = name
        self._refresh()

    def move_panel(self, name: str, beside: str, is_below: bool) -> None:
        """Give a panel the place of another one, before or below it, as its user has asked."""
        if self.aside in {name, beside} or self._alone:
            return
        if {name, beside} <= set(self._tree.panels):
            self._change(self._tree.moved(name, beside, is_below))

    def _offer_places(self, name: str) -> None:
        """Offer the other slots in a panel's menu, if it has a slot that can change."""
        menu, tree = self._by_name[name].move_menu, self._page.tree
        menu.clear()
        is_placed = name in tree.panels and name not in {self.aside, self._alone}
        for slot in tree.slots if is_placed else ():
            if self.aside in slot.panels or slot.panels == (name,):
                continue
            beside = next(one for one in slot.panels if one != name)
            titles = ", ".join(self._by_name[one].windowTitle() for one in slot.panels)
            if name not in slot.panels:
                menu.addAction(f"Tabs with {titles}", partial(self.move_panel, name, beside, False))
            if slot is not tree.below:
                menu.addAction(f"Below {titles}", partial(self.move_panel, name, beside, True))
        menu.setEnabled(not menu.isEmpty())

    @Slot(object, object)
    def _keep_shares(self, before: Tree, after: Tree) -> None:
        """Keep the shares that the user has dragged; that of a passing column until the end."""
        if not self._alone:
            self._kept[self._key] = self._tree.resized(before, after)
        if self.aside and len(after.columns) > 1:
            *others, last = after.columns
            beside = sum(one.share for one in self._shown()[0].columns[:-1])
            all_columns = sum(one.share for one in self._wanted()[0].columns)
            # Of all columns, also those that are below others where there is little space.
            self._aside_share = last.share / sum(one.share for one in others) * beside / all_columns

    @Slot(str)
    def _bring_to_front(self, name: str) -> None:
        if name in self._tree.panels:
            self._change(self._tree.with_front(name))

    # The passing column.

    def open_aside(self, name: str) -> None:
        """Show a panel in a column at the right of all others."""
        self._need({name})
        if name in self._windows:
            self._windows[name].activateWindow()
        else:
            self._set_aside(name)

    @Slot()
    def close_aside(self) -> None:
        """Take the passing column away; what is shown alone stays so, unless it was in there."""
        self._set_aside("")

    def _set_aside(self, name: str) -> None:
        before, self.aside = self.aside, name
        if self._alone != name and (name or self._alone == before):
            self._alone = ""
        self._refresh()
        if name != before:
            self.aside_changed.emit(name)

    @Slot()
    def _leave_passing(self) -> None:
        """End what is shown for a time, the latest first."""
        if self._alone:
            self.toggle_alone(self._alone)
        elif self.aside:
            self.close_aside()
        else:
            self.left.emit()

    # Windows of their own.

    def toggle_window(self, name: str) -> None:
        """Show a panel in a window of its own, or put it back."""
        if name in self._windows:
            self._close_window(name)
            return
        if name == self.aside:
            self.close_aside()
        window = PanelWindow(self._by_name[name], self.window())
        window.closed.connect(partial(self._close_window, name))
        self._windows[name], self._alone = window, ""
        self._refresh()
        window.show()

    def _close_window(self, name: str) -> None:
        window = self._windows.pop(name, None)
        if window is not None:
            self._page.put_away(self._by_name[name])  # else it may go with the window
            self._refresh()
            window.close()
            window.deleteLater()

    def changeEvent(self, event: QEvent) -> None:
        super().changeEvent(event)
        if event.type() == QEvent.Type.FontChange:
            self._refresh()


@guarded
class PanelWindow(QWidget):
    """Holds a panel until it is closed, which puts the panel back.

    A tool window: in any other one the keys of the main window would be dead.
    """

    closed = Signal()

    def __init__(self, panel: Panel, parent: QWidget) -> None:
        super().__init__(parent, Qt.WindowType.Tool)
        self.setObjectName("panel_window")
        self.setWindowTitle(f"{panel.windowTitle()} – xorviz")
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        WhatsThis(self)
        size = panel.size().expandedTo(QSize(360, 280))
        corner = panel.mapToGlobal(panel.rect().topLeft())
        slot = PanelSlot()
        column(self, slot, margins=(6, 6, 6, 6))
        slot.put([panel], panel)
        panel.show()
        self.resize(size)
        self.move(corner)

    def closeEvent(self, event: QCloseEvent) -> None:
        super().closeEvent(event)
        self.closed.emit()


def saved_tree(key: str, value: Any) -> Tree:
    """Return a layout from JSON. Raises ValueError if it is none."""
    return Tree.from_json(value, _names(key))


def _names(key: str) -> list[str]:
    """Return the names of all panels that a layout can have."""
    return [*(entry.name for entry in registry.PANELS), *(TWINS if key == PAIR else ())]


def framed(view: View) -> Panel:
    """Return the panel of a view, which shows its read-out and options."""
    panel = Panel(view.title, view, view.least_lines)
    view.readout_changed.connect(panel.readout.setText)
    view.heading_changed.connect(panel.show_heading)
    panel.show_heading(*view.heading)
    panel.offer(view.options, view.exports)
    return panel
