"""Help: the guide, a section at a time, with a field that finds words; and the versions."""

import platform
import re
from collections.abc import Sequence
from contextlib import suppress
from typing import NamedTuple

import numpy as np
import PySide6
from PySide6.QtCore import QRegularExpression, Qt, QUrl, Slot
from PySide6.QtGui import QKeyEvent, QTextCursor, QTextDocumentFragment, QTextOption
from PySide6.QtWidgets import (
    QApplication,
    QDialogButtonBox,
    QFrame,
    QLabel,
    QLineEdit,
    QListWidget,
    QTextBrowser,
    QTextEdit,
    QWidget,
)

from xorviz import __version__
from xorviz.core.rules import Choice
from xorviz.core.settings import SETTINGS, RunConfig
from xorviz.files import assets
from xorviz.files.arguments import option_of
from xorviz.ui.forms.boxes import column, row
from xorviz.ui.forms.dialog import Dialog
from xorviz.ui.forms.fields import explain
from xorviz.ui.forms.scrolled import plain_label
from xorviz.ui.guard import guarded
from xorviz.ui.keys import MOVES
from xorviz.ui.markdown import anchor, show_markdown
from xorviz.ui.theme.palette import Theme

_WIDTH, _HEIGHT = 98, 46
"""Size of a page in characters and in lines."""
_MARGIN = 12
_PLACE = re.compile(r"<!-- settings -->.*?<!-- /settings -->", re.DOTALL)
"""The part of the guide that is written from the table of settings."""
_PICTURE = re.compile(r"^!\[.*\n\n", re.MULTILINE)
_TO_FILE = re.compile(r"\[([^]]*)\]\((?!#)[^)]*\)")
_ENDING = re.compile(r"(?<=\w{3})((?<=[sx])es|(?<!s)s)$|(?<=\w{4})(ed|ing)$")
"""Of plurals and of forms of verbs."""
_COMMAND = Qt.KeyboardModifier.ControlModifier | Qt.KeyboardModifier.AltModifier


class Section(NamedTuple):
    """A section of the guide."""

    title: str
    text: str
    """In Markdown, with the title as its heading."""

    @property
    def anchors(self) -> list[str]:
        """The names of its headings in links, as on GitHub."""
        return [anchor(title) for title in re.findall(r"^##+ (.*)", self.text, re.MULTILINE)]


def search(text: str, among: Sequence[Section]) -> tuple[list[bool], str]:
    """Return which sections have what is typed, and a pattern for it; words in all their forms.

    Those with all its words in a row, or, without any, with all of them somewhere.
    """
    words = [rf"\b{_ENDING.sub('', word)}\w*" for word in re.findall(r"\w+", text)]
    texts = [QTextDocumentFragment.fromMarkdown(one.text).toPlainText() for one in among]
    in_a_row = [r"\W+".join(words) or re.escape(text)]
    for all_of in (in_a_row, words or in_a_row):
        found = [all(re.search(one, page, re.IGNORECASE) for one in all_of) for page in texts]
        if any(found):
            break
    return found, "|".join(all_of)


@guarded
class _Contents(QListWidget):
    """The titles of the sections; letters go to the dialog, which finds them in the text."""

    def keyPressEvent(self, event: QKeyEvent) -> None:
        event.ignore() if _is_letter(event) else super().keyPressEvent(event)


@guarded
class HelpDialog(Dialog):
    """The guide beside the list of its sections. What is typed is found in it."""

    def __init__(self, parent: QWidget, theme: Theme) -> None:
        super().__init__(parent, "help_dialog", "Help")
        self._theme = theme
        self._sections = sections()
        self._find = QLineEdit(placeholderText="Find in help", clearButtonEnabled=True)
        self._nothing = plain_label("help_nothing")
        self._nothing.hide()
        self._sought = QRegularExpression()
        """What is marked in the text."""
        self._contents = _Contents()
        self._page = QTextBrowser(openLinks=False)
        self._build()
        self._contents.setCurrentRow(0)
        self._find.setFocus()
        zooms = [action for action in parent.actions() if action.objectName().startswith("zoom_")]
        self.addActions(zooms)  # their keys work here, too

    def _build(self) -> None:
        explain(self._find, "Find", "Show only sections with these words.")
        self._find.setObjectName("search")
        explain(self._contents, "Contents", "The sections of the help.")
        self._contents.setObjectName("help_contents")
        self._contents.addItems([section.title for section in self._sections])
        self._contents.setSpacing(2)
        for part in (self._contents, self._page):
            part.setFrameShape(QFrame.Shape.NoFrame)
        self._page.setWordWrapMode(QTextOption.WrapMode.WordWrap)
        self._page.setAccessibleName("Help")
        self._page.setObjectName("help_page")
        buttons = self.buttons(QDialogButtonBox.StandardButton.Close)
        close = buttons.button(QDialogButtonBox.StandardButton.Close)
        close.setAutoDefault(False)  # Enter in the field finds
        left = column(None, self._find, self._nothing, (self._contents, 1))
        column(self, (row(None, left, (self._page, 1)), 1), buttons)
        self._contents.currentRowChanged.connect(self._show_section)
        self._find.textChanged.connect(self._filter)
        self._find.returnPressed.connect(self._find_next)
        self._page.anchorClicked.connect(self._follow)
        self.open_wide(_WIDTH, _HEIGHT, beside=self._fit_contents())

    def _fit_contents(self) -> int:
        """Make the list as wide as its titles, and return its width."""
        wide = self._contents.sizeHintForColumn(0) + 2 * _MARGIN
        for part in (self._contents, self._find, self._nothing):
            part.setFixedWidth(wide)
        return wide

    @Slot(object)
    def apply_theme(self, theme: Theme) -> None:
        """Show the text in these colours and in its present size."""
        self._theme = theme
        self._fit_contents()
        self._show_section(self._contents.currentRow())

    @Slot(int)
    def _show_section(self, number: int) -> None:
        text = self._sections[number].text
        show_markdown(self._page.document(), text, self._page.font(), self._theme)
        self._mark_all()

    def _mark_all(self) -> None:
        """Mark all places that have the words sought, and show the first."""
        page, sought = self._page.document(), self._sought
        marks, cursor = [], page.find(sought)
        while sought.pattern() and not cursor.isNull():
            mark = QTextEdit.ExtraSelection()
            mark.cursor = cursor
            mark.format.setBackground(self.palette().highlight())
            mark.format.setForeground(self.palette().highlightedText())
            marks.append(mark)
            cursor = page.find(sought, cursor)
        self._page.setExtraSelections(marks)
        self._page.moveCursor(QTextCursor.MoveOperation.Start)
        self._find_next()

    @Slot(str)
    def _filter(self, words: str) -> None:
        """Leave the sections that have these words in the list, and show one of them.

        Without any, say so, and leave all.
        """
        found, pattern = search(words, self._sections)
        self._nothing.setText(f"Nothing found for “{words}”. Try another word.")
        self._nothing.setHidden(any(found))
        self._sought = QRegularExpression(f"(*UCP)(?i){pattern}" if pattern else "")
        found = found if any(found) else [True] * len(found)
        for number, has_words in enumerate(found):
            self._contents.item(number).setHidden(not has_words)
        now = self._contents.currentRow()
        if not found[now]:
            self._contents.setCurrentRow(found.index(True))
        else:
            self._mark_all()

    @Slot()
    def _find_next(self) -> None:
        """Go to the next place that has the words, on from the last to the first."""
        if self._sought.pattern() and not self._page.find(self._sought):
            self._page.moveCursor(QTextCursor.MoveOperation.Start)
            self._page.find(self._sought)
        place, third = self._page.cursorRect().top(), self._page.viewport().height() // 3
        if place > 2 * third:  # else what is said of it may be below the page's end
            bar = self._page.verticalScrollBar()
            bar.setValue(bar.value() + place - third)

    @Slot(QUrl)
    def _follow(self, link: QUrl) -> None:
        """Show the section that a link names."""
        self.go_to(link.fragment())

    def go_to(self, name: str) -> None:
        """Show a section, or a heading in one, by its name in links."""
        self._find.clear()
        found = [n for n, one in enumerate(self._sections) if name in one.anchors]
        self._contents.setCurrentRow(found[-1])  # a section's own after a panel of its name
        page = self._page.document()
        blocks = map(page.findBlockByNumber, range(page.blockCount()))
        block = next(block for block in blocks if anchor(block.text()) == name)
        top = page.documentLayout().blockBoundingRect(block).top()
        self._page.verticalScrollBar().setValue(round(top))

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Type letters into the field, and move through the sections from there."""
        if _is_letter(event):
            self._find.setFocus()
            self._find.insert(event.text())
        elif event.key() in MOVES and self._find.hasFocus():
            self._contents.keyPressEvent(event)
        else:
            super().keyPressEvent(event)


def _is_letter(event: QKeyEvent) -> bool:
    has_text = event.text().isprintable() and event.text().strip()
    return bool(has_text) and not event.modifiers() & _COMMAND


def sections() -> list[Section]:
    """Return the guide, with what the program knows in the places marked for it."""
    text = _TO_FILE.sub(r"\1", _PICTURE.sub("", assets.read_text("guide.md")))
    parts = _PLACE.sub(lambda _: _settings(), text).split("\n## ")[1:]
    return [Section(part.partition("\n")[0], f"## {part}") for part in parts]


def _settings() -> str:
    """Return a table of a run's settings."""
    rows = ["| setting | meaning | option | values (default) |", "|---|---|---|---|"]
    for name, setting in SETTINGS.items():
        values = f"{setting.rule.allowed} ({setting.option(getattr(RunConfig(), name))})"
        is_list = isinstance(setting.rule, Choice) and not setting.rule.summary
        about = f"{setting.help} {', '.join(setting.words.values())}." if is_list else setting.help
        texts = setting.label, about, f"`{option_of(name)}`", values
        rows.append(f"| {' | '.join(texts)} |")
    return "\n".join(rows)


class AboutDialog(Dialog):
    """The program's name and versions, to be copied."""

    def __init__(self, parent: QWidget, kernel: str) -> None:
        super().__init__(parent, "about_dialog", "About xorviz")
        text = versions(kernel)
        name = QLabel("xorviz shows a small neural network learning XOR, live.")
        self._label = QLabel(text, textFormat=Qt.TextFormat.PlainText)
        self._label.setObjectName("versions")
        flags = Qt.TextInteractionFlag
        selectable = flags.TextSelectableByMouse | flags.TextSelectableByKeyboard
        self._label.setTextInteractionFlags(selectable)
        buttons = self.buttons(QDialogButtonBox.StandardButton.Close)
        copy = buttons.addButton("&Copy versions", QDialogButtonBox.ButtonRole.ActionRole)
        copy.setObjectName("copy_versions")
        copy.setToolTip("Copy all versions, for a bug report")
        copy.clicked.connect(lambda: QApplication.clipboard().setText(text))
        column(self, name, self._label, buttons, gap=12)


def versions(kernel: str) -> str:
    """Return the versions that a bug report needs, one a line, and the kernel."""
    # Imported here: it takes 10 ms of the start.
    from importlib.metadata import PackageNotFoundError, version

    parts = {
        "xorviz": __version__,
        "Python": platform.python_version(),
        "PySide6": PySide6.__version__,
        "pyqtgraph": version("pyqtgraph"),
        "NumPy": np.__version__,
    }
    with suppress(PackageNotFoundError):
        parts["Numba"] = version("numba")
    parts |= {"Kernel": kernel, "System": f"{platform.platform()}, {QApplication.platformName()}"}
    return "\n".join(f"{name} {version}" for name, version in parts.items())
