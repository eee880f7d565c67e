"""The lessons that ship with the program, and what their texts claim beyond what a proof checks."""

import json
from pathlib import Path

import pytest

from tests.lessons.examples import plain
from tests.support.commands import ROOT
from xorviz.core.rules import SettingError
from xorviz.core.runs.recording import Recording
from xorviz.core.runs.snapshot import Snapshot
from xorviz.core.settings import RunConfig
from xorviz.core.truth_table import COUNTED
from xorviz.files.atomic import FileError
from xorviz.lessons.lesson import Lesson
from xorviz.lessons.library import NamedLesson, bundled, found, opened
from xorviz.lessons.reading import load_lesson


def test_the_nine_lessons_are_all_there_in_their_order() -> None:
    files = sorted((ROOT / "resources" / "lessons").iterdir())
    assert [one.key for one in bundled()] == [file.stem for file in files]
    assert [one.place for one in bundled()] == [f"Lesson {n} of 9" for n in range(1, 10)]
    assert [one.lesson for one in bundled()] == [load_lesson(file) for file in files]
    assert len({one.lesson.title for one in bundled()}) == 9
    assert bundled() is bundled()


def test_a_lesson_is_found_by_its_number_or_its_file(tmp_path: Path) -> None:
    path = tmp_path / "7"
    path.write_text(json.dumps(plain()))
    assert (found("1"), found("9")) == (bundled()[0], bundled()[8])
    assert found(str(path)) == opened(path)
    for number in ("0", "10", "9" * 5000):
        with pytest.raises(SettingError, match="allowed: a whole number from 1 to 9"):
            found(number)


def test_a_lesson_in_a_file_has_the_name_of_the_file(tmp_path: Path) -> None:
    path = tmp_path / "my own.xlesson"
    path.write_text(json.dumps(plain()))
    assert opened(path) == NamedLesson(load_lesson(path), "my own.xlesson", "")
    path.write_text("{}")
    with pytest.raises(FileError, match="not an xorviz lesson"):
        opened(path)


def lesson(number: int) -> Lesson:
    return bundled()[number - 1].lesson


def trained(recipe: RunConfig, steps: int) -> Snapshot:
    run = Recording(recipe)
    run.advance(steps)
    return run.snapshot()


@pytest.mark.thorough
def test_a_larger_rate_needs_fewer_steps_up_to_two() -> None:
    steps = lesson(6).steps[:4]
    firsts = [trained(step.recipe, 20_000).right_since for step in steps]
    assert None not in firsts
    assert firsts == sorted(firsts, reverse=True)  # type: ignore[type-var]


@pytest.mark.thorough
def test_a_network_without_a_fault_has_the_outputs_that_were_posted() -> None:
    outputs = trained(lesson(9).steps[0].recipe, 10_000).outputs[list(COUNTED)]
    assert outputs == pytest.approx([0, 0.5, 0.99, 0.5], abs=0.02)
