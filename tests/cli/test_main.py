"""The command line's main function and its options."""

import re
import subprocess
import sys
from pathlib import Path

import pytest

from tests.files.test_atomic import without_privileges
from tests.support.cases import some
from tests.support.commands import xorviz
from xorviz import __version__
from xorviz.cli import preflight
from xorviz.cli.main import main
from xorviz.core.config import RULES, RunConfig
from xorviz.core.kernels import compiler
from xorviz.core.runs.recording import Recording
from xorviz.files import SUFFIX, assets, load_run, save_run
from xorviz.panels import registry
from xorviz.window import app

COMMANDS = ("train", "export", "diagnose", "lab")


@pytest.mark.parametrize(
    ("arguments", "option", "value", "allowed"),
    some(
        [
            ("train --width 0", "--width", "0", RULES["width"].allowed),
            ("train --width 2.5", "--width", "2.5", RULES["width"].allowed),
            ("train --rate 1e9", "--rate", "1e9", RULES["rate"].allowed),
            ("train --rate nan", "--rate", "nan", RULES["rate"].allowed),
            ("train --seed -1", "--seed", "-1", RULES["seed"].allowed),
            ("train --activation step", "--activation", "step", "sigmoid, tanh, relu"),
            ("train --loss l2", "--loss", "l2", "sse, mse, half-mse, cross-entropy"),
            ("train --biases maybe", "--biases", "maybe", "on, off"),
            ("train --momentum 1", "--momentum", "1", RULES["momentum"].allowed),
            ("train --init-range 0", "--init-range", "0", RULES["init_range"].allowed),
            ("train --targets 012", "--targets", "012", RULES["targets"].allowed),
            ("train --steps -5", "--steps", "-5", "a whole number from 0"),
            ("train --every 0", "--every", "0", "a whole number from 1"),
            ("--speed 0.5", "--speed", "0.5", "a number from 1, up to 100000, or max"),
            ("--kernel jax", "--kernel", "jax", "numpy, numba"),
            ("train --kernel fast", "--kernel", "fast", "numpy, numba"),
            ("lab --kernel numba,numpy", "--kernel", "numba,numpy", "numpy, numba"),
            ("--theme pink", "--theme", "pink", "system, light, dark"),
            ("--speed -1e3", "--speed", "-1e3", "a number from 1, up to 100000, or max"),
            ("train --rate -1e-3", "--rate", "-1e-3", RULES["rate"].allowed),
            ("train --momentum -inf", "--momentum", "-inf", RULES["momentum"].allowed),
            ("train --seed -5..3", "--seed", "-5..3", RULES["seed"].allowed),
            ("export f --step -1_000_000,5", "--step", "-1_000_000,5", "a whole number from 0"),
        ],
        5,
    ),
)
def test_an_invalid_value_is_reported_with_option_and_range(
    capsys: pytest.CaptureFixture[str], arguments: str, option: str, value: str, allowed: str
) -> None:
    with pytest.raises(SystemExit) as ended:
        main(arguments.split())
    assert ended.value.code == 2
    printed = capsys.readouterr()
    assert printed.out == ""
    assert printed.err.count("\n") == 1
    for part in (option, repr(value), allowed):
        assert part in printed.err


def refusal(capsys: pytest.CaptureFixture[str], *arguments: str) -> str:
    """Return the one line of error that these arguments cause."""
    with pytest.raises(SystemExit) as ended:
        main(arguments)
    assert ended.value.code == 2
    printed = capsys.readouterr()
    assert printed.out == ""
    assert printed.err.count("\n") == 1
    return printed.err


@pytest.mark.parametrize(
    ("arguments", "part"),
    some(
        [
            ("--nonsense", "--nonsense"),
            ("trian", "'trian' is neither a command (train, export, diagnose, lab) nor a run file"),
            ("--theme dark trian", "'trian'"),
            ("--nonsense run.xorviz", "--nonsense"),
            ("train --wid 3", "--wid"),
            ("train --width", "--width"),
            ("run.xorviz other.xorviz", "other.xorviz"),
            ("run.xorviz train", "not with train"),
            ("run.xorviz --run export x.xorviz --csv f", "not with export"),
            ("--width 3 run.xorviz", "--width is for a new run; 'run.xorviz' has its own settings"),
            ("run.xorviz --init-range 1", "--init-range is for a new run"),
            ("--biases run.xorviz", "--biases is for a new run"),
            ("--biases off run.xorviz", "--biases is for a new run"),
            ("--rate=1 --speed=5 run.xorviz", "--rate is for a new run"),
            ("train --save", "--save"),
            ("export", "FILE.xorviz"),
            ("export run.xorviz", "--script, --csv, --npz, --json, --png, --svg, --gif"),
            ("--width 3 export run.xorviz --csv f", "--width is for a new run"),
            ("--speed 3 export run.xorviz --csv f", "--speed is for the window"),
            ("--kernel numpy export run.xorviz --csv f", "--kernel is for training; export shows"),
            (
                "--kernel numba diagnose --weights f",
                "--kernel is for training; diagnose trains noth",
            ),
            ("export run.xorviz --csv f --view loss_plot", "--view is for --png, --svg and --gif"),
            ("export run.xorviz --svg f --scale 2", "--scale is for --png"),
            ("export run.xorviz --png f --scale 5", "a whole number from 1 to 4"),
            (
                "export run.xorviz --png f --view window",
                ", ".join(entry.name for entry in registry.pictured()),
            ),
            ("export run.xorviz --csv f --step -1", "a whole number from 0"),
            ("export run.xorviz --csv f --json ./f", "each output needs its own file"),
            ("export run.xorviz --csv run.xorviz", "different from the run file"),
            ("diagnose", "either --weights or --outputs"),
            ("diagnose --weights f --outputs 0", "either --weights or --outputs"),
            ("diagnose --outputs 0 --rate 1", "--rate is for --weights"),
            ("diagnose --outputs 0 --orientation in-out", "--orientation is for --weights"),
            ("diagnose --weights f --width 3", "--width"),
            (
                "--width 3 diagnose --weights f",
                "--width is for a new run; diagnose has the weights",
            ),
            (
                "--init zero diagnose --weights f",
                "--init is for a new run; diagnose has the weights",
            ),
            ("--targets 1010 diagnose --weights f", "--targets goes after diagnose"),
            ("--theme dark diagnose --weights f", "--theme is for the window"),
            ("diagnose --outputs 0 --targets 012", "--targets is '012'; allowed: 4 digits"),
            (
                "diagnose --outputs 0 --order 00,01",
                "--order is '00,01'; allowed: 00,01,10,11 in any",
            ),
            (
                "diagnose --weights f --orientation up",
                "--orientation is 'up'; allowed: in-out, out-in",
            ),
            ("diagnose --weights f --activation step", "sigmoid, tanh, relu"),
            ("run.xorviz diagnose", "not with diagnose"),
            ("run.xorviz lab", "not with lab"),
        ],
        8,
    ),
)
def test_unknown_missing_or_conflicting_words_are_one_line(
    capsys: pytest.CaptureFixture[str], arguments: str, part: str
) -> None:
    assert part in refusal(capsys, *arguments.split())


@pytest.mark.parametrize("command", some(["", "train", "export", "diagnose", "lab"]))
def test_a_value_may_begin_with_a_minus(capsys: pytest.CaptureFixture[str], command: str) -> None:
    with pytest.raises(SystemExit):
        main([*command.split(), "--help"])
    found = re.findall(r"^ +(--[a-z-]+) (?!FILE|tcp)\S", capsys.readouterr().out, re.MULTILINE)
    options = [option for option in found if option != "--outputs"]  # parsed later
    assert len(options) >= 3
    for option in options:
        file = ["f"] * (command == "export")
        message = refusal(capsys, *command.split(), *file, option, "-1,2")
        assert f"{option} is '-1,2'; allowed: " in message


@pytest.mark.parametrize(
    "arguments", some(["--help", "train --help", "--version -5..3", "--version"])
)
def test_help_and_version_succeed(capsys: pytest.CaptureFixture[str], arguments: str) -> None:
    with pytest.raises(SystemExit) as ended:
        main(arguments.split())
    assert ended.value.code == 0
    printed = capsys.readouterr().out
    assert __version__ in printed or all(f"--{name}"[:6] in printed for name in RULES)


def test_help_is_tidy(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COLUMNS", "80")
    for command in ([], *([name] for name in COMMANDS)):
        with pytest.raises(SystemExit):
            main([*command, "--help"])
        printed = capsys.readouterr().out
        assert "FILE" in printed
        assert "SUPPRESS" not in printed
        assert not re.search(r"\n[ ]+\n", printed)
        assert max(map(len, printed.splitlines())) <= 80


def test_help_names_the_commands(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit):
        main(["--help"])
    printed = capsys.readouterr().out
    for command in COMMANDS:
        assert re.search(rf"^ +{command} +\S", printed, re.MULTILINE)
    assert f"FILE{SUFFIX}" in printed


@pytest.fixture
def opened(monkeypatch: pytest.MonkeyPatch) -> list[app.WindowOptions]:
    """Record what the window would be opened with."""
    seen: list[app.WindowOptions] = []

    def run(opened: app.WindowOptions) -> int:
        seen.append(opened)
        return 0

    monkeypatch.setattr(app, "run", run)
    monkeypatch.setattr(preflight, "problem", lambda: None)
    return seen


def test_without_options_the_window_restores_its_state(opened: list[app.WindowOptions]) -> None:
    assert main([]) == 0
    assert opened == [app.WindowOptions(kernel=compiler.NUMBA)]


def test_options_set_up_the_window(opened: list[app.WindowOptions]) -> None:
    words = "--width 5 --rate 0.5 --biases on --speed max --theme dark --run --reset-layout"
    main(words.split())
    config = RunConfig(width=5, rate=0.5, biases=True)
    choices = {"speed": None, "theme": "dark"}
    assert opened == [app.WindowOptions(config, True, True, choices, compiler.NUMBA)]


@pytest.fixture
def without_numba(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(compiler, "is_installed", lambda: False)


@pytest.mark.parametrize("name", some(compiler.KERNEL_NAMES, 1))
def test_a_kernel_can_be_chosen(opened: list[app.WindowOptions], run_file: Path, name: str) -> None:
    for words in (["--kernel", name], [f"--kernel={name}"], ["--kernel", name, str(run_file)]):
        assert main(words) == 0
        assert opened.pop().kernel == name


@pytest.mark.usefixtures("without_numba")
def test_numpy_is_the_default_without_numba(opened: list[app.WindowOptions]) -> None:
    assert main([]) == 0
    assert opened.pop().kernel == compiler.NUMPY


@pytest.mark.parametrize("command", some(["", "train", "lab", "none.xorviz"]))
@pytest.mark.usefixtures("without_numba")
def test_a_missing_kernel_is_one_line_and_opens_no_window(
    capsys: pytest.CaptureFixture[str], opened: list[app.WindowOptions], command: str
) -> None:
    message = refusal(capsys, "--kernel", "numba", *command.split())
    assert "numba" in message
    assert "pip install 'xorviz[fast]'" in message
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
    command = [sys.executable, "-c", WITHOUT_NUMBA]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert re.findall(r"^exit (.*)$", done.stdout, re.MULTILINE) == ["0", "0", "2", "2"]
    assert "Traceback" not in done.stderr
    assert "cannot be loaded" not in done.stderr


def test_settings_before_the_command_apply(capsys: pytest.CaptureFixture[str]) -> None:
    main(["--width", "5", "train", "--steps", "0", "--json"])
    assert '"width": 5' in capsys.readouterr().out


def test_a_problem_with_qt_is_one_line(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(preflight, "problem", lambda: "There is no screen.")
    assert main([]) == 1
    assert capsys.readouterr().err == "xorviz: There is no screen.\n"


def test_the_command_is_installed() -> None:
    assert xorviz("--version").stdout == f"xorviz {__version__}\n"


@pytest.mark.parametrize("option", some(["--run", "--speed max", "--theme dark", "--speed 5"], 1))
def test_options_of_the_window_are_refused_without_one(
    capsys: pytest.CaptureFixture[str], option: str
) -> None:
    with pytest.raises(SystemExit) as ended:
        main([*option.split(), "train"])
    assert ended.value.code == 2
    assert option.split(maxsplit=1)[0] in capsys.readouterr().err


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
    opened: list[app.WindowOptions], run_file: Path, options: str
) -> None:
    words = options.split()
    assert main([*words, str(run_file)]) == 0
    assert main([str(run_file), *words]) == 0
    window, same = opened
    assert same == window
    assert (window.config, window.path, window.runs) == (None, run_file, "--run" in words)
    assert window.kernel == compiler.NUMBA
    assert window.project == load_run(run_file)
    assert window.choices.get("speed") == (5 if "--speed" in words else None)
    assert window.choices.get("theme") == ("dark" if "dark" in options else None)


def test_a_run_file_may_have_any_name(
    opened: list[app.WindowOptions], run_file: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(run_file.parent)
    for name in ("renamed.json", "on", "Rücken an Rücken"):
        run_file = run_file.rename(name)
        assert main([name]) == 0
        assert opened.pop().path == Path(name)


def test_a_value_of_an_option_is_not_a_file(
    opened: list[app.WindowOptions], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    for name in ("dark", "max", "on", "5"):
        Path(name).touch()
    assert main(["--theme", "dark", "--speed", "max", "--biases", "on", "--width", "5"]) == 0
    assert opened.pop().config == RunConfig(width=5, biases=True)


def test_a_desktop_opens_run_files_with_it() -> None:
    lines = assets.read_text("xorviz.desktop").splitlines()
    assert "Exec=xorviz %f" in lines
    assert "MimeType=application/x-xorviz;" in lines


@pytest.mark.parametrize(
    ("words", "sentence"),
    [
        ([], "It cannot be read: File name too long."),
        (["train", "--save"], "The name is too long."),
    ],
)
def test_an_impossible_file_name_is_reported(
    capsys: pytest.CaptureFixture[str], words: list[str], sentence: str
) -> None:
    name = "x" * 300
    assert main([*words, name]) == 1
    assert capsys.readouterr() == ("", f"xorviz: {name}: {sentence}\n")


def test_an_inaccessible_folder_is_reported_with_the_file_name(
    capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    path = str(tmp_path / "closed" / "run")
    (tmp_path / "closed").mkdir(0o600)
    with without_privileges():
        assert main(["train", "--save", path]) == 1
        assert main([path]) == 1
    (tmp_path / "closed").chmod(0o700)
    saved, opened = capsys.readouterr().err.splitlines()
    assert saved == f"xorviz: {path}: Writing here is not allowed."
    assert opened == f"xorviz: {path}: Reading it is not allowed."


@pytest.mark.parametrize("content", some([None, b"", b"not a run", b"{}"], 1))
def test_an_unreadable_file_is_reported_before_qt_is_loaded(
    tmp_path: Path, content: bytes | None
) -> None:
    path = tmp_path / f"broken{SUFFIX}"
    if content is not None:
        path.write_bytes(content)
    code = (
        "import sys; sys.modules['PySide6'] = sys.modules['pyqtgraph'] = None\n"
        "from xorviz.cli.main import main\n"
        "sys.exit(main(sys.argv[1:]))"
    )
    command = [sys.executable, "-c", code, str(path), "--run"]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert (done.returncode, done.stdout) == (1, "")
    assert done.stderr.startswith(f"xorviz: {path}: ")
    assert done.stderr.count("\n") == 1
