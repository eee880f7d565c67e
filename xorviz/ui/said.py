"""What widgets say of themselves: in tool tips, to screen readers, and in What's This."""

import re
from collections.abc import Callable
from html import escape

from PySide6.QtCore import QEvent, QObject, QPoint, Qt
from PySide6.QtGui import (
    QAccessible,
    QAccessibleAnnouncementEvent,
    QHelpEvent,
    QKeyEvent,
    QWhatsThisClickedEvent,
)
from PySide6.QtGui import Qt as Text
from PySide6.QtWidgets import (
    QAbstractItemView,
    QApplication,
    QHeaderView,
    QTabBar,
    QToolTip,
    QWidget,
)
from PySide6.QtWidgets import QWhatsThis as Popup

from xorviz.ui.guard import guarded

_SENTENCE = re.compile(r"(?<=[.!?]) (?=\W*[A-Z0-9])")
_MOST = 2
"""Sentences."""


def plain(text: str) -> str:
    """Return a tool tip or help that shows exactly this text, also where it looks like HTML."""
    if not Text.mightBeRichText(text):
        return text
    return Text.convertFromPlainText(text, Qt.WhiteSpaceMode.WhiteSpaceNormal)


def announce(widget: QWidget, text: str) -> None:
    """Have screen readers say a text of a widget when they have finished what they say now."""
    if not text:
        return
    event = QAccessibleAnnouncementEvent(widget, text)
    event.setPoliteness(QAccessible.AnnouncementPoliteness.Polite)
    QAccessible.updateAccessibility(event)


def tell(widget: QWidget, about: str, section: str = "") -> None:
    """Set what What's This says of a widget, and the anchor of the section that says more."""
    widget.setProperty("about", about)
    widget.setProperty("section", section)


def told_of(widget: QWidget, at: QPoint | None = None) -> tuple[str, str]:
    """Return what is said of a point of the screen in a widget, or of its cursor; and a section.

    Said are two sentences at most of what a view says of the thing there, else of the nearest text.
    """
    around = [widget]
    while not around[-1].isWindow() and (parent := around[-1].parentWidget()) is not None:
        around.append(parent)
    things = (_thing(one, at) for one in around)
    texts = (str(one.property("about") or one.toolTip()) for one in around)
    text = next(filter(None, (*things, *texts)), "")
    sections = (str(one.property("section") or "") for one in around)
    return " ".join(_SENTENCE.split(text)[:_MOST]), next(filter(None, sections), "")


@guarded
class WhatsThis(QObject):
    """Answers What's This, by the mouse and by Shift+F1, for all that is in a window."""

    def __init__(self, window: QWidget, open_guide: Callable[[str], object] | None = None) -> None:
        """Take a window, and what opens the guide at a section, if it can be opened from there."""
        super().__init__(window)
        self._window, self._open_guide = window, open_guide
        window.installEventFilter(self)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:  # noqa: ARG002
        """Handle what no widget in the window has handled: only the window's own events come."""
        kind, shift = event.type(), Qt.KeyboardModifier.ShiftModifier
        if isinstance(event, QHelpEvent) and kind == QEvent.Type.WhatsThis:
            at = event.globalPos()
            self._show(self._window.childAt(event.pos()) or self._window, at, at)
        elif isinstance(event, QWhatsThisClickedEvent) and self._open_guide is not None:
            self._open_guide(event.href())
        elif isinstance(event, QKeyEvent) and kind == QEvent.Type.KeyPress:
            if event.key() != Qt.Key.Key_F1 or event.modifiers() != shift:
                return False
            focused = QApplication.focusWidget() or self._window
            self._show(focused, focused.mapToGlobal(focused.rect().center()), None)
        elif kind != QEvent.Type.QueryWhatsThis:
            return False
        event.accept()
        return True

    def _show(self, widget: QWidget, place: QPoint, at: QPoint | None) -> None:
        text, section = told_of(widget, at)
        if not text:
            return
        shown = text if Text.mightBeRichText(text) else escape(text)
        if section and self._open_guide is not None:
            ink = QToolTip.palette().toolTipText().color().name()  # a link's own is too dark there
            end = "" if text.endswith((".", "!", "?")) else "."
            shown += f'{end} <a href="{section}" style="color: {ink}">More in the guide</a>'
        Popup.showText(place, f"<p>{shown}</p>", self._window)


def _thing(widget: QWidget, at: QPoint | None) -> str:
    """Return what a widget says of the thing at a point of the screen in it, or at its cursor."""
    point, tip = None if at is None else widget.mapFromGlobal(at), Qt.ItemDataRole.ToolTipRole
    if (about_at := getattr(widget, "about_at", None)) is not None:  # it has things of its own
        return str(about_at(point))
    if isinstance(widget, QTabBar) and point is not None:
        return widget.tabToolTip(widget.tabAt(point))
    if isinstance(widget, QHeaderView) and point is not None:
        number = widget.logicalIndexAt(point)
        return str(widget.model().headerData(number, widget.orientation(), tip) or "")
    if isinstance(widget, QAbstractItemView):
        index = widget.currentIndex()
        if point is not None:
            index = widget.indexAt(widget.viewport().mapFrom(widget, point))
        return str(index.data(tip) or "")
    return ""
