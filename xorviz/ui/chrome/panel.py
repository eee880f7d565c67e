"""The frame of a panel: a card with a title, a read-out and a menu of options."""

from collections.abc import Mapping, Sequence

from PySide6.QtCore import QCoreApplication, QEvent, QPoint, QSize, Qt, Signal, Slot
from PySide6.QtGui import QAction, QIcon, QMoveEvent, QResizeEvent
from PySide6.QtWidgets import (
    QApplication,
    QDockWidget,
    QFrame,
    QHBoxLayout,
    QLayout,
    QMenu,
    QSizePolicy,
    QVBoxLayout,
    QWidget,
)

from xorviz.ui.chrome.buttons import ToolButton
from xorviz.ui.chrome.texts import ElidedLabel
from xorviz.ui.forms.fields import explain
from xorviz.ui.forms.scrolled import scrolled
from xorviz.ui.guard import guarded
from xorviz.ui.keys import explain_action
from xorviz.ui.one_of import grouped

ICONS = ("chevron_down", "close")
"""Names of the icons of the buttons: menu and close."""

_AROUND_TITLE = 20
"""Pixels of a title bar above and below its text together."""
_FLOAT = "&Float"


@guarded
class Panel(QDockWidget):
    """A dock widget that looks like a card. Drag the title to move it, double-click to float it.

    Its three actions are connected by the docks, which know when a layout may change.
    """

    placed = Signal()
    """Has another size or place."""

    def __init__(self, title: str, content: QWidget) -> None:
        super().__init__(title)
        self.setObjectName(f"{content.objectName()}_panel")
        self.content = content
        self.setWhatsThis(content.whatsThis())
        self.setFeatures(
            QDockWidget.DockWidgetFeature.DockWidgetMovable
            | QDockWidget.DockWidgetFeature.DockWidgetFloatable
            | QDockWidget.DockWidgetFeature.DockWidgetClosable
        )
        self.action = QAction(title, self)
        """For toggle."""
        self.action.setObjectName(f"show_{content.objectName()}")
        self.action.setCheckable(True)
        explain_action(self.action, f"Show or hide the panel {title}")
        self.toggleViewAction().toggled.connect(self.action.setChecked)
        self.float_action = QAction(_FLOAT, self)
        """For toggle_floating."""
        self.topLevelChanged.connect(self._name_float_action)
        self.close_action = QAction("&Close", self)
        """For close."""
        self.readout = ElidedLabel()
        self.readout.setObjectName("readout")
        self.readout.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Preferred)
        self.readout.setAlignment(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
        self.menu = QMenu(title, self)
        """Options, exports, and what can be done to the panel itself."""
        self.menu.setToolTipsVisible(True)
        self.menu.addActions([self.float_action, self.close_action])
        self._options, self._close = ToolButton("options"), ToolButton("close")
        # The card draws the title; the dock's own title bar would break the frame in two.
        self._title = _TitleBar(title, self.readout, self._options, self._close)
        self._explain(title)
        self.setTitleBarWidget(self._title)
        self._holder = _Holder(content)
        self._area = scrolled(self._holder)
        self._area.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAsNeeded)
        for part in (self._area.viewport(), self._holder):  # the card is the ground
            part.setAutoFillBackground(False)
        self.setWidget(_card(self._area))
        # A dock that gets a title bar before it has a parent takes itself for floating for good:
        # its edges could be dragged, over its neighbours, where the splitters are meant.
        self.setFloating(False)

    def _explain(self, title: str) -> None:
        explain_action(self.float_action, "Give this panel a window of its own, or dock it again")
        explain_action(self.close_action, "Close this panel; View > Panels shows it again")
        self._title.setToolTip(self.whatsThis())
        self._title.customContextMenuRequested.connect(self._open_menu)
        self.menu.setLayoutDirection(self.layoutDirection())  # else the button's own, below
        self._options.offer(self.menu)
        self._options.hide()
        self._close.hide()
        self._options.setLayoutDirection(Qt.LayoutDirection.RightToLeft)  # the icon is at the right
        explain(self._options, f"{title}: menu", "Options of this panel, and pictures of it")
        self._close.clicked.connect(self.close_action.trigger)
        explain(self._close, f"{title}: close", "Close this panel. View > Panels shows it again")

    def set_options(
        self, options: Sequence[QAction], text: str, exports: Sequence[QAction] = ()
    ) -> None:
        """Offer these in the menu, and sum the options up in its button.

        A line is between options of which one holds and others.
        """
        if self._options.isHidden():
            for offered in (*grouped(options, self.menu), exports):
                self.menu.insertActions(self.float_action, offered)
                self.menu.insertSeparator(self.float_action)
            self._options.show()
            self._close.show()
        self._options.setText(text)
        style = Qt.ToolButtonStyle
        self._options.setToolButtonStyle(
            style.ToolButtonTextBesideIcon if text else style.ToolButtonIconOnly
        )

    def set_icons(self, icons: Mapping[str, QIcon]) -> None:
        """Show these icons, by the names in ICONS."""
        for name, button in zip(ICONS, (self._options, self._close), strict=True):
            button.setIcon(icons.get(name, QIcon()))

    @Slot(QPoint)
    def _open_menu(self, at: QPoint) -> None:
        self.menu.popup(self._title.mapToGlobal(at))

    def limit(self, most: QSize) -> None:
        """Let the content need no more than this size: what is larger is scrolled."""
        least = self.content.minimumSizeHint().expandedTo(self.content.minimumSize())
        # A vertical scroll bar must not bring the other one.
        bar = self._area.verticalScrollBar().sizeHint().width()
        self._holder.setMinimumSize((least - QSize(bar, 0)).expandedTo(QSize(0, 0)))
        self._area.setMinimumSize(least.boundedTo(most))
        size = self.fontMetrics().height()
        for button in (self._options, self._close):
            button.setIconSize(QSize(size, size))

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self.placed.emit()

    def moveEvent(self, event: QMoveEvent) -> None:
        super().moveEvent(event)
        self.placed.emit()

    def show_in_front(self) -> None:
        """Show the panel, in front of those tabbed with it."""
        self.show()
        self.raise_()

    @property
    def is_in_front(self) -> bool:
        """Whether it is shown, and not behind another panel's tab."""
        return is_in_sight(self)

    @property
    def has_focus(self) -> bool:
        """Whether a part of it has the focus."""
        focused = QApplication.focusWidget()
        return focused is not None and self.isAncestorOf(focused)

    def toggle(self) -> None:
        """Bring the panel to the front, or hide it if it is in front."""
        if self.is_in_front:
            self.hide()
        else:
            self.show_in_front()
        self.action.setChecked(not self.isHidden())

    def toggle_floating(self) -> None:
        """Give the panel a window of its own, or dock it again."""
        self.setFloating(not self.isFloating())

    @Slot(bool)
    def _name_float_action(self, is_floating: bool) -> None:
        self.float_action.setText("&Dock" if is_floating else _FLOAT)


@guarded
class _Holder(QWidget):
    """What a panel scrolls: its content, of at least the size that was set last.

    It has no layout, in which the content's size would depend on the scroll bars, and they on it:
    a content that folds where it is narrow could fold and unfold for ever.
    """

    def __init__(self, content: QWidget) -> None:
        super().__init__()
        self._content = content
        content.setParent(self)

    def sizeHint(self) -> QSize:
        return self._content.sizeHint()

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._content.setGeometry(self.rect())


@guarded
class _TitleBar(QWidget):
    """A title bar of fixed height, set by its size hint: a dock ignores its maximum size."""

    def __init__(self, title: str, *parts: QWidget) -> None:
        super().__init__()
        self.setObjectName("panel_title_bar")
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        # Else Qt offers its own menu, in which tool bars can be hidden.
        self.setContextMenuPolicy(Qt.ContextMenuPolicy.CustomContextMenu)
        label = ElidedLabel(title)
        label.setObjectName("panel_title")
        row = QHBoxLayout(self)
        row.setContentsMargins(14, 6, 8, 2)
        row.setSpacing(6)
        row.addWidget(label)
        for part in parts:
            row.addWidget(part, isinstance(part, ElidedLabel))

    def sizeHint(self) -> QSize:
        return QSize(super().sizeHint().width(), self._height())

    def minimumSizeHint(self) -> QSize:
        return QSize(80, self._height())

    def _height(self) -> int:
        return self.fontMetrics().height() + _AROUND_TITLE


def measure_again(window: QWidget) -> None:
    """Let all widgets of a window pass on which size they need now.

    Qt does so by events that come later, and for hidden widgets when they are shown.
    """
    for layout in window.findChildren(QLayout):
        layout.invalidate()
    lay_out(window)


def lay_out(widget: QWidget) -> None:
    """Run what waits to be laid out in a widget, inner parts first.

    In no other window: a picture may be made just while a text there is being laid out.
    """
    for part in widget.findChildren(QWidget, options=Qt.FindChildOption.FindDirectChildrenOnly):
        if not part.isWindow():
            lay_out(part)
    QCoreApplication.sendPostedEvents(widget, QEvent.Type.LayoutRequest)


def hold_size(window: QWidget, is_held: bool) -> None:
    """Let no layout enlarge a window, until what its panels need is known again."""
    layout, constraints = window.layout(), QLayout.SizeConstraint
    assert layout is not None
    layout.setSizeConstraint(
        constraints.SetNoConstraint if is_held else constraints.SetDefaultConstraint
    )


def is_in_sight(widget: QWidget) -> bool:
    """Return whether a widget is shown, and not behind a tab: Qt moves those out of the window.

    Asked each time: visibilityChanged is also False for a panel that floats from behind a tab.
    """
    corner = widget.mapTo(widget.window(), QPoint(widget.width(), widget.height()))
    return widget.isVisible() and corner.x() >= 0 and corner.y() >= 0


def _card(content: QWidget) -> QWidget:
    card = QFrame()
    card.setObjectName("panel_card")
    column = QVBoxLayout(card)
    column.setContentsMargins(8, 0, 8, 8)
    column.addWidget(content)
    return card
