"""The entry point."""

import gc
import os
import signal
import sys
from types import ModuleType

import pytest

from xorviz.__main__ import main


@pytest.fixture
def trains(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "argv", ["xorviz", "train", "--steps", "9"])


@pytest.mark.usefixtures("trains")
def test_main_works_without_standard_streams(monkeypatch: pytest.MonkeyPatch) -> None:
    names = ("stdin", "stdout", "stderr")
    for name in names:
        monkeypatch.setattr(sys, name, None)
    assert main() == 0
    for name in names:
        getattr(sys, name).close()


def test_ctrl_c_during_loading_is_silent(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    class Loading(ModuleType):
        def __getattr__(self, name: str) -> object:
            raise KeyboardInterrupt

    monkeypatch.setitem(sys.modules, "xorviz.cli.main", Loading("xorviz.cli.main"))
    assert main() == 130
    assert capsys.readouterr() == ("", "")


@pytest.mark.parametrize(("chosen", "kept"), [("", "1"), ("3", "3")])
@pytest.mark.usefixtures("trains")
def test_linear_algebra_uses_one_thread_and_garbage_is_collected_again(
    monkeypatch: pytest.MonkeyPatch, chosen: str, kept: str
) -> None:
    names = ("OPENBLAS_NUM_THREADS", "OMP_NUM_THREADS", "MKL_NUM_THREADS")
    for name in names:
        monkeypatch.setenv(name, chosen)
        if not chosen:
            monkeypatch.delenv(name)
    assert main() == 0
    assert [os.environ[name] for name in names] == [kept] * 3
    assert gc.isenabled()
    signal.raise_signal(signal.SIGINT)  # which is ignored by then
