"""How the model would have done: what it would have suggested in weeks gone by, beside what was answered."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import groupby
from pathlib import Path
from typing import Any

from crm import clock
from crm.errors import NotFound
from crm.jobs import training
from crm.jobs.candidates import Gathered, gather, read_needs
from crm.matches import past
from crm.matches.models import Answer
from crm.matches.past import PastAnswer
from crm.matchmaker.profiles import NeedProfile, PastVerdict, RankedCompany
from crm.matchmaker.ranking.named import score_named
from crm.matchmaker.ranking.ranker import Matchmaker
from crm.matchmaker.ranking.reweighing import reweighed, settings_of, usual_weights
from crm.rules import queries as ruled
from crm.storage.engines import Database

_TOP = 5
_COUNTED = ("yes", "yes_top", "no", "no_top", "new")
_MOST_TOLD = 120


@dataclass(frozen=True, slots=True)
class _World:
    """What every week of the test is seen with."""

    matchmaker: Matchmaker
    needs: Mapping[str, NeedProfile]
    verdicts: Sequence[PastVerdict]
    keys: Mapping[int, str]


def calculate(
    database: Database, asked: Mapping[str, Any], *, instance: Path | None, now: datetime
) -> dict[str, Any]:
    """Week by week, with only what had been answered before it: where each answered pair would have stood.

    The texts and the companies are those of today. Raises NotFound where no week has an answer.
    """
    today = now.astimezone(clock.OSLO).date()
    since = clock.iso_week(now - timedelta(weeks=int(asked["weeks"])))
    with database.Read() as session:
        rows = past.answered(session, since=since)
        rules = ruled.rule_set(session)
    weights = rules.weights if rules else {}
    if not rows:
        raise NotFound("Ingen forslag i disse ukene er besvart med ja eller nei ennå.")
    gathered = gather(database, today=today)
    needs = read_needs(database, {row.need_id for row in rows}, today=today)
    world = _world(gathered, needs, percents=weights | asked["weights"], instance=instance)
    weeks = [_week(world, week, list(found)) for week, found in groupby(rows, key=lambda row: row.week)]
    told = [row for week in weeks for row in week.pop("rows")]
    return {
        "top": _TOP,
        "weeks": weeks,
        "sums": {name: sum(week[name] for week in weeks) for name in _COUNTED},
        "order": _mean_order(weeks),
        "left_out": sum(week["left_out"] for week in weeks),
        "rows": [row | _names(row, gathered, world) for row in told[-_MOST_TOLD:]],
    }


def _world(
    gathered: Gathered, needs: Sequence[NeedProfile], *, percents: Mapping[str, int], instance: Path | None
) -> _World:
    settings = settings_of(dict.fromkeys(usual_weights(), 100) | dict(percents))
    register = training.in_use(instance) if instance else None
    matchmaker: Matchmaker = Matchmaker(top=_TOP, register=register).set_params(**settings)
    matchmaker.fit(gathered.companies)
    known = {company.key for company in matchmaker.companies_}
    keys = {number: key for key, number in gathered.company_ids.items() if key in known}
    return _World(matchmaker, {need.key: need for need in needs}, gathered.verdicts, keys)


def _week(world: _World, week: str, rows: Sequence[PastAnswer]) -> dict[str, Any]:
    """One week: how many of the yes and of the no the model would have put among the first."""
    began = min(row.began for row in rows)
    before = [verdict for verdict in world.verdicts if verdict.at and verdict.at < began.isoformat()]
    model = reweighed(world.matchmaker, list(world.needs.values()), verdicts=before)
    asked = sorted({str(row.need_id) for row in rows} & world.needs.keys())
    lists = model.rank([world.needs[need] for need in asked], explained=False)
    first = dict(zip(asked, lists, strict=True))
    told = list(_rows(world, model, rows, first))
    count = {
        (yes, top): sum(row["yes"] is yes and row["top"] is top for row in told)
        for yes in (True, False)
        for top in (True, False)
    }
    suggested = {(str(row.need_id), world.keys.get(row.company_id)) for row in rows}
    return {
        "week": week,
        "yes": count[True, True] + count[True, False],
        "yes_top": count[True, True],
        "no": count[False, True] + count[False, False],
        "no_top": count[False, True],
        "new": sum((pair.need, pair.company) not in suggested for row in first.values() for pair in row),
        "order": _order(told),
        "left_out": len(rows) - len(told),
        "rows": told,
    }


def _rows(
    world: _World, model: Matchmaker, rows: Iterable[PastAnswer], first: Mapping[str, list[RankedCompany]]
) -> Iterable[dict[str, Any]]:
    """Each answered pair that can still be looked up, with where it would have stood."""
    known: dict[str, list[str]] = {}
    for row in rows:
        if str(row.need_id) in world.needs and row.company_id in world.keys:
            known.setdefault(str(row.need_id), []).append(world.keys[row.company_id])
    scored = score_named(model, [world.needs[need] for need in known], known)
    for row in rows:
        need, company = str(row.need_id), world.keys.get(row.company_id)
        if need not in known or company is None:
            continue
        now = scored[need, company]
        yield {
            "week": row.week,
            "need": need,
            "company": company,
            "company_id": row.company_id,
            "yes": row.answer is Answer.YES,
            "then": round(row.probability, 4),
            "now": round(now.probability, 4),
            "top": any(pair.company == company for pair in first[need]),
        }


def _order(rows: Sequence[Mapping[str, Any]]) -> float | None:
    """How often a yes of the week is surer than a no; half is as by lot. None without both."""
    yes = [row["now"] for row in rows if row["yes"]]
    no = [row["now"] for row in rows if not row["yes"]]
    if not yes or not no:
        return None
    won: float = sum((one > other) + 0.5 * (one == other) for one in yes for other in no)
    return round(won / (len(yes) * len(no)), 4)


def _mean_order(weeks: Sequence[Mapping[str, Any]]) -> float | None:
    """The mean over the weeks, each counting by its pairs of yes and no."""
    known = [(week["order"], week["yes"] * week["no"]) for week in weeks if week["order"] is not None]
    total = sum(weight for _, weight in known)
    return round(sum(order * weight for order, weight in known) / total, 4) if total else None


def _names(row: Mapping[str, Any], gathered: Gathered, world: _World) -> dict[str, str]:
    place = {company.key: company.name for company in gathered.companies}
    return {"title": world.needs[row["need"]].title, "name": place.get(row["company"], row["company"])}
