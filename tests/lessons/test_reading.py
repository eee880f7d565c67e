"""Lessons are read as they are written, and anything else is refused with its place."""

import copy
import json
import random
import re
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.lessons.examples import plain, plain_in_the_lab
from xorviz.core.numerals import THIN_SPACE
from xorviz.core.settings import RunConfig
from xorviz.engine import pace
from xorviz.files.atomic import FileError
from xorviz.lessons.conditions import Condition
from xorviz.lessons.lesson import MAX, PANELS, SHOWN, Setup
from xorviz.lessons.predictions import ChoiceAsked, DrawingAsked, NumberAsked, Option
from xorviz.lessons.reading import MOST_BYTES, breakable, load_lesson, loads
from xorviz.lessons.tasks import LabTask
from xorviz.panels.registry import PANELS as PANELS_OF_WINDOW
from xorviz.panels.registry import Workspace


def refusal(text: str) -> str:
    with pytest.raises(FileError) as caught:
        loads(text)
    return str(caught.value)


def test_a_lesson_about_runs_is_read_as_it_is_written() -> None:
    lesson = loads(json.dumps(plain()))
    base = RunConfig(width=2, rate=2, seed=3)
    assert lesson.setup == Setup(base, 20, "inside", (), 500, RunConfig(width=1, rate=2, seed=3))
    assert [step.recipe.width for step in lesson.steps] == [2, 3]
    assert [step.limit for step in lesson.steps] == [200, 200]
    assert lesson.steps[0].until[2] == Condition(state_is="no row learned")
    first, rows, choice, drawing = lesson.predictions
    assert first == NumberAsked(
        "First step with all rows correct", "first_step", 1, 400, 84, "", 2, None, 2
    )
    assert isinstance(rows, NumberAsked)
    assert (rows.of, rows.unit) == (1, "rows")
    assert choice == ChoiceAsked(
        "Which of the two learns?",
        (
            Option("Both", (Condition(correct_by=200),), 1),
            Option("Three units", (Condition(order_of=(2,)),), 2),
        ),
        2,
    )
    assert drawing == DrawingAsked("The loss of three units", 200, 0.01, 2, 84, 2, 3)
    assert lesson.exercise is not None
    assert lesson.exercise.show_me == RunConfig(width=2, rate=2, seed=3, biases=True)
    assert lesson.exercise.until[0] == Condition(setting_changed="one")


def test_a_lesson_about_the_lab_is_read_as_it_is_written() -> None:
    lesson = loads(json.dumps(plain_in_the_lab()))
    assert [step.lab for step in lesson.steps] == [LabTask(20, 300)] * 2
    assert (lesson.steps[0].until, lesson.order_of) == ((), (1, 2))
    assert (lesson.play, lesson.setup.speed) == ("", MAX)
    told = [one.share_within for one in lesson.predictions if isinstance(one, NumberAsked)]
    assert told == ["interval", 10, 10]


def test_what_may_be_left_out_may_be_left_out() -> None:
    entries = plain()
    for name in ("play", "setup", "exercise"):
        del entries[name]
    entries["steps"][0]["recipe"] = {"width": 1}
    del entries["predictions"][3]["first_step_within"]
    others: list[dict[str, Any]] = [
        {},
        {"setup": {}},
        {"setup": {"speed": MAX}},
        {"controls": {"others": "free"}},
    ]
    for setup in others:
        lesson = loads("\ufeff" + json.dumps(entries | setup))
        assert lesson.setup == Setup(RunConfig())
    assert lesson.exercise is None
    assert isinstance(drawing := lesson.predictions[3], DrawingAsked)
    assert drawing.first_step_within == 2


NO_LESSONS: list[tuple[str, str]] = [
    ("hello", "It is not JSON at line 1, column 1: "),
    ('{\n"a": 1\n"b": 2}', "It is not JSON at line 3, column 1: "),
    ('{"a": 1, "a": 2}', "In the lesson, it has the entry 'a' twice."),
    ("[]", "It is not an xorviz lesson: it has no entry xorviz_lesson."),
    ('{"format": "xorviz run"}', "It is not an xorviz lesson"),
    ('{"xorviz_lesson": 2}', "The lesson was written for a newer xorviz (format 2); this one"),
    ('{"xorviz_lesson": "1"}', "In the lesson, xorviz_lesson is '1'; allowed: a whole number"),
    ('{"xorviz_lesson": true}', "In the lesson, xorviz_lesson is True; allowed: "),
    ('{"xorviz_lesson": 1, "controls": {"others": "hidden"}}', "The lesson hides or locks"),
    ('{"a": NaN}', "In the lesson, it holds NaN, which is not a number."),
    ('{"a": 1e999}', "In the lesson, a number in it is too large."),
    ("9" * 5000, "In the lesson, a number in it has 5000 digits."),
    ("[" * 60_000, "In the lesson, entries are nested too deep."),
    (" " * (MOST_BYTES + 1), "The file is larger than the limit for lessons, 64 KiB."),
]


def test_what_is_no_lesson_is_refused() -> None:
    for text, said in NO_LESSONS:
        assert refusal(text).startswith(said)


def test_a_file_is_read_and_reported(tmp_path: Path) -> None:
    path = tmp_path / "my.xlesson"
    path.write_text(json.dumps(plain()), encoding="utf-8")
    assert load_lesson(path) == loads(json.dumps(plain()))
    for data, said in [(b"\xff{}", "not a text in UTF-8"), (b" " * 70_000, "64 KiB")]:
        path.write_bytes(data)
        with pytest.raises(FileError, match=said):
            load_lesson(path)
    with pytest.raises(FileError, match="does not exist"):
        load_lesson(tmp_path / "none")


GONE = object()
"""The value of an entry that is left out."""


def put(lesson: Any, path: Iterable[str | int], value: Any) -> dict[str, Any]:
    """Return a lesson with another value at a place; lists are counted from 0."""
    changed = held = copy.deepcopy(lesson)
    *places, last = path
    for place in places:
        held = held[place]
    if value is GONE:
        del held[last]
    else:
        held[last] = value
    return changed  # type: ignore[no-any-return]


def path_of(place: str) -> list[str | int]:
    """Return a place as messages name it as a path: steps[1].do is the first step's."""
    parts = re.findall(r"\w+", place)
    return [int(part) - 1 if part.isdecimal() else part for part in parts]


LAB = {"seeds": 20, "steps": 300}
REFUSED: list[tuple[str, Any, str]] = [
    ("colour", "red", "the outer object has an unknown entry colour."),
    ("insight", GONE, "the outer object has no entry insight."),
    ("title", "", " is ''; allowed: a text of length >= 1."),
    ("title", "x" * 61, f" is '{'x' * 61}'; allowed: a text of length <= 60."),
    ("title", "x y" * 21, "; allowed: a text of length <= 60."),
    ("question", "a\nb", r" is 'a\nb'; allowed: a text without line breaks."),
    ("insight", "\x1b[31m", " is "),
    ("setup", [], " is []; allowed: an object."),
    ("setup.recipe", {"width": 0}, ": width is 0; allowed: a whole number"),
    ("setup.recipe", {"hue": 0}, ": unknown setting 'hue'; known: width"),
    ("setup.speed", "fast", " is 'fast'; allowed: a number, or \"max\""),
    ("setup.workspace", "x", " is 'x'; allowed: learn, inside, lab."),
    ("setup.step", 0, "setup.pinned is a run that is trained as far as step; that is 0"),
    ("setup.step", 200, "steps[1].until ends where the run is already, at 200."),
    ("steps", [], " is []; allowed: a list of length >= 1."),
    ("steps[1]", "run", " is 'run'; allowed: an object."),
    ("steps[2].until", GONE, " names no step above 0, so this run would never end"),
    ("steps[1].until", [{}], "[1] has 0 entries; allowed: one of reached, "),
    ("steps[2].until[2]", {"reached": 1, "correct_by": 1}, " has 2 entries; allowed: one"),
    ("steps[2].until[2]", {"correct": 1}, " has an unknown entry correct."),
    ("steps[2].until[2]", {"correct_by": "soon"}, ".correct_by is 'soon'; allowed: a whole number"),
    ("steps[2].until[2]", {"correct_by": -1}, ".correct_by is -1; allowed: a whole number >= 0."),
    ("steps[2].until[2]", {"first_step_within": [9, 1]}, ".first_step_within is [9, 1]; allowed"),
    ("steps[2].until[2]", {"share_within": [1, 9]}, ".share_within is about the lab, but this"),
    ("steps[2].until[2]", {"setting_changed": "one"}, ".setting_changed is for the exercise"),
    ("steps[2].until[2]", {"order_of": [3]}, ".order_of names step 3; allowed: 1 to 2."),
    (
        "steps[1]",
        {"do": "Lab.", "lab": LAB, "until": [{"reached": 5}]},
        ".until[1].reached is about a run, but this step trains the lab.",
    ),
    ("steps[1].lab", {"seeds": 5}, " has no entry steps."),
    ("steps[1].control", "rm", " is 'rm'; allowed: width, rate, se"),
    ("steps[2].recipe.width", 2, "steps[2].until ends where the run is already"),
    ("exercise.show_me", GONE, "exercise has no entry show_me."),
    ("exercise.show_me", {}, " changes nothing in the recipe"),
    ("exercise.show_me.width", 5, "exercise.show_me changes biases, width; allowed by setting_cha"),
    ("exercise.until[1].setting_changed", ["width", "weights"], "show_me changes biases; allowed"),
    ("exercise.until[1].setting_changed", ["hue"], " is 'hue'; allowed: width"),
    ("predictions[1]", 7, " is 7; allowed: an object."),
    ("predictions[1].kind", "word", " is 'word'; allowed: number, choice, drawing."),
    ("xorviz_lesson", 0, " is 0; allowed: 1."),
    ("predictions[1].of", 3, " is 3; allowed: a whole number from 1"),
    ("predictions[2].measure", "count", " is count, but step 1 trains a run; allowed"),
    ("predictions[1].answer", 0, " is 0; allowed: from low to hi"),
    ("predictions[1].low", 84.5, " is 84.5; allowed: a whole number"),
    ("predictions[1].high", 1, " is 1; allowed: a number above low."),
    ("predictions[1].share_within", 5, " is for count and"),
    ("predictions[2].first_step_within", 2, " is for "),
    ("predictions[3].answer", 3, " is 3; allowed: 1 to 2"),
    ("predictions[3].options[2]", GONE, "predictions[3].options is [{'text': 'Both', 'if': "),
    ("predictions[3].options[1].if[1]", {"correct_by": 999}, "if names step 999, but"),
    ("predictions[4].last_step", 201, " is 201, which step 2 of the lesson need not reach"),
    ("predictions[4].lowest", 2, "predictions[4].highest is 2; allowed: a number abo"),
    ("order_of", [1], " needs two or more different predictions."),
    ("order_of", [1, 2], " compares numbers of one measure, and nothing else."),
]
REFUSED_IN_THE_LAB: list[tuple[str, Any, str]] = [
    ("steps[1].lab.seeds", 1001, " is 1001; allowed: a whole number <= 1000."),
    ("predictions[3].measure", "most_rows", "predictions[3].high is 100"),
    ("predictions[1].share_within", "near", " is 'near'; allowed: a number, or"),
    ("predictions[1]", plain()["predictions"][3], ".of is 2, which trains"),
    (
        "steps[1]",
        {"do": "Run.", "until": [{"reached": 9}]},
        "steps[2].until[2].order_of compares runs, or steps in the lab; here are both.",
    ),
    ("exercise.show_me", {"seed": 5}, " changes nothing in the recipe of the exercise."),
]


def test_each_mistake_is_refused_with_its_place() -> None:
    for cases, lesson in ((REFUSED, plain), (REFUSED_IN_THE_LAB, plain_in_the_lab)):
        for place, value, said in cases:
            where = place if said[0] in " .[:;" else ""
            found = refusal(json.dumps(put(lesson(), path_of(place), value)))
            assert found.startswith(f"In the lesson, {where}")
            assert said in found


def places(value: Any, path: tuple[str | int, ...] = ()) -> Iterator[tuple[str | int, ...]]:
    """Yield the place of every value in a lesson."""
    inside = value.items() if isinstance(value, dict) else enumerate(value)
    for name, held in inside:
        yield (*path, name)
        if isinstance(held, dict | list):
            yield from places(held, (*path, name))


STRANGE: list[Any] = [
    *(None, True, -1, 0, 1e308, 10**39, 0.5, "", "\ud800", "x" * 2000, [], {}, [[]], {"": []}),
    *([1, 1], ["one"], {"width": 3}, [None] * 5, [{}, {}], "max", "interval", "$(reboot)", "../x"),
]


def check(text: str) -> None:
    """Read a text, which may be refused in a sentence; anything else that is raised is a fault."""
    said = ""
    try:
        loads(text)
    except FileError as error:
        said = str(error)
    assert said[-1:] in {"", "."}
    assert said.replace(THIN_SPACE, "").isprintable()


@pytest.mark.parametrize("count", [3, pytest.param(len(STRANGE), marks=pytest.mark.thorough)])
def test_strange_values_anywhere_are_refused_or_fit(count: int) -> None:
    dice = random.Random(1)
    for lesson in (plain(), plain_in_the_lab()):
        for path in places(lesson):
            for value in (*dice.sample(STRANGE, count), *dice.sample([*lesson.values()], 1), GONE):
                check(json.dumps(put(lesson, path, value)))


def test_its_limits_are_those_of_the_window() -> None:
    assert tuple(Workspace) == tuple(PANELS)
    assert {entry.name for entry in PANELS_OF_WINDOW} >= set(SHOWN)
    for speed in (1, 100_000, pace.SPEED.word):
        assert loads(json.dumps(put(plain(), ["setup", "speed"], speed))).setup.speed == speed
    assert pace.SPEED.word == MAX


def test_texts_lose_the_spaces_around_them_and_long_numbers_stay_on_one_line() -> None:
    said = " row 00 of 1 000 000, 5 of 12 units, 1000 2000 "
    lesson = loads(json.dumps(put(plain(), ["insight"], said)))
    assert lesson.insight == said.strip().replace("1 000 000", "1\u202f000\u202f000")
    lesson = loads(json.dumps(put(plain(), ["title"], "x" * 60)))  # as long as it may be
    assert lesson.title == breakable("x" * 60)
    assert breakable("x" * 21) == "x" * 10 + "\u200b" + "x" * 10 + "\u200bx"
