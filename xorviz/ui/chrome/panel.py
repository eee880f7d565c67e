"""The frame of a panel: a card with a title, a read-out and a menu of options."""

from collections.abc import Sequence

from PySide6.QtCore import QPoint, QSize, Qt, Slot
from PySide6.QtGui import QAction
from PySide6.QtWidgets import (
    QDockWidget,
    QFrame,
    QHBoxLayout,
    QLabel,
    QMenu,
    QSizePolicy,
    QToolButton,
    QVBoxLayout,
    QWidget,
)

from xorviz.ui.chrome.elided_label import ElidedLabel
from xorviz.ui.guard import guarded

_AROUND_TITLE = 20
"""Pixels of a title bar above and below its text together."""
_FLOAT = "&Float"


class Panel(QDockWidget):
    """A dock widget that looks like a card. Drag the title to move it, double-click to float it.

    Its three actions are connected by the docks, which know when a layout may change.
    """

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
        self.action = QAction(self.windowTitle(), self)
        """For toggle."""
        self.action.setObjectName(f"show_{content.objectName()}")
        self.action.setCheckable(True)
        self.action.setStatusTip(f"Show or hide the panel {self.windowTitle()}")
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
        self._options = QToolButton()
        self._options.setObjectName("options")
        self._options.setPopupMode(QToolButton.ToolButtonPopupMode.InstantPopup)
        self._options.setAccessibleName(f"{title}: options")
        self._options.hide()
        # The card draws the title; the dock's own title bar would break the frame in two.
        self._title = _TitleBar(title, self.readout, self._options)
        self._title.addActions([self.float_action, self.close_action])
        self.setTitleBarWidget(self._title)
        self.setWidget(self._card(content))
        # A dock that gets a title bar before it has a parent takes itself for floating for good:
        # its edges could be dragged, over its neighbours, where the splitters are meant.
        self.setFloating(False)

    def set_options(
        self, options: Sequence[QAction], text: str, exports: Sequence[QAction] = ()
    ) -> None:
        """Offer these in the title's menu; with options, also under a button with this text."""
        if self._options.menu() is None:
            actions = [*options, *([_separator(self), *exports] if exports else ())]
            menu = QMenu(self._options)
            menu.setToolTipsVisible(True)
            menu.addActions(actions)
            self._options.setMenu(menu)
            self._options.setVisible(bool(options))
            self._title.insertActions(self.float_action, [*actions, _separator(self)])
        self._options.setText(text)
        self._options.setToolTip(f"Options of this panel: {text}")

    def show_in_front(self) -> None:
        """Show the panel, in front of those tabbed with it."""
        self.show()
        self.raise_()

    @property
    def is_in_front(self) -> bool:
        """Whether it is shown, and not behind another panel's tab."""
        return is_in_sight(self)

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

    def _card(self, content: QWidget) -> QWidget:
        card = QFrame()
        card.setObjectName("panel_card")
        column = QVBoxLayout(card)
        column.setContentsMargins(8, 0, 8, 8)
        column.addWidget(content)
        return card


@guarded
class _TitleBar(QWidget):
    """A title bar of fixed height, set by its size hint: a dock ignores its maximum size."""

    def __init__(self, title: str, readout: QWidget, options: QWidget) -> None:
        super().__init__()
        self.setObjectName("panel_title_bar")
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        # Else Qt offers its own menu, in which tool bars can be hidden.
        self.setContextMenuPolicy(Qt.ContextMenuPolicy.ActionsContextMenu)
        label = QLabel(title)
        label.setObjectName("panel_title")
        row = QHBoxLayout(self)
        row.setContentsMargins(14, 6, 10, 2)
        row.setSpacing(8)
        row.addWidget(label)
        row.addWidget(readout, 1)
        row.addWidget(options)

    def sizeHint(self) -> QSize:
        return QSize(super().sizeHint().width(), self.fontMetrics().height() + _AROUND_TITLE)

    def minimumSizeHint(self) -> QSize:
        return QSize(80, self.sizeHint().height())


def is_in_sight(widget: QWidget) -> bool:
    """Return whether a widget is shown, and not behind a tab: Qt moves those out of the window.

    Asked each time: visibilityChanged is also False for a panel that floats from behind a tab.
    """
    corner = widget.mapTo(widget.window(), QPoint(widget.width(), widget.height()))
    return widget.isVisible() and corner.x() >= 0 and corner.y() >= 0


def _separator(parent: QWidget) -> QAction:
    line = QAction(parent)
    line.setSeparator(True)
    return line
