"""A new need's own search: at once, apart from the week, picked up when its worker died, and begun anew."""

from __future__ import annotations

from datetime import datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import func, select

from crm import clock
from crm.companies import operations as companies
from crm.companies.drafts import CompanyDraft
from crm.jobs import need_search, weekly_round, worker
from crm.jobs.ready import Ready
from crm.matches import operations, queries
from crm.matches.drafts import AnswerDraft
from crm.matches.models import Answer, MatchRun, RunState, Suggestion
from crm.partners.models import Need, Partner
from crm.storage.engines import Database


@pytest.fixture
def ready(filled: Database) -> Ready:
    return Ready(filled, None, quick=600)


def need_of(database: Database, number: int = 0) -> int:
    with database.Read() as session:
        return list(session.scalars(select(Need.id).order_by(Need.id)))[number]


def request(database: Database, need_id: int, now: datetime) -> int:
    with database.Write() as session:
        search = operations.request_search(session, need_id, actor_id=None, now=now)
        session.commit()
        return search.id


def look(database: Database, run_id: int) -> MatchRun:
    with database.Read() as session:
        return session.get_one(MatchRun, run_id)


def suggested(database: Database, need_id: int) -> list[tuple[int, int, Answer | None]]:
    with database.Read() as session:
        rows = session.scalars(queries.of_need(need_id)).unique()
        return [(row.run_id, row.company_id, row.answer) for row in rows]


def test_a_need_has_the_companies_that_fit_it_best(filled: Database, ready: Ready, now: datetime):
    need_id = need_of(filled)
    run_id = request(filled, need_id, now)
    assert need_search.run(filled, run_id, ready, now=lambda: now)
    search = look(filled, run_id)
    assert (search.state, search.need_id, search.suggestions) == (RunState.DONE, need_id, need_search.MOST)
    with filled.Read() as session:
        found = session.scalars(queries.of_need(need_id)).unique().all()
        assert {suggestion.company.industry for suggestion in found} == {"86.950"}
        assert [suggestion.rank for suggestion in found] == [1, 2, 3, 4, 5]
        assert all(suggestion.reasons for suggestion in found)
    assert search.parameters["model"]["top"] > 0


def test_a_search_is_no_round(filled: Database, ready: Ready, now: datetime):
    run_id = request(filled, need_of(filled), now)
    need_search.run(filled, run_id, ready, now=lambda: now)
    with filled.Write() as session:
        assert queries.find_run(session, clock.iso_week(now)) is None
        assert queries.last_done(session) is None
        assert list(session.scalars(queries.runs())) == []
        week = operations.request_run(session, clock.iso_week(now), actor_id=None, now=now)
        session.commit()
    assert week.id != run_id
    assert weekly_round.run(filled, week.id, now=lambda: now)


def test_a_worker_does_what_waits_and_what_a_killed_one_left(filled: Database, now: datetime):
    waiting = request(filled, need_of(filled), now)
    left = request(filled, need_of(filled, 1), now)
    with filled.Write() as session:
        assert operations.claim_run(session, left, now=now)
        session.commit()
    soon, later = now + timedelta(seconds=5), now + timedelta(minutes=3)
    worker.Worker(filled, None, lambda: soon).needs()
    assert look(filled, waiting).state is RunState.DONE
    assert look(filled, left).state is RunState.RUNNING
    worker.Worker(filled, None, lambda: later).sweep()
    assert (look(filled, left).state, look(filled, left).claim) == (RunState.DONE, 2)


def test_a_need_rewritten_gets_new_suggestions_and_keeps_what_was_answered(
    filled: Database, ready: Ready, now: datetime
):
    need_id = need_of(filled)
    need_search.run(filled, request(filled, need_id, now), ready, now=lambda: now)
    with filled.Write() as session:
        first = session.scalars(queries.of_need(need_id)).unique().first()
        assert first is not None
        no = AnswerDraft(answer=Answer.NO, reason="for langt unna", until=None)
        operations.answer(session, None, first, no, now=now)  # type: ignore[arg-type]
        answered = first.company_id
        session.get_one(Need, need_id).text = "Vi trenger graving og sprengning av tomter med maskiner."
        session.commit()
    again = request(filled, need_id, now)
    assert need_search.run(filled, again, ready, now=lambda: now)
    rows = suggested(filled, need_id)
    assert [company for _, company, answer in rows if answer] == [answered]
    assert {run for run, _, answer in rows if answer is None} == {again}
    with filled.Read() as session:
        new = session.scalars(queries.of_need(need_id)).unique()
        assert {row.company.industry for row in new if row.answer is None} == {"43.120"}


def test_a_need_rewritten_while_the_worker_looks_is_looked_for_anew(
    filled: Database, ready: Ready, now: datetime, monkeypatch: pytest.MonkeyPatch
):
    need_id = need_of(filled)
    run_id = request(filled, need_id, now)
    real = ready.matchmaker

    def rewritten(**asked: object) -> object:
        assert request(filled, need_id, now) == run_id
        return real(**asked)  # type: ignore[arg-type]

    monkeypatch.setattr(ready, "matchmaker", rewritten)
    assert need_search.run(filled, run_id, ready, now=lambda: now) is False
    assert (look(filled, run_id).state, suggested(filled, need_id)) == (RunState.WAITING, [])
    monkeypatch.undo()
    assert need_search.run(filled, run_id, ready, now=lambda: now)


def test_what_is_barred_is_not_offered_and_the_next_best_take_its_place(
    filled: Database, ready: Ready, now: datetime
):
    need_id = need_of(filled)
    need_search.run(filled, request(filled, need_id, now), ready, now=lambda: now)
    with filled.Write() as session:
        for suggestion in session.scalars(queries.of_need(need_id)).unique():
            no = AnswerDraft(answer=Answer.NO, reason="annet", until=None)
            operations.answer(session, None, suggestion, no, now=now)  # type: ignore[arg-type]
        session.commit()
    need_search.run(filled, request(filled, need_id, now), ready, now=lambda: now)
    rows = suggested(filled, need_id)
    assert len({company for _, company, _ in rows}) == len(rows) == 2 * need_search.MOST


def test_a_partner_is_not_offered_itself(filled: Database, ready: Ready, now: datetime):
    need_id = need_of(filled)
    with filled.Write() as session:
        session.scalars(select(Partner)).one().orgnr = "900000000"
        session.commit()
    need_search.run(filled, request(filled, need_id, now), ready, now=lambda: now)
    with filled.Read() as session:
        offered = {row.company.orgnr for row in session.scalars(queries.of_need(need_id)).unique()}
    assert len(offered) == need_search.MOST
    assert "900000000" not in offered


def test_a_company_added_meanwhile_is_found_and_one_closed_is_not(
    filled: Database, ready: Ready, now: datetime
):
    need_id = need_of(filled)
    ready.refresh(now=now)
    with filled.Write() as session:
        draft = CompanyDraft(
            name="Ny Fysioterapi AS",
            industry="86.950",
            industry_standard="SN2025",
            municipality_no="3420",
            employees=12,
            purpose="Fysioterapeuter som kan hjelpe pasienter med opptrening",
        )
        made = companies.create_company(session, None, draft, now=now)
        session.commit()
        new_id = made.id
    need_search.run(filled, request(filled, need_id, now), ready, now=lambda: now)
    assert new_id in {company for _, company, _ in suggested(filled, need_id)}
    with filled.Write() as session:
        closed = session.get_one(type(made), new_id)
        closed.closed = "bankrupt"
        session.commit()
    need_search.run(filled, request(filled, need_id, now), ready, now=lambda: now)
    assert new_id not in {company for _, company, _ in suggested(filled, need_id)}


def test_a_closed_need_is_done_with_nothing(filled: Database, ready: Ready, now: datetime):
    need_id = need_of(filled)
    run_id = request(filled, need_id, now)
    with filled.Write() as session:
        session.get_one(Need, need_id).closed = True
        session.commit()
    assert need_search.run(filled, run_id, ready, now=lambda: now)
    assert (look(filled, run_id).state, look(filled, run_id).suggestions) == (RunState.DONE, 0)


def test_an_empty_register_gives_nothing_and_no_trouble(filled: Database, now: datetime):
    from crm.registry.models import Unit  # noqa: PLC0415

    with filled.Mirror() as session:
        session.query(Unit).delete()
        session.commit()
    run_id = request(filled, need_of(filled), now)
    assert need_search.run(filled, run_id, Ready(filled, None), now=lambda: now)
    assert look(filled, run_id).suggestions == 0


def test_the_round_takes_over_the_pairs_it_suggests_itself(filled: Database, ready: Ready, now: datetime):
    need_search.run(filled, request(filled, need_of(filled), now), ready, now=lambda: now)
    with filled.Write() as session:
        week = operations.request_run(session, clock.iso_week(now), actor_id=None, now=now).id
        session.commit()
    weekly_round.run(filled, week, now=lambda: now)
    with filled.Read() as session:
        pairs = select(Suggestion.need_id, Suggestion.company_id, func.count().label("times"))
        counts = pairs.group_by(Suggestion.need_id, Suggestion.company_id).subquery()
        assert session.scalar(select(func.max(counts.c.times))) == 1


def test_a_search_that_fails_says_why_in_its_row(
    filled: Database, ready: Ready, now: datetime, monkeypatch: pytest.MonkeyPatch
):
    def broken(**_asked: object) -> object:
        raise MemoryError

    run_id = request(filled, need_of(filled), now)
    monkeypatch.setattr(ready, "matchmaker", broken)
    with pytest.raises(MemoryError):
        need_search.run(filled, run_id, ready, now=lambda: now)
    assert look(filled, run_id).state is RunState.FAILED
    assert "minne" in look(filled, run_id).message


def test_what_took_long_to_read_is_opened_after_a_start_and_finds_the_same(
    filled: Database, now: datetime, tmp_path: Path, caplog: pytest.LogCaptureFixture
):
    caplog.set_level("INFO")
    need_id = need_of(filled)
    before = Ready(filled, tmp_path, quick=0)
    assert need_search.run(filled, request(filled, need_id, now), before, now=lambda: now)
    first = [company for _, company, _ in suggested(filled, need_id)]
    caplog.clear()
    after = Ready(filled, tmp_path, quick=0)
    assert need_search.run(filled, request(filled, need_id, now), after, now=lambda: now)
    assert [company for _, company, _ in suggested(filled, need_id)] == first
    assert "as they were kept" in caplog.text
    assert not after.refresh(now=now)


def test_where_what_was_kept_is_damaged_it_is_read_anew(filled: Database, now: datetime, tmp_path: Path):
    Ready(filled, tmp_path, quick=0).matchmaker(top=3, now=now)
    [facts] = (tmp_path / "models" / "ready").glob("*/model.json")
    facts.write_text("{}")
    after = Ready(filled, tmp_path, quick=0)
    assert len(after.matchmaker(top=3, now=now).companies_) > 0
    assert len(list((tmp_path / "models" / "ready").glob("[0-9]*"))) == 1
