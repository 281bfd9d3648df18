"""What the demo data promises its loader and its reader."""

from __future__ import annotations

import datetime as dt
import re
import tomllib
from collections import Counter
from pathlib import Path
from typing import Any

import phonenumbers
import pytest

DATA = Path(__file__).parents[2] / "crm" / "demo" / "data"
SEGMENTS = {"helse", "livsstil", "beredskap"}
STAGES = {
    "identified",
    "contacted",
    "meeting",
    "visit",
    "concrete_interest",
    "establishing",
    "established",
    "parked",
    "lost",
}
KINDS = {"hospital", "armed_forces", "municipality", "university", "volunteers", "company", "other"}
OUTCOMES = {"reached", "not_reached", "positive", "neutral", "negative", "agreed"}
CONTACT_KINDS = {"call", "meeting", "visit", "email", "event"}
WEIGHTS = (3, 2, 7, 6, 5, 4, 3, 2)


def read(name: str) -> dict[str, Any]:
    return tomllib.loads((DATA / name).read_text(encoding="utf-8"))


COMPANIES = read("companies.toml")["company"]
PARTNERS = read("partners.toml")["partner"]
NEEDS = [need for partner in PARTNERS for need in partner["need"]]
OFFERS = [offer for partner in PARTNERS for offer in partner["offer"]]
PEOPLE = read("people.toml")["person"]
COLLEAGUES = read("people.toml")["colleague"]
LEADS = read("log.toml")["lead"]
PARTNER_ACTIVITIES = read("log.toml")["partner_activity"]
LEAD_ACTIVITIES = [activity for lead in LEADS for activity in lead.get("activity", [])]
FOLLOW_UPS = [follow_up for lead in LEADS for follow_up in lead.get("follow_up", [])]

COMPANY_BY_KEY = {company["key"]: company for company in COMPANIES}
PARTNER_KEYS = {partner["key"] for partner in PARTNERS}
PERSON_BY_KEY = {person["key"]: person for person in PEOPLE}
COLLEAGUE_KEYS = {colleague["key"] for colleague in COLLEAGUES}


def is_valid_orgnr(orgnr: str) -> bool:
    remainder = sum(int(digit) * weight for digit, weight in zip(orgnr[:8], WEIGHTS, strict=True)) % 11
    return remainder != 1 and int(orgnr[8]) == (11 - remainder) % 11


def sentences(text: str) -> int:
    return len(re.findall(r"[.!?](?=\s|$)", text))


def repeated(values: list[str]) -> list[str]:
    return [value for value, count in Counter(values).items() if count > 1]


class TestCounts:
    def test_the_world_has_the_size_a_newcomer_can_wander_in(self) -> None:
        assert len(COMPANIES) == 80
        assert len(PARTNERS) == 12
        assert 28 <= len(NEEDS) <= 34
        assert 11 <= len(OFFERS) <= 15
        assert 42 <= len(PEOPLE) <= 50
        assert len(COLLEAGUES) == 4
        assert len(LEADS) == 30
        assert 90 <= len(LEAD_ACTIVITIES) <= 105
        assert 36 <= len(FOLLOW_UPS) <= 46
        assert len(PARTNER_ACTIVITIES) >= 4

    def test_about_a_third_of_the_companies_have_an_unknown_number_of_employees(self) -> None:
        assert 22 <= sum("employees" not in company for company in COMPANIES) <= 32

    def test_about_twenty_five_companies_say_what_they_bring(self) -> None:
        assert 20 <= sum("offer" in company for company in COMPANIES) <= 30

    def test_twenty_companies_are_outsiders(self) -> None:
        # Their purposes lie outside the programme; one campsite still counts as lifestyle.
        assert 18 <= sum(not company["segments"] for company in COMPANIES) <= 20

    def test_most_needs_are_not_shown_to_companies(self) -> None:
        assert 0 < sum(need["shown_to_companies"] for need in NEEDS) < len(NEEDS) / 2


class TestCompanies:
    def test_keys_names_and_numbers_are_unique(self) -> None:
        for field in ("key", "name", "orgnr", "home_page"):
            assert not repeated([company[field] for company in COMPANIES]), field

    @pytest.mark.parametrize("company", COMPANIES, ids=lambda company: company["key"])
    def test_the_number_is_valid_and_synthetic(self, company: dict[str, Any]) -> None:
        assert re.fullmatch(r"[23]\d{8}", company["orgnr"])
        assert is_valid_orgnr(company["orgnr"])

    @pytest.mark.parametrize("company", COMPANIES, ids=lambda company: company["key"])
    def test_the_facts_have_their_shape(self, company: dict[str, Any]) -> None:
        assert re.fullmatch(r"[a-z0-9-]+", company["key"])
        assert company["home_page"] == f"https://{company['key']}.example"
        assert company["form"] in {"AS", "SA", "NUF", "STI", "FLI", "IKS"}
        assert re.fullmatch(r"\d{4}", company["municipality_no"])
        assert re.fullmatch(r"\d{4}", company["postal_code"])
        assert company["municipality"]
        assert company["place"]
        assert 1 <= len(company["nace"]) <= 2
        assert len(company["nace"]) == len(company["nace_names"])
        assert all(re.fullmatch(r"\d{2}\.\d{3}", code) for code in company["nace"])
        assert all(company["nace_names"])
        assert isinstance(company["founded"], dt.date)
        assert company.get("employees", 1) > 0
        assert set(company["segments"]) <= SEGMENTS
        assert len(company["segments"]) == len(set(company["segments"]))

    @pytest.mark.parametrize("company", COMPANIES, ids=lambda company: company["key"])
    def test_purpose_and_activity_are_sentences(self, company: dict[str, Any]) -> None:
        assert 40 <= len(company["purpose"]) <= 400
        assert 1 <= sentences(company["purpose"]) <= 3
        assert 30 <= len(company["activity"]) <= 200
        assert sentences(company["activity"]) == 1
        assert 1 <= sentences(company.get("offer", ".")) <= 2

    def test_the_name_ends_as_the_form_demands(self) -> None:
        for company in COMPANIES:
            if company["form"] in {"AS", "SA", "NUF", "IKS"}:
                assert company["name"].endswith(" " + company["form"]), company["name"]


class TestPartners:
    def test_keys_are_unique(self) -> None:
        assert not repeated([partner["key"] for partner in PARTNERS])
        assert not repeated([need["key"] for need in NEEDS])

    def test_every_partner_is_marked_as_invented(self) -> None:
        assert all(partner["name"].endswith("(demo)") for partner in PARTNERS)

    @pytest.mark.parametrize("partner", PARTNERS, ids=lambda partner: partner["key"])
    def test_a_partner_has_its_shape(self, partner: dict[str, Any]) -> None:
        assert partner["kind"] in KINDS
        assert re.fullmatch(r"\d{4}", partner["municipality_no"])
        assert set(partner["segments"]) <= SEGMENTS
        assert sentences(partner["about"]) == 1
        assert 2 <= len(partner["need"]) <= 4
        assert all(40 <= len(offer["text"]) <= 400 for offer in partner["offer"])

    @pytest.mark.parametrize("need", NEEDS, ids=lambda need: need["key"])
    def test_a_need_says_what_is_wanted_in_full_sentences(self, need: dict[str, Any]) -> None:
        assert 10 <= len(need["title"]) <= 70
        assert 2 <= sentences(need["text"]) <= 3
        assert len(need["text"]) <= 900
        assert need["segments"]
        assert set(need["segments"]) <= SEGMENTS
        assert 30 <= need["valid_days"] <= 400
        assert need["source"]

    def test_a_need_belongs_to_a_person_of_its_partner(self) -> None:
        for partner in PARTNERS:
            for need in partner["need"]:
                assert PERSON_BY_KEY[need["contact"]]["partner"] == partner["key"], need["key"]
                assert set(need["segments"]) <= set(partner["segments"]), need["key"]

    @pytest.mark.parametrize("need", NEEDS, ids=lambda need: need["key"])
    def test_a_need_has_a_company_in_one_of_its_segments(self, need: dict[str, Any]) -> None:
        assert any(set(need["segments"]) & set(company["segments"]) for company in COMPANIES)

    def test_the_companies_expected_to_fit_share_a_segment_with_the_need(self) -> None:
        segments = {need["key"]: set(need["segments"]) for need in NEEDS}
        text = (DATA / "companies.toml").read_text(encoding="utf-8")
        expected = re.findall(r'^# Fits: (.+)\nkey = "(.+)"$', text, flags=re.MULTILINE)
        assert len(expected) == 60
        met: set[str] = set()
        for needs, company in expected:
            for need in needs.split(", "):
                assert segments[need] & set(COMPANY_BY_KEY[company]["segments"]), (company, need)
                met.add(need)
        assert met == set(segments)

    def test_the_armed_forces_write_nothing_a_public_notice_could_not_hold(self) -> None:
        [partner] = [partner for partner in PARTNERS if partner["kind"] == "armed_forces"]
        for need in partner["need"]:
            told = f"{need['title']} {need['text']}".casefold()
            assert not re.search(r"\d|\blager|beholdning|innsatsklar|ammunisjon|våpen|reaksjonstid", told)


class TestPeople:
    def test_keys_and_names_are_unique(self) -> None:
        everyone = PEOPLE + COLLEAGUES
        for field in ("key", "name", "email"):
            assert not repeated([person[field] for person in everyone]), field

    def test_everyone_is_called_eksempel(self) -> None:
        assert all(re.fullmatch(r"\w+ Eksempel", person["name"]) for person in PEOPLE + COLLEAGUES)

    def test_addresses_lead_nowhere(self) -> None:
        assert all(re.fullmatch(r"[a-z.-]+@[a-z-]+\.example", p["email"]) for p in PEOPLE + COLLEAGUES)

    def test_a_person_works_at_exactly_one_place_that_exists(self) -> None:
        for person in PEOPLE:
            assert ("company" in person) != ("partner" in person), person["key"]
            if "company" in person:
                assert person["company"] in COMPANY_BY_KEY, person["key"]
                assert person["email"].endswith(f"@{person['company']}.example"), person["key"]
            else:
                assert person["partner"] in PARTNER_KEYS, person["key"]

    def test_most_have_a_valid_number_and_no_two_the_same(self) -> None:
        numbers = [phonenumbers.parse(person["phone"], "NO") for person in PEOPLE if "phone" in person]
        assert len(numbers) > len(PEOPLE) / 2
        assert all(phonenumbers.is_valid_number(number) for number in numbers)
        assert len({number.national_number for number in numbers}) == len(numbers)

    def test_the_team_has_one_manager(self) -> None:
        roles = [colleague["role"] for colleague in COLLEAGUES]
        assert Counter(roles) == {"manager": 1, "developer": 3}


class TestLog:
    def test_every_stage_is_used_and_the_first_two_most(self) -> None:
        stages = Counter(lead["stage"] for lead in LEADS)
        assert set(stages) == STAGES
        assert {stage for stage, _ in stages.most_common(2)} == {"identified", "contacted"}

    def test_a_company_is_followed_once(self) -> None:
        assert not repeated([lead["company"] for lead in LEADS])

    @pytest.mark.parametrize("lead", LEADS, ids=lambda lead: lead["company"])
    def test_references_resolve(self, lead: dict[str, Any]) -> None:
        company = COMPANY_BY_KEY[lead["company"]]
        assert lead["owner"] in COLLEAGUE_KEYS
        assert lead["segments"]
        assert set(lead["segments"]) <= set(company["segments"])
        for activity in lead.get("activity", []):
            assert activity["by"] in COLLEAGUE_KEYS
            if "person" in activity:
                assert PERSON_BY_KEY[activity["person"]]["company"] == lead["company"]
        assert all(follow_up["owner"] in COLLEAGUE_KEYS for follow_up in lead.get("follow_up", []))

    @pytest.mark.parametrize("lead", LEADS, ids=lambda lead: lead["company"])
    def test_a_stage_is_earned_by_what_happened(self, lead: dict[str, Any]) -> None:
        activities = lead.get("activity", [])
        reached = [a for a in activities if a.get("outcome") not in {None, "not_reached"}]
        assert len(activities) <= 6
        if lead["stage"] != "identified":
            assert reached
        if lead["stage"] in {"meeting", "visit", "concrete_interest", "establishing", "established"}:
            assert any(activity["kind"] in {"meeting", "visit"} for activity in activities)
        if lead["stage"] in {"visit", "concrete_interest", "establishing", "established"}:
            assert any(activity["kind"] == "visit" for activity in activities)

    def test_what_is_parked_or_lost_says_why_and_what_is_parked_says_until_when(self) -> None:
        for lead in LEADS:
            assert ("reason" in lead) == (lead["stage"] in {"parked", "lost"}), lead["company"]
            assert ("wake_in_days" in lead) == (lead["stage"] == "parked"), lead["company"]

    @pytest.mark.parametrize("activity", LEAD_ACTIVITIES + PARTNER_ACTIVITIES, ids=lambda a: a["text"][:25])
    def test_an_activity_happened_in_office_hours_and_is_told_in_a_few_sentences(
        self, activity: dict[str, Any]
    ) -> None:
        assert activity["kind"] in CONTACT_KINDS | {"note"}
        assert 0 <= activity["days_ago"] <= 300
        assert re.fullmatch(r"(0[89]|1[0-5]):[0-5]\d", activity["time"])
        assert 1 <= sentences(activity["text"]) <= 3
        assert len(activity["text"]) <= 400
        if activity["kind"] in CONTACT_KINDS:
            assert activity["outcome"] in OUTCOMES
        else:
            assert "outcome" not in activity

    def test_activities_stand_in_the_order_they_happened(self) -> None:
        for lead in LEADS:
            ages = [activity["days_ago"] for activity in lead.get("activity", [])]
            assert ages == sorted(ages, reverse=True), lead["company"]

    def test_partner_activities_are_with_people_of_that_partner(self) -> None:
        for activity in PARTNER_ACTIVITIES:
            assert activity["partner"] in PARTNER_KEYS
            assert PERSON_BY_KEY[activity["person"]]["partner"] == activity["partner"]
            assert activity["by"] in COLLEAGUE_KEYS

    def test_some_open_leads_have_been_quiet_for_more_than_sixty_days(self) -> None:
        quiet = [
            lead["company"]
            for lead in LEADS
            if lead["stage"] not in {"parked", "lost"}
            and lead.get("activity")
            and min(activity["days_ago"] for activity in lead["activity"]) > 60
        ]
        assert len(quiet) >= 4

    def test_follow_ups_are_late_due_today_and_ahead(self) -> None:
        open_ones = [follow_up for follow_up in FOLLOW_UPS if not follow_up["done"]]
        due = [follow_up["due_in_days"] for follow_up in open_ones]
        assert min(due) < 0
        assert due.count(0) >= 3
        assert sum(days > 0 for days in due) > len(due) / 2
        assert all(follow_up["due_in_days"] < 0 for follow_up in FOLLOW_UPS if follow_up["done"])


class TestTexts:
    def test_no_text_is_written_twice(self) -> None:
        texts = [company[field] for company in COMPANIES for field in ("purpose", "activity")]
        texts += [company["offer"] for company in COMPANIES if "offer" in company]
        texts += [record[field] for record in NEEDS + OFFERS for field in ("title", "text")]
        texts += [record["text"] for record in LEAD_ACTIVITIES + PARTNER_ACTIVITIES + FOLLOW_UPS]
        assert not repeated(texts)

    def test_the_files_are_composed_utf8_without_invisible_characters(self) -> None:
        for path in DATA.glob("*.toml"):
            text = path.read_text(encoding="utf-8")
            assert not re.search(r"[\u00ad\u200b-\u200f\ufeff\u0300-\u036f\u00c3]", text), path.name
            assert re.search("[æøå]", text), path.name

    def test_no_text_holds_a_national_identity_number(self) -> None:
        for path in DATA.glob("*.toml"):
            assert not re.search(r"(?<!\d)\d{6} ?\d{5}(?!\d)", path.read_text(encoding="utf-8")), path.name
