"""The panels of the lab."""

from PySide6.QtGui import QAction

from xorviz.panels.base.lab_view import LabPanel
from xorviz.panels.base.view import View
from xorviz.panels.lab.gallery.lab_gallery import LabGallery
from xorviz.panels.lab.map.lab_map import LabMap
from xorviz.panels.lab.published.lab_published import LabPublished
from xorviz.panels.lab.recipe import LabRecipe
from xorviz.panels.lab.seeds.lab_seeds import LabSeeds


class LabViews:
    """One of each kind, in reading order."""

    def __init__(self, run: QAction, cancel: QAction) -> None:
        self.recipe = LabRecipe(run, cancel)
        self.seeds, self.map, self.gallery = LabSeeds(), LabMap(), LabGallery()
        self.published = LabPublished()
        self.panels: list[LabPanel] = [self.seeds, self.map, self.gallery, self.published]
        """Those that show networks."""
        self.all: list[View] = [self.recipe, *self.panels]
