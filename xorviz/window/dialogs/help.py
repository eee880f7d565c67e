"""The help: sections by a list of contents or by their words, with live pictures."""

import html
import re
from contextlib import closing
from typing import Any, NamedTuple

from PySide6.QtCore import QUrl, Slot
from PySide6.QtGui import QAction, QImage, QTextCursor
from PySide6.QtWidgets import (
    QDialogButtonBox,
    QDockWidget,
    QFrame,
    QLineEdit,
    QListWidget,
    QTextBrowser,
    QTextEdit,
    QWidget,
)

from xorviz.core.runs.current_run import CurrentRun
from xorviz.core.runs.project import Project
from xorviz.core.runs.recording import Recording
from xorviz.files import assets
from xorviz.files.exports.pictures import image_of
from xorviz.panels.base.view import View
from xorviz.ui.chrome.panel import Panel
from xorviz.ui.forms.boxes import column, row
from xorviz.ui.forms.dialog import Dialog, in_letters
from xorviz.ui.forms.fields import explain
from xorviz.ui.guard import guarded
from xorviz.ui.keys import written
from xorviz.ui.theme.palette import Theme
from xorviz.window.export.offscreen import OffscreenRenderer

_PICTURED_STEPS = 700
"""The run of the pictures has learned by then."""
_SHARPNESS = 2
_HEADING = re.compile(r'<h2 id="(\w+)">(.*?)</h2>')
_KEY_OF = re.compile("%([a-z_0-9]+)%")
_WIDTH, _HEIGHT = 98, 46
"""Size of a page in characters and in lines."""
_PICTURE_WIDTH, _PICTURE_HEIGHT = 68, 24
"""Least size of a picture in characters and in lines."""
_MARGIN = 12
_PANELS = "Panels"
"""Title of the keys that show and hide panels."""


class Section(NamedTuple):
    """A section of the help, with the places of keys still open."""

    name: str
    title: str
    text: str


@guarded
class HelpPage(QTextBrowser):
    """A text whose pictures, named panel:NAME, are of a run that learns."""

    def __init__(self, theme: Theme) -> None:
        super().__init__()
        self.theme = theme
        self.widest = 0
        """Width in pixels of the largest picture that fits."""
        self._pictures: dict[str, QImage] = {}
        self.setOpenLinks(False)

    def loadResource(self, kind: int, name: QUrl | str) -> Any:
        """Return the picture of a panel, made when it is first shown."""
        link = QUrl(name)
        if link.scheme() != "panel":
            return super().loadResource(kind, name)
        panel = link.path()
        if panel not in self._pictures:
            image = panel_picture(panel, self.theme)
            image.setDevicePixelRatio(max(_SHARPNESS, image.width() / self.widest))
            self._pictures[panel] = image
        return self._pictures[panel]

    def apply_theme(self, theme: Theme) -> None:
        """Make the pictures again, in these colours."""
        self.theme = theme
        self._pictures.clear()

    def mark_all(self, words: str) -> None:
        """Mark all places that have these words, and show the first."""
        self.moveCursor(QTextCursor.MoveOperation.Start)
        marks = []
        while words and self.find(words):
            mark = QTextEdit.ExtraSelection()
            mark.cursor = self.textCursor()
            mark.format.setBackground(self.palette().highlight())
            mark.format.setForeground(self.palette().highlightedText())
            marks.append(mark)
        self.moveCursor(QTextCursor.MoveOperation.Start)
        self.setExtraSelections(marks)
        if marks:
            self.find(words)


class HelpDialog(Dialog):
    """A list of contents, a field that finds words, and one section at a time."""

    def __init__(self, parent: QWidget, theme: Theme) -> None:
        super().__init__(parent, "help_dialog", "Help")
        self._window = parent
        self._sections = sections()
        self._find = QLineEdit(placeholderText="Find in help", clearButtonEnabled=True)
        self._contents = QListWidget()
        self._page = HelpPage(theme)
        self._build()
        self._contents.setCurrentRow(0)
        self._contents.setFocus()

    def _build(self) -> None:
        explain(self._find, "Find", "Show only the sections that have these words.")
        self._find.setObjectName("search")
        explain(self._contents, "Contents", "The sections of the help.")
        self._contents.setObjectName("help_contents")
        self._contents.addItems([section.title for section in self._sections])
        self._contents.setSpacing(2)
        for part in (self._contents, self._page):
            part.setFrameShape(QFrame.Shape.NoFrame)
        self._page.setAccessibleName("Help")
        self._page.setObjectName("help_page")
        buttons = self.buttons(QDialogButtonBox.StandardButton.Close)
        close = buttons.button(QDialogButtonBox.StandardButton.Close)
        close.setAutoDefault(False)  # Enter in the field finds
        left = column(None, self._find, (self._contents, 1))
        column(self, (row(None, left, (self._page, 1)), 1), buttons)
        self._contents.currentRowChanged.connect(self._show_section)
        self._find.textChanged.connect(self._filter)
        self._find.returnPressed.connect(self._find_next)
        self._page.anchorClicked.connect(self._follow)
        self._fit()

    def _fit(self) -> None:
        """Take a size for the text, and at most that of the screen."""
        wide = self._contents.sizeHintForColumn(0) + 2 * _MARGIN
        for part in (self._contents, self._find):
            part.setFixedWidth(wide)
        self.open_wide(_WIDTH, _HEIGHT, beside=wide)
        self._page.widest = self.width() - wide - 7 * _MARGIN

    @Slot(object)
    def apply_theme(self, theme: Theme) -> None:
        """Show the pictures in these colours, and the text in its present size."""
        self._page.apply_theme(theme)
        self._fit()
        self._show_section(self._contents.currentRow())

    @Slot(int)
    def _show_section(self, number: int) -> None:
        section = self._sections[number]
        self._page.document().setDocumentMargin(_MARGIN)
        self._page.setHtml(f"<h2>{section.title}</h2>{with_keys(section.text, self._window)}")
        self._page.mark_all(self._find.text())

    @Slot(str)
    def _filter(self, words: str) -> None:
        """Leave the sections that have these words in the list, and show one of them."""
        found = [words.lower() in self._plain(section) for section in self._sections]
        for number, has_words in enumerate(found):
            self._contents.item(number).setHidden(not has_words)
        now = self._contents.currentRow()
        if not found[now] and any(found):
            self._contents.setCurrentRow(found.index(True))
        else:
            self._page.mark_all(words)

    @Slot()
    def _find_next(self) -> None:
        """Go to the next place that has the words, on from the last to the first."""
        words = self._find.text()
        if words and not self._page.find(words):
            self._page.moveCursor(QTextCursor.MoveOperation.Start)
            self._page.find(words)

    @Slot(QUrl)
    def _follow(self, link: QUrl) -> None:
        """Show the section that a link names."""
        names = [section.name for section in self._sections]
        self._contents.setCurrentRow(names.index(link.fragment()))

    def _plain(self, section: Section) -> str:
        text = with_keys(section.text, self._window)
        return f"{section.title} {re.sub('<[^>]*>', '', text)}".lower().replace("\n", " ")


def sections() -> list[Section]:
    """Return the sections of the help in their order."""
    parts = _HEADING.split(assets.read_text("help.html"))[1:]
    return [Section(*parts[i : i + 3]) for i in range(0, len(parts), 3)]


def with_keys(text: str, window: QWidget) -> str:
    """Return a text with the keys that a window's actions have now; %run% is that of run.

    An action without a key is named by its text.
    """

    def key(place: re.Match[str]) -> str:
        action = window.findChild(QAction, place[1])
        if action is None:
            return place[0]
        return html.escape(written(action.shortcut()) or action.text().replace("&", ""))

    return _KEY_OF.sub(key, text.replace("%KEYS%", _key_table(window)))


def panel_picture(name: str, theme: Theme) -> QImage:
    """Return a sharp picture of a panel with a run that has learned."""
    recording = Recording(assets.quick_start().config)
    recording.advance(_PICTURED_STEPS)
    project = Project(recording.record(), _PICTURED_STEPS)
    snapshot = CurrentRun(project.record, project.step).snapshot()
    with closing(OffscreenRenderer(project, [name], theme)) as renderer:
        (panel,) = renderer.widget.findChildren(Panel)
        panel.setMinimumSize(in_letters(panel, _PICTURE_WIDTH, _PICTURE_HEIGHT))
        renderer.show(snapshot)
        return image_of(panel, _SHARPNESS)


def _key_table(window: QWidget) -> str:
    """Return the keys of a window's actions as rows of an HTML table, by what they belong to."""
    groups: dict[str, list[tuple[str, str]]] = {"": [], _PANELS: []}
    for action in window.findChildren(QAction):
        if keys := written(*action.shortcuts()):
            groups.setdefault(_group(action), []).append((keys, _words(action)))
    groups[""].append(("Esc", "Cancel the steps that are left; clear a highlight"))
    groups[_PANELS].sort()
    rows = []
    for title, found in groups.items():
        if title and found:
            rows.append(f"<tr><td colspan=2><b><br>{html.escape(title)}</b></td></tr>")
        rows += [
            f"<tr><td><b>{html.escape(keys)}</b></td><td>{html.escape(words)}</td></tr>"
            for keys, words in found
        ]
    return "".join(rows)


def _group(action: QAction) -> str:
    """Return the title of the panel that an action belongs to; empty for the window's own."""
    owner = action.parent()
    if isinstance(owner, QDockWidget):
        return _PANELS
    return owner.title if isinstance(owner, View) else ""


def _words(action: QAction) -> str:
    is_option = action.isCheckable() and isinstance(action.parent(), View)
    return (action.text() if is_option else action.statusTip() or action.text()).replace("&", "")
