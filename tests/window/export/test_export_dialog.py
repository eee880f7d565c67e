"""The export dialog: by keyboard, by mouse, and on failures."""

import math
import sys
from collections.abc import Callable, Generator, Iterator
from dataclasses import dataclass, field
from pathlib import Path

import pytest
from PIL import Image
from PySide6.QtCore import QEvent, QSettings, Qt, QTimer
from PySide6.QtGui import QGuiApplication, QImage
from PySide6.QtTest import QTest
from PySide6.QtWidgets import (
    QApplication,
    QCheckBox,
    QComboBox,
    QFileDialog,
    QLabel,
    QLineEdit,
    QProgressBar,
    QPushButton,
    QRadioButton,
    QWidget,
)
from pytestqt.qtbot import QtBot
from shiboken6 import isValid

from tests.support.cases import some
from tests.support.screen import child, press, type_into
from tests.support.snapshots import QUICK
from tests.support.watched import watched_run
from xorviz.core.analysis import rounding
from xorviz.core.runs.project import Project
from xorviz.core.runs.recording import Recording
from xorviz.core.runs.watched import WatchedRun
from xorviz.core.settings import RunConfig
from xorviz.files.atomic import FileError
from xorviz.files.exports.script import NO_SCRIPT, numpy_script
from xorviz.panels.base.snapshot_view import SnapshotView
from xorviz.panels.learn.decision_surface import DecisionSurface
from xorviz.panels.learn.loss_plot import LossPlot
from xorviz.panels.learn.truth_table import TruthTable
from xorviz.ui.forms.fields import NumberField
from xorviz.ui.theme.palette import LIGHT
from xorviz.window.document.settings import Settings
from xorviz.window.export.export_dialog import ExportDialog
from xorviz.window.export.exporter import KINDS, WINDOW, Job, Source

VIEWS = (TruthTable, DecisionSurface, LossPlot)


@dataclass
class Harness:
    """A window with views, and its run."""

    window: QWidget
    views: dict[str, SnapshotView]
    recording: Recording | WatchedRun
    settings: Settings
    step: int = 400

    def dialog(self) -> ExportDialog:
        source = Source(
            {WINDOW: self.window, **self.views},
            lambda: self.recording.state_at(self.step),
            lambda: Project(self.recording.record(), self.step),
            LIGHT,
        )
        return ExportDialog(self.window, source, self.settings)


@pytest.fixture(autouse=True)
def _scripts_are_made_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    """Compare a script with its run in one slice, however slow the machine is."""
    monkeypatch.setattr(rounding, "SLICE_SECONDS", math.inf)


@pytest.fixture
def harness(qtbot: QtBot, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Harness]:
    window = QWidget()
    qtbot.addWidget(window)
    window.resize(700, 500)
    recording = Recording(QUICK)
    recording.advance(400)
    views: dict[str, SnapshotView] = {}
    for place, kind in enumerate(VIEWS):
        view = kind()
        view.setParent(window)
        view.setGeometry(20 + 210 * place, 10, 200, 180)
        view.apply_theme(LIGHT)
        view.show_snapshot(recording.snapshot())
        views[view.objectName()] = view
    with qtbot.waitExposed(window):
        window.show()
    path = tmp_path_factory.mktemp("settings") / "settings.ini"
    settings = Settings(QSettings(str(path), QSettings.Format.IniFormat))
    yield Harness(window, views, recording, settings)
    QGuiApplication.clipboard().clear()


@pytest.fixture
def dialog(qtbot: QtBot, harness: Harness) -> Iterator[ExportDialog]:
    dialog = harness.dialog()
    with qtbot.waitActive(dialog):
        dialog.show()
        dialog.activateWindow()
    yield dialog
    if isValid(dialog):
        dialog.close()


@dataclass
class Asked:
    """What file dialogs have suggested, each of which was answered at once."""

    suggestions: list[Path] = field(default_factory=list)
    filters: list[str] = field(default_factory=list)


def answering(monkeypatch: pytest.MonkeyPatch, path: Path | None) -> Asked:
    """Choose a path in every file dialog that is opened, or cancel it."""
    asked = Asked()

    def answer(opened: QFileDialog) -> None:
        asked.suggestions.append(Path(opened.selectedFiles()[0]))
        asked.filters += opened.nameFilters()
        if path is not None:
            opened.fileSelected.emit(str(path))
        opened.reject()

    monkeypatch.setattr(QFileDialog, "open", answer)
    return asked


def choose(dialog: ExportDialog, suffix: str) -> None:
    child(dialog, QRadioButton, f"kind_{suffix}").setChecked(True)


def click(dialog: ExportDialog, name: str) -> None:
    QTest.mouseClick(child(dialog, QPushButton, name), Qt.MouseButton.LeftButton)


def text(dialog: ExportDialog, name: str) -> str:
    return child(dialog, QLabel, f"export_{name}").text()


def set_combo(dialog: ExportDialog, name: str, data: str) -> None:
    combo = child(dialog, QComboBox, name)
    combo.setCurrentIndex(combo.findData(data))


def is_at_rest(dialog: ExportDialog) -> bool:
    stages = [w for w in QApplication.topLevelWidgets() if w.objectName() == "stage"]
    return dialog._job is None and not dialog._slices.isActive() and not stages


def choose_short_film(dialog: ExportDialog) -> None:
    """Choose an animation of ten frames, without the largest panel."""
    choose(dialog, "gif")
    child(dialog, NumberField, "film_frames").setValue(10)
    child(dialog, QCheckBox, "film_decision_surface").setChecked(False)


def begin_film(dialog: ExportDialog) -> QProgressBar:
    """Begin a short animation, and return its progress."""
    choose_short_film(dialog)
    click(dialog, "export_save")
    return child(dialog, QProgressBar)


FIRST_BYTES = (
    b"\x89PNG",
    b"<?xml",
    b"%PDF-",
    b"run,step,",
    b"PK",
    b"{",
    b'"""',
    b"GIF89a",
    b"<!doctype",
)
BEGINS = dict(zip(KINDS, FIRST_BYTES, strict=True))


@pytest.mark.parametrize("suffix", some(KINDS, 3))
def test_each_kind_is_saved_and_copied_and_nothing_is_left_of_what_is_cancelled_or_fails(
    qtbot: QtBot, dialog: ExportDialog, monkeypatch: pytest.MonkeyPatch, tmp_path: Path, suffix: str
) -> None:
    choose_short_film(dialog)
    choose(dialog, suffix)
    set_combo(dialog, "export_view", "truth_table")
    path, copy = tmp_path / f"mine.{suffix}", child(dialog, QPushButton, "export_copy")
    missing = tmp_path / "missing" / path.name
    for answer, told in (
        (None, ""),
        (missing, f"Could not save {path.name}: The folder does not exist."),
        (path, f"Saved {path.name}."),
    ):
        assert not list(tmp_path.iterdir())
        asked = answering(monkeypatch, answer)
        click(dialog, "export_save")
        qtbot.waitUntil(lambda told=told: text(dialog, "message") == told)  # type: ignore[misc]
        assert is_at_rest(dialog)
    assert path.read_bytes().startswith(BEGINS[suffix])
    assert asked.suggestions[0].name == f"xor-width5-rate1-seed1234-step400.{suffix}"
    assert asked.filters == [f"{KINDS[suffix].title} (*.{suffix})"]
    assert dialog.isVisible()
    assert (
        copy.isEnabled() == KINDS[suffix].is_pasted == (suffix not in {"pdf", "npz", "gif", "html"})
    )
    QGuiApplication.clipboard().clear()
    copy.click()
    if KINDS[suffix].is_pasted:
        assert text(dialog, "message") == "Copied to the clipboard."
        assert QGuiApplication.clipboard().mimeData().formats()
        is_text = suffix in {"csv", "json", "py"}
        assert not is_text or QGuiApplication.clipboard().text() == path.read_text()
    choose(dialog, "png")
    assert copy.isEnabled()


def test_there_is_no_script_of_a_watched_run_and_the_dialog_says_so(
    qtbot: QtBot, harness: Harness, dialog: ExportDialog
) -> None:
    button, reason = child(dialog, QRadioButton, "kind_py"), child(dialog, QLabel, "py_missing")
    assert (button.isEnabled(), reason.isVisible()) == (True, False)
    choose(dialog, "py")
    harness.recording = watched_run(steps=400)
    click(dialog, "export_copy")  # it is watched since the dialog was turned to
    assert text(dialog, "message") == NO_SCRIPT
    assert is_at_rest(dialog)
    QApplication.sendEvent(dialog, QEvent(QEvent.Type.ActivationChange))
    assert (button.isEnabled(), reason.isVisible()) == (False, True)
    assert reason.text() == NO_SCRIPT
    assert child(dialog, QRadioButton, "kind_png").isChecked()
    again = harness.dialog()
    qtbot.addWidget(again)
    assert not child(again, QRadioButton, "kind_py").isEnabled()


def test_the_content_is_made_before_the_path_is_asked_for(
    harness: Harness, dialog: ExportDialog, tmp_path: Path
) -> None:
    path = tmp_path / "script.py"
    choose(dialog, "py")
    click(dialog, "export_save")
    harness.step = 10  # the run goes on meanwhile
    child(dialog, QFileDialog, "save_dialog").fileSelected.emit(str(path))
    assert path.read_text() == numpy_script(harness.recording.record(), 400)


def test_the_script_of_a_chaotic_run_says_that_rounding_decides(
    qtbot: QtBot,
    harness: Harness,
    dialog: ExportDialog,
    monkeypatch: pytest.MonkeyPatch,
    tmp_path: Path,
) -> None:
    monkeypatch.setattr(rounding, "SLICE_SECONDS", 0.0)
    harness.recording = Recording(RunConfig(rate=7, seed=11))
    harness.recording.advance(3000)
    harness.step = 3000
    answering(monkeypatch, tmp_path / "script.py")
    choose(dialog, "py")
    click(dialog, "export_save")
    progress = child(dialog, QProgressBar)
    assert progress.isVisible()
    assert progress.format() == "%v of %m steps compared"
    copy = child(dialog, QPushButton, "export_copy")
    assert not copy.isEnabled()
    qtbot.waitUntil(lambda: not progress.isVisible())
    assert text(dialog, "message").startswith("Saved script.py. Rounding decides this run: ")
    assert "# Rounding decides this run: " in (tmp_path / "script.py").read_text()
    assert copy.isEnabled()


def test_a_failed_picture_is_reported(
    harness: Harness, dialog: ExportDialog, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    asked = answering(monkeypatch, tmp_path / "none.png")
    set_combo(dialog, "export_view", "truth_table")
    harness.views["truth_table"].resize(0, 0)
    for button in ("export_save", "export_copy"):
        click(dialog, button)
        assert text(dialog, "message").startswith("The picture could not be made")
        choose(dialog, "csv")
        assert text(dialog, "message") == ""
        choose(dialog, "png")
    assert not asked.suggestions


def test_a_picture_has_the_chosen_view_and_size(
    harness: Harness, dialog: ExportDialog, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    path = tmp_path / "picture.png"
    answering(monkeypatch, path)
    dots, typed = child(dialog, NumberField, "export_dpi"), child(dialog, QLineEdit, "export_size")
    assert dots.value() == 300
    assert child(dialog, QComboBox, "export_view").currentText() == "Whole window"
    for view, dpi, asked, size in (
        ("loss_plot", 96, "", (200, 180)),
        ("decision_surface", 300, "85 mm", (1004, 904)),
        ("decision_surface", 100, "120 x 80 mm", (472, 315)),
        ("", 192, "", (1400, 1000)),
        ("", 192, "700 x 90 px", (1400, 1000)),  # the window is as it is
    ):
        set_combo(dialog, "export_view", view)
        dots.setValue(dpi)
        type_into(typed, asked)
        wanted = f" {size[0]}\u00a0×\u00a0{size[1]}\u00a0pixels."
        assert text(dialog, "sentence").endswith(wanted)
        click(dialog, "export_save")
        image = QImage(str(path))
        assert (image.width(), image.height()) == size
        click(dialog, "export_copy")
        assert QGuiApplication.clipboard().image().size() == image.size()
    choose(dialog, "pdf")
    assert not dots.isEnabled()
    set_combo(dialog, "export_view", "loss_plot")
    type_into(typed, "85 x 60 mm")
    assert text(dialog, "sentence").endswith(" 85\u00a0×\u00a060\u00a0mm.")
    type_into(typed, "85 cm")
    assert text(dialog, "message").startswith("Size is '85 cm'; allowed: a width such as 85 mm")
    path.unlink()
    click(dialog, "export_save")
    assert text(dialog, "message").startswith("Size is '85 cm'")
    assert not path.exists()
    choose(dialog, "csv")
    assert not child(dialog, QComboBox, "export_view").isVisible()


def test_the_dialog_works_by_keys_alone(
    qtbot: QtBot, dialog: ExportDialog, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    path = tmp_path / "script.py"
    answering(monkeypatch, path)
    child(dialog, QRadioButton, "kind_png").setFocus(Qt.FocusReason.TabFocusReason)
    for _ in range(6):
        press(Qt.Key.Key_Down)
    press(Qt.Key.Key_Return)
    assert path.read_text().startswith('"""')
    press(Qt.Key.Key_Y, Qt.KeyboardModifier.AltModifier)
    qtbot.waitUntil(lambda: QGuiApplication.clipboard().text() == path.read_text())


def test_what_was_saved_last_is_offered_again_for_the_panel_that_asks(
    harness: Harness, dialog: ExportDialog, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    answering(monkeypatch, tmp_path / "paper.pdf")
    choose(dialog, "pdf")
    dialog.choose_view(harness.views["loss_plot"])
    set_combo(dialog, "export_background", "transparent")
    type_into(child(dialog, QLineEdit, "export_size"), "85 mm")
    child(dialog, QRadioButton, "kind_pdf").setFocus()
    press(Qt.Key.Key_Return)
    assert (tmp_path / "paper.pdf").exists()
    again = harness.dialog()
    again.choose_view(harness.views["truth_table"])
    assert child(again, QRadioButton, "kind_pdf").isChecked()
    fields = ("export_view", "export_background")
    assert [child(again, QComboBox, name).currentData() for name in fields] == [
        "truth_table",
        "transparent",
    ]
    assert child(again, QLineEdit, "export_size").text() == "85 mm"
    other = LossPlot()
    other.setParent(harness.window)
    other.setObjectName("not_shown_before")
    choose(again, "csv")
    again.choose_view(other)
    assert child(again, QComboBox, "export_view").currentData() == "not_shown_before"
    assert child(again, QRadioButton, "kind_png").isChecked()
    again.close()


def test_no_two_controls_have_the_same_key(dialog: ExportDialog) -> None:
    for suffix in ("png", "gif"):
        choose(dialog, suffix)
        texts = [w.text() for w in dialog.findChildren(QLabel) if w.buddy() and w.isVisible()]
        texts += [b.text() for b in dialog.findChildren(QPushButton)]
        keys = [text[text.index("&") + 1].lower() for text in texts if "&" in text]
        assert len(keys) == len(set(keys)) >= 5


def test_the_length_of_an_animation_is_shown_and_enter_in_a_number_saves_nothing(
    harness: Harness, dialog: ExportDialog, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    asked = answering(monkeypatch, tmp_path / "run.gif")
    choose(dialog, "gif")
    assert text(dialog, "sentence").endswith(" 60 frames, steps 0 to 400, in 6 seconds.")
    frames, rate = (child(dialog, NumberField, f"film_{name}") for name in ("frames", "rate"))
    type_into(frames, "30")
    type_into(rate, "5")
    assert "30 frames, steps 0 to 400, in 6 seconds" in text(dialog, "sentence")
    type_into(frames, "201")
    assert text(dialog, "message").startswith("Frames is '201'")
    assert "30 frames" in text(dialog, "sentence")
    assert not asked.suggestions
    for name in harness.views:
        child(dialog, QCheckBox, f"film_{name}").setChecked(False)
    assert text(dialog, "sentence").endswith(" Choose at least one panel.")
    assert not child(dialog, QPushButton, "export_save").isEnabled()


def test_an_animation_is_made_frame_by_frame(
    qtbot: QtBot, dialog: ExportDialog, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    path, told = tmp_path / "run.gif", list[int]()
    answering(monkeypatch, path)
    progress, save = begin_film(dialog), child(dialog, QPushButton, "export_save")
    assert (progress.isVisible(), save.isEnabled()) == (True, False)
    progress.valueChanged.connect(told.append)
    qtbot.waitUntil(lambda: text(dialog, "message") == "Saved run.gif.")
    assert told == list(range(1, 11))
    assert (progress.isVisible(), save.isEnabled()) == (False, True)
    with Image.open(path) as image:
        assert image.n_frames == 10  # type: ignore[attr-defined]


@pytest.mark.parametrize("key", [Qt.Key.Key_Space, Qt.Key.Key_Escape])
def test_an_animation_that_is_cancelled_or_closed_leaves_no_file(
    qtbot: QtBot, dialog: ExportDialog, monkeypatch: pytest.MonkeyPatch, tmp_path: Path, key: Qt.Key
) -> None:
    answering(monkeypatch, tmp_path / "run.gif")
    progress = begin_film(dialog)
    qtbot.waitUntil(lambda: progress.value() >= 2)
    assert QApplication.focusWidget() is child(dialog, QPushButton, "export_cancel")
    press(key)
    assert is_at_rest(dialog)
    assert not list(tmp_path.iterdir())
    if key == Qt.Key.Key_Space:
        assert text(dialog, "message") == "Cancelled. No file was written."
        assert child(dialog, QPushButton, "export_save").isEnabled()
    else:
        qtbot.waitUntil(lambda: not isValid(dialog))


def failing(error: Exception) -> Job:
    """Return a job that fails in its second slice."""

    def work() -> Generator[tuple[int, int], None, tuple[bytes, str]]:
        yield 0, 2
        raise error

    return work()


def refuse(*_: object) -> None:
    """Take a file that must not be made."""
    raise AssertionError


@pytest.mark.parametrize("kind", some([FileError, ArithmeticError], 1))
def test_a_file_that_cannot_be_made_is_reported(
    qtbot: QtBot, dialog: ExportDialog, kind: type[Exception]
) -> None:
    choose(dialog, "py")
    dialog._use_content(failing(kind("It cannot be made.")), refuse)
    qtbot.waitUntil(lambda: text(dialog, "message") == "It cannot be made.")
    assert is_at_rest(dialog)


def test_an_unexpected_error_is_raised_once(qtbot: QtBot, dialog: ExportDialog) -> None:
    choose(dialog, "py")
    with qtbot.captureExceptions() as exceptions:
        dialog._use_content(failing(RuntimeError("a fault")), refuse)
        qtbot.waitUntil(lambda: is_at_rest(dialog))
    assert [str(e[1]) for e in exceptions] == ["a fault"]


def test_without_pillow_the_dialog_says_how_to_get_it(
    qtbot: QtBot, harness: Harness, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, "PIL", None)
    dialog = harness.dialog()
    with qtbot.waitExposed(dialog):
        dialog.show()
    assert not child(dialog, QRadioButton, "kind_gif").isEnabled()
    label = child(dialog, QLabel, "gif_missing")
    assert label.isVisible()
    assert label.text() == "Animated GIFs need Pillow: pip install 'xorviz[gif]'"
    dialog.close()


@pytest.mark.parametrize("end", some([ExportDialog.close, ExportDialog.deleteLater], 2))
def test_a_file_dialog_ends_with_its_parent(
    qtbot: QtBot, dialog: ExportDialog, end: Callable[[ExportDialog], object]
) -> None:
    """An event loop of its own would go on after that, with a dialog that is deleted."""
    QTimer.singleShot(0, lambda: end(dialog))
    click(dialog, "export_save")
    asking = dialog.findChildren(QFileDialog)
    qtbot.waitUntil(lambda: not isValid(dialog))
    assert [isValid(one) for one in asking] == [False]
