"""Every signal of every panel reaches what it is for; a panel is one line of the registry."""

from inspect import signature

import pytest
from PySide6.QtCore import Signal
from PySide6.QtWidgets import QCheckBox, QLabel, QMenu
from pytestqt.qtbot import QtBot

from tests.support.snapshots import QUICK, trained
from tests.support.toy_panel import TOY, Toy
from tests.support.windows import Open, action, find, settle
from xorviz.panels import registry
from xorviz.panels.base.view import View
from xorviz.panels.learn.loss_plot import LossPlot
from xorviz.panels.registry import PANELS
from xorviz.ui.chrome.panel import Panel
from xorviz.window.export.export_dialog import ExportDialog
from xorviz.window.wiring import wires

FOR_OTHERS = {LossPlot.drawn}
"""Signals that are connected only while something needs them: here, the drawing of a lesson."""


def signals(kind: type[View]) -> dict[str, Signal]:
    """Return all signals of a class of views by name."""
    bases = [base for base in reversed(kind.__mro__) if issubclass(base, View)]
    named = [pair for base in bases for pair in vars(base).items()]
    return {name: value for name, value in named if isinstance(value, Signal)}


def receivers(view: View, signal: Signal) -> int:
    return view.receivers(f"2{signal}")


def test_the_window_connects_every_signal_of_every_view_to_a_slot_that_takes_what_it_gives(
    qtbot: QtBot, open_window: Open
) -> None:
    window = open_window()
    window._desk.all  # noqa: B018 makes the views that are made late
    window.document.start_side_by_side(window.session.config)  # and those of a second run
    settle(qtbot, window)
    views = window._views.all
    assert {view.objectName() for view in views} >= {one.name for one in PANELS}
    assert len(views) == len(PANELS) + 2  # the twins
    unheard = set()
    for view in views:
        bare = type(view)()  # type: ignore[call-arg]
        qtbot.addWidget(bare)  # that no window has connected
        for signal in set(signals(type(view)).values()) - FOR_OTHERS:
            if receivers(view, signal) <= receivers(bare, signal):
                unheard.add((view.objectName(), str(signal)))
    assert not unheard
    parts = window.session, window.document, window._status.show_notice
    for table in (wires(*parts), wires(*parts, beside=True)):
        for name, slot in table.items():
            wired = [found[name] for found in map(signals, map(type, views)) if name in found]
            for given in {str(one).partition("(")[2].rstrip(")") for one in wired}:
                signature(slot).bind(*given.split(",") if given else ())
            assert wired, name


@pytest.fixture
def _toy(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(registry, "PANELS", (*registry.PANELS, TOY))


@pytest.mark.usefixtures("_toy")
def test_a_new_panel_has_a_place_an_action_and_an_entry_and_can_be_exported(
    qtbot: QtBot, open_window: Open
) -> None:
    window = open_window(QUICK)
    assert window.findChild(Panel, "toy_panel") is None  # it is not made at the start
    menu = next(m for m in window.findChildren(QMenu) if m.title() == "&Panels")
    menu.aboutToShow.emit()
    assert "Toy" in [one.text() for one in menu.actions()]
    action(window, "export").trigger()
    dialog = find(window, ExportDialog, "export_dialog")
    assert dialog.findChild(QCheckBox, "film_toy") is not None
    dialog.close()
    action(window, "workspace_lab").trigger()
    panel = find(window, Panel, "toy_panel")
    assert window._desk.is_placed("toy")
    action(window, "show_toy").trigger()
    assert panel.isVisible()
    window.session.step(3)
    settle(qtbot, window)
    loss = f"{trained(QUICK, 3).loss:.4g}"
    assert find(panel, Toy, "toy").findChildren(QLabel)[0].text() == loss
    action(window, "workspace_learn").trigger()
    assert not panel.isVisible()
