"""A panel: a view that scrolls where it has little space, with its read-out and its menu."""

from collections.abc import Mapping, Sequence

from PySide6.QtCore import QCoreApplication, QEvent, QSize, Qt
from PySide6.QtGui import QAction, QContextMenuEvent, QIcon, QResizeEvent
from PySide6.QtWidgets import QLabel, QMenu, QSizePolicy, QWidget

from xorviz.ui.chrome.buttons import ToolButton
from xorviz.ui.chrome.texts import ElidedLabel, styled
from xorviz.ui.forms.boxes import column, row
from xorviz.ui.forms.fields import explain
from xorviz.ui.forms.scrolled import scrolled
from xorviz.ui.guard import guarded
from xorviz.ui.keys import explained_action
from xorviz.ui.one_of import grouped

ICONS = ("options", "close")
"""Names of the icons of the buttons."""

NO_LIMIT = 16_777_215
"""Qt's QWIDGETSIZE_MAX."""
_MARGIN = 8
"""Pixels around the content, but for above it."""
_LEAST_WIDTH, _MOST = 10, QSize(18, 13)
"""The space that any panel asks for at least and at most, in lines of text."""
_FRAME = 2
"""Pixels of the frames around the content and around the slot."""
AROUND = QSize(2 * (_MARGIN + _FRAME), _MARGIN + 2 * _FRAME)
"""Pixels around the content in all, but for the header of a slot."""
_MAXIMISE, _RESTORE = "Ma&ximise", "&Restore"
_OWN_WINDOW, _BACK = "Own &window", "Put &back"


@guarded
class Panel(QWidget):
    """A view with what the header of its slot shows while it is in front.

    Its actions are connected by what arranges the panels.
    """

    def __init__(self, title: str, content: QWidget, least_lines: int = 0) -> None:
        """Take a view, and the height in lines of text that it should have at least."""
        super().__init__()
        self._least_lines = least_lines
        self.setObjectName(f"{content.objectName()}_panel")
        self.setWindowTitle(title)
        self.content = content
        tip, name = f"Show or hide the panel {title}", f"show_{content.objectName()}"
        self.action = explained_action(self, title, tip, name)
        """Shows the panel in front, or hides it."""
        self.action.setCheckable(True)
        tip = "Show this panel alone, or all again. Double-click its title for the same"
        self.maximise_action = explained_action(self, _MAXIMISE, tip)
        tip = "Show this panel in its own window, or put it back"
        self.window_action = explained_action(self, _OWN_WINDOW, tip)
        tip = "Hide this panel; View > Panels shows it again"
        self.hide_action = explained_action(self, "&Hide", tip)
        self.menu = QMenu(title, self, toolTipsVisible=True)
        """Options, exports, and what can be done to the panel itself."""
        self.move_menu = QMenu("&Move to", self.menu)
        self.menu.addMenu(self.move_menu)
        self.menu.addActions([self.maximise_action, self.window_action, self.hide_action])
        self.readout = ElidedLabel()
        self.readout.setObjectName("readout")
        self.readout.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Preferred)
        self.readout.setAlignment(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
        self._options, self._close = ToolButton("options"), ToolButton("close")
        self.corner = self._make_corner(title)
        """What the header of a slot shows beside the titles."""
        self._heading = QLabel(textFormat=Qt.TextFormat.RichText, wordWrap=True)
        self._heading.setContentsMargins(_MARGIN, 0, _MARGIN, 2)
        self._heading.hide()
        self._scroll(content)

    def _make_corner(self, title: str) -> QWidget:
        corner = QWidget()
        corner.setObjectName("panel_corner")
        # Else Qt offers its own menu, in which tool bars can be hidden.
        corner.setContextMenuPolicy(Qt.ContextMenuPolicy.CustomContextMenu)
        corner.customContextMenuRequested.connect(
            lambda at: self.menu.popup(corner.mapToGlobal(at))
        )
        self._options.offer(self.menu)
        explain(self._options, f"{title}: menu", "Options and actions of this panel")
        self._close.clicked.connect(self.hide_action.trigger)
        explain(self._close, f"{title}: hide", "Hide this panel. View > Panels shows it again")
        kept = self._close.sizePolicy()
        kept.setRetainSizeWhenHidden(True)  # it comes under the pointer, and moves nothing
        self._close.setSizePolicy(kept)
        self._close.hide()
        row(corner, (self.readout, 1), self._close, self._options, margins=(6, 0, 0, 0), gap=2)
        return corner

    def _scroll(self, content: QWidget) -> None:
        self._holder = _Holder(content)
        self._area = scrolled(self._holder)
        self._area.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAsNeeded)
        for part in (self._area.viewport(), self._holder):  # the card is the ground
            part.setAutoFillBackground(False)
        margins = (_MARGIN, 0, _MARGIN, _MARGIN)
        column(self, self._heading, (self._area, 1), margins=margins, gap=0)

    def contextMenuEvent(self, event: QContextMenuEvent) -> None:
        self.menu.popup(event.globalPos())

    def show_heading(self, head: str, rest: str) -> None:
        """Show in bold what the content is of, and a text after it, on as many lines as needed."""
        parts = [styled("b", "", head), *([styled("span", "", f" · {rest}")] if rest else [])]
        self._heading.setText("".join(parts))
        self._heading.setVisible(bool(head))

    def offer(self, options: Sequence[QAction], exports: Sequence[QAction] = ()) -> None:
        """Offer these in the menu, with a line between options of which one holds and others."""
        for offered in (*grouped(options, self.menu), exports):
            self.menu.insertActions(self.move_menu.menuAction(), offered)
            self.menu.insertSeparator(self.move_menu.menuAction())

    def set_icons(self, icons: Mapping[str, QIcon]) -> None:
        """Show these icons, by the names in ICONS."""
        size = self.fontMetrics().height()
        for name, button in zip(ICONS, (self._options, self._close), strict=True):
            button.setIcon(icons.get(name, QIcon()))
            button.setIconSize(QSize(size, size))

    def show_buttons(self, has_menu: bool, has_close: bool) -> None:
        """Show the buttons of the header, or not."""
        self._options.setVisible(has_menu)
        can_close = self.hide_action.isVisible()
        self._close.setVisible(has_menu and has_close and can_close)

    def least(self) -> QSize:
        """Return the least size at which the content can be read, or be scrolled at large text."""
        wanted = self.content.minimumSizeHint().expandedTo(self.content.minimumSize())
        # A vertical scroll bar must not bring the other one.
        bar = self._area.verticalScrollBar().sizeHint().width()
        self._holder.setMinimumSize((wanted - QSize(bar, 0)).expandedTo(QSize(0, 0)))
        line = self.fontMetrics().height()
        size = wanted.boundedTo(_MOST * line).expandedTo(
            QSize(_LEAST_WIDTH, self._least_lines) * line
        )
        return size + self._around

    @property
    def _around(self) -> QSize:
        """The pixels around the content, with those of the heading."""
        return AROUND + QSize(0, 0 if self._heading.isHidden() else self.fontMetrics().height() + 2)

    def most_height(self) -> int:
        """Return the height beyond which the content shows no more, if its policy says so."""
        is_most = self.content.sizePolicy().verticalPolicy() is QSizePolicy.Policy.Maximum
        return self.content.sizeHint().height() + self._around.height() if is_most else NO_LIMIT

    def minimumSizeHint(self) -> QSize:
        """Need nothing: what arranges the panels knows what fits."""
        return QSize(0, 0)

    def name_actions(self, is_maximised: bool, has_window: bool) -> None:
        """Name what the actions do now."""
        self.maximise_action.setText(_RESTORE if is_maximised else _MAXIMISE)
        self.window_action.setText(_BACK if has_window else _OWN_WINDOW)


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


def lay_out(widget: QWidget) -> None:
    """Run what waits to be laid out in a widget, inner parts first.

    In no other window: a picture may be made just while a text there is being laid out.
    """
    for part in widget.findChildren(QWidget, options=Qt.FindChildOption.FindDirectChildrenOnly):
        if not part.isWindow():
            lay_out(part)
    QCoreApplication.sendPostedEvents(widget, QEvent.Type.LayoutRequest)
