"""The card beside what is pointed at: its place and its rows."""

import pytest
from PySide6.QtCore import QRectF
from PySide6.QtGui import QFont
from pytestqt.qtbot import QtBot

from tests.support.cases import some
from tests.support.snapshots import trained
from xorviz.core.analysis.explanation import Explanation, Line
from xorviz.core.settings import RunConfig
from xorviz.panels.learn.network.canvas import DiagramCanvas
from xorviz.panels.learn.network.card import CardText, FormulaCard
from xorviz.panels.learn.network.graph import DiagramPicture, Edge

SIZES = [(330, 150), (376, 260), (520, 520)]


@pytest.mark.parametrize("size", SIZES)
@pytest.mark.parametrize("width", some([3, 1, 8, 24], 2))
def test_a_card_is_in_sight_and_off_what_it_is_about(
    qtbot: QtBot, size: tuple[int, int], width: int
) -> None:
    snapshot = trained(RunConfig(width=width, biases=True, rate=0.5), 300)
    canvas, picture = DiagramCanvas(), DiagramPicture(snapshot, 2, 5)
    qtbot.addWidget(canvas)
    canvas.resize(*size)
    canvas.show_picture(picture, None)
    told = Explanation(snapshot.weights, snapshot.config, 2)
    assert canvas.plan is not None
    for edge in canvas.plan.edges:
        canvas.mark(edge)
        lines = told.of_weight(edge.field, edge.index)
        canvas.show_card(CardText(f"{edge.name} = −3.528", lines, "Drag"))
        found = canvas.placed_card()
        assert found is not None
        _, place = found
        assert QRectF(canvas.rect()).contains(place)
        assert not (canvas.plan.is_cut and place.intersects(canvas.bar.geometry().toRectF()))
        points = canvas.plan.outline([edge])
        assert not any(place.contains(x, y) for x, y in points.tolist()), edge.name


def test_a_long_sum_is_shortened_and_a_short_one_is_one_row(qtbot: QtBot) -> None:
    long = " + ".join(f"h{j}·w2[h{j}→o]" for j in range(1, 65))
    card = FormulaCard(CardText("Output", [Line("z", long, long, 1.5)]), QFont(), 360)
    assert card.size.width() <= 360
    texts = "".join(run.text for row, _ in card._rows for run in row.runs)
    assert "…" in texts
    assert "64" in texts
    assert texts.endswith("1.500")
    short = FormulaCard(CardText("Output", [Line("y", "σ(z)", "σ(1.5)", 0.8176)]), QFont(), 360)
    assert len(short._rows) == 2


def test_a_card_is_spoken_as_text(qtbot: QtBot) -> None:
    snapshot = trained(RunConfig(width=2), 10)
    edge = next(
        e for e in DiagramPicture(snapshot, 2, 5).graph.spots
        if isinstance(e, Edge) and e.name == "w2[h1→o]"
    )  # fmt: skip
    told = Explanation(snapshot.weights, snapshot.config, 2)
    spoken = CardText("w2[h1→o] = 0.5", told.of_weight(edge.field, edge.index), "Drag").spoken
    assert spoken.startswith("w2[h1→o] = 0.5. ∂loss/∂w2[h1→o] = Σ[rows] δ·h1 = ")
    assert "row 01: δ·h1 = " in spoken
    assert spoken.endswith(". Drag")
