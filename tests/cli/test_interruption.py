"""Ctrl+C without KeyboardInterrupt."""

import signal
import threading

import pytest

from xorviz.cli.interruption import Interruption

SECONDS = 60


def press_ctrl_c() -> None:
    signal.raise_signal(signal.SIGINT)


def test_ctrl_c_calls_the_reaction_and_raises_nothing() -> None:
    called = threading.Event()
    with Interruption(called.set) as interruption:
        assert not interruption.has_come
        press_ctrl_c()
        assert interruption.has_come
        assert called.wait(SECONDS)


def test_the_reaction_may_need_a_lock_of_the_main_thread() -> None:
    lock, called = threading.Lock(), threading.Event()

    def react() -> None:
        with lock:
            called.set()

    with Interruption(react):
        with lock:
            press_ctrl_c()
        assert called.wait(SECONDS)


def test_the_reaction_is_called_once() -> None:
    calls: list[int] = []
    with Interruption(lambda: calls.append(1)):
        press_ctrl_c()
        press_ctrl_c()
    assert calls == [1]  # at the latest when the context ends


def test_without_ctrl_c_nothing_is_called() -> None:
    calls: list[int] = []
    with Interruption(lambda: calls.append(1)) as interruption:
        pass
    assert calls == []
    assert not interruption.has_come


def test_an_exception_in_the_context_is_raised() -> None:
    def fail() -> None:
        with Interruption(lambda: None):
            press_ctrl_c()
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        fail()


def test_the_handler_is_restored() -> None:
    before = signal.getsignal(signal.SIGINT)
    with Interruption(lambda: None):
        assert signal.getsignal(signal.SIGINT) is not before
    assert signal.getsignal(signal.SIGINT) is before


def test_an_ignored_signal_stays_ignored() -> None:
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    with Interruption(lambda: None) as interruption:
        press_ctrl_c()
        assert not interruption.has_come
    assert signal.getsignal(signal.SIGINT) is signal.SIG_IGN
