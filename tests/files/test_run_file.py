"""Run files read back bit for bit; anything else is refused."""

import base64
import copy
import functools
import json
import stat
import struct
import tracemalloc
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.typing import NDArray

from tests.core.test_settings import VALID
from tests.support.cases import some
from tests.support.commands import python
from tests.support.snapshots import far_record
from tests.support.watched import watched_record
from xorviz import __version__
from xorviz.core.kernels import compiler, kernels
from xorviz.core.network import flat
from xorviz.core.numerals import THIN_SPACE
from xorviz.core.runs.current_run import CurrentRun
from xorviz.core.runs.project import MOST_PINNED, Project, continued
from xorviz.core.runs.record import MOST_INTERVENTIONS, Intervention, Record
from xorviz.core.runs.recording import Recording
from xorviz.core.runs.snapshot import Snapshot
from xorviz.core.runs.stopping import MOST_STEPS, Halt
from xorviz.core.runs.watched import run_of
from xorviz.core.settings import RunConfig
from xorviz.files import run_file
from xorviz.files.atomic import FileError
from xorviz.files.exports.tables import history_csv, weights_json, weights_npz
from xorviz.files.run_file import MOST_BYTES, SUFFIX, dumps, load_run, loads, save_run

CONFIG = RunConfig(width=2, rate=0.7, seed=5, biases=True)


@functools.cache
def made() -> Project:
    """Return a project shown at a middle step, with a run beside it and two pinned runs."""
    recording = Recording(CONFIG)
    recording.advance(70)
    recording.intervene("rate", 0.3)
    recording.intervene("w1", -1.5, (1, 0))
    recording.advance(110)
    beside = Recording(replace(CONFIG, activation="relu"))
    beside.advance(150)
    project = Project(recording.record(), 100, beside.record())
    project = project.pinning(recording.fork(90).record(), 33, "before")
    return project.pinning(Record(RunConfig(width=1)), 0).changing(0, is_shown=False)


def plain() -> dict[str, Any]:
    values: dict[str, Any] = json.loads(dumps(made()))
    return values


def refusal(data: bytes) -> str:
    """Return the message for content that is refused."""
    with pytest.raises(FileError) as refused:
        loads(data)
    sentence = str(refused.value)
    assert_one_sentence(sentence)
    return sentence


def refusal_of(**entries: Any) -> str:
    """Return the message after entries of a valid file are replaced."""
    return refusal(json.dumps(plain() | entries).encode())


def assert_one_sentence(text: str) -> None:
    assert text[0].isupper()
    assert text[-1] == "."
    assert text.replace(THIN_SPACE, " ").isprintable()
    assert ". " not in text or text.startswith("These runs")
    assert len(text) < 400


def runs_of(project: Project) -> Iterator[tuple[Record, int]]:
    yield project.record, project.step
    if project.beside is not None:
        yield project.beside, project.step
    yield from ((run.record, run.step) for run in project.pinned)


def assert_same_state(one: Snapshot, other: Snapshot) -> None:
    np.testing.assert_array_equal(flat(one.weights), flat(other.weights))
    np.testing.assert_array_equal(one.outputs, other.outputs)
    np.testing.assert_array_equal(one.trace.steps, other.trace.steps)
    np.testing.assert_array_equal(one.trace.losses, other.trace.losses)
    np.testing.assert_array_equal(one.trace.outputs, other.trace.outputs)
    np.testing.assert_array_equal(one.trace.gradient_norms, other.trace.gradient_norms)
    for name in ("config", "step", "loss", "right_since", "learned_since", "interventions"):
        assert getattr(one, name) == getattr(other, name)


def assert_same(one: Project, other: Project) -> None:
    """Assert that projects are the same, also in what == does not compare."""
    assert one == other
    for (mine, step), (its, _) in zip(runs_of(one), runs_of(other), strict=True):
        assert_same_state(Recording(mine).state_at(step), Recording(its).state_at(step))


# Valid files.


def test_a_project_survives_whole() -> None:
    project = loads(dumps(made()))
    assert_same(project, made())
    assert [(run.name, run.style, run.is_shown) for run in project.pinned] == [
        ("before", 0, False),
        ("Run 1", 1, True),
    ]


def test_a_file_says_what_it_is() -> None:
    values = plain()
    assert list(values) == ["format", "version", "written_by", "step", "run", "beside", "kept"]
    assert values["format"] == "xorviz run"
    assert values["version"] == 5
    assert values["written_by"] == f"xorviz {__version__}"
    assert values["step"] == 100
    assert list(values["kept"][0]) == ["name", "step", "style", "is_shown", "run"]
    assert SUFFIX == ".xorviz"


def test_the_example_of_the_readme_reads_a_file(tmp_path: Path) -> None:
    save_run(made(), tmp_path / "my.xorviz")
    run = json.loads((tmp_path / "my.xorviz").read_text())["run"]
    steps, losses = (
        np.frombuffer(base64.b64decode(run["trace"][k]), t)
        for k, t in (("steps", "<i8"), ("losses", "<f8"))
    )
    np.testing.assert_array_equal(steps, made().record.trace.steps)
    np.testing.assert_array_equal(losses, made().record.trace.losses)


def test_a_recording_is_saved_at_its_newest_step(tmp_path: Path) -> None:
    recording = Recording(CONFIG)
    recording.advance(321)
    save_run(recording, tmp_path / "run.xorviz")
    assert_same(load_run(tmp_path / "run.xorviz"), Project(recording.record(), 321))


def test_a_loaded_run_continues_bit_for_bit(tmp_path: Path) -> None:
    recording = Recording(replace(CONFIG, momentum=0.5))
    recording.advance(100)
    recording.intervene("w2", 2.0, (1, 0))
    save_run(recording, tmp_path / "run.xorviz")
    again = Recording(load_run(str(tmp_path / "run.xorviz")).record)
    for run in (recording, again):
        run.advance(500)
    assert_same_state(again.snapshot(), recording.snapshot())
    assert_same_state(again.state_at(100), recording.state_at(100))


def test_a_file_saved_again_is_the_same_file() -> None:
    assert dumps(loads(dumps(made()))) == dumps(made())


@pytest.mark.thorough
def test_the_most_pinned_runs_fit() -> None:
    recording = Recording(RunConfig(width=64, biases=True, momentum=0.1, rate=0.001))
    recording.advance(64 * 600)
    project = Project(recording.record(), recording.newest, recording.record())
    for _ in range(MOST_PINNED):
        project = project.pinning(project.record, 64)
    data = dumps(project)
    assert 5_000_000 < len(data) < MOST_BYTES
    assert_same(loads(data), project)


@pytest.mark.thorough
def test_the_most_interventions_fit() -> None:
    recording = Recording(CONFIG)
    recording.advance(MOST_INTERVENTIONS)
    steps = range(MOST_INTERVENTIONS)
    changes = tuple(Intervention(step, "w1", -step / 7, (1, 1)) for step in steps)
    project = Project(replace(recording.record(), interventions=changes), MOST_INTERVENTIONS)
    data = dumps(project)
    assert loads(data) == project
    assert sum(data.count(sign) for sign in b",[{") * (MOST_PINNED + 2) <= run_file.MOST_SIGNS
    assert data.count(b":") * (MOST_PINNED + 2) <= run_file.MOST_KEYS


SIZES = [(197_500, 64), (182_500, 17), (179_600, 5), (178_800, 2)]


@pytest.mark.parametrize(("most_bytes", "checkpoints"), some(SIZES, 2))
def test_a_file_that_would_get_too_big_has_fewer_checkpoints(
    most_bytes: int, checkpoints: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    recording = Recording(CONFIG)
    recording.advance(20_000)
    project = Project(recording.record(), 20_000)
    assert len(project.record.checkpoints) == 314
    monkeypatch.setattr(run_file, "MOST_BYTES", most_bytes)
    again = loads(dumps(project))
    assert again == project
    steps = [checkpoint.step for checkpoint in again.record.checkpoints]
    assert len(steps) == checkpoints
    assert (steps[0], steps[-1]) == (0, 20_000)
    assert_same_state(
        Recording(again.record).state_at(9_999), Recording(project.record).state_at(9_999)
    )


def test_a_project_too_big_for_a_file_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(run_file, "MOST_BYTES", 2000)
    with pytest.raises(FileError, match="Delete a pinned run"):
        dumps(made())


def test_a_number_that_is_not_finite_is_never_saved() -> None:
    record = Recording(CONFIG).record()
    record.checkpoints[0].parameters[0] = np.nan
    with pytest.raises(FileError, match="not finite"):
        dumps(Project(record, 0))


CONFIGS = st.builds(RunConfig, **VALID | {"width": st.integers(1, 6)})


@st.composite
def projects(draw: st.DrawFn) -> Project:
    """Return a project as users make them: trained, changed, branched off, pinned."""
    recording = Recording(draw(CONFIGS))
    project = Project(recording.record(), 0)
    for deed in draw(st.lists(st.sampled_from(["train", "change", "set", "fork", "keep"]))):
        if deed == "train":
            recording.advance(draw(st.integers(1, 200)))
        elif deed == "change":
            recording.intervene("momentum", draw(VALID["momentum"]))
        elif deed == "set":
            place = draw(st.integers(0, 1)), draw(st.integers(0, recording.config.width - 1))
            recording.intervene("w1", draw(st.floats(-1e3, 1e3)), place)
        elif deed == "fork":
            recording = recording.fork(draw(st.integers(0, recording.newest)))
        elif len(project.pinned) < MOST_PINNED:
            step = draw(st.integers(0, recording.newest))
            project = project.pinning(recording.record(), step, draw(st.text(max_size=70)))
    step = draw(st.integers(0, recording.newest))
    beside = recording.record() if draw(st.booleans()) else None
    return replace(project, record=recording.record(), step=step, beside=beside)


@given(projects(), st.data())
def test_every_project_survives_bit_for_bit(project: Project, data: st.DataObject) -> None:
    again = loads(dumps(project))
    assert_same(again, project)
    step = data.draw(st.integers(0, project.record.newest))
    assert_same_state(
        Recording(again.record).state_at(step), Recording(project.record).state_at(step)
    )


# Refused files.


NO_RUN_FILES: list[tuple[bytes, str]] = [
    (b"", "The file is empty."),
    (b" \n", "The file is empty."),
    (b"hello", "It is not an xorviz run file."),
    (b"\xff\xfe{}", "It is not an xorviz run file."),
    (b"null", "It is not an xorviz run file."),
    (b"[]", "It is not an xorviz run file."),
    (b"{}", "It is not an xorviz run file."),
    (b'{"format": ["xorviz run"]}', "It is not an xorviz run file."),
    (b'{"format": "xorviz run"} 1', "It is not an xorviz run file."),
    (b'{"format": "xorviz run"', "The file is incomplete: its end is missing."),
    (b'{"format": "xorviz run", "ver', "The file is incomplete: its end is missing."),
    *(
        (b'{"format": "xorviz run", "rate":' + cut, "The file is incomplete: its end is missing.")
        for cut in (b"1", b"1.", b"1.5", b"1e", b"1.5E", b"1e-", b"1e-0", b"-")
    ),
    (b'{"format": "xorviz run"}', "The file is damaged: version is None; allowed:"),
    (
        b'{"format": "xorviz run", "version": 6, "what": {"we": "cannot know"}}',
        "The file was written by a newer xorviz (version 6); this one reads versions up to 5.",
    ),
    (b"[" * 100_000, "The file is damaged: it is nested too deep."),
    (b'{"a":' * 100_000, "The file is damaged: it is nested too deep."),
    (b'{"a": NaN}', "The file is damaged: it holds NaN, which is not a number."),
    (b'{"a": -Infinity}', "The file is damaged: it holds -Infinity"),
    (b'{"a": 1e999}', "The file is damaged: a number in it is too large."),
    (b'{"a": 1, "a": 1}', "The file is damaged: it has the entry 'a' twice."),
    (b"9" * 5000, "The file is damaged: a number in it has 5000 digits."),
    (b"0." + b"9" * 5000, "The file is damaged: a number in it has 5002 digits."),
    (b"[]," * 1_000_000, "The file holds too many values for a run file."),
    (b'{"":0' * 600_000, "The file holds too many values for a run file."),
    (b" " * (MOST_BYTES + 1), "The file is larger than the limit for run files, 10 MiB."),
]


def test_other_files_are_refused() -> None:
    for data, said in NO_RUN_FILES:
        assert refusal(data).startswith(said)


def test_a_truncated_file_is_refused() -> None:
    data = dumps(made())
    for end in {0, 1, len(data) - 1, *range(0, len(data), 997)}:
        assert refusal(data[:end]) in {
            "The file is empty.",
            "The file is incomplete: its end is missing.",
        }


def test_no_other_version_is_read() -> None:
    for version in [0, -1, True, 1.0, "1", None, [1]]:
        assert "version is " in refusal_of(version=version)


def test_missing_and_unknown_entries_are_refused() -> None:
    for key in ("written_by", "step", "run", "beside", "kept"):
        values = plain()
        del values[key]
        assert refusal(json.dumps(values).encode()).endswith(f": it has no entry {key}.")
    assert refusal_of(**{"\n": 1}).endswith(r": it has an unknown entry '\n'.")
    assert refusal_of(**{"x" * 10**6: 1}).endswith("x'.")


def pinned(**entries: Any) -> list[Any]:
    """Return a valid file's pinned runs with entries of the first one replaced."""
    first, second = plain()["kept"]
    return [first | entries, second]


WRONG_ENTRIES: list[tuple[dict[str, Any], str]] = [
    ({"step": -1}, "step is -1; allowed: a whole number from 0 to 150"),
    ({"step": 151}, "step is 151; allowed"),  # the other run has come to 150
    ({"step": True}, "step is True"),
    ({"step": 1.0}, "step is 1.0"),
    ({"written_by": 7}, "written_by is not a text"),
    ({"written_by": "x" * 1001}, "written_by is not a text of at most 1000 characters"),
    ({"run": None}, "run is not an object"),
    ({"beside": []}, "beside is not an object"),
    ({"kept": None}, "kept is not a list"),
    ({"kept": [None] * 13}, "kept is not a list of at most 12 values"),
    ({"kept": [7]}, "kept[0] is not an object"),
    ({"kept": pinned(name="\n\t \u200b")}, "kept[0].name is empty"),
    ({"kept": pinned(name=3)}, "kept[0].name is not a text"),
    ({"kept": pinned(name="x" * 1001)}, "kept[0].name is not a text"),
    ({"kept": pinned(step=91)}, "kept[0].step is 91; allowed: a whole number from 0 to 90"),
    ({"kept": pinned(style=1)}, "two pinned runs have the same style"),
    ({"kept": pinned(style=12)}, "kept[0].style is 12; allowed: a whole number from 0 to 11"),
    ({"kept": pinned(is_shown=1)}, "kept[0].is_shown is 1; allowed: on, off"),
    ({"kept": pinned(more=1)}, "kept[0] has an unknown entry 'more'"),
    ({"kept": pinned(run=1)}, "kept[0].run is not an object"),
]


def test_wrong_entries_are_refused() -> None:
    for entries, said in WRONG_ENTRIES:
        assert refusal_of(**entries).startswith(f"The file is damaged: {said}")


def test_names_are_cleaned() -> None:
    values = plain() | {"kept": pinned(name="  two\nlines \x1b[31m" + "x" * 99)}
    name = loads(json.dumps(values).encode()).pinned[0].name
    assert name.startswith("two lines [31mxxx")
    assert len(name) == 60


DIFFERENCES: list[tuple[dict[str, Any], str]] = [
    ({"width": 3}, "width"),
    ({"seed": 6}, "seed"),
    ({"init_range": 2}, "init_range"),
]


def test_two_runs_side_by_side_must_start_alike() -> None:
    for change, name in DIFFERENCES:
        beside = Recording(replace(CONFIG, **change))
        beside.advance(150)
        data = dumps(replace(made(), beside=beside.record()))
        assert refusal(data).endswith(f": the two runs side by side differ in {name}.")


def test_the_longest_run_is_saved_and_opened_again() -> None:
    recording = Recording(far_record(CONFIG, MOST_STEPS - 5))
    assert recording.advance(64) is Halt.LONGEST
    again = loads(dumps(Project(recording.record(), recording.newest)))
    assert (again.step, again.record) == (MOST_STEPS, recording.record())


def with_parameters(values: NDArray[np.float64]) -> bytes:
    """Return a file of a run of 128 steps whose middle checkpoint has other weights."""
    config = RunConfig(width=3, rate=1000, activation="relu", loss="cross-entropy", momentum=0.9)
    recording = Recording(config)
    recording.advance(128)
    record = recording.record()
    start, *between, last = record.checkpoints
    middle = replace(next(c for c in between if c.step == 64), parameters=values)
    return dumps(Project(replace(record, checkpoints=(start, middle, last)), 100))


def test_checkpoints_that_do_not_lead_to_the_step_shown_are_refused() -> None:
    weights = np.random.RandomState(0).uniform(-1, 1, 9)
    assert loads(with_parameters(weights)).step == 100
    said = refusal(with_parameters(1e300 * weights))
    assert said == "The file is damaged: the checkpoints of run do not lead to step 100."


def test_checkpoints_that_lead_to_a_loss_that_is_not_finite_are_refused() -> None:
    recording = Recording(RunConfig(width=1, loss="cross-entropy", activation="relu"))
    recording.advance(10)
    record = recording.record()
    start, *_, last = record.checkpoints
    last = replace(last, parameters=np.array([1e200, 1e200, 1e200]))
    said = refusal(dumps(Project(replace(record, checkpoints=(start, last)), 10)))
    assert said.endswith("the checkpoints of run lead to numbers that are not finite.")


HOSTILE = [b"[" + b"{}," * 480_000, b"[" + b"[]," * 3_300_000, b'["' + b"x" * 10**7]


@pytest.mark.thorough
@pytest.mark.parametrize("data", some(HOSTILE, 1), ids=["objects", "lists", "text"])
def test_a_hostile_file_takes_little_memory(data: bytes) -> None:
    tracemalloc.start()
    refusal(data)
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert peak < 100_000_000


# On the disk.


def load_refusal(path: Path) -> str:
    with pytest.raises(FileError) as refused:
        load_run(path)
    return str(refused.value)


def test_a_file_that_is_too_big_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "run.xorviz"
    with path.open("wb") as file:
        file.truncate(MOST_BYTES + 1)
    assert load_refusal(path) == "The file is larger than the limit for run files, 10 MiB."


@pytest.mark.parametrize("owner", ["xorviz.files.run_file.json.loads", "pathlib.Path.open"])
def test_too_little_memory_is_reported(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, owner: str
) -> None:
    def refuse(*_: object, **__: object) -> None:
        raise MemoryError

    save_run(made(), tmp_path / "run.xorviz")
    monkeypatch.setattr(owner, refuse)
    assert load_refusal(tmp_path / "run.xorviz") == "There is not enough memory to open it."


def test_a_failed_save_keeps_the_old_file(tmp_path: Path) -> None:
    path = tmp_path / "run.xorviz"
    save_run(made(), path)
    broken = replace(made(), step=float("nan"))  # type: ignore[arg-type]
    for project, target in ((broken, path), (made(), path / "below"), (made(), tmp_path)):
        with pytest.raises(FileError):
            save_run(project, target)
    assert_same(load_run(path), made())
    assert list(tmp_path.iterdir()) == [path]
    assert stat.S_ISREG(path.stat().st_mode)


# Damaged files.


@functools.cache
def sound_files() -> list[bytes]:
    """Return a file with everything, and smaller ones for more tries per second."""
    recording = Recording(RunConfig(width=1))
    recording.advance(130)
    changed = Project(made().record, 90).pinning(Record(RunConfig()), 0)
    watched = watched_record(steps=(0, 1, 9), assumed=("rate",))
    beside = Project(watched, 1, Recording(continued(watched, 0)).record())
    seen = replace(beside, step=0).pinning(watched, 9)
    return [dumps(made()), dumps(changed), dumps(Project(recording.record(), 65)), dumps(seen)]


def judge(data: bytes) -> None:
    """Assert that a file is refused in a sentence, or that its runs can be shown and exported."""
    try:
        project = loads(data)
    except FileError as error:
        assert_one_sentence(str(error))
        return
    for record, step in runs_of(project):
        state = run_of(record).state_at(step)
        assert state.step == step
        assert state.trace.steps[-1] == record.newest
        for numbers in (flat(state.weights), state.outputs, state.trace.losses, [state.loss]):
            assert np.isfinite(numbers).all()
        for exported in (history_csv(record), weights_json(state), weights_npz(state)):
            assert exported


SOUND_FILES = st.sampled_from([0, 1, 1, 2, 2, 2, 2, 3, 3, 3]).map(lambda n: sound_files()[n])


@given(st.binary(max_size=200) | st.text(max_size=200).map(str.encode))
def test_random_bytes_are_read_or_refused(data: bytes) -> None:
    judge(data)


@given(SOUND_FILES, st.data())
def test_files_with_changed_bytes_are_read_or_refused(good: bytes, data: st.DataObject) -> None:
    damaged = bytearray(good)
    for _ in range(data.draw(st.integers(1, 3))):
        place = data.draw(st.integers(0, len(damaged) - 1))
        match data.draw(st.sampled_from(["flip", "set", "delete", "double", "cut"])):
            case "flip":
                damaged[place] ^= 1 << data.draw(st.integers(0, 7))
            case "set":
                damaged[place] = data.draw(st.sampled_from(b'0159-+eE.,:[]{}"\\ tnA/='))
            case "delete":
                del damaged[place + 1 : place + data.draw(st.integers(2, 40))]
            case "double":
                damaged[place:place] = damaged[place : place + 40]
            case "cut":
                del damaged[place + 1 :]
    judge(bytes(damaged))


NASTY: list[Any] = [
    *(None, True, False, -1, 0, 1, 7, 2**31, 10**12, 2**70, -(2**70), 1e308, -0.0, 0.5, 5e-324),
    *("", "A", "AAAA", "AAAAAAAAAAA=", "x" * 5000, "\ud800", "rate", "w1", "relu", [], {}),
    *([0], [0, 0], [[]], [[[[[[1]]]]]], {"step": 1}, [None] * 300),
]


def places_in(values: Any) -> list[tuple[Any, Any]]:
    """Return the container and key of every value in a tree."""
    keys = list(values) if isinstance(values, dict) else range(len(values))
    found = [(values, key) for key in keys]
    for key in keys:
        if isinstance(values[key], dict | list):
            found += places_in(values[key])
    return found


@given(SOUND_FILES, st.data())
def test_files_with_changed_values_are_read_or_refused(good: bytes, data: st.DataObject) -> None:
    values = json.loads(good)
    for _ in range(data.draw(st.integers(1, 2))):
        holder, key = data.draw(st.sampled_from(places_in(values)))
        holder[key] = copy.deepcopy(data.draw(st.sampled_from(NASTY)))
    judge(json.dumps(values).encode())


REALS = [0.0, 1.7e308, -1.7e308, 1e300, 1e154, 1e9, 5e-324, float("inf"), float("nan")]
WHOLES = [-1, -2, 0, 1, 64, 100, 150, 2**31, 10**12, 2**63 - 1, -(2**63)]


@given(SOUND_FILES, st.data())
def test_files_with_changed_arrays_are_read_or_refused(good: bytes, data: st.DataObject) -> None:
    values = json.loads(good)
    run = data.draw(st.sampled_from([values["run"], *(pinned["run"] for pinned in values["kept"])]))
    arrays = [(run[name], key) for name in ("trace", "checkpoints") for key in run.get(name, ())]
    arrays = arrays or [(run, "steps"), (run, "states")]  # of a watched run
    for _ in range(data.draw(st.integers(1, 3))):
        holder, key = data.draw(st.sampled_from(arrays))
        numbers = bytearray(base64.b64decode(holder[key]))
        if numbers:
            place = 8 * data.draw(st.integers(0, len(numbers) // 8 - 1))
            is_real = key not in {"steps", "right", "learned"}
            pool, kind = (REALS, "<d") if is_real else (WHOLES, "<q")
            struct.pack_into(kind, numbers, place, data.draw(st.sampled_from(pool)))
        holder[key] = base64.b64encode(numbers).decode()
    judge(json.dumps(values).encode())


@pytest.mark.thorough
@pytest.mark.parametrize(
    ("made_by", "opened_by"), some([("numpy", "numba"), ("numba", "numpy")], 1)
)
def test_another_kernel_shows_the_same_states_at_checkpoints(made_by: str, opened_by: str) -> None:
    kernels.prepare(compiler.NUMBA)
    recording = Recording(CONFIG, kernel=made_by)
    recording.advance(40_000)
    recording.intervene("rate", 0.3)
    recording.advance(60_000)
    record = loads(dumps(Project(recording.record(), 7))).record
    assert (record.kernels, opened_by in record.kernels) == ((made_by,), False)
    again, current = Recording(record, kernel=opened_by), CurrentRun(record, 0, kernel=opened_by)
    assert len(record.checkpoints) >= 4
    for pinned in record.checkpoints:
        state = again.state_at(pinned.step)
        np.testing.assert_array_equal(flat(state.weights), pinned.parameters)
        current.approach(pinned.step, pinned.step)
        current.go_to(pinned.step)
        np.testing.assert_array_equal(flat(current.snapshot().weights), pinned.parameters)
        before = recording.state_at(pinned.step)
        np.testing.assert_array_equal(flat(state.weights), flat(before.weights))


def test_a_run_continued_by_another_kernel_names_both(tmp_path: Path) -> None:
    kernels.prepare(compiler.NUMBA)
    record = Record(CONFIG)
    for kernel in ("numba", "numba", "numpy", "numba"):
        recording = Recording(record, kernel=kernel)
        recording.advance(50)
        save_run(recording, tmp_path / "run.xorviz")
        record = load_run(tmp_path / "run.xorviz").record
    assert record.kernels == ("numba", "numpy")


def test_opening_a_file_loads_no_compiler(tmp_path: Path) -> None:
    recording = Recording(CONFIG)
    recording.advance(90)
    record = replace(recording.record(), kernels=("numba",))
    save_run(Project(record, 77), tmp_path / "run.xorviz")
    code = (
        "import sys\n"
        "from xorviz.files.run_file import load_run\n"
        "assert load_run(sys.argv[1]).record.kernels == ('numba',)\n"
        "assert 'numba' not in sys.modules"
    )
    assert python("-c", code, tmp_path / "run.xorviz").status == 0
