from __future__ import annotations

import re

from crm.matchmaker.industries.everyday import _suppliers, everyday_words, lines_about
from crm.matchmaker.industries.industry import Industry
from crm.matchmaker.profiles import CompanyProfile, NeedProfile
from crm.matchmaker.ranking.ranker import Matchmaker

CODE = re.compile(r"\d\d(\.\d{0,3})?")


def _company(key: str, code: str, text: str = "", standard: str = "SN2025") -> CompanyProfile:
    return CompanyProfile(key=key, text=text, nace=(code,), nace_standard=standard)


def _best(companies: list[CompanyProfile], text: str) -> str:
    [ranked] = Matchmaker().fit(companies).rank([NeedProfile(key="n", text=text)])
    return ranked[0].company


def test_every_line_has_codes_of_both_standards_and_words() -> None:
    for line in everyday_words():
        assert line.words.strip()
        for standard in ("SN2007", "SN2025"):
            assert line.prefixes[standard]
            assert all(CODE.fullmatch(prefix) for prefix in line.prefixes[standard]), line


def test_a_number_that_changed_its_meaning_is_read_by_its_standard() -> None:
    old, new = (lines_about([Industry(standard, "25.400")]) for standard in ("SN2007", "SN2025"))
    assert all("våpen" in words for words, _ in old)
    assert not any("våpen" in words for words, _ in new)


def test_a_company_without_a_text_is_found_by_what_its_industry_is_called() -> None:
    companies = [
        _company("bakery", "10.710"),
        _company("physio", "86.950"),
        _company("transport", "49.410"),
    ]
    assert _best(companies, "Vi trenger fysioterapeut til opptrening") == "physio"
    assert _best(companies, "Hvem kan levere rundstykker til møter?") == "bakery"


def test_a_need_in_english_finds_a_company_that_writes_norwegian() -> None:
    companies = [
        _company("cleaning", "81.210", "Renhold av lokaler og det som hører til"),
        _company("digging", "43.120", "Gravemaskin og tomtearbeid"),
        _company("doctor", "86.210", "Legesenter"),
    ]
    assert _best(companies, "We are looking for someone to do the cleaning of our offices") == "cleaning"
    assert _best(companies, "Emergency excavator and groundwork capacity") == "digging"


def test_a_need_in_nynorsk_finds_its_company() -> None:
    companies = [_company("accounts", "69.200"), _company("dentist", "86.230"), _company("guard", "80.010")]
    assert _best(companies, "Me treng hjelp med rekneskap og løn") == "accounts"


def test_a_code_handed_without_its_dot_is_the_same_industry() -> None:
    companies = [_company("physio", "86950"), _company("bakery", "10710")]
    assert _best(companies, "fysioterapeut") == "physio"


def test_a_procurement_code_alone_says_who_could_deliver() -> None:
    companies = [_company("cleaning", "81.210"), _company("software", "62.100"), _company("bakery", "10.710")]
    needs = [
        NeedProfile(key="n", title="Rammeavtale 2026", cpv=("90910000-9",)),
        NeedProfile(key="m", title="Rammeavtale 2026", cpv=("72212000",)),
    ]
    first, second = Matchmaker().fit(companies).rank(needs)
    assert (first[0].company, second[0].company) == ("cleaning", "software")


def test_an_unknown_procurement_code_changes_nothing() -> None:
    companies = [_company("cleaning", "81.210"), _company("bakery", "10.710")]
    plain = NeedProfile(key="n", text="Vi vil ha brød")
    coded = NeedProfile(key="n", text="Vi vil ha brød", cpv=("00", "tull", ""))
    matchmaker = Matchmaker().fit(companies)
    assert matchmaker.rank([plain]) == matchmaker.rank([coded])


def test_every_supplier_of_a_procurement_code_has_everyday_words() -> None:
    known = {prefix for line in everyday_words() for prefix in line.prefixes["SN2007"]}
    assert {prefix for about in _suppliers().values() for prefix in about} <= known
