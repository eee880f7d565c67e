"""What a panel shows, as a file."""

from xorviz.files import FileError
from xorviz.files.exports.tables import table_csv
from xorviz.files.lab.csv import networks_csv, recipes_csv
from xorviz.panels.base.view import View
from xorviz.panels.lab.lab_map import LabMap
from xorviz.panels.lab.lab_published import LabPublished
from xorviz.panels.lab.lab_view import LabView
from xorviz.window.export.offscreen import picture

_SCALE = 2
"""Pixels of a picture for each pixel of the screen: sharp in print."""


def content_of(view: View, kind: str) -> bytes:
    """Return a panel's table, picture or drawing. Raises FileError if there is none yet."""
    if view.is_empty:
        raise _nothing_in(view)
    if kind != "csv":
        return picture(view.drawing(), kind, _SCALE)
    if isinstance(view, LabView):
        return _lab_csv(view).encode()
    if (table := view.table()) is not None:
        return table_csv(*table).encode()
    if isinstance(view, LabPublished):
        raise FileError("No experiment has finished yet.")
    raise _nothing_in(view)


def _lab_csv(view: LabView) -> str:
    snapshot, places = view.snapshot, view.places
    assert snapshot is not None
    if not snapshot.done[places.start : places.stop].any():
        raise FileError("No network has finished yet.")
    return recipes_csv(snapshot) if isinstance(view, LabMap) else networks_csv(snapshot, places)


def _nothing_in(view: View) -> FileError:
    return FileError(f"The panel {view.title} is empty.")
