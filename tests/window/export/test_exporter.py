"""The kinds of files that can be exported, their names and their contents."""

import io
import json
import sys
from collections.abc import Iterator
from dataclasses import replace

import numpy as np
import pytest
from PySide6.QtGui import QGuiApplication, QImage
from PySide6.QtWidgets import QWidget
from pytestqt.qtbot import QtBot

from tests.support.cases import some
from tests.support.screen import is_near, shown
from tests.support.snapshots import QUICK
from tests.support.watched import watched_record
from xorviz.core.runs.project import Project, continued
from xorviz.core.runs.recording import Recording
from xorviz.core.runs.snapshot import Snapshot
from xorviz.core.runs.watched import run_of
from xorviz.core.settings import RunConfig
from xorviz.files import FileError
from xorviz.panels.base.view import View
from xorviz.panels.learn.truth_table import TruthTable
from xorviz.panels.learn.weight_heatmap import WeightHeatmap
from xorviz.ui.draw.cell_grid import CellGrid
from xorviz.ui.theme.palette import DARK, LIGHT
from xorviz.ui.theme.style import apply_theme
from xorviz.window.export.exporter import WINDOW, Source, suggested_name

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


def content(source: Source, suffix: str, view: str = "truth_table", scale: int = 1) -> bytes:
    return source.content(suffix, view, scale)


def of(config: RunConfig, step: int = 60_000) -> Snapshot:
    seen = Recording(config).snapshot()
    return replace(seen, step=step, record=replace(seen.record, newest=70_000))


@pytest.mark.parametrize(
    ("config", "name"),
    some(
        [
            (RunConfig(), "xor-width3-rate0.01-seed1234-step60000.png"),
            (RunConfig(rate=1e-7, width=64), "xor-width64-rate1e-07-seed1234-step60000.png"),
            (RunConfig(targets=(0, 0, 0, 1)), "and-width3-rate0.01-seed1234-step60000.png"),
            (
                RunConfig(targets=(1, 0, 0, 0)),
                "x1-and-not-x2-width3-rate0.01-seed1234-step60000.png",
            ),
            (RunConfig(targets=(0, 0, 0, 0)), "never-width3-rate0.01-seed1234-step60000.png"),
        ],
        2,
    ),
)
def test_the_suggested_name_has_function_settings_and_step(config: RunConfig, name: str) -> None:
    assert suggested_name(of(config), "png") == name


def test_a_file_of_a_watched_run_is_named_by_the_run() -> None:
    for name, part in (("my network/2: tanh", "my-network-2-tanh"), ("Ñ", "watched")):
        snapshot = run_of(watched_record(steps=(0, 30, 50), name=name)).state_at(30)
        assert suggested_name(snapshot, "json") == f"xor-{part}-step30.json"
        assert suggested_name(snapshot, "csv") == f"xor-{part}-step50.csv"


def test_a_file_of_a_run_from_given_weights_names_no_seed() -> None:
    snapshot = Recording(continued(watched_record(steps=(0, 9)), 9)).snapshot()
    assert suggested_name(snapshot, "json") == "xor-width2-rate0.7-given-step0.json"


def test_files_of_the_whole_run_are_named_by_the_newest_step() -> None:
    assert suggested_name(of(RunConfig()), "csv").endswith("-step70000.csv")
    assert suggested_name(of(RunConfig()), "gif").endswith("-step70000.gif")
    assert suggested_name(of(RunConfig()), "npz").endswith("-step60000.npz")


def test_csv_holds_the_loss_of_the_whole_run(source: Source, recording: Recording) -> None:
    first, *rows = content(source, "csv").decode().splitlines()
    assert first.split(",")[0] == "step"
    assert rows[-1].split(",")[:2] == ["400", repr(recording.snapshot().loss)]


def test_npz_and_json_hold_the_weights_shown(source: Source, recording: Recording) -> None:
    expected = recording.state_at(PAST).weights.w1
    with np.load(io.BytesIO(content(source, "npz"))) as arrays:
        assert arrays["w1"].tobytes() == expected.tobytes()
    assert json.loads(content(source, "json"))["weights"]["w1"] == expected.tolist()


def test_a_visible_view_is_drawn_as_it_is(source: Source) -> None:
    image = QImage.fromData(content(source, "png", scale=3))
    assert (image.width(), image.height()) == (900, 600)


def test_a_hidden_view_is_drawn_off_screen(source: Source) -> None:
    svg = content(source, "svg", "weight_heatmap").decode()
    assert f"step {PAST}" in svg
    assert ">h5<" in svg.replace("\n", "")
    assert not source.views["weight_heatmap"].isVisible()


def test_the_file_says_in_words_what_the_view_shows(source: Source) -> None:
    for name, view in source.views.items():
        if isinstance(view, View):
            image = QImage.fromData(content(source, "png", name))
            assert image.text("Description") == view.description()
            assert f"At step {PAST}" in image.text("Description")


@pytest.mark.thorough
def test_a_hidden_view_has_the_theme_of_the_window(source: Source, qapp: object) -> None:
    apply_theme(qapp, DARK)  # type: ignore[arg-type]
    source.theme = DARK
    image = QImage.fromData(content(source, "png", "weight_heatmap"))
    assert is_near(image.pixelColor(0, 0), DARK.ground, 0)


def test_pictures_are_copied_as_they_are_saved(source: Source) -> None:
    source.copy("png", "truth_table", 2)
    assert QGuiApplication.clipboard().image().width() == 600
    source.copy("svg", "truth_table", 1)
    data = QGuiApplication.clipboard().mimeData().data("image/svg+xml").data()
    assert data == content(source, "svg")


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
