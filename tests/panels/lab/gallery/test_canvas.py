"""The gallery canvas: positions of networks, mouse events, cache and export."""

from collections import Counter
from dataclasses import replace

import pytest
from PySide6.QtCore import QBuffer, QEvent, QIODevice, QPoint, QPointF, Qt
from PySide6.QtGui import QContextMenuEvent, QMouseEvent
from PySide6.QtSvg import QSvgGenerator
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from tests.support.cases import some
from tests.support.lab import RECIPE, snapshots_at, trained_seeds
from tests.support.screen import is_near, move_pressed, pixel, shown
from xorviz.core.analysis.surface import HIGH, LOW, output_at
from xorviz.core.network import weights_of
from xorviz.lab.results.lab_results import LabSnapshot
from xorviz.panels.lab.gallery.canvas import GalleryCanvas
from xorviz.panels.lab.gallery.card import Card
from xorviz.panels.lab.gallery.layout import groups_of, tiles_of
from xorviz.ui.theme.palette import DARK, LIGHT, Theme, diverging_names, level

END = trained_seeds(64)


def show(canvas: GalleryCanvas, snapshot: LabSnapshot, by_outcome: bool = True) -> None:
    groups = groups_of(tiles_of(snapshot), by_outcome)
    canvas.show_groups(snapshot.plan.recipes[0], groups)


def drawing(canvas: GalleryCanvas) -> str:
    buffer = QBuffer()
    buffer.open(QIODevice.OpenModeFlag.WriteOnly)
    generator = QSvgGenerator()
    generator.setOutputDevice(buffer)
    generator.setSize(canvas.size())
    canvas.render(generator)
    return bytes(buffer.data().data()).decode()


@pytest.fixture
def canvas(qtbot: QtBot) -> GalleryCanvas:
    found = shown(qtbot, GalleryCanvas(), 420, 250)
    show(found, END)
    return found


@pytest.mark.parametrize("theme", some([DARK, LIGHT], 1), ids=lambda theme: theme.name)
@pytest.mark.parametrize("by_outcome", some([True, False], 1))
def test_each_tile_shows_its_network(canvas: GalleryCanvas, by_outcome: bool, theme: Theme) -> None:
    canvas.apply_theme(theme)
    show(canvas, END, by_outcome)
    image = canvas.grab().toImage()
    for index in range(64):
        weights = weights_of(END.shown[index], RECIPE)
        inside = canvas.rect_of(index).adjusted(2, 2, -2, -2)
        for x1, x2 in ((-0.3, -0.3), (-0.3, 1.3)):
            down = (HIGH - x2) / (HIGH - LOW) * inside.height()
            across = (x1 - LOW) / (HIGH - LOW) * inside.width()
            y = output_at(weights, RECIPE.activation, x1, x2)
            color = image.pixelColor((inside.topLeft() + QPointF(across, down)).toPoint())
            nearby = [diverging_names(theme)[level(2 * y - 1 + d, 1)][0] for d in (-0.1, 0, 0.1)]
            assert any(is_near(color, c, 40) for c in nearby), (index, x1, x2)


@pytest.mark.thorough
def test_changed_networks_are_repainted(canvas: GalleryCanvas) -> None:
    first, second = snapshots_at((10, 300, 400), range(64))[2:0:-1]
    show(canvas, first)
    before = canvas.grab().toImage()
    show(canvas, second)
    assert canvas.grab().toImage() != before


def test_unchanged_networks_are_painted_from_the_cache(canvas: GalleryCanvas) -> None:
    canvas.grab()
    kept = canvas._picture.pixmap
    assert kept is not None
    show(canvas, replace(END))
    assert canvas._picture.pixmap is kept
    show(canvas, END, by_outcome=False)
    assert canvas._picture.pixmap is not kept


def test_a_card_is_painted_over_the_cache(canvas: GalleryCanvas) -> None:
    canvas.grab()
    kept = canvas._picture.pixmap
    card = Card.of(END, tiles_of(END)[9])
    canvas.show_card(card)
    at = canvas.rect_of(9).center().toPoint()
    assert is_near(pixel(canvas, QPoint(at.x(), at.y())), pixel(canvas, at))
    assert canvas._picture.pixmap is kept


def test_the_mouse_points_at_networks(canvas: GalleryCanvas) -> None:
    seen: list[int | None] = []
    canvas.pointed_at.connect(seen.append)
    for index in (0, 17, 63):
        move_pressed(canvas, canvas.rect_of(index).center().toPoint())
    QApplication.sendEvent(canvas, QEvent(QEvent.Type.Leave))
    assert seen == [0, 17, 63, None]


def test_a_click_reports_the_network_and_shift(canvas: GalleryCanvas) -> None:
    seen: list[tuple[int, bool]] = []
    canvas.clicked.connect(lambda index, shift: seen.append((index, shift)))
    at = canvas.rect_of(7).center()
    left, right = Qt.MouseButton.LeftButton, Qt.MouseButton.RightButton
    none, shift = Qt.KeyboardModifier.NoModifier, Qt.KeyboardModifier.ShiftModifier
    kind = QEvent.Type.MouseButtonPress
    for point, button, modifier in (
        (at, left, none),
        (at, left, shift),
        (at, right, none),
        (QPointF(1, 249), left, none),
    ):
        there = QPointF(canvas.mapToGlobal(point))
        event = QMouseEvent(kind, point, there, button, button, modifier)
        QApplication.sendEvent(canvas, event)
    assert seen == [(7, False), (7, True)]


def test_the_right_button_requests_a_menu(canvas: GalleryCanvas) -> None:
    seen: list[int] = []
    canvas.menu_requested.connect(lambda index, _: seen.append(index))
    for reason in (QContextMenuEvent.Reason.Mouse, QContextMenuEvent.Reason.Keyboard):
        at = canvas.rect_of(30).center().toPoint()
        QApplication.sendEvent(canvas, QContextMenuEvent(reason, at, canvas.mapToGlobal(at)))
    assert seen == [30]


def test_an_svg_export_has_images_and_text(canvas: GalleryCanvas) -> None:
    text = drawing(canvas)
    assert text.count("<image") == 64
    counts = Counter(tile.outcome for tile in tiles_of(END))
    for outcome, count in counts.items():
        assert f">{outcome}</text>" in text
        assert f">{count}</text>" in text
    canvas.show_card(Card.of(END, tiles_of(END)[9]))
    text = drawing(canvas)
    assert text.count("<image") == 65
    assert ">seed 9</text>" in text


def test_groups_are_in_the_accessible_name(canvas: GalleryCanvas) -> None:
    right = int(END.right.sum())
    assert canvas.accessibleName().startswith(f"Decision surfaces: right {right}")


def test_another_font_updates_the_layout(canvas: GalleryCanvas) -> None:
    before = canvas.layout_now
    font = canvas.font()
    font.setPointSizeF(font.pointSizeF() * 2)
    canvas.setFont(font)
    assert canvas.layout_now.headings[0].height() > before.headings[0].height()
