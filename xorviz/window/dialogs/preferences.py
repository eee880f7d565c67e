"""The preferences: look, motion, what is tried unasked, and single-letter keys."""

from PySide6.QtGui import QAction
from PySide6.QtWidgets import QDialogButtonBox, QWidget

from xorviz.ui.forms.boxes import column
from xorviz.ui.forms.dialog import Dialog
from xorviz.ui.forms.fields import ChoiceField, SwitchField, explain
from xorviz.ui.forms.scrolled import plain_label, wrapping_form
from xorviz.window.bars.actions import THEMES, ZOOMS
from xorviz.window.bars.appearance import Appearance
from xorviz.window.bars.keys import Keys

_THEME_TIP = "The colours of the window. Follow system: light or dark, as the desktop."
_ZOOM_TIP = "The size of all text, in percent of the desktop's."
_STILL_TIP = "With it, nothing moves by itself but the run."
_TRY_TIP = "With it, what helps is tried whenever a run stops or is paused without being correct."
_LETTERS_TIP = (
    "Switch this off if you dictate, or press keys by accident: keys that are one letter then do "
    "nothing. Space, arrow keys, and keys with Ctrl still work."
)
_AT_ONCE = "Every choice applies at once, and is kept for the next start."


class PreferencesDialog(Dialog):
    """Choices about the window. Each applies at once, so there is nothing to cancel."""

    def __init__(
        self, parent: QWidget, appearance: Appearance, keys: Keys, by_itself: QAction
    ) -> None:
        super().__init__(parent, "preferences_dialog", "Preferences: xorviz")
        letters = SwitchField("preferences_letters", "S&ingle-letter keys")
        letters.setChecked(keys.has_letters)
        letters.toggled.connect(keys.switch_letters)
        explain(letters, "Single-letter keys", _LETTERS_TIP)
        page = _page(appearance, by_itself, letters)
        column(self, (page, 1), self.buttons(QDialogButtonBox.StandardButton.Close))
        self.open_wide(78, 14)


def _page(appearance: Appearance, by_itself: QAction, letters: SwitchField) -> QWidget:
    """Return all choices, below each other."""
    page = QWidget()
    form = wrapping_form(page)
    form.setContentsMargins(12, 18, 12, 12)
    form.setVerticalSpacing(12)
    form.setFieldGrowthPolicy(form.FieldGrowthPolicy.FieldsStayAtSizeHint)
    names = {"system": "Follow system", "light": "Light", "dark": "Dark"}
    theme = ChoiceField("preferences_theme", {name: names[name] for name in THEMES})
    zoom = ChoiceField("preferences_zoom", {name: f"{name} %" for name in ZOOMS})
    for field, options in ((theme, appearance.themes), (zoom, appearance.zooms)):
        field.choose(options.value)
        options.chosen.connect(field.choose)
        field.currentIndexChanged.connect(
            lambda _, field=field, options=options: options.choose(field.currentData())
        )
    still = _switch("preferences_reduced_motion", "&Reduce motion", appearance.still)
    trying = _switch("preferences_try", "&Try what helps when a run stops unlearned", by_itself)
    explain(theme, "Theme", _THEME_TIP)
    explain(zoom, "Text size", _ZOOM_TIP)
    explain(still, "Reduce motion", _STILL_TIP)
    explain(trying, "Try what helps when a run stops unlearned", _TRY_TIP)
    form.addRow("&Theme", theme)
    form.addRow("Text &size", zoom)
    form.addRow(still)
    form.addRow(trying)
    form.addRow(letters)
    form.addRow(plain_label(text=_AT_ONCE))
    return page


def _switch(name: str, text: str, action: QAction) -> SwitchField:
    """Return a switch that an action has, too."""
    field = SwitchField(name, text)
    field.setChecked(action.isChecked())
    action.toggled.connect(field.setChecked)
    field.toggled.connect(action.setChecked)
    return field
