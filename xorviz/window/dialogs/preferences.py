"""The preferences: look, motion and keys."""

from PySide6.QtWidgets import QDialogButtonBox, QTabWidget, QWidget

from xorviz.ui.forms.boxes import column
from xorviz.ui.forms.dialog import Dialog
from xorviz.ui.forms.fields import ChoiceField, SwitchField, explain
from xorviz.ui.forms.scrolled import plain_label, wrapping_form
from xorviz.window.bars.actions import THEMES, ZOOMS
from xorviz.window.bars.appearance import Appearance
from xorviz.window.bars.keys import Keys
from xorviz.window.dialogs.keys_page import KeysPage

_THEME_TIP = "The colours of the window. Follow system: light or dark, as the desktop."
_ZOOM_TIP = "The size of all text, in percent of the desktop's."
_STILL_TIP = "With it, nothing moves by itself but the run."
_AT_ONCE = "Every choice applies at once, and is kept for the next start."


class PreferencesDialog(Dialog):
    """Choices about the window. Each applies at once, so there is nothing to cancel."""

    def __init__(self, parent: QWidget, appearance: Appearance, keys: Keys) -> None:
        super().__init__(parent, "preferences_dialog", "Preferences: xorviz")
        self._keys_page = KeysPage(keys, appearance.theme)
        appearance.changed.connect(self._keys_page.apply_theme)
        tabs = QTabWidget()
        tabs.setObjectName("preferences_pages")
        tabs.setDocumentMode(True)
        tabs.addTab(_look_page(appearance), "&Appearance")
        tabs.addTab(self._keys_page, "&Keys")
        column(self, tabs, self.buttons(QDialogButtonBox.StandardButton.Close))
        self.open_wide(100, 34)


def _look_page(appearance: Appearance) -> QWidget:
    """Return the choices of theme, size of text and motion."""
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
    still, action = SwitchField("preferences_reduced_motion", "&Reduce motion"), appearance.still
    still.setChecked(action.isChecked())
    action.toggled.connect(still.setChecked)
    still.toggled.connect(action.setChecked)
    explain(theme, "Theme", _THEME_TIP)
    explain(zoom, "Text size", _ZOOM_TIP)
    explain(still, "Reduce motion", _STILL_TIP)
    form.addRow("&Theme", theme)
    form.addRow("Text &size", zoom)
    form.addRow(still)
    form.addRow(plain_label(text=_AT_ONCE))
    return page
