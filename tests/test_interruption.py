"""Ctrl+C is heard once, and never in the middle of something."""

import signal

import pytest

from xorviz.interruption import Interruption


def press_ctrl_c() -> None:
    signal.raise_signal(signal.SIGINT)


def test_it_is_heard_at_once() -> None:
    with Interruption(), pytest.raises(KeyboardInterrupt):
        press_ctrl_c()


def test_what_must_be_whole_comes_to_its_end_first() -> None:
    done = []

    def work() -> None:
        with interruption.held():
            press_ctrl_c()
            done.append("first")
            press_ctrl_c()
            done.append("second")

    with Interruption() as interruption:
        with pytest.raises(KeyboardInterrupt):
            work()
        with interruption.held():
            done.append("third")
    assert done == ["first", "second", "third"]


def test_a_failure_in_there_is_not_hidden() -> None:
    with Interruption() as interruption:
        with pytest.raises(ZeroDivisionError), interruption.held():
            raise ZeroDivisionError
        with pytest.raises(KeyboardInterrupt):
            press_ctrl_c()


def test_it_is_heard_once() -> None:
    with Interruption() as interruption:
        with pytest.raises(KeyboardInterrupt):
            press_ctrl_c()
        press_ctrl_c()
        with interruption.held():
            press_ctrl_c()


def test_it_is_not_heard_when_it_is_over_anyway() -> None:
    with Interruption() as interruption:
        interruption.ignore()
        press_ctrl_c()


def test_afterwards_all_is_as_before() -> None:
    before = signal.getsignal(signal.SIGINT)
    with Interruption():
        assert signal.getsignal(signal.SIGINT) is not before
    assert signal.getsignal(signal.SIGINT) is before


def test_what_ignores_it_goes_on_doing_so() -> None:
    before = signal.signal(signal.SIGINT, signal.SIG_IGN)
    try:
        with Interruption():
            press_ctrl_c()
        assert signal.getsignal(signal.SIGINT) is signal.SIG_IGN
    finally:
        signal.signal(signal.SIGINT, before)
