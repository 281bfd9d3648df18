"""Drafted mails to the two sides of an introduction, in the written Norwegian the recipient has chosen.

Until both have said yes, neither side learns who the other's contact person is, and a company reads a need
only where the partner has said that it may.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from urllib.parse import quote, urlencode

from flask_babel import gettext
from flask_login import current_user

from crm.contacts.drafts import show_phone
from crm.contacts.models import Contact
from crm.matches.models import Introduction, IntroductionState
from crm.registry.models import Unit
from crm.web.formats import readable_name

_LONGEST_LINK = 1900
_BOTH_AGREED = frozenset({IntroductionState.AGREED, IntroductionState.MET})
_TEXTS = {
    "nb": {
        "hello": "Hei {name},",
        "hello_all": "Hei,",
        "company_subject": "Vil dere møte {partner}?",
        "company_open": "{partner} har et behov vi tror {company} kan hjelpe med:\n\n{title}\n{text}",
        "company_hidden": "{partner} ser etter noen som kan bidra innen {theme}. "
        "Vi tror {company} kan passe.",
        "partner_subject": "Forslag til dere: {company}",
        "partner": "Vi tror {company} kan hjelpe med behovet «{title}».\n\n{about}",
        "ask": "Er det greit at vi setter dere i kontakt? Svar gjerne ja eller nei på denne e-posten. "
        "Vi deler ingen kontaktopplysninger før begge har sagt ja.",
        "both_subject": "{company} og {partner}: dere har begge sagt ja",
        "both": "Dere har begge sagt ja til å møtes, så her er dere:\n\n{people}\n\n"
        "Avtal gjerne et møte i løpet av de neste to ukene, og si fra om vi kan hjelpe.",
        "bye": "Vennlig hilsen\n{sender}",
        "all_themes": "satsingsområdene våre",
        "and": "og",
    },
    "nn": {
        "hello": "Hei {name},",
        "hello_all": "Hei,",
        "company_subject": "Vil de møte {partner}?",
        "company_open": "{partner} har eit behov vi trur {company} kan hjelpe med:\n\n{title}\n{text}",
        "company_hidden": "{partner} ser etter nokon som kan bidra innan {theme}. "
        "Vi trur {company} kan passe.",
        "partner_subject": "Framlegg til dykk: {company}",
        "partner": "Vi trur {company} kan hjelpe med behovet «{title}».\n\n{about}",
        "ask": "Er det greitt at vi set dykk i kontakt? Svar gjerne ja eller nei på denne e-posten. "
        "Vi deler ingen kontaktopplysningar før begge har sagt ja.",
        "both_subject": "{company} og {partner}: de har begge sagt ja",
        "both": "De har begge sagt ja til å møtast, så her er de:\n\n{people}\n\n"
        "Avtal gjerne eit møte i løpet av dei neste to vekene, og sei frå om vi kan hjelpe.",
        "bye": "Venleg helsing\n{sender}",
        "all_themes": "satsingsområda våre",
        "and": "og",
    },
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Sides:
    """An introduction with the people and the register's unit on either side."""

    introduction: Introduction
    company_people: Sequence[Contact]
    partner_people: Sequence[Contact]
    company_unit: Unit | None
    partner_unit: Unit | None

    @property
    def agreed(self) -> bool:
        """Whether the two may have each other's contact details."""
        return self.introduction.state in _BOTH_AGREED


@dataclass(frozen=True, slots=True, kw_only=True)
class Draft:
    """A mail ready to be copied, or to be opened in the sender's own program."""

    key: str
    heading: str
    subject: str
    body: str
    to: Sequence[str]
    sides: int = 1

    @property
    def complete(self) -> bool:
        """Whether every side has an address."""
        return len(self.to) == self.sides

    @property
    def link(self) -> str:
        """The mailto address; only the subject where some programs would cut the text."""
        full = self._link(subject=self.subject, body=self.body.replace("\n", "\r\n"))
        return full if len(full) <= _LONGEST_LINK else self._link(subject=self.subject)

    @property
    def whole(self) -> bool:
        """Whether the link carries the text too."""
        return "&body=" in self.link

    def _link(self, **parts: str) -> str:
        return (
            f"mailto:{','.join(quote(one, safe='@') for one in self.to)}?{urlencode(parts, quote_via=quote)}"
        )


def nearest_first(contact: Contact | None, people: Sequence[Contact]) -> list[Contact]:
    """The need's own contact person, then the partner's others."""
    others = [person for person in people if contact is None or person.id != contact.id]
    return [contact, *others] if contact else others


def drafts(sides: Sides) -> list[Draft]:
    """One mail to each side until both have said yes, then one to both."""
    if sides.introduction.state is IntroductionState.DECLINED:
        return []
    return [_to_both(sides)] if sides.agreed else [_to_company(sides), _to_partner(sides)]


def _to_company(sides: Sides) -> Draft:
    words, need = _language(sides.company_unit), sides.introduction.need
    theme = f" {words['and']} ".join(segment.name_nb.lower() for segment in need.segments)
    values = _names(sides) | {"title": need.title, "text": need.text, "theme": theme or words["all_themes"]}
    said = words["company_open" if need.shown_to_companies else "company_hidden"].format(**values)
    return Draft(
        key="company",
        heading=str(gettext("E-post til virksomheten")),
        subject=words["company_subject"].format(**values),
        body=_letter(words, sides.company_people[:1], said, words["ask"]),
        to=_addresses(sides.company_people[:1]),
    )


def _to_partner(sides: Sides) -> Draft:
    words, company = _language(sides.partner_unit), sides.introduction.company
    facts = [company.municipality and readable_name(company.municipality), company.industry_name]
    about = "\n".join(line for line in (", ".join(fact for fact in facts if fact), company.purpose) if line)
    values = _names(sides) | {"title": sides.introduction.need.title, "about": about}
    return Draft(
        key="partner",
        heading=str(gettext("E-post til partneren")),
        subject=words["partner_subject"].format(**values),
        body=_letter(words, sides.partner_people[:1], words["partner"].format(**values), words["ask"]),
        to=_addresses(sides.partner_people[:1]),
    )


def _to_both(sides: Sides) -> Draft:
    words, names = _language(sides.company_unit), _names(sides)
    company, partner = next(iter(sides.company_people), None), next(iter(sides.partner_people), None)
    first = [person for person in (company, partner) if person]
    people = f"{_reach(names['company'], company)}\n{_reach(names['partner'], partner)}"
    return Draft(
        key="both",
        heading=str(gettext("E-post til begge")),
        subject=words["both_subject"].format(**names),
        body=_letter(words, first, words["both"].format(people=people)),
        to=_addresses(first),
        sides=2,
    )


def _language(unit: Unit | None) -> dict[str, str]:
    chosen = (unit.language_form or "") if unit else ""
    return _TEXTS["nn" if chosen.casefold().startswith("ny") else "nb"]


def _names(sides: Sides) -> dict[str, str]:
    found = sides.introduction
    return {"company": readable_name(found.company.name), "partner": found.need.partner.name}


def _addresses(people: Sequence[Contact]) -> list[str]:
    return [person.email for person in people if person.email]


def _reach(side: str, person: Contact | None) -> str:
    """Who to speak with on one side, and how."""
    if person is None:
        return side
    ways = [show_phone(person.phone) if person.phone else "", person.email or ""]
    return f"{side}: " + ", ".join(part for part in (person.name, *ways) if part)


def _letter(words: dict[str, str], people: Sequence[Contact], *paragraphs: str) -> str:
    names = f" {words['and']} ".join(person.name.split()[0] for person in people if person.name.split())
    hello = words["hello"].format(name=names) if names else words["hello_all"]
    bye = words["bye"].format(sender=current_user.user.name)
    return "\n\n".join(part.strip() for part in (hello, *paragraphs, bye) if part.strip())
