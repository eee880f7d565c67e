"""The panels of the lab in a window."""

from dataclasses import dataclass

from xorviz.panels.base.lab_view import LabPanel
from xorviz.panels.lab.gallery.lab_gallery import LabGallery
from xorviz.panels.lab.map.lab_map import LabMap
from xorviz.panels.lab.published.lab_published import LabPublished
from xorviz.panels.lab.recipe import LabRecipe
from xorviz.panels.lab.seeds.lab_seeds import LabSeeds
from xorviz.window.docks.view_set import ViewSet


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
