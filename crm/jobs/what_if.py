"""What would change in this week's plan with other weights or another text of a need; nothing is kept."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path
from typing import Any

from crm import clock
from crm.errors import NotFound
from crm.jobs import training, week_plan
from crm.jobs.candidates import Gathered, gather
from crm.jobs.weekly_round import TOP, most_barred, ranks_in_need, without_barred
from crm.matchmaker.planning.plan import plan_week
from crm.matchmaker.planning.week_rules import Key, WeekRules, key_of
from crm.matchmaker.profiles import NeedProfile, RankedCompany
from crm.matchmaker.ranking.named import Scored, score_named
from crm.matchmaker.ranking.ranker import Matchmaker
from crm.matchmaker.ranking.reweighing import reweighed, settings_of, usual_weights
from crm.storage.engines import Database

_MOST_TOLD = 60
_MOST_PARTS = 3
_MOVED = 0.03


@dataclass(frozen=True, slots=True)
class _Side:
    """A matchmaker, the needs as it sees them, and the week it would plan."""

    matchmaker: Matchmaker
    needs: Sequence[NeedProfile]
    picks: dict[Key, RankedCompany]


def calculate(
    database: Database, asked: Mapping[str, Any], *, instance: Path | None, now: datetime
) -> dict[str, Any]:
    """What comes into the week, what goes out and what moves, each with what made the difference.

    Both plans keep to the same rules, and no pair is drawn by lot in either. Raises NotFound where there is
    nobody to suggest or the need is no longer open.
    """
    gathered = gather(database, today=now.astimezone(clock.OSLO).date())
    if not gathered.companies or not gathered.needs:
        raise NotFound("Det er ingen åpne behov eller ingen virksomheter å prøve modellen på.")
    with database.Read() as session:
        week = week_plan.read_week(session, gathered, week=clock.iso_week(now), now=now)
    week = replace(week, rules=replace(week.rules, control_share=0.0))
    needs = _with_text(gathered.needs, asked)
    register = training.in_use(instance) if instance else None
    first: Matchmaker = Matchmaker(top=TOP + most_barred(gathered), register=register)
    first.set_params(**settings_of(week.weights))
    first.fit(gathered.companies, gathered.verdicts, needs=gathered.needs)
    before = _planned(database, first, gathered.needs, gathered, week)
    settings = settings_of(dict.fromkeys(usual_weights(), 100) | dict(week.weights) | asked["weights"])
    other = reweighed(first, gathered.needs, settings=settings)
    after = _planned(database, other, needs, gathered, week)
    return _told(before, after, gathered)


def _with_text(needs: Sequence[NeedProfile], asked: Mapping[str, Any]) -> list[NeedProfile]:
    """The needs, one of them with the text to try."""
    if asked.get("need_id") is None:
        return list(needs)
    key = str(asked["need_id"])
    if all(need.key != key for need in needs):
        raise NotFound("Behovet er ikke lenger åpent.")
    tried = {"title": asked["title"], "text": asked["text"]}
    return [replace(need, **tried) if need.key == key else need for need in needs]


def _planned(
    database: Database,
    matchmaker: Matchmaker,
    needs: Sequence[NeedProfile],
    gathered: Gathered,
    week: week_plan.Week,
) -> _Side:
    ranked = [without_barred(row, gathered.barred) for row in matchmaker.rank(needs, explained=False)]
    lists = week_plan.with_musts(ranked, gathered, matchmaker, week)
    with database.Read() as session:
        parties = week_plan.parties_of(session, lists, gathered, week)
    rules: WeekRules = week.rules
    plan = plan_week(lists, parties=parties, rules=rules)
    return _Side(matchmaker, needs, {key_of(pick): pick for pick in ranks_in_need(plan.picks)})


def _told(before: _Side, after: _Side, gathered: Gathered) -> dict[str, Any]:
    """The difference between two weeks, the largest changes first."""
    keys = sorted(before.picks.keys() | after.picks.keys())
    then, now = _scored(before, keys), _scored(after, keys)
    rows = [_row(key, before, after, then[key], now[key]) for key in keys if key in then and key in now]
    names = {company.key: company.name for company in gathered.companies}
    titles = {need.key: need.title for need in gathered.needs}
    for row in rows:
        row |= {
            "title": titles[row["need"]],
            "name": names[row["company"]],
            "company_id": gathered.company_ids.get(row["company"]),
        }
    rows.sort(key=lambda row: (-abs(row["after"] - row["before"]), row["title"], row["name"]))
    groups = {kind: [row for row in rows if row["kind"] == kind] for kind in ("in", "out", "moved")}
    return {
        "sizes": [len(before.picks), len(after.picks)],
        "counts": {kind: len(found) for kind, found in groups.items()},
        **{kind: found[:_MOST_TOLD] for kind, found in groups.items()},
        "weights": [before.matchmaker.weights_, after.matchmaker.weights_],
    }


def _scored(side: _Side, keys: Sequence[Key]) -> dict[Key, Scored]:
    """Each pair as a side sees it, also where it stands on none of its lists."""
    wanted: dict[str, list[str]] = {}
    for need, company in keys:
        wanted.setdefault(need, []).append(company)
    return score_named(side.matchmaker, side.needs, wanted)


def _row(key: Key, before: _Side, after: _Side, then: Scored, now: Scored) -> dict[str, Any]:
    was, will = before.picks.get(key), after.picks.get(key)
    changes = {name: now.parts[name] - then.parts.get(name, 0.0) for name in now.parts}
    telling = sorted(changes, key=lambda name: (-abs(changes[name]), name))[:_MOST_PARTS]
    return {
        "kind": "in" if was is None else "out" if will is None else _moved(was, will),
        "need": key[0],
        "company": key[1],
        "before": round(then.probability, 4),
        "after": round(now.probability, 4),
        "places": [was.rank if was else None, will.rank if will else None],
        "parts": [[name, round(changes[name], 2)] for name in telling if abs(changes[name]) >= 0.01],
    }


def _moved(was: RankedCompany, will: RankedCompany) -> str:
    same = was.rank == will.rank and abs(was.probability - will.probability) < _MOVED
    return "same" if same else "moved"
