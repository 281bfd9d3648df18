"""The bridge learned from a register: the same from disk, bounded, of use to whoever is handed little."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
from sklearn.base import clone

from crm.matchmaker.industries.industry import Industry
from crm.matchmaker.industries.joined_bridge import JoinedBridge
from crm.matchmaker.industries.register_bridge import Described, Lesson, RegisterBridge
from crm.matchmaker.profiles import CompanyProfile, NeedProfile
from crm.matchmaker.ranking.ranker import Matchmaker

PHYSIO, DIGGING, BAKING = (Industry("SN2025", code) for code in ("86.950", "43.120", "10.710"))
TRADES = {
    PHYSIO: "Fysioterapi, opptrening og rehabilitering etter skade",
    DIGGING: "Graving, sprengning og planering med maskiner",
    BAKING: "Bakeri med brød, kaker, qvyxwzk og konditorvarer",
}


def units(count: int = 300, *, backwards: bool = False) -> Iterator[Described]:
    numbers = range(count - 1, -1, -1) if backwards else range(count)
    for number in numbers:
        industry = list(TRADES)[number % 3]
        yield Described(f"9{number:08}", f"{TRADES[industry]} nummer {number}", (industry,))


@pytest.fixture(scope="module")
def bridge() -> RegisterBridge:
    return RegisterBridge().fit(units(), [Lesson("logoped physiotherapist", [PHYSIO])])


def test_a_text_is_likest_the_industry_whose_units_write_so(bridge: RegisterBridge):
    found = bridge.transform(["opptrening etter skade", "gravemaskiner", "kakebakst"], list(TRADES))
    assert found.argmax(axis=1).tolist() == [0, 1, 2]


def test_words_told_of_an_industry_find_it(bridge: RegisterBridge):
    assert bridge.transform(["physiotherapist"], list(TRADES)).argmax() == 0


def test_a_code_never_seen_is_read_as_the_broader_one_above_it(bridge: RegisterBridge):
    unseen, elsewhere = Industry("SN2025", "86.951"), Industry("SN2025", "62.100")
    known, near, far = bridge.transform(["fysioterapi"], [PHYSIO, unseen, elsewhere])[0]
    assert known > near > far == 0


def test_a_standard_never_seen_is_not_mixed_up_with_another(bridge: RegisterBridge):
    assert bridge.transform(["fysioterapi"], [Industry("SN2007", "86.950")]).max() == 0


def test_the_sample_is_bounded_and_the_same_whatever_the_order():
    one = RegisterBridge(per_industry=20).fit(units(600))
    other = RegisterBridge(per_industry=20).fit(units(600, backwards=True))
    assert (one.texts_, one.units_) == (60, 600)
    asked = ["fysioterapi", "graving", "brød"]
    assert np.array_equal(one.transform(asked, list(TRADES)), other.transform(asked, list(TRADES)))


def test_from_disk_it_answers_as_it_did(bridge: RegisterBridge, tmp_path: Path):
    bridge.keep(tmp_path, {"made": "2026-11-23"})
    opened = RegisterBridge.newest(tmp_path)
    assert opened is not None
    assert opened.facts_["data"] == {"units": 300, "texts": 300, "industries": 3}
    asked = ["opptrening", "", "graving"]
    assert np.array_equal(opened.transform(asked, list(TRADES)), bridge.transform(asked, list(TRADES)))


@pytest.mark.parametrize("given", [[], [Described("a", "", (PHYSIO,))], [Described("a", "Fysioterapi", ())]])
def test_units_that_teach_nothing_give_a_bridge_that_says_nothing(given: list[Described], tmp_path: Path):
    bridge = RegisterBridge().fit(given)
    bridge.keep(tmp_path, {})
    opened = RegisterBridge.newest(tmp_path)
    assert opened is not None
    assert opened.transform(["fysioterapi"], [PHYSIO]).max() == 0
    joined = JoinedBridge(opened)
    assert joined.get_params()["register"] is opened
    need = NeedProfile(key="n", text="fysioterapi")
    assert Matchmaker(register=opened).fit([CompanyProfile(key="a", text="Fysioterapi")]).rank([need])[0]


def test_a_bridge_is_handed_on_not_learned_again_by_a_clone(bridge: RegisterBridge):
    assert clone(Matchmaker(register=bridge)).register is bridge


def test_what_the_register_taught_finds_companies_the_handed_ones_alone_do_not(bridge: RegisterBridge):
    companies = [
        CompanyProfile(key="a", name="ALFA AS", text="Tjenester.", nace=("43.120",)),
        CompanyProfile(key="b", name="BETA AS", text="Tjenester.", nace=("10.710",)),
    ]
    need = NeedProfile(key="n", text="Qvyxwzk")
    [alone] = Matchmaker().fit(companies).rank([need])
    [taught] = Matchmaker(register=bridge).fit(companies).rank([need])
    assert alone[0].company == "a"
    assert taught[0].company == "b"


def test_a_company_without_codes_gets_the_industry_the_register_would_give_it(bridge: RegisterBridge):
    companies = [
        CompanyProfile(key="a", text="Vi driver med kaker"),
        CompanyProfile(key="b", text="Vi driver med planering"),
    ]
    need = NeedProfile(key="n", text="Konditor som leverer brød")
    [ranked] = Matchmaker(register=bridge).fit(companies).rank([need])
    assert ranked[0].company == "a"
    assert ranked[0].score > ranked[1].score
