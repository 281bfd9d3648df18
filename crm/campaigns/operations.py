"""Acts on static lists."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime

from sqlalchemy import delete, insert, select
from sqlalchemy.orm import Session

from crm.campaigns.drafts import CampaignDraft
from crm.campaigns.models import Campaign, campaign_companies
from crm.errors import Conflict
from crm.history import operations as history
from crm.spelling import fold

_BLOCK = 500


def create_campaign(session: Session, actor_id: int, draft: CampaignDraft) -> Campaign:
    """A new, empty list; Conflict where an open one has that name."""
    _refuse_double(session, draft, None)
    campaign = Campaign(owner_id=actor_id, name=draft.name, name_key=fold(draft.name), purpose=draft.purpose)
    session.add(campaign)
    history.record(session, actor_id, "campaign:create", subject=campaign)
    return campaign


def change_campaign(session: Session, actor_id: int, campaign: Campaign, draft: CampaignDraft) -> None:
    _refuse_double(session, draft, campaign.id)
    campaign.name, campaign.name_key, campaign.purpose = draft.name, fold(draft.name), draft.purpose
    history.record(session, actor_id, "campaign:update", subject=campaign)


def close_campaign(
    session: Session, actor_id: int, campaign: Campaign, *, closed: bool, now: datetime
) -> None:
    """Put a list away, or take it up again; who stands on it stays."""
    campaign.closed_at = now if closed else None
    history.record(session, actor_id, "campaign:close" if closed else "campaign:reopen", subject=campaign)


def delete_campaign(session: Session, actor_id: int, campaign: Campaign) -> None:
    """Delete a list; the companies on it are as before."""
    gone: dict[str, object] = {"name": [campaign.name, None]}
    history.record(session, actor_id, "campaign:delete", subject=campaign, changes=gone)
    session.delete(campaign)
    session.flush()


def add_companies(session: Session, actor_id: int, campaign: Campaign, ids: Collection[int]) -> list[int]:
    """Put companies on a list; gives those that were not on it already."""
    fresh = sorted(set(ids) - _on(session, campaign, ids))
    if fresh:
        rows = [{"campaign_id": campaign.id, "company_id": company_id} for company_id in fresh]
        session.execute(insert(campaign_companies), rows)
        _note(session, actor_id, campaign, "campaign:add", fresh)
    return fresh


def remove_companies(session: Session, actor_id: int, campaign: Campaign, ids: Collection[int]) -> list[int]:
    """Take companies off a list; gives those that were on it."""
    gone = sorted(_on(session, campaign, ids))
    of = campaign_companies.c
    for start in range(0, len(gone), _BLOCK):
        block = gone[start : start + _BLOCK]
        session.execute(
            delete(campaign_companies).where(of.campaign_id == campaign.id, of.company_id.in_(block))
        )
    if gone:
        _note(session, actor_id, campaign, "campaign:remove", gone)
    return gone


def _on(session: Session, campaign: Campaign, ids: Collection[int]) -> set[int]:
    """Those of the companies that stand on a list."""
    of, wanted, found = campaign_companies.c, list(ids), set[int]()
    for start in range(0, len(wanted), _BLOCK):
        asked = select(of.company_id).where(of.campaign_id == campaign.id)
        found |= set(session.scalars(asked.where(of.company_id.in_(wanted[start : start + _BLOCK]))))
    return found


def _note(session: Session, actor_id: int, campaign: Campaign, action: str, ids: list[int]) -> None:
    changes: dict[str, object] = {"companies": ids[:_BLOCK], "count": [0, len(ids)]}
    history.record(session, actor_id, action, subject=campaign, changes=changes)


def _refuse_double(session: Session, draft: CampaignDraft, own_id: int | None) -> None:
    same = select(Campaign.id).where(Campaign.name_key == fold(draft.name), Campaign.closed_at.is_(None))
    if session.scalars(same.where(Campaign.id != (own_id or 0))).first() is not None:
        raise Conflict("Det finnes alt ei liste som heter «%(name)s».", field="name", name=draft.name)
