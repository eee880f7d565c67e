"""The frames of the panels, made for their views."""

from xorviz.panels.base.view import View
from xorviz.ui.chrome.panel import Panel


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
