"""The settings of the next success map, or map of starts."""

from collections.abc import Sequence
from functools import partial
from itertools import permutations
from typing import Any

from PySide6.QtCore import QSignalBlocker, Qt, Signal, Slot
from PySide6.QtGui import QAction, QKeyEvent, QResizeEvent
from PySide6.QtWidgets import QSizePolicy, QWidget

from xorviz.core import numerals
from xorviz.core.lists import Listed, values_text
from xorviz.core.rules import Choice, Whole
from xorviz.core.runs.recipe_text import joined
from xorviz.core.runs.record import WEIGHT
from xorviz.lab import SEED_COUNT, STEPS
from xorviz.lab.results.map import AXES
from xorviz.lab.results.start_map import FIRST_SPAN, Span
from xorviz.ui.chrome.buttons import ActionButton, ToolButton
from xorviz.ui.forms.boxes import column, row
from xorviz.ui.forms.fields import ChoiceField, NumberField, ValuesField, explain
from xorviz.ui.forms.scrolled import WrappingRow
from xorviz.ui.guard import guarded
from xorviz.ui.keys import ENTER

PAIRS = Choice(tuple(" ".join(pair) for pair in permutations(AXES, 2)))
"""Names of the columns' and the rows' setting."""
_FIRST_PAIR = "rate width"
_MOST = Whole(1, 64)
"""Values of an axis; more have no room for their names."""
_GAP = 6
_ARROW = 28
"""Width in pixels of the arrow that unfolds the settings, with the space around it."""
_SIGNS = {"across": "→", "up": "↓"}


@guarded
class MapHead(QWidget):
    """Fields for two settings or weights with their values, seeds and steps, and the button.

    Either both axes are settings, or both are initial weights of the current run.
    """

    changed = Signal()
    pair_requested = Signal(str)  # one of PAIRS
    refused = Signal(str)

    def __init__(self, opens: QAction, run: QAction) -> None:
        """Create the fields; ``opens`` unfolds them."""
        super().__init__()
        self._opens = opens
        self._disclosure = ToolButton("map_disclosure")
        self._axes = [_axis_field(name) for name in _SIGNS]
        self._ranges = [ValuesField(f"map_{name}_values") for name in _SIGNS]
        self.counts = [
            _count_field("seeds", "Seeds per cell", SEED_COUNT, 200),
            _count_field("steps", "Steps per network", STEPS, 4000),
        ]
        pairs = [QWidget() for _ in _SIGNS]
        for pair, *parts in zip(pairs, self._axes, self._ranges, strict=True):
            row(pair, *parts, margins=(0, 0, 0, 0), gap=_GAP)
        self._fields = WrappingRow([*pairs, *self.counts])
        button = ActionButton(run)
        button.setMinimumWidth(button.sizeHint().width())
        top = row(None, (self._disclosure, 1), button, gap=_GAP)
        column(self, top, self._fields, margins=(0, 0, 0, 0), gap=_GAP)
        self.pair = _FIRST_PAIR
        """Settings or weights of the columns and the rows, with a space between them."""
        self.weights: list[str] = []
        """Names of the weights of the current run."""
        self._chosen: dict[str, tuple[str, tuple[Any, ...]]] = {}
        """Typed texts and their values, by the name of the setting or the weight."""
        self._show_pair()
        self._connect()

    @property
    def values(self) -> tuple[str, str, int, int]:
        """Settings or weights of the columns and the rows, numbers of seeds and steps."""
        across, up = self.pair.split()
        seeds, steps = (round(field.value()) for field in self.counts)
        return across, up, seeds, steps

    @property
    def ranges(self) -> tuple[tuple[Any, ...], tuple[Any, ...]]:
        """The values of the two settings, or the spans of the two weights."""
        across, up = (self._of(name)[1] for name in self.pair.split())
        return across, up

    @property
    def is_of_weights(self) -> bool:
        """Whether both axes are weights."""
        return self.pair.partition(" ")[0] in self.weights

    def offer_weights(self, names: Sequence[str]) -> None:
        """Offer these initial weights beside the settings."""
        if list(names) == self.weights:
            return
        was_of_weights, self.weights = self.is_of_weights, list(names)
        for field, sign in zip(self._axes, _SIGNS.values(), strict=True):
            # Values of settings are written downwards, those of weights grow upwards.
            grows = sign.replace("↓", "↑")
            field.offer(_texts(sign) | {name: f"{name} {grows}" for name in names})
        if was_of_weights and not set(self.pair.split()) <= set(names):
            self.pair = " ".join(names[:2]) or _FIRST_PAIR
        self._show_pair()

    @Slot(str)
    def choose_pair(self, pair: str) -> None:
        self.pair = pair
        self._show_pair()
        self._notify()

    def show_spans(self, spans: tuple[Span, Span]) -> None:
        """Show other spans of the two weights."""
        for name, span in zip(self.pair.split(), spans, strict=True):
            self._chosen[name] = _span_text(span), span
        self._show_pair()
        self._notify()

    @property
    def summary(self) -> str:
        across, up = (AXES[n].short if n in AXES else n for n in self.pair.split())
        counts = [field.text() for field in self.counts if field.isEnabled()]
        return joined((f"{up} × {across}", *counts))

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._show_summary()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Keep Enter from the view: in a field it ends typing."""
        if event.key() not in ENTER:
            super().keyPressEvent(event)

    @Slot()
    def fold(self) -> None:
        """Show the fields, or a line that sums them up."""
        self._fields.setVisible(self._opens.isChecked())
        self._show_summary()

    def _show_summary(self) -> None:
        is_open, summary = self._opens.isChecked(), self.summary
        arrow = Qt.ArrowType.DownArrow if is_open else Qt.ArrowType.RightArrow
        self._disclosure.setArrowType(arrow)
        space, elide = self._disclosure.width() - _ARROW, Qt.TextElideMode.ElideRight
        self._disclosure.setText(self.fontMetrics().elidedText(summary, elide, space))
        self._disclosure.setToolTip(f"{summary}. Click to change.")
        self._disclosure.setAccessibleName(f"Map settings: {summary}")

    def _connect(self) -> None:
        self._disclosure.setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonTextBesideIcon)
        self._disclosure.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Preferred)
        self._disclosure.clicked.connect(self._opens.toggle)
        for place, (axis, values) in enumerate(zip(self._axes, self._ranges, strict=True)):
            axis.currentIndexChanged.connect(partial(self._take_axis, place))
            values.values_chosen.connect(partial(self._take_values, place))
            values.refused.connect(self.refused)
        for count in self.counts:
            count.valueChanged.connect(self._notify)
            count.refused.connect(self.refused)

    @Slot()
    def _notify(self) -> None:
        self._show_summary()
        self.changed.emit()

    def _take_axis(self, place: int, _index: int) -> None:
        """Use what was chosen for an axis.

        The other axis' setting swaps the two; a weight beside a setting, or the reverse, brings
        another of its kind.
        """
        names = [field.currentData() for field in self._axes]
        is_weight, other = names[place] in self.weights, 1 - place
        alike = self.weights if is_weight else list(AXES)
        if names[0] == names[1]:
            names = self.pair.split()[::-1]
        elif names[other] not in alike:
            names[other] = next(one for one in alike if one != names[place])
        self.choose_pair(" ".join(names))
        if not is_weight:
            self.pair_requested.emit(self.pair)

    def _take_values(self, place: int, text: str, values: Any) -> None:
        if self.is_of_weights and len(values) == 1:
            self.refused.emit(f"{text} is one value; type the least and the largest: -5..5")
        else:
            values = (min(values), max(values)) if self.is_of_weights else tuple(values)
            text = _span_text(values) if self.is_of_weights else text
            self._chosen[self.pair.split()[place]] = text, values
        self._show_pair()
        self._notify()

    def _of(self, name: str) -> tuple[str, tuple[Any, ...]]:
        """Return the values of a setting, or the span of a weight, as text and as they are."""
        if name in self._chosen:
            return self._chosen[name]
        if name in AXES:
            tried = AXES[name].tried
            return values_text(tried), tried
        return _span_text(FIRST_SPAN), FIRST_SPAN

    def _show_pair(self) -> None:
        names = self.pair.split()
        for axis, values, name in zip(self._axes, self._ranges, names, strict=True):
            with QSignalBlocker(axis):
                axis.choose(name)
            rule = Listed(AXES[name].reader, _MOST) if name in AXES else Listed(WEIGHT)
            what = f"Values of {AXES[name].short if name in AXES else name}"
            text = self._of(name)[0]
            explain(values, what, f"{what}: {text}. Allowed: {rule.allowed}.")
            values.show_values(rule, text)
        seeds = self.counts[0]
        seeds.setDisabled(self.is_of_weights)
        seeds.set_blank(self.is_of_weights)
        self.fold()


def _count_field(name: str, title: str, rule: Whole, value: int) -> NumberField:
    """Return a field for a number followed by its unit, which need not be typed."""
    field = NumberField(f"map_{name}", rule, grouped=True)
    field.setSuffix(f" {name}")
    explain(field, title, f"{title}. Allowed: {rule.allowed}.")
    field.show_number(value)
    return field


def _axis_field(name: str) -> ChoiceField:
    """Return the choice of an axis' setting or weight; the arrow shows its direction."""
    field = ChoiceField(f"map_{name}", _texts(_SIGNS[name]))
    title = "Setting or initial weight varied " + ("across" if name == "across" else "down")
    explain(field, title, f"{title}.")
    field.setMinimumContentsLength(8)
    return field


def _span_text(span: Span) -> str:
    return "..".join(map(numerals.plain, span))


def _texts(sign: str) -> dict[str, str]:
    """Return the texts of the settings: the name first, so that it can be typed."""
    return {name: f"{axis.short} {sign}" for name, axis in AXES.items()}
