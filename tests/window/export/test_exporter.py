"""The kinds of files that can be exported, their names and their contents."""

import csv
import io
import json
import math
import re
import sys
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any, cast
from xml.etree import ElementTree as ET

import numpy as np
import pytest
from PySide6.QtCore import QSize, Qt
from PySide6.QtGui import QAction, QContextMenuEvent, QGuiApplication, QImage
from PySide6.QtWidgets import QApplication, QFileDialog, QWidget
from pytestqt.qtbot import QtBot

from tests.support.cases import some
from tests.support.lab import snapshots_at, trained_snapshot
from tests.support.screen import child, is_near, shown
from tests.support.snapshots import QUICK, trained
from tests.support.watched import watched_record
from tests.support.windows import Open, find, settle, text
from xorviz.core.network import flat
from xorviz.core.runs.project import Project, continued
from xorviz.core.runs.recording import Recording
from xorviz.core.runs.snapshot import Snapshot
from xorviz.core.runs.watched import run_of
from xorviz.core.settings import RunConfig
from xorviz.files.atomic import FileError
from xorviz.files.exports.picture_options import PictureOptions, Size
from xorviz.files.exports.pictures import image_of, rgb
from xorviz.files.lab_table import networks_csv, recipes_csv
from xorviz.lab.results.lab_results import LabResults, LabSnapshot
from xorviz.lab.results.map import MapPlan
from xorviz.lab.results.published import EXPERIMENTS, Compared, ExperimentResult, Match
from xorviz.panels import registry
from xorviz.panels.base.export import COPY_DESCRIPTION, EXPORTS, OF_TABLES
from xorviz.panels.base.snapshot_view import SnapshotView
from xorviz.panels.base.view import View
from xorviz.panels.lab.lab_map import LabMap
from xorviz.panels.lab.lab_view import LabView
from xorviz.panels.lab.map_picture import MapLook, MapPicture
from xorviz.panels.lab.recipe import LabRecipe
from xorviz.panels.learn.truth_table import TruthTable
from xorviz.panels.learn.weight_heatmap import WeightHeatmap
from xorviz.ui.draw.cell_grid import CellGrid
from xorviz.ui.theme.palette import DARK, LIGHT, Theme
from xorviz.ui.theme.style import apply_theme
from xorviz.window.export.exporter import (
    KINDS,
    WINDOW,
    Source,
    Wanted,
    copy_of,
    suggested_name,
    table_of,
)
from xorviz.window.export.offscreen import _settle as settle_view

PAST = 90


@pytest.fixture
def recording() -> Recording:
    recording = Recording(QUICK)
    recording.advance(400)
    return recording


@pytest.fixture
def source(qtbot: QtBot, recording: Recording) -> Iterator[Source]:
    """Return a source with a window that shows one of two views, at a past step."""
    window, table, weights = QWidget(), TruthTable(), WeightHeatmap()
    for view in (table, weights):
        view.setParent(window)
        view.apply_theme(LIGHT)
        view.resize(300, 200)
        view.show_snapshot(recording.state_at(PAST))
    shown(qtbot, window)
    weights.hide()
    views = {WINDOW: window, "truth_table": table, "weight_heatmap": weights}
    project = Project(recording.record(), PAST)
    yield Source(views, lambda: recording.state_at(PAST), lambda: project, LIGHT)
    QGuiApplication.clipboard().clear()


def content(source: Source, suffix: str, view: str = "truth_table", **look: Any) -> bytes:
    return cast("bytes", KINDS[suffix].make(source, Wanted(view, PictureOptions(**look))))


def of(config: RunConfig, step: int = 60_000) -> Snapshot:
    seen = Recording(config).snapshot()
    return replace(seen, step=step, record=replace(seen.record, newest=70_000))


WATCHED = run_of(watched_record(steps=(0, 30, 50), name="my network/2: tanh")).state_at(30)
GIVEN = Recording(continued(watched_record(steps=(0, 9)), 9)).snapshot()
NAMED: list[tuple[Snapshot, str, str]] = [
    (of(RunConfig()), "png", "xor-width3-rate0.01-seed1234-step60000"),
    (of(RunConfig(rate=1e-7, width=64)), "npz", "xor-width64-rate1e-07-seed1234-step60000"),
    (
        of(RunConfig(targets=(1, 0, 0, 0))),
        "json",
        "x1-and-not-x2-width3-rate0.01-seed1234-step60000",
    ),
    (of(RunConfig(targets=(0, 0, 0, 0))), "svg", "never-width3-rate0.01-seed1234-step60000"),
    # Files of the whole run are named by its newest step, those of a watched run by its name.
    (of(RunConfig()), "csv", "xor-width3-rate0.01-seed1234-step70000"),
    (WATCHED, "json", "xor-my-network-2-tanh-step30"),
    (WATCHED, "csv", "xor-my-network-2-tanh-step50"),
    (run_of(watched_record(steps=(0, 1), name="Ñ")).state_at(1), "png", "xor-watched-step1"),
    (GIVEN, "json", "xor-width2-rate0.7-given-step0"),
]


@pytest.mark.parametrize(("snapshot", "suffix", "name"), NAMED, ids=lambda part: str(part)[:40])
def test_the_suggested_name_has_function_settings_and_step(
    snapshot: Snapshot, suffix: str, name: str
) -> None:
    assert suggested_name(snapshot, suffix) == f"{name}.{suffix}"


def test_numbers_are_those_of_the_whole_run_or_of_the_step_shown(
    source: Source, recording: Recording
) -> None:
    first, *rows = content(source, "csv").decode().splitlines()
    assert first == "run,step,loss,gradient_norm"
    assert rows[-1].split(",")[:3] == ["this run", "400", repr(recording.snapshot().loss)]
    expected = recording.state_at(PAST).weights.w1
    with np.load(io.BytesIO(content(source, "npz"))) as arrays:
        assert arrays["w1"].tobytes() == expected.tobytes()
    assert json.loads(content(source, "json"))["weights"]["w1"] == expected.tolist()


def test_a_hidden_view_is_drawn_at_its_step(source: Source) -> None:
    svg = content(source, "svg", "weight_heatmap").decode()
    assert f"step {PAST}" in svg
    assert ">h5<" in svg.replace("\n", "")
    assert not source.views["weight_heatmap"].isVisible()
    image = QImage.fromData(content(source, "png", "weight_heatmap"))
    assert f"At step {PAST}" in image.text("Description")


@pytest.mark.parametrize("suffix", ["png", "svg"])
@pytest.mark.parametrize("is_on_screen", [True, False])
def test_a_picture_that_cannot_be_painted_is_no_file(
    source: Source, monkeypatch: pytest.MonkeyPatch, suffix: str, is_on_screen: bool
) -> None:
    told: list[type[BaseException]] = []
    monkeypatch.setattr(sys, "excepthook", lambda kind, *_: told.append(kind))
    monkeypatch.setattr(CellGrid, "_paint_names", lambda *_: [][1])  # noqa: PLE0643
    source.views["weight_heatmap"].setVisible(is_on_screen)
    with pytest.raises(FileError, match="could not be drawn"):
        content(source, suffix, "weight_heatmap")
    assert set(told) == {IndexError}


SVG = "{http://www.w3.org/2000/svg}"
NAMES = [entry.name for entry in registry.PANELS]
TRIED = {"controls", "units", "lab_map"}
EACH = pytest.mark.parametrize(
    "name", [n if n in TRIED else pytest.param(n, marks=pytest.mark.thorough) for n in NAMES]
)
SEEN = trained(QUICK, 90)
PINNED = Project(trained(QUICK, 200).record, 90).pinning(trained(RunConfig(), 3).record, 3, "=1+2")

_, HALF_WAY, SEEDS = snapshots_at((5, 40), range(5))
SMALL = MapPlan(RunConfig(), across_values=(0.5, 5), up_values=(2, 3), seeds=4, steps=40)
MAP = trained_snapshot(SMALL.plan)
HALF = trained_snapshot(SMALL.plan, (0, 3))
COMPARED = (
    Compared("networks", 24.0, 25),
    Compared("mean step", math.nan, 964),
    Compared("slope", -388.0500000000001),
)
READING = ExperimentResult("25 of 30", Match.MISS, "Misses", COMPARED)


def find_option(view: View, name: str) -> QAction:
    return next(option for option in view.options if option.objectName() == name)


def shown_view(qtbot: QtBot, name: str) -> Any:
    """Return a panel that shows a run, all of it at once, beside a pinned one; or the lab."""
    apply_theme(cast("QApplication", QApplication.instance()), LIGHT)
    view = shown(qtbot, registry.entry(name).kind(), 420, 300)
    view.apply_theme(LIGHT)
    if isinstance(view, SnapshotView):
        view.answer_at_once()
        view.show_project(PINNED)
        view.show_snapshot(SEEN)
    elif isinstance(view, LabMap):
        view.show_snapshot(MAP, SMALL)
    elif isinstance(view, LabView):
        view.show_snapshot(SEEDS)
    elif isinstance(view, LabRecipe):
        view._results[EXPERIMENTS[1].name] = READING
    settle_view(view)
    return view


def saved(view: View, kind: str, **look: Any) -> bytes:
    """Return a picture of a panel as the dialog saves it."""
    source = Source({"it": view}, lambda: SEEN, lambda: PINNED, LIGHT)
    return content(source, kind, "it", **look)


@EACH
def test_every_panel_offers_what_can_be_saved(qtbot: QtBot, name: str) -> None:
    view = shown_view(qtbot, name)
    requested: list[str] = []
    view.export_requested.connect(requested.append)
    *exports, copy = view.exports
    for export in exports:
        export.trigger()
    assert requested == [kind for kind in EXPORTS if view.has_table or kind not in OF_TABLES]
    assert [export.text() for export in exports] == [EXPORTS[kind][0] for kind in requested]
    assert [e.objectName() for e in exports] == [f"{name}_{kind}" for kind in requested]
    assert copy.text() == COPY_DESCRIPTION
    if view.is_empty:
        return
    image = QImage.fromData(saved(view, "png", dpi=192))
    assert image.size() == view.drawing().size() * 2
    assert image.text("Title").startswith(view.title)
    assert image.text("Description") == view.description() != view.explanation
    drawing = ET.fromstring(saved(view, "svg"))
    assert (drawing.findtext(f"{SVG}title") or "").startswith(view.title)
    assert drawing.findtext(f"{SVG}desc") == view.description()


PAPER: dict[str, Any] = {"size": Size(85, 60, "mm"), "dpi": 150}


@EACH
def test_a_picture_is_light_and_of_its_size_whatever_the_window_is_which_stays_as_it_was(
    qtbot: QtBot, qapp: QApplication, name: str
) -> None:
    view = shown_view(qtbot, name)
    apply_theme(qapp, DARK)
    view.apply_theme(DARK)
    settle_view(view)
    view.setFocusPolicy(Qt.FocusPolicy.NoFocus)
    (view.focusWidget() or view).clearFocus()  # what has the focus is framed on the screen alone
    if view.is_empty:
        with pytest.raises(FileError, match="is empty"):
            saved(view, "png")
        return
    before, place = image_of(view.drawing()), view.geometry()
    light, clear, dark = (
        QImage.fromData(saved(view, "png", **PAPER, background=background))
        for background in ("white", "transparent", "dark")
    )
    assert {light.size(), clear.size(), dark.size()} == {QSize(502, 354)}
    corner = light.width() - 1, light.height() - 1
    assert light.pixelColor(*corner).name() == LIGHT.panel.lower()
    assert dark.pixelColor(*corner).name() == DARK.panel.lower()
    bits = clear.convertToFormat(QImage.Format.Format_RGBA8888).constBits()
    is_clear = np.frombuffer(bits, np.uint8)[3::4] == 0
    assert is_clear.mean() > 0.7 * (rgb(light) == 255).all(axis=2).mean()  # but for cards
    svg = ET.fromstring(saved(view, "svg", **PAPER))
    assert (svg.get("width"), svg.get("height")) == ("85mm", "60mm")
    pdf = saved(view, "pdf", **PAPER)
    page = re.findall(rb"/MediaBox \[0 0 ([0-9.]+) ([0-9.]+) *\]", pdf)
    assert [[float(side) / 72 * 25.4 for side in sides] for sides in page] == [
        pytest.approx([85, 60], abs=1e-4)
    ]
    assert b"/FontFile" in pdf
    assert b"/ToUnicode" in pdf  # what makes text of it again
    assert view.geometry() == place
    qapp.processEvents()
    assert image_of(view.drawing()) == before
    apply_theme(qapp, LIGHT)
    view.apply_theme(LIGHT)
    assert QImage.fromData(saved(view, "png", **PAPER)) == light


@EACH
def test_every_panel_is_copied_as_it_looks_and_its_table_as_text(qtbot: QtBot, name: str) -> None:
    view, clipboard = shown_view(qtbot, name), QGuiApplication.clipboard()
    if view.is_empty:
        with pytest.raises(FileError, match="is empty"):
            copy_of(view, "copy_picture")
        return
    assert copy_of(view, "copy_picture") == f"Copied the picture of {view.title}."
    seen = image_of(view.drawing(), PictureOptions(dpi=288))
    assert clipboard.image().convertToFormat(seen.format()) == seen
    if view.has_table:
        assert copy_of(view, "copy_table") == f"Copied the table of {view.title}."
        cells = [line.split("\t") for line in clipboard.text().split("\n")]
        assert cells == list(csv.reader(io.StringIO(table_of(view))))


W, Y, TRACE = SEEN.weights, SEEN.outputs, SEEN.trace
TABLES: dict[str, tuple[str, int, list[Any]]] = {
    "truth_table": ("x1,x2,target,output,error", 2, [0, 1, 1, Y[2], Y[2] - 1]),
    "decision_surface": ("x2 by x1,-0.5,-0.45,-0.4,-0.35", 21, [0.5]),
    "loss_plot": (
        *("run,step,loss,gradient_norm", 91),
        ["this run", 90, SEEN.loss, TRACE.gradient_norms[90]],
    ),
    "outputs_plot": (
        *("step,y00,y01,y10,y11,gradient_norm", 91),
        [90, *Y[[1, 2, 0, 3]], TRACE.gradient_norms[90]],
    ),
    "weight_heatmap": ("weight,value", 21, ["b2", *flat(W)[-1:]]),
    "runs": ("name,width,rate,seed", 2, ["'=1+2", 3, 0.01, 1234, "sigmoid", "sse", "off"]),
    "units": ("unit,row 00,row 01,row 10,row 11,outgoing weight", 3, ["h3"]),
    "hidden_space": ("x1,x2,h1,h2,h3,h4,h5,output", 3, [1, 0]),
    "landscape": ("loss,", 1, []),
    "why": ("step,of,number,value", 1, [90, "00", "target", 0]),
    "step_explainer": ("stage,quantity,formula,numbers,value", 1, ["Inputs", "x1", "x1", 0, 0.0]),
}
"""The begin of the header; the number of a row, and the begin of that row."""


@pytest.mark.parametrize("name", TABLES)
def test_a_table_has_exact_numbers_under_its_header(qtbot: QtBot, name: str) -> None:
    begin, at, cells = TABLES[name]
    header, *table = table_of(shown_view(qtbot, name)).splitlines()
    assert header.startswith(begin)
    assert table[at - 1].startswith(",".join(str(cell) for cell in cells))
    assert {len(row) for row in csv.reader(table)} == {len(next(csv.reader([header])))}


PUBLISHED = """\
experiment,source,year,quantity,published,xorviz,mark
hinton-problems 2-2-1,"cybertronai/hinton-problems, xor",,networks,25,24,miss
hinton-problems 2-2-1,"cybertronai/hinton-problems, xor",,mean step,964,,miss
hinton-problems 2-2-1,"cybertronai/hinton-problems, xor",,slope,,-388.0500000000001,miss
"""

OF_LAB: dict[str, Callable[[], str]] = {
    "lab_recipe": lambda: PUBLISHED,
    "lab_seeds": lambda: networks_csv(SEEDS),
    "lab_map": lambda: recipes_csv(MAP),
    "lab_gallery": lambda: networks_csv(SEEDS),
}


@pytest.mark.parametrize("name", OF_LAB)
def test_a_panel_of_the_lab_saves_the_table_of_what_it_shows(qtbot: QtBot, name: str) -> None:
    assert table_of(shown_view(qtbot, name)) == OF_LAB[name]()


def test_every_panel_with_a_table_is_tested() -> None:
    of_runs = [name for name in NAMES if name not in OF_LAB]
    assert {name for name in of_runs if registry.entry(name).kind().has_table} == set(TABLES)


def test_tables_show_what_the_panel_shows(qtbot: QtBot) -> None:
    surface = table_of(shown_view(qtbot, "decision_surface"))
    cells = list(csv.reader(io.StringIO(surface)))
    corners = [[float(cells[11 + 20 * x2][11 + 20 * x1]) for x1 in (0, 1)] for x2 in (0, 1)]
    np.testing.assert_allclose(np.ravel(corners), Y[[1, 0, 2, 3]], rtol=1e-12)
    losses = shown_view(qtbot, "loss_plot")
    losses.show_snapshot(replace(SEEN, beside=trained(QUICK, 7)))
    rows = table_of(losses).splitlines()[1:]
    assert Counter(row.partition(",")[0] for row in rows) == {
        "A": 91, "B": 8, "'=1+2": 4
    }  # fmt: skip
    weights = shown_view(qtbot, "weight_heatmap")
    find_option(weights, "gradients").trigger()
    last = table_of(weights).splitlines()[::21]
    assert last == ["weight,gradient", f"b2,{flat(SEEN.gradient)[-1]}"]


@pytest.mark.qt_log_ignore("does not support grabbing the keyboard", extend=True)
def test_a_panel_saves_from_its_own_menu(qtbot: QtBot, open_window: Open, tmp_path: Path) -> None:
    window = open_window(QUICK)
    window.session.step(3)
    settle(qtbot, window)
    view = find(window, View, "weight_heatmap")
    for path in (tmp_path / "nowhere" / "it.csv", tmp_path / "it.csv"):
        at = view.rect().center()
        event = QContextMenuEvent(QContextMenuEvent.Reason.Mouse, at, view.mapToGlobal(at))
        QApplication.sendEvent(view, event)
        menu = window._desk["weight_heatmap"].menu
        assert menu.isVisible()
        next(a for a in menu.actions() if a.text() == EXPORTS["csv"][0]).trigger()
        menu.close()
        dialog = find(window, QFileDialog, "save_dialog")
        assert Path(dialog.selectedFiles()[0]).name == "xorviz-weight-heatmap.csv"
        window.session.step(1)  # meanwhile
        settle(qtbot, window)
        dialog.fileSelected.emit(str(path))
        dialog.reject()
        qtbot.waitUntil(lambda: not window.findChildren(QFileDialog))
        told = {True: "Saved it.csv.", False: "Could not save it.csv: The folder does not exist."}
        assert text(window, "status_message") == told[path.exists()]
    step_4 = flat(trained(QUICK, 4).weights).tolist()
    assert [float(row.split(",")[1]) for row in path.read_text().splitlines()[1:]] == step_4


# The lab.


@pytest.mark.parametrize("name", ["lab_recipe", "lab_map", "lab_seeds", "lab_gallery"])
def test_an_empty_panel_saves_nothing_and_one_without_results_no_table(
    qtbot: QtBot, name: str
) -> None:
    view = shown(qtbot, registry.entry(name).kind(), 420, 300)
    if name != "lab_recipe":
        for kind in ("png", "svg", "pdf"):
            with pytest.raises(FileError, match="is empty"):
                saved(view, kind)
        with pytest.raises(FileError, match="is empty"):
            table_of(view)
        of_map = (LabResults(SMALL.plan).snapshot(), SMALL) if name == "lab_map" else ()
        view.show_snapshot(*(of_map or (HALF_WAY,)))
    told = "published experiment" if name == "lab_recipe" else "network has finished yet"
    with pytest.raises(FileError, match=rf"^No {told}"):
        table_of(view)
    assert saved(view, "png")


@pytest.mark.parametrize("name", ["lab_recipe", "lab_map", "lab_seeds", "lab_gallery"])
def test_results_that_are_not_drawn_yet_are_saved(
    qtbot: QtBot, monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    monkeypatch.setattr(View, "is_seen", property(lambda _: False))
    view = shown_view(qtbot, name)
    assert min(len(saved(view, kind)) for kind in ("png", "svg")) > 1000


def test_the_seeds_of_a_cell_are_saved_alone(qtbot: QtBot) -> None:
    seeds = shown_view(qtbot, "lab_seeds")
    seeds.show_snapshot(MAP, 2)
    rows = list(csv.DictReader(io.StringIO(table_of(seeds))))
    assert [(r["width"], r["rate"], r["seed"]) for r in rows] == [("3", "0.5", s) for s in "0123"]
    seeds.show_snapshot(HALF, 1)
    with pytest.raises(FileError, match="No network has finished yet"):
        table_of(seeds)
    seeds.show_snapshot(HALF, 3)
    assert table_of(seeds).count("\n") == 5


@pytest.mark.parametrize("theme", some([LIGHT, DARK], 1), ids=lambda t: t.name)
def test_the_drawing_of_a_map_shows_the_map_drawn_in_the_theme_and_no_cursor(
    qtbot: QtBot, qapp: QApplication, theme: Theme
) -> None:
    view = shown_view(qtbot, "lab_map")
    apply_theme(qapp, theme)
    view.apply_theme(theme)
    look = {"background": "dark" if theme is DARK else "white"}
    svg, before = saved(view, "svg", **look), saved(view, "png", **look)
    assert b"<image" not in svg
    found = list(ET.fromstring(svg).iter(f"{SVG}text"))
    assert [t.get("fill", "").upper() for t in found[:2]] == [theme.text, theme.quiet]
    texts = ["".join(text.itertext()).strip() for text in found]
    assert texts[0] == "Success map: width × rate"
    assert texts[1].startswith(f"{COUNTED} ·")
    assert {"rate", "width", "0.5"} < set(texts)
    assert not [text for text in texts[2:] if "seeds" in text or "Run" in text]
    assert is_near(QImage.fromData(before).pixelColor(2, 2), theme.panel)
    view.show_base(SMALL.run((1, 1)))
    child(view, MapPicture).grid.mark((0, 1))
    assert saved(view, "png", **look) == before
    find_option(view, "map_medians").trigger()
    assert "Success map: width × rate" in saved(view, "svg", **look).decode()


COUNTED = "share correct · + some still learning · 4 seeds, 40 steps"


@pytest.mark.parametrize(
    ("snapshot", "parts"),
    [
        (HALF, f"50 % done · {COUNTED} · Σ(t−y)²"),
        (replace(HALF, is_over=True), f"cancelled at 50 % · {COUNTED} · "),
        (MAP, f"{COUNTED} · Σ(t−y)²"),
    ],
)
def test_the_heading_of_a_map_has_its_progress_and_the_settings_off_its_axes(
    snapshot: LabSnapshot, parts: str
) -> None:
    words = MapLook.of_shares(SMALL.cells(snapshot)).heading(snapshot)[1]
    assert words.replace("\u00a0", " ").startswith(parts)
    assert not [word for word in words.split(" · ") if word.startswith(("rate", "width"))]
    almost = replace(LabResults(SMALL.plan).snapshot(), done=np.arange(16) > 0)
    assert "93" in MapLook.of_shares(SMALL.cells(almost)).heading(almost)[1]
