"""Pictures of widgets as PNG and SVG, and on the clipboard."""

import os
import re
import shutil
from collections.abc import Iterator
from pathlib import Path
from xml.etree import ElementTree as ET

import numpy as np
import pytest
from PySide6.QtCore import QByteArray, QPoint, QPointF, QSize, Qt
from PySide6.QtGui import QImage, QPainter
from PySide6.QtSvg import QSvgRenderer
from PySide6.QtWidgets import QApplication, QLabel, QWidget
from pytestqt.qtbot import QtBot

from tests.support.commands import ended, python
from tests.support.screen import child, in_slot, is_near, shown, shown_view
from tests.support.snapshots import QUICK, trained
from xorviz.core.arrays import Array
from xorviz.files.exports.picture_options import PictureOptions
from xorviz.files.exports.pictures import (
    copy_drawing,
    copy_picture,
    image_of,
    pdf_bytes,
    png_bytes,
    rgb,
    svg_bytes,
)
from xorviz.panels.base.snapshot_view import SnapshotView
from xorviz.panels.learn.decision_surface import DecisionSurface
from xorviz.panels.learn.loss_plot import LossPlot
from xorviz.panels.learn.truth_table import TruthTable
from xorviz.panels.learn.weight_heatmap import WeightHeatmap
from xorviz.ui.plot.curve_plot import CurvePlot
from xorviz.ui.theme.palette import DARK, LIGHT, Theme
from xorviz.ui.theme.style import apply_theme

SVG = "{http://www.w3.org/2000/svg}"


def read(png: bytes) -> QImage:
    image = QImage()
    assert image.loadFromData(QByteArray(png), "PNG")
    return image


def full(qtbot: QtBot, view: SnapshotView) -> SnapshotView:
    """Return a view on the screen that shows a run."""
    shown_view(qtbot, view)
    view.show_snapshot(trained(QUICK, 400))
    return view


def ancestry(root: ET.Element) -> Iterator[tuple[ET.Element, list[ET.Element]]]:
    """Yield each element after its ancestors, the outermost first."""

    def walk(
        element: ET.Element, above: list[ET.Element]
    ) -> Iterator[tuple[ET.Element, list[ET.Element]]]:
        yield element, above
        for inner in element:
            yield from walk(inner, [*above, element])

    return walk(root, [])


def test_a_picture_is_painted_in_the_pixels_and_the_resolution_of_its_scale(qtbot: QtBot) -> None:
    label = shown(qtbot, QLabel("loss 0.2445"), 120, 50)
    label.setAccessibleName("Loss")
    label.setAccessibleDescription("The loss in figures.")
    small = read(png_bytes(label))
    for scale in (1, 2, 3, 4):
        options = PictureOptions(dpi=96 * scale)
        image = read(png_bytes(label, options))
        assert image.size() == QSize(120, 50) * scale
        assert image_of(label, options).devicePixelRatio() == scale
        dots_per_inch = image.dotsPerMeterX() * 0.0254
        assert dots_per_inch == pytest.approx(96 * scale, rel=1e-3)
        assert image.dotsPerMeterY() == image.dotsPerMeterX()
        assert (image.text("Title"), image.text("Description")) == ("Loss", "The loss in figures.")
        blown_up = small.scaled(image.size(), mode=Qt.TransformationMode.SmoothTransformation)
        assert (np.abs(rgb(blown_up).astype(int) - rgb(image)).max() > 60) == (scale > 1)


@pytest.mark.parametrize("theme", [DARK, LIGHT], ids=lambda t: t.name)
def test_the_background_is_that_of_a_panel_or_window(
    qtbot: QtBot, qapp: QApplication, theme: Theme
) -> None:
    apply_theme(qapp, theme)
    window = QWidget()
    view = TruthTable()
    view.apply_theme(theme)
    in_slot("Truth table", view).setParent(window)
    shown(qtbot, window)
    for widget, color in ((view, theme.panel), (window, theme.ground)):
        image = read(png_bytes(widget))
        assert not image.hasAlphaChannel()
        assert is_near(image.pixelColor(image.width() - 1, image.height() - 1), color, 0)


@pytest.mark.parametrize(
    ("kind", "words"),
    [
        (DecisionSurface, {"x1", "x2", "0.5", "target 0, 1"}),
        (LossPlot, {"step 0", "all four correct", "100"}),
        (WeightHeatmap, {"h1", "h5", "to o", "b2"}),
        (TruthTable, {"target", "output", "✓"}),
    ],
)
def test_a_drawing_is_a_document_with_real_text_that_refers_to_nothing_outside(
    qtbot: QtBot, kind: type[DecisionSurface], words: set[str]
) -> None:
    view = full(qtbot, kind())
    svg = svg_bytes(view)
    root = ET.fromstring(svg)
    renderer = QSvgRenderer(QByteArray(svg))
    assert renderer.isValid()
    assert renderer.defaultSize() == view.size()
    image = QImage(view.size(), QImage.Format.Format_RGB32)
    painter = QPainter(image)
    renderer.render(painter)
    painter.end()
    differs = np.abs(rgb(image).astype(int) - rgb(image_of(view))).max(axis=2) > 40
    # Letters and edges differ by parts of a pixel; of plots, this program ignores the clipping.
    assert kind in {DecisionSurface, LossPlot} or differs.mean() < 0.04
    assert root.get("viewBox") == f"0 0 {view.width()} {view.height()}"
    assert root.findtext(f"{SVG}title") == view.title
    assert root.findtext(f"{SVG}desc") == view.explanation
    texts = {"".join(text.itertext()).strip() for text in root.iter(f"{SVG}text")}
    assert words <= texts
    names = re.findall(rb'id="([^"]*)"', svg)
    assert len(names) == len(set(names))
    assert set(re.findall(rb"url\(#([^)]*)\)", svg)) <= set(names)
    links = re.findall(rb'href="([^"]{0,22})', svg)
    assert all(link == b"data:image/png;base64," for link in links)
    assert bool(links) == (kind in {DecisionSurface, TruthTable})
    families = re.findall(rb'font-family="([^"]*)"', svg)
    assert all(family.endswith(b", sans-serif") for family in families)
    dashed = [e for e in root.iter() if "stroke-dasharray" in e.attrib]
    assert {e.get("stroke-linecap") for e in dashed} <= {"butt"}  # else dots merge


def points_of(path: ET.Element) -> Array:
    """Return the corners (N, 2) of a path in a drawing."""
    numbers = re.findall(r"[ML](-?[\d.]+),(-?[\d.]+)", path.get("d", ""))
    return np.array(numbers, float).reshape(-1, 2)


def test_a_drawing_clips_what_the_plot_clips(qtbot: QtBot) -> None:
    view = full(qtbot, LossPlot())
    plot = child(view, CurvePlot)
    box = plot.rows[0].box
    box.setRange(xRange=(50, 150), yRange=(-0.5, 0.2), padding=0)
    root = ET.fromstring(svg_bytes(view))
    longest, above = max(
        ((e, above) for e, above in ancestry(root) if e.tag == f"{SVG}path"),
        key=lambda found: len(points_of(found[0])),
    )
    assert len(points_of(longest)) > 90
    assert all(len(clip) for clip in root.iter(f"{SVG}clipPath")), "an empty one hides everything"
    clips = [e.get("clip-path", "")[5:-1] for e in above if e.get("clip-path")]
    outlines = {
        e.get("id"): e.find(f"{SVG}path") for e in root.iter(f"{SVG}clipPath") if e.get("id")
    }
    path = next(p for name in reversed(clips) if (p := outlines[name]) is not None)
    numbers = points_of(path)
    place = QPointF(plot.viewport().mapTo(view, QPoint()))
    expected = box.sceneBoundingRect().translated(place).getCoords()
    assert [*numbers.min(axis=0), *numbers.max(axis=0)] == pytest.approx(expected, abs=1)


def test_every_widget_of_a_drawing_is_where_it_is_on_the_screen(qtbot: QtBot) -> None:
    window = QWidget()
    outer, inner = QWidget(window), QLabel("here")
    outer.setGeometry(30, 20, 200, 100)
    inner.setParent(outer)
    inner.setGeometry(11, 7, 60, 20)
    hidden = QLabel("not this", window)
    shown(qtbot, window)
    hidden.hide()
    root = ET.fromstring(svg_bytes(window))
    texts = {"".join(e.itertext()): above for e, above in ancestry(root) if e.tag == f"{SVG}text"}
    assert texts["here"][-1].get("transform") == "matrix(1,0,0,1,41,27)"
    assert "not this" not in texts


@pytest.mark.skipif(shutil.which("pdftotext") is None, reason="needs pdftotext")
def test_a_page_has_its_text_where_it_is_on_the_screen(qtbot: QtBot, tmp_path: Path) -> None:
    window, page = QWidget(), tmp_path / "page.pdf"
    label = QLabel("here", window)
    label.setGeometry(41, 27, 60, 20)
    shown(qtbot, window, 300, 100)
    page.write_bytes(pdf_bytes(window))
    found = ended("pdftotext", "-bbox", page, "-").out
    assert re.search(r'<page width="225.0+" height="75.0+"', found)  # 72 points are 96 pixels
    word = re.search(
        r'xMin="([.\d]+)" yMin="([.\d]+)" xMax="([.\d]+)" yMax="([.\d]+)">here<', found
    )
    assert word is not None
    left, top, right, bottom = (float(side) / 0.75 for side in word.groups())
    assert right < 101
    assert left == pytest.approx(41, abs=1.5)
    assert 27 <= (top + bottom) / 2 <= 47


def test_the_curve_is_one_line_through_every_point_and_the_plot_stays(qtbot: QtBot) -> None:
    view = full(qtbot, LossPlot())
    plot = child(view, CurvePlot)
    before, svg = plot.cacheMode(), svg_bytes(view)
    assert plot.cacheMode() == before
    assert svg_bytes(view) == svg
    assert b"<image" not in svg
    curve = max(map(points_of, ET.fromstring(svg).iter(f"{SVG}path")), key=len)
    assert len(curve) == 401
    steps = curve[:, 0]
    np.testing.assert_allclose(steps, np.linspace(steps[0], steps[-1], 401), rtol=0, atol=0.01)


def test_pictures_and_drawings_can_be_pasted(qtbot: QtBot) -> None:
    label = shown(qtbot, QLabel("loss"), 120, 50)
    copy_picture(label, PictureOptions(dpi=288))
    assert QApplication.clipboard().image().size() == QSize(360, 150)
    copy_drawing(label)
    data = QApplication.clipboard().mimeData()
    assert data.data("image/svg+xml").data() == svg_bytes(label)
    assert QApplication.clipboard().image().size() == QSize(120, 50)


COPY_AND_END = """
from PySide6.QtWidgets import QApplication, QLabel
from xorviz.files.exports.pictures import copy_drawing
application = QApplication([])
copy_drawing(QLabel("a", accessibleName="a"))
print(application.clipboard().mimeData().hasImage())
"""


def test_a_program_ends_well_with_its_picture_on_the_clipboard() -> None:
    """On this platform Qt keeps it until after Python has ended."""
    env = os.environ | {"QT_QPA_PLATFORM": "offscreen"}
    done = python("-c", COPY_AND_END, env=env)
    assert (done.status, done.out) == (0, "True\n"), done.err
