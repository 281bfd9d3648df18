"""The week's round: gather, rank, plan, store. It holds no transaction while it calculates."""

from __future__ import annotations

import logging
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from datetime import datetime
from functools import partial
from pathlib import Path

from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import Session

from crm import clock
from crm.errors import Conflict, CrmError, said
from crm.jobs import training, transactions, week_plan
from crm.jobs.candidates import Gathered, gather
from crm.jobs.footprint import footprint, footprint_of_plan, footprint_of_rules
from crm.jobs.lease import Lease
from crm.jobs.outcome import store
from crm.matches import operations as matches
from crm.matches.models import MatchRun
from crm.matchmaker.index.hands import spread_over
from crm.matchmaker.industries.register_bridge import RegisterBridge
from crm.matchmaker.planning.plan import plan_week
from crm.matchmaker.profiles import RankedCompany
from crm.matchmaker.ranking.ranker import Matchmaker
from crm.matchmaker.ranking.reweighing import settings_of
from crm.storage.engines import Database

_log = logging.getLogger(__name__)
TOP = 25
_BLOCK = 32
Now = Callable[[], datetime]


def run(
    database: Database,
    run_id: int,
    *,
    instance: Path | None = None,
    compute: str = "",
    now: Now = clock.now,
) -> bool:
    """Do a round that waits, or that its worker left; whether it was finished here.

    With an instance folder the round uses what was learned from the register, and learns it anew where the
    register has changed. Where the address of a Dask scheduler is given, its workers rank.

    A round that is done, or held by another worker, is left alone. Whatever goes wrong is written down as
    one sentence and raised again.
    """
    claim = transactions.commit(database, partial(matches.claim_run, run_id=run_id, now=now()))
    if claim is None:
        return False
    try:
        with Lease(database, run_id, claim, now) as lease:
            _work(database, lease, instance, compute)
    except Conflict:
        _log.info("round %s was taken over by another worker", run_id)
        return False
    except Exception as error:
        give_up(database, run_id, claim, error)
        raise
    return True


def _work(database: Database, lease: Lease, instance: Path | None, compute: str) -> None:
    learned = _learned(database, lease, instance) if instance else None
    lease.tell("gathering", 5)
    gathered = gather(database, today=lease.now().astimezone(clock.OSLO).date())
    with database.Read() as session:
        week = session.get_one(MatchRun, lease.run_id).week
        ruled = week_plan.read_week(session, gathered, week=week, now=lease.now())
    top = TOP + most_barred(gathered)
    matchmaker: Matchmaker = Matchmaker(top=top, register=learned).set_params(**settings_of(ruled.weights))
    with spread_over(compute, instance):
        ranked = list(_rank(matchmaker, gathered, lease)) if gathered.companies and gathered.needs else []
    lease.tell("planning", 90)
    lists = week_plan.with_musts(ranked, gathered, matchmaker, ruled)
    with database.Read() as session:
        parameters = footprint(session, matchmaker, gathered)
        parties = week_plan.parties_of(session, lists, gathered, ruled)
    plan = plan_week(lists, parties=parties, rules=ruled.rules)
    with database.Read() as session:
        parameters |= footprint_of_plan(week_plan.by_name(session, plan, gathered))
    parameters["rules"] = footprint_of_rules(ruled.rules)
    plan = replace(plan, picks=tuple(ranks_in_need(plan.picks)))
    keep = partial(store, gathered=gathered, plan=plan, parameters=parameters)
    transactions.commit(database, lambda session: keep(session, lease, now=lease.now()))
    if instance and ranked:
        training.keep_weights(instance, matchmaker, week=week, now=lease.now())


def _learned(database: Database, lease: Lease, instance: Path) -> RegisterBridge | None:
    lease.tell("learning", 1)
    training.train_if_stale(database, instance, now=lease.now())
    return training.in_use(instance)


def _rank(matchmaker: Matchmaker, gathered: Gathered, lease: Lease) -> Iterator[list[RankedCompany]]:
    """The best of each need that may be offered, a block of needs at a time."""
    lease.tell("reading", 15)
    matchmaker.fit(gathered.companies, gathered.verdicts, needs=gathered.needs)
    for start in range(0, len(gathered.needs), _BLOCK):
        lease.tell("ranking", 50 + 40 * start // len(gathered.needs))
        for row in matchmaker.rank(gathered.needs[start : start + _BLOCK]):
            yield without_barred(row, gathered.barred)


def most_barred(gathered: Gathered) -> int:
    """How many places at most a need's list may lose to pairs that are not offered."""
    return max(Counter(need for need, _ in gathered.barred).values(), default=0)


def without_barred(row: Sequence[RankedCompany], barred: set[tuple[str, str]]) -> list[RankedCompany]:
    """The best that are left once the barred are out, so that the next best take their place."""
    return [pair for pair in row if (pair.need, pair.company) not in barred][:TOP]


def ranks_in_need(picks: Sequence[RankedCompany]) -> list[RankedCompany]:
    """The week's picks, each with its place among those of its need."""
    places: Counter[str] = Counter()
    ranked = []
    for pick in picks:
        places[pick.need] += 1
        ranked.append(replace(pick, rank=places[pick.need]))
    return ranked


def give_up(database: Database, run_id: int, claim: int, error: Exception) -> None:
    """Write down what went wrong; where not even that can be done, the lease runs out by itself."""

    def fail(session: Session) -> None:
        matches.fail_run(session, run_id, claim, sentence_of(error))

    try:
        transactions.commit(database, fail)
    except (CrmError, DBAPIError):
        _log.exception("round %s could not even be marked as failed", run_id)


def sentence_of(error: Exception) -> str:
    """What the page shows: our own sentences as they are, anything else by its kind."""
    if isinstance(error, CrmError):
        return str(error)
    if isinstance(error, DBAPIError):
        return f"Databasen svarte med en feil: {str(error.orig).splitlines()[0][:200]}"
    if isinstance(error, MemoryError):
        return said("Maskinen har ikke nok minne til å regne på så mange virksomheter.")
    return f"Runden stanset på grunn av en feil i programmet ({type(error).__name__}). Se loggen."
