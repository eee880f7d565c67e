"""The card that shows a newcomer what XOR is, what the colours mean, and what to do first."""

from PySide6.QtCore import QEvent, QPoint, QPointF, QRect, QSize, Qt, QTimer, Signal, Slot
from PySide6.QtGui import QAccessible, QAccessibleEvent, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QFrame, QGridLayout, QLabel, QMainWindow, QWidget

from xorviz.core.runs.project import Project
from xorviz.engine.activity import Activity
from xorviz.panels.base.square_items import paint_sign
from xorviz.ui.chrome.buttons import PushButton
from xorviz.ui.forms.boxes import column
from xorviz.ui.forms.fields import explain
from xorviz.ui.forms.scrolled import plain_label
from xorviz.ui.guard import guarded
from xorviz.ui.theme.palette import LIGHT
from xorviz.ui.theme.style import bold

TITLE = "Can a small network learn XOR?"
TEXT = (
    "Two inputs, one answer: 1 if exactly one input is 1, otherwise 0.\n"
    "Press Run and watch the line bend. Or begin a lesson: the menu Lessons has nine."
)
_ZERO, _ONE, _LINE = range(3)
MARKS = {
    _ZERO: "Blue circle: the answer is 0.",
    _ONE: "Orange square: the answer is 1.",
    _LINE: (
        "The line is the decision boundary: on its blue side the network answers 0, on its "
        "orange side 1."
    ),
}
_WIDTH, _EDGE = 46, 16
"""Width of the card in characters, and pixels left free beside it in a small window."""


@guarded
class Introduction(QFrame):
    """A card in front of the panels, which stay in place; it never takes the focus.

    It goes with Run, Step, a trained run or a lesson that is opened, its button and Esc.
    """

    closed = Signal()

    def __init__(self, window: QMainWindow, over: QWidget) -> None:
        """Lie over a widget of the window, or as near to it as the whole card is in sight."""
        super().__init__(window)
        self._over = over
        self.setObjectName("introduction")
        self.setAccessibleName(TITLE)
        self.setAccessibleDescription(" ".join((TEXT, *MARKS.values())))
        self.setWhatsThis(self.accessibleDescription())
        self._title = QLabel(TITLE)
        self._title.setFont(bold(self.font()))
        self._close = PushButton("introduction_close", "Close")
        self._close.setShortcut("Esc")
        explain(self._close, "Close", "Close this (Esc). Help > Introduction shows it again.")
        self._close.clicked.connect(self.end)
        self._lay_out()
        self._later = QTimer(self, singleShot=True, interval=0)
        self._later.timeout.connect(self._place)
        if (handle := window.windowHandle()) is not None:
            handle.widthChanged.connect(self._place_soon)
            handle.heightChanged.connect(self._place_soon)
        self.show()
        self.raise_()
        self._place_soon()
        QAccessible.updateAccessibility(QAccessibleEvent(self, QAccessible.Event.Alert))

    def changeEvent(self, event: QEvent) -> None:
        super().changeEvent(event)
        if event.type() == QEvent.Type.FontChange:
            self._title.setFont(bold(self.font()))
            self._place_soon()

    @Slot(object)
    def close_for(self, activity: Activity) -> None:
        """Go once anything is trained, which Esc then ends."""
        if activity not in {Activity.PAUSED, Activity.FAILED}:
            self.end()

    @Slot(object)
    def close_for_trained(self, project: Project) -> None:
        """Go once a trained run is opened, such as from a file: Run does not begin it."""
        if project.record.newest:
            self.end()

    @Slot()
    def end(self) -> None:
        """Go, as by its button."""
        if self._close.hasFocus():
            self._close.clearFocus()  # else Qt moves it to the next widget
        self.hide()
        self.closed.emit()
        self.deleteLater()

    @Slot()
    def _place_soon(self) -> None:
        """Take the place once the window has its new size and layout."""
        self._later.start()

    @Slot()
    def _place(self) -> None:
        window = self.window().rect().adjusted(_EDGE, _EDGE, -_EDGE, -_EDGE)
        width = min(window.width(), _WIDTH * self.fontMetrics().averageCharWidth())
        size = QSize(width, min(window.height(), self.heightForWidth(width)))
        over = self._over
        middle = over.rect().center() if over.isVisible() else window.center()
        wanted = over.mapTo(self.window(), middle) if over.isVisible() else middle
        card = QRect(wanted - QPoint(size.width() // 2, size.height() // 2), size)
        card.moveLeft(min(max(card.left(), window.left()), window.right() - size.width()))
        card.moveTop(min(max(card.top(), window.top()), window.bottom() - size.height()))
        self.setGeometry(card)
        self.raise_()  # panels that are arranged again lie above it

    def _lay_out(self) -> None:
        marks = QGridLayout()
        marks.setHorizontalSpacing(10)
        for row, (mark, about) in enumerate(MARKS.items()):
            marks.addWidget(_Mark(mark), row, 0, Qt.AlignmentFlag.AlignTop)
            marks.addWidget(plain_label("", about), row, 1)
        marks.setColumnStretch(1, 1)
        says, close = plain_label("", TEXT), (self._close, Qt.AlignmentFlag.AlignRight)
        column(self, self._title, says, marks, close, margins=(20, 16, 20, 14), gap=10)


@guarded
class _Mark(QWidget):
    """A mark of the pictures, as high as a line of text: a row's sign, or the boundary."""

    def __init__(self, mark: int) -> None:
        super().__init__()
        self._mark = mark

    def sizeHint(self) -> QSize:
        line = self.fontMetrics().height()
        return QSize(line, line)

    def paintEvent(self, event: QPaintEvent) -> None:  # noqa: ARG002
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        middle = QPointF(self.rect().center()) + QPointF(0.5, 0.5)
        if self._mark == _LINE:
            painter.setPen(QPen(self.palette().windowText().color(), 2))
            painter.drawLine(QPointF(1, middle.y()), QPointF(self.width() - 1, middle.y()))
        else:
            # The colours of targets are the same in every theme.
            paint_sign(painter, middle, self.height() * 0.36, self._mark, LIGHT, "transparent")
        painter.end()
