"""The table model of runs: highlights, updates of a continuing run, and requests."""

from dataclasses import replace

import pytest
from PySide6.QtCore import QModelIndex, Qt
from PySide6.QtGui import QBrush, QColor, QFont, QPixmap, QTextDocument
from PySide6.QtTest import QAbstractItemModelTester
from pytestqt.qtbot import QtBot

from tests.support.cases import some
from tests.support.screen import is_near
from xorviz.core.config import RunConfig
from xorviz.core.runs.project import PinnedRun, Project
from xorviz.core.runs.record import Intervention, Record
from xorviz.core.runs.recording import Recording
from xorviz.core.runs.trace import Trace
from xorviz.panels.curves.run_styles import RUN_STYLES
from xorviz.panels.learn.runs.columns import (
    CHANGES,
    COLUMNS,
    LEARNED,
    LINE,
    LOSS,
    NAME,
    SETTINGS,
    STEPS,
)
from xorviz.panels.learn.runs.model import CURRENT_RUN, RunsModel, tint
from xorviz.ui.theme.palette import DARK, LIGHT, Theme, contrast

Role = Qt.ItemDataRole
BOTH_THEMES = pytest.mark.parametrize("theme", some([LIGHT, DARK], 1), ids=lambda theme: theme.name)
WIDTH, RATE = SETTINGS["width"], SETTINGS["rate"]


def record(newest: int = 100, *changes: Intervention, **settings: object) -> Record:
    return Record(RunConfig.from_dict(settings), changes, newest)


def pinned(*records: Record) -> tuple[PinnedRun, ...]:
    project = Project(record(), 0)
    for one in records:
        project = project.pinning(one, one.newest)
    return project.pinned


@pytest.fixture
def model(qtbot: QtBot) -> RunsModel:
    return RunsModel({"1010": "x1 xor x2"})


def column(model: RunsModel, place: int, role: Role = Role.DisplayRole) -> list[object]:
    return [model.index(row, place).data(role) for row in range(model.rowCount())]


def color(brush: object) -> str:
    assert isinstance(brush, QBrush)
    return brush.color().name().upper()


def spans(model: RunsModel) -> list[tuple[int, int, int, int]]:
    """Return a list that records changed cells: rows, columns."""
    seen: list[tuple[int, int, int, int]] = []

    def add(first: QModelIndex, last: QModelIndex) -> None:
        seen.append((first.row(), last.row(), first.column(), last.column()))

    model.dataChanged.connect(add)
    return seen


def test_the_model_passes_qt_s_tester(model: RunsModel) -> None:
    tester = QAbstractItemModelTester(model)  # it warns, and a warning fails a test
    model.apply_theme(DARK)
    model.show_runs(record(), pinned(record(width=4), record()))
    model.show_current_run(record(101))
    model.show_runs(record(), ())
    assert tester.model() is model


def test_an_empty_model_has_no_row_until_the_first_snapshot(model: RunsModel) -> None:
    assert model.rowCount() == 0
    assert model.pinned_count == 0
    assert model.pinned_at(0) is None

    model.show_current_run(record(7))
    assert column(model, STEPS) == ["7"]


def test_the_current_run_is_first(model: RunsModel) -> None:
    runs = pinned(record(width=4), record(width=5))
    model.show_runs(record(), runs)
    assert column(model, NAME) == ["this run", "Run 1", "Run 2"]
    assert column(model, WIDTH) == ["3", "4", "5"]
    assert [model.pinned_at(row) for row in range(-1, 4)] == [None, None, *runs, None]
    assert [model.row_of(style) for style in (CURRENT_RUN, 0, 1, 2)] == [0, 1, 2, None]
    assert model.pinned_count == 2


def test_only_settings_that_differ_are_needed(model: RunsModel) -> None:
    model.show_runs(record(), pinned(record(width=4), record(biases=True)))
    needed = {COLUMNS[place].header for place in range(len(COLUMNS)) if model.is_needed(place)}
    always = {"line", "name", "steps", "final loss", "first right", "first learned"}
    assert needed == always | {"width", "biases"}
    assert model.differing == ["width", "biases"]


def test_changes_are_needed_once_a_run_has_any(model: RunsModel) -> None:
    change = Intervention(3, "w1", 9.0, (0, 1))
    model.show_runs(record(), pinned(record()))
    assert not model.is_needed(CHANGES)
    assert not model.is_changed_apart
    model.show_runs(record(), pinned(record(100, change)))
    assert model.is_needed(CHANGES)
    assert model.is_changed_apart
    assert column(model, CHANGES) == ["0", "1"]


@BOTH_THEMES
def test_differing_settings_are_highlighted_and_coloured_if_not_current(
    model: RunsModel, theme: Theme
) -> None:
    model.apply_theme(theme)
    model.show_runs(record(), pinned(record(), record(width=4)))
    inks = [color(ink) for ink in column(model, WIDTH, Role.ForegroundRole)]
    assert inks == [theme.text, theme.text, theme.accent]
    assert {color(ground) for ground in column(model, WIDTH, Role.BackgroundRole)} == {tint(theme)}
    for font in column(model, WIDTH, Role.FontRole):
        assert isinstance(font, QFont)
        assert font.bold()


def test_other_cells_are_not_highlighted(model: RunsModel) -> None:
    for role in [Role.ForegroundRole, Role.BackgroundRole, Role.FontRole]:
        model.apply_theme(LIGHT)
        model.show_runs(record(), pinned(record(), record(width=4)))
        for place in set(range(len(COLUMNS))) - {WIDTH}:
            assert column(model, place, role) == [None] * 3


@BOTH_THEMES
def test_highlighted_text_is_legible(theme: Theme) -> None:
    for ink in (theme.text, theme.accent):
        assert contrast(ink, tint(theme)) >= 4.5
        assert contrast(ink, theme.hover) >= 4.5
    assert tint(theme) not in {theme.panel, theme.hover}


def test_the_loss_has_its_name_if_runs_differ_in_it(model: RunsModel) -> None:
    harness = Recording(RunConfig()).record()
    model.show_runs(harness, pinned(harness))
    assert all(str(text).replace(".", "").isdigit() for text in column(model, LOSS))
    model.show_runs(harness, pinned(Recording(RunConfig(loss="mse")).record()))
    assert [str(text).split()[1] for text in column(model, LOSS)] == ["sse", "mse"]
    assert model.widest(LOSS)[0].endswith(" sse")


def test_a_column_fits_every_text_and_a_longer_current_run(model: RunsModel) -> None:
    model.show_runs(record(), pinned(record(2**40)))
    sample, *texts = model.widest(STEPS)
    assert texts == column(model, STEPS) == ["100", "1\u2009099\u2009511\u2009627\u2009776"]
    assert sample == "999\u2009999\u2009999"
    assert model.widest(WIDTH)[0] == ""


@BOTH_THEMES
def test_each_pinned_run_has_the_line_of_its_style(model: RunsModel, theme: Theme) -> None:
    model.apply_theme(theme)
    model.show_runs(record(), (replace(pinned(record())[0], style=4),))
    colors = []
    for picture in column(model, LINE, Role.DecorationRole):
        assert isinstance(picture, QPixmap)
        image = picture.toImage()
        colors.append(image.pixelColor(image.width() // 6, image.height() // 2))
    assert is_near(colors[0], theme.text)
    assert is_near(colors[1], RUN_STYLES[4].color(theme))


def test_a_pinned_run_is_checked_while_it_is_shown(model: RunsModel) -> None:
    shown, hidden = pinned(record(width=4), record())
    model.show_runs(record(), (shown, replace(hidden, is_shown=False)))
    checks = [None, Qt.CheckState.Checked, Qt.CheckState.Unchecked]
    assert column(model, LINE, Role.CheckStateRole) == checks
    for place in (NAME, WIDTH):
        assert column(model, place, Role.CheckStateRole) == [None] * 3
    texts = column(model, LINE, Role.AccessibleTextRole)
    assert texts == ["line shown", "line shown", "line hidden"]


def test_every_cell_has_an_accessible_text(model: RunsModel) -> None:
    model.show_runs(record(), pinned(record(width=4)))
    assert column(model, WIDTH, Role.AccessibleTextRole) == ["width 3", "width 4"]
    assert column(model, LEARNED, Role.AccessibleTextRole) == ["first learned –"] * 2


def test_a_name_in_a_tool_tip_is_escaped(model: RunsModel) -> None:
    (run,) = pinned(record(width=4))
    model.show_runs(record(), (replace(run, name="<b>x</b> & <img src='a'>"),))
    for place in range(len(COLUMNS)):
        tip = QTextDocument()
        tip.setHtml(str(model.index(1, place).data(Role.ToolTipRole)))
        assert tip.toPlainText().startswith("<b>x</b> & <img src='a'>: width 4, rate 0.01,")
        assert "\n" not in tip.toPlainText()


def test_headers_have_texts_tips_and_alignment(model: RunsModel) -> None:
    horizontal, vertical = Qt.Orientation.Horizontal, Qt.Orientation.Vertical
    for place, spec in enumerate(COLUMNS):
        assert model.headerData(place, horizontal) == spec.header
        assert model.headerData(place, horizontal, Role.ToolTipRole) == spec.tip
        assert model.headerData(place, horizontal, Role.FontRole) is None
    assert model.headerData(0, vertical) is None

    model.show_runs(record(), ())
    for place in range(len(COLUMNS)):
        header = model.headerData(place, Qt.Orientation.Horizontal, Role.TextAlignmentRole)
        (cell,) = column(model, place, Role.TextAlignmentRole)
        assert isinstance(cell, Qt.AlignmentFlag)
        assert header == cell
        assert bool(cell & Qt.AlignmentFlag.AlignRight) == (place not in {LINE, NAME})


def test_a_continuing_run_updates_only_changed_texts(qtbot: QtBot, model: RunsModel) -> None:
    model.show_runs(record(100), pinned(record()))
    with qtbot.assertNotEmitted(model.columns_changed):
        model.show_current_run(record(10**9))

    model.show_runs(record(100), pinned(record(), record()))
    seen = spans(model)
    model.show_current_run(record(100))
    assert seen == []
    model.show_current_run(record(101))
    assert seen == [(0, 0, STEPS, STEPS)]
    model.show_current_run(replace(record(102), trace=Trace.empty().until(102, 0.25)))
    assert seen[1:] == [(0, 0, STEPS, LOSS)]
    assert column(model, STEPS) == ["102", "100", "100"]
    assert column(model, LOSS) == ["0.2500", "–", "–"]


@pytest.mark.parametrize(
    "harness",
    [record(width=4), record(100, Intervention(3, "rate", 2.0))],
    ids=["other", "changed"],
)
def test_another_current_recipe_is_compared_again(
    qtbot: QtBot, model: RunsModel, harness: Record
) -> None:
    model.show_runs(record(), pinned(record()))
    with qtbot.waitSignal(model.columns_changed):
        model.show_current_run(harness)
    assert model.differing == (["width"] if harness.config.width == 4 else ["rate"])
    assert column(model, NAME) == ["this run", "Run 1"]


def test_renamed_runs_keep_their_rows(qtbot: QtBot, model: RunsModel) -> None:
    runs = pinned(record(), record())
    model.show_runs(record(), runs)
    with qtbot.assertNotEmitted(model.modelReset):
        model.show_runs(record(), (replace(runs[0], name="slow"), runs[1]))
    assert column(model, NAME) == ["this run", "slow", "Run 2"]
    with qtbot.waitSignal(model.modelReset):
        model.show_runs(record(), runs[1:])
    assert column(model, NAME) == ["this run", "Run 2"]


def test_only_the_name_of_a_pinned_run_is_editable(model: RunsModel) -> None:
    model.show_runs(record(), pinned(record()))
    editable = {
        (row, place)
        for row in range(2)
        for place in range(len(COLUMNS))
        if model.index(row, place).flags() & Qt.ItemFlag.ItemIsEditable
    }
    assert editable == {(1, NAME)}


@pytest.mark.parametrize(
    ("typed", "requests"),
    some(
        [
            ("slow", [(3, "slow")]),
            ("  slow \n one ", [(3, "slow one")]),
            ("<b>x</b>", [(3, "<b>x</b>")]),
            ("Run 1", []),
            ("   ", []),
        ],
        2,
    ),
)
def test_an_edit_requests_a_name(model: RunsModel, typed: str, requests: list[object]) -> None:
    seen: list[object] = []
    model.rename_requested.connect(lambda style, name: seen.append((style, name)))
    model.show_runs(record(), (replace(pinned(record())[0], style=3),))
    assert not model.setData(model.index(1, NAME), typed)
    assert seen == requests
    assert column(model, NAME) == ["this run", "Run 1"]


def test_the_current_run_cannot_be_renamed(qtbot: QtBot, model: RunsModel) -> None:
    model.show_runs(record(), pinned(record()))
    with qtbot.assertNotEmitted(model.rename_requested):
        model.setData(model.index(0, NAME), "slow")
        model.setData(model.index(1, NAME), "slow", Role.DisplayRole)


def test_a_theme_repaints_every_row(model: RunsModel) -> None:
    seen = spans(model)
    model.apply_theme(DARK)
    assert seen == []
    model.show_runs(record(), pinned(record()))
    model.apply_theme(LIGHT)
    assert seen == [(0, 1, 0, len(COLUMNS) - 1)]
    assert QColor(tint(LIGHT)).isValid()
