"""A setting needs one row of the table: all else follows, in a copy of the package that has it."""

import shutil
from pathlib import Path

from tests.support.commands import ROOT, environment, python

ROW = """
    decay: float = setting(
        0.0,
        Real(0, 0.5),
        label="Rate decay",
        help="Share of the rate that each step takes away. It has no effect here.",
        is_live=True,
        is_advanced=True,
        tried=(0, 0.1, 0.2),
    )
"""

PROGRAM = """
from pathlib import Path

from PySide6.QtWidgets import QApplication

from xorviz.cli.lab import checked_options
from xorviz.cli.parser import describe_lab
from xorviz.core.rules import SettingError
from xorviz.core.runs.recipe_text import recipe_parts
from xorviz.core.runs.recording import Recording
from xorviz.core.settings import SETTINGS, RunConfig
from xorviz.files.arguments import SettingParser, add_settings, command_of, config_of
from xorviz.files.run_file import load_run, save_run
from xorviz.lab.results.map import AXES
from xorviz.lessons.conditions import Condition
from xorviz.panels.learn.runs.table import COLUMNS, as_pinned, rows_of
from xorviz.panels.settings.controls import Controls

config, default, command = RunConfig(decay=0.25), RunConfig(), command_of(RunConfig(decay=0.25))
assert recipe_parts(config)["decay"] == "decay 0.25" and "decay" not in recipe_parts(default)
assert command.endswith(" --decay 0.25") and "decay" not in command_of(default)
assert config_of(command) == config
parser = SettingParser(prog="xorviz")
add_settings(parser, {"decay": SETTINGS["decay"]})
assert "--decay DECAY share of the rate" in " ".join(parser.format_help().split())

recording = Recording(config)
recording.advance(3)
recording.intervene("decay", 0.5)
recording.advance(3)
save_run(recording, Path("with.xorviz"))
save_run(Recording(default), Path("without.xorviz"))
opened = load_run("with.xorviz").record
assert opened.config == config and opened.interventions[0].field == "decay"
assert "decay" not in Path("without.xorviz").read_text()

application = QApplication([])
controls, changes = Controls(), []
controls.change_requested.connect(lambda *change: changes.append(change))
controls.show_config(config)
field = controls._fields.number("decay")
assert field.value() == 0.25 and field.accessibleName() == "Rate decay"
assert "Share of the rate" in field.toolTip() and "from 0, up to 0.5" in field.toolTip()
field.setValue(0.5)
assert changes == [("decay", 0.5)]

rows = rows_of([opened], as_pinned([Recording(default).record()]))
assert [c.title for c in COLUMNS if c.text(rows[0]) == "0.25 → 0.5"] == ["decay"]
lab = SettingParser()
describe_lab(lab)
options = checked_options(vars(lab.parse_args(["--decay", "0,0.25"])))
assert [recipe.decay for recipe in options.plan.recipes] == [0.0, 0.25]
assert AXES["decay"].tried == (0, 0.1, 0.2) and Condition(setting_changed=("decay",))
try:
    RunConfig(decay=0.75)
except SettingError as error:
    print(error)
"""


def test_a_row_is_all_that_a_setting_needs_but_its_effect(tmp_path: Path) -> None:
    copy = tmp_path / "copy" / "xorviz"
    shutil.copytree(ROOT / "xorviz", copy)  # with what Python has compiled
    shutil.copytree(ROOT / "resources", copy / "resources")
    table = copy / "core" / "settings.py"
    before, after = table.read_text(encoding="utf-8").split("\n    def __post_init__")
    table.write_text(f"{before}{ROW}\n    def __post_init__{after}", encoding="utf-8")
    env = environment(tmp_path, PYTHONPATH=str(copy.parent))
    done = python("-c", PROGRAM, folder=tmp_path, env=env)
    assert (done.status, done.err) == (0, "")
    assert done.out == "decay is 0.75; allowed: a number from 0, up to 0.5\n"
