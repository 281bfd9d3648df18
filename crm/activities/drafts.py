"""Validated input about activities and follow-ups."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta

from crm.activities.models import Kind, Outcome
from crm.errors import InvalidInput
from crm.spelling import tidy

_LONGEST_TEXT = 10_000
_EARLIEST = date(1990, 1, 1)
_FARTHEST = timedelta(days=366 * 10)


@dataclass(frozen=True, slots=True, kw_only=True)
class Subject:
    """Whom an activity or follow-up is about: a company or a partner, never both."""

    company_id: int | None = None
    partner_id: int | None = None

    def __post_init__(self) -> None:
        if (self.company_id is None) == (self.partner_id is None):
            raise InvalidInput("Velg enten en virksomhet eller en partner.", field="subject")


@dataclass(frozen=True, slots=True, kw_only=True)
class FollowUpDraft:
    text: str
    due_on: date
    owner_id: int
    demo: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class ActivityDraft:
    """What happened; ``form_key`` is the form's own key, so that a double press logs once."""

    kind: Kind
    happened_at: datetime
    text: str = ""
    outcome: Outcome | None = None
    contact_id: int | None = None
    form_key: str | None = None
    next_step: FollowUpDraft | None = None
    demo: bool = False


def activity_draft(
    *, kind: str, happened_at: datetime, now: datetime, text: str = "", outcome: str = "", **more: object
) -> ActivityDraft:
    """What happened, from typed values; nothing can have happened in the future."""
    if kind not in {known.value for known in Kind}:
        raise InvalidInput("Velg hva slags kontakt det var.", field="kind")
    if outcome and outcome not in {known.value for known in Outcome}:
        raise InvalidInput("Velg et utfall fra lista.", field="outcome")
    if happened_at > now + timedelta(minutes=5):
        raise InvalidInput(
            "Dette tidspunktet har ikke vært ennå. Lag heller en oppfølging.", field="happened_at"
        )
    if happened_at.date() < _EARLIEST:
        raise InvalidInput("Datoen er for langt tilbake i tid.", field="happened_at")
    if len(text) > _LONGEST_TEXT:
        raise InvalidInput("Teksten er for lang. Den kan ha høyst 10 000 tegn.", field="text")
    chosen = Kind(kind)
    said = "\n".join(tidy(line) for line in text.strip().splitlines())
    if chosen is Kind.NOTE and not said:
        raise InvalidInput("Et notat trenger en tekst.", field="text")
    result = None if chosen is Kind.NOTE or not outcome else Outcome(outcome)
    return ActivityDraft(kind=chosen, happened_at=happened_at, text=said, outcome=result, **more)  # type: ignore[arg-type]


def follow_up_draft(*, text: str, due_on: date, owner_id: int, today: date) -> FollowUpDraft:
    """What shall happen, from typed values."""
    clean = tidy(text)
    if not clean:
        raise InvalidInput("Skriv hva som skal gjøres.", field="next_text")
    if len(clean) > 300:
        raise InvalidInput("Hold oppfølgingen på under 300 tegn.", field="next_text")
    if not _EARLIEST <= due_on <= today + _FARTHEST:
        raise InvalidInput("Velg en dato i løpet av de neste ti årene.", field="next_on")
    return FollowUpDraft(text=clean, due_on=due_on, owner_id=owner_id)
