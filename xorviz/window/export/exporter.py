"""The kinds of exported files, and their content."""

import csv
import re
from collections.abc import Callable, Generator, Sequence
from contextlib import closing
from dataclasses import dataclass
from typing import TypeVar

from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QWidget

from xorviz.core import numerals
from xorviz.core.runs.project import Project
from xorviz.core.runs.snapshot import Snapshot
from xorviz.core.truth_table import FUNCTIONS
from xorviz.files.atomic import FileError
from xorviz.files.csv_text import table_csv
from xorviz.files.exports.animation import PILLOW_MISSING, is_available
from xorviz.files.exports.picture_options import SCREEN_DPI, PictureOptions
from xorviz.files.exports.pictures import WRITERS, copy_drawing, copy_picture
from xorviz.files.exports.script import NO_SCRIPT, script_job
from xorviz.files.exports.tables import loss_csv, weights_json, weights_npz
from xorviz.files.lab_table import networks_csv, recipes_csv
from xorviz.files.pages.saved import page_job
from xorviz.panels.base.view import View
from xorviz.panels.lab.lab_map import LabMap
from xorviz.panels.lab.lab_view import LabView
from xorviz.panels.lab.recipe import LabRecipe
from xorviz.ui.theme.palette import Theme
from xorviz.window.export.offscreen import FRAMES_PER_SECOND, OffscreenRenderer, film, posed, whole

Job = Generator[tuple[int, int], None, tuple[bytes, str]]
"""Makes a file that takes longer: gives, after each slice of work, how much is done of how much;
returns the file and a remark for the user, which may be empty. Closing it frees what it needed."""

_WORD = re.compile(r"\w+", re.ASCII)
"""What of a name every disk can take into the name of a file."""

_Made = TypeVar("_Made")

WINDOW = ""
"""Stands for the whole window in place of a view's name."""


@dataclass(frozen=True, slots=True)
class Wanted:
    """What the options of the dialog ask for: of a picture, and of an animation. A value."""

    view: str
    look: PictureOptions
    film_views: Sequence[str] = ()
    frames: int = 60
    frames_per_second: int = FRAMES_PER_SECOND


@dataclass(slots=True)
class Source:
    """The source of exported files: the views of the window, the snapshot and the project."""

    views: dict[str, QWidget]
    """By name; the whole window is WINDOW."""
    snapshot: Callable[[], Snapshot]
    project: Callable[[], Project]
    theme: Theme

    def picture(self, suffix: str, wanted: Wanted) -> bytes:
        """Return a picture of a view. Raises FileError."""
        return self._made(suffix, wanted, WRITERS[suffix])

    def copy(self, suffix: str, wanted: Wanted) -> None:
        """Copy a picture to the clipboard. Raises FileError."""
        self._made(suffix, wanted, copy_picture if suffix == "png" else copy_drawing)

    def _made(self, suffix: str, wanted: Wanted, make: Callable[..., _Made]) -> _Made:
        """Return what is made of a view with these options. Raises FileError if it is empty."""
        view = self.views[wanted.view]
        if not isinstance(view, View):
            with whole():
                return make(view, wanted.look)
        if view.is_empty:
            raise _nothing_in(view)
        with posed(view, wanted.look, suffix) as drawing, whole():
            return make(drawing, wanted.look)

    def shape(self, view: str) -> tuple[float, float] | None:
        """Return the pixels of a view on screen, if its pictures are made in that shape."""
        seen = self.views[view]
        is_drawn_so = not isinstance(seen, View) or type(seen).drawing is View.drawing
        return (seen.width(), seen.height()) if seen.isVisible() and is_drawn_so else None


def _film(project: Project, wanted: Wanted, theme: Theme, owner: QWidget) -> Job:
    """Make an animation of a project, drawn off screen; counts frames."""
    look = PictureOptions(background="dark" if theme.name == "dark" else "white")
    with closing(OffscreenRenderer(project, wanted.film_views, look, parent=owner)) as stage:
        pace = wanted.frames, stage.pixels_of, wanted.frames_per_second
        return (yield from film(project, *pace)), ""


def _page(made: Generator[tuple[int, int], None, bytes]) -> Job:
    """Make the page of a run; counts steps."""
    return (yield from made), ""


@dataclass(frozen=True, slots=True)
class ExportKind:
    """A kind of file, and what makes it: at once, or as a job. A value."""

    title: str
    sentence: str
    """A description for the dialog."""
    make: Callable[[Source, Wanted], bytes | Job]
    """Raises FileError."""
    is_pasted: bool = True
    """Whether other programs accept it from the clipboard."""
    is_of_whole_run: bool = False
    """Whether the file does not depend on the step shown."""
    counted: str = ""
    """What the progress of its job counts."""
    missing: Callable[[Source], str] = lambda _: ""
    """Returns why there is none now; "" if there is."""


KINDS = {
    "png": ExportKind(
        "Picture (PNG)",
        "An image of a panel or of the whole window.",
        lambda source, wanted: source.picture("png", wanted),
    ),
    "svg": ExportKind(
        "Drawing (SVG)",
        "Vector graphics of a panel or of the whole window: sharp at any size, and editable in a "
        "drawing program.",
        lambda source, wanted: source.picture("svg", wanted),
    ),
    "pdf": ExportKind(
        "Drawing (PDF)",
        "Vector graphics for a paper, on a page as large as the picture.",
        lambda source, wanted: source.picture("pdf", wanted),
        is_pasted=False,
    ),
    "csv": ExportKind(
        "Loss (CSV)",
        "The loss of all runs that are shown, as a table: run, step, loss and gradient norm, a row "
        "for each point of a curve.",
        lambda source, _: loss_csv(source.project()).encode(),
        is_of_whole_run=True,
    ),
    "npz": ExportKind(
        "Weights (NPZ)",
        "Weights, loss and outputs at the step shown, as NumPy arrays.",
        lambda source, _: weights_npz(source.snapshot()),
        is_pasted=False,
    ),
    "json": ExportKind(
        "Weights (JSON)",
        "Weights, loss and outputs at the step shown, as text for any programming language.",
        lambda source, _: weights_json(source.snapshot()).encode(),
    ),
    "py": ExportKind(
        "NumPy script",
        "A short program that repeats the run up to the step shown. It needs only NumPy. If "
        "rounding decides how the run ends, the script says so.",
        lambda source, _: script_job(source.snapshot().record, source.snapshot().step),
        counted="steps compared",
        missing=lambda source: NO_SCRIPT if source.snapshot().record.source is not None else "",
    ),
    "gif": ExportKind(
        "Animation (GIF)",
        "The run from step 0 to its newest step.",
        lambda source, wanted: _film(source.project(), wanted, source.theme, source.views[WINDOW]),
        is_pasted=False,
        is_of_whole_run=True,
        counted="frames",
        missing=lambda _: "" if is_available() else PILLOW_MISSING,
    ),
    "html": ExportKind(
        "Page (HTML)",
        "One file for any browser: the run with a slider over its steps, its surface, network, "
        "loss and truth table. It needs no network and no xorviz.",
        lambda source, _: _page(page_job(source.project(), source.snapshot().step)),
        is_pasted=False,
        counted="steps",
    ),
}
"""By suffix."""


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


_COPIED_DPI = 3 * SCREEN_DPI
"""Sharp in print."""


def copy_of(view: View, kind: str) -> str:
    """Copy a panel's picture, as it looks on screen, or its table, and say so.

    One at a time: a word processor that is offered both would paste the text. Raises FileError if
    there is nothing yet.
    """
    if kind == "copy_table":
        lines = ("\t".join(cells) for cells in csv.reader(table_of(view).splitlines()))
        QGuiApplication.clipboard().setText("\n".join(lines))
        return f"Copied the table of {view.title}."
    if view.is_empty:
        raise _nothing_in(view)
    with whole():
        copy_picture(view.drawing(), PictureOptions(dpi=_COPIED_DPI))
    return f"Copied the picture of {view.title}."


def table_of(view: View) -> str:
    """Return a panel's table as CSV. Raises FileError if there is none yet."""
    if view.is_empty:
        raise _nothing_in(view)
    if isinstance(view, LabView):
        return _lab_csv(view)
    if (table := view.table()) is not None:
        return table_csv(*table)
    if isinstance(view, LabRecipe):
        raise FileError("No published experiment has been repeated yet.")
    raise _nothing_in(view)


def _lab_csv(view: LabView) -> str:
    snapshot, places = view.snapshot, view.places
    assert snapshot is not None
    if not snapshot.done[places.start : places.stop].any():
        raise FileError("No network has finished yet.")
    if (table := view.table()) is not None:
        return table_csv(*table)
    return recipes_csv(snapshot) if isinstance(view, LabMap) else networks_csv(snapshot, places)


def _nothing_in(view: View) -> FileError:
    return FileError(f"The panel {view.title} is empty.")
