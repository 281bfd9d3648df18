"""One row of a file before the judge: which company and person it means, and what it would write."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from rapidfuzz import fuzz

from crm.companies.models import Company
from crm.contacts.models import Contact
from crm.errors import said
from crm.exchange.cells import Values
from crm.exchange.comparing import company_changes, contact_changes, lead_changes
from crm.exchange.in_file import Earlier, person_key
from crm.exchange.known import Known
from crm.exchange.models import Answer, Verdict
from crm.exchange.remarks import Remark, of_field
from crm.exchange.rulings import Answers, Docket, Ruling
from crm.spelling import fold

_SAME_PERSON = 70
CONFLICT = said(
    "Rad %(first)s og rad %(second)s er samme virksomhet, men har ulike verdier for samme felt. Rett den ene."
)
SERIES = said("Nummeret «%(value)s» er i en serie som bare brukes til prøver. Rett nummeret.")
NO_NAME = said(
    "Nummeret %(value)s er ikke i registeret vi har lest inn, og raden har ikke noe navn. Fyll inn navnet."
)
LIKE = said("Navnet ligner på %(name)s, som vi har fra før.")
SEVERAL = said("Vi har flere virksomheter som heter dette. Fyll inn organisasjonsnummeret.")
OTHER_PERSON = said("E-postadressen tilhører %(name)s hos oss. Er det samme person?")
ASIDE = said("Raden er lagt til side.")
SHUT = said(
    "Personen har bedt om ikke å bli kontaktet, eller er slettet etter eget ønske, og blir ikke tatt inn."
    " Resten av raden tas inn."
)


@dataclass(slots=True)
class Case:
    """One row before the judge."""

    docket: Docket
    about: Known
    ruling: Ruling
    values: Values
    answers: Answers

    def decide(self) -> None:
        if self._answer("row") is Answer.SKIP:
            self._reject(of_field("ASIDE", ASIDE, None))
            return
        self._look_up_number()
        earlier = self.docket.in_file.of(self.values)
        company = self._company(earlier)
        if any(remark.error for remark in self.ruling.remarks):
            return
        if "duplicate" in self.ruling.plan:
            self.ruling.verdict = Verdict.DUPLICATE
            return
        self._place(self.docket.in_file.of_ours(company.id) if company else earlier, company)

    def _answer(self, kind: str) -> Answer:
        return self.answers.get(kind, (Answer.NONE, 0))[0]

    def _look_up_number(self) -> None:
        """A name and a place that one living unit of the mirror has give the row its number."""
        company = self.values.company
        if "orgnr" in company or "municipality_no" not in company or "name" not in company:
            return
        found = [
            unit
            for unit in self.about.units_by_name.get(fold(company["name"])[:400], ())
            if unit.municipality_no == company["municipality_no"]
        ]
        if len(found) == 1:
            company["orgnr"] = found[0].orgnr
            self.about.units.setdefault(found[0].orgnr, found[0])
            self.ruling.plan["found_orgnr"] = found[0].orgnr

    def _company(self, earlier: Earlier | None) -> Company | None:
        """The company of ours this row is about; None for a new one, or where a question was put."""
        values = self.values.company
        if self._answer("company") is Answer.SAME:
            return self.about.by_id.get(self.answers["company"][1])
        place = values.get("municipality_no")
        found = self.about.company(values.get("orgnr"), fold(values.get("name", ""))[:400], place)
        if len(found) > 1:
            self._reject(of_field("SEVERAL", SEVERAL, None))
            return None
        if found:
            return found[0]
        self._refuse_impossible(values)
        asks = earlier is None and "name" in values and "orgnr" not in values
        if asks and self._answer("company") is Answer.NONE:
            self._ask_about_like()
        return None

    def _refuse_impossible(self, values: dict[str, Any]) -> None:
        orgnr = values.get("orgnr", "")
        if orgnr and orgnr[0] not in "89":
            self._reject(of_field("ORG_SERIES", SERIES, None, value=orgnr))
        elif "name" not in values and orgnr not in self.about.units:
            self._reject(of_field("NAME", NO_NAME, None, value=orgnr))

    def _ask_about_like(self) -> None:
        like = self.docket.like(fold(self.values.company["name"]), self.values.company.get("municipality_no"))
        if like is not None:
            self.ruling.plan["duplicate"] = {
                "kind": "company",
                "id": like.id,
                "name": like.name,
                "orgnr": like.orgnr,
                "municipality": like.municipality,
                "likeness": like.likeness,
            }
            self.ruling.remarks.append(of_field("LIKE", LIKE, None, error=False, name=like.name))

    def _reject(self, remark: Remark) -> None:
        self.ruling.remarks.append(remark)
        self.ruling.verdict = Verdict.REJECTED

    def _place(self, earlier: Earlier | None, company: Company | None) -> None:
        """Fit the row in with earlier ones of the same company, then with what we have."""
        differing = earlier.differing(self.values) if earlier else None
        if differing:
            remark = of_field(
                "CONFLICT", CONFLICT, None, first=differing[1], second=self.ruling.number, field=differing[0]
            )
            self._reject(remark)
            self.docket.conflicts.append((differing[1], remark))
            return
        begun = earlier or self.docket.in_file.begin(self.values, company.id if company else None)
        news = self.docket.in_file.take(begun, self.values, self.ruling.number)
        self.ruling.company_key = begun.key
        self.ruling.company_id = company.id if company else None
        person = self._person(begun, company)
        log = self._log(begun, company)
        if "duplicate" in self.ruling.plan:
            self.ruling.verdict = Verdict.DUPLICATE
        elif company is None:
            self._new(earlier, news=news, more=person or log)
        else:
            self._known(company, more=person or log)

    def _new(self, earlier: Earlier | None, *, news: bool, more: bool) -> None:
        plan, orgnr = self.ruling.plan, self.values.company.get("orgnr")
        plan["create"], plan["lead"] = self.values.company, self.values.lead
        plan["register"] = bool(orgnr and orgnr in self.about.units)
        if earlier is None or more:
            self.ruling.verdict = Verdict.NEW
        else:
            self.ruling.verdict = Verdict.UPDATED if news else Verdict.UNCHANGED

    def _known(self, company: Company, *, more: bool) -> None:
        changes, kept = company_changes(company, self.values, self.docket.keep)
        if self._answer("company") is Answer.SAME and "name" in changes:
            kept["name"] = changes.pop("name")
        lead = lead_changes(company.lead, self.values, self.docket.keep)
        plan = self.ruling.plan
        plan["name"] = company.name
        if kept:
            plan["kept"] = kept
        if changes:
            plan["company"] = changes
        if lead:
            plan["lead_changes"] = lead
        if company.lead is None and self.values.lead:
            plan["follow"] = self.values.lead
        changed = more or changes or lead or "follow" in plan
        self.ruling.verdict = Verdict.UPDATED if changed else Verdict.UNCHANGED

    def _person(self, earlier: Earlier, company: Company | None) -> bool:
        """Put the person in the plan; whether there is anything to write."""
        person = self.values.person
        if not person or (key := person_key(person)) in earlier.people:
            return False
        earlier.people.add(key)
        if self.about.shut & {person.get("email"), person.get("phone")}:
            self.ruling.remarks.append(of_field("SUPPRESSED", SHUT, None, error=False))
            return False
        found, role = self._contact(person, company)
        if found is None:
            self.ruling.plan["person"] = {"create": person}
            return True
        changes = contact_changes(found, person, self.docket.keep)
        title = person.get("title", "")
        retitled = (
            role is not None
            and bool(title)
            and fold(role) != fold(title)
            and not (role and "title" in self.docket.keep)
        )
        if changes or role is None or retitled:
            self.ruling.plan["person"] = {
                "id": found.id,
                "name": found.name,
                "changes": changes,
                "title": [role, title] if role is None or retitled else None,
            }
        return bool(changes or role is None or retitled)

    def _contact(self, person: dict[str, Any], company: Company | None) -> tuple[Contact | None, str | None]:
        """The person of ours that is meant, and the title at this company, None where there is no role."""
        here = self.about.people.get(company.id, []) if company else []
        email, phone, name = person.get("email", "").casefold(), person.get("phone"), fold(person["name"])
        for contact, title in here:
            if (email and contact.email_key == email) or contact.name_key == name:
                return contact, title
        for contact, title in here:
            if (
                phone
                and contact.phone == phone
                and fuzz.token_sort_ratio(contact.name_key, name) >= _SAME_PERSON
            ):
                return contact, title
        other = self.about.by_email.get(email)
        if other is None or fuzz.token_sort_ratio(other.name_key, name) >= _SAME_PERSON:
            return other, None
        if self._answer("person") is Answer.NONE:
            self.ruling.plan["duplicate"] = {"kind": "person", "id": other.id, "name": other.name}
            self.ruling.remarks.append(
                of_field("EMAIL_TAKEN", OTHER_PERSON, None, error=False, name=other.name)
            )
        return (other if self._answer("person") is Answer.SAME else None), None

    def _log(self, earlier: Earlier, company: Company | None) -> bool:
        """Put the note and the follow-up in the plan, where they are not there already."""
        values, written = self.values, False
        if values.note and values.note not in earlier.notes | self.about.notes.get(
            company.id if company else 0, set()
        ):
            earlier.notes.add(values.note)
            day = values.note_on.isoformat() if values.note_on else None
            self.ruling.plan["note"] = {"text": values.note, "on": day}
            written = True
        if values.step and values.step not in earlier.steps and not self._is_planned(company):
            earlier.steps.add(values.step)
            self.ruling.plan["step"] = {
                "text": values.step,
                "on": values.step_on.isoformat() if values.step_on else None,
            }
            written = True
        return written

    def _is_planned(self, company: Company | None) -> bool:
        planned = self.about.steps.get(company.id, set()) if company else set()
        return any(text == self.values.step and self.values.step_on in {None, day} for text, day in planned)
