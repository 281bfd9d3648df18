"""Where a person works: the company or partner an address names, and finding one."""

from __future__ import annotations

from dataclasses import dataclass

from flask import abort, request, url_for

from crm.companies import queries as companies
from crm.companies.models import Company
from crm.contacts import operations as contacts
from crm.contacts.models import Contact
from crm.errors import NotFound
from crm.partners import operations as partners
from crm.partners import queries as partner_queries
from crm.partners.models import Partner
from crm.spelling import tidy
from crm.web.access import actor_id
from crm.web.formats import readable_name
from crm.web.paging import asked_number
from crm.web.session import db


@dataclass(frozen=True, slots=True)
class Place:
    """A company or a partner, with the name, the page and the part of an address that lead to it."""

    of: Company | Partner

    @property
    def name(self) -> str:
        return readable_name(self.of.name) if isinstance(self.of, Company) else self.of.name

    @property
    def key(self) -> dict[str, int]:
        return {"company" if isinstance(self.of, Company) else "partner": self.of.id}

    @property
    def page(self) -> str:
        if isinstance(self.of, Company):
            return url_for("companies.show", company_id=self.of.id)
        return url_for("partners.show", partner_id=self.of.id, _anchor="people")

    def take_in(self, contact: Contact, title: str) -> None:
        """Give a person a role here, or another title in the role there is."""
        if isinstance(self.of, Company):
            contacts.add_role(db(), actor_id(), contact, self.of, title=title)
        else:
            partners.add_person(db(), actor_id(), self.of, contact, title=title)

    def let_go(self, contact: Contact) -> str:
        """End a person's role here; returns the title. NotFound where there is no such role."""
        if isinstance(self.of, Company):
            role = next((held for held in contact.roles if held.company_id == self.of.id), None)
            end = contacts.remove_role
        else:
            role = next((held for held in self.of.roles if held.contact_id == contact.id), None)  # type: ignore[assignment]
            end = partners.remove_person  # type: ignore[assignment]
        if role is None:
            raise NotFound("Personen har ikke lenger denne rollen.")
        title = role.title
        end(db(), actor_id(), role)
        return title


def asked() -> Place | None:
    """The company or partner in the address; None where there is none, 400 where there are both."""
    company_id, partner_id = asked_number("company"), asked_number("partner")
    if company_id and partner_id:
        abort(400)
    if company_id:
        return Place(companies.get_company(db(), company_id))
    return Place(partner_queries.get_partner(db(), partner_id)) if partner_id else None


def needed() -> Place:
    """The company or partner in the address; 400 where there is none."""
    return asked() or abort(400)


def found(text: str) -> list[Place]:
    """The companies and partners a typed text may mean."""
    typed = tidy(text)[:100]
    hits = [*partner_queries.search(db(), typed), *companies.search(db(), typed)]
    return [Place(hit) for hit in hits]


def of_contact(contact: Contact) -> list[tuple[Place, str]]:
    """Where a person has roles, with the title in each."""
    at_partners = partner_queries.roles_of_contacts(db(), [contact.id]).get(contact.id, [])
    held = [(Place(role.company), role.title) for role in contact.roles]
    return [*held, *((Place(role.partner), role.title) for role in at_partners)]
