"""The panels between splitters, as a tree says."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from itertools import zip_longest

from PySide6.QtCore import QPoint, QRect, QSize, Qt, Signal, Slot
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QRubberBand, QSplitter, QWidget

from xorviz.ui.chrome.panel import Panel
from xorviz.ui.chrome.slot import PanelSlot
from xorviz.ui.guard import guarded
from xorviz.window.layout.tree import GAP, Least, Part, TabSlot, Tree, least_of

_LOWER = 0.7
"""From this share of a slot's height on, a drop gives the panel a slot of its own below."""
_ROUNDING = 1e-6
"""Of pixels: a size that was dragged comes back from its share."""
_EMPTY = Tree(())


@guarded
class PanelPage(QWidget):
    """Shows a tree, and says what its user does to it; panels without a slot are hidden.

    It needs no least size, so that no panel can enlarge the window.
    """

    resized = Signal()
    shares_changed = Signal(object, object)  # Tree: as it was shown, and as a drag has left it
    chosen = Signal(str)
    opened = Signal(str)
    moved = Signal(str, str, bool)  # a panel, the one to be moved beside, whether below it

    def __init__(
        self, panels: Mapping[str, Panel], least: Callable[[], Least], most: Callable[[str], int]
    ) -> None:
        super().__init__()
        self._by_name, self._least, self._most = panels, least, most
        self.tree = _EMPTY
        """What is shown."""
        self._target = QRubberBand(QRubberBand.Shape.Rectangle, self)
        self._root = _splitter(Qt.Orientation.Vertical, self)
        self._row = _splitter(Qt.Orientation.Horizontal)
        self._root.addWidget(self._row)
        self._columns: list[tuple[QSplitter, list[PanelSlot]]] = []
        """Splitters and slots, as many as were ever needed: to move them would take long."""
        self._has_buttons = True
        self._below = self._make_slot()
        self._root.addWidget(self._below)
        for splitter in (self._root, self._row):
            splitter.splitterMoved.connect(self._read_shares)
        self._attic = QWidget(self)
        """Holds the panels that have no slot."""
        self._attic.hide()

    def minimumSizeHint(self) -> QSize:
        line = self.fontMetrics().height()
        return QSize(12 * line, 6 * line)

    @property
    def slots(self) -> list[PanelSlot]:
        """The slots that are shown, in the order of the tree."""
        return [slot for slot in self._made if slot.panels]

    @property
    def _made(self) -> list[PanelSlot]:
        return [*(slot for _, slots in self._columns for slot in slots), self._below]

    def show_buttons(self, has_buttons: bool) -> None:
        """Show the buttons of all headers, or none."""
        self._has_buttons = has_buttons
        for slot in self._made:
            slot.show_buttons(has_buttons)

    def show_tree(self, tree: Tree) -> None:
        """Show a tree; what does not differ in it stays where it is."""
        self.tree = tree
        self.setUpdatesEnabled(False)
        try:
            self._fill()
            self._size()
        finally:
            self.setUpdatesEnabled(True)

    def _fill(self) -> None:
        """Put the panels into their slots, and hide what is not used."""
        placed = set(self.tree.panels)
        for name, panel in self._by_name.items():
            if name not in placed and self.isAncestorOf(panel):
                self.put_away(panel)
        while len(self._columns) < len(self.tree.columns):
            splitter = _splitter(Qt.Orientation.Vertical)
            splitter.splitterMoved.connect(self._read_shares)
            self._row.addWidget(splitter)
            self._columns.append((splitter, []))
        for number, (splitter, slots) in enumerate(self._columns):
            used = self.tree.columns[number].slots if number < len(self.tree.columns) else ()
            while len(slots) < len(used):
                slots.append(self._make_slot())
                splitter.addWidget(slots[-1])
            for slot, value in zip_longest(slots, used):
                self._put(slot, value)
            splitter.setVisible(bool(used))
        self._put(self._below, self.tree.below)

    def put_away(self, panel: Panel) -> None:
        """Hold a panel that has no slot, hidden."""
        panel.setParent(self._attic)
        panel.corner.setParent(self._attic)

    def _put(self, slot: PanelSlot, value: TabSlot | None) -> None:
        names = () if value is None else value.panels
        front = None if value is None else self._by_name[self.tree.front_of(value)]
        slot.put([self._by_name[name] for name in names], front)
        slot.setVisible(bool(names))

    def _make_slot(self) -> PanelSlot:
        slot = PanelSlot()
        slot.show_buttons(self._has_buttons)
        # Later: each changes what the mouse is still held over.
        queued = Qt.ConnectionType.QueuedConnection
        slot.chosen.connect(lambda panel: self.chosen.emit(panel.content.objectName()))
        slot.opened.connect(self._open, queued)
        slot.dragged.connect(self._drag)
        slot.tabs.drag_ended.connect(self._target.hide)
        slot.dropped.connect(self._drop, queued)
        return slot

    def _size(self) -> None:
        """Give all slots the sizes that their shares ask for, none below its least."""
        tree, least, room = self.tree, self._least(), self.size()
        if not tree.columns or not self.height():
            return
        narrowest = [min(room.width(), least_of(one.panels, least)[0]) for one in tree.columns]
        lowest = [
            [min(room.height(), least_of(slot.panels, least)[1]) for slot in column.slots]
            for column in tree.columns
        ]
        for width, lows, (_, slots) in zip(narrowest, lowest, self._columns, strict=False):
            for slot, low in zip(slots, lows, strict=False):
                slot.setMinimumSize(width, low)
        self._root.setGeometry(self.rect())
        below = 0
        if tree.below is not None:
            low = least_of(tree.below.panels, least)[1]
            self._below.setMinimumHeight(low)
            # A bar that is dragged stops there, too.
            self._below.setMaximumHeight(max(low, *map(self._most, tree.below.panels)))
            below = round(tree.below.share * (room.height() - GAP)) + GAP
        self._root.setSizes([room.height() - below, below])
        _share_out(self._row, self._row.width(), tree.columns, narrowest)
        for column, lows, (splitter, _) in zip(tree.columns, lowest, self._columns, strict=False):
            _share_out(splitter, splitter.height(), column.slots, lows)

    @Slot()
    def _read_shares(self) -> None:
        """Pass on the shares that the user has dragged the splitters to."""
        before, below = self.tree, self.tree.below
        columns = tuple(
            replace(column, slots=_dragged(splitter, column.slots))
            for column, (splitter, _) in zip(
                _dragged(self._row, before.columns), self._columns, strict=False
            )
        )
        if below is not None:
            heights = self._root.sizes()
            below = replace(below, share=max(1, heights[1]) / max(1, sum(heights)))
        self.tree = replace(before, columns=columns, below=below)
        self.shares_changed.emit(before, self.tree)

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self.resized.emit()

    # Panels that are dragged.

    @Slot(Panel)
    def _open(self, panel: Panel) -> None:
        self.opened.emit(panel.content.objectName())

    @Slot(Panel, QPoint)
    def _drag(self, panel: Panel, at: QPoint) -> None:
        """Show where a panel would be dropped."""
        slot, is_below = self._target_at(panel, at)
        self._target.setVisible(slot is not None)
        if slot is None:
            return
        place = QRect(slot.mapTo(self, QPoint(0, 0)), slot.size())
        if is_below:
            place.setTop(place.top() + round(place.height() * _LOWER))
        self._target.setGeometry(place)
        self._target.raise_()

    @Slot(Panel, QPoint)
    def _drop(self, panel: Panel, at: QPoint) -> None:
        slot, is_below = self._target_at(panel, at)
        self._target.hide()
        if slot is None:
            return
        beside = slot.tab_at(at) or slot.panels[-1]
        if beside is panel and is_below:
            beside = next(one for one in slot.panels if one is not panel)
        if beside is not panel:
            self.moved.emit(panel.content.objectName(), beside.content.objectName(), is_below)

    def _target_at(self, panel: Panel, at: QPoint) -> tuple[PanelSlot | None, bool]:
        """Return the slot at a point of the screen, and whether a drop there goes below it."""
        for slot in self.slots:
            inside = slot.mapFromGlobal(at)
            if slot.rect().contains(inside):
                is_below = slot is not self._below and inside.y() > _LOWER * slot.height()
                is_alone = list(slot.panels) == [panel]
                return (None, False) if is_alone else (slot, is_below)
        return None, False


def _splitter(orientation: Qt.Orientation, parent: QWidget | None = None) -> QSplitter:
    splitter = QSplitter(orientation, parent)
    splitter.setChildrenCollapsible(False)
    splitter.setHandleWidth(GAP)
    return splitter


def _share_out(splitter: QSplitter, room: int, parts: Sequence[Part], least: Sequence[int]) -> None:
    """Give slots or columns their shares of a splitter."""
    shares = [part.share for part in parts]
    splitter.setSizes(spread(room - GAP * (len(parts) - 1), shares, least))


def spread(room: int, shares: Sequence[float], least: Sequence[int]) -> list[int]:
    """Return sizes by shares of a room, none below its least where that can be; all of the room.

    Qt would do the same, but for a pixel: two columns that are compared are equally wide.
    """
    sizes = [int(room * share / sum(shares) + _ROUNDING) for share in shares]
    small = next((i for i, low in enumerate(least) if sizes[i] < low), None)
    if small is None or len(sizes) == 1:
        return [*sizes[:-1], room - sum(sizes[:-1])]
    others = [[*one[:small], *one[small + 1 :]] for one in (shares, least)]
    sizes = spread(room - least[small], others[0], [int(low) for low in others[1]])
    return [*sizes[:small], least[small], *sizes[small:]]


def _dragged(splitter: QSplitter, parts: Sequence[Part]) -> tuple[Part, ...]:
    """Return slots or columns with the shares that they were dragged to, together as before."""
    sizes = splitter.sizes()[: len(parts)]
    factor = sum(part.share for part in parts) / max(1, sum(sizes))
    pairs = zip(parts, sizes, strict=True)
    return tuple(replace(part, share=max(1, size) * factor) for part, size in pairs)
