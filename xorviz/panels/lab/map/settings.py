"""Settings of the next map, above the map."""

from itertools import permutations

from PySide6.QtCore import QSignalBlocker, QSize, Qt, Signal, Slot
from PySide6.QtGui import QAction, QKeyEvent, QResizeEvent, QValidator
from PySide6.QtWidgets import QGridLayout, QSizePolicy, QToolButton, QWidget

from xorviz.core import numerals
from xorviz.core.rules import Choice, Whole
from xorviz.lab import SEED_COUNT, STEPS
from xorviz.lab.results.map import AXES
from xorviz.ui.chrome.action_button import ActionButton
from xorviz.ui.forms.fields import ChoiceField, NumberField
from xorviz.ui.forms.scrolled import WrappingRow
from xorviz.ui.guard import guarded
from xorviz.ui.keys import ENTER

PAIRS = Choice(tuple(" ".join(pair) for pair in permutations(AXES, 2)))
"""Names of the columns' and the rows' setting."""
NARROW = 420
"""Width in pixels below which the settings fold into one line."""
_GAP = 6
_COUNT_WIDTH = 92
"""Width in pixels of a count of five digits with its unit."""
_ARROW = 28
"""Width in pixels of the arrow that unfolds the settings, with the space around it."""
_LETTERS = "abcdefghijklmnopqrstuvwxyz"


@guarded
class MapHead(QWidget):
    """Fields for two settings, seeds and steps, and a button for one of two actions."""

    changed = Signal()
    pair_requested = Signal(str)  # one of PAIRS
    refused = Signal(str)

    def __init__(self, opens: QAction, actions: tuple[QAction, QAction]) -> None:
        """Create the fields; ``opens`` unfolds them in a narrow panel."""
        super().__init__()
        self._opens = opens
        self._disclosure = QToolButton()
        self._axes = [_axis_field(name, sign) for name, sign in (("across", "→"), ("up", "↓"))]
        self.counts = [
            CountField("map_seeds", "Seeds of each cell", SEED_COUNT, "seeds", 200),
            CountField("map_steps", "Steps of each network", STEPS, "steps", 4000),
        ]
        self._fields = WrappingRow([*self._axes, *self.counts])
        self._buttons = {action: ActionButton(action) for action in actions}
        self._layout = QGridLayout(self)
        self._layout.setContentsMargins(0, 0, 0, 0)
        self._layout.setSpacing(_GAP)
        self._layout.setColumnStretch(0, 1)
        self._layout.addWidget(self._disclosure, 0, 0)
        self._layout.addWidget(self._fields, 0, 0)
        widest = max(button.sizeHint().width() for button in self._buttons.values())
        for button in self._buttons.values():
            button.setMinimumWidth(widest)
            self._layout.addWidget(button, 0, 1, Qt.AlignmentFlag.AlignTop)
        self._pair = "rate", "width"
        self._show_pair()
        self._connect()

    @property
    def values(self) -> tuple[str, str, int, int]:
        """Settings of the columns and the rows, numbers of seeds and steps."""
        seeds, steps = (round(field.value()) for field in self.counts)
        return *self._pair, seeds, steps

    @property
    def pair(self) -> str:
        """Settings of the columns and the rows, one of PAIRS."""
        return " ".join(self._pair)

    @Slot(str)
    def choose_pair(self, pair: str) -> None:
        across, up = pair.split()
        self._pair = across, up
        self._show_pair()
        self._notify()

    @property
    def summary(self) -> str:
        across, up, seeds, steps = self.values
        counts = f"{numerals.whole(seeds)} seeds · {numerals.whole(steps)} steps"
        return f"{AXES[up].label} × {AXES[across].label} · {counts}"

    def offer(self, action: QAction) -> None:
        """Offer one of the actions; its button takes over the focus of the other's."""
        # Enabled first: a disabled button would pass the focus to any widget.
        action.setVisible(True)
        action.setEnabled(True)
        has_focus = any(button.hasFocus() for button in self._buttons.values())
        for one, button in self._buttons.items():
            button.setVisible(one is action)
        if has_focus:
            self._buttons[action].setFocus(Qt.FocusReason.OtherFocusReason)
        for one in self._buttons:
            one.setEnabled(one is action)
            one.setVisible(one is action)

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self.fold()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Keep Enter, which ends typing, from the view."""
        if event.key() not in ENTER:
            super().keyPressEvent(event)

    @Slot()
    def fold(self) -> None:
        """Have the fields beside the button or, in a narrow panel, below it, if unfolded."""
        is_narrow = self.width() < NARROW
        self._layout.addWidget(self._fields, *((1, 0, 1, 2) if is_narrow else (0, 0)))
        self._disclosure.setVisible(is_narrow)
        self._fields.setVisible(not is_narrow or self._opens.isChecked())
        self._show_summary()

    def _show_summary(self) -> None:
        is_open, summary = self._opens.isChecked(), self.summary
        arrow = Qt.ArrowType.DownArrow if is_open else Qt.ArrowType.RightArrow
        self._disclosure.setArrowType(arrow)
        widest = max(button.minimumWidth() for button in self._buttons.values())
        space = self.width() - widest - _GAP - _ARROW
        elide = Qt.TextElideMode.ElideRight
        self._disclosure.setText(self.fontMetrics().elidedText(summary, elide, space))
        self._disclosure.setToolTip(f"{summary}. Click to change it")
        self._disclosure.setAccessibleName(f"Settings of the map: {summary}")

    def _connect(self) -> None:
        self._disclosure.setObjectName("map_disclosure")
        self._disclosure.setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonTextBesideIcon)
        self._disclosure.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Preferred)
        self._disclosure.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self._disclosure.clicked.connect(self._opens.toggle)
        for axis in self._axes:
            axis.currentIndexChanged.connect(self._take_pair)
        for count in self.counts:
            count.valueChanged.connect(self._notify)
            count.refused.connect(self.refused)

    @Slot()
    def _notify(self) -> None:
        self._show_summary()
        self.changed.emit()

    @Slot()
    def _take_pair(self) -> None:
        """Use the chosen settings; choosing the other axis' setting swaps the two."""
        across, up = (field.currentData() for field in self._axes)
        pair = (self._pair[1], self._pair[0]) if across == up else (across, up)
        self.choose_pair(" ".join(pair))
        self.pair_requested.emit(self.pair)

    def _show_pair(self) -> None:
        for field, name in zip(self._axes, self._pair, strict=True):
            with QSignalBlocker(field):
                field.choose(name)


@guarded
class CountField(NumberField):
    """A whole number followed by its unit, which need not be typed."""

    def __init__(self, name: str, title: str, rule: Whole, unit: str, value: int) -> None:
        self._unit = unit
        super().__init__(name, rule, grouped=True)
        self.setAccessibleName(title)
        self.setToolTip(f"{title}. Allowed: {rule.allowed}")
        self.show_number(value)

    def textFromValue(self, value: float) -> str:
        return f"{super().textFromValue(value)} {self._unit}"

    def valueFromText(self, text: str) -> float:
        return super().valueFromText(_number_in(text))

    def validate(self, text: str, position: int) -> tuple[QValidator.State, str, int]:
        """Accept a number with its unit, a part of the unit, or none."""
        return super().validate(_number_in(text), position)[0], text, position

    def fixup(self, text: str) -> str:
        """Refuse an invalid number, and restore the previous one."""
        return super().fixup(_number_in(text))

    def sizeHint(self) -> QSize:
        return QSize(_COUNT_WIDTH, super().sizeHint().height())


def _number_in(text: str) -> str:
    return text.rstrip(_LETTERS).strip()


def _axis_field(name: str, sign: str) -> ChoiceField:
    """Return the choice of an axis' setting; the arrow shows its direction."""
    field = ChoiceField(f"map_{name}", {key: f"{sign} {a.label}" for key, a in AXES.items()})
    title = "Setting of the columns" if name == "across" else "Setting of the rows"
    field.setAccessibleName(title)
    field.setToolTip(title)
    field.setMinimumContentsLength(9)
    return field
