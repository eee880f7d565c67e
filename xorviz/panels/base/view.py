"""Base class of all panels."""

from collections.abc import Callable, Mapping
from typing import Any

from PySide6.QtCore import QEvent, QObject, QPoint, QPointF, QSize, Qt, Signal, SignalInstance, Slot
from PySide6.QtGui import (
    QAccessible,
    QAccessibleInterface,
    QAction,
    QFocusEvent,
    QGuiApplication,
    QKeyEvent,
    QResizeEvent,
    QShowEvent,
)
from PySide6.QtWidgets import QAccessibleWidget, QMenu, QScrollBar, QWidget

from xorviz.panels import registry
from xorviz.panels.base.export import COPY_DESCRIPTION, EXPORTS, OF_TABLES, Cells
from xorviz.ui.draw.canvas import Canvas
from xorviz.ui.guard import guarded
from xorviz.ui.keys import ARROWS, ENTER, PAGES, ZOOM, claims, explained_action
from xorviz.ui.markdown import anchor
from xorviz.ui.one_of import OneOf
from xorviz.ui.plot.curve_plot import CurvePlot
from xorviz.ui.said import announce, tell
from xorviz.ui.table import Table
from xorviz.ui.theme.palette import LIGHT, Theme

_B = " B"
"""At the end of the title of a view of a second run."""


Pointable = Canvas | CurvePlot
"""What the mouse points into, and the arrow keys walk through, from spot to spot."""


@guarded
class View(QWidget):
    """The content of a panel. It does not draw while it is hidden.

    The frame shows the read-out beside the title, and the options as a menu, also at a right
    click. Arrow keys move the view's cursor, Enter does what a click does there, Esc clears it.
    """

    readout_changed = Signal(str)
    heading_changed = Signal(str, str)
    export_requested = Signal(str)  # a key of EXPORTS

    explanation = ""
    """The panel in at most two sentences, for What's This; the guide has more under its title."""

    has_table = False
    """Whether what is shown can be saved as a table."""

    least_lines = 6
    """Height in lines of text below which it becomes a tab of its neighbour."""

    has_own_settings = False
    """Whether the view's options are not stored as switches in the settings."""

    def __init__(self, name: str, title: str = "") -> None:
        """Make the view of this name in the registry, with the title there unless one is given."""
        super().__init__()
        self.title = title or registry.entry(name).title
        self.setObjectName(name)
        self.setAccessibleName(self.title)
        self.setAccessibleDescription(self.explanation)
        tell(self, self.explanation, anchor(self.title.removesuffix(_B)))
        # By Tab only: a click must not take the arrow keys from the focused widget.
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self.theme = LIGHT
        self._spare: tuple[QWidget, ...] = ()
        """Parts of its column that are shown only where there is room."""
        self.options: list[QAction] = []
        kinds = (kind for kind in EXPORTS if self.has_table or kind not in OF_TABLES)
        self.exports = [self._export(kind) for kind in kinds]
        """Ways to save or copy what is shown; below the options in the context menu."""
        tip = "Copy what this panel shows now to the clipboard, in a sentence or two"
        copy = explained_action(self, COPY_DESCRIPTION, tip, f"{name}_copy_description")
        copy.triggered.connect(self._copy_description)
        self.exports.append(copy)
        self._said = ""
        """The latest read-out, for screen readers."""
        self.readout_changed.connect(self._keep_said)
        self._pointable: Pointable | None = None
        self._paged: Callable[[], QScrollBar] | None = None
        """Asks for the bar that Page up and Page down scroll: PySide6 may drop one that is kept."""
        self._is_pictured = False
        """Whether a picture is made of it."""
        self.heading = "", ""
        self._is_drawn = False

    @property
    def is_seen(self) -> bool:
        """Whether the view is on screen, not behind another panel's tab."""
        return self.isVisible()

    @property
    def is_empty(self) -> bool:
        """Whether there is nothing to show but a hint."""
        return False

    def table(self) -> Cells | None:
        """Return what is shown as a table, if there is anything yet."""
        return None

    def description(self) -> str:
        """Return in a sentence or two what is shown; computed on demand, not per frame."""
        return self.explanation

    @Slot()
    def describe_again(self) -> None:
        """Update the description for screen readers."""
        said = self.description()
        for part in (self, self.focusProxy()):
            if part is not None:
                part.setAccessibleDescription(said)

    def drawing(self) -> QWidget:
        """Return the widget to save as a picture, which shows the latest, also unseen.

        It has all legends, also those that it leaves to others until it draws again.
        """
        if not self._is_drawn or self._shares:
            self._is_drawn = self._is_pictured = True
            self._draw_latest()
            self._is_pictured = False
            self._is_drawn = not self._shares
        self.describe_again()
        return self

    def show_heading(self, head: str, rest: str) -> None:
        """Show a line above the view: what is shown, and what else there is to say; or none."""
        if (head, rest) != self.heading:
            self.heading = head, rest
            self.heading_changed.emit(head, rest)

    def add_exports(self, menu: QMenu) -> None:
        """Append the ways to save what is shown."""
        menu.addSeparator()
        menu.addActions(self.exports)

    def apply_theme(self, theme: Theme) -> None:
        """Use these colours from now on, also in all parts that paint."""
        self.theme = theme
        for part in self.findChildren(QWidget):
            if isinstance(part, Canvas | CurvePlot | Table):
                part.apply_theme(theme)
        self._recolour()
        self.draw_anew()

    @Slot()
    def redraw(self) -> None:
        """Draw if the view is visible and not up to date."""
        if not self._is_drawn and self.is_seen:
            self._is_drawn = True
            self._draw_latest()

    def draw_anew(self) -> None:
        """Draw, now or as soon as the view is visible: there are new data, or other options."""
        self._is_drawn = False
        self.redraw()

    def _option(
        self,
        name: str,
        text: str,
        checked: bool | None = None,
        tip: str = "",
        slot: Callable[..., None] | SignalInstance | None = None,
    ) -> QAction:
        """Append an option and return it; a checkable one unless checked is None.

        It calls the slot when it is toggled, or triggered if it is not checkable.
        """
        action = explained_action(self, text, tip, name)
        action.setCheckable(checked is not None)
        action.setChecked(bool(checked))
        if slot is not None:
            (action.toggled if action.isCheckable() else action.triggered).connect(slot)
        self.options.append(action)
        return action

    def _one_of(
        self,
        options: Mapping[Any, tuple[str, str, str]],
        value: Any,
        slot: Callable[..., None] | SignalInstance,
        title: str = "",
    ) -> OneOf:
        """Append options of which one holds, with names, texts and tips, by their values.

        The slot is called when another one is chosen. With a title they have a menu of their own.
        """
        actions = {
            one: self._option(name, text, tip=tip) for one, (name, text, tip) in options.items()
        }
        choice = OneOf(self, actions, value, title)
        choice.chosen.connect(slot)
        return choice

    def _export(self, kind: str) -> QAction:
        action = explained_action(self, *EXPORTS[kind], f"{self.objectName()}_{kind}")
        action.triggered.connect(lambda: self.export_requested.emit(kind))
        return action

    @Slot()
    def _copy_description(self) -> None:
        QGuiApplication.clipboard().setText(self.description())

    @Slot(str)
    def _keep_said(self, text: str) -> None:
        self._said = text

    @property
    def _shares(self) -> bool:
        """Whether it leaves legends to another panel in sight."""
        return False

    def _focus_table(self, table: Table) -> None:
        """Let a table take the focus in place of the view, with the view's description."""
        self.setFocusProxy(table)
        table.focused.connect(self.describe_again)

    def _draw_latest(self) -> None:
        """Draw the latest data; fields draw themselves."""

    def minimumSizeHint(self) -> QSize:
        """Return the least size without the parts that are shown only where there is room."""
        size, layout = super().minimumSizeHint(), self.layout()
        for part in self._spare:
            if layout is not None and not part.isHidden():
                size -= QSize(0, part.minimumSizeHint().height() + layout.spacing())
        return size

    def _recolour(self) -> None:
        """Apply the colours of self.theme that neither parts nor drawing set."""

    def _cursor_over(self, pointable: Pointable) -> None:
        """Let the mouse and the arrow keys point into a part of the view."""
        self._pointable = pointable
        pointable.pointed_at.connect(self._point_at)

    @Slot(object)
    def _point_at(self, spot: Any) -> None:
        """Point at a spot of the part that is followed, or at none."""
        self._mark(spot)

    def _mark(self, spot: Any) -> None:
        """Mark a spot and read it out."""
        if self._pointable is not None:
            self._pointable.mark(spot)
            self._read_marked()

    def _read_marked(self) -> None:
        """Read out the spot that is marked, else what is shown."""

    def _move_cursor(self, dx: int, dy: int) -> None:
        """Move the cursor by one right or down."""
        if self._pointable is not None:
            self._point_at(self._pointable.neighbour(dx, dy))

    def _at_cursor(self) -> str:
        """Return what is at the cursor, for screen readers: the read-out, where it says it."""
        return self._said

    def _use_cursor(self) -> None:
        """Do what a click does at the cursor."""

    def _use_cursor_with_shift(self) -> None:
        """Do what a click with Shift does at the cursor."""
        self._use_cursor()

    def _clear_cursor(self) -> None:
        """Remove the cursor."""
        self._point_at(None)

    def _zoom_by(self, steps: int) -> None:
        """Zoom into the plots by some steps, or out."""
        for plot in self.findChildren(CurvePlot):
            plot.zoom_by(steps)

    def about_at(self, point: QPoint | None) -> str:
        """Return what is at a point, or at the cursor, for What's This; "" for nothing special."""
        part = self._pointable
        if not isinstance(part, Canvas):
            return ""
        spot = part.marked if point is None else part.spot_at(QPointF(part.mapFrom(self, point)))
        return "" if spot is None else self._told_of(spot)

    def _told_of(self, spot: Any) -> str:  # noqa: ARG002
        """Return what a spot of the part that is followed is, and what a click there does."""
        return ""

    def _escape(self) -> None:
        """Handle Esc."""
        self._clear_cursor()

    def _arrange(self) -> None:
        """Place the parts at the current size, where a layout does not."""

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._arrange()

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        self.redraw()

    def event(self, event: QEvent) -> bool:
        """Handle the arrow keys before the window's shortcuts, while this view has the focus."""
        return (self.hasFocus() and claims(event, ARROWS)) or super().event(event)

    def focusInEvent(self, event: QFocusEvent) -> None:
        super().focusInEvent(event)
        self.describe_again()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        key = Qt.Key(event.key())
        if key in ARROWS:
            self._move_cursor(*ARROWS[key])
            announce(self, self._at_cursor())
        elif key in ENTER and event.modifiers() & Qt.KeyboardModifier.ShiftModifier:
            self._use_cursor_with_shift()
        elif key in ENTER:
            self._use_cursor()
        elif key == Qt.Key.Key_Escape:
            self._escape()
        elif key in ZOOM:
            self._zoom_by(ZOOM[key])
        elif key in PAGES and self._paged is not None:
            bar = self._paged()
            bar.setValue(bar.value() + PAGES[key] * bar.pageStep())
        else:
            super().keyPressEvent(event)


def _interface(name: str, widget: QObject) -> QAccessibleInterface | None:
    """Present a view to screen readers as a named group; Qt's default role is a filler."""
    if name != View.__name__ or not isinstance(widget, QWidget):
        return None
    return QAccessibleWidget(widget, QAccessible.Role.Grouping)


QAccessible.installFactory(_interface)
