"""The entry point."""

import gc
import os
import signal
import sys
from types import ModuleType

import pytest

from tests.support.cases import some
from xorviz.__main__ import main


@pytest.fixture
def trains(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "argv", ["xorviz", "train", "--steps", "9"])


@pytest.mark.parametrize("missing", some(["stdin stdout stderr", "stdout", "stderr"], 1))
@pytest.mark.usefixtures("trains")
def test_main_works_without_standard_streams(monkeypatch: pytest.MonkeyPatch, missing: str) -> None:
    for name in missing.split():
        monkeypatch.setattr(sys, name, None)
    assert main() == 0
    for name in missing.split():
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
def test_linear_algebra_uses_one_thread_unless_set(
    monkeypatch: pytest.MonkeyPatch, chosen: str, kept: str
) -> None:
    monkeypatch.setenv("OPENBLAS_NUM_THREADS", chosen)
    if not chosen:
        monkeypatch.delenv("OPENBLAS_NUM_THREADS")
    assert main() == 0
    assert os.environ["OPENBLAS_NUM_THREADS"] == kept


@pytest.mark.usefixtures("trains")
def test_main_leaves_garbage_collection_on_and_ctrl_c_ignored() -> None:
    assert main() == 0
    assert gc.isenabled()
    signal.raise_signal(signal.SIGINT)
