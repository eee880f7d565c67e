"""A slot: panels that share one card, with their titles as tabs above them."""

from collections.abc import Sequence

from PySide6.QtCore import QEvent, QPoint, QSignalBlocker, QSize, Qt, Signal, Slot
from PySide6.QtGui import QContextMenuEvent, QEnterEvent, QFontMetrics, QHideEvent, QMouseEvent
from PySide6.QtWidgets import QApplication, QFrame, QSizePolicy, QStackedWidget, QTabBar

from xorviz.ui.chrome.panel import Panel
from xorviz.ui.forms.boxes import column, row
from xorviz.ui.guard import guarded
from xorviz.ui.said import tell
from xorviz.ui.theme.style import bold

_ABOUT = (
    "The panels in this place: click a tab, or use the arrow keys, to bring another one to the "
    "front. Drag a title to move its panel; double-click it to see the panel alone."
)
AROUND_TITLE = 19
"""Pixels of the header above and below its text together."""
AROUND_TAB = 22
"""Pixels of a tab at the left and right of its text together: its padding, and one for rounding."""


@guarded
class TabBar(QTabBar):
    """Titles of panels; one alone is a title, too. They are dragged by plain mouse events."""

    dragged = Signal(int, QPoint)  # a tab, where the pointer is on the screen
    dropped = Signal(int, QPoint)
    drag_ended = Signal()
    """A drag has ended without a drop."""
    opened = Signal(int)
    """A title is double-clicked."""
    menu_asked = Signal(int, QPoint)

    def __init__(self) -> None:
        super().__init__()
        self.setObjectName("panel_tabs")
        self.setExpanding(False)
        self.setDrawBase(False)
        self.setAccessibleName("Panels in this place")
        tell(self, _ABOUT)
        self._pressed: tuple[int, QPoint] | None = None
        self._is_dragging = False

    def tabSizeHint(self, index: int) -> QSize:
        """Give a title alone the width that it has in bold: Qt's own is another one by then."""
        size = super().tabSizeHint(index)
        if self.count() == 1:
            wide = QFontMetrics(bold(self.font())).horizontalAdvance(self.tabText(index))
            size.setWidth(wide + AROUND_TAB)
        return size

    def mousePressEvent(self, event: QMouseEvent) -> None:
        super().mousePressEvent(event)
        at = event.position().toPoint()
        if event.button() is Qt.MouseButton.LeftButton and self.tabAt(at) >= 0:
            self._pressed, self._is_dragging = (self.tabAt(at), at), False

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        super().mouseMoveEvent(event)
        if self._pressed is None:
            return
        tab, start = self._pressed
        moved = (event.position().toPoint() - start).manhattanLength()
        self._is_dragging |= moved >= QApplication.startDragDistance()
        if self._is_dragging:
            self.dragged.emit(tab, event.globalPosition().toPoint())

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        super().mouseReleaseEvent(event)
        if event.button() is not Qt.MouseButton.LeftButton:
            return
        pressed, self._pressed = self._pressed, None
        was_dragging, self._is_dragging = self._is_dragging, False
        if pressed is not None and was_dragging:
            self.dropped.emit(pressed[0], event.globalPosition().toPoint())

    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:
        super().mouseDoubleClickEvent(event)
        self.end_drag()
        tab = self.tabAt(event.position().toPoint())
        if event.button() is Qt.MouseButton.LeftButton and tab >= 0:
            self.opened.emit(tab)

    def contextMenuEvent(self, event: QContextMenuEvent) -> None:
        """Ask for the menu of the title under the pointer; by keyboard, of the one in front."""
        by_keyboard = event.reason() == QContextMenuEvent.Reason.Keyboard
        tab = self.currentIndex() if by_keyboard else self.tabAt(event.pos())
        if tab >= 0:
            at = self.tabRect(tab).bottomLeft() if by_keyboard else event.pos()
            self.menu_asked.emit(tab, self.mapToGlobal(at))

    def hideEvent(self, event: QHideEvent) -> None:
        super().hideEvent(event)
        self.end_drag()  # it learns of no release

    def changeEvent(self, event: QEvent) -> None:
        super().changeEvent(event)
        if event.type() == QEvent.Type.ActivationChange and not self.isActiveWindow():
            self.end_drag()

    def end_drag(self) -> None:
        """Forget a title that is held, with the tabs that there were."""
        self._pressed, self._is_dragging = None, False
        self.drag_ended.emit()


@guarded
class PanelSlot(QFrame):
    """A card with a header, and below it the panel in front."""

    chosen = Signal(Panel)
    """A panel is brought to the front by its tab."""
    dragged = Signal(Panel, QPoint)
    dropped = Signal(Panel, QPoint)
    opened = Signal(Panel)

    def __init__(self) -> None:
        super().__init__()
        self.setObjectName("panel_card")
        self._panels: list[Panel] = []
        self._has_buttons = True
        self.tabs = TabBar()
        self._corners, self._stack = QStackedWidget(), QStackedWidget()
        self._corners.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.tabs.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Fixed)
        header = row(None, self.tabs, (self._corners, 1), margins=(4, 2, 6, 2), gap=0)
        column(self, header, (self._stack, 1), margins=(1, 1, 1, 1), gap=0)
        self.tabs.currentChanged.connect(self._choose)
        self.tabs.menu_asked.connect(lambda tab, at: self._panels[tab].menu.popup(at))
        for named, own in ((self.tabs.dragged, self.dragged), (self.tabs.dropped, self.dropped)):
            named.connect(lambda tab, at, own=own: own.emit(self._panels[tab], at))
        self.tabs.opened.connect(lambda tab: self.opened.emit(self._panels[tab]))

    @property
    def panels(self) -> Sequence[Panel]:
        return tuple(self._panels)

    @property
    def header_height(self) -> int:
        return self.fontMetrics().height() + AROUND_TITLE

    def put(self, panels: Sequence[Panel], front: Panel | None = None) -> None:
        """Hold these panels, with one of them in front; those before are somewhere else already."""
        if is_new := list(panels) != self._panels:
            self.tabs.end_drag()
        with QSignalBlocker(self.tabs):
            if is_new:
                self._refill(panels)
            if front is None:
                return
            self.tabs.setCurrentIndex(self._panels.index(front))
        self._stack.setCurrentWidget(front)
        self._corners.setCurrentWidget(front.corner)

    def _refill(self, panels: Sequence[Panel]) -> None:
        while self.tabs.count():
            self.tabs.removeTab(0)
        self._panels = list(panels)
        for panel in panels:
            self._stack.addWidget(panel)
            self._corners.addWidget(panel.corner)
            tab = self.tabs.addTab(panel.windowTitle())
            self.tabs.setTabToolTip(tab, panel.content.property("about"))
        is_choice = len(panels) > 1
        # Several scroll; one alone is cut.
        self.tabs.setUsesScrollButtons(is_choice)
        elide = Qt.TextElideMode
        self.tabs.setElideMode(elide.ElideNone if is_choice else elide.ElideRight)
        policy = Qt.FocusPolicy.TabFocus if is_choice else Qt.FocusPolicy.NoFocus
        self.tabs.setFocusPolicy(policy)
        self._show_buttons()

    def show_buttons(self, has_buttons: bool) -> None:
        """Show the buttons of the header, or none of them."""
        self._has_buttons = has_buttons
        self._show_buttons()

    def tab_at(self, on_screen: QPoint) -> Panel | None:
        """Return the panel whose tab is at a point of the screen."""
        tab = self.tabs.tabAt(self.tabs.mapFromGlobal(on_screen))
        return self._panels[tab] if tab >= 0 else None

    def minimumSizeHint(self) -> QSize:
        line = self.fontMetrics().height()
        return QSize(4 * line, self.header_height + line)

    @Slot(int)
    def _choose(self, tab: int) -> None:
        if 0 <= tab < len(self._panels):
            self.chosen.emit(self._panels[tab])

    def enterEvent(self, event: QEnterEvent) -> None:
        super().enterEvent(event)
        self._show_buttons()

    def leaveEvent(self, event: QEvent) -> None:
        super().leaveEvent(event)
        self._show_buttons()

    def _show_buttons(self) -> None:
        """Show the buttons; the one that hides a panel under the pointer only."""
        for panel in self._panels:
            panel.show_buttons(self._has_buttons, self.underMouse())
