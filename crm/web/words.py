"""The words of the pages: names of stages, kinds and outcomes, and domain errors as sentences."""

from __future__ import annotations

from flask_babel import LazyString, get_locale, gettext
from flask_babel import lazy_gettext as _l

from crm.accounts.permissions import Role
from crm.activities import wording as kinds
from crm.activities.models import Kind, Outcome
from crm.companies import wording as stages
from crm.companies.models import Stage
from crm.errors import CrmError
from crm.matches.models import Answer, IntroductionState, RunState
from crm.partners.models import PartnerKind
from crm.segments.models import Segment

STAGES: dict[Stage, LazyString] = {stage: _l(name) for stage, name in stages.STAGES.items()}
STAGE_COLOURS = {
    Stage.IDENTIFIED: "neutral",
    Stage.CONTACTED: "info",
    Stage.MEETING: "info",
    Stage.VISIT: "info",
    Stage.CONCRETE_INTEREST: "accent",
    Stage.ESTABLISHING: "success",
    Stage.ESTABLISHED: "success",
    Stage.PARKED: "warning",
    Stage.LOST: "neutral",
}
KINDS: dict[Kind, LazyString] = {kind: _l(name) for kind, name in kinds.KINDS.items()}
OUTCOMES: dict[Outcome, LazyString] = {
    Outcome.REACHED: _l("Fikk snakket"),
    Outcome.NOT_REACHED: _l("Fikk ikke svar"),
    Outcome.POSITIVE: _l("Positivt"),
    Outcome.NEUTRAL: _l("Nøytralt"),
    Outcome.NEGATIVE: _l("Ikke interessert"),
    Outcome.AGREED: _l("Avtale gjort"),
}
PARTNER_KINDS: dict[PartnerKind, LazyString] = {
    PartnerKind.HOSPITAL: _l("Sykehus"),
    PartnerKind.ARMED_FORCES: _l("Forsvaret"),
    PartnerKind.MUNICIPALITY: _l("Kommune"),
    PartnerKind.UNIVERSITY: _l("Høgskole eller universitet"),
    PartnerKind.VOLUNTEERS: _l("Frivillige"),
    PartnerKind.COMPANY: _l("Bedrift"),
    PartnerKind.OTHER: _l("Annen"),
}
ANSWERS: dict[Answer, LazyString] = {
    Answer.YES: _l("Ja"),
    Answer.NOT_NOW: _l("Ikke nå"),
    Answer.NO: _l("Nei"),
}
NO_REASONS: dict[str, LazyString] = {
    "wrong_industry": _l("Feil bransje"),
    "too_far": _l("For langt unna"),
    "too_small": _l("Feil størrelse"),
    "not_relevant": _l("Dekker ikke behovet"),
    "already_in_touch": _l("De har alt kontakt"),
    "other": _l("Annet"),
}
INTRODUCTION_STATES: dict[IntroductionState, LazyString] = {
    IntroductionState.PROPOSED: _l("Foreslått"),
    IntroductionState.AGREED: _l("Begge har sagt ja"),
    IntroductionState.MET: _l("Har møttes"),
    IntroductionState.DECLINED: _l("Avslått"),
}
RUN_STATES: dict[RunState, LazyString] = {
    RunState.WAITING: _l("Venter"),
    RunState.RUNNING: _l("Kjører"),
    RunState.DONE: _l("Ferdig"),
    RunState.FAILED: _l("Stoppet"),
}
RUN_STEPS: dict[str, LazyString] = {
    "": _l("Venter på tur"),
    "learning": _l("Lærer av registeret"),
    "gathering": _l("Henter virksomheter og behov"),
    "reading": _l("Leser tekstene"),
    "ranking": _l("Sammenlikner behov og virksomheter"),
    "planning": _l("Velger ukas forslag"),
    "done": _l("Ferdig"),
}
ROLES: dict[Role, LazyString] = {
    Role.ADMINISTRATOR: _l("Administrator"),
    Role.DEVELOPER: _l("Næringsutvikler"),
    Role.MANAGER: _l("Programleder"),
    Role.READER: _l("Leser"),
}
COLUMNS: dict[str, LazyString] = {
    "what": _l("Hva og hvor"),
    "segments": _l("Område"),
    "stage": _l("Steg"),
    "last_contact": _l("Sist kontakt"),
    "next_step": _l("Neste steg"),
    "owner": _l("Ansvarlig"),
    "employees": _l("Ansatte"),
    "orgnr": _l("Org.nr."),
    "source": _l("Kilde"),
    "phone": _l("Telefon"),
    "home_page": _l("Hjemmeside"),
}
CLOSED: dict[str, LazyString] = {
    "bankrupt": _l("Konkurs"),
    "dissolved": _l("Slettet fra registeret"),
    "forced_dissolution": _l("Under tvangsoppløsning"),
    "removed": _l("Fjernet fra registeret"),
    "winding_up": _l("Under avvikling"),
}


def in_words(error: CrmError) -> str:
    """A domain error as a sentence in the reader's language."""
    return str(gettext(error.message, **error.values) if error.values else gettext(error.message))


def language() -> str:
    """The reader's language: nb, nn or en."""
    return str(get_locale() or "nb")[:2]


def segment_name(segment: Segment) -> str:
    return segment.name_in(language())
