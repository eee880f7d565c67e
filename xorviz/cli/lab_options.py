"""The options of the command lab."""

import argparse
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from math import prod
from pathlib import Path
from typing import TYPE_CHECKING, Any

from xorviz.cli.stop_options import add_stops, stops_of
from xorviz.core.kernels.compiler import NUMPY
from xorviz.core.lists import Listed
from xorviz.core.rules import Readable, SettingError, Switch, Whole, checked
from xorviz.core.runs.stopping import DEFAULT_STEPS
from xorviz.core.settings import SETTINGS, RunConfig
from xorviz.files.arguments import add_kernel, add_option, given_settings, meaning_of
from xorviz.lab import NETWORK_COUNT, SEED_COUNT, STEPS

if TYPE_CHECKING:
    from xorviz.lab.plan import LabPlan

SEEDS = Listed(SETTINGS["seed"].rule, SEED_COUNT)
"""What --seeds reads."""

_DESCRIPTION = """Trains many networks and prints how often they succeed, with confidence intervals.
A setting may have several values, separated by commas or as a range such as 2..5: every
combination is a recipe, and each recipe is trained from the initial weights of every seed."""
_EPILOG = """Ctrl+C stops at once; the results so far are printed, and kept in a file given with
--csv. Success rates have 95 % intervals (Wilson). correct: at the end all four outputs are on
their target's side of 0.5; learned: all four errors are below 0.1 (of 0 and below 0.2 where
targets are -1 and 1). A step is a pass over the rows where they are trained one by one."""


class _Switches(Listed):
    """Off, on or both."""

    @property
    def allowed(self) -> str:
        return "off, on, both"

    def parse(self, text: str) -> Sequence[Any]:
        return (False, True) if text == "both" else super().parse(text)


@dataclass(frozen=True, slots=True)
class LabOptions:
    """The checked options. A value."""

    plan: "LabPlan"
    csv: Path | None = None
    """The file for a row per network."""
    resumes: bool = False
    """Whether that file exists and is continued."""
    jobs: int | None = None
    """Number of processes; None is one per core."""
    scheduler: str | None = None
    """Address of a cluster to use instead of processes."""
    as_json: bool = False
    is_confirmed: bool = False
    """Whether a large plan starts without a question."""
    kernel: str = NUMPY


def checked_options(options: Mapping[str, Any]) -> LabOptions:
    """Return the checked options, including settings given before the command.

    Raises SettingError.
    """
    if "jobs" in options and "scheduler" in options:
        raise SettingError("--jobs is for this machine; with --scheduler the cluster decides")
    if "csv" in options and "resume" in options:
        raise SettingError(
            "--csv is for a new file, --resume for one that exists; use only one of them"
        )
    return LabOptions(
        plan=_plan(options),
        csv=options.get("csv", options.get("resume")),
        resumes="resume" in options,
        as_json="json" in options,
        is_confirmed="yes" in options,
        **{name: options[name] for name in ("jobs", "scheduler", "kernel") if name in options},
    )


def _plan(options: Mapping[str, Any]) -> "LabPlan":
    from xorviz.lab.plan import LabPlan, recipes_of

    lists = {name: options[_list(name)] for name in SETTINGS if _list(name) in options}
    seeds: Sequence[int] = options["seeds"]
    count = prod(map(len, lists.values()))
    # More is probably a typing error.
    checked(Whole(1, 10_000), "the number of recipes", count)
    checked(NETWORK_COUNT, "the number of networks", count * len(seeds))
    base = RunConfig(**given_settings(options))
    return LabPlan(recipes_of(lists, base), seeds, options["steps"], stops_of(options))


def add_lab(add: Callable[..., argparse.ArgumentParser]) -> None:
    """Add the command to those of the command line."""
    lab = add(
        usage="xorviz lab [--seeds 0..499] [--width 2..5] [--rate 0.1,0.5] [option ...]",
        description=_DESCRIPTION,
        epilog=_EPILOG,
    )
    recipes = lab.add_argument_group("recipes, with one or more values per setting")
    for name in SETTINGS:
        _add_list(recipes, name)
    work = lab.add_argument_group("training of each recipe")
    _add(work, "seeds", SEEDS, "seeds of the initial weights, such as 0..499 or 1,2,7 (0..99)",
         default=range(100))  # fmt: skip
    _add(work, "steps", STEPS, f"steps of each network ({DEFAULT_STEPS})",
         default=DEFAULT_STEPS)  # fmt: skip
    add_stops(work, ("when_learned", "at_loss"))
    _add_work(lab)


def _add_work(lab: argparse.ArgumentParser) -> None:
    work = lab.add_argument_group("workers and output")
    _add(work, "jobs", Whole(1, 1024), "worker processes (one per core)")
    add_kernel(work)
    work.add_argument(
        "--scheduler",
        metavar="tcp://HOST:PORT",
        help="a Dask cluster to use instead; needs xorviz[cluster]",
    )
    work.add_argument(
        "--csv",
        type=Path,
        metavar="FILE.csv",
        help="a new file with a row per network, written as each is done",
    )
    work.add_argument(
        "--resume",
        type=Path,
        metavar="FILE.csv",
        help="a file of --csv to continue with the missing networks",
    )
    work.add_argument("--json", action="store_true", help="print one JSON object")
    work.add_argument("--yes", action="store_true", help="start a large plan without asking")


def _add_list(group: "argparse._ArgumentGroup", name: str) -> None:
    rule, text = SETTINGS[name].reader, meaning_of(name)
    if name == "seed":  # accepted here so that its error message can point to --seeds
        group.add_argument("--seed", help=argparse.SUPPRESS)
    elif isinstance(rule, Switch):  # may have no value, as for one network
        more: dict[str, Any] = {"nargs": "?", "const": (True,), "metavar": "{off,on,both}"}
        _add(group, name, _Switches(rule), text, dest=_list(name), **more)
    else:
        metavar = f"{name.upper().split('_')[-1]},..."
        text = f"{text}; {rule.allowed}"
        _add(group, name, Listed(rule), text, dest=_list(name), metavar=metavar)


def _add(
    group: "argparse._ArgumentGroup", name: str, rule: Readable, text: str, **more: Any
) -> None:
    add_option(group, name, rule, text, help=text, **more)


def _list(name: str) -> str:
    """Return the destination of a setting's values, distinct from the option before the command."""
    return f"{name}_list"
