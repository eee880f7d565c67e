"""The preferences: actions of the window that are choices, in one place."""

from PySide6.QtGui import QAction
from PySide6.QtWidgets import QDialogButtonBox, QWidget

from xorviz.ui.forms.boxes import column
from xorviz.ui.forms.dialog import Dialog
from xorviz.ui.forms.fields import ChoiceField, SwitchField, explain
from xorviz.ui.forms.scrolled import plain_label, wrapping_form
from xorviz.ui.keys import plain_text
from xorviz.ui.one_of import OneOf
from xorviz.window.bars.actions import Actions

_THEME_TIP = "The colours of the window. Follow system: light or dark, as the desktop."
_ZOOM_TIP = "The size of all text, in percent of the desktop's."


class PreferencesDialog(Dialog):
    """Choices about the window. Each applies at once, so there is nothing to cancel."""

    def __init__(self, parent: QWidget, actions: Actions) -> None:
        super().__init__(parent, "preferences_dialog", "Preferences: xorviz")
        page = QWidget()
        form = wrapping_form(page)
        form.setContentsMargins(12, 18, 12, 12)
        form.setVerticalSpacing(12)
        form.setFieldGrowthPolicy(form.FieldGrowthPolicy.FieldsStayAtSizeHint)
        form.addRow("&Theme", _choice("theme", "Theme", _THEME_TIP, actions.themes))
        form.addRow("Text &size", _choice("zoom", "Text size", _ZOOM_TIP, actions.zooms))
        for name in ("reduced_motion", "try_by_itself", "letter_keys"):
            form.addRow(_switch(actions[name]))
        form.addRow(plain_label(text="Each choice applies at once and is kept for the next start."))
        column(self, (page, 1), self.buttons(QDialogButtonBox.StandardButton.Close))
        self.open_wide(78, 14)


def _choice(name: str, title: str, tip: str, options: OneOf) -> ChoiceField:
    """Return a field that chooses one of some actions."""
    field = ChoiceField(f"preferences_{name}", options.texts)
    field.choose(options.value)
    options.chosen.connect(field.choose)
    field.currentIndexChanged.connect(lambda _: options.choose(field.currentData()))
    explain(field, title, tip)
    return field


def _switch(action: QAction) -> SwitchField:
    """Return a switch for a checkable action."""
    field = SwitchField(f"preferences_{action.objectName()}", action.text())
    field.setChecked(action.isChecked())
    action.toggled.connect(field.setChecked)
    field.toggled.connect(action.setChecked)
    explain(field, plain_text(action), f"{action.statusTip()}.")
    return field
