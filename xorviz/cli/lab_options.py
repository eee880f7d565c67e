"""The options of xorviz lab, and the plan that they ask for."""

import argparse
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from math import prod
from pathlib import Path
from typing import TYPE_CHECKING, Any

from xorviz.core import numerals
from xorviz.core.config import RULES, RunConfig
from xorviz.core.kernels.compiler import NUMPY
from xorviz.core.rules import Rule, SettingError, Switch, Whole, checked
from xorviz.core.runs import stopping
from xorviz.files.arguments import add_kernel, given_settings, option_of
from xorviz.lab.lists import NETWORK_COUNT, STEPS, Listed, Seeds, parsed_list

if TYPE_CHECKING:
    from xorviz.lab.plan import LabPlan

JOBS = Whole(1, 1024)
RECIPE_COUNT = Whole(1, 10_000)
"""How many recipes a plan may have: more is a slip of the finger."""
_DEFAULT_SEEDS, _DEFAULT_STEPS = range(100), 20_000

_DESCRIPTION = """Trains many networks at once, and prints how often they succeed, with the
uncertainty of the count. A setting may have several values, with commas between them: every
combination is a recipe, and each recipe is trained from the initial weights of every seed."""
_EPILOG = """Ctrl+C stops at once; what is done by then is reported, and with --csv kept. A rate is
given with its 95 % interval (Wilson). right: all four rows on the right side of 0.5 at the end;
learned: all four errors below 0.1."""
_HELP = {
    "width": "hidden units",
    "rate": "learning rates",
    "activation": "of the hidden units",
    "loss": "over the four rows",
    "biases": "whether units have biases; off, on, or both one after the other",
    "momentum": "share of the last movement that is carried on",
    "init": "where weights start",
    "init_range": "weights are drawn from minus to plus this, or equal to it",
    "perturbation": "how far nearly equal ones are off",
    "targets": "wanted outputs for the rows 10 00 01 11",
}


class _Switches:
    """On, off, or both: a Rule."""

    @property
    def allowed(self) -> str:
        return "off, on, both"

    def check(self, value: object) -> tuple[object, ...]:
        return Listed(Switch()).check(value)

    def parse(self, text: str) -> tuple[object, ...]:
        return (False, True) if text == "both" else Listed(Switch()).parse(text)


@dataclass(frozen=True, slots=True)
class Wish:
    """What the command is asked for. A value."""

    plan: "LabPlan"
    csv: Path | None = None
    """A file for the networks."""
    resumes: bool = False
    """Whether that file is there already, and is to be gone on with."""
    jobs: int | None = None
    """How many processes; None for one for each core."""
    scheduler: str | None = None
    """The address of a cluster that does the work in place of processes."""
    as_json: bool = False
    is_agreed: bool = False
    """Whether it may cost much."""
    kernel: str = NUMPY
    """The one that is chosen for training."""


def wish_of(options: Mapping[str, Any]) -> Wish:
    """Return what options ask for. Raises SettingError for what cannot be.

    A setting that stands before the command counts too.
    """
    if "jobs" in options and "scheduler" in options:
        raise SettingError("--jobs is for this machine; with --scheduler the cluster decides")
    if "csv" in options and "resume" in options:
        raise SettingError("--csv is for a new file; --resume goes on with the one that it names")
    csv: Path | None = options.get("csv", options.get("resume"))
    return Wish(
        plan=_plan(options),
        csv=csv,
        resumes="resume" in options,
        jobs=options.get("jobs"),
        scheduler=options.get("scheduler"),
        as_json=options["json"],
        is_agreed=options["yes"],
        kernel=options.get("kernel", NUMPY),
    )


def _plan(options: Mapping[str, Any]) -> "LabPlan":
    from xorviz.lab.plan import LabPlan, recipes_of

    lists = {name: options[_list(name)] for name in _HELP if _list(name) in options}
    seeds: Sequence[int] = options["seeds"]
    count = prod(map(len, lists.values()))
    checked(RECIPE_COUNT, "the number of recipes", count)
    checked(NETWORK_COUNT, "the number of networks", count * len(seeds))
    base = RunConfig(**given_settings(options))
    rules = replace(
        stopping.NEVER, when_learned=options["stop_when_learned"], at_loss=options.get("at_loss")
    )
    return LabPlan(recipes_of(lists, base), seeds, options["steps"], rules)


def add_lab(commands: "argparse._SubParsersAction[Any]") -> None:
    """Add the command to those of the command line."""
    lab = commands.add_parser(
        "lab",
        prog="xorviz lab",
        usage="xorviz lab [--seeds 0..499] [--width 2,3,4] [--rate 0.1,0.5] [option ...]",
        help="train many networks, and see how often they succeed",
        description=_DESCRIPTION,
        epilog=_EPILOG,
        allow_abbrev=False,
    )
    recipes = lab.add_argument_group("recipes, each with one value or several")
    for name, text in _HELP.items():
        _add_list(recipes, name, text)
    # Known, so that a hint can be given.
    lab.add_argument("--seed", default=argparse.SUPPRESS, help=argparse.SUPPRESS)
    work = lab.add_argument_group("what is done with each")
    _add(work, "seeds", Seeds(), "seeds of the initial weights, such as 0..499 or 1,2,7 (0..99)",
         default=_DEFAULT_SEEDS)  # fmt: skip
    _add(work, "steps", STEPS, f"steps that each network takes ({_DEFAULT_STEPS})",
         default=_DEFAULT_STEPS)  # fmt: skip
    work.add_argument(
        "--stop-when-learned", action="store_true", help="stop a network once it has learned"
    )
    _add(work, "stop-at-loss", stopping.AT_LOSS, "stop a network once its loss is this low",
         metavar="LOSS", dest="at_loss")  # fmt: skip
    _add_ways(lab)


def _add_ways(lab: argparse.ArgumentParser) -> None:
    ways = lab.add_argument_group("how it is done, and what comes out")
    _add(ways, "jobs", JOBS, "processes that work (one for each core)")
    add_kernel(ways)
    ways.add_argument(
        "--scheduler",
        metavar="tcp://HOST:PORT",
        default=argparse.SUPPRESS,
        help="a Dask cluster that does the work instead; needs xorviz[cluster]",
    )
    ways.add_argument(
        "--csv",
        type=Path,
        metavar="FILE.csv",
        default=argparse.SUPPRESS,
        help="a new file for a row of each network, written as it is done",
    )
    ways.add_argument(
        "--resume",
        type=Path,
        metavar="FILE.csv",
        default=argparse.SUPPRESS,
        help="such a file, to train and add what is missing in it",
    )
    ways.add_argument("--json", action="store_true", help="print one JSON object")
    ways.add_argument("--yes", action="store_true", help="do not ask, however much it costs")


def _add_list(group: "argparse._ArgumentGroup", name: str, text: str) -> None:
    default = _written(getattr(RunConfig(), name))
    if name == "biases":  # as for one network, it may stand alone
        more: dict[str, Any] = {"nargs": "?", "const": (True,), "metavar": "{off,on,both}"}
        _add(group, name, _Switches(), f"{text} ({default})", dest=_list(name), **more)
        return
    rule, metavar = RULES[name], f"{name.upper().split('_')[-1]},..."
    text = f"{text} ({default}); {rule.allowed}"
    _add(group, name, Listed(rule), text, dest=_list(name), metavar=metavar)


def _written(value: object) -> str:
    """Return a setting's value as its option takes it."""
    match value:
        case float():
            return numerals.plain(value)
        case tuple():
            return "".join(map(str, value))
        case _:
            return "off" if value is False else str(value)


def _add(
    group: "argparse._ArgumentGroup",
    name: str,
    rule: Rule,
    text: str,
    **more: Any,
) -> None:
    option = option_of(name)
    more = {"default": argparse.SUPPRESS, "metavar": name.upper()} | more
    group.add_argument(option, type=_reader(rule, option), help=text.replace("%", "%%"), **more)


def _list(name: str) -> str:
    """Return where the values of a setting are kept: apart from the one before the command."""
    return f"{name}_list"


def _reader(rule: Rule, option: str) -> Callable[[str], object]:
    def read(text: str) -> object:
        try:
            return parsed_list(rule, option, text)
        except SettingError as error:
            raise argparse.ArgumentTypeError(str(error)) from None

    return read
