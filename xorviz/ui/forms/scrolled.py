"""Parts of forms and pages: rows that wrap, a scroll area, labels."""

from collections.abc import Sequence

from PySide6.QtCore import QRect, QSize, Qt, Slot
from PySide6.QtGui import QFont, QResizeEvent
from PySide6.QtWidgets import QFormLayout, QFrame, QLabel, QScrollArea, QWidget

from xorviz.ui.guard import guarded
from xorviz.ui.theme.style import bold


class SizedLabel(QLabel):
    """Plain text that wraps, at its own share of another font's size."""

    def __init__(self, text: str, size: float = 1.0, is_bold: bool = False) -> None:
        super().__init__(text, textFormat=Qt.TextFormat.PlainText, wordWrap=True)
        self._size, self._is_bold = size, is_bold

    def follow(self, font: QFont) -> None:
        """Take its share of this font's size."""
        own = bold(font) if self._is_bold else QFont(font)
        if font.pointSizeF() > 0:
            own.setPointSizeF(font.pointSizeF() * self._size)
        else:
            own.setPixelSize(round(font.pixelSize() * self._size))
        if own != self.font():
            self.setFont(own)


def size_labels(owner: QWidget) -> None:
    """Let all sized labels in a widget follow its font, which Qt does not pass on to them."""
    for label in owner.findChildren(SizedLabel):
        label.follow(owner.font())


_GAP = 6
"""Pixels between widgets and between lines."""


@guarded
class WrappingRow(QWidget):
    """Widgets side by side at their preferred size, in as many lines as needed.

    Those of a line have their middles at one height, or else their tops.
    """

    def __init__(self, widgets: Sequence[QWidget], is_centred: bool = True) -> None:
        super().__init__()
        self._is_centred = is_centred
        self._widgets = list(widgets)
        for widget in self._widgets:
            widget.setParent(self)

    def heightForWidth(self, width: int) -> int:
        return max((place.bottom() + 1 for place in self._places(width)), default=0)

    def hasHeightForWidth(self) -> bool:
        return True

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self.lay_out()

    def lay_out(self) -> None:
        """Place the widgets, whose preferred sizes may have changed."""
        for widget, place in zip(self._widgets, self._places(self.width()), strict=True):
            widget.setGeometry(place)

    def _places(self, width: int) -> list[QRect]:
        lines: list[list[QRect]] = [[]]
        left = top = height = 0
        for widget in self._widgets:
            size = widget.sizeHint()
            if left and left + size.width() > width:
                left, top, height = 0, top + height + _GAP, 0
                lines.append([])
            lines[-1].append(QRect(left, top, min(size.width(), width), size.height()))
            left += size.width() + _GAP
            height = max(height, size.height())
        for line in lines:
            height = max((place.height() for place in line), default=0)
            for place in line if self._is_centred else []:
                place.translate(0, (height - place.height()) // 2)
        return [place for line in lines for place in line]


@guarded
class _VerticalArea(QScrollArea):
    """A scroll area that is never narrower than its content: it scrolls only vertically."""

    def __init__(self) -> None:
        super().__init__()
        changed = self.verticalScrollBar().rangeChanged
        changed.connect(self._drop_bar, Qt.ConnectionType.QueuedConnection)

    @Slot()
    def _drop_bar(self) -> None:
        """Hide a scroll bar that Qt keeps only because texts wrap beside it."""
        content, room = self.widget(), self.maximumViewportSize()
        if content is None or not self.verticalScrollBar().maximum():
            return
        if 0 <= content.heightForWidth(room.width()) <= room.height():
            self.setVerticalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
            self.setVerticalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAsNeeded)

    def minimumSizeHint(self) -> QSize:
        content, hint = self.widget(), super().minimumSizeHint()
        if content is None:
            return hint
        bar = self.verticalScrollBar().sizeHint().width()
        return QSize(content.minimumSizeHint().width() + bar, hint.height())


def scrolled(content: QWidget) -> QScrollArea:
    """Return a scroll area that fits a widget's width and scrolls it vertically."""
    area = _VerticalArea()
    area.setWidgetResizable(True)
    area.setFrameShape(QFrame.Shape.NoFrame)
    area.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
    area.setFocusPolicy(Qt.FocusPolicy.NoFocus)
    area.setWidget(content)
    return area


def wrapping_form(parent: QWidget | None = None) -> QFormLayout:
    """Return a layout of labels with fields beside them, or below where there is no room."""
    return QFormLayout(parent, rowWrapPolicy=QFormLayout.RowWrapPolicy.WrapLongRows)


def plain_label(name: str = "quiet", text: str = "") -> QLabel:
    """Return a label for plain text that wraps: notes beside fields are quiet."""
    label = QLabel(text, textFormat=Qt.TextFormat.PlainText, wordWrap=True)
    label.setObjectName(name)
    return label
