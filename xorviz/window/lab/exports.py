"""Exports tables and pictures of the lab."""

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial

from PySide6.QtCore import QObject, Signal

from xorviz.files import FileError
from xorviz.files.exports.pictures import png_bytes, svg_bytes
from xorviz.files.lab.csv import networks_csv, recipes_csv
from xorviz.lab.results.lab_results import LabSnapshot
from xorviz.lab.results.published import published_csv
from xorviz.panels.base.lab_view import LabPanel, LabView
from xorviz.panels.lab.gallery.lab_gallery import LabGallery
from xorviz.panels.lab.map.lab_map import LabMap
from xorviz.panels.lab.published.lab_published import LabPublished
from xorviz.panels.lab.recipe import LabRecipe
from xorviz.panels.lab.seeds.lab_seeds import LabSeeds
from xorviz.window.docks.view_set import ViewSet
from xorviz.window.document.file_dialogs import FileSaver


@dataclass(frozen=True, slots=True)
class LabViews:
    """The panels of the lab."""

    recipe: LabRecipe
    seeds: LabSeeds
    map: LabMap
    gallery: LabGallery
    published: LabPublished

    @classmethod
    def of(cls, views: ViewSet) -> "LabViews":
        """Return those of a window; they must exist."""
        kinds = views[LabRecipe], views[LabSeeds], views[LabMap], views[LabGallery]
        return cls(*kinds, views[LabPublished])

    @property
    def panels(self) -> tuple[LabPanel, ...]:
        """The panels that show networks."""
        return self.seeds, self.map, self.gallery, self.published


_SCALE = 2
"""Pixels of a picture for each pixel of the screen: sharp in print."""


class LabExports(QObject):
    """Writes the content of a panel to a file that is asked for."""

    refused = Signal(str)
    noticed = Signal(str)

    def __init__(self, views: LabViews, parent: QObject) -> None:
        super().__init__(parent)
        self._saver = FileSaver(self)
        self._saver.refused.connect(self.refused)
        self._saver.noticed.connect(self.noticed)
        self._tables: dict[LabPanel, Callable[[], str]] = {
            views.seeds: lambda: networks_csv(_shown(views.seeds), views.seeds.places),
            views.gallery: lambda: networks_csv(_shown(views.gallery), views.gallery.places),
            views.map: lambda: recipes_csv(_shown(views.map)),
            views.published: lambda: published_csv(views.published.results),
        }
        for view in self._tables:
            view.export_requested.connect(partial(self._export, view))

    def _export(self, view: LabPanel, kind: str) -> None:
        """Make the content now, and ask for a path."""
        try:
            data = self._content(view, kind)
        except FileError as error:
            self.refused.emit(str(error))
            return
        name = f"xorviz-{view.objectName().replace('_', '-')}.{kind}"
        pattern = f"{kind.upper()} (*.{kind})"
        write = partial(self._saver.write, content=data)
        self._saver.ask(view.window(), "Save", name, pattern, write)

    def _content(self, view: LabPanel, kind: str) -> bytes:
        """Return the content of a file. Raises FileError if there is none yet."""
        if view.is_empty:
            raise FileError(f"There is nothing in the panel {view.title} yet.")
        if kind == "csv":
            if not view.is_any_done:
                raise FileError(f"No {view.unit} is done yet.")
            return self._tables[view]().encode()
        drawing = view.drawing()
        return png_bytes(drawing, _SCALE) if kind == "png" else svg_bytes(drawing)


def _shown(view: LabView) -> LabSnapshot:
    """Return the snapshot of a view that is not empty."""
    assert view.snapshot is not None
    return view.snapshot
