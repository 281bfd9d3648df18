"""Whether the work is done: the worker, the queue, the week's round, the register, and the backups."""

from __future__ import annotations

import datetime as dt
import logging
from collections.abc import Callable
from datetime import datetime, timedelta

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from crm import clock as clocks
from crm.errors import said
from crm.history.models import Entry
from crm.mail import queries as mails
from crm.mail.models import MailState
from crm.matches import queries as matches
from crm.matches.models import RunState
from crm.partners import queries as partners
from crm.registry import feeds
from crm.upkeep import queries
from crm.upkeep.finding import Finding, fault, fine, note
from crm.upkeep.models import Duty

_log = logging.getLogger(__name__)
_ROUND_MAY_TAKE = timedelta(hours=2)
_REGISTER_MAY_BE = timedelta(days=3)
_BACKUP_MAY_BE = timedelta(hours=50)
_CLOCK_MAY_DIFFER = timedelta(minutes=2)


def worker(session: Session, *, now: datetime) -> Finding:
    """Whether any worker told of itself lately, and gets through what there is to do."""
    if session.scalars(queries.alive(Duty.WORKER, now=now)).first() is None:
        return fault(
            "worker",
            said("Ingen arbeider går. Runder, regneark og sikkerhetskopier står stille."),
            said("Start den: flask --app wsgi worker, eller systemctl start klyngetorg-worker"),
        )
    swept = queries.last_swept(session)
    if swept is None:
        return fine("worker", said("Arbeideren går."))
    minutes = max(0, round((now - swept).total_seconds() / 60))
    return fine(
        "worker", said("Arbeideren går, og var ferdig med alt for %(minutes)s min siden."), minutes=minutes
    )


def queue(reach: Callable[[], object]) -> Finding:
    """Whether the queue that wakes the worker can be reached."""
    try:
        reach()
    except Exception as error:  # noqa: BLE001  (whatever is wrong with it, the cure is the same)
        _log.info("the queue cannot be reached", exc_info=error)
        return note(
            "queue",
            said("Køen som vekker arbeideren, svarer ikke (%(kind)s). Alt blir gjort, men litt senere."),
            said("Se at CRM_QUEUE_URL stemmer, og at den som holder køen, går."),
            kind=type(error).__name__,
        )
    return fine("queue", said("Køen svarer."))


def last_round(session: Session, *, now: datetime) -> Finding:
    """Whether the week's round was made when it was due."""
    week = clocks.iso_week(now)
    due = clocks.round_moment(week)
    found = matches.find_run(session, week)
    if found and found.state is RunState.DONE:
        return fine("round", said("Runden for %(week)s er ferdig."), week=week)
    if found and found.state is RunState.FAILED:
        return fault(
            "round",
            said("Runden for %(week)s stoppet: %(why)s"),
            said("Rett det, og start den på nytt på siden Forslag eller med: flask --app wsgi round run"),
            week=week,
            why=found.message or "–",
        )
    if now < due + _ROUND_MAY_TAKE:
        return fine("round", said("Runden for %(week)s kommer mandag kl. 06.00."), week=week)
    if found is None and not partners.any_open(session, today=now.astimezone(clocks.OSLO).date()):
        return fine("round", said("Ingen runde: det er ingen åpne behov."))
    return fault(
        "round",
        said("Runden for %(week)s er ikke ferdig."),
        said("Se at arbeideren går, eller kjør: flask --app wsgi round run"),
        week=week,
    )


def register(session: Session, *, now: datetime, offline: bool) -> Finding:
    """How old the mirror of the register is."""
    read = [place.read_at or place.since for place in feeds.positions(session).values()]
    if not read:
        return note(
            "register",
            said("Enhetsregisteret er ikke lastet inn."),
            said("Kjør: flask --app wsgi register fetch, eller register load FIL"),
        )
    age = now - min(read)
    if age <= _REGISTER_MAY_BE:
        return fine(
            "register",
            said("Registeret er %(hours)s timer gammelt."),
            hours=round(age.total_seconds() / 3600),
        )
    cure = (
        said("Programmet er satt til ikke å bruke nettet. Last inn en ny fil: flask --app wsgi register load")
        if offline
        else said("Se at maskinen når data.brreg.no, og kjør: flask --app wsgi register sync")
    )
    return (note if offline else fault)(
        "register", said("Registeret er %(days)s dager gammelt."), cure, days=age.days
    )


def backup(session: Session, *, now: datetime) -> Finding:
    """How old the newest nightly backup is."""
    newest = queries.last_backup(session)
    if newest is None or newest.finished_at is None:
        return note(
            "backup",
            said("Det er ikke laget noen nattlig sikkerhetskopi ennå."),
            said("Arbeideren lager den første i natt. Ta en nå med: flask --app wsgi backup FIL"),
        )
    age = now - newest.finished_at
    if age > _BACKUP_MAY_BE:
        return fault(
            "backup",
            said("Den siste sikkerhetskopien er %(days)s dager gammel."),
            said("Se på siden Drift hvorfor, og at arbeideren går om natta."),
            days=age.days,
        )
    return fine("backup", said("Siste sikkerhetskopi er %(file)s."), file=newest.file)


def mail(session: Session, *, server: str) -> Finding:
    """Whether mail is set up, and gets away."""
    if not server:
        return note(
            "mail",
            said("Ingen e-postserver er satt opp. Ingenting sendes; lenker må gis på annen måte."),
            said("Sett CRM_SMTP_URL og CRM_MAIL_FROM, se README."),
        )
    if mails.last_trouble(session):
        waiting = mails.counts(session)[MailState.WAITING]
        return fault(
            "mail",
            said("E-post kommer ikke av sted: %(count)s venter."),
            said("Se på siden Utsendt e-post hva e-postserveren svarte."),
            count=waiting,
        )
    return fine("mail", said("E-post er satt opp, og ingenting har gått galt."))


def clock(session: Session, *, now: datetime) -> Finding:
    """Whether this machine's clock stands behind what was written, or apart from the database's."""
    newest = session.scalar(select(func.max(Entry.at)))
    ahead = (newest - now) if newest else timedelta()
    if session.get_bind().dialect.name == "postgresql":
        theirs = session.scalar(select(func.now()))
        ahead = max(ahead, abs(theirs.astimezone(dt.UTC) - now)) if theirs else ahead
    if ahead > _CLOCK_MAY_DIFFER:
        return fault(
            "clock",
            said("Klokka på maskinen stemmer ikke: den er %(minutes)s min feil."),
            said("Slå på tidssynkronisering: timedatectl set-ntp true"),
            minutes=round(ahead.total_seconds() / 60),
        )
    return fine("clock", said("Klokka stemmer."))
