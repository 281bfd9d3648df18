"""Writing what a round came to: its suggestions, and the companies they are about, in one transaction."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import asdict
from datetime import datetime
from typing import Any, Protocol

from sqlalchemy.orm import Session

from crm.codes import queries as codes
from crm.companies import operations as companies
from crm.companies import queries as known
from crm.jobs.candidates import Gathered
from crm.matches import operations as matches
from crm.matches.drafts import SuggestionDraft
from crm.matchmaker.planning.week_rules import WeekPlan, key_of
from crm.matchmaker.profiles import RankedCompany, Reason
from crm.partners import queries as partners
from crm.registry import queries as registry


class Claim(Protocol):
    """A round and the fencing number it is held by."""

    run_id: int
    claim: int


def store(
    session: Session,
    held: Claim,
    *,
    gathered: Gathered,
    plan: WeekPlan,
    parameters: dict[str, Any],
    now: datetime,
) -> int:
    """Close a round with its suggestions; Conflict when the claim has been lost.

    A need or a company that somebody deleted while the round was calculating is left out.
    """
    needs = partners.existing(session, {int(pick.need) for pick in plan.picks})
    company_ids = _companies(session, gathered, plan.picks, now=now)
    counts = {
        "companies": len(gathered.companies),
        "needs": len(gathered.needs),
        "parameters": parameters,
    }
    drafts = list(_drafts(plan, needs, company_ids))
    _add_paths(session, drafts)
    return matches.store_run(session, held.run_id, held.claim, drafts, counts=counts, now=now)


def _companies(
    session: Session, gathered: Gathered, picks: Iterable[RankedCompany], *, now: datetime
) -> dict[str, int]:
    """The company of each pick; a unit of the register becomes one, without a lead."""
    wanted = {pick.company for pick in picks}
    ids = known.existing(session, {gathered.company_ids[key] for key in wanted & gathered.company_ids.keys()})
    found = {key: gathered.company_ids[key] for key in wanted if gathered.company_ids.get(key) in ids}
    units = registry.by_orgnrs(session, sorted(wanted - gathered.company_ids.keys()))
    for orgnr, unit in units.items():
        company = companies.company_of_unit(session, None, unit, now=now)
        session.flush()
        found[orgnr] = company.id
    return found


def _drafts(plan: WeekPlan, needs: set[int], company_ids: dict[str, int]) -> Iterator[SuggestionDraft]:
    for pick in plan.picks:
        if int(pick.need) in needs and pick.company in company_ids:
            parts = {name: round(part, 6) for name, part in pick.parts.items()}
            yield SuggestionDraft(
                need_id=int(pick.need),
                company_id=company_ids[pick.company],
                rank=pick.rank,
                score=round(sum(parts.values()) if parts else pick.score, 6),
                probability=round(pick.probability, 6),
                reasons=[_as_json(reason) for reason in pick.reasons],
                against=_as_json(pick.against) if pick.against else {},
                control=key_of(pick) in plan.control,
                parts=parts,
            )


def _add_paths(session: Session, drafts: Iterable[SuggestionDraft]) -> None:
    """Beside the industry of a reason, where in the classification it stands."""
    told = [reason["values"] for draft in drafts for reason in draft.reasons if reason["kind"] == "industry"]
    paths = codes.industry_paths(session, {values["code"] for values in told})
    for values in told:
        path = paths.get(values["code"], [])
        if path and values.get("name") in {"", path[-1]}:
            values["path"] = path


def _as_json(reason: Reason) -> dict[str, Any]:
    return asdict(reason) | {"contribution": round(reason.contribution, 6)}
