"""Any sequence of changes: every state is the one that a plain trainer computes for its recipe."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from pathlib import Path

import pytest
from hypothesis import Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    invariant,
    precondition,
    rule,
    run_state_machine_as_test,
)
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from tests.engine.staged import StagedSession
from tests.support.bits import Change, Recipe, assert_same_record, assert_same_state, bits
from tests.support.cases import Clock
from tests.support.screen import heard
from tests.support.windows import CONFIG, DocumentHarness
from xorviz.core.kernels.compiler import NUMPY
from xorviz.core.network import flat, initial_weights
from xorviz.core.runs.project import Project
from xorviz.core.runs.record import Record
from xorviz.core.runs.recording import Recording
from xorviz.core.runs.stopping import NEVER, StopRules
from xorviz.core.settings import RunConfig
from xorviz.engine.activity import Activity
from xorviz.engine.session import TrainingSession
from xorviz.files.run_file import load_run, save_run
from xorviz.window.document.document import Document

SHARES = st.floats(0, 1, exclude_max=True)
VALUES = st.sampled_from([0.125, 0.25, 0.75])
WEIGHTS = st.sampled_from([("w1", (0, 0)), ("w2", (1, 0)), ("b1", (1,)), ("b2", (0,))])


def begun(recipe: Recipe, config: RunConfig) -> Recipe:
    """Return a new run; with the same initial weights, those set at step 0 stay."""
    drawn = [bits(flat(initial_weights(one))) for one in (recipe.config, config)]
    kept = [one for one in recipe.until(0) if one[1][2] and drawn[0] == drawn[1]]
    return Recipe(config, tuple(kept))


Shown = tuple[Recipe, Recipe | None, int]
"""The first run, the second one if there is one, and the step shown."""


@dataclass(frozen=True)
class Entry:
    """What undo or redo restores."""

    shown: Shown
    project: Project
    moves: bool

    def is_like(self, other: "Entry") -> bool:
        steps = self.project.step, other.project.step
        return (self.project, self.moves, steps[0]) == (other.project, other.moves, steps[1])


def runs_of(project: Project) -> Iterable[Record]:
    beside = () if project.beside is None else (project.beside,)
    return (project.record, *beside, *(run.record for run in project.pinned))


def is_in(record: Record, other: Record) -> bool:
    """Return whether a run had the same state at another's newest step, bit for bit."""
    if record == other or record.newest == 0:
        return True
    if record.config != other.config or record.newest > other.newest:
        return False
    mine, its = record.checkpoints[-1], Recording(other).fork(record.newest).record()
    there = its.checkpoints[-1]
    return [*map(bits, mine.state)] == [*map(bits, there.state)]


class Changes(RuleBasedStateMachine):
    """A document with its session and file, beside recipes and the history that it should have."""

    def __init__(self, qtbot: QtBot, path: Path) -> None:
        super().__init__()
        self.path = path
        session = TrainingSession()
        self.harness = DocumentHarness(qtbot, session, Document(session))
        self.document = self.harness.document
        self.open(Project(Record(CONFIG), 0))

    def teardown(self) -> None:
        self.assert_nothing_is_lost()
        self.harness.session.close()

    def open(self, project: Project) -> None:
        self.harness.put(project)
        self.take(project)

    def take(self, project: Project) -> None:
        """Believe what is shown, with an empty history."""
        beside = None if project.beside is None else Recipe.of(project.beside)
        self.shown: Shown = Recipe.of(project.record), beside, project.step
        self.done: list[Entry] = []
        self.undone: list[Entry] = []
        self.reached: set[Record] = set()
        self.losable: set[Record] = set()

    @property
    def project(self) -> Project:
        return self.document.project

    @property
    def newest(self) -> int:
        first, second, _ = self.shown
        return first.newest if second is None else min(first.newest, second.newest)

    def reach(self, step: int) -> None:
        """Note that a step is shown, which may be a new one."""
        first, second, _ = self.shown
        runs = [r and replace(r, newest=max(r.newest, step)) for r in (first, second)]
        assert runs[0] is not None
        self.shown = runs[0], runs[1], step

    def change(self, do: Callable[[], object], then: Shown, moves: bool = True) -> None:
        """Make a change after which this is to be shown, and note it in the history."""
        before, refused = Entry(self.shown, self.project, moves), len(self.harness.refused)
        self.harness.do(do)
        if len(self.harness.refused) > refused:  # there is no space for more pinned runs
            assert self.project == before.project
            return
        if not moves and self.project == before.project:
            return
        start = before.project.record.config
        for entry in self.undone:
            runs, its_start = runs_of(entry.project), entry.project.record.config
            self.losable.update(r for r in runs if start not in {its_start, r.config})
        self.undone.clear()
        if self.done and self.done[-1].is_like(before):
            self.done.pop()
        self.done.append(before)
        self.shown = then

    def go(self, way: Callable[[], object], source: list[Entry], target: list[Entry]) -> None:
        """Undo or redo: the former state is there again."""
        before = self.project
        self.harness.do(way)
        if not source:
            assert self.project is before
            return
        entry = source.pop()
        target.append(Entry(self.shown, before, entry.moves))
        if entry.moves:
            self.shown = entry.shown
            assert (self.project, self.project.step) == (entry.project, entry.project.step)
        else:
            assert self.project == replace(before, pinned=entry.project.pinned)

    @invariant()
    def all_is_as_a_plain_trainer_computes_it(self) -> None:
        now, project, (first, second, step) = self.harness.now, self.project, self.shown
        assert self.harness.session.activity is Activity.PAUSED
        assert self.harness.session.config == now.config
        assert (now.step, project.step) == (step, step)
        assert (now.beside is None, project.beside is None) == (second is None, second is None)
        for seen, recipe in ((now, first), (now.beside, second)):
            if seen is not None and recipe is not None:
                assert_same_state(seen, recipe.seen(step))
                assert_same_record(seen.record, recipe.record())
                assert seen.record in runs_of(project)
        for run in project.pinned:
            expected = Recipe.of(run.record).record()
            assert run.record == expected
            if run.record.checkpoints:  # else nothing was ever trained of it
                assert_same_record(run.record, expected)
        can_be = [label is not None for label in self.harness.labels()]
        assert can_be == [bool(self.done), bool(self.undone)]
        self.reached.update(runs_of(project))

    def assert_nothing_is_lost(self) -> None:
        """Fail unless every run is current, pinned, in the history, or lost with a notice."""
        known = self.losable | set(runs_of(self.project))
        for way, place in ((self.document.undo, 0), (self.document.redo, 1)):
            while self.harness.labels()[place] is not None:
                self.harness.do(way)
                known.update(runs_of(self.project))
        if not any("isn't pinned" in notice for notice in self.harness.noticed):
            lost = [r for r in self.reached if not any(is_in(r, other) for other in known)]
            assert lost == []

    @rule(n=st.integers(1, 90))
    def step(self, n: int) -> None:
        self.harness.train(n)
        self.reach(self.shown[2] + n)

    @rule(limit=st.sampled_from([40, 70]))
    def play_to_a_multiple(self, limit: int) -> None:
        self.harness.session.rules = StopRules(at_step=limit)
        self.harness.do(self.harness.session.play)
        self.harness.session.rules = NEVER
        self.reach((self.shown[0].newest // limit + 1) * limit)

    @rule()
    def play_and_pause(self) -> None:
        self.harness.session.set_speed(1000)
        self.harness.session.play()
        self.harness.watch(2)
        self.harness.do(self.harness.session.pause)
        self.harness.session.set_speed(None)
        assert self.harness.now.step > self.shown[2]
        self.reach(self.harness.now.step)

    @rule(share=SHARES)
    def go_to_a_step(self, share: float) -> None:
        step = round(share * self.newest)
        self.harness.go_to(step)
        self.reach(step)

    @rule(name=st.sampled_from(["rate", "momentum"]), value=VALUES)
    def change_a_setting(self, name: str, value: float) -> None:
        first, second, step = self.shown
        then: Shown = first.changed(step, (name, value, ())), second, step
        self.change(lambda: self.document.change_setting(name, value), then)

    @rule(weight=WEIGHTS, value=VALUES, beside=st.booleans())
    def set_a_weight(self, weight: tuple[str, tuple[int, ...]], value: float, beside: bool) -> None:
        (name, index), (first, second, step) = weight, self.shown
        made: Change = (name, -value, index)
        then: Shown = first.changed(step, made), second, step
        if is_second := beside and second is not None:
            then = first, second.changed(step, made), step
        self.change(lambda: self.document.set_weight(name, index, -value, is_second), then)

    def begins(self, do: Callable[[], object], config: RunConfig) -> None:
        """Begin another run; the second changes where both were alike, and begins again, too."""
        first, second, step = self.shown
        here, beside = self.harness.session.config, None
        if second is not None:
            there = second.at(step).config
            both = {n: getattr(config, n) for n in ("activation", "seed", "rate", "momentum")}
            alike = {n: v for n, v in both.items() if getattr(here, n) == getattr(there, n)}
            beside = Recipe(replace(there, **alike))
        self.change(do, (begun(first, config), beside, 0))

    @rule(activation=st.sampled_from(["relu", "tanh"]))
    def choose_other_settings(self, activation: str) -> None:
        config = replace(self.harness.session.config, activation=activation)
        self.begins(lambda: self.document.restart(config), config)

    @rule(seed=st.integers(0, 99))
    def draw_new_weights(self, seed: int) -> None:
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr("random.choice", lambda seeds: seeds[seed])
            wanted = seed + (seed >= self.harness.session.config.seed)
            config = replace(self.harness.session.config, seed=wanted)
            self.begins(self.document.draw_seed, config)

    @rule()
    def reset(self) -> None:
        self.begins(self.document.reset, self.harness.session.config)

    @rule(rate=st.sampled_from([0.25, 1.0]))
    def compare(self, rate: float) -> None:
        first, now = self.shown[0], self.harness.session.config
        if any(at and not index for at, (_, _, index) in first.changes):
            first = begun(first, now)  # with the settings that it has come to
        config = replace(now, rate=rate)
        then = first, begun(first, config), 0
        self.change(lambda: self.document.start_side_by_side(config), then)

    @precondition(lambda self: self.shown[1] is not None)
    @rule()
    def end_side_by_side(self) -> None:
        first, _, step = self.shown
        self.change(self.document.end_side_by_side, (first, None, step))

    @rule()
    def pin(self) -> None:
        self.change(self.document.pin, self.shown, moves=False)
        if len(self.project.pinned) < 12:
            pinned = {run.record for run in self.project.pinned}
            assert {self.project.record, self.project.beside} - {None} <= pinned

    @precondition(lambda self: self.project.pinned)
    @rule(share=SHARES, how=st.sampled_from(["recall", "delete", "rename", "hide"]))
    def use_a_pinned_run(self, share: float, how: str) -> None:
        run = self.project.pinned[int(share * len(self.project.pinned))]
        if how == "recall":
            then = Recipe.of(run.record), None, run.step
            self.change(lambda: self.document.recall(run.style), then)
            return
        dos: dict[str, Callable[[], object]] = {
            "delete": lambda: self.document.delete(run.style),
            "rename": lambda: self.document.rename(run.style, "mine"),
            "hide": lambda: self.document.show_run(run.style, False),
        }
        self.change(dos[how], self.shown, moves=False)

    @rule()
    def undo(self) -> None:
        self.go(self.document.undo, self.done, self.undone)

    @rule()
    def redo(self) -> None:
        self.go(self.document.redo, self.undone, self.done)

    @rule()
    def save_and_open_again(self) -> None:
        save_run(self.project, self.path)
        opened = load_run(self.path)
        assert (opened, opened.step) == (self.project, self.project.step)
        self.assert_nothing_is_lost()
        self.open(opened)


COMMANDS: dict[str, Callable[[Document, float], object]] = {
    "rate": lambda document, value: document.change_setting("rate", value),
    "weight": lambda document, value: document.set_weight("w1", (0, 0), value),
    "weight beside": lambda document, value: document.set_weight("w1", (0, 0), -value, beside=True),
    "settings": lambda document, value: document.restart(replace(CONFIG, momentum=value)),
    "targets": lambda document, _: document.choose_targets((0, 1, 1, 1)),
    "new weights": lambda document, _: document.draw_seed(),
    "preset": lambda document, value: document.open_anew(replace(CONFIG, rate=value), "preset"),
    "side by side": lambda document, value: document.start_side_by_side(
        replace(CONFIG, rate=value)
    ),
    "end": lambda document, _: document.end_side_by_side(),
    "reset": lambda document, _: document.reset(),
    "pin": lambda document, _: document.pin(),
    "undo": lambda document, _: document.undo(),
    "redo": lambda document, _: document.redo(),
}


class Hurry(RuleBasedStateMachine):
    """Two documents that are asked for the same: one at any moment, one always at rest."""

    def __init__(self) -> None:
        super().__init__()
        self.sessions = [StagedSession(Clock(), NUMPY) for _ in range(2)]
        self.documents = [Document(session) for session in self.sessions]
        self.noticed = [heard(document.noticed) for document in self.documents]
        for document in self.documents:
            document.put(Project(Record(CONFIG), 0))
        self.hurried, self.patient = self.sessions
        self.has_stepped = False
        self.patient.rest()

    def teardown(self) -> None:
        """Compare all that can be undone, and close the sessions."""
        try:
            self.rest()
            while self.documents[1].history.labels[0] is not None:
                self.command("undo", 0)
                self.rest()
        finally:
            for session in self.sessions:
                session.close()

    @rule(name=st.sampled_from([*COMMANDS]), value=VALUES)
    def command(self, name: str, value: float) -> None:
        self.has_stepped = False
        for document in self.documents:
            COMMANDS[name](document, value)
        self.patient.rest()

    @precondition(lambda self: not self.has_stepped)
    @rule(n=st.integers(1, 9))
    def step(self, n: int) -> None:
        """Take steps, all in one frame; more would be added to those that are not taken yet."""
        self.has_stepped = True
        for session in self.sessions:
            session.step(n)
        self.patient.rest()

    @precondition(lambda self: not self.hurried._is_awaited)
    @rule(share=st.floats(0, 1))
    def seek(self, share: float) -> None:
        """Go to a step that is seen; that would be in place of steps not begun."""
        self.has_stepped = False
        step = round(share * self.hurried._at.newest)
        for session in self.sessions:
            session.seek(step)
        self.patient.rest()

    @rule(is_painted=st.booleans())
    def answer(self, is_painted: bool) -> None:
        if self.hurried.stage.waiting:
            self.hurried.stage.answer()
        if is_painted:
            self.hurried.stage.paint()

    @rule()
    def rest(self) -> None:
        """Wait for all that was asked for: it is the same, and all of it was said."""
        self.hurried.rest()
        self.has_stepped = False
        mine, other = (document.project for document in self.documents)
        assert (mine, mine.step, self.noticed[0]) == (other, other.step, self.noticed[1])
        for run, its in zip(runs_of(mine), runs_of(other), strict=True):
            if its.checkpoints:  # else nothing was ever trained of it
                assert_same_record(run, its)
        assert self.documents[0].history.labels == self.documents[1].history.labels


@pytest.mark.parametrize("examples", [8, pytest.param(15, marks=pytest.mark.thorough)])
def test_any_changes_are_exact_undone_redone_and_saved(
    qtbot: QtBot, tmp_path: Path, examples: int
) -> None:
    """Also: no trained run is lost without a notice. Only a thorough run simplifies a failure."""
    phases = tuple(Phase) if examples > 8 else (Phase.generate,)
    run_state_machine_as_test(
        lambda: Changes(qtbot, tmp_path / "work.xorviz"),  # type: ignore[arg-type]
        settings=settings(max_examples=examples, stateful_step_count=14, phases=phases),
    )


@pytest.mark.parametrize("examples", [20, pytest.param(500, marks=pytest.mark.thorough)])
def test_commands_in_a_hurry_lead_to_what_they_lead_to_one_by_one(
    qapp: QApplication, short_frames: None, monkeypatch: pytest.MonkeyPatch, examples: int
) -> None:
    monkeypatch.setattr("random.choice", lambda seeds: seeds[-1])
    phases = tuple(Phase) if examples > 20 else (Phase.generate,)
    run_state_machine_as_test(
        Hurry, settings=settings(max_examples=examples, stateful_step_count=20, phases=phases)
    )
