"""Markdown as a page of a theme."""

import re
from math import sqrt

from PySide6.QtGui import (
    QColor,
    QFont,
    QFontInfo,
    QFontMetricsF,
    QTextBlock,
    QTextBlockFormat,
    QTextCharFormat,
    QTextCursor,
    QTextDocument,
    QTextFormat,
    QTextFrameFormat,
    QTextLength,
    QTextTable,
)

from xorviz.ui.theme.palette import Theme

_MARGIN = 12
_SIZES = {1: 2, 2: 1, 3: 0}
"""How much larger headings are than the text, by their levels, in Qt's steps."""


def anchor(title: str) -> str:
    """Return the name of a heading in links, as on GitHub."""
    return re.sub(r"[^\w\- ]", "", title.lower()).replace(" ", "-")


def show_markdown(page: QTextDocument, text: str, font: QFont, theme: Theme) -> None:
    """Fill a page with a text, in the size of a font and the colours of a theme."""
    page.setDefaultFont(font)
    page.setDocumentMargin(_MARGIN)
    page.setIndentWidth(2 * _MARGIN)
    page.setMarkdown(text)
    cursor = QTextCursor(page)
    cursor.beginEditBlock()
    block = page.begin()
    while block.isValid():
        _set_block(block, font, theme)
        block = block.next()
    for frame in page.rootFrame().childFrames():
        if isinstance(frame, QTextTable):
            _set_table(frame, theme)
    cursor.endEditBlock()


def _set_block(block: QTextBlock, font: QFont, theme: Theme) -> None:
    """Space a block from others, and set its headings and code."""
    cursor, line = QTextCursor(block), QFontMetricsF(font).height()
    form, level = QTextBlockFormat(), block.blockFormat().headingLevel()
    is_code = block.blockFormat().hasProperty(QTextFormat.Property.BlockCodeLanguage)
    if level:
        form.setTopMargin(line * (1.2 if level > 1 else 0))
        form.setBottomMargin(line * 0.4)
    elif not cursor.currentTable():
        space = 0 if is_code else line * (0.25 if block.textList() else 0.6)
        form.setTopMargin(space)
        form.setBottomMargin(space)
        form.setLineHeight(120, QTextBlockFormat.LineHeightTypes.ProportionalHeight.value)
    if is_code:
        form.setBackground(QColor(theme.hover))
        form.setNonBreakableLines(False)
    cursor.mergeBlockFormat(form)
    # PySide's stubs have no iterator of a block.
    for part in [place.fragment() for place in block]:  # type: ignore[attr-defined]
        text = QTextCharFormat()
        if level:
            text.setProperty(QTextFormat.Property.FontSizeAdjustment, _SIZES[level])
        elif part.charFormat().fontFamilies():  # code, in the size of the desktop's
            text.setFontPointSize(QFontInfo(font).pointSizeF())
            text.setBackground(QColor(theme.hover))
        cursor.setPosition(part.position())
        cursor.setPosition(part.position() + part.length(), QTextCursor.MoveMode.KeepAnchor)
        cursor.mergeCharFormat(text)


def _set_table(table: QTextTable, theme: Theme) -> None:
    """Give a table the whole width, columns as wide as their texts ask for, and a line per row."""
    form, percentage = table.format(), QTextLength.Type.PercentageLength
    form.setBorder(0)
    form.setCellPadding(_MARGIN / 3)
    form.setTopMargin(_MARGIN / 2)
    form.setWidth(QTextLength(percentage, 100))
    needs = [0.0] * table.columns()
    for number in range(table.rows() * table.columns()):
        line, place = divmod(number, table.columns())
        cell = table.cellAt(line, place)
        text = cell.firstCursorPosition().block().text()
        needs[place] = max(needs[place], sqrt(len(text)))
        edge = cell.format().toTableCellFormat()
        edge.setBottomBorder(1)
        edge.setBottomBorderStyle(QTextFrameFormat.BorderStyle.BorderStyle_Solid)
        edge.setBottomBorderBrush(QColor(theme.hairline))
        cell.setFormat(edge)
    widths = [QTextLength(percentage, 100 * need / sum(needs)) for need in needs]
    form.setColumnWidthConstraints(widths)
    table.setFormat(form)
