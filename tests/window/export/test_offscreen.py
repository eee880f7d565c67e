"""Views off screen: pictures and animations of any step of a run."""

import io
import os
import subprocess
import sys
from pathlib import Path
from xml.etree import ElementTree as ET

import numpy as np
import pytest
from PIL import Image
from PySide6.QtCore import QByteArray, QSize, Qt
from PySide6.QtGui import QImage
from PySide6.QtWidgets import QApplication, QLabel, QTextBrowser, QWidget
from pytestqt.qtbot import QtBot
from shiboken6 import isValid

from tests.support.screen import child, is_near
from tests.support.snapshots import QUICK, trained
from xorviz.core.runs.project import Project
from xorviz.core.runs.recording import Recording
from xorviz.files.exports.pictures import rgb
from xorviz.panels import registry
from xorviz.panels.base.snapshot_view import SnapshotView
from xorviz.panels.learn.surface.decision_surface import DecisionSurface
from xorviz.ui.theme.palette import DARK, LIGHT, Theme
from xorviz.ui.theme.style import apply_theme
from xorviz.window.export.offscreen import (
    OffscreenRenderer,
    render_gif,
    render_png,
    render_svg,
)

VIEWS = [entry.name for entry in registry.pictured()]
SVG = "{http://www.w3.org/2000/svg}"


def project() -> Project:
    recording = Recording(QUICK)
    recording.advance(400)
    return Project(recording.record(), 400)


def read(png: bytes) -> QImage:
    return QImage.fromData(QByteArray(png))


def texts(svg: bytes) -> list[str]:
    return ["".join(e.itertext()).strip() for e in ET.fromstring(svg).iter(f"{SVG}text")]


@pytest.mark.parametrize("name", VIEWS)
def test_a_view_is_drawn_without_being_seen(qtbot: QtBot, name: str) -> None:
    before = trained(QUICK, 90), trained(QUICK, 400)
    with OffscreenRenderer([name]) as stage:
        pictures = []
        for snapshot in before:
            stage.show(snapshot)
            pictures.append(rgb(stage.image()))
        view = child(stage.widget, SnapshotView, name)
        assert view.isVisible()
        assert not stage.widget.windowHandle().isExposed()
    assert pictures[0].shape == pictures[1].shape
    assert (pictures[0] != pictures[1]).any()


def test_it_says_which_run_and_step_it_shows(qtbot: QtBot) -> None:
    with OffscreenRenderer(["truth_table"]) as stage:
        stage.show(trained(QUICK, 90))
        words = {label.text() for label in stage.widget.findChildren(QLabel)}
        assert {"width 5, rate 1, seed 1234", "step 90, loss 0.3819"} <= words
        assert {"Truth table", "4 of 4 right"} <= words
        root = ET.fromstring(stage.svg())
        assert root.findtext(f"{SVG}title") == (
            "xorviz: width 5, rate 1, seed 1234, step 90, loss 0.3819"
        )


def test_the_first_picture_is_as_good_as_a_later_one(qtbot: QtBot) -> None:
    with OffscreenRenderer(VIEWS) as stage:
        stage.show(trained(QUICK, 400))
        first = rgb(stage.image())
        for _ in range(3):
            QApplication.processEvents()
            stage.show(trained(QUICK, 400))
            assert (rgb(stage.image()) == first).all()


def test_all_pictures_are_of_one_size(qtbot: QtBot) -> None:
    for name in VIEWS:
        with OffscreenRenderer([name]) as stage:
            sizes = set()
            for width, steps in ((1, 0), (64, 70_000), (3, 5)):
                stage.show(trained(type(QUICK)(width=width, rate=1e-7, seed=2**32 - 1), steps))
                QApplication.processEvents()
                image = stage.image()
                sizes.add((image.width(), image.height()))
            assert len(sizes) == 1


def test_up_to_two_views_stand_side_by_side_and_more_below(qtbot: QtBot) -> None:
    def size(*names: str) -> QSize:
        with OffscreenRenderer(names) as stage:
            stage.show(trained(QUICK))
            return stage.widget.size()

    one, two, four = size(VIEWS[0]), size(*VIEWS[:2]), size(*VIEWS[:4])
    assert two.width() > one.width() + 400
    assert two.height() == one.height()
    assert four.width() < two.width() + 100
    assert four.height() > two.height() + 200


@pytest.mark.parametrize("theme", [LIGHT, DARK], ids=lambda t: t.name)
def test_it_stands_on_the_ground_of_its_theme(
    qtbot: QtBot, qapp: QApplication, theme: Theme
) -> None:
    apply_theme(qapp, theme)
    with OffscreenRenderer(VIEWS[:2], theme) as stage:
        stage.show(trained(QUICK))
        image = stage.image()
        assert is_near(image.pixelColor(0, 0), theme.ground, 0)
        view = child(stage.widget, DecisionSurface)
        corner = view.mapTo(stage.widget, view.rect().bottomRight())
        assert is_near(image.pixelColor(corner), theme.panel, 0)


def test_nothing_of_it_is_left(qtbot: QtBot) -> None:
    stage = OffscreenRenderer(VIEWS)
    stage.show(trained(QUICK))
    assert isValid(stage.widget)
    stage.close()
    assert not isValid(stage.widget)


def test_it_ends_with_its_parent(qtbot: QtBot) -> None:
    parent = QWidget()
    stage = OffscreenRenderer(VIEWS[:1], parent=parent)
    stage.show(trained(QUICK))
    with qtbot.waitSignal(stage.widget.destroyed):
        parent.deleteLater()


def test_it_does_not_keep_the_program_from_its_end(qtbot: QtBot) -> None:
    with OffscreenRenderer(VIEWS[:1]) as stage:
        assert not stage.widget.testAttribute(Qt.WidgetAttribute.WA_QuitOnClose)


@pytest.mark.parametrize("name", VIEWS)
def test_a_step_gone_by_looks_as_it_did(qtbot: QtBot, name: str) -> None:
    with OffscreenRenderer([name]) as stage:
        whole = Recording(project().record)
        stage.show(whole.state_at(90))
        expected = stage.png(2)
    assert render_png(project(), 90, name, 2) == expected
    assert render_png(project(), 91, name, 2) != expected


def test_a_picture_has_the_size_that_is_asked_for(qtbot: QtBot) -> None:
    sizes = [read(render_png(project(), 90, "truth_table", scale)).size() for scale in (1, 2, 4)]
    assert sizes[1] == sizes[0] * 2
    assert sizes[2] == sizes[0] * 4


def test_a_drawing_is_of_the_step_that_is_asked_for(qtbot: QtBot) -> None:
    assert "step 90, loss 0.3819" in texts(render_svg(project(), 90, "decision_surface"))
    assert "step 0, loss 1.002" in texts(render_svg(project(), 0, "decision_surface"))


def test_kept_runs_are_on_the_loss_plot(qtbot: QtBot) -> None:
    other = Recording(type(QUICK)(width=2))
    other.advance(400)
    alone, compared = project(), project().pinning(other.record(), 400, "the other one")
    assert render_png(compared, 400, "loss_plot") != render_png(alone, 400, "loss_plot")
    assert render_png(compared, 400, "truth_table") == render_png(alone, 400, "truth_table")


def test_a_step_that_was_not_taken_is_refused(qtbot: QtBot) -> None:
    with pytest.raises(IndexError, match="401"):
        render_png(project(), 401, "truth_table")


def test_an_animation_goes_from_the_first_picture_to_the_newest(qtbot: QtBot) -> None:
    gif = Image.open(io.BytesIO(render_gif(project(), ["truth_table"], 5, 20)))
    assert gif.n_frames == 5  # type: ignore[attr-defined]
    assert gif.info["duration"] == 50
    for frame, step in ((0, 0), (2, 200), (4, 400)):
        gif.seek(frame)
        still = rgb(read(render_png(project(), step, "truth_table")))
        difference = np.abs(np.array(gif.convert("RGB")).astype(int) - still)
        assert np.median(difference) == 0
        assert difference.max() < 32


ALL_WITHOUT_A_WINDOW = """
from tests.window.export.test_offscreen import study
from xorviz.window.export.offscreen import render_gif, render_png, render_svg
png = render_png(study(), 90, "loss_plot", 2)
svg = render_svg(study(), 90, "decision_surface")
gif = render_gif(study(), ("decision_surface",), 3)
assert render_png(study(), 90, "loss_plot", 2) == png
print(png[:4], svg[:5], gif[:6])
"""


def test_it_works_where_there_is_no_window_and_no_screen() -> None:
    names = ("QT_QPA_PLATFORM", "DISPLAY", "WAYLAND_DISPLAY")
    environment = {name: value for name, value in os.environ.items() if name not in names}
    result = subprocess.run(
        [sys.executable, "-c", ALL_WITHOUT_A_WINDOW],
        cwd=Path(__file__).parent.parent,
        env=environment,
        capture_output=True,
        text=True,
        check=False,
    )
    assert result.returncode == 0, result.stderr
    assert result.stdout == "b'\\x89PNG' b'<?xml' b'GIF89a'\n"


def test_a_diagnosis_is_that_of_its_own_picture(qtbot: QtBot) -> None:
    with OffscreenRenderer(["diagnosis_details"]) as stage:
        said = []
        for steps in (1, 400):
            stage.show(trained(QUICK, steps))
            said.append(child(stage.widget, QTextBrowser, "diagnosis_text").toPlainText())
    assert said[0] != said[1]
