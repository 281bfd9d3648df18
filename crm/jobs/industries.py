"""A company's industries in one standard: today's where every code has a single successor, else the old."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy.orm import Session

from crm.codes import queries as codes
from crm.companies.models import Company
from crm.registry.models import Unit


@dataclass(frozen=True, slots=True)
class Held:
    """Industry codes with their names; ``in_2025`` are those known in today's standard."""

    codes: tuple[str, ...] = ()
    names: tuple[str, ...] = ()
    standard: str = "SN2025"
    in_2025: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Industries:
    names: dict[str, str]
    successors: codes.Successors

    def of_unit(self, unit: Unit) -> Held:
        if not unit.industry:
            return Held()
        first = (unit.industry, unit.industry_name, unit.industry_2025)
        others = [(other["code"], other["name"], other["in_2025"]) for other in unit.other_industries]
        return self._held([first, *others], unit.industry_standard)

    def of_company(self, company: Company) -> Held:
        code = company.industry
        if not code:
            return Held()
        is_old = company.industry_standard == "SN2007"
        now = self.successors.of(code) if is_old else code
        return self._held([(code, company.industry_name, now)], company.industry_standard)

    def _held(self, found: list[tuple[str, str | None, str | None]], standard: str | None) -> Held:
        in_2025 = tuple(now for _, _, now in found if now)
        if len(in_2025) < len(found):
            own, names = tuple(code for code, _, _ in found), tuple(name or "" for _, name, _ in found)
            return Held(own, names, standard or "SN2025", in_2025)
        told = tuple(name or self.names.get(now or "", "") for _, name, now in found)
        return Held(in_2025, told, "SN2025", in_2025)


def read_industries(session: Session) -> Industries:
    return Industries(codes.industry_names(session, "SN2025"), codes.successors(session))
