"""Questions about static lists."""

from __future__ import annotations

from sqlalchemy import Select, func, select
from sqlalchemy.orm import Session, joinedload

from crm.campaigns.models import Campaign, campaign_companies
from crm.errors import NotFound


def campaigns() -> Select[Campaign]:
    """Every list by name, the closed ones last."""
    order = (Campaign.closed_at.is_not(None), Campaign.name_key, Campaign.id)
    return select(Campaign).options(joinedload(Campaign.owner)).order_by(*order)


def get_campaign(session: Session, campaign_id: int) -> Campaign:
    found = session.scalar(campaigns().where(Campaign.id == campaign_id))
    if found is None:
        raise NotFound("Fant ikke lista. Den kan være slettet.")
    return found


def sizes(session: Session) -> dict[int, int]:
    """How many companies stand on each list that has any."""
    of = campaign_companies.c.campaign_id
    return dict(session.execute(select(of, func.count()).group_by(of)).all())
