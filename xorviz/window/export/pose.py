"""Panels as they are for a picture, for a moment: in its colours, and laid out in its size."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace

from PySide6.QtCore import QCoreApplication, QEvent, QSize
from PySide6.QtGui import QPalette
from PySide6.QtWidgets import QWidget

from xorviz.files.exports.picture_options import PictureOptions
from xorviz.files.exports.pictures import image_of
from xorviz.panels.base.view import View
from xorviz.ui.chrome.panel import lay_out
from xorviz.ui.plot.plot import Plot
from xorviz.ui.theme.palette import DARK, LIGHT
from xorviz.ui.theme.style import dress


@contextmanager
def posed(view: View, options: PictureOptions, kind: str) -> Iterator[QWidget]:
    """Give a panel's drawing with the background and in the size of a picture of a kind.

    The screen shows nothing of it: no event is handled meanwhile. A drawing that is not the panel
    itself keeps its layout.
    """
    theme, place = view.theme, view.geometry()
    put_on_background(view, [view], options)
    try:
        drawing = view.drawing()
        if drawing is view and options.size is not None:
            least = least_size(view).toTuple()
            view.resize(*options.layout(kind, place.size().toTuple(), least))
        settle(drawing)
        yield drawing
    finally:
        view.setStyleSheet("")
        view.setPalette(QPalette())
        view.setGeometry(place)
        view.apply_theme(theme)


def put_on_background(widget: QWidget, views: Sequence[View], options: PictureOptions) -> None:
    """Give a widget and the views in it the colours of a picture, whatever those on screen are."""
    theme = DARK if options.background == "dark" else LIGHT
    ground = "transparent" if options.is_clear else theme.panel
    dress(widget, replace(theme, ground=ground, panel=ground))
    for view in views:
        view.apply_theme(theme)  # what covers other things, such as a label, still does
    if options.is_clear:
        for plot in widget.findChildren(Plot):
            plot.setBackground(None)


def least_size(view: View) -> QSize:
    """Return the size below which a view would be scrolled."""
    return view.minimumSizeHint().expandedTo(view.minimumSize())


def settle(widget: QWidget) -> None:
    """Finish the layout: axes have their final widths only after they are painted."""
    for _ in range(2):
        image_of(widget)
        for frame in (f for plot in widget.findChildren(Plot) for f in plot.frames):
            QCoreApplication.sendPostedEvents(frame, QEvent.Type.LayoutRequest)
        lay_out(widget)
