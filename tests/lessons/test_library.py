"""The lessons that ship with the program."""

import json
from pathlib import Path

import pytest

from tests.lessons.examples import plain
from tests.support.commands import ROOT
from xorviz.core.rules import SettingError
from xorviz.files.atomic import FileError
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
