"""Markdown as a page: headings, code and tables, in the colours and the size of text."""

import pytest
from PySide6.QtCore import QSizeF
from PySide6.QtGui import QColor, QFont, QTextCharFormat, QTextDocument
from PySide6.QtWidgets import QApplication

from xorviz.ui.markdown import show_markdown
from xorviz.ui.theme.palette import DARK, LIGHT

TEXT = """# Largest

## Larger

Plain words and `inline`.

| one | the other one |
|---|---|
| short | a text that is so long that it needs more than one line in a page as narrow as this |

```python
code = 1
```
"""


@pytest.fixture
def page(qapp: QApplication) -> QTextDocument:
    page = QTextDocument()
    show_markdown(page, TEXT, QFont("DejaVu Sans", 9), LIGHT)
    page.setTextWidth(300)
    return page


def look_of(page: QTextDocument, words: str) -> QTextCharFormat:
    return page.find(words).charFormat()


def extent(page: QTextDocument, words: str) -> QSizeF:
    """Return the size of the block that has some words."""
    return page.documentLayout().blockBoundingRect(page.find(words).block()).size()


def test_a_heading_is_the_larger_the_higher_its_level(page: QTextDocument) -> None:
    heights = [extent(page, words).height() for words in ("Largest", "Larger", "Plain")]
    assert heights[0] > heights[1] > heights[2]


def test_code_has_a_ground_and_the_size_of_the_text(page: QTextDocument) -> None:
    show_markdown(page, TEXT, QFont("DejaVu Sans", 18), DARK)
    for words in ("inline", "code = 1"):
        assert look_of(page, words).fontPointSize() == 18
        assert look_of(page, words).background().color() == QColor(DARK.hover)
    assert look_of(page, "Plain").background().color() != QColor(DARK.hover)


def test_a_table_is_as_wide_as_the_page_and_its_columns_as_their_texts(page: QTextDocument) -> None:
    table = page.find("short").currentTable()
    assert page.documentLayout().frameBoundingRect(table).width() == pytest.approx(300, abs=30)
    assert extent(page, "a text").width() > 2 * extent(page, "short").width()
