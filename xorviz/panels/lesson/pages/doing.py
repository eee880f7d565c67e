"""The page that says what to do now."""

from xorviz.lessons.course import Course
from xorviz.lessons.lesson import LessonStep
from xorviz.panels.lesson.answers.rows import TICK, AnswerRow, CountedRows
from xorviz.panels.lesson.pages import words
from xorviz.panels.lesson.pages.page import Wishes, leading, quiet
from xorviz.panels.lesson.pages.progress import RunProgress
from xorviz.panels.lesson.pages.strayed import RecipePage
from xorviz.ui.forms.boxes import hairline
from xorviz.ui.forms.scrolled import SizedLabel

LAB_TELLS = "The panel Lab shows how far it is."


class TaskPage(RecipePage):
    """What to do, how far its run is, and a note if its recipe is not the lesson's."""

    def __init__(self, task: LessonStep, wishes: Wishes) -> None:
        super().__init__(wishes)
        self.progress = RunProgress(task.limit) if task.lab is None else quiet(LAB_TELLS)
        """How far it is."""

    def show_course(self, course: Course) -> None:
        if isinstance(self.progress, RunProgress):
            self.progress.show_seen(course.now)


class DoPage(TaskPage):
    """The step to do now, those that are over with their results, and what was predicted."""

    def __init__(self, course: Course, wishes: Wishes) -> None:
        task = course.task
        assert task is not None
        super().__init__(task, wishes)
        steps = course.lesson.steps
        over = tuple(zip(steps, course.seen, strict=False))
        done = [AnswerRow(TICK, f"{step.do} {words.result(seen)}") for step, seen in over]
        count = f"Step {len(over) + 1} of {len(steps)}"
        self.spoken = f"{words.result(over[-1][1]) if over else 'Locked.'} {count}. {task.do}"
        pairs = zip(course.lesson.predictions, course.answers, strict=True)
        predicted = [
            words.asked_and(asked, words.predicted(asked, given)) for asked, given in pairs
        ]
        self.fill(
            *([SizedLabel(count, is_bold=True)] if len(steps) > 1 else []),
            leading(task.do),
            self.progress,
            self.strayed,
            hairline(),
            *([CountedRows(done)] if done else []),
            quiet("\n".join(("You predicted", *predicted))),
        )
