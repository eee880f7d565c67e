"""Views in files: posed for a moment, or drawn off screen, also as films. Shapes: h by w pixels."""

import time
from collections.abc import Callable, Generator, Iterator, Sequence
from contextlib import closing, contextmanager
from dataclasses import replace

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QCoreApplication, QEvent, QSize, Qt
from PySide6.QtGui import QImage, QPalette
from PySide6.QtWidgets import QApplication, QGridLayout, QLabel, QLayout, QSizePolicy, QWidget

from xorviz.core import numerals
from xorviz.core.runs.current_run import CurrentRun, current_run
from xorviz.core.runs.project import Project
from xorviz.core.runs.recipe_text import short_recipe
from xorviz.core.runs.recording import kernel_for
from xorviz.core.runs.snapshot import Snapshot
from xorviz.files.atomic import FileError
from xorviz.files.exports import pictures
from xorviz.files.exports.animation import PILLOW_MISSING, GifWriter, is_available
from xorviz.files.exports.picture_options import PictureOptions
from xorviz.files.pages.saved import finished
from xorviz.panels import registry
from xorviz.panels.base.snapshot_view import SnapshotView
from xorviz.panels.base.view import View
from xorviz.ui.chrome.panel import AROUND, lay_out
from xorviz.ui.chrome.slot import PanelSlot
from xorviz.ui.chrome.texts import ElidedLabel
from xorviz.ui.draw.canvas import Canvas
from xorviz.ui.forms.boxes import column, row
from xorviz.ui.guard import notes_painted
from xorviz.ui.plot.curve_plot import CurvePlot
from xorviz.ui.theme.palette import DARK, LIGHT
from xorviz.ui.theme.style import application_of, apply_theme, dress
from xorviz.window.layout.desk import framed

_MOST_IN_ROW = 2
_MARGIN = 10

FRAMES_PER_SECOND = 10
_SLICE_SECONDS = 0.008
_SLICE_STEPS = 64 * 64


@contextmanager
def whole() -> Iterator[None]:
    """Raise FileError if what is painted meanwhile has a note in place of a picture."""
    before = notes_painted()
    yield
    if notes_painted() > before:
        raise FileError("The picture could not be drawn.")


@contextmanager
def posed(view: View, options: PictureOptions, kind: str) -> Iterator[QWidget]:
    """Give a panel's drawing with the background and in the size of a picture of a kind.

    The screen shows nothing of it: no event is handled meanwhile. A drawing that is not the panel
    itself keeps its layout.
    """
    theme, place = view.theme, view.geometry()
    _put_on_background(view, [view], options)
    drawing = view.drawing()
    try:
        drawing.setPalette(view.palette())  # else a part of a panel has that of the window
        if drawing is view and options.size is not None:
            least = _least_size(view).toTuple()
            view.resize(*options.layout(kind, place.size().toTuple(), least))
        _settle(drawing)
        yield drawing
    finally:
        view.setStyleSheet("")
        for dressed in (drawing, view):
            dressed.setPalette(QPalette())
        view.setGeometry(place)
        view.apply_theme(theme)


def _put_on_background(widget: QWidget, views: Sequence[View], options: PictureOptions) -> None:
    """Give a widget and the views in it the colours of a picture, whatever those on screen are."""
    theme = DARK if options.background == "dark" else LIGHT
    ground = "transparent" if options.is_clear else theme.panel
    dress(widget, replace(theme, ground=ground, panel=ground))
    for view in views:
        view.apply_theme(theme)  # what covers other things, such as a label, still does
    if options.is_clear:
        for plot in widget.findChildren(CurvePlot):
            plot.setBackground(None)
        for canvas in widget.findChildren(Canvas):
            canvas.setAttribute(Qt.WidgetAttribute.WA_OpaquePaintEvent, on=False)


def _least_size(view: View) -> QSize:
    """Return the size below which a view would be scrolled."""
    return view.minimumSizeHint().expandedTo(view.minimumSize())


def _settle(widget: QWidget) -> None:
    """Finish the layout: axes have their final widths only after they are painted."""
    for _ in range(2):
        pictures.image_of(widget)
        for plot in widget.findChildren(CurvePlot):
            for axes in plot.rows:
                QCoreApplication.sendPostedEvents(axes.scales, QEvent.Type.LayoutRequest)
        lay_out(widget)


class OffscreenRenderer:
    """New views of a project side by side, never on screen, with its settings above them.

    They look and are laid out as for a picture of a kind. Must be closed, unless it is deleted with
    its parent.
    """

    def __init__(
        self,
        project: Project,
        views: Sequence[str],
        options: PictureOptions,
        kind: str = "png",
        parent: QWidget | None = None,
    ) -> None:
        entries = [registry.entry(name) for name in views]
        self._options, self._kind = options, kind
        self._views: list[SnapshotView] = [entry.kind() for entry in entries]
        self.widget = QWidget(parent, Qt.WindowType.Window)
        """The widget that holds all views."""
        self.widget.setObjectName("stage")
        # Views do not draw until they are shown.
        self.widget.setAttribute(Qt.WidgetAttribute.WA_DontShowOnScreen)
        self.widget.setAttribute(Qt.WidgetAttribute.WA_QuitOnClose, False)
        self._settings, self._moment = ElidedLabel(), QLabel(alignment=Qt.AlignmentFlag.AlignRight)
        self._settings.setObjectName("panel_title")
        self._grid = grid = QGridLayout(self.widget)
        grid.setContentsMargins(_MARGIN, _MARGIN, _MARGIN, _MARGIN)
        grid.setSpacing(_MARGIN)
        columns = min(len(views), _MOST_IN_ROW)
        # A long name gives way to step and loss.
        self._settings.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Preferred)
        self._moment.setMinimumWidth(1)
        margins = (4, 0, 4, 0)
        caption: QLayout = row(None, (self._settings, 1), self._moment, margins=margins)
        if options.size is not None:  # it may be narrow
            self._moment.setAlignment(Qt.AlignmentFlag.AlignLeft)
            caption = column(None, self._settings, self._moment, margins=margins)
        grid.addLayout(caption, 0, 0, 1, columns)
        self._slots: list[PanelSlot] = []
        for place, (entry, view) in enumerate(zip(entries, self._views, strict=True)):
            panel, slot = framed(view), PanelSlot()
            self._slots.append(slot)
            slot.put([panel], panel)
            slot.show_buttons(False)
            slot.setMinimumSize(*(entry.picture or (0, 0)))
            view.answer_at_once()
            view.show_project(project)
            grid.addWidget(slot, 1 + place // columns, place % columns)
            grid.setRowStretch(1 + place // columns, 1)
        _put_on_background(self.widget, self._views, options)
        self._has_settled = False

    def show(self, snapshot: Snapshot) -> None:
        settings = short_recipe(snapshot.config, snapshot.record)
        at = f"{snapshot.config.step_word} {numerals.whole(snapshot.step)}"
        moment = f"{at}, loss {numerals.real(snapshot.loss)}"
        self._settings.setText(settings)
        self._moment.setText(moment)
        self.widget.setAccessibleName(f"xorviz: {settings}, {moment}")
        for view in self._views:
            view.show_snapshot(snapshot)
        if not self._has_settled:
            self._settle()
        self._grid.activate()  # the caption has other widths than before

    def describe(self) -> None:
        """Say in words what is shown, for the file of a picture."""
        self.widget.setAccessibleDescription(" ".join(view.description() for view in self._views))

    def image(self) -> QImage:
        """Return a picture. Raises FileError."""
        with whole():
            return pictures.image_of(self.widget)

    def pixels_of(self, snapshot: Snapshot) -> NDArray[np.uint8]:
        """Show a snapshot; return the picture's colours (h, w, 3).

        Raises FileError.
        """
        self.show(snapshot)
        return pictures.rgb(self.image())

    def close(self) -> None:
        try:
            self.widget.hide()
        except RuntimeError:  # it is deleted already
            return
        self.widget.deleteLater()
        QCoreApplication.sendPostedEvents(self.widget, QEvent.Type.DeferredDelete)

    def _settle(self) -> None:
        self._has_settled = True
        # Fixed: all frames of an animation must have one size.
        self.widget.setFixedSize(self._size())
        self.widget.show()
        _settle(self.widget)

    def _size(self) -> QSize:
        """Return the size of the panels' pictures, or that in which they fill what is asked for."""
        usual = self.widget.minimumSizeHint()
        if self._options.size is None:
            return usual
        for view, slot in zip(self._views, self._slots, strict=True):
            slot.setMinimumSize(_least_size(view) + AROUND + QSize(0, slot.header_height))
        self._grid.activate()
        least = self.widget.minimumSizeHint().toTuple()
        return QSize(*self._options.layout(self._kind, usual.toTuple(), least))


def film(
    project: Project,
    frames: int,
    draw: Callable[[Snapshot], NDArray[np.uint8]],
    frames_per_second: float = FRAMES_PER_SECOND,
) -> Generator[tuple[int, int], None, bytes]:
    """Replay a project's current run, and draw at most ``frames`` evenly spaced steps (h, w, 3).

    Give the number of frames made and of all frames after each frame, and after each 8 ms of
    training; return a GIF file. Raises FileError without Pillow, ArithmeticError if the run
    cannot be replayed, and any error of drawing.
    """
    if not is_available():
        raise FileError(PILLOW_MISSING)
    kernel = kernel_for(project.record)
    current = current_run(project.record, 0, beside=project.beside, kernel=kernel)
    steps = frame_steps(project, frames)

    for _ in _way_to(current, steps[-1]):  # none, but for the longer of two runs
        yield 0, len(steps)
    last = draw(current.snapshot())
    current.go_to(steps[0])
    # For the palette: both ends of a run have about all of its colours.
    writer = GifWriter([last, draw(current.snapshot())])
    yield 0, len(steps)
    for done, step in enumerate(steps):
        for _ in _way_to(current, step):
            yield done, len(steps)
        writer.add(draw(current.snapshot()))
        yield done + 1, len(steps)
    return writer.finish(1000 / frames_per_second)


def frame_steps(project: Project, frames: int) -> list[int]:
    """Return evenly spaced steps of a project's current run, or of both side by side.

    They are at most ``frames``, from 0 to the newest; of one, the newest. Those of a watched run
    are the last steps before them whose states are kept.
    """
    record, gaps = project.record, frames - 1
    newest = min(run.newest for run in (record, project.beside or record))
    steps = {newest * i // gaps for i in range(frames)} if gaps else {newest}
    return sorted({record.towards(step, step + 1) for step in steps})


def _way_to(current: CurrentRun, step: int) -> Iterator[None]:
    """Go to a step; yield after each slice of training that it takes."""
    end = time.perf_counter() + _SLICE_SECONDS
    left = current.go_to(step)
    while left:
        before = current.step
        current.advance(min(left, _SLICE_STEPS))
        left -= current.step - before
        if time.perf_counter() > end:
            yield
            end = time.perf_counter() + _SLICE_SECONDS


def render_picture(
    project: Project, step: int, view: str, kind: str, options: PictureOptions
) -> bytes:
    """Return a view of a run at a step as a file, also without an application.

    Raises IndexError for a step that the run has not taken, and FileError.
    """
    kernel = kernel_for(project.record)
    snapshot = current_run(project.record, step, beside=project.beside, kernel=kernel).snapshot()
    with (
        application(),
        closing(OffscreenRenderer(project, [view], options, kind)) as renderer,
        whole(),
    ):
        renderer.show(snapshot)
        renderer.describe()
        return pictures.WRITERS[kind](renderer.widget, options)


def render_gif(project: Project, view: str, frames: int) -> bytes:
    """Return a run from step 0 to its newest as an animation, also without an application.

    Raises FileError, and ArithmeticError if it cannot be replayed.
    """
    with application(), closing(OffscreenRenderer(project, [view], PictureOptions())) as renderer:
        return finished(film(project, frames, renderer.pixels_of))


@contextmanager
def application() -> Iterator[None]:
    """Use the application that exists, or a temporary one in light colours."""
    if QApplication.instance() is not None:
        yield
        return
    made = application_of(["xorviz"])
    apply_theme(made, LIGHT)
    yield
    made.shutdown()
