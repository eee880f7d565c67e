"""Table of seeds: keys, mouse and appearance."""

from PySide6.QtCore import (
    QEvent,
    QModelIndex,
    QPersistentModelIndex,
    QPoint,
    QRectF,
    QSize,
    Qt,
    Signal,
    Slot,
)
from PySide6.QtGui import (
    QColor,
    QContextMenuEvent,
    QFontMetrics,
    QIcon,
    QKeyEvent,
    QMouseEvent,
    QPainter,
    QPixmap,
    QResizeEvent,
)
from PySide6.QtWidgets import (
    QAbstractItemView,
    QHeaderView,
    QStyle,
    QStyledItemDelegate,
    QStyleOptionViewItem,
    QTableView,
)

from xorviz.panels.lab.outcomes import paint_mark
from xorviz.panels.lab.seeds.model import COLUMNS, OUTCOME, SEED, SeedModel
from xorviz.ui.guard import guarded
from xorviz.ui.keys import ENTER, MOVES
from xorviz.ui.theme.palette import LIGHT, Theme

SORT_KEY = Qt.Key.Key_O
"""Sorts by the current column; pressed again, in the other direction."""

_ROW_HEIGHT = 22
_MARGIN = 10
"""Width of a column beyond its widest text, in pixels."""
_BAR, _BEFORE_MARK, _MARK = 3, 4, 9
_BESIDE_MARK = _MARK + 8
"""Space for the mark at the left of an outcome."""

_Index = QModelIndex | QPersistentModelIndex


@guarded
class SeedTable(QTableView):
    """One row per network. Emits a signal for what a person does to one."""

    used = Signal(int, bool)  # number of a network, whether Shift was held
    pointed_at = Signal(object)  # int | None: number of the current network
    menu_requested = Signal(int, QPoint)  # number of a network, point of the screen

    def __init__(self, model: SeedModel) -> None:
        super().__init__()
        self._seeds = model
        self._cells = _SeedCells(self)
        self._pressed = -1
        self.setModel(model)
        self.setItemDelegate(self._cells)
        self._set_up()
        model.modelReset.connect(self._share_width)
        model.modelReset.connect(self._forget_press)

    def apply_theme(self, theme: Theme) -> None:
        self._cells.theme = theme
        self._share_width()
        self.viewport().update()

    def current_number(self) -> int | None:
        return self._seeds.number_at(self.currentIndex().row())

    def show_current(self, number: int) -> None:
        """Make a network the current one, and scroll to it."""
        column = max(self.currentIndex().column(), SEED)
        self.setCurrentIndex(self._seeds.index(self._seeds.row_of(number), column))

    def event(self, event: QEvent) -> bool:
        """Claim the table's keys before shortcuts do."""
        return _claims_key(event) or super().event(event)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        number = self.current_number()
        if event.key() in ENTER and number is not None:
            if not event.isAutoRepeat():
                self.used.emit(number, _has_shift(event))
        elif event.key() == SORT_KEY and event.modifiers() == Qt.KeyboardModifier.NoModifier:
            self._sort_by_current()
        else:
            super().keyPressEvent(event)

    def mousePressEvent(self, event: QMouseEvent) -> None:
        super().mousePressEvent(event)
        self._pressed = self.indexAt(event.position().toPoint()).row()

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        super().mouseReleaseEvent(event)
        row = self.indexAt(event.position().toPoint()).row()
        number = self._seeds.number_at(row)
        is_click = event.button() == Qt.MouseButton.LeftButton and row == self._pressed
        if is_click and number is not None:
            self.used.emit(number, _has_shift(event))

    def contextMenuEvent(self, event: QContextMenuEvent) -> None:
        is_mouse = event.reason() == QContextMenuEvent.Reason.Mouse
        place = self.indexAt(event.pos()) if is_mouse else self.currentIndex()
        number = self._seeds.number_at(place.row())
        if number is not None:
            self.setCurrentIndex(place)
            at = event.pos() if is_mouse else self.visualRect(place).bottomLeft()
            self.menu_requested.emit(number, self.viewport().mapToGlobal(at))

    def currentChanged(self, current: _Index, previous: _Index) -> None:
        super().currentChanged(current, previous)
        self.viewport().update()  # the whole row is marked
        self.pointed_at.emit(self.current_number())

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._share_width()

    def minimumSizeHint(self) -> QSize:
        return QSize(120, 3 * _ROW_HEIGHT)

    def _set_up(self) -> None:
        self.setObjectName("seed_table")
        self.setAccessibleName("Seeds")
        self.setSelectionMode(QAbstractItemView.SelectionMode.NoSelection)
        self.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        self.setHorizontalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self.setShowGrid(False)
        self.setFrameShape(self.Shape.NoFrame)
        self.setTabKeyNavigation(False)
        self.setWordWrap(False)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.verticalHeader().hide()
        self.verticalHeader().setDefaultSectionSize(_ROW_HEIGHT)
        self.verticalHeader().setSectionResizeMode(QHeaderView.ResizeMode.Fixed)
        header = self.horizontalHeader()
        header.setSectionResizeMode(QHeaderView.ResizeMode.Fixed)
        header.setHighlightSections(False)
        header.setFixedHeight(_ROW_HEIGHT)
        header.setSortIndicator(SEED, Qt.SortOrder.AscendingOrder)
        self.setSortingEnabled(True)
        header.setSortIndicatorShown(False)  # the model adds an arrow to the text

    @Slot()
    def _sort_by_current(self) -> None:
        header, column = self.horizontalHeader(), max(self.currentIndex().column(), SEED)
        is_again = header.sortIndicatorSection() == column
        is_up = header.sortIndicatorOrder() == Qt.SortOrder.AscendingOrder
        orders = Qt.SortOrder
        down = is_again and is_up
        self.sortByColumn(column, orders.DescendingOrder if down else orders.AscendingOrder)
        self.scrollTo(self.currentIndex())

    @Slot()
    def _forget_press(self) -> None:
        """Let go of a press: its row is about another network now."""
        self._pressed = -1

    @Slot()
    def _share_width(self) -> None:
        """Give each column the width it needs, and divide the rest evenly."""
        needed = [self._needed_width(column) for column in range(len(COLUMNS))]
        more = max(0, self.viewport().width() - sum(needed)) // len(needed)
        for column, width in enumerate(needed):
            self.setColumnWidth(column, width + more)

    def _needed_width(self, column: int) -> int:
        metrics, entry = QFontMetrics(self.font()), COLUMNS[column]
        text = max(map(metrics.horizontalAdvance, self._seeds.longest(column)))
        text += _BESIDE_MARK if column == OUTCOME else 0
        return max(text, metrics.horizontalAdvance(f"{entry.header} ▾")) + _MARGIN


@guarded
class _SeedCells(QStyledItemDelegate):
    """Highlights the current row, and paints marks of outcomes."""

    def __init__(self, table: QTableView) -> None:
        super().__init__(table)
        self._table = table
        self.theme = LIGHT
        empty = QPixmap(_MARK, _MARK)
        empty.fill(Qt.GlobalColor.transparent)
        self._nothing = QIcon(empty)

    def initStyleOption(self, option: QStyleOptionViewItem, index: _Index) -> None:
        super().initStyleOption(option, index)
        if index.column() == OUTCOME:  # space for the mark
            option.features |= QStyleOptionViewItem.ViewItemFeature.HasDecoration
            option.decorationSize, option.icon = QSize(_MARK, _MARK), self._nothing
        option.state &= ~(QStyle.StateFlag.State_HasFocus | QStyle.StateFlag.State_Selected)

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: _Index) -> None:
        if index.row() == self._table.currentIndex().row():
            self._paint_current(painter, option, index)
        super().paint(painter, option, index)
        if index.column() == OUTCOME:
            top = option.rect.top() + (option.rect.height() - _MARK) // 2 + 1
            mark = QRectF(option.rect.left() + _BEFORE_MARK, top, _MARK, _MARK)
            paint_mark(painter, mark, index.data(), self.theme)

    def _paint_current(
        self, painter: QPainter, option: QStyleOptionViewItem, index: _Index
    ) -> None:
        painter.fillRect(option.rect, QColor(self.theme.hover))
        accent = QColor(self.theme.accent)
        if index.column() == SEED:
            painter.fillRect(option.rect.adjusted(0, 0, _BAR - option.rect.width(), 0), accent)
        if self._table.hasFocus() and index.column() == self._table.currentIndex().column():
            painter.fillRect(option.rect.adjusted(0, option.rect.height() - 2, 0, 0), accent)


def _claims_key(event: QEvent) -> bool:
    """Accept the shortcut override of the table's keys."""
    if event.type() != QEvent.Type.ShortcutOverride or not isinstance(event, QKeyEvent):
        return False
    shift = Qt.KeyboardModifier.ShiftModifier
    held = event.modifiers() & ~Qt.KeyboardModifier.KeypadModifier
    is_plain = held == Qt.KeyboardModifier.NoModifier
    is_enter = event.key() in ENTER and held in (Qt.KeyboardModifier.NoModifier, shift)
    if not is_enter and not (is_plain and event.key() in (SORT_KEY, *MOVES)):
        return False
    event.accept()
    return True


def _has_shift(event: QKeyEvent | QMouseEvent) -> bool:
    return bool(event.modifiers() & Qt.KeyboardModifier.ShiftModifier)
