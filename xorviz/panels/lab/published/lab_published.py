"""The view of published experiments and their results in xorviz."""

from collections.abc import Callable, Mapping
from functools import partial

from PySide6.QtCore import QPointF, Qt, Signal, Slot
from PySide6.QtGui import QContextMenuEvent, QResizeEvent
from PySide6.QtWidgets import QFrame, QMenu, QScrollArea, QVBoxLayout

from xorviz.lab.results.published import EXPERIMENTS
from xorviz.lab.results.published_readings import ExperimentResult
from xorviz.panels.base.lab_view import LabPanel
from xorviz.panels.lab.published.row import PublishedRow, summary
from xorviz.panels.lab.published.table import ALL, PublishedTable
from xorviz.panels.lab.seed_menu import opening_text
from xorviz.ui.guard import guarded

_WITH_READOUT = 300
"""Least width in pixels that shows a read-out beside the title."""


@guarded
class LabPublished(LabPanel):
    """One row per experiment. It runs none itself, but requests it."""

    explanation = (
        "Experiments that others have published, each with what was published and what xorviz "
        "gets when it runs the same recipe now. A tick says that they match, a cross that they do "
        "not, and the sign for about equal that the published statement is too vague to be met. "
        "Press the triangle of a row, or Enter on it, to run it; Run all, in the options, runs "
        "one after the other. Click a row, or press Right on it, for the exact recipe, every "
        "number that is compared, and what is not claimed. Shift+Enter puts the first of its "
        "networks on the bench: trained to its last step once the experiment has been run here, "
        "else at step 0; its menu offers both."
    )

    unit = "experiment"

    experiment_requested = Signal(object)  # Published
    all_requested = Signal()

    def __init__(self) -> None:
        super().__init__("lab_published")
        self._rows = {one.name: PublishedRow(one) for one in EXPERIMENTS}
        self._open: int | None = None
        self._cursor: int | None = None
        self._menu_row: int | None = None
        self._run_all = self._option("lab_published_all", "Run all")
        self._run_all.setToolTip("Run all published experiments, one after the other")
        self._run_all.triggered.connect(self.all_requested)
        self.options = [self._run_all]
        self._menu = self._make_menu()
        self._table = PublishedTable()
        self._table.row_clicked.connect(self._toggle)
        self._table.run_clicked.connect(self._run)
        self._table.all_clicked.connect(self._run_all.trigger)
        self._scroll = QScrollArea()
        self._scroll.setFrameShape(QFrame.Shape.NoFrame)
        self._scroll.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self._scroll.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self._scroll.setWidgetResizable(True)
        self._scroll.setWidget(self._table)
        for widget in (self._scroll.viewport(), self._table):
            widget.setAutoFillBackground(False)  # Qt turns it on, in the window's colour
        layout = QVBoxLayout(self)
        layout.setContentsMargins(2, 0, 2, 0)
        layout.addWidget(self._scroll)

    @property
    def options_text(self) -> str:
        return "run"

    @property
    def results(self) -> Mapping[str, ExperimentResult]:
        """Results of the experiments that have been run, by name."""
        found = ((name, row.result) for name, row in self._rows.items())
        return {name: result for name, result in found if result is not None}

    @property
    def is_any_done(self) -> bool:
        return bool(self.results)

    @Slot(str, float)
    def show_progress(self, name: str, share: float) -> None:
        self._show(name, self._rows[name].running(share))

    @Slot(str, object)
    def show_result(self, name: str, result: ExperimentResult) -> None:
        self._show(name, self._rows[name].finished(result))

    @Slot(str)
    def show_waiting(self, name: str) -> None:
        """Show that an experiment is queued."""
        self._show(name, self._rows[name].waiting())

    @Slot(str)
    def show_stopped(self, name: str) -> None:
        """Show that an experiment was cancelled."""
        self._show(name, self._rows[name].stopped())

    def _show(self, name: str, row: PublishedRow) -> None:
        if row != self._rows[name]:
            self._rows[name] = row
            self._run_all.setEnabled(any(row.is_free for row in self._rows.values()))
            self._update()

    def _update(self) -> None:
        self._is_drawn = False
        self.redraw()

    def _draw_latest(self) -> None:
        rows = tuple(self._rows.values())
        if self._cursor == ALL and any(row.result or not row.is_free for row in rows):
            self._cursor = 0  # the button is gone
        self._table.show_rows(rows, self._open, self._cursor)
        self._table.setAccessibleName(" ".join(row.spoken for row in rows))
        self.setAccessibleDescription(self._cursor_text or self.explanation)
        self._update_readout()

    def _update_readout(self) -> None:
        has_room = self.width() >= _WITH_READOUT
        self.readout_changed.emit(summary(list(self._rows.values())) if has_room else "")

    def _recolour(self) -> None:
        self._table.apply_theme(self.theme)

    @property
    def _cursor_text(self) -> str:
        if self._cursor is None:
            return ""
        return "Run all" if self._cursor == ALL else self._row(self._cursor).spoken

    def _row(self, index: int) -> PublishedRow:
        return list(self._rows.values())[index]

    def _move_cursor(self, dx: int, dy: int) -> None:
        """Move to another row; Right opens its details, Left closes them."""
        first = ALL if self._table.offers_all else 0
        if self._cursor is None:
            self._cursor = 0
        else:
            self._cursor = min(max(self._cursor + dy, first), len(self._rows) - 1)
            if dx:
                self._open = self._cursor if dx > 0 and self._cursor != ALL else None
        self._update()
        self._scroll_to(self._cursor)

    def _use_cursor(self) -> None:
        if self._cursor == ALL:
            self._run_all.trigger()
        elif self._cursor is not None:
            self._run(self._cursor)

    def _clear_cursor(self) -> None:
        self._cursor = self._open = None
        self._update()

    def _scroll_to(self, index: int) -> None:
        """Scroll a row into view, at least its first line."""
        rect = self._table.parts.row_of(index)
        top = rect.top() if index > 0 else 0.0
        for y in (rect.bottom(), top):
            self._scroll.ensureVisible(0, round(y), 0, 0)

    @Slot(int)
    def _toggle(self, index: int) -> None:
        self._open = None if index == self._open else index
        self._update()
        self._scroll_to(index)

    @Slot(int)
    def _run(self, index: int) -> None:
        if self._row(index).is_free:
            self.experiment_requested.emit(self._row(index).experiment)

    def _open_network(self, index: int) -> None:
        """Request the first network of an experiment, trained if its result is shown."""
        step = 0 if self._row(index).result is None else self._row(index).experiment.plan.steps
        self._open_at(index, step)

    def _open_trained(self, index: int) -> None:
        self._open_at(index, self._row(index).experiment.plan.steps)

    def _open_untrained(self, index: int) -> None:
        self._open_at(index, 0)

    def _open_at(self, index: int, step: int) -> None:
        self.open_requested.emit(self._row(index).experiment.plan.config(0), step)

    def _make_menu(self) -> QMenu:
        menu = QMenu(self)
        for text, do in (
            ("Run\tEnter", self._run),
            ("", self._open_trained),
            ("", self._open_untrained),
            ("Details\tRight", self._toggle),
        ):
            menu.addAction(text).triggered.connect(partial(self._do_in_menu, do))
        self.add_exports(menu)
        return menu

    def _do_in_menu(self, do: Callable[[int], None], _checked: bool = False) -> None:
        if self._menu_row is not None:
            do(self._menu_row)

    def _use_cursor_with_shift(self) -> None:
        if self._cursor == ALL:
            self._use_cursor()
        elif self._cursor is not None:
            self._open_network(self._cursor)

    def contextMenuEvent(self, event: QContextMenuEvent) -> None:
        is_mouse = event.reason() == QContextMenuEvent.Reason.Mouse
        at = QPointF(self._table.mapFromGlobal(event.globalPos()))
        index = self._table.parts.index_at(at) if is_mouse else self._cursor
        if index is None or index == ALL:
            super().contextMenuEvent(event)
            return
        self._menu_row, row = index, self._row(index)
        run, trained, untrained, *_ = self._menu.actions()
        run.setEnabled(row.is_free)
        keys = ("Shift+Enter", "") if row.result is not None else ("", "Shift+Enter")
        steps = row.experiment.plan.steps, 0
        for action, step, key in zip((trained, untrained), steps, keys, strict=True):
            action.setText(opening_text("its first network", step, key))
        below = self._table.mapToGlobal(self._table.parts.head_of(index).bottomLeft().toPoint())
        self._menu.popup(event.globalPos() if is_mouse else below)

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._update_readout()
