"""Ctrl+C is answered once, and nothing is interrupted by it."""

import signal
import threading
from collections.abc import Iterator

import pytest

from xorviz.cli.interruption import Interruption

SECONDS = 60


@pytest.fixture(autouse=True)
def before() -> Iterator[None]:
    """Whatever a test does, the next one finds the signal as it was."""
    handler = signal.getsignal(signal.SIGINT)
    yield
    signal.signal(signal.SIGINT, handler)


def press_ctrl_c() -> None:
    signal.raise_signal(signal.SIGINT)


def test_it_is_answered_at_once_and_raises_nothing() -> None:
    answered = threading.Event()
    with Interruption(answered.set) as interruption:
        assert not interruption.has_come
        press_ctrl_c()
        assert interruption.has_come
        assert answered.wait(SECONDS)


def test_the_answer_does_not_wait_for_the_main_thread_s_locks() -> None:
    """Nor does the main thread wait for the answer before it gives them back."""
    lock, answered = threading.Lock(), threading.Event()

    def answer() -> None:
        with lock:
            answered.set()

    with Interruption(answer):
        with lock:
            press_ctrl_c()
        assert answered.wait(SECONDS)


def test_it_is_answered_once() -> None:
    answers: list[int] = []
    with Interruption(lambda: answers.append(1)):
        press_ctrl_c()
        press_ctrl_c()
    assert answers == [1]  # and in any case before it is over


def test_without_it_nothing_is_answered() -> None:
    answers: list[int] = []
    with Interruption(lambda: answers.append(1)) as interruption:
        pass
    assert answers == []
    assert not interruption.has_come


def test_a_failure_meanwhile_is_not_hidden() -> None:
    def fail() -> None:
        with Interruption(lambda: None):
            press_ctrl_c()
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        fail()


def test_afterwards_all_is_as_before() -> None:
    before = signal.getsignal(signal.SIGINT)
    with Interruption(lambda: None):
        assert signal.getsignal(signal.SIGINT) is not before
    assert signal.getsignal(signal.SIGINT) is before


def test_what_ignores_it_goes_on_doing_so() -> None:
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    with Interruption(lambda: None) as interruption:
        press_ctrl_c()
        assert not interruption.has_come
    assert signal.getsignal(signal.SIGINT) is signal.SIG_IGN
