"""Lessons trained without a window: whether what they claim holds with this version and kernel."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

import msgspec

from xorviz.core import numerals
from xorviz.core.kernels.compiler import NUMPY
from xorviz.core.runs.recording import Recording
from xorviz.core.runs.stopping import Halt
from xorviz.core.settings import RunConfig
from xorviz.lab.plan import LabPlan, shares_of
from xorviz.lab.results.findings import findings_of
from xorviz.lab.results.lab_results import LabResults
from xorviz.lab.results.success import percent
from xorviz.lab.training.training import advanced
from xorviz.lessons.conditions import Condition, Evidence, LabSeen, RunSeen, Scene, all_hold, holds
from xorviz.lessons.lesson import Lesson
from xorviz.lessons.predictions import SHARE, ChoiceAsked, NumberAsked, Prediction
from xorviz.lessons.tasks import Exercise, LabTask, LessonStep

Tell = Callable[[int], object]
"""Is called with the steps that were trained."""

_RUN_PIECE, _LAB_PIECE = 10_000, 500
"""Steps until progress is reported."""
_ROUNDING = 0.05 + 1e-9
"""Of a share, which is claimed in percent with one decimal."""


@dataclass(frozen=True, slots=True)
class Claim:
    """A claim of a lesson, what was measured, and whether they agree. A value."""

    text: str
    holds: bool


def work_of(lesson: Lesson) -> int:
    """Return how many steps of networks a proof takes."""
    exercise = () if lesson.exercise is None else (lesson.exercise, lesson.exercise)
    tasks = (*lesson.steps, *exercise)
    return sum(task.limit * (1 if task.lab is None else task.lab.seeds) for task in tasks)


def prove(lesson: Lesson, kernel: str = NUMPY, tell: Tell = lambda _: None) -> Iterator[Claim]:
    """Train a lesson as its recipes say, and yield what is found of each of its claims.

    Raises KernelError if the kernel cannot be used.
    """
    seen: tuple[Evidence, ...] = ()
    for number, step in enumerate(lesson.steps, start=1):
        seen = (*seen, trained(step, step.recipe, kernel, tell))
        yield from _of_step(f"step {number}", step, seen)
    for number, asked in enumerate(lesson.predictions, start=1):
        yield _of_prediction(f"prediction {number}", asked, lesson.steps, seen)
    if lesson.exercise is not None:
        yield from _of_exercise(lesson.exercise, seen, kernel, tell)


def trained(task: LessonStep, recipe: RunConfig, kernel: str, tell: Tell) -> Evidence:
    """Return what is seen of a recipe that is trained as long as a task asks for."""
    if task.lab is not None:
        return _lab_seen(recipe, task.lab, kernel, tell)
    recording, halt = Recording(recipe, kernel), None
    while halt is None and recording.newest < task.limit:
        halt = recording.advance(n := min(_RUN_PIECE, task.limit - recording.newest))
        tell(n)
    return RunSeen(recording.record(), halt is Halt.DIVERGED)


def _lab_seen(recipe: RunConfig, task: LabTask, kernel: str, tell: Tell) -> LabSeen:
    plan = LabPlan((recipe,), range(task.seeds), task.steps)
    results = LabResults(plan)
    for share in shares_of(plan, jobs=1):
        cohort = share.drawn()
        while cohort.step < task.steps:
            n = min(_LAB_PIECE, task.steps - cohort.step)
            cohort = advanced(cohort, n, kernel=kernel)
            tell(n * len(cohort))
        results.add(share.places, cohort, findings_of(cohort))
    summary = results.snapshot().summary()
    assert summary is not None
    return LabSeen(recipe, tuple(plan.seeds), plan.steps, summary.right)


def _of_step(name: str, step: LessonStep, seen: tuple[Evidence, ...]) -> Iterator[Claim]:
    scene = Scene(seen[-1], step.recipe, seen)
    yield _compared(f"{name}: {_told(scene.now)}", step.until, scene)
    at_its_end = {"reached", "not_correct_after"}
    is_sure = any(one.name in at_its_end and one.limit == step.limit for one in step.until)
    if isinstance(scene.now, RunSeen) and not is_sure:
        right = scene.now.record.right
        if right.first is not None and right.first != right.since:
            since = "not at its end" if right.since is None else f"again from {right.since}"
            yield Claim(
                f"{name}: all four rows are correct from {right.first}, and {since}, so that it may"
                " end before; a condition reached with its last step would make it sure",
                False,
            )


def _compared(text: str, conditions: tuple[Condition, ...], scene: Scene) -> Claim:
    """Return whether all conditions hold, and which do not."""
    missed = [one for one in conditions if not holds(one, scene)]
    if not missed:
        return Claim(text, True)
    written = ", ".join(msgspec.json.encode(one).decode() for one in missed)
    return Claim(f"{text}; not met: {written}", False)


def _told(seen: Evidence) -> str:
    """Return what was measured in a few words."""
    steps = numerals.counted(seen.steps if isinstance(seen, LabSeen) else seen.newest, "step")
    if isinstance(seen, LabSeen):
        count = numerals.whole(seen.right.count)
        networks = numerals.counted(seen.right.of, "network")
        return f"{count} of {networks} correct after {steps} ({percent(seen.right)} %)"
    if seen.correct_since is not None:
        return f"all four rows correct from step {numerals.whole(seen.correct_since)} on"
    state = "" if seen.state is None else f": {seen.state}"
    best = numerals.counted(seen.most_rows, "row")
    return f"{best} correct at best, {seen.rows} after {steps}{state}"


def _of_prediction(
    name: str, asked: Prediction, steps: Sequence[LessonStep], seen: tuple[Evidence, ...]
) -> Claim:
    claimed = asked.in_words(asked.answer)
    if isinstance(asked, ChoiceAsked):
        held = asked.held(steps, seen)
        if held == [asked.answer]:
            return Claim(f"{name}: {claimed} holds and no other, as claimed", True)
        holding = ", ".join(map(asked.in_words, held)) or "none"
        return Claim(f"{name}: what holds is {holding}; claimed is {claimed}", False)
    found = asked.happened(steps, seen)
    is_share = isinstance(asked, NumberAsked) and asked.measure == SHARE
    if found is not None and abs(found - asked.answer) <= (_ROUNDING if is_share else 0):
        return Claim(f"{name}: {asked.in_words(found)}, as claimed", True)
    return Claim(f"{name}: {asked.in_words(found)}; claimed is {claimed}", False)


def _of_exercise(
    exercise: Exercise, seen: tuple[Evidence, ...], kernel: str, tell: Tell
) -> Iterator[Claim]:
    """Yield that the recipe must be changed to meet the conditions, and that show_me does."""
    rest = tuple(one for one in exercise.until if one.name not in {"setting_changed", "reached"})
    before = trained(exercise, exercise.recipe, kernel, tell)
    is_met = bool(rest) and all_hold(rest, Scene(before, exercise.recipe, (*seen, before)))
    met = "; so there is nothing to solve" if is_met else ""
    yield Claim(f"exercise, nothing changed: {_told(before)}{met}", not is_met)
    after = trained(exercise, exercise.show_me, kernel, tell)
    scene = Scene(after, exercise.recipe, (*seen, after))
    yield _compared(f"exercise, show_me: {_told(after)}", exercise.until, scene)
