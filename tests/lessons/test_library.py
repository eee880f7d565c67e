"""The lessons that ship with the program, and what their texts claim beyond what a proof checks."""

import json
from pathlib import Path

import numpy as np
import pytest

from tests.lessons.examples import plain
from tests.support.commands import ROOT
from xorviz.core.diagnosis.brief import PLATEAU, STUCK
from xorviz.core.diagnosis.diagnosis import Diagnosis, diagnose_seen
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


def diagnosed(recipe: RunConfig, steps: int) -> Diagnosis:
    return diagnose_seen(trained(recipe, steps))


@pytest.mark.thorough
def test_the_loss_of_the_28_lines_stays_near_one_and_then_falls() -> None:
    recipe = lesson(2).steps[0].recipe
    early, late, end = (trained(recipe, step).loss for step in (15_000, 20_000, 30_000))
    assert early == pytest.approx(1, abs=0.03)
    assert end < late / 3


@pytest.mark.thorough
def test_a_larger_rate_needs_fewer_steps_up_to_two() -> None:
    steps = lesson(6).steps[:4]
    firsts = [trained(step.recipe, 20_000).right_since for step in steps]
    assert None not in firsts
    assert firsts == sorted(firsts, reverse=True)  # type: ignore[type-var]


@pytest.mark.thorough
def test_equal_units_stay_equal() -> None:
    weights = trained(lesson(7).steps[0].recipe, 5000).weights
    for array in (weights.w1, weights.w2.T):
        assert np.array_equal(array, np.repeat(array[:, :1], 3, axis=1))


@pytest.mark.thorough
def test_a_plateau_and_a_trap_are_told_apart_by_their_curvature() -> None:
    setup = lesson(8).setup
    assert setup.pinned is not None
    plateau, trap = (diagnosed(one, setup.step) for one in (setup.recipe, setup.pinned))
    assert (plateau.state, trap.state) == ("three rows learned", "two rows learned")
    assert (plateau.said.word, trap.said.word) == (PLATEAU, STUCK)


@pytest.mark.thorough
def test_a_network_without_a_fault_has_the_outputs_that_were_posted() -> None:
    outputs = trained(lesson(9).steps[0].recipe, 10_000).outputs[list(COUNTED)]
    assert outputs == pytest.approx([0, 0.5, 0.99, 0.5], abs=0.02)
