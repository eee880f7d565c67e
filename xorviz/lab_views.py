"""The panels of the lab."""

from PySide6.QtGui import QAction

from xorviz.lab_recipe import LabRecipe
from xorviz.views.lab_gallery import LabGallery
from xorviz.views.lab_map import LabMap
from xorviz.views.lab_published import LabPublished
from xorviz.views.lab_seeds import LabSeeds
from xorviz.views.lab_view import LabPanel
from xorviz.views.view import View


class LabViews:
    """One of each kind, in reading order."""

    def __init__(self, run: QAction, cancel: QAction) -> None:
        self.recipe = LabRecipe(run, cancel)
        self.seeds, self.map, self.gallery = LabSeeds(), LabMap(), LabGallery()
        self.published = LabPublished()
        self.panels: list[LabPanel] = [self.seeds, self.map, self.gallery, self.published]
        """Those that show networks."""
        self.all: list[View] = [self.recipe, *self.panels]
