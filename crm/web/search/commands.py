"""What one can do from the box: every command is a page, so that it works as a link."""

from __future__ import annotations

from dataclasses import dataclass

from flask import url_for
from flask_babel import LazyString
from flask_babel import lazy_gettext as _l

from crm.accounts.permissions import Permission
from crm.spelling import fold
from crm.web.access import allowed


@dataclass(frozen=True, slots=True)
class Command:
    """One thing to do: its name, other words for it, the page that does it, and the right it asks."""

    name: LazyString
    also: LazyString
    endpoint: str
    right: Permission = Permission.COMPANY_READ

    @property
    def address(self) -> str:
        return url_for(self.endpoint)


_ALL = (
    Command(_l("Loggfør"), _l("ring rørløft møte besøk notat"), "activities.new", Permission.ACTIVITY_WRITE),
    Command(_l("Min uke"), _l("hjem i dag forside"), "week.index"),
    Command(_l("Oppfølginger"), _l("gjøremål frister påminnelser"), "week.follow_ups"),
    Command(_l("Virksomheter"), _l("leads liste bedrifter"), "companies.index"),
    Command(_l("Endringer av mange"), _l("angre masseendring"), "changes.index", Permission.COMPANY_WRITE),
    Command(_l("Visninger"), _l("lagrede filter lister"), "saved.index"),
    Command(_l("Tavle"), _l("steg kanban pipeline"), "board.index"),
    Command(
        _l("Ny virksomhet"), _l("opprett legg til utenlandsk"), "companies.new", Permission.COMPANY_WRITE
    ),
    Command(_l("Stille leads"), _l("lenge siden kontakt"), "week.quiet"),
    Command(_l("Personer"), _l("kontakter"), "contacts.index"),
    Command(_l("Ny person"), _l("opprett legg til kontakt"), "contacts.new", Permission.COMPANY_WRITE),
    Command(_l("Partnere"), _l("sykehus forsvaret kommune"), "partners.index"),
    Command(_l("Ny partner"), _l("opprett legg til"), "partners.new", Permission.PARTNER_WRITE),
    Command(_l("Behov"), _l("hva partnere trenger"), "needs.index"),
    Command(_l("Nytt behov"), _l("opprett skriv legg til"), "needs.new", Permission.PARTNER_WRITE),
    Command(_l("Forslag"), _l("match runde"), "matches.index"),
    Command(_l("Koblinger"), _l("introduksjoner"), "matches.introductions"),
    Command(_l("Logg"), _l("historikk aktiviteter"), "activities.index"),
    Command(_l("Kom i gang"), _l("last inn registeret demo"), "start.index"),
    Command(_l("Brukere"), _l("inviter kollega"), "accounts.users", Permission.USER_MANAGE),
    Command(_l("Min konto"), _l("språk passord profil"), "accounts.profile"),
)
_FIRST = ("activities.new", "week.follow_ups", "companies.new")


def matching(typed: str, *, limit: int = 4) -> list[Command]:
    """The commands whose words begin as those typed, those named so first; only what the reader may do."""
    words = fold(typed).split()
    found = [command for command in _ALL if allowed(command.right) and _means(command, words)]
    return sorted(found, key=lambda command: not fold(str(command.name)).startswith(fold(typed)))[:limit]


def first() -> list[Command]:
    """What the empty box offers."""
    return [command for command in _ALL if command.endpoint in _FIRST and allowed(command.right)]


def _means(command: Command, words: list[str]) -> bool:
    known = fold(f"{command.name} {command.also}").split()
    return all(any(one.startswith(word) for one in known) for word in words)
