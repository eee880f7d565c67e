"""The kinds of exported files, and their content."""

import re
from collections.abc import Callable, Generator, Iterator, Mapping, Sequence
from contextlib import closing, contextmanager
from dataclasses import dataclass

from PySide6.QtWidgets import QWidget

from xorviz.core import numerals
from xorviz.core.analysis.rounding import RoundingCheck
from xorviz.core.runs.project import Project
from xorviz.core.runs.snapshot import Snapshot
from xorviz.core.truth_table import FUNCTIONS
from xorviz.files.atomic import FileError
from xorviz.files.csv_text import table_csv
from xorviz.files.exports.pictures import copy_drawing, copy_picture
from xorviz.files.exports.script import check_repeatable, numpy_script
from xorviz.files.exports.tables import history_csv, weights_json, weights_npz
from xorviz.files.lab_table import networks_csv, recipes_csv
from xorviz.panels.base.view import View
from xorviz.panels.lab.lab_map import LabMap
from xorviz.panels.lab.lab_view import LabView
from xorviz.panels.lab.recipe import LabRecipe
from xorviz.ui.theme.palette import Theme
from xorviz.window.export.offscreen import OffscreenRenderer, film, picture, whole


@dataclass(frozen=True, slots=True)
class ExportKind:
    """A kind of file, made from a widget, a snapshot or a whole run."""

    title: str
    sentence: str
    """A description for the dialog."""
    is_pasted: bool = True
    """Whether other programs accept it from the clipboard."""
    is_of_whole_run: bool = False
    """Whether the file does not depend on the step shown."""


KINDS = {
    "png": ExportKind("Picture (PNG)", "An image of a panel or of the whole window."),
    "svg": ExportKind(
        "Drawing (SVG)",
        "Vector graphics of a panel or of the whole window: sharp at any size, and editable in a "
        "drawing program.",
    ),
    "csv": ExportKind(
        "Loss (CSV)",
        "The loss curve as a table for a spreadsheet: step, lowest and highest loss.",
        is_of_whole_run=True,
    ),
    "npz": ExportKind(
        "Weights (NPZ)",
        "Weights, loss and outputs at the step shown, as NumPy arrays.",
        is_pasted=False,
    ),
    "json": ExportKind(
        "Weights (JSON)",
        "Weights, loss and outputs at the step shown, as text for any programming language.",
    ),
    "py": ExportKind(
        "NumPy script",
        "A short program that repeats the run up to the step shown. It needs only NumPy. If "
        "rounding decides how the run ends, the script says so.",
    ),
    "gif": ExportKind(
        "Animation (GIF)",
        "The run from step 0 to its newest step.",
        is_pasted=False,
        is_of_whole_run=True,
    ),
}
"""By suffix."""

PICTURES = ("png", "svg")

Job = Generator[tuple[int, int], None, tuple[bytes, str]]
"""Makes a file that takes longer: gives, after each slice of work, how much is done of how much;
returns the file and a remark for the user, which may be empty. Closing it frees what it needed."""

SLICE_SECONDS = 0.05
"""Comparing for so long at once disturbs nothing that is drawn meanwhile."""

_WORD = re.compile(r"\w+", re.ASCII)
"""What of a name every disk can take into the name of a file."""

WINDOW = ""
"""Stands for the whole window in place of a view's name."""


@dataclass(slots=True)
class Source:
    """The source of exported files: the views of the window, the snapshot and the project."""

    views: Mapping[str, QWidget]
    """By name; the whole window is WINDOW."""
    snapshot: Callable[[], Snapshot]
    project: Callable[[], Project]
    theme: Theme

    @contextmanager
    def subject(self, view: str) -> Iterator[QWidget]:
        """Give the widget to draw: a view of the window or, if it is hidden, one off screen."""
        if (widget := self.views[view]).isVisible():
            if isinstance(widget, View):
                widget.describe_again()
            yield widget
            return
        with closing(OffscreenRenderer(self.project(), [view], self.theme)) as renderer:
            renderer.show(self.snapshot())
            renderer.describe()
            yield renderer.widget

    def content(self, suffix: str, view: str, scale: int) -> bytes:
        """Return a picture of a view, or numbers, as a file. Raises FileError."""
        match suffix:
            case "csv":
                return history_csv(self.snapshot().record).encode()
            case "npz":
                return weights_npz(self.snapshot())
            case "json":
                return weights_json(self.snapshot()).encode()
        with self.subject(view) as widget:
            return picture(widget, suffix, scale)

    def copy(self, suffix: str, view: str, scale: int) -> None:
        """Copy a picture to the clipboard. Raises FileError."""
        with self.subject(view) as widget, whole():
            copy_picture(widget, scale) if suffix == "png" else copy_drawing(widget)


def film_job(
    owner: QWidget,
    project: Project,
    views: Sequence[str],
    frames: int,
    frames_per_second: float,
    theme: Theme,
) -> Job:
    """Make an animation of a project, drawn off screen; counts frames."""
    with closing(OffscreenRenderer(project, views, theme, owner)) as stage:
        return (yield from film(project, frames, stage.pixels_of, frames_per_second)), ""


def script_job(snapshot: Snapshot) -> Job:
    """Make the script of a run up to a snapshot, and compare the two; counts steps.

    Raises FileError for a watched run.
    """
    record, step = snapshot.record, snapshot.step
    check_repeatable(record)
    check = RoundingCheck(record, step)
    while check.work(SLICE_SECONDS):
        yield check.done, check.total
    return numpy_script(record, step, check.finding).encode(), check.finding


def suggested_name(snapshot: Snapshot, suffix: str) -> str:
    """Return a file name made of function, settings and step; a watched run has its name there."""
    config, source = snapshot.config, snapshot.record.source
    function = FUNCTIONS["".join(str(target) for target in config.targets)]
    words = function.split()
    words = words[1:2] if len(words) == 3 and words[0] == "x1" else words  # x1 xor x2: xor
    step = snapshot.record.newest if KINDS[suffix].is_of_whole_run else snapshot.step
    start = "given" if snapshot.record.is_given else f"seed{config.seed}"
    settings = f"width{config.width}-rate{numerals.plain(config.rate)}-{start}"
    if source is not None:
        settings = "-".join(_WORD.findall(source.name)) or "watched"
    return f"{'-'.join(words)}-{settings}-step{step}.{suffix}"


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
    if isinstance(view, LabRecipe):
        raise FileError("No published experiment has been repeated yet.")
    raise _nothing_in(view)


def _lab_csv(view: LabView) -> str:
    snapshot, places = view.snapshot, view.places
    assert snapshot is not None
    if not snapshot.done[places.start : places.stop].any():
        raise FileError("No network has finished yet.")
    return recipes_csv(snapshot) if isinstance(view, LabMap) else networks_csv(snapshot, places)


def _nothing_in(view: View) -> FileError:
    return FileError(f"The panel {view.title} is empty.")
