"""Base class of the views that picture each network of a recipe, and how they look without."""

from PySide6.QtCore import QPoint, QPointF, Qt, Signal, Slot
from PySide6.QtWidgets import QStackedLayout, QWidget

from xorviz.core import numerals
from xorviz.core.settings import RunConfig
from xorviz.lab.results.lab_results import LabSnapshot
from xorviz.panels.base.lab_view import LabView
from xorviz.ui.chrome.buttons import PushButton
from xorviz.ui.draw.canvas import Canvas
from xorviz.ui.forms.boxes import STRETCH, column
from xorviz.ui.forms.scrolled import plain_label
from xorviz.ui.guard import guarded

_ORDERED = "Waiting for the first results…"


@guarded
class Invitation(QWidget):
    """A text, and a button that runs the lab; once it is to run, only a text that says so."""

    run_requested = Signal()

    def __init__(self, text: str) -> None:
        super().__init__()
        self._text = text
        self._words = words = plain_label("quiet", text)
        words.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self._button = button = PushButton("run_lab_here", "Run lab")
        button.setToolTip("Train this recipe from many seeds")
        button.clicked.connect(self.run_requested)
        parts = words, (button, Qt.AlignmentFlag.AlignCenter)
        column(self, STRETCH, *parts, STRETCH, gap=12)

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
        self._follow(canvas)
        self._invitation, self._page = Invitation(invitation), QWidget()
        self._invitation.run_requested.connect(self.run_requested)
        self.show_ordered = self._invitation.show_ordered
        self._pages = QStackedLayout()  # it ignores margins of its own
        column(self, self._pages, margins=(0, 0, 0, 0))
        self._column = column(self._page, margins=(0, 0, 0, 0))
        for page in (self._invitation, self._page):
            self._pages.addWidget(page)

    def _draw_nothing(self) -> None:
        self._pages.setCurrentWidget(self._invitation)
        self.readout_changed.emit("")

    def _move_cursor(self, dx: int, dy: int) -> None:
        if self._pages.currentWidget() is self._page:
            super()._move_cursor(dx, dy)

    @Slot(object, bool)
    def _use(self, number: int | None, with_shift: bool) -> None:
        """Request that a network, if there is one, be made the current run."""
        if self._drawn is not None and number is not None:
            config, step = self._network(self._drawn, number)
            self.open_requested.emit(config, 0 if with_shift else step)

    @Slot(object, QPoint)
    def _open_menu(self, number: int, at: QPoint) -> None:
        if self._drawn is not None:
            config, step = self._network(self._drawn, number)
            name = f"seed {numerals.plain(config.seed)}"
            self._pop_up(at, name, config, step, ("Enter", "Shift+Enter"))

    def _network(self, drawn: LabSnapshot, number: int) -> tuple[RunConfig, int]:
        """Return the settings of a network, and its step in what is drawn."""
        place = drawn.plan.places_of(self._drawn_part)[number]
        return drawn.plan.config(place), int(drawn.steps[place])
