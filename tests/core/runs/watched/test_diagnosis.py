"""The diagnosis of runs that another program trains."""

from dataclasses import replace

import numpy as np

from tests.support.snapshots import QUICK, trained
from tests.support.watched import SHOWN, watched_record, watched_run
from xorviz.core.diagnosis.diagnosis import diagnose_seen
from xorviz.core.diagnosis.words import UNKNOWN
from xorviz.core.network import flat
from xorviz.core.runs.watched import WatchedRun, run_of


def test_it_is_that_of_a_run_of_ours_in_the_same_state() -> None:
    own = diagnose_seen(trained(replace(QUICK, momentum=0), 400))
    seen = run_of(watched_record(replace(QUICK, momentum=0), 400)).snapshot()
    assert diagnose_seen(seen).state == own.state == "learned"
    assert diagnose_seen(seen).step == 400
    assert diagnose_seen(seen).headline == own.headline.replace(" at ", " by ")


def test_the_first_state_may_be_trained() -> None:
    run = watched_run(QUICK, [0, 400])
    again = WatchedRun(QUICK, run.source)
    again.extend(np.array([0]), flat(run.state_at(400).weights)[np.newaxis])
    assert not again.snapshot().is_untrained
    assert diagnose_seen(again.snapshot()).state == "learned"


def test_nothing_is_said_of_the_pace_where_the_rate_is_assumed() -> None:
    config = replace(QUICK, momentum=0)
    said, assumed = (
        diagnose_seen(run_of(watched_record(config, 230, assumed=names)).snapshot())
        for names in ((), ("rate",))
    )
    assert said.state == "learning"
    assert assumed.state == UNKNOWN
    assert (assumed.evidence.change, assumed.evidence.steps_left) == (None, None)
    assert "step" not in assumed.sentence


def test_numbers_that_are_not_finite_are_those_of_the_program() -> None:
    run = watched_run(SHOWN, 60)
    run.diverge()
    found = diagnose_seen(run.snapshot())
    assert found.state == "diverging"
    assert "the program came to numbers that are not finite" in found.sentence
    assert "next step" not in found.sentence


def test_what_may_be_inverted_is_told_of_the_code_of_others() -> None:
    run = watched_run(replace(QUICK, targets=(0, 1, 0, 1)), [0, 999, 1000])
    run.adopt(QUICK, ())
    found = diagnose_seen(run.snapshot())
    assert found.state == "negated"
    assert "the sign of the gradient may be inverted" in found.sentence
