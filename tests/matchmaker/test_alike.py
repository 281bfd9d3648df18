from __future__ import annotations

import numpy as np
import pytest
from sklearn.base import clone
from sklearn.exceptions import NotFittedError

from crm.matchmaker.industries.industry import Industry
from crm.matchmaker.language.texts import TextSpace
from crm.matchmaker.profiles import CompanyProfile, NeedProfile, PastVerdict
from crm.matchmaker.ranking.ranker import Matchmaker
from crm.matchmaker.signals.alike import AlikeVerdicts, Judged, Trades
from crm.matchmaker.wording import in_words

DIGGER, PHYSIO = Industry("SN2025", "43.120"), Industry("SN2025", "86.950")
TRADES = Trades(industries=[DIGGER, PHYSIO], held=[[0], [0], [1], []])
ASKED = ["Graving av en tomt", "Graving av tomter til boliger", "Opptrening etter skade"]
SPACE = TextSpace().fit(ASKED)
ROWS = SPACE.transform(ASKED)


def heard(*verdicts: tuple[int, int, int], expected: float = 0.5) -> AlikeVerdicts:
    """Told of verdicts as need, company and answer."""
    needs, companies, answers = np.array(verdicts, dtype=int).T
    judged = Judged(
        needs=needs, companies=companies, answers=answers, expected=np.full(len(verdicts), expected)
    )
    return AlikeVerdicts().fit(ROWS, judged, TRADES)


def test_clone_carries_every_setting_and_reading_before_fitting_is_refused() -> None:
    assert clone(AlikeVerdicts(doubt=9)).get_params() == {"doubt": 9}
    with pytest.raises(NotFittedError):
        AlikeVerdicts().transform(ROWS)


def test_a_no_lowers_the_pair_most_then_its_kind_and_hardly_anything_for_other_needs() -> None:
    told = heard((0, 0, 0)).transform(ROWS)
    assert told.shape == (3, 4)
    assert told[0, 0] < told[0, 1] < 0
    assert told[0, 1] < told[1, 1] < 0
    assert told[0, 2] == told[0, 3] == 0
    assert abs(told[2]).max() < 0.02


def test_a_verdict_says_as_much_as_it_surprises() -> None:
    likely, unlikely = heard((0, 0, 0), expected=0.9), heard((0, 0, 0), expected=0.1)
    assert likely.transform(ROWS)[0, 1] < 3 * unlikely.transform(ROWS)[0, 1] < 0


@pytest.mark.parametrize("before", [[(0, 0, 1)], [(0, 0, 0)], [(0, 1, 1), (1, 2, 0), (2, 3, 0)]])
def test_one_more_yes_never_lowers_and_one_more_no_never_raises(before: list[tuple[int, int, int]]) -> None:
    stood = heard(*before).transform(ROWS)
    assert (heard(*before, (1, 1, 1)).transform(ROWS) >= stood - 1e-7).all()
    assert (heard(*before, (1, 1, 0)).transform(ROWS) <= stood + 1e-7).all()


def test_the_answers_of_alike_needs_about_alike_companies_are_counted() -> None:
    alike = heard((0, 0, 1), (1, 1, 0), (2, 1, 1), (0, 2, 1), (0, 3, 0))
    assert alike.counts(ROWS[0], 0) == (1, 1)
    assert alike.counts(ROWS[0], 3) == (0, 1)


def test_a_no_to_one_digger_lets_the_others_fall_for_that_need_alone_and_says_so() -> None:
    diggers = [CompanyProfile(key=f"digger{n}", text="Graving", nace=("43.120",)) for n in range(3)]
    movers = [CompanyProfile(key=f"mover{n}", text="Flytting", nace=("49.420",)) for n in range(3)]
    needs = [
        NeedProfile(key="dig", text="Graving av en tomt"),
        NeedProfile(key="move", text="Flytting av kontor"),
    ]
    past = [PastVerdict(need="dig", company="digger0", verdict="no")]

    def scores(matchmaker: Matchmaker) -> dict[tuple[str, str], float]:
        return {(pair.need, pair.company): pair.score for row in matchmaker.rank(needs) for pair in row}

    before = scores(Matchmaker().fit([*diggers, *movers]))
    taught = Matchmaker().fit([*diggers, *movers], past, needs=needs)
    after = scores(taught)
    assert after["dig", "digger1"] < before["dig", "digger1"] - 0.1
    assert after["dig", "mover1"] == pytest.approx(before["dig", "mover1"])
    assert after["move", "mover1"] == pytest.approx(before["move", "mover1"])
    assert before["move", "digger0"] - 0.1 < after["move", "digger0"] < before["move", "digger0"]
    [digger] = [pair for pair in taught.rank(needs)[0] if pair.company == "digger1"]
    assert digger.against is not None
    assert in_words(digger.against) in {
        "Lignende behov har sagt nei til slike virksomheter før (0 ja, 1 nei).",
        "Behovet og virksomheten har få ord felles.",
    }
