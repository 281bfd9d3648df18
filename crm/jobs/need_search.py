"""Finding companies for one need as soon as it is saved, apart from the week's plan."""

from __future__ import annotations

import logging
from collections.abc import Sequence
from datetime import date, datetime
from functools import partial
from itertools import islice
from typing import Any, cast

from sqlalchemy.orm import Session

from crm import clock
from crm.errors import Conflict
from crm.jobs import transactions, week_plan, weekly_round
from crm.jobs.candidates import Gathered, gather_need, take_companies
from crm.jobs.footprint import footprint
from crm.jobs.lease import Lease
from crm.jobs.outcome import store
from crm.jobs.ready import Ready
from crm.matches import operations as matches
from crm.matches import queries
from crm.matches.models import MatchRun
from crm.matchmaker.planning.week_rules import WeekPlan, key_of
from crm.matchmaker.profiles import CompanyProfile, RankedCompany
from crm.storage.engines import Database

_log = logging.getLogger(__name__)
MOST = 5
_FIRST_LOOK = 15
_WIDER = 8


def unfinished(database: Database, *, now: datetime) -> list[int]:
    """The searches nobody is working on, the oldest first."""
    with database.Read() as session:
        return [run.id for run in session.scalars(queries.unfinished_searches(now=now))]


def run(database: Database, run_id: int, ready: Ready, *, now: weekly_round.Now = clock.now) -> bool:
    """Do a search that waits, or that its worker left; whether it was finished here.

    Like a round it is held by a lease, and whatever goes wrong is written down as one sentence.
    """
    claim = transactions.commit(database, partial(matches.claim_run, run_id=run_id, now=now()))
    if claim is None:
        return False
    try:
        with Lease(database, run_id, claim, now) as lease:
            _work(database, lease, ready)
    except Conflict:
        _log.info("search %s was asked for anew or taken over", run_id)
        return False
    except Exception as error:
        weekly_round.give_up(database, run_id, claim, error)
        raise
    return True


def _work(database: Database, lease: Lease, ready: Ready) -> None:
    with database.Read() as session:
        search = session.get_one(MatchRun, lease.run_id)
        gathered = gather_need(session, search.need_id or 0, today=_day(lease.now()))
    picks: Sequence[RankedCompany] = ()
    parameters: dict[str, Any] = {}
    if gathered.needs:
        picks, parameters = _search(database, lease, ready, gathered)
    plan = WeekPlan(picks=tuple(weekly_round.ranks_in_need(picks)))
    keep = partial(store, gathered=gathered, plan=plan, parameters=parameters)
    transactions.commit(database, lambda session: keep(session, lease, now=lease.now()))


def _search(
    database: Database, lease: Lease, ready: Ready, gathered: Gathered
) -> tuple[Sequence[RankedCompany], dict[str, Any]]:
    """The best that may be offered, and what they were found with; looks further down where many may not."""
    top = _FIRST_LOOK
    while True:
        matchmaker = ready.matchmaker(top=top, now=lease.now())
        [found] = matchmaker.rank(gathered.needs)
        gathered.companies = cast("list[CompanyProfile]", matchmaker.companies_)  # only read from here on
        with database.Read() as session:
            picks = _to_offer(session, gathered, found, now=lease.now())
            if len(picks) == MOST or len(found) < top:
                return picks, footprint(session, matchmaker, gathered)
        top *= _WIDER


def _to_offer(
    session: Session, gathered: Gathered, found: Sequence[RankedCompany], *, now: datetime
) -> Sequence[RankedCompany]:
    """Those that are not barred as things stand now, whatever the matchmaker was read from."""
    take_companies(session, gathered, [pair.company for pair in found], today=_day(now))
    rules = week_plan.read_week(session, gathered, week=clock.iso_week(now), now=now).rules
    barred, least = gathered.barred - rules.must, rules.min_probability
    fit = (pair for pair in found if key_of(pair) not in barred and pair.probability >= least)
    return list(islice(fit, MOST))


def _day(moment: datetime) -> date:
    return moment.astimezone(clock.OSLO).date()
