"""What a panel shows, as a file."""

from xorviz.files import FileError
from xorviz.files.exports.tables import table_csv
from xorviz.files.lab.csv import networks_csv, recipes_csv
from xorviz.lab.results.published import published_csv
from xorviz.panels.base.lab_view import LabPanel, LabView
from xorviz.panels.base.view import View
from xorviz.panels.lab.map.lab_map import LabMap
from xorviz.panels.lab.published.lab_published import LabPublished
from xorviz.window.export.offscreen import picture

_SCALE = 2
"""Pixels of a picture for each pixel of the screen: sharp in print."""


def content_of(view: View, kind: str) -> bytes:
    """Return a panel's table, picture or drawing. Raises FileError if there is none yet."""
    if view.is_empty:
        raise _nothing_in(view)
    if kind != "csv":
        return picture(view.drawing(), kind, _SCALE)
    if isinstance(view, LabPanel):
        return _lab_csv(view).encode()
    if (table := view.table()) is None:
        raise _nothing_in(view)
    return table_csv(*table).encode()


def _lab_csv(view: LabPanel) -> str:
    if not view.is_any_done:
        raise FileError(f"No {view.unit} is done yet.")
    if isinstance(view, LabPublished):
        return published_csv(view.results)
    assert isinstance(view, LabView)
    assert view.snapshot is not None
    is_map = isinstance(view, LabMap)
    return recipes_csv(view.snapshot) if is_map else networks_csv(view.snapshot, view.places)


def _nothing_in(view: View) -> FileError:
    return FileError(f"There is nothing in the panel {view.title} yet.")
