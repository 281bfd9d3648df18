"""Validated input about static lists."""

from __future__ import annotations

from dataclasses import dataclass

from crm.errors import InvalidInput
from crm.spelling import tidy


@dataclass(frozen=True, slots=True, kw_only=True)
class CampaignDraft:
    """A list as its maker wants it."""

    name: str
    purpose: str = ""


def campaign_draft(name: str, *, purpose: str = "") -> CampaignDraft:
    """A list from typed values; InvalidInput for no name."""
    clean = tidy(name)
    if not clean:
        raise InvalidInput("Gi lista et navn.", field="name")
    if len(clean) > 80:
        raise InvalidInput("Hold navnet på lista under 80 tegn.", field="name")
    return CampaignDraft(name=clean, purpose=tidy(purpose)[:300])
