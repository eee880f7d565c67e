"""The command lesson, and lessons opened in the window."""

import json
import re
import sys
from pathlib import Path
from typing import Any

import pytest

from tests.cli.conftest import Opened, Terminal
from tests.lessons.examples import plain, plain_in_the_lab
from tests.support.commands import Done, Run
from xorviz import __version__
from xorviz.core.kernels.compiler import NUMBA
from xorviz.lessons import library
from xorviz.lessons.library import bundled


def written(path: Path, entries: dict[str, Any]) -> Path:
    path.write_text(json.dumps(entries), encoding="utf-8")
    return path


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return written(tmp_path / "my own.xlesson", plain())


def test_the_lessons_are_listed(run: Run) -> None:
    lines = run("lesson --list").out.splitlines()
    assert lines == [f"{n}  {one.lesson.title}" for n, one in enumerate(bundled(), start=1)]


def test_a_sound_file_is_called_sound(run: Run, file: Path) -> None:
    said = f"{file}: a lesson, “Two units or three”, with 4 predictions, 2 steps, an exercise\n"
    assert run("lesson --check", file) == Done(0, said, "")


def test_an_unsound_file_is_refused_with_the_place(run: Run, file: Path, opened: Opened) -> None:
    lesson = plain()
    lesson["steps"][1]["until"][0] = {"reached": "soon"}
    written(file, lesson)
    for words in ("lesson --check", "lesson --prove", "lesson", ""):
        done = run(words, file)
        assert done.status == 1
        assert done.line.startswith(f"xorviz: {file}: In the lesson, steps[2].until[1].reached is ")
    assert opened == []


def test_a_lesson_is_proved(run: Run, file: Path, tmp_path: Path) -> None:
    other = written(tmp_path / "lab.xlesson", plain_in_the_lab())
    done = run("lesson --kernel numpy --prove", file, other)
    assert (done.status, done.err) == (0, "")
    assert done.out.startswith(f"{file.name}: Two units or three\n  holds  step 1: 3 rows correct")
    assert f"\n{other.name}: Luck\n  holds  step 1: 10 of 20 networks correct after" in done.out
    ends = f"\nLessons that hold: 2 of 2 (xorviz {__version__}, kernel numpy)\n"
    assert done.out.endswith(ends)


def test_a_wrong_claim_is_marked_and_fails(run: Run, file: Path) -> None:
    lesson = plain()
    lesson["predictions"][0]["answer"] = 85
    done = run("lesson --kernel numpy --prove", written(file, lesson), 5)
    assert done.status == 1
    assert re.findall("WRONG.*", done.out) == ["WRONG  prediction 1: 84; claimed is 85"]
    assert "\nLesson 5 of 9: What biases are for\n" in done.out
    assert "Lessons that hold: 1 of 2" in done.out


@pytest.mark.thorough
def test_all_nine_lessons_hold(run: Run) -> None:
    done = run("lesson --prove --kernel numba")
    assert "WRONG" not in done.out
    assert done.out.endswith(f"Lessons that hold: 9 of 9 (xorviz {__version__}, kernel numba)\n")
    assert done.status == 0


def test_a_terminal_has_a_bar(run: Run, file: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    screen = Terminal()
    monkeypatch.setattr(sys, "stderr", screen)
    assert run("lesson --kernel numpy --prove", file).status == 0
    assert "/800 [" in screen.getvalue()  # two steps, the exercise as it is and solved
    assert screen.getvalue().rstrip(" ").endswith("\r")  # the bar is removed at the end


def test_a_lesson_is_opened_in_the_window(run: Run, file: Path, opened: Opened) -> None:
    assert run("--theme dark lesson 3").status == 0
    third = opened.pop()
    assert (third.lesson, third.kernel) == (bundled()[2], NUMBA)
    assert (third.config, third.project, third.path) == (None, None, None)
    assert third.choices == {"theme": "dark"}
    for words in ("lesson", "", "--speed 5"):
        assert run(words, file).status == 0
        seen = opened.pop()
        assert (seen.lesson, seen.path) == (library.opened(file), None)
