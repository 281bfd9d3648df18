from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest
from sklearn.base import clone
from sklearn.exceptions import NotFittedError

from crm.matchmaker.files import read_companies
from crm.matchmaker.language.texts import TextSpace
from crm.matchmaker.profiles import CompanyProfile, Evidence, NeedProfile, RankedCompany
from crm.matchmaker.ranking.ranker import Matchmaker
from crm.matchmaker.signals.track_record import TrackRecord
from crm.matchmaker.wording import in_words

ROAD = Evidence(text="Brøyting av kommunale veier", source="Doffin")
MENU = Evidence(text="Levering av lunsj")
SPACE = TextSpace().fit([ROAD.text, MENU.text, "Brøyting og strøing"])
ASKED = SPACE.transform(["brøyting av veier", "lunsj", "🎈"])


def record(*done: tuple[Evidence, ...]) -> TrackRecord:
    companies = [CompanyProfile(key=str(number), evidence=deeds) for number, deeds in enumerate(done)]
    return TrackRecord().fit(companies, SPACE)


def test_clone_carries_the_setting_and_reading_before_fitting_is_refused() -> None:
    assert clone(TrackRecord(half=2.0)).get_params() == {"half": 2.0}
    with pytest.raises(NotFittedError):
        TrackRecord().transform(ASKED)


def test_who_has_done_the_like_stands_first_and_who_has_done_nothing_at_zero() -> None:
    found = record((ROAD,), (MENU,), ()).transform(ASKED)
    assert found.shape == (3, 3)
    assert found[0, 0] > 5 * found[0, 1] > 0
    assert found[1, 1] > 5 * found[1, 0]
    assert not found[:, 2].any()


def test_more_deeds_never_lower_it_and_the_same_again_says_less() -> None:
    steps = [(ROAD,) * times for times in (1, 2, 3)]
    once, twice, thrice = record(*steps).transform(ASKED)[0]
    assert once < twice < thrice
    assert twice - once > thrice - twice
    both = record((ROAD,), (ROAD, MENU)).transform(ASKED)
    assert (both[:, 1] >= both[:, 0]).all()
    counted = record((Evidence(text=ROAD.text, count=3),)).transform(ASKED)[0, 0]
    assert counted == pytest.approx(thrice)


def test_nobody_with_a_record_gives_zero_for_all() -> None:
    assert not record((), ()).transform(ASKED).any()
    assert record().transform(ASKED).shape == (3, 0)


def test_some_companies_read_alone_get_the_same_figures_and_the_unknown_are_of_one_kind() -> None:
    whole = record((), (ROAD,), (), (MENU,))
    assert np.array_equal(whole.at([1, 2]).transform(ASKED), whole.transform(ASKED)[:, [1, 2]])
    assert whole.kinds().tolist() == [0, 1, 0, 2]


def ranked(deeds: tuple[Evidence, ...], text: str) -> RankedCompany:
    companies = [CompanyProfile(key="plain"), CompanyProfile(key="done", evidence=deeds)]
    [row] = Matchmaker().fit(companies).rank([NeedProfile(key="n", text=text)])
    return next(pair for pair in row if pair.company == "done")


@pytest.mark.parametrize(
    ("deeds", "text", "sentence"),
    [
        (
            (MENU, ROAD),
            "Brøyting av veier",
            "Virksomheten har gjort noe lignende før: «Brøyting av kommunale veier» (Doffin).",
        ),
        ((MENU,), "Lunsj", "Virksomheten har gjort noe lignende før: «Levering av lunsj»."),
        (
            (Evidence(count=4),),
            "Lunsj",
            "Virksomheten har 4 tidligere oppdrag eller prosjekter vi kjenner til.",
        ),
    ],
)
def test_the_likest_deed_is_told_with_its_source(
    deeds: tuple[Evidence, ...], text: str, sentence: str
) -> None:
    assert sentence in [in_words(reason) for reason in ranked(deeds, text).reasons]


def test_evidence_is_read_from_a_file_with_what_is_not_known_left_out(tmp_path: Path) -> None:
    file = tmp_path / "companies.jsonl"
    deeds = [{"text": "Brøyting", "source": "Doffin", "year": 2024}, {"count": 3}]
    file.write_text(json.dumps({"key": "a", "text": "", "evidence": deeds}), encoding="utf-8")
    [company] = read_companies(file)
    assert company.evidence == (Evidence(text="Brøyting", source="Doffin"), Evidence(count=3))
