"""Lessons are read as they are written, and anything else is refused with its place."""

import copy
import json
import random
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.lessons.examples import plain, plain_in_the_lab
from xorviz.core.numerals import THIN_SPACE
from xorviz.core.settings import RunConfig
from xorviz.engine import pace
from xorviz.files.atomic import FileError
from xorviz.lessons import conditions, fields
from xorviz.lessons.conditions import Condition
from xorviz.lessons.lesson import (
    WORKSPACES,
    ChoiceAsked,
    ControlRules,
    DrawingAsked,
    LabTask,
    NumberAsked,
    Option,
    Setup,
)
from xorviz.lessons.reading import MAX, MOST_BYTES, SPEED, load_lesson, loads
from xorviz.panels.registry import Workspace


def refusal(text: str) -> str:
    with pytest.raises(FileError) as caught:
        loads(text)
    return str(caught.value)


def refusal_of(change: Callable[[dict[str, Any]], object], lesson: dict[str, Any]) -> str:
    change(lesson)
    return refusal(json.dumps(lesson))


def test_a_lesson_about_runs_is_read_as_it_is_written() -> None:
    lesson = loads(json.dumps(plain()))
    base = RunConfig(width=2, rate=2, seed=3)
    assert lesson.setup == Setup(base, 20, "inside", 500, RunConfig(width=1, rate=2, seed=3))
    assert lesson.controls == ControlRules(("width", "biases"), "locked", "sunflower")
    assert [step.recipe.width for step in lesson.steps] == [2, 3]
    assert [step.limit for step in lesson.steps] == [200, 200]
    assert lesson.steps[0].until[2] == Condition("state_is", "no row learned")
    first, rows, choice, drawing = lesson.predictions
    assert first == NumberAsked(
        "First step with all rows correct", "first_step", 1, 400, "", 2, 84, None, 2
    )
    assert isinstance(rows, NumberAsked)
    assert (rows.of, rows.unit) == (1, "rows")
    assert choice == ChoiceAsked(
        "Which of the two learns?",
        (
            Option("Both", (Condition("correct_by", 200),), 1),
            Option("Three units", (Condition("order_of", (2,)),), 2),
        ),
        2,
    )
    assert drawing == DrawingAsked("The loss of three units", 200, 0.01, 2, 3, 2, 84)
    assert lesson.exercise is not None
    assert lesson.exercise.show_me == RunConfig(width=2, rate=2, seed=3, biases=True)
    assert lesson.exercise.until[0] == Condition("setting_changed", ("one",))


def test_a_lesson_about_the_lab_is_read_as_it_is_written() -> None:
    lesson = loads(json.dumps(plain_in_the_lab()))
    assert [step.lab for step in lesson.steps] == [LabTask(20, 300)] * 2
    assert (lesson.steps[0].until, lesson.order_of) == ((), (1, 2))
    assert (lesson.play, lesson.controls, lesson.setup.speed) == ("", ControlRules(), None)
    told = [one.share_within for one in lesson.predictions if isinstance(one, NumberAsked)]
    assert told == ["interval", 10, 10]


def test_what_may_be_left_out_may_be_left_out() -> None:
    entries = plain()
    for name in ("play", "setup", "controls", "exercise"):
        del entries[name]
    entries["steps"][0]["recipe"] = {"width": 1}
    del entries["predictions"][3]["first_step_within"]
    others: list[dict[str, Any]] = [{}, {"setup": {}}, {"setup": {"speed": MAX}}]
    for setup in others:
        lesson = loads("\ufeff" + json.dumps(entries | setup))
        assert lesson.setup == Setup(RunConfig())
    assert lesson.exercise is None
    assert isinstance(drawing := lesson.predictions[3], DrawingAsked)
    assert drawing.first_step_within == 2


NO_LESSONS: list[tuple[str, str]] = [
    (" \n", "The file is empty."),
    ('{"a": 1, "a": 2}', "It is not an xorviz lesson"),
    ("[]", "It is not an xorviz lesson: it has no entry xorviz_lesson."),
    ('{"format": "xorviz run"}', "It is not an xorviz lesson"),
    ('{"xorviz_lesson": 2}', "The lesson was written for a newer xorviz (format 2); this one"),
    ('{"xorviz_lesson": "1"}', "In the lesson, xorviz_lesson is '1'; allowed: a whole number"),
    ('{"xorviz_lesson": true}', "In the lesson, xorviz_lesson is True; allowed: "),
    ('{"a": NaN}', "In the lesson, it holds NaN, which is not a number."),
    ('{"a": 1e999}', "In the lesson, a number in it is too large."),
    ("9" * 5000, "In the lesson, a number in it has 5000 digits."),
    ("[" * 60_000, "In the lesson, entries are nested too deep."),
    (" " * (MOST_BYTES + 1), "The file is larger than the limit for lessons, 64 KiB."),
]


NO_JSON: list[tuple[str, int, str]] = [
    ("hello", 1, "a value is missing here"),
    ('{"a": “x”}', 7, '“ is not a straight quotation mark (")'),
    ("{'a': 1}", 2, "' is not a straight quotation mark (\")"),
    ('{"a": "x”, "b": 1}', 13, "a comma or a bracket is missing before this, or a quotation mark "),
    ('{"a": 1 "b": 2}', 9, "a comma or a bracket is missing before this, or a quotation mark is "),
    ('{"rate": 0,5}', 12, "decimals have a point, as in 0.5"),
    ('{"a": "x\ty"}', 9, "a text has a tab or another control character in it"),
    ('{"a": "x\ny"}', 9, "a text has a line break in it"),
    ('{"a": True}', 7, "true and false have small letters"),
    ('{"a": 1 // one', 9, "there are no comments in JSON"),
    ('{"a": ', 7, "the end of the lesson is missing"),
    ('{"a": "x', 7, 'the straight quotation mark (") that ends this text is missing'),
    ('{"a" 1}', 6, "a colon is missing before this"),
    ("{a: 1}", 2, 'a name in straight quotation marks (") is missing here'),
    ('{"a": 1}}', 9, "the lesson has ended before this, so a bracket too many stands above"),
    ('{"a": "C:\\d"}', 10, "a backslash in a text is written twice (\\\\)"),
]


def test_what_is_no_json_is_refused_with_what_probably_is_wrong() -> None:
    for text, column, said in NO_JSON:
        assert refusal(text).startswith(f"It is not JSON at line 1, column {column}: {said}")
    assert refusal('{\n"a": [1,\n]}').endswith("a comma stands before a closing bracket.")
    assert refusal('{\n"a": 1\n"b": 2}').startswith("It is not JSON at line 3, column 1: ")


def test_an_entry_that_is_there_twice_is_refused_with_its_place() -> None:
    text = json.dumps(plain()).replace('"control": "width"', '"do": "Go.", "control": "width"')
    assert refusal(text) == "In the lesson, steps[2] has the entry 'do' twice."


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


def put(*path: str | int, value: Any) -> Callable[[dict[str, Any]], None]:
    """Return a change that puts a value at a place; lists are counted from 0 here."""

    def change(entries: Any) -> None:
        *places, last = path
        for place in places:
            entries = entries[place]
        entries[last] = value

    return change


def gone(*path: str | int) -> Callable[[dict[str, Any]], None]:
    def change(entries: Any) -> None:
        *places, last = path
        for place in places:
            entries = entries[place]
        del entries[last]

    return change


LAB = {"seeds": 20, "steps": 300}
REFUSED: list[tuple[Callable[[dict[str, Any]], None], str]] = [
    (put("colour", value="red"), "the outer object has an unknown entry 'colour'; allowed: xorviz"),
    (gone("insight"), "the outer object has no entry insight."),
    (put("title", value=""), "title is ''; allowed: a text of 1 to 60 characters without line br"),
    (put("title", value="x" * 61), "title has 61 characters; allowed: 60."),
    (put("question", value="a\nb"), r"question is 'a\nb'; allowed: a text of 1 to 600 characters"),
    (put("insight", value="\x1b[31m"), "insight is "),
    (put("setup", value=[]), "setup is []; allowed: an object with recipe"),
    (put("setup", "recipe", "width", value=0), "setup.recipe.width is 0; allowed: a whole number"),
    (
        put("setup", "recipe", "hue", value=0),
        "setup.recipe has an unknown entry 'hue'; allowed: wi",
    ),
    (put("setup", "speed", value="fast"), "setup.speed is 'fast'; allowed: a number from 1, up to"),
    (put("setup", "workspace", value="x"), "setup.workspace is 'x'; allowed: learn, inside, lab."),
    (
        put("setup", "step", value=0),
        "setup.pinned is a run that is trained as far as step; that is 0",
    ),
    (put("setup", "step", value=200), "steps[1].until ends where the run is already, at 200."),
    (
        put("controls", "others", value="gone"),
        "controls.others is 'gone'; allowed: free, hidden, l",
    ),
    (
        put("controls", "others", value="hidden"),
        "controls.word unlocks nothing: others are hidden, ",
    ),
    (gone("controls", "word"), "controls.word is missing; where others are locked, it unlocks th"),
    (
        put("controls", "shown", value=["width"]),
        "controls.shown lacks biases, which the lesson nee",
    ),
    (
        put("exercise", value=plain()["exercise"] | {"control": "run", "show_me": {"rate": 1}}),
        "controls.shown lacks rate, which the lesson needs.",
    ),
    (put("steps", value=[]), "steps is []; allowed: a list of 1 to 9 entries."),
    (put("steps", 0, value="run"), "steps[1] is 'run'; allowed: an object with do."),
    (
        gone("steps", 1, "until"),
        "steps[2].until names no step above 0, so this run would never end",
    ),
    (put("steps", 0, "until", value=[{"reached": 0}]), "steps[1].until names no step above 0"),
    (put("steps", 0, "until", value=[{}]), "steps[1].until[1] has 0 entries; allowed: one."),
    (
        put("steps", 1, "until", 1, value={"reached": 1, "correct_by": 1}),
        "steps[2].until[2] has 2 entries; allowed: one.",
    ),
    (
        put("steps", 1, "until", 1, value={"correct": 1}),
        "steps[2].until[2] has an unknown entry 'correct'; allowed: reached, correct_by, not_corr",
    ),
    (
        put("steps", 1, "until", 1, value={"correct_by": "soon"}),
        "steps[2].until[2].correct_by is 'soon'; allowed: a whole number from 0 to 1\u202f0",
    ),
    (
        put("steps", 1, "until", 1, value={"first_step_within": [9, 1]}),
        "steps[2].until[2].first_step_within is [9, 1]; allowed: two values, the smaller one first",
    ),
    (
        put("steps", 1, "until", 1, value={"share_within": [1, 9]}),
        "steps[2].until[2].share_within is about the lab, but a run is trained; allowed with an en",
    ),
    (
        put("steps", 1, "until", 1, value={"setting_changed": "one"}),
        "steps[2].until[2].setting_changed is for the exercise",
    ),
    (
        put("steps", 1, "until", 1, value={"order_of": [3]}),
        "steps[2].until[2].order_of names step 3; allowed: 1 to 2.",
    ),
    (
        put("steps", 0, value={"do": "Lab.", "lab": LAB, "until": [{"reached": 5}]}),
        "steps[1].until[1].reached is about a run, but networks in the lab are trained.",
    ),
    (put("steps", 0, "lab", value={"seeds": 5}), "steps[1].lab has no entry steps."),
    (put("steps", 0, "control", value="rm"), "steps[1].control is 'rm'; allowed: width, rate, se"),
    (put("steps", 1, "recipe", "width", value=2), "steps[2].until ends where the run is already"),
    (gone("exercise", "show_me"), "exercise has no entry show_me."),
    (put("exercise", "show_me", value={}), "exercise.show_me changes nothing in the recipe"),
    (
        put("exercise", "show_me", "width", value=5),
        "exercise.show_me changes biases, width; allowed by setting_changed: one.",
    ),
    (
        put("exercise", "until", 0, "setting_changed", value=["width", "weights"]),
        "exercise.show_me changes biases; allowed by setting_changed: width, weights.",
    ),
    (
        put("exercise", "until", 0, "setting_changed", value=[]),
        "exercise.until[1].setting_changed is []; allowed: a list of different values, each width",
    ),
    (put("predictions", 0, value=7), "predictions[1].kind is 7; allowed: number, choice, drawing."),
    (put("predictions", 0, "kind", value=[]), "predictions[1].kind is []; allowed: number, choice"),
    (
        put("predictions", 0, "of", value=3),
        "predictions[1].of is 3; allowed: a whole number from 1",
    ),
    (
        put("predictions", 0, "measure", value="count"),
        "predictions[1].measure is count, but step 2 trains a run; allowed: most_rows, first_step.",
    ),
    (
        put("predictions", 0, "answer", value=0),
        "predictions[1].answer is 0; allowed: from low to hi",
    ),
    (
        put("predictions", 0, "low", value=84.5),
        "predictions[1].low is 84.5; allowed: a whole number",
    ),
    (
        put("predictions", 0, value=plain()["predictions"][0] | {"low": 84, "high": 84}),
        "predictions[1].high is 84; allowed: a number above low.",
    ),
    (
        put("predictions", 0, "share_within", value=5),
        "predictions[1].share_within is for count and",
    ),
    (
        put("predictions", 1, "first_step_within", value=2),
        "predictions[2].first_step_within is for ",
    ),
    (
        put("predictions", 2, "answer", value=3),
        "predictions[3].answer is 3; allowed: a whole number",
    ),
    (gone("predictions", 2, "options", 1), "predictions[3].options is [{'text': 'Both', 'if': "),
    (
        put("predictions", 2, "options", 0, "if", 0, value={"correct_by": 999}),
        "predictions[3].options[1].if names step 999, but step 1 of the lesson ends at 200.",
    ),
    (
        put("predictions", 3, "last_step", value=201),
        "predictions[4].last_step is 201, which step 2 of the lesson need not reach",
    ),
    (
        put("predictions", 3, "lowest", value=2),
        "predictions[4].highest is 2; allowed: a number abo",
    ),
    (
        put("order_of", value=[1]),
        "order_of is [1]; allowed: a list of different values, at least 2",
    ),
    (put("order_of", value=[1, 2]), "order_of compares numbers of one measure, and nothing else."),
    (put("order_of", value=[1, 3]), "order_of compares numbers of one measure, and nothing else."),
]
REFUSED_IN_THE_LAB: list[tuple[Callable[[dict[str, Any]], None], str]] = [
    (put("steps", 0, "lab", "seeds", value=1001), "steps[1].lab.seeds is 1001; allowed: a whole n"),
    (put("steps", 0, "lab", value=1), "steps[1].lab is 1; allowed: an object with seeds, steps."),
    (
        put("predictions", 0, "measure", value="first_step"),
        "predictions[1].measure is first_step, but step 1 trains networks in the lab; al",
    ),
    (put("predictions", 0, "high", value=21), "predictions[1].high is 21; allowed: a whole number"),
    (
        put("predictions", 0, "share_within", value="near"),
        "predictions[1].share_within is 'near'; allowed: a number from 0, up to 100, or",
    ),
    (
        put("predictions", 0, value=plain()["predictions"][3]),
        "predictions[1].of is 2, which trains",
    ),
    (
        put("steps", 0, value={"do": "Run.", "until": [{"reached": 9}]}),
        "steps[2].until[2].order_of compares runs, or steps in the lab; here are both.",
    ),
    (
        put("exercise", "show_me", value={"seed": 5}),
        "exercise.show_me changes nothing in the recipe of the exercise.",
    ),
]


def test_each_mistake_is_refused_with_its_place() -> None:
    for cases, lesson in ((REFUSED, plain), (REFUSED_IN_THE_LAB, plain_in_the_lab)):
        for change, said in cases:
            assert refusal_of(change, lesson()).startswith(f"In the lesson, {said}")


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


def test_strange_values_anywhere_are_refused_or_fit() -> None:
    dice = random.Random(1)
    for lesson in (plain(), plain_in_the_lab()):
        for path in places(lesson):
            for value in dice.sample(STRANGE, 3):
                changed = copy.deepcopy(lesson)
                put(*path, value=value)(changed)
                check(json.dumps(changed))
            changed = copy.deepcopy(lesson)
            gone(*path)(changed)
            check(json.dumps(changed))


@pytest.mark.thorough
def test_every_strange_value_at_every_place_is_refused_or_fits() -> None:
    for lesson in (plain(), plain_in_the_lab()):
        found = list(places(lesson))
        for path in found:
            for value in (*STRANGE, lesson, *lesson.values()):
                changed = copy.deepcopy(lesson)
                put(*path, value=value)(changed)
                check(json.dumps(changed))


@pytest.mark.thorough
@given(st.data())
def test_texts_with_any_damage_are_refused_or_fit(data: st.DataObject) -> None:
    text = json.dumps(plain())
    start = data.draw(st.integers(0, len(text)))
    end = data.draw(st.integers(start, min(len(text), start + 30)))
    put_in = data.draw(st.text(max_size=8) | st.sampled_from(["{", "}", '"', "1e9", "null", ","]))
    check(text[:start] + put_in + text[end:])


def test_its_limits_are_those_of_the_window() -> None:
    assert tuple(Workspace) == WORKSPACES
    assert SPEED.rule == pace.SPEED.rule
    assert SPEED.word == pace.SPEED.word == MAX
    assert conditions.STEP.high == conditions.MOST_STEPS


def test_long_numbers_in_texts_stay_on_one_line() -> None:
    said = "row 00 of 1 000 000, 5 of 12 units, 1000 2000"
    assert fields.PARAGRAPH.check(said) == said.replace("1 000 000", "1\u202f000\u202f000")


def test_a_text_is_taken_without_the_spaces_around_it() -> None:
    assert fields.PARAGRAPH.check(" a \u200d b ") == "a \u200d b"
