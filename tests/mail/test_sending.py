"""The outbox and a real mail server: sent once, tried again, given up with a reason, never lost."""

from __future__ import annotations

import signal
import socket
import subprocess
import sys
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import func, select

from crm.jobs import mail_sending
from crm.jobs.mail_sending import Postman
from crm.mail import operations
from crm.mail.drafts import Letter, Reader
from crm.mail.models import Mail, MailKind, MailState
from crm.sources.mail_server import MailServer
from crm.storage.engines import Database
from tests.mail.postbox import Postbox, serving

NOW = datetime(2026, 11, 23, 9, 0, tzinfo=UTC)
ROOT = Path(__file__).parents[2]


def letter(number: int = 1, *, lasts: timedelta = timedelta(hours=48)) -> Letter:
    body = "Hei på deg, æøå.\nHilsen {base}\n"
    return Letter(key=f"test {number}", kind=MailKind.TEST, subject="Prøve på æøå", body=body, lasts=lasts)


def write(database: Database, reader: Reader, *, count: int = 1) -> None:
    with database.Write() as session:
        for number in range(count):
            operations.write(session, reader, letter(number), now=NOW)
        session.commit()


def postman(server: MailServer | None) -> Postman:
    return Postman(server=server, base="https://crm.example.org", key="k" * 40)


def send(database: Database, server: MailServer | None, *, after: timedelta = timedelta()) -> int:
    return mail_sending.send_waiting(database, postman(server), now=lambda: NOW + after)


def only(database: Database) -> Mail:
    with database.Read() as session:
        return session.scalars(select(Mail)).one()


def test_a_mail_is_sent_once_and_its_text_is_then_forgotten(database: Database, reader: Reader):
    write(database, reader)
    box = Postbox()
    with serving(box) as server:
        assert (send(database, server), send(database, server)) == (1, 0)
    (mail,) = box.taken
    assert mail["To"] == "kari@example.org"
    assert mail["From"] == "Klyngetorg <crm@example.org>"
    assert mail["Subject"] == "Prøve på æøå"
    assert mail["Auto-Submitted"] == "auto-generated"
    assert mail.get_content().replace("\r\n", "\n") == "Hei på deg, æøå.\nHilsen https://crm.example.org\n"
    kept = only(database)
    assert (kept.state, kept.body, kept.reason, kept.doubtful) == (MailState.SENT, "", "", 0)


def test_mails_go_over_tls_and_with_a_password_where_the_server_asks(database: Database, reader: Reader):
    write(database, reader)
    box = Postbox()
    with serving(box, tls=True, login=True) as server:
        assert send(database, replace(server, user="crm", password="hemmelig")) == 1
    assert len(box.taken) == 1


def test_a_wrong_password_is_told_and_the_mail_waits(database: Database, reader: Reader):
    write(database, reader)
    with serving(Postbox(), tls=True, login=True) as server:
        assert send(database, replace(server, user="crm", password="feil")) == 0
    mail = only(database)
    assert (mail.state, mail.reason, mail.tries) == (MailState.WAITING, "login", 1)
    assert "feil" not in mail.detail


def test_a_certificate_nobody_vouches_for_is_refused_and_nothing_is_sent(database: Database, reader: Reader):
    write(database, reader)
    box = Postbox()
    with serving(box, tls=True) as server:
        send(database, replace(server, trusted=None))
    assert box.taken == []
    assert (only(database).state, only(database).reason) == (MailState.WAITING, "tls")


def test_a_server_without_tls_gets_nothing_unless_the_address_says_so(database: Database, reader: Reader):
    write(database, reader)
    box = Postbox()
    with serving(box) as server:
        send(database, replace(server, tls="starttls"))
    assert box.taken == []
    assert only(database).reason == "tls"


def test_a_server_that_says_later_is_asked_again_later_each_time(database: Database, reader: Reader):
    write(database, reader)
    box = Postbox(says={"rcpt": ["451 greylisted", "451 greylisted"]})
    with serving(box) as server:
        waits = []
        at = timedelta()
        for _ in range(2):
            assert send(database, server, after=at) == 0
            assert send(database, server, after=at) == 0, "not before its time"
            waits.append(only(database).next_at - (NOW + at))
            at = only(database).next_at - NOW
        assert only(database).reason == "later"
        assert send(database, server, after=at) == 1
    assert waits == [timedelta(minutes=1), timedelta(minutes=5)]
    assert len(box.taken) == 1


@pytest.mark.parametrize("step", ["rcpt", "data"])
def test_a_mail_the_server_will_never_have_is_given_up_and_the_next_goes(
    database: Database, reader: Reader, step: str
):
    write(database, reader, count=2)
    box = Postbox(says={step: ["550 no such mailbox"]})
    with serving(box) as server:
        assert send(database, server) == 1
    with database.Read() as session:
        first, second = session.scalars(select(Mail).order_by(Mail.id)).all()
    assert (first.state, first.reason, first.detail) == (
        MailState.GIVEN_UP,
        "refused",
        "550 no such mailbox",
    )
    assert second.state is MailState.SENT


def test_a_connection_dropped_after_the_text_is_counted_as_doubtful_and_repeats_the_same_id(
    database: Database, reader: Reader
):
    write(database, reader)
    box = Postbox(hang_up=["after"])
    with serving(box) as server:
        assert send(database, server) == 0
        assert (only(database).doubtful, only(database).reason) == (1, "dropped")
        assert send(database, server, after=timedelta(minutes=2)) == 1
    assert list(box.ids.values()) == [2]
    assert only(database).doubtful == 1


def test_no_server_at_all_loses_nothing_and_is_told(database: Database, reader: Reader):
    write(database, reader, count=3)
    with socket.socket() as closed:
        closed.bind(("127.0.0.1", 0))
        nowhere = MailServer(
            host="127.0.0.1", port=closed.getsockname()[1], sender="crm@example.org", tls="none", seconds=2
        )
        assert send(database, nowhere) == 0
    with database.Read() as session:
        tried = session.scalar(select(func.count(Mail.id)).where(Mail.tries == 1))
        reasons = set(session.scalars(select(Mail.reason)))
    assert tried == 1, "a server that cannot be reached is not asked for each mail"
    assert reasons == {"unreachable", ""}
    box = Postbox()
    with serving(box) as server:
        assert send(database, server, after=timedelta(hours=30)) == 3


def test_without_a_mail_server_mails_wait_and_are_given_up_when_they_are_too_old(
    database: Database, reader: Reader
):
    write(database, reader)
    send(database, None)
    assert (only(database).state, only(database).tries) == (MailState.WAITING, 0)
    send(database, None, after=timedelta(hours=49))
    assert (only(database).state, only(database).reason, only(database).body) == (
        MailState.GIVEN_UP,
        "stale",
        "",
    )


def test_two_workers_send_each_mail_once(database: Database, reader: Reader):
    write(database, reader)
    with database.Write() as one, database.Read() as two:
        mine = operations.take_next(one, now=NOW)
        assert mine is not None
        one.commit()
        assert operations.take_next(two, now=NOW) is None
    box = Postbox()
    with serving(box) as server:
        assert send(database, server) == 0
        assert send(database, server, after=operations.LEASE) == 1
    assert only(database).doubtful == 1, "a claim nobody ended may have been a mail that got away"


def test_a_worker_that_wakes_up_late_changes_nothing(database: Database, reader: Reader):
    write(database, reader)
    with database.Write() as session:
        late = operations.take_next(session, now=NOW)
        session.commit()
    assert late is not None
    box = Postbox()
    with serving(box) as server:
        send(database, server, after=operations.LEASE)
    mail_sending._end(
        database,
        mail_sending.partial(
            operations.put_off,
            mail_id=late.id,
            claim=late.claim,
            trouble=mail_sending.Trouble(reason="busy"),
            now=NOW,
        ),
    )
    assert only(database).state is MailState.SENT


KILLED = """
import os, sys
from datetime import UTC, datetime
from crm.jobs import mail_sending
from crm.sources.mail_server import MailServer
from crm.storage.engines import open_database
url, port, step = sys.argv[1:]
database = open_database(url)
real = mail_sending.Post.send
def send(self, mail):
    if step == "before": os.kill(os.getpid(), 9)
    real(self, mail)
    if step == "after": os.kill(os.getpid(), 9)
mail_sending.Post.send = send
server = MailServer(host="localhost", port=int(port), sender="crm@example.org", tls="none")
now = datetime(2026, 11, 23, 9, 0, tzinfo=UTC)
mail_sending.send_waiting(database, mail_sending.Postman(server=server, base="", key="k"), now=lambda: now)
"""


@pytest.mark.parametrize(("step", "times"), [("before", 1), ("after", 2)])
def test_a_worker_killed_around_the_sending_loses_nothing_and_repeats_one_id_at_most(
    database: Database, url: str, reader: Reader, step: str, times: int
):
    write(database, reader, count=3)
    box = Postbox()
    with serving(box) as server:
        killed = subprocess.run(
            [sys.executable, "-c", KILLED, url, str(server.port), step], cwd=ROOT, check=False, timeout=60
        )
        assert killed.returncode == -signal.SIGKILL
        assert send(database, server, after=operations.LEASE) == 3
    assert sorted(box.ids.values()) == [1, 1, times]
    with database.Read() as session:
        assert session.scalar(select(func.sum(Mail.doubtful))) == 1


def test_the_message_id_is_the_same_for_the_same_mail_wherever_it_is_sent_from(
    database: Database, reader: Reader
):
    write(database, reader, count=2)
    box = Postbox()
    with serving(box) as server:
        send(database, server)
    assert len(box.ids) == 2
    assert all(name.endswith("@example.org>") for name in box.ids)


def test_a_line_break_in_a_subject_makes_no_header(database: Database, reader: Reader):
    with database.Write() as session:
        odd = replace(letter(), subject="Hei\r\nBcc: alle@example.org")
        operations.write(session, reader, odd, now=NOW)
        session.commit()
    box = Postbox()
    with serving(box) as server:
        assert send(database, server) == 1
    assert box.taken[0]["Bcc"] is None
    assert len(box.taken[0].keys()) == 9


def test_an_address_no_mail_can_have_is_given_up(database: Database, reader: Reader):
    write(database, replace(reader, email="kari@exa mple.org"))
    with serving(Postbox()) as server:
        assert send(database, server) == 0
    assert (only(database).state, only(database).reason) == (MailState.GIVEN_UP, "unwritable")
