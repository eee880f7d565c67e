"""Getting a kernel ready in a thread of its own: told, done once, and over at the end."""

from collections.abc import Callable

import pytest
from pytestqt.qtbot import QtBot

from xorviz.core import kernel_choice, kernels, numba_kernel
from xorviz.core.kernel_choice import NUMBA, NUMPY
from xorviz.engine.commands import Failure
from xorviz.engine.preparation import Preparation


@pytest.fixture
def calls(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Let nothing be compiled yet, and pretend to do it; return which kernels it was done for."""
    done: list[str] = []

    def prepare(name: str, tell: Callable[[], object]) -> None:
        tell()
        done.append(name)
        numba_kernel._is_ready = True

    monkeypatch.setattr(numba_kernel, "_is_ready", False)
    monkeypatch.setattr(kernels, "prepare", prepare)
    return done


def test_a_kernel_is_prepared_once_and_told_of(qtbot: QtBot, calls: list[str]) -> None:
    preparation = Preparation(NUMBA)
    told: list[bool] = []
    preparation.compiling_changed.connect(told.append)
    assert (preparation.is_done, preparation.is_compiling) == (False, False)
    with qtbot.waitSignal(preparation.done):
        preparation.start()
        preparation.start()
    assert (preparation.is_done, preparation.is_compiling) == (True, False)
    assert told == [True, False]
    preparation.start()
    preparation.close()
    assert calls == [NUMBA]


def test_what_is_ready_is_not_prepared(qtbot: QtBot, calls: list[str]) -> None:
    preparation = Preparation(NUMPY)
    assert preparation.is_done
    preparation.start()
    preparation.close()
    assert calls == []


def test_nothing_is_begun_after_the_end(qtbot: QtBot, calls: list[str]) -> None:
    preparation = Preparation(NUMBA)
    preparation.close()
    preparation.start()  # by what was still to be painted
    preparation.close()
    assert calls == []


@pytest.mark.parametrize(
    ("error", "message"),
    [
        (kernel_choice.KernelError("It is broken."), "It is broken."),
        (RuntimeError("no room"), "The kernel numba cannot be used: no room"),
    ],
)
def test_what_goes_wrong_is_told_and_can_be_tried_again(
    qtbot: QtBot,
    calls: list[str],
    monkeypatch: pytest.MonkeyPatch,
    error: Exception,
    message: str,
) -> None:
    def broken(*_: object) -> None:
        raise error

    preparation = Preparation(NUMBA)
    failures: list[Failure] = []
    preparation.failed.connect(failures.append)
    with monkeypatch.context() as patch:
        patch.setattr(kernels, "prepare", broken)
        with qtbot.waitSignal(preparation.failed):
            preparation.start()
        qtbot.waitUntil(lambda: preparation._thread is None)
    assert [(f.run, f.message) for f in failures] == [(0, message)]
    assert "Traceback" in failures[0].details
    assert not preparation.is_done
    with qtbot.waitSignal(preparation.done):
        preparation.start()
    preparation.close()
    assert calls == [NUMBA]
