"""What was chosen in the lab is there again at the next start."""

from xorviz.panels.lab.map.settings import PAIRS
from xorviz.window.document.settings import Settings
from xorviz.window.lab.lab_views import LabViews


def remember(views: LabViews, settings: Settings) -> None:
    """Show what was chosen last, and keep what is chosen from now on."""
    recipe, head = views.recipe, views.map.head
    for field in (*recipe.numbers.values(), *head.counts):
        now = round(field.value())
        settings.keep(field.objectName(), field.rule, now, field.setValue, field.valueChanged)
    settings.keep("map_pair", PAIRS, head.pair, head.choose_pair, head.pair_chosen)
    options = [option for view in views.panels for option in view.options]
    settings.keep_switches([option for option in options if option.isCheckable()])
    if (own := settings.lab_recipe()) is not None:
        recipe.show_recipe(own)

    def note() -> None:
        settings.set_lab_recipe(None if recipe.follows_bench else recipe.recipe)

    recipe.recipe_changed.connect(note)
    recipe.options_changed.connect(note)
