"""Cost of a frame of training in the window's thread, by part."""

from pathlib import Path

import pytest
from pytestqt.qtbot import QtBot

from tests.perf.frame_meter import FrameCost, FrameMeter
from tests.perf.test_window_speed import SHOWN, open_window
from xorviz.panels.base.snapshot_view import SnapshotView
from xorviz.panels.registry import Workspace

pytestmark = pytest.mark.perf

HEAD = "| workspace | painting | data | other | total | costliest |\n|---|---:|---:|---:|---:|---|"


def cost_of(
    qtbot: QtBot, settings: Path, workspace: Workspace, in_front: tuple[str, ...]
) -> FrameCost:
    """Return the cost of a frame at full speed; fail if a view paints twice or draws hidden."""
    with open_window(qtbot, settings) as window:
        window._desk.switch(workspace)
        for name in in_front:
            window._desk.show_panel(name)
        meter = FrameMeter(window)
        window.session.play()
        qtbot.wait(1500)
        meter.clear()
        qtbot.wait(4000)
        cost = meter.cost()
        meter.close()
        window.session.pause()
        for view in window.findChildren(SnapshotView):
            name, draws = view.objectName(), cost.draws.get(view.objectName(), 0.0)
            assert view.is_seen or not draws, f"{name} draws unseen"
            # An axis range that grows may paint once more.
            assert cost.paints.get(name, 0.0) <= draws + 0.25, f"{name} paints twice"
        return cost


def row_of(workspace: Workspace, in_front: tuple[str, ...], cost: FrameCost) -> str:
    """Return a row of the table, in milliseconds."""
    name = ", ".join((str(workspace), *in_front)).replace("_", " ")
    costliest = sorted(cost.parts.items(), key=lambda part: -part[1])[:4]
    parts = ", ".join(f"{part.replace('_', ' ')} {ms:.2f}" for part, ms in costliest)
    numbers = (cost.painting, cost.data, cost.other, cost.total)
    return " | ".join((f"| {name}", *(f"{ms:.1f}" for ms in numbers), f"{parts} |"))


def test_a_frame_costs_little_and_paints_nothing_twice(qtbot: QtBot, tmp_path: Path) -> None:
    rows = []
    for place, (workspace, in_front) in enumerate(SHOWN):
        cost = cost_of(qtbot, tmp_path / f"{place}.ini", workspace, in_front)
        rows.append(row_of(workspace, in_front, cost))
    print(f"\nms of the window's thread for a frame of training:\n{HEAD}", *rows, sep="\n")
