"""The view of the lab's recipe, seeds, steps and progress."""

from collections.abc import Collection, Iterable

from PySide6.QtCore import Qt, Signal, Slot
from PySide6.QtGui import QAction
from PySide6.QtWidgets import QHBoxLayout, QLabel, QProgressBar, QWidget

from xorviz.core import numerals
from xorviz.core.numerals import duration
from xorviz.core.rules import SettingError, Whole
from xorviz.core.runs.recipe_text import joined, recipe_parts
from xorviz.core.runs.stopping import NEVER
from xorviz.core.settings import LOSS_FORMULAS, SETTINGS, RunConfig
from xorviz.lab.plan import LabPlan
from xorviz.panels.base.view import View
from xorviz.panels.settings.setting_fields import SettingFields, add_row, describe
from xorviz.ui.chrome.buttons import ActionButton
from xorviz.ui.forms.boxes import STRETCH, column
from xorviz.ui.forms.fields import NumberField
from xorviz.ui.forms.scrolled import plain_label, scrolled, wrapping_form

_SEED, _SEED_COUNT, _STEPS = Whole(0, 2**32 - 1), Whole(1, 1_000_000), Whole(1, 100_000_000)
DEFAULT_SEEDS, DEFAULT_STEPS = 500, 20_000

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
    """Fields for width, rate, biases, seeds and steps; other settings are the current run's.

    The recipe follows the current run until the user changes it.
    """

    explanation = (
        "The recipe that the lab trains, once for each seed. It follows the current run until you "
        "change a field here or click a cell of the success map; the option “Follow the current "
        "run” follows it again. The number of steps follows the step limit of the current run "
        "until you type a number; “Follow its number of steps” follows it again. The lab uses all "
        "cores and keeps the window responsive."
    )
    has_own_settings = True
    refused = Signal(str)
    recipe_changed = Signal(object)  # RunConfig

    def __init__(self) -> None:
        super().__init__("lab_recipe")
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self._current = self.recipe = RunConfig()
        """The recipe to train; its seed is ignored."""
        tip = "Use the settings of the current run, and follow its changes"
        name, words = "Follow the current run", ("own recipe", "current run")
        self._follows = self._option("lab_follows", name, True, tip, self._follow, words)
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
        self.numbers["lab_steps"].valueChanged.connect(self._keep_steps)
        self._summary = plain_label()
        self._origin = plain_label()
        """Where the number of steps is from."""
        self._message = plain_label()
        self._message.setObjectName("lab_progress_text")
        self._summary.setToolTip("The other settings of the recipe.")
        self._origin.setToolTip("Where the number of steps comes from.")
        self._message.setToolTip("Progress, estimated time remaining, and what is next.")
        self._bar = QProgressBar()
        self._bar.setObjectName("lab_progress")
        self._bar.setAccessibleName("Lab progress")
        self._bar.setTextVisible(False)
        self._bar.setRange(0, 1000)
        self._buttons = QHBoxLayout()
        self._lay_out()
        self.show_idle("")
        self.show_own_steps(None)
        self._show()

    def description(self) -> str:
        settings = ", ".join(recipe_parts(self.recipe).values())
        told = self._message.text()
        return f"Recipe of the lab: {settings}.{f' {told}.' if told else ''}"

    @property
    def follows_current_run(self) -> bool:
        return self._follows.isChecked()

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
        return LabPlan((self.recipe,), range(first, first + count), steps, NEVER)

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
            where = "The current run has no step limit and is not trained yet"
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
                self._set_recipe(config)

    def follow_current_run(self) -> None:
        """Take recipe and steps of the current run, and follow it."""
        self._follows.setChecked(True)
        self.follow_steps.setChecked(True)

    def show_recipe(self, config: RunConfig) -> None:
        """Show a recipe, and stop following the current run."""
        self._follows.setChecked(False)
        self._set_recipe(config)

    def enable_only(self, names: Collection[str] | None) -> None:
        """Enable the fields of these settings, with None of all."""
        for name in FIELDS:
            self._fields[name].setEnabled(names is None or name in names)

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
        for name in FIELDS:
            self._fields.add_row(form, name)
        for name, field in self.numbers.items():
            add_row(form, QLabel(_NUMBERS[name][0]), field)
        form.addRow(self._origin)
        inside = QWidget()
        inside.setObjectName("controls_inside")
        column(inside, form, self._summary, STRETCH, margins=(6, 0, 6, 0), gap=8)
        self._buttons.addStretch()
        foot = column(None, self._bar, self._message, self._buttons, margins=(6, 0, 6, 2), gap=6)
        column(self, (scrolled(inside), 1), foot, margins=(0, 0, 0, 0), gap=6)

    def _number(self, name: str) -> NumberField:
        text, rule, value, what = _NUMBERS[name]
        field = NumberField(name, rule, grouped=name != "lab_first_seed")
        field.setValue(value)
        describe(field, text, what)
        field.refused.connect(self.refused)
        return field

    @Slot()
    def _choose(self) -> None:
        chosen = self._fields.chosen(self.recipe)
        if chosen != self.recipe:
            self.show_recipe(chosen)

    @Slot(bool)
    def _follow(self, follows: bool) -> None:
        if follows:
            self._set_recipe(self._current)
        self.options_changed.emit()

    @Slot()
    def _keep_steps(self) -> None:
        """Keep the number that the user chose."""
        self.follow_steps.setChecked(False)

    @Slot()
    def _show_own_steps(self) -> None:
        """Show the current run's number of steps, if it is followed."""
        field = self.numbers["lab_steps"]
        if self.follow_steps.isChecked() and not field.is_being_typed_in:
            field.show_number(self._own_steps)

    def _set_recipe(self, config: RunConfig) -> None:
        if config != self.recipe:
            self.recipe = config
            self._show()
            self.recipe_changed.emit(config)

    def _show(self) -> None:
        recipe = self.recipe
        self._fields.show(recipe)
        formula = f"loss {LOSS_FORMULAS[recipe.loss]}"
        others = (text for name, text in recipe_parts(recipe).items() if SETTINGS[name].is_advanced)
        self._summary.setText(joined((formula, recipe.activation, *others)))
