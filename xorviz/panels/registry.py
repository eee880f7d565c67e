"""Every panel of the window, one line each. Imports no Qt, so that the command line can list them."""

from dataclasses import dataclass
from enum import StrEnum
from importlib import import_module
from typing import Any


class Workspace(StrEnum):
    """An arrangement of panels; the window shows one at a time."""

    LEARN = "learn"
    INSIDE = "inside"
    LAB = "lab"


@dataclass(frozen=True, slots=True)
class PanelEntry:
    """A panel: its names, its class, where it is placed in each workspace. A value."""

    name: str
    """Object name of the view; also its name on the command line."""
    title: str
    path: str
    """Class of the view, as module:Class; called without arguments."""
    places: str
    """For each workspace in their order a stack, as named in window/layout/tree.py, or aside for
    a passing column; with the panel's number after a colon where it is shown at first.
    """
    picture: tuple[int, int] | None = None
    """Width and height of an exported picture, in pixels; None if there is none."""
    is_at_start: bool = False
    """Whether the view is made with the window, or when a workspace first needs it."""

    @property
    def kind(self) -> Any:
        """The class, imported when it is asked for."""
        module, name = self.path.split(":")
        return getattr(import_module(module), name)

    @property
    def stacks(self) -> dict[Workspace, str]:
        """Its stack in each workspace."""
        return {space: place.partition(":")[0] for space, place in self._places}

    @property
    def numbers(self) -> dict[Workspace, int]:
        """Its position among the panels that a workspace shows at first."""
        return {space: int(place.split(":")[1]) for space, place in self._places if ":" in place}

    @property
    def _places(self) -> list[tuple[Workspace, str]]:
        return list(zip(Workspace, self.places.split(), strict=True))


_LEARN, _INSIDE, _LAB = "xorviz.panels.learn.", "xorviz.panels.inside.", "xorviz.panels.lab."

PANELS: tuple[PanelEntry, ...] = (
    PanelEntry("controls", "Settings", "xorviz.panels.settings.controls:Controls", "A1:1 A1:10 A1:6", None, True),
    PanelEntry("truth_table", "Truth table", _LEARN + "truth_table:TruthTable", "A2:2 A2:9 A1", (440, 230), True),
    PanelEntry("decision_surface", "Decision surface", _LEARN + "decision_surface:DecisionSurface", "B1:3 B1 B1", (440, 490), True),
    PanelEntry("network_diagram", "Network", _LEARN + "network.network_diagram:NetworkDiagram", "C1:4 C1:3 B1", (520, 380), True),
    PanelEntry("loss_plot", "Loss", _LEARN + "loss_plot:LossPlot", "C3:6 C2 B1:7", (560, 490), True),
    PanelEntry("weight_heatmap", "Weights", _LEARN + "weight_heatmap:WeightHeatmap", "C2:5 C1 C1", (500, 330), True),
    PanelEntry("runs", "Runs", _LEARN + "runs.runs:Runs", "bottom:7 bottom bottom", None, True),
    PanelEntry("welcome", "Welcome", _LEARN + "welcome:Welcome", "aside aside aside", None, True),
    PanelEntry("units", "Hidden units", _INSIDE + "units:Units", "B1 B1:1 B1", (560, 330)),
    PanelEntry("hidden_space", "Hidden space", _INSIDE + "hidden_space:HiddenSpace", "B1 B2:2 B1", (480, 440)),
    PanelEntry("outputs_plot", "Outputs", _INSIDE + "outputs_plot:OutputsPlot", "C2 C2:4 B1", (560, 400)),
    PanelEntry("why", "Why?", "xorviz.panels.why.why:Why", "aside aside aside", (420, 560)),
    PanelEntry("landscape", "Landscape", _INSIDE + "landscape:LandscapeView", "C2 C2:6 C1", (560, 460)),
    PanelEntry("step_explainer", "One step", _INSIDE + "step_explainer:StepExplainer", "B1 B2:8 B1"),
    PanelEntry("lab_recipe", "Lab", _LAB + "recipe:LabRecipe", "A2 A1 A1:1"),
    PanelEntry("lab_seeds", "Seeds", _LAB + "lab_seeds:LabSeeds", "B1 B2 B1:2"),
    PanelEntry("lab_map", "Success map", _LAB + "lab_map:LabMap", "C2 C1 C1:3"),
    PanelEntry("lab_gallery", "Gallery", _LAB + "lab_gallery:LabGallery", "B1 C2 C2:4"),
)  # fmt: skip
"""In the order of menus. Read as ``registry.PANELS``: tests add to it."""


def entry(name: str) -> PanelEntry:
    """Return a panel by its name. Raises KeyError."""
    for known in PANELS:
        if known.name == name:
            return known
    raise KeyError(name)


def pictured() -> tuple[PanelEntry, ...]:
    """Return the panels that pictures can be made of."""
    return tuple(known for known in PANELS if known.picture is not None)


def shown_in(workspace: Workspace) -> tuple[str, ...]:
    """Return the names of the panels that a workspace shows at first, by their numbers."""
    shown = (known for known in PANELS if workspace in known.numbers)
    return tuple(known.name for known in sorted(shown, key=lambda e: e.numbers[workspace]))


def stack(workspace: Workspace, name: str) -> tuple[str, ...]:
    """Return the panels of a stack from front to back: those shown at first, then the others."""
    here = [known for known in PANELS if known.stacks[workspace] == name]
    here.sort(key=lambda e: e.numbers.get(workspace, len(PANELS)))
    return tuple(known.name for known in here)
