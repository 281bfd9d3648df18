"""What becomes of two rows where there may be but one: a named rule for every table that can have them.

A rule takes the row that stays and the one that goes and says which values the former takes over; None lets
both stand, where the database does.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from crm.duplicates.journal import Row
from crm.errors import said
from crm.matches.models import IntroductionState
from crm.rules.models import PairKind
from crm.spelling import fold

Settle = Callable[[Row, Row], dict[str, Any] | None]
# Columns that together mean one and the same thing to people, though the database lets two stand.
ALSO_ONE: Mapping[str, tuple[str, ...]] = {
    "company_roles": ("contact_id", "company_id"),
    "partner_roles": ("contact_id", "partner_id"),
}
# References whose rows simply follow, however many there are.
FOLLOW = frozenset(
    {
        "access_file_links.contact_id",
        "activities.company_id",
        "activities.contact_id",
        "bulk_change_rows.company_id",
        "consents.contact_id",
        "follow_ups.company_id",
        "introductions.suggestion_id",
        "merges.company_id",
        "merges.contact_id",
        "needs.contact_id",
        "offers.company_id",
        "past_roles.company_id",
        "past_roles.contact_id",
        "privacy_notices.contact_id",
    }
)
# Tables of pairs of a kind of record: pairs of the one that goes are not its own any more, see fusing.
PAIRS = frozenset({"company_pairs", "contact_pairs"})
# References that keep two from being made one for as long as they stand.
REFUSED: Mapping[str, str] = {
    "restrictions.contact_id": said("En av dem er begrenset av hensyn til personvernet. Opphev det først."),
}
_FAR = (
    IntroductionState.DECLINED,
    IntroductionState.PROPOSED,
    IntroductionState.AGREED,
    IntroductionState.MET,
)
_KEYS = {"id", "version", "company_id", "contact_id", "created_at"}


def the_same(_stays: Row, _goes: Row) -> dict[str, Any]:
    """Two that say the same are one."""
    return {}


def the_title(stays: Row, goes: Row) -> dict[str, Any] | None:
    """One role at one place; two titles that differ are two roles."""
    if fold(stays["title"]) and fold(goes["title"]) and fold(stays["title"]) != fold(goes["title"]):
        return None
    return {"title": stays["title"] or goes["title"]}


def the_answered(stays: Row, goes: Row) -> dict[str, Any]:
    """Suggested twice for a need in a week: the one with an answer, the later of two, else the surer one."""

    def weight(row: Row) -> tuple[Any, ...]:
        answered = row["answered_at"].timestamp() if row["answered_at"] else 0.0
        return row["answer"] is not None, answered, row["probability"]

    return {} if weight(stays) >= weight(goes) else all_of(goes)


def the_farthest(stays: Row, goes: Row) -> dict[str, Any]:
    """Introduced twice to a need: the one that has come farthest, and what came of both."""
    best = max((stays, goes), key=lambda row: _FAR.index(row["state"]))
    outcomes = dict.fromkeys(text for text in (best["outcome"], stays["outcome"], goes["outcome"]) if text)
    told = {"outcome": " · ".join(outcomes)[:300]}
    return ({} if best is stays else all_of(best)) | told


def the_stricter(stays: Row, goes: Row) -> dict[str, Any]:
    """Must and never for one need: never stands."""
    return all_of(goes) if (stays["kind"], goes["kind"]) == (PairKind.MUST, PairKind.NEVER) else {}


def the_settled(stays: Row, goes: Row) -> dict[str, Any]:
    """The same news of both: what has been seen to is seen to."""
    return all_of(goes) if goes["settled_at"] and not stays["settled_at"] else {}


def the_longer(day: str) -> Settle:
    """A rule for two rows that each keep until a day: the later one."""

    def settle(stays: Row, goes: Row) -> dict[str, Any]:
        later = goes[day] and (not stays[day] or goes[day] > stays[day])
        return all_of(goes) if later else {}

    return settle


RULES: Mapping[str, Settle] = {
    "campaign_companies": the_same,
    "company_roles": the_title,
    "introductions": the_farthest,
    "lead_segments": the_same,
    "pair_rules": the_stricter,
    "partner_roles": the_title,
    "privacy_holds": the_longer("review_on"),
    "register_events": the_settled,
    "retention_reviews": the_longer("keep_until"),
    "suggestions": the_answered,
}
# Settled by what is chosen on the page: see choices.
CHOSEN = frozenset({"leads", "own_values"})


def all_of(row: Row) -> dict[str, Any]:
    """What a row says, but for what tells which row it is."""
    return {name: value for name, value in row.items() if name not in _KEYS}
