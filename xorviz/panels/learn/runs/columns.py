"""The columns of the table of runs, and the settings in which runs differ."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from html import escape
from typing import Any

from PySide6.QtCore import QRect, QSize
from PySide6.QtGui import QColor, QFont, QFontMetrics, QPainter, QPixmap

from xorviz.core import numerals
from xorviz.core.diagnosis.words import listed
from xorviz.core.runs.project import PinnedRun
from xorviz.core.runs.recipe_text import as_known
from xorviz.core.runs.record import Record
from xorviz.core.settings import LOSS_NAMES, SETTINGS, Role, Setting
from xorviz.panels.base.curves import RUN_STYLES
from xorviz.ui.draw.painted import pixmap_of
from xorviz.ui.forms.fields import check_box_size, paint_check_box
from xorviz.ui.plot.lines import SOLID, line_pen
from xorviz.ui.table import LEFT, Column
from xorviz.ui.theme.palette import Theme
from xorviz.ui.theme.style import bold

CURRENT_RUN = -1
"""The style of the current run; pinned runs have an index of RUN_STYLES."""
THIS_RUN = "current run"
NEVER = "–"
UNKNOWN_TO_ALL = ()
"""The history of a setting that no one knows."""

_BOX_LEFT, _LINE_LEFT, _LINE_WIDTH = 0.3, 2.0, 2.3
"""Of the check box and the line, in sizes of the box."""
_LINE_RATIO = 3
_LONGEST_STEP = numerals.whole(99_999_999)


@dataclass(frozen=True, slots=True)
class RunRow:
    """A run as a row of the table."""

    run: PinnedRun
    settings: Mapping[str, str]
    """Texts by field, in the order of SETTINGS."""
    differing: frozenset[str]
    """The settings in which the runs differ."""
    unlike: frozenset[str]
    """Those in which this one differs from the current run."""


def rows_of(current: Record, pinned: Iterable[PinnedRun]) -> list[RunRow]:
    """Return a row for each run, the current one first."""
    runs = [as_pinned(current), *pinned]
    histories = [{field: _history(field, run.record) for field in SETTINGS} for run in runs]
    differing = frozenset(
        field for field in SETTINGS if len({own[field] for own in histories} - {UNKNOWN_TO_ALL}) > 1
    )
    return [
        RunRow(
            run,
            {field: _text(field, values, run.record) for field, values in own.items()},
            differing,
            frozenset(field for field in differing if _differ(own[field], histories[0][field])),
        )
        for run, own in zip(runs, histories, strict=True)
    ]


def as_pinned(current: Record) -> PinnedRun:
    """Return the current run as the others are; a watched one has its own name."""
    name = THIS_RUN if current.source is None else current.source.name
    return PinnedRun(name, current, current.newest, CURRENT_RUN)


def _history(field: str, record: Record) -> tuple[object, ...]:
    """Return the value of a setting at the start, and those it was changed to on the way."""
    if SETTINGS[field].part is Role.START and record.is_given:
        return UNKNOWN_TO_ALL
    later = (change.value for change in record.interventions if change.field == field)
    return getattr(record.config, field), *later


def _differ(mine: tuple[object, ...], other: tuple[object, ...]) -> bool:
    """Return whether histories are known to differ."""
    return UNKNOWN_TO_ALL not in (mine, other) and mine != other


def _text(field: str, history: tuple[object, ...], record: Record) -> str:
    """Return the values of a setting, and whether no one has said it."""
    if history == UNKNOWN_TO_ALL:
        return NEVER
    return as_known(field, _written(field, history), record.source)


def _written(field: str, history: tuple[Any, ...]) -> str:
    """Return the first and the last value as text."""
    first, *later = map(SETTINGS[field].shown, history)
    return " → ".join((first, *["…"] * (len(later) > 1), *later[-1:]))


def _step(step: int | None) -> str:
    return NEVER if step is None else numerals.whole(step)


def loss_text(record: Record) -> str:
    """Return the loss of a run's newest step, if it is known."""
    return NEVER if record.loss is None else numerals.real(record.loss)


def _tip(row: RunRow) -> str:
    """Return all settings of a run in one line of rich text, with the name escaped."""
    settings = (f"{COLUMNS[PLACES[field]].title} {text}" for field, text in row.settings.items())
    source, count = row.run.record.source, len(row.run.record.interventions)
    changes = f"; changed {count} time{'s' if count > 1 else ''} during the run" if count else ""
    kept = len(row.run.record.checkpoints)
    by = f"; watched: {source.program}, {numerals.counted(kept, 'state')} kept" if source else ""
    line = escape(f"{row.run.name}: {', '.join(settings)}{changes}{by}")
    return f'<p style="white-space:pre">{line}</p>'


def _line(row: RunRow, theme: Theme) -> QPixmap:
    size = check_box_size(QFontMetrics(QFont()))
    return _drawn_line(row.run.style, row.run.is_shown, theme, size)


@cache
def _drawn_line(style: int, is_shown: bool, theme: Theme, size: int) -> QPixmap:
    """Return the line of a run's curve, with a check box if it is pinned.

    Qt's own check box is invisible on a dark panel.
    """
    is_current = style == CURRENT_RUN
    color = theme.text if is_current else RUN_STYLES[style].color(theme)
    dash = SOLID if is_current else RUN_STYLES[style].dash

    def paint(painter: QPainter) -> None:
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        # Of two pixels, so that its colour is not paled by smoothing.
        painter.setPen(line_pen(color, 2, dash))
        left, y = round(_LINE_LEFT * size), size // 2
        painter.drawLine(left, y, whole.width(), y)
        if not is_current:
            box = QRect(round(_BOX_LEFT * size), 0, size, size)
            paint_check_box(painter, box, QColor(theme.quiet), QColor(theme.text), is_shown)

    whole = QSize(round((_LINE_LEFT + _LINE_WIDTH) * size), size)
    return pixmap_of(whole * _LINE_RATIO, _LINE_RATIO, paint)


def _column(
    title: str, text: Callable[[Record], str], tip: str, sample: str = ""
) -> Column[RunRow]:
    return Column(title, lambda row: text(row.run.record), tip, sample=sample, details=_tip)


def _setting_column(field: str, setting: Setting) -> Column[RunRow]:
    """Return the column of a setting; where runs differ, what the current one has not is marked."""

    def ink(row: RunRow, theme: Theme) -> str | None:
        color = theme.accent if field in row.unlike else theme.text
        return color if field in row.differing else None

    def font(row: RunRow) -> QFont | None:
        return bold(QFont()) if field in row.differing else None

    title, tip = setting.short, setting.help
    return Column(title, lambda row: row.settings[field], tip, details=_tip, ink=ink, font=font)


COLUMNS: tuple[Column[RunRow], ...] = (
    Column(
        "line",
        lambda _: "",
        "Colour and style of the run's curve, and whether it is shown",
        align=LEFT,
        details=_tip,
        icon=_line,
        spoken=lambda row: f"line {'shown' if row.run.is_shown else 'hidden'}",
        shares=False,
    ),
    Column(
        "name",
        lambda row: row.run.name,
        "The name of the run",
        align=LEFT,
        sample="the name of a run",
        details=_tip,
        elides=True,
    ),
    *(_setting_column(field, setting) for field, setting in SETTINGS.items()),
    _column(
        "changes",
        lambda record: numerals.whole(len(record.interventions)),
        "How many changes were made during the run",
    ),
    _column(
        "steps",
        lambda record: numerals.whole(record.newest),
        "How many steps the run has",
        numerals.whole(999_999_999),
    ),
    _column("final loss", loss_text, "The loss at the run's last step", numerals.real(8.888e-88)),
    _column(
        "final loss",
        lambda record: f"{loss_text(record)} {record.config.loss}",
        "The loss at the run's last step, by its own loss function",
        f"{numerals.real(8.888e-88)} {max(LOSS_NAMES, key=len)}",
    ),
    _column(
        "first correct",
        lambda record: _step(record.right.first),
        "The first step at which all four rows were correct; of a watched run, of those kept",
        _LONGEST_STEP,
    ),
    _column(
        "first learned",
        lambda record: _step(record.learned.first),
        "The first step at which all four errors were below 0.1; of a watched run, of those kept",
        _LONGEST_STEP,
    ),
)
LINE, NAME = 0, 1
PLACES = {field: index for index, field in enumerate(SETTINGS, NAME + 1)}
"""The columns of the settings."""
CHANGES, STEPS, LOSS, NAMED_LOSS, RIGHT, LEARNED = range(len(COLUMNS) - 6, len(COLUMNS))
"""The loss stands with the name of its formula where the runs differ in it."""


def needed_columns(rows: Sequence[RunRow]) -> set[int]:
    """Return the columns to show: of settings, those in which the runs differ."""
    differing = rows[0].differing
    unneeded = {index for field, index in PLACES.items() if field not in differing}
    unneeded.add(LOSS if "loss" in differing else NAMED_LOSS)
    if not any(row.run.record.interventions for row in rows):
        unneeded.add(CHANGES)
    return set(range(len(COLUMNS))) - unneeded


def summary(rows: Sequence[RunRow]) -> str:
    """Return the number of pinned runs, and the settings in which the runs differ."""
    pinned = f"{len(rows) - 1} pinned"
    if len(rows) == 1:
        return "none pinned"
    differing = rows[0].differing
    names = [COLUMNS[index].title for field, index in PLACES.items() if field in differing]
    if names:
        return f"{pinned}, differing in {listed(names)}"
    is_changed_apart = len({row.run.record.interventions for row in rows}) > 1
    return f"{pinned}, same settings{', changed differently during the run' * is_changed_apart}"
