"""Settings of the next map, above the map."""

from itertools import permutations

from PySide6.QtCore import QSignalBlocker, Qt, Signal, Slot
from PySide6.QtGui import QAction, QKeyEvent, QResizeEvent
from PySide6.QtWidgets import QGridLayout, QSizePolicy, QWidget

from xorviz.core import numerals
from xorviz.core.rules import Choice, Whole
from xorviz.lab import SEED_COUNT, STEPS
from xorviz.lab.results.map import AXES
from xorviz.ui.chrome.buttons import ActionButton, ToolButton
from xorviz.ui.forms.fields import ChoiceField, NumberField
from xorviz.ui.forms.scrolled import WrappingRow
from xorviz.ui.guard import guarded
from xorviz.ui.keys import ENTER

PAIRS = Choice(tuple(" ".join(pair) for pair in permutations(AXES, 2)))
"""Names of the columns' and the rows' setting."""
NARROW = 420
"""Width in pixels below which the settings fold into one line."""
_GAP = 6
_ARROW = 28
"""Width in pixels of the arrow that unfolds the settings, with the space around it."""


@guarded
class MapHead(QWidget):
    """Fields for two settings, seeds and steps, and the button that runs the map."""

    changed = Signal()
    pair_requested = Signal(str)  # one of PAIRS
    refused = Signal(str)

    def __init__(self, opens: QAction, run: QAction) -> None:
        """Create the fields; ``opens`` unfolds them in a narrow panel."""
        super().__init__()
        self._opens = opens
        self._disclosure = ToolButton("map_disclosure")
        self._axes = [_axis_field(name, sign) for name, sign in (("across", "→"), ("up", "↓"))]
        self.counts = [
            _count_field("seeds", "Seeds per cell", SEED_COUNT, 200),
            _count_field("steps", "Steps per network", STEPS, 4000),
        ]
        self._fields = WrappingRow([*self._axes, *self.counts])
        self._button = ActionButton(run)
        self._button.setMinimumWidth(self._button.sizeHint().width())
        self._layout = QGridLayout(self)
        self._layout.setContentsMargins(0, 0, 0, 0)
        self._layout.setSpacing(_GAP)
        self._layout.setColumnStretch(0, 1)
        self._layout.addWidget(self._disclosure, 0, 0)
        self._layout.addWidget(self._fields, 0, 0)
        self._layout.addWidget(self._button, 0, 1, Qt.AlignmentFlag.AlignTop)
        self.pair = "rate width"
        """Settings of the columns and the rows, one of PAIRS."""
        self._show_pair()
        self._connect()

    @property
    def values(self) -> tuple[str, str, int, int]:
        """Settings of the columns and the rows, numbers of seeds and steps."""
        across, up = self.pair.split()
        seeds, steps = (round(field.value()) for field in self.counts)
        return across, up, seeds, steps

    @Slot(str)
    def choose_pair(self, pair: str) -> None:
        self.pair = pair
        self._show_pair()
        self._notify()

    @property
    def summary(self) -> str:
        across, up, seeds, steps = self.values
        counts = f"{numerals.whole(seeds)} seeds · {numerals.whole(steps)} steps"
        return f"{AXES[up].short} × {AXES[across].short} · {counts}"

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self.fold()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Keep Enter from the view: in a field it ends typing."""
        if event.key() not in ENTER:
            super().keyPressEvent(event)

    @Slot()
    def fold(self) -> None:
        """Place the fields beside the button; in a narrow panel below it, if unfolded."""
        is_narrow = self.width() < NARROW
        self._layout.addWidget(self._fields, *((1, 0, 1, 2) if is_narrow else (0, 0)))
        self._disclosure.setVisible(is_narrow)
        self._fields.setVisible(not is_narrow or self._opens.isChecked())
        self._show_summary()

    def _show_summary(self) -> None:
        is_open, summary = self._opens.isChecked(), self.summary
        arrow = Qt.ArrowType.DownArrow if is_open else Qt.ArrowType.RightArrow
        self._disclosure.setArrowType(arrow)
        space = self.width() - self._button.minimumWidth() - _GAP - _ARROW
        elide = Qt.TextElideMode.ElideRight
        self._disclosure.setText(self.fontMetrics().elidedText(summary, elide, space))
        self._disclosure.setToolTip(f"{summary}. Click to change.")
        self._disclosure.setAccessibleName(f"Map settings: {summary}")

    def _connect(self) -> None:
        self._disclosure.setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonTextBesideIcon)
        self._disclosure.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Preferred)
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
        pair = reversed(self.pair.split()) if across == up else (across, up)
        self.choose_pair(" ".join(pair))
        self.pair_requested.emit(self.pair)

    def _show_pair(self) -> None:
        for field, name in zip(self._axes, self.pair.split(), strict=True):
            with QSignalBlocker(field):
                field.choose(name)


def _count_field(name: str, title: str, rule: Whole, value: int) -> NumberField:
    """Return a field for a number followed by its unit, which need not be typed."""
    field = NumberField(f"map_{name}", rule, grouped=True)
    field.setSuffix(f" {name}")
    field.setAccessibleName(title)
    field.setToolTip(f"{title}. Allowed: {rule.allowed}.")
    field.show_number(value)
    return field


def _axis_field(name: str, sign: str) -> ChoiceField:
    """Return the choice of an axis' setting; the arrow shows its direction."""
    field = ChoiceField(f"map_{name}", {key: f"{sign} {a.short}" for key, a in AXES.items()})
    title = "Setting varied across" if name == "across" else "Setting varied down"
    field.setAccessibleName(title)
    field.setToolTip(title)
    field.setMinimumContentsLength(11)
    return field
