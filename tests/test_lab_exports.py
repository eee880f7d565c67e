"""What the panels of the lab leave as files: tables, pictures, and why there is none."""

from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

import pytest
from PySide6.QtCore import QEvent, QObject
from PySide6.QtGui import QAction, QImage
from PySide6.QtWidgets import QApplication, QFileDialog
from pytestqt.qtbot import QtBot

from tests.gallery_pictures import on_the_way
from tests.lab_pictures import picture_of
from tests.screen import shown
from xorviz.core.config import RunConfig
from xorviz.core.lab_map import MapPlan
from xorviz.core.published import EXPERIMENTS, published_csv
from xorviz.core.published_readings import Compared, Mark, Reading
from xorviz.files.lab_csv import networks_csv, recipes_csv
from xorviz.lab_exports import LabExports
from xorviz.lab_views import LabViews
from xorviz.views.lab_view import LabPanel

_, HALF_WAY, SEEDS = on_the_way((5, 40), range(5))
SMALL = MapPlan(RunConfig(), across_values=(0.5, 5), up_values=(2, 3), seeds=4, steps=40)
MAP = picture_of(SMALL.plan)
READING = Reading("25 of 30", Mark.MISS, "Misses", (Compared("networks", 24, 25),))
PANELS = ("seeds", "gallery", "map", "published")


@dataclass
class Bench:
    """The panels of a lab on the screen, one window each, and what is said of their files."""

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
        self.views.seeds.show_picture(SEEDS)
        self.views.gallery.show_picture(SEEDS)
        self.views.map.show_map(SMALL, MAP)
        self.views.published.show_reading(EXPERIMENTS[1].name, READING)

    def panel(self, name: str) -> LabPanel:
        panel = getattr(self.views, name)
        assert isinstance(panel, LabPanel)
        return panel

    def ask(self, name: str, kind: str) -> QFileDialog:
        panel = self.panel(name)
        panel.export_wanted.emit(kind)
        (dialog,) = panel.findChildren(QFileDialog, "lab_save_dialog")
        return dialog

    def answer(self, dialog: QFileDialog, path: Path) -> Path:
        dialog.fileSelected.emit(str(path))
        dialog.reject()
        QApplication.sendPostedEvents(dialog, QEvent.Type.DeferredDelete)
        return path

    def save(self, name: str, kind: str) -> bytes:
        path = self.folder / f"it.{kind}"
        return self.answer(self.ask(name, kind), path).read_bytes()


@pytest.fixture
def bench(qtbot: QtBot, tmp_path: Path) -> Bench:
    views = LabViews(QAction("Run"), QAction("Cancel"))
    qtbot.addWidget(views.recipe)
    for panel in views.panels:
        shown(qtbot, panel, 420, 300)
    bench = Bench(views, tmp_path)
    bench.listen()
    return bench


TABLES: dict[str, Callable[[], str]] = {
    "seeds": lambda: networks_csv(SEEDS),
    "gallery": lambda: networks_csv(SEEDS),
    "map": lambda: recipes_csv(MAP),
    "published": lambda: published_csv({EXPERIMENTS[1].name: READING}),
}


@pytest.mark.parametrize("name", PANELS)
def test_a_table_is_that_of_its_panel(bench: Bench, name: str) -> None:
    bench.fill()
    assert bench.save(name, "csv").decode() == TABLES[name]()
    assert (bench.noticed, bench.refused) == (["Saved it.csv"], [])


@pytest.mark.parametrize("name", PANELS)
def test_a_picture_has_four_pixels_for_each_of_the_screen(bench: Bench, name: str) -> None:
    bench.fill()
    image = QImage.fromData(bench.save(name, "png"))
    assert image.size() == bench.panel(name).size() * 2
    assert bench.noticed == ["Saved it.png"]


@pytest.mark.parametrize("name", PANELS)
def test_a_drawing_says_what_it_is(bench: Bench, name: str) -> None:
    bench.fill()
    drawing = bench.save(name, "svg").decode()
    assert f"<title>{bench.panel(name).title}</title>" in drawing
    assert "<text" in drawing
    assert bench.noticed == ["Saved it.svg"]


@pytest.mark.parametrize("name", ["seeds", "gallery", "map"])
def test_where_nothing_is_shown_yet_there_is_no_table(bench: Bench, name: str) -> None:
    panel = bench.panel(name)
    panel.export_wanted.emit("csv")
    assert bench.refused == [f"There is nothing in the panel {panel.title} yet."]
    assert not panel.findChildren(QFileDialog)


def test_before_any_experiment_the_table_has_its_head(bench: Bench) -> None:
    (line,) = bench.save("published", "csv").decode().splitlines()
    assert line.startswith("experiment,source,year")


def test_a_file_holds_what_was_shown_when_it_was_wanted(bench: Bench) -> None:
    bench.views.seeds.show_picture(HALF_WAY)
    dialog = bench.ask("seeds", "csv")
    bench.views.seeds.show_picture(SEEDS)
    path = bench.answer(dialog, bench.folder / "early.csv")
    assert path.read_text() == networks_csv(HALF_WAY) != networks_csv(SEEDS)


@pytest.mark.parametrize("kind", ["csv", "png", "svg"])
def test_the_name_says_what_it_is_and_the_folder_is_the_last_one(bench: Bench, kind: str) -> None:
    bench.fill()
    assert bench.ask("map", kind).directory().path() == str(Path.home())
    bench.save("published", kind)
    dialog = bench.ask("seeds", kind)
    assert dialog.selectedFiles() == [str(bench.folder / f"xorviz-lab-seeds.{kind}")]


def test_a_folder_that_is_not_there_is_said_and_the_next_one_tried(bench: Bench) -> None:
    bench.fill()
    bench.answer(bench.ask("seeds", "csv"), bench.folder / "nowhere" / "it.csv")
    assert bench.refused == ["it.csv: The folder is not there."]
    assert bench.noticed == []
    assert bench.save("seeds", "csv").decode() == networks_csv(SEEDS)
