"""Lists of companies on both databases: every filter and order asked in two ways is the same, page by page.

On SQLite the plans are looked at as well: nothing a list offers reads a whole table.
"""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import Select, func, select
from sqlalchemy.orm import Session

from crm import clock
from crm.activities import operations as activities
from crm.activities.drafts import Subject, follow_up_draft
from crm.campaigns.models import Campaign, campaign_companies
from crm.companies import lists, operations
from crm.companies.conditions import FIELDS, Condition, Op, condition, ops_of, read, written
from crm.companies.drafts import SORTS, CompanyDraft, CompanyFilter, LeadDraft, company_filter
from crm.companies.models import Company, Lead, Stage
from crm.companies.rules import Rules
from crm.errors import InvalidInput
from crm.fields import operations as fields
from crm.fields.drafts import field_draft
from crm.fields.models import FieldKind
from crm.fields.models import Subject as FieldSubject
from crm.storage.engines import Database
from tests.world import World

TOWNS = (("3420", "Elverum"), ("3403", "Hamar"), (None, None), ("0301", "Oslo"))
VALUES = {
    "municipality": ["3420", "3403"], "nace": ["32", "86.1"], "employees": ["12"], "name": ["rulle"],
    "stage": ["meeting", "identified"], "segment": ["helse", "beredskap"], "source": ["Messe", "Rørløft"],
}  # fmt: skip


@pytest.fixture
def many(session: Session, world: World) -> World:
    """The small world with companies of every sort beside it."""
    now = clock.now()
    stages = list(Stage)
    for number in range(24):
        town_no, town = TOWNS[number % 4]
        made = operations.create_company(
            session,
            None,
            CompanyDraft(
                name=f"{'Ærlig' if number % 3 else 'Bedrift'} {number % 5}",
                municipality_no=town_no,
                municipality=town,
                employees=(None, 3, 12, 40)[number % 4] if number % 3 else None,
                industry=(None, "32.500", "86.100")[number % 3],
            ),
            now=now - timedelta(days=number % 7),
        )
        if number % 5:
            draft = LeadDraft(
                segments=frozenset({"helse"} if number % 2 else {"beredskap", "livsstil"}),
                source=("", "Messe")[number % 2],
                owner_id=world.developer.id if number % 3 else None,
                stage=stages[number % len(stages)],
            )
            lead = operations.follow(session, None, made, draft, now=now - timedelta(days=10 * number))
            lead.last_contact_at = now - timedelta(days=15 * number) if number % 4 else None
        if number % 6 == 0:
            due = clock.today() + timedelta(days=number)
            step = follow_up_draft(text="Ring", due_on=due, owner_id=world.developer.id, today=clock.today())
            activities.plan(session, world.developer.id, Subject(company_id=made.id), step)
    _own_things(session, world)
    session.flush()
    return world


def _own_things(session: Session, world: World) -> None:
    """An own field of every kind on some companies, and a static list."""
    values: dict[str, Any] = {
        "text": "Blå bil",
        "number": 4.0,
        "date": clock.today() - timedelta(days=3),
        "choice": "Ja",
    }
    kept = session.scalars(select(Company).order_by(Company.id)).all()
    for kind in FieldKind:
        draft = field_draft(
            name=f"Felt {kind}", kind=kind, choices=["Ja", "Nei"] if kind is FieldKind.CHOICE else []
        )
        own = fields.create_field(session, None, FieldSubject.COMPANY, draft)
        for company in kept[:: len(kind)]:
            fields.set_values(session, None, FieldSubject.COMPANY, company, {own: values[kind]})
    campaign = Campaign(owner_id=world.developer.id, name="Messe", name_key="messe")
    session.add(campaign)
    session.flush()
    pairs = [{"campaign_id": campaign.id, "company_id": company.id} for company in kept[::3]]
    session.execute(campaign_companies.insert(), pairs)


def conditions(session: Session) -> list[Condition]:
    """Every condition that can be asked, with values that some companies have."""
    found: list[Condition] = []
    ids = {"owner": session.scalars(select(Lead.owner_id).where(Lead.owner_id.is_not(None))).first()}
    ids["list"] = session.scalars(select(Campaign.id)).first()
    for name, (sort, empty) in FIELDS.items():
        asked = ops_of(sort, may_be_empty=empty)
        found += [condition(name, op, _values(name, op, ids)) for op in asked]
    own = [
        ("felt_text", Op.CONTAINS, "bla bil"), ("felt_text", Op.LACKS, "bil"), ("felt_text", Op.EMPTY, ""),
        ("felt_number", Op.MIN, "4"), ("felt_number", Op.MAX, "3"), ("felt_number", Op.IS, "4"),
        ("felt_date", Op.LAST, "5"), ("felt_date", Op.SILENT, "5"), ("felt_date", Op.BEFORE, "2200-01-01"),
        ("felt_choice", Op.IS, "ja"), ("felt_choice", Op.NOT, "Ja"), ("felt_choice", Op.FILLED, ""),
    ]  # fmt: skip
    return found + [condition(f"own.{code}", op, [value]) for code, op, value in own]


def _values(name: str, op: Op, ids: dict[str, int | None]) -> list[str]:
    if name in ids:
        return [str(ids[name])]
    if op in {Op.BEFORE, Op.AFTER}:
        return [(clock.today() - timedelta(days=40)).isoformat()]
    return VALUES.get(name, ["30"])


def ids_of(session: Session, asked: Select[Any]) -> list[int]:
    return list(session.scalars(asked))


def fitting(wanted: CompanyFilter, rules: Rules) -> Select[Any]:
    chosen = select(Company.id).join(Company.lead, isouter=not wanted.followed)
    return chosen.where(*rules.of(wanted)).order_by(Company.id)


@pytest.mark.parametrize("followed", [True, False])
def test_every_condition_is_the_same_looked_up_and_row_by_row(session: Session, many: World, followed: bool):
    told_apart = 0
    every = session.scalar(select(func.count(Company.id))) or 0
    for one in conditions(session):
        wanted = CompanyFilter(where=(one,), followed=followed)
        found = ids_of(session, fitting(wanted, Rules()))
        assert ids_of(session, fitting(wanted, Rules(walking=True))) == found, one
        assert lists.count_up_to(session, wanted) == len(found), one
        told_apart += 0 < len(found) < every
    assert told_apart > 40


def test_all_or_any_of_the_conditions(session: Session, many: World):
    here = condition("municipality", "is", ["3420", "3403"])
    big = condition("employees", "min", ["40"])
    for rules in (Rules(), Rules(walking=True)):
        apart = [set(ids_of(session, fitting(CompanyFilter(where=(one,)), rules))) for one in (here, big)]
        both = set(ids_of(session, fitting(CompanyFilter(where=(here, big)), rules)))
        either = set(ids_of(session, fitting(CompanyFilter(where=(here, big), any_of=True), rules)))
        assert both == apart[0] & apart[1]
        assert either == apart[0] | apart[1] != both


@pytest.mark.parametrize("followed", [True, False])
@pytest.mark.parametrize("sort", SORTS)
def test_walking_in_order_gives_what_sorting_gives_page_by_page(
    session: Session, many: World, sort: str, followed: bool
):
    for wanted in (
        CompanyFilter(sort=sort, followed=followed),
        CompanyFilter(sort=sort, followed=followed, where=(condition("municipality", "filled", []),)),
        CompanyFilter(sort=sort, followed=followed, where=(condition("stage", "not", ["lost"]),)),
        CompanyFilter(sort=sort, followed=followed, q="ae"),
    ):
        whole = [company.id for company in session.scalars(lists.companies(wanted)).unique()]
        plenty = lists.COUNTED + 1
        walked = [
            company.id
            for start in range(0, len(whole) + 5, 5)
            for company in lists.screen(session, wanted, fitting=plenty, start=start, size=5)
        ]
        assert walked == whole
        below, after = [], None
        while page := lists.screen(session, wanted, fitting=plenty, start=0, size=4, after=after):
            below += [company.id for company in page]
            after = page[-1].id
        assert below == whole


def test_a_list_is_counted_no_further_than_it_is_told(session: Session, many: World):
    assert lists.count_up_to(session, CompanyFilter(), most=3) == 4
    assert lists.count_up_to(session, CompanyFilter(q="rullestol"), most=3) == 1


@pytest.mark.parametrize(
    "text",
    ["municipality:is:3420,3421;last_contact:silent:90", r"name:contains:a\,b\;c\\d", "owner:empty:"],
)
def test_conditions_are_read_as_they_were_written(text: str):
    assert written(read(text)) == text
    assert company_filter({"where": text, "any": "1"}).given["where"] == text


@pytest.mark.parametrize(
    "text",
    [
        "colour:is:red", "stage:is:nowhere", "stage:min:3", "owner:is:x", "last_contact:silent:0",
        "employees:min:x", "last_contact:before:yesterday", "name:contains:", "own.X:is:1", "stage",
        ";".join(["owner:empty:"] * 13),
    ],
)  # fmt: skip
def test_what_cannot_be_a_condition_is_refused(text: str):
    with pytest.raises(InvalidInput):
        company_filter({"where": text})


class TestPlans:
    """What SQLite says it would do; the database is empty, so nothing but the rules themselves tell it."""

    def plan(self, session: Session, asked: Any) -> list[str]:
        compiled = asked.compile(session.get_bind(), compile_kwargs={"render_postcompile": True})
        given = compiled.construct_params(escape_names=False)
        values = tuple(
            processed(given[name]) if (processed := compiled._bind_processors.get(name)) else given[name]
            for name in compiled.positiontup
        )
        rows = session.connection().exec_driver_sql(f"EXPLAIN QUERY PLAN {compiled}", values)
        return [str(row[3]) for row in rows]

    def whole_tables(self, plan: list[str]) -> list[str]:
        read = [line for line in plan if line.startswith("SCAN ") and "VIRTUAL TABLE" not in line]
        return [
            line for line in read if line.split()[1] in {"companies", "leads", "follow_ups", "own_values"}
        ]

    def test_a_condition_is_looked_up_in_an_index(self, sqlite_database: Database):
        spread = {Op.NOT, Op.LACKS, Op.EMPTY, Op.FILLED}
        with sqlite_database.Read() as session:
            ids: dict[str, int | None] = {"owner": 1, "list": 1}
            for name, (sort, empty) in FIELDS.items():
                for op in set(ops_of(sort, may_be_empty=empty)) - spread:
                    wanted = CompanyFilter(where=(condition(name, op, _values(name, op, ids)),))
                    found = self.plan(session, fitting(wanted, Rules()).order_by(None))
                    assert self.whole_tables(found) == [], (name, op, found)

    @pytest.mark.parametrize("sort", SORTS)
    @pytest.mark.parametrize("followed", [True, False])
    def test_an_order_is_walked_along_its_index(self, sqlite_database: Database, sort: str, followed: bool):
        wanted = CompanyFilter(sort=sort, followed=followed, where=(condition("stage", "not", ["lost"]),))
        with sqlite_database.Read() as session:
            for stretch in lists._stretches(wanted):
                walked = lists._walk(wanted, stretch, [stretch], None)
                assert walked is not None
                found = self.plan(session, walked.limit(50))
                assert all("INDEX" in line for line in self.whole_tables(found)), found
                assert "USE TEMP B-TREE FOR ORDER BY" not in found
