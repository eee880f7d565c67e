"""A desktop instrument that shows a small neural network learning XOR, live.

The public names are loaded when first used: ``import xorviz`` loads neither NumPy nor Qt.
"""

from importlib import import_module
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from xorviz.cli.show import show_run as show_run
    from xorviz.core.check.code.check_code import check_code as check_code
    from xorviz.core.check.code.code_check import CodeCheck as CodeCheck
    from xorviz.core.diagnosis.diagnosis import diagnose as diagnose
    from xorviz.core.diagnosis.diagnosis import diagnose_outputs as diagnose_outputs
    from xorviz.core.rules import SettingError as SettingError
    from xorviz.core.runs.recording import Recording as Recording
    from xorviz.core.runs.snapshot import Snapshot as Snapshot
    from xorviz.core.runs.trainer import Trainer as Trainer
    from xorviz.core.settings import RunConfig as RunConfig
    from xorviz.files.atomic import FileError as FileError
    from xorviz.files.lab_table import result_csv as result_csv
    from xorviz.files.pages.values import overview_of as overview_of
    from xorviz.files.run_file import load_run as load_run
    from xorviz.files.run_file import save_run as save_run
    from xorviz.files.weights.check_step import check_gradient as check_gradient
    from xorviz.files.weights.check_step import check_step as check_step
    from xorviz.lab.results.findings import train_many as train_many
    from xorviz.lab.trials.trials import what_helps as what_helps
    from xorviz.watching.watch import watch as watch

__version__ = "0.6.0"

_MODULES = {
    "CodeCheck": "core.check.code.code_check",
    "FileError": "files.atomic",
    "Recording": "core.runs.recording",
    "RunConfig": "core.settings",
    "SettingError": "core.rules",
    "Snapshot": "core.runs.snapshot",
    "Trainer": "core.runs.trainer",
    "check_code": "core.check.code.check_code",
    "check_gradient": "files.weights.check_step",
    "check_step": "files.weights.check_step",
    "diagnose": "core.diagnosis.diagnosis",
    "diagnose_outputs": "core.diagnosis.diagnosis",
    "load_run": "files.run_file",
    "save_run": "files.run_file",
    "train_many": "lab.results.findings",
    "watch": "watching.watch",
    "what_helps": "lab.trials.trials",
}
__all__ = list(_MODULES)
_FOR_VALUES = {
    "overview_of": "files.pages.values",
    "result_csv": "files.lab_table",
    "show_run": "cli.show",
}
"""What methods of public values do in folders that theirs may not know."""
_MODULES |= _FOR_VALUES


def __getattr__(name: str) -> object:
    """Load a public name from its module (PEP 562)."""
    if name not in _MODULES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    value: object = getattr(import_module(f"{__name__}.{_MODULES[name]}"), name)
    globals()[name] = value
    return value


def __dir__() -> list[str]:
    """List the public names, loaded or not."""
    return sorted({*globals(), *__all__})
