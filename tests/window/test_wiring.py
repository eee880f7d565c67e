"""Every signal of every panel reaches what it is for."""

from inspect import signature

from PySide6.QtCore import Signal
from pytestqt.qtbot import QtBot

from tests.support.windows import Open, settle
from xorviz.panels.base.view import View
from xorviz.panels.learn.loss_plot import LossPlot
from xorviz.panels.registry import PANELS
from xorviz.window.layout.view_set import signals
from xorviz.window.wiring import late_wires, twin_wires

FOR_OTHERS = {LossPlot.drawn}
"""Signals that are connected only while something needs them: here, the drawing of a lesson."""


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
    late = late_wires(window.session, window._status.show_notice)
    twins = twin_wires(window._wires, window.session, window.document)
    for table in (window._wires, twins, late):
        for wired, slot in table.items():
            given = str(wired).partition("(")[2].rstrip(")")
            signature(slot).bind(*given.split(",") if given else ())
