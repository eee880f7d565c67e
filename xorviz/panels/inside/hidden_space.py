"""The view of the hidden space: the input square in the plane of two hidden units."""

from PySide6.QtCore import Qt, Slot
from PySide6.QtGui import QActionGroup
from PySide6.QtWidgets import QMenu

from xorviz.core.analysis.pair_plane import Pair, PairPlane, choose_pair, plane_of
from xorviz.core.analysis.surface import responses
from xorviz.core.network import inputs
from xorviz.core.runs.snapshot import Snapshot
from xorviz.core.truth_table import COUNTED, ROW_NAMES
from xorviz.panels.base.export import Cells
from xorviz.panels.base.snapshot_view import SnapshotView
from xorviz.panels.base.words import at_step, correct_text, number
from xorviz.panels.inside.hidden_plane import Axis, HiddenPlane
from xorviz.panels.inside.units import response_text
from xorviz.ui.forms.boxes import column
from xorviz.ui.keys import allow


class HiddenSpace(SnapshotView):
    """The input grid and the four rows as two hidden units transform them."""

    has_table = True
    explanation = (
        "The four rows as the output unit sees them: by the responses of two hidden units. All "
        "four are correct when the line separates the circles from the squares."
    )

    def __init__(self) -> None:
        super().__init__("hidden_space")
        self._canvas = HiddenPlane()
        column(self, self._canvas, margins=(2, 2, 2, 2))
        self._picks: dict[Axis, int | None] = dict.fromkeys(Axis)
        self._menus = {axis: self._menu(axis) for axis in Axis}
        self._choice = QMenu(self)
        for axis, menu in self._menus.items():
            where = "across" if axis is Axis.ACROSS else "upwards"
            tip = f"Choose the hidden unit whose response runs {where}"
            option = self._option(f"unit_{axis.name.lower()}", f"Unit {where}", tip=tip)
            option.setMenu(menu)
        self._choice.addActions(self.options)
        self._pair: Pair | None = None
        self._run: int | None = None
        self._cursor_over(self._canvas)
        self._canvas.clicked.connect(self._click)

    def _menu(self, axis: Axis) -> QMenu:
        """Return a menu of the hidden units for an axis, filled when it opens."""
        menu = QMenu(axis.name.capitalize(), self)
        units = QActionGroup(menu)
        menu.aboutToShow.connect(lambda: self._fill(menu, units, axis))
        menu.triggered.connect(lambda action: self._pick(axis, menu.actions().index(action)))
        return menu

    def _fill(self, menu: QMenu, units: QActionGroup, axis: Axis) -> None:
        """List the automatic choice and all units, with the current one checked."""
        width = 1 if self._snapshot is None else self._snapshot.config.width
        menu.clear()
        for unit in (None, *range(width)):
            text = "Automatic: largest weight to the output" if unit is None else f"h{unit + 1}"
            action = units.addAction(menu.addAction(text))
            action.setCheckable(True)
            action.setChecked(unit == self._picks[axis])

    def _pick(self, axis: Axis, place: int) -> None:
        """Take an entry of an axis' menu; if the other axis has it, that one becomes automatic."""
        unit = place - 1 if place else None
        picks = {other: None if picked == unit else picked for other, picked in self._picks.items()}
        self._picks = picks | {axis: unit}
        self.draw_anew()

    @Slot(object)
    def _click(self, spot: object) -> None:
        if isinstance(spot, Axis):
            self._open(self._menus[spot], spot)

    def _open(self, menu: QMenu, axis: Axis) -> None:
        """Open a menu below the name of an axis."""
        corner = self._canvas.name_rect(axis).bottomLeft().toPoint()
        menu.popup(self._canvas.mapToGlobal(corner))

    def _table_of(self, snapshot: Snapshot) -> Cells:
        """Return what the output unit sees in each row, of all hidden units, and its answer."""
        seen = responses(snapshot.weights, snapshot.config)
        x = inputs(snapshot.config).astype(int).tolist()
        rows = ([*x[row], *seen[row].tolist(), float(snapshot.outputs[row])] for row in COUNTED)
        units = (f"h{unit + 1}" for unit in range(snapshot.config.width))
        return ("x1", "x2", *units, "output"), rows

    def describe(self, snapshot: Snapshot) -> str:
        pair = choose_pair(snapshot.weights, self._pair, *self._picks.values())
        plane = plane_of(snapshot.weights, snapshot.config, pair)
        axes = 1 if pair.up is None else 2
        rows = (
            f"row {ROW_NAMES[row]} at {', '.join(map(number, plane.rows[row, :axes].tolist()))}"
            for row in COUNTED
        )
        return (
            f"{at_step(snapshot)}, {axes_text(plane)}: {'; '.join(rows)}; {correct_text(snapshot)}."
        )

    def _draw(self, snapshot: Snapshot) -> None:
        config = snapshot.config
        before = self._pair if snapshot.run == self._run else None
        self._run = snapshot.run
        self._pair = choose_pair(snapshot.weights, before, *self._picks.values())
        allow(self.options[Axis.UP.value], "" if config.width > 1 else "There is one hidden unit")
        plane = plane_of(snapshot.weights, config, self._pair)
        self._canvas.show_plane(plane, snapshot)
        self._read_marked()

    def _show_unit(self) -> None:
        self._canvas.show_unit(self.unit)

    def _unit_of(self, spot: int | Axis | None) -> int | None:
        """Return the unit of an axis; the rows have none."""
        return self._pair.units[spot.value] if self._pair and isinstance(spot, Axis) else None

    @Slot(object)
    def _point_at(self, spot: int | Axis | None) -> None:
        super()._point_at(spot)
        shapes = Qt.CursorShape
        is_axis = self._unit_of(spot) is not None
        self._canvas.setCursor(shapes.PointingHandCursor if is_axis else shapes.ArrowCursor)

    def _use_cursor(self) -> None:
        if self._canvas.plane is not None:
            self._open(self._choice, Axis.UP)

    def _read_marked(self) -> None:
        self.readout_changed.emit(self._read(self._canvas.marked))

    def _read(self, spot: int | Axis | None) -> str:
        plane = self._canvas.plane
        if plane is None or self._snapshot is None:
            return ""
        if not isinstance(spot, int):
            # The axes have their names; a longer text would be cut off beside the title.
            return self.resting_text or axes_text(plane).rpartition("; ")[2]
        row = spot
        answers = [
            f"h{unit + 1} {response_text(float(value))}"
            for unit, value in zip(plane.pair.units, plane.rows[row], strict=False)
        ]
        if plane.third is not None:
            answers.append(f"h{plane.third.unit + 1} {response_text(float(plane.third.rows[row]))}")
        output = number(float(self._snapshot.outputs[row]))
        own = "" if plane.is_exact else ", its line dashed"
        return f"{ROW_NAMES[row]}: {', '.join(answers)}, output {output}{own}"


def axes_text(plane: PairPlane) -> str:
    """Return the axes' units, and the treatment of the other units."""
    pair = plane.pair
    if pair.up is None:
        return f"h{pair.across + 1} along the line"
    text = f"h{pair.across + 1} across, h{pair.up + 1} up"
    if plane.third is not None:
        name = f"h{plane.third.unit + 1}"
        return f"{text}, {name} as colour; line: {name} held at its mean"
    return text if plane.is_exact else f"{text}; line: other units held at their mean"
