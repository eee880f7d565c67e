"""Menu of one seed of a recipe, and making its network the current run."""

from PySide6.QtCore import QPoint, Signal, Slot
from PySide6.QtGui import QAction
from PySide6.QtWidgets import QMenu, QWidget

from xorviz.core import numerals
from xorviz.lab.results.lab_results import LabSnapshot


class SeedMenu(QMenu):
    """Offers to make a network the current run, as it is pictured or at step 0.

    Seeds are numbered from 0 within their recipe.
    """

    chosen = Signal(int)  # number of a seed, before the request
    open_requested = Signal(object, int)  # RunConfig, step

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self._drawn: tuple[LabSnapshot, range] | None = None
        self._number: int | None = None
        """Of the seed it was opened for."""
        self._step = 0
        self._as_pictured, self._untrained = self.addAction(""), self.addAction("")
        self.triggered.connect(self._choose)

    def show_seeds(self, snapshot: LabSnapshot, places: range) -> None:
        """Serve the networks at these places of a plan, which are drawn now."""
        self._drawn = snapshot, places

    def let_go(self) -> None:
        """Close: the networks are not drawn any more."""
        self._drawn = self._number = None
        self.close()

    @Slot(object, QPoint)
    def open_at(self, number: int, at: QPoint) -> None:
        """Open for a seed at a point of the screen."""
        if self._drawn is None:
            return
        snapshot, places = self._drawn
        self._number, self._step = number, int(snapshot.steps[places[number]])
        name = f"seed {numerals.plain(snapshot.plan.config(places[number]).seed)}"
        self._as_pictured.setText(opening_text(name, self._step, "Enter"))
        self._untrained.setText(opening_text(name, 0, "Shift+Enter"))
        self._untrained.setVisible(self._step > 0)
        self.popup(at)

    @Slot(object, bool)
    def use(self, number: int | None, untrained: bool) -> None:
        """Request a network as it is pictured, or at step 0, if there is one."""
        if self._drawn is not None and number is not None:
            snapshot, places = self._drawn
            self._open(number, 0 if untrained else int(snapshot.steps[places[number]]))

    @Slot(QAction)
    def _choose(self, action: QAction) -> None:
        is_own = action in {self._as_pictured, self._untrained}  # others may be added
        if is_own and self._number is not None:
            self._open(self._number, self._step if action is self._as_pictured else 0)

    def _open(self, number: int, step: int) -> None:
        if self._drawn is not None:
            snapshot, places = self._drawn
            self.chosen.emit(number)
            self.open_requested.emit(snapshot.plan.config(places[number]), step)


def opening_text(name: str, step: int, key: str) -> str:
    """Return the text of a menu's action that puts a network on the bench at a step."""
    how = f"trained to step {numerals.whole(step)}" if step else "untrained at step 0"
    return f"Put {name} on the bench, {how}" + (f"\t{key}" if key else "")
