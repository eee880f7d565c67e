"""Base class of the views that picture each network of a recipe, and how they look without."""

from PySide6.QtCore import QPoint, QPointF, Qt, Signal, Slot
from PySide6.QtGui import QContextMenuEvent
from PySide6.QtWidgets import QPushButton, QStackedLayout, QVBoxLayout, QWidget

from xorviz.core import numerals
from xorviz.panels.base.lab_view import LabView
from xorviz.panels.lab.open_menu import OpenMenu
from xorviz.ui.draw.canvas import Canvas
from xorviz.ui.forms.scrolled import plain_label
from xorviz.ui.guard import guarded

_ORDERED = "These networks have no results yet.\nThe lab trains them as soon as it can."


@guarded
class Invitation(QWidget):
    """A text, and a button that runs the lab; once it is to run, only a text that says so."""

    run_requested = Signal()

    def __init__(self, text: str) -> None:
        super().__init__()
        self._text = text
        self._words = words = plain_label("quiet", text)
        words.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self._button = button = QPushButton("Run lab")
        button.setObjectName("run_lab_here")
        button.setToolTip("Train the seeds of this recipe (Ctrl+R)")
        button.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        button.setAutoDefault(True)  # so that Enter presses it; Space runs and pauses
        button.clicked.connect(self.run_requested)
        column = QVBoxLayout(self)
        column.setSpacing(12)
        column.addStretch()
        column.addWidget(words)
        column.addWidget(button, 0, Qt.AlignmentFlag.AlignCenter)
        column.addStretch()

    @Slot(bool)
    def show_ordered(self, is_ordered: bool) -> None:
        """Say whether the networks wait or are in training already."""
        self._words.setText(_ORDERED if is_ordered else self._text)
        self._button.setVisible(not is_ordered)

    def hasHeightForWidth(self) -> bool:
        """Keep the height in narrow docks."""
        return False


class NetworkCanvas(Canvas):
    """A picture of networks; its spots are their numbers."""

    is_cached = True
    has_menus = True

    def center_of(self, number: int) -> QPointF:
        """Return the centre of a network's picture."""
        raise NotImplementedError


@guarded
class NetworksView(LabView):
    """A view of a recipe's networks, numbered from 0. Before there are any it offers to run them.

    A click on one, or Enter, makes it the current run as it is pictured; with Shift, at step 0.
    """

    run_requested = Signal()

    def __init__(self, name: str, canvas: NetworkCanvas, invitation: str) -> None:
        super().__init__(name)
        self._pointed: int | None = None
        """Number of the network that is read out."""
        self._canvas = canvas
        self._menu = OpenMenu(self, "Enter", "Shift+Enter")
        self.add_exports(self._menu)
        self._menu.open_requested.connect(self.open_requested)
        self._cursor_over(canvas)
        canvas.clicked.connect(self._open)
        canvas.menu_requested.connect(self._open_menu)
        self._invitation, self._page = Invitation(invitation), QWidget()
        self._invitation.run_requested.connect(self.run_requested)
        self.show_ordered = self._invitation.show_ordered
        around = QVBoxLayout(self)
        around.setContentsMargins(0, 0, 0, 0)
        # The parts share the height there is, and set no least one.
        around.setSizeConstraint(QVBoxLayout.SizeConstraint.SetNoConstraint)
        self._pages = QStackedLayout()  # it ignores margins of its own
        around.addLayout(self._pages)
        self._column = QVBoxLayout(self._page)
        self._column.setContentsMargins(0, 0, 0, 0)
        for page in (self._invitation, self._page):
            self._pages.addWidget(page)

    def _let_go(self) -> None:
        self._point_at(None)
        self._menu.let_go()

    def _draw_nothing(self) -> None:
        self._pages.setCurrentWidget(self._invitation)
        self.readout_changed.emit("")

    def _move_cursor(self, dx: int, dy: int) -> None:
        if self._pages.currentWidget() is self._page:
            super()._move_cursor(dx, dy)

    def _use_cursor(self) -> None:
        self._open(self._pointed, False)

    def _use_cursor_with_shift(self) -> None:
        self._open(self._pointed, True)

    @Slot(object, bool)
    def _open(self, number: int | None, untrained: bool) -> None:
        """Request that a network, if there is one, be made the current run."""
        if (snapshot := self._drawn) is not None and number is not None:
            place = snapshot.plan.places_of(self._drawn_part)[number]
            step = 0 if untrained else int(snapshot.steps[place])
            self.open_requested.emit(snapshot.plan.config(place), step)

    @Slot(object, QPoint)
    def _open_menu(self, number: int, at: QPoint) -> None:
        if (snapshot := self._drawn) is not None:
            place = snapshot.plan.places_of(self._drawn_part)[number]
            config = snapshot.plan.config(place)
            name = f"seed {numerals.plain(config.seed)}"
            self._menu.open_at(at, name, config, int(snapshot.steps[place]))

    def contextMenuEvent(self, event: QContextMenuEvent) -> None:
        """Open the menu of the network pointed at by keys; the canvas handles the mouse."""
        is_mouse = event.reason() == QContextMenuEvent.Reason.Mouse
        if is_mouse or self._pointed is None or self._canvas.isHidden():
            super().contextMenuEvent(event)
        else:
            at = self._canvas.center_of(self._pointed).toPoint()
            self._open_menu(self._pointed, self._canvas.mapToGlobal(at))
