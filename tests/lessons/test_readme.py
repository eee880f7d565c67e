"""The README tells every part of a lesson that is read, and no other; its lessons hold."""

import json
import re
from collections.abc import Iterable

import pytest

from tests.support.cases import some
from tests.support.commands import ROOT
from xorviz.core.diagnosis.stuck_states import NAMES
from xorviz.core.kernels import kernels
from xorviz.core.kernels.compiler import KERNEL_NAMES
from xorviz.core.settings import ACTIVATION_NAMES, INIT_NAMES, LOSS_NAMES, SETTINGS, RunConfig
from xorviz.lab.training import training
from xorviz.lessons import reading, reading_predictions, reading_steps
from xorviz.lessons.conditions import KINDS, MOST_STEPS, MOST_TASKS
from xorviz.lessons.fields import PARAGRAPH, SENTENCE, SHORT, Fields
from xorviz.lessons.lesson import CONTROLS, INTERVAL, MEASURES, OTHERS, WORKSPACES
from xorviz.lessons.proving import prove
from xorviz.lessons.reading import MOST_BYTES, SPEED, loads
from xorviz.lessons.reading_steps import LAB_STEPS, SEEDS

TEXT = (ROOT / "xorviz" / "lessons" / "README.md").read_text(encoding="utf-8")

COMMON = ("kind", "ask")
FIELDS = {
    "The entries of a lesson": [reading.LESSON],
    "setup": [reading.SETUP],
    "recipe": [reading_steps.RECIPE],
    "steps": [reading_steps.STEP],
    "lab": [reading_steps.LAB],
    "conditions": [reading_steps.CONDITION],
    "a number": [reading_predictions.NUMBER, Fields(MEASURES)],
    "a choice": [reading_predictions.CHOICE, reading_predictions.OPTION],
    "a drawing": [reading_predictions.DRAWING],
    "controls": [reading.CONTROL_RULES],
}
ALL_OPTIONAL = ("recipe", "conditions")
"""Where the text says of all entries that they may be left out."""


def section(title: str) -> str:
    """Return the text below a heading, up to the next one."""
    found = re.search(rf"^#+ {title}\n(.*?)(?=^#|\Z)", TEXT, re.MULTILINE | re.DOTALL)
    assert found is not None, title
    return found[1]


def rows(text: str) -> list[tuple[str, bool]]:
    """Return the first column of the tables in a text, and which of it may be left out."""
    found = re.findall(r"^\| `([^`]+)`( \*)? \|", text, re.MULTILINE)
    return [(name, bool(star)) for name, star in found]


def names(text: str) -> list[str]:
    return [name for name, _ in rows(text)]


@pytest.mark.parametrize("kernel", some(KERNEL_NAMES, 1))
def test_its_lessons_hold(kernel: str) -> None:
    kernels.prepare(kernel)
    training.prepare(kernel)
    lessons = re.findall(r"```json\n(.*?)```", TEXT, re.DOTALL)
    assert len(lessons) == 2
    for text in lessons:
        wrong = [claim.text for claim in prove(loads(text), kernel) if not claim.holds]
        assert not wrong


def test_it_tells_every_entry_and_no_other_and_what_may_be_left_out() -> None:
    for title, fields in FIELDS.items():
        is_marked = title not in ALL_OPTIONAL
        read = {(n, is_marked and n in one.optional) for one in fields for n in one.names}
        told = rows(section(title))
        assert sorted(told) == sorted(one for one in read if one[0] not in COMMON)
    assert names(section("predictions")) == list(COMMON)
    assert names(section("exercise")) == ["show_me"]
    assert set(reading_steps.EXERCISE.names) == {"show_me", *reading_steps.STEP.names}


def test_it_tells_every_condition_and_whether_it_is_about_a_run_or_the_lab() -> None:
    lines = [line for line in section("conditions").splitlines() if line.startswith("| `")]
    assert len(lines) == len(KINDS)
    about = {None: "either", True: "the lab", False: "a run"}
    for line, (name, kind) in zip(lines, KINDS.items(), strict=True):
        assert line.startswith(f"| `{name}` |")
        assert line.rstrip(" |").split("| ")[-1].startswith(about[kind.is_of_lab])


def test_it_tells_every_word() -> None:
    words: Iterable[str] = (*CONTROLS, *WORKSPACES)
    assert all(f"`{word}`" in TEXT for word in words)
    quoted = (*ACTIVATION_NAMES, *INIT_NAMES, *LOSS_NAMES, *NAMES, *OTHERS, INTERVAL, SPEED.word)
    assert all(f'`"{word}"`' in TEXT for word in quoted)


def test_it_tells_every_limit() -> None:
    most_steps, lab_steps = (f"{n:,}".replace(",", " ") for n in (MOST_STEPS, LAB_STEPS.high))
    texts = (PARAGRAPH, SENTENCE, SHORT, reading.WORD, reading.TITLE)
    limits = [f"at most {text.longest} characters" for text in texts]
    limits += [f"1 to {MOST_TASKS} steps", f"1 to {MOST_TASKS} predictions", f"0 to {most_steps}"]
    limits += [f"1 to {SEEDS.high}:", f"1 to {lab_steps} ", f"{MOST_BYTES // 1024} KiB"]
    assert [limit for limit in limits if limit not in TEXT] == []


def test_it_tells_what_settings_are_where_they_are_left_out() -> None:
    told = re.findall(
        r"^\| `(\w+)` \|.*\| `?\"?([^`\"]+)\"?`? \|$", section("recipe"), re.MULTILINE
    )
    assert [name for name, _ in told] == list(SETTINGS)
    default = RunConfig().to_dict()
    assert RunConfig.from_dict({name: _value(text) for name, text in told}).to_dict() == default


def _value(text: str) -> object:
    try:
        return json.loads(text)
    except ValueError:
        return text
