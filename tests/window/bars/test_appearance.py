"""The choice of a theme."""

from collections.abc import Callable, Iterator

import pytest
from PySide6.QtCore import QSettings, QSize, Qt, QTimer
from PySide6.QtGui import QGuiApplication
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QLabel, QWidget
from pytestqt.qtbot import QtBot

from tests.support.cases import some
from tests.support.screen import child
from tests.support.windows import Open, action, settle
from xorviz.core.rules import Choice
from xorviz.core.settings import RunConfig
from xorviz.panels.registry import Workspace
from xorviz.ui.chrome.panel import Panel
from xorviz.ui.theme import style as look
from xorviz.ui.theme.palette import DARK, LIGHT, Theme
from xorviz.window.bars.actions import THEMES, ZOOMS, Actions
from xorviz.window.bars.appearance import SHOWN_MS, Appearance
from xorviz.window.document.settings import Settings
from xorviz.window.main_window import MainWindow

Start = Callable[[], tuple[Appearance, Actions]]


@pytest.fixture
def start(qtbot: QtBot, store: QSettings) -> Start:
    """Return a function that makes the appearance of a new window."""
    windows: list[QWidget] = []

    def start_one() -> tuple[Appearance, Actions]:
        window = QWidget()
        qtbot.addWidget(window)
        windows.append(window)
        actions = Actions(window)
        return Appearance(actions, Settings(store), window), actions

    return start_one


def ground() -> str:
    return QApplication.palette().window().color().name()


def test_the_desktop_theme_is_the_default(start: Start) -> None:
    appearance, actions = start()
    application = QApplication.instance()
    assert isinstance(application, QApplication)
    assert actions["theme_system"].isChecked()
    assert appearance.theme == look.system_theme(application)
    assert ground() == appearance.theme.ground.lower()


@pytest.mark.parametrize(("name", "theme"), some([("light", LIGHT), ("dark", DARK)], 1))
def test_a_chosen_theme_is_applied_emitted_and_saved(start: Start, name: str, theme: Theme) -> None:
    appearance, actions = start()
    told: list[Theme] = []
    appearance.changed.connect(told.append)
    actions[f"theme_{name}"].trigger()
    assert told == [theme]
    assert appearance.theme == theme
    assert ground() == theme.ground.lower()
    again, its_actions = start()
    assert again.theme == theme
    assert [n for n in THEMES if its_actions[f"theme_{n}"].isChecked()] == [name]


@pytest.mark.thorough
def test_the_desktop_theme_can_be_chosen_again(start: Start) -> None:
    appearance, actions = start()
    before = appearance.theme
    for name in ("dark", "light", "system"):
        actions[f"theme_{name}"].trigger()
    assert appearance.theme == before


@pytest.mark.parametrize(("name", "is_followed"), [("system", True), ("light", False)])
def test_a_change_of_the_desktop_is_followed_only_if_chosen(
    start: Start, monkeypatch: pytest.MonkeyPatch, name: str, is_followed: bool
) -> None:
    appearance, actions = start()
    actions[f"theme_{name}"].trigger()
    told: list[Theme] = []
    appearance.changed.connect(told.append)
    monkeypatch.setattr(look, "system_theme", lambda _: DARK)
    QGuiApplication.styleHints().colorSchemeChanged.emit(Qt.ColorScheme.Dark)
    assert (appearance.theme == DARK) == is_followed
    assert told == [appearance.theme]
    assert (ground() == DARK.ground.lower()) == is_followed


@pytest.mark.parametrize("value", some(["pink", "", 7], 1))
def test_an_unknown_theme_is_ignored(start: Start, store: QSettings, value: object) -> None:
    store.setValue("choices/theme", value)
    _, actions = start()
    assert actions["theme_system"].isChecked()


def sheet() -> str:
    application = QApplication.instance()
    assert isinstance(application, QApplication)
    return application.styleSheet()


def test_the_style_sheet_is_set_late_and_follows_the_theme(start: Start) -> None:
    appearance, actions = start()
    before = sheet()
    actions["theme_dark"].trigger()
    assert sheet() == before
    appearance.put_on_sheet()
    assert DARK.ground in sheet()
    actions["theme_light"].trigger()
    assert LIGHT.ground in sheet()
    assert DARK.ground not in sheet()


def test_the_style_sheet_is_set_before_the_window_is_shown(store: QSettings, qtbot: QtBot) -> None:
    Settings(store).set_choice("theme", "dark")
    window = MainWindow(RunConfig(), store)
    qtbot.addWidget(window)
    assert DARK.ground in sheet()
    window.close()


@pytest.fixture
def at_full_size(qapp: QApplication) -> Iterator[None]:
    """Give later tests the usual size of text again."""
    yield
    look.colour(qapp, LIGHT)


@pytest.mark.thorough
@pytest.mark.usefixtures("at_full_size")
def test_zoom_reaches_every_widget_and_is_saved(store: QSettings, qtbot: QtBot) -> None:
    window = MainWindow(RunConfig(), store)
    qtbot.addWidget(window)
    window._docks.all  # noqa: B018 (makes all panels)
    before = {w: w.fontMetrics().height() for w in window.findChildren(QWidget)}
    for _ in range(3):
        action(window, "zoom_in").trigger()
    assert action(window, "zoom_150").isChecked()
    small = [w for w, height in before.items() if w.fontMetrics().height() < 1.4 * height]
    assert small == []
    assert Settings(store).choice("zoom", Choice(ZOOMS), "100") == "150"
    action(window, "zoom_out").trigger()
    action(window, "zoom_100").trigger()
    assert [w for w, height in before.items() if w.fontMetrics().height() != height] == []
    window.close()


@pytest.mark.usefixtures("at_full_size")
def test_zoom_ends_at_the_last_size(start: Start) -> None:
    appearance, actions = start()
    actions[f"zoom_{ZOOMS[-2]}"].trigger()
    told: list[Theme] = []
    appearance.changed.connect(told.append)
    actions["zoom_in"].trigger()
    assert len(told) == 1
    assert not actions["zoom_in"].isEnabled()
    actions["zoom_100"].trigger()
    assert (actions["zoom_in"].isEnabled(), actions["zoom_out"].isEnabled()) == (True, False)


def test_views_are_told_of_reduced_motion(start: Start) -> None:
    appearance, actions = start()
    told: list[Theme] = []
    appearance.changed.connect(told.append)
    actions["reduced_motion"].trigger()
    assert [theme.reduced_motion for theme in told] == [True]
    again, _ = start()
    assert again.theme.reduced_motion


@pytest.mark.usefixtures("at_full_size")
def test_a_window_begins_with_the_stored_zoom_everywhere(store: QSettings, qtbot: QtBot) -> None:
    Settings(store).set_choice("zoom", "200")
    window = MainWindow(RunConfig(), store)
    qtbot.addWidget(window)
    with qtbot.waitExposed(window):
        window.show()
    size = QApplication.font().pointSizeF()
    others = [w for w in window.findChildren(QWidget) if w.font().pointSizeF() != size]
    assert others == []
    window.close()


def needs(window: MainWindow) -> dict[str, QSize]:
    """Return the least size of the window and of each panel in sight."""
    parts = [window, *(panel for panel in window.findChildren(Panel) if panel.is_in_front)]
    return {part.objectName(): part.minimumSizeHint() for part in parts}


@pytest.mark.parametrize("space", some(list(Workspace), 1))
@pytest.mark.usefixtures("at_full_size")
def test_a_small_window_keeps_its_size_with_each_size_of_text(
    open_window: Open, qtbot: QtBot, space: Workspace
) -> None:
    window = open_window()
    window.resize(850, 530)
    qtbot.waitUntil(lambda: window.size() == QSize(850, 530))
    action(window, f"workspace_{space}").trigger()
    sizes: list[QSize] = []  # not even for a moment
    window.resized.connect(lambda: sizes.append(window.size()))
    for zoom in ("200", "100", "150", "100"):
        action(window, f"zoom_{zoom}").trigger()
        at_once = window.size(), needs(window)
        QApplication.processEvents()
        window._docks._limit()
        assert at_once == (QSize(850, 530), needs(window))
    assert sizes == []


HERO = {"decision_surface", "loss_plot", "network_diagram"}
"""In sight; the truth table is a tab behind the surface."""


@pytest.fixture(autouse=True)
def usual_text(qapp: QApplication) -> Iterator[None]:
    """Give later tests the usual size of text again."""
    yield
    look.colour(qapp, LIGHT)


def places(window: MainWindow) -> dict[str, object]:
    QApplication.processEvents()  # QMainWindow lays out later
    shown = [panel for panel in window.findChildren(Panel) if panel.is_in_front]
    return {panel.content.objectName(): panel.geometry().getRect() for panel in shown}


def test_the_main_panels_are_shown_large_and_all_is_given_back(
    open_window: Open, qtbot: QtBot, qapp: QApplication
) -> None:
    window = open_window()
    action(window, "zoom_110").trigger()
    before, font = places(window), qapp.font()
    for _ in range(2):
        action(window, "projector").trigger()
        qtbot.waitUntil(lambda: set(places(window)) == HERO)
        assert qapp.font().pointSizeF() == pytest.approx(1.5 / 1.1 * font.pointSizeF())
        assert window._views.all[0].theme.stroke > 1
        surface, table = (
            child(window, Panel, f"{name}_panel") for name in ("decision_surface", "truth_table")
        )
        assert window.tabifiedDockWidgets(surface) == [table]
        action(window, "zoom_in").trigger()
        action(window, "projector").trigger()
        qtbot.waitUntil(lambda: places(window) == before)
        assert qapp.font() == font
        assert action(window, "zoom_110").isChecked()
        assert window._views.all[0].theme.stroke == 1


@pytest.mark.thorough
def test_pinned_runs_and_a_floating_panel_are_given_back(open_window: Open, qtbot: QtBot) -> None:
    window = open_window()
    action(window, "pin").trigger()
    action(window, "zoom_150").trigger()
    qtbot.waitUntil(lambda: "runs" in places(window))
    surface = child(window, Panel, "decision_surface_panel")
    surface.float_action.trigger()
    before = places(window)
    action(window, "projector").trigger()
    qtbot.waitUntil(lambda: "runs" not in places(window))
    action(window, "projector").trigger()
    qtbot.waitUntil(lambda: places(window) == before)
    assert surface.isFloating()


@pytest.mark.thorough
@pytest.mark.parametrize("has_pinned", some([True, False], 1))
def test_a_small_window_stays_as_it_is(open_window: Open, qtbot: QtBot, has_pinned: bool) -> None:
    window = open_window()
    window.resize(850, 530)
    qtbot.waitUntil(lambda: window.size() == QSize(850, 530))
    if has_pinned:
        action(window, "pin").trigger()
    before = places(window)
    for _ in range(2):
        action(window, "projector").trigger()
        qtbot.waitUntil(lambda: set(places(window)) == {"decision_surface", "network_diagram"})
        assert window.size() == QSize(850, 530)
        action(window, "projector").trigger()
        assert places(window) == before
        assert window.size() == QSize(850, 530)


@pytest.mark.thorough
def test_a_new_window_does_not_begin_in_it(open_window: Open, qtbot: QtBot) -> None:
    window = open_window()
    before = places(window)
    action(window, "projector").trigger()
    qtbot.waitUntil(lambda: set(places(window)) == HERO)
    window.close()
    again = open_window()
    assert not action(again, "projector").isChecked()
    assert action(again, "zoom_100").isChecked()
    qtbot.waitUntil(lambda: set(places(again)) == set(before))


def test_keys_are_shown_with_what_they_do_for_two_seconds(open_window: Open, qtbot: QtBot) -> None:
    window = open_window()
    label = child(window, QLabel, "key_label")
    QTest.keyClick(window, Qt.Key.Key_S)
    assert not label.isVisible()
    settle(qtbot, window)
    action(window, "projector").trigger()
    QTest.keyClick(window, Qt.Key.Key_Space)
    assert (label.isVisible(), label.text()) == (True, "Space: Run")
    assert window.rect().contains(label.geometry())
    panels = [panel for panel in window.findChildren(Panel) if panel.is_in_front]
    assert not any(panel.geometry().intersects(label.geometry()) for panel in panels)
    QTest.keyClick(window, Qt.Key.Key_Space)
    qtbot.waitUntil(lambda: label.text() == "Space: Pause")
    (timer,) = (t for t in window.findChildren(QTimer) if t.interval() == SHOWN_MS)
    timer.timeout.emit()
    assert not label.isVisible()
