"""The frames of the panels: made for their views, with icons in a theme's colours."""

from PySide6.QtGui import QIcon

from xorviz.files import assets
from xorviz.panels.base.view import View
from xorviz.ui.chrome.icons import tinted
from xorviz.ui.chrome.panel import ICONS, Panel
from xorviz.ui.theme.palette import Theme, mixed


def framed(view: View) -> Panel:
    """Return the panel of a view, which shows its read-out and options."""
    panel = Panel(view.title, view)
    view.readout_changed.connect(panel.readout.setText)
    panel.visibilityChanged.connect(view.redraw)

    def offer() -> None:
        panel.set_options(view.options, view.options_text, view.exports)

    offer()
    view.options_changed.connect(offer)
    return panel


def frame_icons(theme: Theme) -> dict[str, QIcon]:
    """Return the icons of the panels' buttons by their names."""
    faint = mixed(theme.quiet, theme.panel)
    return {
        name: tinted(assets.read_text(f"icons/{name}.svg"), theme.quiet, faint) for name in ICONS
    }
