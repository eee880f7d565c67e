"""The rows of the truth table: their order on screen, names, signs, and the choice of one."""

from collections.abc import Callable, Sequence

from PySide6.QtCore import QObject, QPointF, QRectF
from PySide6.QtGui import QAction, QColor, QPainter, QPen
from PySide6.QtWidgets import QGraphicsItem

from xorviz.core.config import ROWS
from xorviz.ui.guard import guarded
from xorviz.ui.one_of import OneOf
from xorviz.ui.theme.palette import LIGHT, Theme

NAMES = tuple(f"{x1}{x2}" for x1, x2 in ROWS)
"""In the order of ROWS."""

SHOWN_ROWS = sorted(range(len(ROWS)), key=lambda row: ROWS[row])
"""Indices of ROWS in the order on screen: 00, 01, 10, 11."""

_RADIUS = 9.0


def row_options(
    owner: QObject, option: Callable[..., QAction], prefix: str, what: str, tip: str = ""
) -> OneOf:
    """Return a choice of a row, made by a view's _option; its values are indices of ROWS."""
    options = {
        row: option(f"{prefix}_{NAMES[row]}", f"{what} {NAMES[row]}", tip=tip) for row in SHOWN_ROWS
    }
    return OneOf(owner, options, ROWS.index((0, 1)))


def paint_sign(
    painter: QPainter,
    at: QPointF,
    radius: float,
    target: int,
    theme: Theme,
    ring: str = "#FFFFFF",
    is_right: bool = True,
) -> None:
    """Paint a circle for target 0, a square for 1, with a ring; crossed if the row is wrong."""
    painter.setPen(QPen(QColor(ring), max(1.2, radius / 4)))
    painter.setBrush(QColor(theme.plus if target else theme.minus))
    if target:
        r = radius * 0.92  # a square looks larger than a circle
        painter.drawRoundedRect(QRectF(at.x() - r, at.y() - r, 2 * r, 2 * r), 1.5, 1.5)
    else:
        painter.drawEllipse(at, radius, radius)
    if not is_right:
        c = radius * 0.42
        painter.setPen(QPen(QColor("#FFFFFF"), max(1.2, radius / 4)))
        painter.drawLine(at + QPointF(-c, -c), at + QPointF(c, c))
        painter.drawLine(at + QPointF(-c, c), at + QPointF(c, -c))


@guarded
class RowMarker(QGraphicsItem):
    """The sign of a row in a plot, of fixed size on screen."""

    def __init__(self, at: Sequence[int]) -> None:
        super().__init__()
        self._target, self._is_right = 0, True
        self._theme = LIGHT
        self.setPos(float(at[0]), float(at[1]))
        self.setFlag(QGraphicsItem.GraphicsItemFlag.ItemIgnoresTransformations)
        self.setZValue(10)

    def show_row(self, target: int, is_right: bool, theme: Theme) -> None:
        """Show a target, and whether the output is correct, in these colours."""
        if (target, is_right, theme) != (self._target, self._is_right, self._theme):
            self._target, self._is_right, self._theme = target, is_right, theme
            self.update()

    def boundingRect(self) -> QRectF:
        r = _RADIUS + 2
        return QRectF(-r, -r, 2 * r, 2 * r)

    def paint(self, painter: QPainter, _option: object, _widget: object = None) -> None:
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        # A white ring is legible on every part of the surface in both themes.
        paint_sign(painter, QPointF(), _RADIUS, self._target, self._theme, is_right=self._is_right)
