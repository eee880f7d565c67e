"""The table of published experiments: two lines a row where it is narrow."""

from dataclasses import replace

from PySide6.QtCore import QModelIndex, QPersistentModelIndex, QRect, QSize, Qt
from PySide6.QtGui import QKeyEvent, QPaintEvent, QResizeEvent
from PySide6.QtWidgets import QStyle, QStyledItemDelegate, QStyleOptionViewItem

from xorviz.lab.results.published import Match
from xorviz.panels.lab.published.row import PublishedRow
from xorviz.ui.guard import guarded
from xorviz.ui.table import CENTRE, LEFT, Column, Table
from xorviz.ui.theme.palette import Theme

_WIDE = 480
"""Least width in pixels of a row on one line."""
_PADDING, _PADDING_OF_TWO = 14, 3
"""Of rows of one and of two lines; small there, so that four rows fit into little space."""
_LINE_BREAK = "\N{LINE SEPARATOR}"

_Index = QModelIndex | QPersistentModelIndex


def _quiet(_row: PublishedRow, theme: Theme) -> str:
    return theme.quiet


def _mark_ink(row: PublishedRow, theme: Theme) -> str:
    if row.mark in {None, Match.SOFT} and row.progress is None:
        return theme.quiet
    return theme.wrong if row.mark == Match.MISS else theme.accent


def _run_tip(row: PublishedRow) -> str:
    return f"Run {row.experiment.title} (Enter)" if row.is_free else row.details


_MARK = Column[PublishedRow](
    "",
    lambda row: row.state.sign,
    align=CENTRE,
    sample="●",
    details=lambda row: row.details,
    ink=_mark_ink,
    spoken=lambda row: row.spoken,
    shares=False,
)
_PUBLISHED = Column[PublishedRow](
    "published",
    lambda row: row.experiment.published,
    align=LEFT,
    details=lambda row: row.details,
    ink=_quiet,
    elides=True,
)
COLUMNS = (
    _MARK,
    replace(
        _MARK, text=lambda row: row.experiment.title, align=LEFT, sample="", ink=None, elides=True
    ),
    _PUBLISHED,
    replace(_PUBLISHED, title="xorviz", text=lambda row: row.state.now, ink=None),
    replace(
        _MARK,
        text=lambda row: "►" if row.is_free else "",
        sample="►",
        details=_run_tip,
        ink=_quiet,
        spoken=lambda row: "run" if row.is_free else "",
        is_button=True,
    ),
)
TITLE, PUBLISHED, NOW, RUN = range(1, len(COLUMNS))
_TEXTS = (TITLE, PUBLISHED, NOW)


@guarded
class PublishedTable(Table):
    """As high as its rows, if there is room. Left and Right are left to the view around it."""

    has_menus = True

    def __init__(self) -> None:
        super().__init__("Published experiments", COLUMNS, 0)
        self.setItemDelegate(_Cells(self))
        self.horizontalHeader().setMinimumSectionSize(1)

    @property
    def is_narrow(self) -> bool:
        return self.width() < _WIDE

    def fit_columns(self) -> None:
        line = self.fontMetrics().height()
        height = 2 * line + _PADDING_OF_TWO if self.is_narrow else line + _PADDING
        self.verticalHeader().setDefaultSectionSize(height)
        self.setMaximumHeight(self.whole_height)
        super().fit_columns()

    def resizeEvent(self, event: QResizeEvent) -> None:
        self.fit_columns()
        super().resizeEvent(event)
        self.scrollTo(self.currentIndex())

    def paintEvent(self, event: QPaintEvent) -> None:  # noqa: ARG002
        # Whole: Qt leaves out titles that are not in their column.
        super().paintEvent(QPaintEvent(self.viewport().rect()))

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() in {Qt.Key.Key_Left, Qt.Key.Key_Right}:
            event.ignore()
        else:
            super().keyPressEvent(event)


@guarded
class _Cells(QStyledItemDelegate):
    """In narrow tables, writes the titles above the values."""

    def __init__(self, table: PublishedTable) -> None:
        super().__init__(table)
        self._table = table

    def sizeHint(self, option: QStyleOptionViewItem, index: _Index) -> QSize:
        if self._table.is_narrow and index.column() in _TEXTS:
            return QSize()  # the values share the width
        return super().sizeHint(option, index)

    def initStyleOption(self, option: QStyleOptionViewItem, index: _Index) -> None:
        super().initStyleOption(option, index)
        # Their grounds would cover titles.
        option.state &= ~(QStyle.StateFlag.State_MouseOver | QStyle.StateFlag.State_HasFocus)
        if (column := index.column()) not in _TEXTS:
            return
        rect = QRect(option.rect)
        if self._table.is_narrow:
            left, right = map(self._table.columnViewportPosition, (TITLE, RUN))
            middle = (left + right) // 2
            rect.setLeft(middle if column == NOW else left)
            rect.setRight(middle if column == PUBLISHED else right)
            option.rect = rect
        if self._table.is_narrow:
            lines = (option.text, " ") if column == TITLE else ("", option.text)
            option.text = _LINE_BREAK.join(lines)
