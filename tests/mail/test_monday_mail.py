"""The mail on Monday: once a week to each who wants it, counts unless names are asked for."""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import select

from crm import clock
from crm.accounts.models import User, WeeklyMail
from crm.activities import operations as activities
from crm.activities.drafts import Subject, follow_up_draft
from crm.jobs import mail_sending, monday_mail
from crm.mail.models import Mail, MailKind, MailState
from crm.matches.models import MatchRun, RunState
from crm.storage import schema
from crm.storage.engines import Database, open_database
from tests import world as worlds
from tests.mail.postbox import Postbox, serving
from tests.world import TODAY


def oslo(*parts: int) -> datetime:
    return datetime(*parts, tzinfo=clock.OSLO).astimezone(UTC)  # type: ignore[arg-type]


MONDAY = oslo(2026, 11, 23, 7, 5)


@dataclass(frozen=True)
class Team:
    database: Database
    developer: int

    def mails(self) -> list[Mail]:
        """The weekly mails that have something to tell."""
        with self.database.Read() as session:
            told = (Mail.kind == MailKind.DIGEST, Mail.state != MailState.DROPPED)
            return list(session.scalars(select(Mail).where(*told).order_by(Mail.id)))

    def choose(self, what: WeeklyMail) -> None:
        with self.database.Write() as session:
            session.get_one(User, self.developer).weekly_mail = what
            session.commit()


@pytest.fixture(params=["sqlite", "postgresql"])
def team(request: pytest.FixtureRequest) -> Iterator[Team]:
    """The small world, committed, with two things for the developer to do."""
    if request.param == "sqlite":
        opened = open_database(request.getfixturevalue("url"))
    else:
        opened = open_database(request.getfixturevalue("fresh_postgres_url"))
        schema.upgrade(opened.engine)
    with opened.Write() as session:
        world = worlds.build(session)
        for text, days in (("Ring Kari om helseparken", -3), ("Send avtalen", 1)):
            due = TODAY + timedelta(days=days)
            step = follow_up_draft(
                text=text, due_on=due, owner_id=world.developer.id, today=TODAY - timedelta(days=9)
            )
            activities.plan(session, world.developer.id, Subject(company_id=world.company.id), step)
        made = Team(opened, world.developer.id)
        session.commit()
    yield made
    opened.dispose()


def test_the_mail_counts_and_links_and_names_nobody_unless_asked_to(team: Team):
    assert monday_mail.write_due(team.database, now=MONDAY) == 1
    (mail,) = team.mails()
    assert mail.subject == "Uke 48: 2 ting venter på deg"
    assert "Oppfølginger over tiden: 1\n{base}/week/follow-ups?due=late" in mail.body
    assert "Oppfølginger denne uka: 1\n" in mail.body
    assert "Kari om" not in mail.body
    assert "avtalen" not in mail.body


def test_names_come_along_for_whoever_wants_them(team: Team):
    team.choose(WeeklyMail.NAMES)
    monday_mail.write_due(team.database, now=MONDAY)
    assert "- Ring Kari om helseparken\n" in team.mails()[0].body


def test_whoever_turned_it_off_gets_none(team: Team):
    team.choose(WeeklyMail.OFF)
    assert monday_mail.write_due(team.database, now=MONDAY) == 0


def test_whoever_has_nothing_to_do_gets_none_that_week_either_later(team: Team):
    monday_mail.write_due(team.database, now=MONDAY)
    with team.database.Read() as session:
        silent = session.scalars(select(Mail).where(Mail.state == MailState.DROPPED)).all()
    assert {mail.reason for mail in silent} == {"nothing"}
    assert len(silent) == 2
    assert monday_mail.write_due(team.database, now=MONDAY + timedelta(hours=5)) == 0


def test_it_is_written_once_whatever_the_clock_does(team: Team):
    for jump in (0, 3600, -1800, 86_400, 7200, 0):
        monday_mail.write_due(team.database, now=MONDAY + timedelta(seconds=jump))
    assert len(team.mails()) == 1


def test_two_schedulers_write_it_once(team: Team):
    with ThreadPoolExecutor(4) as pool:
        list(pool.map(lambda _n: monday_mail.write_due(team.database, now=MONDAY), range(4)))
    assert len(team.mails()) == 1


@pytest.mark.parametrize(
    ("moment", "week"),
    [
        (oslo(2026, 11, 23, 6, 59), None),
        (oslo(2026, 11, 23, 7, 0), "2026-W48"),
        (oslo(2026, 11, 26, 6, 59), "2026-W48"),
        (oslo(2026, 11, 26, 7, 0), None),
        (oslo(2026, 11, 29, 12, 0), None),
        (oslo(2026, 12, 28, 7, 0), "2026-W53"),
        (oslo(2027, 1, 4, 7, 0), "2027-W01"),
        (oslo(2027, 3, 29, 7, 0), None),
        (oslo(2027, 3, 30, 7, 0), "2027-W13"),
        (oslo(2026, 10, 26, 7, 0), "2026-W44"),
    ],
)
def test_it_comes_at_seven_on_the_first_working_day_and_not_in_the_middle_of_the_week(
    team: Team, moment: datetime, week: str | None
):
    with team.database.Read() as session:
        assert monday_mail.due_week(session, now=moment) == week


def test_three_weeks_switched_off_bring_one_mail_not_four(team: Team):
    monday_mail.write_due(team.database, now=MONDAY)
    monday_mail.write_due(team.database, now=MONDAY + timedelta(weeks=3))
    assert [mail.key.split()[1] for mail in team.mails()] == ["2026-W48", "2026-W51"]


def test_the_weeks_suggestions_are_waited_for_until_nine(team: Team):
    with team.database.Write() as session:
        session.add(MatchRun(week="2026-W48", state=RunState.RUNNING, parameters={}))
        session.commit()
    assert monday_mail.write_due(team.database, now=MONDAY) == 0
    assert monday_mail.write_due(team.database, now=MONDAY + timedelta(hours=2)) == 1


def test_one_press_in_the_mail_program_ends_it(team: Team):
    monday_mail.write_due(team.database, now=MONDAY)
    box = Postbox()
    with serving(box) as server:
        postman = mail_sending.Postman(server=server, base="https://crm.example.org", key="k" * 40)
        assert mail_sending.send_waiting(team.database, postman, now=lambda: MONDAY) == 1
    (mail,) = box.taken
    assert mail["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    stop = mail["List-Unsubscribe"].strip("<>")
    assert stop.startswith("https://crm.example.org/mail/stop/")
    assert stop in mail.get_content()
