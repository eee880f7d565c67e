"""The README tells every part of a lesson that is read, and no other; its lessons hold."""

import re
from collections.abc import Iterable
from typing import get_args

import pytest
from msgspec import Struct
from msgspec.structs import fields

from tests.support.cases import some
from tests.support.commands import ROOT
from xorviz.core.diagnosis.stuck_states import NAMES
from xorviz.core.kernels import kernels
from xorviz.core.kernels.compiler import KERNEL_NAMES
from xorviz.core.settings import SETTINGS
from xorviz.lab.training import training
from xorviz.lessons import lesson as parts
from xorviz.lessons import predictions, tasks
from xorviz.lessons.conditions import MOST_STEPS, MOST_TASKS, Condition
from xorviz.lessons.lesson import MAX, PANELS, SHOWN
from xorviz.lessons.predictions import INTERVAL, MEASURES
from xorviz.lessons.proving import prove
from xorviz.lessons.reading import MOST_BYTES, loads
from xorviz.lessons.tasks import CONTROLS

TEXT = (ROOT / "xorviz" / "lessons" / "README.md").read_text(encoding="utf-8")

FIELDS: dict[str, type[Struct]] = {
    "The entries of a lesson": parts.Lesson,
    "setup": parts.Setup,
    "steps": tasks.LessonStep,
    "lab": tasks.LabTask,
    "conditions": Condition,
    "a number": predictions.NumberAsked,
    "a choice": predictions.ChoiceAsked,
    "a drawing": predictions.DrawingAsked,
}
ALSO = {"a number": set(MEASURES), "a choice": {"text", "if", "of"}}
COMMON = {"xorviz_lesson", "kind", "ask"}
ALL_OPTIONAL = ("conditions",)
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
def test_the_lessons_of_the_readme_hold(kernel: str) -> None:
    kernels.prepare(kernel)
    training.prepare(kernel)
    lessons = re.findall(r"```json\n(.*?)```", TEXT, re.DOTALL)
    assert len(lessons) == 2
    for text in lessons:
        wrong = [claim.text for claim in prove(loads(text), kernel) if not claim.holds]
        assert not wrong


def test_it_tells_every_entry_and_no_other_and_what_may_be_left_out() -> None:
    for title, part in FIELDS.items():
        entries = {field.encode_name: not field.required for field in fields(part)}
        told = {name: star for name, star in rows(section(title)) if name not in COMMON}
        assert told.keys() - ALSO.get(title, set()) == entries.keys() - COMMON, title
        if title not in ALL_OPTIONAL:
            assert {name for name, star in told.items() if star} - {"of"} == {
                name for name, is_optional in entries.items() if is_optional or name == "recipe"
            } - {"of"}, title
    assert names(section("recipe")) == list(SETTINGS)
    assert names(section("exercise")) == ["show_me"]


def test_it_tells_every_word() -> None:
    words: Iterable[str] = (*CONTROLS, *PANELS, *SHOWN)
    assert all(f"`{word}`" in TEXT for word in words)
    settings = (
        name
        for row in SETTINGS.values()
        for name in getattr(row.rule, "names", ())
        if not getattr(row.rule, "summary", "")
    )
    quoted = (*settings, *NAMES, INTERVAL, MAX)
    assert all(f'`"{word}"`' in TEXT for word in quoted)


def test_it_tells_every_limit() -> None:
    most_steps, lab_steps = (f"{n:,}".replace(",", " ") for n in (MOST_STEPS, tasks.MOST_LAB_STEPS))
    texts = (parts.Title, predictions.Short, predictions.Sentence, tasks.Paragraph)
    limits = [f"at most {get_args(text)[1].max_length} characters" for text in texts]
    limits += [f"1 to {MOST_TASKS} steps", f"1 to {MOST_TASKS} predictions", f"0 to {most_steps}"]
    limits += [f"1 to {tasks.MOST_SEEDS}:", f"1 to {lab_steps} ", f"{MOST_BYTES // 1024} KiB"]
    assert [limit for limit in limits if limit not in TEXT] == []
