"""The lab's CSV table: a row for each network or recipe, its reader, and the file to resume from.

Shapes: N networks, 4 rows (ROWS).
"""

import math
import os
from codecs import BOM_UTF8
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import suppress
from io import RawIOBase
from itertools import islice
from operator import attrgetter
from pathlib import Path
from typing import Any, BinaryIO

import numpy as np

from xorviz.core import numerals
from xorviz.core.diagnosis.states import STATES
from xorviz.core.diagnosis.stuck_states import OLD_NAMES
from xorviz.core.network import head_of
from xorviz.core.rules import Choice, OrWord, Real, Rule, SettingError, Whole, parsed, written
from xorviz.core.runs.project import differing
from xorviz.core.runs.snapshot import LEARNED_ERROR, RIGHT_ERROR
from xorviz.core.runs.stopping import RULES
from xorviz.core.settings import SETTINGS, RunConfig
from xorviz.core.truth_table import COUNTED, ROWS
from xorviz.files import atomic
from xorviz.files.atomic import FileError, file_errors, lock, reading
from xorviz.files.csv_text import table_csv
from xorviz.lab import STEPS
from xorviz.lab.plan import LabPlan, Places
from xorviz.lab.results.findings import COLUMNS as FINDINGS
from xorviz.lab.results.findings import MARKS, Findings, LabResult
from xorviz.lab.results.lab_results import LabSnapshot
from xorviz.lab.results.success import Proportion, Summary
from xorviz.lab.training.cohort import NO_STEP

ASKED: Mapping[str, tuple[Rule, Callable[[LabPlan], object]]] = {
    "steps_wanted": (STEPS, attrgetter("steps")),
    "stop_when_learned": (RULES["when_learned"], attrgetter("rules.when_learned")),
    "stop_at_loss": (RULES["at_loss"], attrgetter("rules.at_loss")),
}
"""Columns of the requested steps and stop rules, the same in all rows of a file: what each may
hold, and what a plan requests."""
OUTPUTS = tuple("y{}{}".format(*ROWS[row]) for row in COUNTED)
"""Columns of the outputs: y00, y01, y10, y11."""
COLUMNS = (
    *(*SETTINGS, *ASKED, "step", *MARKS, "final_loss", "gradient_norm"),
    *("right", "learned", "state", *OUTPUTS),
)
"""All columns. "loss" is the name of the loss function; marks are empty for "never"."""
HEADER = ",".join(COLUMNS)


def networks_csv(snapshot: LabSnapshot, places: range | None = None) -> str:
    """Return the header and a row for each network, or for those at some places, that is done."""
    return f"{HEADER}\n{rows_csv(snapshot.plan, *done_in(snapshot, places))}"


def done_in(snapshot: LabSnapshot, places: range | None = None) -> tuple[Places, Findings]:
    """Return the networks of a snapshot, or those at some places, that are done."""
    chosen = range(len(snapshot.plan)) if places is None else places
    done = np.flatnonzero(snapshot.done[chosen.start : chosen.stop]) + chosen.start
    return done, Findings(**{name: getattr(snapshot, name)[done] for name in FINDINGS})


def rows_csv(
    plan: LabPlan, places: Places, findings: Findings, settings: Sequence[str] = tuple(SETTINGS)
) -> str:
    """Return a row for each network, with some settings. Numbers read back to the last bit."""
    asked = ",".join(setting_text(asked_of(plan)) for _, asked_of in ASKED.values())
    recipes, seeds = (each.tolist() for each in np.divmod(places, len(plan.seeds)))
    given = {one: _settings_text(plan.recipes[one], settings, "%d") for one in {*recipes}}
    texts = _found_texts(findings, (STATES[code] for code in findings.state.tolist()))
    return "".join(
        f"{given[recipe] % plan.seeds[seed]},{asked},{text}\n"
        for recipe, seed, text in zip(recipes, seeds, texts, strict=True)
    )


def result_csv(result: LabResult, path: Path | str | None = None) -> str:
    """Return a row for each network of a result; write the table to a file, too, if one is given.

    The columns are those of networks_csv but for what was requested. Raises FileError.
    """
    header = ",".join(name for name in COLUMNS if name not in ASKED)
    settings = (_settings_text(config, tuple(SETTINGS), config.seed) for config in result.configs)
    rows = zip(settings, _found_texts(result, result.states), strict=True)
    text = "\n".join([header, *map(",".join, rows), ""])
    if path is not None:
        atomic.write(Path(path), text.encode("ascii"))
    return text


def setting_text(value: object) -> str:
    """Return a setting's value as text that its rule parses, floats to the last bit."""
    if value is None:
        return "none"
    return repr(value) if isinstance(value, float) else written(value).replace(",", " ")


def _settings_text(config: RunConfig, names: Sequence[str], seed: object) -> str:
    """Return the settings of a row, with this seed."""
    values = (seed if name == "seed" else setting_text(getattr(config, name)) for name in names)
    return ",".join(map(str, values))


def _found_texts(found: Findings, states: Iterable[str]) -> Iterator[str]:
    """Yield the outcome of each network as columns; numbers read back to the last bit."""
    columns = (
        found.steps.tolist(),
        np.stack([getattr(found, name) for name in MARKS], axis=1).tolist(),
        *(found.loss.tolist(), found.gradient_norm.tolist()),
        *(found.right.astype(int).tolist(), found.learned.astype(int).tolist()),
        *(states, found.outputs[:, COUNTED].tolist()),
    )
    for step, marks, loss, norm, right, learned, state, outputs in zip(*columns, strict=True):
        when = ",".join("" if mark == NO_STEP else str(mark) for mark in marks)
        numbers = ",".join(map(repr, outputs))
        yield f"{step},{when},{loss!r},{norm!r},{right},{learned},{state},{numbers}"


def recipes_csv(snapshot: LabSnapshot) -> str:
    """Return a header and a row for each recipe, with the settings in which they differ."""
    recipes = snapshot.plan.recipes
    names = differing(recipes)
    rows = []
    for number, recipe in enumerate(recipes):
        settings = (setting_text(getattr(recipe, name)) for name in names)
        rows.append((*settings, *_summary_columns(snapshot.summary(number)).values()))
    return table_csv((*names, *_summary_columns(None)), rows)


def _summary_columns(found: Summary | None) -> dict[str, float | None]:
    """Return the columns of a recipe; where no network is done, counts are 0 and others empty."""
    columns: dict[str, float | None] = {"networks": found.networks if found else 0}
    for name in ("right", "learned"):
        share: Proportion | None = getattr(found, name, None)
        of_it = (share.count, share.value, *share.interval) if share else (None,) * 4
        parts = ("", "_share", "_low", "_high")
        columns |= {f"{name}{part}": one for part, one in zip(parts, of_it, strict=True)}
    quartiles = (found and found.quartiles) or (None,) * 3
    for name, one in zip(("lower_quartile", "median", "upper_quartile"), quartiles, strict=True):
        columns[f"first_right_{name}"] = one
    for state in STATES:
        count = found.states.get(state, 0) if found else 0
        columns[f"state_{state.replace(' ', '_')}"] = count
    return {**columns, "still_learning": found.still_learning if found else 0}


LONGEST = 1024
"""Bytes of a line; rows have about 400."""

RECIPE = tuple(name for name in SETTINGS if name != "seed")
"""The settings of a recipe: the seed is none."""
_settings = attrgetter(*RECIPE)
_USUAL = {name: setting_text(getattr(RunConfig(), name)) for name in RECIPE}
"""What a table without a setting's column, such as an older one, has in it."""

_RULES: Mapping[str, Rule] = {
    **{name: setting.rule for name, setting in SETTINGS.items()},
    **{name: rule for name, (rule, _) in ASKED.items()},
    "final_loss": Real(0, math.inf, below_high=True),
    "gradient_norm": OrWord(Real(0, math.inf), "nan"),
    "state": Choice(STATES),
}
"""What the columns may hold that depend on no other."""
_MOST_NAMED = 4
"""Values listed in a message."""
_AT_ONCE = 4096
"""Rows that are buffered before they become arrays."""

_Row = dict[str, str]
Done = tuple[Places, Findings]
"""Networks that are done: their places in the plan, and their outcomes."""


class RowReader:
    """Reads the rows of a plan. Raises FileError with the number of the first invalid line."""

    def __init__(self, plan: LabPlan) -> None:
        self._plan = plan
        self._line = self._end = 0
        self._columns: Sequence[str] = COLUMNS
        self._is_known = np.zeros(len(plan), dtype=bool)
        self._recipes: dict[tuple[str, ...], int] = {}
        """Indices of recipes by the texts of their settings and of the columns ASKED."""
        self._wanted = {_settings(recipe): i for i, recipe in enumerate(plan.recipes)}
        self._place_of_seed: Callable[[int], int] = plan.seeds.index
        if not isinstance(plan.seeds, range):  # to look in the list for each takes long
            self._place_of_seed = {seed: i for i, seed in enumerate(plan.seeds)}.__getitem__

    def read(self, file: BinaryIO) -> tuple[list[Done], int]:
        """Return the networks in a file, and the end of its last whole line."""
        done, rows = [], self._rows(file)
        while some := list(islice(rows, _AT_ONCE)):
            places, *columns = (np.array(column) for column in zip(*some, strict=True))
            done.append((places, Findings(*columns)))
        return done, self._end

    def _rows(self, file: BinaryIO) -> Iterator[tuple[Any, ...]]:
        """Yield the numbers of each row, up to a line that a crash has cut off."""
        while (line := file.readline(LONGEST)).endswith(b"\n"):
            self._line += 1
            self._end += len(line)
            values = self._text(line).split(",")
            if self._line == 1:
                self._check_header(values)
                continue
            if len(values) != len(self._columns):
                raise self._error(f"has {len(values)} values instead of {len(self._columns)}")
            try:
                yield self._row(_USUAL | dict(zip(self._columns, values, strict=True)))
            except SettingError as error:
                raise self._error(f"is invalid: {error}") from None
        self._line += 1
        if len(line) >= LONGEST:
            raise self._error("is longer than any row of a lab")
        if self._line == 1 and not HEADER.startswith(self._text(line)):
            raise self._error("does not name the columns of a lab")

    def _text(self, line: bytes) -> str:
        """Return the text of a line, without the mark that spreadsheets begin a file with."""
        if self._line == 1:
            line = line.removeprefix(BOM_UTF8)
        try:
            return str(line, "ascii").rstrip("\r\n")
        except UnicodeDecodeError:
            raise self._error("is not a row of a lab") from None

    def _error(self, trouble: str) -> FileError:
        return FileError(f"Line {self._line} {trouble}.")

    def _check_header(self, names: Sequence[str]) -> None:
        self._columns = names
        varied = differing((RunConfig(), *self._plan.recipes))
        needed = [name for name in COLUMNS if name not in _USUAL or name in varied]
        if missing := [name for name in needed if name not in names]:
            raise self._error(f"does not name the columns of a lab: {missing[0]} is missing")
        if names != [name for name in COLUMNS if name in names]:
            raise self._error("does not name the columns of a lab in their order")

    def _row(self, row: _Row) -> tuple[Any, ...]:
        """Return the numbers of a row. Raises SettingError and FileError."""
        row["state"] = OLD_NAMES.get(row["state"], row["state"])
        place, steps = self._place(row), self._steps(row)
        recipe = self._plan.recipes[place // len(self._plan.seeds)]
        head, outputs = head_of(recipe), np.zeros(len(ROWS))
        allowed = Real(*head.outputs(np.array([-math.inf, math.inf])).tolist())
        for name, number in zip(OUTPUTS, COUNTED, strict=True):
            outputs[number] = _read(row, name, allowed)
        worst = float(head.errors(outputs, np.array(recipe.targets)).max())
        loss, norm, state = (_read(row, name) for name in ("final_loss", "gradient_norm", "state"))
        for name, bound in (("right", RIGHT_ERROR), ("learned", LEARNED_ERROR)):
            if row[name] != f"{int(worst < bound)}":
                raise self._error(f"is invalid: its outputs contradict {name} {row[name]}")
        if (state == "learned") != (worst < LEARNED_ERROR) and state != "diverging":
            raise self._error(f"is invalid: its outputs contradict state {state}")
        if self._is_known[place]:
            raise self._error("has the same network as an earlier line")
        self._is_known[place] = True
        norm = math.nan if norm is None else norm
        return place, *steps, loss, norm, worst, outputs.tolist(), STATES.index(state)

    def _place(self, row: _Row) -> int:
        seed = _read(row, "seed")
        others = tuple(row[name] for name in (*RECIPE, *ASKED))
        if others not in self._recipes:
            self._recipes[others] = self._recipe(row)
        try:
            place = self._place_of_seed(seed)
        except (KeyError, ValueError):
            raise self._error(f"does not match: seed {seed} is not requested") from None
        return self._recipes[others] * len(self._plan.seeds) + place

    def _recipe(self, row: _Row) -> int:
        """Return the index of the recipe with a row's settings."""
        for name, (_, asked_of) in ASKED.items():
            self._compare(name, _read(row, name), [asked_of(self._plan)])
        values = tuple(_read(row, name) for name in RECIPE)
        if (place := self._wanted.get(values)) is not None:
            return place
        for name, value in zip(RECIPE, values, strict=True):
            self._compare(name, value, [getattr(recipe, name) for recipe in self._plan.recipes])
        raise self._error("does not match: these settings are not requested together")

    def _compare(self, name: str, value: object, wanted: Sequence[object]) -> None:
        if value in wanted:
            return
        texts = [setting_text(each) for each in dict.fromkeys(wanted)]
        if len(texts) > _MOST_NAMED:
            texts = [*texts[:_MOST_NAMED], "…"]
        raise self._error(
            f"does not match: {name} is {setting_text(value)}; requested: {', '.join(texts)}"
        )

    def _steps(self, row: _Row) -> tuple[int, ...]:
        """Return a network's last step and its marks."""
        goal, rules = self._plan.steps, self._plan.rules
        step = _read(row, "step", Whole(0, goal))
        last = Whole(1, step), Whole(1, step), Whole(1, step + 1)
        right, learned, diverged = (
            _read(row, name, rule) if row[name] else NO_STEP
            for name, rule in zip(MARKS, last, strict=True)
        )
        if learned != NO_STEP and not NO_STEP < right <= learned:
            raise self._error("is invalid: first_learned comes before first_right")
        stops = diverged == step + 1 or rules.has_conditions
        if diverged not in {NO_STEP, step + 1} or not (step == goal or stops):
            raise self._error(f"is invalid: no network stops at step {numerals.plain(step)}")
        return step, right, learned, diverged


def _read(row: _Row, name: str, rule: Rule | None = None) -> Any:
    return parsed(rule or _RULES[name], name, row[name])


class LabFile:
    """A file to which whole rows are appended; errors leave earlier rows intact.

    All methods but close raise FileError.
    """

    def __init__(self, path: Path, end: int | None = None) -> None:
        """Make a file with only a header, or open one that ends there after its last whole row.

        What is after that is removed; refused if it has been written to since it was read.
        """
        with file_errors():
            if path.is_dir():
                raise FileError("It is a folder, not a file.")
            self._path, self._file = path, path.open("x+b" if end is None else "r+b", buffering=0)
        self._end = end or 0
        self.added = 0
        """Number of rows added."""
        self._settings: list[str] = []
        """Those that the table has."""
        try:
            self._begin()
        except FileError:
            self.close()
            if end is None:
                with suppress(OSError):
                    path.unlink()
            raise

    def _begin(self) -> None:
        """Remove what a crash has left behind the rows, and read or write the header."""
        _lock(self._file)
        with file_errors():
            self._file.seek(self._end)
            if b"\n" in (self._file.read(LONGEST) or b""):
                raise FileError("Another program has written to it in the meantime.")
            self._cut()
            self._file.seek(0)
            header = self._file.readline(LONGEST).removeprefix(BOM_UTF8).decode() or HEADER
            self._file.seek(self._end)
        self._settings = [name for name in header.split(",") if name in SETTINGS]
        if self._end == 0:
            self._write(f"{HEADER}\n")
            self.added = 0

    def add(self, plan: LabPlan, places: Places, findings: Findings) -> None:
        """Append a row for each network, unbuffered; as many as fit on the disk."""
        self._write(rows_csv(plan, places, findings, self._settings))

    def close(self) -> None:
        """Close the file; everything has been written."""
        with suppress(OSError):
            self._file.close()

    def _write(self, text: str) -> None:
        with file_errors():
            if self._is_removed():
                self._make_again()
        self._append(text.encode("ascii"))

    def _append(self, data: bytes) -> None:
        written = 0
        try:
            with file_errors():
                while written < len(data):
                    written += self._file.write(memoryview(data)[written:]) or 0
        finally:
            self._end += data.rfind(b"\n", 0, written) + 1
            self.added += data.count(b"\n", 0, written)
            if written < len(data):
                with suppress(OSError):
                    self._cut()

    def _is_removed(self) -> bool:
        """Return whether the open file has no name any longer; some disks count no names."""
        known = os.fstat(self._file.fileno())
        try:
            return not known.st_nlink and not os.path.samestat(known, self._path.stat())
        except OSError:
            return True

    def _make_again(self) -> None:
        """Make the file again that was removed meanwhile: what is open still has its rows."""
        added, self.added = self.added, 0  # as many are in the file if this fails
        self._file.seek(0)
        rows = (self._file.readall() or b"")[: self._end]
        try:
            file = self._path.open("x+b", buffering=0)
        except FileExistsError:
            raise FileError("It was removed, and another file has its name.") from None
        self._file.close()
        self._file, self._end = file, 0
        _lock(file)
        self._append(rows)
        self.added = added

    def _cut(self) -> None:
        """Remove everything after the last whole row."""
        self._file.seek(self._end)
        self._file.truncate()


def read(path: Path, plan: LabPlan) -> tuple[list[Done], int]:
    """Return the outcomes of a plan's networks in a file, and the end of its last whole row.

    Raises FileError if it cannot be read, or has other networks or one of them twice.
    """
    with reading(path) as file:
        return RowReader(plan).read(file)


def _lock(file: RawIOBase) -> None:
    """Lock a file, if its disk has locks. Raises FileError where another program has."""
    try:
        lock(file)
    except BlockingIOError:
        raise FileError("Another program is writing to it.") from None
    except OSError:
        pass  # this disk has no locks
