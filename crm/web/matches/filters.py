"""What the round's list is narrowed to: read from the address, said in words, given back as an address."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from flask import abort, request
from flask_babel import gettext, ngettext

from crm import clock
from crm.accounts import queries as accounts
from crm.accounts.models import User
from crm.matches import queries
from crm.matches.drafts import SuggestionFilter
from crm.matches.models import MatchRun
from crm.segments import queries as segments
from crm.segments.models import Segment
from crm.web.access import actor_id
from crm.web.paging import asked_number
from crm.web.session import db
from crm.web.words import segment_name

MINE = "me"
_ANSWERED = {"open": False, "answered": True, "all": None}
_GROUPS = ("need", "company")


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """The filter as the address says it."""

    by: str = "need"
    answered: str = "open"
    segment: str = ""
    owner: str = ""
    need: int | None = None

    @property
    def given(self) -> dict[str, Any]:
        """The parts that differ from the plain list, for the addresses of the page."""
        parts: dict[str, Any] = {"segment": self.segment, "owner": self.owner, "need": self.need}
        parts["by"] = self.by if self.by != "need" else ""
        parts["answered"] = self.answered if self.answered != "open" else ""
        return {name: value for name, value in parts.items() if value}

    @property
    def narrowed(self) -> bool:
        return bool(self.segment or self.owner or self.need)

    def wanted(self) -> SuggestionFilter:
        """The filter as the records understand it; «mine» means mine and nobody's."""
        mine = self.owner == MINE
        return SuggestionFilter(
            answered=_ANSWERED[self.answered],
            segment=self.segment,
            owner=actor_id() if mine else int(self.owner or 0) or None,
            unowned=mine,
            need=self.need,
            by_company=self.by == "company",
        )


def asked() -> Asked:
    """The filter in the address; 400 for what cannot be one."""
    by, answered = request.args.get("by") or "need", request.args.get("answered") or "open"
    owner = request.args.get("owner", "")
    if by not in _GROUPS or answered not in _ANSWERED:
        abort(400)
    owner = owner if owner == MINE else str(asked_number("owner") or "")
    segment = request.args.get("segment", "").strip()[:40]
    return Asked(by=by, answered=answered, segment=segment, owner=owner, need=asked_number("need"))


@dataclass(frozen=True, slots=True)
class Offered:
    """What the filter lets one choose among."""

    segments: Sequence[Segment]
    people: Sequence[User]
    needs: Sequence[queries.NeedChoice]
    late: bool
    """Whether a need was written after the round, so that running it again finds more."""


def offered(run: MatchRun) -> Offered:
    needs = queries.need_choices(db(), run.id, today=clock.today())
    return Offered(
        segments=db().scalars(segments.segments()).all(),
        people=db().scalars(accounts.colleagues()).all(),
        needs=[need for need in needs if need.suggested],
        late=any(run.finished_at and need.created_at > run.finished_at for need in needs),
    )


def in_words(wanted: Asked, among: Offered, *, total: int) -> str:
    """The filter as a sentence, «Viser 12 åpne forslag i Helse, på virksomheter Kari har ansvar for.»."""
    counted = {
        "open": ngettext("%(num)s åpent forslag", "%(num)s åpne forslag", total),
        "answered": ngettext("%(num)s besvart forslag", "%(num)s besvarte forslag", total),
        "all": ngettext("%(num)s forslag", "%(num)s forslag", total),
    }[wanted.answered]
    rules = ", ".join(rule for rule in _rules(wanted, among) if rule)
    return str(gettext("Viser %(what)s.", what=f"{counted} {rules}".strip()))


def _rules(wanted: Asked, among: Offered) -> list[str]:
    named = {segment.code: segment_name(segment) for segment in among.segments}
    owners = {str(person.id): person.name for person in among.people}
    titles = {need.id: need.title for need in among.needs}
    return [
        gettext("i %(segment)s", segment=named.get(wanted.segment, wanted.segment)) if wanted.segment else "",
        gettext("på dine virksomheter og dem ingen har ansvar for") if wanted.owner == MINE else "",
        gettext("på virksomheter %(name)s har ansvar for", name=owners.get(wanted.owner, wanted.owner))
        if wanted.owner not in {"", MINE}
        else "",
        gettext("til behovet «%(title)s»", title=titles.get(wanted.need, wanted.need)) if wanted.need else "",
    ]
