"""What all panels have in common: a title, a theme, options, and drawing only what is seen."""

from PySide6.QtCore import QEvent, Qt, Signal, Slot
from PySide6.QtGui import QAction, QKeyEvent, QShowEvent
from PySide6.QtWidgets import QWidget

from xorviz.panels import registry
from xorviz.ui.keys import ARROWS, ENTER, claims_arrow
from xorviz.ui.theme.palette import LIGHT, Theme


class View(QWidget):
    """The content of a panel. It does not draw while it is hidden.

    The frame around it shows the read-out beside the title, and the options as a menu. Arrow keys
    move what the keyboard points at, Enter does what a click does there, Esc points at nothing.
    """

    readout_changed = Signal(str)
    options_changed = Signal()

    explanation = ""
    """What the panel shows, in plain words, for What's This."""

    remembers_itself = False
    """Whether its options are kept otherwise than as switches of the settings."""

    def __init__(self, name: str, title: str = "") -> None:
        """Name the view as in the registry, which also has its title unless one is given."""
        super().__init__()
        self.title = title or registry.entry(name).title
        self.setObjectName(name)
        self.setAccessibleName(self.title)
        self.setAccessibleDescription(self.explanation)
        self.setWhatsThis(self.explanation)
        # By Tab only: a click must not take the arrow keys from whoever has them.
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self.theme = LIGHT
        self.options: list[QAction] = []
        self._is_drawn = False
        self._is_behind = False

    @property
    def options_text(self) -> str:
        """What the options come to, in a word, for the button that opens them."""
        return ""

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

    def redraw(self) -> None:
        """Draw what is new, if it is not on the screen yet."""
        if not self._is_drawn and self.is_seen:
            self._is_drawn = True
            self._draw_latest()

    def draw_anew(self) -> None:
        """Draw everything again, after an option has changed."""
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

    def _draw_latest(self) -> None:
        """Bring the picture up to date with what was shown last."""
        raise NotImplementedError

    def _recolour(self) -> None:
        """Take over the colours of self.theme that drawing does not set each time."""

    def _move_cursor(self, dx: int, dy: int) -> None:
        """Move what the keyboard points at, one place right or down."""

    def _use_cursor(self) -> None:
        """Do what a click does where the keyboard points."""

    def _clear_cursor(self) -> None:
        """Point at nothing."""

    def _let_go(self) -> None:
        """Do what Esc means."""
        self._clear_cursor()

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
            self._let_go()
        else:
            super().keyPressEvent(event)
