"""Markdown as a page: headings, code and tables, in the colours and the size of text."""

import pytest
from PySide6.QtGui import QColor, QFont, QTextCharFormat, QTextDocument

from xorviz.ui.markdown import show_markdown
from xorviz.ui.theme.palette import DARK

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


@pytest.mark.usefixtures("qapp")
def test_headings_are_large_code_has_a_ground_and_a_table_the_width_of_the_page() -> None:
    page = QTextDocument()
    show_markdown(page, TEXT, QFont("DejaVu Sans", 9), DARK)
    page.setTextWidth(300)

    def look_of(words: str) -> QTextCharFormat:
        return page.find(words).charFormat()

    for words in ("inline", "code = 1"):
        assert look_of(words).fontPointSize() == 9
        assert look_of(words).background().color() == QColor(DARK.hover)
    assert look_of("Plain").background().color() != QColor(DARK.hover)
    layout = page.documentLayout()
    heights = [
        layout.blockBoundingRect(page.find(words).block()).height()
        for words in ("Largest", "Larger", "Plain")
    ]
    assert heights[0] > heights[1] > heights[2]
    table = page.find("short").currentTable()
    assert layout.frameBoundingRect(table).width() == pytest.approx(300, abs=30)
