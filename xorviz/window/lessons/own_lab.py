"""What the user has in the lab, while a lesson uses it."""

from dataclasses import dataclass

from xorviz.core.settings import RunConfig
from xorviz.engine.lab_runner import LabRunner, Order
from xorviz.lab.results.lab_results import LabSnapshot
from xorviz.window.lab.lab_controller import SEEDS, LabController


@dataclass(frozen=True, slots=True)
class OwnLab:
    """The recipe, the seeds and steps, and the results of the user. A value."""

    recipe: RunConfig | None
    """None for that of the current run."""
    follows_steps: bool
    numbers: dict[str, float]
    results: LabSnapshot | None
    orders: tuple[Order, ...]
    """Those in training or waiting whose results a lesson's would replace."""

    @classmethod
    def of(cls, lab: LabController) -> "OwnLab":
        """Return what is in the lab now."""
        panel = lab.recipe
        return cls(
            None if panel.follows_current_run else panel.recipe,
            panel.follow_steps.isChecked(),
            {name: field.value() for name, field in panel.numbers.items()},
            lab.seeds.snapshot,
            tuple(orders_of(lab.runner)),
        )

    def bring_back(self, lab: LabController) -> None:
        """Show it again."""
        panel = lab.recipe
        if self.recipe is None:
            panel.follow_current_run()
        else:
            panel.show_recipe(self.recipe)
        for name, value in self.numbers.items():
            panel.numbers[name].setValue(value)
        panel.follow_steps.setChecked(self.follows_steps)
        self.show_results(lab)

    def show_results(self, lab: LabController) -> None:
        for view in (lab.seeds, lab.gallery):
            view.show_snapshot(self.results)


def orders_of(runner: LabRunner) -> list[Order]:
    """Return the orders of seeds that are in training or waiting."""
    now = runner.under_way
    return [one for one in (now, *runner.waiting) if one is not None and one.name == SEEDS]
