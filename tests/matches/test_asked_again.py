"""A round that is asked for again in its week: new needs are looked at, answers stay."""

from __future__ import annotations

from datetime import timedelta

from sqlalchemy.orm import Session

from crm.matches import operations, queries
from crm.matches.drafts import SuggestionDraft, answer_draft
from crm.matches.models import RunState
from tests.world import NOW, TODAY, World


def test_a_need_written_after_the_round_lets_it_be_asked_for_again_and_answers_stay(
    session: Session, world: World
):
    run = operations.request_run(session, "2026-W48", actor_id=None, now=NOW)
    claim = operations.claim_run(session, run.id, now=NOW)
    first = SuggestionDraft(
        need_id=world.need.id, company_id=world.company.id, rank=1, score=1.0, probability=0.7
    )
    operations.store_run(session, run.id, claim, [first], counts={"companies": 2, "needs": 1}, now=NOW)
    session.expire_all()
    given = session.scalars(queries.suggestions(run.id)).one()
    operations.answer(
        session, world.developer.id, given, answer_draft("no", today=TODAY, reason="other"), now=NOW
    )
    session.flush()
    assert operations.request_run(session, "2026-W48", actor_id=None, now=NOW).state is RunState.DONE
    world.need.created_at = NOW + timedelta(hours=1)
    session.flush()
    later = NOW + timedelta(hours=2)
    assert operations.request_run(session, "2026-W48", actor_id=None, now=later).state is RunState.WAITING
    again = operations.claim_run(session, run.id, now=later)
    other = SuggestionDraft(
        need_id=world.need.id, company_id=world.other.id, rank=1, score=0.5, probability=0.6
    )
    kept = operations.store_run(
        session, run.id, again, [other], counts={"companies": 2, "needs": 1}, now=later
    )
    assert kept == 2
