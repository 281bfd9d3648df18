"""Where a person works: the company or partner an address names, and finding one."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, TypeVar

from flask import abort, url_for

from crm import clock
from crm.companies import queries as companies
from crm.companies.models import Company
from crm.contacts import operations as contacts
from crm.contacts.models import CompanyRole, Contact
from crm.errors import NotFound
from crm.partners import operations as partners
from crm.partners import queries as partner_queries
from crm.partners.models import Partner, PartnerRole
from crm.spelling import tidy
from crm.web.access import actor_id
from crm.web.formats import readable_name
from crm.web.paging import asked_number
from crm.web.session import db

Role = TypeVar("Role", CompanyRole, PartnerRole)


@dataclass(frozen=True, slots=True)
class Place:
    """A company or a partner, with the name, the page and the part of an address that lead to it."""

    of: Company | Partner

    @property
    def name(self) -> str:
        return readable_name(self.of.name) if isinstance(self.of, Company) else self.of.name

    @property
    def key(self) -> dict[str, Any]:
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
            at_company = _held(role for role in contact.roles if role.company_id == self.of.id)
            contacts.remove_role(db(), actor_id(), contact, at_company)
            return at_company.title
        at_partner = _held(role for role in self.of.roles if role.contact_id == contact.id)
        partners.remove_person(db(), actor_id(), self.of, at_partner)
        return at_partner.title


def left(contact: Contact, company_id: int | None) -> str:
    """The person has left a company today; returns its name. NotFound where there is no such role."""
    role = _held(role for role in contact.roles if role.company_id == company_id)
    contacts.leave(db(), actor_id(), contact, role, on=clock.today())
    return readable_name(role.company.name)


def _held(roles: Iterator[Role]) -> Role:
    """The one role there is; NotFound where it has ended."""
    role = next(roles, None)
    if role is None:
        raise NotFound("Personen har ikke lenger denne rollen.")
    return role


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
    hits: list[Company | Partner] = [*partner_queries.search(db(), typed), *companies.search(db(), typed)]
    return [Place(hit) for hit in hits]


def of_contact(contact: Contact) -> list[tuple[Place, str]]:
    """Where a person has roles, with the title in each."""
    at_partners = partner_queries.roles_of_contacts(db(), [contact.id]).get(contact.id, [])
    held = [(Place(role.company), role.title) for role in contact.roles]
    return [*held, *((Place(role.partner), role.title) for role in at_partners)]
