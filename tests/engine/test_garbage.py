"""Garbage collection in the window's thread only."""

import gc
import threading
import weakref

import pytest
from PySide6.QtCore import QObject
from pytestqt.qtbot import QtBot

from tests.support.cases import Clock
from xorviz.engine.garbage import GarbageCollector
from xorviz.engine.session import TrainingSession


class Knot:
    """A reference cycle, which only the collector can free."""

    def __init__(self) -> None:
        self.me = self


def test_closing_the_last_collector_restores_automatic_collection(qtbot: QtBot) -> None:
    owner = QObject()
    assert gc.isenabled()
    one, other = GarbageCollector(owner), GarbageCollector(owner)
    assert not gc.isenabled()
    one.close()
    one.close()
    assert not gc.isenabled()
    other.close()
    assert gc.isenabled()


def test_garbage_is_freed_in_the_windows_thread(
    qtbot: QtBot, clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("xorviz.engine.garbage._EVERY_MS", 10)
    session = TrainingSession(clock=clock)
    freed_in: list[int] = []
    weakref.finalize(Knot(), lambda: freed_in.append(threading.get_ident()))
    allocating = threading.Thread(target=lambda: [[] for _ in range(100_000)])
    allocating.start()
    allocating.join()
    assert freed_in == []
    qtbot.waitUntil(lambda: bool(freed_in))
    assert freed_in == [threading.get_ident()]
    session.close()


def test_every_sixtieth_collection_is_full(qtbot: QtBot, monkeypatch: pytest.MonkeyPatch) -> None:
    owner = QObject()
    collector = GarbageCollector(owner)
    generations: list[int] = []
    monkeypatch.setattr(gc, "collect", generations.append)
    for _ in range(120):
        collector._collect()
    collector.close()
    assert generations.count(2) == 2
    assert generations.count(1) == 118
