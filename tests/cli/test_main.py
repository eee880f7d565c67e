"""The command line's main function and its options."""

import re
from pathlib import Path

import pytest

from tests.cli.conftest import Opened
from tests.support.cases import some
from tests.support.commands import Run, python, xorviz
from tests.support.files import without_privileges
from xorviz import __version__
from xorviz.cli import preflight
from xorviz.core.kernels import compiler
from xorviz.core.runs.recording import Recording
from xorviz.core.settings import SETTINGS, RunConfig
from xorviz.files.run_file import SUFFIX, load_run, save_run
from xorviz.panels import registry
from xorviz.window import app

COMMANDS = ("train", "export", "diagnose", "check", "lab", "lesson", "watch", "desktop")


REFUSED: list[tuple[str, str]] = [
    # Values out of range: the option, the value, and what is allowed.
    *(
        (f"{words} {value}", f"{words.split()[-1]} is {value!r}; allowed: {allowed}")
        for words, value, allowed in [
            ("train --width", "2.5", SETTINGS["width"].rule.allowed),
            ("train --rate", "nan", SETTINGS["rate"].rule.allowed),
            ("train --seed", "-1", SETTINGS["seed"].rule.allowed),
            ("train --activation", "step", "sigmoid, tanh, relu"),
            ("train --loss", "l2", "sse, half-sse, mse, half-mse, cross-entropy"),
            ("train --biases", "maybe", "on, off"),
            ("train --momentum", "1", SETTINGS["momentum"].rule.allowed),
            ("train --init-range", "0", SETTINGS["init_range"].rule.allowed),
            ("train --targets", "012", SETTINGS["targets"].rule.allowed),
            ("train --steps", "-5", "a whole number from 0"),
            ("train --every", "0", "a whole number from 1"),
            ("train --kernel", "fast", "numpy, numba"),
            ("lab --kernel", "numba,numpy", "numpy, numba"),
            ("--speed", "0.5", "a number from 1, up to 100\u202f000, or max"),
            ("--speed", "-1e3", "a number from 1, up to 100\u202f000, or max"),
            ("--theme", "pink", "system, light, dark"),
            ("export f --step", "-1_000_000,5", "a whole number from 0"),
            ("export f --png f --scale", "5", "a whole number from 1 to 4"),
            ("export f --png f --view", "window", ", ".join(e.name for e in registry.pictured())),
            ("diagnose --outputs 0 --targets", "012", "4 digits"),
            ("diagnose --loss-value", "low", "a number from 0"),
            ("diagnose --outputs 0 --order", "00,01", "00,01,10,11 in any"),
            ("diagnose --weights f --orientation", "up", "in-out, out-in"),
            ("diagnose --weights f --activation", "step", "sigmoid, tanh, relu"),
            ("check f g --output", "relu", "sigmoid, tanh, linear"),
            ("watch --example", "numpyy", "numpy, pytorch"),
            ("check f g --batch", "4", "full, row, pass"),
        ]
    ),
    # Words that are unknown, missing or in conflict.
    ("--nonsense", "--nonsense"),
    ("trian", f"'trian' is neither a command ({', '.join(COMMANDS)}) nor a run file"),
    ("--theme dark trian", "'trian'"),
    ("--nonsense run.xorviz", "--nonsense"),
    ("train --wid 3", "--wid"),
    ("train --width", "--width"),
    ("train --save", "--save"),
    ("run.xorviz other.xorviz", "other.xorviz"),
    ("run.xorviz train", "not with train"),
    ("run.xorviz --run export x.xorviz --csv f", "not with export"),
    ("run.xorviz diagnose", "not with diagnose"),
    ("run.xorviz lab", "not with lab"),
    ("--width 3 run.xorviz", "--width is for a new run; 'run.xorviz' has its own settings"),
    ("run.xorviz --init-range 1", "--init-range is for a new run"),
    ("--biases run.xorviz", "--biases is for a new run"),
    ("--biases off run.xorviz", "--biases is for a new run"),
    ("--rate=1 --speed=5 run.xorviz", "--rate is for a new run"),
    ("--run train", "--run is for the window; train has none"),
    ("--reset-layout lab", "--reset-layout is for the window; lab has none"),
    ("--speed 3 export run.xorviz --csv f", "--speed is for the window; export has none"),
    ("--theme dark diagnose --weights f", "--theme is for the window; diagnose has none"),
    ("export", "FILE.xorviz"),
    ("export run.xorviz", "--script, --csv, --npz, --json, --png, --svg, --gif"),
    ("--width 3 export run.xorviz --csv f", "--width is for a new run"),
    ("--kernel numpy export run.xorviz --csv f", "--kernel is for training; export shows"),
    ("--kernel numba diagnose --weights f", "--kernel is for training; diagnose trains only"),
    ("export run.xorviz --csv f --view loss_plot", "--view is for --png, --svg and --gif"),
    ("export run.xorviz --svg f --scale 2", "--scale is for --png"),
    ("export run.xorviz --csv f --json ./f", "each output needs its own file"),
    ("export run.xorviz --csv run.xorviz", "different from the run file"),
    ("diagnose", "needs --weights, --outputs or --loss-value"),
    ("diagnose --weights f --outputs 0", "takes --weights or --outputs, not both"),
    ("diagnose --outputs 0 --orientation in-out", "--orientation is for --weights"),
    ("diagnose --weights f --seed 3", "--seed"),
    ("--seed 3 diagnose --weights f", "--seed is for a new run; diagnose uses the weights"),
    ("--init zero diagnose --weights f", "--init is for a new run; diagnose uses the weights"),
    ("--targets 1010 diagnose --weights f", "--targets goes after diagnose"),
    ("check", "FILE"),
    ("check f g h i", "check takes one to three files; only one of them may be -"),
    ("check - -", "check takes one to three files; only one of them may be -"),
    ("--width 3 check f g", "--width is for a new run; check uses the weights as they are"),
    ("--kernel numpy check f g", "--kernel is for training; check trains nothing"),
    ("--targets 1010 check f g", "--targets goes after check"),
    ("run.xorviz check f g", "not with check"),
    ("run.xorviz watch", "not with watch"),
    ("--rate 1 watch", "--rate is for a new run; watch shows the runs of programs"),
    ("--width 3 lesson 1", "--width is for a new run; a lesson has its own settings"),
    ("--run lesson 1", "--run is not for a lesson, which begins with a prediction"),
    ("--run my.xlesson", "--run is not for a lesson, which begins with a prediction"),
    ("--width 3 my.xlesson", "--width is for a new run; 'my.xlesson' has its own settings"),
    ("--theme dark lesson --list", "--theme is for the window; lesson --list has none"),
    ("lesson", "lesson takes one of these: a number or FILE.xlesson, --list, --check, --prove"),
    ("lesson 1 --prove", "lesson takes one of these"),
    ("lesson 10", "the lesson is '10'; allowed: a whole number from 1 to 9"),
    ("lesson --prove 0", "the lesson is '0'; allowed: a whole number from 1 to 9"),
    ("lesson --kernel numpy --list", "--kernel is for training; --list trains nothing"),
    ("lesson --prove --rate 2", "--rate"),
    ("--rate 2 lesson --prove", "--rate is for a new run; a lesson has its own settings"),
    ("--theme dark watch --example numpy", "--theme is for the window; watch has none"),
]


@pytest.mark.parametrize(("words", "part"), some(REFUSED, 14))
def test_wrong_words_are_refused_in_one_line(run: Run, words: str, part: str) -> None:
    done = run(words)
    assert done.status == 2
    assert part in done.line


@pytest.mark.parametrize("command", some(["", *COMMANDS[:-3]]))
def test_a_value_may_begin_with_a_minus(run: Run, command: str) -> None:
    found = re.findall(r"^ +(--[a-z-]+) (?!FILE|tcp)\S", run(f"{command} --help").out, re.MULTILINE)
    options = [option for option in found if option != "--outputs"]  # parsed later
    assert len(options) >= 3
    for option in options:
        file = "f" * (command in {"export", "check"})
        done = run(f"{command} {file} {option} -1,2")
        assert f"{option} is '-1,2'; allowed: " in done.line


@pytest.mark.parametrize("words", some(["--version -5..3", "--version"], 1))
def test_the_version_is_printed(run: Run, words: str) -> None:
    done = run(words)
    assert (done.status, done.out) == (0, f"xorviz {__version__}\n")


@pytest.mark.parametrize("command", ["", *COMMANDS])
def test_help_is_tidy(run: Run, monkeypatch: pytest.MonkeyPatch, command: str) -> None:
    monkeypatch.setenv("COLUMNS", "80")
    done = run(f"{command} --help")
    assert done.status == 0
    assert done.out.isascii()
    assert "FILE" in done.out
    assert "==" not in done.out
    assert not re.search(r"\n[ ]+\n", done.out)
    assert max(map(len, done.out.splitlines())) <= 80
    if not command:
        assert f"FILE{SUFFIX}" in done.out
        for name in COMMANDS:
            assert re.search(rf"^ +{name} +\S", done.out, re.MULTILINE)
    if command in {"", "train"}:
        assert all(f"--{name}".replace("_", "-") in done.out for name in SETTINGS)


def test_without_options_the_window_restores_its_state(run: Run, opened: Opened) -> None:
    assert run("").status == 0
    assert opened == [app.WindowOptions(kernel=compiler.NUMBA)]


def test_options_set_up_the_window(run: Run, opened: Opened) -> None:
    run("--width 5 --rate 0.5 --biases on --speed max --theme dark --run --reset-layout")
    config = RunConfig(width=5, rate=0.5, biases=True)
    choices = {"speed": None, "theme": "dark"}
    assert opened == [app.WindowOptions(config, True, True, choices, compiler.NUMBA)]


def test_a_window_that_waits_for_a_program_has_its_own_options(run: Run, opened: Opened) -> None:
    assert run("--theme dark watch").status == 0
    assert opened == [
        app.WindowOptions(choices={"theme": "dark"}, kernel=compiler.NUMBA, waits=True)
    ]


@pytest.fixture
def without_numba(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(compiler, "is_installed", lambda: False)


@pytest.mark.parametrize("name", some(compiler.KERNEL_NAMES, 1))
def test_a_kernel_can_be_chosen(run: Run, opened: Opened, run_file: Path, name: str) -> None:
    for words in (f"--kernel {name}", f"--kernel={name}", f"--kernel {name} {run_file}"):
        assert run(words).status == 0
        assert opened.pop().kernel == name


@pytest.mark.usefixtures("without_numba")
def test_numpy_is_the_default_without_numba(run: Run, opened: Opened) -> None:
    assert run("").status == 0
    assert opened.pop().kernel == compiler.NUMPY


@pytest.mark.parametrize("command", some(["", "train", "lab", "none.xorviz"]))
@pytest.mark.usefixtures("without_numba")
def test_a_missing_kernel_is_one_line_and_opens_no_window(
    run: Run, opened: Opened, command: str
) -> None:
    done = run(f"--kernel numba {command}")
    assert done.status == 2
    assert "numba" in done.line
    assert "pip install 'xorviz[fast]'" in done.line
    assert opened == []


WITHOUT_NUMBA = """
import sys
sys.modules["numba"] = None
from xorviz.core.kernels import compiler
compiler.is_installed = lambda: True
from xorviz.cli.main import main
for words in ("--version", "--help", "--kernel jax", "--kernel numba none"):
    try:
        main(words.split())
    except SystemExit as ended:
        print("exit", ended.code)
"""


def test_numba_is_not_loaded_without_training() -> None:
    done = python("-c", WITHOUT_NUMBA)
    assert re.findall(r"^exit (.*)$", done.out, re.MULTILINE) == ["0", "0", "2", "2"]
    assert "Traceback" not in done.err
    assert "cannot be loaded" not in done.err


def test_settings_before_the_command_apply(run: Run) -> None:
    assert '"width": 5' in run("--width 5 train --steps 0 --json").out


def test_a_problem_with_qt_is_one_line(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(preflight, "problem", lambda: "There is no screen.")
    done = run("")
    assert (done.status, done.line) == (1, "xorviz: There is no screen.")


def test_the_command_is_installed() -> None:
    assert xorviz("--version").out == f"xorviz {__version__}\n"


@pytest.fixture
def run_file(tmp_path: Path) -> Path:
    recording = Recording(RunConfig(width=2))
    recording.advance(50)
    path = tmp_path / f"run{SUFFIX}"
    save_run(recording, path)
    return path


@pytest.mark.parametrize(
    "options", some(["", "--run", "--theme=dark --run", "--speed 5 --theme dark"])
)
def test_a_run_file_is_opened_in_the_window(
    run: Run, opened: Opened, run_file: Path, options: str
) -> None:
    assert run(f"{options} {run_file}").status == 0
    assert run(f"{run_file} {options}").status == 0
    window, same = opened
    assert same == window
    assert (window.config, window.path, window.runs) == (None, run_file, "--run" in options)
    assert window.kernel == compiler.NUMBA
    assert window.project == load_run(run_file)
    assert window.choices.get("speed") == (5 if "--speed" in options else None)
    assert window.choices.get("theme") == ("dark" if "dark" in options else None)


def test_a_run_file_may_have_any_name(
    run: Run, opened: Opened, run_file: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(run_file.parent)
    for name in ("renamed.json", "on", "Rücken an Rücken"):
        run_file = run_file.rename(name)
        assert run("", name).status == 0
        assert opened.pop().path == Path(name)


def test_a_value_of_an_option_is_not_a_file(
    run: Run, opened: Opened, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    for name in ("dark", "max", "on", "5"):
        Path(name).touch()
    assert run("--theme dark --speed max --biases on --width 5").status == 0
    assert opened.pop().config == RunConfig(width=5, biases=True)


def test_an_impossible_file_name_is_reported(run: Run) -> None:
    name = "x" * 300
    assert run(name).line == f"xorviz: {name}: It cannot be read: File name too long."
    assert run(f"train --save {name}").line == f"xorviz: {name}: The name is too long."


def test_an_inaccessible_folder_is_reported_with_the_file_name(run: Run, tmp_path: Path) -> None:
    path = tmp_path / "closed" / "run"
    path.parent.mkdir(0o600)
    with without_privileges():
        saved, opened = run("train --save", path), run("", path)
    path.parent.chmod(0o700)
    assert (saved.status, opened.status) == (1, 1)
    assert saved.line == f"xorviz: {path}: You have no permission to write here."
    assert opened.line == f"xorviz: {path}: You have no permission to read it."


WITHOUT_QT = """
import sys
sys.modules["PySide6"] = sys.modules["pyqtgraph"] = None
from xorviz.cli.main import main
sys.exit(main(sys.argv[1:]))
"""


@pytest.mark.parametrize("content", some([None, b"", b"not a run", b"{}"], 1))
def test_an_unreadable_file_is_reported_before_qt_is_loaded(
    tmp_path: Path, content: bytes | None
) -> None:
    path = tmp_path / f"broken{SUFFIX}"
    if content is not None:
        path.write_bytes(content)
    done = python("-c", WITHOUT_QT, path, "--run")
    assert done.status == 1
    assert done.line.startswith(f"xorviz: {path}: ")
