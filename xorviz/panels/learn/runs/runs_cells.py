"""How the cells of the table of runs are drawn, and a name typed over."""

from PySide6.QtCore import (
    QModelIndex,
    QPersistentModelIndex,
    QRect,
    Qt,
)
from PySide6.QtGui import QColor, QIcon, QPainter, QPixmap
from PySide6.QtWidgets import (
    QLineEdit,
    QStyle,
    QStyledItemDelegate,
    QStyleOptionViewItem,
    QTableView,
    QWidget,
)

from xorviz.core.runs.project import LONGEST_NAME
from xorviz.panels.learn.runs.columns import LINE
from xorviz.ui.forms import check_box
from xorviz.ui.theme.palette import LIGHT

_BAR_WIDTH, _BOX_LEFT, _SWATCH_LEFT = 3, 8, 28
"""What stands in the cell of a run's line, in pixels from its left."""

_Index = QModelIndex | QPersistentModelIndex


class RunCells(QStyledItemDelegate):
    """Marks the current row as a whole, and never hides what stands out in it."""

    def __init__(self, table: QTableView) -> None:
        super().__init__(table)
        self._table = table
        self.theme = LIGHT

    def initStyleOption(self, option: QStyleOptionViewItem, index: _Index) -> None:
        super().initStyleOption(option, index)
        option.state &= ~(QStyle.StateFlag.State_HasFocus | QStyle.StateFlag.State_Selected)
        if index.column() == LINE:  # drawn below: Qt's box is not to be seen on a dark panel
            option.features &= ~QStyleOptionViewItem.ViewItemFeature.HasCheckIndicator
            option.icon = QIcon()

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: _Index) -> None:
        is_current = index.row() == self._table.currentIndex().row()
        if is_current and self._table.hasFocus():
            painter.fillRect(option.rect, QColor(self.theme.hover))
        # The style sheet's items have no ground of their own.
        if ground := index.data(Qt.ItemDataRole.BackgroundRole):
            painter.fillRect(option.rect, ground)
        super().paint(painter, option, index)
        if index.column() == LINE:
            painter.save()
            painter.translate(option.rect.topLeft())
            self._paint_line(painter, option.rect.height(), is_current, index)
            painter.restore()

    def _paint_line(self, painter: QPainter, height: int, is_current: bool, index: _Index) -> None:
        """Draw the mark of the current row, the box of a kept run and the run's line."""
        if is_current:
            painter.fillRect(0, 0, _BAR_WIDTH, height, QColor(self.theme.accent))
        check = index.data(Qt.ItemDataRole.CheckStateRole)
        if check is not None:
            box = QRect(_BOX_LEFT, (height - check_box.SIZE) // 2, check_box.SIZE, check_box.SIZE)
            line, tick = QColor(self.theme.quiet), QColor(self.theme.text)
            is_shown = Qt.CheckState(check) == Qt.CheckState.Checked
            check_box.paint(painter, box, line, tick, is_shown)
        swatch = index.data(Qt.ItemDataRole.DecorationRole)
        if isinstance(swatch, QPixmap):
            top = (height - round(swatch.deviceIndependentSize().height())) // 2
            painter.drawPixmap(_SWATCH_LEFT, top, swatch)

    def createEditor(
        self,
        parent: QWidget,
        option: QStyleOptionViewItem,  # noqa: ARG002
        index: _Index,  # noqa: ARG002
    ) -> QWidget:
        editor = QLineEdit(parent)
        editor.setMaxLength(LONGEST_NAME)
        editor.setAccessibleName("Name of the run")
        return editor

    def setEditorData(self, editor: QWidget, index: _Index) -> None:
        """Put the name into the editor, unless a person is typing another one."""
        if not (isinstance(editor, QLineEdit) and editor.isModified()):
            super().setEditorData(editor, index)
