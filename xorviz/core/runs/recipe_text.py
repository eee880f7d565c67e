"""A recipe in short form, as text."""

from collections.abc import Iterable, Mapping
from contextlib import suppress
from dataclasses import replace
from itertools import chain, count
from typing import Any

from xorviz.core import numerals
from xorviz.core.rules import SettingError, parsed
from xorviz.core.runs.project import PinnedRun, differing
from xorviz.core.runs.record import Record
from xorviz.core.runs.source import WatchedSource
from xorviz.core.settings import SETTINGS, Role, RunConfig

SEPARATOR = " · "


def joined(parts: Iterable[str]) -> str:
    """Return the nonempty parts in one line."""
    return SEPARATOR.join(part for part in parts if part)


def recipe_parts(config: RunConfig, source: WatchedSource | None = None) -> dict[str, str]:
    """Return what a recipe states of each setting: width 3, rate 0.5, Σ(t−y)², no biases, ...

    Nothing is said of how the first weights of a watched run were drawn; what its program has not
    stated is called assumed.
    """
    default, parts = RunConfig(), dict[str, str]()
    for name, row in SETTINGS.items():
        value = getattr(config, name)
        is_said = row.is_always_said or value != getattr(default, name)
        if is_said and (source is None or row.part is not Role.START):
            parts[name] = as_known(name, _part(name, config), source)
    return {name: text for name, text in parts.items() if text}


def _part(name: str, config: RunConfig) -> str:
    """Return what a recipe states of a setting; empty where another one states it."""
    row, value = SETTINGS[name], getattr(config, name)
    return row.recipe_text(config) if row.recipe_text else f"{row.short} {row.shown(value)}"


def short_recipe(config: RunConfig, run: Record) -> str:
    """Return width, rate and seed at a step of a run; without a seed where its weights are given.

    A watched run has its name in front.
    """
    width, rate, *_ = recipe_parts(config, run.source).values()
    if run.source is not None:
        return f"{run.source.name}, watched: {width}, {rate}"
    start = "given weights" if run.is_given else f"seed {numerals.plain(config.seed)}"
    return f"{width}, {rate}, {start}"


def as_known(name: str, text: str, source: WatchedSource | None) -> str:
    """Return a setting as text, and that it is assumed if the program of a run has not said it."""
    is_assumed = bool(text) and source is not None and name in source.assumed
    return f"{text} assumed" if is_assumed else text


def own_settings(mine: RunConfig, *others: RunConfig) -> str:
    """Return the settings of one run in which some differ: rate 2, biases on."""
    rows = {name: SETTINGS[name] for name in differing((mine, *others))}
    return ", ".join(f"{row.short} {row.shown(getattr(mine, name))}" for name, row in rows.items())


def told(config: RunConfig, text: str, names: Iterable[str]) -> RunConfig:
    """Return a config with what a text says of some settings, as ``own_settings`` writes it.

    The name may be left out where a value is that of one setting alone, or where recipes do not
    write it: tanh is the activation. Raises SettingError with what is allowed.
    """
    rows, values = {SETTINGS[name].short: name for name in names}, dict[str, Any]()
    for part in filter(None, map(str.strip, text.lower().split(","))):
        if fits := _settings_with(part, rows):
            values |= fits
            continue
        short = next((short for short in rows if short in part), "")
        if not short:
            raise SettingError(f"Type a setting and its value: {numerals.listed([*rows])}.")
        values[rows[short]] = _value_in(part.partition(short)[2].strip(" ="), rows[short])
    return replace(config, **values)


def _settings_with(value: str, rows: Mapping[str, str]) -> dict[str, Any]:
    """Return the one setting of some, by their short names, that a value names; or none.

    Raises SettingError with what it could mean if there are several.
    """
    fits = dict[str, Any]()
    for name in rows.values():
        with suppress(SettingError):
            fits[name] = _value_in(value, name)
    if len(fits) > 1:
        shorts = [SETTINGS[name].short for name in fits]
        recipes = {name: _part(name, replace(RunConfig(), **{name: fits[name]})) for name in fits}
        fits = {name: fits[name] for name, text in recipes.items() if text.lower() == value}
        if len(fits) != 1:
            names = f"{', '.join(shorts[:-1])} or {shorts[-1]}"
            raise SettingError(f"{value} could be {names}. Type which: {shorts[0]} {value}.")
    return fits


def _value_in(text: str, name: str) -> Any:
    """Return the value of a setting from a text, or raise SettingError."""
    row = SETTINGS[name]
    codes = {word.lower(): code for code, word in row.words.items()}
    return parsed(row.rule, row.short, codes.get(text, text))


def own_part(mine: RunConfig, run: Record, theirs: RunConfig, other: Record) -> str:
    """Return in what one of two runs differs: its settings, or else its program or its changes."""
    if settings := own_settings(mine, theirs):
        return settings
    if run.source is not None or other.source is not None:
        return "trained by xorviz" if run.source is None else run.source.name
    own = [change for change in run.interventions if change not in other.interventions]
    return numerals.counted(len(own), "change") if own else "unchanged"


def named_runs(
    record: Record, beside: Record | None, pinned: Iterable[PinnedRun]
) -> list[tuple[str, Record]]:
    """Return the runs whose curves are shown, each with a name that no other one has.

    Two side by side are named by what differs, a watched run by its own name and its program.
    """
    found, named = list[tuple[str, Record]](), dict[str, Record]()
    if beside is not None:
        for letter, mine, other in (("A", record, beside), ("B", beside, record)):
            own = own_settings(mine.config, other.config)
            found.append((f"{letter}: {own}" if own else letter, mine))
    elif record.source is not None:
        program = f" ({record.source.program})" * bool(record.source.program)
        found.append((record.source.name + program, record))
    else:
        found.append(("this run", record))
    for name, run in (*found, *((run.name, run.record) for run in pinned if run.is_shown)):
        names = chain((name,), (f"{name} ({n})" for n in count(2)))
        named[next(unused for unused in names if unused not in named)] = run
    return list(named.items())
