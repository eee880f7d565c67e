"""The view of the lab's recipe, seeds, steps and progress."""

from collections.abc import Iterable, Sequence

from PySide6.QtCore import QSignalBlocker, Qt, Signal, Slot
from PySide6.QtGui import QAction
from PySide6.QtWidgets import QHBoxLayout, QLabel, QProgressBar, QWidget

from xorviz.core import numerals
from xorviz.core.numerals import duration
from xorviz.core.rules import SettingError, Whole
from xorviz.core.runs.recipe_text import joined, recipe_parts
from xorviz.core.runs.stopping import NEVER
from xorviz.core.settings import SETTINGS, RunConfig
from xorviz.lab.plan import LabPlan
from xorviz.lab.results.lab_results import LabSnapshot
from xorviz.lab.results.published import EXPERIMENTS, ExperimentResult, Published, published_of
from xorviz.panels.base.export import Cells
from xorviz.panels.base.view import View
from xorviz.panels.settings.setting_fields import SettingFields, add_row, describe
from xorviz.ui.chrome.buttons import ActionButton
from xorviz.ui.forms.boxes import STRETCH, column
from xorviz.ui.forms.fields import ChoiceField, NumberField
from xorviz.ui.forms.scrolled import plain_label, scrolled, wrapping_form

_SEED, _SEED_COUNT, _STEPS = Whole(0, 2**32 - 1), Whole(1, 1_000_000), Whole(0, 100_000_000)
DEFAULT_SEEDS, DEFAULT_STEPS = 500, 20_000

CURRENT, OWN = "current", "own"
"""Names of the recipe that follows the current run, and of your own."""
_RECIPES = {
    CURRENT: "Current run",
    OWN: "Own recipe",
    **{one.name: one.title for one in EXPERIMENTS},
}
FIELDS = ("width", "rate", "biases")
"""The settings that have a field here."""
_NUMBERS = {
    "lab_seed_count": (
        "Seeds", _SEED_COUNT, DEFAULT_SEEDS,
        "How many networks the lab trains, each with its own seed.",
    ),
    "lab_first_seed": (
        "First seed", _SEED, 0, "Seed of the first network. The others follow in order.",
    ),
    "lab_steps": (
        "Steps", _STEPS, DEFAULT_STEPS,
        "How many steps each network takes. Follows the current run until you type a number.",
    ),
}  # fmt: skip


class LabRecipe(View):
    """The choice of a recipe, and fields for width, rate, biases, seeds and steps.

    The recipe follows the current run until the user changes it or chooses a published experiment.
    """

    explanation = (
        "The recipe that the lab trains, once for each seed. It follows the current run until you "
        "change a field here."
    )
    has_own_settings = True
    has_table = True
    refused = Signal(str)
    recipe_changed = Signal(object)  # RunConfig
    follows_changed = Signal()
    """Whether it follows the current run."""

    def __init__(self) -> None:
        super().__init__("lab_recipe")
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self._current = RunConfig()
        self._recipes: tuple[RunConfig, ...] = (self._current,)
        """The recipes to train; their seeds are ignored. More than one only as published."""
        self.follows_current_run = True
        self._results: dict[str, ExperimentResult] = {}
        """Results of the published experiments that have been repeated, by name."""
        self._choice = ChoiceField("lab_recipe_choice", _RECIPES)
        self._choice.insertSeparator(self._choice.findData(EXPERIMENTS[0].name))
        describe(self._choice, "Recipe", "The current run's, your own, or a published experiment.")
        self._choice.currentIndexChanged.connect(self._take_choice)
        tip = "Train for as many steps as the current run"
        self.follow_steps = self._option(
            "lab_follow_steps", "Follow its number of steps", True, tip, self._show_own_steps
        )
        """Whether the number of steps is the current run's."""
        self._own_steps = DEFAULT_STEPS
        """The current run's number of steps."""
        self._fields = SettingFields(self, FIELDS, "lab_")
        self._fields.changed.connect(self._choose)
        self._fields.refused.connect(self.refused)
        self.numbers = {name: self._number(name) for name in _NUMBERS}
        """Fields of seeds and steps by object name."""
        keep = self.numbers["lab_steps"].valueChanged  # the number that the user chose
        keep.connect(lambda: self.follow_steps.setChecked(False))
        self._summary = _told("The other settings of the recipe.")
        self._result, self._about = plain_label("lab_published"), plain_label()
        """Of a published experiment: its result beside the one here, and what it is."""
        self._origin = _told("Where the number of steps comes from.")
        tip = "Progress, estimated time remaining, and what is next."
        self._message = _told(tip, "lab_progress_text")
        self._bar, self._buttons = QProgressBar(textVisible=False), QHBoxLayout()
        self._lay_out()
        self.show_idle("")
        self.show_own_steps(None)
        self._show()

    def description(self) -> str:
        settings = ", ".join(recipe_parts(self.recipe).values())
        told = self._message.text()
        result = " ".join(self._result.text().split("\n"))
        return f"Recipe of the lab: {settings}.{result and f' {result}'}{told and f' {told}.'}"

    def table(self) -> Cells | None:
        """Return every number compared with a published one, if an experiment was repeated."""
        rows: list[Sequence[str | float | None]] = []
        for one in EXPERIMENTS:
            if (result := self._results.get(one.name)) is not None:
                about = one.title, one.source, one.year
                for number in result.compared:
                    both = _short(number.published), _short(number.now)
                    rows.append((*about, number.name, *both, result.mark.value))
        header = ("experiment", "source", "year", "quantity", "published", "xorviz", "mark")
        return (header, rows) if rows else None

    @property
    def recipe(self) -> RunConfig:
        """The recipe to train, or the first of several; its seed is ignored."""
        return self._recipes[0]

    @property
    def published(self) -> Published | None:
        """The published experiment that the plan repeats."""
        try:
            return published_of(self.plan)
        except SettingError:
            return None

    @property
    def plan(self) -> LabPlan:
        """The plan to train. Raises SettingError if seeds exceed the largest one."""
        first, count, steps = (
            round(self.numbers[name].value())
            for name in ("lab_first_seed", "lab_seed_count", "lab_steps")
        )
        last = _SEED.high - first + 1
        if count > last:
            raise SettingError(
                f"Too many seeds: from {first} to the largest seed, {_SEED.high}, there "
                f"{'is' if last == 1 else 'are'} {numerals.counted(last, 'seed')}."
            )
        plan = LabPlan(self._recipes, range(first, first + count), steps, NEVER)
        one = published_of(plan)  # begins from the weights that were published, if any were
        return plan if one is None else one.plan

    def show_own_steps(self, limit: int | None, newest: int = 0) -> None:
        """Note the step at which the current run stops, if one is set, and the step it has reached.

        Follow it unless a number was chosen.
        """
        if limit is not None:
            where = f"The current run stops at step {numerals.whole(limit)}"
        elif newest:
            at = numerals.whole(newest)
            where = f"The current run has no step limit and has reached step {at}"
        else:
            where = "The current run has no step limit and isn't trained yet"
        wanted = limit or newest or DEFAULT_STEPS
        self._own_steps = min(wanted, _STEPS.high)
        if wanted > self._own_steps:
            where += f"; the lab trains for at most {numerals.whole(_STEPS.high)}"
        self._origin.setText(f"{where}.")
        self._show_own_steps()

    def restore_steps(self, steps: float) -> None:
        """Show a number of steps that was chosen, unless the current run's is to be shown."""
        if not self.follow_steps.isChecked():
            self.numbers["lab_steps"].setValue(steps)

    def offer(self, actions: Iterable[QAction]) -> None:
        for place, action in enumerate(actions):
            self._buttons.insertWidget(place, ActionButton(action))

    @Slot(object)
    def show_current_run(self, config: RunConfig) -> None:
        """Note the current run's settings, and follow them unless the recipe was changed."""
        if config != self._current:
            self._current = config
            if self.follows_current_run:
                self._set_recipes((config,))

    def follow_current_run(self) -> None:
        """Take recipe and steps of the current run, and follow it."""
        self._follow(True)
        self._set_recipes((self._current,))
        self.follow_steps.setChecked(True)

    def show_recipe(self, config: RunConfig) -> None:
        """Show a recipe, and stop following the current run."""
        self._follow(False)
        self._set_recipes((config,))

    def show_published(self, one: Published) -> None:
        """Show the recipe, seeds and steps of a published experiment."""
        self._follow(False)
        self.follow_steps.setChecked(False)
        self._set_recipes(one.plan.recipes)
        numbers = len(one.plan.seeds), one.plan.seeds[0], one.plan.steps
        for field, number in zip(self.numbers.values(), numbers, strict=True):
            field.setValue(number)

    def show_results(self, snapshot: LabSnapshot) -> None:
        """Show the result of a published experiment, if a plan that is done repeats one."""
        if snapshot.done.all() and (one := published_of(snapshot.plan)) is not None:
            self._results[one.name] = one.read(snapshot)
            self._show_published()

    def show_progress(self, share: float, seconds_left: float, what: str, then: str = "") -> None:
        """Show the share done, the time left, and what follows."""
        left = f"{duration(seconds_left)} left" if share > 0 else "starting"
        waits = f"; next: {then}" if then else ""
        self._message.setText(f"{what}: {round(100 * share)} %, {left}{waits}")
        self._bar.setValue(round(1000 * share))
        self._bar.show()

    def show_idle(self, text: str) -> None:
        self._message.setText(text)
        self._bar.hide()

    def _lay_out(self) -> None:
        form = wrapping_form()
        form.setVerticalSpacing(5)
        form.addRow(self._choice)
        for name in FIELDS:
            self._fields.add_row(form, name)
        for name, field in self.numbers.items():
            add_row(form, QLabel(_NUMBERS[name][0]), field)
        form.addRow(self._origin)
        inside = QWidget()
        inside.setObjectName("controls_inside")
        texts = self._summary, self._result, self._about
        column(inside, form, *texts, STRETCH, margins=(6, 0, 6, 0), gap=8)
        self._buttons.addStretch()
        self._bar.setObjectName("lab_progress")
        self._bar.setAccessibleName("Lab progress")
        self._bar.setRange(0, 1000)
        foot = column(None, self._bar, self._message, self._buttons, margins=(6, 0, 6, 2), gap=6)
        column(self, (scrolled(inside), 1), foot, margins=(0, 0, 0, 0), gap=6)

    def _number(self, name: str) -> NumberField:
        text, rule, value, what = _NUMBERS[name]
        field = NumberField(name, rule, grouped=name != "lab_first_seed")
        field.setValue(value)
        describe(field, text, what)
        field.refused.connect(self.refused)
        field.valueChanged.connect(self._show_published)
        return field

    @Slot()
    def _choose(self) -> None:
        chosen = self._fields.chosen(self.recipe)
        if chosen != self.recipe:
            self.show_recipe(chosen)

    @Slot()
    def _take_choice(self) -> None:
        """Show the recipe that the user chose."""
        name, before = self._choice.currentData(), self.published
        one = next((one for one in EXPERIMENTS if one.name == name), None)
        if one is not None:
            self.show_published(one)
            return
        if before is not None:  # its number of seeds may be very large
            for field, number in zip(self.numbers.values(), (DEFAULT_SEEDS, 0), strict=False):
                field.setValue(number)
        if name == CURRENT:
            self.follow_current_run()
        else:
            self.show_recipe(self.recipe)

    def _follow(self, follows: bool) -> None:
        if follows != self.follows_current_run:
            self.follows_current_run = follows
            self._show_published()
            self.follows_changed.emit()

    @Slot()
    def _show_own_steps(self) -> None:
        """Show the current run's number of steps, if it is followed."""
        field = self.numbers["lab_steps"]
        if self.follow_steps.isChecked() and not field.is_being_typed_in:
            field.show_number(self._own_steps)
        self._show_published()

    def _set_recipes(self, recipes: tuple[RunConfig, ...]) -> None:
        if recipes != self._recipes:
            self._recipes = recipes
            self._show()
            self.recipe_changed.emit(self.recipe)

    @Slot()
    def _show_published(self) -> None:
        """Show which recipe it is, and what there is to say of a published one."""
        one = self.published
        with QSignalBlocker(self._choice):
            name = OWN if one is None else one.name
            self._choice.choose(CURRENT if self.follows_current_run else name)
        self._origin.setVisible(self.follow_steps.isChecked())
        result = None if one is None else self._results.get(one.name)
        details = () if result is None else result.details
        self._result.setText("\n".join((one.beside(result), *details)) if one else "")
        self._about.setText(one.about if one else "")
        for text in (self._result, self._about):
            text.setVisible(one is not None)

    def _show(self) -> None:
        recipe = self.recipe
        self._fields.show(recipe)
        self._show_published()
        parts = {"loss": "", "activation": recipe.activation} | recipe_parts(recipe)
        parts["loss"] = f"loss {parts['loss']}"
        others = (text for name, text in parts.items() if SETTINGS[name].is_advanced)
        first, *rest = (recipe_parts(one) for one in self._recipes)
        own = [", ".join(p for n, p in one.items() if p != first.get(n)) for one in rest]
        self._summary.setText(joined((*others, f"again with {'; '.join(own)}" if own else "")))


def _told(tip: str, name: str = "quiet") -> QLabel:
    """Return a label that wraps, with a tool tip."""
    label = plain_label(name)
    label.setToolTip(tip)
    return label


def _short(number: float | None) -> float | None:
    """Return a number that is written without decimals if it is whole."""
    return int(number) if number is not None and float(number).is_integer() else number
