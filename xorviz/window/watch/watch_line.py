"""The line of a watched run: what its program does, whether its steps are right, what to do."""

from collections.abc import Sequence
from dataclasses import dataclass

from PySide6.QtCore import QEvent, QPointF, Signal
from PySide6.QtGui import QAction, QFontMetrics, QPainter, QPaintEvent, QPalette, QPen, QResizeEvent
from PySide6.QtWidgets import QHBoxLayout, QMenu, QSizePolicy, QWidget

from xorviz.ui.chrome.buttons import ActionButton, PushButton, set_shown
from xorviz.ui.chrome.strip_button import StatusMark, StripButton
from xorviz.ui.chrome.texts import ElidedLabel
from xorviz.ui.forms.fields import explain
from xorviz.ui.guard import guarded
from xorviz.ui.said import plain
from xorviz.ui.theme.style import bold

_GAP = 6
_MARK, _RADIUS = 1.3, 0.26
"""Space and size of the mark, in heights of a line."""
_BELOW = 10
"""Pixels between this line and the next."""
_AROUND = 8
"""Pixels of the run's text above and below it together."""
_LEAST_VERDICT = 16
"""Width that a verdict may insist on, in heights of a line."""
_LEAST_NAME = 12
"""The same of a long name, which gives way to the verdict."""
_ABOUT = "A run that another program trains, as far as it has shown it."
_CHECK_ABOUT = (
    "Whether the steps of the program are exact gradient steps, found from its weights before and "
    "after some of them. Click, or press Enter, for the rule behind each array's change."
)
_MORE = "What can be done with the watched run."


@dataclass(frozen=True, slots=True)
class LineText:
    """What the line says of a program."""

    name: str
    does: str
    """What follows the name, such as " finished at step 40"."""
    is_live: bool = False
    tip: str = ""


@guarded
class _RunLabel(ElidedLabel):
    """The name of a run with a mark: a disc while its program continues, a ring after that.

    Its width is fixed, so that a new text lays out nothing else.
    """

    def __init__(self) -> None:
        super().__init__()
        self.setObjectName("watched_run")
        self.is_live = False

    def paintEvent(self, event: QPaintEvent) -> None:
        super().paintEvent(event)
        line, roles = self.fontMetrics().height(), QPalette.ColorRole
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        role = roles.Accent if self.is_live else roles.PlaceholderText
        painter.setPen(QPen(self.palette().color(role), 1.6))
        if self.is_live:
            painter.setBrush(self.palette().color(role))
        middle = QPointF(_MARK * line / 2, self.height() / 2)
        painter.drawEllipse(middle, _RADIUS * line, _RADIUS * line)
        painter.end()


@guarded
class WatchLine(QWidget):
    """What a program does, the verdict on its steps, and offers as buttons or in a menu.

    In a narrow window the buttons are in a menu, and then the text is cut. Texts that change with
    each state move nothing: the space of a number is that of its digits.
    """

    check_clicked = Signal()

    def __init__(self, offers: Sequence[QAction]) -> None:
        """Take all offers; which of them there are is reported later."""
        super().__init__()
        self.setObjectName("watch_line")
        self.setAccessibleName("Watched run")
        self._offers, self._offered = offers, offers
        self._text = LineText("", "")
        self._shown: tuple[str, ...] = ()
        """What the sizes were found for."""
        self._run = _RunLabel()
        self.verdict = StripButton("Check")
        self.verdict.setObjectName("watch_verdict")
        self.verdict.setWhatsThis(_CHECK_ABOUT)
        self.verdict.setAccessibleDescription(_CHECK_ABOUT)
        self.verdict.setStatusTip("Show what was found of the steps of the program")
        self.verdict.clicked.connect(self.check_clicked)
        self._buttons = [ActionButton(offer) for offer in offers]
        self._more = PushButton("watch_more", "»")
        self._lay_out()
        for offer in offers:
            offer.changed.connect(self._place)

    @property
    def needed(self) -> int:
        """The height that it takes from the panels, in pixels."""
        return self.sizeHint().height() + _BELOW

    def show_run(self, text: LineText) -> None:
        """Show what a program does."""
        if text == self._text:
            return
        self._text = text
        if text.is_live != self._run.is_live:
            self._run.is_live = text.is_live
            self._run.update()
        self._run.head = text.name
        self._run.setText(text.name + text.does)
        if self._run.toolTip() != (tip := plain(text.tip)):
            self._run.setToolTip(tip)
            self._run.setWhatsThis(tip)
        # The digits themselves do not count: they are all of one width.
        if self._shown != (shown := (text.name, _in_eights(text.does))):
            self._shown = shown
            self._place()

    def show_verdict(self, mark: StatusMark, head: str, text: str, tip: str) -> None:
        """Show what was found of the steps of the program."""
        self.verdict.show_line(mark, head, text)
        self.verdict.setToolTip(tip)
        self._place()

    def show_offers(self, offered: Sequence[QAction]) -> None:
        """Offer these, as buttons or in a menu."""
        if list(offered) != list(self._offered):
            self._offered = offered
            self._place()

    def _lay_out(self) -> None:
        explain(self._run, "", _ABOUT)  # spoken with its text
        explain(self._more, "More", _MORE)
        self._more.setMenu(QMenu(self._more))
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(_GAP)
        row.addWidget(self._run)
        row.addWidget(self.verdict, 1)
        for button in (*self._buttons, self._more):
            button.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Ignored)
            row.addWidget(button)
        self._place()

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._place()

    def changeEvent(self, event: QEvent) -> None:
        super().changeEvent(event)
        if event.type() == QEvent.Type.FontChange:
            self._place()

    def _place(self) -> None:
        """Give the verdict the space of its sentence, and the run's text what is left.

        Where that is less than its name, a long name is cut, and then the sentence.
        """
        line, sentence = self.fontMetrics().height(), self.verdict.whole_width
        least = min(sentence, _LEAST_VERDICT * line)
        mark = round(_MARK * line)
        name = mark + QFontMetrics(bold(self.font())).horizontalAdvance(self._text.name) + _GAP
        whole = name + self.fontMetrics().horizontalAdvance(_in_eights(self._text.does))
        pairs = zip(self._buttons, self._offers, strict=True)
        offered = [button for button, offer in pairs if offer in self._offered]
        buttons = sum(button.sizeHint().width() + _GAP for button in offered)
        # What buttons offer is in a menu, too: they give way to the verdict and the text.
        unfolds = whole + _GAP + min(sentence, 2 * least) + buttons <= self.width()
        for button in self._buttons:
            set_shown(button, unfolds and button in offered)
        set_shown(self._more, not unfolds and bool(offered))
        self._more.menu().clear()
        self._more.menu().addActions(list(self._offered))
        space = self.width() - _GAP
        space -= buttons if unfolds else self._more.sizeHint().width() + _GAP
        named = min(name, _LEAST_NAME * line)
        self._run.setContentsMargins(mark, 0, 0, 0)
        width = max(0, min(whole, max(space - sentence, named), space - least))
        self._run.setFixedSize(width, line + _AROUND)


def _in_eights(text: str) -> str:
    """Return a text with digits that are all the same, as wide as it is."""
    return "".join("8" if c.isdigit() else c for c in text)
