"""Exported tables and pictures of the lab's panels."""

import base64
import csv
import io
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from pathlib import Path
from xml.etree import ElementTree as ET

import numpy as np
import pytest
from PySide6.QtCore import QEvent, QObject
from PySide6.QtGui import QAction, QImage
from PySide6.QtWidgets import QApplication, QFileDialog
from pytestqt.qtbot import QtBot

from tests.support.cases import some
from tests.support.lab import snapshots_at, trained_snapshot
from tests.support.screen import child, is_near, shown
from xorviz.core.config import RunConfig
from xorviz.files.exports.pictures import image_of, rgb
from xorviz.files.lab.csv import networks_csv, recipes_csv
from xorviz.lab.plan import LabPlan
from xorviz.lab.results.lab_results import LabResults, LabSnapshot
from xorviz.lab.results.map import MapPlan
from xorviz.lab.results.published import EXPERIMENTS, published_csv
from xorviz.lab.results.published_readings import Compared, ExperimentResult, Match
from xorviz.panels import registry
from xorviz.panels.base.lab_view import LabPanel
from xorviz.panels.base.view import View
from xorviz.panels.lab.gallery.lab_gallery import LabGallery
from xorviz.panels.lab.map.canvas import MapCanvas
from xorviz.panels.lab.map.lab_map import LabMap
from xorviz.panels.lab.map.look import heading_of
from xorviz.panels.lab.published.lab_published import LabPublished
from xorviz.panels.lab.recipe import LabRecipe
from xorviz.panels.lab.seeds.lab_seeds import LabSeeds
from xorviz.ui.table.table import Table
from xorviz.ui.theme.palette import DARK, LIGHT, Theme
from xorviz.ui.theme.style import apply_theme
from xorviz.window.lab.exports import LabExports, LabViews

SVG, HREF = "{http://www.w3.org/2000/svg}", "{http://www.w3.org/1999/xlink}href"
_, HALF_WAY, SEEDS = snapshots_at((5, 40), range(5))
SOME = replace(SEEDS, done=np.arange(5) < 3)
SMALL = MapPlan(RunConfig(), across_values=(0.5, 5), up_values=(2, 3), seeds=4, steps=40)
MAP = trained_snapshot(SMALL.plan)
HALF = trained_snapshot(SMALL.plan, [0, 3])
READING = ExperimentResult("25 of 30", Match.MISS, "Misses", (Compared("networks", 24, 25),))
USUAL = "Σ(t−y)² · no biases · U(−1, 1)"
PANELS = ("seeds", "gallery", "map", "published")
VIEWS = PANELS[:3]
KINDS = ("csv", "png", "svg")


@dataclass
class Harness:
    """The panels of the lab, one window each, and the messages about their files."""

    views: LabViews
    folder: Path
    parent: QObject = field(default_factory=QObject)
    refused: list[str] = field(default_factory=list)
    noticed: list[str] = field(default_factory=list)

    def listen(self) -> None:
        exports = LabExports(self.views, self.parent)
        exports.refused.connect(self.refused.append)
        exports.noticed.connect(self.noticed.append)

    def fill(self) -> None:
        self.views.seeds.show_snapshot(SEEDS)
        self.views.gallery.show_snapshot(SEEDS)
        self.views.map.show_map(SMALL, MAP)
        self.views.published.show_result(EXPERIMENTS[1].name, READING)

    def panel(self, name: str) -> LabPanel:
        panel = getattr(self.views, name)
        assert isinstance(panel, LabPanel)
        return panel

    def option(self, name: str) -> QAction:
        return next(a for view in self.views.panels for a in view.options if a.objectName() == name)

    def ask(self, name: str, kind: str) -> QFileDialog:
        self.panel(name).export_requested.emit(kind)
        (dialog,) = self.panel(name).findChildren(QFileDialog, "save_dialog")
        return dialog

    def answer(self, dialog: QFileDialog, path: Path) -> Path:
        dialog.fileSelected.emit(str(path))
        dialog.reject()
        QApplication.sendPostedEvents(dialog, QEvent.Type.DeferredDelete)
        return path

    def save(self, name: str, kind: str) -> bytes:
        return self.answer(self.ask(name, kind), self.folder / f"it.{kind}").read_bytes()

    def texts(self, name: str) -> list[str]:
        """Return the texts of a panel's drawing."""
        root = ET.fromstring(self.save(name, "svg"))
        return ["".join(text.itertext()).strip() for text in root.iter(f"{SVG}text")]

    def refusal(self, name: str, kind: str) -> str:
        """Return the message of a refused export."""
        self.panel(name).export_requested.emit(kind)
        assert not self.panel(name).findChildren(QFileDialog)
        assert not list(self.folder.iterdir())
        return self.refused[-1]


@pytest.fixture
def harness(qtbot: QtBot, tmp_path: Path) -> Harness:
    views = LabViews(LabRecipe(), LabSeeds(), LabMap(), LabGallery(), LabPublished())
    qtbot.addWidget(views.recipe)
    for panel in views.panels:
        shown(qtbot, panel, 420, 300)
    harness = Harness(views, tmp_path)
    harness.listen()
    return harness


TABLES: dict[str, Callable[[], str]] = {
    "seeds": lambda: networks_csv(SEEDS),
    "gallery": lambda: networks_csv(SEEDS),
    "map": lambda: recipes_csv(MAP),
    "published": lambda: published_csv({EXPERIMENTS[1].name: READING}),
}


@pytest.mark.parametrize("name", PANELS)
def test_each_panel_exports_its_table(harness: Harness, name: str) -> None:
    harness.fill()
    assert harness.save(name, "csv").decode() == TABLES[name]()
    assert (harness.noticed, harness.refused) == (["Saved it.csv"], [])


@pytest.mark.thorough
def test_the_seeds_of_a_cell_export_only_that_cell(harness: Harness) -> None:
    harness.views.seeds.show_snapshot(MAP, 2)
    rows = list(csv.DictReader(io.StringIO(harness.save("seeds", "csv").decode())))
    assert [(r["width"], r["rate"], r["seed"]) for r in rows] == [("3", "0.5", s) for s in "0123"]


@pytest.mark.parametrize("name", some(PANELS, 1))
def test_a_picture_has_twice_the_screen_resolution(harness: Harness, name: str) -> None:
    harness.fill()
    image = QImage.fromData(harness.save(name, "png"))
    assert image.size() == harness.panel(name).drawing().size() * 2
    assert harness.noticed == ["Saved it.png"]


@pytest.mark.parametrize("name", some(PANELS, 1))
def test_a_drawing_has_a_title(harness: Harness, name: str) -> None:
    harness.fill()
    drawing = harness.save(name, "svg").decode()
    assert f"<title>{harness.panel(name).title}" in drawing
    assert "<text" in drawing
    assert harness.noticed == ["Saved it.svg"]


@pytest.mark.thorough
def test_the_drawing_of_a_map_shows_the_map_drawn(harness: Harness) -> None:
    harness.fill()
    assert harness.views.map.wanted.seeds == 200
    texts = harness.texts("map")
    assert texts[0] == "How often: % right, width × learning rate"
    assert texts[1].startswith("4 seeds · 40 steps ·")
    assert {"learning rate", "width", "0.5", "100 %"} < set(texts)
    assert not [text for text in texts[2:] if "seeds" in text or "Run" in text]
    harness.option("map_medians").trigger()
    assert harness.texts("map")[0] == "How soon: median step right, width × learning rate"


@pytest.mark.thorough
def test_pictures_of_a_map_have_no_cursor(harness: Harness) -> None:
    harness.fill()
    assert b"<image" not in harness.save("map", "svg")
    before = harness.save("map", "png")
    harness.views.map.show_base(SMALL.config((0, 1, 1)))
    child(harness.views.map, MapCanvas).mark((0, 0, 1))
    assert harness.save("map", "png") == before


@pytest.mark.parametrize("theme", some([LIGHT, DARK], 1), ids=lambda t: t.name)
def test_the_heading_of_a_map_has_the_colours_of_the_theme(
    harness: Harness, qapp: QApplication, theme: Theme
) -> None:
    apply_theme(qapp, theme)
    harness.views.map.apply_theme(theme)
    harness.fill()
    image = QImage.fromData(harness.save("map", "png"))
    assert is_near(image.pixelColor(2, 2), theme.panel)
    root = ET.fromstring(harness.save("map", "svg"))
    title, words, *_ = root.iter(f"{SVG}text")
    assert [t.get("fill", "").upper() for t in (title, words)] == [theme.text, theme.quiet]
    canvas = child(harness.views.map, MapCanvas)
    high, margin = 2 * canvas.height(), 16
    assert 0 < float(title.get("y", "")) < float(words.get("y", "")) < (image.height() - high) / 2
    below = rgb(image)[-high - margin : -margin, margin:-margin]
    assert (below == rgb(image_of(canvas, 2))).mean() > 0.99


@pytest.mark.parametrize(
    ("plan", "snapshot", "words"),
    some(
        [
            (SMALL, HALF, f"4 seeds · 40 steps · 50 % done · {USUAL}"),
            (
                SMALL,
                replace(HALF, is_over=True),
                f"4 seeds · 40 steps · cancelled at 50 % · {USUAL}",
            ),
            (
                *(replace(SMALL, base=RunConfig(loss="mse", momentum=0.9), with_biases=True), MAP),
                "4 seeds · 40 steps · ¼Σ(t−y)² · momentum 0.9 · U(−1, 1)",
            ),
            (
                *(MapPlan(RunConfig(init="equal"), "init_range", "rate", 1, 1), MAP),
                "1 seed · 1 step · width 3 · Σ(t−y)² · no biases · start equal",
            ),
            (
                *(MapPlan(RunConfig(init_range=2), "biases", "init", 1, 1), MAP),
                "1 seed · 1 step · width 3 · rate 0.01 · Σ(t−y)² · init range 2",
            ),
        ],
        3,
    ),
)
def test_the_heading_of_a_map_lists_settings_and_progress(
    plan: MapPlan, snapshot: LabSnapshot, words: str
) -> None:
    assert heading_of(plan, snapshot, of_medians=False)[1].replace("\u00a0", " ") == words


@pytest.mark.thorough
def test_an_unfinished_map_is_at_most_99_percent_done(harness: Harness) -> None:
    plan = replace(SMALL, seeds=500)
    almost = replace(LabResults(plan.plan).snapshot(), done=np.arange(2000) > 0)
    assert "99\u00a0% done" in heading_of(plan, almost, of_medians=False)[1]
    told: list[str] = []
    harness.views.map.readout_changed.connect(told.append)
    harness.views.map.set_running(True)
    harness.views.map.show_map(plan, almost)
    assert told[-1].startswith("99 % done")


@pytest.mark.thorough
@pytest.mark.parametrize("theme", some([LIGHT, DARK], 1), ids=lambda t: t.name)
def test_a_scrolled_table_is_a_sharp_picture_in_a_drawing(
    harness: Harness, qapp: QApplication, theme: Theme
) -> None:
    apply_theme(qapp, theme)
    view = harness.views.seeds
    view.apply_theme(theme)
    view.show_snapshot(trained_snapshot(LabPlan((RunConfig(rate=0.5),), range(40), 300)))
    harness.option("seed_table_shown").trigger()
    table = child(view, Table)
    assert table.verticalScrollBar().maximum() > 0
    assert table.horizontalScrollBar().maximum() > 0
    (image,) = ET.fromstring(harness.save("seeds", "svg")).iter(f"{SVG}image")
    assert (image.get("width"), image.get("height")) == (str(table.width()), str(table.height()))
    seen = QImage.fromData(base64.b64decode(image.attrib[HREF].partition(",")[2]))
    assert (rgb(seen) == rgb(image_of(table, 2))).all()
    assert not {"outcome", "first learned", "learned", "39"} & set(harness.texts("seeds"))


@pytest.mark.parametrize("kind", some(KINDS, 1))
@pytest.mark.parametrize("name", some(VIEWS, 1))
def test_an_empty_panel_exports_nothing(harness: Harness, name: str, kind: str) -> None:
    title = harness.panel(name).title
    assert harness.refusal(name, kind) == f"There is nothing in the panel {title} yet."


@pytest.mark.parametrize("name", some(VIEWS, 1))
def test_before_a_network_is_done_only_pictures_are_exported(harness: Harness, name: str) -> None:
    harness.views.seeds.show_snapshot(HALF_WAY)
    harness.views.gallery.show_snapshot(HALF_WAY)
    harness.views.map.show_map(SMALL, LabResults(SMALL.plan).snapshot())
    assert harness.refusal(name, "csv") == "No network is done yet."
    assert harness.save(name, "png")


@pytest.mark.parametrize("kind", ["png", "svg"])
def test_every_panel_of_the_lab_exports_in_any_state(
    harness: Harness, monkeypatch: pytest.MonkeyPatch, kind: str
) -> None:
    """Before there is anything to see, and with results that are not drawn yet."""
    names = [e.name.removeprefix("lab_") for e in registry.PANELS if ".lab." in e.path]
    panels = [harness.panel(name) for name in names if name != "recipe"]
    assert set(panels) == set(harness.views.panels)
    monkeypatch.setattr(View, "is_seen", property(lambda _: False))
    for panel in harness.views.panels:
        if panel.is_empty:
            name = panel.objectName().removeprefix("lab_")
            assert "nothing in the panel" in harness.refusal(name, kind)
    harness.fill()
    for panel in harness.views.panels:
        assert len(harness.save(panel.objectName().removeprefix("lab_"), kind)) > 1000
    for show in (harness.views.seeds, harness.views.map, harness.views.gallery):
        show.show_snapshot(None)
        assert show.is_empty
        assert show.drawing() is show


@pytest.mark.thorough
def test_networks_of_other_cells_do_not_count(harness: Harness) -> None:
    harness.views.seeds.show_snapshot(HALF, 1)
    assert harness.refusal("seeds", "csv") == "No network is done yet."
    harness.views.seeds.show_snapshot(HALF, 3)
    assert harness.save("seeds", "csv").count(b"\n") == 5


@pytest.mark.thorough
def test_before_an_experiment_is_done_only_pictures_are_exported(harness: Harness) -> None:
    assert harness.refusal("published", "csv") == "No experiment is done yet."
    assert harness.save("published", "png")


def test_the_content_is_made_before_the_path_is_asked_for(harness: Harness) -> None:
    harness.views.seeds.show_snapshot(SOME)
    dialog = harness.ask("seeds", "csv")
    harness.views.seeds.show_snapshot(SEEDS)
    path = harness.answer(dialog, harness.folder / "early.csv")
    assert path.read_text() == networks_csv(SOME) != networks_csv(SEEDS)


@pytest.mark.parametrize("kind", some(KINDS, 1))
def test_the_name_has_the_panel_and_the_folder_is_the_last_one(harness: Harness, kind: str) -> None:
    harness.fill()
    assert harness.ask("map", kind).directory().path() == str(Path.home())
    harness.save("published", kind)
    dialog = harness.ask("seeds", kind)
    assert dialog.selectedFiles() == [str(harness.folder / f"xorviz-lab-seeds.{kind}")]


def test_a_missing_folder_is_reported(harness: Harness) -> None:
    harness.fill()
    harness.answer(harness.ask("seeds", "csv"), harness.folder / "nowhere" / "it.csv")
    assert harness.refused == ["it.csv is not saved: The folder is not there."]
    assert harness.noticed == []
    assert harness.save("seeds", "csv").decode() == networks_csv(SEEDS)
