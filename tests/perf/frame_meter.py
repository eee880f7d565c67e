"""Cost of a frame in the window's thread: its snapshot, painting, everything else."""

import statistics
import time
from collections import defaultdict
from collections.abc import Callable
from dataclasses import dataclass

from PySide6.QtCore import QEvent, QObject, Slot
from PySide6.QtWidgets import QApplication, QStatusBar, QToolBar, QWidget

from xorviz.engine.commands import Answer
from xorviz.panels.base.snapshot_view import SnapshotView
from xorviz.panels.base.view import View
from xorviz.ui.chrome.panel import Panel
from xorviz.window.main_window import MainWindow

_PAINTING = {QEvent.Type.Paint, QEvent.Type.UpdateRequest, QEvent.Type.UpdateLater}
_OWNERS = (View, QToolBar, QStatusBar, Panel, QWidget)
"""The owner of a widget: the nearest ancestor of the first of these classes that has one."""


@dataclass(frozen=True, slots=True)
class FrameCost:
    """Milliseconds of the window's thread: the median over frames, and the mean for each part."""

    painting: float
    data: float
    other: float
    """Layout, timers, signals between the threads."""
    total: float
    parts: dict[str, float]
    """By view or other painted part: data and painting together."""
    draws: dict[str, float]
    """Draws of a view in a frame."""
    paints: dict[str, float]
    """Paints in a frame of the busiest widget of a view or other part."""


class FrameMeter(QObject):
    """Intercepts the answers of the training thread and every event of the application.

    An event costs what passes until the next one begins: time of the window's own thread, so
    that neither training nor other programs count.
    """

    def __init__(self, window: MainWindow) -> None:
        super().__init__(window)
        self._session, self._thread = window.session, window.session._thread
        self._owners: dict[QWidget, str] = {}
        self._is_drawing = False
        self._kind, self._owner, self._since = "other", "", time.thread_time()
        self._spent: dict[str, float] = defaultdict(float)
        self._parts: dict[str, float] = defaultdict(float)
        self._paints: dict[QWidget, int] = defaultdict(int)
        self._draws: dict[str, int] = defaultdict(int)
        self._frames: list[dict[str, float]] = []
        for view in window.findChildren(SnapshotView):
            self._watch(view)
        self._thread.answered.disconnect(self._session._deliver)
        self._thread.answered.connect(self._deliver)
        _application().installEventFilter(self)

    def clear(self) -> None:
        """Forget the frames so far."""
        self._frames.clear()
        for counts in (self._spent, self._parts, self._paints, self._draws):
            counts.clear()

    def close(self) -> None:
        """Stop measuring."""
        _application().removeEventFilter(self)
        self._thread.answered.disconnect(self._deliver)
        self._thread.answered.connect(self._session._deliver)

    def cost(self) -> FrameCost:
        """Return the cost of a frame."""
        count = len(self._frames)
        paints: dict[str, float] = defaultdict(float)
        for widget, times in self._paints.items():
            owner = self._owner_of(widget)
            paints[owner] = max(paints[owner], times / count)
        return FrameCost(
            painting=self._median("painting"),
            data=self._median("data"),
            other=self._median("other"),
            total=1000 * statistics.median(sum(frame.values()) for frame in self._frames),
            parts={name: 1000 * spent / count for name, spent in self._parts.items()},
            draws={name: draws / count for name, draws in self._draws.items()},
            paints=dict(paints),
        )

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:  # noqa: N802
        """Attribute the time from here on to a part."""
        if self._is_drawing:
            return False
        kind = event.type()
        owner = ""
        if kind == QEvent.Type.Paint and isinstance(watched, QWidget):
            owner = self._owner_of(watched)
            self._paints[watched] += 1
        self._turn_to("painting" if kind in _PAINTING else "other", owner)
        return False

    @Slot(object)
    def _deliver(self, answer: Answer) -> None:
        """Pass an answer on; a frame lasts from here to the next answer."""
        self._turn_to("data")
        self._frames.append(dict(self._spent))
        self._spent.clear()
        self._is_drawing = True
        self._session._deliver(answer)
        self._is_drawing = False
        self._turn_to("other")

    def _turn_to(self, kind: str, owner: str = "") -> None:
        now = time.thread_time()
        self._spent[self._kind] += now - self._since
        if self._owner:
            self._parts[self._owner] += now - self._since
        self._kind, self._owner, self._since = kind, owner, now

    def _median(self, kind: str) -> float:
        return 1000 * statistics.median(frame.get(kind, 0.0) for frame in self._frames)

    def _watch(self, view: SnapshotView) -> None:
        """Measure the time a view takes to draw."""
        draw: Callable[[], None] = view._draw_latest
        name = view.objectName()

        def measured() -> None:
            start = time.thread_time()
            draw()
            self._parts[name] += time.thread_time() - start
            self._draws[name] += 1

        view._draw_latest = measured  # type: ignore[method-assign]

    def _owner_of(self, widget: QWidget) -> str:
        if widget not in self._owners:
            around = [widget]
            while (parent := around[-1].parentWidget()) is not None:
                around.append(parent)
            owner = next(w for kind in _OWNERS for w in around if isinstance(w, kind))
            self._owners[widget] = owner.objectName() or type(owner).__name__
        return self._owners[widget]


def _application() -> QApplication:
    application = QApplication.instance()
    assert isinstance(application, QApplication)
    return application
