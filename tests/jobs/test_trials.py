"""Trials of the model: what would change, how it would have done, and that nothing else is touched."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from crm.accounts import operations as accounts
from crm.accounts.drafts import UserDraft
from crm.accounts.permissions import Role
from crm.errors import NotFound
from crm.jobs import trial_run, worker
from crm.matches.models import Answer, MatchRun, Suggestion
from crm.matchmaker.ranking.reweighing import usual_weights
from crm.partners import operations as partners
from crm.partners.models import Need
from crm.rules import operations as rules
from crm.storage.engines import Database
from crm.trials import operations
from crm.trials.drafts import TrialDraft
from crm.trials.models import Trial, TrialKind, TrialState
from tests.jobs.test_weekly_round import do, found


@pytest.fixture
def leader(filled: Database) -> int:
    with filled.Write() as session:
        draft = UserDraft(email="leder@example.org", name="Leder Eksempel", role=Role.MANAGER)
        made = accounts.create_user(session, None, draft)
        session.commit()
        return made.id


def ask(database: Database, leader: int, now: datetime, **asked: Any) -> int:
    with database.Write() as session:
        draft = TrialDraft(**({"kind": TrialKind.WHAT_IF} | asked))
        trial = operations.request(session, leader, draft, now=now)
        session.commit()
        return trial.id


def outcome(database: Database, trial_id: int) -> Trial:
    with database.Read() as session:
        return session.get_one(Trial, trial_id)


def tried(database: Database, leader: int, now: datetime, **asked: Any) -> dict[str, Any]:
    trial_id = ask(database, leader, now, **asked)
    assert trial_run.run(database, trial_id, now=lambda: now) is True
    return outcome(database, trial_id).found


def test_with_nothing_changed_nothing_changes(filled: Database, now: datetime, leader: int) -> None:
    told = tried(filled, leader, now)
    assert told["counts"] == {"in": 0, "out": 0, "moved": 0}
    assert told["sizes"][0] == told["sizes"][1] > 0
    assert told["weights"][0] == told["weights"][1]


def test_other_weights_bring_pairs_in_and_out_with_what_made_the_difference(
    filled: Database, now: datetime, leader: int
) -> None:
    told = tried(filled, leader, now, weights={"industry": 20})
    assert told["counts"]["out"] > 0
    assert all(row["before"] > row["after"] for row in told["out"])
    assert {row["parts"][0][0] for row in told["out"]} == {"industry"}
    assert {"title", "name", "company_id", "places"} <= told["out"][0].keys()
    assert told["weights"][1]["industry"] == pytest.approx(0.2 * told["weights"][0]["industry"])


def test_another_text_changes_first_the_pairs_of_its_need_and_is_not_saved(
    filled: Database, now: datetime, leader: int
) -> None:
    wish = "Vi trenger noen som kan grave, sprenge og planere tomten med maskiner."
    told = tried(filled, leader, now, need_id=1, title="Graving", text=wish)
    assert told["in"][0]["need"] == "1"
    with filled.Read() as session:
        assert "fysioterapeuter" in session.get_one(Need, 1).text
        assert session.scalar(select(func.count()).select_from(Suggestion)) == 0
        assert session.scalar(select(func.count()).select_from(MatchRun)) == 0


def test_a_need_that_was_closed_meanwhile_is_told(filled: Database, now: datetime, leader: int) -> None:
    trial_id = ask(filled, leader, now, need_id=1, title="Graving", text="Graving")
    with filled.Write() as session:
        partners.close_need(session, leader, session.get_one(Need, 1))
        session.commit()
    with pytest.raises(NotFound):
        trial_run.run(filled, trial_id, now=lambda: now)
    trial = outcome(filled, trial_id)
    assert (trial.state, trial.message) == (TrialState.FAILED, "Behovet er ikke lenger åpent.")


def test_the_round_counts_by_the_weights_that_were_put_in_use(
    filled: Database, now: datetime, leader: int
) -> None:
    before = do(filled, now, "2026-W47")
    with filled.Write() as session:
        rules.set_weights(session, leader, {"industry": 50, "text": 100}, now=now)
        session.commit()
    after = do(filled, now)
    usual = usual_weights()["industry"]
    weighed = [run.parameters["model"]["industry_weight"] for run in (before, after)]
    assert weighed == [usual, usual / 2]
    told = tried(filled, leader, now, weights={"industry": 50})
    assert told["counts"] == {"in": 0, "out": 0, "moved": 0}


def answer_all(session: Session, run: MatchRun, rule: Callable[[Suggestion], bool], at: datetime) -> None:
    for row in session.scalars(select(Suggestion).where(Suggestion.run_id == run.id)):
        row.answer, row.answered_at = (Answer.YES if rule(row) else Answer.NO), at
    session.commit()


def test_a_back_test_tells_what_would_have_been_suggested_and_what_was_answered(
    filled: Database, now: datetime, leader: int
) -> None:
    run = do(filled, now - timedelta(weeks=1))
    with filled.Write() as session:
        answer_all(session, run, lambda row: row.rank <= 2 and not row.control, now - timedelta(days=6))
    told = tried(filled, leader, now, kind=TrialKind.BACK_TEST, weeks=12)
    [week] = told["weeks"]
    assert week["week"] == "2026-W47"
    assert (week["yes"], week["no"]) == (told["sums"]["yes"], told["sums"]["no"])
    assert week["yes"] + week["no"] == len(found(filled, run.id)) == len(told["rows"])
    assert week["yes"] >= week["yes_top"] > 0
    assert week["order"] > 0.5
    row = told["rows"][0]
    assert {"title", "name", "yes", "then", "now", "top"} <= row.keys()


def test_a_back_test_knows_no_answer_of_the_week_itself(filled: Database, now: datetime, leader: int) -> None:
    run = do(filled, now - timedelta(weeks=1))
    with filled.Write() as session:
        answer_all(session, run, lambda row: row.rank > 2, now - timedelta(days=6))
    told = tried(filled, leader, now, kind=TrialKind.BACK_TEST, weeks=12)
    drawn = {tuple(key) for key in run.parameters["control"]}
    chosen = [row for row in told["rows"] if (row["need"], row["company"]) not in drawn]
    assert all(row["then"] == pytest.approx(row["now"], abs=1e-3) for row in chosen)


def test_without_answers_a_back_test_says_so(filled: Database, now: datetime, leader: int) -> None:
    trial_id = ask(filled, leader, now, kind=TrialKind.BACK_TEST)
    with pytest.raises(NotFound):
        trial_run.run(filled, trial_id, now=lambda: now)
    assert "besvart" in outcome(filled, trial_id).message


def test_a_trial_left_by_a_killed_worker_is_picked_up_and_the_late_one_writes_nothing(
    filled: Database, now: datetime, leader: int
) -> None:
    trial_id = ask(filled, leader, now)
    with filled.Write() as session:
        assert operations.claim(session, trial_id, now=now) == 1
        session.commit()
    soon, later = now + timedelta(minutes=5), now + timedelta(minutes=30)
    assert trial_run.waiting(filled, now=soon) == []
    worker.Worker(filled, None, lambda: later).trials()
    trial = outcome(filled, trial_id)
    assert (trial.state, trial.claim) == (TrialState.DONE, 2)
    assert trial_run.run(filled, trial_id, now=lambda: later) is False


def test_what_is_older_than_a_week_is_cleared_away(filled: Database, now: datetime, leader: int) -> None:
    ask(filled, leader, now - timedelta(days=8))
    ask(filled, leader, now)
    with filled.Read() as session:
        assert session.scalars(select(Trial.created_at)).all() == [now]


def test_a_sweep_does_what_waits(filled: Database, now: datetime, leader: int) -> None:
    trial_id = ask(filled, leader, now)
    do(filled, now)
    worker.Worker(filled, None, lambda: now).sweep()
    assert outcome(filled, trial_id).state is TrialState.DONE
