"""What one row plans, put into its block."""

from __future__ import annotations

from datetime import date, datetime, time
from typing import Any

from crm.activities.models import Activity, FollowUp
from crm.clock import OSLO
from crm.companies.models import RESTING, Company, Lead, Stage
from crm.contacts.models import CompanyRole, Contact
from crm.exchange.bulk import Bulk
from crm.exchange.queries import PlannedRow

People = dict[int, tuple[Contact, dict[int, CompanyRole]]]


class Planned:
    """A row and the company it is about; ``company`` is None where this very row makes it."""

    def __init__(self, bulk: Bulk, row: PlannedRow, company_id: int, company: Company | None) -> None:
        self._bulk, self._row, self._plan = bulk, row, row.plan
        self._id, self._company = company_id, company
        self._lead = company.lead if company else None

    def company(self) -> None:
        """Change the company and its lead; a company another row has made gets what it lacks."""
        if self._company is None:
            return
        if "create" in self._plan:
            self._fill_in(self._company)
            return
        changes = {name: new for name, (_old, new) in self._plan.get("company", {}).items()}
        self._bulk.change(self._row, self._company, changes)
        if "follow" in self._plan and self._lead is None:
            self._bulk.follow(self._row, self._id, self._plan["follow"])
        self._change_lead({name: new for name, (_old, new) in self._plan.get("lead_changes", {}).items()})

    def _fill_in(self, company: Company) -> None:
        create = self._plan["create"]
        lacking = {name: new for name, new in create.items() if getattr(company, name) in {None, ""}}
        self._bulk.change(self._row, company, lacking)
        lead = self._lead
        if lead is None:
            return
        more = {}
        for name, new in self._plan.get("lead", {}).items():
            old = altered(lead, name)
            if name == "segments" and set(new) - set(old):
                more[name] = sorted({*old, *new})
            elif name in {"owner_id", "source"} and not old:
                more[name] = new
        self._change_lead(more)

    def _change_lead(self, changes: dict[str, Any]) -> None:
        lead = self._lead
        if lead is None or not changes:
            return
        plain = {name: new for name, new in changes.items() if name not in {"segments", "stage"}}
        if "stage" in changes and lead.stage.value != changes["stage"]:
            plain |= self._bulk.new.at_stage(Stage(changes["stage"]))
            if Stage(changes["stage"]) not in RESTING:
                plain |= {"resting_reason": "", "wake_on": None}
        if "segments" in changes:
            self._bulk.segment(self._row, lead, changes["segments"])
        self._bulk.change(self._row, lead, plain)

    def person(self, people: People) -> None:
        """Make the person, or change the one there is; and give the role at the company."""
        plan = self._plan.get("person")
        if plan is None:
            return
        if "create" in plan:
            self._bulk.create_person(self._row, self._id, plan["create"])
            return
        found = people.get(plan["id"])
        if found is None:
            return
        contact, roles = found
        changes = {name: new for name, (_old, new) in plan["changes"].items()}
        if "email" in changes:
            changes["email_key"] = changes["email"].casefold()
        self._bulk.change(self._row, contact, changes, silent=True)
        if plan["title"] is None:
            return
        role = roles.get(self._id)
        if role is None:
            line = self._bulk.new.role(contact.id, self._id, plan["title"][1])
            self._bulk.add(self._row, CompanyRole, line)
        elif plan["title"][1]:
            self._bulk.change(self._row, role, {"title": plan["title"][1]}, silent=True)

    def log(self) -> None:
        """Write the note and the follow-up."""
        note, step = self._plan.get("note"), self._plan.get("step")
        if note:
            day = note["on"]
            at = datetime.combine(date.fromisoformat(day), time(12), OSLO) if day else None
            self._bulk.add(self._row, Activity, self._bulk.new.note(self._id, note["text"], at))
        if step:
            due = date.fromisoformat(step["on"]) if step["on"] else None
            lead = self._lead
            owner = self._plan.get("lead", {}).get("owner_id") or (lead.owner_id if lead else None)
            self._bulk.add(self._row, FollowUp, self._bulk.new.step(self._id, step["text"], due, owner))


def altered(lead: Lead, name: str) -> Any:
    """A value of a lead as plans write it."""
    if name == "segments":
        return sorted(segment.code for segment in lead.segments)
    value = getattr(lead, name)
    return value.value if isinstance(value, Stage) else value


def same(current: Any, old: Any, new: Any) -> bool:
    """Whether a value is still what it was, or already what it shall be."""
    return current in (old, new)
