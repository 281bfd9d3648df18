"""Removing the demo: it goes whole, and nothing real goes with it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import timedelta

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import select
from sqlalchemy.orm import Session

from crm.accounts.models import User
from crm.activities import operations as log
from crm.activities.drafts import Subject, activity_draft, follow_up_draft
from crm.activities.models import Activity
from crm.companies import operations as companies
from crm.companies.drafts import LeadDraft, company_draft
from crm.companies.models import Company, Lead
from crm.contacts import operations as contacts
from crm.contacts import queries as people
from crm.contacts.drafts import contact_draft
from crm.contacts.models import Contact
from crm.demo import belongings
from crm.demo.load import load_demo
from crm.demo.remove import remove_demo
from crm.history.models import Entry
from crm.matches import operations as matches
from crm.matches import queries as rounds
from crm.matches.drafts import SuggestionDraft, answer_draft
from crm.matches.models import Introduction, MatchRun, Suggestion
from crm.partners import operations as partners
from crm.partners import queries as partnership
from crm.partners.drafts import need_draft, offer_draft
from crm.partners.models import Need, Partner
from tests.demo.conftest import Loaded
from tests.demo.snapshots import Snapshot, dangling, flagged, snapshot
from tests.world import NOW, TODAY, World


@pytest.fixture
def session(loaded: Loaded) -> Iterator[Session]:
    """A session beside the loaded demo."""
    with loaded.maker() as opened:
        yield opened
        opened.rollback()


@pytest.fixture
def demo(session: Session, loaded: Loaded) -> World:
    return loaded.world_in(session)


def company_of_demo(session: Session, place: int = 0) -> Company:
    return session.scalars(select(Company).where(Company.demo).order_by(Company.id).offset(place)).first()  # type: ignore[return-value]


def need_of_demo(session: Session) -> Need:
    found = session.scalars(select(Need.id).where(Need.demo).order_by(Need.id)).first()
    return partnership.get_need(session, found or 0)


def suggest(session: Session, week: str, pairs: list[tuple[Need, Company]]) -> MatchRun:
    """A finished round with these suggestions."""
    run = matches.request_run(session, week, actor_id=None, now=NOW)
    claim = matches.claim_run(session, run.id, now=NOW) or 0
    drafts = [
        SuggestionDraft(need_id=need.id, company_id=company.id, rank=rank, score=1.0, probability=0.5)
        for rank, (need, company) in enumerate(pairs)
    ]
    matches.store_run(session, run.id, claim, drafts, counts={}, now=NOW)
    session.expire_all()
    return run


def call(session: Session, world: World, subject: Subject, *, contact_id: int | None = None) -> Activity:
    draft = activity_draft(
        kind="call", happened_at=NOW - timedelta(days=1), now=NOW, text="Sagt noe", contact_id=contact_id
    )
    return log.log_activity(session, world.developer.id, subject, draft)


def test_it_can_be_loaded_and_removed_again(session: Session, demo: World):
    remove_demo(session, demo.administrator.id)
    assert load_demo(session, now=NOW)["companies"] == 80
    assert remove_demo(session, demo.administrator.id)["companies"] == 80


def test_what_people_logged_on_its_companies_goes_with_them(session: Session, demo: World):
    call(session, demo, Subject(company_id=company_of_demo(session).id))
    assert belongings.preview(session).ours["activities"] == 1
    remove_demo(session, demo.administrator.id)
    assert session.scalars(select(Activity)).all() == []


def test_a_person_of_ours_at_one_of_its_companies_stays_without_it(session: Session, demo: World):
    kari = contacts.create_contact(
        session, None, contact_draft(name="Nina Eksempel"), company=company_of_demo(session)
    )
    assert belongings.preview(session).stranded == 1
    remove_demo(session, demo.administrator.id)
    assert people.get_contact(session, kari.id).roles == []


def test_a_real_company_suggested_for_one_of_its_needs_stays_and_so_does_its_lead(
    session: Session, demo: World
):
    run_id = suggest(session, "2026-W48", [(need_of_demo(session), demo.other)]).id
    suggestion = rounds.get_suggestion(session, session.scalars(select(Suggestion.id)).one())
    matches.answer(session, demo.developer.id, suggestion, answer_draft("yes", today=TODAY), now=NOW)
    remove_demo(session, demo.administrator.id)
    assert session.scalars(select(Introduction)).all() == []
    assert session.scalars(select(Lead).where(Lead.company_id == demo.other.id)).one().source
    assert session.get(MatchRun, run_id) is None


def test_a_round_of_the_demo_alone_goes_and_the_weeks_round_can_be_run_again(session: Session, demo: World):
    suggest(session, "2026-W48", [(need_of_demo(session), company_of_demo(session))])
    remove_demo(session, demo.administrator.id)
    assert rounds.find_run(session, "2026-W48") is None


def test_a_round_with_a_real_suggestion_stays_with_that_one(session: Session, demo: World):
    pairs = [(need_of_demo(session), company_of_demo(session)), (demo.need, demo.other)]
    run = suggest(session, "2026-W48", pairs)
    remove_demo(session, demo.administrator.id)
    assert session.scalars(select(Suggestion.company_id)).all() == [demo.other.id]
    assert session.get(MatchRun, run.id)


def test_a_colleague_who_owns_something_real_stays(session: Session, demo: World):
    colleague = session.scalars(select(User).where(User.demo).order_by(User.id)).first()
    assert colleague
    companies.change_lead(session, None, demo.lead, LeadDraft(owner_id=colleague.id))
    assert remove_demo(session, demo.administrator.id)["users"] == 3
    assert demo.lead.owner_id == colleague.id


def test_its_trail_goes_and_the_removal_is_written_down(session: Session, demo: World):
    remove_demo(session, demo.administrator.id)
    last = session.scalars(select(Entry).order_by(Entry.id.desc())).first()
    assert last
    assert (last.action, last.actor_id, last.changes["companies"]) == (
        "demo:remove",
        demo.administrator.id,
        80,
    )
    kept = {(entry.subject, entry.subject_id) for entry in session.scalars(select(Entry))}
    known = {(table, key[0]) for table, rows in snapshot(session).items() for key in rows}
    assert kept <= known


# --- Whatever real rows are mixed in beside the demo -------------------------------------------------


def _add_company(session: Session, world: World) -> None:
    made = companies.create_company(session, None, company_draft(name="Ekte AS"), now=NOW)
    companies.follow(session, world.developer.id, made, LeadDraft(owner_id=world.reader.id), now=NOW)


def _add_lead_of_colleague(session: Session, world: World) -> None:
    made = companies.create_company(session, None, company_draft(name="Delt AS"), now=NOW)
    colleague = session.scalars(select(User.id).where(User.demo)).first()
    companies.follow(session, world.developer.id, made, LeadDraft(owner_id=colleague), now=NOW)


def _call_real(session: Session, world: World) -> None:
    call(session, world, Subject(company_id=world.company.id), contact_id=world.person.id)


def _call_partner(session: Session, world: World) -> None:
    call(session, world, Subject(partner_id=world.partner.id))


def _plan_for_colleague(session: Session, world: World) -> None:
    colleague = session.scalars(select(User.id).where(User.demo).order_by(User.id.desc())).first() or 0
    draft = follow_up_draft(text="Ring", due_on=TODAY, owner_id=colleague, today=TODAY)
    log.plan(session, world.developer.id, Subject(company_id=world.company.id), draft)


def _write_need(session: Session, world: World) -> None:
    draft = need_draft(title="Et behov til", text="Noe vi trenger og som må sies i en setning.")
    partners.create_need(session, world.developer.id, world.partner, draft)


def _bring_offer(session: Session, world: World) -> None:
    partners.create_offer(session, world.developer.id, world.company, offer_draft(title="Verksted"))


def _add_person(session: Session, world: World) -> None:
    contacts.create_contact(session, None, contact_draft(name="Per Eksempel"), company=world.other)


def _suggest_real(session: Session, world: World) -> None:
    if rounds.find_run(session, "2026-W47") is None:
        suggest(session, "2026-W47", [(world.need, world.other)])


REAL: dict[str, Callable[[Session, World], None]] = {
    made.__name__: made
    for made in (
        _add_company,
        _add_lead_of_colleague,
        _call_real,
        _call_partner,
        _plan_for_colleague,
        _write_need,
        _bring_offer,
        _add_person,
        _suggest_real,
    )
}


def _call_demo(session: Session, world: World) -> None:
    call(session, world, Subject(company_id=company_of_demo(session).id))


def _follow_demo(session: Session, world: World) -> None:
    free = select(Company.id).outerjoin(Lead).where(Company.demo, Lead.id.is_(None)).limit(1)
    company = companies.queries.get_company(session, session.scalars(free).one())
    companies.follow(session, world.developer.id, company, LeadDraft(owner_id=world.developer.id), now=NOW)


def _call_demo_partner(session: Session, world: World) -> None:
    partner = session.scalars(select(Partner.id).where(Partner.demo)).first()
    call(session, world, Subject(partner_id=partner))


def _need_at_demo_partner(session: Session, world: World) -> None:
    partner = session.scalars(select(Partner).where(Partner.demo)).first()
    assert partner
    draft = need_draft(title="Prøve", text="Bare for å prøve hvordan et behov skrives her.")
    partners.create_need(session, world.developer.id, partner, draft)


def _offer_at_demo(session: Session, world: World) -> None:
    partners.create_offer(session, None, company_of_demo(session, 3), offer_draft(title="Prøve"))


def _role_of_demo_person_at_real(session: Session, world: World) -> None:
    person = session.scalars(select(Contact).where(Contact.demo)).first()
    assert person
    contacts.add_role(session, None, person, world.other, title="Styreleder")


def _role_of_real_person_at_demo(session: Session, world: World) -> None:
    contacts.add_role(session, None, world.person, company_of_demo(session, 5), title="Rådgiver")


def _suggest_mixed(session: Session, world: World) -> None:
    if rounds.find_run(session, "2026-W46") is None:
        pairs = [(need_of_demo(session), world.other), (world.need, company_of_demo(session))]
        suggest(session, "2026-W46", pairs)


HANGING: dict[str, Callable[[Session, World], None]] = {
    made.__name__: made
    for made in (
        _call_demo,
        _follow_demo,
        _call_demo_partner,
        _need_at_demo_partner,
        _offer_at_demo,
        _role_of_demo_person_at_real,
        _role_of_real_person_at_demo,
        _suggest_mixed,
    )
}


@settings(max_examples=30, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    real=st.lists(st.sampled_from(sorted(REAL)), max_size=8),
    hanging=st.lists(st.sampled_from(sorted(HANGING)), max_size=6),
)
def test_whatever_is_mixed_in_every_real_row_is_unchanged_and_nothing_of_the_demo_is_left(
    loaded: Loaded, real: list[str], hanging: list[str]
):
    with loaded.maker() as session:
        world = loaded.world_in(session)
        for name in real:
            REAL[name](session, world)
        expected = _real_rows(session)
        for name in hanging:
            HANGING[name](session, world)
        remove_demo(session, world.administrator.id)
        assert _as_people_see_it(snapshot(session)) == _as_people_see_it(expected)
        assert flagged(session) == []
        assert dangling(session) == []
        session.rollback()


def _real_rows(session: Session) -> Snapshot:
    """What must be left: every row but those a plain reading of the flags says belong to the demo."""
    everything = snapshot(session)
    own = {table: {key for key, row in rows.items() if row.get("demo")} for table, rows in everything.items()}
    ours = {"company_id": "companies", "partner_id": "partners", "need_id": "needs", "contact_id": "contacts"}
    parents = {**ours, "lead_id": "leads", "run_id": "match_runs", "suggestion_id": "suggestions"}
    own["users"] = own["users"] - _held(everything, own)
    for _ in range(3):  # children, their children, and theirs
        for table, rows in everything.items():
            for key, row in rows.items():
                soft = table in {"needs", "activities"} and "contact_id"
                if any(
                    (row.get(column),) in own[parent]
                    for column, parent in parents.items()
                    if column in row and column != soft
                ):
                    own[table].add(key)
    return {
        table: {key: row for key, row in rows.items() if key not in own[table]}
        for table, rows in everything.items()
    }


def _held(everything: Snapshot, own: dict[str, set[object]]) -> set[tuple[object, ...]]:
    """Colleagues that a real lead or follow-up names."""
    demo_companies = {key[0] for key in own["companies"]}  # type: ignore[index]
    named: set[tuple[object, ...]] = set()
    for table in ("leads", "follow_ups"):
        for key, row in everything[table].items():
            if key not in own[table] and row["company_id"] and row["company_id"] not in demo_companies:
                named.add((row["owner_id"],))
    return named


def _as_people_see_it(rows: Snapshot) -> Snapshot:
    """Without ``version``, which also counts the program's own re-reading of a lead."""
    return {
        table: {
            key: {name: value for name, value in row.items() if name != "version"}
            for key, row in found.items()
        }
        for table, found in rows.items()
    }
