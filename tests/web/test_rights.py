"""Every route × method × role × own or another's record, made from the URL map and held against a table."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select
from sqlalchemy.orm import Session
from werkzeug.routing import Rule
from werkzeug.test import TestResponse

from crm import clock
from crm.accounts import operations as accounts
from crm.accounts import queries as accounts_queries
from crm.accounts import tokens
from crm.accounts.drafts import UserDraft
from crm.accounts.models import User
from crm.accounts.permissions import Permission, Role, may
from crm.activities import operations as activities
from crm.activities.drafts import Subject, activity_draft, follow_up_draft
from crm.api.throttle import Throttle
from crm.events.models import Event
from crm.matches.models import Introduction, IntroductionState, MatchRun, RunState, Suggestion
from crm.partners import operations as partners
from crm.partners.drafts import offer_draft
from crm.partners.models import Need
from crm.registry.differences import News
from crm.storage.base import Base
from crm.trials.models import Trial, TrialKind
from tests.house import rights
from tests.world import NOW, THIRD_ORGNR, TODAY, World

READING = {"GET", "HEAD", "OPTIONS"}
# When somebody was last seen, and who looked at what, is no change of a record.
NOTES = {"access_log", "api_tokens", "api_windows", "processes", "user_sessions"}
API_RECORDS = {
    "api.activities": "activity_id",
    "api.companies": "company_id",
    "api.colleagues": "user_id",
    "api.contacts": "contact_id",
    "api.follow": "follow_up_id",
    "api.introductions": "introduction_id",
    "api.matches": "suggestion_id",
    "api.needs": "need_id",
    "api.partners": "partner_id",
}
"""Which record the number in an address of the entrance for programs names."""


CELLS = rights.routes()
DECLARED = rights.declared()
PARTS = sorted({endpoint.partition(".")[0] for endpoint, _method in CELLS})
NO_SUCH_RECORD = 4711
OWNERS = {"own": "developer", "another's": "administrator"}


@dataclass(frozen=True)
class Grounds:
    """A record of each kind, the developer's own and somebody else's, and a user of each role."""

    users: dict[str, User]
    own: dict[str, Any]
    others: dict[str, Any]


@pytest.fixture
def grounds(app: Flask, db: Session, site: World) -> Grounds:
    app.extensions["crm.api.throttle"] = Throttle(
        1_000_000, 1_000_000, database=lambda: app.extensions["crm.database"]
    )
    manager, closed = (
        accounts.create_user(db, None, UserDraft(email=f"{name}@example.org", name=name, role=Role.MANAGER))
        for name in ("manager", "closed")
    )
    users = {
        "reader": site.reader,
        "developer": site.developer,
        "manager": manager,
        "administrator": site.administrator,
        "closed": closed,
    }
    own = _records(db, site, site.developer, company=site.company.id)
    others = _records(db, site, site.administrator, company=site.other.id)
    db.commit()
    return Grounds(users=users, own=own, others=others)


def _records(db: Session, site: World, user: User, *, company: int) -> dict[str, Any]:
    """What the addresses name: a record of each kind that a user made, or that the user has to do with."""
    step = follow_up_draft(text="Ring igjen", due_on=TODAY, owner_id=user.id, today=TODAY)
    draft = activity_draft(kind="call", happened_at=NOW, now=NOW, text="x")
    line = activities.log_activity(db, user.id, Subject(company_id=company), draft)
    planned = activities.plan(db, user.id, Subject(company_id=company), step)
    run = MatchRun(week=f"2026-W{10 + user.id % 40}", state=RunState.DONE, parameters={})
    db.add(run)
    db.flush()
    pair = {"need_id": site.need.id, "company_id": company}
    found = Suggestion(run_id=run.id, rank=1, score=1.0, probability=0.5, reasons=[], against={}, **pair)
    brought = Introduction(
        state=IntroductionState.PROPOSED, state_since=NOW, opened_by_id=user.id, created_at=NOW, **pair
    )
    offer = partners.create_offer(db, user.id, site.partner, offer_draft(title="Testarena"))
    tokens.issue(db, None, user, tokens.token_draft(name="x"), now=clock.now())
    accounts.open_session(db, user, now=clock.now())
    event = Event(company_id=company, news=News.BANKRUPT, happened_on=TODAY, created_at=NOW)
    trial = Trial(kind=TrialKind.WHAT_IF, asked=asked_of(site.need), asked_by_id=user.id, created_at=NOW)
    db.add_all([found, brought, event, trial])
    db.flush()
    signed_in = db.scalars(accounts_queries.live_sessions(user.id, now=clock.now())).first()
    assert signed_in
    token = db.scalars(tokens.live(user.id, now=clock.now())).first()
    assert token
    return {
        "activity_id": line.id,
        "company_id": company,
        "contact_id": site.person.id,
        "event_id": event.id,
        "follow_up_id": planned.id,
        "introduction_id": brought.id,
        "kind": "csv",
        "need_id": site.need.id,
        "offer_id": offer.id,
        "one": site.company.id,
        "orgnr": THIRD_ORGNR,
        "other": site.other.id,
        "partner_id": site.partner.id,
        "place": "companies",
        "rest": "nowhere",
        "session_id": signed_in.id,
        "suggestion_id": found.id,
        "token": "no-such-link",
        "token_id": token.id,
        "trial_id": trial.id,
        "user_id": user.id,
        "week": run.week,
    }


def asked_of(need: Need) -> dict[str, Any]:
    """What a trial of another text of a need asks for."""
    text = {"need_id": need.id, "title": need.title, "text": need.text, "seen": need.version}
    return text | {"weights": {"industry": 120}, "weeks": 12}


@dataclass(frozen=True)
class Visitor:
    """Somebody at the door, with the cookie or the token of their role."""

    client: FlaskClient
    token: str = ""

    def ask(self, method: str, address: str) -> TestResponse:
        more: dict[str, Any] = {}
        if self.token and address.startswith("/api/"):
            more["headers"] = {"Authorization": f"Bearer {self.token}"}
            more["json"] = {} if method not in READING else None
        with self.client.open(address, method=method, **more) as answer:
            answer.get_data()
        return answer


@pytest.fixture
def enter(app: Flask, db: Session, grounds: Grounds) -> Callable[..., Visitor]:
    """A visitor of a role; the closed one was shut out after signing in."""

    def of(role: str, *, read_only: bool = False) -> Visitor:
        client, user, now = app.test_client(), grounds.users.get(role), clock.now()
        if user is None:
            return Visitor(client)
        user.active = True
        session = accounts.open_session(db, user, now=now)
        token = tokens.issue(db, None, user, tokens.token_draft(name=role, read_only=read_only), now=now)
        user.active = role != "closed"
        db.commit()
        with client.session_transaction() as cookie:
            cookie["_user_id"], cookie["_fresh"] = session, True
        return Visitor(client, token)

    return of


@contextmanager
def undone(app: Flask, db: Session) -> Iterator[None]:
    """Whatever happens inside is taken back, so that every cell meets the same rows."""
    connection = app.extensions["crm.database"].Read.kw["bind"]
    inner = connection.begin_nested()
    try:
        yield
    finally:
        inner.rollback()
        db.expire_all()


def refused(answer: TestResponse) -> bool:
    """Whether somebody was turned away, or led to the door."""
    led_to_the_door = answer.status_code == 302 and (answer.location or "").startswith("/sign-in")
    return answer.status_code in {401, 403} or led_to_the_door


def rows(db: Session) -> dict[str, str]:
    """What every table holds, as one hash each."""
    found = {}
    for table in Base.metadata.sorted_tables:
        if table.name not in NOTES:
            held = sorted(str(tuple(row)) for row in db.execute(select(table)))
            found[table.name] = hashlib.sha256("\n".join(held).encode()).hexdigest()
    db.rollback()
    return found


def addresses(app: Flask, endpoint: str, grounds: Grounds) -> Iterator[tuple[str, str]]:
    """Whose record an address names, and the address."""
    for rule in app.url_map.iter_rules(endpoint):
        yield "own", _address(app, rule, grounds.own)
        if rule.arguments:
            yield "another's", _address(app, rule, grounds.others)


def _address(app: Flask, rule: Rule, values: dict[str, Any]) -> str:
    known = values | {"id": values.get(API_RECORDS.get(rule.endpoint.partition("_")[0], ""))}
    given = {name: known.get(name) or NO_SUCH_RECORD for name in rule.arguments}
    return str(app.url_map.bind("localhost").build(rule.endpoint, given))


def cells(part: str, *, may: bool) -> Iterator[tuple[str, str, str]]:
    """Endpoint, method and role, for the roles that may or may not, in one part of the program."""
    for endpoint, method in CELLS:
        for role in rights.ROLES:
            if endpoint.startswith(f"{part}.") and rights.may(role, DECLARED[endpoint]) is may:
                yield endpoint, method, role


@pytest.mark.parametrize("part", PARTS)
def test_whoever_lacks_the_right_is_refused_and_no_row_changes(
    app: Flask, db: Session, grounds: Grounds, enter: Callable[..., Visitor], part: str
):
    visitors = {role: enter(role) for role in rights.ROLES}
    before, wrong = rows(db), []
    for endpoint, method, role in cells(part, may=False):
        for whose, address in addresses(app, endpoint, grounds):
            if not refused(visitors[role].ask(method, address)):
                wrong.append((role, whose, method, address))
        if method not in READING and rows(db) != before:
            wrong.append((role, "rows changed", method, endpoint))
    assert wrong == []


@pytest.mark.parametrize("part", PARTS)
def test_whoever_has_the_right_is_let_in_and_reading_changes_no_row(
    app: Flask, db: Session, grounds: Grounds, enter: Callable[..., Visitor], part: str
):
    wrong = []
    for endpoint, method, role in cells(part, may=True):
        for whose, address in addresses(app, endpoint, grounds):
            with undone(app, db):
                visitor = enter(role)
                looks_only = method in READING and endpoint not in rights.WRITING_GETS
                before = rows(db) if looks_only else {}
                answer = visitor.ask(method, address)
                away = answer.status_code in {401, 403} if DECLARED[endpoint] == "public" else refused(answer)
                if away or answer.status_code >= 500:
                    wrong.append((role, whose, method, address))
                if looks_only and rows(db) != before:
                    wrong.append((role, "rows changed", method, address))
                if endpoint in rights.OWN and role != OWNERS[whose] and answer.status_code != 404:
                    wrong.append((role, "another's was found", method, address))
    assert wrong == []


def test_a_read_only_token_writes_nothing_whatever_its_user_may(
    app: Flask, db: Session, grounds: Grounds, enter: Callable[..., Visitor]
):
    visitor = enter("administrator", read_only=True)
    before, wrong = rows(db), []
    for endpoint, method in CELLS:
        if endpoint.startswith("api.") and endpoint not in {"api.nowhere", "api.describe"}:
            for whose, address in addresses(app, endpoint, grounds):
                if refused(visitor.ask(method, address)) is (method in READING):
                    wrong.append((whose, method, address))
    assert wrong == []
    assert rows(db) == before


def test_the_roles_hold_what_the_table_says():
    for role in Role:
        held = {permission.value for permission in Permission if may(role, permission)}
        listed = {right for right in rights.declared().values() if rights.may(role.value, right)}
        assert listed - {"public", "signed_in"} <= held, role
        unlisted = held - listed
        assert not unlisted & set(rights.declared().values()), role
