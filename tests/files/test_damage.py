"""Damaged, impossible and hostile run files are refused in one sentence that names the entry."""

import base64
import json
import re
import tracemalloc
from collections.abc import Callable, Iterator
from dataclasses import replace
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.files.runs import CONFIG, changed, made, numbers, plain, runs_of, watched, written
from tests.support.files import refusal, sentence_of
from tests.support.watched import watched_record
from xorviz.core.network import flat
from xorviz.core.runs.project import MOST_PINNED, Project, continued
from xorviz.core.runs.record import MOST_INTERVENTIONS, Record
from xorviz.core.runs.recording import Recording
from xorviz.core.runs.trace import CAPACITY
from xorviz.core.runs.watched import MOST_STATES, run_of
from xorviz.core.settings import SETTINGS, RunConfig
from xorviz.files.atomic import FileError
from xorviz.files.exports.tables import loss_csv, weights_json, weights_npz
from xorviz.files.packing import packed
from xorviz.files.run_file import MOST_BYTES, dumps, load_run, loads

DAMAGED = "The file is damaged: "
NEVER, CUT = "It is not an xorviz run file.", "The file is incomplete: its end is missing."
TOO_MANY, DEEP = "The file holds too many values", f"{DAMAGED}it is nested too deep."

# Content that is no run file.

NO_RUN_FILES: list[tuple[bytes, str]] = [
    *((data, "The file is empty.") for data in (b"", b" \n")),
    *((data, NEVER) for data in (b"hello", b"\xff\xfe{}", b"null", b"[]", b"{}")),
    (b'{"format": ["xorviz run"]}', NEVER),
    (b'{"format": "xorviz run"} 1', NEVER),
    *((b'{"format": "xorviz run"' + rest, CUT) for rest in (b"", b', "ver', b', "rate":-')),
    *((b'{"rate":' + cut, CUT) for cut in (b"1", b"1.", b"1.5", b"1e", b"1.5E", b"1e-", b"1e-0")),
    (b'{"format": "xorviz run"}', f"{DAMAGED}it has no entry written_by."),
    (b'{"format": "xorviz run", "version": 7, "x": {}}', "The file was written by a newer xorviz"),
    (b"[" * 100_000, DEEP),
    (b'{"a":' * 100_000, DEEP),
    (b'{"a": NaN}', f"{DAMAGED}it holds NaN"),
    (b'{"a": -Infinity}', f"{DAMAGED}it holds -Infinity"),
    (b'{"a": 1e999}', f"{DAMAGED}a number in it is too large."),
    (b'{"a": 1, "a": 1}', f"{DAMAGED}it has the entry 'a' twice."),
    (b"9" * 5000, f"{DAMAGED}a number in it has 5000 digits."),
    (b"0." + b"9" * 5000, f"{DAMAGED}a number in it has 5002 digits."),
    (b"[]," * 1_000_000, TOO_MANY),
    (b'{"":0' * 600_000, TOO_MANY),
    (b" " * (MOST_BYTES + 1), "The file is larger than the limit for run files, 10 MiB."),
]


def test_content_that_is_no_run_file_is_refused(tmp_path: Path) -> None:
    for data, said in NO_RUN_FILES:
        assert refusal(loads, data).startswith(said)
    path = tmp_path / "run.xorviz"
    with path.open("wb") as file:
        file.truncate(MOST_BYTES + 1)
    assert refusal(load_run, path) == said


@pytest.mark.parametrize("make", [made, watched])
def test_a_file_that_is_cut_short_is_refused(make: Callable[[], Project]) -> None:
    data = dumps(make())
    for end in {1, len(data) - 1, *range(1, len(data), 1997)}:
        assert refusal(loads, data[:end]) == CUT


@pytest.mark.thorough
@pytest.mark.parametrize("data", [b"[" + b"{}," * 480_000, b'["' + b"x" * 10**7])
def test_a_hostile_file_takes_little_memory(data: bytes) -> None:
    tracemalloc.start()
    refusal(loads, data)
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert peak < 100_000_000


@pytest.mark.parametrize("owner", ["xorviz.files.run_file.json.loads", "pathlib.Path.open"])
def test_too_little_memory_is_reported(monkeypatch: pytest.MonkeyPatch, owner: str) -> None:
    def refuse(*_: object, **__: object) -> None:
        raise MemoryError

    monkeypatch.setattr(owner, refuse)
    assert "not enough memory" in refusal(load_run, __file__)


# Entries with other values.


def at(values: Any, path: str) -> tuple[Any, Any]:
    """Return the container of the value at a path, and its key there."""
    *way, last = (int(key) if key.isdigit() else key for key in path.split("."))
    for key in way:
        values = values[key]
    return values, last


def refusal_of(path: str, change: Callable[[Any], Any], make: Any = made) -> str:
    """Return what is said after the value at a path of a sound file is changed."""
    values = plain(make)
    if make is made:
        values["run"]["config"] = CONFIG.to_dict()  # whole, as up to version 4
    holder, key = at(values, path)
    holder[key] = change(holder[key] if isinstance(holder, list) else holder.get(key))
    said = refusal(loads, json.dumps(values).encode())
    assert said.startswith(DAMAGED)
    return said.removeprefix(DAMAGED)


def to(value: Any) -> Callable[[Any], Any]:
    """Return a change that puts a value in place of another."""
    return lambda _: value


def one(kind: str, place: int, number: float) -> Callable[[Any], Any]:
    """Return a change of one number in an array."""
    return lambda text: changed(text, kind, place, number)


def array(kind: str, *values: float) -> Callable[[Any], Any]:
    """Return a change that puts these numbers in place of an array."""
    return to(written([*values], kind))


def shorter(text: str) -> str:
    """Return an array without its last number."""
    return base64.b64encode(base64.b64decode(text)[:-8]).decode()


ENTRIES: list[tuple[str, Callable[[Any], Any], str]] = [
    ("step", to(-1), "step is -1; allowed: a whole number from 0 to 150"),  # beside has come to 150
    ("step", to(151), "step is 151; allowed"),
    *(("version", to(v), f"version is {v!r}") for v in (0, True, 1.0, "1", None)),
    *(("parted_at", to(v), f"parted_at is {v!r}") for v in (-1, True, 151)),
    ("written_by", to("x" * 1001), "written_by is not a text of at most 1000 characters"),
    ("kept", to([None] * 13), f"kept is not a list of at most {MOST_PINNED} values"),
    ("kept.0.name", to("\n\t \u200b"), "kept[0].name is empty"),
    ("kept.0.name", to("x" * 1001), "kept[0].name is not a text"),
    ("kept.0.step", to(91), "kept[0].step is 91; allowed: a whole number from 0 to 90"),
    ("kept.0.style", to(1), "two pinned runs have the same style"),
    ("kept.0.style", to(12), "kept[0].style is 12; allowed: a whole number from 0 to 11"),
    ("kept.0.is_shown", to(1), "kept[0].is_shown is 1; allowed: on, off"),
    ("run.newest", to(199), "run.trace.steps do not end at the newest step, 199"),
    ("run.newest", to(10**12 + 1), "run.newest is 1000000000001; allowed: "),
    ("run.config.rate", to(0), "in run.config, rate is 0; allowed: "),
    *(("run.kernels", to(v), "run.kernels is not a list of at most 2") for v in ("numpy", [1] * 3)),
    ("run.kernels", to(["numpy", "numpy"]), "run.kernels name the same kernel twice"),
    ("run.kernels", to(["numpy", "jax"]), "run.kernels[1] is 'jax'; allowed: numpy, numba"),
    ("run.interventions", lambda v: v[::-1], "not in the order"),
    ("run.interventions", lambda v: [v[0], *v], "the same thing twice at one step"),
    ("run.interventions", to([None] * (MOST_INTERVENTIONS + 1)), "a list of at most 10000"),
    ("run.interventions.2.step", to(201), "allowed: a whole number from 0 to 200"),
    ("run.interventions.0.step", to(0), "where config has the settings"),
    ("run.interventions.0.value", to(0.7), "leaves rate as it was"),
    ("run.interventions.0.value", to(1001), "in run.interventions[0], rate is 1001"),
    ("run.interventions.0.index", to([0]), "rate is one number"),
    ("run.interventions.0.field", to("width"), "interventions[0].field is 'width'"),
    ("run.interventions.1.field", to("b1"), "b1 has no index (1, 0)"),
    ("run.interventions.1.index", to([2, 0]), "w1 has no index (2, 0)"),
    ("run.interventions.1.index", to([0, 0, 0]), "not a list of at most 2"),
    ("run.interventions.1.index", to(["x" * 999]), "index[0] is 'xxx"),
    ("run.interventions.1.index", to([0, True]), "index[1] is True; allowed: a whole"),
    ("run.interventions.1.value", to(1e7), "w1[x2→h1] is 10000000.0"),
    ("run.config.biases", to(False), "this network has no biases"),
    ("run.trace.steps", one("q", 5, 4), "trace.steps do not rise"),
    ("run.trace.steps", one("q", -1, 201), "do not end at the newest"),
    ("run.trace.steps", lambda v: written(numbers(v, "q")[1:], "q"), "do not begin at step 0"),
    ("run.trace.steps", array("q", *range(CAPACITY), 9999), f"allowed: at most {CAPACITY}"),
    ("run.trace.losses", shorter, "holds 200 numbers where there should be 201"),
    ("run.trace.losses", lambda v: v + "\n", "holds no numbers in base64"),
    *(("run.trace.losses", one("d", 3, bad), "not finite") for bad in (np.nan, np.inf)),
    ("run.trace.outputs", shorter, "holds 803 numbers where there should be 804"),
    *(
        ("run.trace.outputs", one("d", 3, bad), "outputs holds a number out of range")
        for bad in (1.0000001, -1e-9, np.inf)
    ),
    *(
        ("run.trace.gradient_norms", one("d", 3, bad), "norms holds a number out of range")
        for bad in (-1.0, np.inf)
    ),
    ("run.checkpoints.steps", one("q", 1, 128), "do not rise"),
    ("run.checkpoints.steps", one("q", -1, 199), "do not end at the newest"),
    ("run.checkpoints.steps", to(""), "parameters holds 45 numbers where there should be 0"),
    ("run.checkpoints.steps", array("q", *range(8000)), "allowed: at most"),
    ("run.checkpoints.state.parameters", one("d", 20, -np.inf), "not finite"),
    ("run.checkpoints.state.parameters", one("d", 4, 0.5), "this seed's weights"),
    ("run.checkpoints.state.velocity", one("d", 4, 0.5), "this seed's weights"),
    *(("run.checkpoints.right", one("q", n, 1), "are impossible") for n in (0, 1)),
    *(
        (f"run.checkpoints.{name}", array("q", *steps), "steps that are impossible")
        for name in ("right", "learned")
        for steps in ([5, -1] * 5, [-1] * 8 + [9, 10], [-1] * 8 + [201, 5])
    ),
]
WATCHED: list[tuple[str, Callable[[Any], Any], str]] = [
    ("run.more", to(1), "run has an unknown entry 'more'."),
    ("run.source", to(None), "in run.source, a source has the entries name, key,"),
    *(
        (f"run.source.{name}", to(value), f"in run.source, {name} is ")
        for name, value in (
            *(("name", ""), ("key", "7"), ("assumed", [[1]]), ("batch", 4), ("every", 0)),
        )
    ),
    ("run.config.seed", to(7), "run.config has an unknown entry 'seed'."),
    ("run.steps", array("q"), "run.steps are empty"),
    ("run.steps", array("q", *range(MOST_STATES + 1)), f"holds {MOST_STATES + 1} steps; allowed"),
    ("run.steps", array("q", 1, 2), "run.steps do not begin at step 0."),
    ("run.steps", array("q", 0, 2, 2), "run.steps do not rise, or begin below 0."),
    ("run.steps", array("q", 0, -(2**62), 2**62), "run.steps do not rise, or begin below 0."),
    ("run.steps", array("q", 0, 2**62), "run.steps go beyond step "),
    ("run.steps", array("q", 0), "run.states holds 324 numbers where there should be 9."),
    ("run.states", one("d", 8, np.nan), "run.states holds a number that is not finite"),
    ("run.states", one("d", 8, 1.1e6), "run.states holds a number out of range"),
    ("step", to(49), "run has no state of the step shown, 49."),
    ("kept.0.run", lambda run: run | {"newest": 1}, "kept[0].run has an unknown entry"),
]


@cache
def with_adam() -> Project:
    """Return a run that Adam trains."""
    recording = Recording(replace(CONFIG, optimizer="adam", batch="pass"))
    recording.advance(10)
    return Project(recording.record(), 10)


IMPOSSIBLE = "holds a number out of range"
MEANS: list[tuple[str, Callable[[Any], Any], str]] = [
    ("run.checkpoints.right", one("q", 0, -2), IMPOSSIBLE),
    ("run.checkpoints.state.second_moment", one("d", -1, -1e-9), IMPOSSIBLE),
    ("run.checkpoints.state.decays", one("d", -1, 1.5), IMPOSSIBLE),
    ("run.checkpoints.state.decays", one("d", -1, 0.0), IMPOSSIBLE),
]


@pytest.mark.parametrize(
    ("make", "wrong"), [(made, ENTRIES), (watched, WATCHED), (with_adam, MEANS)]
)
def test_wrong_entries_are_refused_by_their_names(
    make: Any, wrong: list[tuple[str, Callable[[Any], Any], str]]
) -> None:
    for path, change, said in wrong:
        sentence = refusal_of(path, change, make)
        assert said in sentence
        assert path.count(".") < 1 or re.match(r"(in )?(run|kept)|two", sentence)


def places_in(values: Any, path: str = "") -> Iterator[str]:
    """Yield the paths of all entries, of lists those of the second; other runs have the same."""
    entries = [*enumerate(values)][1:2] if isinstance(values, list) else values.items()
    for name, inner in entries:
        yield f"{path}{name}"
        if isinstance(inner, dict | list) and name != "beside" and path != "kept.1.":
            yield from places_in(inner, f"{path}{name}.")


OTHER_KINDS: list[object] = [None, True, -1, 1e308, "AAAA", [[]], {"x": {}}]
ALLOWED = {
    **dict.fromkeys(("written_by", "kept.1.name"), ("AAAA",)),
    **dict.fromkeys(("beside", "parted_at"), (None,)),
    "kept.1.is_shown": (True,),
    "run.interventions.1.value": (-1,),
    "run.config.biases": (True,),
}
"""The few of them that some places take."""


def test_no_entry_accepts_values_of_other_kinds() -> None:
    values = plain()
    values["run"]["config"] = CONFIG.to_dict()
    for path in {*places_in(values)} - {"format", "version"}:
        name = re.sub(r"\.\d+", "", path).rpartition(".")[2]
        for nasty in OTHER_KINDS:
            if nasty not in ALLOWED.get(path, ()):
                assert re.search(rf"{name}|run|kept", refusal_of(path, to(nasty)))


OPTIONAL = {"outputs", "gradient_norms", "kernels", "parted_at", *SETTINGS}
"""Missing in older files, or where a setting has its default."""


def test_missing_and_unknown_entries_are_refused() -> None:
    for path in {*places_in(plain())} - {"format", "version"}:
        values = plain()
        holder, key = at(values, path)
        if isinstance(holder, dict):
            if key not in OPTIONAL:
                del holder[key]
                assert f" has no entry {key}" in refusal(loads, json.dumps(values).encode())
            for more in ("more\n", "x" * 10**5):  # which are shown in a sentence of one line
                values = plain()
                at(values, path)[0][more] = 1
                assert " has an unknown entry" in refusal(loads, json.dumps(values).encode())


def test_a_run_has_its_checkpoints_and_its_trace_or_has_not_begun() -> None:
    empty = packed(Record(CONFIG))
    change = {"step": 0, "field": "w1", "index": [0, 0], "value": 1}
    for path, value, said in (
        ("run.checkpoints", empty["checkpoints"], "nothing leads to step 200"),
        ("run.trace", empty["trace"], "run.trace is empty"),
        ("run", empty | {"newest": 7}, "nothing leads to step 7"),
        ("run", empty | {"interventions": [change]}, "nothing leads to step 0"),
    ):
        assert said in refusal_of(path, to(value))


def test_two_runs_side_by_side_must_start_alike() -> None:
    for change in ({"width": 3}, {"init_range": 2.0}):
        beside = Recording(replace(CONFIG, **change))
        beside.advance(150)
        said = refusal(loads, dumps(replace(made(), beside=beside.record())))
        assert said == f"{DAMAGED}the two runs side by side differ in {next(iter(change))}."
    values = plain(watched)
    values["run"], values["beside"] = values["beside"], values["run"]
    assert "beside is a watched run" in refusal(loads, json.dumps(values).encode())
    narrow = packed(Recording(RunConfig(width=1)).record())
    values = plain(watched) | {"beside": narrow, "step": 0, "parted_at": None}
    assert "side by side differ in width" in refusal(loads, json.dumps(values).encode())


def test_checkpoints_must_lead_to_the_step_shown_and_to_finite_numbers() -> None:
    config = RunConfig(width=3, rate=1000, activation="relu", loss="cross-entropy", momentum=0.9)
    recording = Recording(config)
    recording.advance(128)
    record = recording.record()
    start, *between, last = record.checkpoints
    middle = next(c for c in between if c.step == 64)
    weights = np.random.RandomState(0).uniform(-1, 1, 9)

    def with_parameters(values: Any) -> bytes:
        kept = (start, replace(middle, state=(values, middle.state[1])), last)
        return dumps(Project(replace(record, checkpoints=kept), 100))

    assert loads(with_parameters(weights)).step == 100
    assert "do not lead to step 100" in refusal(loads, with_parameters(1e300 * weights))
    recording = Recording(RunConfig(width=1, loss="cross-entropy", activation="relu"))
    recording.advance(10)
    record = recording.record()
    last = replace(record.checkpoints[-1], state=(np.array([1e200] * 3), np.zeros(3)))
    tip = replace(record, checkpoints=(record.checkpoints[0], last))
    assert "lead to numbers that are not finite" in refusal(loads, dumps(Project(tip, 10)))


# Any damage.


@cache
def sound_files() -> list[bytes]:
    """Return a file with everything, and smaller ones for more tries per second."""
    recording = Recording(RunConfig(width=1))
    recording.advance(130)
    few = Project(made().record, 90).pinning(Record(RunConfig()), 0)
    record = watched_record(steps=(0, 1, 9), assumed=("rate",))
    seen = Project(record, 0, Recording(continued(record, 0)).record()).pinning(record, 9)
    return [dumps(made()), dumps(few), dumps(Project(recording.record(), 65)), dumps(seen)]


SOUND_FILES = st.sampled_from([0, 1, 1, 2, 2, 2, 2, 3, 3, 3]).map(lambda n: sound_files()[n])


def judge(data: bytes) -> None:
    """Assert that a file is refused in a sentence, or that its runs can be shown and exported."""
    try:
        project = loads(data)
    except FileError as error:
        sentence_of(error)
        return
    for record, step in runs_of(project):
        state = run_of(record).state_at(step)
        assert (state.step, state.trace.steps[-1]) == (step, record.newest)
        for values in (flat(state.weights), state.outputs, state.trace.losses, [state.loss]):
            assert np.isfinite(values).all()
        for exported in (loss_csv(Project(record, 0)), weights_json(state), weights_npz(state)):
            assert exported


def damage_bytes(data: st.DataObject, good: bytes) -> bytes:
    damaged = bytearray(good)
    for _ in range(data.draw(st.integers(1, 3))):
        place, end = sorted(data.draw(st.tuples(*[st.integers(0, len(damaged) - 1)] * 2)))
        match data.draw(st.sampled_from(["set", "delete", "double"])):
            case "set":
                damaged[place] = data.draw(st.sampled_from(b'0159-+eE.,:[]{}"\\ tnA/=\x80'))
            case "delete":
                del damaged[place + 1 : end]
            case "double":
                damaged[place:place] = damaged[place : place + 40]
    return bytes(damaged)


REALS = [0.0, 1.7e308, -1.7e308, 1e300, 1e154, 1e9, 5e-324, float("inf"), float("nan")]
WHOLES = [-1, -2, 0, 1, 64, 100, 150, 2**31, 10**12, 2**63 - 1, -(2**63)]


def damage_arrays(data: st.DataObject, good: bytes) -> bytes:
    values = json.loads(good)
    run = data.draw(st.sampled_from([values["run"], *(pinned["run"] for pinned in values["kept"])]))
    holders = [run[name] for name in ("trace", "checkpoints") if name in run]
    holders += [holder["state"] for holder in holders if "state" in holder]
    arrays = [(one, key) for one in holders for key, array in one.items() if type(array) is str]
    for _ in range(data.draw(st.integers(1, 3))):
        # Those of a watched run are not in objects of their own.
        holder, key = data.draw(st.sampled_from(arrays or [(run, "steps"), (run, "states")]))
        is_real = key not in {"steps", "right", "learned"}
        pool, kind = (REALS, "d") if is_real else (WHOLES, "q")
        if count := len(numbers(holder[key], kind)):
            place, number = data.draw(st.integers(0, count - 1)), data.draw(st.sampled_from(pool))
            holder[key] = changed(holder[key], kind, place, number)
    return json.dumps(values).encode()


@pytest.mark.parametrize("damage", [damage_bytes, damage_arrays])
@given(data=st.data())
def test_a_damaged_file_is_read_or_refused(
    damage: Callable[[st.DataObject, bytes], bytes], data: st.DataObject
) -> None:
    judge(damage(data, data.draw(SOUND_FILES)))
