"""The command line: its options as the parser knows them, what it refuses, what it opens."""

import argparse
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.cli.conftest import Opened
from tests.support.commands import Done, Run, python, xorviz
from tests.support.files import without_privileges
from tests.support.program import WrittenProgram
from xorviz import __version__
from xorviz.cli import preflight
from xorviz.cli.parser import COMMANDS, FOR_WINDOW, command_line
from xorviz.core.kernels import compiler
from xorviz.core.settings import SETTINGS, RunConfig
from xorviz.files.arguments import option_of
from xorviz.files.run_file import SUFFIX, load_run
from xorviz.window import app

FILES = {"export": "f", "check": "f g"}
"""Words without which a command says only that they are missing."""


def actions_of(command: str) -> Iterator[argparse.Action]:
    """Yield the options of a command, or those before it."""
    parser = command_line([command])
    if command:
        (commands,) = (a for a in parser._actions if isinstance(a, argparse._SubParsersAction))
        parser = commands.choices[command]
    yield from parser._actions


@pytest.mark.parametrize("command", ["", *COMMANDS])
def test_every_option_is_in_the_help_and_its_bad_values_are_refused(
    run: Run, monkeypatch: pytest.MonkeyPatch, tmp_path: Path, command: str
) -> None:
    monkeypatch.setenv("COLUMNS", "80")
    monkeypatch.chdir(tmp_path)
    shown = run(f"{command} --help")
    assert (shown.status, shown.err) == (0, "")
    assert shown.out.isascii()
    assert max(map(len, shown.out.splitlines())) <= 80
    assert not re.search(r"\n[ ]+\n|==", shown.out)
    for action in actions_of(command):
        if not action.option_strings or action.help == argparse.SUPPRESS:
            continue
        (option,) = [word for word in action.option_strings if word.startswith("--")]
        assert re.search(rf"^ +.*{option}\b", shown.out, re.MULTILINE)
        assert action.help
        words = f"{command} {FILES.get(command, '')} {option}"
        refused = {f"{words}={bad}": f"{option} is {bad!r}; allowed: " for bad in ("?", "-1,2")}
        if action.type in {None, Path}:
            missing = {f"{words}=x": option} if action.nargs == 0 else {words: option}
            refused = {} if action.nargs == "*" else missing
        for line, said in refused.items():
            done = run(line)
            assert done.status == 2
            assert said in done.line
    assert not list(tmp_path.iterdir())


def test_the_help_names_commands_and_settings_with_their_defaults(run: Run) -> None:
    out = run("--help").out
    for name, command in COMMANDS.items():
        assert re.search(rf"^ +{name} +{command.text[:20]}", out, re.MULTILINE)
    helps = (out, run("train --help").out, run("lab --help").out)
    for printed in (re.sub(r"-\n +", "-", text) for text in helps):
        for name, setting in SETTINGS.items():
            default = setting.option(getattr(RunConfig(), name))
            assert option_of(name) in printed
            assert f"({default})" in printed or name == "seed"


OF_WINDOW = {"run": "", "reset_layout": "", "speed": "3", "theme": "dark", "zoom": "110"}
IN_TERMINALS = {
    "train": "", "export": "f --csv g", "diagnose": "--weights f", "check": "f g", "lab": "",
    "lesson": "--list", "desktop": "--install", "watch": "--example numpy",
}  # fmt: skip


def test_options_of_the_window_and_of_new_runs_are_refused_elsewhere(run: Run) -> None:
    assert OF_WINDOW.keys() == set(FOR_WINDOW)
    assert IN_TERMINALS.keys() == COMMANDS.keys()
    names = list(SETTINGS)
    settings = {name: SETTINGS[name].option(getattr(RunConfig(), name)) for name in names}
    takes_some = {"train", "lab", "diagnose", "check"}
    for number, (command, more) in enumerate(IN_TERMINALS.items()):
        refused = {f"{option_of(name)} {value}": "is for the window; " + command
                   for name, value in OF_WINDOW.items()}  # fmt: skip
        for name in [] if command in takes_some else names[number % 4 :: 4]:
            refused[f"{option_of(name)} {settings[name]}"] = "is for "
        for words, said in refused.items():
            done = run(f"{words} {command} {more}")
            assert done.status == 2
            assert f"{words.split()[0]} {said}" in done.line
    for number, words in enumerate(("lesson 1", "watch", "run.xorviz", "my.xlesson")):
        for name in names[number::4]:
            done = run(f"{option_of(name)} {settings[name]} {words}")
            assert done.status == 2
            assert f"{option_of(name)} is for a new run; " in done.line


REFUSED: list[tuple[str, str]] = [
    ("--nonsense", "--nonsense"),
    ("trian", f"'trian' is neither a command ({', '.join(COMMANDS)}) nor a run file"),
    ("train --wid 3", "--wid"),
    ("run.xorviz other.xorviz", "other.xorviz"),
    *((f"run.xorviz {name} {more}", f"not with {name}") for name, more in IN_TERMINALS.items()),
    ("run.xorviz --run export x.xorviz --csv f", "not with export"),
    ("run.xorviz --init-range 1", "--init-range is for a new run; 'run.xorviz' has its own"),
    ("export", "FILE.xorviz"),
    ("export run.xorviz", "--script, --csv, --npz, --json, --html, --png, --svg, --pdf, --gif"),
    *(
        (f"--kernel numpy {words}", "--kernel is for training; ")
        for words in (
            *("export run.xorviz --csv f", "diagnose --weights f", "check f g", "desktop --remove"),
            *("watch --example numpy", "lesson --list", "lesson --check f"),
        )
    ),
    *(
        (f"export run.xorviz {words}", told)
        for words, told in (
            ("--png x --size 5", "--size is '5'; allowed: a width such as 85 mm or 1200 px"),
            ("--png x --dpi 20", "--dpi is '20'; allowed: a whole number from 50 to"),
            ("--png x --background blue", "--background is 'blue'; allowed: white, transparent,"),
            ("--png x --scale 2 --dpi 200", "--scale is without --size and --dpi"),
            ("--svg x --dpi 200", "--dpi is for --png"),
            ("--svg x --scale 2", "--scale is for --png"),
            ("--gif x --size 85mm", "--size is for --png, --svg and --pdf"),
            ("--csv x --view loss_plot", "--view is for --png, --svg, --pdf and --gif"),
        )
    ),
    ("export run.xorviz --csv f --json ./f", "each output needs its own file"),
    ("export run.xorviz --csv run.xorviz", "different from the run file"),
    ("diagnose", "needs --weights, --outputs or --loss-value"),
    ("diagnose --weights f --outputs 0", "takes --weights or --outputs, not both"),
    ("diagnose --outputs 0 --orientation in-out", "--orientation is for --weights"),
    ("--perturbation 1 diagnose --weights f", "--perturbation is for a new run; diagnose uses"),
    ("--seed 3 check f g", "--seed is for a new run; check uses the weights as they are"),
    ("--targets 1010 diagnose --weights f", "--targets goes after diagnose"),
    ("check f g h i", "check takes one to three files; only one of them may be -"),
    ("--run lesson 1", "--run is not for a lesson, which begins with a prediction"),
    ("--run my.xlesson", "--run is not for a lesson, which begins with a prediction"),
    ("lesson", "lesson takes one of these: a number or FILE.xlesson, --list, --check, --prove"),
    ("lesson 10", "the lesson is '10'; allowed: a whole number from 1 to 9"),
    ("lesson --prove 0", "the lesson is '0'; allowed: a whole number from 1 to 9"),
    *((words, "--install") for words in ("desktop", "desktop --install --remove")),
    *(
        (f"{command} --loss cross-entropy --output tanh", "'cross-entropy' with output tanh")
        for command in ("", "train", "lab")
    ),
]


def test_wrong_words_are_refused(
    run: Run, opened: Opened, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.chdir(tmp_path)
    for words, part in REFUSED:
        done = run(words)
        assert done.status == 2
        assert part in done.line
    assert opened == []
    assert not list(tmp_path.iterdir())


def test_the_version_is_printed_and_the_command_is_installed(run: Run) -> None:
    printed = Done(0, f"xorviz {__version__}\n", "")
    assert run("--version -5..3") == printed
    assert xorviz("--version") == printed


# What opens the window.


def test_options_set_up_the_window(run: Run, opened: Opened) -> None:
    for words, options in (
        ("", app.WindowOptions(kernel=compiler.NUMBA)),
        (
            "--width 5 --rate 0.5 --biases on --speed max --theme dark --run --reset-layout",
            app.WindowOptions(
                *(RunConfig(width=5, rate=0.5, biases=True), True, True),
                *({"speed": None, "theme": "dark"}, compiler.NUMBA),
            ),
        ),
        ("--zoom 125 watch", app.WindowOptions(choices={"zoom": "125"}, kernel=compiler.NUMBA,
                                               waits=True)),
    ):  # fmt: skip
        assert run(words).status == 0
        assert opened.pop() == options


def test_a_kernel_can_be_chosen_and_numpy_is_the_default_without_numba(
    run: Run, opened: Opened, run_file: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in compiler.KERNEL_NAMES:
        for words in (f"--kernel {name}", f"--kernel={name}", f"--kernel {name} {run_file}"):
            assert run(words).status == 0
            assert opened.pop().kernel == name
    monkeypatch.setattr(compiler, "is_installed", lambda: False)
    assert run("").status == 0
    assert opened.pop().kernel == compiler.NUMPY
    for command in ("", "train", "lab", "none.xorviz"):
        done = run(f"--kernel numba {command}")
        assert done.status == 2
        assert "pip install 'xorviz[fast]'" in done.line
    assert opened == []


def test_the_file_of_a_program_is_opened_unless_it_cannot_be_read(
    run: Run, opened: Opened, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path))
    program = WrittenProgram().show([0])
    assert run(f"watch {program.path}").status == 0
    assert (opened[0].waits, opened[0].path) == (True, program.path)
    program.die()
    (tmp_path / "no.xwatch").write_bytes(b"no states")
    for name, why in (("no", "no file of states"), ("missing", "does not exist")):
        done = run(f"watch {tmp_path / name}.xwatch")
        assert (done.status, name in done.line, why in done.line) == (1, True, True)
    assert len(opened) == 1


def test_a_run_file_is_opened_in_the_window(run: Run, opened: Opened, run_file: Path) -> None:
    for options in ("", "--run", "--theme=dark --run", "--speed 5 --theme dark"):
        assert run(f"{options} {run_file}").status == 0
        assert run(f"{run_file} {options}").status == 0
        window, same = opened[-2:]
        assert same == window
        assert (window.config, window.path, window.runs) == (None, run_file, "--run" in options)
        assert (window.kernel, window.lesson) == (compiler.NUMBA, None)
        assert window.project == load_run(run_file)
        assert window.choices.get("speed") == (5 if "--speed" in options else None)
        assert window.choices.get("theme") == ("dark" if "dark" in options else None)


def test_a_run_file_may_have_any_name_but_a_value_of_an_option_is_none(
    run: Run, opened: Opened, run_file: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(run_file.parent)
    run_file.rename("on")
    assert run("on").status == 0
    assert opened.pop().path == Path("on")
    assert run("--biases on --width 5").status == 0
    assert opened.pop().config == RunConfig(width=5, biases=True)


# What fails.


def test_impossible_and_inaccessible_files_are_named(
    run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    long = "x" * 300
    assert run(long) == Done(1, "", f"xorviz: {long}: It cannot be read: File name too long.\n")
    path = tmp_path / "closed" / "run"
    path.parent.mkdir(0o600)
    with without_privileges():
        saved, opened = run("train --save", path), run("", path)
    path.parent.chmod(0o700)
    assert saved == Done(1, "", f"xorviz: {path}: You have no permission to write here.\n")
    assert opened == Done(1, "", f"xorviz: {path}: You have no permission to read it.\n")
    monkeypatch.setattr(preflight, "problem", lambda: "There is no screen.")
    assert run("") == Done(1, "", "xorviz: There is no screen.\n")


WITHOUT_QT_AND_NUMBA = """
import sys
sys.modules["PySide6"] = sys.modules["pyqtgraph"] = sys.modules["numba"] = None
from xorviz.core.kernels import compiler
compiler.is_installed = lambda: True
from xorviz.cli.main import main
from xorviz.files.run_file import load_run
print("exit", *load_run(sys.argv[2]).record.kernels)
for words in ("--version", "--help", "--kernel jax", "--kernel numba none", sys.argv[1]):
    try:
        print("exit", main(words.split()))
    except SystemExit as ended:
        print("exit", ended.code)
"""


def test_neither_qt_nor_numba_is_loaded_before_it_is_needed(tmp_path: Path, run_file: Path) -> None:
    path = tmp_path / f"broken{SUFFIX}"
    path.write_bytes(b"{}")
    run_file.write_bytes(run_file.read_bytes().replace(b'"numpy"', b'"numba"'))
    done = python("-c", WITHOUT_QT_AND_NUMBA, path, run_file)
    printed = re.findall(r"^exit (.*)$", done.out, re.MULTILINE)
    assert printed == ["numba", "0", "0", "2", "2", "1"]
    assert f"xorviz: {path}: It is not an xorviz run file." in done.err
    assert "Traceback" not in done.err
    assert "cannot be loaded" not in done.err
