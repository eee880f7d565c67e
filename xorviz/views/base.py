"""What all panels have in common."""

from PySide6.QtCore import QEvent, Qt, Signal, Slot
from PySide6.QtGui import QAction, QKeyEvent, QShowEvent
from PySide6.QtWidgets import QWidget

from xorviz.core.snapshot import Snapshot
from xorviz.views.difference import own_settings
from xorviz.views.palette import LIGHT, Theme
from xorviz.widgets.keys import ARROWS, ENTER, claims_arrow


class SnapshotView(QWidget):
    """A picture of one snapshot. It cannot tell live from replay, and does not draw while hidden.

    The frame around it shows the read-out beside the title, and the options as a menu. The twin
    of a view draws the second of two runs in lock step, by the options of the first view.

    In all views a click on a hidden unit chooses it, a click on the chosen one or beside all of
    them lets it go, arrow keys choose the unit that they come to, Enter does what a click does,
    and Esc points at nothing and lets the unit go.
    """

    readout_changed = Signal(str)
    options_changed = Signal()
    unit_pointed = Signal(object)  # int | None: the hidden unit under the mouse, from 0
    unit_chosen = Signal(object)  # int | None: the one that was clicked, or gone to by key

    title = ""
    short_title = ""
    """For the tab of the panel, where the title is long."""
    explanation = ""
    """What the panel shows, in plain words, for What's This."""

    def __init__(self, name: str, twin_of: "SnapshotView | None" = None) -> None:
        super().__init__()
        self._is_twin = twin_of is not None
        if self._is_twin:
            name = f"{name}_beside"
            self.title = f"{self.title} B"
            self.explanation = f"The same of run B, the second in lock step. {self.explanation}"
        self.setObjectName(name)
        self.setAccessibleName(self.title)
        self.setAccessibleDescription(self.explanation)
        self.setWhatsThis(self.explanation)
        # By Tab only: a click must not take the arrow keys from whoever has them.
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self.theme = LIGHT
        self.options: list[QAction] = []
        self.unit: int | None = None
        """The hidden unit that stands out in all views. It may be beyond the network's width."""
        self._chosen_unit: int | None = None
        """The same, but for units that stand out only while the mouse is over them."""
        self._pointed_unit: int | None = None
        self.resting_text = ""
        """What the read-out says while nothing is pointed at: in lock step, whose view this is."""
        self._snapshot: Snapshot | None = None
        self._is_drawn = False
        self._is_behind = False

    @property
    def options_text(self) -> str:
        """What the options come to, in a word, for the button that opens them."""
        return ""

    @Slot(object)
    def show_snapshot(self, snapshot: Snapshot) -> None:
        """Draw a snapshot, now or as soon as the view is seen."""
        self.note_snapshot(snapshot)
        self.redraw()

    def note_snapshot(self, snapshot: Snapshot) -> None:
        """Take a snapshot over, to be drawn when it is this view's turn."""
        self._snapshot = self._picture_of(snapshot)
        self.resting_text = self._own_settings(snapshot)
        self._is_drawn = False

    @property
    def is_seen(self) -> bool:
        """Whether there is any of this view on the screen: not so behind another one's tab."""
        return self.isVisible() and not self._is_behind

    @Slot(bool)
    def show_in_front(self, is_in_front: bool) -> None:
        """Note whether another panel covers this one; draw what is new once none does."""
        self._is_behind = not is_in_front
        self.redraw()

    def apply_theme(self, theme: Theme) -> None:
        """Use these colours from now on."""
        self.theme = theme
        self._recolour()
        self._is_drawn = False
        self.redraw()

    @Slot(object)
    def show_unit(self, unit: int | None, is_chosen: bool = True) -> None:
        """Let this hidden unit stand out from now on, or none; it may be only pointed at."""
        before = self.unit, self._chosen_unit
        self.unit = unit
        if is_chosen:
            self._chosen_unit = unit
        if (self.unit, self._chosen_unit) != before:
            self._show_unit()

    def redraw(self) -> None:
        """Draw the last snapshot if it is not on the screen yet."""
        if self._is_drawn or not self.is_seen:
            return
        self._is_drawn = True
        if self._snapshot is None:
            self._draw_nothing()
        else:
            self._draw(self._snapshot)

    def draw_anew(self) -> None:
        """Draw the last snapshot again, after an option has changed."""
        self._is_drawn = False
        self.redraw()
        self.options_changed.emit()

    def _option(self, name: str, text: str, key: str = "", checked: bool | None = None) -> QAction:
        """Return an action for the options; a checkable one unless checked is None."""
        action = QAction(text, self)
        action.setObjectName(name)
        action.setCheckable(checked is not None)
        action.setChecked(bool(checked))
        if key:
            action.setShortcut(key)
            action.setToolTip(f"{text} ({key})")
        return action

    def _picture_of(self, snapshot: Snapshot) -> Snapshot | None:
        """Return what this view draws of a snapshot: the second run where it is a twin."""
        return snapshot.beside if self._is_twin else snapshot

    def _draw(self, snapshot: Snapshot) -> None:
        """Bring the picture up to date."""
        raise NotImplementedError

    def _own_settings(self, snapshot: Snapshot) -> str:
        """Return what the run of this view does otherwise than the other one in lock step."""
        if snapshot.beside is None:
            return ""
        pair = (snapshot.config, snapshot.beside.config)
        mine, other = reversed(pair) if self._is_twin else pair
        return own_settings(mine, other)

    def _draw_nothing(self) -> None:
        """Empty the picture: there is no snapshot, or no second run."""

    def _recolour(self) -> None:
        """Take over the colours of self.theme that drawing does not set each time."""

    def _show_unit(self) -> None:
        """Let self.unit stand out, as far as this view shows hidden units."""

    def _point_at_unit(self, unit: int | None) -> None:
        """Say which hidden unit is under the mouse."""
        if unit != self._pointed_unit:
            self._pointed_unit = unit
            self.unit_pointed.emit(unit)

    def _choose_unit(self, unit: int | None) -> None:
        """Wish that a hidden unit be the chosen one, or none."""
        if unit != self._chosen_unit:
            self.unit_chosen.emit(unit)

    def _click_unit(self, unit: int | None) -> None:
        """Do what a click on a hidden unit means, or one beside all of them."""
        self._choose_unit(None if unit == self._chosen_unit else unit)

    def _move_cursor(self, dx: int, dy: int) -> None:
        """Move what the keyboard points at, one place right or down."""

    def _use_cursor(self) -> None:
        """Do what a click does where the keyboard points."""

    def _clear_cursor(self) -> None:
        """Point at nothing."""

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        self.redraw()

    def event(self, event: QEvent) -> bool:
        """Take the arrow keys before the window's shortcuts do, while this view has the focus."""
        return claims_arrow(event) or super().event(event)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        key = Qt.Key(event.key())
        if key in ARROWS:
            self._move_cursor(*ARROWS[key])
        elif key in ENTER:
            self._use_cursor()
        elif key == Qt.Key.Key_Escape:
            self._clear_cursor()
            self._choose_unit(None)
        else:
            super().keyPressEvent(event)
