"""The view of the hidden space: the input square in the plane of two hidden units."""

from PySide6.QtCore import Signal, Slot
from PySide6.QtGui import QAction, QActionGroup
from PySide6.QtWidgets import QMenu, QVBoxLayout, QWidget

from xorviz.core import numerals
from xorviz.core.analysis.pair_plane import Pair, PairPlane, choose_pair, plane_of
from xorviz.core.runs.snapshot import Snapshot
from xorviz.panels.base.row_signs import NAMES, SHOWN_ROWS
from xorviz.panels.base.snapshot_view import SnapshotView
from xorviz.panels.inside.hidden_space.axes import ACROSS, UP
from xorviz.panels.inside.hidden_space.canvas import HiddenPlane, PlanePicture
from xorviz.panels.inside.units.drawing import response_text


class UnitMenu(QMenu):
    """Menu of the hidden units, filled when it opens, with the current one checked."""

    unit_picked = Signal(object)  # int | None: from 0, None for automatic

    def __init__(self, title: str, parent: QWidget) -> None:
        super().__init__(title, parent)
        self.width_now = 1
        """Number of hidden units."""
        self.picked: int | None = None
        self._units: QActionGroup | None = None
        self.aboutToShow.connect(self.fill)
        self.triggered.connect(self._emit_picked)

    @Slot()
    def fill(self) -> None:
        self.clear()
        if self._units is not None:
            self._units.deleteLater()
        self._units = QActionGroup(self)
        for unit in (None, *range(self.width_now)):
            text = "Automatic: largest outgoing weight" if unit is None else f"h{unit + 1}"
            action = self._units.addAction(text)
            action.setCheckable(True)
            action.setChecked(unit == self.picked)
            action.setData(-1 if unit is None else unit)
            self.addAction(action)

    @Slot(QAction)
    def _emit_picked(self, action: QAction) -> None:
        unit = int(action.data())
        self.unit_picked.emit(None if unit < 0 else unit)


class HiddenSpace(SnapshotView):
    """The input grid and the four rows as two hidden units transform them."""

    explanation = (
        "The output unit never sees x1 and x2: it sees what the hidden units answer. Here one "
        "unit's answer runs across and another's upwards. The grid is the input square, bent as "
        "these two units bend it, and the four rows lie in it: a circle where the target is 0, a "
        "square where it is 1, crossed while the output is wrong. All that the output can do is "
        "draw one straight line: on the orange side it answers 1, on the blue side 0. The network "
        "has solved XOR when the hidden units have bent the square so that one line parts circles "
        "from squares. With two units this is the whole truth. With three, the colour of the grid "
        "and of the rings around the marks is what the third unit answers. With three or more, "
        "the line depends on what the other units answer: the firm line takes their mean over "
        "the four rows, the grey band is what the line sweeps over from row to row, and pointing "
        "at a row draws the line of that row dashed. The axes take the two units with the "
        "largest outgoing weights. Click an axis' name, or press Enter, or open the options, to "
        "choose another. Arrow keys go from row to row."
    )

    def __init__(self) -> None:
        super().__init__("hidden_space")
        self._canvas = HiddenPlane()
        layout = QVBoxLayout(self)
        layout.setContentsMargins(2, 2, 2, 2)
        layout.addWidget(self._canvas)
        self._menus = (UnitMenu("Across", self), UnitMenu("Up", self))
        self._choice = QMenu(self)
        self.options = [self._make_option(axis) for axis in (ACROSS, UP)]
        self._choice.addActions(self.options)
        self._picks: list[int | None] = [None, None]
        self._pair: Pair | None = None
        self._run: int | None = None
        self._pointed_row: int | None = None
        self._cursor: int | None = None
        self._canvas.row_pointed.connect(self._point_at)
        self._canvas.axis_pointed.connect(self._point_at_axis)
        self._canvas.axis_clicked.connect(self._open_menu)
        self._menus[ACROSS].unit_picked.connect(self._pick_across)
        self._menus[UP].unit_picked.connect(self._pick_up)

    def _make_option(self, axis: int) -> QAction:
        name, text = (("across", "Unit across"), ("up", "Unit upwards"))[axis]
        action = self._option(f"unit_{name}", text)
        action.setStatusTip(f"Choose the hidden unit whose answer runs {text.split()[1]}")
        action.setMenu(self._menus[axis])
        return action

    @property
    def options_text(self) -> str:
        picked = [f"h{unit + 1}" for unit in self._picks if unit is not None]
        return ", ".join(picked) or "automatic"

    @Slot(object)
    def _pick_across(self, unit: int | None) -> None:
        self._pick(ACROSS, unit)

    @Slot(object)
    def _pick_up(self, unit: int | None) -> None:
        self._pick(UP, unit)

    def _pick(self, axis: int, unit: int | None) -> None:
        """Assign a unit to an axis; if the other axis has it, that one becomes automatic."""
        self._picks[axis] = unit
        if unit is not None and self._picks[1 - axis] == unit:
            self._picks[1 - axis] = None
        self.draw_anew()

    @Slot(int)
    def _open_menu(self, axis: int) -> None:
        corner = self._canvas.axis_rect(axis).bottomLeft().toPoint()
        self._menus[axis].popup(self._canvas.mapToGlobal(corner))

    def _draw(self, snapshot: Snapshot) -> None:
        config = snapshot.config
        before = self._pair if snapshot.run == self._run else None
        self._run = snapshot.run
        self._pair = choose_pair(snapshot.weights, before, *self._picks)
        for menu, picked in zip(self._menus, self._picks, strict=True):
            menu.width_now, menu.picked = config.width, picked
        self.options[UP].setEnabled(config.width > 1)
        plane = plane_of(snapshot.weights, config.activation, self._pair)
        right = tuple(bool(is_right) for is_right in snapshot.right)
        self._canvas.show_picture(PlanePicture(plane, config.targets, right))
        self._show_marked()

    def _draw_nothing(self) -> None:
        self._canvas.show_picture(None)
        self._show_marked()

    def _recolour(self) -> None:
        self._canvas.apply_theme(self.theme)

    def _show_unit(self) -> None:
        self._show_marked()

    @Slot(object)
    def _point_at(self, row: int | None) -> None:
        if row != self._pointed_row:
            self._pointed_row = row
            self._show_marked()

    @Slot(object)
    def _point_at_axis(self, axis: int | None) -> None:
        units = () if self._pair is None else self._pair.units
        self._point_at_unit(None if axis is None or axis >= len(units) else units[axis])

    def _move_cursor(self, dx: int, dy: int) -> None:
        moved = 0 if self._cursor is None else SHOWN_ROWS.index(self._cursor) + (dx or dy)
        self._cursor = SHOWN_ROWS[min(max(moved, 0), len(SHOWN_ROWS) - 1)]
        self._show_marked()

    def _clear_cursor(self) -> None:
        self._cursor = None
        self._show_marked()

    def _use_cursor(self) -> None:
        if self._canvas.picture is not None:
            corner = self._canvas.axis_rect(UP).bottomLeft().toPoint()
            self._choice.popup(self._canvas.mapToGlobal(corner))

    def _show_marked(self) -> None:
        """Highlight and read out the row pointed at."""
        row = self._pointed_row if self._pointed_row is not None else self._cursor
        self._canvas.mark(self.unit, row)
        self.readout_changed.emit(self._read(row))

    def _read(self, row: int | None) -> str:
        picture = self._canvas.picture
        if picture is None or self._snapshot is None:
            return ""
        if row is None:
            return self.resting_text or axes_text(picture.plane)
        plane = picture.plane
        answers = [
            f"h{unit + 1} {response_text(float(value))}"
            for unit, value in zip(plane.pair.units, plane.rows[row], strict=False)
        ]
        if plane.third is not None:
            answers.append(f"h{plane.third.unit + 1} {response_text(float(plane.third.rows[row]))}")
        output = numerals.fixed(float(self._snapshot.outputs[row]), 2)
        own = "" if plane.is_exact else ", its line dashed"
        return f"{NAMES[row]}: {', '.join(answers)} → {output}{own}"


def axes_text(plane: PairPlane) -> str:
    """Return the axes' units, and the treatment of the other units."""
    pair = plane.pair
    if pair.up is None:
        return f"h{pair.across + 1} along the line"
    text = f"h{pair.across + 1} across, h{pair.up + 1} up"
    if plane.third is not None:
        name = f"h{plane.third.unit + 1}"
        return f"{text}, {name} as colour; line for the mean of {name}"
    return text if plane.is_exact else f"{text}; line for the mean of the other units"
